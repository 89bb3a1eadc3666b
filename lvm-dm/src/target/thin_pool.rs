//! `thin-pool`: the data and metadata that thin volumes share.
//!
//! Source: kernel doc `Documentation/admin-guide/device-mapper/thin-provisioning.rst`; the order
//! of the features is the one listed there.

use std::fmt;

use lvm_core::Sectors;

use super::words::{OrDash, Words, word_enum};
use super::{DeviceRef, Parameters};
use crate::error::ParseError;
use crate::status::StatusText;

/// `metadata data block_size low_water_mark #features features…`.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct ThinPool {
    /// The device with the mappings.
    pub metadata: DeviceRef,
    /// The device with the data.
    pub data: DeviceRef,
    /// The unit of allocation: 128 to 2 097 152 sectors, a multiple of 128.
    pub block_size: Sectors,
    /// Free blocks below which the pool raises an event.
    pub low_water_mark: u64,
    /// `skip_block_zeroing`: new blocks are not zeroed.
    pub skip_block_zeroing: bool,
    /// `ignore_discard`: discards do nothing.
    pub ignore_discard: bool,
    /// `no_discard_passdown`: discards give blocks back to the pool, and go no further.
    pub no_discard_passdown: bool,
    /// `read_only`: the metadata is not changed.
    pub read_only: bool,
    /// `error_if_no_space`: writes fail on a full pool instead of waiting.
    pub error_if_no_space: bool,
}

impl ThinPool {
    /// A pool without features.
    #[must_use]
    pub const fn new(metadata: DeviceRef, data: DeviceRef, block_size: Sectors, low_water_mark: u64) -> Self {
        Self {
            metadata,
            data,
            block_size,
            low_water_mark,
            skip_block_zeroing: false,
            ignore_discard: false,
            no_discard_passdown: false,
            read_only: false,
            error_if_no_space: false,
        }
    }

    fn features(&self) -> [(&'static str, bool); 5] {
        [
            ("skip_block_zeroing", self.skip_block_zeroing),
            ("ignore_discard", self.ignore_discard),
            ("no_discard_passdown", self.no_discard_passdown),
            ("read_only", self.read_only),
            ("error_if_no_space", self.error_if_no_space),
        ]
    }
}

impl Parameters for ThinPool {
    const NAME: &'static str = "thin-pool";

    fn read(words: &mut Words<'_>) -> Result<Self, ParseError> {
        let mut pool = Self::new(
            words.value("the metadata device")?,
            words.value("the data device")?,
            words.value("the block size")?,
            words.value("the low water mark")?,
        );
        if words.peek().is_some() {
            words.group("the number of features", |words| {
                *match words.next("a feature")? {
                    "skip_block_zeroing" => &mut pool.skip_block_zeroing,
                    "ignore_discard" => &mut pool.ignore_discard,
                    "no_discard_passdown" => &mut pool.no_discard_passdown,
                    "read_only" => &mut pool.read_only,
                    "error_if_no_space" => &mut pool.error_if_no_space,
                    other => return Err(words.unknown("a feature", other)),
                } = true;
                Ok(())
            })?;
        }
        Ok(pool)
    }

    fn check(&self, _length: Sectors) -> Result<(), &'static str> {
        if (128..=1 << 21).contains(&self.block_size.0) && self.block_size.0.is_multiple_of(128) {
            return Ok(());
        }
        Err("the block size is not a multiple of 128 sectors from 128 to 2097152")
    }

    fn devices(&self) -> Vec<&DeviceRef> {
        vec![&self.metadata, &self.data]
    }

    fn devices_mut(&mut self) -> Vec<&mut DeviceRef> {
        vec![&mut self.metadata, &mut self.data]
    }
}

impl fmt::Display for ThinPool {
    /// The number of features is printed also when it is 0, as the kernel and LVM2 do.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { metadata, data, block_size, low_water_mark, .. } = self;
        let on = self.features().into_iter().filter(|(_, on)| *on);
        write!(f, "{metadata} {data} {} {low_water_mark} {}", block_size.0, on.clone().count())?;
        on.into_iter().try_for_each(|(feature, _)| write!(f, " {feature}"))
    }
}

