//! The one way to a disk: positioned reads and writes on something of a fixed size.

use core::ops::Range;

use crate::error::Result;

/// Something that holds bytes: a block device, an image file, a partition of one, a logical
/// volume, or memory.
///
/// Reads and writes are positioned and take `&self`, so one device can serve several threads.
/// An implementation returns errors of kind [`Io`](crate::ErrorKind::Io) that name the device and
/// the offset, and never reads or writes past [`size`](Self::size).
pub trait BlockDevice: Send + Sync {
    /// The size in bytes.
    fn size(&self) -> u64;

    /// The name to show in messages, usually a path.
    fn name(&self) -> &str;

    /// Fills `buf` from `offset` bytes on.
    ///
    /// # Errors
    /// `Io` when the device fails; `InvalidInput` when the range reaches past the end.
    fn read_at(&self, offset: u64, buf: &mut [u8]) -> Result<()>;

    /// Writes all of `buf` at `offset` bytes.
    ///
    /// # Errors
    /// `Io` when the device fails; `InvalidInput` when the range reaches past the end.
    ///
    /// # Effect
    /// The bytes may still be in a volatile cache until [`flush`](Self::flush) returns.
    fn write_at(&self, offset: u64, buf: &[u8]) -> Result<()>;

    /// Makes everything written before durable.
    ///
    /// # Errors
    /// `Io` when the device fails; what was written before may then be lost.
    fn flush(&self) -> Result<()>;

    /// Gives the range back; reading it afterwards gives zeroes on files, and anything on devices
    /// that do not promise zeroes.
    ///
    /// # Errors
    /// `Io` when the device fails, `Unsupported` when it cannot discard.
    fn discard(&self, offset: u64, length: u64) -> Result<()>;

    /// The first run of bytes from `offset` on and before `end` that may hold anything but zeroes;
    /// `None` when all of it reads as zeroes without looking. A device that cannot tell says that
    /// everything may. The run is never empty.
    ///
    /// # Errors
    /// `Io` when the device fails; `InvalidInput` when the range reaches past the end.
    fn find_data(&self, offset: u64, end: u64) -> Result<Option<Range<u64>>> {
        Ok((offset < end).then_some(offset..end))
    }

    /// Forgets what is cached of the device, after making durable what was written, so that the
    /// next read sees what others wrote past that cache. A logical volume's device and the device
    /// of its physical volume have caches of their own.
    ///
    /// # Errors
    /// `Io` when the device fails.
    fn drop_cache(&self) -> Result<()> {
        Ok(())
    }
}

impl<T: BlockDevice + ?Sized> BlockDevice for &T {
    fn size(&self) -> u64 {
        (**self).size()
    }
    fn name(&self) -> &str {
        (**self).name()
    }
    fn read_at(&self, offset: u64, buf: &mut [u8]) -> Result<()> {
        (**self).read_at(offset, buf)
    }
    fn write_at(&self, offset: u64, buf: &[u8]) -> Result<()> {
        (**self).write_at(offset, buf)
    }
    fn flush(&self) -> Result<()> {
        (**self).flush()
    }
    fn discard(&self, offset: u64, length: u64) -> Result<()> {
        (**self).discard(offset, length)
    }
    fn find_data(&self, offset: u64, end: u64) -> Result<Option<Range<u64>>> {
        (**self).find_data(offset, end)
    }
    fn drop_cache(&self) -> Result<()> {
        (**self).drop_cache()
    }
}

impl<T: BlockDevice + ?Sized> BlockDevice for std_alloc::sync::Arc<T> {
    fn size(&self) -> u64 {
        (**self).size()
    }
    fn name(&self) -> &str {
        (**self).name()
    }
    fn read_at(&self, offset: u64, buf: &mut [u8]) -> Result<()> {
        (**self).read_at(offset, buf)
    }
    fn write_at(&self, offset: u64, buf: &[u8]) -> Result<()> {
        (**self).write_at(offset, buf)
    }
    fn flush(&self) -> Result<()> {
        (**self).flush()
    }
    fn discard(&self, offset: u64, length: u64) -> Result<()> {
        (**self).discard(offset, length)
    }
    fn find_data(&self, offset: u64, end: u64) -> Result<Option<Range<u64>>> {
        (**self).find_data(offset, end)
    }
    fn drop_cache(&self) -> Result<()> {
        (**self).drop_cache()
    }
}

/// Checks that `length` bytes at `offset` lie inside a device of `size` bytes.
///
/// # Errors
/// `InvalidInput` naming the device and the offset.
pub fn check_range(device: &str, size: u64, offset: u64, length: usize) -> Result<()> {
    let end = u64::try_from(length).ok().and_then(|length| offset.checked_add(length));
    if end.is_some_and(|end| end <= size) {
        return Ok(());
    }
    Err(crate::Error::invalid(std_alloc::format!(
        "{length} bytes at {offset} reach past the end of a device of {size} bytes"
    ))
    .with_device(device)
    .with_offset(offset))
}
