//! Putting together what the devices say: groups, their copies, and what is wrong with them.

use core::fmt;

use hashbrown::HashMap;
use std_alloc::{format, string::String, sync::Arc, vec, vec::Vec};

use super::label::write_label;
use super::renew;
use super::scan::{AreaState, ScannedArea, ScannedPv, TextCache, scan_device};
use crate::block::BlockDevice;
use crate::error::{Context, Effect, Error, Result};
use crate::id::{PvId, VgId};
use crate::metadata::{PhysicalVolume, PvStatus, TextHeader, VolumeGroup};
use crate::ondisk::{Label, MdaHeader, RawLocation};
use crate::text::Imported;
use crate::units::Bytes;

/// How a copy of the metadata relates to the newest one.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum AreaCopy {
    /// It holds the newest text.
    Current,
    /// It holds an older text; the next commit rewrites it.
    Stale {
        /// The version it holds.
        seqno: u32,
    },
    /// It holds another text of the same version; the next commit rewrites it.
    Mismatched,
    /// It holds a text of another group; the next commit rewrites it.
    Foreign,
    /// Its header or text is not valid; the next commit rewrites it.
    Corrupt(Arc<Error>),
    /// It is kept out of use.
    Ignored,
    /// It has no text.
    Empty,
}

/// A physical volume that was found.
#[derive(Clone)]
pub struct FoundPv {
    /// The device it is on.
    pub device: Arc<dyn BlockDevice>,
    /// What was read from it.
    pub scanned: ScannedPv,
}

impl fmt::Debug for FoundPv {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("FoundPv")
            .field("device", &self.device.name())
            .field("scanned", &self.scanned)
            .finish()
    }
}

impl FoundPv {
    /// The id in the label.
    #[must_use]
    pub fn id(&self) -> PvId {
        self.scanned.label.pv_header.pv_id
    }

    /// How many of its metadata areas are out of use.
    #[must_use]
    pub fn ignored_areas(&self) -> usize {
        self.scanned.areas.iter().filter(|area| area.is_ignored()).count()
    }
}

/// A volume group that was found, with every copy of its metadata.
#[derive(Clone, Debug)]
pub struct FoundVg {
    /// The newest version. Physical volumes carry the path they were found at, and MISSING when
    /// they were not found.
    pub vg: VolumeGroup,
    /// Who wrote that version.
    pub header: TextHeader,
    /// For each physical volume, where it was found.
    pub pvs: Vec<Option<FoundPv>>,
    /// For each physical volume, its metadata areas in order.
    pub copies: Vec<Vec<AreaCopy>>,
    /// What a user should know.
    pub problems: Vec<Problem>,
    /// Physical volumes that hold an old version of this group and do not belong to it any more.
    pub outdated: Vec<FoundPv>,
    /// Devices left out because another one has the same physical volume id.
    pub duplicates: Vec<String>,
    /// The text as it was read.
    newest: Arc<Imported>,
}

/// A physical volume without a group.
#[derive(Clone, Debug)]
pub struct Orphan {
    /// Where it was found.
    pub pv: FoundPv,
    /// True when its label says that a group uses it, although none was found.
    pub used_by_unknown: bool,
}

/// Something that is wrong and did not keep the group from being read.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum Problem {
    /// A device could not be read, or its label is not valid.
    Device {
        /// The device.
        device: String,
        /// Why.
        error: Arc<Error>,
    },
    /// A physical volume of a group was not found.
    MissingPv {
        /// Its id.
        pv: PvId,
        /// Where it was last seen.
        hint: String,
    },
    /// A copy of the metadata is not current.
    Copy {
        /// The device.
        device: String,
        /// Which of its metadata areas.
        area: usize,
        /// What is wrong with it.
        copy: AreaCopy,
    },
    /// Two devices have one physical volume id; the second was left out.
    Duplicate {
        /// The id.
        pv: PvId,
        /// The device used.
        used: String,
        /// The device left out.
        left_out: String,
    },
    /// The device is smaller than the metadata says.
    SmallDevice {
        /// The device.
        device: String,
        /// Its size.
        size: Bytes,
        /// The size in the metadata.
        expected: Bytes,
    },
    /// Its label does not say that it is in use, or is of an old version; the next commit
    /// rewrites it.
    OldLabel {
        /// The device.
        device: String,
    },
    /// It holds an old version of a group that it does not belong to any more.
    Outdated {
        /// The device.
        device: String,
        /// The version it holds.
        seqno: u32,
    },
    /// Two groups list the same physical volume; it counts as missing in this one.
    ClaimedTwice {
        /// The physical volume.
        pv: PvId,
        /// The group that has it.
        owner: String,
    },
}

