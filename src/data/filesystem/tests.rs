use std::ffi::OsString;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};

use lvm_core::ErrorKind;

use lvm_dm::DeviceNumber;

use super::*;
use crate::test_device::MemoryDevice;
use crate::{Effect, Event, Silent};

const MIB: u64 = 1 << 20;

fn fs(kind: FsKind, mib: u64) -> FileSystem {
    let layout = match kind {
        FsKind::Btrfs => Layout::Btrfs { device_id: 3 },
        FsKind::Swap => Layout::Swap {
            uuid: Some("6f1bdb1e-9a4a-4a6e-8a52-5a5c37e4f8d1".to_owned()),
            label: "my swap".into(),
            bad_pages: false,
        },
        FsKind::Xfs => Layout::Xfs { log_blocks: 1000 },
        kind if kind.is_ext() => Layout::Ext { wide: false },
        _ => Layout::Plain,
    };
    let block = Bytes(4096);
    FileSystem { kind, size: Bytes(mib * MIB), block_size: block, alignment: block, layout }
}

/// A device with these bytes at these offsets.
fn device(size: u64, parts: &[(usize, &[u8])]) -> MemoryDevice {
    let mut bytes = vec![0; usize::try_from(size).unwrap()];
    for (offset, part) in parts {
        bytes[*offset..offset + part.len()].copy_from_slice(part);
    }
    MemoryDevice::new(bytes)
}

// ---- what is on a device ----

/// An ext of 1000 blocks of 4 KiB, and 2^32 more when it is wide.
fn ext_parts(incompatible: u32, read_only: u32) -> Vec<(usize, Vec<u8>)> {
    vec![
        (1024 + 0x4, 1000_u32.to_le_bytes().to_vec()),
        (1024 + 0x18, 2_u32.to_le_bytes().to_vec()),
        (1024 + 0x1c, 6_u32.to_le_bytes().to_vec()),
        (1024 + 0x38, vec![0x53, 0xef]),
        (1024 + 0x4c, vec![1]),
        (1024 + 0x60, incompatible.to_le_bytes().to_vec()),
        (1024 + 0x64, read_only.to_le_bytes().to_vec()),
        (1024 + 0x150, 1_u32.to_le_bytes().to_vec()),
    ]
}

fn detect_parts(parts: &[(usize, Vec<u8>)]) -> Result<Option<FileSystem>> {
    let parts: Vec<_> = parts.iter().map(|(offset, part)| (*offset, part.as_slice())).collect();
    FileSystem::detect(&device(MIB, &parts))
}

#[test]
fn the_size_of_an_ext_depends_on_its_features() {
    let cases = [
        // Features: the high half counts with 64-bit block numbers only, clusters with bigalloc only.
        (0x2, 0x0, 1000 * 4096, 4096),
        (0x2 | 0x80, 0x0, ((1 << 32) + 1000) * 4096, 4096),
        (0x2 | 0x40, 0x200, 1000 * 4096, 65536),
    ];
    for (incompatible, read_only, size, alignment) in cases {
        let found = detect_parts(&ext_parts(incompatible, read_only)).unwrap().unwrap();
        assert!(found.kind().is_ext());
        assert_eq!((found.size().get(), found.block_size().get()), (size, 4096), "{incompatible:#x}");
        assert_eq!(found.alignment().get(), alignment);
    }
}

#[test]
fn a_reiserfs_is_measured_in_blocks() {
    let parts = [
        (65536, 5000_u32.to_le_bytes().to_vec()),
        (65536 + 44, 4096_u16.to_le_bytes().to_vec()),
        (65536 + 52, b"ReIsEr2Fs".to_vec()),
    ];
    let found = detect_parts(&parts).unwrap().unwrap();
    assert_eq!((found.kind(), found.size().get()), (FsKind::Reiserfs, 5000 * 4096));
}

