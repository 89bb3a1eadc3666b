//! Raid, all levels.

use std_alloc::{string::String, vec::Vec};

use serde::Serialize;

use crate::id::LvId;
use crate::units::Sectors;

/// One device of a raid.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize)]
pub struct RaidImage {
    /// `X_rmeta_N`: superblock and write-intent bitmap. raid0 has none.
    pub metadata: Option<LvId>,
    /// `X_rimage_N`: the data.
    pub data: LvId,
}

/// A raid of some level.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct Raid {
    /// The level as it was written: `raid1`, `raid5` or `raid5_ls` …; aliases are kept.
    pub raid_type: String,
    /// Copies of each datum, raid10 only.
    pub data_copies: Option<u32>,
    /// The unit of the write-intent bitmap.
    pub region_size: Option<Sectors>,
    /// The unit of striping.
    pub stripe_size: Option<Sectors>,
    /// Writes a writemostly image may lag behind.
    pub writebehind: Option<u32>,
    /// Slowest recovery, KiB/s.
    pub min_recovery_rate: Option<u32>,
    /// Fastest recovery, KiB/s.
    pub max_recovery_rate: Option<u32>,
    /// Where data begins on the images during a reshape, in sectors.
    pub data_offset: Option<u64>,
    /// The devices, parity included.
    pub images: Vec<RaidImage>,
}

impl Raid {
    /// True for raid0 and raid0_meta, whose texts count devices as stripes.
    #[must_use]
    pub fn is_raid0(&self) -> bool {
        matches!(self.raid_type.as_str(), "raid0" | "raid0_meta")
    }

    /// Devices that hold parity: 1 for raid4 and raid5, 2 for raid6.
    #[must_use]
    pub fn parity_count(&self) -> u32 {
        match self.raid_type.as_bytes() {
            [b'r', b'a', b'i', b'd', b'4' | b'5', ..] => 1,
            [b'r', b'a', b'i', b'd', b'6', ..] => 2,
            _ => 0,
        }
    }
}
