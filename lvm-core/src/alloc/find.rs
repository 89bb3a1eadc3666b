//! The search: which areas take the next piece of a request.

use core::cmp::Reverse;
use std_alloc::{collections::BTreeSet, vec, vec::Vec};

use super::area_list::{AreaId, FreeArea};
use super::free_map::FreeMap;
use super::placement::{Leg, Piece, Placement};
use super::policy::{Step, TagGroups};
use super::request::Request;
use crate::metadata::{AllocationPolicy, PvMap, VolumeGroup};

/// An area chosen for a slot, and how many extents of it.
#[derive(Clone, Copy, Debug)]
struct Candidate {
    /// The position of its physical volume in the free map.
    pv: usize,
    area: AreaId,
    length: u32,
}

/// What to do with an area.
enum Verdict {
    /// Take it; with a slot, for that leg.
    Take(Option<usize>),
    NextArea,
    NextPv,
}

/// A request while it is being placed.
pub(super) struct Search<'a> {
    request: &'a Request,
    map: FreeMap,
    tags: TagGroups,
    /// Position of the physical volume and end of each leg of the last segment.
    last: Vec<(usize, u32)>,
    /// Physical volumes of the segment that "the volume's physical volumes" are read from.
    cling: Vec<usize>,
    /// Parallel ranges as positions of physical volumes.
    parallel: Vec<(u32, u32, Vec<usize>)>,
    /// Per slot: the physical volumes this request uses already.
    used: Vec<BTreeSet<usize>>,
    remaining: u32,
    logs_needed: usize,
    placement: Placement,
}

/// One look through the free map.
struct Pass {
    step: Step,
    /// Logical extents wanted.
    want: u32,
    /// Extents wanted of each area.
    per_area: u32,
    /// Slots by leg; empty unless the step is positional.
    slots: Vec<Option<Candidate>>,
    /// Other candidates, in the order found.
    found: Vec<Candidate>,
    /// Physical volumes to stay off.
    avoid: Vec<usize>,
}

impl Pass {
    fn filled(&self) -> usize {
        self.slots.iter().flatten().count()
    }

    fn count(&self) -> usize {
        self.filled().saturating_add(self.found.len())
    }
}

impl<'a> Search<'a> {
    pub(super) fn new(vg: &VolumeGroup, pv_map: &PvMap, request: &'a Request) -> Self {
        let at = |pv| pv_map.position(pv);
        let mut last = Vec::new();
        let mut cling = Vec::new();
        if let Some(existing) = &request.existing {
            last = existing.last.iter().filter_map(|leg| Some((at(leg.pv)?, leg.end))).collect();
            // LVM2 means all segments, and looks at the first only.
            cling = if request.settings.maximise_cling {
                existing.first.iter().filter_map(|pv| at(*pv)).collect()
            } else {
                last.iter().map(|(pv, _)| *pv).collect()
            };
        }
        let parallel = request.parallel.iter().map(|range| {
            let end = range.start.saturating_add(range.count);
            (range.start, end, range.avoid.iter().filter_map(|pv| at(*pv)).collect())
        });
        Self {
            map: FreeMap::new(vg, pv_map, &request.pvs),
            tags: TagGroups::new(vg, &request.settings.cling_tag_list),
            last,
            cling,
            parallel: parallel.collect(),
            used: vec![BTreeSet::new(); count(request.shape.areas())],
            remaining: request.extents.0,
            logs_needed: count(request.shape.log_areas),
            placement: Placement::default(),
            request,
        }
    }

    /// Free extents left on the physical volumes allowed.
    pub(super) fn free(&self) -> u64 {
        self.map.free()
    }

    /// Logical extents still to place.
    pub(super) fn remaining(&self) -> u32 {
        self.remaining
    }

    /// Physical extents still to place, logs included.
    pub(super) fn physical_remaining(&self) -> u64 {
        let logs = u64::try_from(self.logs_needed).unwrap_or(u64::MAX);
        let log_extents = logs.saturating_mul(u64::from(self.request.shape.log_length));
        self.request.shape.physical_extents(self.remaining).saturating_add(log_extents)
    }

    /// True when everything is placed.
    pub(super) fn is_done(&self) -> bool {
        self.remaining == 0 && self.logs_needed == 0
    }

