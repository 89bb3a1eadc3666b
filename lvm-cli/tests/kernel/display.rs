//! What displays say of devices of the kernel.

use std::fs::File;

use crate::bench::run;
use crate::twin::Twin;

/// The line that is not compared: the tests' lvm2 shows times in another way.
const LEFT_OUT: &str = "  LV Creation host, time ";

/// Both say the same on standard output, apart from that line; returns what.
#[track_caller]
pub fn same(twin: &Twin, line: &str) -> String {
    let (ours, theirs) = (twin.ours(line), twin.theirs(line));
    let plain = |text: &str| {
        let kept = text.lines().filter(|line| !line.starts_with(LEFT_OUT));
        kept.map(|line| format!("{line}\n")).collect::<String>()
    };
    let (left, right) = (plain(&ours.out), plain(&theirs.out));
    for (left, right) in left.lines().zip(right.lines()) {
        assert_eq!(left, right, "{line}");
    }
    assert_eq!((ours.code, &left), (theirs.code, &right), "{line}: {ours:?} {theirs:?}");
    left
}

#[test]
fn states_of_devices() {
    let Some(twin) = Twin::new(&[64, 64, 32]) else { return };
    let [a, b, c] = twin.bench.paths()[..] else { panic!() };
    twin.ok(&format!("vgcreate -s 1m vg {a} {b}"));
    twin.ok(&format!("vgcreate -s 1m idle {c}"));
    twin.ok("lvcreate -L4 -n open vg");
    twin.ok("lvcreate -L4 -n off vg");
    twin.ok("lvchange -an vg/off");
    twin.ok("lvcreate -i2 -L4 -n held vg");
    twin.ok("lvcreate -L4 -r 256 -n far vg");
    twin.ok("lvcreate -L4 -r none -n near vg");
    twin.ok("lvcreate -L4 -pr -n ro vg");
    twin.ok("lvcreate -L4 -n here idle");
    twin.ok("vgchange -an idle");
    let open = File::open("/dev/vg/open").unwrap();
    run("dmsetup", &["suspend", "vg-held"]);
    let text = same(&twin, "lvdisplay");
    for line in [
        "  LV Status              available\n  # open                 1\n",
        "  LV Status              NOT available\n  LV Size",
        "  LV Status              suspended\n  # open                 0\n",
        "  Block device           ",
        "  - currently set to     ",
    ] {
        assert!(text.contains(line), "{line}: {text}");
    }
    let open_groups = same(&twin, "vgdisplay");
    assert!(open_groups.contains("  Open LV               1\n"), "{open_groups}");
    assert!(!same(&twin, "vgdisplay -A").contains("idle"));
    for line in [
        "lvdisplay -a -m",
        "lvdisplay -c",
        "vgdisplay -v",
        "vgdisplay -c",
        "vgdisplay -A -c",
        "vgdisplay -A -s",
    ] {
        same(&twin, line);
    }
    for line in ["lvdisplay vg/off vg/open", "pvdisplay -m", "lvscan", "lvmdiskscan", "lvdisplay -C"] {
        same(&twin, line);
    }
    run("dmsetup", &["resume", "vg-held"]);
    drop(open);
    same(&twin, "lvdisplay");
}

/// Volumes that lvm2 makes and lvmkit only shows.
#[test]
fn states_of_layered_devices() {
    let Some(twin) = Twin::new(&[64, 64]) else { return };
    let [a, b] = twin.bench.paths()[..] else { panic!() };
    twin.ok(&format!("vgcreate -s 1m vg {a} {b}"));
    twin.ok("lvcreate -L4 -n lv vg");
    for line in ["lvcreate -qy -s -L4 -n snap vg/lv", "lvcreate -qy --type raid1 -m1 -L4 -n r1 vg"] {
        twin.bench.lvm2(&line.split_whitespace().collect::<Vec<_>>());
    }
    let text = same(&twin, "lvdisplay -a");
    assert!(text.contains("snap [active]\n") && text.contains("  active destination for lv\n"), "{text}");
    for line in ["lvdisplay -a -c", "lvdisplay -a -m", "lvscan -a", "vgdisplay -v"] {
        same(&twin, line);
    }
    twin.bench.lvm2(&["vgchange", "-an", "vg"]);
    let text = same(&twin, "lvdisplay -a");
    assert!(text.contains("snap [INACTIVE]\n"), "{text}");
}
