//! `history`: the archive as a list of versions.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod support;

use std::fs;

use serde_json::Value;
use support::Folder;

fn folder() -> Folder {
    let folder = Folder::with_group(&[("a.img", 64), ("b.img", 64)]);
    folder.run("lvcreate --archivedir old -n a -L 20m vg").ok();
    folder.run("lvextend --archivedir old -L +4m vg/a").ok();
    folder.run("lvremove -y --archivedir old vg/a").ok();
    folder
}

/// Seqno and what changed of each version, newest first.
fn versions(text: &str) -> Vec<(String, String)> {
    let lines = text.lines().collect::<Vec<_>>();
    let pairs = lines.chunks(2).map(|pair| {
        let seqno = pair[0].split_whitespace().next().unwrap().to_owned();
        (seqno, pair[1].trim().to_owned())
    });
    pairs.collect()
}

#[test]
fn versions_with_the_commands_that_made_them() {
    let folder = folder();
    let text = folder.run("history --archivedir old vg").ok();
    let pair = |seqno: &str, what: &str| (seqno.to_owned(), what.to_owned());
    let expected = [
        pair("4*", "a removed (24.00 MiB)"),
        pair("3", "a extended from 20.00 MiB to 24.00 MiB"),
        pair("2", "a created (20.00 MiB)"),
        pair("1", "oldest version known"),
    ];
    assert_eq!(versions(&text), expected);
    let first = text.lines().next().unwrap();
    assert!(first.ends_with(" +0000  lvremove -y --archivedir old vg/a"), "{first}");
    let two = folder.run("history -n 2 --archivedir old vg").ok();
    assert_eq!(versions(&two), expected[..2]);
    let verbose = folder.run("history -v --archivedir old vg").ok();
    assert_eq!(verbose.matches("old/vg_0000").count(), 3, "{verbose}");
}

#[test]
fn as_json() {
    let folder = folder();
    let text = folder.run("history --archivedir old --reportformat json vg").ok();
    let json: Value = serde_json::from_str(&text).unwrap();
    let entries = json["entries"].as_array().unwrap();
    assert_eq!(
        entries.iter().map(|entry| entry["seqno"].as_u64().unwrap()).collect::<Vec<_>>(),
        [1, 2, 3, 4]
    );
    assert_eq!(entries[3]["current"], true);
    assert_eq!(entries[2]["changes"]["steps"][0]["step"], "extend_lv");
    assert!(entries[0]["made_by"].is_null() && entries[1]["made_by"]["time"].as_u64().unwrap() > 0);
    assert_eq!(json["ended_by"], Value::Null);
}

#[test]
fn a_group_that_is_gone_and_a_command_that_failed() {
    let folder = folder();
    // What was refused behind its archive left a second file of one version.
    let archives = || {
        let mut names =
            fs::read_dir(folder.path("old")).unwrap().map(|e| e.unwrap().path()).collect::<Vec<_>>();
        names.sort();
        names
    };
    let last = archives().pop().unwrap();
    fs::copy(&last, folder.path("old/vg_00003-1.vg")).unwrap();
    let text = folder.run("history --archivedir old vg").ok();
    assert_eq!(versions(&text).len(), 4);
    folder.run("vgremove --archivedir old vg").ok();
    let text = folder.run("history --archivedir old vg").ok();
    assert!(text.starts_with("  gone   vgremove --archivedir old vg\n"), "{text}");
    assert_eq!(versions(&text).len(), 5);
    fs::write(folder.path("old/vg_00009-1.vg"), "no metadata").unwrap();
    let done = folder.run("history --archivedir old vg");
    assert!(done.stderr.contains("this archive is left out"), "{done:?}");
    assert_eq!(versions(&done.ok()).len(), 5);
}

#[test]
fn nothing_to_show() {
    let folder = folder();
    folder.run("history").fails(3);
    assert!(folder.run("history vg").fails(5).contains("no directory is set in which they are kept"));
    assert!(folder.run("history --archivedir old nosuch").fails(5).contains("\"nosuch\" not found"));
    let text = folder.run("history --archivedir empty vg").ok();
    assert_eq!(versions(&text), [("4*".to_owned(), "oldest version known".to_owned())]);
}
