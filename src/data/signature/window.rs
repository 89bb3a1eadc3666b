//! The two parts of a device that nearly every signature lies in.

use lvm_core::{BlockDevice, Result};

use super::bytes::Bytes;

/// Bytes read at the start: the last mark in them is the superblock of btrfs, at 64 KiB.
const HEAD: u64 = 128 << 10;
/// Bytes read at the end: the first mark in them is Adaptec's, 257 sectors before the end.
const TAIL: u64 = 132 << 10;

/// The start and the end of a device, and the device for what lies elsewhere.
pub(super) struct Windows<'a> {
    device: &'a dyn BlockDevice,
    head: Vec<u8>,
    tail: Vec<u8>,
    tail_start: u64,
}

impl<'a> Windows<'a> {
    pub(super) fn read(device: &'a dyn BlockDevice) -> Result<Self> {
        let size = device.size();
        let read = |offset: u64, length: u64| {
            let mut bytes = vec![0; usize::try_from(length).unwrap_or(0)];
            device.read_at(offset, &mut bytes).map(|()| bytes)
        };
        // A small device is read whole, so that nothing lies across the border of both.
        if size <= HEAD + TAIL {
            return Ok(Self { device, head: read(0, size)?, tail: Vec::new(), tail_start: size });
        }
        let head = read(0, HEAD)?;
        let tail_start = size.saturating_sub(TAIL);
        let tail = read(tail_start, TAIL)?;
        Ok(Self { device, head, tail, tail_start })
    }

    pub(super) fn size(&self) -> u64 {
        self.device.size()
    }

    /// `length` bytes at `offset`, or none when they are not inside one of the windows.
    pub(super) fn at(&self, offset: u64, length: usize) -> Bytes<'_> {
        let part = |bytes: &'_ [u8], start: u64| -> Option<(usize, usize)> {
            let from = usize::try_from(offset.checked_sub(start)?).ok()?;
            let to = from.checked_add(length)?;
            (to <= bytes.len()).then_some((from, to))
        };
        for (bytes, start) in [(&self.head, 0), (&self.tail, self.tail_start)] {
            if let Some(slice) = part(bytes, start).and_then(|(from, to)| bytes.get(from..to)) {
                return Bytes(slice);
            }
        }
        Bytes(&[])
    }

    /// The same from anywhere, read when it is not in a window; empty when it is not inside the
    /// device.
    pub(super) fn fetch(&self, offset: u64, length: usize) -> Result<Vec<u8>> {
        let there = self.at(offset, length).0;
        let end = u64::try_from(length).ok().and_then(|length| offset.checked_add(length));
        if !there.is_empty() || end.is_none_or(|end| end > self.size()) {
            return Ok(there.to_vec());
        }
        let mut bytes = vec![0; length];
        self.device.read_at(offset, &mut bytes)?;
        Ok(bytes)
    }
}
