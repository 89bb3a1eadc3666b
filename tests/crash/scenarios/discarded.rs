//! Changes after which disks are told what is free.

use lvmkit::{NewLv, Result, Size, Transaction};

use super::{Image, List, SHAPES, base, name, run, source};

/// Changes that set extents free.
pub(super) fn discarded(list: &mut List) {
    let first = list.scenarios.len();
    for shape in [SHAPES[0], SHAPES[2], SHAPES[3]] {
        let (on, base) = (shape.name, base(shape));
        let mut stale = run(&base, |lvm| lvm.update("vg", super::tag).map(|_| ()));
        // The last disk of every shape has one area.
        stale[shape.pvs() - 1] = base[shape.pvs() - 1].clone();
        let kinds =
            if shape.pvs() > 1 { vec![("", base), (", one copy is old", stale)] } else { vec![("", base)] };
        for (kind, disks) in kinds {
            freed(list, &format!("{on}{kind}"), &disks, shape.pvs());
        }
    }
    for scenario in &mut list.scenarios[first..] {
        scenario.discards = true;
    }
}

fn freed(list: &mut List, on: &str, disks: &[Image], extra: usize) {
    let mut edit = |what: &str, edit: fn(&mut Transaction) -> Result<()>| {
        list.edit(format!("{what} with discards, {on}"), disks, edit);
    };
    edit("lvreduce", |tx| tx.reduce_lv_to("a", Size::mib(1)).map(|_| ()));
    edit("lvremove", |tx| tx.remove_lv("a"));
    // Some of what becomes free is taken again in the same change.
    edit("lvremove and lvcreate", |tx| {
        tx.remove_lv("a")?;
        tx.create_lv(NewLv::linear("c", Size::mib(1))).map(|_| ())
    });
    edit("vgremove", |tx| {
        tx.remove_all_lvs()?;
        tx.remove_vg()
    });
    let extended = run(disks, |lvm| lvm.update("vg", |tx| tx.add_pv_on(source(extra, 1, false))).map(|_| ()));
    list.edit(format!("vgreduce and vgremove with discards, {on}"), &extended, move |tx| {
        tx.remove_all_lvs()?;
        tx.remove_pv_on(name(extra).as_str())?;
        tx.remove_vg()
    });
}
