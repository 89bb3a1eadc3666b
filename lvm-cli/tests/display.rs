//! Displays of groups on image files: fixed texts, and what is refused.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod support;

use support::Folder;

fn group() -> Folder {
    let folder = Folder::new(&[("a.img", 16), ("b.img", 16), ("c.img", 16), ("raw.img", 4)]);
    folder.run("vgcreate -s 1m --addtag g vg a.img b.img").ok();
    folder.run("pvcreate c.img").ok();
    folder.run("lvcreate -l 4 -n lin vg a.img").ok();
    folder.run("lvcreate -i 2 -I 32k -l 4 -n str --addtag t vg").ok();
    folder.run("lvextend -l +12 vg/lin").ok();
    folder
}

/// The output with ids, times and the host left open.
fn shown(folder: &Folder, line: &str) -> String {
    let text = folder.run(line).ok();
    let lines = text.lines().map(|line| {
        let line = match line.split_once("host, time ") {
            Some((start, _)) => format!("{start}host, time HOST, TIME"),
            None => line.to_owned(),
        };
        match line.rsplit_once([' ', ':']) {
            Some((start, last)) if last.len() == 38 && last.matches('-').count() == 6 => {
                format!("{}ID", line.get(..start.len() + 1).unwrap())
            }
            _ => line,
        }
    });
    lines.map(|line| format!("{line}\n")).collect()
}

const LIN: &str = "  --- Logical volume ---
  LV Path                /dev/vg/lin
  LV Name                lin
  VG Name                vg
  LV UUID                ID
  LV Write Access        read/write
  LV Creation host, time HOST, TIME
  LV Size                16.00 MiB
  Current LE             16
  Segments               3
  Allocation             inherit
  Read ahead sectors     auto
   
";

const STR: &str = "  --- Logical volume ---
  LV Path                /dev/vg/str
  LV Name                str
  VG Name                vg
  LV UUID                ID
  LV Write Access        read/write
  LV Creation host, time HOST, TIME
  LV Size                4.00 MiB
  Current LE             4
  Segments               1
  Allocation             inherit
  Read ahead sectors     auto
   
";

const VG: &str = "  --- Volume group ---
  VG Name               vg
  System ID             
  Format                lvm2
  Metadata Areas        2
  Metadata Sequence No  4
  VG Access             read/write
  VG Status             resizable
  MAX LV                0
  Cur LV                2
  Open LV               0
  Max PV                0
  Cur PV                2
  Act PV                2
  VG Size               30.00 MiB
  PE Size               1.00 MiB
  Total PE              30
  Alloc PE / Size       20 / 20.00 MiB
  Free  PE / Size       10 / 10.00 MiB
  VG UUID               ID
   
";

#[test]
fn logical_volumes() {
    let folder = group();
    assert_eq!(shown(&folder, "lvdisplay"), format!("{LIN}{STR}"));
    assert_eq!(shown(&folder, "lvdisplay vg/str vg/lin"), format!("{LIN}{STR}"));
    assert_eq!(shown(&folder, "lvdisplay @t"), STR);
    let maps = "  --- Segments ---
  Logical extents 0 to 3:
    Type\t\tstriped
    Stripes\t\t2
    Stripe size\t\t32.00 KiB
    Stripe 0:
      Physical volume\ta.img
      Physical extents\t4 to 5
    Stripe 1:
      Physical volume\tb.img
      Physical extents\t0 to 1
   
   
";
    assert_eq!(shown(&folder, "lvdisplay --maps vg/str"), format!("{STR}{maps}"));
    assert_eq!(
        shown(&folder, "lvdisplay -c"),
        "  /dev/vg/lin:vg:3:0:-1:0:32768:16:-1:0:-1:-1:-1\n  /dev/vg/str:vg:3:0:-1:0:8192:4:-1:0:-1:-1:-1\n"
    );
    let columns = folder.run("lvdisplay -C --noheadings -o lv_name,lv_size --units m vg").ok();
    assert_eq!(columns, folder.run("lvs --noheadings -o lv_name,lv_size --units m vg").ok());
}

