//! Groups and volumes that arguments choose.

use crate::stage;
use crate::stage::Stage;

fn whole(test: &str) -> Option<Stage> {
    let mut stage = stage(test, &[16, 16, 16])?;
    // lvm2 writes a version for each volume.
    stage.own_seqno = true;
    stage.reset("vgcreate -s 1m --addtag g va d0");
    stage.reset("vgcreate -s 1m vb d1");
    stage.reset("vgcreate -s 1m --addtag g vc d2");
    for line in [
        "lvcreate -an -Zn -l1 -n c --addtag t va",
        "lvcreate -an -Zn -l1 -n a va",
        "lvcreate -an -Zn -l1 -n b --addtag t va",
        "lvcreate -an -Zn -l1 -n x --addtag t vb",
        "lvcreate -an -Zn -l1 -n y vb",
        "lvcreate -an -Zn -l1 -n z --addtag t vc",
    ] {
        stage.reset(line);
    }
    Some(stage)
}

#[test]
fn groups() {
    let Some(stage) = whole("groups among arguments") else { return };
    for line in [
        "vgchange --addtag q va a/b vb",
        "vgchange --addtag q2 nope va",
        "vgchange --addtag q3 vb @g",
        "vgchange --addtag q4 vb nope @g",
        "vgchange --addtag q5 vc va vb",
        "vgchange --addtag q6 va va",
        "vgs va a/b",
        "vgs a/b",
        "vgs nope vc @g",
        "vgdisplay -s va a/b",
        "vgdisplay -s vb nope @g",
        "vgck va a/b",
        "vgck vc va nope",
        "vgcfgbackup -f DIR/backup a/b va",
        "vgexport a/b nope",
        "vgremove a/b @nosuch",
        "vgremove a/b nope",
        "vgchange --addtag q7 a/b c/d va",
        "vgchange --addtag s3 -S vg_name=vb",
        "vgchange --addtag s4 -S vg_name=vb va vb",
        "vgchange --addtag s5 -S vg_name=vb @g",
    ] {
        stage.same(line);
    }
}

#[test]
fn volumes() {
    let Some(stage) = whole("volumes among arguments") else { return };
    for line in [
        "lvchange --addtag l1 va/b va/c",
        "lvchange --addtag l2 va/b va/c va/nope vb/nope nope/x vb/x",
        "lvchange --addtag l3 vb/x va/b",
        "lvchange --addtag l4 va/b va",
        "lvchange --addtag l5 va/a @t",
        "lvchange --addtag l6 va va/nope",
        "lvchange --addtag l7 vb va nope @t",
        "lvchange --addtag l8 va/b va/b",
        "lvchange --addtag l9 @nosuch va",
        "lvchange --addtag l0 va/b@ /a/b/c/d vb",
        "lvs va/b va/c",
        "lvs va va/nope",
        "lvs -O '' vc/z va/b",
        "lvs a/b/c /x/y va",
        "lvdisplay -c va/nope va",
        "lvdisplay -c vc/z va/b",
        "lvchange --addtag s1 -S lv_name=b",
        "lvchange --addtag s2 -S lv_name=b vb va",
        "lvs va/b /a/b/c/d",
        "lvs @t va/nope nope",
        "lvs vb va/a",
        "lvdisplay -c va/b /a/b/c/d",
        "lvdisplay -c vb va/a va/nope nope",
        "lvdisplay -c @t va/nope nope vb",
    ] {
        stage.same(line);
    }
    stage.same("lvremove -y va/b va/c vb/y");
    stage.same("lvremove -y vc va/a vb/y");
}

#[test]
fn exported_groups() {
    let Some(stage) = whole("exported groups among arguments") else { return };
    stage.reset("vgexport vb");
    for line in [
        "lvchange --addtag m1 vb va",
        "lvchange --addtag m2 vb/x va",
        "lvchange --addtag m3 @t",
        "lvs vb va/a",
        "lvs vb/x va",
        "lvs @t",
        "lvs vb/nope va",
        "lvdisplay -c vb va/a",
        "lvdisplay -c vb/x va",
        "lvdisplay -c vb/nope va",
        "lvdisplay -c @t",
        "lvremove -y @t vb/y",
        "vgchange --addtag m4 va vb",
        "vgchange --addtag m5",
        "vgck vb",
        "vgck",
    ] {
        stage.same(line);
    }
}
