//! Trying what would fit.

use std_alloc::{format, string::String, vec::Vec};

use super::{Alternative, Remedy};
use crate::alloc::pv_argument::{PvEntry, PvSelection};
use crate::alloc::request::{Request, Shape};
use crate::alloc::{check, fits, refusal};
use crate::id::PvId;
use crate::metadata::{AllocationPolicy, PhysicalVolume, PvMap, PvStatus, VolumeGroup};
use crate::stamp::SeededIds;
use crate::units::Extents;

/// Policies from the strictest on.
const POLICIES: [AllocationPolicy; 4] = [
    AllocationPolicy::Contiguous,
    AllocationPolicy::Cling,
    AllocationPolicy::Normal,
    AllocationPolicy::Anywhere,
];
/// The most stripes that are tried as alternatives.
const MOST_STRIPES: u32 = 8;
/// The most physical volumes that are tried as an addition.
const MOST_NEW_PVS: u32 = 32;

/// A request and the group it is tried on. Its policy is the one in force.
pub(super) struct Trial<'a> {
    pub(super) vg: &'a VolumeGroup,
    pub(super) map: &'a PvMap,
    pub(super) request: &'a Request,
    /// The physical volumes that were named, those too that have nothing to give.
    pub(super) named: &'a PvSelection,
}

impl Trial<'_> {
    /// The most logical extents that fit: found by halving, and tried.
    pub(super) fn largest(&self) -> Extents {
        let multiple = self.request.shape.area_multiple.max(1);
        let areas = self.request.shape.areas().max(1);
        let free = self.map.total_free().0;
        let most = free.checked_div(areas).unwrap_or(0);
        let works = |per_area: u32| {
            let mut request = self.request.clone();
            request.extents = Extents(per_area.saturating_mul(multiple));
            request.approximate = false;
            works(self.vg, self.map, &request)
        };
        Extents(last_that(most, works).saturating_mul(multiple))
    }

    fn with(&self, change: impl FnOnce(&mut Request)) -> Request {
        let mut request = self.request.clone();
        request.approximate = false;
        change(&mut request);
        request
    }

    fn works_with(&self, change: impl FnOnce(&mut Request)) -> bool {
        works(self.vg, self.map, &self.with(change))
    }

    /// True when the number of stripes is a choice.
    fn is_striped(&self) -> bool {
        let shape = self.request.shape;
        shape.parity_areas == 0 && shape.data_areas == shape.area_multiple
    }

    fn restriped(&self, request: &mut Request, stripes: u32) {
        let shape = self.request.shape;
        request.shape = Shape::striped(stripes).with_log(shape.log_areas, shape.log_length);
        let extents = request.extents.0.checked_next_multiple_of(stripes.max(1));
        request.extents = Extents(extents.unwrap_or(request.extents.0));
    }

    /// The most that fits under each other policy, and with each other number of stripes.
    pub(super) fn alternatives(&self) -> Vec<Alternative> {
        let extent_size = self.vg.extent_size;
        let alternative = |request: &Request| {
            let largest = Trial { request, ..*self }.largest();
            let (policy, stripes) = (request.policy, request.shape.area_multiple);
            Alternative { policy, stripes, largest, largest_size: largest.to_bytes(extent_size) }
        };
        let others = POLICIES.into_iter().filter(|policy| *policy != self.request.policy);
        let mut found = others
            .map(|policy| alternative(&self.with(|request| request.policy = policy)))
            .collect::<Vec<_>>();
        if self.is_striped() {
            let pvs = u32::try_from(self.request.pvs.pv_count(self.vg)).unwrap_or(u32::MAX);
            let others = (1..=pvs.min(MOST_STRIPES)).filter(|other| *other != self.request.shape.data_areas);
            let with = |stripes| self.with(|request| self.restriped(request, stripes));
            found.extend(others.map(|stripes| alternative(&with(stripes))));
        }
        found
    }

    /// What would make it fit.
    pub(super) fn remedies(&self, is_blocked: bool, has_room: bool, largest: Extents) -> Vec<Remedy> {
        let mut remedies = Vec::new();
        let missing = self.vg.physical_volumes.iter().filter(|pv| pv.is_missing());
        if is_blocked {
            let devices = missing.map(|pv| pv.device.clone()).collect::<Vec<_>>();
            remedies.push(Remedy::Return { devices });
        }
        if has_room {
            return remedies;
        }
        remedies.extend(self.allocatable());
        let request = self.request;
        if request.pvs != PvSelection::All && self.works_with(|request| request.pvs = PvSelection::All) {
            remedies.push(Remedy::EveryPv);
        }
        let freer = POLICIES.into_iter().filter(|policy| *policy > request.policy);
        let policy = freer.into_iter().find(|policy| self.works_with(|request| request.policy = *policy));
        remedies.extend(policy.map(|policy| Remedy::Policy { policy }));
        if self.is_striped() {
            let fewer = (1..request.shape.data_areas).rev();
            let stripes = fewer
                .into_iter()
                .find(|stripes| self.works_with(|request| self.restriped(request, *stripes)));
            remedies.extend(stripes.map(|stripes| Remedy::Stripes { stripes }));
        }
        remedies.extend(self.more_pvs());
        if !largest.is_zero() {
            let before = request.existing.as_ref().map_or(0, |existing| existing.extent_count);
            let extents = Extents(before.saturating_add(largest.0));
            remedies.push(Remedy::Smaller { extents, size: extents.to_bytes(self.vg.extent_size) });
        }
        remedies
    }

    /// Physical volumes that only have to be switched on: one that is enough, or all of them.
    fn allocatable(&self) -> Option<Remedy> {
        let off = |pv: &PhysicalVolume| !pv.is_allocatable() && !pv.is_missing();
        let positions = self.vg.physical_volumes.iter().enumerate().filter(|(_, pv)| off(pv));
        let positions = positions.map(|(at, _)| at).collect::<Vec<_>>();
        let works_on = |positions: &[usize]| {
            let mut vg = self.vg.clone();
            let request = self.with(|request| request.pvs = self.named.clone());
            for at in positions {
                let Some(pv) = vg.physical_volumes.get_mut(*at) else { continue };
                pv.status.insert(PvStatus::ALLOCATABLE);
            }
            works(&vg, self.map, &request)
        };
        let one = positions.iter().find(|at| works_on(core::slice::from_ref(*at)));
        let chosen = match one {
            Some(at) => std_alloc::vec![*at],
            None if positions.len() > 1 && works_on(&positions) => positions,
            None => return None,
        };
        let devices = chosen.iter().filter_map(|at| self.vg.physical_volumes.get(*at));
        Some(Remedy::Allocatable { devices: devices.map(|pv| pv.device.clone()).collect() })
    }

    /// The fewest physical volumes more, and the smallest.
    fn more_pvs(&self) -> Option<Remedy> {
        let request = self.with(|_| {});
        let all = request.shape.physical_extents(request.extents.0);
        let logs = u64::from(request.shape.log_areas).saturating_mul(u64::from(request.shape.log_length));
        let most = u32::try_from(all.saturating_add(logs)).ok()?;
        let areas = request.shape.areas().max(1);
        let works_with = |count: u32, extents: u32| {
            let (vg, request) = with_new_pvs(self.vg, &request, count, Extents(extents));
            PvMap::new(&vg).is_ok_and(|map| works(&vg, &map, &request))
        };
        let count = (1..=areas.min(MOST_NEW_PVS)).find(|count| works_with(*count, most))?;
        // The smallest is one above the largest that does not work.
        let too_small = last_that(most.saturating_sub(1), |extents| !works_with(count, extents));
        let extents = Extents(too_small.saturating_add(1));
        Some(Remedy::MorePvs { count, extents, size: extents.to_bytes(self.vg.extent_size) })
    }
}