impl fmt::Display for AreaCopy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Current => f.write_str("current"),
            Self::Stale { seqno } => write!(f, "old, with seqno {seqno}"),
            Self::Mismatched => f.write_str("another text of the same seqno"),
            Self::Foreign => f.write_str("the text of another volume group"),
            Self::Corrupt(error) => write!(f, "not valid: {error}"),
            Self::Ignored => f.write_str("ignored"),
            Self::Empty => f.write_str("empty"),
        }
    }
}

impl Problem {
    /// True when content is lost or in doubt, as against copies that the next change repairs.
    #[must_use]
    pub fn is_serious(&self) -> bool {
        match self {
            Self::MissingPv { .. }
            | Self::Duplicate { .. }
            | Self::SmallDevice { .. }
            | Self::ClaimedTwice { .. } => true,
            Self::Device { .. } | Self::Copy { .. } | Self::OldLabel { .. } | Self::Outdated { .. } => false,
        }
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Device { device, error } => write!(f, "device {device} is left out: {error}"),
            Self::MissingPv { pv, hint } => {
                write!(f, "physical volume {pv} is missing (last seen at {hint})")
            }
            Self::Copy { device, area, copy } => {
                write!(f, "metadata area {area} on {device} is {copy}; the next change repairs it")
            }
            Self::Duplicate { pv, used, left_out } => {
                write!(f, "physical volume {pv} is on {used} and on {left_out}; {left_out} is not used")
            }
            Self::SmallDevice { device, size, expected } => {
                write!(f, "device {device} has {size}, its physical volume {expected}; was it resized?")
            }
            Self::OldLabel { device } => {
                write!(f, "the label of {device} does not say that it is in use; the next change repairs it")
            }
            Self::Outdated { device, seqno } => {
                write!(f, "{device} holds seqno {seqno} of this group and was removed from it since")
            }
            Self::ClaimedTwice { pv, owner } => write!(f, "physical volume {pv} belongs to {owner}"),
        }
    }
}

/// Everything a set of devices holds.
#[derive(Clone, Debug, Default)]
pub struct Scan {
    /// The groups, in the order they were found.
    pub groups: Vec<FoundVg>,
    /// Physical volumes without a group.
    pub orphans: Vec<Orphan>,
    /// Devices that are not physical volumes.
    pub others: Vec<String>,
    /// What concerns no group.
    pub problems: Vec<Problem>,
    /// Metadata areas whose second slot counts, because a split or merge of groups, or a change of
    /// ids, was interrupted after its decisive write.
    pub unfinished: Vec<Unfinished>,
}

/// A metadata area that a split or merge of groups did not get to any more.
#[derive(Clone)]
pub struct Unfinished {
    device: Arc<dyn BlockDevice>,
    header: MdaHeader,
    /// The label with the id that the second slot's text gives to the physical volume.
    label: Option<Label>,
}

impl fmt::Debug for Unfinished {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Unfinished")
            .field("device", &self.device.name())
            .field("header", &self.header)
            .field("label", &self.label)
            .finish()
    }
}

impl Unfinished {
    pub(super) fn new(device: &Arc<dyn BlockDevice>, header: MdaHeader) -> Self {
        Self { device: Arc::clone(device), header, label: None }
    }

    pub(super) fn is_on(&self, device: &Arc<dyn BlockDevice>) -> bool {
        Arc::ptr_eq(&self.device, device)
    }

    pub(super) fn set_label(&mut self, label: &Label) {
        self.label = Some(label.clone());
    }

