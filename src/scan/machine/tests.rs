use std::path::Path;

use lvm_core::store::PvOptions;

use super::*;
use crate::scan::excluded::Exclusion;
use crate::scan::sysfs::made_up::MadeUp;
use crate::{ErrorKind, Lvm, NewLv, Options, Overwrite, Silent, Size};

const SIZE: u64 = 16 << 20;

fn lvm(made: &MadeUp) -> Lvm {
    let options = Options::new().machine(made.options()).locking_dir(made.path("lock"));
    Lvm::open(options.run_dir(made.path("run"))).unwrap()
}

fn names(made: &MadeUp) -> Vec<String> {
    let name = |path: &Path| path.file_name().unwrap().to_string_lossy().into_owned();
    let machine = Machine::look(&made.options()).unwrap();
    machine.devices.iter().map(|device| name(&device.path)).collect()
}

#[test]
fn a_group_over_devices_nobody_named() {
    let made = MadeUp::new();
    let disks = (0..12).map(|at| made.disk(&format!("sd{at}"), &format!("8:{}", at * 16), SIZE));
    let disks = disks.collect::<Vec<_>>();
    let lvm = lvm(&made);
    let mut tx = lvm.create_vg("vg0", &disks[3..10]).unwrap();
    tx.create_lv(NewLv::striped("lv", Size::mib(28), 7)).unwrap();
    let vg = tx.commit(&mut Silent).unwrap();
    assert_eq!(lvm.volume_group("vg0").unwrap(), vg);
    let scan = lvm.scan().unwrap();
    assert_eq!((scan.groups.len(), scan.others.len()), (1, 5));
    assert!(scan.problems.is_empty(), "{:?}", scan.problems);
    let machine = lvm.machine().unwrap();
    let pvs = machine.devices.iter().filter(|device| device.pv_id.is_some());
    assert!(pvs.map(|device| &device.path).eq(&disks[3..10]));
    std::io::Write::write_all(&mut lvm.open_lv(&vg, "lv").unwrap(), b"content").unwrap();
}

#[test]
fn a_device_is_known_by_any_name() {
    let made = MadeUp::new();
    let node = made.mapped("dm-0", "253:0", "data", "CRYPT-PLAIN-data", SIZE);
    std::os::unix::fs::symlink(&node, made.path("dev/link")).unwrap();
    let lvm = lvm(&made);
    lvm.create_pv(made.path("dev/link"), &PvOptions::default(), Overwrite::Refuse).unwrap();
    let scan = lvm.scan().unwrap();
    assert_eq!(scan.orphans[0].pv.device.name(), node.to_string_lossy());
}

#[test]
fn hints_do_not_outlive_a_change() {
    let made = MadeUp::new();
    let sda = made.disk("sda", "8:0", SIZE);
    let lvm = lvm(&made);
    let changes: [&dyn Fn(); 2] = [
        &|| {
            lvm.create_pv(&sda, &PvOptions::default(), Overwrite::Refuse).unwrap();
        },
        &|| lvm.remove_pv(&sda, Overwrite::Refuse).unwrap(),
    ];
    for change in changes {
        made.write("run/hints", "scan:/dev/other\n");
        change();
        assert!(!std::fs::read_to_string(made.path("run/hints")).unwrap().contains("scan:"));
        std::fs::remove_file(made.path("run/newhints")).unwrap();
    }
    made.write("run/hints", "scan:/dev/other\n");
    lvm.scan().unwrap();
    assert!(!made.path("run/newhints").exists());
}

#[test]
fn refusals_say_why() {
    let made = MadeUp::new();
    made.disk("sda", "8:0", 1 << 20);
    let sdb = made.disk("sdb", "8:16", SIZE);
    made.write("sys/block/sdb/ro", "1\n");
    let create = |path: PathBuf| lvm(&made).create_pv(path, &PvOptions::default(), Overwrite::Refuse);
    let error = create(made.path("dev/sda")).unwrap_err();
    assert_eq!(*error.kind(), ErrorKind::InUse);
    assert!(error.to_string().contains("device is too small (pv_min_size)"), "{error}");
    assert_eq!(*create(made.path("dev/sdq")).unwrap_err().kind(), ErrorKind::NotFound);
    let error = create(sdb.clone()).unwrap_err();
    assert!(error.to_string().contains("read-only"), "{error}");
    assert_eq!(std::fs::read(sdb).unwrap(), vec![0; SIZE as usize]);
    std::fs::remove_dir_all(made.path("sys")).unwrap();
    assert_eq!(*lvm(&made).scan().unwrap_err().kind(), ErrorKind::NotFound);
}

#[test]
fn the_devices_file_decides() {
    let made = MadeUp::new();
    made.disk("sda", "8:0", SIZE);
    made.disk("sdb", "8:16", SIZE);
    made.disk("sdc", "8:32", SIZE);
    made.write("sys/block/sdb/device/wwid", "naa.b\n");
    let sdc = made.path("dev/sdc");
    let pv = lvm(&made).create_pv(&sdc, &PvOptions::default(), Overwrite::Refuse).unwrap();
    let write = |lines: &str| {
        made.write("lvm/devices/system.devices", &format!("VERSION=1.1.1\n{lines}\n"));
    };
    write("IDTYPE=sys_wwid IDNAME=naa.b DEVNAME=/dev/other PVID=.");
    assert_eq!(names(&made), ["sdb"]);
    let error = lvm(&made).create_pv(&sdc, &PvOptions::default(), Overwrite::Refuse).unwrap_err();
    assert!(error.to_string().contains("not in devices file"), "{error}");

    let by_path = format!("IDTYPE=devname IDNAME={} DEVNAME=. PVID=.", made.path("dev/sda").display());
    write(&by_path);
    assert_eq!(names(&made), ["sda"]);
    // The path means sda, the physical volume is on sdc: that is the one that was meant, and sda
    // may be used since it has none.
    let moved = by_path.replace("PVID=.", &format!("PVID={}", pv.0.as_str()));
    write(&moved);
    assert_eq!(names(&made), ["sda", "sdc"]);
    let searching_nowhere = MachineOptions { search_for_devnames: DevnameSearch::None, ..made.options() };
    let machine = Machine::look(&searching_nowhere).unwrap();
    assert_eq!((machine.devices.len(), machine.unmatched.len()), (1, 1));

    let mut options = made.options();
    options.use_devices_file = Some(false);
    assert_eq!(Machine::look(&options).unwrap().devices.len(), 3);
    write("IDTYPE=nonsense");
    write("IDTYPE=devname IDNAME=x PVID=bad");
    assert_eq!(*lvm(&made).scan().unwrap_err().kind(), ErrorKind::InvalidInput);
}

#[test]
fn a_broken_device_is_told() {
    let made = MadeUp::new();
    made.disk("sda", "8:0", SIZE);
    let sdb = made.disk("sdb", "8:16", SIZE);
    std::fs::remove_file(&sdb).unwrap();
    std::fs::create_dir(&sdb).unwrap();
    let machine = Machine::look(&made.options()).unwrap();
    assert_eq!(machine.excluded[0].why, Exclusion::NoNode);
    assert_eq!(names(&made), ["sda"]);
}
