//! `integrity`: a checksum for every block.
//!
//! Source: kernel doc `Documentation/admin-guide/device-mapper/dm-integrity.rst`; a table and its
//! status captured from Linux 6.1.

use std::fmt;

use lvm_core::Sectors;

use super::words::{OptionWords, OrDash, Words, option_enum, print_options, word_count, word_enum};
use super::{DeviceRef, Parameters};
use crate::error::ParseError;
use crate::status::StatusText;

word_enum! {
    /// How data and checksum are kept from drifting apart.
    IntegrityMode {
        /// Through a journal.
        Journal = "J",
        /// With a bitmap of regions to recalculate after a crash.
        Bitmap = "B",
        /// Not at all.
        Direct = "D",
        /// Nothing is checked or written, to save what can be read.
        Recovery = "R",
    }
}

option_enum! {
    /// An option of an integrity device.
    IntegrityOption, ':' {
        /// The size of the journal, used when formatting.
        JournalSectors(sectors: Sectors) = "journal_sectors",
        /// Sectors between two runs of checksums, used when formatting.
        InterleaveSectors(sectors: Sectors) = "interleave_sectors",
        /// The size of a buffer of checksums.
        BufferSectors(sectors: Sectors) = "buffer_sectors",
        /// Percent of use at which the journal is written out.
        JournalWatermark(percent: u32) = "journal_watermark",
        /// Milliseconds after which the journal is written.
        CommitTime(ms: u32) = "commit_time",
        /// A device of its own for the metadata.
        MetaDevice(device: DeviceRef) = "meta_device",
        /// The size of a block of data, in bytes.
        BlockSize(bytes: u32) = "block_size",
        /// Sectors that one bit of the bitmap stands for.
        SectorsPerBit(sectors: Sectors) = "sectors_per_bit",
        /// Milliseconds between flushes of the bitmap.
        BitmapFlushInterval(ms: u32) = "bitmap_flush_interval",
        /// The checksum: an algorithm, and a key behind a colon.
        InternalHash(algorithm: String) = "internal_hash",
        /// How the journal is encrypted.
        JournalCrypt(algorithm: String) = "journal_crypt",
        /// How the sector numbers in the journal are protected.
        JournalMac(algorithm: String) = "journal_mac",
        /// Calculate missing checksums in the background.
        Recalculate = "recalculate",
        /// Calculate all checksums again.
        ResetRecalculate = "reset_recalculate",
        /// Pass discards down.
        AllowDiscards = "allow_discards",
        /// Less padding of the checksums; not understood by old kernels.
        FixPadding = "fix_padding",
        /// Better keyed checksums; not understood by old kernels.
        FixHmac = "fix_hmac",
        /// Allow recalculating where it is not safe.
        LegacyRecalculate = "legacy_recalculate",
    }
}

/// `device reserved tag_size mode #options options…`.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Integrity {
    /// The device below.
    pub device: DeviceRef,
    /// Sectors at its beginning that are left alone.
    pub reserved: Sectors,
    /// Bytes of checksum for a block; `None` (`-`) leaves it to the algorithm.
    pub tag_size: Option<u32>,
    /// How data and checksum are kept together.
    pub mode: IntegrityMode,
    /// The options, in the order of the text.
    pub options: Vec<IntegrityOption>,
}

impl Parameters for Integrity {
    const NAME: &'static str = "integrity";

    fn read(words: &mut Words<'_>) -> Result<Self, ParseError> {
        Ok(Self {
            device: words.value("the device")?,
            reserved: words.value("the reserved sectors")?,
            tag_size: words.optional("the tag size")?,
            mode: words.value("J, B, D or R")?,
            options: words.group("the number of options", IntegrityOption::read)?,
        })
    }

    fn check(&self, _length: Sectors) -> Result<(), &'static str> {
        let size = self.options.iter().find_map(|option| match option {
            IntegrityOption::BlockSize(size) => Some(*size),
            _ => None,
        });
        match size {
            Some(512 | 1024 | 2048 | 4096) | None => Ok(()),
            Some(_) => Err("the block size is not 512, 1024, 2048 or 4096 bytes"),
        }
    }

    fn devices(&self) -> Vec<&DeviceRef> {
        let meta = self.options.iter().filter_map(|option| match option {
            IntegrityOption::MetaDevice(device) => Some(device),
            _ => None,
        });
        std::iter::once(&self.device).chain(meta).collect()
    }

    fn devices_mut(&mut self) -> Vec<&mut DeviceRef> {
        let meta = self.options.iter_mut().filter_map(|option| match option {
            IntegrityOption::MetaDevice(device) => Some(device),
            _ => None,
        });
        std::iter::once(&mut self.device).chain(meta).collect()
    }
}

impl fmt::Display for Integrity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { device, reserved, tag_size, mode, options } = self;
        write!(f, "{device} {} {} {mode} {}", reserved.0, OrDash(tag_size.as_ref()), word_count(options))?;
        print_options(f, options)
    }
}

/// `mismatches provided recalculated`.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct IntegrityStatus {
    /// Blocks whose checksum was wrong since activation.
    pub mismatches: u64,
    /// What the device offers.
    pub provided: Sectors,
    /// How far recalculating came; `None` when there is none.
    pub recalculated: Option<Sectors>,
}

impl StatusText for IntegrityStatus {
    fn read(words: &mut Words<'_>) -> Result<Self, ParseError> {
        Ok(Self {
            mismatches: words.value("the number of mismatches")?,
            provided: words.value("the sectors provided")?,
            recalculated: words.optional("the sector recalculated")?,
        })
    }
}

impl fmt::Display for IntegrityStatus {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {} {}", self.mismatches, self.provided.0, OrDash(self.recalculated.as_ref()))
    }
}
