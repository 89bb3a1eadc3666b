//! Groups made by lvm2 itself: linear and striped volumes, tags, missing and exported.

use crate::both::Both;
use crate::ready;

const FORMS: [&str; 180] = [
    "pvdisplay",
    "pvdisplay -c",
    "pvdisplay -s",
    "pvdisplay -a",
    "pvdisplay -a -C",
    "pvdisplay -c -m",
    "pvdisplay -c -s",
    "pvdisplay -s -m",
    "pvdisplay -C -m",
    "pvdisplay -C -c",
    "pvdisplay -C -s",
    "pvdisplay -C",
    "pvdisplay -C -o name,size",
    "pvdisplay -o name",
    "pvdisplay --noheadings",
    "pvdisplay --aligned",
    "pvdisplay -O name",
    "pvdisplay --sort name",
    "pvdisplay --separator :",
    "pvdisplay --unbuffered",
    "pvdisplay --nosuffix @0",
    "pvdisplay --units b @0",
    "pvdisplay --units h @0",
    "pvdisplay -v @0",
    "pvdisplay -C -v @0",
    "pvdisplay --binary @0",
    "pvdisplay @0 @11",
    "pvdisplay /dev/nosuch",
    "pvdisplay @big",
    "pvdisplay -s @0",
    "pvdisplay -c @0 @1",
    "pvdisplay alpha",
    "pvdisplay -q",
    "pvdisplay -a @0",
    "pvdisplay --segments",
    "pvdisplay --rows",
    "pvdisplay --nameprefixes",
    "pvdisplay -m @0 @10",
    "pvdisplay --reportformat json @0",
    "pvdisplay -qs",
    "pvdisplay -qc",
    "vgdisplay",
    "vgdisplay -c",
    "vgdisplay -s",
    "vgdisplay -A",
    "vgdisplay -A alpha",
    "vgdisplay -v alpha",
    "vgdisplay -v -s alpha",
    "vgdisplay -v -c alpha",
    "vgdisplay -c -s",
    "vgdisplay -C",
    "vgdisplay -C -c",
    "vgdisplay -C -s",
    "vgdisplay -C -A",
    "vgdisplay -C -v",
    "vgdisplay -A -c",
    "vgdisplay -A -s",
    "vgdisplay -c -A alpha",
    "vgdisplay -o name",
    "vgdisplay --noheadings",
    "vgdisplay -C --noheadings --units b -o name,size",
    "vgdisplay nosuch",
    "vgdisplay alpha nosuch out",
    "vgdisplay beta-x alpha",
    "vgdisplay @zz",
    "vgdisplay alpha/lin",
    "vgdisplay --units k alpha",
    "vgdisplay --nosuffix alpha",
    "vgdisplay --units k --nosuffix alpha",
    "vgdisplay -s --units s alpha",
    "vgdisplay -c --units s alpha",
    "vgdisplay --binary alpha",
    "vgdisplay -vv alpha",
    "vgdisplay -a",
    "vgdisplay --partial alpha",
    "vgdisplay /dev/alpha",
    "vgdisplay alpha alpha",
    "vgdisplay -v out",
    "vgdisplay -v beta-x",
    "lvdisplay -c",
    "lvdisplay -C",
    "lvdisplay -c -m",
    "lvdisplay -C -m",
    "lvdisplay -C -c",
    "lvdisplay -C -v",
    "lvdisplay -C --segments",
    "lvdisplay --segments alpha/lin",
    "lvdisplay -C -a -o name,size --units b",
    "lvdisplay -o name",
    "lvdisplay --noheadings",
    "lvdisplay --aligned",
    "lvdisplay -O name",
    "lvdisplay --binary",
    "lvdisplay alpha/lin -m",
    "lvdisplay -m --units k alpha/str beta-x/skip",
    "lvdisplay -c alpha",
    "lvdisplay -c @x",
    "lvdisplay -c alpha/nosuch",
    "lvdisplay nosuch",
    "lvdisplay nosuch/lv",
    "lvdisplay -c beta-x alpha/lin",
    "lvdisplay -c /dev/alpha/lin",
    "lvdisplay -c /dev/mapper/beta--x-with--dash",
    "lvdisplay -c out",
    "lvdisplay out",
    "lvdisplay out/l1",
    "lvdisplay -v alpha/lin",
    "lvdisplay -H -c",
    "lvdisplay -H alpha/lin",
    "lvdisplay lin",
    "lvdisplay -c -a",
    "lvdisplay -c alpha/three alpha/lin alpha",
    "lvdisplay -c @zz",
    "lvdisplay --reportformat json alpha/lin",
    "lvdisplay -c alpha/lin alpha/nosuch beta-x",
    "lvscan",
    "lvscan -a",
    "lvscan -b",
    "lvscan --units k",
    "lvscan -v",
    "lvscan foo",
    "vgscan",
    "vgscan foo",
    "vgscan -v",
    "vgscan --cache",
    "pvscan",
    "pvscan -s",
    "pvscan -u",
    "pvscan -e",
    "pvscan -n",
    "pvscan -e -n",
    "pvscan -s -u",
    "pvscan -e -s",
    "pvscan -n -u",
    "pvscan -v",
    "pvscan foo",
    "pvscan --units b",
    "pvscan -q",
    "vgscan -q",
    "lvscan -q",
    "pvscan -a ay",
    "pvscan --reportformat json",
    "lvscan --reportformat json",
    "vgscan --reportformat json",
    "pvscan --major 7",
    "pvscan -c",
    "lvscan -c",
    "pvscan -a",
    "pvscan -t",
    "lvmdiskscan",
    "lvmdiskscan -l",
    "lvmdiskscan foo",
    "lvmdiskscan -q",
    "lvmdiskscan --units b",
    "lvmdiskscan -v",
    "pvscan --checkcomplete",
    "pvscan @0",
    "pvscan -a ay @0",
    "vgdisplay -s @x",
    "pvdisplay -c @7 @0",
    "pvscan -qq",
    "pvdisplay -qq -c",
    "vgscan -qq",
    "lvmdiskscan -qq",
    "vgdisplay -qq",
    "pvscan --udevoutput",
    "pvscan --vgonline",
    "pvscan --autoactivation event",
    "pvscan --background",
    "pvscan --listvg",
    "pvscan --listlvs",
    "pvscan --cache -e",
    "pvscan --cache -s @0",
    "pvscan --cache --checkcomplete @0",
    "vgdisplay -s out @zz",
    "lvdisplay -c out @x",
    "lvdisplay -a -c alpha/lin",
    "lvdisplay --partial -c",
    "pvdisplay --shared -s",
    "pvdisplay --units",
];

