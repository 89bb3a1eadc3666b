//! Content of a logical volume out to a file or pipe, and in from one.
//!
//! Holes stay holes both ways, and blocks of zeroes become holes: where a file can have them they
//! are left out, and in an image below the volume they are given back.

use std::fs::File;
use std::io::{ErrorKind as IoKind, Read, Seek, SeekFrom, Write};
use std::ops::Range;
use std::os::unix::fs::{FileExt, FileTypeExt};

use lvm_core::{BlockDevice, Effect, Error, ErrorKind, Result};
use lvm_dm::FileDevice;
use nix::fcntl::{FcntlArg, OFlag, fcntl};

use super::volume::LvDevice;
use crate::observe::{Event, Observer, tell};

/// Bytes moved at a time; the observer is asked between.
const CHUNK: usize = 1 << 20;
/// Zeroes are looked for in blocks of this size, the block size of most file systems.
const BLOCK: usize = 4096;

impl LvDevice {
    /// Writes all of the volume to a file, a pipe or a device, from where that stands.
    ///
    /// A file at its end becomes sparse: runs of zeroes take no space. Anything else gets every
    /// byte. Returns the bytes that were written, holes not counted.
    ///
    /// # Errors
    /// `Io`; `Cancelled` when the observer says so.
    pub fn copy_to(&self, mut output: &File, observer: &mut dyn Observer) -> Result<u64> {
        let total = self.size().get();
        let mut copy = Progress { done: 0, total, observer };
        let Some(start) = sparse_end(output) else {
            let mut buffer = vec![0; CHUNK];
            let mut at = 0;
            while at < total {
                let part = part(&mut buffer, total - at);
                self.read_at(at, part)?;
                output
                    .write_all(part)
                    .map_err(|error| output_error("writing the output failed", at, error))?;
                at += len(part);
                copy.reach(at)?;
            }
            return Ok(total);
        };
        let failed = |at, error| output_error("writing the output failed", at, error);
        let mut buffer = vec![0; CHUNK];
        let (mut at, mut written) = (0, 0);
        while let Some(data) = self.device().find_data(at, total)? {
            at = data.start;
            while at < data.end {
                let part = part(&mut buffer, data.end - at);
                self.read_at(at, part)?;
                for run in runs(part).filter(|run| !run.zeroes) {
                    let bytes = part.get(run.range.clone()).unwrap_or_default();
                    let offset = start + at + index(run.range.start);
                    output.write_all_at(bytes, offset).map_err(|error| failed(at, error))?;
                    written += len(bytes);
                }
                at += len(part);
                copy.reach(at)?;
            }
        }
        output.set_len(start + total).map_err(|error| failed(total, error))?;
        // Whoever writes to it next writes behind.
        output.seek(SeekFrom::Start(start + total)).map_err(|error| failed(total, error))?;
        copy.reach(total)?;
        Ok(written)
    }

    /// Writes a file, a pipe or a device to the start of the volume, from where that stands to its
    /// end. What the volume has behind stays as it is. Returns the bytes read, holes included.
    ///
    /// # Errors
    /// `InvalidInput` when there is more than the volume holds; `Io`; `Cancelled` when the observer
    /// says so.
    ///
    /// # Effect
    /// `Unknown`, once something was written: the part before the failure may be there.
    pub fn copy_from(&self, mut input: &File, observer: &mut dyn Observer) -> Result<u64> {
        let failed = |error| Error::io("reading the input failed", "input", 0, error);
        let metadata = input.metadata().map_err(failed)?;
        let total = if metadata.is_file() || metadata.file_type().is_block_device() {
            let start = input.stream_position().map_err(failed)?;
            let file = input.try_clone().map_err(failed)?;
            // Asking a block device for its size moves its position.
            let device = FileDevice::from_file(file, "input", true)?;
            self.copy_device(&device, start, observer).map_err(after_writes)?
        } else {
            self.copy_stream(input, observer).map_err(after_writes)?
        };
        self.sync()?;
        Ok(total)
    }

    fn copy_device(&self, input: &FileDevice, start: u64, observer: &mut dyn Observer) -> Result<u64> {
        let end = input.size().max(start);
        let total = end - start;
        if total > self.size().get() {
            return Err(self.too_large(total).with_effect(Effect::Unchanged));
        }
        let mut copy = Progress { done: 0, total, observer };
        let mut buffer = vec![0; CHUNK];
        let mut at = start;
        while at < end {
            let data = input.find_data(at, end)?.unwrap_or(end..end);
            self.zero_range(at - start, data.start - start)?;
            at = data.start;
            while at < data.end {
                let part = part(&mut buffer, data.end - at);
                input.read_at(at, part)?;
                self.write_sparse(at - start, part)?;
                at += len(part);
                copy.reach(at - start)?;
            }
        }
        copy.reach(total)?;
        Ok(total)
    }

    fn copy_stream(&self, mut input: &File, observer: &mut dyn Observer) -> Result<u64> {
        let size = self.size().get();
        let mut copy = Progress { done: 0, total: size, observer };
        let mut buffer = vec![0; CHUNK];
        let mut at = 0;
        loop {
            let count = fill(&mut input, &mut buffer)
                .map_err(|error| Error::io("reading the input failed", "input", at, error))?;
            let part = buffer.get(..count).unwrap_or_default();
            if part.is_empty() {
                return Ok(at);
            }
            if len(part) > size - at {
                return Err(self.too_large(at + len(part)));
            }
            self.write_sparse(at, part)?;
            at += len(part);
            copy.reach(at)?;
        }
    }

