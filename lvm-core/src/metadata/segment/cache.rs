//! dm-cache: cached volumes, their pools, and caches in one volume.

use std_alloc::{boxed::Box, string::String, vec::Vec};

use serde::Serialize;

use crate::id::{Id, LvId};
use crate::metadata::ConfigNode;
use crate::metadata::status::words;
use crate::units::Sectors;

words! {
    /// When a write reaches the origin.
    CacheMode {
        /// At once.
        Writethrough = "writethrough",
        /// Later.
        Writeback = "writeback",
        /// The cache is bypassed.
        Passthrough = "passthrough",
    }
}

/// Settings of a cache in use.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize)]
pub struct CacheSettings {
    /// 1 or 2; absent means 1.
    pub metadata_format: Option<u32>,
    /// The unit of caching.
    pub chunk_size: Option<Sectors>,
    /// When writes reach the origin.
    pub cache_mode: Option<CacheMode>,
    /// The policy's name.
    pub policy: Option<String>,
    /// The policy's own settings, kept as written.
    pub policy_settings: Vec<ConfigNode>,
}

/// Where data and metadata lie inside a cachevol, in sectors.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct CacheVol {
    /// The settings, which a cache pool keeps in its own segment.
    pub settings: CacheSettings,
    /// Start of the metadata.
    pub metadata_start: Sectors,
    /// Length of the metadata.
    pub metadata_len: Sectors,
    /// Start of the data.
    pub data_start: Sectors,
    /// Length of the data.
    pub data_len: Sectors,
    /// Identity of the metadata device, when it is not derived from the volume's own.
    pub metadata_id: Option<Id>,
    /// Identity of the data device, when it is not derived from the volume's own.
    pub data_id: Option<Id>,
}

/// A cached volume.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct Cache {
    /// The cache pool or the cachevol.
    pub cache_pool: LvId,
    /// The slow volume.
    pub origin: LvId,
    /// True while the cache is being emptied for removal.
    pub cleaner: bool,
    /// Present when `cache_pool` is a cachevol.
    pub cachevol: Option<Box<CacheVol>>,
}

/// The pool of a cache, in use or standing alone.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct CachePool {
    /// The volume with the cached data.
    pub data: LvId,
    /// The volume with the mapping.
    pub metadata: LvId,
    /// The settings.
    pub settings: CacheSettings,
}
