//! The whole flow on image files, through the public interface.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::fs::File;
use std::io::{Read, Seek, Write};
use std::path::PathBuf;

use lvmkit::{
    Bytes, Effect, ErrorKind, Lvm, NewLv, NewVg, Options, Overwrite, PvSource, Silent, Size, VolumeGroup,
};
use tempfile::TempDir;

struct Disks {
    _dir: TempDir,
    paths: Vec<PathBuf>,
}

impl Disks {
    fn new(count: usize) -> Self {
        let dir = tempfile::tempdir().unwrap();
        let paths = (0..count).map(|n| dir.path().join(format!("disk{n}.img"))).collect::<Vec<_>>();
        for path in &paths {
            File::create(path).unwrap().set_len(32 << 20).unwrap();
        }
        Self { _dir: dir, paths }
    }

    fn lvm(&self) -> Lvm {
        Lvm::open(Options::new().devices(&self.paths).seed(1).time(1_700_000_000)).unwrap()
    }

    fn group(&self, name: &str, disks: std::ops::Range<usize>) -> VolumeGroup {
        let new = NewVg::new(name).extent_size(Bytes::mib(1));
        self.lvm().create_vg(new, &self.paths[disks]).unwrap().commit(&mut Silent).unwrap()
    }

    fn bytes(&self) -> Vec<Vec<u8>> {
        self.paths.iter().map(|path| std::fs::read(path).unwrap()).collect()
    }
}

/// Content that differs at every offset.
fn pattern(length: usize, seed: u8) -> Vec<u8> {
    (0..length).map(|at| (at % 251) as u8 ^ seed).collect()
}

#[test]
fn two_runs_with_one_stamp_give_identical_images() {
    let runs = [Disks::new(2), Disks::new(2)];
    for disks in &runs {
        disks.group("vg0", 0..2);
        disks.lvm().update("vg0", |tx| tx.create_lv(NewLv::linear("a", Size::mib(3)))).unwrap();
        disks.lvm().update("vg0", |tx| tx.create_lv(NewLv::striped("b", Size::mib(4), 2))).unwrap();
    }
    // The paths differ, and they are in the metadata as hints; nothing else may.
    let strip = |disks: &Disks| {
        let dir = disks.paths[0].parent().unwrap().to_string_lossy().into_owned();
        let vg = disks.lvm().volume_group("vg0").unwrap();
        serde_json::to_string(&vg).unwrap().replace(&dir, "")
    };
    assert_eq!(strip(&runs[0]), strip(&runs[1]));
}

#[test]
fn content_survives_growing_striping_and_renaming() {
    let disks = Disks::new(3);
    let vg = disks.group("vg0", 0..2);
    let lvm = disks.lvm();
    assert_eq!(vg.seqno(), 1);
    let (vg, _) = lvm
        .update("vg0", |tx| {
            tx.create_lv(NewLv::striped("fast", Size::mib(8), 2).stripe_size(Bytes::kib(16)))?;
            tx.create_lv(NewLv::linear("big", Size::mib(40)))
        })
        .unwrap();
    assert_eq!(vg.seqno(), 2, "several edits are one commit");
    let (big, fast) = (pattern(40 << 20, 1), pattern(8 << 20, 2));
    lvm.open_lv(&vg, "big").unwrap().write_all(&big).unwrap();
    lvm.open_lv(&vg, "fast").unwrap().write_all(&fast).unwrap();
    let mut tx = lvm.begin("vg0").unwrap();
    tx.add_pv_on(&disks.paths[2]).unwrap();
    tx.extend_lv_by("big", Size::mib(20)).unwrap();
    tx.rename_lv("fast", "quick").unwrap();
    let vg = tx.commit(&mut Silent).unwrap();
    for (name, content) in [("big", &big), ("quick", &fast)] {
        let mut lv = lvm.open_lv(&vg, name).unwrap();
        let mut back = vec![0; content.len()];
        lv.read_exact(&mut back).unwrap();
        assert!(back == *content, "{name}");
    }
    let mut lv = lvm.open_lv(&vg, "big").unwrap();
    assert_eq!(lv.size(), Bytes::mib(60));
    lv.seek(std::io::SeekFrom::End(-3)).unwrap();
    assert!(lv.write_all(b"four").is_err(), "no byte past the end");
}

