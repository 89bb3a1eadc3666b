//! `vgcfgrestore`.

use crate::stage;
use crate::stage::Words;

#[test]
fn listed_and_restored() {
    let Some(mut stage) = stage("vgcfgrestore", &[16, 16, 16]) else { return };
    let dirs = "backup/backup=1 backup/archive=1 backup/backup_dir=\"DIR/backup\" backup/archive_dir=\"DIR/archive\"";
    stage.config(dirs);
    stage.reset("vgcreate -s 1m vg d0 d1");
    stage.reset("lvcreate -an -Zn -l5 -n a vg d0");
    stage.reset("lvcreate -an -Zn -l5 -n b vg d1");
    stage.reset("vgcfgbackup -f DIR/two vg");
    stage.reset("lvremove -y vg/a");
    stage.same("vgcfgrestore -l vg");
    stage.same("vgcfgrestore -l nope");
    stage.same("vgcfgrestore -l -f DIR/two vg");
    stage.same("vgcfgrestore -l -f DIR/two");
    stage.same("vgcfgrestore -l -f DIR/nope");
    stage.same("vgcfgrestore -l b%d");
    stage.same("vgcfgrestore b%d");
    stage.same("vgcfgrestore vg v2");
    for line in ["vgcfgrestore", "vgcfgrestore -l", "vgcfgrestore -f DIR/two"] {
        stage.compare(line, Words::Own);
    }
    stage.same("vgcfgrestore -f DIR/two other");
    stage.same("vgcfgrestore -f DIR/nope vg");
    stage.same("vgcfgrestore nope");
    // Above the version on the disks, not above the file's.
    stage.own_seqno = true;
    stage.same("vgcfgrestore -f DIR/two vg");
    stage.same("vgcfgrestore -f DIR/two --force vg");
    stage.reset("vgremove -ff -y vg");
    stage.same("vgcfgrestore -f DIR/two vg");
    stage.reset("vgexport vg");
    stage.same("vgcfgrestore -f DIR/two vg");
    stage.reset("vgremove -ff -y vg");
    stage.reset("pvremove d1");
    stage.same("vgcfgrestore -f DIR/two vg");
}
