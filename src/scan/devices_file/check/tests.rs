use lvm_core::Bytes;
use lvm_core::store::{PvLayout, PvOptions, initialise_pv};
use lvm_dm::block::FileDevice;

use super::*;
use crate::scan::devices_file::{DeviceIdType, DeviceList};
use crate::scan::sysfs::made_up::MadeUp;
use crate::{ErrorKind, Options};

const SIZE: u64 = 8 << 20;

fn pv(letter: char) -> PvId {
    PvId::parse(&letter.to_string().repeat(32)).unwrap()
}

/// Makes a device a physical volume.
fn label(device: &Path, pv_id: PvId) {
    let layout = PvLayout::new(Bytes(SIZE), &PvOptions::default(), pv_id).unwrap();
    initialise_pv(&FileDevice::open(device, false).unwrap(), &layout).unwrap();
}

/// Two disks with serial numbers and one that has nothing but its path.
fn machine() -> (MadeUp, [PathBuf; 3]) {
    let made = MadeUp::new();
    let disks = [("sda", "8:0"), ("sdb", "8:16"), ("vda", "254:0")]
        .map(|(name, number)| made.disk(name, number, SIZE));
    made.write("sys/block/sda/device/wwid", "naa.500a\n");
    made.write("sys/block/sdb/device/serial", "S B\n");
    (made, disks)
}

fn check(made: &MadeUp, entries: &str, search: DevnameSearch) -> DevicesFileCheck {
    let file = DevicesFile::parse(entries).unwrap();
    let options = MachineOptions { search_for_devnames: search, ..made.options() };
    DevicesFileCheck::new(&file, &options, true).unwrap()
}

#[test]
fn entries_that_are_right() {
    let (made, [a, b, c]) = machine();
    label(&a, pv('a'));
    label(&c, pv('c'));
    let (a, b, c) = (a.display(), b.display(), c.display());
    let text = format!(
        "IDTYPE=sys_wwid IDNAME=naa.500a DEVNAME={a} PVID={}\nIDTYPE=sys_serial IDNAME=S_B DEVNAME={b} PVID=.\n\
         IDTYPE=devname IDNAME={c} DEVNAME={c} PVID={}\nIDTYPE=wwid_naa IDNAME=naa.500a DEVNAME={a} PVID={}\n",
        "a".repeat(32),
        "c".repeat(32),
        "a".repeat(32)
    );
    let check = check(&made, &text, DevnameSearch::Auto);
    assert!(check.corrections.is_empty() && !check.needs_update, "{check:?}");
    assert!(check.listed.iter().all(|listed| listed.device.is_some()));
    let listed = check.listed[1].to_string();
    assert_eq!(listed, format!("Device {b} IDTYPE=sys_serial IDNAME=S_B DEVNAME={b} PVID=none"));
}

#[test]
fn paths_and_physical_volumes_that_changed() {
    let (made, [a, b, _]) = machine();
    label(&a, pv('a'));
    let text = format!(
        "IDTYPE=sys_wwid IDNAME=naa.500a DEVNAME={} PVID=.\nIDTYPE=sys_serial IDNAME=S_B DEVNAME={} PVID={}\n",
        b.display(),
        b.display(),
        "b".repeat(32)
    );
    let check = check(&made, &text, DevnameSearch::Auto);
    let said = check.corrections.iter().map(ToString::to_string).collect::<Vec<_>>();
    assert_eq!(
        said,
        [
            format!("Device {} has PVID {} (devices file none)", a.display(), "a".repeat(32)),
            format!("Device {} has updated name (devices file {})", a.display(), b.display()),
            format!("Device {} has no PVID (devices file {})", b.display(), "b".repeat(32)),
        ]
    );
    assert!(check.needs_update);
    let entries = check.corrected.entries();
    assert_eq!((entries[0].path.as_deref(), entries[0].pv_id), (Some(a.as_path()), Some(pv('a'))));
    assert_eq!(entries[1].pv_id, None);
}

