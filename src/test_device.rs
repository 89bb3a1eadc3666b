//! A device in memory, for unit tests.

use std::sync::{Mutex, MutexGuard};

use lvm_core::block::check_range;
use lvm_core::{BlockDevice, Result};

/// Bytes in memory that count how often they are read.
pub(crate) struct MemoryDevice {
    bytes: Mutex<Vec<u8>>,
    reads: Mutex<Vec<(u64, usize)>>,
    size: u64,
}

impl MemoryDevice {
    pub(crate) fn new(bytes: Vec<u8>) -> Self {
        let size = bytes.len().try_into().unwrap();
        Self { bytes: Mutex::new(bytes), reads: Mutex::default(), size }
    }

    pub(crate) fn bytes(&self) -> MutexGuard<'_, Vec<u8>> {
        self.bytes.lock().unwrap()
    }

    /// Offset and length of every read so far.
    pub(crate) fn reads(&self) -> Vec<(u64, usize)> {
        self.reads.lock().unwrap().clone()
    }
}

impl BlockDevice for MemoryDevice {
    fn size(&self) -> u64 {
        self.size
    }

    fn name(&self) -> &str {
        "memory"
    }

    fn read_at(&self, offset: u64, buf: &mut [u8]) -> Result<()> {
        check_range("memory", self.size, offset, buf.len())?;
        self.reads.lock().unwrap().push((offset, buf.len()));
        let from = usize::try_from(offset).unwrap();
        buf.copy_from_slice(&self.bytes()[from..from + buf.len()]);
        Ok(())
    }

    fn write_at(&self, offset: u64, buf: &[u8]) -> Result<()> {
        check_range("memory", self.size, offset, buf.len())?;
        let from = usize::try_from(offset).unwrap();
        self.bytes()[from..from + buf.len()].copy_from_slice(buf);
        Ok(())
    }

    fn flush(&self) -> Result<()> {
        Ok(())
    }

    fn discard(&self, offset: u64, length: u64) -> Result<()> {
        self.write_at(offset, &vec![0; usize::try_from(length).unwrap()])
    }
}
