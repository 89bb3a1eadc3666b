use std::os::unix::fs::FileExt;

use lvm_core::ondisk::find_label;

use super::*;
use crate::scan::machine::Machine;
use crate::scan::sysfs::made_up::MadeUp;
use crate::{ErrorKind, Lvm, NewLv, Options, Silent, Size};

const SIZE: u64 = 16 << 20;

fn options(made: &MadeUp) -> Options {
    let options = Options::new().machine(made.options()).locking_dir(made.path("lock"));
    options.run_dir(made.path("run"))
}

/// A machine with a group on sda, and sdb and more with the same content.
fn clones(more: &[(&str, &str, u64)]) -> MadeUp {
    let made = MadeUp::new();
    let sda = made.disk("sda", "8:0", SIZE);
    let lvm = Lvm::open(options(&made)).unwrap();
    let mut tx = lvm.create_vg("vg0", [&sda]).unwrap();
    tx.create_lv(NewLv::linear("lv", Size::mib(4))).unwrap();
    tx.commit(&mut Silent).unwrap();
    let content = std::fs::read(&sda).unwrap();
    for (name, number, size) in more {
        let disk = made.disk(name, number, *size);
        let disk = std::fs::File::options().write(true).open(disk).unwrap();
        disk.write_all_at(&content, 0).unwrap();
    }
    made
}

fn left_out(made: &MadeUp) -> Vec<(String, Preference)> {
    let machine = Machine::look(&made.options()).unwrap();
    let name = |path: &Path| path.file_name().unwrap().to_string_lossy().into_owned();
    machine.duplicates.iter().map(|duplicate| (name(&duplicate.left_out), duplicate.why)).collect()
}

fn change(made: &MadeUp) -> crate::Result<()> {
    let lvm = Lvm::open(options(made))?;
    let mut tx = lvm.begin("vg0")?;
    tx.extend_lv_by("lv", Size::mib(4))?;
    tx.commit(&mut Silent).map(drop)
}

#[test]
fn equal_copies_stay_in_conflict() {
    let made = clones(&[("sdb", "8:16", SIZE)]);
    assert_eq!(left_out(&made), []);
    assert_eq!(*change(&made).unwrap_err().kind(), ErrorKind::Conflict);
}

#[test]
fn the_size_tells() {
    let made = clones(&[("sdb", "8:16", 2 * SIZE)]);
    assert_eq!(left_out(&made), [("sdb".to_owned(), Preference::Size)]);
    let before = std::fs::read(made.path("dev/sdb")).unwrap();
    change(&made).unwrap();
    assert!(std::fs::read(made.path("dev/sdb")).unwrap() == before, "the copy was written to");
    let lvm = Lvm::open(options(&made)).unwrap();
    let scan = lvm.scan().unwrap();
    assert!(scan.problems.iter().any(|problem| problem.to_string().contains("sdb")), "{:?}", scan.problems);
    let error = lvm.create_pv(made.path("dev/sdb"), &Default::default(), Default::default()).unwrap_err();
    assert_eq!(*error.kind(), ErrorKind::InUse);
}

#[test]
fn an_active_volume_tells_before_the_size() {
    let made = clones(&[("sdb", "8:16", 2 * SIZE)]);
    made.mapped("dm-0", "253:0", "vg0-lv", "LVM-xy", SIZE);
    made.stack("sdb", "dm-0");
    assert_eq!(left_out(&made), [("sda".to_owned(), Preference::ActiveLv)]);
}

#[test]
fn a_mount_tells() {
    let made = clones(&[("sdb", "8:16", SIZE)]);
    made.write("proc/self/mountinfo", "21 1 8:16 / /mnt rw - ext4 /dev/sdb rw\n");
    assert_eq!(left_out(&made), [("sda".to_owned(), Preference::Mounted)]);
}

#[test]
fn stacks() {
    // Two paths and what stands on them: one device. A copy beside it is in conflict with it.
    let made = clones(&[("sdb", "8:16", SIZE), ("dm-0", "253:0", SIZE), ("sdc", "8:32", SIZE)]);
    made.write("sys/block/dm-0/dm/name", "luks\n");
    made.write("sys/block/dm-0/dm/uuid", "CRYPT-PLAIN-luks\n");
    made.stack("sda", "dm-0");
    made.stack("sdb", "dm-0");
    let stacked = ["sda", "sdb"].map(|name| (name.to_owned(), Preference::StandsOn));
    assert_eq!(left_out(&made), stacked);
    assert_eq!(*change(&made).unwrap_err().kind(), ErrorKind::Conflict);
    std::fs::remove_dir_all(made.path("sys/block/sdc")).unwrap();
    change(&made).unwrap();
}

#[test]
fn the_devices_file_tells() {
    let made = clones(&[("sdb", "8:16", SIZE)]);
    made.write("sys/block/sdb/device/wwid", "naa.b\n");
    let label = find_label(&std::fs::read(made.path("dev/sda")).unwrap()).unwrap().unwrap();
    let pv = label.pv_header.pv_id;
    let file = format!(
        "VERSION=1.1.1\nIDTYPE=sys_wwid IDNAME=naa.b DEVNAME=. PVID=.\n\
         IDTYPE=devname IDNAME=/dev/gone DEVNAME=/dev/gone PVID={}\n",
        pv.0.as_str()
    );
    made.write("lvm/devices/system.devices", &file);
    // Both are listed: one by its id, one is found by its physical volume.
    assert_eq!(left_out(&made), []);
    made.write(
        "lvm/devices/system.devices",
        "VERSION=1.1.1\nIDTYPE=sys_wwid IDNAME=naa.b DEVNAME=. PVID=.\n",
    );
    let machine = Machine::look(&made.options()).unwrap();
    assert_eq!(machine.devices.len(), 1);
    change(&made).unwrap();
}