    /// Writes a part, giving blocks of zeroes back.
    fn write_sparse(&self, offset: u64, part: &[u8]) -> Result<()> {
        for run in runs(part) {
            let (start, end) = (offset + index(run.range.start), offset + index(run.range.end));
            if run.zeroes {
                self.zero_range(start, end)?;
            } else {
                self.write_at(start, part.get(run.range).unwrap_or_default())?;
            }
        }
        Ok(())
    }

    /// Makes a range read as zeroes. What is a hole already is not touched.
    fn zero_range(&self, start: u64, end: u64) -> Result<()> {
        let mut at = start;
        while let Some(data) = self.device().find_data(at, end)? {
            at = data.end;
            match self.discard(data.start, data.end - data.start) {
                Err(error) if *error.kind() == ErrorKind::Unsupported => self.write_zeroes(data)?,
                done => done?,
            }
        }
        Ok(())
    }

    fn write_zeroes(&self, range: Range<u64>) -> Result<()> {
        let mut zeroes = vec![0; CHUNK];
        let mut at = range.start;
        while at < range.end {
            let part = part(&mut zeroes, range.end - at);
            self.write_at(at, part)?;
            at += len(part);
        }
        Ok(())
    }

    fn too_large(&self, size: u64) -> Error {
        let volume = self.size();
        Error::invalid(format!(
            "The input is larger than the volume: {size} bytes or more for {} bytes.",
            volume.get()
        ))
        .with_help("extend the volume first (lvextend)")
    }
}

/// Says how far a copy got.
struct Progress<'o> {
    done: u64,
    total: u64,
    observer: &'o mut dyn Observer,
}

impl Progress<'_> {
    fn reach(&mut self, done: u64) -> Result<()> {
        self.done = done;
        tell(self.observer, &Event::Progress { done_bytes: done, total_bytes: self.total })
    }
}

/// Bytes that are all zero or not.
struct Run {
    range: Range<usize>,
    zeroes: bool,
}

/// A part in runs of blocks that are all zero and that are not.
fn runs(part: &[u8]) -> impl Iterator<Item = Run> {
    let mut at = 0;
    std::iter::from_fn(move || {
        let mut blocks = part.get(at..).unwrap_or_default().chunks(BLOCK);
        let first = blocks.next()?;
        let zeroes = is_zero(first);
        let start = at;
        at += first.len();
        for block in blocks.take_while(|block| is_zero(block) == zeroes) {
            at += block.len();
        }
        Some(Run { range: start..at, zeroes })
    })
}

fn is_zero(block: &[u8]) -> bool {
    // Short pieces without a branch for each byte, so that the compiler can look at many at once.
    block.chunks(256).all(|piece| piece.iter().fold(0, |all, byte| all | byte) == 0)
}

fn part(buffer: &mut [u8], left: u64) -> &mut [u8] {
    let count = usize::try_from(left).unwrap_or(usize::MAX).min(buffer.len());
    buffer.get_mut(..count).unwrap_or_default()
}

fn len(part: &[u8]) -> u64 {
    index(part.len())
}

fn index(at: usize) -> u64 {
    u64::try_from(at).unwrap_or(u64::MAX)
}

/// Reads until the buffer is full or the input ends.
fn fill(input: &mut impl Read, buffer: &mut [u8]) -> std::io::Result<usize> {
    let mut count = 0;
    while let Some(rest) = buffer.get_mut(count..).filter(|rest| !rest.is_empty()) {
        match input.read(rest) {
            Ok(0) => break,
            Ok(read) => count += read,
            Err(error) if error.kind() == IoKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(count)
}

/// Where a file ends, if it stands there and can be written behind its end.
fn sparse_end(mut file: &File) -> Option<u64> {
    let metadata = file.metadata().ok().filter(std::fs::Metadata::is_file)?;
    let flags = fcntl(file, FcntlArg::F_GETFL).ok()?;
    let appends = OFlag::from_bits_truncate(flags).contains(OFlag::O_APPEND);
    let position = file.stream_position().ok()?;
    (!appends && position == metadata.len()).then_some(position)
}

fn output_error(what: &str, offset: u64, error: std::io::Error) -> Error {
    Error::io(what, "output", offset, error)
}

/// A failed copy may have changed the volume.
fn after_writes(error: Error) -> Error {
    if error.effect() == Effect::Unchanged && *error.kind() != ErrorKind::InvalidInput {
        return error.with_effect(Effect::Unknown);
    }
    error
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn runs_cover_the_part() {
        let mut part = vec![0; 5 * BLOCK + 10];
        part[BLOCK] = 1;
        part[3 * BLOCK - 1] = 1;
        let found = runs(&part).map(|run| (run.range, run.zeroes)).collect::<Vec<_>>();
        assert_eq!(found, [(0..BLOCK, true), (BLOCK..3 * BLOCK, false), (3 * BLOCK..5 * BLOCK + 10, true),]);
        assert_eq!(runs(&[]).count(), 0);
    }
}
