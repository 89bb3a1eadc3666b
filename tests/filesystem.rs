//! File systems that the real tools made: their sizes, and resizing them.
//!
//! What works on a plain file runs anywhere. What must be mounted runs where the kernel tests run:
//! on a kernel with device-mapper, else in the guest, which has all these file systems and lets
//! root do what a container does not.
#![allow(clippy::unwrap_used, clippy::print_stdout, unreachable_pub, reason = "a test fails by panicking")]

#[path = "kernel/guest.rs"]
mod guest;
#[path = "filesystem/mounted.rs"]
mod mounted;
#[path = "filesystem/sample.rs"]
mod sample;
mod support;

use std::path::Path;

use lvmkit::data::filesystem::{FileSystem, FsKind, FsOptions, FsRun, FsStep, FsUse, plan_grow, plan_shrink};
use lvmkit::{Bytes, Effect, ErrorKind, Silent};
use sample::{MIB, detect, make, number_after, run, tool};

/// Tool, arguments before the path, size of the image in MiB.
const IMAGES: &[(&str, &[&str], u64)] = &[
    ("mkfs.ext2", &["-q"], 16),
    ("mkfs.ext3", &["-q", "-b", "1024"], 33),
    ("mkfs.ext4", &["-q", "-b", "4096", "-O", "^64bit"], 64),
    ("mkfs.ext4", &["-q", "-b", "2048", "-O", "64bit"], 64),
    ("mkfs.ext4", &["-q", "-O", "bigalloc", "-b", "1024", "-C", "65536"], 64),
    ("mkfs.xfs", &["-q"], 300),
    ("mkfs.xfs", &["-q", "-b", "size=1024", "-m", "crc=0"], 333),
    ("mkfs.btrfs", &["-q"], 256),
    ("mkswap", &[], 17),
    ("mkswap", &["-p", "16384", "-L", "spare"], 17),
    ("mkreiserfs", &["-q", "-f", "-f"], 50),
    ("mkreiserfs", &["-q", "-f", "-f", "--format", "3.5"], 50),
];

/// What the makers' own tools say about a file system's size, in bytes.
fn told_by_tools(kind: FsKind, path: &Path) -> u64 {
    let path = path.to_str().unwrap();
    match kind {
        FsKind::Xfs => {
            let text = run("xfs_db", &["-r", "-c", "sb 0", "-c", "p dblocks", "-c", "p blocksize", path]);
            number_after(&text, "dblocks =") * number_after(&text, "blocksize =")
        }
        FsKind::Btrfs => {
            let text = run("btrfs", &["inspect-internal", "dump-super", path]);
            number_after(&text, "dev_item.total_bytes")
        }
        FsKind::Reiserfs => {
            let text = run("debugreiserfs", &[path]);
            number_after(&text, "Count of blocks on the device:") * number_after(&text, "Blocksize:")
        }
        // The header's page count is the image's.
        FsKind::Swap => std::fs::metadata(path).unwrap().len(),
        _ => {
            let text = run("dumpe2fs", &["-h", path]);
            number_after(&text, "Block count:") * number_after(&text, "Block size:")
        }
    }
}

#[test]
fn sizes_are_those_that_the_tools_tell() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("image");
    for (maker, arguments, mib) in IMAGES {
        if !tool(maker) {
            continue;
        }
        make(maker, arguments, &path, mib * MIB);
        let fs = detect(&path);
        assert_eq!(fs.size().get(), told_by_tools(fs.kind(), &path), "{maker} {arguments:?}");
        assert_eq!(fs.size().get() % fs.alignment().get(), 0, "{maker} {arguments:?}");
        let expected = if arguments.contains(&"bigalloc") { 65536 } else { fs.block_size().get() };
        assert_eq!(fs.alignment().get(), expected, "{maker} {arguments:?}");
        // Larger, the file is still a file system of the old size.
        sample::set_size(&path, (mib + 3) * MIB);
        assert_eq!(detect(&path), fs, "{maker} {arguments:?}");
    }
}

#[test]
fn what_is_no_file_system_to_resize_is_unsupported() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("image");
    for (maker, arguments, name) in
        [("mkfs.ext4", ["-q", "-O", "journal_dev"].as_slice(), "jbd"), ("mkfs.vfat", &["-F", "16"], "vfat")]
    {
        if tool(maker) {
            make(maker, arguments, &path, 32 * MIB);
            let error = FileSystem::detect(&sample::open(&path)).unwrap_err();
            assert_eq!(*error.kind(), ErrorKind::Unsupported);
            assert!(error.message().contains(name), "{error}");
        }
    }
}

/// Maker, arguments, the tools a resize of it needs.
const UNMOUNTED: &[(&str, &[&str], &[&str])] = &[
    ("mkfs.ext2", &["-q"], &["resize2fs", "e2fsck"]),
    ("mkfs.ext4", &["-q", "-b", "1024"], &["resize2fs", "e2fsck"]),
    ("mkswap", &["-L", "my swap"], &[]),
    ("mkreiserfs", &["-q", "-f", "-f"], &["resize_reiserfs", "reiserfsck"]),
];

/// UUID and label, which must survive.
fn identity(path: &Path) -> String {
    run("blkid", &["-p", "-o", "export", "-s", "UUID", "-s", "LABEL", path.to_str().unwrap()])
}

