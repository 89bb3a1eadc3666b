//! What targets of active volumes report, in the columns of `lvs` and in displays: of volumes that
//! lvm2 makes, as it says itself.

use std::fs::File;
use std::io::Write;

use crate::bench::run;
use crate::display;
use crate::twin::Twin;

/// Columns that the kernel answers.
const COLUMNS: &str = "lv_name,lv_attr,lv_health_status,data_percent,snap_percent,metadata_percent,copy_percent,\
    sync_percent,lv_check_needed,lv_merge_failed,lv_snapshot_invalid,kernel_discards,kernel_cache_settings,\
    kernel_cache_policy,kernel_metadata_format,cache_total_blocks,cache_used_blocks,cache_dirty_blocks,\
    writecache_total_blocks,writecache_free_blocks,writecache_writeback_blocks,writecache_error,\
    raid_mismatch_count,raid_sync_action,integritymismatches,lv_device_open,lv_permissions,lv_kernel_minor";

/// Both show the same; returns the line of each volume.
#[track_caller]
fn same(twin: &Twin) -> String {
    for line in ["lvdisplay -a", "lvscan -a"] {
        display::same(twin, line);
    }
    display::same(twin, &format!("lvs -a --noheadings --separator | -o {COLUMNS}"))
}

/// Writes to a volume, which may fail.
fn fill(path: &str, mib: usize) {
    let mut file = File::options().write(true).open(path).unwrap();
    for _ in 0..mib {
        let _ = file.write_all(&vec![0x5a; 1 << 20]);
    }
    let _ = file.sync_all();
}

/// Runs lvm2 on each line.
#[track_caller]
fn theirs(twin: &Twin, lines: &[&str]) {
    // Tools that check pools are not needed for this.
    let config = "global/thin_check_executable=\"\" global/cache_check_executable=\"\"";
    for line in lines {
        let mut words = line.split_whitespace().collect::<Vec<_>>();
        words.extend(["--config", config]);
        twin.bench.lvm2(&words);
    }
}

/// The line of a volume.
#[track_caller]
fn of<'t>(text: &'t str, lv: &str) -> &'t str {
    let mut lines = text.lines().map(str::trim);
    let line = lines.find(|line| line.split('|').next() == Some(lv));
    line.unwrap_or_else(|| panic!("{lv}: {text}"))
}

#[test]
fn of_snapshots_and_raids() {
    let Some(twin) = Twin::new(&[96, 96, 96]) else { return };
    let [a, b, c] = twin.bench.paths()[..] else { panic!() };
    twin.ok(&format!("vgcreate -s 1m vg {a} {b} {c}"));
    theirs(&twin, &["lvcreate -qy -L16 -n org vg", "lvcreate -qy -s -L8 -n snap vg/org"]);
    theirs(&twin, &["lvcreate -qy -s -L4 -n small vg/org"]);
    fill("/dev/vg/org", 2);
    let text = same(&twin);
    assert!(of(&text, "snap").starts_with("snap|swi-a-s---||25.20|25.20|"), "{text}");
    fill("/dev/vg/small", 5);
    let text = same(&twin);
    assert!(of(&text, "small").starts_with("small|swi-I-s---||100.00|100.00|"), "{text}");
    run("dmsetup", &["suspend", "vg-small"]);
    assert!(of(&same(&twin), "small").starts_with("small|swi-S-s---||"));
    run("dmsetup", &["resume", "vg-small"]);
    theirs(
        &twin,
        &["lvcreate -qy --type raid1 -m1 -L8 -n r1 vg", "lvcreate -qy --type raid5 -i2 -L8 -n r5 vg"],
    );
    theirs(&twin, &["lvcreate -qy --type mirror --mirrorlog core -m1 -L8 -n mi vg"]);
    theirs(&twin, &["lvcreate -qy -s -L8 -n of_raid vg/r5", "lvconvert -qy --raidintegrity y vg/r1"]);
    fill("/dev/vg/r5", 3);
    let text = same(&twin);
    assert!(of(&text, "r5").contains("|idle|") && of(&text, "mi").contains("|100.00|"), "{text}");
    assert!(of(&text, "[r1_rimage_0]").starts_with("[r1_rimage_0]|gwi-aor---|"), "{text}");
    theirs(&twin, &["vgchange -an vg"]);
    same(&twin);
}