    /// Makes the second slot the committed one, as the interrupted commit would have.
    ///
    /// # Errors
    /// `Io`.
    ///
    /// # Effect
    /// `Unchanged`: readers take the second slot already.
    pub fn finish(&self) -> Result<()> {
        if let Some(label) = &self.label {
            // Without the second slot nothing would tell the new id.
            write_label(&self.device, label).having(Effect::Unchanged)?;
        }
        let header = MdaHeader {
            committed: self.header.precommitted,
            precommitted: RawLocation::default(),
            ..self.header
        };
        let written = self.device.write_at(header.start, &header.encode());
        written.and_then(|()| self.device.flush()).having(Effect::Unchanged)
    }
}

impl Scan {
    /// Reads every device and puts the groups together.
    #[must_use]
    pub fn new(devices: &[Arc<dyn BlockDevice>]) -> Self {
        let mut cache = TextCache::default();
        let mut scan = Self::default();
        let mut found = Vec::new();
        for device in devices {
            match scan_device(device, &mut cache) {
                Ok(Some(scanned)) => found.push(FoundPv { device: Arc::clone(device), scanned }),
                Ok(None) => scan.others.push(device.name().into()),
                Err(error) => {
                    let device = device.name().into();
                    scan.problems.push(Problem::Device { device, error: Arc::new(error) });
                }
            }
        }
        scan.assemble(found);
        scan
    }

    fn assemble(&mut self, mut found: Vec<FoundPv>) {
        self.unfinished = roll_forward(&mut found);
        let newest = newest_texts(&found);
        let owners = owners(&found, &newest);
        let (kept, duplicates) = self.without_duplicates(found, &owners, &newest);
        let mut members: HashMap<PvId, FoundPv> = HashMap::new();
        let mut groups = newest.iter().map(FoundVg::empty).collect::<Vec<_>>();
        for pv in kept {
            match owners.get(&pv.id()) {
                Some(_) => {
                    members.insert(pv.id(), pv);
                }
                None => self.add_orphan(pv, &mut groups),
            }
        }
        for (group, found) in groups.iter_mut().enumerate() {
            found.fill(group, &members, &owners, &newest);
            found.duplicates = duplicates
                .iter()
                .filter(|(pv, _)| owners.get(pv) == Some(&group))
                .map(|(_, device)| device.clone())
                .collect();
        }
        self.groups = groups;
    }

    /// A device that no group lists. It may hold an old version of one that does not list it any
    /// more.
    fn add_orphan(&mut self, pv: FoundPv, groups: &mut [FoundVg]) {
        let old = pv.scanned.areas.iter().find_map(|area| area.state.text()).cloned();
        let group = old.as_ref().and_then(|text| groups.iter_mut().find(|group| group.vg.id == text.vg.id));
        if let (Some(group), Some(text)) = (group, old) {
            let device = pv.device.name().into();
            group.problems.push(Problem::Outdated { device, seqno: text.vg.seqno });
            group.outdated.push(pv);
        } else {
            let used_by_unknown = pv.scanned.label.pv_header.is_used();
            self.orphans.push(Orphan { pv, used_by_unknown });
        }
    }

    /// Of several devices with one id keeps the one whose size or path the metadata knows, else
    /// the first. The order of preference is that of lvm2 as far as it can be told without a
    /// kernel.
    fn without_duplicates(
        &mut self,
        found: Vec<FoundPv>,
        owners: &HashMap<PvId, usize>,
        newest: &[Arc<Imported>],
    ) -> (Vec<FoundPv>, Vec<(PvId, String)>) {
        let mut kept: Vec<FoundPv> = Vec::with_capacity(found.len());
        let mut at: HashMap<PvId, usize> = HashMap::with_capacity(found.len());
        let mut left_out = Vec::new();
        for mut pv in found {
            let id = pv.id();
            let Some(first) = at.get(&id).and_then(|at| kept.get_mut(*at)) else {
                at.insert(id, kept.len());
                kept.push(pv);
                continue;
            };
            let known = owners.get(&id).and_then(|at| newest.get(*at));
            let known = known.and_then(|text| text.vg.physical_volume(id));
            let score = |pv: &FoundPv| {
                let size = known.and_then(|known| known.dev_size).map(|size| size.to_bytes().0);
                let path = known.is_some_and(|known| known.device == pv.device.name());
                (size == Some(pv.device.size()), path)
            };
            if score(&pv) > score(first) {
                core::mem::swap(first, &mut pv);
            }
            self.problems.push(Problem::Duplicate {
                pv: id,
                used: first.device.name().into(),
                left_out: pv.device.name().into(),
            });
            left_out.push((id, pv.device.name().into()));
        }
        (kept, left_out)
    }
}

