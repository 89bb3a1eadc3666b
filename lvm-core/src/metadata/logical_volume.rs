//! A logical volume: a name and the segments that map it.

use core::ops::{Deref, DerefMut};

use std_alloc::{boxed::Box, string::String, sync::Arc, vec::Vec};

use serde::ser::{Serialize, SerializeStruct, Serializer};

use super::{AllocationPolicy, ConfigNode, LvStatus, RareList, ReadAhead, Segment, ShortList};
use crate::id::LvId;
use crate::units::{Bytes, Extents, Sectors};

/// A logical volume: segments laid end to end.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct LogicalVolume {
    pub(crate) name: String,
    pub(crate) id: LvId,
    pub(crate) status: LvStatus,
    pub(crate) tags: RareList<String>,
    pub(crate) creation_time: Option<u64>,
    /// Volumes made on one host share it.
    pub(crate) creation_host: Option<Arc<str>>,
    pub(crate) allocation_policy: AllocationPolicy,
    pub(crate) read_ahead: ReadAhead,
    pub(crate) segments: ShortList<Segment>,
    pub(crate) rare: RareKeys,
    /// Copied from the volume group, so that a volume knows its size in bytes.
    pub(crate) extent_size: Sectors,
    /// Derived from status and references; see `VolumeGroup::refresh_derived`.
    pub(crate) visible: bool,
}

/// What few volumes have.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub(crate) struct RareValues {
    pub(crate) unknown_status: Vec<String>,
    pub(crate) unknown_flags: Vec<String>,
    pub(crate) lock_args: Option<String>,
    pub(crate) profile: Option<String>,
    pub(crate) major: Option<i32>,
    pub(crate) minor: Option<i32>,
    pub(crate) extra: Vec<ConfigNode>,
}

static NO_VALUES: RareValues = RareValues {
    unknown_status: Vec::new(),
    unknown_flags: Vec::new(),
    lock_args: None,
    profile: None,
    major: None,
    minor: None,
    extra: Vec::new(),
};

/// [`RareValues`] that take no more than a pointer while there are none.
#[derive(Clone, Debug, Default)]
pub(crate) struct RareKeys(Option<Box<RareValues>>);

impl From<RareValues> for RareKeys {
    fn from(values: RareValues) -> Self {
        Self((values != NO_VALUES).then(|| Box::new(values)))
    }
}

impl Deref for RareKeys {
    type Target = RareValues;

    fn deref(&self) -> &RareValues {
        self.0.as_deref().unwrap_or(&NO_VALUES)
    }
}

impl DerefMut for RareKeys {
    fn deref_mut(&mut self) -> &mut RareValues {
        self.0.get_or_insert_default()
    }
}

impl PartialEq for RareKeys {
    fn eq(&self, other: &Self) -> bool {
        **self == **other
    }
}

impl Eq for RareKeys {}

/// With the keys of the metadata text, in its order; what few volumes have is left out of the
/// others.
impl Serialize for LogicalVolume {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let rare = &*self.rare;
        let mut out = serializer.serialize_struct("LogicalVolume", 17)?;
        out.serialize_field("name", &self.name)?;
        out.serialize_field("id", &self.id)?;
        out.serialize_field("status", &self.status)?;
        if !rare.unknown_status.is_empty() {
            out.serialize_field("unknown_status", &rare.unknown_status)?;
        }
        if !rare.unknown_flags.is_empty() {
            out.serialize_field("unknown_flags", &rare.unknown_flags)?;
        }
        out.serialize_field("tags", &self.tags)?;
        out.serialize_field("creation_time", &self.creation_time)?;
        out.serialize_field("creation_host", &self.creation_host)?;
        if rare.lock_args.is_some() {
            out.serialize_field("lock_args", &rare.lock_args)?;
        }
        out.serialize_field("allocation_policy", &self.allocation_policy)?;
        if rare.profile.is_some() {
            out.serialize_field("profile", &rare.profile)?;
        }
        out.serialize_field("read_ahead", &self.read_ahead)?;
        if rare.major.is_some() {
            out.serialize_field("major", &rare.major)?;
        }
        if rare.minor.is_some() {
            out.serialize_field("minor", &rare.minor)?;
        }
        out.serialize_field("segments", &self.segments)?;
        if !rare.extra.is_empty() {
            out.serialize_field("extra", &rare.extra)?;
        }
        out.serialize_field("visible", &self.visible)?;
        out.end()
    }
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
        self.rare.lock_args.as_deref()
    }

    /// Where new extents go; [`Inherit`](AllocationPolicy::Inherit) asks the volume group.
    #[must_use]
    pub fn allocation_policy(&self) -> AllocationPolicy {
        self.allocation_policy
    }

    /// The metadata profile.
    #[must_use]
    pub fn profile(&self) -> Option<&str> {
        self.rare.profile.as_deref()
    }

    /// The read-ahead setting.
    #[must_use]
    pub fn read_ahead(&self) -> ReadAhead {
        self.read_ahead
    }

    /// The persistent major number, if any.
    #[must_use]
    pub fn major(&self) -> Option<i32> {
        self.rare.major
    }

    /// The persistent minor number, if any.
    #[must_use]
    pub fn minor(&self) -> Option<i32> {
        self.rare.minor
    }

    /// The segments in logical order; they tile the volume without gaps.
    #[must_use]
    pub fn segments(&self) -> &[Segment] {
        &self.segments
    }

    /// Keys this version does not know, kept as they were.
    #[must_use]
    pub fn extra(&self) -> &[ConfigNode] {
        &self.rare.extra
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
        !self.rare.unknown_status.is_empty() || self.segments.iter().any(|seg| seg.kind.is_unknown())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_volume_takes_little_memory() {
        // Reading a large group is bound by it.
        assert!(size_of::<LogicalVolume>() <= 224, "{}", size_of::<LogicalVolume>());
        assert!(size_of::<Segment>() <= 96, "{}", size_of::<Segment>());
    }

    #[test]
    fn nothing_rare_is_nothing() {
        let mut keys = RareKeys::default();
        keys.minor = Some(1);
        assert_ne!(keys, RareKeys::default());
        keys.minor = None;
        assert_eq!(keys, RareKeys::default());
        assert_eq!(*RareKeys::from(RareValues::default()), NO_VALUES);
        let values = RareValues { profile: Some("p".into()), ..RareValues::default() };
        assert_eq!(*RareKeys::from(values.clone()), values);
    }
}
