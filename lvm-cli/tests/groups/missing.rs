//! Physical volumes that are missing or come back, and copies that are behind.

use crate::stage;
use crate::stage::{Stage, Words};

fn whole(test: &str) -> Option<Stage> {
    let stage = stage(test, &[16, 16, 16, 16])?;
    stage.reset("vgcreate -s 1m vg d0 d1 d2");
    stage.reset("lvcreate -an -Zn -l5 -n a vg d0");
    stage.reset("lvcreate -an -Zn -l5 -n b vg d1");
    stage.reset("lvcreate -an -Zn -l4 -i2 -n s vg d0 d1");
    stage.reset("lvcreate -an --type error -l2 -n e vg");
    Some(stage)
}

#[test]
fn restored() {
    let Some(mut stage) = whole("vgextend --restoremissing") else { return };
    stage.see(&[0, 2, 3]);
    stage.compare("vgchange --addtag x vg", Words::OwnErrors);
    stage.compare("lvremove -y vg/a", Words::OwnErrors);
    stage.compare("vgextend vg d3", Words::OwnErrors);
    stage.compare("vgreduce vg d3", Words::OwnErrors);
    stage.see(&[]);
    stage.same("vgs vg");
    stage.same("vgck vg");
    stage.compare("vgextend --restoremissing vg", Words::Own);
    stage.compare("vgextend --restoremissing vg d0", Words::OwnErrors);
    stage.compare("vgextend --restoremissing vg d3", Words::OwnErrors);
    stage.compare("vgextend --restoremissing vg d1 d0", Words::OwnErrors);
    stage.same("vgextend --restoremissing vg d1");
    stage.same("vgck vg");
}

#[test]
fn one_of_two_restored() {
    let Some(mut stage) = whole("vgextend --restoremissing of one") else { return };
    stage.see(&[0, 2]);
    stage.reset("lvremove -y vg/s");
    stage.see(&[2]);
    stage.reset("lvremove -y vg/b");
    stage.see(&[0, 2]);
    stage.same("vgs vg");
    stage.compare("vgextend --restoremissing vg d0", Words::OwnErrors);
    stage.same("vgs vg");
    stage.see(&[]);
    // It has nothing in use any more.
    stage.same("vgs vg");
    stage.compare("vgextend --restoremissing vg d0", Words::OwnErrors);
    stage.compare("vgextend --restoremissing vg d0 d1", Words::OwnErrors);
    stage.same("vgs vg");
}

#[test]
fn removed_missing() {
    let Some(mut stage) = whole("vgreduce --removemissing") else { return };
    stage.compare("vgreduce --removemissing vg d1", Words::Same);
    stage.compare("vgreduce --mirrorsonly vg", Words::Own);
    stage.same("vgreduce --removemissing vg");
    stage.see(&[0, 2]);
    stage.same("vgck vg");
    stage.same("vgreduce vg d2");
    stage.compare("vgreduce --removemissing vg", Words::OwnErrors);
    stage.compare("vgreduce --removemissing --mirrorsonly vg", Words::OwnErrors);
    stage.compare("vgreduce --removemissing -f --mirrorsonly vg", Words::OwnErrors);
    // lvm2 writes a version for each volume.
    stage.own_seqno = true;
    stage.compare("vgreduce --removemissing -f vg", Words::OwnErrors);
    stage.same("vgreduce --removemissing -f vg");
    stage.see(&[]);
    stage.same("vgs vg");
    stage.same("vgck vg");
    stage.same("vgck --updatemetadata vg");
    stage.same("vgck vg");
}

#[test]
fn removed_missing_that_is_empty() {
    let Some(mut stage) = whole("vgreduce --removemissing of an empty one") else { return };
    stage.see(&[0, 1]);
    stage.compare("vgreduce --removemissing vg", Words::OwnErrors);
    stage.same("vgs vg");
}

#[test]
fn written_anew() {
    let Some(mut stage) = whole("vgck --updatemetadata") else { return };
    stage.reset("vgcreate -s 1m v2 d3");
    stage.same("vgck --updatemetadata");
    stage.same("vgck --updatemetadata vg v2");
    stage.same("vgck --updatemetadata nope");
    stage.same("vgck nope");
    stage.same("vgck --updatemetadata vg");
    stage.see(&[0, 2, 3]);
    stage.same("vgck vg");
    stage.compare("vgck --updatemetadata vg", Words::OwnErrors);
    stage.see(&[]);
    stage.compare("vgck --updatemetadata vg", Words::OwnErrors);
    stage.same("vgck vg");
}

#[test]
fn taken_out() {
    let Some(mut stage) = whole("vgreduce of named ones") else { return };
    stage.same("vgreduce vg d2 d2");
    stage.reset("vgextend vg d2");
    stage.reset("pvchange --addtag @T d1 d2");
    stage.same("vgreduce vg @T");
    stage.same("vgreduce vg d9 d3");
    stage.compare("vgreduce vg @T d2", Words::OwnErrors);
    stage.reset("vgextend vg d2");
    stage.reset("pvchange --addtag T d2");
    stage.see(&[0, 1]);
    stage.same("vgreduce vg @T");
}

#[test]
fn resized() {
    let Some(mut stage) = whole("pvresize") else { return };
    // lvm2 writes a group once for each of its devices that is given, this program when it changes.
    stage.own_seqno = true;
    stage.reset("pvchange --addtag t d1 d2");
    for line in [
        "pvresize d3",
        "pvresize d3 d0",
        "pvresize d0 d0",
        "pvresize @t",
        "pvresize @nosuch",
        "pvresize /dev/nosuch d0",
        "pvresize --setphysicalvolumesize 15m d2",
        "pvresize --setphysicalvolumesize 15m -y d2",
        "pvresize --setphysicalvolumesize 4m -y d0",
    ] {
        stage.same(line);
    }
    stage.reset("vgcreate -s 1m v2 d3");
    stage.see(&[0, 1, 3]);
    stage.compare("pvresize d0", Words::OwnErrors);
    stage.compare("pvresize d0 d3 d1", Words::OwnErrors);
    stage.see(&[]);
    stage.reset("vgexport vg");
    stage.same("pvresize d0 d3 d1");
    stage.same("pvchange -xn d0 d3 d1");
    stage.see(&[0, 1, 3]);
    stage.same("pvresize d0");
    stage.compare("pvresize d0 d3 d1", Words::OwnErrors);
    stage.see(&[]);
    stage.reset("vgimport vg");
    stage.reset("vgchange -y --systemid other vg");
    stage.compare("pvresize d0", Words::OwnErrors);
    stage.compare("pvresize d0 d3", Words::OwnErrors);
}