#[test]
fn entries_by_path_are_searched() {
    let (made, [a, b, c]) = machine();
    label(&a, pv('a'));
    label(&c, pv('c'));
    let text = format!("IDTYPE=devname IDNAME={0} DEVNAME={0} PVID={1}\n", b.display(), "c".repeat(32));
    let found = check(&made, &text, DevnameSearch::Auto);
    assert_eq!(found.corrected.entries()[0].id, c.to_string_lossy());
    assert!(matches!(found.corrections.as_slice(), [Correction::OtherPv { .. }, Correction::Moved { .. }]));
    // Only devices without a better id are searched, unless all are.
    let text = format!("IDTYPE=devname IDNAME=/dev/gone DEVNAME=/dev/gone PVID={}\n", "a".repeat(32));
    let lost = check(&made, &text, DevnameSearch::Auto);
    assert_eq!(lost.corrected.entries()[0].id, "/dev/gone");
    assert!(lost.needs_update && !lost.is_search_off);
    let found = check(&made, &text, DevnameSearch::All);
    assert_eq!(found.corrected.entries()[0].id, a.to_string_lossy());
    assert!(check(&made, &text, DevnameSearch::None).is_search_off);
    // Gone devices that have a better id are waited for.
    let text = "IDTYPE=sys_wwid IDNAME=naa.none DEVNAME=/dev/sdz PVID=.\n";
    let gone = check(&made, text, DevnameSearch::All);
    assert!(!gone.needs_update);
    let said = gone.corrections[0].to_string();
    assert_eq!(said, "Devices file sys_wwid naa.none PVID none last seen on /dev/sdz not found.");
    assert!(gone.listed[0].to_string().starts_with("Device none IDTYPE=sys_wwid"));
}

/// Reading it might wait for ever.
#[test]
fn what_a_scan_leaves_alone_is_not_read() {
    let (made, _) = machine();
    let mapped = made.mapped("dm-0", "253:0", "luks", "CRYPT-LUKS2-0-luks", SIZE);
    label(&mapped, pv('m'));
    let by_id = format!("IDTYPE=crypt_uuid IDNAME=CRYPT-LUKS2-0-luks DEVNAME={} PVID=.\n", mapped.display());
    let by_path = format!("IDTYPE=devname IDNAME=/dev/gone DEVNAME=/dev/gone PVID={}\n", "m".repeat(32));
    let corrections = |text: &str, ignore_suspended_devices| {
        let options = MachineOptions {
            search_for_devnames: DevnameSearch::All,
            ignore_suspended_devices,
            ..made.options()
        };
        let file = DevicesFile::parse(text).unwrap();
        DevicesFileCheck::new(&file, &options, true).unwrap().corrections
    };
    let has_pv = |found: &[Correction]| matches!(found, [Correction::Pv { .. }]);
    let moved = |found: &[Correction]| matches!(found, [Correction::NotFound(_), Correction::Moved { .. }]);
    assert!(has_pv(&corrections(&by_id, true)) && moved(&corrections(&by_path, true)));
    made.write("sys/block/dm-0/dm/suspended", "1\n");
    assert_eq!(corrections(&by_id, true), []);
    assert!(matches!(corrections(&by_path, true).as_slice(), [Correction::NotFound(_)]));
    assert!(has_pv(&corrections(&by_id, false)) && moved(&corrections(&by_path, false)));
    // A volume of LVM may be suspended at any moment.
    let lv = made.mapped("dm-1", "253:1", "vg-lv", &format!("LVM-{}", "v".repeat(64)), SIZE);
    label(&lv, pv('l'));
    let listed = |pv: &str| {
        format!("IDTYPE=lvmlv_uuid IDNAME=LVM-{} DEVNAME={} PVID={pv}\n", "v".repeat(64), lv.display())
    };
    assert_eq!(corrections(&listed("."), false), []);
    // One that is named is added with what is on it, unless it is suspended.
    let options = MachineOptions { ignore_suspended_devices: true, ..made.options() };
    let options = Options::new().machine(options).locking_dir(made.path("lock"));
    let list = DeviceList::new(&options).unwrap();
    assert_eq!(list.add(&lv, None).unwrap().pv_id, Some(pv('l')));
    assert_eq!(list.add(&mapped, None).unwrap().pv_id, None);
}

