//! Metadata areas that move, come into use and go out of it, and wrap.

use lvmkit::{Bytes, NewLv, PvOptions, PvSource, Silent, Size, Transaction};

use super::damaged::make_newer;
use super::{DISK, Image, List, create, options, run, source};

/// Long enough that an area of 32 KiB wraps every few commits.
const LONG_TAG: usize = 1000;

/// The only copies leave with their physical volumes, and others come into use.
pub(super) fn moving_areas(list: &mut List) {
    let fresh = (0..5).map(|disk| Image::fresh(disk, DISK)).collect::<Vec<_>>();
    let disks = run(&fresh, |lvm| {
        let pvs = vec![source(0, 1, false), source(1, 0, false), source(2, 2, false)];
        let mut tx = create(lvm, pvs)?;
        tx.set_metadata_copies(1)?;
        tx.commit(&mut Silent).map(|_| ())
    });
    list.edit("the only copy leaves, others come into use", &disks, |tx| tx.remove_pv_on("d0"));
    list.edit("the only copy leaves with a PV without areas", &disks, |tx| {
        tx.remove_pv_on("d1")?;
        tx.remove_pv_on("d0")
    });
    list.edit("all leave for a new disk", &disks, |tx| {
        tx.add_pv_on(source(3, 1, false))?;
        tx.remove_pv_on("d0")?;
        tx.remove_pv_on("d1")?;
        tx.remove_pv_on("d2")
    });
    list.edit("the only copy retires for a new disk", &disks, |tx| {
        tx.add_pv_on(source(3, 2, false))?;
        tx.remove_pv_on("d0")?;
        tx.set_metadata_copies(2)
    });
    list.edit("vgremove with areas out of use", &disks, |tx| tx.remove_vg());
    list.edit("vgreduce and vgremove in one", &disks, |tx| {
        tx.remove_pv_on("d0")?;
        tx.remove_vg()
    });
}

/// A second area that moves by less than its length.
pub(super) fn overlapping_areas(list: &mut List) {
    let pvs = || {
        vec![
            PvSource::new("d0")
                .options(PvOptions { metadata_size: Some(Bytes::mib(3)), ..options(2, false) }),
        ]
    };
    let fresh = [Image::fresh(0, 2 * DISK)];
    let disks = run(&fresh, |lvm| create(lvm, pvs())?.commit(&mut Silent).map(|_| ()));
    // A copy that claims to be newer, and whose checksum is wrong.
    let mut damaged = disks.clone();
    damaged[0].damage(2 * DISK - (3 << 20) + 512, make_newer);
    list.edit("pvresize down with a damaged text", &damaged, |tx| {
        tx.resize_pv_on("d0", Some(Bytes::mib(20)))
    });
    list.repeat_always();
    damaged[0].set_size(2 * DISK + (8 << 20));
    list.edit("pvresize with a damaged text", &damaged, |tx| tx.resize_pv_on("d0", None));
    for copies in [0, 1] {
        let disks = run(&disks, |lvm| lvm.update("vg", |tx| tx.set_metadata_copies(copies)).map(|_| ()));
        let mut grown = disks.clone();
        grown[0].set_size(2 * DISK + (1 << 20));
        list.edit(format!("pvresize by less than an area, {copies} copies"), &grown, |tx| {
            tx.resize_pv_on("d0", None)
        });
        list.repeat_always();
        let less = Bytes(2 * DISK - (1 << 20));
        list.edit(format!("pvresize by less than an area down, {copies} copies"), &disks, move |tx| {
            tx.resize_pv_on("d0", Some(less))
        });
        list.repeat_always();
        list.edit(format!("pvresize and areas come back, {copies} copies"), &disks, move |tx| {
            tx.set_metadata_copies(2)?;
            tx.resize_pv_on("d0", Some(less))
        });
    }
}

/// A group of one physical volume whose first area is damaged, and whose second one would have to
/// move onto itself.
pub(crate) fn only_copy_in_the_way() -> Vec<Image> {
    let options = PvOptions { metadata_size: Some(Bytes::mib(3)), ..options(2, false) };
    let mut disks = run(&[Image::fresh(0, DISK)], |lvm| {
        create(lvm, vec![PvSource::new("d0").options(options)])?.commit(&mut Silent).map(|_| ())
    });
    disks[0].damage(4096, |sector| sector.fill(0));
    disks[0].set_size(DISK + (1 << 20));
    disks
}

/// A group of which one physical volume, the second, has its area out of use.
pub(crate) fn area_out_of_use() -> Vec<Image> {
    run(&[Image::fresh(0, DISK), Image::fresh(1, DISK)], |lvm| {
        let mut tx = create(lvm, vec![source(0, 1, false), source(1, 1, false)])?;
        tx.set_metadata_copies(1)?;
        tx.commit(&mut Silent).map(|_| ())
    })
}

/// Commit after commit in a small area, past its end.
pub(super) fn wrapping(list: &mut List) {
    for areas in [1, 2] {
        let mut disks = run(&[Image::fresh(0, DISK), Image::fresh(1, DISK)], |lvm| {
            let mut tx = create(lvm, vec![source(0, areas, true), source(1, areas, true)])?;
            for number in 0..6 {
                tx.add_vg_tag(&format!("{number}{}", "x".repeat(LONG_TAG)))?;
            }
            tx.create_lv(NewLv::linear("a", Size::mib(2)))?;
            tx.commit(&mut Silent).map(|_| ())
        });
        for number in 0..10 {
            let new = format!("{number}y");
            let edit = move |tx: &mut Transaction| tx.add_vg_tag(&new);
            list.edit(format!("commit {number} in small areas, {areas} a PV"), &disks, edit.clone());
            disks = run(&disks, |lvm| lvm.update("vg", edit).map(|_| ()));
        }
    }
}
