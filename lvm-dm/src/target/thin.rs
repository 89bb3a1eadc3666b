//! `thin`: a thin volume of a pool.
//!
//! Source: kernel doc `Documentation/admin-guide/device-mapper/thin-provisioning.rst`.

use std::fmt;

use lvm_core::Sectors;

use super::words::{OrDash, Words};
use super::{DeviceRef, Parameters};
use crate::error::ParseError;
use crate::status::StatusText;

/// The first number that is no device id: ids have 24 bits.
pub const DEVICE_ID_END: u32 = 1 << 24;

/// `pool device_id [external_origin]`.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Thin {
    /// The pool.
    pub pool: DeviceRef,
    /// The volume's number in the pool, below [`DEVICE_ID_END`].
    pub device_id: u32,
    /// What unprovisioned parts read from; it must not be written to.
    pub external_origin: Option<DeviceRef>,
}

impl Parameters for Thin {
    const NAME: &'static str = "thin";

    fn read(words: &mut Words<'_>) -> Result<Self, ParseError> {
        let pool = words.value("the pool")?;
        let device_id = words.value("the device id")?;
        if device_id >= DEVICE_ID_END {
            return Err(words.rule("a device id has 24 bits"));
        }
        let external_origin =
            if words.peek().is_some() { Some(words.value("the external origin")?) } else { None };
        Ok(Self { pool, device_id, external_origin })
    }

    fn check(&self, _length: Sectors) -> Result<(), &'static str> {
        if self.device_id < DEVICE_ID_END { Ok(()) } else { Err("a device id has 24 bits") }
    }

    fn devices(&self) -> Vec<&DeviceRef> {
        std::iter::once(&self.pool).chain(&self.external_origin).collect()
    }

    fn devices_mut(&mut self) -> Vec<&mut DeviceRef> {
        std::iter::once(&mut self.pool).chain(&mut self.external_origin).collect()
    }
}

impl fmt::Display for Thin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.pool, self.device_id)?;
        self.external_origin.iter().try_for_each(|origin| write!(f, " {origin}"))
    }
}

/// `mapped_sectors highest_mapped_sector`, or a word.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
#[non_exhaustive]
pub enum ThinStatus {
    /// It works.
    Mapped {
        /// Sectors that the pool has given to it.
        mapped: Sectors,
        /// The highest of them; `None` when there is none.
        highest: Option<Sectors>,
    },
    /// `-`: the volume is not open in the pool.
    Closed,
    /// The pool failed.
    Fail,
    /// The kernel could not ask the pool.
    Error,
}

impl StatusText for ThinStatus {
    fn read(words: &mut Words<'_>) -> Result<Self, ParseError> {
        match words.peek() {
            Some("-") => words.next("the status").map(|_| Self::Closed),
            Some("Fail") => words.next("the status").map(|_| Self::Fail),
            Some("Error") => words.next("the status").map(|_| Self::Error),
            _ => Ok(Self::Mapped {
                mapped: words.value("the sectors mapped")?,
                highest: words.optional("the highest sector mapped")?,
            }),
        }
    }
}

impl fmt::Display for ThinStatus {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Mapped { mapped, highest } => write!(f, "{} {}", mapped.0, OrDash(highest.as_ref())),
            Self::Closed => f.write_str("-"),
            Self::Fail => f.write_str("Fail"),
            Self::Error => f.write_str("Error"),
        }
    }
}
