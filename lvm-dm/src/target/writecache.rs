//! `writecache`: a fast device that takes the writes of a slow one.
//!
//! Source: kernel doc `Documentation/admin-guide/device-mapper/writecache.rst`; status captured
//! from Linux 6.1 (target version 1.6).

use std::fmt;

use lvm_core::Sectors;

use super::words::{OptionWords, Words, option_enum, print_options, word_count, word_enum};
use super::{DeviceRef, Parameters};
use crate::error::ParseError;
use crate::status::StatusText;

word_enum! {
    /// What the cache is on.
    WritecacheKind {
        /// Persistent memory.
        Pmem = "p",
        /// A block device.
        Ssd = "s",
    }
}

option_enum! {
    /// An option of a write cache.
    WritecacheOption, ' ' {
        /// Where the cache begins on its device.
        StartSector(sector: Sectors) = "start_sector",
        /// Percent of use at which writing back begins.
        HighWatermark(percent: u32) = "high_watermark",
        /// Percent of use at which writing back ends.
        LowWatermark(percent: u32) = "low_watermark",
        /// Most blocks being written back at once.
        WritebackJobs(jobs: u32) = "writeback_jobs",
        /// Blocks after which writes are committed without a flush.
        AutocommitBlocks(blocks: u32) = "autocommit_blocks",
        /// Milliseconds after which writes are committed without a flush.
        AutocommitTime(ms: u32) = "autocommit_time",
        /// Milliseconds a block stays in the cache at most.
        MaxAge(ms: u32) = "max_age",
        /// Keep nothing in the cache.
        Cleaner = "cleaner",
        /// Write back with forced unit access (persistent memory only).
        Fua = "fua",
        /// Write back with a flush behind (persistent memory only).
        NoFua = "nofua",
        /// Cache metadata writes only.
        MetadataOnly = "metadata_only",
        /// Milliseconds without reads before writing back goes on.
        PauseWriteback(ms: u32) = "pause_writeback",
    }
}

/// `kind origin cache block_size #options options…`.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Writecache {
    /// What the cache is on.
    pub kind: WritecacheKind,
    /// The slow device.
    pub origin: DeviceRef,
    /// The fast device.
    pub cache: DeviceRef,
    /// The size of a block, in bytes.
    pub block_size: u32,
    /// The options, in the order of the text.
    pub options: Vec<WritecacheOption>,
}

impl Parameters for Writecache {
    const NAME: &'static str = "writecache";

    fn read(words: &mut Words<'_>) -> Result<Self, ParseError> {
        Ok(Self {
            kind: words.value("p or s")?,
            origin: words.value("the origin")?,
            cache: words.value("the cache device")?,
            block_size: words.value("the block size")?,
            options: words.group("the number of option words", WritecacheOption::read)?,
        })
    }

    fn check(&self, _length: Sectors) -> Result<(), &'static str> {
        if self.block_size >= 512 && self.block_size.is_power_of_two() {
            return Ok(());
        }
        Err("the block size is not a power of two of at least 512 bytes")
    }

    fn devices(&self) -> Vec<&DeviceRef> {
        vec![&self.origin, &self.cache]
    }

    fn devices_mut(&mut self) -> Vec<&mut DeviceRef> {
        vec![&mut self.origin, &mut self.cache]
    }
}

impl fmt::Display for Writecache {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { kind, origin, cache, block_size, options } = self;
        write!(f, "{kind} {origin} {cache} {block_size} {}", word_count(options))?;
        print_options(f, options)
    }
}

/// `error total free writeback`, and ten counters since target version 1.6.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct WritecacheStatus {
    /// 0, or the number of the error that made it stop.
    pub error: i64,
    /// Blocks.
    pub total: u64,
    /// Blocks not in use.
    pub free: u64,
    /// Blocks being written back.
    pub writeback: u64,
    /// What it counted, if the kernel tells.
    pub counters: Option<WritecacheCounters>,
}

/// What a write cache counted since it was made or its counters were cleared.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct WritecacheCounters {
    /// Blocks read.
    pub reads: u64,
    /// Blocks read from the cache.
    pub read_hits: u64,
    /// Blocks written.
    pub writes: u64,
    /// Blocks written over one in the cache that was not committed.
    pub write_hits_uncommitted: u64,
    /// Blocks written over one in the cache that was committed.
    pub write_hits_committed: u64,
    /// Blocks written past the cache.
    pub writes_around: u64,
    /// Blocks written into a new place in the cache.
    pub writes_allocated: u64,
    /// Writes that waited for space.
    pub writes_blocked: u64,
    /// Flushes.
    pub flushes: u64,
    /// Discards.
    pub discards: u64,
}

impl StatusText for WritecacheStatus {
    fn read(words: &mut Words<'_>) -> Result<Self, ParseError> {
        Ok(Self {
            error: words.value("the error")?,
            total: words.value("the number of blocks")?,
            free: words.value("the free blocks")?,
            writeback: words.value("the blocks being written back")?,
            counters: match words.peek() {
                Some(_) => Some(WritecacheCounters::read(words)?),
                None => None,
            },
        })
    }
}

impl WritecacheCounters {
    fn read(words: &mut Words<'_>) -> Result<Self, ParseError> {
        Ok(Self {
            reads: words.value("the reads")?,
            read_hits: words.value("the read hits")?,
            writes: words.value("the writes")?,
            write_hits_uncommitted: words.value("the uncommitted write hits")?,
            write_hits_committed: words.value("the committed write hits")?,
            writes_around: words.value("the writes around")?,
            writes_allocated: words.value("the writes allocated")?,
            writes_blocked: words.value("the writes blocked")?,
            flushes: words.value("the flushes")?,
            discards: words.value("the discards")?,
        })
    }
}

impl fmt::Display for WritecacheStatus {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {} {} {}", self.error, self.total, self.free, self.writeback)?;
        let Some(counters) = &self.counters else { return Ok(()) };
        let numbers = [
            counters.reads,
            counters.read_hits,
            counters.writes,
            counters.write_hits_uncommitted,
            counters.write_hits_committed,
            counters.writes_around,
            counters.writes_allocated,
            counters.writes_blocked,
            counters.flushes,
            counters.discards,
        ];
        numbers.iter().try_for_each(|number| write!(f, " {number}"))
    }
}