#[test]
fn what_cannot_be_resized_is_named() {
    assert_eq!(detect_parts(&[]).unwrap(), None);
    let mut luks = b"LUKS\xba\xbe\0\x01".to_vec();
    luks.resize(16, 0);
    let error = detect_parts(&[(0, luks)]).unwrap_err();
    assert_eq!(*error.kind(), ErrorKind::Unsupported);
    assert!(error.message().contains("crypto_LUKS"), "{error}");

    let mut both = ext_parts(0x2, 0);
    both.push((65536 + 44, 4096_u16.to_le_bytes().to_vec()));
    both.push((65536 + 52, b"ReIsErFs".to_vec()));
    let error = detect_parts(&both).unwrap_err();
    assert_eq!(*error.kind(), ErrorKind::Unsupported);
    assert!(error.message().contains("ext2") && error.message().contains("reiserfs"), "{error}");
}

#[test]
fn impossible_sizes_are_corrupt() {
    let xfs = |blocks: u64| {
        vec![
            (0, b"XFSB".to_vec()),
            (4, 4096_u32.to_be_bytes().to_vec()),
            (8, blocks.to_be_bytes().to_vec()),
            (88, 1_u32.to_be_bytes().to_vec()),
            (102, 512_u16.to_be_bytes().to_vec()),
            (120, vec![12]),
            (121, vec![9]),
        ]
    };
    assert_eq!(detect_parts(&xfs(25600)).unwrap().unwrap().size().get(), 100 * MIB);
    for blocks in [0, u64::MAX, 1 << 52] {
        let error = detect_parts(&xfs(blocks)).unwrap_err();
        assert_eq!((error.kind(), error.offset()), (&ErrorKind::Corrupt, Some(8)), "{blocks}: {error}");
    }
    let btrfs = |whole: u64, part: u64| {
        vec![
            (65536 + 48, 65536_u64.to_le_bytes().to_vec()),
            (65536 + 64, b"_BHRfS_M".to_vec()),
            (65536 + 0x70, whole.to_le_bytes().to_vec()),
            (65536 + 0x90, 4096_u32.to_le_bytes().to_vec()),
            (65536 + 0xc9, 2_u64.to_le_bytes().to_vec()),
            (65536 + 0xd1, part.to_le_bytes().to_vec()),
        ]
    };
    let found = detect_parts(&btrfs(900 * MIB, 300 * MIB)).unwrap().unwrap();
    assert_eq!((found.size().get(), &found.layout), (300 * MIB, &Layout::Btrfs { device_id: 2 }));
    assert_eq!(*detect_parts(&btrfs(300 * MIB, 900 * MIB)).unwrap_err().kind(), ErrorKind::Corrupt);
    assert_eq!(*detect_parts(&btrfs(0, 0)).unwrap_err().kind(), ErrorKind::Corrupt);
}

// ---- who uses it ----

const MOUNTINFO: &[u8] = b"\
21 1 8:1 / / rw,relatime shared:1 master:2 - ext4 /dev/sda1 rw,errors=remount-ro
30 21 253:0 / /srv/a\\040b\\134c\\011 rw,nosuid,relatime - ext4 /dev/mapper/vg-a rw,seclabel,stripe=4
31 21 253:1 / /mnt/over rw - xfs /dev/mapper/vg-b rw
32 31 253:2 / /mnt/over ro - xfs /dev/mapper/vg-c rw
33 21 253:3 /dir /bind rw shared:9 - ext4 /dev/mapper/vg-d rw
34 21 253:3 / /whole rw - ext4 /dev/mapper/vg-d rw
35 21 0:40 /@home /home rw - btrfs /dev/mapper/vg-e rw,subvolid=5,subvol=/@home
36 35 0:41 / /home/x rw - tmpfs tmpfs rw
37 21 253:4 / /under/here rw - ext4 /dev/mapper/vg-f rw
38 21 0:42 / /under rw - tmpfs tmpfs rw
39 21 253:5 / /read rw - ext4 /dev/mapper/vg-g ro
nonsense
40 21 x:y / / rw - ext4 a rw
41 21 8:2 / / rw no dash
";
const SWAPS: &[u8] = b"Filename\t\t\tType\t\tSize\t\tUsed\t\tPriority
/dev/dm-6                               partition\t1048572\t0\t-2
/var/swap\\040file                       file\t\t65532\t0\t-3
";

