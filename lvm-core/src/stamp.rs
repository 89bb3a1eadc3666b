//! What makes one run differ from another: the time, the host and random identifiers.
//!
//! They are handed in, never looked up, so that two runs with one stamp write the same bytes.

use core::fmt;
use std_alloc::{borrow::ToOwned, boxed::Box, format, string::String};

/// A source of bytes for new identifiers.
pub trait IdSource {
    /// Fills `bytes` with bytes that do not repeat across calls.
    fn fill(&mut self, bytes: &mut [u8; 32]);
}

/// Reproducible identifiers from a number, for reproducible images and tests.
///
/// The generator is SplitMix64; it is not meant to be unpredictable.
#[derive(Clone, Debug)]
pub struct SeededIds(u64);

impl SeededIds {
    /// Starts the sequence that belongs to `seed`.
    #[must_use]
    pub const fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// The next number of the sequence.
    pub fn next_u64(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }
}

impl IdSource for SeededIds {
    fn fill(&mut self, bytes: &mut [u8; 32]) {
        for chunk in bytes.chunks_exact_mut(8) {
            chunk.copy_from_slice(&self.next_u64().to_le_bytes());
        }
    }
}

/// Local time, needed only for the human-readable comments of backup files.
pub trait TimeZone: Send + Sync {
    /// The offset from UTC in seconds that was in force at `unix_seconds`, east positive.
    fn utc_offset(&self, unix_seconds: i64) -> i32;
}

/// Coordinated universal time.
#[derive(Clone, Copy, Debug, Default)]
pub struct Utc;

impl TimeZone for Utc {
    fn utc_offset(&self, _unix_seconds: i64) -> i32 {
        0
    }
}

/// The host that writes metadata, as `uname(2)` describes it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Host {
    /// `nodename`: becomes `creation_host`.
    pub nodename: String,
    /// `sysname nodename release version machine`: becomes the comment beside it.
    pub description: String,
    /// The host's LVM system id, if it has one.
    pub system_id: Option<String>,
}

impl Default for Host {
    fn default() -> Self {
        Self { nodename: "lvmkit".to_owned(), description: "lvmkit".to_owned(), system_id: None }
    }
}

/// Time, host, command and a source of identifiers for one transaction.
pub struct Stamp {
    /// Seconds since 1970-01-01 UTC.
    pub time: u64,
    /// The host that writes.
    pub host: Host,
    /// The program named in the first comment of backup files, e.g. `lvmkit version 0.1.0`.
    pub generator: String,
    /// The command line named in `description`.
    pub command: String,
    /// Local time for comments.
    pub zone: Box<dyn TimeZone>,
    /// Where new ids come from.
    pub ids: Box<dyn IdSource + Send>,
}

impl Stamp {
    /// A stamp that gives the same result in every run: UTC, a neutral host, ids from `seed`.
    #[must_use]
    pub fn fixed(seed: u64, time: u64) -> Self {
        Self {
            time,
            host: Host::default(),
            generator: default_generator(),
            command: "lvmkit".to_owned(),
            zone: Box::new(Utc),
            ids: Box::new(SeededIds::new(seed)),
        }
    }
}

/// The generator named in backup files unless the caller says otherwise.
#[must_use]
pub fn default_generator() -> String {
    format!("lvmkit version {}", env!("CARGO_PKG_VERSION"))
}

impl fmt::Debug for Stamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Stamp")
            .field("time", &self.time)
            .field("host", &self.host)
            .field("generator", &self.generator)
            .field("command", &self.command)
            .finish_non_exhaustive()
    }
}
