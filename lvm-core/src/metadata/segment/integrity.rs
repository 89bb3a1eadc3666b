//! dm-integrity: a volume with checksums.

use std_alloc::string::String;

use serde::Serialize;

use crate::id::LvId;

/// A volume whose blocks carry checksums; found as image of a raid.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct Integrity {
    /// The volume with the data.
    pub origin: LvId,
    /// Sectors of data.
    pub data_sectors: u64,
    /// `J` journal, `B` bitmap, `D` direct, `R` recovery.
    pub mode: String,
    /// Bytes per checksum.
    pub tag_size: u32,
    /// Bytes per block.
    pub block_size: u32,
    /// The checksum's name.
    pub internal_hash: String,
    /// The volume with the checksums, when it is not the origin's own.
    pub meta_dev: Option<LvId>,
    /// Compute the checksums anew.
    pub recalculate: Option<u32>,
    /// Sectors of journal.
    pub journal_sectors: Option<u32>,
    /// Sectors between checksum blocks.
    pub interleave_sectors: Option<u32>,
    /// Sectors per buffer.
    pub buffer_sectors: Option<u32>,
    /// Fill of the journal that starts a flush, percent.
    pub journal_watermark: Option<u32>,
    /// Milliseconds until the journal is committed.
    pub commit_time: Option<u32>,
    /// Milliseconds until the bitmap is flushed.
    pub bitmap_flush_interval: Option<u32>,
    /// Sectors per bit of the bitmap.
    pub sectors_per_bit: Option<u64>,
    /// Pass discards down.
    pub allow_discards: Option<u32>,
}
