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
        let UsedRuns { index, runs } = UsedRuns::new(vg)?;
        let pvs = vg.physical_volumes.iter().zip(&runs);
        let runs = pvs.map(|(pv, used)| with_free_runs(vg, used, pv.pe_count.0)).collect();
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

/// Extents that an area uses. Small, because a group may have as many as volumes.
#[derive(Clone, Copy, Debug)]
struct UsedRun {
    start: u32,
    count: u32,
    /// Positions, as in [`RunOwner`].
    lv: u32,
    segment: u32,
    area: u32,
}

/// For each physical volume the runs in use, in order, checked to lie on it and apart.
struct UsedRuns {
    index: HashMap<PvId, usize>,
    runs: Vec<Vec<UsedRun>>,
}

impl UsedRuns {
    /// # Errors
    /// See [`PvMap::new`].
    fn new(vg: &VolumeGroup) -> Result<Self> {
        let index = index_of(vg);
        let mut runs = vec![Vec::new(); vg.physical_volumes.len()];
        visit(vg, &index, |pv, run| {
            runs.get_mut(pv)?.push(run);
            Some(())
        })?;
        for (pv, runs) in vg.physical_volumes.iter().zip(&mut runs) {
            runs.sort_unstable_by_key(|run| run.start);
            check_runs(vg, runs, pv.pe_count.0).map_err(|error| {
                error.with_vg(vg.name.to_owned()).with_pv(format!("{}", pv.id)).with_device(pv.device.clone())
            })?;
        }
        Ok(Self { index, runs })
    }
}

/// Extents in use on each physical volume, after checking that they lie on it and are used once.
///
/// # Errors
/// See [`PvMap::new`].
pub(super) fn used_extents(vg: &VolumeGroup) -> Result<Vec<Extents>> {
    // Most groups use extents in the order of their volumes, and then nothing needs to be kept.
    let mut used = vec![(0_u32, 0_u32); vg.physical_volumes.len()];
    let mut is_in_order = true;
    visit(vg, &index_of(vg), |pv, run| {
        let (next, count) = used.get_mut(pv)?;
        let end = run.start.checked_add(run.count).filter(|_| run.start >= *next);
        is_in_order &= end.is_some();
        (*next, *count) = (end?, count.saturating_add(run.count));
        Some(())
    })?;
    let fits = used.iter().zip(&vg.physical_volumes).all(|((end, _), pv)| *end <= pv.pe_count.0);
    if is_in_order && fits {
        return Ok(used.into_iter().map(|(_, count)| Extents(count)).collect());
    }
    let runs = UsedRuns::new(vg)?.runs;
    Ok(runs.iter().map(|runs| Extents(runs.iter().map(|run| run.count).sum())).collect())
}

fn index_of(vg: &VolumeGroup) -> HashMap<PvId, usize> {
    vg.physical_volumes.iter().enumerate().map(|(at, pv)| (pv.id, at)).collect()
}

/// Calls `each` with the position of a physical volume and a run on it, in the order of the
/// volumes, until it returns nothing.
fn visit(
    vg: &VolumeGroup,
    index: &HashMap<PvId, usize>,
    mut each: impl FnMut(usize, UsedRun) -> Option<()>,
) -> Result<()> {
    // Neighbours tend to lie on one physical volume.
    let mut last: Option<(PvId, usize)> = None;
    for (lv_at, lv) in vg.logical_volumes.iter().enumerate() {
        for (segment_at, seg) in lv.segments.iter().enumerate() {
            if !matches!(seg.kind, SegmentKind::Striped(_) | SegmentKind::Mirror(_)) {
                continue;
            }
            let count = seg.area_length().0;
            for (area_at, area) in seg.kind.areas().iter().enumerate() {
                let AreaSource::Pv(pv) = area.source else { continue };
                let at = match last {
                    Some((known, at)) if known == pv => at,
                    _ => *index.get(&pv).ok_or_else(|| {
                        let message = format!("segment lies on an unknown physical volume {pv}");
                        Error::corrupt(message).with_lv(lv.name.clone())
                    })?,
                };
                last = Some((pv, at));
                let (lv, segment, area_at) = (narrow(lv_at), narrow(segment_at), narrow(area_at));
                let run = UsedRun { start: area.start_extent, count, lv, segment, area: area_at };
                if each(at, run).is_none() {
                    return Ok(());
                }
            }
        }
    }
    Ok(())
}

/// A position, bounded by the size of a text.
fn narrow(position: usize) -> u32 {
    u32::try_from(position).unwrap_or(u32::MAX)
}

fn wide(position: u32) -> usize {
    usize::try_from(position).unwrap_or(usize::MAX)
}

/// Checks that runs in order do not overlap or run past `pe_count`.
fn check_runs(vg: &VolumeGroup, used: &[UsedRun], pe_count: u32) -> Result<()> {
    let owner = |run: &UsedRun| vg.logical_volumes.get(wide(run.lv)).map_or("?", |lv| lv.name.as_str());
    let mut next = 0_u32;
    for run in used {
        if run.start < next {
            let message = format!("physical extent {} is used twice", run.start);
            return Err(Error::corrupt(message).with_lv(owner(run)));
        }
        next = run.start.checked_add(run.count).filter(|end| *end <= pe_count).ok_or_else(|| {
            Error::corrupt(format!(
                "segment uses physical extents {} to {} of a physical volume that has {pe_count}",
                run.start,
                u64::from(run.start).saturating_add(u64::from(run.count)).saturating_sub(1),
            ))
            .with_lv(owner(run))
        })?;
    }
    Ok(())
}

/// The runs in use, and those between them.
fn with_free_runs(vg: &VolumeGroup, used: &[UsedRun], pe_count: u32) -> Vec<PvRun> {
    let mut all = Vec::with_capacity(used.len().saturating_mul(2).saturating_add(1));
    let mut next = 0_u32;
    for run in used {
        if run.start > next {
            all.push(PvRun { start: next, count: run.start.saturating_sub(next), owner: None });
        }
        if let Some(lv) = vg.logical_volumes.get(wide(run.lv)).filter(|_| run.count > 0) {
            let owner = RunOwner {
                lv: lv.id,
                lv_index: wide(run.lv),
                segment_index: wide(run.segment),
                area_index: wide(run.area),
            };
            all.push(PvRun { start: run.start, count: run.count, owner: Some(owner) });
        }
        next = run.start.saturating_add(run.count);
    }
    if next < pe_count {
        all.push(PvRun { start: next, count: pe_count.saturating_sub(next), owner: None });
    }
    all
}
