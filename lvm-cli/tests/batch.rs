//! Several commands as one commit, and what a command would do.

#![allow(clippy::unwrap_used)]

mod support;

use serde_json::Value;
use support::Folder;

const SYSTEM: &str = "\
# A system on two disks.
pvcreate --dataalignment 2m a
vgcreate -s 1m vg a
lvcreate -n root -L 50m vg
lvm lvcreate -n data -l 50%FREE \\
    vg
vgextend vg b
lvextend -l +100%FREE vg/data
lvrename vg root system
lvchange --addtag 'x' vg/system
pvchange --addtag ssd b
";

fn folder() -> Folder {
    Folder::new(&[("a", 200), ("b", 200), ("c", 64)])
}

#[test]
fn a_batch_is_one_commit() {
    let folder = folder();
    folder.write("file", SYSTEM);
    let said = folder.run("apply file").ok();
    assert!(said.contains("Renamed \"root\" to \"system\""), "{said}");
    assert_eq!(said.matches("Physical volume \"a\" successfully created.").count(), 1, "{said}");
    let lvs = folder.run("lvs --noheadings -o lv_name,lv_size,lv_tags,seg_pe_ranges --separator=,").ok();
    let lvs = lvs.lines().map(str::trim).collect::<Vec<_>>();
    assert_eq!(lvs, ["data,347.00m,,a:50-197", "data,347.00m,,b:0-198", "system,50.00m,x,a:0-49"]);
    assert_eq!(folder.run("vgs --noheadings -o vg_seqno").ok().trim(), "1");
    let pvs = folder.run("pvs --noheadings -o pv_name,pe_start,pv_tags --separator=, a b").ok();
    let pvs = pvs.lines().map(str::trim).collect::<Vec<_>>();
    assert_eq!(pvs, ["a,2.00m,", "b,1.00m,ssd"]);
    // Another batch is another version.
    folder.write("file", "lvremove -f vg/data\nvgreduce vg b\nlvcreate -n new -L1m vg\nlvremove -f vg/new\n");
    folder.run("apply file").ok();
    assert_eq!(folder.run("vgs --noheadings -o vg_seqno,pv_count,lv_count").ok().trim(), "2   1   1");
    folder.write("file", "lvcreate -n x -L1m vg\nvgremove -f vg\n");
    folder.run("apply file").ok();
    assert_eq!(folder.run("vgs --noheadings").ok(), "");
}

/// Attributes of the group are a part of the change, whose devices are locked by then.
#[test]
fn attributes_of_the_group_change_in_a_batch() {
    let folder = Folder::with_group(&[("a", 20)]);
    let columns = "vgs -o vg_tags,vg_seqno,max_lv,lv_count,vg_systemid --separator=,";
    folder.write("file", "lvcreate -n x -L4m vg\nvgchange --addtag t vg\nvgchange -l 7\n");
    folder.run("apply file").ok();
    assert_eq!(folder.column(columns), ["t,2,7,1,"]);
    folder.write("file", "vgchange --addtag u vg\nvgchange --addtag v no\n");
    let said = folder.run("apply file").fails(5);
    assert!(said.contains("Volume group \"no\" not found"), "{said}");
    folder.write("file", "lvrename vg x y\nvgchange --deltag t -S vg_tags=t\nvgchange --systemid other vg\n");
    folder.run("apply -y file").ok();
    assert_eq!(folder.column(columns), [",3,7,1,other"]);
}

#[test]
fn a_batch_that_fails_changes_nothing() {
    let folder = Folder::new(&[("a", 20), ("b", 20), ("c", 20)]);
    folder.run("vgcreate -s 1m vg a b").ok();
    folder.run("lvcreate -n lv -L 10m vg").ok();
    let before = (folder.bytes("a"), folder.bytes("b"), folder.bytes("c"));
    let table = [
        ("lvremove -f vg/lv\nlvcreate -L 1t vg", 5, "Line 2 failed: lvcreate -L 1t vg"),
        ("lvremove -f vg/lv\nlvcreate -L 1x vg", 3, "Line 2: lvcreate -L 1x vg"),
        ("vgextend vg c\nlvrename vg no other", 5, "Line 2 failed: lvrename vg no other"),
        ("lvremove -f vg/lv\nlvs", 3, "Line 2: lvs cannot be part of a batch."),
        ("lvremove -f vg/lv\nvgcreate other c", 5, "Volume group other cannot be changed together with vg."),
        (
            "lvremove -f vg/lv\nlvcreate -L1m other",
            5,
            "Volume group other cannot be changed together with vg.",
        ),
        ("vgrename vg new\nlvremove -f vg/lv", 3, "Line 1: nothing can come after vgrename in a batch."),
        ("lvchange -an vg/lv", 3, "Line 1: -a/--activate is no change of metadata: run it afterwards."),
        ("lvremove -f --nolocking vg/lv", 3, "Line 1: --nolocking belongs to the whole batch"),
        (
            "lvremove -f vg/lv\npvcreate c",
            5,
            "c becomes a physical volume, but no line puts it into the group.",
        ),
        ("lvremove -f vg/lv\nvgreduce --removemissing vg", 5, "Line 2 changes nothing: vgreduce"),
        ("lvremove 'vg/lv", 3, "Line 1: a quote is not closed."),
        ("# nothing", 5, "There is no command in file."),
    ];
    for (text, code, message) in table {
        folder.write("file", text);
        let said = folder.run("apply file").fails(code);
        assert!(said.contains(message), "{text}: {said}");
        assert!(
            (folder.bytes("a"), folder.bytes("b"), folder.bytes("c")) == before,
            "{text} changed a device"
        );
    }
}

#[test]
fn a_plan_writes_nothing() {
    let folder = folder();
    folder.run("vgcreate -s 1m vg a b").ok();
    let before = (folder.bytes("a"), folder.bytes("b"));
    folder.write("file", "lvcreate -n x -L 10m vg\nlvextend -L +5m vg/x\n");
    let plan = folder.run("apply --test file");
    assert!(plan.stdout.contains("create linear volume x of 15.00 MiB on a:0-14"), "{plan:?}");
    let plan = folder.run("plan lvcreate -n x -L 10m -i2 vg").ok();
    assert!(plan.starts_with("  volume group vg: seqno 1 -> 2\n"), "{plan}");
    // What the command says is not part of the plan.
    let json = folder.run("plan --reportformat json lvcreate -n x -L 10.5m vg").ok();
    let json: Value = serde_json::from_str(&json).unwrap();
    assert_eq!(json["stages"][0]["steps"][0]["step"], "create_lv");
    assert_eq!(json["stages"][0]["steps"][0]["ranges"][0]["count"], 11);
    let pvcreate = folder.run("plan pvcreate c").ok();
    assert!(pvcreate.contains("initialise c (64.00 MiB) as physical volume"), "{pvcreate}");
    folder.run("plan lvcreate -L 1t vg").fails(5);
    folder.run("plan").fails(3);
    folder.run("plan nothing").fails(2);
    // Also that there is nothing to do.
    assert_eq!(folder.run("plan --reportformat json lvremove @none").ok(), "null\n");
    assert_eq!(folder.run("plan lvremove @none").ok(), "  nothing to do\n");
    folder.write("file", "lvremove -f @none\nvgchange --addtag x @none\n");
    assert_eq!(folder.run("apply --test file").ok(), "  nothing to do\n");
    assert!((folder.bytes("a"), folder.bytes("b")) == before);
}