fn number_of(path: &Path) -> Option<DeviceNumber> {
    let minor = match path.to_str()? {
        "/dev/mapper/vg-e" => 7,
        "/dev/dm-6" => 6,
        _ => return None,
    };
    Some(DeviceNumber::new(253, minor))
}

fn usage(kind: FsKind, minor: u32) -> FsUse {
    Mounts::parse(MOUNTINFO, SWAPS).usage(kind, DeviceNumber::new(253, minor), &number_of)
}

fn targets(usage: &FsUse) -> Vec<PathBuf> {
    usage.mounts().map(|mount| mount.target.clone()).collect()
}

#[test]
fn mounts_are_told_by_device_number() {
    let mounts = Mounts::parse(MOUNTINFO, SWAPS);
    assert_eq!(mounts.usage(FsKind::Ext4, DeviceNumber::new(8, 1), &number_of).mounts().count(), 1);
    let one = usage(FsKind::Ext4, 0);
    let mount = one.only().unwrap();
    assert_eq!(mount.target, Path::new("/srv/a b\\c\t"));
    assert_eq!(mount.mount_options(), "rw,nosuid,relatime,stripe=4");
    assert_eq!(one.writable(), Some(mount));
    assert_eq!(targets(&usage(FsKind::Ext4, 3)), [Path::new("/bind"), Path::new("/whole")]);
    assert_eq!(usage(FsKind::Ext4, 3).writable().unwrap().target, Path::new("/whole"));
    assert_eq!(usage(FsKind::Ext4, 3).only(), None);
    assert!(!usage(FsKind::Ext4, 99).is_used());
}

#[test]
fn mounts_that_cannot_be_used_are_passed_over() {
    // Under another mount on the same directory, read-only itself, under another mount on the
    // directory above, of a read-only file system.
    for minor in [1, 2, 4, 5] {
        let usage = usage(FsKind::Xfs, minor);
        assert_eq!((usage.is_used(), usage.writable()), (true, None), "{minor}");
    }
    assert_eq!(usage(FsKind::Xfs, 1).only(), None);
    assert_eq!(usage(FsKind::Ext4, 5).only().unwrap().mount_options(), "ro");
}

#[test]
fn btrfs_is_told_by_its_source_and_swap_by_its_name() {
    assert_eq!(usage(FsKind::Btrfs, 7).writable().unwrap().target, Path::new("/home"));
    assert!(!usage(FsKind::Btrfs, 8).is_used());
    assert!(usage(FsKind::Swap, 6).is_swap());
    assert!(!usage(FsKind::Swap, 7).is_used());
    let mounts = Mounts::parse(MOUNTINFO, SWAPS);
    let file = |path: &Path| (path == Path::new("/var/swap file")).then_some(DeviceNumber::new(1, 2));
    assert!(mounts.usage(FsKind::Swap, DeviceNumber::new(1, 2), &file).is_swap());
}

#[test]
fn the_files_are_read() {
    let dir = tempfile::tempdir().unwrap();
    let (mountinfo, swaps) = (dir.path().join("mountinfo"), dir.path().join("swaps"));
    assert_eq!(*Mounts::read_from(&mountinfo, &swaps).unwrap_err().kind(), ErrorKind::Io);
    std::fs::write(&mountinfo, MOUNTINFO).unwrap();
    let without_swap = Mounts::read_from(&mountinfo, &swaps).unwrap();
    assert_eq!(without_swap, Mounts::parse(MOUNTINFO, b""));
    std::fs::write(&swaps, SWAPS).unwrap();
    assert_eq!(Mounts::read_from(&mountinfo, &swaps).unwrap(), Mounts::parse(MOUNTINFO, SWAPS));
    Mounts::read().unwrap();
    assert_eq!(*FsUse::of(FsKind::Ext4, &swaps).unwrap_err().kind(), ErrorKind::NotFound);
}

#[test]
fn mounts_that_name_each_other_are_no_loop() {
    let text = b"1 2 253:0 / /a rw - ext4 x rw\n2 1 253:1 / /a rw - ext4 y rw\n";
    let mounts = Mounts::parse(text, b"");
    assert!(mounts.usage(FsKind::Ext4, DeviceNumber::new(253, 0), &|_| None).is_used());
}

