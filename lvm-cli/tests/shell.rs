//! Commands from standard input, from scripts, and from a terminal.
#![allow(clippy::unwrap_used, clippy::print_stdout, reason = "a test fails by panicking")]

mod support;

#[path = "../../tests/support/mod.rs"]
mod machine;

use std::fs;
use std::io::{Read, Write};
use std::process::{Command, Stdio};

use support::{Done, Folder};

fn shell(folder: &Folder, input: &str) -> Done {
    folder.run_with(&[], input.as_bytes())
}

#[test]
fn commands_from_standard_input() {
    let folder = Folder::with_group(&[("a.img", 8)]);
    let done =
        shell(&folder, "vgs --noheadings -o vg_name\n\n  # nothing\nlvcreate -l1 -n 'x' \"vg\" # one\nlvs");
    assert_eq!(done.code, 0, "{done:?}");
    assert!(done.stdout.starts_with("  vg\n  Logical volume \"x\" created.\n  LV "), "{done:?}");
    assert!(done.stdout.ends_with("\n\n") && done.stderr.is_empty(), "{done:?}");
    // The metadata says which command it was, not how it came.
    assert!(String::from_utf8_lossy(&folder.bytes("a.img")).contains("Write from lvcreate -l1 -n x vg."));
}

#[test]
fn failures_do_not_end_it() {
    let folder = Folder::with_group(&[("a.img", 8)]);
    let done = shell(&folder, "nonsense\nvgs --nonsense\nvgs nope\nlvm vgs --noheadings -o vg_name\n");
    assert_eq!((done.code, done.stdout.as_str()), (0, "  vg\n\n"), "{done:?}");
    let lines = done.stderr.lines().collect::<Vec<_>>();
    assert_eq!(lines[0], "  No such command 'nonsense'.  Try 'help'.");
    assert_eq!(lines[1], "vgs: unrecognized option '--nonsense'");
    assert_eq!(lines[3], "  Volume group \"nope\" not found");
}

#[test]
fn exit_and_quit_end_it() {
    let folder = Folder::with_group(&[("a.img", 8)]);
    for word in ["exit", "quit", "lvmkit exit 3"] {
        let done = shell(&folder, &format!("{word}\nvgs\n"));
        assert_eq!((done.code, done.stdout.as_str()), (0, ""), "{done:?}");
        assert_eq!(done.stderr, "  Exiting.\n");
    }
    assert_eq!(shell(&folder, "").stdout, "\n");
    // What one command was told is nothing to the next.
    let done = shell(
        &folder,
        "vgchange -qq --addtag a vg\nvgchange --addtag b vg\nplan lvcreate -l1 vg\nvgchange --addtag c vg\n",
    );
    assert_eq!(done.stdout.matches("successfully changed").count(), 2, "{done:?}");
}

#[test]
fn answers_come_from_the_same_input() {
    let folder = Folder::with_group(&[("a.img", 8)]);
    folder.run("lvcreate -l1 -n x vg").ok();
    // Nobody is asked where nobody is, so that the next line is a command again.
    let done = shell(&folder, "vgremove vg\nvgs --noheadings -o vg_name\n");
    assert!(done.stderr.contains("[y/n]: [n]"), "{done:?}");
    assert!(done.stdout.contains("  vg\n"), "{done:?}");
}

#[test]
fn scripts_end_at_the_first_failure() {
    let folder = Folder::with_group(&[("a.img", 8)]);
    let run = |text: &str| {
        fs::write(folder.path("script"), text).unwrap();
        folder.run("script")
    };
    let name = "vgs --noheadings -o vg_name\n";
    assert_eq!(run(&format!("#!/usr/bin/lvmkit\n{name}# x\n{name}")).ok(), "  vg\n  vg\n");
    for (line, code) in [("nonsense", 2), ("vgs --nonsense", 3), ("vgs nope", 5), ("exit", 0)] {
        let done = run(&format!("#!/usr/bin/lvmkit\n{name}{line}\n{name}"));
        assert_eq!((done.code, done.stdout.as_str()), (code, "  vg\n"), "{line}: {done:?}");
    }
    // Another file is no script, and no command.
    assert!(run(name).fails(2).contains("No such command.  Try 'lvmkit help'."));
    folder.run(".").fails(2);
}

