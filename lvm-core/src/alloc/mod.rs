//! Where the extents of a logical volume go.
//!
//! [`allocate`] answers a [`Request`] with a [`Placement`], or says why it cannot. It changes
//! nothing: the pieces become segments through [`append_segments`]. Given the same volume group
//! and request it chooses the extents that LVM2 2.03.16 chooses, quirks included, so that a plan
//! made here comes out the same there.
//!
//! A request goes through the policies from the strictest to the one asked for (`policy`); each
//! makes passes over the free areas (`free_map`, `area_list`), and each pass places one piece or
//! none (`find`). The cost does not depend on how many extents there are. A pass costs a few
//! steps for each physical volume and, at worst, for each different size among its free areas.
//!
//! What lies around it: [`PvArgument`] reads `PV:0-99` and `@tag`, [`size`] turns sizes and
//! percentages into extents.
#![cfg_attr(
    not(test),
    warn(clippy::arithmetic_side_effects, clippy::as_conversions, clippy::indexing_slicing)
)]

mod area_list;
pub mod explain;
mod find;
mod free_map;
mod placement;
mod policy;
mod pv_argument;
mod refusal;
mod request;
pub mod size;
#[cfg(test)]
mod tests;

pub use free_map::free_in;
pub use placement::{Leg, Piece, Placement, append_segments, truncate_segments};
pub use pv_argument::{PeRange, PeRangeArgument, PvArgument, PvEntry, PvSelection, PvWarning, Resolved};
pub use request::{AllocationSettings, Existing, LegEnd, ParallelRange, Request, Shape};

use crate::error::{Error, Result};
use crate::metadata::{AllocationPolicy, PvMap, VolumeGroup};
use find::Search;
use refusal::Refusal;

/// Finds room for a request. `map` must be the map of `vg`.
///
/// # Errors
/// - `InsufficientSpace` when it does not fit; a request that takes what there is and extends a
///   volume may find nothing and get an empty placement, as in LVM2; [`Error::help`] says why for each physical volume,
///   how much is missing and what would help,
/// - `InvalidInput` for a request for nothing, or one not divisible by its stripes.
pub fn allocate(vg: &VolumeGroup, map: &PvMap, request: &Request) -> Result<Placement> {
    check(request).map_err(|error| error.with_vg(vg.name()).with_lv(request.lv_name.as_str()))?;
    let policy = request.effective_policy(vg);
    let refuse = |refusal: Refusal, free| Err(refusal.into_error(vg, map, request, policy, free));
    let mut search = Search::new(vg, map, request);
    let free = search.free();
    if let Some(refusal) = refusal::foreseen(vg, map, request) {
        return refuse(refusal, free);
    }
    if let Err(refusal) = search_all(&mut search, request, policy) {
        return refuse(refusal, free);
    }
    Ok(search.into_placement())
}

/// Goes through the policies until everything is placed.
fn search_all(search: &mut Search<'_>, request: &Request, policy: AllocationPolicy) -> Result<(), Refusal> {
    let can_split = policy != AllocationPolicy::Contiguous;
    for step in policy::steps(policy, search.has_tags()) {
        let needed = search.physical_remaining();
        if !request.approximate && needed > search.free() {
            return Err(Refusal::Free { needed, available: search.free() });
        }
        let before = search.remaining();
        search.run_policy(step, can_split);
        if search.is_done() || (!can_split && search.remaining() < before) {
            break;
        }
    }
    match search.remaining() {
        0 if search.lacks_logs() => Err(Refusal::Log),
        left if request.approximate && left == request.extents.0 && request.existing.is_none() => {
            Err(Refusal::NothingFound)
        }
        left if left > 0 && !request.approximate => Err(Refusal::Suitable { left }),
        _ => Ok(()),
    }
}

/// True when the request could be placed.
fn fits(vg: &VolumeGroup, map: &PvMap, request: &Request) -> bool {
    let mut search = Search::new(vg, map, request);
    search_all(&mut search, request, request.effective_policy(vg)).is_ok()
}

fn check(request: &Request) -> Result<()> {
    let multiple = request.shape.area_multiple;
    if request.extents.is_zero() || request.shape.areas() == 0 || multiple == 0 {
        return Err(Error::invalid("nothing to allocate"));
    }
    if !request.extents.0.is_multiple_of(multiple) {
        return Err(Error::invalid(std_alloc::format!(
            "Number of extents requested ({}) needs to be divisible by {multiple}.",
            request.extents
        )));
    }
    Ok(())
}
