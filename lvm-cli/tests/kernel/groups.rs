//! What cannot be done to groups while volumes are active, beside lvm2.

use std::fs;

use crate::twin::Twin;

#[test]
fn active_volumes_are_in_the_way() {
    let Some(twin) = Twin::new(&[32, 32, 32, 32]) else { return };
    let devices = twin.bench.paths().iter().map(|path| (*path).to_owned()).collect::<Vec<_>>();
    let line = |text: &str| {
        let mut text = text.to_owned();
        for (at, device) in devices.iter().enumerate() {
            text = text.replace(&format!("D{at}"), device);
        }
        text
    };
    for reset in [
        "vgcreate -s 1m vg D0 D1",
        "lvcreate -an -Zn -l4 -n a vg D0",
        "lvcreate -ay -Zn -Wn -l4 -n b vg D1",
        "vgcreate -s 1m v2 D2",
    ] {
        let said = twin.theirs(&line(reset));
        assert!(said.ok(), "{reset}: {said:?}");
    }
    for text in ["vgexport vg", "vgchange -u vg", "pvchange -u D0", "vgsplit vg other D1", "vgmerge v2 vg"] {
        let (ours, theirs) = (twin.ours(&line(text)), twin.theirs(&line(text)));
        assert_eq!((ours.code, &ours.out), (5, &theirs.out), "{text}: {ours:?} {theirs:?}");
        assert_eq!(theirs.code, 5, "{text}: {theirs:?}");
        // Both say it in one line, ours with more behind it.
        assert_eq!(ours.err.lines().next(), theirs.err.lines().next(), "{text}: {ours:?} {theirs:?}");
    }
    // The inactive one may go.
    let said = twin.ours(&line("vgsplit vg other D0"));
    assert!(said.ok(), "{said:?}");
}

#[test]
fn a_clone_is_imported_while_its_original_is_active() {
    let Some(twin) = Twin::new(&[32, 32]) else { return };
    let (first, second) = (twin.bench.paths()[0].to_owned(), twin.bench.paths()[1].to_owned());
    twin.ok(&format!("vgcreate -s 1m vg {first}"));
    twin.ok("lvcreate -Zn -Wn -l4 -n a vg");
    fs::write(&second, fs::read(&first).unwrap()).unwrap();
    let before = crate::twin::devices();
    let said = twin.ours_on(&[&first, &second], &format!("vgimportclone -n copy {second}"));
    assert!(said.ok(), "{said:?}");
    // Nothing happened to the original's devices.
    assert_eq!(crate::twin::devices(), before);
    twin.ok("vgchange -ay copy");
    assert_ne!(crate::twin::devices(), before);
    // Now it is the copy that is active.
    let said = twin.ours(&format!("vgimportclone {second}"));
    assert_eq!(said.code, 5, "{said:?}");
    assert!(said.err.contains("has active logical volumes"), "{said:?}");
    twin.ok("vgchange -an vg copy");
}
