//! Every command on image files, by what it leaves behind.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod support;

use std::fs::File;

use support::{Folder, MIB};

#[test]
fn physical_volumes() {
    let folder = Folder::new(&[("a.img", 16), ("b.img", 16)]);
    let said = folder.run("pvcreate a.img b.img").ok();
    assert_eq!(
        said,
        "  Physical volume \"a.img\" successfully created.\n  Physical volume \"b.img\" successfully created.\n"
    );
    assert_eq!(
        folder.column("pvs -o pv_name,pv_size --units m --separator :"),
        ["a.img:16.00m", "b.img:16.00m"]
    );

    folder
        .run("pvcreate -y --norestorefile -u KX1gC3-3e5p-9cjI-dnrd-vTza-nZ8e-6Vwqit --metadatasize 2m a.img")
        .ok();
    let row = folder.column("pvs a.img -o pv_uuid,pe_start --units m --separator :");
    assert_eq!(row, ["KX1gC3-3e5p-9cjI-dnrd-vTza-nZ8e-6Vwqit:3.00m"]);

    File::options().write(true).open(folder.path("a.img")).unwrap().set_len(20 * MIB).unwrap();
    let said = folder.run("pvresize a.img").ok();
    assert!(
        said.ends_with("1 physical volume(s) resized or updated / 0 physical volume(s) not resized\n"),
        "{said}"
    );
    assert_eq!(folder.column("pvs a.img -o pv_size --units m"), ["20.00m"]);

    folder.run("vgcreate -s 1m vg a.img b.img").ok();
    assert_eq!(
        folder.run("pvchange -xn b.img").ok(),
        "  Physical volume \"b.img\" changed\n  1 physical volume changed / 0 physical volumes not changed\n"
    );
    folder.run("pvchange --addtag @fast --addtag old a.img").ok();
    folder.run("pvchange --deltag old --all").ok();
    assert_eq!(folder.column("pvs -o pv_attr,pv_tags --separator :"), ["a--:fast", "u--:"]);
    assert_eq!(folder.column("pvs @fast -o pv_name"), ["a.img"]);

    let refused = folder.run("pvresize --setphysicalvolumesize 8m b.img").fails(5);
    assert!(
        refused.contains(
            "b.img: Requested size 8.00 MiB is less than real size 16.00 MiB. Proceed?  [y/n]: [n]"
        ),
        "{refused}"
    );
    folder.run("pvresize -y --setphysicalvolumesize 8m b.img").ok();
    assert_eq!(folder.column("pvs b.img -o pv_pe_count"), ["7"]);

    folder.run("vgreduce vg b.img").ok();
    folder.run("pvremove b.img").ok();
    assert_eq!(folder.column("pvs -o pv_name"), ["a.img"]);
    assert_eq!(folder.column("pvs -a -o pv_name"), ["a.img", "b.img"]);
    assert!(folder.run("pvremove b.img").fails(5).contains("No PV found on device b.img."));

    assert!(folder.run("pvremove -ff a.img").fails(5).contains("Really WIPE LABELS"));
    folder.run("pvremove -ff -y a.img").ok();
    assert!(folder.column("pvs -o pv_name").is_empty());
}

