//! Groups that are exported, imported and copied, new ids, and areas and volumes that come back
//! into use.

use lvmkit::{Lvm, NewLv, Overwrite, Result, Silent, Size};

use super::{DISK, EXTENT, Image, List, SHAPES, Shape, base, create, name, options, run, source, tag};

/// Groups whose members change what they are, and not where they lie.
pub(super) fn identity(list: &mut List, full: bool) {
    for (number, shape) in SHAPES.into_iter().enumerate() {
        let base = base(shape);
        exported(list, shape, &base);
        new_ids(list, shape, &base);
        if full || [0, 3].contains(&number) {
            list.edit(format!("rewritten, {}", shape.name), &base, |tx| tx.rewrite());
        }
        out_of_use(list, shape, &base);
    }
    stale_copies(list);
    came_back(list);
    cloned(list);
    orphans(list);
}

fn exported(list: &mut List, shape: Shape, base: &[Image]) {
    list.edit(format!("vgexport, {}", shape.name), base, |tx| tx.export_vg());
    let import = |lvm: &Lvm| lvm.update("vg", |tx| tx.import_vg(false)).map(|_| ());
    let gone = run(base, |lvm| lvm.update("vg", |tx| tx.export_vg()).map(|_| ()));
    // An exported group cannot be changed by what comes next; it can be imported.
    list.add(format!("vgimport, {}", shape.name), &gone, import);
    // The last of every shape has one area.
    if let Some(last) = shape.pvs().checked_sub(1).filter(|last| *last > 0) {
        let mut lost = gone;
        lost[last] = Image::fresh(last as u8, DISK);
        list.edit(format!("vgimport without d{last}, {}", shape.name), &lost, |tx| tx.import_vg(true));
    }
}

fn new_ids(list: &mut List, shape: Shape, base: &[Image]) {
    let on = shape.name;
    list.edit(format!("vgchange --uuid, {on}"), base, |tx| tx.renew_vg_id());
    list.edit(format!("vgchange --uuid and more, {on}"), base, |tx| {
        tx.renew_vg_id()?;
        tx.rename_vg("other")?;
        tx.remove_lv("a")?;
        tx.set_metadata_copies(1)
    });
    for disk in 0..shape.pvs() {
        let renew = move |tx: &mut lvmkit::Transaction| {
            let pv = tx.pv_on(name(disk).as_str())?;
            tx.renew_pv_id(pv).map(|_| ())
        };
        list.edit(format!("pvchange --uuid d{disk}, {on}"), base, renew);
        list.edit(format!("pvchange --uuid d{disk} and one copy, {on}"), base, move |tx| {
            renew(tx)?;
            tx.set_metadata_copies(1)?;
            tx.create_lv(NewLv::linear("c", Size::mib(1))).map(|_| ())
        });
    }
}

fn out_of_use(list: &mut List, shape: Shape, base: &[Image]) {
    if shape.areas.iter().filter(|areas| **areas > 0).count() < 2 {
        return;
    }
    let disk = shape.areas.iter().position(|areas| *areas > 0).unwrap();
    let total = shape.areas.iter().sum();
    let set = move |tx: &mut lvmkit::Transaction, ignore| {
        let pv = tx.pv_on(name(disk).as_str())?;
        tx.set_pv_metadata_ignore(pv, ignore).map(|_| ())
    };
    let counted = run(base, |lvm| lvm.update("vg", |tx| tx.set_metadata_copies(total)).map(|_| ()));
    for (on, base) in [("", base), (", copies set", &counted)] {
        let ignored = run(base, |lvm| lvm.update("vg", |tx| set(tx, true)).map(|_| ()));
        for (ignore, before) in [(true, base), (false, &ignored)] {
            let name = format!("pvchange --metadataignore {ignore}, {}{on}", shape.name);
            list.edit(name, before, move |tx| set(tx, ignore));
        }
    }
}

/// New ids where some of the copies are old.
fn stale_copies(list: &mut List) {
    let shape = SHAPES[2];
    let base = base(shape);
    let mut stale = run(&base, |lvm| lvm.update("vg", tag).map(|_| ()));
    stale[1] = base[1].clone();
    list.edit("vgchange --uuid, one copy is old", &stale, |tx| tx.renew_vg_id());
    for disk in 0..2 {
        list.edit(format!("pvchange --uuid d{disk}, one copy is old"), &stale, move |tx| {
            let pv = tx.pv_on(name(disk).as_str())?;
            tx.renew_pv_id(pv).map(|_| ())
        });
    }
    list.edit("rewritten, one copy is old", &stale, |tx| tx.rewrite());
    // One that left while it was away.
    let extended = run(&base, |lvm| lvm.update("vg", |tx| tx.add_pv_on(source(2, 1, false))).map(|_| ()));
    let mut outdated = run(&extended, |lvm| lvm.update("vg", |tx| tx.remove_pv_on("d2")).map(|_| ()));
    outdated[2] = extended[2].clone();
    list.edit("vgchange --uuid with an outdated PV", &outdated, |tx| tx.renew_vg_id());
    list.edit("pvchange --uuid with an outdated PV", &outdated, |tx| {
        let pv = tx.pv_on("d1")?;
        tx.renew_pv_id(pv).map(|_| ())
    });
    list.edit("rewritten with an outdated PV", &outdated, |tx| tx.rewrite());
}