// ---- plans ----

/// Each step as its command, with `T` for the temporary mount, or in words.
fn commands(steps: &[FsStep]) -> Vec<String> {
    let show = |step: &FsStep| match step.command(Path::new("/dev/vg/lv"), Path::new("/T")) {
        Some(command) => command.to_string(),
        None => step.to_string(),
    };
    steps.iter().map(show).collect()
}

fn mounted() -> FsUse {
    usage(FsKind::Ext4, 0)
}

const MAY_UNMOUNT: FsOptions = FsOptions::new().unmount(true);
const TO: Bytes = Bytes(200 * MIB + 5000);

type Lines = &'static [&'static str];

#[test]
fn growing() {
    const RESIZE: &str = "resize2fs /dev/vg/lv 204804K";
    let cases: [(FsKind, FsUse, FsOptions, Lines, Lines); 8] = [
        (FsKind::Ext4, FsUse::none(), FsOptions::new(), &["e2fsck -f -p /dev/vg/lv"], &[RESIZE]),
        (FsKind::Ext2, FsUse::none(), FsOptions::new().check(false), &[], &[RESIZE]),
        (FsKind::Ext3, mounted(), MAY_UNMOUNT, &[], &[RESIZE]),
        (FsKind::Xfs, mounted(), FsOptions::new(), &[], &["xfs_growfs -D 51201 '/srv/a b\\c\t'"]),
        (
            FsKind::Xfs,
            FsUse::none(),
            FsOptions::new(),
            &[],
            &["mount the xfs in a private directory", "xfs_growfs -D 51201 /T", "unmount it there"],
        ),
        (
            FsKind::Btrfs,
            usage(FsKind::Btrfs, 7),
            FsOptions::new(),
            &[],
            &["btrfs filesystem resize 3:209719296 /home"],
        ),
        (
            FsKind::Reiserfs,
            mounted(),
            MAY_UNMOUNT,
            &["umount '/srv/a b\\c\t'", "reiserfsck --check --yes --quiet /dev/vg/lv"],
            &[
                "resize_reiserfs -q -s 209719296 /dev/vg/lv",
                "mount -t reiserfs -o rw,nosuid,relatime,stripe=4 /dev/vg/lv '/srv/a b\\c\t'",
            ],
        ),
        (
            FsKind::Swap,
            FsUse::none(),
            FsOptions::new(),
            &[],
            &["mkswap -p 4096 -U 6f1bdb1e-9a4a-4a6e-8a52-5a5c37e4f8d1 -L 'my swap' /dev/vg/lv 204804"],
        ),
    ];
    for (kind, usage, options, before, after) in cases {
        let plan = plan_grow(&fs(kind, 100), &usage, TO, options).unwrap();
        assert_eq!(commands(&plan.before), before, "{kind} before");
        assert_eq!(commands(&plan.after), after, "{kind} after");
    }
}

#[test]
fn shrinking() {
    let cases: [(FsKind, FsUse, FsOptions, Lines, Lines); 5] = [
        (
            FsKind::Ext4,
            FsUse::none(),
            FsOptions::new(),
            &["e2fsck -f -p /dev/vg/lv", "resize2fs /dev/vg/lv 204804K"],
            &[],
        ),
        (
            FsKind::Ext4,
            mounted(),
            MAY_UNMOUNT,
            &["umount '/srv/a b\\c\t'", "e2fsck -f -p /dev/vg/lv", "resize2fs /dev/vg/lv 204804K"],
            &["mount -t ext4 -o rw,nosuid,relatime,stripe=4 /dev/vg/lv '/srv/a b\\c\t'"],
        ),
        (
            FsKind::Btrfs,
            FsUse::none(),
            FsOptions::new(),
            &[
                "mount the btrfs in a private directory",
                "btrfs filesystem resize 3:209719296 /T",
                "unmount it there",
            ],
            &[],
        ),
        (
            FsKind::Reiserfs,
            FsUse::none(),
            FsOptions::new().check(false),
            &["resize_reiserfs -q -s 209719296 /dev/vg/lv"],
            &[],
        ),
        (
            FsKind::Swap,
            FsUse::none(),
            FsOptions::new(),
            &["mkswap -p 4096 -U 6f1bdb1e-9a4a-4a6e-8a52-5a5c37e4f8d1 -L 'my swap' /dev/vg/lv 204804"],
            &[],
        ),
    ];
    for (kind, usage, options, before, after) in cases {
        let plan = plan_shrink(&fs(kind, 300), &usage, TO, options).unwrap();
        assert_eq!(commands(&plan.before), before, "{kind} before");
        assert_eq!(commands(&plan.after), after, "{kind} after");
    }
}

