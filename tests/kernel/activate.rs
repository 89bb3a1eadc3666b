//! Activation and what comes after it.

use std::fs;
use std::path::Path;

use lvmkit::dm::kernel::{Command, Kernel};
use lvmkit::{ActivateOptions, Bytes, ErrorKind, KernelOptions, NewLv, Silent, Size};

use crate::bench::{Bench, run};

/// Group `vg0` with a linear volume over two devices, a striped one, and one of type zero.
fn volumes(bench: &Bench) {
    bench.group("vg0");
    let lvm = bench.lvm();
    let edits = |tx: &mut lvmkit::Transaction| {
        tx.create_lv(NewLv::striped("st-r", Size::mib(9), 3).stripe_size(Bytes::kib(64)))?;
        tx.create_lv(NewLv::linear("lin", Size::mib(40)))?;
        tx.create_lv(NewLv::linear("small", Size::mib(4)))
    };
    lvm.update("vg0", edits).unwrap();
    lvm.update("vg0", |tx| tx.extend_lv_by("small", Size::mib(3))).unwrap();
}

fn tables() -> String {
    run("dmsetup", &["table"])
}

#[test]
fn tables_are_those_of_lvm2() {
    let Some(bench) = Bench::new(&[32, 32, 32]) else { return };
    volumes(&bench);
    let lvm = bench.lvm();
    let options = ActivateOptions::default();
    let activated = lvm.activate_where("vg0", options, |_| true).unwrap();
    assert_eq!(activated.done.len(), 3, "{activated:?}");
    let ours = tables();
    let info = run("dmsetup", &["info", "-c", "--noheadings", "-o", "name,uuid,attr", "--sort", "name"]);
    for name in ["lin", "st-r", "small"] {
        let link = format!("/dev/vg0/{name}");
        assert_eq!(
            fs::read_link(&link).unwrap(),
            Path::new(&format!("/dev/mapper/vg0-{}", name.replace('-', "--")))
        );
        assert!(fs::metadata(&link).is_ok());
    }
    let attr = bench.lvm2(&["lvs", "--noheadings", "-o", "lv_name,lv_attr"]).out;
    assert!(attr.lines().all(|line| line.contains("-wi-a-----")), "{attr}");
    bench.lvm2(&["vgchange", "-an", "vg0"]);
    assert_eq!(tables(), "No devices found");
    assert!(!Path::new("/dev/vg0").exists());

    bench.lvm2(&["vgchange", "-ay", "vg0"]);
    assert_eq!(tables(), ours);
    let theirs = run("dmsetup", &["info", "-c", "--noheadings", "-o", "name,uuid,attr", "--sort", "name"]);
    assert_eq!(theirs, info);
    let active = lvm.active_lvs(&lvm.volume_group("vg0").unwrap()).unwrap();
    assert_eq!(active.len(), 3);
    assert!(active.iter().all(|lv| lv.live_table && !lv.suspended && lv.open_count == 0), "{active:?}");
    let down = lvm.deactivate_where("vg0", |_| true).unwrap();
    assert_eq!((down.done.len(), down.failed.len()), (3, 0));
    assert_eq!(tables(), "No devices found");
    assert!(!Path::new("/dev/vg0").exists() && !Path::new("/dev/mapper/vg0-lin").exists());
}

#[test]
fn three_requests_to_activate_and_one_to_deactivate() {
    let Some(bench) = Bench::new(&[64]) else { return };
    bench.group("vg0");
    let count = 20;
    let create = |tx: &mut lvmkit::Transaction| {
        (0..count).try_for_each(|at| tx.create_lv(NewLv::linear(format!("lv{at}"), Size::mib(1))).map(drop))
    };
    bench.lvm().update("vg0", create).unwrap();
    let kernel = Kernel::open().unwrap();
    let lvm = bench.lvm_over(KernelOptions::with(kernel.clone()));
    lvm.activate_where("vg0", ActivateOptions::default(), |_| true).unwrap();
    let expected = [
        (Command::Version, 1),
        (Command::ListDevices, 1),
        (Command::Create, count),
        (Command::Suspend, count),
        (Command::Load, count),
        (Command::ListVersions, 1),
    ];
    assert_eq!(kernel.counts().into_iter().collect::<Vec<_>>(), expected);

    let kernel = Kernel::open().unwrap();
    let lvm = bench.lvm_over(KernelOptions::with(kernel.clone()));
    lvm.deactivate_where("vg0", |_| true).unwrap();
    let expected = [(Command::Version, 1), (Command::ListDevices, 1), (Command::Remove, count)];
    assert_eq!(kernel.counts().into_iter().collect::<Vec<_>>(), expected);
}

#[test]
fn an_open_volume_stays() {
    let Some(bench) = Bench::new(&[32]) else { return };
    let vg = bench.group("vg0");
    let lvm = bench.lvm_over(KernelOptions::auto().retry_deactivation(false));
    lvm.update("vg0", |tx| tx.create_lv(NewLv::linear("a", Size::mib(4)))).unwrap();
    let path = lvm.activate(&vg, "a").unwrap();
    let open = fs::File::open(&path).unwrap();
    let error = lvm.deactivate(&vg, "a").unwrap_err();
    assert_eq!((error.kind(), error.lv()), (&ErrorKind::InUse, Some("a")));
    assert!(error.message().contains("open 1 times"), "{error:?}");
    // Nor can it be removed, and then nothing changes.
    let seqno = lvm.volume_group("vg0").unwrap().seqno();
    let mut tx = lvm.begin("vg0").unwrap();
    tx.remove_lv("a").unwrap();
    let error = tx.commit(&mut Silent).unwrap_err();
    assert_eq!((error.kind(), error.effect()), (&ErrorKind::InUse, lvmkit::Effect::Unchanged));
    assert_eq!(lvm.volume_group("vg0").unwrap().seqno(), seqno);
    drop(open);
    lvm.update("vg0", |tx| tx.remove_lv("a")).unwrap();
    assert_eq!(tables(), "No devices found");
}

