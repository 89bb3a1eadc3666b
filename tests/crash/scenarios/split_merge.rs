//! Groups that are taken apart and put together.

use lvmkit::{NewLv, PvArgument, Result, Silent, Size, Transaction};

use super::{DISK, EXTENT, Image, List, create, name, run, source, tag};

/// Groups that are taken apart and put together.
pub(super) fn split_and_merged(list: &mut List) {
    let apart: [&[u32]; 5] = [&[1, 1], &[2, 1, 1], &[1, 0, 1, 0], &[1, 2], &[2, 2, 2, 2]];
    for areas in apart {
        let fresh = (0..areas.len() as u8).map(|disk| Image::fresh(disk, DISK)).collect::<Vec<_>>();
        let half = areas.len() / 2;
        let sources =
            |disks: std::ops::Range<usize>| disks.map(|disk| source(disk, areas[disk], false)).collect();
        let whole = run(&fresh, |lvm| {
            let mut tx = create(lvm, sources(0..areas.len()))?;
            tx.create_lv(NewLv::linear("a", Size::mib(2)).on([PvArgument::parse("d0")?]))?;
            tx.create_lv(NewLv::linear("z", Size::mib(2)).on([PvArgument::parse(&name(half))?]))?;
            tx.commit(&mut Silent).map(|_| ())
        });
        let two = run(&fresh, |lvm| {
            let mut tx = create(lvm, sources(0..half))?;
            tx.create_lv(NewLv::linear("a", Size::mib(2)))?;
            tx.commit(&mut Silent)?;
            let mut tx =
                lvm.create_vg(lvmkit::NewVg::new("other").extent_size(EXTENT), sources(half..areas.len()))?;
            tx.create_lv(NewLv::linear("z", Size::mib(2)))?;
            tx.commit(&mut Silent).map(|_| ())
        });
        let last = areas.len() - 1;
        let stale = |disks: &[Image], group: &str| {
            let mut newer = run(disks, |lvm| lvm.update(group, tag).map(|_| ()));
            newer[last] = disks[last].clone();
            newer
        };
        for (kind, whole) in [("whole", whole.clone()), ("stale", stale(&whole, "vg"))] {
            list.add(format!("vgsplit, {kind}, areas {areas:?}"), &whole, move |lvm| {
                let tx = lvm.begin("vg")?;
                let pvs =
                    (half..=last).map(|disk| tx.pv_on(name(disk).as_str())).collect::<Result<Vec<_>>>()?;
                tx.split_vg("other", &pvs, &mut Silent).map(|_| ())
            });
        }
        split_with_more(list, &whole, areas);
        moved_between(list, &fresh, areas);
        for (kind, two) in [("whole", two.clone()), ("stale", stale(&two, "other"))] {
            list.edit(format!("vgmerge, {kind}, areas {areas:?}"), &two, |tx| tx.merge_vg("other"));
            list.edit(format!("vgmerge and one copy, {kind}, areas {areas:?}"), &two, |tx| {
                tx.merge_vg("other")?;
                tx.set_metadata_copies(1)
            });
        }
    }
    outdated_merge(list);
}

/// All that a group has goes to a new one, and a new one has fewer copies from the start.
fn split_with_more(list: &mut List, whole: &[Image], areas: &[u32]) {
    let count = areas.len();
    let all = move |tx: &mut Transaction| {
        // In another order than they had.
        let pvs = (0..count).rev().map(|disk| tx.pv_on(name(disk).as_str())).collect::<Result<Vec<_>>>()?;
        tx.split_all("other", &pvs)
    };
    list.edit(format!("vgsplit of all, areas {areas:?}"), whole, all);
    let mut stale = run(whole, |lvm| lvm.update("vg", tag).map(|_| ()));
    stale[0] = whole[0].clone();
    list.edit(format!("vgsplit of all, the first is old, areas {areas:?}"), &stale, all);
    let total = areas.iter().sum::<u32>();
    let counted = run(whole, |lvm| lvm.update("vg", |tx| tx.set_metadata_copies(total)).map(|_| ()));
    list.edit(format!("vgsplit of all with copies set, areas {areas:?}"), &counted, all);
    list.edit(format!("vgsplit of all and one copy, areas {areas:?}"), whole, move |tx| {
        all(tx)?;
        tx.set_metadata_copies(1)
    });
    for (kind, whole) in [("one copy there", whole), ("copies set", &counted)] {
        list.add(format!("vgsplit and {kind}, areas {areas:?}"), whole, move |lvm| {
            let tx = lvm.begin("vg")?;
            let pvs = (count / 2..count).map(|disk| tx.pv_on(name(disk).as_str()));
            let pvs = pvs.collect::<Result<Vec<_>>>()?;
            tx.split_vg_with("other", &pvs, |new| new.set_metadata_copies(1), &mut Silent).map(|_| ())
        });
    }
}

/// A physical volume goes from a group to one that exists.
fn moved_between(list: &mut List, fresh: &[Image], areas: &[u32]) {
    let Some(last) = areas.iter().rposition(|areas| *areas > 0) else { return };
    let fresh = [fresh, &[Image::fresh(9, DISK)]].concat();
    let target = areas.len();
    // The one that goes first or last in its group.
    for goes in [0, last] {
        let two = run(&fresh, |lvm| {
            let pvs = (0..areas.len()).map(|disk| source(disk, areas[disk], false)).collect();
            let mut tx = create(lvm, pvs)?;
            tx.create_lv(NewLv::linear("a", Size::mib(2)).on([PvArgument::parse(&name(goes))?]))?;
            tx.commit(&mut Silent)?;
            let pvs = [source(target, 1, false)];
            let mut tx = lvm.create_vg(lvmkit::NewVg::new("other").extent_size(EXTENT), pvs)?;
            tx.create_lv(NewLv::linear("z", Size::mib(2)))?;
            tx.commit(&mut Silent).map(|_| ())
        });
        list.add(format!("vgsplit d{goes} into another group, areas {areas:?}"), &two, move |lvm| {
            let tx = lvm.begin("vg")?;
            let pv = tx.pv_on(name(goes).as_str())?;
            tx.move_pvs_to("other", &[pv], &mut Silent).map(|_| ())
        });
    }
}

/// A group is merged while a volume that it lost still holds an old text of it.
fn outdated_merge(list: &mut List) {
    let fresh = (0..3).map(|disk| Image::fresh(disk, DISK)).collect::<Vec<_>>();
    let two = run(&fresh, |lvm| {
        create(lvm, vec![source(0, 1, false)])?.commit(&mut Silent)?;
        let pvs = [source(1, 1, false), source(2, 1, false)];
        let mut tx = lvm.create_vg(lvmkit::NewVg::new("other").extent_size(EXTENT), pvs)?;
        tx.create_lv(NewLv::linear("z", Size::mib(2)).on([PvArgument::parse("d1")?]))?;
        tx.commit(&mut Silent).map(|_| ())
    });
    let mut lost = run(&two, |lvm| lvm.update("other", |tx| tx.remove_pv_on("d2")).map(|_| ()));
    lost[2] = two[2].clone();
    list.edit("vgmerge with an outdated PV", &lost, |tx| tx.merge_vg("other"));
}
