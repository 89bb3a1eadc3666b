//! What must hold of the disks after a crash.

use std::collections::{BTreeMap, BTreeSet};
use std::hash::{DefaultHasher, Hash, Hasher};

use lvmkit::core::store::{AreaState, FoundPv, Problem, Scan};
use lvmkit::{Lvm, Options, Result, Transaction, VolumeGroup};

use super::disk::{Disks, Image};

/// A change that one run makes.
pub(crate) type Operation = std::sync::Arc<dyn Fn(&Lvm) -> Result<()> + Send + Sync>;

/// A change under test, and the disks it is made to.
#[derive(Clone)]
pub(crate) struct Scenario {
    pub(crate) name: String,
    pub(crate) disks: Vec<Image>,
    pub(crate) operation: Operation,
    /// When the operation can be run again.
    pub(crate) repeat: Repeat,
    /// Whether extents that it sets free are discarded.
    pub(crate) discards: bool,
}

impl Scenario {
    /// Makes the change to disks.
    pub(crate) fn run(&self, disks: &Disks) -> Result<()> {
        let options = options(disks, SEED).issue_discards(self.discards);
        (self.operation)(&Lvm::open(options).unwrap())
    }
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Repeat {
    Never,
    /// On the state from before.
    OnOld,
    /// Also on the state from after, where it finishes what is left to do.
    Always,
}

/// The groups before and after the operation, and where it may write.
pub(crate) struct Expected {
    pub(crate) old: Vec<VolumeGroup>,
    pub(crate) new: Vec<VolumeGroup>,
    before: Vec<Image>,
    after: Vec<Image>,
    writable: Vec<Vec<std::ops::Range<u64>>>,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Verdict {
    Old,
    New,
    /// The operation does not change any group.
    Either,
}

pub(crate) const SEED: u64 = 0x5eed;

fn options(disks: &Disks, seed: u64) -> Options {
    Options::new().block_devices(disks.devices()).seed(seed).time(1_700_000_000).command("crash test")
}

pub(crate) fn open(disks: &Disks, seed: u64) -> Lvm {
    Lvm::open(options(disks, seed)).unwrap()
}

fn groups(scan: &Scan) -> Vec<VolumeGroup> {
    let mut groups = scan.groups.iter().map(|found| found.vg.clone()).collect::<Vec<_>>();
    groups.sort_by_key(|vg| vg.id().to_string());
    groups
}

pub(crate) fn scan(images: &[Image]) -> Scan {
    open(&Disks::new(images), SEED).scan().unwrap()
}

impl Expected {
    pub(crate) fn new(before: &[Image], after: &[Image]) -> Self {
        let (old, new) = (scan(before), scan(after));
        let mut writable = vec![vec![0..4_u64]; before.len()];
        for scan in [&old, &new] {
            let pvs = scan.groups.iter().flat_map(|found| found.pvs.iter().flatten().chain(&found.outdated));
            for pv in pvs.chain(scan.orphans.iter().map(|orphan| &orphan.pv)) {
                let disk = disk_number(pv.device.name());
                for area in &pv.scanned.areas {
                    let end = area.location.offset + area.location.size;
                    writable[disk].push(area.location.offset / 512..end / 512);
                }
            }
        }
        let (old, new) = (groups(&old), groups(&new));
        for vg in &new {
            for lv in vg.logical_volumes() {
                let known = old.iter().any(|vg| vg.logical_volume_by_id(lv.id()).is_some());
                if !known {
                    writable
                        .iter_mut()
                        .zip(zeroed(vg, lv, before.len()))
                        .for_each(|(all, new)| all.extend(new));
                }
            }
        }
        Self { old, new, before: before.to_vec(), after: after.to_vec(), writable }
    }

    /// The sectors of each disk that had a volume and have none.
    pub(crate) fn freed(&self) -> Vec<BTreeSet<u64>> {
        let used = |groups: &[VolumeGroup]| {
            let mut used = vec![BTreeSet::new(); self.before.len()];
            let lvs = groups.iter().flat_map(|vg| vg.logical_volumes().map(move |lv| (vg, lv)));
            for (disk, range) in lvs.flat_map(|(vg, lv)| extents(vg, lv)) {
                used[disk].extend(range);
            }
            used
        };
        let (old, new) = (used(&self.old), used(&self.new));
        old.iter().zip(&new).map(|(old, new)| old - new).collect()
    }

