//! Which devices of this machine are looked at, beside lvm2. Both are told by a filter or a
//! devices file to leave alone what is not the test's.

#![allow(clippy::print_stdout, clippy::unwrap_used, reason = "a test fails by panicking")]

mod support;

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use lvmkit::scan::devices_file::{DeviceIdType, DevicesFile, DevicesFileEntry};
use lvmkit::scan::machine::Machine;
use lvmkit::{Lvm, NewLv, Options, Overwrite, Silent, Size};
use support::loops::Loop;
use support::lvm2::Lvm2;
use support::needed;

const SIZE: u64 = 32 << 20;

/// lvm2, and loop devices of these sizes.
fn setup(test: &str, sizes: &[u64]) -> Option<(tempfile::TempDir, Lvm2, Vec<Loop>)> {
    let dir = tempfile::tempdir().unwrap();
    let lvm2 = needed(test, Lvm2::new())?;
    let loops =
        sizes.iter().enumerate().map(|(at, size)| Loop::new(dir.path(), &format!("disk {at}"), *size));
    let loops = needed(test, loops.collect::<Result<Vec<_>, _>>())?;
    Some((dir, lvm2, loops))
}

/// Settings that keep both to these devices.
fn only(loops: &[Loop]) -> String {
    let rules = loops.iter().map(|device| format!("\"a|^{}$|\",", device.path()));
    format!("devices/filter=[{}\"r|.*|\"]", rules.collect::<String>())
}

fn options(lvm2: &Lvm2, config: &str) -> Options {
    let options = Options::new().system_dir(lvm2.system_dir()).unwrap().config(config).unwrap();
    options.run_dir(lvm2.system_dir().join("run"))
}

fn ours(lvm2: &Lvm2, config: &str) -> (Machine, BTreeSet<PathBuf>) {
    let machine = Lvm::open(options(lvm2, config)).unwrap().machine().unwrap();
    let duplicates = machine.duplicates.iter().map(|duplicate| duplicate.left_out.clone());
    let seen = machine.devices.iter().map(|device| device.path.clone()).chain(duplicates).collect();
    (machine, seen)
}

fn theirs(lvm2: &Lvm2, config: &str) -> BTreeSet<PathBuf> {
    let said = lvm2.run_on_machine(config, &["pvs", "-a", "--noheadings"]);
    assert!(said.ok(), "{said:?}");
    said.out.lines().filter_map(|line| line.split_whitespace().next()).map(PathBuf::from).collect()
}

#[test]
fn the_same_devices_as_lvm2() {
    let Some((_dir, lvm2, loops)) =
        setup("the_same_devices_as_lvm2", &[SIZE, SIZE, SIZE, (2 << 20) - 512, 2 << 20, 2 * SIZE])
    else {
        return;
    };
    let config = only(&loops);
    let lvm = Lvm::open(options(&lvm2, &config)).unwrap();
    let mut tx = lvm.create_vg("machvg", loops[..2].iter().map(Loop::path)).unwrap();
    tx.create_lv(NewLv::striped("lv", Size::mib(16), 2)).unwrap();
    tx.commit(&mut Silent).unwrap();
    let said = lvm2.run_on_machine(&config, &["lvs", "--noheadings", "-o", "vg_name,lv_name,devices"]);
    assert!(said.ok() && said.out.contains("machvg") && said.out.contains(loops[1].path()), "{said:?}");

    let (machine, seen) = ours(&lvm2, &config);
    assert_eq!(seen, theirs(&lvm2, &config));
    let pvs = machine.devices.iter().filter(|device| device.pv_id.is_some());
    let pvs = pvs.map(|device| device.path.as_path()).collect::<BTreeSet<_>>();
    assert_eq!(pvs, loops[..2].iter().map(|device| Path::new(device.path())).collect());
    // Without the filter neither of them sees more of the test's devices.
    let mine = |seen: BTreeSet<PathBuf>| {
        let is_mine = |path: &PathBuf| loops.iter().any(|device| Path::new(device.path()) == path);
        seen.into_iter().filter(is_mine).collect::<BTreeSet<_>>()
    };
    assert_eq!(mine(ours(&lvm2, "").1), mine(theirs(&lvm2, "")));

    // The same refusal in the same words.
    let small = loops[3].path();
    let said = lvm2.run_on_machine(&config, &["pvcreate", small]);
    let error = lvm.create_pv(small, &Default::default(), Overwrite::Refuse).unwrap_err();
    assert!(error.to_string().contains(said.err.trim()), "{error} / {said:?}");

    // A larger copy: lvm2 prefers the same device.
    std::fs::copy(loops[0].file(), loops[5].file()).unwrap();
    std::fs::File::options().write(true).open(loops[5].file()).unwrap().set_len(2 * SIZE).unwrap();
    let said = lvm2.run_on_machine(&config, &["pvs", "-a"]);
    let machine = lvm.machine().unwrap();
    let [duplicate] = machine.duplicates.as_slice() else { panic!("{machine:?}") };
    let words = format!("prefers device {} because {}", duplicate.used.display(), duplicate.why);
    assert!(said.err.contains(&words), "{words} / {said:?}");
    let (vg, _) = lvm.update("machvg", |tx| tx.extend_lv_by("lv", Size::mib(8))).unwrap();
    assert_eq!(lvm.volume_group("machvg").unwrap(), vg);
}

