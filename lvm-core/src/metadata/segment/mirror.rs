//! The old mirror, and the mirrors that pvmove(8) copies through.

use std_alloc::vec::Vec;

use serde::Serialize;

use super::Area;
use crate::id::LvId;
use crate::units::Sectors;

/// Copies of the same extents on several areas.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct Mirror {
    /// The areas.
    pub mirrors: Vec<Area>,
    /// The volume that records which regions are in sync; without it the log is in memory.
    pub mirror_log: Option<LvId>,
    /// The unit of synchronisation.
    pub region_size: Option<Sectors>,
    /// Present on pvmove segments: extents that have arrived.
    pub extents_moved: Option<u32>,
}