    /// A number that is equal for states that readers and writers cannot tell apart: labels and
    /// headers are the same. The texts they point at are whole, or reading fails.
    pub(crate) fn visible(&self, images: &[Image]) -> u64 {
        let mut hasher = DefaultHasher::new();
        for (image, ranges) in images.iter().zip(&self.writable) {
            for sector in (0..4).chain(ranges.iter().map(|range| range.start)) {
                image.sector(sector).hash(&mut hasher);
            }
        }
        hasher.finish()
    }

    /// No byte changed outside of labels, metadata areas and the zeroed start of new volumes.
    pub(crate) fn check_data(&self, images: &[Image]) -> Result<(), String> {
        for (disk, image) in images.iter().enumerate() {
            let known = |at: &u64| !self.writable[disk].iter().any(|range| range.contains(at));
            if let Some(sector) = image.changed_since(&self.before[disk]).into_iter().find(known) {
                return Err(format!("data on d{disk} changed in sector {sector}"));
            }
        }
        Ok(())
    }

    /// Each group is exactly as before or exactly as after.
    fn check_groups(&self, scan: &Scan) -> Result<Verdict, String> {
        let found = groups(scan);
        let (is_old, is_new) = (found == self.old, found == self.new);
        match (is_old, is_new) {
            (true, true) => Ok(Verdict::Either),
            (true, false) => Ok(Verdict::Old),
            (false, true) => Ok(Verdict::New),
            (false, false) => {
                let show = |groups: &[VolumeGroup]| {
                    groups.iter().map(|vg| format!("{}@{}", vg.name(), vg.seqno())).collect::<Vec<_>>()
                };
                Err(format!(
                    "found {:?}, which is neither {:?} nor {:?}; {}",
                    show(&found),
                    show(&self.old),
                    show(&self.new),
                    problems(scan, &[]).join("; ")
                ))
            }
        }
    }
}

fn disk_number(name: &str) -> usize {
    name.strip_prefix('d').unwrap().parse().unwrap()
}

/// The sectors of each disk that are zeroed for a new volume: its first 4 KiB.
fn zeroed(vg: &VolumeGroup, lv: &lvmkit::LogicalVolume, disks: usize) -> Vec<Vec<std::ops::Range<u64>>> {
    let mut ranges = vec![Vec::new(); disks];
    if let Some((disk, range)) = extents(vg, lv).into_iter().next() {
        ranges[disk].push(range.start..range.start + 8);
    }
    ranges
}

/// True for a physical volume that one of these groups says is missing.
fn is_missing(groups: &[VolumeGroup], pv: lvmkit::PvId) -> bool {
    let known = groups.iter().find_map(|vg| vg.physical_volume(pv));
    known.is_some_and(lvmkit::PhysicalVolume::is_missing)
}

fn problems(scan: &Scan, groups: &[VolumeGroup]) -> Vec<String> {
    let all = scan.problems.iter().chain(scan.groups.iter().flat_map(|found| &found.problems));
    let all = all.filter(|problem| match problem {
        Problem::MissingPv { pv, .. } => !is_missing(groups, *pv),
        _ => true,
    });
    let mut texts = all.map(ToString::to_string).collect::<Vec<_>>();
    let stranded = scan.orphans.iter().filter(|orphan| orphan.used_by_unknown);
    texts.extend(stranded.map(|orphan| format!("{} is used by an unknown group", orphan.pv.device.name())));
    texts
}

/// Nothing is wrong that a reader could not make good: all physical volumes are there that were before, none is
/// stranded, and what is not current is known and harmless.
fn check_bearable(scan: &Scan, expected: &Expected) -> Result<(), String> {
    let all = scan.problems.iter().chain(scan.groups.iter().flat_map(|found| &found.problems));
    for problem in all {
        match problem {
            Problem::Copy { .. } | Problem::OldLabel { .. } | Problem::Outdated { .. } => {}
            Problem::MissingPv { pv, .. } if is_missing(&expected.old, *pv) => {}
            other => return Err(other.to_string()),
        }
    }
    match scan.orphans.iter().find(|orphan| orphan.used_by_unknown) {
        Some(orphan) => Err(format!("{} is stranded: used by an unknown group", orphan.pv.device.name())),
        None => Ok(()),
    }
}

/// Nothing was discarded that the groups as they are read have in use: extents of volumes, labels,
/// metadata areas.
fn check_discards(scan: &Scan, images: &[Image]) -> Result<(), String> {
    if images.iter().all(|image| image.discarded().next().is_none()) {
        return Ok(());
    }
    let mut used = Vec::new();
    for found in &scan.groups {
        for lv in found.vg.logical_volumes() {
            let ranges = extents(&found.vg, lv);
            used.extend(ranges.into_iter().map(|(disk, range)| (disk, range, lv.name().to_owned())));
        }
    }
    let members = scan.groups.iter().flat_map(|found| found.pvs.iter().flatten().chain(&found.outdated));
    for pv in members.chain(scan.orphans.iter().map(|orphan| &orphan.pv)) {
        let disk = disk_number(pv.device.name());
        used.push((disk, 0..4, "the label".to_owned()));
        let areas = pv.scanned.areas.iter().map(|area| area.location);
        used.extend(areas.map(|area| {
            (disk, area.offset / 512..(area.offset + area.size) / 512, "a metadata area".to_owned())
        }));
    }
    for (disk, range, what) in used {
        let lost = images[disk].discarded().find(|gone| gone.start < range.end && range.start < gone.end);
        if let Some(lost) = lost {
            return Err(format!("sectors {lost:?} of d{disk} were discarded, {what} has {range:?}"));
        }
    }
    Ok(())
}

/// The sectors of a volume, with the number of the disk they are on.
fn extents(vg: &VolumeGroup, lv: &lvmkit::LogicalVolume) -> Vec<(usize, std::ops::Range<u64>)> {
    let mut ranges = Vec::new();
    for seg in lv.segments() {
        for area in seg.kind().areas() {
            let lvmkit::core::metadata::AreaSource::Pv(pv) = area.source else { continue };
            let pv = vg.physical_volume(pv).unwrap();
            let start = pv.pe_start().0 + u64::from(area.start_extent) * vg.extent_size().0;
            let length = u64::from(seg.area_length().0) * vg.extent_size().0;
            ranges.push((disk_number(pv.device()), start..start + length));
        }
    }
    ranges
}

/// Nothing is wrong at all, but that physical volumes are missing that these groups know to be.
fn check_healthy(scan: &Scan, groups: &[VolumeGroup]) -> Result<(), String> {
    if let Some(problem) = problems(scan, groups).first() {
        return Err(format!("not healed: {problem}"));
    }
    if !scan.unfinished.is_empty() {
        return Err("a split or merge is still not finished".to_owned());
    }
    for found in &scan.groups {
        let name = found.vg.name();
        if !found.outdated.is_empty() || !found.duplicates.is_empty() {
            return Err(format!("{name} has outdated or duplicate volumes"));
        }
        for pv in found.pvs.iter().flatten() {
            if !pv.scanned.label.pv_header.is_used() {
                return Err(format!("label of {} does not say that {name} uses it", pv.device.name()));
            }
            for area in &pv.scanned.areas {
                if let AreaState::Good(header, _) = &area.state
                    && !header.precommitted.is_empty()
                {
                    return Err(format!("second slot on {} is still filled", pv.device.name()));
                }
            }
        }
        if let Some(violation) = found.vg.validate().first() {
            return Err(format!("{name} breaks invariant {}: {}", violation.number, violation.message));
        }
    }
    for orphan in &scan.orphans {
        let device = orphan.pv.device.name();
        if orphan.pv.scanned.areas.iter().any(|area| area.state.text().is_some()) {
            return Err(format!("{device} has no group and still holds a text"));
        }
    }
    Ok(())
}

/// What two runs of one operation have in common, although ids and texts differ.
fn shape(groups: &[VolumeGroup]) -> Vec<String> {
    let mut shapes = groups
        .iter()
        .map(|vg| {
            let mut lvs =
                vg.logical_volumes().map(|lv| format!("{} {}", lv.name(), lv.size())).collect::<Vec<_>>();
            lvs.sort();
            let mut pvs = vg.physical_volumes().iter().map(|pv| pv.device().to_owned()).collect::<Vec<_>>();
            pvs.sort();
            format!("{} seqno {} tags {:?} on {pvs:?}: {lvs:?}", vg.name(), vg.seqno(), vg.tags())
        })
        .collect::<Vec<_>>();
    shapes.sort();
    shapes
}

/// Where the metadata areas of each device lie.
fn area_places(scan: &Scan) -> BTreeMap<String, Vec<u64>> {
    let members = scan.groups.iter().flat_map(|found| found.pvs.iter().flatten());
    let all = members.chain(scan.orphans.iter().map(|orphan| &orphan.pv));
    let places = |pv: &FoundPv| pv.scanned.areas.iter().map(|area| area.location.offset).collect();
    all.map(|pv| (pv.device.name().to_owned(), places(pv))).collect()
}

/// The change that is used where any change will do.
pub(crate) fn tag(transaction: &mut Transaction) -> Result<()> {
    change(transaction, "after-crash")
}

/// Adds a tag; an exported group is imported first, and one that lacks a physical volume lets it
/// go.
pub(crate) fn change(transaction: &mut Transaction, tag: &str) -> Result<()> {
    if transaction.is_exported() {
        transaction.import_vg(true)?;
    }
    let found = transaction.found().unwrap();
    let lost = transaction.physical_volumes().iter().zip(&found.pvs).filter(|(_, found)| found.is_none());
    let lost = lost.map(|(pv, _)| pv.id()).collect::<Vec<_>>();
    if !lost.is_empty() {
        transaction.remove_all_lvs()?;
        lost.into_iter().try_for_each(|pv| transaction.remove_pv(pv))?;
    }
    transaction.add_vg_tag(tag)
}

/// Checks what is asked of the disks after a crash: that the groups are whole.
pub(crate) fn read(expected: &Expected, images: &[Image]) -> Result<Verdict, String> {
    let state = scan(images);
    check_bearable(&state, expected)?;
    let verdict = expected.check_groups(&state)?;
    expected.check_data(images)?;
    check_discards(&state, images)?;
    Ok(verdict)
}

/// Checks that work can go on after a crash.
pub(crate) fn go_on(
    scenario: &Scenario,
    expected: &Expected,
    images: &[Image],
    verdict: Verdict,
) -> Result<(), String> {
    let state = scan(images);
    let again = match scenario.repeat {
        Repeat::Never => false,
        Repeat::OnOld => verdict == Verdict::Old,
        Repeat::Always => true,
    };
    if again {
        repeat(scenario, expected, images, verdict).map_err(|error| format!("done again: {error}"))?;
    }
    if !state.groups.is_empty() {
        next_change(expected, images, &state).map_err(|error| format!("next change: {error}"))?;
    }
    Ok(())
}

/// The operation that a crash cut short can be run again.
fn repeat(
    scenario: &Scenario,
    expected: &Expected,
    images: &[Image],
    verdict: Verdict,
) -> Result<(), String> {
    let disks = Disks::new(images);
    scenario.run(&disks).map_err(|error| format!("{error:?}"))?;
    let after = disks.images();
    let state = scan(&after);
    check_discards(&state, &after)?;
    if verdict == Verdict::Old {
        check_healthy(&state, &expected.new)?;
    }
    let (found, wanted) = (shape(&groups(&state)), shape(&expected.new));
    if found != wanted && verdict == Verdict::Old {
        return Err(format!("{found:?} instead of {wanted:?}"));
    }
    let (found, wanted) = (area_places(&state), area_places(&scan(&expected.after)));
    if found != wanted {
        return Err(format!("metadata areas {found:?} instead of {wanted:?}"));
    }
    // It may have put a new volume elsewhere, and zeroed its start there.
    Expected::new(&scenario.disks, &after).check_data(&after)
}

/// Any change of each group succeeds and heals everything.
fn next_change(expected: &Expected, images: &[Image], before: &Scan) -> Result<(), String> {
    let disks = Disks::new(images);
    let lvm = open(&disks, SEED + 1);
    for found in &before.groups {
        let (vg, ()) = lvm.update(found.vg.name(), tag).map_err(|error| format!("{error:?}"))?;
        if vg.seqno() != found.vg.seqno() + 1 {
            return Err(format!("seqno {} after {}", vg.seqno(), found.vg.seqno()));
        }
    }
    let after = disks.images();
    check_healthy(&scan(&after), &[])?;
    expected.check_data(&after)?;
    reuse(&after)
}

/// Devices that no group has can be used without being forced.
fn reuse(images: &[Image]) -> Result<(), String> {
    let disks = Disks::new(images);
    let state = scan(images);
    let free = state.orphans.iter().map(|orphan| orphan.pv.device.name());
    let free = free.chain(state.others.iter().map(String::as_str)).map(str::to_owned).collect::<Vec<_>>();
    let has_area = |orphan: &lvmkit::core::store::Orphan| !orphan.pv.scanned.areas.is_empty();
    if free.is_empty() || (state.others.is_empty() && !state.orphans.iter().any(has_area)) {
        return Ok(());
    }
    let lvm = open(&disks, SEED + 2);
    let mut transaction =
        lvm.create_vg("reuse", &free).map_err(|error| format!("cannot use {free:?} again: {error:?}"))?;
    // Areas that were out of use on a physical volume without a group stay so.
    transaction.set_metadata_copies(1).map_err(|error| format!("{error:?}"))?;
    transaction
        .commit(&mut lvmkit::Silent)
        .map_err(|error| format!("cannot use {free:?} again: {error:?}"))?;
    check_healthy(&scan(&disks.images()), &[])
}