#[test]
fn volume_groups() {
    let folder = group();
    assert_eq!(shown(&folder, "vgdisplay"), VG);
    assert_eq!(shown(&folder, "vgdisplay -s"), "  \"vg\" 30.00 MiB [20.00 MiB used / 10.00 MiB free]\n");
    assert_eq!(shown(&folder, "vgdisplay -c vg"), "  vg:r/w:772:-1:0:2:0:-1:0:2:2:30720:1024:30:20:10:ID\n");
    // Nothing on image files is active.
    assert_eq!(shown(&folder, "vgdisplay -A"), "");
    let pvs = "  --- Physical volumes ---
  PV Name               a.img     
  PV UUID               ID
  PV Status             allocatable
  Total PE / Free PE    15 / 0
   
  PV Name               b.img     
  PV UUID               ID
  PV Status             allocatable
  Total PE / Free PE    15 / 10
   
";
    assert_eq!(shown(&folder, "vgdisplay -v @g"), format!("{VG}{LIN}{STR}{pvs}"));
}

#[test]
fn physical_volumes() {
    let folder = group();
    let a = "  --- Physical volume ---
  PV Name               a.img
  VG Name               vg
  PV Size               16.00 MiB / not usable 0   
  Allocatable           yes (but full)
  PE Size               1.00 MiB
  Total PE              15
  Free PE               0
  Allocated PE          15
  PV UUID               ID
   
  --- Physical Segments ---
  Physical extent 0 to 3:
    Logical volume\t/dev/vg/lin
    Logical extents\t0 to 3
  Physical extent 4 to 5:
    Logical volume\t/dev/vg/str
    Logical extents\t0 to 3
  Physical extent 6 to 14:
    Logical volume\t/dev/vg/lin
";
    let text = shown(&folder, "pvdisplay -m a.img");
    assert!(text.starts_with(a), "{text}");
    assert_eq!(
        shown(&folder, "pvdisplay -s"),
        "  Device \"a.img\" has a capacity of 0   \n  Device \"b.img\" has a capacity of 10.00 MiB\n  \
         Device \"c.img\" has a capacity of 16.00 MiB\n"
    );
    assert_eq!(
        shown(&folder, "pvdisplay -c b.img c.img"),
        "  b.img:vg:32768:-1:8:8:-1:1024:15:10:5:ID\n  \
         \"c.img\" is a new physical volume of \"16.00 MiB\"\n  c.img::32768:-1:0:0:-1:0:0:0:0:ID\n"
    );
    let new = "  --- NEW Physical volume ---
  PV Name               c.img
  VG Name               
  PV Size               16384.00 KiB
  Allocatable           NO
  PE Size               0 KiB
  Total PE              0
  Free PE               0
  Allocated PE          0
  PV UUID               ID
   
";
    assert_eq!(shown(&folder, "pvdisplay -qq --units k c.img"), new);
    let said = folder.run("pvdisplay -s raw.img c.img");
    assert_eq!(said.stdout, "  Device \"c.img\" has a capacity of 16.00 MiB\n");
    assert!(said.fails(5).contains("Failed to find physical volume \"raw.img\"."));
}

#[test]
fn devices() {
    let folder = group();
    assert_eq!(
        shown(&folder, "lvmdiskscan"),
        "  a.img   [      16.00 MiB] LVM physical volume\n  b.img   [      16.00 MiB] LVM physical volume\n  \
         c.img   [      16.00 MiB] LVM physical volume\n  raw.img [       4.00 MiB] \n  1 disk\n  \
         0 partitions\n  3 LVM physical volume whole disks\n  0 LVM physical volumes\n"
    );
    let said = folder.run("lvmdiskscan -l");
    assert_eq!(said.stderr, "  WARNING: only considering LVM devices\n");
    assert!(said.stdout.ends_with("  3 LVM physical volume whole disks\n  0 LVM physical volumes\n"));
    assert!(!said.stdout.contains("raw.img"));
    assert_eq!(folder.run("pvscan --listvg b.img").ok(), "  VG vg\n");
    assert_eq!(folder.run("pvscan --listlvs b.img").ok(), "  VG vg\n  LV vg/lin\n  LV vg/str\n");
    let complete = "  VG vg complete\n  LV vg/lin complete\n  LV vg/str complete\n";
    assert_eq!(folder.run("pvscan --cache --listlvs --checkcomplete a.img").ok(), complete);
}