/// Raids and caches that are parts of pools, and a cache in a volume.
#[test]
fn of_stacks() {
    let Some(twin) = Twin::new(&[96, 96]) else { return };
    let [a, b] = twin.bench.paths()[..] else { panic!() };
    twin.ok(&format!("vgcreate -s 1m vg {a} {b}"));
    theirs(
        &twin,
        &["lvcreate -qy --type raid1 -m1 -L16 -n pool vg", "lvcreate -qy --type raid1 -m1 -L4 -n meta vg"],
    );
    theirs(&twin, &["lvconvert -qy --type thin-pool --poolmetadata meta vg/pool"]);
    theirs(&twin, &["lvcreate -qy -V16 --thin -n thin vg/pool"]);
    let text = same(&twin);
    assert!(
        of(&text, "[pool_tdata]").contains("|100.00|")
            && of(&text, "[pool_tdata_rimage_0]").contains("|iwi-aor---|"),
        "{text}"
    );
    theirs(&twin, &["lvcreate -qy -L8 -n slow vg", "lvcreate -qy -an -Zn -L8 -n fast vg"]);
    theirs(&twin, &["lvconvert -qy --type cache --cachevol fast vg/slow"]);
    fill("/dev/vg/slow", 3);
    let text = same(&twin);
    assert!(of(&text, "slow").contains("|migration_threshold=2048,"), "{text}");
}

#[test]
fn of_pools_and_caches() {
    let Some(twin) = Twin::new(&[96, 96]) else { return };
    let [a, b] = twin.bench.paths()[..] else { panic!() };
    twin.ok(&format!("vgcreate -s 1m vg {a} {b}"));
    theirs(&twin, &["lvcreate -qy --type thin-pool -L16 --poolmetadatasize 2m -n pool vg"]);
    same(&twin);
    theirs(&twin, &["lvcreate -qy -V32 --thin -n thin vg/pool"]);
    fill("/dev/vg/thin", 5);
    let text = same(&twin);
    assert!(of(&text, "thin").starts_with("thin|Vwi-a-tz--||15.62|"), "{text}");
    assert!(of(&text, "pool").starts_with("pool|twi-aotz--||31.25|"), "{text}");
    theirs(&twin, &["lvcreate -qy -L8 -n slow vg", "lvcreate -qy --type cache-pool -L8 -n fast vg"]);
    theirs(&twin, &["lvconvert -qy --type cache --cachepool fast vg/slow", "lvcreate -qy -L8 -n slow2 vg"]);
    theirs(&twin, &["lvcreate -qy -an -Zn -L8 -n fast2 vg"]);
    theirs(&twin, &["lvconvert -qy --type writecache --cachevol fast2 vg/slow2"]);
    fill("/dev/vg/slow", 3);
    fill("/dev/vg/slow2", 3);
    let text = same(&twin);
    assert!(of(&text, "slow").contains("|migration_threshold=2048|smq|2|128|"), "{text}");
    theirs(&twin, &["lvchange -an vg/pool"]);
    // It is not active, though its volume keeps what they share.
    display::same(&twin, "lvs --noheadings -o lv_name,lv_attr,lv_active,lv_device_open,lv_kernel_minor");
    theirs(&twin, &["lvchange -ay vg/pool"]);
    fill("/dev/vg/thin", 17);
    let text = same(&twin);
    assert!(of(&text, "pool").contains("|100.00|"), "{text}");
    theirs(&twin, &["vgchange -an vg"]);
    same(&twin);
}