/// A physical volume that was missing while the group was changed.
fn came_back(list: &mut List) {
    for areas in [[1, 1], [1, 0], [2, 2]] {
        let fresh = (0..2).map(|disk| Image::fresh(disk, DISK)).collect::<Vec<_>>();
        let whole = run(&fresh, |lvm| {
            let mut tx = create(lvm, vec![source(0, areas[0], false), source(1, areas[1], false)])?;
            // On both.
            tx.create_lv(NewLv::linear("a", Size::mib(20)))?;
            tx.commit(&mut Silent).map(|_| ())
        });
        let alone = run(&whole[..1], |lvm| lvm.update("vg", |tx| tx.rewrite()).map(|_| ()));
        let back = vec![alone[0].clone(), whole[1].clone()];
        list.edit(format!("vgextend --restoremissing, areas {areas:?}"), &back, |tx| {
            let pv = tx.pv_on("d1")?;
            tx.restore_missing_pv(pv)
        });
        list.edit(format!("rewritten with a PV that came back, areas {areas:?}"), &back, |tx| tx.rewrite());
        let lost = vec![whole[0].clone(), Image::fresh(1, DISK)];
        let missing = |lvm: &Lvm| {
            lvm.update("vg", |tx| {
                tx.remove_lv("a")?;
                let gone = tx.physical_volumes().iter().find(|pv| pv.is_missing()).unwrap().id();
                tx.remove_pv(gone)
            })
            .map(|_| ())
        };
        list.add(format!("vgreduce --removemissing, areas {areas:?}"), &lost, missing);
    }
}

/// Copies that become groups of their own, with nothing else in view.
fn cloned(list: &mut List) {
    for areas in [&[1][..], &[2], &[1, 1], &[2, 1, 2]] {
        let fresh = (0..areas.len() as u8).map(|disk| Image::fresh(disk, DISK)).collect::<Vec<_>>();
        let whole = run(&fresh, |lvm| {
            let sources = areas.iter().enumerate().map(|(disk, areas)| source(disk, *areas, false)).collect();
            let mut tx = create(lvm, sources)?;
            tx.create_lv(NewLv::linear("a", Size::mib(2)))?;
            tx.commit(&mut Silent).map(|_| ())
        });
        let devices = (0..areas.len()).map(name).collect::<Vec<_>>();
        let clone = move |lvm: &Lvm| -> Result<()> {
            lvm.begin_import_clone(&devices, None, true)?.commit(&mut Silent).map(|_| ())
        };
        list.add(format!("vgimportclone, areas {areas:?}"), &whole, clone.clone());
        let exported = run(&whole, |lvm| lvm.update("vg", |tx| tx.export_vg()).map(|_| ()));
        list.add(format!("vgimportclone of an exported group, areas {areas:?}"), &exported, clone);
        let devices = (0..areas.len()).map(name).collect::<Vec<_>>();
        list.add(format!("vgimportclone and one copy, areas {areas:?}"), &whole, move |lvm| {
            let mut tx = lvm.begin_import_clone(&devices, None, true)?;
            tx.set_metadata_copies(1)?;
            tx.commit(&mut Silent).map(|_| ())
        });
    }
    // Beside another group.
    let fresh = (0..3).map(|disk| Image::fresh(disk, DISK)).collect::<Vec<_>>();
    let two = run(&fresh, |lvm| {
        create(lvm, vec![source(0, 1, false), source(1, 1, false)])?.commit(&mut Silent)?;
        let other = lvmkit::NewVg::new("vg1").extent_size(EXTENT);
        lvm.create_vg(other, [source(2, 1, false)])?.commit(&mut Silent).map(|_| ())
    });
    list.add("vgimportclone beside another group", &two, |lvm| {
        lvm.begin_import_clone(["d0", "d1"], None, false)?.commit(&mut Silent).map(|_| ())
    });
}

/// Physical volumes without a group.
fn orphans(list: &mut List) {
    for areas in 0..=2 {
        let made = run(&[Image::fresh(0, DISK)], |lvm| {
            lvm.create_pv("d0", &options(areas, false), Overwrite::Refuse).map(|_| ())
        });
        list.add(format!("pvchange --uuid without a group, {areas} areas"), &made, |lvm| {
            lvm.renew_orphan_pv_id("d0").map(|_| ())
        });
        if areas == 0 {
            continue;
        }
        for ignore in [true, false] {
            let set = move |lvm: &Lvm| lvm.set_orphan_metadata_ignore("d0", ignore).map(|_| ());
            let before = match ignore {
                true => made.clone(),
                false => run(&made, |lvm| lvm.set_orphan_metadata_ignore("d0", true).map(|_| ())),
            };
            list.add(format!("metadataignore {ignore} without a group, {areas} areas"), &before, set);
            list.repeat_always();
        }
    }
}
