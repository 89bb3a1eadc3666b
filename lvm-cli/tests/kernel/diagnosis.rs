//! `dm` prints what dmsetup prints; `doctor` says what is there.

use crate::bench::run;
use crate::twin::Twin;

/// Both print the same.
#[track_caller]
fn as_dmsetup(twin: &Twin, line: &str) -> String {
    let ours = twin.ours(&format!("dm {line}"));
    let theirs = run("dmsetup", &line.split_whitespace().collect::<Vec<_>>());
    assert!(ours.ok() && ours.err.is_empty(), "{ours:?}");
    assert_eq!(ours.out.trim(), theirs, "{line}");
    theirs
}

#[test]
fn devices_are_shown_as_by_dmsetup() {
    let Some(twin) = Twin::new(&[32, 32]) else { return };
    as_dmsetup(&twin, "ls");
    as_dmsetup(&twin, "table");
    as_dmsetup(&twin, "ls --tree");
    let [a, b] = twin.bench.paths()[..] else { panic!() };
    twin.ok(&format!("vgcreate -s 1m vg0 {a} {b}"));
    twin.ok("lvcreate -L8 -n a vg0");
    twin.ok("lvcreate -L8 -i2 -n st vg0");
    twin.ok("lvcreate -L4 -pr -n ro vg0");
    twin.bench.lvm2(&["lvcreate", "-s", "-L4", "-n", "snap", "vg0/a"]);
    run("dmsetup", &["suspend", "vg0-st"]);
    run("dmsetup", &["load", "vg0-st", "--table", "0 8 zero"]);
    for line in [
        "ls",
        "ls --tree",
        "table",
        "status",
        "info",
        "deps",
        "targets",
        "table vg0-st",
        "status vg0-snap",
        "info vg0-ro",
        "deps vg0-snap",
    ] {
        as_dmsetup(&twin, line);
    }
    assert!(as_dmsetup(&twin, "info vg0-st").contains("LIVE & INACTIVE"));
    assert_eq!(twin.ours("dm table /dev/mapper/vg0-ro").out, twin.ours("dm table vg0-ro").out);
    let said = twin.ours("dm table nosuch");
    assert_eq!((said.code, said.err.as_str()), (5, "Device nosuch not found"));
    assert_eq!(twin.ours("dm remove vg0-a").code, 3);
    assert_eq!(twin.ours("dm").code, 3);
    run("dmsetup", &["clear", "vg0-st"]);
    run("dmsetup", &["resume", "vg0-st"]);
}

#[test]
fn a_machine_that_is_ready() {
    let Some(twin) = Twin::new(&[32]) else { return };
    let said = twin.ours("doctor");
    assert_eq!(said.code, 0, "{said:?}");
    for line in ["ok       root: ", "ok       driver: ", "ok       target linear: loaded", "ok       locks: "]
    {
        assert!(said.out.contains(line), "{line}: {said:?}");
    }
    // The kernel of the tests has none.
    assert!(said.out.contains("target vdo: "), "{said:?}");
    let json = twin.ours("doctor --reportformat json").out;
    let json: serde_json::Value = serde_json::from_str(&json).unwrap();
    assert_eq!(json["ready"], true);
    assert_eq!(json["checks"].as_array().unwrap().len(), said.out.lines().count());
}