#[test]
fn one_devices_file_for_both() {
    let Some((_dir, lvm2, loops)) = setup("one_devices_file_for_both", &[SIZE, SIZE, SIZE]) else { return };
    let config = "devices/use_devicesfile=1";
    let opened = options(&lvm2, config);
    let path = lvm2.system_dir().join("devices/system.devices");
    let sysfs = lvmkit::scan::sysfs::Sysfs::read(Path::new("/sys")).unwrap();
    let entry = |device: &Loop| {
        let name = device.path().trim_start_matches("/dev/");
        DevicesFileEntry::new(sysfs.device(name).unwrap(), &sysfs, Path::new(device.path()), None)
    };
    let update = |edit: &dyn Fn(&mut DevicesFile) -> bool| {
        let wait = lvmkit::lock::Wait::Forever;
        DevicesFile::update(&path, &lvm2.locking_dir(), wait, "a test", |file| Ok(edit(file))).unwrap()
    };
    update(&|file| file.add(entry(&loops[0])));
    let lvm = Lvm::open(opened).unwrap();
    let pv = lvm.create_pv(loops[0].path(), &Default::default(), Overwrite::Refuse).unwrap();
    let list = |loops: &[&Loop]| loops.iter().map(|device| PathBuf::from(device.path())).collect();
    assert_eq!(ours(&lvm2, config).1, list(&[&loops[0]]));
    assert_eq!(theirs(&lvm2, config), list(&[&loops[0]]));

    let said = lvm2.run_on_machine(config, &["lvmdevices", "--adddev", loops[1].path()]);
    assert!(said.ok(), "{said:?}");
    assert_eq!(ours(&lvm2, config).1, list(&[&loops[0], &loops[1]]));
    let file = DevicesFile::read(&path).unwrap().unwrap();
    let theirs_entry = file.entries().iter().find(|known| known.id == entry(&loops[1]).id).unwrap();
    assert_eq!(
        (&theirs_entry.id_type, &theirs_entry.path),
        (&DeviceIdType::LoopFile, &entry(&loops[1]).path)
    );

    update(&|file| !file.remove(|known| known.path == Some(loops[1].path().into())).is_empty());
    assert_eq!(theirs(&lvm2, config), list(&[&loops[0]]));
    // A path that another device has now: the physical volume is found where it is.
    let moved = DevicesFileEntry {
        id_type: DeviceIdType::Devname,
        id: loops[2].path().to_owned(),
        path: Some(loops[2].path().into()),
        pv_id: Some(pv),
        partition: None,
    };
    update(&|file| {
        file.remove(|_| true);
        file.add(moved.clone())
    });
    let with_search = "devices { use_devicesfile=1 search_for_devnames=\"all\" }";
    let found = |seen: &BTreeSet<PathBuf>| seen.contains(Path::new(loops[0].path()));
    let (machine, seen) = ours(&lvm2, with_search);
    assert!(found(&seen) && machine.unmatched.is_empty(), "{machine:?}");
    // lvm2 finds it too, and puts the right path into the file.
    assert!(found(&theirs(&lvm2, with_search)));
    let file = DevicesFile::read(&path).unwrap().unwrap();
    assert_eq!(file.entries()[0].path.as_deref(), Some(Path::new(loops[0].path())));
}

#[test]
fn every_setting_of_lvm2_is_read() {
    let Some(lvm2) = needed("every_setting_of_lvm2_is_read", Lvm2::new()) else { return };
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("lvm.conf");
    for kind in ["default", "full"] {
        let said = lvm2.run_on_machine("", &["lvmconfig", "--type", kind]);
        assert!(said.ok() && said.out.lines().count() > 200, "{said:?}");
        // Defaults are written as comments.
        std::fs::write(&file, said.out.replace("# ", "")).unwrap();
        let options = Options::new().config_file(&file).unwrap();
        let ignored = options.ignored_settings();
        assert!(ignored.iter().any(|setting| setting == "devices/scan"), "{kind}: {ignored:?}");
    }
}
