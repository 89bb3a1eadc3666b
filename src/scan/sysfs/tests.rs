use super::made_up::MadeUp;
use super::*;

#[test]
fn devices_and_partitions() {
    let made = MadeUp::new();
    made.disk("sda", "8:0", 8 << 20);
    made.partition("sda", "sda1", "8:1", 4 << 20);
    made.write("sys/block/sda/device/wwid", "naa.5000 \n");
    made.disk("cciss!c0d0", "104:0", 4096);
    made.mapped("dm-0", "253:0", "data", "CRYPT-LUKS2-0-data", 4 << 20);
    made.stack("sda/sda1", "dm-0");
    made.write("sys/block/broken/size", "1\n");
    made.write("sys/block/odd/dev", "x\n");
    let sysfs = Sysfs::read(&made.path("sys")).unwrap();
    let names = sysfs.devices().map(|device| device.kernel_name.as_str()).collect::<Vec<_>>();
    assert_eq!(names, ["sda", "sda1", "cciss/c0d0", "dm-0"]);
    let [sda, part, dm] = ["sda", "sda1", "dm-0"].map(|name| sysfs.device(name).unwrap());
    assert_eq!(sda.partitions, ["sda1"]);
    assert_eq!((part.partition_of.clone(), part.size), (Some(("sda".to_owned(), 1)), Bytes(4 << 20)));
    assert_eq!(part.wwid.as_deref(), Some("naa.5000"));
    assert_eq!(part.holders, ["dm-0"]);
    assert_eq!((dm.dm_name.as_deref(), dm.dm_uuid.as_deref()), (Some("data"), Some("CRYPT-LUKS2-0-data")));
    assert!(sysfs.stands_on(dm, part) && sysfs.stands_on(dm, sda) && !sysfs.stands_on(sda, dm));
    assert_eq!(sysfs.whole(part).kernel_name, "sda");
    assert_eq!(sysfs.by_number(DeviceNumber::new(8, 1)), Some(part));
}

#[test]
fn circles_end() {
    let made = MadeUp::new();
    made.disk("sda", "8:0", 4096);
    made.disk("sdb", "8:16", 4096);
    made.disk("sdc", "8:32", 4096);
    made.stack("sda", "sdb");
    made.stack("sdb", "sda");
    let sysfs = Sysfs::read(&made.path("sys")).unwrap();
    let [sda, sdc] = ["sda", "sdc"].map(|name| sysfs.device(name).unwrap());
    assert!(!sysfs.stands_on(sda, sdc));
}

#[test]
fn no_sysfs() {
    let error = Sysfs::read(Path::new("/nonexistent")).unwrap_err();
    assert_eq!(*error.kind(), ErrorKind::NotFound);
}
