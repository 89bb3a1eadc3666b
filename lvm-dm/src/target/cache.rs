//! `cache`: a fast device in front of a slow one.
//!
//! Source: kernel doc `Documentation/admin-guide/device-mapper/cache.rst`; tables and status
//! captured from Linux 6.1.

use std::fmt;

use lvm_core::Sectors;

use super::thin_pool::{PoolMode, needs_check_word, read_needs_check};
use super::words::{Value, Words, print_pairs, word_enum};
use super::{DeviceRef, Parameters};
use crate::error::ParseError;
use crate::status::StatusText;

word_enum! {
    /// When a write is done.
    CacheMode {
        /// When cache and origin have it.
        Writethrough = "writethrough",
        /// When the cache has it. The kernel's default.
        Writeback = "writeback",
        /// When the origin has it; reads come from the origin, and writes drop cached blocks.
        Passthrough = "passthrough",
    }
}

/// The features of a cache, in parameters and in status.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
pub struct CacheFeatures {
    /// `metadata2`: dirty bits in a tree of their own. LVM2 sets it on new caches.
    pub metadata2: bool,
    /// When a write is done; `None` when the text does not say, which means writeback.
    pub mode: Option<CacheMode>,
    /// `no_discard_passdown`: discards do not reach the origin.
    pub no_discard_passdown: bool,
}

impl CacheFeatures {
    fn read(words: &mut Words<'_>) -> Result<Self, ParseError> {
        let mut features = Self::default();
        words.group("the number of features", |words| {
            match words.next("a feature")? {
                "metadata2" => features.metadata2 = true,
                "no_discard_passdown" => features.no_discard_passdown = true,
                other if features.mode.is_none() => {
                    features.mode = CacheMode::parse(other);
                    features.mode.ok_or_else(|| words.unknown("a feature", other))?;
                }
                other => return Err(words.unknown("a feature", other)),
            }
            Ok(())
        })?;
        Ok(features)
    }
}

impl fmt::Display for CacheFeatures {
    /// The count and the words: `2 metadata2 writethrough`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let words = [
            self.metadata2.then_some("metadata2"),
            self.mode.map(CacheMode::name),
            self.no_discard_passdown.then_some("no_discard_passdown"),
        ];
        write!(f, "{}", words.iter().flatten().count())?;
        words.iter().flatten().try_for_each(|word| write!(f, " {word}"))
    }
}

/// What decides which blocks are cached: `name #args key value…`.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct CachePolicy {
    /// `smq`, `mq`, `cleaner`, or another module's name.
    pub name: String,
    /// Its settings, in the order of the text.
    pub args: Vec<(String, String)>,
}

impl CachePolicy {
    fn read(words: &mut Words<'_>) -> Result<Self, ParseError> {
        let name = words.value("the policy")?;
        Ok(Self { name, args: words.pairs("the number of policy arguments")? })
    }
}

impl fmt::Display for CachePolicy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ", self.name)?;
        print_pairs(f, &self.args)
    }
}

/// `metadata cache origin block_size #features features… policy #args args…`.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Cache {
    /// The device that says what is cached.
    pub metadata: DeviceRef,
    /// The fast device.
    pub cache: DeviceRef,
    /// The slow device.
    pub origin: DeviceRef,
    /// The unit of caching: 64 to 2 097 152 sectors, a multiple of 64.
    pub block_size: Sectors,
    /// The features.
    pub features: CacheFeatures,
    /// The policy.
    pub policy: CachePolicy,
}

impl Parameters for Cache {
    const NAME: &'static str = "cache";

    fn read(words: &mut Words<'_>) -> Result<Self, ParseError> {
        Ok(Self {
            metadata: words.value("the metadata device")?,
            cache: words.value("the cache device")?,
            origin: words.value("the origin")?,
            block_size: words.value("the block size")?,
            features: CacheFeatures::read(words)?,
            policy: CachePolicy::read(words)?,
        })
    }

    fn check(&self, _length: Sectors) -> Result<(), &'static str> {
        if (64..=1 << 21).contains(&self.block_size.0) && self.block_size.0.is_multiple_of(64) {
            return Ok(());
        }
        Err("the block size is not a multiple of 64 sectors from 64 to 2097152")
    }

    fn devices(&self) -> Vec<&DeviceRef> {
        vec![&self.metadata, &self.cache, &self.origin]
    }

    fn devices_mut(&mut self) -> Vec<&mut DeviceRef> {
        vec![&mut self.metadata, &mut self.cache, &mut self.origin]
    }
}

