//! Segments: runs of logical extents that are mapped in one way.

mod cache;
mod integrity;
mod join;
mod mirror;
mod raid;
mod snapshot;
mod striped;
mod thin;
mod vdo;
mod writecache;

pub use cache::{Cache, CacheMode, CachePool, CacheSettings, CacheVol};
pub use integrity::Integrity;
pub use join::join_adjacent;
pub(crate) use join::{end_of, push_joining};
pub use mirror::Mirror;
pub use raid::{Raid, RaidImage};
pub use snapshot::Snapshot;
pub use striped::Striped;
pub use thin::{Thin, ThinDiscards, ThinMessage, ThinPool};
pub use vdo::{Vdo, VdoPool};
pub use writecache::WriteCache;

use std_alloc::{boxed::Box, string::String, vec::Vec};

use serde::Serialize;

use super::{ConfigNode, RareList, SegmentFlags};
use crate::id::{LvId, PvId};
use crate::units::Extents;

/// What an [`Area`] lies on.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum AreaSource {
    /// A physical volume.
    Pv(PvId),
    /// A logical volume.
    Lv(LvId),
}

/// Where one leg of a segment lies.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize)]
pub struct Area {
    /// The volume it lies on.
    #[serde(flatten)]
    pub source: AreaSource,
    /// Its first extent there.
    pub start_extent: u32,
}

/// A run of logical extents.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct Segment {
    pub(crate) start_extent: u32,
    pub(crate) extent_count: u32,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) reshape_count: Option<u32>,
    #[serde(skip_serializing_if = "SegmentFlags::is_empty")]
    pub(crate) flags: SegmentFlags,
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    pub(crate) tags: RareList<String>,
    #[serde(flatten)]
    pub(crate) kind: SegmentKind,
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    pub(crate) extra: RareList<ConfigNode>,
}

impl Segment {
    pub(crate) fn new(start_extent: u32, extent_count: u32, kind: SegmentKind) -> Self {
        Self {
            start_extent,
            extent_count,
            reshape_count: None,
            flags: SegmentFlags::empty(),
            tags: RareList::new(),
            kind,
            extra: RareList::new(),
        }
    }

    /// The first logical extent.
    #[must_use]
    pub fn start_extent(&self) -> Extents {
        Extents(self.start_extent)
    }

    /// The number of logical extents.
    #[must_use]
    pub fn extent_count(&self) -> Extents {
        Extents(self.extent_count)
    }

    /// Extents kept for a raid reshape.
    #[must_use]
    pub fn reshape_count(&self) -> Option<Extents> {
        self.reshape_count.map(Extents)
    }

    /// Flags that stand behind the type's name.
    #[must_use]
    pub fn flags(&self) -> SegmentFlags {
        self.flags
    }

    /// The segment's own tags.
    #[must_use]
    pub fn tags(&self) -> &[String] {
        &self.tags
    }

    /// How it is mapped.
    #[must_use]
    pub fn kind(&self) -> &SegmentKind {
        &self.kind
    }

    /// The type's name as reports show it.
    #[must_use]
    pub fn segment_type(&self) -> SegmentType<'_> {
        self.kind.segment_type()
    }

    /// Keys this version does not know, kept as they were.
    #[must_use]
    pub fn extra(&self) -> &[ConfigNode] {
        &self.extra
    }

    /// Extents each area of this segment has.
    #[must_use]
    pub fn area_length(&self) -> Extents {
        Extents(self.extent_count / self.kind.area_multiple().max(1))
    }
}

/// The name of a segment type; `Display` prints it.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize)]
#[serde(transparent)]
pub struct SegmentType<'a>(pub &'a str);

impl SegmentType<'_> {
    /// The types that are read, in the order lvm2 lists them. Those that volumes can be made of are
    /// fewer.
    pub const RECOGNISED: [&'static str; 35] = [
        "linear",
        "striped",
        "zero",
        "error",
        "snapshot",
        "mirror",
        "raid0",
        "raid0_meta",
        "raid1",
        "raid10",
        "raid10_near",
        "raid4",
        "raid5",
        "raid5_n",
        "raid5_la",
        "raid5_ls",
        "raid5_ra",
        "raid5_rs",
        "raid6",
        "raid6_n_6",
        "raid6_nc",
        "raid6_nr",
        "raid6_zr",
        "raid6_ls_6",
        "raid6_rs_6",
        "raid6_la_6",
        "raid6_ra_6",
        "thin-pool",
        "thin",
        "cache-pool",
        "cache",
        "vdo",
        "vdo-pool",
        "writecache",
        "integrity",
    ];

    /// The name: `linear`, `striped`, `thin-pool`, `raid1` …
    #[must_use]
    pub fn as_str(&self) -> &str {
        self.0
    }
}

impl core::fmt::Display for SegmentType<'_> {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.pad(self.0)
    }
}

