//! What one commit writes, and how long it takes with and without flushes.
#![allow(clippy::unwrap_used, clippy::print_stdout, reason = "a bench prints its figures")]

mod support;

use std::fs::File;
use std::sync::Arc;
use std::time::Instant;

use lvm_core::BlockDevice;
use lvm_dm::block::MemoryDevice;
use lvmkit::{Lvm, NewLv, Options, Silent, Size};
use support::{Counting, Counts, cpu_time, report};

const SECTOR: u64 = 512;

/// Two disks in memory that count.
fn counted(edits: usize) -> [u64; 5] {
    let counts = Arc::new(Counts::default());
    let names = ["disk0", "disk1"];
    let disks = names.map(|name| {
        let device = Counting::new(MemoryDevice::new(name, 64 << 20), Arc::clone(&counts));
        Arc::new(device) as Arc<dyn BlockDevice>
    });
    let lvm = Lvm::open(Options::new().block_devices(disks).locking(false).seed(1)).unwrap();
    let mut tx = lvm.create_vg("vg0", names).unwrap();
    tx.create_lv(NewLv::linear("first", Size::extents(1)).zero(false).wipe_signatures(false)).unwrap();
    tx.commit(&mut Silent).unwrap();
    let mut tx = lvm.begin("vg0").unwrap();
    for at in 0..edits {
        let lv = NewLv::linear(format!("lv{at}"), Size::mib(1)).zero(false).wipe_signatures(false);
        // One extent each would not fit a hundred times; no extents at all do.
        let lv = if edits > 10 {
            NewLv::new(lvm_core::edit::NewLvKind::Zero, Size::extents(1)).name(format!("lv{at}"))
        } else {
            lv
        };
        tx.create_lv(lv).unwrap();
    }
    let text = tx.commit_text().unwrap().2.len() as u64;
    counts.take();
    tx.commit(&mut Silent).unwrap();
    let [reads, _, writes, bytes, flushes] = counts.take();
    [text, reads, writes, bytes, flushes]
}

fn on_files(flush: bool) {
    let dir = tempfile::tempdir().unwrap();
    let disks = [dir.path().join("disk0.img"), dir.path().join("disk1.img")];
    for disk in &disks {
        File::create(disk).unwrap().set_len(256 << 20).unwrap();
    }
    let lvm = Lvm::open(Options::new().devices(&disks).flush(flush).seed(1)).unwrap();
    lvm.create_vg("vg0", &disks).unwrap().commit(&mut Silent).unwrap();
    let (wall, cpu) = (Instant::now(), cpu_time());
    const COMMITS: u32 = 20;
    for at in 0..COMMITS {
        let name = format!("lv{at}");
        let lv = NewLv::linear(name, Size::mib(4)).zero(false).wipe_signatures(false);
        lvm.update("vg0", |tx| tx.create_lv(lv)).unwrap();
    }
    let (wall, cpu) = (wall.elapsed() / COMMITS, (cpu_time() - cpu) / COMMITS);
    let how = if flush { "with flushes" } else { "without flushes" };
    println!("lvcreate on two image files, {how}: {wall:.2?} a commit, {cpu:.2?} of CPU");
}

fn main() {
    for edits in [1, 100] {
        let [text, _, writes, bytes, flushes] = counted(edits);
        let most = 2 * (text.div_ceil(SECTOR) * SECTOR + 2 * SECTOR);
        println!(
            "{edits} edits, two areas: text {text} bytes, {writes} writes, {bytes} bytes, {flushes} flushes"
        );
        let what = format!("  bytes against text and two sectors, {edits} edits");
        report(&what, bytes as f64 / most as f64, "times", 1.0, false);
        report("  writes an area", writes as f64 / 2.0, "", 4.0, false);
    }
    on_files(true);
    on_files(false);
}
