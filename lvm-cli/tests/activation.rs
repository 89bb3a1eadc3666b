//! What the commands about active volumes do where nothing can be active: on image files.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod support;

use support::Folder;

fn groups() -> Folder {
    let folder = Folder::new(&[("a.img", 16), ("b.img", 16), ("c.img", 16)]);
    folder.run("vgcreate -s 1m zz a.img").ok();
    folder.run("vgcreate -s 1m vg b.img").ok();
    folder.run("pvcreate c.img").ok();
    folder.run("lvcreate -L4 -n x vg").ok();
    folder.run("lvcreate -L4 -ay -n y zz").ok();
    folder
}

#[test]
fn lists() {
    let folder = groups();
    let volumes = "  inactive          '/dev/vg/x' [4.00 MiB] inherit\n  inactive          '/dev/zz/y' [4.00 MiB] inherit\n";
    assert_eq!(folder.run("lvscan").ok(), volumes);
    assert_eq!(folder.run("lvscan -b -a").ok(), volumes);
    let found = "  Found volume group \"vg\" using metadata type lvm2\n  Found volume group \"zz\" using metadata type lvm2\n";
    assert_eq!(folder.run("vgscan").ok(), found);
    assert_eq!(folder.run("vgscan --mknodes --cache").ok(), found);
    assert_eq!(
        folder.run("pvscan").ok(),
        "  PV b.img   VG vg              lvm2 [15.00 MiB / 11.00 MiB free]\n  \
         PV a.img   VG zz              lvm2 [15.00 MiB / 11.00 MiB free]\n  \
         PV c.img                      lvm2 [16.00 MiB]\n  \
         Total: 3 [46.00 MiB] / in use: 2 [30.00 MiB] / in no VG: 1 [16.00 MiB]\n"
    );
    assert!(folder.run("pvscan -s").ok().starts_with("  b.img\n  a.img\n  c.img\n  Total: 3 "));
    let done = folder.run("pvscan -n");
    assert_eq!(done.stderr, "  WARNING: only considering physical volumes in no volume group\n");
    assert_eq!(
        done.stdout,
        "  PV c.img                      lvm2 [16.00 MiB]\n  \
         Total: 1 [16.00 MiB] / in use: 0 [0   ] / in no VG: 1 [16.00 MiB]\n"
    );
    assert_eq!(folder.run("pvscan -e").stdout, "  No matching physical volumes found\n");
    assert!(folder.run("pvscan -u").ok().contains("PV b.img with UUID "));
    // What only a kernel could tell stays unknown.
    assert_eq!(folder.column("lvs -o lv_attr,lv_active vg"), ["-wi-XX---- unknown"]);
}

#[test]
fn nothing_is_activated() {
    let folder = groups();
    assert_eq!(folder.run("vgchange -ay").ok(), "");
    assert_eq!(
        folder.run("vgchange -an vg").ok(),
        "  0 logical volume(s) in volume group \"vg\" now active\n"
    );
    for line in ["vgchange -ay vg", "lvchange -ay vg/x", "lvchange -ay /dev/mapper/vg-x"] {
        let said = folder.run(line).fails(5);
        assert!(said.contains("Volume group \"vg\" is on image files"), "{line}: {said}");
    }
    for line in
        ["lvchange -an vg/x", "lvchange --refresh vg/x", "vgchange --refresh", "vgmknodes", "vgmknodes vg/x"]
    {
        assert_eq!(folder.run(line).ok(), "", "{line}");
    }
    assert_eq!(folder.run("recover vg").ok(), "  Volume group \"vg\": nothing done\n");
    assert!(folder.run("recover nosuch").fails(5).contains("Volume group \"nosuch\" not found"));
    let said = folder.run("pvscan --cache -aay b.img").ok();
    assert!(said.ends_with("PV b.img online, VG vg is complete.\n") && said.lines().count() == 1, "{said}");
    let said = folder.run("pvscan --cache --listvg --checkcomplete --udevoutput b.img").ok();
    assert_eq!(said, "LVM_VG_NAME_COMPLETE='vg'\n");
    assert!(folder.run("vgchange -ay --readonly vg").fails(5).contains("--readonly"));
}

#[test]
fn options_that_do_not_go_together() {
    let folder = groups();
    let table = [
        ("vgchange -ay --addtag t vg", "Command does not accept option: --activate y."),
        ("vgchange -ay --refresh vg", "Command does not accept option: --refresh."),
        ("lvchange -ay --refresh vg/x", "Command does not accept option: --refresh."),
        ("vgchange -aq vg", "Invalid argument for --activate: q"),
        ("vgchange", "No command with matching syntax recognised."),
        ("lvchange -ay", "No command with matching syntax recognised."),
        ("lvscan vg", "Command does not accept argument: vg."),
        ("vgscan vg", "Command does not accept argument: vg."),
        ("pvscan a.img", "Command does not accept argument: a.img."),
        ("pvscan -aay", "Command does not accept option: --activate ay."),
        ("pvscan -en", "Options -e and -n are incompatible"),
        ("dm", "No command with matching syntax recognised."),
        ("dm remove x", "No command with matching syntax recognised."),
        ("dm table --tree", "Command does not accept option: --tree."),
        ("recover", "No command with matching syntax recognised."),
        ("doctor vg", "Command does not accept argument: vg."),
    ];
    for (line, message) in table {
        let said = folder.run(line).fails(3);
        assert!(said.contains(message), "{line}: {said}");
    }
    // A change and an activation in one line: the change is made.
    let done = folder.run("lvchange -an --addtag t vg/x");
    assert_eq!((done.code, done.stdout.as_str()), (0, "  Logical volume vg/x changed.\n"));
    assert!(done.stderr.contains("Combining activation change with other commands is not advised."));
}

#[test]
fn doctor() {
    let folder = groups();
    let done = folder.run("doctor");
    assert!(matches!(done.code, 0 | 5), "{done:?}");
    assert!(done.stdout.lines().all(|line| {
        let mut words = line.split_whitespace();
        matches!(words.next(), Some("ok" | "warning" | "problem")) && line.contains(": ")
    }));
    assert!(done.stdout.contains("ok       volume groups: 2 group(s), nothing wrong with them"), "{done:?}");
    assert_eq!(done.code == 5, done.stdout.contains("  problem  "), "{done:?}");
    let json = folder.run("doctor --reportformat json");
    assert_eq!(json.code, done.code);
    let json: serde_json::Value = serde_json::from_str(&json.stdout).unwrap();
    assert_eq!(json["ready"], done.code == 0);
    assert_eq!(json["checks"].as_array().unwrap().len(), done.stdout.lines().count());
    // A copy of a physical volume is a problem.
    std::fs::copy(folder.path("b.img"), folder.path("c.img")).unwrap();
    let said = folder.run("doctor");
    assert_eq!(said.code, 5);
    assert!(said.stdout.contains("both are physical volume"), "{said:?}");
}
