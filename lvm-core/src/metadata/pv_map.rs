//! Which extent of which physical volume belongs to whom.

use hashbrown::HashMap;
use std_alloc::{borrow::ToOwned, format, vec, vec::Vec};

use super::{AreaSource, SegmentKind, VolumeGroup};
use crate::error::{Error, Result};
use crate::id::{LvId, PvId};
use crate::units::Extents;

/// Who has a run of extents.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct RunOwner {
    /// The logical volume.
    pub lv: LvId,
    /// The position of the logical volume in [`VolumeGroup::logical_volumes`].
    pub lv_index: usize,
    /// The segment's position in that volume.
    pub segment_index: usize,
    /// The area's position in that segment.
    pub area_index: usize,
}

/// Neighbouring extents of one physical volume with one owner, or free.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct PvRun {
    /// The first extent.
    pub start: u32,
    /// The number of extents.
    pub count: u32,
    /// Who has them; `None` when they are free.
    pub owner: Option<RunOwner>,
}

/// For each physical volume its runs in order, free ones included; they cover it fully.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct PvMap {
    index: HashMap<PvId, usize>,
    runs: Vec<Vec<PvRun>>,
}

impl PvMap {
    /// Works out the map of a volume group; linear in its segments, up to sorting.
    ///
    /// # Errors
    /// `Corrupt` when a segment uses extents past the end of a physical volume, or that another
    /// segment uses, or a physical volume that is not in the group.
    pub fn new(vg: &VolumeGroup) -> Result<Self> {
        let mut index = HashMap::with_capacity(vg.physical_volumes.len());
        for (at, pv) in vg.physical_volumes.iter().enumerate() {
            index.insert(pv.id, at);
        }
        let mut runs: Vec<Vec<PvRun>> = vec![Vec::new(); vg.physical_volumes.len()];
        for (lv_index, lv) in vg.logical_volumes.iter().enumerate() {
            for (segment_index, seg) in lv.segments.iter().enumerate() {
                let count = match &seg.kind {
                    SegmentKind::Striped(_) | SegmentKind::Mirror(_) => seg.area_length().0,
                    _ => continue,
                };
                for (area_index, area) in seg.kind.areas().iter().enumerate() {
                    let AreaSource::Pv(pv) = area.source else { continue };
                    let Some(list) = index.get(&pv).and_then(|at| runs.get_mut(*at)) else {
                        return Err(Error::corrupt(format!(
                            "segment lies on an unknown physical volume {pv}"
                        ))
                        .with_lv(lv.name.clone()));
                    };
                    let owner = Some(RunOwner { lv: lv.id, lv_index, segment_index, area_index });
                    list.push(PvRun { start: area.start_extent, count, owner });
                }
            }
        }
        for (pv, list) in vg.physical_volumes.iter().zip(&mut runs) {
            list.sort_unstable_by_key(|run| run.start);
            *list = with_free_runs(vg, list, pv.pe_count.0).map_err(|error| {
                error.with_vg(vg.name.to_owned()).with_pv(format!("{}", pv.id)).with_device(pv.device.clone())
            })?;
        }
        Ok(Self { index, runs })
    }

    /// The runs of the physical volume at that position of the volume group.
    #[must_use]
    pub fn runs(&self, pv_index: usize) -> &[PvRun] {
        self.runs.get(pv_index).map_or(&[], Vec::as_slice)
    }

    /// The position of a physical volume.
    #[must_use]
    pub fn position(&self, pv: PvId) -> Option<usize> {
        self.index.get(&pv).copied()
    }

    /// Free extents on the physical volume at that position.
    #[must_use]
    pub fn free_count(&self, pv_index: usize) -> Extents {
        Extents(self.runs(pv_index).iter().filter(|run| run.owner.is_none()).map(|run| run.count).sum())
    }

    /// Extents in use on the physical volume at that position.
    #[must_use]
    pub fn used_count(&self, pv_index: usize) -> Extents {
        Extents(self.runs(pv_index).iter().filter(|run| run.owner.is_some()).map(|run| run.count).sum())
    }

    /// Free extents on all physical volumes.
    #[must_use]
    pub fn total_free(&self) -> Extents {
        let sum = (0..self.runs.len()).map(|at| u64::from(self.free_count(at).0)).sum::<u64>();
        Extents(u32::try_from(sum).unwrap_or(u32::MAX))
    }
}

/// Checks that the sorted `used` runs do not overlap or run past `pe_count`, and fills the gaps.
fn with_free_runs(vg: &VolumeGroup, used: &[PvRun], pe_count: u32) -> Result<Vec<PvRun>> {
    let lv_name = |run: &PvRun| {
        let lv = run.owner.and_then(|owner| vg.logical_volumes.get(owner.lv_index));
        lv.map_or("?", |lv| lv.name.as_str()).to_owned()
    };
    let mut all = Vec::with_capacity(used.len().saturating_mul(2).saturating_add(1));
    let mut next = 0_u32;
    for run in used {
        if run.start < next {
            return Err(
                Error::corrupt(format!("physical extent {} is used twice", run.start)).with_lv(lv_name(run))
            );
        }
        let end = run.start.checked_add(run.count).filter(|end| *end <= pe_count).ok_or_else(|| {
            Error::corrupt(format!(
                "segment uses physical extents {} to {} of a physical volume that has {pe_count}",
                run.start,
                u64::from(run.start).saturating_add(u64::from(run.count)).saturating_sub(1),
            ))
            .with_lv(lv_name(run))
        })?;
        if run.start > next {
            all.push(PvRun { start: next, count: run.start.saturating_sub(next), owner: None });
        }
        if run.count > 0 {
            all.push(*run);
        }
        next = end;
    }
    if next < pe_count {
        all.push(PvRun { start: next, count: pe_count.saturating_sub(next), owner: None });
    }
    Ok(all)
}
