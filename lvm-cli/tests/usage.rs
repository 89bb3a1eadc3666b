//! How the program is called, and what it says about wrong calls.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod support;

use support::Folder;

const COMMANDS: [&str; 32] = [
    "dm",
    "doctor",
    "lvchange",
    "lvcreate",
    "lvextend",
    "lvread",
    "lvreduce",
    "lvremove",
    "lvrename",
    "lvresize",
    "lvs",
    "lvscan",
    "lvwrite",
    "pvchange",
    "pvcreate",
    "pvremove",
    "pvresize",
    "pvs",
    "pvscan",
    "recover",
    "vgcfgbackup",
    "vgcfgrestore",
    "vgchange",
    "vgck",
    "vgcreate",
    "vgextend",
    "vgmknodes",
    "vgreduce",
    "vgremove",
    "vgrename",
    "vgs",
    "vgscan",
];

#[test]
fn help_and_version() {
    let folder = Folder::new(&[]);
    assert!(folder.run("version").ok().contains(env!("CARGO_PKG_VERSION")));
    assert_eq!(folder.run("--version").ok(), folder.run("lvs --version").ok());
    let all = folder.run("help").ok();
    for command in COMMANDS {
        assert!(all.contains(&format!("  {command} ")), "{command}");
        let help = folder.run(&format!("help {command}")).ok();
        assert!(help.starts_with(&format!("  {command} - ")), "{help}");
        assert!(help.contains("\t[ -t|--test ]\n"), "{help}");
        assert_eq!(help, folder.run(&format!("{command} --help")).ok());
        assert_eq!(help, folder.run(&format!("{command} -h")).ok());
    }
    let all = folder.run("help all").ok();
    for command in COMMANDS {
        let long = folder.run(&format!("{command} --longhelp")).ok();
        assert!(long.contains("  -t|--test\n        Print what would be done"), "{long}");
        assert_eq!(long, folder.run(&format!("help --longhelp {command}")).ok());
        assert!(all.contains(&folder.run(&format!("help {command}")).ok()), "{command}");
        // Lines fit a terminal, where they can.
        let wide = long.lines().filter(|line| line.len() > 80 && line.starts_with("        "));
        assert_eq!(wide.count(), 0, "{long}");
    }
    let done = folder.run("help nonsense lvs");
    assert_eq!(done.code, 3, "{done:?}");
    assert!(done.stdout.starts_with("  nonsense: no such command.\n\n  lvs - "), "{done:?}");
    assert!(folder.run("--nonsense").fails(3).contains("Specify options after a command: lvmkit [command]"));
}

#[test]
fn called_by_other_names() {
    let folder = Folder::with_group(&[("a.img", 8)]);
    assert_eq!(folder.run_as("vgs", "--noheadings -o vg_name").ok().trim(), "vg");
    assert_eq!(folder.run_as("lvm", "vgs --noheadings -o vg_name").ok().trim(), "vg");
    assert_eq!(folder.run_as("anything", "vgs --noheadings -o vg_name").ok().trim(), "vg");
    folder.run_as("lvcreate", "-l1 -n x vg").ok();
    // The description in the metadata names the command line.
    assert!(String::from_utf8_lossy(&folder.bytes("a.img")).contains("Write from lvcreate -l1 -n x vg."));
    assert!(folder.run_as("lvs", "--nonsense").fails(3).starts_with("lvs: unrecognized option"));
}