word_enum! {
    /// What a pool lets be done.
    PoolMode {
        /// Everything.
        ReadWrite = "rw",
        /// Nothing that changes the metadata.
        ReadOnly = "ro",
        /// Nothing that needs a new block.
        OutOfDataSpace = "out_of_data_space",
    }
}

word_enum! {
    /// What a pool does with discards.
    PoolDiscards {
        /// Gives the blocks back and discards them on the data device.
        Passdown = "discard_passdown",
        /// Gives the blocks back.
        NoPassdown = "no_discard_passdown",
        /// Nothing.
        Ignore = "ignore_discard",
    }
}

word_enum! {
    /// What a pool without space does with writes.
    PoolNoSpace {
        /// They wait.
        Queue = "queue_if_no_space",
        /// They fail.
        Error = "error_if_no_space",
    }
}

/// What a pool reports.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
#[non_exhaustive]
pub enum ThinPoolStatus {
    /// It works.
    Running(ThinPoolUsage),
    /// It failed; nothing can be read or written.
    Fail,
    /// The kernel could not ask it.
    Error,
}

/// `transaction_id used/total used/total held_root mode discards no_space needs_check [metadata_low_water_mark]`.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct ThinPoolUsage {
    /// The number that LVM2 compares with its own metadata's.
    pub transaction_id: u64,
    /// Metadata blocks (4 KiB) in use.
    pub metadata_used: u64,
    /// Metadata blocks.
    pub metadata_total: u64,
    /// Data blocks in use.
    pub data_used: u64,
    /// Data blocks.
    pub data_total: u64,
    /// The block of the metadata snapshot reserved for readers.
    pub held_root: Option<u64>,
    /// What it lets be done.
    pub mode: PoolMode,
    /// What discards do.
    pub discards: PoolDiscards,
    /// What writes do when there is no space.
    pub no_space: PoolNoSpace,
    /// The metadata must be checked before the pool is changed again.
    pub needs_check: bool,
    /// Free metadata blocks below which the kernel raises an event; not told by old kernels.
    pub metadata_low_water_mark: Option<u64>,
}

impl StatusText for ThinPoolStatus {
    fn read(words: &mut Words<'_>) -> Result<Self, ParseError> {
        match words.peek() {
            Some("Fail") => return words.next("the status").map(|_| Self::Fail),
            Some("Error") => return words.next("the status").map(|_| Self::Error),
            _ => {}
        }
        let transaction_id = words.value("the transaction id")?;
        let (metadata_used, metadata_total) = words.ratio("the metadata blocks used")?;
        let (data_used, data_total) = words.ratio("the data blocks used")?;
        Ok(Self::Running(ThinPoolUsage {
            transaction_id,
            metadata_used,
            metadata_total,
            data_used,
            data_total,
            held_root: words.optional("the held metadata root")?,
            mode: words.value("the mode")?,
            discards: words.value("what discards do")?,
            no_space: words.value("what happens without space")?,
            needs_check: read_needs_check(words)?,
            metadata_low_water_mark: match words.peek() {
                Some(_) => Some(words.value("the metadata low water mark")?),
                None => None,
            },
        }))
    }
}

/// `needs_check` or `-`, as pools and caches report it.
pub(crate) fn read_needs_check(words: &mut Words<'_>) -> Result<bool, ParseError> {
    match words.next("needs_check or -")? {
        "needs_check" => Ok(true),
        "-" => Ok(false),
        other => Err(words.unknown("needs_check or -", other)),
    }
}

pub(crate) fn needs_check_word(needs_check: bool) -> &'static str {
    if needs_check { "needs_check" } else { "-" }
}

impl fmt::Display for ThinPoolStatus {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let usage = match self {
            Self::Running(usage) => usage,
            Self::Fail => return f.write_str("Fail"),
            Self::Error => return f.write_str("Error"),
        };
        write!(f, "{} {}/{}", usage.transaction_id, usage.metadata_used, usage.metadata_total)?;
        write!(f, " {}/{} {}", usage.data_used, usage.data_total, OrDash(usage.held_root.as_ref()))?;
        write!(f, " {} {} {}", usage.mode, usage.discards, usage.no_space)?;
        write!(f, " {}", needs_check_word(usage.needs_check))?;
        usage.metadata_low_water_mark.iter().try_for_each(|mark| write!(f, " {mark}"))
    }
}