#[test]
fn a_group_is_split_and_merged_again() {
    let disks = Disks::new(4);
    disks.group("vg0", 0..4);
    let lvm = disks.lvm();
    let name = |at: usize| disks.paths[at].to_string_lossy().into_owned();
    lvm.update("vg0", |tx| {
        let on = |at| [lvmkit::PvArgument::parse(&name(at)).unwrap()];
        tx.create_lv(NewLv::linear("left", Size::mib(5)).on(on(0)))?;
        tx.create_lv(NewLv::linear("right", Size::mib(6)).on(on(2)))
    })
    .unwrap();
    let vg = lvm.volume_group("vg0").unwrap();
    let right = pattern(6 << 20, 9);
    lvm.open_lv(&vg, "right").unwrap().write_all(&right).unwrap();

    let tx = lvm.begin("vg0").unwrap();
    let moving = [tx.pv_on(&disks.paths[2]).unwrap(), tx.pv_on(&disks.paths[3]).unwrap()];
    let (old, new) = tx.split_vg("vg1", &moving, &mut Silent).unwrap();
    assert_eq!((old.physical_volumes().len(), new.physical_volumes().len()), (2, 2));
    let scan = lvm.scan().unwrap();
    assert_eq!((scan.groups.len(), scan.orphans.len()), (2, 0));
    assert!(scan.groups.iter().all(|found| found.problems.is_empty()), "{scan:?}");
    assert!(lvm.volume_group("vg0").unwrap().logical_volume("right").is_none());
    let mut back = vec![0; right.len()];
    lvm.open_lv(&lvm.volume_group("vg1").unwrap(), "right").unwrap().read_exact(&mut back).unwrap();
    assert!(back == right);

    let mut tx = lvm.begin("vg0").unwrap();
    tx.merge_vg("vg1").unwrap();
    let vg = tx.commit(&mut Silent).unwrap();
    assert_eq!((vg.physical_volumes().len(), vg.logical_volumes().len()), (4, 2));
    let scan = lvm.scan().unwrap();
    assert_eq!((scan.groups.len(), scan.orphans.len()), (1, 0));
    assert!(scan.groups[0].problems.is_empty(), "{:?}", scan.groups[0].problems);
    lvm.open_lv(&vg, "right").unwrap().read_exact(&mut back).unwrap();
    assert!(back == right);
}

#[test]
fn a_device_that_carries_something_is_refused_until_it_may_be_wiped() {
    let disks = Disks::new(2);
    disks.group("vg0", 0..1);
    let mut swap = File::options().write(true).open(&disks.paths[1]).unwrap();
    swap.seek(std::io::SeekFrom::Start(1024)).unwrap();
    swap.write_all(&[1, 0, 0, 0, 100, 0, 0, 0]).unwrap(); // version, last page
    swap.seek(std::io::SeekFrom::Start(4086)).unwrap();
    swap.write_all(b"SWAPSPACE2").unwrap();
    let lvm = disks.lvm();
    let before = disks.bytes();
    let mut tx = lvm.begin("vg0").unwrap();
    let error = tx.add_pv_on(&disks.paths[1]).unwrap_err();
    assert_eq!((error.kind(), error.effect()), (&ErrorKind::InUse, Effect::Unchanged), "{error:?}");
    assert!(error.to_string().contains("swap"), "{error}");
    drop(tx);
    assert!(before == disks.bytes(), "a refusal writes nothing");
    let mut tx = lvm.begin("vg0").unwrap();
    tx.add_pv_on(PvSource::new(&disks.paths[1]).overwrite(Overwrite::Signatures)).unwrap();
    assert_eq!(tx.commit(&mut Silent).unwrap().physical_volumes().len(), 2);
    let head = &std::fs::read(&disks.paths[1]).unwrap()[4086..4096];
    assert_eq!(head, [0; 10]);
}

