//! A device that is opened for writing when it is first written to.

use std::fs::File;
use std::ops::Range;
use std::os::unix::fs::{FileTypeExt, MetadataExt};
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};

use lvm_core::error::Context;
use lvm_core::{BlockDevice, Effect, Error, ErrorKind, Result};
use lvm_dm::block::FileDevice;

/// A device of the machine. When a block device that was open for writing is closed, udev looks
/// at it again; so those that are only looked at are open for reading.
#[derive(Debug)]
pub(crate) struct OnDemandDevice {
    path: PathBuf,
    reading: FileDevice,
    writing: Mutex<Option<Arc<FileDevice>>>,
    /// Why it may not be written to.
    refusal: Option<&'static str>,
    flush: bool,
}

/// What tells a file or device from all others, whatever path leads to it: for a block device its
/// numbers, since it may have several nodes.
pub(crate) fn identity(metadata: &std::fs::Metadata) -> (u64, u64) {
    if metadata.file_type().is_block_device() {
        (u64::MAX, metadata.rdev())
    } else {
        (metadata.dev(), metadata.ino())
    }
}

fn identity_of(file: &File) -> std::io::Result<(u64, u64)> {
    file.metadata().map(|metadata| identity(&metadata))
}

impl OnDemandDevice {
    pub(crate) fn open(path: PathBuf, refusal: Option<&'static str>, flush: bool) -> Result<Self> {
        let reading = FileDevice::open(&path, true)?;
        Ok(Self { path, reading, writing: Mutex::new(None), refusal, flush })
    }

    /// What tells it from all others.
    pub(crate) fn identity(&self) -> Result<(u64, u64)> {
        identity_of(self.reading.file()).map_err(|error| self.failed("the device is gone", error))
    }

    fn failed(&self, message: &str, error: std::io::Error) -> Error {
        Error::new(ErrorKind::Io, message).with_device(self.name()).with_source(error)
    }

    fn writing(&self) -> Result<Arc<FileDevice>> {
        if let Some(why) = self.refusal {
            return Err(Error::invalid(why).with_device(self.name()));
        }
        // Nothing under the lock can leave the value half changed.
        let mut writing = self.writing.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(device) = &*writing {
            return Ok(Arc::clone(device));
        }
        let device = FileDevice::open(&self.path, false)?;
        let other = identity_of(device.file()).map_err(|error| self.failed("the device is gone", error))?;
        if other != self.identity()? || device.size() != self.size() {
            let message = "the path leads to another device than when it was read";
            return Err(Error::new(ErrorKind::Conflict, message).with_device(self.name()));
        }
        let device = Arc::new(if self.flush { device } else { device.without_flush() });
        *writing = Some(Arc::clone(&device));
        Ok(device)
    }
}

impl BlockDevice for OnDemandDevice {
    fn size(&self) -> u64 {
        self.reading.size()
    }

    fn name(&self) -> &str {
        self.reading.name()
    }

    fn read_at(&self, offset: u64, buf: &mut [u8]) -> Result<()> {
        self.reading.read_at(offset, buf)
    }

    fn write_at(&self, offset: u64, buf: &[u8]) -> Result<()> {
        self.writing().having(Effect::Unchanged)?.write_at(offset, buf)
    }

    /// Nothing when nothing was written.
    fn flush(&self) -> Result<()> {
        let writing = self.writing.lock().unwrap_or_else(PoisonError::into_inner).clone();
        writing.map_or(Ok(()), |device| device.flush())
    }

    fn discard(&self, offset: u64, length: u64) -> Result<()> {
        self.writing().having(Effect::Unchanged)?.discard(offset, length)
    }

    fn find_data(&self, offset: u64, end: u64) -> Result<Option<Range<u64>>> {
        self.reading.find_data(offset, end)
    }

    fn drop_cache(&self) -> Result<()> {
        self.flush()?;
        self.reading.drop_cache()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn opens_for_writing_once_and_only_the_same() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("disk");
        std::fs::write(&path, [0; 4096]).unwrap();
        let device = OnDemandDevice::open(path.clone(), None, true).unwrap();
        device.flush().unwrap();
        assert!(device.writing.lock().unwrap().is_none());
        device.write_at(512, b"abc").unwrap();
        let mut back = [0; 3];
        device.read_at(512, &mut back).unwrap();
        assert_eq!(&back, b"abc");
        device.flush().unwrap();

        let late = OnDemandDevice::open(path.clone(), None, true).unwrap();
        std::fs::rename(&path, dir.path().join("moved")).unwrap();
        std::fs::write(&path, [0; 4096]).unwrap();
        assert_eq!(*late.write_at(0, b"x").unwrap_err().kind(), ErrorKind::Conflict);
        // One that is open for writing already does not care.
        device.write_at(0, b"x").unwrap();
        assert_eq!(std::fs::read(&path).unwrap(), [0; 4096]);
    }

    #[test]
    fn refuses() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("disk");
        std::fs::write(&path, [0; 4096]).unwrap();
        let device = OnDemandDevice::open(path, Some("the device is read-only"), true).unwrap();
        let error = device.write_at(0, b"x").unwrap_err();
        assert_eq!((error.kind(), error.effect()), (&ErrorKind::InvalidInput, Effect::Unchanged));
    }
}