#[test]
fn volume_groups() {
    let folder = Folder::new(&[("a.img", 16), ("b.img", 16), ("c.img", 16)]);
    let said = folder.run("vgcreate -s 2m -l 7 -p 9 --alloc cling --addtag t1 --addtag t2 --setautoactivation n vg a.img b.img").ok();
    assert!(said.ends_with("  Volume group \"vg\" successfully created\n"), "{said}");
    assert_eq!(said.matches("successfully created").count(), 3);
    let columns = "vg_extent_size,max_lv,max_pv,vg_allocation_policy,vg_tags,vg_autoactivation";
    assert_eq!(
        folder.column(&format!("vgs -o {columns} --units m --separator :")),
        ["2.00m:7:9:cling:t1,t2:"]
    );
    folder.run("vgextend vg c.img").ok();
    assert_eq!(folder.column("vgs -o pv_count"), ["3"]);
    folder
        .run("vgchange -l 0 -p 3 -s 1m --alloc normal --addtag t3 --deltag t1 --setautoactivation y vg")
        .ok();
    assert_eq!(
        folder.column(&format!("vgs -o {columns} --units m --separator :")),
        ["1.00m:0:3:normal:t2,t3:enabled"]
    );
    folder.run("vgchange -x n @t3").ok();
    assert!(folder.run("vgreduce vg c.img").fails(5).contains("not resizeable"));
    folder.run("vgchange -x y --vgmetadatacopies 1 vg").ok();
    assert_eq!(folder.column("vgs -o vg_attr,vg_mda_copies --separator :"), ["wz--n-:1"]);

    folder.run("lvcreate -l1 -n x vg b.img").ok();
    let done = folder.run("vgreduce -a vg");
    assert!(done.stderr.contains("Physical volume \"b.img\" still in use"), "{done:?}");
    assert_eq!(
        done.stdout,
        "  Removed \"a.img\" from volume group \"vg\"\n  Removed \"c.img\" from volume group \"vg\"\n"
    );
    assert_eq!(done.code, 5);

    assert_eq!(folder.run("vgrename vg vg2").ok(), "  Volume group \"vg\" successfully renamed to \"vg2\"\n");
    assert_eq!(folder.run("vgck").ok(), "");
    folder.run("vgcreate other a.img").ok();
    assert!(folder.run("vgrename other vg2").fails(5).contains("New VG name \"vg2\" already exists"));
    let asked = folder.run("vgremove vg2").fails(5);
    assert!(asked.contains(
        "Do you really want to remove volume group \"vg2\" containing 1 logical volumes? [y/n]: [n]"
    ));
    assert_eq!(
        folder.run("vgremove -y vg2 other").ok(),
        "  Logical volume \"x\" successfully removed.\n  Volume group \"vg2\" successfully removed\n  Volume group \"other\" successfully removed\n"
    );
    assert_eq!(folder.column("pvs -o vg_name"), ["", "", ""]);
}

#[test]
fn logical_volumes() {
    let folder = Folder::with_group(&[("a.img", 32), ("b.img", 32)]);
    assert_eq!(
        folder.run("lvcreate -L3500k -n lin vg").ok(),
        "  Rounding up size to full physical extent 4.00 MiB\n  Logical volume \"lin\" created.\n"
    );
    folder.run("lvcreate -i2 -I 16k -l4 -n vg/str --addtag s").ok();
    folder.run("lvcreate --type zero -l2 -n zero vg").ok();
    folder.run("lvcreate --type error -l2 -n err /dev/vg").ok();
    folder.run("lvcreate -l50%PVS -n ranged vg b.img:20-29").ok();
    folder
        .run("lvcreate -pr -ky -My --minor 9 -r none --alloc contiguous --setautoactivation n -l1 vg @nobody")
        .fails(5);
    folder.run("lvcreate -pr -ky -My --minor 9 -r none --alloc contiguous --setautoactivation n -l1 vg").ok();
    let rows = folder.column("lvs -o lv_name,segtype,lv_attr,seg_pe_ranges --separator :");
    assert_eq!(
        rows,
        [
            "err:error:vwi-XXv---:",
            "lin:linear:-wi-XX----:a.img:0-3",
            "lvol0:linear:-rcmXX---k:a.img:6-6",
            "ranged:linear:-wi-XX----:b.img:20-24",
            "str:striped:-wi-XX----:a.img:4-5 b.img:0-1",
            "zero:zero:vwi-XXv---:",
        ]
    );
    assert_eq!(folder.column("lvs /dev/mapper/vg-lin @s -o lv_name"), ["lin", "str"]);

    let said = folder.run("lvextend -L+1500k /dev/vg/lin b.img").ok();
    assert!(
        said.contains(
            "Size of logical volume vg/lin changed from 4.00 MiB (4 extents) to 6.00 MiB (6 extents)."
        ),
        "{said}"
    );
    assert!(said.ends_with("  Logical volume vg/lin successfully resized.\n"));
    folder.run("lvresize -l 8 vg/lin").ok();
    let asked = folder.run("lvreduce -l-3 vg/lin").fails(5);
    assert!(
        asked.contains(
            "Do you really want to reduce vg/lin? [y/n]: [n]\n  Logical volume vg/lin NOT reduced."
        ),
        "{asked}"
    );
    folder.run("lvreduce -y -l-3 vg/lin").ok();
    folder.run("lvreduce -f -l 4 vg/lin").ok();
    folder.run("lvextend -l100%FREE vg/str").ok();
    assert_eq!(folder.column("lvs vg/lin -o lv_size --units m"), ["4.00m"]);
    assert_eq!(
        folder.run("lvrename vg/lin vg/line").ok(),
        "  Renamed \"lin\" to \"line\" in volume group \"vg\"\n"
    );

    assert_eq!(
        folder.run("lvchange -pr --addtag a --alloc cling -r 8 vg/line").ok(),
        "  Logical volume vg/line changed.\n"
    );
    assert!(folder.run("lvchange -pr vg/line").fails(5).contains("\"vg/line\" is already read only."));
    folder.run("lvchange -prw --deltag a -Cn -ky --setautoactivation n vg/line").ok();
    folder.run("lvchange -My --minor 3 vg/line").ok();
    assert_eq!(folder.column("lvs vg/line -o lv_attr,lv_minor,lv_tags --separator :"), ["-wimXX---k:3:"]);
    folder.run("lvchange -Mn -kn vg/line").ok();

    let done = folder.run("lvremove vg/err vg/none vg/zero");
    assert_eq!(
        (done.code, done.stdout.as_str()),
        (
            5,
            "  Logical volume \"zero\" successfully removed.\n  Logical volume \"err\" successfully removed.\n"
        )
    );
    folder.run("lvremove -y vg").ok();
    assert_eq!(folder.column("vgs -o lv_count,vg_free_count --separator :"), ["0:62"]);
}

