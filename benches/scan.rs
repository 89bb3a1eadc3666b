//! Scanning 300 image files of one group.
#![allow(clippy::unwrap_used, clippy::print_stdout, reason = "a bench prints its figures")]

mod support;

use std::fs::File;
use std::path::PathBuf;
use std::process::Command;
use std::sync::Arc;

use lvm_core::BlockDevice;
use lvm_core::store::Scan;
use lvm_dm::block::FileDevice;
use lvmkit::{Lvm, NewLv, Options, Silent, Size};
use support::{Counting, Counts, least_cpu_seconds, report};

const PVS: usize = 300;

fn main() {
    if let Some(dir) = std::env::var_os("LVMKIT_BENCH_SCAN_ONCE") {
        // Run by the bench itself, under strace.
        let disks = disks(&PathBuf::from(dir));
        Lvm::open(Options::new().devices(disks)).unwrap().scan().unwrap();
        return;
    }
    let dir = tempfile::tempdir().unwrap();
    let disks = disks(dir.path());
    for disk in &disks {
        File::create(disk).unwrap().set_len(8 << 20).unwrap();
    }
    let lvm = Lvm::open(Options::new().devices(&disks).flush(false).seed(1)).unwrap();
    let mut tx = lvm.create_vg("vg0", &disks).unwrap();
    for at in 0..10 {
        tx.create_lv(NewLv::linear(format!("lv{at}"), Size::extents(1)).zero(false)).unwrap();
    }
    let text = tx.commit_text().unwrap().2.len();
    tx.commit(&mut Silent).unwrap();
    println!("{PVS} image files, one group, a text of {text} bytes on each");
    counted(&disks, text);
    system_calls(dir.path());
    let seconds = least_cpu_seconds(5, || lvm.scan().unwrap().groups.len());
    report("scan through Lvm: open, lock, read, validate", seconds, "s CPU", 0.03, false);
    lvm2();
}

fn disks(dir: &std::path::Path) -> Vec<PathBuf> {
    (0..PVS).map(|at| dir.join(format!("disk{at:03}.img"))).collect()
}

fn counted(disks: &[PathBuf], text: usize) {
    let counts = Arc::new(Counts::default());
    let devices = disks.iter().map(|disk| {
        let device = Counting::new(FileDevice::open(disk, true).unwrap(), Arc::clone(&counts));
        Arc::new(device) as Arc<dyn BlockDevice>
    });
    let devices = devices.collect::<Vec<_>>();
    let scan = Scan::new(&devices);
    assert_eq!(scan.groups.len(), 1);
    assert!(scan.groups[0].problems.is_empty(), "{:?}", scan.groups[0].problems);
    let [reads, bytes, ..] = counts.take();
    report("reads of a physical volume", reads as f64 / PVS as f64, "", 2.0, false);
    let beside = bytes as f64 / PVS as f64 - text as f64;
    report("bytes read of each, beside the text", beside / 1024.0, "KiB", 16.0, false);
    let seconds = least_cpu_seconds(5, || Scan::new(&devices).groups.len());
    println!("scan of open devices: {:.2} ms of CPU", seconds * 1e3);
}

/// Opens and reads of the whole process, as the kernel sees them.
fn system_calls(dir: &std::path::Path) {
    let output = Command::new("strace")
        .args(["-f", "-e", "trace=openat,open,pread64,read,preadv"])
        .arg(std::env::current_exe().unwrap())
        .env("LVMKIT_BENCH_SCAN_ONCE", dir)
        .output();
    let Ok(output) = output else {
        return println!("system calls: skipped: strace is not installed");
    };
    let trace = String::from_utf8_lossy(&output.stderr);
    let opens = trace.lines().filter(|line| line.contains("open") && line.contains("disk")).count();
    let reads = trace.lines().filter(|line| line.contains("pread")).count();
    report("opens of an image, whole process", opens as f64 / PVS as f64, "", 1.0, false);
    report("reads of an image, whole process", reads as f64 / PVS as f64, "", 2.0, false);
}

/// What lvm2's pvs takes here is measured by hand: it needs 300 loop devices.
fn lvm2() {
    let found = Command::new("pvs").arg("--version").output().is_ok();
    let why = if found { "it needs 300 loop devices" } else { "lvm2 is not installed" };
    println!(
        "lvm2's pvs on as many loop devices: skipped: {why}; measured before: 0.14 s of CPU, 126 MB read"
    );
}
