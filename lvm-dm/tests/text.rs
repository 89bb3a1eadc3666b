//! Tables and status lines as real kernels print them: read, print, and the same again.
//!
//! The lines were captured from Linux 6.1 with LVM2 2.03.16, save those marked otherwise.

use lvm_core::Sectors;
use lvm_dm::target::raid::{RaidHealth, RaidOption, RaidType, SyncAction};
use lvm_dm::target::snapshot::SnapshotStatus;
use lvm_dm::target::thin::ThinStatus;
use lvm_dm::target::thin_pool::{PoolMode, ThinPoolStatus};
use lvm_dm::{DeviceRef, ParseError, Reason, Status, StatusLine, Table, TableLine, Target};

/// Each table line and, if known, what its target reports.
const LINES: &[(&str, &str)] = &[
    ("0 284672 linear 7:0 2048", "0 284672 linear"),
    ("0 24576 striped 3 128 7:0 2048 7:1 2048 7:2 2048", "0 24576 striped 3 7:0 7:1 7:2 1 AAA"),
    ("0 16384 error", "0 16384 error"),
    ("0 16384 zero", "0 16384 zero"),
    (
        "0 16384 mirror disk 2 254:0 4096 2 254:1 0 254:2 0 1 handle_errors",
        "0 16384 mirror 2 254:1 254:2 4/4 1 AA 3 disk 254:0 A",
    ),
    (
        "0 16384 mirror core 1 4096 3 254:0 0 254:1 0 254:2 0 1 handle_errors",
        "0 16384 mirror 3 254:0 254:1 254:2 4/4 1 AAA 1 core",
    ),
    ("0 131072 mirror core 1 4096 2 7:0 2048 254:0 2048", "0 131072 mirror 2 7:0 254:0 29/32 1 AA 1 core"),
    ("0 32768 snapshot-origin 254:1", "0 32768 snapshot-origin"),
    ("0 32768 snapshot 254:1 254:2 P 8", "0 32768 snapshot 656/8192 16"),
    ("0 65536 snapshot-merge 254:2 254:3 P 8", "0 65536 snapshot-merge 18520/40960 80"),
    ("0 65536 snapshot-merge 254:2 254:3 P 8", "0 65536 snapshot-merge 16/40960 16"),
    ("0 16384 snapshot 254:1 254:2 P 8", "0 16384 snapshot Invalid"),
    (
        "0 16384 raid raid1 3 0 region_size 4096 2 254:0 254:1 254:2 254:3",
        "0 16384 raid raid1 2 AA 16384/16384 idle 0 0 -",
    ),
    (
        "0 16384 raid raid1 5 0 rebuild 1 region_size 4096 2 254:1 254:2 254:3 254:4",
        "0 16384 raid raid1 2 AD 16384/16384 idle 0 0 -",
    ),
    (
        "0 16384 raid raid1 8 0 nosync min_recovery_rate 100 max_recovery_rate 1000 region_size 4096 2 254:0 254:1 254:2 254:3",
        "",
    ),
    (
        "0 16384 raid raid1 11 0 min_recovery_rate 100 max_recovery_rate 1000 write_mostly 1 max_write_behind 0 region_size 4096 2 254:0 254:1 254:2 254:3",
        "",
    ),
    ("0 16384 raid raid1 3 0 region_size 4096 2 254:1 254:2 - -", ""),
    ("0 16384 raid raid0 1 128 2 - 254:0 - 254:1", "0 16384 raid raid0 2 AA 8192/8192 idle 0 0 -"),
    ("0 16384 raid raid0 1 128 2 254:0 254:1 254:2 254:3", ""),
    (
        "0 16384 raid raid4 3 128 region_size 4096 3 254:0 254:1 254:2 254:3 254:4 254:5",
        "0 16384 raid raid4 3 AAA 8192/8192 idle 0 0 -",
    ),
    (
        "0 16384 raid raid5_ls 3 128 region_size 4096 3 254:0 254:1 254:2 254:3 254:4 254:5",
        "0 16384 raid raid5_ls 3 AAA 8192/8192 idle 0 0 -",
    ),
    (
        "0 24576 raid raid6_zr 3 128 region_size 4096 5 254:0 254:1 254:2 254:3 254:4 254:5 254:6 254:7 254:8 254:9",
        "0 24576 raid raid6_zr 5 AAAAA 8192/8192 idle 0 0 -",
    ),
    (
        "0 16384 raid raid10 5 128 region_size 4096 raid10_copies 2 4 254:0 254:1 254:2 254:3 254:4 254:5 254:6 254:7",
        "0 16384 raid raid10 4 AAAA 16384/16384 idle 0 0 -",
    ),
    // Kernel doc dm-raid.rst.
    (
        "0 1960893648 raid raid4 1 2048 5 - 8:17 - 8:33 - 8:49 - 8:65 - 8:81",
        "0 1960893648 raid raid4 5 AAAAA 2/490221568 init 0",
    ),
    (
        "0 1960893648 raid raid4 4 2048 sync min_recovery_rate 20 5 8:17 8:18 8:33 8:34 8:49 8:50 8:65 8:66 8:81 8:82",
        "",
    ),
    (
        "0 32768 thin-pool 254:0 254:1 128 0 0",
        "0 32768 thin-pool 0 111/1024 0/256 - rw discard_passdown queue_if_no_space - 256",
    ),
    (
        "0 32768 thin-pool 254:0 254:1 128 0 2 skip_block_zeroing error_if_no_space",
        "0 32768 thin-pool 2 114/1024 6/256 40 rw discard_passdown queue_if_no_space - 256",
    ),
    ("0 32768 linear 254:2 0", "0 32768 linear"),
    ("0 131072 thin 254:2 1", "0 131072 thin 640 639"),
    ("0 131072 thin 254:2 1", "0 131072 thin 0 -"),
    ("0 16384 thin 254:2 1 254:5", "0 16384 thin Fail"),
    (
        "0 16384 cache 254:2 254:1 254:3 128 2 metadata2 writethrough smq 0",
        "0 16384 cache 8 9/1280 128 0/256 0 0 0 0 0 0 0 2 metadata2 writethrough 2 migration_threshold 2048 smq 0 rw -",
    ),
    ("0 16384 cache 254:3 254:2 254:4 128 2 metadata2 writethrough mq 0", ""),
    (
        "0 16384 cache 254:2 254:1 254:3 128 2 metadata2 writethrough cleaner 0",
        "0 16384 cache 8 9/1280 128 16/128 64 0 0 0 0 16 0 2 metadata2 writeback 2 migration_threshold 2048 smq 0 rw -",
    ),
    // Kernel doc cache.rst.
    (
        "0 41943040 cache /dev/mapper/metadata /dev/mapper/ssd /dev/mapper/origin 1024 1 writeback mq 4 sequential_threshold 1024 random_threshold 8",
        "0 41943040 cache Fail",
    ),
    ("0 16384 writecache s 254:2 254:1 4096 0", "0 16384 writecache 0 2040 2030 0 0 0 10 0 0 0 10 0 0 0"),
    ("0 16384 writecache s 254:2 254:1 4096 3 high_watermark 60 cleaner", "0 16384 writecache 0 2040 2030 0"),
    (
        "0 16384 integrity 254:2 0 4 J 8 meta_device:254:1 recalculate journal_sectors:176 interleave_sectors:1 buffer_sectors:128 journal_watermark:50 commit_time:10000 internal_hash:crc32c",
        "0 16384 integrity 0 16384 16384",
    ),
    (
        "0 16384 integrity 254:2 0 - D 1 internal_hash:hmac(sha256):0123456789abcdef",
        "0 16384 integrity 0 16384 -",
    ),
    // Not run: the grammar of LVM2 2.03.16, and the kernel doc vdo.rst.
    (
        "0 2097152 vdo V2 /dev/dm-3 262144 4096 32768 16380 on auto vg-p-vpool maxDiscard 1 ack 1 bio 4 bioRotationInterval 64 cpu 2 hash 1 logical 1 physical 1",
        "0 2097152 vdo /dev/dm-3 normal - online online 1000 262144",
    ),
    ("0 10485760 vdo V4 /dev/dm-1 786432 512 65550 5000 hash 1 logical 3 physical 2", ""),
    // Targets that this library does not know.
    (
        "0 16384 multipath 3 retain_attached_hw_handler queue_mode bio 0 1 1 round-robin 0 2 1 7:1 1 7:2 1",
        "0 16384 multipath 2 1 0 0 1 1 E 0 2 0 7:1 F 1 7:2 A 0",
    ),
    ("0 16384 delay 254:0 0 10 254:1 0 20", "0 16384 delay 0 0 0"),
];

