//! `vgexport` and `vgimport`, and what others make of an exported group.

use crate::stage;
use crate::stage::Words;

#[test]
fn exported_and_imported() {
    let Some(mut stage) = stage("vgexport", &[16, 16, 16, 16]) else { return };
    stage.reset("vgcreate -s 1m vg d0 d1");
    stage.reset("vgcreate -s 1m vg2 d2");
    stage.reset("pvcreate d3");
    stage.reset("lvcreate -an -Zn -l5 -n a vg");
    stage.same("vgexport -a vg");
    stage.compare("vgexport", Words::OwnErrors);
    stage.same("vgexport nope");
    stage.same("vgexport vg");
    stage.same("vgexport vg");
    stage.same("vgimport nope");
    for line in [
        "vgs vg",
        "pvs",
        "lvcreate -an -l1 vg",
        "lvremove vg/a",
        "lvchange --addtag x vg/a",
        "vgchange --addtag t vg",
        "vgchange --addtag t",
        "vgextend vg d3",
        "vgreduce vg d1",
        "vgreduce --removemissing vg",
        "vgremove -y vg",
        "vgck vg",
        "vgck",
        "pvchange -xn d0",
        "pvresize d0",
        "lvs",
        "lvscan",
        "lvrename vg/a vg/b",
        "lvresize -l+1 vg/a",
        "vgscan",
        "pvscan",
    ] {
        stage.same(line);
    }
    stage.same("vgrename vg other");
    stage.same("vgimport -a");
    stage.same("vgimport other");
    stage.same("vgexport -a");
    stage.same("vgexport -a");
    stage.same("vgimport other nope vg2");
    stage.reset("vgchange --addtag t vg2");
    stage.same("vgexport @t");
    stage.same("vgexport @t");
    stage.same("vgimport @t");
    stage.see(&[0, 1]);
    stage.same("vgexport other");
    stage.same("vgimport other");
    stage.see(&[]);
    stage.same("vgexport -S vg_name=nope");
    stage.same("vgexport -S vg_name=vg2");
    stage.same("vgimport -S vg_exported=1");
    stage.same("vgimport -S vg_name=~v");
    stage.same("vgexport other -S vg_name=vg2");
}

#[test]
fn the_host_that_imports_owns_it() {
    let Some(mut stage) = stage("vgimport with system ids", &[16, 16]) else { return };
    let host = |name: &str| format!("global/system_id_source=\"lvmlocal\" local/system_id=\"{name}\"");
    stage.config(&host("hostA"));
    stage.reset("vgcreate -s 1m vg d0 d1");
    stage.config(&host("hostB"));
    stage.same("vgexport vg");
    stage.same("vgimport vg");
    stage.config("");
    stage.compare("vgexport vg", Words::OwnErrors);
    stage.config(&host("hostA"));
    stage.same("vgexport vg");
    stage.config(&host("hostB"));
    stage.same("vgimport vg");
}

#[test]
fn imported_without_all_its_disks() {
    let Some(mut stage) = stage("vgimport --force", &[16, 16]) else { return };
    stage.reset("vgcreate -s 1m vg d0 d1");
    stage.reset("vgexport vg");
    stage.reset("pvremove -ff -y d1");
    stage.see(&[0]);
    stage.compare("vgimport vg", Words::OwnErrors);
    stage.compare("vgimport -f vg", Words::OwnErrors);
    stage.compare("vgexport vg", Words::OwnErrors);
    stage.compare("vgimport -f vg", Words::OwnErrors);
}
