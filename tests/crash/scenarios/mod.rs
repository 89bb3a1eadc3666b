//! Every kind of change, on groups of several shapes, whole and damaged.

mod areas;
mod damaged;
mod discarded;
mod identity;
mod split_merge;
mod without_groups;

use std::sync::Arc;

use lvmkit::{
    AllocationPolicy, Bytes, Lvm, NewLv, Overwrite, PvOptions, PvSource, Result, Silent, Size, Transaction,
};

pub(crate) use areas::{area_out_of_use, only_copy_in_the_way};

use super::check::{Repeat, SEED, Scenario, open};
use super::disk::{Disks, Image};

const DISK: u64 = 16 << 20;
const EXTENT: Bytes = Bytes::kib(512);
/// A group's physical volumes: for each its number of metadata areas.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Shape {
    name: &'static str,
    areas: &'static [u32],
    small: bool,
}

pub(crate) const SHAPES: [Shape; 6] = [
    Shape { name: "one PV", areas: &[1], small: false },
    Shape { name: "one PV, two areas", areas: &[2], small: false },
    Shape { name: "two PVs", areas: &[1, 1], small: false },
    Shape { name: "three PVs with 2, 0 and 1 areas", areas: &[2, 0, 1], small: false },
    Shape { name: "four PVs with 0, 1, 2 and 1 areas", areas: &[0, 1, 2, 1], small: false },
    Shape { name: "two PVs with small areas", areas: &[1, 1], small: true },
];

impl Shape {
    fn source(self, disk: usize) -> PvSource {
        source(disk, self.areas[disk], self.small)
    }

    fn sources(self) -> Vec<PvSource> {
        (0..self.areas.len()).map(|disk| self.source(disk)).collect()
    }

    fn pvs(self) -> usize {
        self.areas.len()
    }

    /// The physical volumes of the shape, and two more disks.
    fn disks(self) -> Vec<Image> {
        (0..self.pvs() + 2).map(|disk| Image::fresh(disk as u8, DISK)).collect()
    }
}

fn name(disk: usize) -> String {
    format!("d{disk}")
}

fn options(areas: u32, small: bool) -> PvOptions {
    let mut options = PvOptions { metadata_copies: Some(areas), ..PvOptions::default() };
    if small {
        options.metadata_size = Some(Bytes::kib(32));
        options.data_alignment = Some(Bytes::kib(4));
    }
    options
}

fn source(disk: usize, areas: u32, small: bool) -> PvSource {
    PvSource::new(name(disk)).options(options(areas, small))
}

/// Runs something on disks and returns them.
pub(crate) fn run(disks: &[Image], operation: impl FnOnce(&Lvm) -> Result<()>) -> Vec<Image> {
    let disks = Disks::new(disks);
    operation(&open(&disks, SEED)).unwrap();
    disks.images()
}

fn create(lvm: &Lvm, pvs: Vec<PvSource>) -> Result<Transaction> {
    lvm.create_vg(lvmkit::NewVg::new("vg").extent_size(EXTENT), pvs)
}

/// A group `vg` with a volume `a` on the first disk and `b` beside it.
fn base(shape: Shape) -> Vec<Image> {
    run(&shape.disks(), |lvm| {
        let mut tx = create(lvm, shape.sources())?;
        tx.create_lv(NewLv::linear("a", Size::mib(2)))?;
        tx.create_lv(NewLv::linear("b", Size::mib(1)))?;
        tx.commit(&mut Silent).map(|_| ())
    })
}

/// A small change.
fn tag(tx: &mut Transaction) -> Result<()> {
    tx.add_vg_tag("small-change")
}

/// Scenarios as they are put together.
struct List {
    scenarios: Vec<Scenario>,
}

impl List {
    fn add(
        &mut self,
        name: impl Into<String>,
        disks: &[Image],
        operation: impl Fn(&Lvm) -> Result<()> + Send + Sync + 'static,
    ) {
        let operation = Arc::new(operation);
        self.scenarios.push(Scenario {
            name: name.into(),
            disks: disks.to_vec(),
            operation,
            repeat: Repeat::OnOld,
            discards: false,
        });
    }

    /// Marks the last one as one that can be run again at any time.
    fn repeat_always(&mut self) {
        self.scenarios.last_mut().unwrap().repeat = Repeat::Always;
    }

    /// A change of the group `vg`.
    fn edit(
        &mut self,
        name: impl Into<String>,
        disks: &[Image],
        edit: impl Fn(&mut Transaction) -> Result<()> + Send + Sync + 'static,
    ) {
        self.add(name, disks, move |lvm| lvm.update("vg", &edit).map(|_| ()));
    }
}