#[test]
fn missing_physical_volumes() {
    let Some(bench) = Bench::new(&[32, 32]) else { return };
    let vg = bench.group("vg0");
    let create = |tx: &mut lvmkit::Transaction| {
        tx.create_lv(NewLv::striped("st", Size::mib(8), 2))?;
        tx.create_lv(NewLv::linear("lin", Size::mib(50)))
    };
    bench.lvm().update("vg0", create).unwrap();
    let first = lvmkit::Options::new().devices([bench.paths()[0]]).locking_dir(bench.lvm2.locking_dir());
    let lvm = lvmkit::Lvm::open(first).unwrap();
    let error = lvm.activate(&vg, "st").unwrap_err();
    assert_eq!((error.kind(), error.lv()), (&ErrorKind::MissingDevice, Some("st")), "{error:?}");
    assert_eq!(tables(), "No devices found");
    let partial = ActivateOptions {
        tree: lvmkit::TreeOptions { mode: lvmkit::ActivationMode::Partial, read_only: true },
        ..ActivateOptions::default()
    };
    let activated = lvm.activate_where("vg0", partial, |_| true).unwrap();
    assert_eq!(activated.done.len(), 2, "{activated:?}");
    let ours = tables();
    assert!(ours.contains("vg0-st-missing_0_1: 0 16384 error"), "{ours}");
    lvm.deactivate_where("vg0", |_| true).unwrap();
    assert_eq!(tables(), "No devices found");
    let said =
        bench.lvm2.run(&bench.paths()[..1], &["vgchange", "-ay", "--activationmode", "partial", "vg0"]);
    assert!(said.ok(), "{said:?}");
    // Minor numbers follow the order of creation, which is the same.
    assert_eq!(tables(), ours);
}

/// One content, through the kernel's device and in this process, in turn.
#[test]
fn content_through_the_kernel_and_without_it() {
    use std::io::Read;
    let Some(bench) = Bench::new(&[32, 32]) else { return };
    let vg = bench.group("vg0");
    let lvm = bench.lvm();
    // Another volume keeps the devices below open, and so what is cached of them.
    let create = |tx: &mut lvmkit::Transaction| {
        tx.create_lv(NewLv::striped("a", Size::mib(16), 2))?;
        tx.create_lv(NewLv::striped("keep", Size::mib(2), 2))
    };
    lvm.update("vg0", create).unwrap();
    lvm.activate(&vg, "keep").unwrap();
    let content = |number: u8| (0..16 << 20).map(|at: u32| (at / 4096) as u8 ^ number).collect::<Vec<u8>>();
    for number in 0..6 {
        let path = lvm.activate(&vg, "a").unwrap();
        fs::write(&path, content(number)).unwrap();
        if number % 2 == 0 {
            // Open as the kernel's device while it is one.
            let mut back = Vec::new();
            lvm.open_lv(&vg, "a").unwrap().read_to_end(&mut back).unwrap();
            assert!(back == content(number));
        }
        lvm.deactivate(&vg, "a").unwrap();
        let volume = lvm.open_lv(&vg, "a").unwrap();
        let mut back = vec![0; 16 << 20];
        volume.read_at(0, &mut back).unwrap();
        assert!(back == content(number), "written through the kernel, read here");
        volume.write_at(0, &content(number + 100)).unwrap();
        drop(volume);
        let path = lvm.activate(&vg, "a").unwrap();
        assert!(fs::read(&path).unwrap() == content(number + 100), "written here, read through the kernel");
        lvm.deactivate(&vg, "a").unwrap();
    }
    lvm.deactivate(&vg, "keep").unwrap();
}

#[test]
fn what_was_brought_up_for_reading_only_stays_so() {
    let Some(bench) = Bench::new(&[32]) else { return };
    bench.group("vg0");
    let lvm = bench.lvm();
    lvm.update("vg0", |tx| tx.create_lv(NewLv::linear("a", Size::mib(4)))).unwrap();
    let tree = lvmkit::TreeOptions { read_only: true, ..lvmkit::TreeOptions::default() };
    let options = ActivateOptions { tree, ..ActivateOptions::default() };
    lvm.activate_where("vg0", options, |_| true).unwrap();
    let read_only = || {
        let active = lvm.active_lvs(&lvm.volume_group("vg0").unwrap()).unwrap();
        active.iter().map(|lv| lv.read_only).collect::<Vec<_>>()
    };
    assert_eq!(read_only(), [true]);
    lvm.update("vg0", |tx| tx.extend_lv_by("a", Size::mib(4)).map(drop)).unwrap();
    assert_eq!(read_only(), [true]);
    let recovered = lvm.recover("vg0").unwrap();
    assert!(recovered.repaired.is_empty() && read_only() == [true], "{recovered:?}");
    // The volume's own permission is another matter.
    lvm.update("vg0", |tx| tx.set_lv_writable("a", false)).unwrap();
    lvm.update("vg0", |tx| tx.set_lv_writable("a", true)).unwrap();
    assert_eq!(read_only(), [false]);
    lvm.deactivate_where("vg0", |_| true).unwrap();
}
