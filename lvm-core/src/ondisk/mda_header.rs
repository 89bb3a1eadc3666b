//! The header of a metadata area: one sector that says where the committed text is.
//!
//! ```text
//! off size field
//!   0    4 checksum  of bytes 4..511
//!   4   16 magic
//!  20    4 version   1
//!  24    8 start     byte offset of this header on the device
//!  32    8 size      bytes of the area, this header included
//!  40   24 raw_locn[0]  committed:    offset, size, checksum, flags
//!  64   24 raw_locn[1]  precommitted
//! ```
//! `offset` counts from the area's start; `size` includes the text's terminating NUL.

use serde::Serialize;
use thiserror::Error;

use super::{Fields, SECTOR, crc, put};

/// Bytes of the header.
pub const MDA_HEADER_SIZE: u64 = 512;
/// Set in the committed slot's flags when the area is kept out of use.
pub const RAW_LOCN_IGNORED: u32 = 1;

const CHECKSUM_OFFSET: usize = 0;
const MAGIC_OFFSET: usize = CHECKSUM_OFFSET + 4;
const VERSION_OFFSET: usize = MAGIC_OFFSET + 16;
const START_OFFSET: usize = VERSION_OFFSET + 4;
const SIZE_OFFSET: usize = START_OFFSET + 8;
/// Where the first slot is in the header, in bytes; the second follows it.
pub const SLOTS_OFFSET: usize = SIZE_OFFSET + 8;
/// Bytes of a slot.
pub const SLOT_LEN: usize = 24;

/// What every header has behind its checksum.
pub const MAGIC: [u8; 16] = *b" LVM2 x[5A%r0N*>";
/// The only version of the header there is.
pub const VERSION: u32 = 1;

/// Where a text lies inside its area.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize)]
pub struct RawLocation {
    /// Bytes from the start of the area.
    pub offset: u64,
    /// Bytes of text, its terminating NUL included.
    pub size: u64,
    /// The checksum of those bytes.
    pub checksum: u32,
    /// Bit 0 is [`RAW_LOCN_IGNORED`]; other bits are kept.
    pub flags: u32,
}

impl RawLocation {
    /// True when the slot points at no text.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.offset == 0
    }

    /// True when the area is kept out of use.
    #[must_use]
    pub fn is_ignored(&self) -> bool {
        self.flags & RAW_LOCN_IGNORED != 0
    }

    /// Keeps the area out of use, or brings it into use.
    pub fn set_ignored(&mut self, ignored: bool) {
        if ignored {
            self.flags |= RAW_LOCN_IGNORED;
        } else {
            self.flags &= !RAW_LOCN_IGNORED;
        }
    }
}

/// A verified header.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize)]
pub struct MdaHeader {
    /// Byte offset of the area on the device.
    pub start: u64,
    /// Bytes of the area, header included.
    pub size: u64,
    /// The slot readers use.
    pub committed: RawLocation,
    /// The slot a commit passes through; readers never use it.
    pub precommitted: RawLocation,
}

/// Why a header is not valid.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Error)]
#[non_exhaustive]
pub enum MdaHeaderError {
    /// The checksum does not match.
    #[error("wrong checksum in mda header: {stored:#010x} where the sector has {computed:#010x}")]
    Checksum {
        /// The checksum in the header.
        stored: u32,
        /// The checksum of the sector.
        computed: u32,
    },
    /// Not the magic bytes.
    #[error("wrong magic number in mda header")]
    Magic,
    /// A version other than 1.
    #[error("mda header version {0} is not supported")]
    Version(u32),
    /// It belongs to another place, as a copied header would.
    #[error("mda header says it starts at {claimed}, the label says {expected}")]
    Start {
        /// The offset inside the header.
        claimed: u64,
        /// The offset in the label.
        expected: u64,
    },
    /// An area that cannot hold any text.
    #[error("metadata area of {0} bytes is too small")]
    Size(u64),
}

impl MdaHeaderError {
    /// The field's name in LVM2's words.
    #[must_use]
    pub const fn field(&self) -> &'static str {
        match self {
            Self::Checksum { .. } => "mda_header.checksum",
            Self::Magic => "mda_header.magic",
            Self::Version(_) => "mda_header.version",
            Self::Start { .. } => "mda_header.start",
            Self::Size(_) => "mda_header.size",
        }
    }
}

impl MdaHeader {
    /// A header for an empty area.
    #[must_use]
    pub fn empty(start: u64, size: u64) -> Self {
        Self { start, size, committed: RawLocation::default(), precommitted: RawLocation::default() }
    }