/// All changes; or, when not `full`, those that differ in what they write.
pub(crate) fn all(full: bool) -> Vec<Scenario> {
    let mut list = List { scenarios: Vec::new() };
    for (number, shape) in SHAPES.into_iter().enumerate() {
        new_groups(&mut list, shape);
        let base = base(shape);
        if full || [0, 2, 3].contains(&number) {
            volumes(&mut list, shape, &base);
        }
        if full || [0, 4].contains(&number) {
            attributes(&mut list, shape, &base);
        }
        physical_volumes(&mut list, shape, &base);
        copies(&mut list, shape, &base);
        whole_group(&mut list, shape, &base);
        if shape.pvs() > 1 && !shape.small && (full || number == 3) {
            damaged::damaged(&mut list, shape, &base);
        }
    }
    areas::moving_areas(&mut list);
    areas::overlapping_areas(&mut list);
    split_merge::split_and_merged(&mut list);
    identity::identity(&mut list, full);
    discarded::discarded(&mut list);
    areas::wrapping(&mut list);
    without_groups::without_groups(&mut list);
    without_groups::restored(&mut list);
    list.scenarios
}

fn new_groups(list: &mut List, shape: Shape) {
    let commit = move |lvm: &Lvm, pvs| {
        let mut tx = create(lvm, pvs)?;
        tx.create_lv(NewLv::linear("a", Size::mib(2)))?;
        tx.commit(&mut Silent).map(|_| ())
    };
    let fresh = shape.disks();
    list.add(format!("vgcreate, {}", shape.name), &fresh, move |lvm| commit(lvm, shape.sources()));
    let orphan = |disks: &[Image], which: usize| {
        run(disks, |lvm| {
            lvm.create_pv(name(which).as_str(), &options(shape.areas[which], shape.small), Overwrite::Refuse)
                .map(|_| ())
        })
    };
    let all = (0..shape.pvs()).fold(fresh.clone(), |disks, which| orphan(&disks, which));
    list.add(format!("vgcreate over PVs, {}", shape.name), &all, move |lvm| commit(lvm, shape.sources()));
    if shape.pvs() > 1 {
        let last = orphan(&fresh, shape.pvs() - 1);
        list.add(format!("vgcreate over disks and a PV, {}", shape.name), &last, move |lvm| {
            commit(lvm, shape.sources())
        });
    }
}

fn volumes(list: &mut List, shape: Shape, base: &[Image]) {
    let on = shape.name;
    list.edit(format!("lvcreate linear, {on}"), base, |tx| {
        tx.create_lv(NewLv::linear("c", Size::mib(3))).map(|_| ())
    });
    list.edit(format!("lvextend, {on}"), base, |tx| tx.extend_lv_by("a", Size::mib(2)).map(|_| ()));
    list.edit(format!("lvreduce, {on}"), base, |tx| tx.reduce_lv_to("a", Size::mib(1)).map(|_| ()));
    list.edit(format!("lvremove, {on}"), base, |tx| tx.remove_lv("a"));
    list.edit(format!("lvrename, {on}"), base, |tx| tx.rename_lv("a", "z"));
    list.edit(format!("many edits, {on}"), base, |tx| {
        tx.remove_lv("b")?;
        for number in 0..8 {
            tx.create_lv(
                NewLv::linear(format!("n{number}"), Size::Bytes(Bytes::kib(512))).tag("one-of-many"),
            )?;
        }
        tx.extend_lv_by("a", Size::mib(1))?;
        tx.rename_lv("n3", "renamed")
    });
    if shape.pvs() > 1 {
        list.edit(format!("lvcreate striped, {on}"), base, |tx| {
            tx.create_lv(NewLv::striped("s", Size::mib(4), 2)).map(|_| ())
        });
    }
}

