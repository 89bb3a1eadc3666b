//! `diff`: versions on disk, in the archive and in files.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod support;

use serde_json::Value;
use support::Folder;

fn folder() -> Folder {
    let folder = Folder::with_group(&[("a.img", 64), ("b.img", 64)]);
    folder.run("lvcreate --archivedir old -n a -L 20m vg").ok();
    folder.run("vgcfgbackup -f backup.vg vg").ok();
    folder.run("lvextend --archivedir old -L +4m vg/a").ok();
    folder.run("lvrename --archivedir old vg a b").ok();
    folder.run("lvcreate --archivedir old -n c -i 2 -L 10m vg").ok();
    folder.run("vgchange --archivedir old --addtag blue vg").ok();
    folder
}

/// The steps without the two lines that say what is compared.
fn steps(text: &str) -> Vec<&str> {
    let lines = text.lines().map(str::trim).collect::<Vec<_>>();
    assert!(lines[0].starts_with("--- vg seqno ") && lines[1].starts_with("+++ vg seqno "), "{text}");
    lines[2..].to_vec()
}

const ALL: [&str; 4] = [
    "change tags of vg from \"\" to \"blue\"",
    "rename volume a to b",
    "extend volume b from 20.00 MiB to 24.00 MiB on a.img:20-23",
    "create striped volume c of 10.00 MiB on b.img:0-4, a.img:24-28",
];

#[test]
fn a_backup_against_the_disk_and_the_last_change_alone() {
    let folder = folder();
    let text = folder.run("diff backup.vg").ok();
    let mut found = steps(&text);
    let mut expected = ALL.to_vec();
    // Which leg is first the allocator says.
    let last = found.pop().unwrap();
    assert!(last.starts_with("create striped volume c of 10.00 MiB on "), "{text}");
    expected.pop();
    assert_eq!(found, expected);
    let text = folder.run("diff --archivedir old vg").ok();
    assert_eq!(steps(&text), ["change tags of vg from \"\" to \"blue\""]);
}

#[test]
fn two_versions_of_the_archive_either_way() {
    let folder = folder();
    let text = folder.run("diff --archivedir old vg@2 vg@4").ok();
    assert_eq!(steps(&text), ALL[1..3]);
    let text = folder.run("diff --archivedir old vg@4 vg@2").ok();
    assert_eq!(
        steps(&text),
        [
            "rename volume b to a",
            "reduce volume a from 24.00 MiB to 20.00 MiB, giving back extents on a.img:20-23"
        ]
    );
    // The newest one is on the disks only.
    let text = folder.run("diff --archivedir old vg@5 vg@6").ok();
    assert!(text.contains("+++ vg seqno 6, on its physical volumes"), "{text}");
    assert_eq!(steps(&text), ["change tags of vg from \"\" to \"blue\""]);
    assert_eq!(steps(&folder.run("diff --archivedir old vg@3 vg@3").ok()), ["no difference"]);
}

#[test]
fn steps_as_json() {
    let folder = folder();
    let json: Value =
        serde_json::from_str(&folder.run("diff --reportformat json backup.vg vg").ok()).unwrap();
    assert_eq!((&json["from"], &json["to"]), (&Value::from(2), &Value::from(6)));
    let steps = json["steps"].as_array().unwrap().iter().map(|step| step["step"].as_str().unwrap());
    assert_eq!(steps.collect::<Vec<_>>(), ["change", "rename_lv", "extend_lv", "create_lv"]);
    assert_eq!(json["steps"][2]["ranges"][0]["start"], 20);
}

#[test]
fn the_exit_code_says_so_only_when_asked() {
    let folder = folder();
    folder.run("diff backup.vg vg").ok();
    folder.run("diff --exit-code backup.vg vg").fails(1);
    folder.run("diff --exit-code vg vg").ok();
    folder.run("diff --exit-code backup.vg backup.vg").ok();
    folder.run("diff --exit-code nosuch vg").fails(5);
}

#[test]
fn what_cannot_be_compared() {
    let folder = folder();
    folder.run("diff").fails(3);
    folder.run("diff vg vg vg").fails(3);
    let lines = |line: &str| {
        let said = folder.run(line).fails(5);
        said.lines().map(|line| line.trim().to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(
        lines("diff --archivedir old vg@77 vg"),
        [
            "There is no version 77 of volume group vg.",
            "because: the archive has seqno 1 to 5",
            "see which there are with 'lvmkit history vg'"
        ]
    );
    assert_eq!(lines("diff vg@3 vg")[0], "The archived versions of volume group vg cannot be looked up.");
    assert_eq!(lines("diff --archivedir empty vg")[0], "Volume group vg has no archived version.");
    assert!(lines("diff ./nosuch.vg vg")[0].contains("cannot read the backup"));
    folder.run("vgremove -y vg").ok();
    assert_eq!(lines("diff backup.vg").len(), 3);
}