#[test]
fn unmounted_file_systems_shrink_and_grow() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("image");
    for (maker, arguments, tools) in UNMOUNTED {
        if !(tool(maker) && tools.iter().all(|name| tool(name))) {
            continue;
        }
        println!("{maker} {arguments:?}");
        make(maker, arguments, &path, 100 * MIB);
        let (before, whole) = (identity(&path), detect(&path));
        // An end that no block ends at.
        let small = Bytes(60 * MIB + 512);
        let plan = plan_shrink(&whole, &FsUse::none(), small, FsOptions::new()).unwrap();
        let mut run = FsRun::new(&path, dir.path().join("run")).unwrap();
        run.before(&plan, &mut Silent).unwrap();
        sample::set_size(&path, small.get());
        run.after(&plan, &mut Silent).unwrap();
        let shrunk = detect(&path);
        assert_eq!(shrunk.size(), small.align_down(whole.alignment()), "{maker} {arguments:?}");

        let large = Bytes(150 * MIB + 512);
        let plan = plan_grow(&shrunk, &FsUse::none(), large, FsOptions::new()).unwrap();
        let mut run = FsRun::new(&path, dir.path().join("run")).unwrap();
        run.before(&plan, &mut Silent).unwrap();
        sample::set_size(&path, large.get());
        run.after(&plan, &mut Silent).unwrap();
        let grown = detect(&path);
        assert_eq!(grown.size(), large.align_down(whole.alignment()), "{maker} {arguments:?}");
        assert_eq!(identity(&path), before, "{maker} {arguments:?}");
        sample::check(grown.kind(), &path);
    }
}

#[test]
fn files_in_an_ext4_survive() {
    if !["mkfs.ext4", "resize2fs", "e2fsck", "debugfs"].iter().all(|name| tool(name)) {
        return;
    }
    let dir = tempfile::tempdir().unwrap();
    let (path, source) = (dir.path().join("image"), dir.path().join("source"));
    std::fs::create_dir(&source).unwrap();
    let text = "what must survive\n".repeat(100_000);
    std::fs::write(source.join("file"), &text).unwrap();
    make("mkfs.ext4", &["-q", "-d", source.to_str().unwrap()], &path, 100 * MIB);
    for size in [Bytes(30 * MIB), Bytes(200 * MIB)] {
        let fs = detect(&path);
        let planner = if size < fs.size() { plan_shrink } else { plan_grow };
        let plan = planner(&fs, &FsUse::none(), size, FsOptions::new()).unwrap();
        let mut resize = FsRun::new(&path, dir.path()).unwrap();
        resize.before(&plan, &mut Silent).unwrap();
        sample::set_size(&path, size.get());
        resize.after(&plan, &mut Silent).unwrap();
        assert_eq!(detect(&path).size(), size);
        assert_eq!(run("debugfs", &["-R", "cat /file", path.to_str().unwrap()]), text);
    }
}

#[test]
fn a_failed_check_changes_nothing_and_a_failed_resize_may_have() {
    if !["mkfs.ext4", "resize2fs", "e2fsck", "debugfs"].iter().all(|name| tool(name)) {
        return;
    }
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("image");
    make("mkfs.ext4", &["-q", "-b", "4096"], &path, 64 * MIB);
    let fs = detect(&path);
    // It has more metadata than that.
    let plan = plan_shrink(&fs, &FsUse::none(), Bytes(MIB), FsOptions::new()).unwrap();
    let error = FsRun::new(&path, dir.path()).unwrap().before(&plan, &mut Silent).unwrap_err();
    assert_eq!((error.kind(), error.effect()), (&ErrorKind::Io, Effect::Unknown));
    assert!(error.message().contains("resize2fs"), "{error}");
    let cause = std::error::Error::source(&error).unwrap().to_string();
    assert!(cause.contains("smaller than minimum"), "{cause}");
    assert_eq!(detect(&path), fs);

    // What fails after the resize does not undo it.
    let mut plan = plan_shrink(&fs, &FsUse::none(), Bytes(40 * MIB), FsOptions::new()).unwrap();
    let (target, options) = (dir.path().join("missing"), "rw".into());
    plan.before.push(FsStep::Remount { kind: fs.kind(), target, options });
    let error = FsRun::new(&path, dir.path()).unwrap().before(&plan, &mut Silent).unwrap_err();
    assert_eq!((error.kind(), error.effect()), (&ErrorKind::Io, Effect::Committed));
    let fs = detect(&path);
    assert_eq!(fs.size(), Bytes(40 * MIB));

    // A root directory that is no directory is nothing that e2fsck repairs without being told.
    run("debugfs", &["-w", "-R", "clri <2>", path.to_str().unwrap()]);
    let plan = plan_shrink(&fs, &FsUse::none(), Bytes(32 * MIB), FsOptions::new()).unwrap();
    let error = FsRun::new(&path, dir.path()).unwrap().before(&plan, &mut Silent).unwrap_err();
    assert_eq!((error.kind(), error.effect()), (&ErrorKind::Corrupt, Effect::Unchanged));
    assert!(std::error::Error::source(&error).unwrap().to_string().contains("UNEXPECTED INCONSISTENCY"));
    assert_eq!(detect(&path), fs);
}

#[test]
fn mounted_ext4() {
    if guest::can_run() {
        mounted::ext("mounted_ext4", "mkfs.ext4");
    }
}

#[test]
fn ext4_unmounted_meanwhile() {
    if guest::can_run() {
        mounted::unmounted_meanwhile("ext4_unmounted_meanwhile");
    }
}

#[test]
fn xfs_grows_mounted_and_not() {
    if guest::can_run() {
        mounted::xfs("xfs_grows_mounted_and_not");
    }
}

#[test]
fn btrfs_grows_and_shrinks_mounted_and_not() {
    if guest::can_run() {
        mounted::btrfs("btrfs_grows_and_shrinks_mounted_and_not");
    }
}

#[test]
fn swap_in_use_is_left_alone() {
    if guest::can_run() {
        mounted::swap("swap_in_use_is_left_alone");
    }
}

#[test]
fn in_a_guest_kernel() {
    guest::run_tests_in_guest();
}