    /// True when logs are still to place.
    pub(super) fn lacks_logs(&self) -> bool {
        self.logs_needed > 0
    }

    pub(super) fn has_tags(&self) -> bool {
        self.tags.is_configured()
    }

    pub(super) fn into_placement(self) -> Placement {
        self.placement
    }

    /// All passes of one policy.
    pub(super) fn run_policy(&mut self, policy: AllocationPolicy, can_split: bool) {
        let cling = self.request.settings.maximise_cling;
        let matches = !self.last.is_empty() && self.last.len() == self.used.len();
        let mut step = Step::new(policy, matches, can_split, cling, self.has_tags());
        loop {
            let placed = self.run_pass(step);
            if self.is_done() || (self.request.approximate && self.map.free() == 0) {
                return;
            }
            match step.next(placed, cling) {
                Some(next) => step = next,
                None => return,
            }
        }
    }

    /// One pass: places one piece, or nothing.
    fn run_pass(&mut self, step: Step) -> bool {
        self.map.release();
        let Some(mut pass) = self.new_pass(step) else { return false };
        let needed = self.used.len();
        let with_logs = needed.saturating_add(self.logs_needed);
        loop {
            let before = pass.found.len();
            self.look_through(&mut pass, with_logs);
            if !step.is_anywhere() || pass.found.len() == before || pass.found.len() >= with_logs {
                break;
            }
        }
        if step.one_per_tag {
            self.keep_one_per_tag(&mut pass);
        }
        let log_round = step.policy == AllocationPolicy::Normal
            && !self.request.settings.separate_logs
            && pass.filled() == pass.slots.len()
            && (needed..with_logs).contains(&pass.count());
        if log_round {
            self.look_for_logs(&mut pass);
            let beyond = needed.saturating_sub(pass.filled());
            if let Some(logs) = pass.found.get_mut(beyond..) {
                logs.sort_by_key(|candidate| Reverse(candidate.length));
            }
        } else {
            pass.found.sort_by_key(|candidate| Reverse(candidate.length));
        }
        let Some(logs) = self.take_logs(&mut pass) else { return false };
        let Some(legs) = choose_legs(&mut pass, needed) else { return false };
        self.place(&pass, &legs, &logs)
    }

    /// What the pass looks for: not past the end of the current parallel range.
    fn new_pass(&self, step: Step) -> Option<Pass> {
        let multiple = self.request.shape.area_multiple.max(1);
        let so_far = self.request.existing.as_ref().map_or(0, |existing| existing.extent_count);
        let next = so_far.saturating_add(self.request.extents.0.saturating_sub(self.remaining));
        let mut want = self.remaining;
        let mut avoid = Vec::new();
        if let Some((start, end, pvs)) = self.parallel.iter().find(|(_, end, _)| *end > next) {
            let border = if *start > next { *start } else { *end };
            want = want.min(border.saturating_sub(next).next_multiple_of(multiple));
            if *start <= next {
                avoid.clone_from(pvs);
            }
        }
        let per_area = want.checked_div(multiple)?;
        let slots = if step.positional { vec![None; self.used.len()] } else { Vec::new() };
        Some(Pass { step, want, per_area, slots, found: Vec::new(), avoid })
    }

    /// Looks at every physical volume once and collects candidates.
    fn look_through(&mut self, pass: &mut Pass, with_logs: usize) {
        for pv in 0..self.map.pvs.len() {
            self.look_at_pv(pass, pv);
            let enough = if pass.step.is_anywhere() {
                pass.count() >= with_logs
            } else {
                pass.step.positional && pass.slots.len() >= with_logs && pass.filled() == pass.slots.len()
            };
            if enough {
                break;
            }
        }
    }

    fn look_at_pv(&mut self, pass: &mut Pass, pv: usize) {
        let Some(areas) = self.map.pvs.get(pv) else { return };
        if !pass.step.is_anywhere() && pass.avoid.contains(&areas.pv_index) {
            return;
        }
        let mut found_one = false;
        let mut next = areas.areas.first();
        while let Some(area) = next {
            match self.judge(pass, pv, area, found_one) {
                Verdict::NextPv => return,
                Verdict::NextArea => {}
                Verdict::Take(Some(slot)) => {
                    let length = self.area(pv, area).map_or(0, |area| area.count);
                    if let Some(slot) = pass.slots.get_mut(slot) {
                        *slot = Some(Candidate { pv, area, length });
                    }
                    return;
                }
                Verdict::Take(None) => {
                    self.take_candidate(pass, pv, area, found_one);
                    found_one = true;
                }
            }
            // Behind where the area stands *now*.
            next = self.map.pvs.get(pv).and_then(|pv| pv.areas.after(area));
        }
    }

