//! The commit of one text to a set of metadata areas, in typed phases.

use core::ops::Range;

use std_alloc::{format, sync::Arc, vec, vec::Vec};

use crate::block::BlockDevice;
use crate::error::{Context, Effect, Error, ErrorKind, Result};
use crate::ondisk::mda_header::{MDA_HEADER_SIZE, RAW_LOCN_IGNORED};
use crate::ondisk::{MdaHeader, RawLocation, crc};

const SECTOR: u64 = 512;

/// A metadata area that a commit writes to.
#[derive(Clone)]
pub struct TargetArea {
    /// The device it lies on.
    pub device: Arc<dyn BlockDevice>,
    /// The header as it is on disk; an empty one when that is unusable.
    pub header: MdaHeader,
    /// True when this commit is the last that the area takes part in: it is marked ignored.
    pub retire: bool,
}

impl core::fmt::Debug for TargetArea {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("TargetArea")
            .field("device", &self.device.name())
            .field("header", &self.header)
            .field("retire", &self.retire)
            .finish()
    }
}

/// The areas that carry a volume group's metadata from the next commit on.
#[derive(Clone, Debug, Default)]
pub struct AreaSet {
    areas: Vec<TargetArea>,
}

#[derive(Debug)]
struct Placed {
    area: TargetArea,
    new: RawLocation,
}

/// The text is in every area; no header points at it yet.
#[derive(Debug)]
#[must_use = "nothing is visible before precommit() and commit()"]
pub struct Written {
    areas: Vec<Placed>,
}

/// Every header points at the text in its second slot, which readers do not use.
#[derive(Debug)]
#[must_use = "either commit() or revert(): otherwise the second slots stay filled"]
pub struct Precommitted {
    areas: Vec<Placed>,
}

/// At least one header has the new text as committed: it is what readers see.
#[derive(Debug)]
pub struct Committed {
    /// Areas whose header could not be written or flushed. They are behind and the next commit
    /// heals them.
    pub failed: Vec<Error>,
}

impl AreaSet {
    /// A set of areas.
    #[must_use]
    pub fn new(areas: Vec<TargetArea>) -> Self {
        Self { areas }
    }

    /// Checks that a text of this many bytes fits every area; writes nothing.
    ///
    /// # Errors
    /// `InvalidInput` without any area, `MetadataFull`.
    pub fn check_size(&self, size: usize) -> Result<()> {
        if self.areas.is_empty() {
            return Err(Error::invalid("no metadata area is in use: the group's metadata has nowhere to go"));
        }
        let size = u64::try_from(size).unwrap_or(u64::MAX);
        for area in &self.areas {
            place(&area.header, size).on_device(area.device.name())?;
        }
        Ok(())
    }

    /// Writes `text` (which ends with its NUL) to free space of every area and flushes.
    ///
    /// # Errors
    /// `InvalidInput` without any area, `MetadataFull` when the text does not fit one of them,
    /// `Io` when a device fails.
    ///
    /// # Effect
    /// Always `Unchanged`: no header refers to what was written.
    pub fn write(self, text: &[u8]) -> Result<Written> {
        self.check_size(text.len())?;
        let size = u64::try_from(text.len()).unwrap_or(u64::MAX);
        let checksum = crc(text);
        let mut areas = Vec::with_capacity(self.areas.len());
        for area in self.areas {
            let offset = place(&area.header, size).on_device(area.device.name())?;
            areas.push(Placed { area, new: RawLocation { offset, size, checksum, flags: 0 } });
        }
        for placed in &areas {
            let header = &placed.area.header;
            let mut done = 0_usize;
            for part in ring_parts(header.size, placed.new.offset, size) {
                let length = usize::try_from(part.end.saturating_sub(part.start)).unwrap_or(usize::MAX);
                let bytes = text.get(done..done.saturating_add(length)).unwrap_or_default();
                done = done.saturating_add(length);
                let mut padded = bytes.to_vec();
                // Whole sectors, but nothing behind the area: there lie extents.
                let end = part.end.next_multiple_of(SECTOR).min(header.size.max(part.end));
                padded.resize(usize::try_from(end.saturating_sub(part.start)).unwrap_or(length), 0);
                let at = header.start.saturating_add(part.start);
                placed.area.device.write_at(at, &padded).having(Effect::Unchanged)?;
            }
        }
        flush_all(&areas).into_iter().next().map_or(Ok(()), Err).having(Effect::Unchanged)?;
        Ok(Written { areas })
    }
}

