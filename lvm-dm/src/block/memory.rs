//! A device in memory.

use std::fmt;
use std::sync::{PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};

use lvm_core::{BlockDevice, Error, Result};

/// A device in memory, for tests and for building images that are written elsewhere later.
pub struct MemoryDevice {
    name: String,
    size: u64,
    bytes: RwLock<Vec<u8>>,
}

impl MemoryDevice {
    /// `size` zero bytes.
    #[must_use]
    pub fn new(name: impl Into<String>, size: usize) -> Self {
        Self::from_vec(name, vec![0; size])
    }

    /// A device that holds `bytes`.
    #[must_use]
    pub fn from_vec(name: impl Into<String>, bytes: Vec<u8>) -> Self {
        Self { name: name.into(), size: bytes.len() as u64, bytes: RwLock::new(bytes) }
    }

    /// A copy of what it holds.
    #[must_use]
    pub fn to_vec(&self) -> Vec<u8> {
        self.read().clone()
    }

    /// What it holds.
    #[must_use]
    pub fn into_vec(self) -> Vec<u8> {
        self.bytes.into_inner().unwrap_or_else(PoisonError::into_inner)
    }

    // No code panics while it holds the lock, so a poisoned one still guards whole bytes.
    fn read(&self) -> RwLockReadGuard<'_, Vec<u8>> {
        self.bytes.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn write(&self) -> RwLockWriteGuard<'_, Vec<u8>> {
        self.bytes.write().unwrap_or_else(PoisonError::into_inner)
    }

    #[cold]
    fn past_the_end(&self, offset: u64, length: u64) -> Error {
        let size = self.size;
        Error::invalid(format!("{length} bytes at {offset} reach past the end of a device of {size} bytes"))
            .with_device(self.name.as_str())
            .with_offset(offset)
    }
}

/// The indexes of a range; one that fits no index is past the end of any memory.
fn range(offset: u64, length: u64) -> Option<std::ops::Range<usize>> {
    let end = usize::try_from(offset.checked_add(length)?).ok()?;
    Some(usize::try_from(offset).ok()?..end)
}

impl BlockDevice for MemoryDevice {
    fn size(&self) -> u64 {
        self.size
    }

    fn name(&self) -> &str {
        &self.name
    }

    fn read_at(&self, offset: u64, buf: &mut [u8]) -> Result<()> {
        let length = buf.len() as u64;
        let bytes = self.read();
        let part = range(offset, length).and_then(|range| bytes.get(range));
        buf.copy_from_slice(part.ok_or_else(|| self.past_the_end(offset, length))?);
        Ok(())
    }

    fn write_at(&self, offset: u64, buf: &[u8]) -> Result<()> {
        let length = buf.len() as u64;
        let mut bytes = self.write();
        let part = range(offset, length).and_then(|range| bytes.get_mut(range));
        part.ok_or_else(|| self.past_the_end(offset, length))?.copy_from_slice(buf);
        Ok(())
    }

    fn flush(&self) -> Result<()> {
        Ok(())
    }

    /// Fills the range with zeroes.
    fn discard(&self, offset: u64, length: u64) -> Result<()> {
        let mut bytes = self.write();
        let part = range(offset, length).and_then(|range| bytes.get_mut(range));
        part.ok_or_else(|| self.past_the_end(offset, length))?.fill(0);
        Ok(())
    }
}

impl fmt::Debug for MemoryDevice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MemoryDevice").field("name", &self.name).field("size", &self.size).finish()
    }
}