#[test]
fn refusals() {
    let (grow, shrink) = (plan_grow, plan_shrink);
    type Planner = fn(&FileSystem, &FsUse, Bytes, FsOptions) -> Result<FsPlan>;
    let swapped = usage(FsKind::Swap, 6);
    let no = FsOptions::new();
    let cases: [(Planner, FsKind, FsUse, FsOptions, u64, ErrorKind); 11] = [
        (grow, FsKind::Reiserfs, mounted(), no, 2000, ErrorKind::InUse),
        (grow, FsKind::Swap, swapped.clone(), MAY_UNMOUNT, 2000, ErrorKind::InUse),
        (grow, FsKind::Ext4, usage(FsKind::Ext4, 5), MAY_UNMOUNT, 2000, ErrorKind::InUse),
        (grow, FsKind::Ext4, FsUse::none(), no, 1 << 24, ErrorKind::Unsupported),
        (shrink, FsKind::Ext4, mounted(), no, 100, ErrorKind::InUse),
        // A bind mount beside the whole.
        (shrink, FsKind::Ext4, usage(FsKind::Ext4, 3), MAY_UNMOUNT, 100, ErrorKind::InUse),
        (shrink, FsKind::Reiserfs, mounted(), no, 100, ErrorKind::InUse),
        (shrink, FsKind::Swap, swapped, no, 100, ErrorKind::InUse),
        (shrink, FsKind::Xfs, FsUse::none(), no, 100, ErrorKind::Unsupported),
        (shrink, FsKind::Xfs, mounted(), MAY_UNMOUNT, 100, ErrorKind::Unsupported),
        (shrink, FsKind::Btrfs, FsUse::none(), no, 0, ErrorKind::InvalidInput),
    ];
    for (plan, kind, usage, options, mib, expected) in cases {
        let error = plan(&fs(kind, 1000), &usage, Bytes(mib * MIB), options).unwrap_err();
        assert_eq!(
            (error.kind(), error.effect()),
            (&expected, Effect::Unchanged),
            "{kind} to {mib}: {error}"
        );
    }
    let mut clusters = fs(FsKind::Ext4, 1000);
    clusters.alignment = Bytes(65536);
    for size in [100 * MIB, 2000 * MIB] {
        let plan = if size < clusters.size.get() { shrink } else { grow };
        let error = plan(&clusters, &FsUse::none(), Bytes(size), no).unwrap_err();
        assert_eq!(*error.kind(), ErrorKind::Unsupported);
    }
    let mut bad = fs(FsKind::Swap, 1000);
    bad.layout = Layout::Swap { uuid: None, label: OsString::new(), bad_pages: true };
    assert!(grow(&bad, &FsUse::none(), TO, no).unwrap().is_empty());
    let error = shrink(&bad, &FsUse::none(), TO, no).unwrap_err();
    assert_eq!(*error.kind(), ErrorKind::Unsupported);
    assert!(shrink(&fs(FsKind::Swap, 1000), &FsUse::none(), Bytes(9 * 4096), no).is_err());
    assert!(shrink(&fs(FsKind::Swap, 1000), &FsUse::none(), Bytes(10 * 4096), no).is_ok());
}