/// True when the request can be placed.
fn works(vg: &VolumeGroup, map: &PvMap, request: &Request) -> bool {
    check(request).is_ok() && refusal::foreseen(vg, map, request).is_none() && fits(vg, map, request)
}

/// The largest number up to `most` that passes, where all below it do too; 0 when none does.
fn last_that(most: u32, passes: impl Fn(u32) -> bool) -> u32 {
    if most > 0 && passes(most) {
        return most;
    }
    let (mut good, mut bad) = (0, most);
    while bad.saturating_sub(good) > 1 {
        let middle = good.midpoint(bad);
        if passes(middle) {
            good = middle;
        } else {
            bad = middle;
        }
    }
    good
}

/// The group with more physical volumes, which the request may use.
fn with_new_pvs(vg: &VolumeGroup, request: &Request, count: u32, extents: Extents) -> (VolumeGroup, Request) {
    let (mut vg, mut request) = (vg.clone(), request.clone());
    let mut ids = SeededIds::new(u64::from(count));
    for number in 0..count {
        let id = loop {
            let id = PvId(crate::id::Id::random(&mut ids));
            if vg.physical_volume(id).is_none() {
                break id;
            }
        };
        vg.physical_volumes.push(new_pv(id, format!("new{number}"), extents));
        if let PvSelection::Listed(entries) = &mut request.pvs {
            entries.push(PvEntry { pv: id, ranges: Vec::new() });
        }
    }
    (vg, request)
}

fn new_pv(id: PvId, device: String, extents: Extents) -> PhysicalVolume {
    PhysicalVolume {
        id,
        device,
        device_id_type: None,
        device_id: None,
        status: PvStatus::ALLOCATABLE,
        unknown_status: Vec::new(),
        unknown_flags: Vec::new(),
        tags: Vec::new(),
        dev_size: None,
        pe_start: crate::units::Sectors::ZERO,
        pe_count: extents,
        bootloader_area: None,
        extra: Vec::new(),
    }
}
