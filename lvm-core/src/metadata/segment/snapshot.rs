//! The link between a copy-on-write store and its origin.

use serde::Serialize;

use crate::id::LvId;
use crate::units::Sectors;

/// Ties a store to an origin; it sits in a hidden logical volume named `snapshotN`.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize)]
pub struct Snapshot {
    /// The unit of copying.
    pub chunk_size: Sectors,
    /// What the snapshot was taken of.
    pub origin: LvId,
    /// The volume that holds the exceptions, and whose name is the snapshot's.
    pub store: LvId,
    /// True while the snapshot is merged back into its origin.
    pub merging: bool,
}
