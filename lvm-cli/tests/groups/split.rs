//! `vgsplit` and `vgmerge`.

use crate::stage;
use crate::stage::Words;

fn whole(test: &str) -> Option<crate::stage::Stage> {
    let stage = stage(test, &[16, 16, 16, 16, 16])?;
    stage.reset("vgcreate -s 1m vg d0 d1 d2");
    stage.reset("lvcreate -an -Zn -l5 -n a vg d0");
    stage.reset("lvcreate -an -Zn -l5 -n b vg d1");
    stage.reset("lvcreate -an -Zn -l4 -i2 -n s vg d0 d1");
    stage.reset("pvcreate d3");
    stage.reset("vgchange --addtag T vg");
    Some(stage)
}

#[test]
fn split() {
    let Some(mut stage) = whole("vgsplit") else { return };
    // A group that was split off is written once here and twice by lvm2.
    stage.own_seqno = true;
    for line in ["vgsplit vg", "vgsplit vg v2"] {
        stage.compare(line, Words::OwnErrors);
    }
    for line in [
        "vgsplit vg v2 d1",
        "vgsplit vg v2 d4",
        "vgsplit vg v2 d3",
        "vgsplit vg vg d2",
        "vgsplit vg b%d d2",
        "vgsplit nope x d2",
        "vgsplit -n b vg v2",
        "vgsplit -n nope vg v2",
        "vgsplit -n b vg v2 d2",
        "vgsplit -n s vg v2",
        "vgsplit vg v2 d2",
        "vgsplit -l 9 -p 5 --alloc cling v2 v3 d2",
        "vgsplit -l 9 v2 v3 d0",
        "vgsplit v2 v3 d0",
        "vgsplit v2 v3 d0 d1",
        "vgsplit v3 v4 d0 d1 d2",
    ] {
        stage.same(line);
    }
    stage.same("vgsplit --vgmetadatacopies 1 v4 v5 d2");
    stage.see(&[0, 2]);
    stage.compare("vgsplit v4 v6 d0", Words::OwnErrors);
}

#[test]
fn split_volume_by_volume() {
    let Some(mut stage) = whole("vgsplit --name") else { return };
    stage.own_seqno = true;
    stage.reset("lvremove -y vg/s");
    stage.same("vgsplit -n b vg v6");
    stage.same("vgsplit -n a vg v6");
    stage.same("vgsplit -n v6/a v6 vg");
    stage.reset("vgexport v6");
    stage.same("vgsplit vg v6 d2");
    stage.same("vgsplit v6 vg d1");
}

#[test]
fn merged() {
    let Some(stage) = whole("vgmerge") else { return };
    stage.reset("vgcreate -s 1m v2 d3");
    stage.reset("vgcreate -s 2m v4 d4");
    stage.reset("lvcreate -an -Zn -l3 -n a v2");
    stage.compare("vgmerge", Words::Own);
    stage.same("vgmerge a b c");
    stage.same("vgmerge v2 v2");
    stage.same("vgmerge v2 nope");
    stage.same("vgmerge nope v2");
    stage.same("vgmerge vg v2");
    stage.same("vgmerge vg v4");
    stage.reset("lvrename v2/a v2/aa");
    stage.reset("vgchange -p 3 vg");
    stage.same("vgmerge vg v2");
    stage.reset("vgchange -p 0 -l 3 vg");
    stage.same("vgmerge vg v2");
    stage.reset("vgchange -l 0 vg");
    stage.reset("vgexport v2");
    stage.same("vgmerge vg v2");
    stage.reset("vgimport v2");
    stage.same("vgmerge -l vg v2");
}

#[test]
fn incomplete() {
    let Some(mut stage) = whole("vgsplit of an incomplete group") else { return };
    stage.reset("vgcreate -s 1m v2 d3");
    stage.see(&[0, 1, 3]);
    for line in ["vgsplit vg v2 d1", "vgsplit vg v3 d1", "vgsplit -n b vg v2", "vgmerge vg v2"] {
        stage.same(line);
    }
    stage.compare("vgsplit v2 vg d3", Words::OwnErrors);
    stage.compare("vgmerge v2 vg", Words::OwnErrors);
    stage.see(&[]);
    stage.reset("vgexport vg");
    stage.see(&[0, 1, 3]);
    stage.same("vgsplit vg v2 d1");
    stage.same("vgsplit v2 vg d3");
    stage.same("vgmerge vg v2");
    stage.see(&[]);
    stage.reset("vgimport vg");
    stage.reset("vgchange -y --systemid other vg");
    stage.same("vgsplit vg v2 d1");
    stage.same("vgmerge vg v2");
}

#[test]
fn tested() {
    let Some(stage) = whole("vgsplit --test") else { return };
    stage.reset("vgcreate -s 1m v2 d3");
    for line in [
        "vgsplit -t vg v3 d2",
        "vgsplit -t vg v2 d2",
        "vgsplit -t v2 vg d3",
        "vgsplit -t v2 v3 d3",
        "vgmerge -t vg v2",
    ] {
        stage.compare(line, Words::OwnErrors);
    }
}