#[test]
fn backup_and_restore() {
    let disks = Disks::new(2);
    disks.group("vg0", 0..2);
    let lvm = disks.lvm();
    let (vg, _) = lvm.update("vg0", |tx| tx.create_lv(NewLv::linear("a", Size::mib(3)))).unwrap();
    let file = disks.paths[0].with_file_name("vg0.backup");
    lvm.backup_vg("vg0", &file).unwrap();
    lvm.update("vg0", |tx| tx.remove_lv("a")).unwrap();
    let restored = lvm.restore_vg("vg0", &file).unwrap();
    assert_eq!(restored.seqno(), 4, "above what is on disk");
    assert_eq!(restored.logical_volume("a"), vg.logical_volume("a"));
    assert_eq!(lvm.volume_group("vg0").unwrap(), restored);
    assert!(lvm.found_group("vg0").unwrap().problems.is_empty());
}

#[test]
fn an_image_has_one_writer() {
    let disks = Disks::new(1);
    disks.group("vg0", 0..1);
    let first = disks.lvm().begin("vg0").unwrap();
    let hasty = Lvm::open(Options::new().devices(&disks.paths).lock_wait(lvmkit::lock::Wait::No)).unwrap();
    assert_eq!(*hasty.begin("vg0").unwrap_err().kind(), ErrorKind::Locked);
    assert_eq!(*hasty.volume_groups().unwrap_err().kind(), ErrorKind::Locked);
    drop(first);
    assert!(hasty.begin("vg0").is_ok());
}

#[test]
fn a_group_is_removed_and_its_disks_stay_physical_volumes() {
    let disks = Disks::new(2);
    disks.group("vg0", 0..2);
    let lvm = disks.lvm();
    let mut tx = lvm.begin("vg0").unwrap();
    tx.create_lv(NewLv::linear("a", Size::mib(1))).unwrap();
    assert_eq!(*tx.remove_vg().unwrap_err().kind(), ErrorKind::InUse);
    tx.remove_lv("a").unwrap();
    tx.remove_vg().unwrap();
    assert!(tx.plan().unwrap().to_string().contains("remove the group"));
    tx.commit(&mut Silent).unwrap();
    let scan = lvm.scan().unwrap();
    assert!(scan.groups.is_empty());
    assert_eq!(scan.orphans.iter().filter(|orphan| !orphan.used_by_unknown).count(), 2);
}

#[test]
fn a_second_metadata_area_moves_with_the_end_of_its_disk() {
    use lvmkit::PvOptions;
    let disks = Disks::new(1);
    let disk = &disks.paths[0];
    let options = PvOptions { metadata_copies: Some(2), ..PvOptions::default() };
    let new = NewVg::new("vg0").extent_size(Bytes::mib(1));
    let lvm = disks.lvm();
    let tx = lvm.create_vg(new, [PvSource::new(disk).options(options)]).unwrap();
    assert_eq!(tx.commit(&mut Silent).unwrap().extent_count().get(), 30);
    for (size_mib, extents) in [(48, 46), (24, 22), (32, 30)] {
        // Growing: the file first; shrinking: the file last.
        let file = File::options().write(true).open(disk).unwrap();
        if file.metadata().unwrap().len() < size_mib << 20 {
            file.set_len(size_mib << 20).unwrap();
        }
        let (vg, ()) = lvm.update("vg0", |tx| tx.resize_pv_on(disk, Some(Bytes::mib(size_mib)))).unwrap();
        file.set_len(size_mib << 20).unwrap();
        assert_eq!(vg.extent_count().get(), extents);
        let found = lvm.found_group("vg0").unwrap();
        assert!(found.problems.is_empty(), "{:?}", found.problems);
        let areas = &found.pvs[0].as_ref().unwrap().scanned.areas;
        assert_eq!(areas[1].location.offset + areas[1].location.size, size_mib << 20);
        assert_eq!(areas.iter().filter(|area| area.state.text().is_some()).count(), 2);
    }
    // A disk that was cut off first: the area at its end is gone, and is made anew.
    File::options().write(true).open(disk).unwrap().set_len(20 << 20).unwrap();
    lvm.update("vg0", |tx| tx.resize_pv_on(disk, None)).unwrap();
    let found = lvm.found_group("vg0").unwrap();
    assert!(found.problems.is_empty(), "{:?}", found.problems);
    assert_eq!(found.vg.extent_count().get(), 18);
}

