//! Reading and writing a logical volume in this process, against the image file itself.
#![allow(clippy::unwrap_used, clippy::print_stdout, reason = "a bench prints its figures")]

mod support;

use std::fs::File;
use std::os::unix::fs::FileExt;

use lvmkit::{Bytes, LvDevice, Lvm, NewLv, Options, Silent, Size};
use support::{least_cpu_seconds, report};

const SIZE: u64 = 64 << 20;
const RUNS: usize = 7;

fn blocks(block: usize) -> impl Iterator<Item = u64> {
    (0..SIZE).step_by(block)
}

fn compare(what: &str, lv: &LvDevice, plain: &File, block: usize, limit: f64) {
    let mut buf = vec![7_u8; block];
    let start = SIZE;
    let read = least_cpu_seconds(RUNS, || blocks(block).for_each(|at| lv.read_at(at, &mut buf).unwrap()));
    let floor = least_cpu_seconds(RUNS, || {
        blocks(block).for_each(|at| plain.read_exact_at(&mut buf, start + at).unwrap());
    });
    let kib = block / 1024;
    report(&format!("{what}, reads of {kib} KiB against pread"), read / floor, "times", limit, false);
    let write = least_cpu_seconds(RUNS, || blocks(block).for_each(|at| lv.write_at(at, &buf).unwrap()));
    let floor = least_cpu_seconds(RUNS, || {
        blocks(block).for_each(|at| plain.write_all_at(&buf, start + at).unwrap());
    });
    report(&format!("{what}, writes of {kib} KiB against pwrite"), write / floor, "times", limit, false);
}

fn main() {
    // Memory, where there is some: a disk's own time says nothing about ours.
    let shm = std::path::Path::new("/dev/shm");
    let dir = if shm.is_dir() { tempfile::tempdir_in(shm) } else { tempfile::tempdir() }.unwrap();
    let disks = [dir.path().join("disk0.img"), dir.path().join("disk1.img")];
    for disk in &disks {
        File::create(disk).unwrap().set_len(4 * SIZE).unwrap();
    }
    let plain_path = dir.path().join("plain.img");
    let plain = File::options().create(true).truncate(true).read(true).write(true).open(plain_path).unwrap();
    plain.set_len(2 * SIZE).unwrap();
    let lvm = Lvm::open(Options::new().devices(&disks).flush(false).seed(1)).unwrap();
    let mut tx = lvm.create_vg("vg0", &disks).unwrap();
    let extents = |count: u64| Size::extents(u32::try_from(count).unwrap());
    // Grown in turns, so that each has many segments.
    let pieces = SIZE / (4 << 20);
    tx.create_lv(NewLv::linear("linear", extents(1)).zero(false)).unwrap();
    tx.create_lv(NewLv::linear("between", extents(1)).zero(false)).unwrap();
    for _ in 1..pieces {
        tx.extend_lv_by("linear", extents(1)).unwrap();
        tx.extend_lv_by("between", extents(1)).unwrap();
    }
    tx.create_lv(NewLv::striped("striped", extents(pieces), 2).stripe_size(Bytes::kib(64)).zero(false))
        .unwrap();
    let vg = tx.commit(&mut Silent).unwrap();
    for name in ["linear", "striped"] {
        let lv = lvm.open_lv(&vg, name).unwrap();
        let what = format!("{name} of {} segments", vg.logical_volume(name).unwrap().segments().len());
        compare(&what, &lv, &plain, 1 << 20, 1.1);
        compare(&what, &lv, &plain, 4096, 1.3);
    }
}
