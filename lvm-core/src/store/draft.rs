//! From a draft to the devices it is committed to.

use hashbrown::HashMap;
use std_alloc::{format, sync::Arc, vec::Vec};

use super::commit::{CommitArea, CommitPv, VgCommit};
use super::relocate::Relocation;
use super::scan::{AreaState, ScannedArea};
use super::set::{AreaCopy, FoundPv, FoundVg};
use crate::block::BlockDevice;
use crate::edit::VgDraft;
use crate::error::{Error, ErrorKind, Result};
use crate::id::PvId;
use crate::metadata::{PhysicalVolume, TextHeader, VolumeGroup};
use crate::ondisk::MdaHeader;
use crate::ondisk::mda_header::RAW_LOCN_IGNORED;
use crate::text::{ExportHeader, Layout, export};

/// The device of a physical volume that a draft adds.
#[derive(Clone)]
pub enum NewDevice {
    /// It is made a physical volume by the commit.
    Blank(Arc<dyn BlockDevice>),
    /// It is one already.
    Orphan(FoundPv),
}

impl core::fmt::Debug for NewDevice {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        match self {
            Self::Blank(device) => write!(f, "Blank({})", device.name()),
            Self::Orphan(found) => write!(f, "Orphan({found:?})"),
        }
    }
}

impl VgDraft {
    /// The metadata text of the next version as it goes to disk, its NUL included, with the group
    /// in it.
    ///
    /// # Errors
    /// See [`next_version`](Self::next_version).
    pub fn commit_text(&self) -> Result<(VolumeGroup, TextHeader, Vec<u8>)> {
        let (vg, header) = self.next_version()?;
        let with = ExportHeader {
            header: &header,
            generator: &self.stamp.generator,
            host_description: &self.stamp.host.description,
            zone: &*self.stamp.zone,
        };
        let mut text = export(&vg, &with, Layout::Raw).into_bytes();
        text.push(0);
        Ok((vg, header, text))
    }

    /// Matches the draft's physical volumes with devices: those of the group as it was found, and
    /// `new` ones.
    ///
    /// # Errors
    /// `MissingDevice` for a new physical volume without a device.
    pub fn devices(&self, found: Option<&FoundVg>, new: &HashMap<PvId, NewDevice>) -> Result<VgCommit> {
        let known: HashMap<PvId, (&FoundPv, &[AreaCopy])> = found
            .iter()
            .flat_map(|found| found.pvs.iter().zip(&found.copies))
            .filter_map(|(pv, copies)| pv.as_ref().map(|pv| (pv.id(), (pv, copies.as_slice()))))
            .collect();
        let mut commit = VgCommit::default();
        for pv in &self.working.physical_volumes {
            if let Some((found, copies)) = known.get(&self.id_on_disk(pv.id)) {
                let mut member = member(found, copies);
                member.relocation = self.relocation(pv.id, found);
                member.set_id(pv);
                if let Some(ignore) = self.layouts.get(&pv.id).and_then(|layout| layout.ignore) {
                    member.areas.iter_mut().for_each(|area| area.in_use = !ignore);
                }
                commit.members.push(member);
            } else if let Some(device) = new.get(&pv.id) {
                commit.members.push(self.new_member(pv, device)?);
            } else if !pv.is_missing() {
                let message = format!("no device for physical volume {}", pv.id);
                return Err(Error::new(ErrorKind::MissingDevice, message).with_device(pv.device.clone()));
            }
        }
        choose_areas(&mut commit, self.working.metadata_copies);
        if let Some(found) = found {
            let kept = |pv: &FoundPv| {
                self.working.physical_volumes.iter().any(|kept| self.id_on_disk(kept.id) == pv.id())
            };
            let left = found.pvs.iter().zip(&found.copies);
            commit.removed = left
                .filter_map(|(pv, copies)| pv.as_ref().map(|pv| (pv, copies)))
                .filter(|(pv, _)| !kept(pv))
                .map(|(pv, copies)| member(pv, copies))
                .collect();
            // A volume that left in an earlier commit which could not finish.
            commit.removed.extend(found.outdated.iter().filter(|pv| !kept(pv)).map(|pv| member(pv, &[])));
        }
        Ok(commit)
    }

    /// The id in the label of what is `pv` from now on.
    fn id_on_disk(&self, pv: PvId) -> PvId {
        self.renewed().iter().find(|(_, new)| *new == pv).map_or(pv, |(old, _)| *old)
    }