#[test]
fn nothing_is_done_when_it_fits() {
    for kind in [FsKind::Ext4, FsKind::Xfs, FsKind::Btrfs, FsKind::Reiserfs, FsKind::Swap] {
        let (fs, size) = (fs(kind, 100), Bytes(100 * MIB));
        let no = FsOptions::new();
        assert!(plan_shrink(&fs, &mounted(), size, no).unwrap().is_empty());
        assert!(plan_shrink(&fs, &mounted(), Bytes(101 * MIB), no).unwrap().is_empty());
        assert!(plan_grow(&fs, &mounted(), Bytes(size.get() + 4095), no).unwrap().is_empty());
        assert!(plan_grow(&fs, &mounted(), Bytes(99 * MIB), no).unwrap().is_empty());
        check_reduce(&fs, size).unwrap();
        let error = check_reduce(&fs, Bytes(size.get() - 1)).unwrap_err();
        let expected = if kind == FsKind::Xfs { ErrorKind::Unsupported } else { ErrorKind::InUse };
        assert_eq!(*error.kind(), expected);
    }
}

#[test]
fn plans_are_shown_and_serialised() {
    let plan = plan_shrink(&fs(FsKind::Ext4, 300), &mounted(), Bytes(200 * MIB), MAY_UNMOUNT).unwrap();
    assert_eq!(
        plan.to_string(),
        "before the volume changes:\n  unmount the ext4 from /srv/a b\\c\t\n  check the ext4\n  \
         resize the ext4 from 300.00 MiB to 200.00 MiB\nafter the volume changes:\n  \
         mount the ext4 on /srv/a b\\c\t again\n"
    );
    let json = serde_json::to_value(&plan).unwrap();
    assert_eq!(json["before"][1], serde_json::json!({ "step": "check", "kind": "ext4" }));
    assert_eq!(json["before"][2]["to"], serde_json::json!(200 * MIB));
    assert_eq!(json["after"][0]["options"], "rw,nosuid,relatime,stripe=4");
}

// ---- running ----

#[test]
fn only_absolute_paths_are_taken() {
    assert_eq!(*FsRun::new("-f", "/run").unwrap_err().kind(), ErrorKind::InvalidInput);
    assert_eq!(*FsRun::new("/dev/null", "run").unwrap_err().kind(), ErrorKind::InvalidInput);
}

#[test]
fn a_missing_tool_is_named_before_anything_runs() {
    let error = FsCommand::new("no-such-tool-of-lvmkit", "nobody").find().unwrap_err();
    assert_eq!(*error.kind(), ErrorKind::Unsupported);
    assert!(error.message().contains("no-such-tool-of-lvmkit"));
    assert!(error.help().unwrap().contains("nobody"));
    assert!(FsCommand::new("sh", "dash").find().unwrap().is_absolute());
}

#[test]
fn commands_run_without_a_shell_and_with_a_clean_environment() {
    let outcome = FsCommand::new("env", "coreutils").run().unwrap();
    let mut names: Vec<_> = outcome.output.lines().filter_map(|line| line.split('=').next()).collect();
    names.sort_unstable();
    assert_eq!(names, ["LC_ALL", "PATH"]);
    let echo = FsCommand::new("echo", "coreutils").args(["$HOME; *", "b"]).run().unwrap();
    assert_eq!(echo.output, "$HOME; * b");
    let cat = FsCommand::new("cat", "coreutils").input("y\n").run().unwrap();
    assert_eq!(cat.output, "y");
    // Only the end of what it prints is kept.
    let many = FsCommand::new("seq", "coreutils").args(["100000"]).run().unwrap();
    assert!(many.output.len() <= 4096 && many.output.ends_with("99999\n100000"));
}

#[test]
fn the_observer_stops_it_before_the_resize_only() {
    let mut run = FsRun::new("/dev/null", "/nonexistent").unwrap();
    let check = FsStep::Check { kind: FsKind::Ext4 };
    let error = run.step(&check, &mut |_: &Event| ControlFlow::Break(())).unwrap_err();
    assert_eq!((error.kind(), error.effect()), (&ErrorKind::Cancelled, Effect::Unchanged));
    // Undoing is not stopped.
    run.step(&FsStep::UnmountTemporary, &mut |_: &Event| ControlFlow::Break(())).unwrap();
    let plan = plan_grow(&fs(FsKind::Xfs, 100), &FsUse::none(), TO, FsOptions::new()).unwrap();
    let error = run.step(&plan.after[1], &mut Silent).unwrap_err();
    assert_eq!(*error.kind(), ErrorKind::InvalidInput);
}