/// Forms in which sizes are shown.
const SIZES: [&str; 5] =
    ["vgdisplay -s", "pvdisplay -s", "lvdisplay -m alpha", "pvdisplay -m", "vgdisplay -v small"];

const UNITS: [&str; 27] = [
    "h", "H", "r", "R", "b", "B", "s", "S", "k", "K", "m", "M", "g", "G", "t", "T", "p", "P", "e", "E", "4m",
    "1.5k", "1k", "2s", "512b", "x", "3",
];

/// Forms about one device, which is the only one that is shown then.
const CONTENTS: [(&str, &[usize]); 9] = [
    ("pvscan --listvg @0", &[0]),
    ("pvscan --listlvs @0", &[0, 1, 2]),
    ("pvscan --listlvs @5", &[5, 6]),
    ("pvscan --listlvs @6", &[5, 6]),
    ("pvscan --listlvs @10", &[10]),
    ("pvscan --listvg @11", &[11]),
    ("pvscan --listlvs @7", &[7]),
    ("pvscan --listvg @0 -s", &[0]),
    ("pvscan --listvg /dev/nosuch", &[0]),
];

fn compare_all(both: &mut Both) {
    FORMS.iter().for_each(|form| both.compare(form));
    for units in UNITS {
        for rest in ["", "--nosuffix"] {
            for form in SIZES {
                both.compare(&format!("{form} --units {units} {rest}"));
            }
        }
    }
}

