//! Reading the text that a slot of a metadata area header points at.

use std_alloc::{format, vec, vec::Vec};

use super::area::ring_parts;
use crate::block::BlockDevice;
use crate::error::{Error, Result};
use crate::ondisk::mda_header::MDA_HEADER_SIZE;
use crate::ondisk::{DiskArea, RawLocation};
use crate::text::TEXT_SIZE_MAX;

/// Reads the bytes that a slot points at, around the end of its area if need be. The NUL that ends
/// the text is part of them; whether the checksum is theirs, the caller looks.
///
/// # Errors
/// `Corrupt` when they cannot be a text of this area: none at all, more than
/// [`TEXT_SIZE_MAX`] or than the area holds, or outside of it or of the device. `Io` when the device
/// fails.
pub fn read_slot(device: &dyn BlockDevice, area: DiskArea, slot: &RawLocation) -> Result<Vec<u8>> {
    read_slot_by(device.size(), area, slot, |offset, buf| device.read_at(offset, buf))
}

/// The same for a device of `device_size` bytes of which `read` has some already.
pub(super) fn read_slot_by(
    device_size: u64,
    area: DiskArea,
    slot: &RawLocation,
    read: impl Fn(u64, &mut [u8]) -> Result<()>,
) -> Result<Vec<u8>> {
    let RawLocation { offset, size, .. } = *slot;
    let room = area.size.saturating_sub(MDA_HEADER_SIZE);
    let max = room.min(u64::try_from(TEXT_SIZE_MAX).unwrap_or(u64::MAX));
    if offset < MDA_HEADER_SIZE || offset >= area.size || size == 0 || size > max {
        let message = format!("{size} bytes at {offset} lie outside an area of {} bytes", area.size);
        return Err(Error::corrupt(message).with_field("raw_locn[0]"));
    }
    let end = area.offset.checked_add(area.size).filter(|end| *end <= device_size);
    if end.is_none() {
        let message = format!("metadata area of {} bytes reaches past the device's end", area.size);
        return Err(Error::corrupt(message).with_field("mda_header.size"));
    }
    let mut text = vec![0; usize::try_from(size).unwrap_or(0)];
    let mut rest = &mut *text;
    for part in ring_parts(area.size, offset, size) {
        let length = usize::try_from(part.end.saturating_sub(part.start)).unwrap_or(0);
        let (now, later) = rest.split_at_mut(length.min(rest.len()));
        read(area.offset.saturating_add(part.start), now)?;
        rest = later;
    }
    Ok(text)
}

#[cfg(test)]
mod tests {
    use std::cell::RefCell;

    use super::*;
    use crate::error::ErrorKind;

    const AREA: DiskArea = DiskArea { offset: 4096, size: 4096 };

    /// What is read for a slot on a device of 8192 bytes, each of which is its own place.
    fn slot(area: DiskArea, offset: u64, size: u64) -> (Result<Vec<u8>>, Vec<(u64, usize)>) {
        let reads = RefCell::new(Vec::new());
        let slot = RawLocation { offset, size, checksum: 0, flags: 0 };
        let text = read_slot_by(8192, area, &slot, |at, buf| {
            reads.borrow_mut().push((at, buf.len()));
            buf.iter_mut().zip(at..).for_each(|(byte, at)| *byte = (at % 251) as u8);
            Ok(())
        });
        (text, reads.into_inner())
    }

    #[test]
    fn around_the_end() {
        let (text, reads) = slot(AREA, 4000, 200);
        assert_eq!(reads, [(8096, 96), (4608, 104)]);
        let expected = (8096..8192).chain(4608..4712).map(|at: u64| (at % 251) as u8);
        assert_eq!(text.unwrap(), expected.collect::<Vec<_>>());
        assert_eq!(slot(AREA, 512, 3584).1, [(4608, 3584)]);
        assert_eq!(slot(AREA, 4095, 3584).1, [(8191, 1), (4608, 3583)]);
    }

    #[test]
    fn nothing_outside_is_read() {
        let past_end = DiskArea { size: 4608, ..AREA };
        let endless = DiskArea { offset: u64::MAX, ..AREA };
        for (area, offset, size, field) in [
            (AREA, 511, 10, "raw_locn[0]"),
            (AREA, 4096, 10, "raw_locn[0]"),
            (AREA, 512, 0, "raw_locn[0]"),
            (AREA, 512, 3585, "raw_locn[0]"),
            (AREA, u64::MAX, u64::MAX, "raw_locn[0]"),
            (DiskArea { size: 0, ..AREA }, 512, 1, "raw_locn[0]"),
            (DiskArea { offset: 0, size: u64::MAX }, 512, TEXT_SIZE_MAX as u64 + 1, "raw_locn[0]"),
            (past_end, 512, 10, "mda_header.size"),
            (endless, 512, 10, "mda_header.size"),
        ] {
            let (text, reads) = slot(area, offset, size);
            let error = text.unwrap_err();
            assert_eq!((error.kind(), error.field()), (&ErrorKind::Corrupt, Some(field)), "{error:?}");
            assert!(reads.is_empty());
        }
    }
}