/// How a segment maps its extents: one variant per family of segment types.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
#[serde(tag = "type", rename_all = "kebab-case")]
#[non_exhaustive]
pub enum SegmentKind {
    /// Linear and striped.
    Striped(Striped),
    /// The old mirror, which pvmove(8) uses too.
    Mirror(Box<Mirror>),
    /// A copy-on-write snapshot's link between store and origin.
    Snapshot(Box<Snapshot>),
    /// A thin pool.
    ThinPool(Box<ThinPool>),
    /// A thin volume.
    Thin(Box<Thin>),
    /// All raid levels.
    Raid(Box<Raid>),
    /// A cached volume.
    Cache(Box<Cache>),
    /// The pool of a cache.
    CachePool(Box<CachePool>),
    /// A volume with a write cache.
    #[serde(rename = "writecache")]
    WriteCache(Box<WriteCache>),
    /// A volume with checksums.
    Integrity(Box<Integrity>),
    /// A VDO volume.
    Vdo(Vdo),
    /// A VDO pool.
    VdoPool(Box<VdoPool>),
    /// Every access fails.
    Error,
    /// Reads give zeroes.
    Zero,
    /// A type this version does not know: kept, written back, never changed.
    Unknown(Box<UnknownSegment>),
}

/// A segment of a type this version does not know.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct UnknownSegment {
    /// The type as written, its `+FLAGS` included.
    #[serde(rename = "name")]
    pub type_name: String,
    /// All keys but `start_extent`, `extent_count`, `type` and `tags`.
    pub nodes: Vec<ConfigNode>,
}

impl SegmentKind {
    /// A linear piece on one physical volume.
    #[must_use]
    pub fn linear(pv: PvId, start_extent: u32) -> Self {
        Self::Striped(Striped::linear(Area { source: AreaSource::Pv(pv), start_extent }))
    }

    /// True for a type this version does not know.
    #[must_use]
    pub fn is_unknown(&self) -> bool {
        matches!(self, Self::Unknown(_))
    }

    /// The type's name as reports show it: a striped segment with one stripe is `linear`.
    #[must_use]
    pub fn segment_type(&self) -> SegmentType<'_> {
        SegmentType(match self {
            Self::Striped(striped) if striped.stripes.len() == 1 => "linear",
            Self::Striped(_) => "striped",
            Self::Mirror(_) => "mirror",
            Self::Snapshot(_) => "snapshot",
            Self::ThinPool(_) => "thin-pool",
            Self::Thin(_) => "thin",
            Self::Raid(raid) => &raid.raid_type,
            Self::Cache(_) => "cache",
            Self::CachePool(_) => "cache-pool",
            Self::WriteCache(_) => "writecache",
            Self::Integrity(_) => "integrity",
            Self::Vdo(_) => "vdo",
            Self::VdoPool(_) => "vdo-pool",
            Self::Error => "error",
            Self::Zero => "zero",
            Self::Unknown(unknown) => &unknown.type_name,
        })
    }

    /// The areas that carry the segment's data directly, with their start extents.
    #[must_use]
    pub fn areas(&self) -> &[Area] {
        match self {
            Self::Striped(striped) => &striped.stripes,
            Self::Mirror(mirror) => &mirror.mirrors,
            _ => &[],
        }
    }

    pub(crate) fn areas_mut(&mut self) -> &mut [Area] {
        match self {
            Self::Striped(striped) => &mut striped.stripes,
            Self::Mirror(mirror) => &mut mirror.mirrors,
            _ => &mut [],
        }
    }

    /// Logical extents gained per extent of each area: the stripe count, 1 for mirrors.
    #[must_use]
    pub fn area_multiple(&self) -> u32 {
        match self {
            Self::Striped(striped) => u32::try_from(striped.stripes.len()).unwrap_or(u32::MAX),
            _ => 1,
        }
    }

    /// Calls `found` for every logical volume this segment refers to.
    pub fn for_each_lv(&self, mut found: impl FnMut(LvId)) {
        for area in self.areas() {
            if let AreaSource::Lv(lv) = area.source {
                found(lv);
            }
        }
        match self {
            Self::Mirror(mirror) => mirror.mirror_log.iter().for_each(|lv| found(*lv)),
            Self::Snapshot(s) => [s.origin, s.store].into_iter().for_each(found),
            Self::ThinPool(pool) => [pool.metadata, pool.pool].into_iter().for_each(found),
            Self::Thin(thin) => {
                let optional = [Some(thin.thin_pool), thin.external_origin, thin.origin, thin.merge];
                optional.into_iter().flatten().for_each(found);
            }
            Self::Raid(raid) => {
                for image in &raid.images {
                    image.metadata.iter().for_each(|lv| found(*lv));
                    found(image.data);
                }
            }
            Self::Cache(cache) => [cache.cache_pool, cache.origin].into_iter().for_each(found),
            Self::CachePool(pool) => [pool.data, pool.metadata].into_iter().for_each(found),
            Self::WriteCache(cache) => [cache.writecache, cache.origin].into_iter().for_each(found),
            Self::Integrity(integrity) => {
                [Some(integrity.origin), integrity.meta_dev].into_iter().flatten().for_each(found);
            }
            Self::Vdo(vdo) => found(vdo.vdo_pool),
            Self::VdoPool(pool) => found(pool.data),
            Self::Striped(_) | Self::Error | Self::Zero | Self::Unknown(_) => {}
        }
    }
}