#[test]
fn a_script_runs_by_its_first_line() {
    use std::os::unix::fs::PermissionsExt;
    let folder = Folder::with_group(&[("a.img", 8)]);
    let text = format!("#!{}\nvgs --noheadings -o vg_name\n", env!("CARGO_BIN_EXE_lvmkit"));
    let path = folder.path("script");
    fs::write(&path, text).unwrap();
    fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).unwrap();
    let mut command = Command::new(&path);
    command.current_dir(folder.path("")).env("LVMKIT_DEVICES", "a.img");
    let output = command.env("LVM_SYSTEM_DIR", folder.path("")).output().unwrap();
    assert_eq!(String::from_utf8_lossy(&output.stdout), "  vg\n", "{output:?}");
}

/// What a terminal shows of the program when these lines are typed, each when it is asked for.
fn terminal(folder: &Folder, lines: &[&str]) -> Result<String, String> {
    let mut command = Command::new("script");
    command.args(["-qec", env!("CARGO_BIN_EXE_lvmkit"), "/dev/null"]);
    command.current_dir(folder.path("")).env("HOME", folder.path("")).env("TERM", "xterm");
    command.env("LVMKIT_DEVICES", &folder.devices).env("LVM_SYSTEM_DIR", folder.path(""));
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().map_err(|error| format!("script: {error}"))?;
    let (mut typed, mut shown) = (child.stdin.take().unwrap(), child.stdout.take().unwrap());
    let mut text = Vec::new();
    let mut byte = [0];
    let mut lines = lines.iter();
    while shown.read(&mut byte).unwrap() > 0 {
        text.push(byte[0]);
        // Sent once when a line is asked for: text that is pasted shall be marked.
        if text.ends_with(b"\x1b[?2004h") {
            typed.write_all(lines.next().unwrap().as_bytes()).unwrap();
        }
    }
    assert!(child.wait().unwrap().success() && lines.next().is_none(), "{}", String::from_utf8_lossy(&text));
    Ok(String::from_utf8_lossy(&text).into_owned())
}

#[test]
fn a_person_at_a_terminal() {
    let folder = Folder::with_group(&[("a.img", 8)]);
    folder.run("lvcreate -l1 -n data vg").ok();
    let typed = [
        "\x1b[200~vgs vg -o vg_extent_size\nvgs vg -o vg_extent_count\x1b[201~\r",
        "lvs --nohead\t -o lv_name v\t\r",
        "lvs vg/d\t --nohead\t -o lv_path\r",
        "nonsense\r",
        "exit\r",
    ];
    let Some(shown) = machine::needed("the shell at a terminal", terminal(&folder, &typed)) else { return };
    assert!(shown.contains("lvmkit> "), "{shown}");
    assert!(shown.contains("\n  data\r\n") && shown.contains("\n  /dev/vg/data\r\n"), "{shown}");
    assert!(shown.contains("\n  Ext\u{20}") && shown.contains("\n  #Ext"), "{shown}");
    assert!(shown.contains("No such command 'nonsense'.") && shown.contains("  Exiting."), "{shown}");
    let history = fs::read_to_string(folder.path(".lvmkit_history")).unwrap();
    assert!(history.contains("\nlvs --noheadings  -o lv_name vg\n"), "{history}");
    // The next shell remembers: the key for the line before runs it again.
    let shown = terminal(&folder, &["\x1b[A\x1b[A\x1b[A\r", "\x04"]).unwrap();
    assert!(shown.contains("\n  /dev/vg/data\r\n"), "{shown}");
}
