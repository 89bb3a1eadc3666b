//! Lists, and names under `/dev`.

use std::fs;
use std::os::unix::fs::symlink;
use std::path::Path;

use crate::bench::run;
use crate::twin::{Twin, names};

/// Two groups, of which the second in order was made first, and a physical volume without one.
fn groups(twin: &Twin) {
    let [a, b, c, d] = twin.bench.paths()[..] else { panic!() };
    twin.ok(&format!("vgcreate -s 1m zz-with-a-long-name {a}"));
    twin.ok(&format!("vgcreate -s 1m aa {b} {c}"));
    twin.ok(&format!("pvcreate {d}"));
    twin.ok("lvcreate -L4 -n x zz-with-a-long-name");
    twin.ok("lvcreate -l100%FREE -n big aa");
    twin.ok("lvchange -an aa/big");
}

#[test]
fn lists_are_those_of_lvm2() {
    let Some(twin) = Twin::new(&[32, 16, 32, 16]) else { return };
    groups(&twin);
    for line in [
        "lvscan",
        "lvscan -a",
        "lvscan -b",
        "vgscan",
        "vgscan --mknodes",
        "pvscan",
        "pvscan -u",
        "pvscan -s",
        "pvscan -n",
        "pvscan -e",
        "lvs -o+lv_active,lv_kernel_major,lv_kernel_minor,lv_kernel_read_ahead,lv_path,lv_dm_path",
        "lvs -o lv_active_locally,lv_active_exclusively,lv_active_remotely,lv_permissions",
        "lvs --binary --noheadings -o lv_name,lv_suspended,lv_live_table,lv_device_open",
        "lvs --reportformat json -o lv_name,lv_active,lv_kernel_minor,lv_suspended,lv_permissions,lv_attr aa",
        "vgs -o vg_name,lv_name,lv_attr",
        "lvscan foo",
        "vgscan foo",
        "pvscan foo",
        "pvscan -aay",
    ] {
        twin.same(line);
    }
    // A snapshot is lvm2's to make as yet; it is listed all the same.
    twin.bench.lvm2(&["lvcreate", "-s", "-L4", "-n", "snap", "zz-with-a-long-name/x"]);
    let said = twin.same("lvscan");
    assert!(said.out.contains("ACTIVE   Snapshot") && said.out.contains("ACTIVE   Original"), "{said:?}");
    assert!(twin.theirs("vgexport aa").ok());
    for line in ["pvscan", "pvscan -e", "vgscan", "lvscan", "vgchange -ay", "vgchange -ay aa"] {
        twin.same(line);
    }
}

#[test]
fn complete_groups_are_activated() {
    let Some(twin) = Twin::new(&[32, 16, 32, 16]) else { return };
    groups(&twin);
    twin.ok("vgchange -an");
    let [a, b, c, d] = twin.bench.paths()[..] else { panic!() };
    let plain = |text: String| {
        let lines = text.lines().map(|line| match line.split_once("] ") {
            Some((start, rest)) if start.starts_with("  pvscan[") => rest.to_owned(),
            _ => line.trim_start().to_owned(),
        });
        lines.collect::<Vec<_>>()
    };
    let said = twin.ours_on(&[b], &format!("pvscan --cache -aay {b}"));
    assert_eq!(plain(said.out), [format!("PV {b} online, VG aa incomplete (need 1).")]);
    assert!(names().is_empty());
    let udev = "--listvg --checkcomplete --vgonline --autoactivation event --udevoutput";
    let said = twin.ours_on(&[b], &format!("pvscan --cache {udev} {b}"));
    assert_eq!(said.out, "LVM_VG_NAME_INCOMPLETE='aa'\n");
    let said = twin.ok(&format!("pvscan --cache {udev} --journal=output {c}"));
    assert_eq!(said, "LVM_VG_NAME_COMPLETE='aa'\n");
    let said = twin.ok(&format!("pvscan --cache -aay {c}"));
    let expected = [
        format!("PV {c} online, VG aa is complete."),
        "VG aa run autoactivation.".to_owned(),
        "1 logical volume(s) in volume group \"aa\" now active".to_owned(),
    ];
    assert_eq!(plain(said), expected);
    assert_eq!(names(), ["aa-big"]);
    assert_eq!(plain(twin.ok(&format!("pvscan --cache -aay {d}"))), [format!("PV {d} not used.")]);
    assert_eq!(plain(twin.ok(&format!("pvscan --cache {a}"))), [format!("PV {a} online.")]);
    // The event of a device that went away.
    assert_eq!(twin.ours("pvscan --cache -aay /dev/nosuch").code, 0);
    twin.ok("pvscan --cache -aay");
    assert_eq!(names(), ["aa-big", "zz--with--a--long--name-x"]);
}

#[test]
fn names_are_made_and_removed() {
    let Some(twin) = Twin::new(&[32, 16, 32, 16]) else { return };
    groups(&twin);
    twin.ok("vgchange -ay");
    let listing =
        || run("ls", &["-l", "--time-style=+", "/dev/mapper", "/dev/aa", "/dev/zz-with-a-long-name"]);
    let right = listing();
    let damage = || {
        fs::remove_file("/dev/aa/big").unwrap();
        fs::remove_dir("/dev/aa").unwrap();
        fs::remove_file("/dev/mapper/zz--with--a--long--name-x").unwrap();
        run("mknod", &["/dev/mapper/aa-gone", "b", "254", "77"]);
        symlink("/dev/mapper/zz--with--a--long--name-gone", "/dev/zz-with-a-long-name/gone").unwrap();
    };
    damage();
    assert_eq!(twin.ok("vgmknodes"), "");
    assert_eq!(listing(), right);
    damage();
    twin.ok("vgmknodes aa/big");
    assert!(Path::new("/dev/aa/big").exists() && !Path::new("/dev/mapper/aa-gone").exists());
    assert!(!Path::new("/dev/mapper/zz--with--a--long--name-x").exists());
    twin.ok("vgscan --mknodes");
    assert_eq!(listing(), right);
    // A node that leads to another device is put right, and somebody else's is left alone.
    fs::remove_file("/dev/mapper/aa-big").unwrap();
    run("mknod", &["/dev/mapper/aa-big", "b", "7", "0"]);
    run("mknod", &["/dev/mapper/other", "b", "254", "78"]);
    twin.ok("vgmknodes --refresh");
    assert!(Path::new("/dev/mapper/other").exists());
    fs::remove_file("/dev/mapper/other").unwrap();
    assert_eq!(listing(), right);
    twin.same("vgmknodes nosuch");
}
