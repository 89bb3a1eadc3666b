//! `vdo`: deduplication and compression.
//!
//! Sources: kernel doc `Documentation/admin-guide/device-mapper/vdo.rst` for version 4 and for the
//! status; the grammar of version 2 is what LVM2 2.03.16 writes. Neither was run against a
//! kernel.

use std::fmt;

use lvm_core::Sectors;

use super::words::{OptionWords, Words, option_enum, print_options, word_enum};
use super::{DeviceRef, Parameters};
use crate::error::ParseError;
use crate::status::StatusText;

word_enum! {
    /// Whether something is on.
    Switch {
        /// On.
        On = "on",
        /// Off.
        Off = "off",
    }
}

option_enum! {
    /// An option of a VDO volume.
    VdoOption, ' ' {
        /// The largest discard, in blocks of 4 KiB.
        MaxDiscard(blocks: u32) = "maxDiscard",
        /// Threads that complete requests.
        Ack(threads: u32) = "ack",
        /// Threads that submit requests.
        Bio(threads: u32) = "bio",
        /// Requests to one such thread before the next one's turn.
        BioRotationInterval(requests: u32) = "bioRotationInterval",
        /// Threads that compress and hash.
        Cpu(threads: u32) = "cpu",
        /// Threads that compare data.
        Hash(threads: u32) = "hash",
        /// Threads for the logical addresses.
        Logical(threads: u32) = "logical",
        /// Threads for the physical addresses.
        Physical(threads: u32) = "physical",
        /// Whether equal blocks are stored once.
        Deduplication(switch: Switch) = "deduplication",
        /// Whether blocks are compressed.
        Compression(switch: Switch) = "compression",
    }
}

/// The version of the parameters, with what only that version has.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
#[non_exhaustive]
pub enum VdoVersion {
    /// `V2`, of the module outside the kernel.
    V2 {
        /// Whether writes suit an MD raid5 below.
        md_raid5_mode: Switch,
        /// When a write is done: `auto`, `sync`, `async`, `async-unsafe`.
        write_policy: String,
        /// The name of the pool.
        pool_name: String,
    },
    /// `V4`, of the kernel since 6.9.
    V4,
}

/// `version device physical_blocks minimum_io block_map_cache era_length […] options…`.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Vdo {
    /// The version.
    pub version: VdoVersion,
    /// The device with data and metadata. LVM2 names it by its path `/dev/dm-N`.
    pub device: DeviceRef,
    /// Its size in blocks of 4 KiB.
    pub physical_blocks: u64,
    /// The smallest request, in bytes.
    pub minimum_io_size: u32,
    /// The cache of the block map, in blocks of 4 KiB.
    pub block_map_cache_blocks: u64,
    /// How long changed pages of the block map stay in memory.
    pub era_length: u64,
    /// The options, in the order of the text.
    pub options: Vec<VdoOption>,
}

impl Parameters for Vdo {
    const NAME: &'static str = "vdo";

    fn read(words: &mut Words<'_>) -> Result<Self, ParseError> {
        let name = words.next("the version")?;
        if !matches!(name, "V2" | "V4") {
            return Err(words.unknown("the version", name));
        }
        let device = words.value("the device")?;
        let physical_blocks = words.value("the physical blocks")?;
        let minimum_io_size = words.value("the smallest request")?;
        let block_map_cache_blocks = words.value("the block map cache")?;
        let era_length = words.value("the era length")?;
        let version = if name == "V4" {
            VdoVersion::V4
        } else {
            VdoVersion::V2 {
                md_raid5_mode: words.value("on or off")?,
                write_policy: words.value("the write policy")?,
                pool_name: words.value("the pool's name")?,
            }
        };
        let mut options = Vec::new();
        while words.peek().is_some() {
            options.push(VdoOption::read(words)?);
        }
        Ok(Self {
            version,
            device,
            physical_blocks,
            minimum_io_size,
            block_map_cache_blocks,
            era_length,
            options,
        })
    }

    fn check(&self, _length: Sectors) -> Result<(), &'static str> {
        match self.minimum_io_size {
            512 | 4096 => Ok(()),
            _ => Err("the smallest request is not 512 or 4096 bytes"),
        }
    }

    fn devices(&self) -> Vec<&DeviceRef> {
        vec![&self.device]
    }

    fn devices_mut(&mut self) -> Vec<&mut DeviceRef> {
        vec![&mut self.device]
    }
}

impl fmt::Display for Vdo {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let version = if self.version == VdoVersion::V4 { "V4" } else { "V2" };
        write!(f, "{version} {} {} {}", self.device, self.physical_blocks, self.minimum_io_size)?;
        write!(f, " {} {}", self.block_map_cache_blocks, self.era_length)?;
        if let VdoVersion::V2 { md_raid5_mode, write_policy, pool_name } = &self.version {
            write!(f, " {md_raid5_mode} {write_policy} {pool_name}")?;
        }
        print_options(f, &self.options)
    }
}

word_enum! {
    /// What a VDO volume can do at the moment.
    VdoMode {
        /// Everything.
        Normal = "normal",
        /// It repairs its metadata.
        Recovering = "recovering",
        /// It cannot be written to any more.
        ReadOnly = "read-only",
    }
}

word_enum! {
    /// The state of the index of equal blocks.
    VdoIndexState {
        /// Closed.
        Closed = "closed",
        /// About to close.
        Closing = "closing",
        /// Failed.
        Error = "error",
        /// Off.
        Offline = "offline",
        /// Working.
        Online = "online",
        /// About to open.
        Opening = "opening",
        /// Not known.
        Unknown = "unknown",
    }
}

word_enum! {
    /// Whether new blocks are compressed.
    VdoCompressionState {
        /// They are not.
        Offline = "offline",
        /// They are.
        Online = "online",
    }
}

/// `device mode recovering index compression used total`.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct VdoStatus {
    /// The name of the volume or its device.
    pub device: String,
    /// What it can do.
    pub mode: VdoMode,
    /// Whether it is recovering.
    pub is_recovering: bool,
    /// The state of the index.
    pub index: VdoIndexState,
    /// The state of compression.
    pub compression: VdoCompressionState,
    /// Physical blocks in use.
    pub used_blocks: u64,
    /// Physical blocks.
    pub total_blocks: u64,
}

impl StatusText for VdoStatus {
    fn read(words: &mut Words<'_>) -> Result<Self, ParseError> {
        Ok(Self {
            device: words.value("the device")?,
            mode: words.value("the operating mode")?,
            is_recovering: match words.next("recovering or -")? {
                "recovering" => true,
                "-" => false,
                other => return Err(words.unknown("recovering or -", other)),
            },
            index: words.value("the index state")?,
            compression: words.value("the compression state")?,
            used_blocks: words.value("the blocks used")?,
            total_blocks: words.value("the blocks")?,
        })
    }
}

impl fmt::Display for VdoStatus {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let recovering = if self.is_recovering { "recovering" } else { "-" };
        write!(f, "{} {} {recovering} {}", self.device, self.mode, self.index)?;
        write!(f, " {} {} {}", self.compression, self.used_blocks, self.total_blocks)
    }
}
