//! Thin pools and thin volumes.

use std_alloc::{string::String, vec::Vec};

use serde::Serialize;

use crate::id::LvId;
use crate::metadata::status::words;
use crate::units::Sectors;

words! {
    /// What a thin pool does with discards.
    ThinDiscards {
        /// Drops them.
        Ignore = "ignore",
        /// Frees chunks, and tells nobody below.
        NoPassdown = "nopassdown",
        /// Frees chunks and passes the discard down.
        Passdown = "passdown",
    }
}

/// Something the kernel's pool must be told at the next activation.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum ThinMessage {
    /// Create the device of this logical volume. The text names it.
    Create(String),
    /// Delete the device of this number.
    Delete(u32),
}

/// A pool that thin volumes take chunks from.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct ThinPool {
    /// The volume with the mapping.
    pub metadata: LvId,
    /// The volume with the data.
    pub pool: LvId,
    /// Counts changes that the kernel's pool must agree with.
    pub transaction_id: u64,
    /// The unit of allocation.
    pub chunk_size: Sectors,
    /// What happens to discards; absent in old texts, where it means `ignore`.
    pub discards: Option<ThinDiscards>,
    /// True when chunks are zeroed before first use.
    pub zero_new_blocks: bool,
    /// Whether the metadata volume is cut to the size the kernel can use.
    pub crop_metadata: Option<bool>,
    /// Messages the kernel has not had yet.
    pub messages: Vec<ThinMessage>,
}

/// A volume that takes chunks of a pool as it is written.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct Thin {
    /// The pool.
    pub thin_pool: LvId,
    /// The pool's transaction id when this volume was made.
    pub transaction_id: u64,
    /// Its number inside the pool, 1 to 16777215.
    pub device_id: u32,
    /// A volume outside the pool that unwritten chunks are read from.
    pub external_origin: Option<LvId>,
    /// The thin volume it is a snapshot of.
    pub origin: Option<LvId>,
    /// The thin volume whose place this snapshot is about to take.
    pub merge: Option<LvId>,
}