    fn area(&self, pv: usize, area: AreaId) -> Option<&FreeArea> {
        self.map.pvs.get(pv)?.areas.get(area)
    }

    /// Sets an area aside and adds it to the candidates.
    fn take_candidate(&mut self, pass: &mut Pass, pv: usize, area: AreaId, found_one: bool) {
        let log_length = self.request.shape.log_length;
        let wanted = if !pass.step.is_anywhere() {
            pass.per_area.max(if self.lacks_logs() { log_length } else { 0 })
        } else if pass.count() < self.used.len() {
            pass.per_area
        } else {
            // All further ones are for logs. Without logs nothing is set aside, and the area still
            // goes behind its equals.
            log_length
        };
        let length = self.map.reserve(pv, area, wanted);
        // A smaller area that suffices takes the place of the first.
        if found_one && !pass.step.is_anywhere() {
            pass.found.pop();
        }
        pass.found.push(Candidate { pv, area, length });
    }

    fn judge(&self, pass: &Pass, pv: usize, area: AreaId, found_one: bool) -> Verdict {
        let Some(map_pv) = self.map.pvs.get(pv) else { return Verdict::NextPv };
        let Some(area) = map_pv.areas.get(area) else { return Verdict::NextPv };
        let (step, at) = (&pass.step, map_pv.pv_index);
        if !step.prefers() {
            let per_area = u64::from(area.unreserved);
            let enough =
                per_area.saturating_mul(u64::from(self.request.shape.area_multiple)) >= u64::from(pass.want);
            let must_hold_all = !step.can_split && !self.lacks_logs();
            return if !enough && (must_hold_all || (found_one && !step.is_anywhere())) {
                Verdict::NextPv
            } else {
                Verdict::Take(None)
            };
        }
        let near_lv = step.matches && self.request.settings.maximise_cling;
        if step.contiguous_to_last || near_lv {
            let behind = self.last.iter().map(|leg| *leg == (at, area.start));
            if let Some(verdict) = take_slot(pass, behind) {
                return verdict;
            }
        }
        if step.contiguous_to_last {
            return Verdict::NextArea;
        }
        self.judge_by_pv(pass, at, near_lv).unwrap_or(Verdict::NextPv)
    }

    /// Whether a physical volume is near enough to what is there already.
    fn judge_by_pv(&self, pass: &Pass, at: usize, near_lv: bool) -> Option<Verdict> {
        let step = &pass.step;
        let near_lv = (step.cling_to_lv || near_lv)
            .then(|| take_slot(pass, self.cling.iter().map(|pv| *pv == at)))
            .flatten();
        let near_allocated = || {
            let used = step.cling_to_allocated.then(|| self.used.iter().map(|used| used.contains(&at)))?;
            take_slot(pass, used)
        };
        let by_tags = || match (step.by_tags, step.matches) {
            (false, _) => None,
            (true, true) => take_slot(pass, self.cling.iter().map(|pv| self.tags.share(*pv, at))),
            (true, false) => {
                let share = |used: &BTreeSet<usize>| used.iter().any(|pv| self.tags.share(*pv, at));
                take_slot(pass, self.used.iter().map(share))
            }
        };
        near_lv.or_else(near_allocated).or_else(by_tags)
    }

    /// Drops candidates that share a tag with a larger one.
    fn keep_one_per_tag(&self, pass: &mut Pass) {
        pass.found.sort_by_key(|candidate| Reverse(candidate.length));
        let mut kept: Vec<usize> = Vec::new();
        pass.found.retain(|candidate| {
            let Some(at) = self.map.pvs.get(candidate.pv).map(|pv| pv.pv_index) else { return false };
            let fresh = !kept.iter().any(|other| self.tags.share(*other, at));
            if fresh {
                kept.push(at);
            }
            fresh
        });
    }

