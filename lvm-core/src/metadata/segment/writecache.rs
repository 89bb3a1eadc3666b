//! dm-writecache: a fast volume that takes the writes of a slow one.

use std_alloc::string::String;

use serde::Serialize;

use crate::id::LvId;

/// A volume with a write cache. Absent settings leave the kernel's defaults.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct WriteCache {
    /// The fast volume.
    pub writecache: LvId,
    /// The slow volume.
    pub origin: LvId,
    /// Block size in bytes.
    pub writecache_block_size: u32,
    /// Start writing back above this fill, percent.
    pub high_watermark: Option<u64>,
    /// Stop writing back below this fill, percent.
    pub low_watermark: Option<u64>,
    /// Blocks written back at a time.
    pub writeback_jobs: Option<u64>,
    /// Commit after this many blocks.
    pub autocommit_blocks: Option<u64>,
    /// Commit after this many milliseconds.
    pub autocommit_time: Option<u64>,
    /// Use FUA writes.
    pub fua: Option<bool>,
    /// Do not use FUA writes.
    pub nofua: Option<bool>,
    /// Empty the cache.
    pub cleaner: bool,
    /// Write back blocks older than this many milliseconds.
    pub max_age: Option<u64>,
    /// Cache only metadata requests.
    pub metadata_only: Option<bool>,
    /// Pause writing back after this many milliseconds of activity.
    pub pause_writeback: Option<u64>,
    /// A setting this version has no field for.
    pub writecache_setting_key: Option<String>,
    /// Its value.
    pub writecache_setting_val: Option<String>,
}