    /// Decodes and verifies the header that the label says is at byte `expected_start`.
    ///
    /// # Errors
    /// The first check that fails.
    pub fn decode(sector: &[u8; SECTOR], expected_start: u64) -> Result<Self, MdaHeaderError> {
        let fields = Fields::new(sector);
        let stored = fields.u32(CHECKSUM_OFFSET).unwrap_or(0);
        let computed = crc(sector.get(MAGIC_OFFSET..).unwrap_or_default());
        if stored != computed {
            return Err(MdaHeaderError::Checksum { stored, computed });
        }
        if fields.array(MAGIC_OFFSET) != Some(MAGIC) {
            return Err(MdaHeaderError::Magic);
        }
        let version = fields.u32(VERSION_OFFSET).unwrap_or(0);
        if version != VERSION {
            return Err(MdaHeaderError::Version(version));
        }
        let start = fields.u64(START_OFFSET).unwrap_or(0);
        if start != expected_start {
            return Err(MdaHeaderError::Start { claimed: start, expected: expected_start });
        }
        let size = fields.u64(SIZE_OFFSET).unwrap_or(0);
        if size < MDA_HEADER_SIZE {
            return Err(MdaHeaderError::Size(size));
        }
        let committed = decode_slot(&fields, SLOTS_OFFSET);
        let mut precommitted = decode_slot(&fields, SLOTS_OFFSET + SLOT_LEN);
        // A list of slots ends at the first empty one. An empty committed slot may still carry
        // flags, and then what stands behind it means nothing.
        if committed.is_empty() && !committed.is_ignored() {
            precommitted = RawLocation::default();
        }
        Ok(Self { start, size, committed, precommitted })
    }

    /// Encodes the sector, checksum included.
    #[must_use]
    pub fn encode(&self) -> [u8; SECTOR] {
        let mut sector = [0; SECTOR];
        put(&mut sector, MAGIC_OFFSET, &MAGIC);
        put(&mut sector, VERSION_OFFSET, &VERSION.to_le_bytes());
        put(&mut sector, START_OFFSET, &self.start.to_le_bytes());
        put(&mut sector, SIZE_OFFSET, &self.size.to_le_bytes());
        encode_slot(&mut sector, SLOTS_OFFSET, &self.committed);
        encode_slot(&mut sector, SLOTS_OFFSET + SLOT_LEN, &self.precommitted);
        let checksum = crc(sector.get(MAGIC_OFFSET..).unwrap_or_default());
        put(&mut sector, CHECKSUM_OFFSET, &checksum.to_le_bytes());
        sector
    }

    /// The longest text that can be committed to this area, its NUL included: half of the area,
    /// so that the old text survives while the new one is written.
    #[must_use]
    pub fn text_size_max(&self) -> u64 {
        (self.size.saturating_sub(MDA_HEADER_SIZE) / 2).saturating_sub(MDA_HEADER_SIZE)
    }
}

fn decode_slot(fields: &Fields<'_>, at: usize) -> RawLocation {
    RawLocation {
        offset: fields.u64(at).unwrap_or(0),
        size: fields.u64(at.saturating_add(8)).unwrap_or(0),
        checksum: fields.u32(at.saturating_add(16)).unwrap_or(0),
        flags: fields.u32(at.saturating_add(20)).unwrap_or(0),
    }
}

fn encode_slot(sector: &mut [u8; SECTOR], at: usize, slot: &RawLocation) {
    put(sector, at, &slot.offset.to_le_bytes());
    put(sector, at.saturating_add(8), &slot.size.to_le_bytes());
    put(sector, at.saturating_add(16), &slot.checksum.to_le_bytes());
    put(sector, at.saturating_add(20), &slot.flags.to_le_bytes());
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn real_headers() {
        let mut header = MdaHeader::empty(4096, 1_044_480);
        assert_eq!(header.encode()[..4], 0xdb8e_d616_u32.to_le_bytes());
        header.committed = RawLocation { offset: 512, size: 935, checksum: 0xbb84_bb2d, flags: 0 };
        let sector = header.encode();
        assert_eq!(sector[..4], 0xfba9_84dc_u32.to_le_bytes());
        assert_eq!(MdaHeader::decode(&sector, 4096), Ok(header));
    }

    #[test]
    fn refusals() {
        let sector = MdaHeader::empty(4096, 1_044_480).encode();
        assert_eq!(
            MdaHeader::decode(&sector, 8192),
            Err(MdaHeaderError::Start { claimed: 4096, expected: 8192 })
        );
        for at in 0..SECTOR {
            let mut bad = sector;
            bad[at] ^= 0x10;
            assert!(MdaHeader::decode(&bad, 4096).is_err(), "byte {at}");
        }
        assert_eq!(
            MdaHeader::decode(&MdaHeader::empty(4096, 100).encode(), 4096),
            Err(MdaHeaderError::Size(100))
        );
    }

    #[test]
    fn half_of_the_area() {
        assert_eq!(MdaHeader::empty(4096, 126_976).text_size_max(), 62_720);
    }
}