    /// Looks for room for logs on physical volumes that have an image already.
    fn look_for_logs(&mut self, pass: &mut Pass) {
        for pv in 0..self.map.pvs.len() {
            let Some(areas) = self.map.pvs.get(pv).map(|pv| &pv.areas) else { continue };
            let Some(area) = areas.first() else { continue };
            let length = self.map.reserve(pv, area, pass.per_area.max(self.request.shape.log_length));
            pass.found.push(Candidate { pv, area, length });
        }
    }

    /// Takes candidates for logs off the list, from its end, where the smallest are; `None` when
    /// there are not enough. One with room beyond what is set aside on it goes before one that is
    /// set aside as a whole: so a recorded mirror of LVM2 has it, which passed over the smallest.
    fn take_logs(&self, pass: &mut Pass) -> Option<Vec<Candidate>> {
        let log_length = self.request.shape.log_length;
        let for_legs = self.used.len().saturating_sub(pass.filled());
        let mut logs = Vec::with_capacity(self.logs_needed);
        for _ in 0..self.logs_needed {
            let spare = pass.found.get(for_legs..)?;
            let fits = |candidate: &Candidate| candidate.length >= log_length;
            let roomy = |candidate: &Candidate| {
                self.area(candidate.pv, candidate.area).is_some_and(|area| area.unreserved >= log_length)
            };
            let at = spare.iter().rposition(|candidate| fits(candidate) && roomy(candidate));
            let at = at.or_else(|| spare.iter().rposition(fits))?;
            logs.push(pass.found.remove(for_legs.saturating_add(at)));
        }
        Some(logs)
    }

    /// Takes the extents; every leg as long as the shortest.
    fn place(&mut self, pass: &Pass, legs: &[Candidate], logs: &[Candidate]) -> bool {
        let multiple = self.request.shape.area_multiple.max(1);
        let shortest = legs.iter().map(|leg| leg.length).min().unwrap_or(0).min(pass.per_area);
        if shortest == 0 {
            return false;
        }
        let mut placed = Vec::with_capacity(legs.len());
        for (slot, leg) in legs.iter().enumerate() {
            placed.extend(self.take(*leg, shortest));
            let at = self.map.pvs.get(leg.pv).map(|pv| pv.pv_index);
            if let (Some(used), Some(at)) = (self.used.get_mut(slot), at) {
                used.insert(at);
            }
        }
        let log_length = self.request.shape.log_length;
        for log in logs {
            let leg = self.take(*log, log_length);
            self.placement.logs.extend(leg);
            self.logs_needed = self.logs_needed.saturating_sub(1);
        }
        let extents = shortest.saturating_mul(multiple);
        self.remaining = self.remaining.saturating_sub(extents);
        self.placement.push(Piece { extent_count: extents, legs: placed });
        true
    }

    fn take(&mut self, candidate: Candidate, length: u32) -> Option<Leg> {
        let pv = self.map.pvs.get(candidate.pv)?.pv;
        let start_extent = self.map.consume(candidate.pv, candidate.area, length)?;
        Some(Leg { pv, start_extent, extent_count: length })
    }
}

/// Takes the area when it qualifies for a leg: for the first such slot that is empty, or, when
/// slots do not matter, just so.
fn take_slot(pass: &Pass, qualifies: impl Iterator<Item = bool>) -> Option<Verdict> {
    let mut qualifying = qualifies.enumerate().filter(|(_, fits)| *fits).map(|(slot, _)| slot);
    if pass.step.positional {
        let slot = qualifying.find(|slot| matches!(pass.slots.get(*slot), Some(None)))?;
        Some(Verdict::Take(Some(slot)))
    } else {
        qualifying.next().map(|_| Verdict::Take(None))
    }
}

/// The areas of the piece by leg: slots first, empty ones filled from the longest candidates.
fn choose_legs(pass: &mut Pass, needed: usize) -> Option<Vec<Candidate>> {
    if pass.count() < needed {
        return None;
    }
    let mut found = pass.found.iter().copied();
    let mut legs = Vec::with_capacity(needed);
    for slot in &pass.slots {
        legs.push(slot.or_else(|| found.next())?);
    }
    legs.extend(found);
    legs.truncate(needed);
    Some(legs)
}

fn count(number: u32) -> usize {
    usize::try_from(number).unwrap_or(usize::MAX)
}
