//! VDO: deduplicated, compressed pools.

use std_alloc::string::String;

use serde::Serialize;

use crate::id::LvId;
use crate::units::Sectors;

/// A volume in a VDO pool.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize)]
pub struct Vdo {
    /// The pool.
    pub vdo_pool: LvId,
    /// Extents into the pool's virtual space.
    pub vdo_offset: u32,
}

/// A VDO pool with its settings.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct VdoPool {
    /// The volume with the data.
    pub data: LvId,
    /// Sectors kept at the front of the virtual space.
    pub header_size: Sectors,
    /// Extents of virtual space.
    pub virtual_extents: u32,
    /// Compress.
    pub use_compression: bool,
    /// Deduplicate.
    pub use_deduplication: bool,
    /// Hint the kernel about metadata writes.
    pub use_metadata_hints: bool,
    /// Smallest I/O in bytes.
    pub minimum_io_size: u32,
    /// Cache of the block map, MiB.
    pub block_map_cache_size_mb: u32,
    /// Age of dirty block map pages.
    pub block_map_era_length: u32,
    /// Use a sparse deduplication index.
    pub use_sparse_index: bool,
    /// Memory of the deduplication index, MiB.
    pub index_memory_size_mb: u32,
    /// Largest discard, 4 KiB blocks.
    pub max_discard: u32,
    /// Slab size, MiB.
    pub slab_size_mb: u32,
    /// Threads that acknowledge requests.
    pub ack_threads: u32,
    /// Threads that submit requests.
    pub bio_threads: u32,
    /// Requests a thread submits before the next has its turn.
    pub bio_rotation: u32,
    /// Threads for hashing and compression.
    pub cpu_threads: u32,
    /// Threads for hash zones.
    pub hash_zone_threads: u32,
    /// Threads for logical addresses.
    pub logical_threads: u32,
    /// Threads for physical addresses.
    pub physical_threads: u32,
    /// `sync`, `async` or `async-unsafe`; absent means auto.
    pub write_policy: Option<String>,
}