/// Applies the two rules that make splits and merges of groups atomic: the second slot of an area
/// counts when it holds a text of another group than the first, which lists this physical volume,
/// and
/// - that same text is committed elsewhere (a merge), or
/// - the newest text of the first slot's group does not list this physical volume any more (a
///   split).
///
/// In an ordinary commit both slots are of one group, and the second means nothing, as in lvm2.
fn roll_forward(found: &mut [FoundPv]) -> Vec<Unfinished> {
    let pending = |area: &ScannedArea| area.precommitted.is_some();
    if !found.iter().any(|pv| pv.scanned.areas.iter().any(pending)) {
        return Vec::new();
    }
    let newest = newest_texts(found);
    let mut unfinished = renew::roll_forward(found, &newest);
    let newest = newest_texts(found);
    let mut decided = Vec::new();
    for (at, pv) in found.iter().enumerate() {
        for (area_at, area) in pv.scanned.areas.iter().enumerate() {
            let (Some(text), AreaState::Good(_, old)) = (&area.precommitted, &area.state) else { continue };
            if text.vg.id == old.vg.id || text.vg.physical_volume(pv.id()).is_none() {
                continue;
            }
            let merged = newest.iter().any(|newest| Arc::ptr_eq(newest, text));
            let left = newest
                .iter()
                .any(|newest| newest.vg.id == old.vg.id && newest.vg.physical_volume(pv.id()).is_none());
            if merged || left {
                decided.push((at, area_at));
            }
        }
    }
    for (at, area_at) in decided {
        let Some(pv) = found.get_mut(at) else { continue };
        let device = Arc::clone(&pv.device);
        let Some(area) = pv.scanned.areas.get_mut(area_at) else { continue };
        let (Some(text), Some(header)) = (area.precommitted.take(), area.state.header().copied()) else {
            continue;
        };
        area.state = AreaState::Good(header, text);
        unfinished.push(Unfinished::new(&device, header));
    }
    unfinished
}

/// For each group id its newest text; of two with one seqno the first found.
fn newest_texts(found: &[FoundPv]) -> Vec<Arc<Imported>> {
    let mut at: HashMap<VgId, usize> = HashMap::new();
    let mut newest: Vec<Arc<Imported>> = Vec::new();
    for text in found.iter().flat_map(|pv| &pv.scanned.areas).filter_map(|area| area.state.text()) {
        match at.get(&text.vg.id).and_then(|at| newest.get_mut(*at)) {
            Some(known) if known.vg.seqno < text.vg.seqno => *known = Arc::clone(text),
            Some(_) => {}
            None => {
                at.insert(text.vg.id, newest.len());
                newest.push(Arc::clone(text));
            }
        }
    }
    newest
}

/// Which group has a physical volume: the one whose text lies on it, else the first that lists it.
fn owners(found: &[FoundPv], newest: &[Arc<Imported>]) -> HashMap<PvId, usize> {
    let mut own = HashMap::new();
    for pv in found {
        for text in pv.scanned.areas.iter().filter_map(|area| area.state.text()) {
            own.insert(pv.id(), text.vg.id);
        }
    }
    let mut owners = HashMap::new();
    for (group, text) in newest.iter().enumerate() {
        for pv in &text.vg.physical_volumes {
            if own.get(&pv.id) == Some(&text.vg.id) {
                owners.insert(pv.id, group);
            } else {
                owners.entry(pv.id).or_insert(group);
            }
        }
    }
    owners
}

impl FoundVg {
    fn empty(text: &Arc<Imported>) -> Self {
        Self {
            newest: Arc::clone(text),
            vg: text.vg.clone(),
            header: text.header.clone(),
            pvs: Vec::new(),
            copies: Vec::new(),
            problems: Vec::new(),
            outdated: Vec::new(),
            duplicates: Vec::new(),
        }
    }