impl fmt::Display for Cache {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { metadata, cache, origin, block_size, features, policy } = self;
        write!(f, "{metadata} {cache} {origin} {} {features} {policy}", block_size.0)
    }
}

/// What a cache reports.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
#[non_exhaustive]
pub enum CacheStatus {
    /// It works.
    Running(Box<CacheUsage>),
    /// It failed; nothing can be read or written.
    Fail,
    /// The kernel could not ask it.
    Error,
}

/// The figures of a cache that works.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct CacheUsage {
    /// The size of a metadata block.
    pub metadata_block_size: Sectors,
    /// Metadata blocks in use.
    pub metadata_used: u64,
    /// Metadata blocks.
    pub metadata_total: u64,
    /// The size of a cache block.
    pub block_size: Sectors,
    /// Cache blocks in use.
    pub cache_used: u64,
    /// Cache blocks.
    pub cache_total: u64,
    /// Reads that went to the cache.
    pub read_hits: u64,
    /// Reads that went to the origin.
    pub read_misses: u64,
    /// Writes that went to the cache.
    pub write_hits: u64,
    /// Writes that went to the origin.
    pub write_misses: u64,
    /// Blocks thrown out of the cache.
    pub demotions: u64,
    /// Blocks taken into the cache.
    pub promotions: u64,
    /// Blocks that the origin does not have yet.
    pub dirty: u64,
    /// The features.
    pub features: CacheFeatures,
    /// The core's settings, such as `migration_threshold`.
    pub core_args: Vec<(String, String)>,
    /// The policy and its settings.
    pub policy: CachePolicy,
    /// What the metadata lets be done.
    pub mode: PoolMode,
    /// The metadata must be checked before the cache is used again; not told by old kernels.
    pub needs_check: Option<bool>,
}

impl CacheUsage {
    fn read(words: &mut Words<'_>) -> Result<Self, ParseError> {
        let metadata_block_size = words.value("the metadata block size")?;
        let (metadata_used, metadata_total) = words.ratio("the metadata blocks used")?;
        let block_size = words.value("the block size")?;
        let (cache_used, cache_total) = words.ratio("the cache blocks used")?;
        Ok(Self {
            metadata_block_size,
            metadata_used,
            metadata_total,
            block_size,
            cache_used,
            cache_total,
            read_hits: words.value("the read hits")?,
            read_misses: words.value("the read misses")?,
            write_hits: words.value("the write hits")?,
            write_misses: words.value("the write misses")?,
            demotions: words.value("the demotions")?,
            promotions: words.value("the promotions")?,
            dirty: words.value("the dirty blocks")?,
            features: CacheFeatures::read(words)?,
            core_args: words.pairs("the number of core arguments")?,
            policy: CachePolicy::read(words)?,
            mode: words.value("the metadata mode")?,
            needs_check: if words.peek().is_some() { Some(read_needs_check(words)?) } else { None },
        })
    }
}

impl StatusText for CacheStatus {
    fn read(words: &mut Words<'_>) -> Result<Self, ParseError> {
        match words.peek() {
            Some("Fail") => words.next("the status").map(|_| Self::Fail),
            Some("Error") => words.next("the status").map(|_| Self::Error),
            _ => Ok(Self::Running(Box::new(CacheUsage::read(words)?))),
        }
    }
}

impl fmt::Display for CacheStatus {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Running(usage) => usage.fmt(f),
            Self::Fail => f.write_str("Fail"),
            Self::Error => f.write_str("Error"),
        }
    }
}

impl fmt::Display for CacheUsage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}/{}", self.metadata_block_size.0, self.metadata_used, self.metadata_total)?;
        write!(f, " {} {}/{}", self.block_size.0, self.cache_used, self.cache_total)?;
        let Self { read_hits, read_misses, write_hits, write_misses, .. } = self;
        write!(f, " {read_hits} {read_misses} {write_hits} {write_misses}")?;
        write!(f, " {} {} {} {} ", self.demotions, self.promotions, self.dirty, self.features)?;
        print_pairs(f, &self.core_args)?;
        write!(f, " {} {}", self.policy, self.mode)?;
        self.needs_check.iter().try_for_each(|needs_check| write!(f, " {}", needs_check_word(*needs_check)))
    }
}
