//! Devices that fail or vanish between reading and committing.

use lvmkit::dm::kernel::{DeviceKey, Kernel};
use lvmkit::dm::{DmFlags, Table};
use lvmkit::{Effect, ErrorKind, Lvm, NewLv, NewVg, Options, Silent, Size};

use crate::bench::Bench;
use crate::mounted::all_run;

/// A device over a loop device that can be made to fail.
struct Failing {
    kernel: Kernel,
    name: &'static str,
    sectors: u64,
    path: String,
}

impl Failing {
    fn new(bench: &Bench, at: usize, name: &'static str) -> Self {
        let kernel = Kernel::open().unwrap();
        let sectors = bench.loops[at].size() / 512;
        let made = kernel.create(name, "", None).unwrap();
        let failing = Self { kernel, name, sectors, path: format!("/dev/dm-{}", made.number.minor) };
        failing.set(&format!("0 {sectors} linear {} 0", bench.loops[at].path()));
        failing
    }

    fn set(&self, table: &str) {
        let table = table.parse::<Table>().unwrap();
        self.kernel.load(DeviceKey::Name(self.name), &table, DmFlags::empty()).unwrap();
        self.kernel.resume(DeviceKey::Name(self.name), 0, DmFlags::NOFLUSH).unwrap();
    }

    fn fail(&self) {
        self.set(&format!("0 {} error", self.sectors));
    }
}

impl Drop for Failing {
    fn drop(&mut self) {
        for device in self.kernel.list_devices("LVM-").unwrap_or_default() {
            let _ = self.kernel.remove(device.number.into(), 0, false);
        }
        let _ = self.kernel.remove(DeviceKey::Name(self.name), 0, false);
    }
}

#[test]
fn a_disk_that_fails_between_reading_and_committing() {
    let Some(bench) = Bench::new(&[64, 64]) else { return };
    let disk = Failing::new(&bench, 1, "lvmkit-disk");
    let devices = [bench.paths()[0].to_owned(), disk.path.clone()];
    let options = Options::new().devices(&devices).locking_dir(bench.lvm2.locking_dir());
    let lvm = Lvm::open(options).unwrap();
    let new = NewVg::new("vg0").extent_size(lvmkit::Bytes::mib(1));
    let mut tx = lvm.create_vg(new, &devices).unwrap();
    tx.create_lv(NewLv::linear("a", Size::mib(20))).unwrap();
    let vg = tx.commit(&mut Silent).unwrap();
    lvm.activate(&vg, "a").unwrap();
    let kernel = Kernel::open().unwrap();
    let tables = || {
        let listed = kernel.list_devices("LVM-").unwrap();
        listed.iter().map(|device| kernel.table(device.number.into(), false).unwrap()).collect::<Vec<_>>()
    };
    let before = tables();

    let mut tx = lvm.begin("vg0").unwrap();
    tx.extend_lv_by("a", Size::mib(10)).unwrap();
    disk.fail();
    let error = tx.commit(&mut Silent).unwrap_err();
    assert_eq!(*error.kind(), ErrorKind::Io, "{error:?}");
    assert!(matches!(error.effect(), Effect::Unchanged | Effect::Reverted), "{error:?}");
    assert_eq!(error.device(), Some(disk.path.as_str()), "{error:?}");
    assert_eq!(tables(), before);
    all_run();

    // It is there again, and everything is as before.
    disk.set(&format!("0 {} linear {} 0", disk.sectors, bench.loops[1].path()));
    let now = lvm.volume_group("vg0").unwrap();
    assert_eq!(now, vg);
    lvm.update("vg0", |tx| tx.extend_lv_by("a", Size::mib(10)).map(drop)).unwrap();
    assert_ne!(tables(), before);
    lvm.deactivate_where("vg0", |_| true).unwrap();
}

/// The table of a change is refused: nothing was written that anybody sees, and nothing waits.
#[test]
fn a_table_that_the_kernel_refuses() {
    use lvmkit::dm::kernel::{Command, Request, Transport};
    use std::sync::Arc;
    struct NoLoad(Arc<dyn Transport>);
    impl Transport for NoLoad {
        fn send(&self, request: &mut Request) -> Result<(), nix::errno::Errno> {
            match request.command() {
                Command::Load => Err(nix::errno::Errno::EINVAL),
                _ => self.0.send(request),
            }
        }
    }
    let Some(bench) = Bench::new(&[64]) else { return };
    let vg = bench.group("vg0");
    let lvm = bench.lvm();
    let (vg, _) = lvm
        .update("vg0", |tx| tx.create_lv(NewLv::linear("a", Size::mib(8))))
        .map(|(_, id)| (vg, id))
        .unwrap();
    lvm.activate(&vg, "a").unwrap();
    let before = lvm.volume_group("vg0").unwrap();
    let kernel = Kernel::open().unwrap().wrapped(NoLoad).unwrap();
    let refusing = bench.lvm_over(lvmkit::KernelOptions::with(kernel));
    let error = refusing.update("vg0", |tx| tx.extend_lv_by("a", Size::mib(8)).map(drop)).unwrap_err();
    assert!(
        matches!(error.kind(), ErrorKind::Kernel { target, errno: 22 } if target == "linear"),
        "{error:?}"
    );
    assert_eq!(error.effect(), Effect::Reverted);
    assert_eq!(lvm.volume_group("vg0").unwrap(), before);
    all_run();
    // A volume that cannot be brought up leaves no device behind.
    lvm.deactivate(&before, "a").unwrap();
    assert!(refusing.activate(&before, "a").is_err());
    assert!(Kernel::open().unwrap().list_devices("LVM-").unwrap().is_empty());
}
