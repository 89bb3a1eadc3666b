//! Tables executed in this process.
//!
//! [`MappedDevice`] does what the kernel does with a table: reads, writes, discards and flushes go
//! to the devices the table names. It is itself a [`BlockDevice`], so devices stack as they do in
//! the kernel. The targets `linear`, `striped`, `error` and `zero` run; others are refused when
//! the device is made.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use lvm_core::error::Context;
use lvm_core::units::SECTOR_SIZE;
use lvm_core::{BlockDevice, Error, Result, Sectors};

use crate::target::DeviceRef;
use crate::target::linear::LinearMap;
use crate::target::striped::StripedMap;

mod mapped;
mod range;

pub use mapped::MappedDevice;
pub use range::{Extent, MapRange, Place};

/// Finds the open device that a table means.
pub trait Resolve {
    /// The device.
    ///
    /// # Errors
    /// `NotFound` when there is none of that name; whatever opening it may give.
    fn resolve(&self, device: &DeviceRef) -> Result<Arc<dyn BlockDevice>>;
}

impl<F: Fn(&DeviceRef) -> Result<Arc<dyn BlockDevice>>> Resolve for F {
    fn resolve(&self, device: &DeviceRef) -> Result<Arc<dyn BlockDevice>> {
        self(device)
    }
}

/// A resolver that knows a list of open devices.
#[derive(Clone, Default)]
pub struct Devices(BTreeMap<DeviceRef, Arc<dyn BlockDevice>>);

impl Devices {
    /// An empty list.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a device under a name, or replaces the one of that name. One device may have several.
    pub fn insert(&mut self, name: DeviceRef, device: Arc<dyn BlockDevice>) {
        self.0.insert(name, device);
    }

    /// Takes a name off the list.
    pub fn remove(&mut self, name: &DeviceRef) -> Option<Arc<dyn BlockDevice>> {
        self.0.remove(name)
    }
}

impl Resolve for Devices {
    fn resolve(&self, device: &DeviceRef) -> Result<Arc<dyn BlockDevice>> {
        let found = self.0.get(device).cloned();
        found
            .ok_or_else(|| Error::not_found("a table names a device that is not there"))
            .on_device_ref(device)
    }
}

impl fmt::Debug for Devices {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_map().entries(self.0.iter().map(|(name, device)| (name, device.name()))).finish()
    }
}

trait OnDeviceRef<T> {
    fn on_device_ref(self, device: &DeviceRef) -> Result<T>;
}

impl<T> OnDeviceRef<T> for Result<T> {
    fn on_device_ref(self, device: &DeviceRef) -> Self {
        self.map_err(|error| error.with_device(device.to_string()))
    }
}

/// The distinct devices below a table that is being opened.
pub(crate) struct DeviceSet<'a> {
    resolver: &'a dyn Resolve,
    /// Each reference seen and the index of its device.
    known: BTreeMap<DeviceRef, usize>,
    devices: Vec<Arc<dyn BlockDevice>>,
}

impl<'a> DeviceSet<'a> {
    fn new(resolver: &'a dyn Resolve) -> Self {
        Self { resolver, known: BTreeMap::new(), devices: Vec::new() }
    }

    /// The index of a device that must have `length` bytes from `offset` on.
    pub(crate) fn open(&mut self, device: &DeviceRef, offset: u64, length: u64) -> Result<usize> {
        let index = match self.known.get(device) {
            Some(index) => *index,
            None => self.resolve(device)?,
        };
        let opened = self.devices.get(index).ok_or_else(|| Error::not_found("a device vanished"))?;
        check_range(opened.name(), opened.size(), offset, length).on_device(opened.name())?;
        Ok(index)
    }

    fn resolve(&mut self, device: &DeviceRef) -> Result<usize> {
        let opened = self.resolver.resolve(device)?;
        let same = |other: &Arc<dyn BlockDevice>| std::ptr::addr_eq(Arc::as_ptr(other), Arc::as_ptr(&opened));
        let index = self.devices.iter().position(same).unwrap_or(self.devices.len());
        if index == self.devices.len() {
            self.devices.push(opened);
        }
        self.known.insert(device.clone(), index);
        Ok(index)
    }

    fn into_devices(self) -> Box<[Arc<dyn BlockDevice>]> {
        self.devices.into()
    }
}

/// How one line of a table is carried out.
#[derive(Clone, Debug)]
pub(crate) enum Map {
    Linear(LinearMap),
    Striped(StripedMap),
    Zeroes,
    Error,
}

impl Map {
    /// Where byte `at` of the line is, and how many bytes follow it there at most.
    #[inline]
    pub(crate) fn place(&self, at: u64) -> (Place, u64) {
        match self {
            Self::Linear(linear) => (linear.place(at), u64::MAX),
            Self::Striped(striped) => striped.place(at),
            Self::Zeroes => (Place::Zeroes, u64::MAX),
            Self::Error => (Place::Error, u64::MAX),
        }
    }

    /// True when `next`, behind this line of `length` bytes, only continues it.
    fn is_continued_by(&self, length: u64, next: &Self) -> bool {
        match (self, next) {
            (Self::Linear(this), Self::Linear(next)) => this.is_continued_by(length, *next),
            (Self::Zeroes, Self::Zeroes) | (Self::Error, Self::Error) => true,
            _ => false,
        }
    }
}

/// Sectors as bytes, exactly.
pub(crate) fn bytes(sectors: Sectors) -> Result<u64> {
    let bytes = sectors.0.checked_mul(SECTOR_SIZE);
    bytes.ok_or_else(|| Error::invalid("a table names a sector past the largest possible device"))
}

/// Checks that `length` bytes at `offset` lie inside a device of `size` bytes.
pub(crate) fn check_range(device: &str, size: u64, offset: u64, length: u64) -> Result<()> {
    if offset.checked_add(length).is_some_and(|end| end <= size) {
        return Ok(());
    }
    Err(past_the_end(device, size, offset, length))
}

#[cold]
fn past_the_end(device: &str, size: u64, offset: u64, length: u64) -> Error {
    Error::invalid(format!("{length} bytes at {offset} reach past the end of a device of {size} bytes"))
        .with_device(device)
        .with_offset(offset)
}
