use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use super::*;
use crate::lock::Wait;
use crate::observe::Silent;
use crate::options::Options;
use crate::scan::devices_file::DevicesFile;
use crate::scan::sysfs::made_up::MadeUp;

const SIZE: u64 = 32 << 20;

/// A made-up machine with disks that have nothing but their paths.
struct View {
    made: MadeUp,
    disks: Vec<PathBuf>,
}

impl View {
    fn new(disks: u32) -> Self {
        let made = MadeUp::new();
        let disks = (0..disks).map(|at| {
            let letter = char::from_u32(u32::from('a') + at).unwrap();
            made.disk(&format!("vd{letter}"), &format!("254:{}", 16 * at), SIZE)
        });
        let disks = disks.collect();
        Self { made, disks }
    }

    fn options(&self) -> Options {
        let options = Options::new().machine(self.made.options()).run_dir(self.made.path("run"));
        let wait = Wait::For(Duration::from_millis(300));
        options.locking_dir(self.made.path("lock")).lock_wait(wait).no_backups()
    }

    fn lvm(&self) -> Lvm {
        Lvm::open(self.options()).unwrap()
    }

    /// Groups of these names over so many disks each.
    fn groups(&self, groups: &[(&str, usize)]) {
        let mut disks = self.disks.iter();
        for (name, count) in groups {
            let pvs = disks.by_ref().take(*count).collect::<Vec<_>>();
            let mut tx = self.lvm().create_vg(*name, pvs).unwrap();
            tx.create_lv(crate::NewLv::linear(*name, crate::Size::mib(4))).unwrap();
            tx.commit(&mut Silent).unwrap();
        }
    }

    /// A copy of a disk, as a disk of its own.
    fn copy(&self, from: usize, letter: char) -> PathBuf {
        let number = 16 * (u32::from(letter) - u32::from('a'));
        let copy = self.made.disk(&format!("vd{letter}"), &format!("254:{number}"), SIZE);
        fs::copy(&self.disks[from], &copy).unwrap();
        copy
    }

    fn content(&self) -> Vec<Vec<u8>> {
        self.disks.iter().map(|disk| fs::read(disk).unwrap()).collect()
    }

    /// A devices file, to which every device is added by its path.
    fn with_devices_file(&self) -> PathBuf {
        self.made.write("lvm/devices/system.devices", "VERSION=1.1.1\n");
        for disk in &self.disks {
            self.lvm().device_list().unwrap().add(disk, None).unwrap();
        }
        self.made.path("lvm/devices/system.devices")
    }
}

fn listed(file: &Path, disk: &Path) -> Option<PvId> {
    let file = DevicesFile::read(file).unwrap().unwrap();
    let entry = file.entries().iter().find(|entry| entry.path.as_deref() == Some(disk)).unwrap();
    assert!(entry.is_by_path());
    entry.pv_id
}

#[test]
fn a_foreign_group_takes_no_part() {
    let view = View::new(4);
    view.groups(&[("vg", 2)]);
    let theirs = Lvm::open(view.options().system_id("other-host")).unwrap();
    let new = NewVg::new("theirs").system_id("other-host");
    theirs.create_vg(new, &view.disks[2..]).unwrap().commit(&mut Silent).unwrap();
    let before = view.content();
    let error = view.lvm().begin("vg").unwrap().merge_vg("theirs").unwrap_err();
    assert_eq!((error.kind(), error.vg()), (&ErrorKind::Unsupported, Some("theirs")), "{error:?}");
    let tx = view.lvm().begin("vg").unwrap();
    let pv = tx.physical_volumes()[1].id();
    let error = tx.move_pvs_to("theirs", &[pv], &mut Silent).unwrap_err();
    assert_eq!((error.kind(), error.vg()), (&ErrorKind::Unsupported, Some("theirs")), "{error:?}");
    assert!(before == view.content());
}

#[test]
fn the_lock_of_another_group_goes_by_its_name() {
    let view = View::new(3);
    view.groups(&[("vg", 2), ("other", 1)]);
    let other = view.lvm().volume_group("other").unwrap().id().to_string();
    let dir = view.made.path("lock");
    let held = VgLock::acquire(&dir, "other", crate::lock::LockMode::Exclusive, Wait::Forever).unwrap();
    let tx = view.lvm().begin("vg").unwrap();
    let pv = tx.physical_volumes()[1].id();
    let error = tx.move_pvs_to(&other, &[pv], &mut Silent).unwrap_err();
    assert_eq!(*error.kind(), ErrorKind::Locked, "{error:?}");
    drop(held);
    let tx = view.lvm().begin("vg").unwrap();
    let (vg, target) = tx.move_pvs_to(&other, &[pv], &mut Silent).unwrap();
    let counts = [&vg, &target].map(|vg| (vg.name().to_owned(), vg.physical_volumes().len()));
    assert_eq!(counts, [("vg".to_owned(), 1), ("other".to_owned(), 2)]);
}

