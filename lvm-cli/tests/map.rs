//! `map`: on the terminal, as SVG, as JSON.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod support;

use std::process::Command;

use support::Folder;

fn folder() -> Folder {
    let folder = Folder::with_group(&[("a.img", 64), ("b.img", 64)]);
    folder.run("lvcreate -n root -L 20m vg").ok();
    folder.run("lvcreate -n data -i 2 -L 40m vg").ok();
    folder
}

/// Runs it with these variables and no others that a terminal sets.
fn run(folder: &Folder, line: &str, variables: &[(&str, &str)]) -> String {
    let mut command = Command::new(env!("CARGO_BIN_EXE_lvmkit"));
    command.args(line.split(' ')).current_dir(folder.path("")).env("LVMKIT_DEVICES", &folder.devices);
    command.env("LVM_SYSTEM_DIR", folder.path(""));
    for name in ["LC_ALL", "LC_CTYPE", "LANG", "NO_COLOR", "TERM"] {
        command.env_remove(name);
    }
    let output = command.envs(variables.iter().copied()).output().unwrap();
    assert!(output.status.success(), "{output:?}");
    String::from_utf8(output.stdout).unwrap()
}

#[test]
fn the_locale_says_which_letters_there_are() {
    let folder = folder();
    let text = run(&folder, "map vg", &[("LANG", "C.UTF-8")]);
    assert!(text.contains("│▒") && text.contains(" root ") && text.contains("data:stripe 1"), "{text}");
    for variables in [&[][..], &[("LANG", "C.UTF-8"), ("LC_ALL", "C")]] {
        let text = run(&folder, "map vg", variables);
        assert!(text.is_ascii() && text.contains("|%"), "{text}");
    }
    for line in text.lines() {
        assert!(line.chars().count() <= 80, "{line}");
    }
    let narrow = run(&folder, "map --width 50 vg", &[("LANG", "C.UTF-8")]);
    assert!(narrow.lines().all(|line| line.chars().count() <= 50), "{narrow}");
}

#[test]
fn colours_are_for_terminals_and_for_who_asks() {
    let folder = folder();
    let utf8 = ("LC_ALL", "C.UTF-8");
    let escapes = |line: &str, variables: &[(&str, &str)]| run(&folder, line, variables).contains('\u{1b}');
    assert!(!escapes("map vg", &[utf8, ("TERM", "xterm")]));
    assert!(escapes("map vg --colour always", &[utf8, ("NO_COLOR", "1")]));
    assert!(escapes("map vg --color=always", &[utf8]));
    assert!(!escapes("map vg --colour never", &[utf8]));
}

#[test]
fn svg_goes_to_a_file_or_to_standard_output() {
    let folder = folder();
    let svg = folder.run("map vg --svg -").ok();
    assert!(svg.starts_with("<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"1120\""), "{svg}");
    assert!(svg.contains(">data · stripe 0</text>") && svg.contains("prefers-color-scheme:dark"), "{svg}");
    assert_eq!(folder.run("map vg --svg map.svg").ok(), "");
    assert_eq!(String::from_utf8(folder.bytes("map.svg")).unwrap(), svg);
    assert!(folder.run("map vg --width 640 --svg -").ok().contains("width=\"640\""));
    let refused = folder.run("map vg --svg no/such/map.svg").fails(5);
    let lines = refused.lines().map(str::trim).collect::<Vec<_>>();
    assert_eq!(lines[0], "Cannot write the map to no/such/map.svg.");
    assert!(lines[1].starts_with("because: ") && lines[2].starts_with("name a file"), "{refused}");
    folder.run("map -t vg --svg other.svg").ok();
    assert!(!folder.path("other.svg").exists());
}

#[test]
fn versions_and_files_can_be_drawn() {
    let folder = folder();
    folder.run("vgcfgbackup -f backup.vg vg").ok();
    folder.run("lvremove -y --archivedir old vg/root").ok();
    assert!(!folder.run("map vg").ok().contains("root"));
    assert!(folder.run("map ./backup.vg").ok().contains("root"));
    assert!(folder.run("map --archivedir old vg@3").ok().contains("root"));
    let json: serde_json::Value =
        serde_json::from_str(&folder.run("map --reportformat json backup.vg").ok()).unwrap();
    assert_eq!(json["volumes"][0]["name"], "root");
    assert_eq!(json["pvs"][0]["runs"][0]["count"], 20);
}

#[test]
fn wrong_lines_and_groups() {
    let folder = folder();
    folder.run("map").fails(3);
    folder.run("map vg other").fails(3);
    folder.run("map vg --width 0").fails(3);
    folder.run("map vg --colour perhaps").fails(3);
    assert!(folder.run("map nosuch").fails(5).contains("Volume group \"nosuch\" not found"));
}