#[test]
fn many_changes_are_one_version() {
    let folder = Folder::with_group(&[("a.img", 32)]);
    for name in ["x", "y", "z"] {
        folder.run(&format!("lvcreate -l1 -n {name} vg")).ok();
    }
    let before = folder.column("vgs -o vg_seqno");
    folder.run("lvchange --addtag t vg/x vg/y").ok();
    folder.run("lvremove vg").ok();
    let seqno = |column: &[String]| column[0].parse::<u32>().unwrap();
    assert_eq!(seqno(&folder.column("vgs -o vg_seqno")), seqno(&before) + 2);
}

#[test]
fn reports() {
    let folder = Folder::with_group(&[("a.img", 32)]);
    folder.run("lvcreate -l3 -n x vg").ok();
    let json: serde_json::Value =
        serde_json::from_str(&folder.run("lvs --reportformat json -o lv_name,lv_size").ok()).unwrap();
    assert_eq!(json["report"][0]["lv"][0]["lv_name"], "x");
    assert_eq!(json["report"][0]["lv"][0]["lv_size"], "3.00m");
    let json: serde_json::Value = serde_json::from_str(
        &folder.run("lvs --reportformat json_std --units b --nosuffix -o lv_name,lv_size,lv_tags").ok(),
    )
    .unwrap();
    assert_eq!(json["report"][0]["lv"][0]["lv_size"], 3 * MIB);
    assert!(json["report"][0]["lv"][0]["lv_tags"].is_array());
    assert_eq!(folder.run("lvs -o+lv_tags vg/x").ok().lines().count(), 2);
    assert_eq!(folder.run("pvs --segments -o pvseg_start,pvseg_size --noheadings").ok().lines().count(), 2);
    assert_eq!(folder.run("lvs --nameprefixes --noheadings -o lv_name").ok(), "  LVM2_LV_NAME='x'\n");
    assert_eq!(
        folder.run("lvs --separator , --aligned --noheadings -O -lv_name -o lv_name,lv_size").ok(),
        "  x   ,3.00m\n"
    );
    assert!(folder.run("lvs -o help").stderr.contains("lv_full_name"));
    assert!(folder.run("lvs -v").ok().contains("LV UUID"));
}

#[test]
fn backups() {
    let folder = Folder::with_group(&[("a.img", 16), ("b.img", 16)]);
    folder.run("lvcreate -l3 -n x vg --backupdir kept --archivedir old").ok();
    assert!(folder.path("kept/vg").exists());
    assert_eq!(std::fs::read_dir(folder.path("old")).unwrap().count(), 1);
    assert_eq!(folder.run("vgcfgbackup -f save_%s").ok(), "  Volume group \"vg\" successfully backed up.\n");
    folder.run("lvremove vg/x").ok();
    folder.run("lvcreate -An --backupdir none -l1 -n y vg").ok();
    assert!(!folder.path("none").exists());
    assert_eq!(folder.run("vgcfgrestore -f save_vg vg").ok(), "  Restored volume group vg.\n");
    assert_eq!(folder.column("lvs -o lv_name"), ["x"]);
    assert!(
        folder
            .run("vgcfgrestore -f save_vg nope")
            .fails(5)
            .contains("'save_vg' does not contain volume group 'nope'.")
    );

    // A disk that was lost comes back under its uuid, with extents where they were.
    let uuid = folder.column("pvs a.img -o pv_uuid").remove(0);
    folder.run("pvremove -ff -y a.img").ok();
    assert!(folder.run("vgck vg").fails(5).contains("The volume group is missing 1 physical volumes."));
    let warned = folder.run("lvs").stderr;
    assert!(warned.contains(&format!("WARNING: Couldn't find device with uuid {uuid}.")), "{warned}");
    assert!(folder.run("lvcreate -l1 vg").fails(5).contains("Cannot change VG vg while PVs are missing."));
    folder.run(&format!("pvcreate --restorefile save_vg --uuid {uuid} a.img")).ok();
    folder.run("vgcfgrestore -f save_vg vg").ok();
    assert_eq!(folder.run("vgck vg").ok(), "");
    folder.run("lvcreate -l1 -n z vg").ok();
}

