//! The label: the sector that makes a device a physical volume.
//!
//! ```text
//! off size field
//!   0    8 id       "LABELONE"
//!   8    8 sector   its own sector number
//!  16    4 crc      checksum of bytes 20..511
//!  20    4 offset   of the physical volume header, from the label's start
//!  24    8 type     "LVM2 001"
//!  32       physical volume header
//! ```

use serde::Serialize;
use thiserror::Error;

use super::pv_header::{PvHeader, PvHeaderError};
use super::{Fields, SECTOR, crc, put};

/// Sectors at the start of a device that may hold the label.
pub const LABEL_SECTORS: u64 = 4;
/// Bytes of these sectors.
pub const LABEL_SPACE: usize = LABEL_SECTORS as usize * SECTOR;
/// The sector it is written to unless asked otherwise.
pub const DEFAULT_LABEL_SECTOR: u64 = 1;

const ID_OFFSET: usize = 0;
const SECTOR_OFFSET: usize = ID_OFFSET + 8;
const CRC_OFFSET: usize = SECTOR_OFFSET + 8;
const PV_HEADER_OFFSET_OFFSET: usize = CRC_OFFSET + 4;
const TYPE_OFFSET: usize = PV_HEADER_OFFSET_OFFSET + 4;
/// Where the physical volume header is in the sector, in bytes, unless the label says otherwise.
pub const PV_HEADER_OFFSET: usize = TYPE_OFFSET + 8;

/// The first bytes of a label.
pub const LABEL_ID: &[u8; 8] = b"LABELONE";
/// The type of a label of LVM2.
pub const LABEL_TYPE: &[u8; 8] = b"LVM2 001";

/// Why a sector that claims to be a label is not one.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Error)]
#[non_exhaustive]
pub enum LabelError {
    /// It says it belongs to another sector, as a copy of a label would.
    #[error("label for sector {claimed} found at sector {found}")]
    Sector {
        /// The number inside the label.
        claimed: u64,
        /// Where it stands.
        found: u64,
    },
    /// The checksum does not match.
    #[error("label checksum is {stored:#010x}, the sector has {computed:#010x}")]
    Checksum {
        /// The checksum in the label.
        stored: u32,
        /// The checksum of the sector.
        computed: u32,
    },
    /// A type other than `LVM2 001`.
    #[error("label type is not \"LVM2 001\"")]
    Type,
    /// The physical volume header is not valid.
    #[error(transparent)]
    PvHeader(#[from] PvHeaderError),
}

/// A verified label.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct Label {
    /// The sector it stands in, 0 to 3.
    pub sector: u64,
    /// What it says about the physical volume.
    pub pv_header: PvHeader,
}

impl Label {
    /// Decodes and verifies the sector numbered `number`; `None` when it does not claim to be a
    /// label.
    ///
    /// # Errors
    /// The first check that fails.
    pub fn decode(sector: &[u8; SECTOR], number: u64) -> Result<Option<Self>, LabelError> {
        let fields = Fields::new(sector);
        if fields.array(ID_OFFSET).as_ref() != Some(LABEL_ID) {
            return Ok(None);
        }
        let claimed = fields.u64(SECTOR_OFFSET).unwrap_or(u64::MAX);
        if claimed != number {
            return Err(LabelError::Sector { claimed, found: number });
        }
        let stored = fields.u32(CRC_OFFSET).unwrap_or(0);
        let computed = label_crc(sector);
        if stored != computed {
            return Err(LabelError::Checksum { stored, computed });
        }
        if fields.array(TYPE_OFFSET).as_ref() != Some(LABEL_TYPE) {
            return Err(LabelError::Type);
        }
        let offset = fields.u32(PV_HEADER_OFFSET_OFFSET).unwrap_or(0);
        let pv_header = PvHeader::decode(sector, offset)?;
        Ok(Some(Self { sector: number, pv_header }))
    }