impl Written {
    /// Points the second slot of every header at the new text and flushes.
    ///
    /// # Errors
    /// `Io` when a device fails.
    ///
    /// # Effect
    /// `Reverted`: the slots set so far are cleared again. No reader uses them, so even a failure
    /// to clear them changes nothing that anybody sees.
    pub fn precommit(self) -> Result<Precommitted> {
        let Self { areas } = self;
        let mut failure = None;
        for placed in &areas {
            let mut header = placed.area.header;
            header.precommitted = placed.new;
            if let Err(error) = write_header(&placed.area, &header) {
                failure = Some(error);
                break;
            }
        }
        let failure = failure.or_else(|| flush_all(&areas).into_iter().next());
        let precommitted = Precommitted { areas };
        match failure {
            None => Ok(precommitted),
            Some(error) => {
                // What cannot be cleared is ignored by readers and cleared by the next commit.
                let _ = precommitted.revert();
                Err(error.with_effect(Effect::Reverted))
            }
        }
    }
}

impl Precommitted {
    /// Makes the new text the committed one in every header and flushes.
    ///
    /// Areas that retire come last, and only when the text is committed in another: readers do
    /// not look at an area out of use, so until then it is the old text in them that counts.
    ///
    /// # Errors
    /// `Io` when no header at all could be written.
    ///
    /// # Effect
    /// `Unknown` on error: a header write that failed may or may not have reached the disk.
    pub fn commit(self) -> Result<Committed> {
        let mut failed = Vec::new();
        let mut good = 0_usize;
        let (retiring, staying): (Vec<_>, Vec<_>) = self.areas.iter().partition(|placed| placed.area.retire);
        for placed in staying.into_iter().chain(retiring) {
            if placed.area.retire && good == 0 {
                break;
            }
            let flags = placed.area.header.committed.flags & !RAW_LOCN_IGNORED;
            let flags = if placed.area.retire { flags | RAW_LOCN_IGNORED } else { flags };
            let header = MdaHeader {
                committed: RawLocation { flags, ..placed.new },
                precommitted: RawLocation::default(),
                ..placed.area.header
            };
            let result = write_header(&placed.area, &header).and_then(|()| placed.area.device.flush());
            match result {
                Ok(()) => good = good.saturating_add(1),
                Err(error) => failed.push(error),
            }
        }
        if good > 0 {
            return Ok(Committed { failed });
        }
        let error = failed.into_iter().next().unwrap_or_else(|| Error::invalid("no metadata area"));
        Err(error.with_effect(Effect::Unknown))
    }

    /// Clears the second slots; the old text stays committed.
    ///
    /// # Errors
    /// `Io` when a device fails; the slot left filled means nothing to readers.
    ///
    /// # Effect
    /// `Reverted`.
    pub fn revert(self) -> Result<()> {
        let mut first = Ok(());
        for placed in &self.areas {
            let mut header = placed.area.header;
            header.precommitted = RawLocation::default();
            let result = write_header(&placed.area, &header);
            first = first.and(result);
        }
        let flushed = flush_all(&self.areas).into_iter().next().map_or(Ok(()), Err);
        first.and(flushed).having(Effect::Reverted)
    }
}

fn write_header(area: &TargetArea, header: &MdaHeader) -> Result<()> {
    area.device.write_at(header.start, &header.encode())
}

/// Flushes every device once; the errors of those that failed.
fn flush_all(areas: &[Placed]) -> Vec<Error> {
    let mut seen: Vec<*const ()> = Vec::new();
    let mut failed = Vec::new();
    for placed in areas {
        let device = Arc::as_ptr(&placed.area.device).cast::<()>();
        if !seen.contains(&device) {
            seen.push(device);
            failed.extend(placed.area.device.flush().err());
        }
    }
    failed
}