#[test]
fn missing_physical_volumes() {
    let mut folder = Folder::with_group(&[("a.img", 16), ("b.img", 16)]);
    folder.run("lvcreate -l3 -n x vg a.img").ok();
    assert_eq!(
        folder.run("vgreduce --removemissing vg").ok(),
        "  Volume group \"vg\" is already consistent.\n"
    );
    std::fs::remove_file(folder.path("b.img")).unwrap();
    "a.img".clone_into(&mut folder.devices);
    folder.run("vgreduce --removemissing vg").ok();
    assert_eq!(folder.column("vgs -o pv_count,vg_missing_pv_count --separator :"), ["1:0"]);
}

#[test]
fn test_writes_nothing() {
    let mut folder = Folder::with_group(&[("a.img", 16), ("b.img", 16)]);
    folder.devices.push_str(",c.img,d.img");
    for name in ["c.img", "d.img"] {
        File::create(folder.path(name)).unwrap().set_len(16 * MIB).unwrap();
    }
    folder.run("lvcreate -l3 -n x vg a.img").ok();
    folder.run("pvcreate d.img").ok();
    folder.run("vgcfgbackup -f save vg").ok();
    let images = ["a.img", "b.img", "c.img", "d.img"];
    let state = || images.map(|name| folder.bytes(name));
    let before = state();
    let table = [
        ("pvcreate c.img", "initialise c.img"),
        ("pvremove d.img", "take the label off"),
        ("pvresize --setphysicalvolumesize 8m b.img", "resize physical volume b.img"),
        ("pvchange -xn a.img", "ALLOCATABLE"),
        ("vgcreate new c.img", "initialise c.img"),
        ("vgextend vg c.img", "add physical volume c.img"),
        ("vgreduce vg b.img", "remove physical volume b.img"),
        ("vgremove vg", "remove the group"),
        ("vgrename vg other", "rename the group from vg to other"),
        ("vgchange --addtag t vg", "change tags"),
        (
            "lvcreate -l2 -n y vg --backupdir kept --archivedir kept",
            "create linear volume y of 2.00 MiB on a.img:3-4",
        ),
        ("lvextend -l+2 vg/x", "extend volume x"),
        ("lvreduce -l-1 vg/x", "reduce volume x"),
        ("lvresize -l7 vg/x", "extend volume x"),
        ("lvremove vg/x", "remove volume x"),
        ("lvrename vg x y", "rename volume x to y"),
        ("lvchange -pr vg/x", "change"),
        ("vgcfgrestore -f save vg", "seqno"),
        ("vgcfgbackup -f other vg", "write the metadata of volume group vg to other"),
        ("lvwrite vg/x -i save", "write save to volume vg/x"),
        ("lvread vg/x -o out", "write 3.00 MiB of volume vg/x to out"),
    ];
    for (line, planned) in table {
        let done = folder.run(&format!("{line} --test"));
        assert!(done.stderr.contains("TEST MODE: Metadata will NOT be updated"), "{line}: {done:?}");
        let plan = done.stderr.clone();
        let said = done.ok();
        assert!(plan.contains(planned) || said.contains(planned), "{line}: {plan}{said}");
        assert!(state() == before, "{line}: something was written");
    }
    for name in ["kept", "other", "out"] {
        assert!(!folder.path(name).exists(), "{name}");
    }
}

#[test]
fn what_is_on_a_device_is_kept() {
    let folder = Folder::new(&[("a.img", 16), ("b.img", 16)]);
    swap(&folder, "a.img", 0);
    let before = folder.bytes("a.img");
    for line in ["pvcreate a.img", "vgcreate vg a.img"] {
        let asked = folder.run(line).fails(5);
        assert!(
            asked.contains("WARNING: swap signature detected on a.img at offset 4086. Wipe it? [y/n]: [n]"),
            "{asked}"
        );
        assert!(
            asked.contains("  Aborted wiping of swap.\n  1 existing signature left on the device."),
            "{asked}"
        );
        assert!(folder.bytes("a.img") == before);
    }
    let said = folder.run("vgcreate -y -s 1m vg a.img").ok();
    assert!(said.starts_with("  Wiping swap signature on a.img.\n"), "{said}");

    // The same where a new volume comes to lie.
    swap(&folder, "a.img", MIB);
    let asked = folder.run("lvcreate -l2 -n x vg").fails(5);
    assert!(
        asked.contains("WARNING: swap signature detected on /dev/vg/x at offset 4086. Wipe it?"),
        "{asked}"
    );
    assert!(folder.column("lvs -o lv_name").is_empty());
    folder.run("lvcreate -Zn -l2 -n kept vg").ok();
    assert_eq!(&folder.bytes("a.img")[MIB as usize + 4086..][..10], b"SWAPSPACE2");
    folder.run("lvremove vg/kept").ok();
    folder.run("lvcreate -y -l2 -n x vg").ok();
    assert_eq!(folder.bytes("a.img")[MIB as usize + 4086..][..10], [0; 10]);
}

