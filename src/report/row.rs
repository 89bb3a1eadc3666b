//! One line of a report: the objects its cells are about.

use lvm_core::metadata::{
    HistoricalLogicalVolume, LogicalVolume, PhysicalVolume, PvRun, Segment, SegmentKind, VolumeGroup,
};
use lvm_core::store::{FoundPv, Orphan};

use super::group::Group;
use super::input::DeviceNumbers;

/// A physical volume, as far as a report knows it.
#[derive(Clone, Copy, Debug)]
pub(super) enum Pv<'i> {
    /// Of a group, by position.
    Member(usize),
    /// Without a group.
    Orphan(&'i Orphan),
    /// A device that is no physical volume.
    Other(&'i str),
}

/// The objects of one line. What a line is not about is `None`.
#[derive(Clone, Copy)]
pub(super) struct Row<'c, 'i> {
    pub(super) group: Option<&'c Group<'i>>,
    /// Position in the group.
    pub(super) lv: Option<usize>,
    /// A volume that was removed and is remembered, in the place of one.
    pub(super) past: Option<&'i HistoricalLogicalVolume>,
    pub(super) seg: Option<&'i Segment>,
    pub(super) pv: Option<Pv<'i>>,
    pub(super) run: Option<PvRun>,
    pub(super) numbers: Option<&'c DeviceNumbers<'i>>,
}

impl<'c, 'i> Row<'c, 'i> {
    pub(super) fn of_group(group: &'c Group<'i>) -> Self {
        Self { group: Some(group), lv: None, past: None, seg: None, pv: None, run: None, numbers: None }
    }

    pub(super) fn of_pv(group: Option<&'c Group<'i>>, pv: Pv<'i>) -> Self {
        Self { group, lv: None, past: None, seg: None, pv: Some(pv), run: None, numbers: None }
    }

    pub(super) fn vg(&self) -> Option<&'i VolumeGroup> {
        self.group.map(|group| group.vg)
    }

    /// The group, the position in it and the logical volume.
    pub(super) fn lv(&self) -> Option<(&'c Group<'i>, usize, &'i LogicalVolume)> {
        let (group, at) = (self.group?, self.lv?);
        Some((group, at, group.lv(at)?))
    }

    /// The name of the logical volume, whether it is there or only remembered.
    pub(super) fn lv_name(&self) -> Option<&'i str> {
        let live = self.lv().map(|(_, _, lv)| lv.name());
        live.or(self.past.map(|past| past.name.as_str()))
    }

    /// The kind of the segment, or of the volume's first one.
    pub(super) fn seg_kind(&self) -> Option<&'i SegmentKind> {
        self.seg.map(Segment::kind)
    }

    /// The physical volume in its group's metadata.
    pub(super) fn member(&self) -> Option<(&'c Group<'i>, usize, &'i PhysicalVolume)> {
        let (group, Some(Pv::Member(at))) = (self.group?, self.pv) else { return None };
        Some((group, at, group.vg.physical_volumes().get(at)?))
    }

    /// What was read from the physical volume's device.
    pub(super) fn found(&self) -> Option<&'i FoundPv> {
        match self.pv? {
            Pv::Member(at) => self.group?.pvs.get(at)?.as_ref(),
            Pv::Orphan(orphan) => Some(&orphan.pv),
            Pv::Other(_) => None,
        }
    }
}
