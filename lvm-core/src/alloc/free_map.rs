//! What is free on the physical volumes that a request may use.

use std_alloc::vec::Vec;

use super::area_list::{AreaId, AreaList};
use super::pv_argument::{PeRange, PvSelection};
use crate::id::PvId;
use crate::metadata::{PvMap, PvRun, VolumeGroup};
use crate::units::Extents;

/// The free areas of one physical volume.
#[derive(Clone, Debug)]
pub(super) struct PvAreas {
    /// Its position in the volume group.
    pub(super) pv_index: usize,
    /// Its id.
    pub(super) pv: PvId,
    /// Its free areas.
    pub(super) areas: AreaList,
    /// Free extents in them.
    pub(super) free: u64,
}

/// The free areas of every physical volume that may be used, in the order they are tried.
#[derive(Clone, Debug, Default)]
pub(super) struct FreeMap {
    pub(super) pvs: Vec<PvAreas>,
    free: u64,
    /// Positions in `pvs` with extents set aside.
    reserved: Vec<usize>,
}

impl FreeMap {
    /// Collects the free areas; physical volumes that are missing or not allocatable give none.
    ///
    /// A boundary of a range listed splits an area: LVM2 takes `0-9:10-19` for two.
    pub(super) fn new(vg: &VolumeGroup, map: &PvMap, selection: &PvSelection) -> Self {
        let mut all = Self::default();
        match selection {
            PvSelection::All => {
                for pv_index in 0..vg.physical_volumes.len() {
                    all.add(vg, map, pv_index, &[]);
                }
            }
            PvSelection::Listed(entries) => {
                for entry in entries {
                    if let Some(pv_index) = map.position(entry.pv) {
                        all.add(vg, map, pv_index, &entry.ranges);
                    }
                }
            }
        }
        all
    }

    fn add(&mut self, vg: &VolumeGroup, map: &PvMap, pv_index: usize, ranges: &[PeRange]) {
        let Some(pv) = vg.physical_volumes.get(pv_index) else { return };
        if !pv.is_allocatable() || pv.is_missing() {
            return;
        }
        let mut areas = AreaList::default();
        let mut free = 0_u64;
        for_each_free(map.runs(pv_index), ranges, |start, count| {
            areas.add(start, count);
            free = free.saturating_add(u64::from(count));
        });
        self.free = self.free.saturating_add(free);
        self.pvs.push(PvAreas { pv_index, pv: pv.id, areas, free });
    }

    /// Free extents on all of them.
    pub(super) fn free(&self) -> u64 {
        self.free
    }

    /// Sets extents of an area aside for the running search; returns how many.
    pub(super) fn reserve(&mut self, pv: usize, area: AreaId, wanted: u32) -> u32 {
        let Some(pv_areas) = self.pvs.get_mut(pv) else { return 0 };
        if !pv_areas.areas.has_reservations() {
            self.reserved.push(pv);
        }
        pv_areas.areas.reserve(area, wanted)
    }

    /// Takes extents from the start of an area for good.
    pub(super) fn consume(&mut self, pv: usize, area: AreaId, count: u32) -> Option<u32> {
        let pv = self.pvs.get_mut(pv)?;
        let start = pv.areas.consume(area, count)?;
        pv.free = pv.free.saturating_sub(u64::from(count));
        self.free = self.free.saturating_sub(u64::from(count));
        Some(start)
    }

    /// Gives back what searches set aside and did not take.
    pub(super) fn release(&mut self) {
        let mut reserved = core::mem::take(&mut self.reserved);
        reserved.sort_unstable();
        reserved.dedup();
        reserved.retain(|pv| match self.pvs.get_mut(*pv) {
            Some(pv) => {
                pv.areas.release();
                pv.areas.has_reservations()
            }
            None => false,
        });
        self.reserved = reserved;
    }
}

/// Calls `found(start, count)` for every free piece inside the ranges, range by range; no ranges
/// mean everything.
fn for_each_free(runs: &[PvRun], ranges: &[PeRange], mut found: impl FnMut(u32, u32)) {
    let everything = [PeRange { start: 0, end: u32::MAX }];
    let ranges = if ranges.is_empty() { &everything } else { ranges };
    for range in ranges {
        let first = runs.partition_point(|run| last_of(run) < range.start);
        let inside = runs.iter().skip(first).take_while(|run| run.start <= range.end);
        for run in inside.filter(|run| run.owner.is_none()) {
            let start = run.start.max(range.start);
            let end = last_of(run).min(range.end);
            found(start, end.saturating_sub(start).saturating_add(1));
        }
    }
}

/// Free extents inside the ranges of one physical volume.
pub(super) fn free_in_ranges(runs: &[PvRun], ranges: &[PeRange]) -> u64 {
    let mut free = 0_u64;
    for_each_free(runs, ranges, |_, count| free = free.saturating_add(u64::from(count)));
    free
}

/// The last extent of a run; runs are never empty.
fn last_of(run: &PvRun) -> u32 {
    run.start.saturating_add(run.count.saturating_sub(1))
}

/// Free extents on the physical volumes of a selection, inside its ranges; the base of `%PVS`.
///
/// Missing and not allocatable physical volumes count nothing.
#[must_use]
pub fn free_in(vg: &VolumeGroup, map: &PvMap, selection: &PvSelection) -> Extents {
    Extents(u32::try_from(FreeMap::new(vg, map, selection).free()).unwrap_or(u32::MAX))
}