#[test]
fn exit_codes() {
    let folder = Folder::with_group(&[("a.img", 8)]);
    let table = [
        (2, "nonsense", "No such command."),
        (2, "pvmove a.img", "is not supported"),
        (3, "lvcreate", "No command with matching syntax recognised."),
        (3, "lvcreate vg", "No command with matching syntax recognised."),
        (3, "lvcreate --nonsense vg", "unrecognized option '--nonsense'"),
        (3, "lvcreate -l1 -L1 vg", "Please specify either size or extents (not both)."),
        (3, "lvcreate -l1 -n a|b vg", "Logical volume name \"a|b\" is invalid."),
        (3, "lvcreate -l1 -n x_rimage_0 vg", "reserved"),
        (3, "lvcreate -l1 -n other/x vg", "Inconsistent volume group names given: \"other\" and \"vg\""),
        (3, "lvcreate -l1 -i0 vg", "--stripes may not be zero."),
        (3, "lvcreate -l1 -i129 vg", "Number of stripes (129) must be between 1 and 128."),
        (3, "lvcreate -l2 -i2 -I96 vg", "Invalid stripe size 96.00 KiB."),
        (3, "lvcreate -l1 -I64 vg", "Command does not accept option: --stripesize 64."),
        (3, "lvcreate -l1 -s vg/x", "Option -s/--snapshot is not supported."),
        (5, "lvcreate -l1 --type raid1 vg", "Segment type raid1 is not supported."),
        (5, "lvcreate -l1 -My vg", "Please specify minor number with --minor when using -My."),
        (5, "lvcreate -l1 nope", "Volume group \"nope\" not found\n  Cannot process volume group nope"),
        (5, "lvcreate -l99 vg", "insufficient free space (7 extents): 99 required."),
        (5, "lvcreate -l10%LV vg", "Please express size as %FREE, %PVS or %VG."),
        (5, "lvcreate -l1 vg b.img", "Physical Volume \"b.img\" not found in Volume Group \"vg\"."),
        (3, "lvextend -l+1 vg", "Please specify a logical volume path."),
        (3, "lvextend -l-1 vg/x", "Extents may not be negative."),
        (3, "lvreduce -L+1 vg/x", "Size may not be positive."),
        (5, "lvextend -l+1 vg/x", "Logical volume x not found in volume group vg."),
        (5, "lvremove vg/x", "Failed to find logical volume \"vg/x\""),
        (5, "lvrename vg x y", "Existing logical volume \"x\" not found in volume group \"vg\""),
        (3, "lvrename vg x x", "Old and new logical volume names must differ"),
        (3, "lvrename vg x", "Path required for Logical Volume \"vg\"."),
        (5, "lvchange -pr vg/x", "Failed to find logical volume \"vg/x\""),
        (3, "lvchange vg", "No command with matching syntax recognised."),
        (5, "lvs nope", "Volume group \"nope\" not found\n  Cannot process volume group nope"),
        (5, "lvs vg/x", "Failed to find logical volume \"vg/x\""),
        (5, "lvs -o nonsense", "Unrecognised field: nonsense"),
        (3, "lvs --units x", "Invalid units specification"),
        (5, "pvs b.img", "Cannot use b.img: device not found"),
        (5, "pvcreate b.img", "No device found for b.img."),
        (
            5,
            "pvcreate a.img",
            "Can't initialize physical volume \"a.img\" of volume group \"vg\" without -ff",
        ),
        (5, "pvremove a.img", "PV a.img is used by VG vg so please use vgreduce first."),
        (
            3,
            "pvcreate -u KX1gC3-3e5p-9cjI-dnrd-vTza-nZ8e-6Vwqit a.img",
            "--restorefile is required with --uuid",
        ),
        (3, "vgcreate a|b a.img", "New volume group name \"a|b\" is invalid."),
        (5, "vgcreate vg a.img", "A volume group called vg already exists."),
        (5, "vgcreate vg2 a.img", "Physical volume 'a.img' is already in volume group 'vg'"),
        (5, "vgreduce vg a.img", "Can't remove final physical volume \"a.img\" from volume group \"vg\"."),
        (5, "vgrename vg vg", "Old and new volume group names must differ"),
        (5, "vgchange --alloc normal vg", "Volume group allocation policy is already normal"),
        (5, "vgck nope", "Cannot process volume group nope"),
        (5, "vgcfgrestore -f none vg", "Restore failed."),
        (0, "vgs --config global/nonsense=1", "Configuration setting \"global/nonsense\" unknown."),
        (3, "vgs --config global{", "Failed to set overridden configuration entries."),
        (5, "vgs --commandprofile none", "Failed to apply command profile none."),
        (5, "vgchange --addtag t --readonly vg", "read-only"),
    ];
    for (code, line, message) in table {
        let done = folder.run(line);
        assert_eq!(done.code, code, "{line}: {done:?}");
        assert!(done.stderr.contains(message), "{line}: {done:?}");
        assert!(done.stdout.is_empty() || line.starts_with("vgs"), "{line}: {done:?}");
    }
}

#[test]
fn without_devices() {
    let mut folder = Folder::new(&[("a.img", 8)]);
    folder.devices.clear();
    // Without any the machine's are, by the settings of its lvm.conf: here none of them.
    std::fs::write(folder.path("lvm.conf"), "devices { filter = [ \"r|.*|\" ] }").unwrap();
    assert_eq!(folder.column("pvs -o pv_name"), [""; 0]);
    std::fs::write(folder.path("lvm.conf"), "devices { filter = ").unwrap();
    assert!(folder.run("pvs").fails(4).contains("lvm.conf"));
    std::fs::remove_file(folder.path("lvm.conf")).unwrap();
    // Devices that are arguments are looked at.
    folder.run("vgcreate vg a.img").ok();
    assert_eq!(folder.column("vgs --devices a.img -o vg_name"), ["vg"]);
    assert_eq!(folder.column("pvs a.img -o vg_name"), ["vg"]);
    assert!(folder.run("vgs --devices b.img").fails(5).contains("No device found for b.img."));
}

#[test]
fn options_without_effect_are_named_once() {
    let folder = Folder::with_group(&[("a.img", 8)]);
    let done = folder.run("lvcreate -v -ay -l1 -n x vg --noudevsync");
    assert_eq!(done.stderr.matches("-a/--activate has no effect").count(), 1, "{done:?}");
    done.ok();
    assert_eq!(folder.run("lvchange -an vg/x").ok(), "");
    assert_eq!(folder.run("lvcreate -qq -ay -l1 -n y vg").ok(), "");
}

#[test]
fn no_file_is_written_in_a_test() {
    let folder = Folder::with_group(&[("a", 16)]);
    folder.write("old", "old");
    let table = [
        ("lvmconfig --test --file new --typeconfig default global", "Would write "),
        ("lvmconfig --test --file old --typeconfig default global", "Would write "),
        ("map --test --svg new vg", "Would write "),
        ("pvck --test --dump metadata --file new a", "Would write new."),
        ("pvck --test --dump metadata_area --file new a", "Would write new."),
        ("pvck --test --dump metadata_search --file new a", "Would write new."),
        ("generate --test man new", "lvmkit-lvs.8."),
        ("plan generate man new", "lvmkit-lvs.8."),
    ];
    for (line, said) in table {
        let shown = folder.run(line).ok();
        assert!(shown.contains(said), "{line}: {shown}");
        assert!(!folder.path("new").exists(), "{line}");
        assert_eq!(folder.bytes("old"), b"old", "{line}");
    }
    assert!(folder.run("pvck --test --dump metadata --file old a").fails(5).contains("old"));
    for (line, _) in table.iter().skip(2).take(4) {
        folder.run(&line.replace("--test ", "")).ok();
        std::fs::remove_file(folder.path("new")).unwrap();
    }
}
