//! Groups made by lvm2 itself: linear and striped volumes, tags, missing and exported.

use crate::lvm2::Lvm2;
use crate::ready;

const FORMS: [&str; 48] = [
    "lvs",
    "lvs -a",
    "lvs -v",
    "lvs --segments",
    "lvs --segments -v",
    "vgs",
    "vgs -v",
    "pvs",
    "pvs -v",
    "pvs -a",
    "pvs --segments",
    "pvs --segments -v",
    "lvs -o lv_all --reportformat json",
    "lvs -o vg_all,lv_name --reportformat json",
    "lvs -o seg_all,lv_name --reportformat json",
    "lvs --segments -o lv_name,seg_all --reportformat json",
    "vgs -o vg_all --reportformat json",
    "pvs -o pv_all,vg_all --reportformat json",
    "pvs -o pvseg_all,lv_all,seg_all --reportformat json",
    "pvs --segments -o all",
    "lvs -o all",
    "lvs --segments -o all",
    "pvs -o all",
    "lvs -o all --binary --reportformat json",
    "vgs -o all --binary",
    "pvs -o all --binary",
    "lvs -o seg_all --binary",
    "vgs -o vg_name,pv_name,pv_size",
    "vgs -o vg_name,lv_name",
    "vgs -o +seg_start",
    "vgs -o +pvseg_start",
    "pvs -o +lv_name,seg_start",
    "lvs -o +devices,vg_free",
    "lvs -o+tags -o-lv_attr,bogus",
    "lvs -o vgname,l_v_size,NAME",
    "lvs --segments -o size,start",
    "lvs --noheadings",
    "lvs --nameprefixes",
    "lvs --nameprefixes --noheadings --unquoted --units b",
    "lvs --nameprefixes --rows -o lv_name,lv_size,tags",
    "pvs --rows",
    "pvs --rows --noheadings --separator :",
    "pvs --separator : ",
    "pvs --separator \"\"",
    "pvs --separator | --aligned",
    "lvs --nameprefixes --aligned -o lv_name,lv_size",
    "lvs --rows --aligned -o lv_name,lv_size",
    "lvs --unquoted",
];

const SORTS: [&str; 14] = [
    "lvs -O lv_size,vg_name",
    "lvs -O -lv_size,lv_name",
    "lvs -O -vg_name,+lv_name",
    "lvs -o lv_name -O vg_free",
    "lvs -o lv_name -O seg_start,vg_name",
    "lvs -o lv_name,lv_layout,lv_host -O lv_host,lv_attr,lv_uuid",
    "lvs -o lv_name,origin_size,lv_major -O origin_size,-lv_major,-lv_name",
    "lvs -o lv_name,lv_time -O lv_time,lv_name",
    "vgs -o vg_name -O lv_name",
    "vgs -O -vg_size",
    "pvs -O pv_free,-pv_name",
    "pvs -O -vg_name,pv_name",
    "pvs -o pv_name,pv_allocatable -O pv_allocatable,pv_name",
    "pvs -o pv_name,lv_name -O lv_name,pv_name",
];

const UNITS: [&str; 24] = [
    "h", "H", "r", "R", "b", "B", "s", "S", "k", "K", "m", "M", "g", "G", "t", "T", "p", "e", "E", "4m",
    "1.5k", "1k", "2s", "512b",
];

fn compare_all(lvm2: &mut Lvm2) {
    let scan = lvm2.scan();
    for form in FORMS.into_iter().chain(SORTS) {
        lvm2.compare(&scan, form);
    }
    for units in UNITS {
        for rest in ["", "--nosuffix"] {
            lvm2.compare(
                &scan,
                &format!("vgs -o vg_size,vg_free,vg_extent_size,vg_mda_free --units {units} {rest}"),
            );
            lvm2.compare(&scan, &format!("pvs -o pv_all --units {units} {rest}"));
            lvm2.compare(&scan, &format!("lvs -o lv_all,seg_all --units {units} {rest}"));
        }
    }
}

#[test]
fn groups_made_by_lvm2() {
    if !ready() {
        return;
    }
    let mut lvm2 = Lvm2::new(&[64, 64, 64, 64, 100, 40, 40, 40, 40, 40, 40, 33]);
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
        "vgcreate --vgmetadatacopies 1 copies @8 @9",
        "pvcreate -q --metadatacopies 2 --bootloaderareasize 1m @10",
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
        "vgexport out",
        "pvchange -xn @4 --addtag disk --addtag big",
    ] {
        lvm2.run(line);
    }
    compare_all(&mut lvm2);
    lvm2.hide(&[6]);
    compare_all(&mut lvm2);
    lvm2.finish("groups made by lvm2");
}
