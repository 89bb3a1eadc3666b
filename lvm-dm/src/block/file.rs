//! A file or block device as a [`BlockDevice`].

use std::fs::{File, OpenOptions};
use std::io::{self, Seek, SeekFrom};
use std::ops::Range;
use std::os::unix::fs::{FileExt, FileTypeExt};
use std::path::{Path, PathBuf};

use lvm_core::{BlockDevice, Effect, Error, ErrorKind, Result};
use nix::errno::Errno;
use nix::fcntl::{FallocateFlags, PosixFadviseAdvice, fallocate, posix_fadvise};
use nix::unistd::{Whence, lseek};

use crate::userspace::check_range;

/// An image file or a block device.
///
/// The size is taken once, when it is opened. Reads and writes are positioned, continue after
/// short ones and after signals, and need not be aligned.
#[derive(Debug)]
pub struct FileDevice {
    file: File,
    path: PathBuf,
    name: String,
    size: u64,
    read_only: bool,
    is_block_device: bool,
    flushes: bool,
}

impl FileDevice {
    /// Opens a file or block device.
    ///
    /// # Errors
    /// `NotFound`; `InvalidInput` for anything but a file or block device; `Io` for the rest.
    pub fn open(path: impl AsRef<Path>, read_only: bool) -> Result<Self> {
        let path = path.as_ref();
        let opened = OpenOptions::new().read(true).write(!read_only).open(path);
        Self::from_file(opened.map_err(|error| open_error(path, error))?, path, read_only)
    }

    /// Creates an image file of `size` bytes that reads as zeroes and takes no space yet.
    ///
    /// # Errors
    /// `AlreadyExists` when the path is taken; `Io`.
    pub fn create(path: impl AsRef<Path>, size: u64) -> Result<Self> {
        let path = path.as_ref();
        let opened = OpenOptions::new().read(true).write(true).create_new(true).open(path);
        let file = opened.map_err(|error| open_error(path, error))?;
        file.set_len(size).map_err(|error| open_error(path, error).with_effect(Effect::Unknown))?;
        Self::from_file(file, path, false)
    }

    /// Takes a file that is open already; `path` is only its name.
    ///
    /// # Errors
    /// `InvalidInput` for anything but a file or block device; `Io`.
    pub fn from_file(mut file: File, path: impl AsRef<Path>, read_only: bool) -> Result<Self> {
        let path = path.as_ref();
        let metadata = file.metadata().map_err(|error| open_error(path, error))?;
        let is_block_device = metadata.file_type().is_block_device();
        let size = if is_block_device {
            file.seek(SeekFrom::End(0)).map_err(|error| open_error(path, error))?
        } else if metadata.is_file() {
            metadata.len()
        } else {
            let error = Error::invalid("is neither a file nor a block device");
            return Err(error.with_device(path.to_string_lossy()));
        };
        let name = path.to_string_lossy().into_owned();
        Ok(Self { file, path: path.to_owned(), name, size, read_only, is_block_device, flushes: true })
    }

    /// Makes [`flush`](BlockDevice::flush) do nothing, for images that a crash may take along.
    #[must_use]
    pub fn without_flush(mut self) -> Self {
        self.flushes = false;
        self
    }

    /// The path it was opened by.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The open file.
    #[must_use]
    pub fn file(&self) -> &File {
        &self.file
    }

    /// True when it was opened for reading only.
    #[must_use]
    pub fn is_read_only(&self) -> bool {
        self.read_only
    }

    /// True for a block device, false for a file.
    #[must_use]
    pub fn is_block_device(&self) -> bool {
        self.is_block_device
    }

    /// The ranges of bytes that hold data; what is between them was never written or was given
    /// back, and reads as zeroes. A device or file system that does not know gives one range of
    /// everything. Writes going on meanwhile may or may not be seen.
    ///
    /// # Errors
    /// `InvalidInput` when the range reaches past the end; the items give `Io`.
    pub fn data_ranges(&self, offset: u64, length: u64) -> Result<DataRanges<'_>> {
        check_range(&self.name, self.size, offset, length)?;
        Ok(DataRanges { device: self, at: offset, end: offset + length })
    }

    /// Moves to the next data or hole from `offset` on; `None` when there is none.
    fn seek(&self, offset: u64, whence: Whence) -> Result<Option<u64>> {
        let Ok(position) = offset.try_into() else { return Ok(None) };
        match lseek(&self.file, position, whence) {
            Ok(found) => Ok(u64::try_from(found).ok()),
            Err(Errno::ENXIO) => Ok(None),
            Err(error) => Err(self.io("looking for holes", offset, error)),
        }
    }

    #[cold]
    fn io(&self, what: &str, offset: u64, source: impl Into<io::Error>) -> Error {
        Error::io(format!("{what} failed"), self.name.as_str(), offset, source.into())
    }

    fn check_writable(&self, offset: u64) -> Result<()> {
        if !self.read_only {
            return Ok(());
        }
        Err(Error::invalid("the device is open for reading only")
            .with_device(self.name.as_str())
            .with_offset(offset))
    }

    #[cold]
    fn cannot_discard(&self, what: &str, offset: u64) -> Error {
        Error::unsupported(what).with_device(self.name.as_str()).with_offset(offset)
    }
}