    /// Matches the group's physical volumes with what was found.
    fn fill(
        &mut self,
        group: usize,
        members: &HashMap<PvId, FoundPv>,
        owners: &HashMap<PvId, usize>,
        newest: &[Arc<Imported>],
    ) {
        // Only asked about those that were missing before.
        let used = if self.vg.is_partial() { self.vg.used_extents().unwrap_or_default() } else { Vec::new() };
        for at in 0..self.vg.physical_volumes.len() {
            let Some(pv) = self.vg.physical_volumes.get_mut(at) else { continue };
            let owner = owners.get(&pv.id).copied().unwrap_or(group);
            let found = if owner == group { members.get(&pv.id) } else { None };
            if owner != group {
                let owner = newest.get(owner).map_or_else(String::new, |text| text.vg.name.clone());
                self.problems.push(Problem::ClaimedTwice { pv: pv.id, owner });
            }
            match found {
                None => {
                    pv.status.insert(PvStatus::MISSING);
                    self.problems.push(Problem::MissingPv { pv: pv.id, hint: pv.device.clone() });
                    pv.device = "[unknown]".into();
                    self.pvs.push(None);
                    self.copies.push(vec![]);
                }
                Some(found) => {
                    pv.device = found.device.name().into();
                    // A physical volume that came back is used again when nothing of it was.
                    if used.get(at).is_some_and(|used| used.is_zero()) {
                        pv.status.remove(PvStatus::MISSING);
                    }
                    let expected = pv.dev_size.map(|size| size.to_bytes());
                    self.look_at(found, expected);
                    self.pvs.push(Some(found.clone()));
                }
            }
        }
    }

    fn look_at(&mut self, found: &FoundPv, expected: Option<Bytes>) {
        let device: String = found.device.name().into();
        let size = Bytes(found.device.size());
        if let Some(expected) = expected.filter(|expected| *expected > size) {
            self.problems.push(Problem::SmallDevice { device: device.clone(), size, expected });
        }
        if !found.scanned.label.pv_header.is_used() {
            self.problems.push(Problem::OldLabel { device: device.clone() });
        }
        let mut copies = Vec::with_capacity(found.scanned.areas.len());
        for (area, scanned) in found.scanned.areas.iter().enumerate() {
            let copy = self.judge(&scanned.state);
            let harmless = matches!(copy, AreaCopy::Current | AreaCopy::Ignored);
            if !harmless {
                self.problems.push(Problem::Copy { device: device.clone(), area, copy: copy.clone() });
            }
            copies.push(copy);
        }
        self.copies.push(copies);
    }

    fn judge(&self, state: &AreaState) -> AreaCopy {
        match state {
            AreaState::Unusable(error) | AreaState::Bad(_, error) => AreaCopy::Corrupt(Arc::clone(error)),
            AreaState::Ignored(_) => AreaCopy::Ignored,
            AreaState::Empty(_) => AreaCopy::Empty,
            AreaState::Good(_, text) if text.vg.id != self.vg.id => AreaCopy::Foreign,
            AreaState::Good(_, text) if text.vg.seqno != self.vg.seqno => {
                AreaCopy::Stale { seqno: text.vg.seqno }
            }
            // Identical texts were parsed once.
            AreaState::Good(_, text) if Arc::ptr_eq(text, &self.newest) => AreaCopy::Current,
            AreaState::Good(..) => AreaCopy::Mismatched,
        }
    }

    /// The physical volumes that were found.
    pub fn found_pvs(&self) -> impl Iterator<Item = &FoundPv> {
        self.pvs.iter().flatten()
    }

    /// True when the text says that this physical volume was missing when it was written.
    #[must_use]
    pub fn was_missing(&self, pv: PvId) -> bool {
        self.newest.vg.physical_volume(pv).is_some_and(PhysicalVolume::is_missing)
    }

    /// The group's name and id, for messages.
    #[must_use]
    pub fn label(&self) -> String {
        format!("{} ({})", self.vg.name, self.vg.id)
    }
}