    /// Encodes the sector, checksum included.
    ///
    /// # Errors
    /// When the header has more areas than fit.
    pub fn encode(&self) -> Result<[u8; SECTOR], PvHeaderError> {
        let mut sector = [0; SECTOR];
        put(&mut sector, ID_OFFSET, LABEL_ID);
        put(&mut sector, SECTOR_OFFSET, &self.sector.to_le_bytes());
        let offset = u32::try_from(PV_HEADER_OFFSET).unwrap_or(0);
        put(&mut sector, PV_HEADER_OFFSET_OFFSET, &offset.to_le_bytes());
        put(&mut sector, TYPE_OFFSET, LABEL_TYPE);
        self.pv_header.encode(&mut sector, PV_HEADER_OFFSET)?;
        let crc = label_crc(&sector);
        put(&mut sector, CRC_OFFSET, &crc.to_le_bytes());
        Ok(sector)
    }
}

fn label_crc(sector: &[u8; SECTOR]) -> u32 {
    crc(sector.get(PV_HEADER_OFFSET_OFFSET..).unwrap_or_default())
}

/// Looks for a label in the first four sectors; the first valid one counts, as in LVM2.
///
/// # Errors
/// When no sector holds a valid label, the first reason why one that claimed to be a label is
/// not, with its sector.
pub fn find_label(start_of_device: &[u8]) -> Result<Option<Label>, (u64, LabelError)> {
    let mut refused = None;
    for (sector, number) in start_of_device.as_chunks::<SECTOR>().0.iter().zip(0..LABEL_SECTORS) {
        match Label::decode(sector, number) {
            Ok(Some(label)) => return Ok(Some(label)),
            Ok(None) => {}
            Err(error) => refused = refused.or(Some((number, error))),
        }
    }
    refused.map_or(Ok(None), Err)
}

/// True when pvremove(8) would wipe this sector: a label, valid or not.
#[must_use]
pub fn looks_like_label(sector: &[u8; SECTOR], number: u64) -> bool {
    let fields = Fields::new(sector);
    (fields.array(ID_OFFSET).as_ref() == Some(LABEL_ID) && fields.u64(SECTOR_OFFSET) == Some(number))
        || fields.array(TYPE_OFFSET).as_ref() == Some(LABEL_TYPE)
}

#[cfg(test)]
mod tests {
    use super::super::pv_header::{DiskArea, EXTENSION_USED, Extension};
    use super::*;
    use crate::id::PvId;
    use std::vec;

    fn sample() -> Label {
        Label {
            sector: 1,
            pv_header: PvHeader {
                pv_id: PvId::parse("GPjcQqXybbdkOC2BrkX7gFcfBLmSOGL9").unwrap(),
                device_size: 64 << 20,
                data_areas: vec![DiskArea { offset: 1 << 20, size: 0 }],
                metadata_areas: vec![DiskArea { offset: 4096, size: 1_044_480 }],
                extension: Some(Extension { version: 2, flags: EXTENSION_USED, bootloader_areas: vec![] }),
            },
        }
    }

    #[test]
    fn real_sector_checksum() {
        let sector = sample().encode().unwrap();
        assert_eq!(sector[16..20], 0x8303_45d7_u32.to_le_bytes());
        assert_eq!(Label::decode(&sector, 1), Ok(Some(sample())));
    }

    #[test]
    fn refusals() {
        let mut sector = sample().encode().unwrap();
        assert_eq!(Label::decode(&sector, 2), Err(LabelError::Sector { claimed: 1, found: 2 }));
        sector[100] ^= 1;
        assert!(matches!(Label::decode(&sector, 1), Err(LabelError::Checksum { .. })));
        assert_eq!(Label::decode(&[0; SECTOR], 1), Ok(None));
        let mut disk = vec![0; 2048];
        disk[512..1024].copy_from_slice(&sample().encode().unwrap());
        assert_eq!(find_label(&disk), Ok(Some(sample())));
        assert_eq!(find_label(&disk[..600]), Ok(None));
    }

    #[test]
    fn every_flipped_byte_is_found() {
        let sector = sample().encode().unwrap();
        for at in 16..SECTOR {
            let mut bad = sector;
            bad[at] ^= 0x40;
            assert!(Label::decode(&bad, 1).is_err(), "byte {at}");
        }
    }

    #[test]
    fn too_many_areas_are_refused() {
        let mut label = sample();
        label.pv_header.data_areas = vec![DiskArea { offset: 1, size: 1 }; 40];
        assert_eq!(label.encode(), Err(PvHeaderError::TooLong(41)));
    }
}