fn open_error(path: &Path, error: io::Error) -> Error {
    let kind = match error.kind() {
        io::ErrorKind::NotFound => ErrorKind::NotFound,
        io::ErrorKind::AlreadyExists => ErrorKind::AlreadyExists,
        _ => ErrorKind::Io,
    };
    Error::new(kind, "opening failed").with_device(path.to_string_lossy()).with_source(error)
}

impl BlockDevice for FileDevice {
    fn size(&self) -> u64 {
        self.size
    }

    fn name(&self) -> &str {
        &self.name
    }

    fn read_at(&self, offset: u64, buf: &mut [u8]) -> Result<()> {
        check_range(&self.name, self.size, offset, buf.len() as u64)?;
        self.file.read_exact_at(buf, offset).map_err(|error| self.io("reading", offset, error))
    }

    fn write_at(&self, offset: u64, buf: &[u8]) -> Result<()> {
        self.check_writable(offset)?;
        check_range(&self.name, self.size, offset, buf.len() as u64)?;
        // A write that fails may have written its beginning.
        self.file
            .write_all_at(buf, offset)
            .map_err(|error| self.io("writing", offset, error).with_effect(Effect::Unknown))
    }

    /// `fdatasync`, or nothing after [`without_flush`](FileDevice::without_flush).
    fn flush(&self) -> Result<()> {
        if !self.flushes {
            return Ok(());
        }
        self.file.sync_data().map_err(|error| {
            Error::new(ErrorKind::Io, "flushing failed")
                .with_device(self.name.as_str())
                .with_effect(Effect::Unknown)
                .with_source(error)
        })
    }

    /// Punches a hole into a file; a block device that can is told to forget the range, and reads
    /// zeroes there afterwards.
    fn discard(&self, offset: u64, length: u64) -> Result<()> {
        self.check_writable(offset)?;
        check_range(&self.name, self.size, offset, length)?;
        if length == 0 {
            return Ok(());
        }
        let (Ok(start), Ok(count)) = (offset.try_into(), length.try_into()) else {
            return Err(self.cannot_discard("the range is too large for the system", offset));
        };
        let mode = FallocateFlags::FALLOC_FL_PUNCH_HOLE | FallocateFlags::FALLOC_FL_KEEP_SIZE;
        loop {
            return match fallocate(&self.file, mode, start, count) {
                Ok(()) => Ok(()),
                Err(Errno::EINTR) => continue,
                Err(Errno::EOPNOTSUPP | Errno::ENOSYS) => {
                    Err(self.cannot_discard("neither the file system nor the device can do it", offset))
                }
                Err(error) => Err(self.io("discarding", offset, error).with_effect(Effect::Unknown)),
            };
        }
    }

    /// Files have one cache, whoever writes them; block devices may have another behind them.
    fn drop_cache(&self) -> Result<()> {
        if !self.is_block_device {
            return Ok(());
        }
        self.flush()?;
        posix_fadvise(&self.file, 0, 0, PosixFadviseAdvice::POSIX_FADV_DONTNEED)
            .map_err(|errno| self.io("dropping the cache", 0, errno))
    }

    /// Asks the file system for holes; a block device has none.
    fn find_data(&self, offset: u64, end: u64) -> Result<Option<Range<u64>>> {
        self.data_ranges(offset, end.saturating_sub(offset))?.next().transpose()
    }
}

/// The ranges of a [`FileDevice`] that hold data, in order. The first error ends it.
#[derive(Debug)]
pub struct DataRanges<'a> {
    device: &'a FileDevice,
    at: u64,
    end: u64,
}

impl DataRanges<'_> {
    fn find(&mut self) -> Result<Option<Range<u64>>> {
        let Some(start) = self.device.seek(self.at, Whence::SeekData)?.filter(|start| *start < self.end)
        else {
            return Ok(None);
        };
        let hole = self.device.seek(start, Whence::SeekHole)?.unwrap_or(self.end);
        Ok(Some(start..hole.clamp(start, self.end)).filter(|range| !range.is_empty()))
    }
}

impl Iterator for DataRanges<'_> {
    type Item = Result<Range<u64>>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.at >= self.end {
            return None;
        }
        let found = if self.device.is_block_device { Ok(Some(self.at..self.end)) } else { self.find() };
        self.at = match &found {
            Ok(Some(range)) => range.end,
            _ => self.end,
        };
        found.transpose()
    }
}

impl std::iter::FusedIterator for DataRanges<'_> {}
