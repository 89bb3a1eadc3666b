//! Planning one new volume among many, and allocating over many holes.
#![allow(missing_docs, clippy::unwrap_used, clippy::print_stdout, reason = "a bench prints its figures")]

mod support;

use lvm_core::edit::NewPv;
use lvm_core::metadata::VolumeGroup;
use lvm_core::text::import;
use lvm_core::{Bytes, NewLv, NewVg, Size, Stamp, VgDraft};
use support::{ONE, Shape, least_cpu_seconds, report, text_of};

fn draft_of(vg: &VolumeGroup) -> VgDraft {
    VgDraft::from_vg(vg.clone(), [], Stamp::fixed(2, 1_700_000_000))
}

fn one_among(lvs: usize) -> f64 {
    let vg = import(&text_of(Shape { lvs, ..ONE })).unwrap().vg;
    least_cpu_seconds(9, || {
        let mut draft = draft_of(&vg);
        draft.create_lv(NewLv::linear("new", Size::extents(1))).unwrap();
        draft.plan().unwrap()
    })
}

/// A volume that takes all of so many holes of one extent.
fn over_holes(holes: usize) -> f64 {
    let vg = import(&text_of(Shape { segments: holes, ..ONE })).unwrap().vg;
    least_cpu_seconds(5, || {
        let mut draft = draft_of(&vg);
        draft.create_lv(NewLv::linear("new", Size::PercentFree(100))).unwrap();
        assert!(draft.logical_volume("new").unwrap().segments().len() >= holes);
    })
}

/// Half of a disk of so many extents, planned in a group without volumes.
fn of_extents(extents: u64) -> f64 {
    let size = Bytes((extents + 1) * (4 << 20));
    let stamp = || Stamp::fixed(1, 1_700_000_000);
    let draft = VgDraft::new_vg(NewVg::new("vg0"), vec![NewPv::of_size("disk", size)], stamp()).unwrap();
    let vg = draft.volume_group().clone();
    least_cpu_seconds(50, || {
        let mut draft = VgDraft::from_vg(vg.clone(), [], stamp());
        draft.create_lv(NewLv::linear("new", Size::PercentFree(50))).unwrap();
        draft.plan().unwrap()
    })
}

fn main() {
    report("lvcreate planned among 10 000 volumes", one_among(10_000) * 1e3, "ms", 5.0, false);
    report("lvcreate planned among 100 000 volumes", one_among(100_000) * 1e3, "ms", 50.0, false);
    report("allocation over 10 000 one-extent holes", over_holes(10_000), "s", 0.03, false);
    report("allocation over 100 000 one-extent holes", over_holes(100_000), "s", 0.3, false);
    let (small, large) = (of_extents(1_000), of_extents(16_000_000));
    println!("half of 1 000 extents {:.1} us, of 16 000 000 extents {:.1} us", small * 1e6, large * 1e6);
    report("  16 M extents against 1 000", large / small, "times", 1.5, false);
    batch();
}

/// A hundred volumes in one draft.
fn batch() {
    let vg = import(&text_of(Shape { lvs: 100, ..ONE })).unwrap().vg;
    let seconds = least_cpu_seconds(5, || {
        let mut draft = draft_of(&vg);
        for at in 0..100 {
            draft.create_lv(NewLv::linear(format!("new{at}"), Size::extents(1))).unwrap();
        }
        draft.plan().unwrap()
    });
    report("100 volumes in one draft, each", seconds * 10.0, "ms", 0.1, false);
}
