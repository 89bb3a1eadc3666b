//! `linear`: a run of another device.
//!
//! Source: kernel doc `Documentation/admin-guide/device-mapper/linear.rst`.

use std::fmt;

use lvm_core::{Result, Sectors};

use super::words::Words;
use super::{DeviceRef, Leg, Parameters};
use crate::error::ParseError;
use crate::userspace::{DeviceSet, Map, Place, bytes};

/// `device offset`.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Linear {
    /// The device below.
    pub device: DeviceRef,
    /// The sector of it that the line's first sector is.
    pub offset: Sectors,
}

impl Parameters for Linear {
    const NAME: &'static str = "linear";

    fn read(words: &mut Words<'_>) -> Result<Self, ParseError> {
        let Leg { device, offset } = Leg::read(words)?;
        Ok(Self { device, offset })
    }

    fn check(&self, length: Sectors) -> Result<(), &'static str> {
        match self.offset.checked_add(length) {
            Some(_) => Ok(()),
            None => Err("reaches past the largest possible device"),
        }
    }

    fn devices(&self) -> Vec<&DeviceRef> {
        vec![&self.device]
    }

    fn devices_mut(&mut self) -> Vec<&mut DeviceRef> {
        vec![&mut self.device]
    }
}

impl fmt::Display for Linear {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.device, self.offset.0)
    }
}

/// `linear` over an open device, in bytes.
#[derive(Clone, Copy, Debug)]
pub(crate) struct LinearMap {
    device: usize,
    offset: u64,
}

impl Linear {
    pub(crate) fn map(&self, length: u64, devices: &mut DeviceSet<'_>) -> Result<Map> {
        let offset = bytes(self.offset)?;
        let device = devices.open(&self.device, offset, length)?;
        Ok(Map::Linear(LinearMap { device, offset }))
    }
}

impl LinearMap {
    #[inline]
    pub(crate) fn place(self, at: u64) -> Place {
        Place::Device { index: self.device, offset: self.offset.saturating_add(at) }
    }

    /// True when `next` continues on the device where this line of `length` bytes ends.
    pub(crate) fn is_continued_by(self, length: u64, next: Self) -> bool {
        self.device == next.device && self.offset.checked_add(length) == Some(next.offset)
    }
}
