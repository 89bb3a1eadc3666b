//! A logical volume: a name and the segments that map it.

use std_alloc::{boxed::Box, string::String, sync::Arc};

use serde::Serialize;

use super::{AllocationPolicy, ConfigNode, LvStatus, RareList, ReadAhead, Segment, ShortList};
use crate::id::LvId;
use crate::units::{Bytes, Extents, Sectors};

/// A logical volume: segments laid end to end.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct LogicalVolume {
    pub(crate) name: String,
    pub(crate) id: LvId,
    pub(crate) status: LvStatus,
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    pub(crate) unknown_status: RareList<String>,
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    pub(crate) unknown_flags: RareList<String>,
    pub(crate) tags: RareList<String>,
    pub(crate) creation_time: Option<u64>,
    /// Volumes made on one host share it.
    pub(crate) creation_host: Option<Arc<str>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) lock_args: Option<Box<str>>,
    pub(crate) allocation_policy: AllocationPolicy,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) profile: Option<Box<str>>,
    pub(crate) read_ahead: ReadAhead,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) major: Option<i32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) minor: Option<i32>,
    pub(crate) segments: ShortList<Segment>,
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    pub(crate) extra: RareList<ConfigNode>,
    /// Copied from the volume group, so that a volume knows its size in bytes.
    #[serde(skip)]
    pub(crate) extent_size: Sectors,
    /// Derived from status and references; see `VolumeGroup::refresh_derived`.
    pub(crate) visible: bool,
}

impl LogicalVolume {
    /// The name, unique inside its volume group.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The id, unique inside its volume group.
    #[must_use]
    pub fn id(&self) -> LvId {
        self.id
    }

    /// The status bits.
    #[must_use]
    pub fn status(&self) -> LvStatus {
        self.status
    }

    /// True when users should see it: not a part of another volume.
    #[must_use]
    pub fn is_visible(&self) -> bool {
        self.visible
    }

    /// True when it may be written.
    #[must_use]
    pub fn is_writable(&self) -> bool {
        self.status.contains(LvStatus::WRITE)
    }

    /// The tags, in the order they were added.
    #[must_use]
    pub fn tags(&self) -> &[String] {
        &self.tags
    }

    /// When it was created, seconds since 1970-01-01 UTC.
    #[must_use]
    pub fn creation_time(&self) -> Option<u64> {
        self.creation_time
    }

    /// The host it was created on.
    #[must_use]
    pub fn creation_host(&self) -> Option<&str> {
        self.creation_host.as_deref()
    }

    /// The arguments of its lock in a shared volume group.
    #[must_use]
    pub fn lock_args(&self) -> Option<&str> {
        self.lock_args.as_deref()
    }

    /// Where new extents go; [`Inherit`](AllocationPolicy::Inherit) asks the volume group.
    #[must_use]
    pub fn allocation_policy(&self) -> AllocationPolicy {
        self.allocation_policy
    }

    /// The metadata profile.
    #[must_use]
    pub fn profile(&self) -> Option<&str> {
        self.profile.as_deref()
    }

    /// The read-ahead setting.
    #[must_use]
    pub fn read_ahead(&self) -> ReadAhead {
        self.read_ahead
    }

    /// The persistent major number, if any.
    #[must_use]
    pub fn major(&self) -> Option<i32> {
        self.major
    }

    /// The persistent minor number, if any.
    #[must_use]
    pub fn minor(&self) -> Option<i32> {
        self.minor
    }

    /// The segments in logical order; they tile the volume without gaps.
    #[must_use]
    pub fn segments(&self) -> &[Segment] {
        &self.segments
    }

    /// Keys this version does not know, kept as they were.
    #[must_use]
    pub fn extra(&self) -> &[ConfigNode] {
        &self.extra
    }

    /// The length in logical extents.
    #[must_use]
    pub fn extent_count(&self) -> Extents {
        let end = self.segments.last().map(|seg| seg.start_extent.saturating_add(seg.extent_count));
        Extents(end.unwrap_or(0))
    }

    /// The size in bytes.
    #[must_use]
    pub fn size(&self) -> Bytes {
        self.extent_count().to_bytes(self.extent_size)
    }

    /// True when any segment is of a type this version does not know, or a status word is: the
    /// volume is kept as it is and cannot be changed.
    #[must_use]
    pub fn has_unknown_parts(&self) -> bool {
        !self.unknown_status.is_empty() || self.segments.iter().any(|seg| seg.kind.is_unknown())
    }
}
