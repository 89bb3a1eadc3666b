//! Settings of VDO pools; the volumes of a pool show them too.

use std::borrow::Cow;

use lvm_core::Bytes;
use lvm_core::metadata::SegmentKind;
use lvm_core::metadata::segment::VdoPool;

use super::seg::field;
use super::{Field, FieldKind, Words};
use crate::report::row::Row;
use crate::report::value::Value;

use FieldKind::{Flag, Number, Size, Text};

#[rustfmt::skip]
pub(super) const FIELDS: [Field; 19] = [
    field("vdo_compression", "VDOCompression", Flag, 14, "It compresses", |row| flag(row, |pool| pool.use_compression)).yes(&["enabled"]),
    field("vdo_deduplication", "VDODeduplication", Flag, 16, "It deduplicates", |row| flag(row, |pool| pool.use_deduplication)).yes(&["enabled"]),
    field("vdo_use_metadata_hints", "VDOMetadataHints", Flag, 16, "It marks metadata writes as urgent", |row| flag(row, |pool| pool.use_metadata_hints)).yes(&["enabled"]),
    field("vdo_minimum_io_size", "VDOMinimumIOSize", Size, 16, "Smallest I/O it takes", |row| size(row, |pool| Bytes(pool.minimum_io_size.into()))),
    field("vdo_block_map_cache_size", "VDOBlockMapCacheSize", Size, 20, "Cache of its block map", |row| size(row, |pool| Bytes::mib(pool.block_map_cache_size_mb.into()))),
    field("vdo_block_map_era_length", "VDOBlockMapEraLength", Number, 20, "How long block map pages may stay unwritten", |row| number(row, |pool| pool.block_map_era_length)),
    field("vdo_use_sparse_index", "VDOSparseIndex", Flag, 14, "Its index is sparse", |row| flag(row, |pool| pool.use_sparse_index)).yes(&["enabled"]),
    field("vdo_index_memory_size", "VDOIndexMemorySize", Size, 18, "Memory of its index", |row| size(row, |pool| Bytes::mib(pool.index_memory_size_mb.into()))),
    field("vdo_slab_size", "VDOSlabSize", Size, 11, "Unit it grows by", |row| size(row, |pool| Bytes::mib(pool.slab_size_mb.into()))),
    field("vdo_ack_threads", "VDOAckThreads", Number, 13, "Threads that acknowledge requests", |row| number(row, |pool| pool.ack_threads)),
    field("vdo_bio_threads", "VDOBioThreads", Number, 13, "Threads that submit requests", |row| number(row, |pool| pool.bio_threads)),
    field("vdo_bio_rotation", "VDOBioRotation", Number, 14, "Requests a thread submits before the next has its turn", |row| number(row, |pool| pool.bio_rotation)),
    field("vdo_cpu_threads", "VDOCPUThreads", Number, 13, "Threads that hash and compress", |row| number(row, |pool| pool.cpu_threads)),
    field("vdo_hash_zone_threads", "VDOHashZoneThreads", Number, 18, "Threads for hash zones", |row| number(row, |pool| pool.hash_zone_threads)),
    field("vdo_logical_threads", "VDOLogicalThreads", Number, 17, "Threads for logical addresses", |row| number(row, |pool| pool.logical_threads)),
    field("vdo_physical_threads", "VDOPhysicalThreads", Number, 18, "Threads for physical addresses", |row| number(row, |pool| pool.physical_threads)),
    field("vdo_max_discard", "VDOMaxDiscard", Number, 13, "Largest discard it takes", |row| number(row, |pool| pool.max_discard)),
    field("vdo_write_policy", "VDOWritePolicy", Text, 14, "When it acknowledges writes", |row| match pool(row) {
        Some(pool) => Value::Text(Cow::Borrowed(pool.write_policy.as_deref().unwrap_or("auto"))),
        None => Value::empty(),
    }).words(Words::Blank),
    field("vdo_header_size", "VDOHeaderSize", Size, 13, "Space kept at its front", |row| size(row, |pool| pool.header_size.into())),
];

fn pool<'i>(row: &Row<'_, 'i>) -> Option<&'i VdoPool> {
    match row.seg_kind()? {
        SegmentKind::VdoPool(pool) => Some(pool),
        SegmentKind::Vdo(vdo) => {
            let group = row.group?;
            match group.position(vdo.vdo_pool).and_then(|at| group.first_kind(at))? {
                SegmentKind::VdoPool(pool) => Some(pool),
                _ => None,
            }
        }
        _ => None,
    }
}

/// Not a VDO volume: prints as nothing.
fn flag<'i>(row: &Row<'_, 'i>, get: fn(&VdoPool) -> bool) -> Value<'i> {
    pool(row).map_or(Value::empty(), |pool| Value::flag(get(pool), "enabled"))
}

fn size<'i>(row: &Row<'_, 'i>, get: fn(&VdoPool) -> Bytes) -> Value<'i> {
    Value::size(pool(row).map(get))
}

fn number<'i>(row: &Row<'_, 'i>, get: fn(&VdoPool) -> u32) -> Value<'i> {
    Value::number(pool(row).map(get))
}
