use std::path::Path;

use lvm_core::store::PvOptions;

use super::*;
use crate::scan::machine::Machine;
use crate::scan::sysfs::made_up::MadeUp;
use crate::{Lvm, Options, Overwrite};

const SIZE: u64 = 8 << 20;

/// The names of what is looked at, and of what is not with the reason.
fn look(made: &MadeUp, options: &MachineOptions) -> (Vec<String>, Vec<(String, Exclusion)>) {
    let name = |path: &Path| path.strip_prefix(made.path("dev")).unwrap().to_string_lossy().into_owned();
    let machine = Machine::look(options).unwrap();
    let devices = machine.devices.iter().map(|device| name(&device.path)).collect();
    let excluded = machine.excluded.iter().map(|excluded| (name(&excluded.device), excluded.why)).collect();
    (devices, excluded)
}

#[test]
fn every_reason_of_sysfs() {
    let made = MadeUp::new();
    let id = "abcdefghijklmnopqrstuvwxyz012345";
    made.disk("sda", "8:0", SIZE);
    made.partition("sda", "sda1", "8:1", SIZE / 2);
    made.disk("sdb", "8:16", (2 << 20) - 512);
    made.disk("sdc", "8:32", SIZE);
    made.partition("sdc", "sdc1", "8:33", SIZE / 2);
    made.disk("sdd", "8:48", SIZE);
    made.disk("sde", "8:64", SIZE);
    std::fs::remove_file(made.disk("sdf", "8:80", SIZE)).unwrap();
    made.disk("sr0", "11:0", SIZE);
    made.disk("md0", "9:0", SIZE);
    made.write("sys/block/md0/md/level", "raid1\n");
    made.stack("sdd", "md0");
    made.mapped("dm-0", "253:0", "mp", "mpath-1", SIZE);
    made.stack("sde", "dm-0");
    made.stack("sdc", "dm-0");
    made.mapped("dm-1", "253:1", "vg-lv", &format!("LVM-{id}{id}"), SIZE);
    made.mapped("dm-2", "253:2", "vg-lv-real", &format!("LVM-{id}{id}-real"), SIZE);
    made.mapped("dm-5", "253:5", "vg-m", &format!("LVM-{id}{id}"), SIZE);
    made.mapped("dm-6", "253:6", "vg-m_mimage_0", &format!("LVM-{id}{id}"), SIZE);
    made.stack("dm-6", "dm-5");
    made.mapped("dm-3", "253:3", "temp", "CRYPT-TEMP-x", SIZE);
    made.mapped("dm-4", "253:4", "luks", "CRYPT-LUKS2-x", SIZE);
    made.write("sys/block/dm-4/dm/suspended", "1\n");
    let named = |names: &[(&str, Exclusion)]| {
        names.iter().map(|(name, why)| ((*name).to_owned(), *why)).collect::<Vec<_>>()
    };
    let expected = named(&[
        ("sda", Exclusion::Partitioned),
        ("sdb", Exclusion::TooSmall),
        ("sdc", Exclusion::MultipathComponent),
        ("sdc1", Exclusion::MultipathComponent),
        ("sdd", Exclusion::MdComponent),
        ("sde", Exclusion::MultipathComponent),
        ("sdf", Exclusion::NoNode),
        ("sr0", Exclusion::UnknownType),
        ("mapper/vg-lv", Exclusion::LogicalVolume),
        ("mapper/vg-lv-real", Exclusion::Internal),
        ("mapper/temp", Exclusion::Internal),
        ("mapper/vg-m", Exclusion::LogicalVolume),
        ("mapper/vg-m_mimage_0", Exclusion::LogicalVolume),
    ]);
    let (devices, excluded) = look(&made, &made.options());
    assert_eq!(devices, ["sda1", "md0", "mapper/mp", "mapper/luks"]);
    assert_eq!(excluded, expected);

    let options = MachineOptions {
        scan_lvs: true,
        ignore_suspended_devices: true,
        md_component_detection: false,
        multipath_component_detection: false,
        pv_min_size: lvm_core::Bytes(1 << 20),
        ..made.options()
    };
    let (devices, excluded) = look(&made, &options);
    assert_eq!(devices, ["sda1", "sdb", "sdc1", "sdd", "sde", "md0", "mapper/mp", "mapper/vg-lv"]);
    let last = [
        ("mapper/luks", Exclusion::Suspended),
        ("mapper/vg-m", Exclusion::Mirror),
        ("mapper/vg-m_mimage_0", Exclusion::Internal),
    ];
    assert!(excluded.ends_with(&named(&last)), "{excluded:?}");
}

