use std::os::unix::fs::PermissionsExt;

use super::*;
use crate::scan::sysfs::Sysfs;
use crate::scan::sysfs::made_up::MadeUp;

/// As `lvmdevices --adddev` of lvm2 2.03.16 wrote it.
const LVM2: &str = "# LVM uses devices listed in this file.
# Created by LVM command lvmdevices pid 17333 at Fri Nov 27 08:06:48 2026
VERSION=1.1.2
IDTYPE=loop_file IDNAME=/run/made/a DEVNAME=/dev/loop5 PVID=q8Y2uJBHFyUr3TiI8CtbFKefLltjPXBq
IDTYPE=loop_file IDNAME=/run/made/b DEVNAME=/dev/loop6 PVID=.
";

fn entry(id: &str) -> DevicesFileEntry {
    let path = Some(PathBuf::from("/dev/sdz"));
    DevicesFileEntry {
        id_type: DeviceIdType::SysWwid,
        id: id.to_owned(),
        path,
        pv_id: None,
        partition: Some(2),
    }
}

#[test]
fn text() {
    let file = DevicesFile::parse(LVM2).unwrap();
    assert_eq!(file.entries().len(), 2);
    assert_eq!(file.entries()[0].id_type, DeviceIdType::LoopFile);
    assert!(file.entries()[0].pv_id.is_some() && file.entries()[1].pv_id.is_none());
    let lines = |text: &str| text.lines().filter(|line| !line.starts_with('#')).map(str::to_owned).collect();
    let (ours, theirs): (Vec<_>, Vec<_>) = (lines(&file.print("t")), lines(LVM2));
    assert_eq!(ours, theirs);
}

#[test]
fn newer_lines_are_kept() {
    let text =
        "# HASH=123\nPRODUCT_UUID=x y\nVERSION=1.1.9\nIDTYPE=wwid_naa IDNAME=naa.5 DEVNAME=. PVID=. PART=3\n";
    let printed = DevicesFile::parse(text).unwrap().print("t");
    assert!(printed.contains("\nPRODUCT_UUID=x y\n"), "{printed}");
    assert!(printed.ends_with("IDTYPE=wwid_naa IDNAME=naa.5 DEVNAME=. PVID=. PART=3\n"), "{printed}");
}

#[test]
fn malformed() {
    for line in
        ["VERSION=1.x.2", "IDTYPE=", "IDTYPE=devname IDNAME=/a PVID=short", "IDTYPE=a IDNAME=b PART=x"]
    {
        let error = DevicesFile::parse(&format!("# one\n{line}\n")).unwrap_err();
        assert_eq!(*error.kind(), ErrorKind::InvalidInput);
        assert!(error.to_string().contains("line 2"), "{error}");
    }
}

#[test]
fn update_adds_and_removes() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("devices/system.devices");
    let update = |edit: &dyn Fn(&mut DevicesFile) -> bool| {
        DevicesFile::update(&path, &dir.path().join("lock"), Wait::No, "test", |file| Ok(edit(file))).unwrap()
    };
    assert_eq!(DevicesFile::read(&path).unwrap(), None);
    update(&|file| file.add(entry("naa.1 x")));
    let file = update(&|file| file.add(entry("naa.2")));
    assert_eq!(file.version, (1, 1, 2));
    assert!(!DevicesFile::read(&path).unwrap().unwrap().add(entry("naa.2")));
    let moved = DevicesFileEntry { path: Some("/dev/sdy".into()), ..entry("naa.2") };
    let file = update(&|file| file.add(moved.clone()));
    assert_eq!(file.entries()[1], moved);
    update(&|file| !file.remove(|entry| entry.id == "naa.2").is_empty());
    update(&|_| false);
    let file = DevicesFile::read(&path).unwrap().unwrap();
    assert_eq!((file.version, file.entries().len()), ((1, 1, 4), 1));
    assert_eq!(file.entries()[0].id, "naa.1_x");
    assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
    fs::write(&path, "VERSION=2.0.0\n").unwrap();
    let update = DevicesFile::update(&path, dir.path(), Wait::No, "test", |_| Ok(true));
    assert_eq!(*update.unwrap_err().kind(), ErrorKind::Unsupported);
}

#[test]
fn ids() {
    let made = MadeUp::new();
    made.disk("sda", "8:0", 8 << 20);
    made.write("sys/block/sda/device/wwid", "t10.ATA   Disk 7  \n");
    made.write("sys/block/sda/device/serial", "S1\n");
    made.partition("sda", "sda2", "8:2", 4 << 20);
    made.disk("sdb", "8:16", 8 << 20);
    made.disk("loop0", "7:0", 8 << 20);
    made.write("sys/block/loop0/loop/backing_file", "/run/a b  c\n");
    made.mapped("dm-0", "253:0", "mp", "mpath-36001", 8 << 20);
    made.disk("md0", "9:0", 8 << 20);
    made.write("sys/block/md0/md/uuid", "11:22\n");
    let sysfs = Sysfs::read(&made.path("sys")).unwrap();
    let table = [
        ("sda", "sys_wwid", "t10.ATA___Disk_7", None),
        ("sda2", "sys_wwid", "t10.ATA___Disk_7", Some(2)),
        ("sdb", "devname", "/dev/sdb", None),
        ("loop0", "loop_file", "/run/a_b__c", None),
        ("dm-0", "mpath_uuid", "mpath-36001", None),
        ("md0", "md_uuid", "11:22", None),
    ];
    for (name, id_type, id, partition) in table {
        let device = sysfs.device(name).unwrap();
        let entry = DevicesFileEntry::new(device, &sysfs, &PathBuf::from(format!("/dev/{name}")), None);
        assert_eq!((entry.id_type.as_str(), entry.id.as_str(), entry.partition), (id_type, id, partition));
        let known = sysfs.devices().filter(|device| entry.is_of(device, &sysfs)).count();
        assert_eq!(known, usize::from(id_type != "devname"), "{name}");
    }
}

proptest::proptest! {
    /// What is read is printed so that it is read the same again.
    #[test]
    fn any_lines(words in proptest::collection::vec("(IDTYPE|IDNAME|DEVNAME|PVID|PART|VERSION|X)=[a-z0-9._/]{0,6}|\n| |.", 0..40)) {
        if let Ok(file) = DevicesFile::parse(&words.join(" ")) {
            proptest::prop_assert_eq!(DevicesFile::parse(&file.print("x")).unwrap(), file);
        }
    }
}
