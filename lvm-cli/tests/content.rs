//! Content in and out, with its holes.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod support;

use std::fs::File;
use std::os::unix::fs::FileExt;

use support::{Folder, MIB};

/// Data in a few places of a file that is holes otherwise.
fn sparse_file(folder: &Folder, name: &str, size: u64) {
    let file = File::create(folder.path(name)).unwrap();
    file.set_len(size).unwrap();
    for (offset, byte) in [(0, 1), (MIB + 4096, 2), (size / 2 - 5000, 3), (size - 4096, 4)] {
        file.write_all_at(&vec![byte; 4096], offset).unwrap();
    }
}

#[test]
fn a_sparse_file_goes_in_and_comes_back() {
    for create in ["lvcreate -l96 -n x vg", "lvcreate -i2 -I4k -l96 -n x vg", "lvcreate -i2 -l96 -n x vg"] {
        let folder = Folder::with_group(&[("a.img", 64), ("b.img", 64)]);
        folder.run(create).ok();
        let used = || folder.allocated("a.img") + folder.allocated("b.img");
        let empty = used();
        sparse_file(&folder, "in", 96 * MIB);
        folder.run("lvwrite vg/x -i in").ok();
        let allocated = folder.allocated("in");
        assert!(allocated < MIB, "this file system has no holes: {allocated}");
        assert!(used() - empty <= allocated + 64 * 1024, "{create}: {} for {allocated}", used() - empty);

        folder.run("lvread vg/x -o out").ok();
        assert!(folder.bytes("out") == folder.bytes("in"), "{create}");
        assert!(folder.allocated("out") <= allocated + 64 * 1024, "{create}: {}", folder.allocated("out"));

        // Through a pipe all bytes come; nothing but the content is on it.
        let done = folder.run_with(&["lvread", "-v", "vg/x", "-o", "again"], b"");
        assert!(done.stdout.is_empty() && done.code == 0, "{done:?}");
        assert!(folder.bytes("again") == folder.bytes("in"));

        // Zeroes over data give the space back.
        File::create(folder.path("zeroes")).unwrap().set_len(96 * MIB).unwrap();
        folder.run("lvwrite vg/x -i zeroes").ok();
        assert!(used() <= empty + 64 * 1024, "{create}: {} {empty}", used());
        folder.run("lvread vg/x -o out").ok();
        assert!(folder.bytes("out").iter().all(|byte| *byte == 0));
    }
}

#[test]
fn pipes() {
    let folder = Folder::with_group(&[("a.img", 16)]);
    folder.run("lvcreate -l4 -n x vg").ok();
    let mut text = b"some text\n".repeat(1000);
    text.extend([0; 9000]);
    text.extend(b"end");
    folder.run_with(&["lvwrite", "/dev/vg/x"], &text).ok();
    let all = folder.run("lvread vg/x").ok().into_bytes();
    assert_eq!(all.len() as u64, 4 * MIB);
    assert!(all[..text.len()] == text && all[text.len()..].iter().all(|byte| *byte == 0));

    // What is behind the input stays.
    folder.run_with(&["lvwrite", "vg/x"], b"SOME").ok();
    let again = folder.run("lvread vg/x").ok().into_bytes();
    assert!(&again[..4] == b"SOME" && again[4..] == all[4..]);

    let error = folder.run_with(&["lvwrite", "vg/x"], &vec![1; 4 * MIB as usize + 1]).fails(5);
    assert!(error.contains("The input is larger than the volume"), "{error}");
}

#[test]
fn what_cannot_be_copied() {
    let folder = Folder::with_group(&[("a.img", 16)]);
    folder.run("lvcreate -l4 -n x vg").ok();
    folder.run("lvcreate --type error -l4 -n err vg").ok();
    folder.run("lvcreate -pr -l4 -n ro vg").ok();
    let before = folder.bytes("a.img");
    File::create(folder.path("large")).unwrap().set_len(5 * MIB).unwrap();
    assert!(folder.run("lvwrite vg/x -i large").fails(5).contains("larger than the volume"));
    assert!(folder.run("lvwrite vg/x -i none").fails(5).contains("cannot open the input"));
    assert!(folder.run("lvread vg/none").fails(5).contains("none"));
    assert!(folder.run("lvread vg").fails(3).contains("Path required"));
    assert!(folder.run("lvread vg/err -o out").fails(5).contains("error target"));
    assert!(folder.run_with(&["lvwrite", "vg/ro"], b"x").fails(5).contains("read-only"));
    assert!(folder.run_with(&["lvwrite", "--readonly", "vg/x"], b"x").fails(5).contains("read-only"));
    assert!(folder.bytes("a.img") == before);
}

#[test]
fn output_that_cannot_be_sparse() {
    let folder = Folder::with_group(&[("a.img", 16)]);
    folder.run("lvcreate -l2 -n x vg").ok();
    folder.run_with(&["lvwrite", "vg/x"], b"content").ok();
    let expected = folder.run("lvread vg/x").ok().into_bytes();
    // Appending and writing into the middle of a file: what was there stays.
    for (redirect, before, after) in [(">>", "kept", ""), ("1<>", "", "tail")] {
        let longer =
            format!("{before}{}{after}", "x".repeat(if after.is_empty() { 0 } else { 2 * MIB as usize }));
        std::fs::write(folder.path("file"), &longer).unwrap();
        let status = std::process::Command::new("sh")
            .arg("-c")
            .arg(format!("\"$0\" lvread vg/x {redirect} file"))
            .arg(env!("CARGO_BIN_EXE_lvmkit"))
            .current_dir(folder.path(""))
            .env("LVMKIT_DEVICES", "a.img")
            .status()
            .unwrap();
        assert!(status.success());
        let bytes = folder.bytes("file");
        assert_eq!(bytes.len(), before.len() + expected.len() + after.len(), "{redirect}");
        assert!(bytes.starts_with(before.as_bytes()) && bytes.ends_with(after.as_bytes()), "{redirect}");
        assert!(bytes[before.len()..][..expected.len()] == expected, "{redirect}");
    }
}
