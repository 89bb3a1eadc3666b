//! What keeps a request from fitting, and what would make it fit.
//!
//! Nothing here is worked out on paper: sizes, policies, stripes and physical volumes are named as
//! remedies after the allocator has placed the request with them, on a copy of the group.

mod display;
mod room;
mod trial;

use std_alloc::{string::String, string::ToString, vec::Vec};

use serde::Serialize;

use super::pv_argument::PvSelection;
use super::request::Request;
use crate::error::Result;
use crate::id::PvId;
use crate::metadata::{AllocationPolicy, PvMap, VolumeGroup};
use crate::units::{Bytes, Extents};
use trial::Trial;

/// Why a request fits or does not. `Display` says it for people, as lines: what, why, what to do.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct Explanation {
    /// The volume group's name.
    pub vg: String,
    /// The logical volume's name; nothing for a new one without a name.
    pub lv: Option<String>,
    /// Logical extents it has already; nothing for a new one.
    pub before: Option<Extents>,
    /// Logical extents that are asked for, on top of those.
    pub wanted: Extents,
    /// Their size in bytes.
    pub wanted_size: Bytes,
    /// True when less is taken too: a size that was asked for as a share.
    pub approximate: bool,
    /// The policy in force.
    #[serde(serialize_with = "policy_word")]
    pub policy: AllocationPolicy,
    /// Stripes of the new extents.
    pub stripes: u32,
    /// True when it fits, and nothing else keeps it from being done.
    pub fits: bool,
    /// What refuses it before room is looked for: physical volumes that are missing.
    pub blocked: Option<String>,
    /// Why there is no room, in the allocator's words; nothing when there is.
    pub refusal: Option<String>,
    /// Logical extents that would be placed: less than wanted for a share, none when refused.
    pub placed: Extents,
    /// Their size in bytes.
    pub placed_size: Bytes,
    /// Where they would go.
    pub places: Vec<Place>,
    /// The most logical extents that fit under this policy and with these stripes.
    pub largest: Extents,
    /// Their size in bytes.
    pub largest_size: Bytes,
    /// Each physical volume: what is free on it, and what keeps that from being used.
    pub pvs: Vec<PvRoom>,
    /// The most that fits under other policies and with other stripes.
    pub alternatives: Vec<Alternative>,
    /// What would make it fit; each alone is enough.
    pub remedies: Vec<Remedy>,
}

/// A run of extents on a physical volume.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct Place {
    /// Where the physical volume is.
    pub device: String,
    /// The first extent.
    pub start: u32,
    /// How many.
    pub count: u32,
}

/// What a physical volume has for a request.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct PvRoom {
    /// Its id.
    pub pv: PvId,
    /// Where it is.
    pub device: String,
    /// Its extents.
    pub extents: Extents,
    /// Those that are free.
    pub free: Extents,
    /// In how many pieces.
    pub pieces: usize,
    /// The largest of them.
    pub largest_piece: Extents,
    /// Extents that one leg of the request could take there.
    pub usable: Extents,
    /// Why that is less than what is free.
    pub obstacles: Vec<Obstacle>,
}

/// Why free extents of a physical volume cannot be used.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
#[serde(tag = "obstacle", rename_all = "snake_case")]
#[non_exhaustive]
pub enum Obstacle {
    /// It was not found.
    Missing,
    /// Allocation on it is switched off (pvchange(8) `-x`).
    NotAllocatable,
    /// Nothing on it is free.
    Full,
    /// Others were named.
    NotListed,
    /// Only some of what is free lies in the ranges that were named.
    OutsideRanges {
        /// Extents inside.
        inside: u64,
    },
    /// Another copy of the data lies there.
    OtherCopy,
    /// The policy wants one piece, and there are several.
    OnePiece,
    /// The policy wants extents directly behind those of the volume.
    NotBehindEnd,
    /// The policy wants the physical volumes that the volume has, or those that share a tag.
    NotOfVolume,
}

/// How much fits when it is asked for in another way.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct Alternative {
    /// The policy.
    #[serde(serialize_with = "policy_word")]
    pub policy: AllocationPolicy,
    /// The stripes.
    pub stripes: u32,
    /// The most logical extents that fit.
    pub largest: Extents,
    /// Their size in bytes.
    pub largest_size: Bytes,
}

/// Something that would make a request fit.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
#[serde(tag = "remedy", rename_all = "snake_case")]
#[non_exhaustive]
pub enum Remedy {
    /// Bring physical volumes back that are missing.
    Return {
        /// Where they were last seen.
        devices: Vec<String>,
    },
    /// Allow allocation on physical volumes again.
    Allocatable {
        /// Where they are.
        devices: Vec<String>,
    },
    /// Name no physical volumes.
    EveryPv,
    /// Another policy.
    Policy {
        /// Which.
        #[serde(serialize_with = "policy_word")]
        policy: AllocationPolicy,
    },
    /// Another number of stripes.
    Stripes {
        /// How many.
        stripes: u32,
    },
    /// More physical volumes.
    MorePvs {
        /// How many.
        count: u32,
        /// Extents that each needs.
        extents: Extents,
        /// Their size in bytes.
        size: Bytes,
    },
    /// Less.
    Smaller {
        /// Logical extents in all.
        extents: Extents,
        /// Their size in bytes.
        size: Bytes,
    },
}

fn policy_word<S: serde::Serializer>(policy: &AllocationPolicy, out: S) -> Result<S::Ok, S::Error> {
    out.serialize_str(policy.as_str())
}

/// Explains a request. `map` must be the map of `vg`; `named` are the physical volumes that were
/// named, those too that have nothing to give and so are not in the request; `blocked` says what
/// refuses the change whatever room there is.
///
/// # Errors
/// `InvalidInput` for a request for nothing, or one not divisible by its stripes.
pub fn explain(
    vg: &VolumeGroup,
    map: &PvMap,
    request: &Request,
    named: &PvSelection,
    blocked: Option<String>,
) -> Result<Explanation> {
    super::check(request)?;
    let mut request = request.clone();
    request.policy = request.effective_policy(vg);
    let outcome = super::allocate(vg, map, &request);
    let device = |pv: PvId| vg.physical_volume(pv).map_or_else(String::new, |pv| pv.device.clone());
    let (places, refusal) = match &outcome {
        Ok(placement) => {
            let legs = placement.legs().map(|leg| Place {
                device: device(leg.pv),
                start: leg.start_extent,
                count: leg.extent_count,
            });
            (legs.collect(), None)
        }
        Err(error) => (Vec::new(), Some(error.message().to_string())),
    };
    let placed = outcome.map_or(Extents::ZERO, |placement| placement.extent_count());
    let trial = Trial { vg, map, request: &request, named };
    let largest = trial.largest();
    let is_blocked = blocked.is_some();
    let has_room = refusal.is_none();
    Ok(Explanation {
        vg: vg.name().to_string(),
        lv: Some(request.lv_name.clone()),
        before: request.existing.as_ref().map(|existing| Extents(existing.extent_count)),
        wanted: request.extents,
        wanted_size: request.extents.to_bytes(vg.extent_size),
        approximate: request.approximate,
        policy: request.policy,
        stripes: request.shape.area_multiple,
        fits: has_room && !is_blocked,
        blocked,
        refusal,
        placed,
        placed_size: placed.to_bytes(vg.extent_size),
        places,
        largest,
        largest_size: largest.to_bytes(vg.extent_size),
        pvs: room::of_pvs(vg, map, &request),
        alternatives: trial.alternatives(),
        remedies: trial.remedies(is_blocked, has_room, largest),
    })
}
