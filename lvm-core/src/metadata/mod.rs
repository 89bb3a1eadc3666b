//! The model of a volume group: values without back-pointers.
//!
//! A [`VolumeGroup`] is `Clone + PartialEq` and cheap to copy (logical volumes stand behind
//! `Arc`). Segments name physical and logical volumes by id, never by position. Only the verbs of
//! the `edit` module change one; everything here reads.
//!
//! Field names are the metadata text's own keys. What this version does not know, keys, sections,
//! flags, whole segment types, is kept in `extra` lists and written back.

mod below;
mod extra;
mod historical;
mod list;
mod logical_volume;
mod physical_volume;
mod pv_map;
pub mod segment;
mod status;
pub mod validate;
mod volume_group;

pub use extra::{ConfigNode, ConfigValue};
pub use historical::HistoricalLogicalVolume;
pub(crate) use list::RareList;
pub use list::ShortList;
pub use logical_volume::LogicalVolume;
pub(crate) use logical_volume::{RareKeys, RareValues};
pub use physical_volume::PhysicalVolume;
pub use pv_map::{PvMap, PvRun, RunOwner};
pub use segment::{Area, AreaSource, Segment, SegmentKind, SegmentType};
pub use status::{AllocationPolicy, LockType, LvStatus, PvStatus, ReadAhead, SegmentFlags, VgStatus};
pub use volume_group::{TextHeader, VolumeGroup};

/// The words of status bits, for the text.
pub(crate) mod flag_tables {
    pub(crate) use super::status::{
        FlagTable, LV_FLAGS, PV_FLAGS, Place, SEGMENT_FLAGS, VG_FLAGS, WRITE_LOCKED,
    };
}