/// A swap signature, with all of a header that makes it one.
fn swap(folder: &Folder, name: &str, offset: u64) {
    use std::os::unix::fs::FileExt;
    let file = File::options().write(true).open(folder.path(name)).unwrap();
    let mut header = vec![0; 4096];
    header[1024..1028].copy_from_slice(&1_u32.to_le_bytes());
    header[1028..1032].copy_from_slice(&100_u32.to_le_bytes());
    header[4086..].copy_from_slice(b"SWAPSPACE2");
    file.write_all_at(&header, offset).unwrap();
}

#[test]
fn a_partitioned_image() {
    let folder = Folder::new(&[("disk.img", 64)]);
    let file = File::options().read(true).write(true).open(folder.path("disk.img")).unwrap();
    let mut disk = file;
    gptman::GPT::write_protective_mbr_into(&mut disk, 512).unwrap();
    let mut gpt = gptman::GPT::new_from(&mut disk, 512, [7; 16]).unwrap();
    for (number, first, last) in [(1, 2048, 20_479), (2, 20_480, 122_879)] {
        gpt[number] = gptman::GPTPartitionEntry {
            partition_type_guid: [9; 16],
            unique_partition_guid: [u8::try_from(number).unwrap(); 16],
            starting_lba: first,
            ending_lba: last,
            attribute_bits: 0,
            partition_name: "part".into(),
        };
    }
    gpt.write_into(&mut disk).unwrap();
    drop(disk);
    assert!(folder.run("pvcreate disk.img").fails(5).contains("gpt signature detected on disk.img"));
    folder.run("vgcreate -s 1m vg disk.img#2").ok();
    folder.run("lvcreate -l20 -n x vg disk.img#2:4-").ok();
    assert_eq!(folder.column("lvs -o devices"), ["disk.img#2(4)"]);
    assert_eq!(folder.column("pvs -o pv_name,vg_name --separator :"), ["disk.img#2:vg"]);
    // Only the partition was written to.
    let bytes = folder.bytes("disk.img");
    assert!(bytes[2048 * 512..20_480 * 512].iter().all(|byte| *byte == 0));
    assert_eq!(&bytes[20_480 * 512 + 512..][..8], b"LABELONE");
}

#[test]
fn one_device_under_two_paths() {
    let folder = Folder::with_group(&[("a.img", 16), ("b.img", 16)]);
    std::os::unix::fs::symlink("b.img", folder.path("link")).unwrap();
    folder.run("lvcreate -l1 -n x vg ./b.img").ok();
    assert_eq!(folder.column("lvs -o devices"), ["b.img(0)"]);
    folder.run("lvextend -l+1 vg/x link:5-9").ok();
    assert_eq!(folder.column("lvs --segments -o devices"), ["b.img(0)", "b.img(5)"]);
    assert_eq!(folder.column("pvs link -o pv_used --units m"), ["2.00m"]);
    folder.run("vgreduce vg ./a.img").ok();
    assert_eq!(folder.column("vgs -o pv_count"), ["1"]);
}

#[test]
fn allocation_settings() {
    let folder = Folder::with_group(&[("a.img", 11), ("b.img", 11), ("c.img", 11), ("d.img", 11)]);
    for (image, tag) in [("a", "s1"), ("b", "s2"), ("c", "s1"), ("d", "s2")] {
        folder.run(&format!("pvchange --addtag {tag} {image}.img")).ok();
    }
    folder.run("lvcreate -l10 -n x vg b.img").ok();
    let config = "allocation{cling_tag_list=[\"@s1\",\"@s2\"]}";
    folder.run_with(&["lvextend", "--alloc", "cling", "-l+5", "vg/x", "--config", config], b"").ok();
    assert_eq!(folder.column("lvs --segments -o devices"), ["b.img(0)", "d.img(0)"]);
}