#[test]
fn lines_are_read_and_printed_the_same() {
    for (table, status) in LINES {
        let line: TableLine = table.parse().unwrap_or_else(|error| panic!("{table}: {error}"));
        assert_eq!(line.to_string(), *table);
        Table::new(vec![line]).unwrap_or_else(|error| panic!("{table}: {error}"));
        if status.is_empty() {
            continue;
        }
        let line: StatusLine = status.parse().unwrap_or_else(|error| panic!("{status}: {error}"));
        assert_eq!(line.to_string(), *status);
        // Trailing blanks are common in what the kernel prints.
        assert_eq!(format!("{status} ").parse(), Ok(line));
    }
}

#[test]
fn what_the_words_mean() {
    let Ok(Target::Raid(raid)) = Target::parse("raid", "raid1 5 0 rebuild 1 region_size 4096 2 7:1 7:2 - -")
    else {
        panic!("not a raid")
    };
    assert_eq!(raid.raid_type, RaidType::Raid1);
    assert_eq!(raid.options, [RaidOption::Rebuild(1), RaidOption::RegionSize(Sectors(4096))]);
    assert!(raid.devices.iter().any(|pair| pair.metadata.is_none() && pair.data.is_none()));

    let Ok(Status::Raid(status)) = Status::parse("raid", "raid1 2 AD 16384/16384 idle 0 0 -") else {
        panic!("not a raid")
    };
    assert_eq!(status.health, [RaidHealth::InSync, RaidHealth::Dead]);
    assert_eq!(status.action, Some(SyncAction::Idle));
    assert!(!status.is_in_sync());

    let pool = "2 114/1024 6/256 40 out_of_data_space no_discard_passdown error_if_no_space needs_check 256";
    let Ok(Status::ThinPool(ThinPoolStatus::Running(usage))) = Status::parse("thin-pool", pool) else {
        panic!("not a pool")
    };
    assert_eq!((usage.transaction_id, usage.held_root, usage.needs_check), (2, Some(40), true));
    assert_eq!(usage.mode, PoolMode::OutOfDataSpace);

    let thin = ThinStatus::Mapped { mapped: Sectors(640), highest: Some(Sectors(639)) };
    assert_eq!(Status::parse("thin", "640 639"), Ok(Status::Thin(thin)));
    assert_eq!(Status::parse("snapshot", "Merge failed"), Ok(Status::Snapshot(SnapshotStatus::MergeFailed)));
}