fn write(path: &Path, offset: u64, bytes: &[u8]) {
    use std::os::unix::fs::FileExt;
    std::fs::File::options().write(true).open(path).unwrap().write_all_at(bytes, offset).unwrap();
}

/// A superblock of MD 1.0 at its place near the end.
fn write_md_superblock(path: &Path) {
    let sector = (SIZE / 512 - 16) & !7;
    let mut block = [0; 256];
    block[..4].copy_from_slice(&0xa92b_4efc_u32.to_le_bytes());
    (block[4], block[92], block[220]) = (1, 2, 128);
    block[16..32].fill(5);
    block[144..152].copy_from_slice(&sector.to_le_bytes());
    write(path, sector * 512, &block);
}

#[test]
fn parts_of_an_array_that_does_not_run() {
    let made = MadeUp::new();
    let disks = [("sda", "8:0"), ("sdb", "8:16"), ("sdc", "8:32")];
    let disks = disks.map(|(name, number)| made.disk(name, number, SIZE));
    let lvm =
        Lvm::open(Options::new().machine(made.options()).run_dir(made.path("run")).locking(false)).unwrap();
    let create = |disk: &Path, size| {
        let options = PvOptions { size, ..PvOptions::default() };
        lvm.create_pv(disk, &options, Overwrite::Refuse).unwrap();
    };
    // The size of the array is in sda's label, that of the disk in sdb's; sdc has no label.
    create(&disks[0], Some(lvm_core::Bytes(SIZE - (64 << 10))));
    create(&disks[1], None);
    for disk in &disks {
        write_md_superblock(disk);
    }
    let (devices, excluded) = look(&made, &made.options());
    assert_eq!(devices, ["sdb", "sdc"]);
    assert_eq!(excluded, [("sda".to_owned(), Exclusion::MdComponent)]);
    let options = MachineOptions { md_component_detection: false, ..made.options() };
    assert_eq!(look(&made, &options).0, ["sda", "sdb", "sdc"]);
}

#[test]
fn partition_tables() {
    let made = MadeUp::new();
    let mut entry = [0; 18];
    (entry[4], entry[8], entry[13], entry[16], entry[17]) = (0x83, 1, 8, 0x55, 0xaa);
    for (name, number) in [("sda", "8:0"), ("loop0", "7:0")] {
        let disk = made.disk(name, number, SIZE);
        write(&disk, 446, &entry[..16]);
        write(&disk, 510, &entry[16..]);
    }
    let (devices, excluded) = look(&made, &made.options());
    // lvm2 says that loop devices have no partitions unless the kernel shows some.
    assert_eq!(devices, ["loop0"]);
    assert_eq!(excluded, [("sda".to_owned(), Exclusion::Partitioned)]);
}

#[test]
fn filters_know_every_name() {
    let made = MadeUp::new();
    let sda = made.disk("sda", "8:0", SIZE);
    made.disk("sdb", "8:16", SIZE);
    std::fs::create_dir(made.path("dev/disk")).unwrap();
    std::os::unix::fs::symlink(&sda, made.path("dev/disk/mine")).unwrap();
    let options = MachineOptions {
        filter: super::super::filter::Filter::new(["a|/disk/mine$|", "r|.*|"]).unwrap(),
        ..made.options()
    };
    let (devices, excluded) = look(&made, &options);
    assert_eq!(devices, ["sda"]);
    assert_eq!(excluded, [("sdb".to_owned(), Exclusion::Filter)]);
}
