//! Every kind of change, on groups of several shapes, whole and damaged.

use std::sync::Arc;

use lvmkit::{
    AllocationPolicy, Bytes, Lvm, NewLv, Overwrite, PvArgument, PvOptions, PvSource, Result, Silent, Size,
    Transaction,
};

use super::check::{Repeat, SEED, Scenario, open};
use super::disk::{Disks, Image};

const DISK: u64 = 16 << 20;
const EXTENT: Bytes = Bytes::kib(512);
/// Long enough that an area of 32 KiB wraps every few commits.
const LONG_TAG: usize = 1000;

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

pub(crate) fn all() -> Vec<Scenario> {
    let mut list = List { scenarios: Vec::new() };
    for shape in SHAPES {
        new_groups(&mut list, shape);
        let base = base(shape);
        volumes(&mut list, shape, &base);
        attributes(&mut list, shape, &base);
        physical_volumes(&mut list, shape, &base);
        copies(&mut list, shape, &base);
        whole_group(&mut list, shape, &base);
        if shape.pvs() > 1 && !shape.small {
            damaged(&mut list, shape, &base);
        }
    }
    moving_areas(&mut list);
    overlapping_areas(&mut list);
    split_and_merged(&mut list);
    wrapping(&mut list);
    without_groups(&mut list);
    restored(&mut list);
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

/// Copies that are old, broken or different before the change.
fn damaged(list: &mut List, shape: Shape, base: &[Image]) {
    let on = shape.name;
    let newer = run(base, |lvm| lvm.update("vg", |tx| tx.add_vg_tag("newer")).map(|_| ()));
    let other = run(base, |lvm| lvm.update("vg", |tx| tx.add_vg_tag("different")).map(|_| ()));
    // The last disk of every shape has one area.
    let last = shape.pvs() - 1;
    let mix = |all: &[Image], one: &[Image]| {
        let mut disks = all.to_vec();
        disks[last] = one[last].clone();
        disks
    };
    let hurt = |offset: u64, change: fn(&mut [u8; 512])| {
        let mut disks = newer.clone();
        disks[last].damage(offset, change);
        disks
    };
    let kinds = [
        ("an old copy", mix(&newer, base)),
        ("all copies old but one", mix(base, &newer)),
        ("a different copy", mix(&newer, &other)),
        ("a broken header", hurt(4096, |sector| sector[30] ^= 1)),
        ("a header of nothing", hurt(4096, |sector| sector.fill(0))),
        ("a header that points anywhere", hurt(4096, point_anywhere)),
        ("a broken text", hurt(4096 + 1536, |sector| sector[7] ^= 1)),
        ("a filled second slot", hurt(4096, fill_second_slot)),
        ("a label that says unused", hurt(512, clear_used)),
        ("a label of the first version", hurt(512, old_extension)),
    ];
    for (kind, disks) in kinds {
        list.edit(format!("{kind}: tag, {on}"), &disks, tag);
        list.edit(format!("{kind}: lvremove, {on}"), &disks, |tx| tx.remove_lv("a"));
        list.edit(format!("{kind}: vgremove, {on}"), &disks, |tx| {
            tx.remove_all_lvs()?;
            tx.remove_vg()
        });
        list.edit(format!("{kind}: vgmetadatacopies 1, {on}"), &disks, |tx| tx.set_metadata_copies(1));
        let extra = shape.pvs();
        list.edit(format!("{kind}: vgextend, {on}"), &disks, move |tx| {
            tx.add_pv_on(source(extra, 1, false)).map(|_| ())
        });
    }
    outdated(list, shape, base);
}

/// A volume that was away while it was taken out of the group.
fn outdated(list: &mut List, shape: Shape, base: &[Image]) {
    let on = shape.name;
    let extra = shape.pvs();
    let extended = run(base, |lvm| lvm.update("vg", |tx| tx.add_pv_on(source(extra, 1, false))).map(|_| ()));
    let mut disks =
        run(&extended, |lvm| lvm.update("vg", |tx| tx.remove_pv_on(name(extra).as_str())).map(|_| ()));
    disks[extra] = extended[extra].clone();
    list.edit(format!("an outdated PV: tag, {on}"), &disks, tag);
    list.edit(format!("an outdated PV: vgremove, {on}"), &disks, |tx| {
        tx.remove_all_lvs()?;
        tx.remove_vg()
    });
}

fn reseal(sector: &mut [u8; 512], at: usize, from: usize) {
    let checksum = lvmkit::core::ondisk::crc(&sector[from..]);
    sector[at..at + 4].copy_from_slice(&checksum.to_le_bytes());
}

/// A valid header whose committed text reaches over the whole area.
fn point_anywhere(sector: &mut [u8; 512]) {
    sector[40..48].copy_from_slice(&512_u64.to_le_bytes());
    sector[48..56].copy_from_slice(&900_000_u64.to_le_bytes());
    reseal(sector, 0, 4);
}

fn fill_second_slot(sector: &mut [u8; 512]) {
    let (first, second) = sector[40..88].split_at_mut(24);
    second.copy_from_slice(first);
    second[0] = second[0].wrapping_add(1);
    reseal(sector, 0, 4);
}

/// The extension of a label with one data area and one metadata area: version, then flags.
const EXTENSION: usize = 32 + 40 + 4 * 16;

fn clear_used(sector: &mut [u8; 512]) {
    assert_eq!(sector[EXTENSION], 2);
    sector[EXTENSION + 4] = 0;
    reseal(sector, 16, 20);
}

fn old_extension(sector: &mut [u8; 512]) {
    assert_eq!(sector[EXTENSION], 2);
    sector[EXTENSION] = 1;
    sector[EXTENSION + 4] = 0;
    reseal(sector, 16, 20);
}

/// The only copies leave with their physical volumes, and others come into use.
fn moving_areas(list: &mut List) {
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
fn overlapping_areas(list: &mut List) {
    let pvs = || {
        vec![
            PvSource::new("d0")
                .options(PvOptions { metadata_size: Some(Bytes::mib(3)), ..options(2, false) }),
        ]
    };
    let fresh = [Image::fresh(0, 2 * DISK)];
    let disks = run(&fresh, |lvm| create(lvm, pvs())?.commit(&mut Silent).map(|_| ()));
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

/// Groups that are taken apart and put together.
fn split_and_merged(list: &mut List) {
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

/// Commit after commit in a small area, past its end.
fn wrapping(list: &mut List) {
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

/// Physical volumes that belong to no group.
fn without_groups(list: &mut List) {
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
    for scenario in &mut list.scenarios {
        if scenario.name.starts_with("pvremove") {
            scenario.repeat = Repeat::Never;
        }
    }
}

/// A backup written back over a newer state, and over nothing.
fn restored(list: &mut List) {
    for shape in [SHAPES[0], SHAPES[2], SHAPES[3]] {
        let on = shape.name;
        let base = base(shape);
        let dir = tempfile::tempdir().unwrap().keep();
        let file = dir.join("vg");
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
        let backup = file.clone();
        list.add(format!("vgcfgrestore over a newer state, {on}"), &newer, move |lvm| {
            lvm.restore_vg("vg", &backup).map(|_| ())
        });
        list.add(format!("vgcfgrestore over nothing, {on}"), &empty, move |lvm| {
            lvm.restore_vg("vg", &file).map(|_| ())
        });
    }
}