#[test]
fn groups_made_by_lvm2() {
    if !ready() {
        return;
    }
    let mut both = Both::new(&[64, 64, 64, 64, 100, 40, 40, 40, 40, 40, 40, 33, 20]).unwrap();
    for line in [
        "pvcreate -q @0",
        "pvcreate -q --metadatacopies 2 @1",
        "pvcreate -q --metadatacopies 0 @2",
        "pvcreate -q --metadatasize 300k --dataalignment 512k @3",
        "pvcreate -q --bootloaderareasize 700k @4",
        "vgcreate alpha @0 @1 @2 --addtag zz --addtag aa --addtag mm",
        "vgcreate -s 1m -l 30 -p 9 --alloc cling beta-x @3 @4",
        "vgcreate -s 128k gone @5 @6",
        "vgcreate -s 2m out @7 --setautoactivation n",
        "vgcreate --vgmetadatacopies 1 copies @9 @8",
        "pvcreate -q --metadatacopies 2 --bootloaderareasize 1m @10",
        "vgcreate -s 1s small @12",
        "lvcreate -an -Zn -Wn -n lin -L 8m alpha @0 --addtag x --addtag c",
        "lvcreate -an -Zn -Wn -n str -i 2 -I 32k -L 8m alpha @0 @1",
        "lvcreate -an -Zn -Wn -n three -i 3 -L 12m alpha",
        "lvextend -L +4m alpha/lin @1",
        "lvextend -i 2 -L +8m alpha/lin @0 @1",
        "lvcreate -an -Zn -Wn -n ro -pr -L 3m beta-x",
        "lvcreate -an -Zn -Wn -n with-dash -kn -r 128 -L 5m beta-x",
        "lvcreate -an -Zn -Wn -n skip -ky -rnone --setautoactivation n -L 5m beta-x",
        "lvcreate -an -Zn -Wn -n fixed -My --major 253 --minor 77 -C y -L 2m beta-x",
        "lvcreate -an -Zn -Wn -n any --alloc anywhere --noudevsync -L 2m beta-x",
        "lvcreate -an -Zn -Wn -n half -L 10m gone @5",
        "lvcreate -an -Zn -Wn -n other -L 10m gone @6",
        "lvcreate -an -Zn -Wn -n both -i2 -L 4m gone",
        "lvcreate -an -Zn -Wn -n l1 -L 2m out",
        "lvcreate -an -Zn -Wn -n one -l 1 small",
        "lvcreate -an -Zn -Wn -n full -l 100%FREE small",
        "vgexport out",
        "pvchange -xn @4 --addtag disk --addtag big",
    ] {
        both.run(line);
    }
    compare_all(&mut both);
    both.hide(&[6]);
    compare_all(&mut both);
    for (form, shown) in CONTENTS {
        let hidden = (0..both.loops.len()).filter(|at| !shown.contains(at)).collect::<Vec<_>>();
        both.hide(&hidden);
        both.compare(form);
    }
    both.finish("groups made by lvm2");
}

#[test]
fn no_groups() {
    if !ready() {
        return;
    }
    let mut both = Both::new(&[8, 9, 10]).unwrap();
    for form in ["pvdisplay", "pvdisplay -m", "vgdisplay", "vgdisplay -v", "lvdisplay", "lvscan", "vgscan"] {
        both.compare(form);
    }
    for form in ["pvscan", "pvscan -s", "lvmdiskscan", "lvmdiskscan -l", "vgdisplay -s", "pvdisplay -c"] {
        both.compare(form);
    }
    for at in [2, 0] {
        both.run(&format!("pvcreate -q @{at}"));
        for form in ["pvdisplay -m", "pvdisplay -c", "pvdisplay -s", "pvscan", "pvscan -n -u", "lvmdiskscan"]
        {
            both.compare(form);
        }
    }
    both.finish("no groups");
}
