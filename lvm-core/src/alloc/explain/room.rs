//! What each physical volume has for a request, by the rules of its policy.

use std_alloc::{string::ToString, vec, vec::Vec};

use super::{Obstacle, PvRoom};
use crate::alloc::free_map::free_in_ranges;
use crate::alloc::policy::TagGroups;
use crate::alloc::pv_argument::{PeRange, PvSelection};
use crate::alloc::request::{Existing, Request};
use crate::metadata::{AllocationPolicy, PvMap, PvRun, VolumeGroup};
use crate::units::Extents;

pub(super) fn of_pvs(vg: &VolumeGroup, map: &PvMap, request: &Request) -> Vec<PvRoom> {
    let tags = TagGroups::new(vg, &request.settings.cling_tag_list);
    let rule = Rule { vg, map, request, tags };
    let pvs = vg.physical_volumes.iter().enumerate().map(|(at, pv)| {
        let free = map.runs(at).iter().filter(|run| run.owner.is_none());
        let (usable, obstacles) = rule.judge(at);
        PvRoom {
            pv: pv.id,
            device: pv.device.to_string(),
            extents: pv.pe_count,
            free: map.free_count(at),
            pieces: free.clone().count(),
            largest_piece: Extents(free.map(|run| run.count).max().unwrap_or(0)),
            usable,
            obstacles,
        }
    });
    pvs.collect()
}

struct Rule<'a> {
    vg: &'a VolumeGroup,
    map: &'a PvMap,
    request: &'a Request,
    tags: TagGroups,
}

impl Rule<'_> {
    /// What one leg can take of the physical volume at that position, and why not more.
    fn judge(&self, at: usize) -> (Extents, Vec<Obstacle>) {
        let none = |obstacle| (Extents::ZERO, vec![obstacle]);
        let Some(pv) = self.vg.physical_volumes.get(at) else { return (Extents::ZERO, Vec::new()) };
        if pv.is_missing() {
            return none(Obstacle::Missing);
        }
        if !pv.is_allocatable() {
            return none(Obstacle::NotAllocatable);
        }
        let free = self.map.free_count(at);
        if free.is_zero() {
            return none(Obstacle::Full);
        }
        let mut ranges: &[PeRange] = &[];
        if let PvSelection::Listed(entries) = &self.request.pvs {
            match entries.iter().find(|entry| entry.pv == pv.id) {
                None => return none(Obstacle::NotListed),
                Some(entry) => ranges = &entry.ranges,
            }
        }
        if self.request.parallel.iter().any(|range| range.avoid.contains(&pv.id)) {
            return none(Obstacle::OtherCopy);
        }
        let mut obstacles = Vec::new();
        let inside = match ranges {
            [] => u64::from(free.0),
            ranges => free_in_ranges(self.map.runs(at), ranges),
        };
        if inside < u64::from(free.0) {
            obstacles.push(Obstacle::OutsideRanges { inside });
        }
        let inside = Extents(u32::try_from(inside).unwrap_or(u32::MAX));
        let usable = match (self.request.policy, &self.request.existing) {
            (AllocationPolicy::Contiguous, Some(existing)) => self.behind_end(at, existing),
            (AllocationPolicy::Contiguous, None) => self.largest_piece(at),
            (AllocationPolicy::Cling | AllocationPolicy::ClingByTags, Some(existing)) => {
                if self.is_of_volume(at, existing) { inside } else { Extents::ZERO }
            }
            _ => inside,
        };
        let usable = usable.min(inside);
        if usable < inside {
            obstacles.push(match (self.request.policy, &self.request.existing) {
                (AllocationPolicy::Contiguous, None) => Obstacle::OnePiece,
                (AllocationPolicy::Contiguous, Some(_)) => Obstacle::NotBehindEnd,
                _ => Obstacle::NotOfVolume,
            });
        }
        (usable, obstacles)
    }

    fn free_runs(&self, at: usize) -> impl Iterator<Item = &PvRun> {
        self.map.runs(at).iter().filter(|run| run.owner.is_none())
    }

    fn largest_piece(&self, at: usize) -> Extents {
        Extents(self.free_runs(at).map(|run| run.count).max().unwrap_or(0))
    }

    /// Free extents directly behind a leg of the last segment.
    fn behind_end(&self, at: usize, existing: &Existing) -> Extents {
        let ends = existing.last.iter().filter(|leg| self.map.position(leg.pv) == Some(at));
        let behind = ends.filter_map(|leg| self.free_runs(at).find(|run| run.start == leg.end));
        Extents(behind.map(|run| run.count).max().unwrap_or(0))
    }

    /// True when the volume has extents there, or on one with a tag in common.
    fn is_of_volume(&self, at: usize, existing: &Existing) -> bool {
        let last = existing.last.iter().map(|leg| leg.pv);
        let all = last.chain(existing.first.iter().copied());
        all.filter_map(|pv| self.map.position(pv))
            .any(|pv| pv == at || (self.tags.is_configured() && self.tags.share(pv, at)))
    }
}
