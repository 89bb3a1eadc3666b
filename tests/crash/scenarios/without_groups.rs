//! Physical volumes without a group, and groups that are restored.

use std::sync::Arc;

use lvmkit::{Lvm, Overwrite, PvOptions, Silent};

use super::{DISK, Image, List, Repeat, SHAPES, base, create, options, run, source};

/// Physical volumes that belong to no group.
pub(super) fn without_groups(list: &mut List) {
    let fresh = vec![Image::fresh(0, DISK)];
    for areas in 0..=2 {
        let make =
            move |lvm: &Lvm| lvm.create_pv("d0", &options(areas, false), Overwrite::Refuse).map(|_| ());
        let made = run(&fresh, make);
        list.add(format!("pvcreate with {areas} areas"), &fresh, make);
        for again in 0..=2 {
            list.add(format!("pvcreate with {again} areas over {areas}"), &made, move |lvm| {
                let options = PvOptions { label_sector: Some(u64::from(again)), ..options(again, true) };
                lvm.create_pv("d0", &options, Overwrite::Refuse).map(|_| ())
            });
        }
        list.add(format!("pvremove with {areas} areas"), &made, |lvm| lvm.remove_pv("d0", Overwrite::Refuse));
        if areas < 2 {
            let mut grown = made.clone();
            grown[0].set_size(DISK * 2);
            list.add(format!("pvresize without a group, {areas} areas"), &grown, |lvm| {
                lvm.resize_orphan_pv("d0", None)
            });
        }
    }
    where_a_group_was(list);
    for scenario in &mut list.scenarios {
        if scenario.name.starts_with("pvremove") {
            scenario.repeat = Repeat::Never;
        }
    }
}

/// Devices on which headers and texts of a group are left.
fn where_a_group_was(list: &mut List) {
    for areas in [1, 2] {
        let group = run(&[Image::fresh(0, DISK)], |lvm| {
            create(lvm, vec![source(0, areas, false)])?.commit(&mut Silent).map(|_| ())
        });
        let make = |lvm: &Lvm| {
            let options = options(2, false);
            lvm.create_pv("d0", &options, Overwrite::UsedPv).map(|_| ())
        };
        list.add(format!("pvcreate -ff over a group with {areas} areas"), &group, make);
        let unlabelled = run(&group, |lvm| lvm.remove_pv("d0", Overwrite::UsedPv));
        list.add(format!("pvcreate where a group was, {areas} areas"), &unlabelled, make);
        list.add(format!("vgcreate where a group was, {areas} areas"), &unlabelled, move |lvm| {
            create(lvm, vec![source(0, areas, false)])?.commit(&mut Silent).map(|_| ())
        });
    }
}

/// A backup written back over a newer state, and over nothing.
pub(super) fn restored(list: &mut List) {
    for shape in [SHAPES[0], SHAPES[2], SHAPES[3]] {
        let on = shape.name;
        let base = base(shape);
        // It lives as long as the operations that read from it.
        let dir = Arc::new(tempfile::tempdir().unwrap());
        let file = dir.path().join("vg");
        run(&base, |lvm| lvm.backup_vg("vg", &file).map(|_| ()));
        let extra = shape.pvs();
        let newer = run(&base, |lvm| {
            lvm.update("vg", |tx| {
                tx.remove_lv("a")?;
                tx.add_pv_on(source(extra, 1, false))
            })
            .map(|_| ())
        });
        let empty = run(&base, |lvm| {
            lvm.update("vg", |tx| {
                tx.remove_all_lvs()?;
                tx.remove_vg()
            })
            .map(|_| ())
        });
        for (over, disks) in [("a newer state", newer), ("nothing", empty)] {
            let dir = Arc::clone(&dir);
            list.add(format!("vgcfgrestore over {over}, {on}"), &disks, move |lvm| {
                lvm.restore_vg("vg", dir.path().join("vg")).map(|_| ())
            });
        }
    }
}