#[test]
fn a_group_is_no_other_one() {
    let view = View::new(3);
    view.groups(&[("vg", 2), ("other", 1)]);
    let refused = |error: Error| {
        assert_eq!(*error.kind(), ErrorKind::InvalidInput, "{error:?}");
        assert!(error.message().starts_with("Duplicate volume group name"), "{error:?}");
    };
    let id = view.lvm().volume_group("vg").unwrap().id().to_string();
    for own in ["vg", &id] {
        let mut tx = view.lvm().begin("vg").unwrap();
        refused(tx.merge_vg(own).unwrap_err());
        let pv = tx.physical_volumes()[1].id();
        refused(tx.move_pvs_to(own, &[pv], &mut Silent).unwrap_err());
    }
    let mut tx = view.lvm().begin("vg").unwrap();
    tx.rename_vg("renamed").unwrap();
    refused(tx.merge_vg("vg").unwrap_err());
    tx.merge_vg("other").unwrap();
    refused(tx.merge_vg("other").unwrap_err());
}

#[test]
fn a_copy_beside_its_original_takes_no_part() {
    let view = View::new(4);
    view.groups(&[("vg", 1), ("other", 1)]);
    let copy = view.made.path("dev/copy");
    fs::copy(&view.disks[1], &copy).unwrap();
    let lvm = Lvm::open(Options::new().devices(view.disks[..2].iter().chain([&copy]))).unwrap();
    let error = lvm.begin("vg").unwrap().merge_vg("other").unwrap_err();
    assert_eq!((error.kind(), error.vg()), (&ErrorKind::Conflict, Some("other")), "{error:?}");
}

#[test]
fn both_groups_of_a_split_are_backed_up() {
    let view = View::new(2);
    view.groups(&[("vg", 2)]);
    let backup = view.made.path("backup");
    // Nothing can be renamed onto it.
    fs::create_dir_all(backup.join("vg/in the way")).unwrap();
    let lvm = Lvm::open(view.options().backup_dir(&backup)).unwrap();
    let tx = lvm.begin("vg").unwrap();
    let pv = tx.physical_volumes()[1].id();
    let error = tx.split_vg("new", &[pv], &mut Silent).unwrap_err();
    assert_eq!(error.effect(), lvm_core::Effect::Committed, "{error:?}");
    assert_eq!(view.lvm().volume_groups().unwrap().len(), 2);
    assert!(fs::read_to_string(backup.join("new")).unwrap().contains("new {"));
}

#[test]
fn a_split_that_is_tried_out_tells_that_the_text_does_not_fit() {
    let view = View::new(2);
    let small = |disk: &PathBuf| {
        let options = PvOptions { metadata_size: Some(Bytes::kib(32)), ..PvOptions::default() };
        PvSource::new(disk).options(PvOptions { data_alignment: Some(Bytes::kib(4)), ..options })
    };
    view.lvm().create_vg("vg", view.disks.iter().map(small)).unwrap().commit(&mut Silent).unwrap();
    for dry_run in [true, false] {
        let lvm = Lvm::open(view.options().dry_run(dry_run)).unwrap();
        let tx = lvm.begin("vg").unwrap();
        let pv = tx.physical_volumes()[1].id();
        let tags =
            |vg: &mut VgDraft| (0..60).try_for_each(|at| vg.add_vg_tag(&format!("{at}{}", "x".repeat(500))));
        let error = tx.split_vg_with("new", &[pv], tags, &mut Silent).unwrap_err();
        assert!(matches!(error.kind(), ErrorKind::MetadataFull { .. }), "dry run {dry_run}: {error:?}");
    }
}

#[test]
fn new_ids_reach_the_devices_file() {
    let view = View::new(3);
    let file = view.with_devices_file();
    view.groups(&[("vg", 2)]);
    let orphan = view.lvm().create_pv(&view.disks[2], &PvOptions::default(), Overwrite::Refuse).unwrap();
    assert_eq!(listed(&file, &view.disks[2]), Some(orphan));
    let orphan = view.lvm().renew_orphan_pv_id(&view.disks[2]).unwrap();
    assert_eq!(listed(&file, &view.disks[2]), Some(orphan));
    assert_eq!(view.lvm().scan().unwrap().orphans.len(), 1);
    let old = listed(&file, &view.disks[0]).unwrap();
    let (_, new) = view.lvm().update("vg", |tx| tx.renew_pv_id(old)).unwrap();
    assert_ne!(new, old);
    assert_eq!(listed(&file, &view.disks[0]), Some(new));
    assert!(view.lvm().volume_group("vg").unwrap().physical_volumes().iter().all(|pv| !pv.is_missing()));
}

