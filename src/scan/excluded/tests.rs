use std::path::Path;

use super::*;
use crate::scan::machine::Machine;
use crate::scan::sysfs::made_up::MadeUp;

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
    assert_eq!(excluded.last(), Some(&("mapper/luks".to_owned(), Exclusion::Suspended)));
}

#[test]
fn partition_tables_and_md_superblocks() {
    let made = MadeUp::new();
    let write = |path: &Path, offset: u64, bytes: &[u8]| {
        use std::os::unix::fs::FileExt;
        std::fs::File::options().write(true).open(path).unwrap().write_all_at(bytes, offset).unwrap();
    };
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
