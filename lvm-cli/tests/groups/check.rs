//! `pvck`.

use std::fs;

use crate::stage;
use crate::stage::Words;

const KINDS: [&str; 4] = ["headers", "metadata", "metadata_all", "metadata_search"];

#[test]
fn whole_and_damaged() {
    let Some(stage) = stage("pvck", &[16, 16, 16, 16]) else { return };
    stage.reset("vgcreate -s 1m vg d0 d1");
    stage.reset("lvcreate -an -Zn -l5 -n a vg d0");
    stage.reset("pvcreate --pvmetadatacopies 2 d2");
    for line in ["pvck", "pvck --dump headers", "pvck --dump nope d0"] {
        stage.compare(line, Words::Own);
    }
    stage.same("pvck d0 d1");
    stage.same("pvck d2");
    stage.same("pvck d3");
    stage.same("pvck d0 d3");
    stage.same("pvck /dev/nope");
    stage.same("pvck --labelsector 2 d0");
    stage.same("pvck --dump headers d0 d1");
    for kind in KINDS {
        for device in 0..4 {
            stage.same(&format!("pvck --dump {kind} d{device}"));
        }
    }
    for settings in ["mda_num=1", "mda_num=2", "foo=1"] {
        stage.same(&format!("pvck --dump metadata --settings {settings} d0"));
    }
    for settings in ["mda_offset=4096", "metadata_offset=5632", "seqno=1", "mda_num=1"] {
        stage.same(&format!("pvck --dump metadata_search --settings {settings} d0"));
    }
    stage.same("pvck --dump metadata --pvmetadatacopies 0 d0");
    stage.same("pvck --dump metadata_search --pvmetadatacopies 2 d3");
    stage.same("pvck --dump headers --labelsector 2 d0");

    stage.damage(1, 5700, b"{{{{ = ]");
    stage.compare("pvck d1", Words::Own);
    for kind in KINDS {
        stage.compare(&format!("pvck --dump {kind} d1"), Words::OwnErrors);
    }
    // No header at all.
    stage.damage(1, 4096, &[0; 512]);
    stage.compare("pvck d1", Words::Own);
    for kind in KINDS {
        stage.compare(&format!("pvck --dump {kind} d1"), Words::OwnErrors);
    }
    // A label whose id is damaged.
    stage.damage(1, 560, b"{|}~");
    stage.compare("pvck d1", Words::Own);
    for kind in KINDS {
        stage.compare(&format!("pvck --dump {kind} d1"), Words::OwnErrors);
    }
}

#[test]
fn written_to_files() {
    let Some(stage) = stage("pvck --file", &[16]) else { return };
    stage.reset("vgcreate -s 1m vg d0");
    stage.reset("vgchange --addtag t vg");
    for kind in ["metadata", "metadata_all", "metadata_search"] {
        let ours = stage.ours(&format!("pvck --dump {kind} -f DIR/{kind}.ours d0"));
        let theirs = stage.theirs(&format!("pvck --dump {kind} -f DIR/{kind}.theirs d0"));
        assert_eq!((ours.code, &ours.out), (0, &theirs.out), "{ours:?} {theirs:?}");
        let read = |who: &str| fs::read(stage.dir().join(format!("{kind}.{who}"))).unwrap();
        assert_eq!(read("ours"), read("theirs"), "{kind}");
        // A file that is there stays.
        assert_eq!(stage.ours(&format!("pvck --dump {kind} -f DIR/{kind}.ours d0")).code, 5);
    }
    let ours = stage.ours("pvck --dump metadata_area -f DIR/area d0");
    assert_eq!(ours.code, 0, "{ours:?}");
    assert_eq!(fs::read(stage.dir().join("area")).unwrap(), stage.bytes(0, 4096, 1_044_480));
}