    /// Whether an edit moved the second metadata area.
    fn relocation(&self, pv: PvId, found: &FoundPv) -> Option<Relocation> {
        let area = 1;
        let layout = &self.layouts.get(&pv)?.layout;
        let to = *layout.metadata_areas.get(area)?;
        let mut label = found.scanned.label.clone();
        let from = label.pv_header.metadata_areas.get_mut(area)?;
        let old = core::mem::replace(from, to);
        if old == to {
            return None;
        }
        // lvm2 records the size without what lies before the extents and behind them.
        let around = layout.pe_start.saturating_add(to.size);
        label.pv_header.device_size = layout.device_size.saturating_sub(around);
        // An area that cannot be read, as when the device was cut off already, moves first too.
        let lost = found.scanned.areas.get(area).is_none_or(|area| area.state.header().is_none());
        Some(Relocation { area, to, label, before: lost || to.offset > old.offset })
    }

    fn new_member(&self, pv: &PhysicalVolume, device: &NewDevice) -> Result<CommitPv> {
        let draft_pv = self.layouts.get(&pv.id);
        match (device, draft_pv) {
            (NewDevice::Orphan(found), _) => {
                Ok(CommitPv { relocation: self.relocation(pv.id, found), ..member(found, &[]) })
            }
            (NewDevice::Blank(device), Some(draft_pv)) => {
                let layout = draft_pv.layout.clone();
                let areas = layout.metadata_areas.iter().map(|area| {
                    let mut header = MdaHeader::empty(area.offset, area.size);
                    if layout.metadata_ignore {
                        header.committed.flags |= RAW_LOCN_IGNORED;
                    }
                    let in_use = !layout.metadata_ignore;
                    CommitArea { location: *area, header: Some(header), bad: false, current: false, in_use }
                });
                Ok(CommitPv {
                    id: pv.id,
                    device: Arc::clone(device),
                    label: layout.label(false),
                    areas: areas.collect(),
                    initialise: Some(layout),
                    new_label: None,
                    relocation: None,
                })
            }
            (NewDevice::Blank(_), None) => {
                Err(Error::new(ErrorKind::Internal, format!("physical volume {} has no layout", pv.id)))
            }
        }
    }
}

impl CommitPv {
    /// A physical volume that leaves its group, or left it already and still holds an old text.
    #[must_use]
    pub fn leaving(found: &FoundPv) -> Self {
        member(found, &[])
    }

    /// Its label says another id from this commit on, and then also the size that the group has of it.
    fn set_id(&mut self, pv: &PhysicalVolume) {
        if self.id == pv.id {
            return;
        }
        let mut label = self.label.clone();
        label.pv_header.pv_id = pv.id;
        if let Some(size) = pv.dev_size() {
            label.pv_header.device_size = size.to_bytes().get();
        }
        label.pv_header.set_used(true);
        self.new_label = Some(label);
        self.id = pv.id;
    }
}

fn member(found: &FoundPv, copies: &[AreaCopy]) -> CommitPv {
    let areas = found.scanned.areas.iter().enumerate().map(|(at, area): (usize, &ScannedArea)| {
        let header = area.state.header().copied();
        CommitArea {
            location: area.location,
            header,
            bad: matches!(area.state, AreaState::Bad(..)),
            current: matches!(copies.get(at), Some(AreaCopy::Current)),
            in_use: !header.is_some_and(|header| header.committed.is_ignored()),
        }
    });
    CommitPv {
        id: found.id(),
        device: Arc::clone(&found.device),
        label: found.scanned.label.clone(),
        areas: areas.collect(),
        initialise: None,
        new_label: None,
        relocation: None,
    }
}

/// With a number of copies wanted, keeps that many areas in use: first those that are, or that
/// an edit brought into use, in order, then others. LVM2 chooses at random; the number is the same.
/// Without one a single area comes into use when none is, so that the text has somewhere to go.
fn choose_areas(commit: &mut VgCommit, copies: u32) {
    if copies == 0 {
        if !commit.members.iter().flat_map(|pv| &pv.areas).any(|area| area.in_use)
            && let Some(first) = commit.members.iter_mut().flat_map(|pv| &mut pv.areas).next()
        {
            first.in_use = true;
        }
        return;
    }
    let mut left = copies;
    let in_use = commit.members.iter().flat_map(|pv| &pv.areas).map(|area| area.in_use).collect::<Vec<_>>();
    for wanted in [true, false] {
        let mut was_in_use = in_use.iter().copied();
        for area in commit.members.iter_mut().flat_map(|pv| &mut pv.areas) {
            if was_in_use.next() == Some(wanted) {
                area.in_use = left > 0;
                left = left.saturating_sub(1);
            }
        }
    }
}
