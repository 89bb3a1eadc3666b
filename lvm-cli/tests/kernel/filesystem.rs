//! `--resizefs`: the file system follows its volume.

use crate::bench::run;
use crate::twin::Twin;

/// Bytes of the ext4 on a device, from its superblock.
fn ext4_size(device: &str) -> u64 {
    let text = run("dumpe2fs", &["-h", device]);
    let number = |key: &str| -> u64 {
        let line = text.lines().find_map(|line| line.strip_prefix(key)).unwrap();
        line.trim().parse().unwrap()
    };
    number("Block count:") * number("Block size:")
}

#[test]
fn the_file_system_follows() {
    let Some(twin) = Twin::new(&[400]) else { return };
    let [first] = twin.bench.paths()[..] else { panic!() };
    twin.ok(&format!("vgcreate -s 1m vg0 {first}"));
    twin.ok("lvcreate -L32 -n a vg0");
    run("mkfs.ext4", &["-q", "/dev/vg0/a"]);
    let plan = twin.ours("lvextend -t -r -L+16 vg0/a").err;
    assert!(plan.contains("resize2fs") && plan.contains("e2fsck"), "{plan}");
    assert_eq!(ext4_size("/dev/vg0/a"), 32 << 20);
    assert!(twin.ours("lvextend -r -L+16 vg0/a").ok());
    assert_eq!(ext4_size("/dev/vg0/a"), 48 << 20);
    assert!(twin.ours("lvreduce --fs resize -L24 vg0/a").ok());
    assert_eq!(ext4_size("/dev/vg0/a"), 24 << 20);
    run("e2fsck", &["-f", "-n", "/dev/vg0/a"]);
    // Without it the volume grows alone; what is smaller than the file system needs is refused.
    assert!(twin.ours("lvextend -L+8 vg0/a").ok());
    assert_eq!(ext4_size("/dev/vg0/a"), 24 << 20);
    twin.ok("lvcreate -L320 -n x vg0");
    run("mkfs.xfs", &["-q", "/dev/vg0/x"]);
    let said = twin.ours("lvreduce -y -r -L310 vg0/x");
    assert!(said.code == 5 && said.err.contains("xfs"), "{said:?}");
    twin.same("lvs -o lv_name,lv_size,lv_attr");
    // Not active: there is nothing that a tool could work on.
    twin.ok("lvchange -an vg0/a");
    let said = twin.ours("lvextend -r -L+8 vg0/a");
    assert!(said.code == 5 && said.err.contains("not active"), "{said:?}");
}
