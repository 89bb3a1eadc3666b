//! Bytes on disk: label, physical volume header, metadata area header.
//!
//! All integers are little-endian. A *sector* is 512 bytes. Each structure has an unverified form,
//! decoded without judgement, and a verified form that only a check can give.

pub mod crc;
pub mod label;
pub mod mda_header;
pub mod pv_header;

pub use crc::crc;
pub use label::{Label, LabelError, find_label};
pub use mda_header::{MdaHeader, MdaHeaderError, RawLocation};
pub use pv_header::{DiskArea, PvHeader, PvHeaderError};

/// Bytes in a sector, as a length.
pub const SECTOR: usize = 512;

/// A little-endian reader over a fixed buffer; reads past the end give `None`.
pub(crate) struct Fields<'a> {
    bytes: &'a [u8],
}

impl<'a> Fields<'a> {
    pub(crate) fn new(bytes: &'a [u8]) -> Self {
        Self { bytes }
    }

    pub(crate) fn array<const N: usize>(&self, offset: usize) -> Option<[u8; N]> {
        self.bytes.get(offset..offset.checked_add(N)?)?.try_into().ok()
    }

    pub(crate) fn u32(&self, offset: usize) -> Option<u32> {
        self.array(offset).map(u32::from_le_bytes)
    }

    pub(crate) fn u64(&self, offset: usize) -> Option<u64> {
        self.array(offset).map(u64::from_le_bytes)
    }
}

/// Copies `value` to `offset`; what does not fit is a mistake of the caller that tests would show.
pub(crate) fn put(sector: &mut [u8; SECTOR], offset: usize, value: &[u8]) {
    if let Some(slot) = offset.checked_add(value.len()).and_then(|end| sector.get_mut(offset..end)) {
        slot.copy_from_slice(value);
    }
}
