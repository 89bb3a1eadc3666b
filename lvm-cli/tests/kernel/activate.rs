//! Activation by one, seen by the other.

use std::fs::{self, File};
use std::path::Path;

use crate::bench::run;
use crate::twin::{Twin, names};

/// Group `vg0` with volumes of several kinds, made by our command.
fn volumes(twin: &Twin) {
    let [first, second, ..] = twin.bench.paths()[..] else { panic!() };
    twin.ok(&format!("vgcreate -s 1m vg0 {first} {second}"));
    for line in ["-L8 -n a", "-L8 -i2 -n s-t", "-an -L4 -n b", "-ky -L4 -n skip", "-pr -L4 -n ro"] {
        twin.ok(&format!("lvcreate {line} vg0"));
    }
    twin.ok("lvcreate -an -L4 -n hand --setautoactivation n vg0");
}

#[test]
fn what_is_made_is_active() {
    let Some(twin) = Twin::new(&[32, 32]) else { return };
    let [first, second] = twin.bench.paths()[..] else { panic!() };
    twin.ok(&format!("vgcreate -s 1m vg0 {first} {second}"));
    // What was there before must not shine through.
    twin.ok("lvcreate -Wn -L4 -n old vg0");
    fs::write("/dev/vg0/old", vec![7; 1 << 20]).unwrap();
    assert_eq!(twin.ours("lvremove vg0/old").code, 5);
    assert_eq!(twin.ok("lvremove -y vg0/old"), "  Logical volume \"old\" successfully removed.\n");
    assert!(names().is_empty());

    assert_eq!(twin.ok("lvcreate -L4 -n a vg0"), "  Logical volume \"a\" created.\n");
    let start = run("head", &["-c", "4096", "/dev/vg0/a"]);
    assert!(start.bytes().all(|byte| byte == 0), "{start:?}");
    assert_eq!(fs::read_link("/dev/vg0/a").unwrap(), Path::new("/dev/mapper/vg0-a"));
    twin.ok("lvcreate -an -L4 -n b vg0");
    twin.ok("lvcreate -ky -L4 -n skip vg0");
    twin.ok("lvcreate -aay --setautoactivation n -L4 -n hand vg0");
    assert_eq!(names(), ["vg0-a"]);
    twin.ok("lvcreate -ky -K -L4 -n skip2 vg0");
    twin.ok("lvcreate -aay -L4 -n auto vg0");
    twin.ok("lvcreate -aey -pr -L4 -n ro vg0");
    assert_eq!(names(), ["vg0-a", "vg0-auto", "vg0-ro", "vg0-skip2"]);
    twin.same("lvs -o lv_name,lv_attr,lv_permissions");
    twin.ours("lvcreate -t -L4 -n test vg0");
    assert_eq!(names().len(), 4);
    // Switched off, a volume is made and nothing is activated.
    twin.ok("lvcreate -l1 -n off vg0 --config global/activation=0");
    assert_eq!(names().len(), 4);
}

#[test]
fn a_volume_that_cannot_be_activated_is_not_left() {
    let Some(twin) = Twin::new(&[32]) else { return };
    let [first] = twin.bench.paths()[..] else { panic!() };
    twin.ok(&format!("vgcreate -s 1m vg0 {first}"));
    // The name is taken by somebody else's device.
    run("dmsetup", &["create", "vg0-a", "--table", "0 8 zero"]);
    let said = twin.ours("lvcreate -L4 -n a vg0");
    run("dmsetup", &["remove", "vg0-a"]);
    assert_eq!(said.code, 5, "{said:?}");
    assert!(said.err.ends_with("Aborting. Failed to activate new LV."), "{said:?}");
    assert_eq!(twin.ok("lvs --noheadings"), "");
    assert!(names().is_empty());
}

#[test]
fn groups_are_activated_as_by_lvm2() {
    let Some(twin) = Twin::new(&[64, 64, 32]) else { return };
    volumes(&twin);
    let other = twin.bench.paths()[2];
    twin.ok(&format!("vgcreate -s 1m aa --addtag t {other}"));
    twin.ok("lvcreate -L4 -n x aa");
    let down = ["vgchange -an"];
    for line in [
        "vgchange -aay vg0",
        "vgchange -asy --sysinit @t",
        "vgchange -an vg0",
        "vgchange -aey",
        "vgchange --available y aa",
        "vgchange -ay nosuch aa",
        "vgchange -ay --addtag x vg0",
        "vgchange -ay --refresh vg0",
        "lvchange -ay vg0/a",
        "lvchange -ay -K vg0/skip vg0/b",
        "lvchange -aay vg0/hand",
        "lvchange -ay /dev/mapper/vg0-s--t aa/x",
        "lvchange -ay vg0/nosuch",
        "lvchange --refresh vg0/a",
    ] {
        twin.same_effect(&down, line);
    }
    twin.ok("vgchange -an");
    let said = twin.ok("vgchange -aay --autoactivation event vg0");
    assert_eq!(said, "  4 logical volume(s) in volume group \"vg0\" now active\n");
    let up = ["vgchange -ay -K"];
    for line in [
        "vgchange -an vg0",
        "vgchange -ay",
        "lvchange -an /dev/vg0/a",
        "lvchange -aln /dev/mapper/vg0-s--t",
        "lvchange -an @t",
        "lvchange -an vg0/b vg0/nosuch",
        "vgchange -t -an",
        "lvchange --refresh vg0",
    ] {
        twin.same_effect(&up, line);
    }
}

