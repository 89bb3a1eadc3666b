//! A physical volume as the volume group describes it.

use std_alloc::{string::String, vec::Vec};

use serde::Serialize;

use super::{ConfigNode, PvStatus};
use crate::id::PvId;
use crate::units::{Bytes, Extents, Sectors};

/// A disk, partition or image file that belongs to a volume group.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct PhysicalVolume {
    pub(crate) id: PvId,
    pub(crate) device: String,
    pub(crate) device_id_type: Option<String>,
    pub(crate) device_id: Option<String>,
    pub(crate) status: PvStatus,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) unknown_status: Vec<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) unknown_flags: Vec<String>,
    pub(crate) tags: Vec<String>,
    pub(crate) dev_size: Option<Sectors>,
    pub(crate) pe_start: Sectors,
    pub(crate) pe_count: Extents,
    pub(crate) bootloader_area: Option<(Sectors, Sectors)>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) extra: Vec<ConfigNode>,
}

impl PhysicalVolume {
    /// The id in its label.
    #[must_use]
    pub fn id(&self) -> PvId {
        self.id
    }

    /// The path it was last seen at; `[unknown]` when it was missing. Only a hint: physical
    /// volumes are found by id.
    #[must_use]
    pub fn device(&self) -> &str {
        &self.device
    }

    /// The kind of device id recorded for the devices file, e.g. `sys_wwid`.
    #[must_use]
    pub fn device_id_type(&self) -> Option<&str> {
        self.device_id_type.as_deref()
    }

    /// The device id recorded for the devices file.
    #[must_use]
    pub fn device_id(&self) -> Option<&str> {
        self.device_id.as_deref()
    }

    /// The status bits.
    #[must_use]
    pub fn status(&self) -> PvStatus {
        self.status
    }

    /// True when extents may be allocated on it.
    #[must_use]
    pub fn is_allocatable(&self) -> bool {
        self.status.contains(PvStatus::ALLOCATABLE)
    }

    /// True when it was not found, now or when the metadata was last written.
    #[must_use]
    pub fn is_missing(&self) -> bool {
        self.status.contains(PvStatus::MISSING)
    }

    /// The tags, in the order they were added.
    #[must_use]
    pub fn tags(&self) -> &[String] {
        &self.tags
    }

    /// The device size recorded in the metadata. It may be the full size, or what pvresize(8)
    /// left of it; never derive [`pe_count`](Self::pe_count) from it.
    #[must_use]
    pub fn dev_size(&self) -> Option<Sectors> {
        self.dev_size
    }

    /// Where the first extent begins.
    #[must_use]
    pub fn pe_start(&self) -> Sectors {
        self.pe_start
    }

    /// The number of extents.
    #[must_use]
    pub fn pe_count(&self) -> Extents {
        self.pe_count
    }

    /// Start and size of the area kept for a boot loader.
    #[must_use]
    pub fn bootloader_area(&self) -> Option<(Sectors, Sectors)> {
        self.bootloader_area
    }

    /// Keys this version does not know, kept as they were.
    #[must_use]
    pub fn extra(&self) -> &[ConfigNode] {
        &self.extra
    }

    /// Usable size: [`pe_count`](Self::pe_count) extents of `extent_size`.
    #[must_use]
    pub fn size(&self, extent_size: Sectors) -> Bytes {
        self.pe_count.to_bytes(extent_size)
    }
}