#[test]
fn the_list_of_a_view() {
    let (made, [a, b, c]) = machine();
    label(&a, pv('a'));
    let mut options = Options::new().machine(made.options()).locking_dir(made.path("lock")).system_id("me");
    let list = DeviceList::new(&options).unwrap();
    assert!(list.check(true).unwrap().is_none() && list.correct().unwrap().is_none());
    assert_eq!(*list.remove(&a).unwrap_err().kind(), ErrorKind::NotFound);
    let entry = list.add(&a, None).unwrap();
    assert_eq!(
        (entry.id_type, entry.id.as_str(), entry.pv_id),
        (DeviceIdType::SysWwid, "naa.500a", Some(pv('a')))
    );
    // Another id of the same device takes the place of the first.
    let entry = list.add(&a, Some(&DeviceIdType::Devname)).unwrap();
    assert!(entry.is_by_path());
    assert_eq!(list.read().unwrap().unwrap().entries(), [entry]);
    let entry = list.add(&b, Some(&DeviceIdType::SysWwid)).unwrap();
    assert_eq!(entry.id_type, DeviceIdType::SysSerial);
    assert_eq!(list.read().unwrap().unwrap().version(), "1.1.3");
    assert_eq!(list.read().unwrap().unwrap().system_id(), Some("me"));
    assert_eq!(*list.add_pv(pv('a'), None).unwrap_err().kind(), ErrorKind::AlreadyExists);
    assert_eq!(*list.add_pv(pv('x'), None).unwrap_err().kind(), ErrorKind::NotFound);
    assert_eq!(list.remove_pv(pv('a')).unwrap().len(), 1);
    assert_eq!(list.add_pv(pv('a'), None).unwrap().path.as_deref(), Some(a.as_path()));
    assert_eq!(list.remove_id(&DeviceIdType::SysSerial, "S_B").unwrap().len(), 1);
    assert_eq!(*list.add(Path::new("/dev/none"), None).unwrap_err().kind(), ErrorKind::NotFound);
    let before = list.read().unwrap();
    options = options.dry_run(true);
    DeviceList::new(&options).unwrap().add(&c, None).unwrap();
    assert_eq!(DeviceList::new(&options).unwrap().read().unwrap(), before);
    let without = options.devices_file("").unwrap();
    assert_eq!(*DeviceList::new(&without).unwrap_err().kind(), ErrorKind::Unsupported);
}

#[test]
fn an_entry_goes_by_any_path_of_its_device() {
    let (made, [_, _, c]) = machine();
    let link = made.path("dev/by-place");
    std::os::unix::fs::symlink(&c, &link).unwrap();
    let gone = "IDTYPE=sys_wwid IDNAME=naa.gone DEVNAME=/dev/gone PVID=.";
    let entry = |path: &Path| format!("IDTYPE=devname IDNAME={0} DEVNAME={0} PVID=.", path.display());
    let options = Options::new().machine(made.options()).locking_dir(made.path("lock"));
    let list = DeviceList::new(&options).unwrap();
    for (listed, named) in [(&c, &link), (&link, &c)] {
        made.write("lvm/devices/system.devices", &format!("VERSION=1.1.1\n{gone}\n{}\n", entry(listed)));
        let removed = list.remove(named).unwrap();
        assert_eq!(removed.iter().map(|entry| Path::new(&entry.id)).collect::<Vec<_>>(), [listed]);
    }
    assert_eq!(list.remove(Path::new("/dev/gone")).unwrap()[0].id, "naa.gone");
    let absent = made.path("dev/absent");
    made.write("lvm/devices/system.devices", &format!("VERSION=1.1.1\n{}\n", entry(&absent)));
    assert_eq!(list.remove(&absent).unwrap().len(), 1);
}

#[test]
fn what_becomes_of_devices_is_noted() {
    let (made, [a, b, _]) = machine();
    label(&a, pv('a'));
    let named = |path: &Path, pv_id| vec![(path.to_string_lossy().into_owned(), pv_id)];
    let options = Options::new().machine(made.options()).locking_dir(made.path("lock"));
    let read = |options: &Options| DeviceList::new(options).unwrap().read().unwrap();
    // Without a word about the file it is not begun, nor where it would hide groups.
    DeviceList::note(&options, &named(&a, Some(pv('a'))), false).unwrap();
    assert_eq!(read(&options), None);
    let machine = MachineOptions { use_devices_file: Some(true), ..made.options() };
    let options = options.machine(machine);
    DeviceList::note(&options, &named(&a, Some(pv('a'))), true).unwrap();
    assert_eq!(read(&options), None);
    DeviceList::note(&options, &named(&a, Some(pv('a'))), false).unwrap();
    DeviceList::note(&options, &named(&b, Some(pv('b'))), true).unwrap();
    let file = read(&options).unwrap();
    let ids = file.entries().iter().map(|entry| entry.pv_id).collect::<Vec<_>>();
    assert_eq!(ids, [Some(pv('a')), Some(pv('b'))]);
    DeviceList::note(&options, &named(&a, None), true).unwrap();
    let file = read(&options).unwrap();
    assert_eq!((file.entries()[0].pv_id, file.entries().len(), file.version().as_str()), (None, 2, "1.1.3"));
}
