//! New uuids, system ids, and metadata areas that are in use or not.

use crate::stage;
use crate::stage::Words;

#[test]
fn new_uuids() {
    let Some(mut stage) = stage("vgchange and pvchange --uuid", &[16, 16, 16, 16]) else { return };
    stage.reset("vgcreate -s 1m vg d0 d1");
    stage.reset("lvcreate -an -Zn -l20 -n a vg");
    stage.reset("vgcreate -s 1m v2 d2");
    stage.reset("pvcreate d3");
    stage.same("vgchange -u nope");
    stage.same("vgchange -u vg");
    stage.same("vgchange -u --addtag x vg v2");
    stage.same("vgchange -u");
    stage.compare("pvchange -u", Words::Own);
    stage.same("pvchange -u -a d0");
    stage.same("pvchange -u d3");
    stage.same("pvchange -u d0");
    stage.same("pvchange -u d0 d1");
    stage.same("pvchange -u --addtag y d0");
    stage.same("pvchange -xn -u d0");
    stage.same("pvchange -u -a");
    stage.same("pvchange -u /dev/nope");
    stage.same("pvchange -u --addtag y d3");
    stage.see(&[0, 2]);
    stage.compare("vgchange -u vg", Words::OwnErrors);
}

#[test]
fn owners() {
    let Some(mut stage) = stage("vgchange --systemid", &[16, 16]) else { return };
    let host = |name: &str| format!("global/system_id_source=\"lvmlocal\" local/system_id=\"{name}\"");
    stage.reset("vgcreate -s 1m vg d0");
    stage.same("vgchange --systemid hostA vg");
    stage.compare("vgchange --systemid hostA", Words::Own);
    stage.config(&host("hostA"));
    stage.same("vgchange --systemid hostA --addtag x vg");
    stage.same("vgchange --systemid hostA vg");
    stage.same("vgchange --systemid hostA vg");
    stage.same("vgchange --systemid hostB vg");
    stage.same("vgchange --systemid '' vg");
    stage.config(&host("hostB"));
    stage.same("vgchange -y --systemid hostB vg");
    stage.config(&host("hostA"));
    stage.same("vgchange -y --systemid '' vg");
    stage.same("vgchange -y --systemid '' vg");
    stage.same("vgchange -y --systemid hostB vg");
    stage.config("");
    stage.compare("vgchange -y --systemid hostC vg", Words::OwnErrors);
    stage.config(&host("hostB"));
    stage.same("vgchange -y --systemid b+d.x! vg");
}

#[test]
fn areas_in_use() {
    let Some(mut stage) = stage("pvchange --metadataignore", &[16, 16, 16, 16]) else { return };
    stage.reset("vgcreate -s 1m vg d0 d1 d2");
    stage.reset("pvcreate d3");
    stage.same("pvchange --metadataignore y d0");
    stage.same("pvchange --metadataignore y d0");
    stage.same("pvchange --metadataignore n d0 d1");
    // One version for both.
    stage.own_seqno = true;
    stage.same("pvchange --metadataignore y d0 d1 d2");
    stage.same("pvchange --metadataignore y d3");
    stage.same("pvchange --metadataignore y d3");
    stage.same("pvchange --metadataignore n d3");
    stage.same("pvchange --metadataignore n -a");
    stage.reset("pvcreate -ff -y --pvmetadatacopies 2 d3");
    stage.same("pvchange --metadataignore y d3");
    stage.same("pvchange --metadataignore z d3");
    stage.reset("pvcreate -ff -y --pvmetadatacopies 0 d3");
    stage.same("pvchange --metadataignore y d3");
    stage.reset("pvchange --metadataignore y d2");
    stage.reset("vgchange --vgmetadatacopies 2 vg");
    stage.same("pvchange --metadataignore y d0");
    stage.same("pvchange -f --metadataignore y d0");
    stage.same("pvchange -f --metadataignore n d0");
    stage.same("pvchange -f --metadataignore n d0");
    stage.reset("vgexport vg");
    stage.same("pvchange --metadataignore n d0");
}
