//! A window of another device.

use std::fmt;
use std::ops::Range;
use std::sync::Arc;

use lvm_core::{BlockDevice, Result};

use crate::userspace::check_range;

/// A run of another device, such as a partition of a disk image.
pub struct SubDevice {
    name: String,
    device: Arc<dyn BlockDevice>,
    offset: u64,
    size: u64,
}

impl SubDevice {
    /// `size` bytes of `device` from `offset` on. It is called like the device, with the range
    /// behind the name.
    ///
    /// # Errors
    /// `InvalidInput` when the window reaches past the end.
    pub fn new(device: Arc<dyn BlockDevice>, offset: u64, size: u64) -> Result<Self> {
        check_range(device.name(), device.size(), offset, size)?;
        let name = format!("{}[{offset}+{size}]", device.name());
        Ok(Self { name, device, offset, size })
    }

    /// The same window under another name.
    #[must_use]
    pub fn with_name(mut self, name: impl Into<String>) -> Self {
        self.name = name.into();
        self
    }

    /// The device it is a window of.
    #[must_use]
    pub fn device(&self) -> &Arc<dyn BlockDevice> {
        &self.device
    }

    /// Where on the device it begins, in bytes.
    #[must_use]
    pub fn offset(&self) -> u64 {
        self.offset
    }

    /// The offset on the device below.
    fn below(&self, offset: u64, length: u64) -> Result<u64> {
        check_range(&self.name, self.size, offset, length)?;
        Ok(self.offset + offset)
    }
}

impl BlockDevice for SubDevice {
    fn size(&self) -> u64 {
        self.size
    }

    fn name(&self) -> &str {
        &self.name
    }

    fn read_at(&self, offset: u64, buf: &mut [u8]) -> Result<()> {
        self.device.read_at(self.below(offset, buf.len() as u64)?, buf)
    }

    fn write_at(&self, offset: u64, buf: &[u8]) -> Result<()> {
        self.device.write_at(self.below(offset, buf.len() as u64)?, buf)
    }

    fn flush(&self) -> Result<()> {
        self.device.flush()
    }

    fn discard(&self, offset: u64, length: u64) -> Result<()> {
        self.device.discard(self.below(offset, length)?, length)
    }

    fn find_data(&self, offset: u64, end: u64) -> Result<Option<Range<u64>>> {
        let length = end.saturating_sub(offset);
        let below = self.below(offset, length)?;
        let found = self.device.find_data(below, below + length)?;
        Ok(found.map(|range| range.start - self.offset..range.end - self.offset))
    }

    fn drop_cache(&self) -> Result<()> {
        self.device.drop_cache()
    }
}

impl fmt::Debug for SubDevice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SubDevice")
            .field("name", &self.name)
            .field("device", &self.device.name())
            .field("offset", &self.offset)
            .field("size", &self.size)
            .finish()
    }
}
