//! `snapshot`, `snapshot-origin` and `snapshot-merge`: copy-on-write snapshots.
//!
//! Source: kernel doc `Documentation/admin-guide/device-mapper/snapshot.rst`; status captured from
//! Linux 6.1.

use std::fmt;

use lvm_core::Sectors;

use super::words::{Words, word_enum};
use super::{DeviceRef, Parameters};
use crate::error::ParseError;
use crate::status::StatusText;

word_enum! {
    /// Whether a snapshot outlives its activation.
    Persistence {
        /// On the device.
        Persistent = "P",
        /// On the device, and a full store is reported as `Overflow`.
        PersistentOverflow = "PO",
        /// In memory only.
        Transient = "N",
    }
}

/// `origin store persistence chunk_size [#features features…]`.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Snapshot {
    /// The device that holds the origin's data.
    pub origin: DeviceRef,
    /// The device that holds what changed.
    pub cow: DeviceRef,
    /// Whether the exceptions are kept on the device. LVM2 always says `P`.
    pub persistence: Persistence,
    /// How much is copied at once: a power of two.
    pub chunk_size: Sectors,
    /// `discard_zeroes_cow`: a discard of whole chunks is kept as zeroes.
    pub discard_zeroes_cow: bool,
    /// `discard_passdown_origin`: discards go down to the origin. Needs `discard_zeroes_cow`.
    pub discard_passdown_origin: bool,
}

impl Snapshot {
    /// A persistent snapshot as LVM2 makes it.
    #[must_use]
    pub const fn new(origin: DeviceRef, cow: DeviceRef, chunk_size: Sectors) -> Self {
        Self {
            origin,
            cow,
            persistence: Persistence::Persistent,
            chunk_size,
            discard_zeroes_cow: false,
            discard_passdown_origin: false,
        }
    }
}

impl Parameters for Snapshot {
    const NAME: &'static str = "snapshot";

    fn read(words: &mut Words<'_>) -> Result<Self, ParseError> {
        let origin = words.value("the origin")?;
        let cow = words.value("the copy-on-write store")?;
        let persistence = words.value("P, PO or N")?;
        let chunk_size = words.value("the chunk size")?;
        let mut snapshot = Self { persistence, ..Self::new(origin, cow, chunk_size) };
        if words.peek().is_some() {
            words.group("the number of features", |words| {
                match words.next("a feature")? {
                    "discard_zeroes_cow" => snapshot.discard_zeroes_cow = true,
                    "discard_passdown_origin" => snapshot.discard_passdown_origin = true,
                    other => return Err(words.unknown("a feature", other)),
                }
                Ok(())
            })?;
        }
        Ok(snapshot)
    }

    fn check(&self, _length: Sectors) -> Result<(), &'static str> {
        if !self.chunk_size.0.is_power_of_two() {
            return Err("the chunk size is not a power of two");
        }
        if self.discard_passdown_origin && !self.discard_zeroes_cow {
            return Err("discard_passdown_origin needs discard_zeroes_cow");
        }
        Ok(())
    }

    fn devices(&self) -> Vec<&DeviceRef> {
        vec![&self.origin, &self.cow]
    }

    fn devices_mut(&mut self) -> Vec<&mut DeviceRef> {
        vec![&mut self.origin, &mut self.cow]
    }
}

impl fmt::Display for Snapshot {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {} {} {}", self.origin, self.cow, self.persistence, self.chunk_size.0)?;
        let count = u8::from(self.discard_zeroes_cow) + u8::from(self.discard_passdown_origin);
        if count > 0 {
            write!(f, " {count}")?;
        }
        if self.discard_zeroes_cow {
            f.write_str(" discard_zeroes_cow")?;
        }
        if self.discard_passdown_origin { f.write_str(" discard_passdown_origin") } else { Ok(()) }
    }
}

/// `origin`: the origin that snapshots stand on; a write to it first saves what was there.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct SnapshotOrigin {
    /// The device that holds the data.
    pub origin: DeviceRef,
}

impl Parameters for SnapshotOrigin {
    const NAME: &'static str = "snapshot-origin";

    fn read(words: &mut Words<'_>) -> Result<Self, ParseError> {
        Ok(Self { origin: words.value("the origin")? })
    }

    fn check(&self, _length: Sectors) -> Result<(), &'static str> {
        Ok(())
    }

    fn devices(&self) -> Vec<&DeviceRef> {
        vec![&self.origin]
    }

    fn devices_mut(&mut self) -> Vec<&mut DeviceRef> {
        vec![&mut self.origin]
    }
}

impl fmt::Display for SnapshotOrigin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.origin.fmt(f)
    }
}

/// The parameters of `snapshot`, on the origin, while the snapshot flows back into it.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct SnapshotMerge(
    /// The snapshot that is being merged.
    pub Snapshot,
);

impl Parameters for SnapshotMerge {
    const NAME: &'static str = "snapshot-merge";

    fn read(words: &mut Words<'_>) -> Result<Self, ParseError> {
        Snapshot::read(words).map(Self)
    }

    fn check(&self, length: Sectors) -> Result<(), &'static str> {
        if self.0.persistence == Persistence::Transient {
            return Err("only a persistent snapshot can be merged");
        }
        self.0.check(length)
    }

    fn devices(&self) -> Vec<&DeviceRef> {
        self.0.devices()
    }

    fn devices_mut(&mut self) -> Vec<&mut DeviceRef> {
        self.0.devices_mut()
    }
}

impl fmt::Display for SnapshotMerge {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// `used/total metadata`, or a word.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
#[non_exhaustive]
pub enum SnapshotStatus {
    /// It works.
    Usage {
        /// What the store holds: its header, its exception areas and the chunks saved.
        used: Sectors,
        /// What it can hold.
        total: Sectors,
        /// The part of `used` that is header and exception areas. A merge is finished when
        /// nothing else is used.
        metadata: Sectors,
    },
    /// The store is full or failed; reads give errors, the origin is not affected.
    Invalid,
    /// The store is full (with `PO` only).
    Overflow,
    /// A merge failed.
    MergeFailed,
    /// The kernel cannot say.
    Unknown,
}

impl StatusText for SnapshotStatus {
    fn read(words: &mut Words<'_>) -> Result<Self, ParseError> {
        match words.peek() {
            Some("Invalid") => words.next("the status").map(|_| Self::Invalid),
            Some("Overflow") => words.next("the status").map(|_| Self::Overflow),
            Some("Unknown") => words.next("the status").map(|_| Self::Unknown),
            Some("Merge") => {
                words.next("the status")?;
                match words.next("the status")? {
                    "failed" => Ok(Self::MergeFailed),
                    other => Err(words.unknown("the status", other)),
                }
            }
            _ => {
                let (used, total) = words.ratio("the sectors used")?;
                let metadata = words.value("the sectors of metadata")?;
                Ok(Self::Usage { used: Sectors(used), total: Sectors(total), metadata })
            }
        }
    }
}

impl fmt::Display for SnapshotStatus {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Usage { used, total, metadata } => write!(f, "{}/{} {}", used.0, total.0, metadata.0),
            Self::Invalid => f.write_str("Invalid"),
            Self::Overflow => f.write_str("Overflow"),
            Self::MergeFailed => f.write_str("Merge failed"),
            Self::Unknown => f.write_str("Unknown"),
        }
    }
}