/// Where the next text goes: behind the committed one, on a sector boundary, wrapping at the end
/// of the area (the circular buffer of lvm2 2.03.16).
fn place(header: &MdaHeader, size: u64) -> Result<u64> {
    let max = header.text_size_max();
    if size > max {
        return Err(full(size, max));
    }
    let old = &header.committed;
    let first = MDA_HEADER_SIZE;
    let offset = if old.is_ignored() || (old.offset == 0 && old.size == 0) {
        first
    } else {
        let end = old.offset.saturating_add(old.size);
        let last = match end.checked_sub(header.size) {
            Some(wrapped) if wrapped > 0 => first.saturating_add(wrapped).saturating_sub(1),
            _ => end.saturating_sub(1),
        };
        let next = last.saturating_add(1).next_multiple_of(SECTOR);
        if header.size.saturating_sub(last) < SECTOR || next > header.size.saturating_sub(SECTOR) {
            first
        } else {
            next
        }
    };
    // The committed text must survive until the new one is committed. That holds by the limit
    // above, unless somebody else wrote a longer text.
    if !old.is_ignored() && !old.is_empty() {
        for used in ring_parts(header.size, old.offset, old.size) {
            for new in ring_parts(header.size, offset, size.next_multiple_of(SECTOR)) {
                if used.start < new.end && new.start < used.end {
                    return Err(full(size, max));
                }
            }
        }
    }
    Ok(offset)
}

fn full(size: u64, max: u64) -> Error {
    Error::new(
        ErrorKind::MetadataFull { size, max },
        format!("metadata of {size} bytes exceeds the {max} bytes that one copy may have in this area"),
    )
    .with_help("remove logical volumes or tags, or create physical volumes with a larger --metadatasize")
}

/// The byte ranges, relative to the area, of a text that may wrap around the end of its area.
pub(super) fn ring_parts(area_size: u64, offset: u64, size: u64) -> Vec<Range<u64>> {
    let end = offset.saturating_add(size);
    match end.checked_sub(area_size) {
        Some(wrapped) if wrapped > 0 => {
            vec![offset..area_size, MDA_HEADER_SIZE..MDA_HEADER_SIZE.saturating_add(wrapped)]
        }
        _ => core::iter::once(offset..end).collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn header(size: u64, offset: u64, length: u64) -> MdaHeader {
        let mut header = MdaHeader::empty(4096, size);
        header.committed = RawLocation { offset, size: length, checksum: 1, flags: 0 };
        header
    }

    #[test]
    fn placement_follows_lvm2() {
        assert_eq!(place(&MdaHeader::empty(4096, 1_044_480), 935).unwrap(), 512);
        assert_eq!(place(&header(1_044_480, 512, 935), 1000).unwrap(), 1536);
        assert_eq!(place(&header(1_044_480, 512, 1024), 1000).unwrap(), 1536);
        // Seen on disk: 4513 bytes at 1040896 of an area of 1044480 wrap by 929.
        assert_eq!(ring_parts(1_044_480, 1_040_896, 4513), [1_040_896..1_044_480, 512..1441]);
        assert_eq!(place(&header(1_044_480, 1_040_896, 4513), 4600).unwrap(), 1536);
        // The last byte of the area is used: start again at the front.
        assert_eq!(place(&header(1_044_480, 1_043_968, 512), 600).unwrap(), 512);
        assert_eq!(place(&header(1_044_480, 1_043_456, 512), 600).unwrap(), 1_043_968);
    }

    #[test]
    fn a_text_too_long_is_refused() {
        let error = place(&MdaHeader::empty(4096, 126_976), 63_747).unwrap_err();
        assert_eq!(*error.kind(), ErrorKind::MetadataFull { size: 63_747, max: 62_720 });
        // Somebody's oversized committed text would be overwritten.
        assert!(place(&header(126_976, 512, 120_000), 60_000).is_err());
    }

    #[test]
    fn the_old_text_is_never_touched() {
        // Every position and size of a small area.
        for size in (1..=1536).step_by(100) {
            for offset in (512..4608).step_by(512) {
                for new in (1..=1536).step_by(100) {
                    let header = header(4608, offset, size);
                    let at = place(&header, new).unwrap();
                    for used in ring_parts(4608, offset, size) {
                        for part in ring_parts(4608, at, new) {
                            let end = part.end.next_multiple_of(512);
                            assert!(end <= used.start || used.end <= part.start);
                        }
                    }
                }
            }
        }
    }
}