#[test]
fn open_volumes_stay() {
    let Some(twin) = Twin::new(&[64, 64]) else { return };
    volumes(&twin);
    twin.ok("vgchange -ay vg0");
    let columns = "lvs -a -o lv_name,lv_attr,lv_active,lv_device_open,lv_kernel_minor";
    let said = |line: &str, words: &str| {
        let theirs = twin.theirs(&format!("{line} --config activation/retry_deactivation=0"));
        let ours = twin.ours(line);
        assert_eq!((ours.code, &ours.out), (theirs.code, &theirs.out), "{ours:?} {theirs:?}");
        assert!(ours.err.contains(words) && theirs.err.contains(words), "{ours:?} {theirs:?}");
        // Nothing else went down either.
        assert!(names().contains(&"vg0-s--t".to_owned()));
    };
    let open = File::open("/dev/vg0/a").unwrap();
    assert!(twin.same(columns).out.contains("-wi-ao----"));
    said("lvchange -an vg0/a", "Logical volume vg0/a in use");
    drop(open);

    run("mkfs.ext4", &["-q", "/dev/vg0/a"]);
    run("mount", &["/dev/vg0/a", "/mnt"]);
    said("lvchange -an vg0/a", "Logical volume vg0/a contains a filesystem in use");
    said("vgchange -an vg0", "Logical volume vg0/a contains a filesystem in use");
    said("vgchange -an vg0", "Can't deactivate volume group \"vg0\" with 1 open logical volume(s)");
    said("lvremove -y vg0/a", "Logical volume vg0/a contains a filesystem in use");
    run("umount", &["/mnt"]);
    assert_eq!(twin.ok("vgchange -an vg0"), "  0 logical volume(s) in volume group \"vg0\" now active\n");
}

#[test]
fn without_a_physical_volume() {
    let Some(twin) = Twin::new(&[64, 64]) else { return };
    volumes(&twin);
    let first = &twin.bench.paths()[..1];
    twin.ok("vgchange -an vg0");
    let (ours, theirs) = (twin.ours_on(first, "vgchange -ay vg0"), twin.theirs_on(first, "vgchange -ay vg0"));
    assert_eq!((ours.code, &ours.out, &ours.err), (theirs.code, &theirs.out, &theirs.err));
    assert!(ours.err.contains("Refusing activation of partial LV vg0/s-t."), "{ours:?}");
    for line in ["lvchange -ay vg0/s-t", "lvchange -ay --activationmode degraded vg0/s-t"] {
        let said = twin.same_on(first, line);
        assert_eq!(said.code, 5, "{said:?}");
    }
    twin.same_on(first, "lvs");
    twin.same_on(first, "lvscan");
    let said = twin.ours_on(first, "vgchange -ay -P vg0");
    let attr = twin.same_on(first, "lvs -o name,attr,lv_active");
    twin.ours_on(first, "vgchange -an vg0");
    let theirs = twin.theirs_on(first, "vgchange -ay -P vg0");
    assert_eq!((said.code, &said.out, &said.err), (theirs.code, &theirs.out, &theirs.err));
    assert_eq!(attr.out, twin.ours_on(first, "lvs -o name,attr,lv_active").out);
}

#[test]
fn crashed_changes_are_put_right() {
    let Some(twin) = Twin::new(&[64, 64]) else { return };
    volumes(&twin);
    let table = run("dmsetup", &["table"]);
    let crash = || {
        run("dmsetup", &["suspend", "vg0-a"]);
        run("dmsetup", &["load", "vg0-a", "--table", "0 8 zero"]);
        run("dmsetup", &["load", "vg0-s--t", "--table", "0 8 zero"]);
    };
    let columns = "lvs -o lv_name,lv_attr,lv_suspended,lv_live_table,lv_inactive_table";
    crash();
    assert!(twin.same(columns).out.contains("-wi-s-----"));
    twin.ok("lvchange --refresh vg0/a vg0/b");
    twin.ok("vgchange --refresh vg0");
    assert_eq!(run("dmsetup", &["table"]), table);
    assert!(!twin.same(columns).out.contains("suspended"));

    crash();
    let sick = twin.ours("doctor");
    assert_eq!(sick.code, 5, "{sick:?}");
    assert!(
        sick.out.contains("problem  active volumes: vg0-a is suspended, with another table waiting"),
        "{sick:?}"
    );
    assert!(sick.out.contains("lvmkit recover vg0"), "{sick:?}");
    let said = twin.ok("recover vg0");
    assert_eq!(
        said,
        "  Logical volume vg0/a brought to its metadata.\n  \
         Logical volume vg0/s-t brought to its metadata.\n  \
         Volume group \"vg0\": 2 volume(s) repaired, 0 device(s) removed, 0 left to do\n"
    );
    assert_eq!(run("dmsetup", &["table"]), table);
    assert_eq!(twin.ok("recover vg0"), "  Volume group \"vg0\": every device is as the metadata says\n");
    let well = twin.ours("doctor");
    assert_eq!(well.code, 0, "{well:?}");
    assert_eq!(twin.ours("recover nosuch").code, 5);
}