#[test]
fn selections() {
    let folder = group();
    assert_eq!(shown(&folder, "lvdisplay -S lv_name=str"), STR);
    assert_eq!(shown(&folder, "lvdisplay -S size>8m vg"), LIN);
    assert_eq!(shown(&folder, "vgdisplay -S lv_name=lin"), VG);
    assert_eq!(shown(&folder, "vgdisplay -S vg_tags=other"), "");
    let c = "  Device \"c.img\" has a capacity of 16.00 MiB\n";
    assert_eq!(shown(&folder, "pvdisplay -s -S pv_in_use=0"), c);
    assert_eq!(shown(&folder, "pvdisplay -s -S pv_in_use=0 a.img"), "");
    assert!(folder.run("vgdisplay -S nosuch=1").fails(5).contains("Unrecognised"));
    assert_eq!(folder.run("lvdisplay -C -H --noheadings -o name").ok(), "  lin \n  str \n");
}

#[test]
fn what_does_not_go_together() {
    let folder = group();
    for (line, message) in [
        ("pvdisplay -c -m", "Option -c not allowed with option -m"),
        ("pvdisplay -c -s", "Option -c is not allowed with option -s"),
        ("pvdisplay -a", "Incompatible options selected"),
        ("pvdisplay -C -m", "Incompatible options selected"),
        ("pvdisplay --noheadings", "Incompatible options selected"),
        ("pvdisplay --units x", "Invalid units specification"),
        ("vgdisplay -c -s", "Option -c is not allowed with option -s"),
        ("vgdisplay -A vg", "Option -A is not allowed with volume group names"),
        ("vgdisplay -C -A", "Incompatible options selected"),
        ("vgdisplay vg/lin", "Invalid volume group name vg/lin."),
        ("lvdisplay -c -m", "Options -c and -m are incompatible."),
        ("lvdisplay -C -m", "Incompatible options selected"),
        ("lvdisplay -o name", "Incompatible options selected"),
        ("lvdisplay --rows", "unrecognized option '--rows'"),
        ("pvscan -e -n", "Options -e and -n are incompatible"),
        ("pvscan --listvg a.img b.img", "Command does not accept argument: b.img."),
        ("pvscan --listlvs", "Command does not accept option: --listlvs."),
        ("pvscan --cache -s", "Command does not accept option: --cache."),
        ("pvscan --autoactivation event", "Command does not accept option: --autoactivation event."),
        ("lvmdiskscan vg", "Command does not accept argument: vg."),
    ] {
        let said = folder.run(line);
        assert_eq!(said.stdout, "", "{line}");
        assert!(said.stderr.contains(message), "{line}: {said:?}");
        assert_eq!(said.code, 3, "{line}");
    }
    for (line, message) in [
        ("vgdisplay nosuch", "Volume group \"nosuch\" not found\n  Cannot process volume group nosuch\n"),
        ("lvdisplay nosuch/lv", "Volume group \"nosuch\" not found\n"),
        ("lvdisplay vg/nosuch", "Failed to find logical volume \"vg/nosuch\"\n"),
        ("lvdisplay -H vg/-nosuch", "Failed to find logical volume \"vg/-nosuch\"\n"),
        ("pvdisplay nosuch.img", "Cannot use nosuch.img: device not found\n"),
    ] {
        let said = folder.run(line);
        assert!(said.stderr.contains(message), "{line}: {said:?}");
        assert_eq!((said.code, &*said.stdout), (5, ""), "{line}");
    }
}