#[test]
fn an_imported_device_is_listed_once() {
    let view = View::new(2);
    let file = view.with_devices_file();
    view.groups(&[("vg", 2)]);
    // It has a better id than when it was listed.
    view.made.write("sys/block/vda/device/wwid", "naa.500a\n");
    let scan = view.lvm().scan().unwrap();
    assert_eq!(view.lvm().device_list().unwrap().import(&scan.groups).unwrap(), 2);
    let entries = DevicesFile::read(&file).unwrap().unwrap().entries().to_vec();
    let ids = entries.iter().map(|entry| (entry.id.as_str(), entry.path.as_deref().unwrap()));
    let [a, b] = [0, 1].map(|at| view.disks[at].as_path());
    assert_eq!(ids.collect::<Vec<_>>(), [("naa.500a", a), (b.to_str().unwrap(), b)]);
    let pvs = scan.groups[0].vg.physical_volumes().iter().map(|pv| Some(pv.id())).collect::<Vec<_>>();
    assert_eq!(entries.iter().map(|entry| entry.pv_id).collect::<Vec<_>>(), pvs);
}

#[test]
fn a_clone_keeps_its_place_in_the_devices_file() {
    let view = View::new(2);
    let file = view.with_devices_file();
    view.groups(&[("vg", 1)]);
    fs::copy(&view.disks[0], &view.disks[1]).unwrap();
    let devices = view.lvm().device_list().unwrap().add(&view.disks[1], None).unwrap();
    assert!(devices.pv_id.is_some());
    let tx = view.lvm().begin_import_clone([&view.disks[1]], None, false).unwrap();
    let clone = tx.commit(&mut Silent).unwrap();
    assert_eq!(listed(&file, &view.disks[1]), Some(clone.physical_volumes()[0].id()));
    let names = view.lvm().volume_groups().unwrap();
    let names = names.iter().map(VolumeGroup::name).collect::<Vec<_>>();
    assert_eq!(names, ["vg", "vg1"]);
}

#[test]
fn two_clones_at_once_get_two_names() {
    let view = View::new(1);
    view.groups(&[("vg", 1)]);
    let copies = [view.copy(0, 'b'), view.copy(0, 'c')];
    let patient = Lvm::open(view.options().lock_wait(Wait::Forever)).unwrap();
    let first = patient.begin_import_clone([&copies[0]], None, false).unwrap();
    let name = std::thread::scope(|scope| {
        let second = scope.spawn(|| {
            let tx = patient.begin_import_clone([&copies[1]], None, false).unwrap();
            tx.commit(&mut Silent).unwrap().name().to_owned()
        });
        // Time to come as far as the lock.
        std::thread::sleep(Duration::from_millis(300));
        assert_eq!(first.commit(&mut Silent).unwrap().name(), "vg1");
        second.join().unwrap()
    });
    assert_eq!(name, "vg2");
}

#[test]
fn clones_with_a_seed_have_ids_of_their_own() {
    let view = View::new(1);
    view.groups(&[("vg", 1)]);
    let all = [view.disks[0].clone(), view.copy(0, 'b'), view.copy(0, 'c')];
    let images = Options::new().devices(&all).seed(7).no_backups();
    for options in [view.options().seed(7), images] {
        let lvm = Lvm::open(options).unwrap();
        for (copy, name) in [(1, "vg1"), (2, "vg2")] {
            fs::copy(&all[0], &all[copy]).unwrap();
            let tx = lvm.begin_import_clone([&all[copy]], None, false).unwrap();
            assert_eq!(tx.commit(&mut Silent).unwrap().name(), name);
        }
        let scan = lvm.scan().unwrap();
        assert!(scan.problems.is_empty(), "{:?}", scan.problems);
        assert_eq!(scan.groups.iter().map(|found| found.vg.name()).collect::<Vec<_>>(), ["vg", "vg1", "vg2"]);
        // As they were, for the next.
        all[1..].iter().for_each(|copy| fs::copy(&all[0], copy).map(drop).unwrap());
    }
}