fn attributes(list: &mut List, shape: Shape, base: &[Image]) {
    let on = shape.name;
    list.edit(format!("vgchange --addtag, {on}"), base, |tx| tx.add_vg_tag("t"));
    list.edit(format!("lvchange, {on}"), base, |tx| {
        tx.add_lv_tag("a", "t")?;
        tx.set_lv_writable("a", false)?;
        tx.set_persistent_minor("b", Some((None, 77)))
    });
    list.edit(format!("pvchange, {on}"), base, |tx| {
        let pv = tx.pv_on("d0")?;
        tx.add_pv_tag(pv, "t")?;
        tx.set_pv_allocatable(pv, false)
    });
    list.edit(format!("vgchange limits, {on}"), base, |tx| {
        tx.set_max_lv(20)?;
        tx.set_max_pv(20)?;
        tx.set_vg_allocation_policy(AllocationPolicy::Cling)?;
        tx.set_vg_autoactivation(false)
    });
    list.edit(format!("vgchange extent size, {on}"), base, |tx| tx.set_extent_size(Bytes::kib(256)));
    list.edit(format!("vgrename, {on}"), base, |tx| tx.rename_vg("other"));
}

fn physical_volumes(list: &mut List, shape: Shape, base: &[Image]) {
    let on = shape.name;
    let (first, second) = (shape.pvs(), shape.pvs() + 1);
    let small = shape.small;
    for areas in 0..=2 {
        list.edit(format!("vgextend by a disk with {areas} areas, {on}"), base, move |tx| {
            tx.add_pv_on(source(first, areas, small)).map(|_| ())
        });
        let orphan = run(base, |lvm| {
            lvm.create_pv(name(first).as_str(), &options(areas, small), Overwrite::Refuse).map(|_| ())
        });
        list.edit(format!("vgextend by a PV with {areas} areas, {on}"), &orphan, move |tx| {
            tx.add_pv_on(source(first, areas, small)).map(|_| ())
        });
    }
    list.edit(format!("vgextend by two disks and lvcreate, {on}"), base, move |tx| {
        tx.add_pv_on(source(first, 1, small))?;
        tx.add_pv_on(source(second, 1, small))?;
        tx.create_lv(NewLv::linear("c", Size::mib(20))).map(|_| ())
    });
    let extended = run(base, |lvm| {
        lvm.update("vg", |tx| {
            tx.add_pv_on(source(first, 1, small))?;
            tx.add_pv_on(source(second, 0, small))
        })
        .map(|_| ())
    });
    list.edit(format!("vgreduce, {on}"), &extended, move |tx| tx.remove_pv_on(name(first).as_str()));
    list.edit(format!("vgreduce by two, {on}"), &extended, move |tx| {
        tx.remove_pv_on(name(first).as_str())?;
        tx.remove_pv_on(name(second).as_str())
    });
    list.edit(format!("replace a PV by a disk, {on}"), &extended_without(&extended, first), move |tx| {
        tx.add_pv_on(source(first, 1, small))?;
        tx.remove_pv_on(name(second).as_str())
    });
    let mut grown = base.to_vec();
    grown[0].set_size(DISK + (8 << 20));
    list.edit(format!("pvresize, {on}"), &grown, |tx| tx.resize_pv_on("d0", None));
    list.repeat_always();
    list.edit(format!("pvresize to less, {on}"), base, |tx| tx.resize_pv_on("d0", Some(Bytes::mib(12))));
    list.repeat_always();
}

/// The same group without that physical volume, which is blank again.
fn extended_without(extended: &[Image], disk: usize) -> Vec<Image> {
    run(extended, |lvm| {
        lvm.update("vg", |tx| tx.remove_pv_on(name(disk).as_str()))?;
        lvm.remove_pv(name(disk).as_str(), Overwrite::Refuse)
    })
}

fn copies(list: &mut List, shape: Shape, base: &[Image]) {
    let on = shape.name;
    let total = shape.areas.iter().sum::<u32>();
    for copies in 1..=total {
        list.edit(format!("vgmetadatacopies {copies} of {total}, {on}"), base, move |tx| {
            tx.set_metadata_copies(copies)
        });
    }
    if total > 1 {
        let one = run(base, |lvm| lvm.update("vg", |tx| tx.set_metadata_copies(1)).map(|_| ()));
        list.edit(format!("areas out of use, {on}"), &one, tag);
        list.edit(format!("areas come back, {on}"), &one, move |tx| tx.set_metadata_copies(total));
        list.edit(format!("vgmetadatacopies all, {on}"), &one, |tx| tx.set_metadata_copies(u32::MAX));
        let (disk, small) = (shape.pvs(), shape.small);
        list.edit(format!("vgextend with areas out of use, {on}"), &one, move |tx| {
            tx.add_pv_on(source(disk, 2, small)).map(|_| ())
        });
    }
}

fn whole_group(list: &mut List, shape: Shape, base: &[Image]) {
    list.edit(format!("vgremove, {}", shape.name), base, |tx| {
        tx.remove_all_lvs()?;
        tx.remove_vg()
    });
}