#[test]
fn devices_below() {
    let devices = |text: &str| {
        let line: TableLine = text.parse().expect("a table line");
        line.target.devices().iter().map(ToString::to_string).collect::<Vec<_>>().join(" ")
    };
    assert_eq!(devices("0 8192 mirror disk 2 1:0 4096 2 1:1 0 1:2 0"), "1:0 1:1 1:2");
    assert_eq!(devices("0 8 raid raid1 3 0 region_size 8 2 1:0 1:1 - -"), "1:0 1:1");
    assert_eq!(devices("0 8 integrity 1:0 0 4 J 1 meta_device:1:1"), "1:0 1:1");
    assert_eq!(devices("0 8 thin 1:0 1 1:1"), "1:0 1:1");
}

#[test]
fn refused_parameters() {
    let table: &[(&str, &str, usize, &str)] = &[
        ("linear", "7:0", 1, "the offset on a device is missing"),
        ("linear", "7:0 x", 1, "the offset on a device is not a number in range: \"x\""),
        ("linear", "7:0 +1", 1, "the offset on a device is not a number in range: \"+1\""),
        ("linear", "7:0 0 0", 2, "unexpected word \"0\""),
        ("linear", "0 7:0", 0, "a device cannot be \"0\""),
        ("error", "7:0", 0, "unexpected word \"7:0\""),
        ("zero", "7:0 0", 0, "unexpected word \"7:0\""),
        ("striped", "0 8", 0, "needs at least one stripe"),
        ("striped", "1 0 7:0 0", 1, "the chunk size is zero"),
        ("striped", "18446744073709551615 8 7:0 0", 4, "a device is missing"),
        (
            "mirror",
            "core 3 8 sync x 1 7:0 0",
            2,
            "the number of log arguments does not agree with the words that follow",
        ),
        ("mirror", "core 1 8 1 7:0 0 1 handle_error", 7, "a feature cannot be \"handle_error\""),
        ("snapshot", "7:0 7:1 X 8", 2, "P, PO or N cannot be \"X\""),
        ("thin", "7:0 16777216", 1, "a device id has 24 bits"),
        ("thin-pool", "7:0 7:1 128 0 1", 5, "a feature is missing"),
        (
            "raid",
            "raid1 2 0 region_size 4096 1 - 7:0",
            4,
            "the number of parameters does not agree with the words that follow",
        ),
        ("raid", "raid7 1 0 1 - 7:0", 0, "the raid type cannot be \"raid7\""),
        (
            "cache",
            "7:0 7:1 7:2 128 2 writeback writethrough smq 0",
            6,
            "a feature cannot be \"writethrough\"",
        ),
        (
            "cache",
            "7:0 7:1 7:2 128 1 writeback smq 1 a b",
            9,
            "the number of policy arguments does not agree with the words that follow",
        ),
        ("integrity", "7:0 0 4 J 1 recalculate:1", 5, "an option cannot be \"recalculate:1\""),
        ("integrity", "7:0 0 4 J 1 block_size", 5, "an option cannot be \"block_size\""),
        ("vdo", "V3 7:0", 0, "the version cannot be \"V3\""),
    ];
    for (name, params, word, reason) in table {
        let error = Target::parse(name, params).expect_err(params);
        assert_eq!((error.word, error.reason.to_string().as_str()), (*word, *reason), "{name} {params}");
        assert_eq!(error.target, *name);
    }
    let error = ParseError { target: "linear", word: 1, reason: Reason::Missing("the offset") };
    assert_eq!(lvm_core::Error::from(error).kind(), &lvm_core::ErrorKind::InvalidInput);
}

#[test]
fn status_of_several_devices() {
    let text = "vg-a: 0 8 linear \nvg-a: 8 8 striped 1 7:0 1 A\nvg-b: \n";
    let devices = lvm_dm::status::parse_named(text).expect("status");
    let counts: Vec<_> = devices.iter().map(|(name, lines)| (name.as_str(), lines.len())).collect();
    assert_eq!(counts, [("vg-a", 2), ("vg-b", 0)]);
    assert!(lvm_dm::status::parse_lines("0 8 striped 2 7:0 7:1 1 A").is_err());
}

#[test]
fn paths_with_blanks() {
    let target = Target::linear(DeviceRef::path("/images/my disk.img"), Sectors(0));
    assert_eq!(target.to_string(), r"linear /images/my\ disk.img 0");
    assert_eq!(Target::parse("linear", &target.params()), Ok(target));
}