#[test]
fn what_is_finished_first_makes_hints_stale() {
    let view = View::new(1);
    view.groups(&[("vg", 1)]);
    let header = |disk: &[u8]| MdaHeader::decode(disk[4096..4608].try_into().unwrap(), 4096).unwrap();
    let before = header(&view.content()[0]);
    let pv = view.lvm().volume_group("vg").unwrap().physical_volumes()[0].id();
    view.lvm().update("vg", |tx| tx.renew_pv_id(pv)).unwrap();
    let mut disk = view.content().remove(0);
    let after = header(&disk);
    let cut_short = MdaHeader { committed: before.committed, precommitted: after.committed, ..after };
    disk[4096..4608].copy_from_slice(&cut_short.encode());
    fs::write(&view.disks[0], disk).unwrap();
    assert_eq!(view.lvm().scan().unwrap().unfinished.len(), 1);
    view.made.write("run/hints", "notes\n");
    drop(view.lvm().begin("vg").unwrap());
    assert!(view.made.path("run/newhints").exists());
    assert!(view.lvm().scan().unwrap().unfinished.is_empty());
}

#[test]
fn what_is_missing_goes_all_or_not_at_all() {
    let view = View::new(2);
    view.groups(&[("vg", 2)]);
    let on_second = crate::NewLv::linear("lost", crate::Size::mib(4));
    let on_second = on_second.on([PvArgument::parse(&view.disks[1].to_string_lossy()).unwrap()]);
    view.lvm().update("vg", |tx| tx.create_lv(on_second)).unwrap();
    view.lvm().update("vg", |tx| tx.set_resizeable(false)).unwrap();
    fs::write(&view.disks[1], vec![0; usize::try_from(SIZE).unwrap()]).unwrap();
    let mut tx = view.lvm().begin("vg").unwrap();
    let error = tx.remove_missing_pvs(true).unwrap_err();
    assert_eq!(*error.kind(), ErrorKind::InvalidInput, "{error:?}");
    assert!(tx.logical_volume("lost").is_some() && !tx.is_changed());
    tx.set_resizeable(true).unwrap();
    assert_eq!(tx.remove_missing_pvs(true).unwrap().removed, ["lost"]);
    let vg = tx.commit(&mut Silent).unwrap();
    assert_eq!((vg.physical_volumes().len(), vg.logical_volumes().count()), (1, 1));
}

#[test]
fn areas_out_of_use_are_counted_as_the_group_is_now() {
    let view = View::new(3);
    view.groups(&[("vg", 2)]);
    let ids = |tx: &Transaction| tx.physical_volumes().iter().map(|pv| pv.id()).collect::<Vec<_>>();
    let refused = |result: Result<bool>| {
        let error = result.unwrap_err();
        assert_eq!((error.kind(), error.vg()), (&ErrorKind::InUse, Some("vg")), "{error:?}");
    };
    // One that leaves has no area that could be used.
    let mut tx = view.lvm().begin("vg").unwrap();
    let [first, second] = ids(&tx)[..] else { panic!() };
    tx.remove_pv(second).unwrap();
    refused(tx.set_pv_metadata_ignore(first, true));
    // One that joins has.
    let third = tx.add_pv_on(&view.disks[2]).unwrap();
    assert!(tx.set_pv_metadata_ignore(first, true).unwrap());
    assert!(!tx.set_pv_metadata_ignore(first, true).unwrap());
    refused(tx.set_pv_metadata_ignore(third, true));
    tx.commit(&mut Silent).unwrap();
    let ignored = || {
        let found = view.lvm().found_group("vg").unwrap();
        found.found_pvs().map(lvm_core::store::FoundPv::ignored_areas).collect::<Vec<_>>()
    };
    assert_eq!(ignored(), [1, 0]);
    // What is out of use on disk is known.
    let mut tx = view.lvm().begin("vg").unwrap();
    assert!(!tx.set_pv_metadata_ignore(first, true).unwrap() && !tx.is_changed());
    refused(tx.set_pv_metadata_ignore(third, true));
    // Under a new id.
    tx.set_metadata_copies(1).unwrap();
    let renewed = tx.renew_pv_id(first).unwrap();
    assert!(tx.set_pv_metadata_ignore(renewed, false).unwrap());
    assert_eq!(tx.metadata_copies(), 2);
    tx.commit(&mut Silent).unwrap();
    assert_eq!(ignored(), [0, 0]);
}

#[test]
fn an_orphan_with_its_areas_out_of_use_joins_so() {
    let view = View::new(2);
    view.groups(&[("vg", 1)]);
    let options = PvOptions { metadata_ignore: true, ..PvOptions::default() };
    view.lvm().create_pv(&view.disks[1], &options, Overwrite::Refuse).unwrap();
    let mut tx = view.lvm().begin("vg").unwrap();
    let joined = tx.add_pv_on(&view.disks[1]).unwrap();
    assert!(!tx.set_pv_metadata_ignore(joined, true).unwrap());
    let first = tx.physical_volumes()[0].id();
    assert_eq!(*tx.set_pv_metadata_ignore(first, true).unwrap_err().kind(), ErrorKind::InUse);
}