#[test]
fn a_copy_can_be_stopped() {
    use std::ops::ControlFlow;

    let disks = Disks::new(1);
    let vg = disks.group("vg0", 0..1);
    let lvm = disks.lvm();
    let (vg, ()) =
        lvm.update(vg.name(), |tx| tx.create_lv(NewLv::linear("x", Size::mib(16))).map(drop)).unwrap();
    let device = lvm.open_lv(&vg, "x").unwrap();
    let mut input = tempfile::tempfile().unwrap();
    input.write_all(&vec![5; 12 << 20]).unwrap();
    input.rewind().unwrap();

    let mut seen = Vec::new();
    let error = device
        .copy_from(&input, &mut |event: &lvmkit::Event| {
            if let lvmkit::Event::Progress { done_bytes, total_bytes } = event {
                seen.push((*done_bytes, *total_bytes));
            }
            if seen.len() == 3 { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
        })
        .unwrap_err();
    assert_eq!((error.kind(), error.effect()), (&ErrorKind::Cancelled, Effect::Unknown));
    assert_eq!(seen, [(1 << 20, 12 << 20), (2 << 20, 12 << 20), (3 << 20, 12 << 20)]);

    input.rewind().unwrap();
    assert_eq!(device.copy_from(&input, &mut Silent).unwrap(), 12 << 20);
    let output = tempfile::tempfile().unwrap();
    // What was never written is left out.
    assert_eq!(device.copy_to(&output, &mut Silent).unwrap(), 12 << 20);
    assert_eq!(output.metadata().unwrap().len(), 16 << 20);
    let stopped =
        device.copy_to(&tempfile::tempfile().unwrap(), &mut |_: &lvmkit::Event| ControlFlow::Break(()));
    let error = stopped.unwrap_err();
    assert_eq!((error.kind(), error.effect()), (&ErrorKind::Cancelled, Effect::Unchanged));
}

#[test]
fn a_dry_run_writes_nothing() {
    let disks = Disks::new(3);
    let vg = disks.group("vg0", 0..1);
    disks.lvm().create_pv(&disks.paths[1], &lvmkit::PvOptions::default(), Overwrite::Refuse).unwrap();
    let before = disks.bytes();
    let lvm = Lvm::open(Options::new().devices(&disks.paths).dry_run(true)).unwrap();
    let mut tx = lvm.begin("vg0").unwrap();
    tx.create_lv(NewLv::linear("x", Size::mib(4))).unwrap();
    tx.add_pv_on(&disks.paths[2]).unwrap();
    let would_be = tx.commit(&mut Silent).unwrap();
    assert_eq!((would_be.seqno(), would_be.physical_volumes().len()), (vg.seqno() + 1, 2));
    let mut tx = lvm.begin("vg0").unwrap();
    tx.remove_vg().unwrap();
    tx.commit(&mut Silent).unwrap();
    lvm.create_pv(&disks.paths[2], &lvmkit::PvOptions::default(), Overwrite::Refuse).unwrap();
    lvm.remove_pv(&disks.paths[1], Overwrite::Refuse).unwrap();
    lvm.resize_orphan_pv(&disks.paths[1], Some(Bytes::mib(16))).unwrap();
    // What would be refused is refused.
    let refused = lvm.create_pv(&disks.paths[0], &lvmkit::PvOptions::default(), Overwrite::Refuse);
    assert_eq!(refused.unwrap_err().kind(), &ErrorKind::InUse);
    assert!(disks.bytes() == before);
    assert_eq!(lvm.pv_use(&disks.paths[0]).unwrap(), lvmkit::PvUse::Member("vg0".to_owned()));
    assert_eq!(lvm.pv_use(&disks.paths[1]).unwrap(), lvmkit::PvUse::Free);
    assert_eq!(lvm.pv_use(&disks.paths[2]).unwrap(), lvmkit::PvUse::None);
}
