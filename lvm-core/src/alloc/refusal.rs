//! Why a request cannot be placed, said so that somebody can do something about it.

use core::fmt::Write as _;
use std_alloc::{format, string::String, vec::Vec};

use super::free_map::free_in_ranges;
use super::pv_argument::PvSelection;
use super::request::{Request, Shape};
use crate::error::{Error, ErrorKind};
use crate::metadata::{AllocationPolicy, PhysicalVolume, PvMap, PvRun, VolumeGroup};
use crate::units::Extents;

/// Physical volumes described one by one before the rest is only counted.
const MAX_DESCRIBED: usize = 16;

/// What is missing.
pub(super) enum Refusal {
    /// More areas side by side than physical volumes.
    PhysicalVolumes { listed: usize },
    /// The volume group has less free than a new volume needs.
    Group { free: u64 },
    /// The physical volumes allowed have less free than is still needed.
    Free { needed: u64, available: u64 },
    /// Enough is free, but not where the policy allows it.
    Suitable { left: u32 },
    /// A request that takes what there is found nothing.
    NothingFound,
    /// Only a log is missing.
    Log,
}

/// What can be refused before any search. LVM2 looks ahead only for new volumes, and there only a
/// policy asked for, not one inherited, lets areas share physical volumes.
pub(super) fn foreseen(vg: &VolumeGroup, map: &PvMap, request: &Request) -> Option<Refusal> {
    if request.existing.is_some() {
        return None;
    }
    let listed = request.pvs.pv_count(vg);
    let areas = usize::try_from(request.shape.areas()).unwrap_or(usize::MAX);
    if areas > 1 && areas > listed && request.policy != AllocationPolicy::Anywhere {
        return Some(Refusal::PhysicalVolumes { listed });
    }
    let free = u64::from(map.total_free().0);
    (!request.approximate && u64::from(request.extents.0) > free).then_some(Refusal::Group { free })
}

impl Refusal {
    pub(super) fn into_error(
        self,
        vg: &VolumeGroup,
        map: &PvMap,
        request: &Request,
        policy: AllocationPolicy,
        free: u64,
    ) -> Error {
        let shape = request.shape;
        let logs = u64::from(shape.log_areas).saturating_mul(u64::from(shape.log_length));
        let needed = shape.physical_extents(request.extents.0).saturating_add(logs);
        let kind = ErrorKind::InsufficientSpace {
            needed: extents(needed),
            free: extents(free),
            policy: policy.as_str(),
        };
        let help = self.help(vg, map, request, policy, needed, free);
        Error::new(kind, self.message(vg, request, policy))
            .with_vg(vg.name())
            .with_lv(request.lv_name.as_str())
            .with_help(help)
    }

    /// One sentence; scripts look for LVM2's wording.
    fn message(&self, vg: &VolumeGroup, request: &Request, policy: AllocationPolicy) -> String {
        let name = &request.lv_name;
        let contiguous = if policy == AllocationPolicy::Contiguous { "contiguous " } else { "" };
        match self {
            Self::PhysicalVolumes { listed } => {
                let areas = request.shape.areas();
                format!("Number of stripes ({areas}) must not exceed number of physical volumes ({listed})")
            }
            Self::Group { free } => {
                let (vg, wanted) = (vg.name(), request.extents);
                format!(
                    "Volume group \"{vg}\" has insufficient free space ({free} extents): {wanted} required."
                )
            }
            Self::Free { needed, available } => {
                format!("Insufficient free space: {needed} extents needed, but only {available} available")
            }
            Self::Suitable { left } => {
                let more = data_extents(request.shape, *left);
                format!(
                    "Insufficient suitable {contiguous}allocatable extents for logical volume {name}: \
                     {more} more required"
                )
            }
            Self::NothingFound => {
                format!(
                    "Insufficient suitable {contiguous}allocatable extents found for logical volume {name}."
                )
            }
            Self::Log => format!("Insufficient free space for log allocation for logical volume {name}."),
        }
    }

    fn help(
        &self,
        vg: &VolumeGroup,
        map: &PvMap,
        request: &Request,
        policy: AllocationPolicy,
        needed: u64,
        free: u64,
    ) -> String {
        let mut text = format!("needed {needed} extents under policy {policy}, {free} may be used. ");
        describe_pvs(&mut text, vg, map, request);
        let missing = match self {
            Self::Suitable { left } => data_extents(request.shape, *left),
            _ => needed.saturating_sub(free).max(1),
        };
        let _ = write!(text, "Missing: {missing} extents. What would help: ");
        let remedies = self.remedies(vg, map, request, policy, missing);
        text.push_str(&remedies.join("; "));
        text
    }

