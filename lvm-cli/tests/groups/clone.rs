//! `vgimportclone`.

use crate::stage;
use crate::stage::Words;

#[test]
fn clones() {
    let Some(mut stage) = stage("vgimportclone", &[16, 16, 16, 16, 16]) else { return };
    stage.reset("vgcreate -s 1m vg d0 d1");
    stage.reset("lvcreate -an -Zn -l20 -n a vg");
    let copy = |stage: &crate::stage::Stage| {
        stage.copy(0, 2);
        stage.copy(1, 3);
    };
    copy(&stage);
    stage.compare("vgimportclone", Words::Own);
    stage.compare("vgimportclone d2", Words::OwnErrors);
    stage.same("vgimportclone d2 d3 d4");
    stage.same("vgimportclone d2 d3 /dev/nope");
    stage.reset("pvcreate d4");
    stage.same("vgimportclone d2 d3 d4");
    stage.same("vgimportclone d2 d3");
    stage.same("vgs -o name,vg_attr,pv_name");
    copy(&stage);
    stage.same("vgimportclone -n vg d2 d3");
    copy(&stage);
    stage.same("vgimportclone -n other d2 d3");
    copy(&stage);
    stage.reset("vgcreate vg1 d4");
    stage.same("vgimportclone -n vg1 d2 d3");
    copy(&stage);
    stage.same("vgimportclone d2 d3");
    stage.same("vgs -o name,vg_attr,pv_name");
    // With nothing else in view the name is taken all the same.
    copy(&stage);
    stage.see(&[2, 3]);
    stage.same("vgimportclone d2 d3");
}

#[test]
fn clones_of_exported_groups() {
    let Some(stage) = stage("vgimportclone --import", &[16, 16]) else { return };
    stage.reset("vgcreate -s 1m vg d0");
    stage.reset("vgexport vg");
    stage.copy(0, 1);
    stage.same("vgimportclone -n vx d1");
    stage.same("vgimportclone -i -n vx d1");
    stage.same("vgs -o name,vg_attr,pv_name");
    stage.copy(0, 1);
    // A name that no reader takes, which lvm2 writes, and that is the end of the group.
    let refused = stage.ours("vgimportclone -i -n b@d d1");
    assert_eq!(refused.code, 5, "{refused:?}");
}

#[test]
fn a_clone_that_cannot_be_told_from_its_original() {
    let Some(stage) = stage("vgimportclone without a metadata area", &[16, 16, 16, 16]) else { return };
    stage.reset("vgcreate -s 1m vg d0 d1");
    stage.reset("pvchange --metadataignore y d1");
    stage.copy(0, 2);
    stage.copy(1, 3);
    stage.same("vgimportclone d2 d3");
}