    fn remedies(
        &self,
        vg: &VolumeGroup,
        map: &PvMap,
        request: &Request,
        policy: AllocationPolicy,
        missing: u64,
    ) -> Vec<String> {
        let mut remedies = Vec::new();
        let fits = |change: &dyn Fn(&mut Request)| {
            let mut changed = request.clone();
            changed.policy = policy;
            change(&mut changed);
            foreseen(vg, map, &changed).is_none() && super::fits(vg, map, &changed)
        };
        use AllocationPolicy::{Anywhere, Normal};
        let freer = [Normal, Anywhere].into_iter().filter(|freer| *freer > policy);
        if let Some(freer) = freer.into_iter().find(|freer| fits(&|changed| changed.policy = *freer)) {
            let price =
                if freer == Anywhere { " (areas side by side may share a physical volume)" } else { "" };
            remedies.push(format!("policy {freer}{price}"));
        }
        if request.pvs != PvSelection::All && fits(&|changed| changed.pvs = PvSelection::All) {
            remedies.push(String::from("allowing every physical volume of the group"));
        }
        let shape = request.shape;
        if shape.area_multiple > 1 && shape.parity_areas == 0 && shape.data_areas == shape.area_multiple {
            let fewer = (1..shape.data_areas).rev().find(|stripes| {
                fits(&|changed| {
                    changed.shape = Shape::striped(*stripes).with_log(shape.log_areas, shape.log_length);
                    changed.extents = Extents(changed.extents.0.next_multiple_of(*stripes));
                })
            });
            if let Some(stripes) = fewer {
                remedies.push(format!("fewer stripes: {stripes}"));
            }
        }
        let areas = u64::from(shape.areas().max(1));
        remedies.push(match self {
            Self::Suitable { .. } | Self::PhysicalVolumes { .. } if areas > 1 => {
                let each = shape.physical_extents(request.extents.0).div_ceil(areas);
                format!("more physical volumes with up to {each} free extents each, {areas} side by side")
            }
            _ => format!("another physical volume with at least {missing} extents"),
        });
        remedies
    }
}

/// Extents of data areas for logical extents; what LVM2 counts in its message.
fn data_extents(shape: Shape, logical: u32) -> u64 {
    let data = u64::from(logical).saturating_mul(u64::from(shape.data_areas));
    data.checked_div(u64::from(shape.area_multiple)).unwrap_or(0)
}

fn extents(count: u64) -> Extents {
    Extents(u32::try_from(count).unwrap_or(u32::MAX))
}

fn describe_pvs(text: &mut String, vg: &VolumeGroup, map: &PvMap, request: &Request) {
    for (at, pv) in vg.physical_volumes().iter().enumerate().take(MAX_DESCRIBED) {
        let _ = write!(text, "{}: {}. ", pv.device(), describe_pv(map, at, pv, request));
    }
    let more = vg.physical_volumes().len().saturating_sub(MAX_DESCRIBED);
    if more > 0 {
        let _ = write!(text, "{more} more physical volumes. ");
    }
}

/// What is free on one physical volume and what keeps it from being used.
fn describe_pv(map: &PvMap, at: usize, pv: &PhysicalVolume, request: &Request) -> String {
    let free = map.free_count(at);
    if pv.is_missing() {
        return format!("missing, {free} free");
    }
    if !pv.is_allocatable() {
        return format!("{free} free, not allocatable");
    }
    if free.is_zero() {
        return String::from("full");
    }
    let is_free = |run: &&PvRun| run.owner.is_none();
    let pieces = map.runs(at).iter().filter(is_free).count();
    let largest = map.runs(at).iter().filter(is_free).map(|run| run.count).max().unwrap_or(0);
    let mut words = if pieces > 1 {
        format!("{free} free in {pieces} pieces, the largest of {largest}")
    } else {
        format!("{free} free")
    };
    if let PvSelection::Listed(entries) = &request.pvs {
        match entries.iter().find(|entry| entry.pv == pv.id()) {
            None => words.push_str(", not among the physical volumes listed"),
            Some(entry) if !entry.ranges.is_empty() => {
                let inside = free_in_ranges(map.runs(at), &entry.ranges);
                if inside < u64::from(free.0) {
                    let _ = write!(words, ", {inside} of them inside the ranges listed");
                }
            }
            Some(_) => {}
        }
    }
    if request.parallel.iter().any(|range| range.avoid.contains(&pv.id())) {
        words.push_str(", holds another copy");
    }
    words
}
