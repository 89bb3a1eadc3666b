//! The physical volume header inside the label sector.

use std_alloc::vec::Vec;

use serde::Serialize;
use thiserror::Error;

use super::{Fields, SECTOR, put};
use crate::id::{ID_LEN, Id, IdError, PvId};

/// Version of the header extension that LVM2 writes.
pub const EXTENSION_VERSION: u32 = 2;
/// Set in the extension's flags when the physical volume belongs to a volume group.
pub const EXTENSION_USED: u32 = 1;
/// Most metadata areas a physical volume can have.
pub const METADATA_AREAS_MAX: usize = 2;

const ID_OFFSET: usize = 0;
const DEVICE_SIZE_OFFSET: usize = ID_OFFSET + ID_LEN;
/// Where the lists of areas begin in the header, in bytes.
pub const AREAS_OFFSET: usize = DEVICE_SIZE_OFFSET + 8;
/// Bytes of an entry in a list of areas.
pub const AREA_LEN: usize = 16;

/// A byte range of the device; size 0 means up to the end.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize)]
pub struct DiskArea {
    /// Bytes from the start of the device.
    pub offset: u64,
    /// Bytes.
    pub size: u64,
}

/// Version, flags and boot loader areas behind the lists of areas.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct Extension {
    /// 1 adds boot loader areas, 2 the flags. Higher versions are kept as they are.
    pub version: u32,
    /// Bit 0 is [`EXTENSION_USED`]; other bits are kept.
    pub flags: u32,
    /// Areas kept for a boot loader.
    pub bootloader_areas: Vec<DiskArea>,
}

/// Identity, size and areas of a physical volume.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct PvHeader {
    /// The physical volume's id.
    pub pv_id: PvId,
    /// Device size in bytes when the label was written.
    pub device_size: u64,
    /// Where extents lie; LVM2 always writes one, to the end of the device.
    pub data_areas: Vec<DiskArea>,
    /// Where metadata lies: none, one near the start, one at the end, or both.
    pub metadata_areas: Vec<DiskArea>,
    /// Absent in labels of very old versions.
    pub extension: Option<Extension>,
}

/// Why a header is not valid.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Error)]
#[non_exhaustive]
pub enum PvHeaderError {
    /// The label says it starts where it cannot be.
    #[error("pv_header offset {0} lies outside the label sector")]
    Offset(u32),
    /// The id has characters outside the alphabet.
    #[error("pv_uuid: {0}")]
    Id(#[from] IdError),
    /// A list of areas has no end inside the sector.
    #[error("list of {0} areas does not end inside the label sector")]
    Unterminated(&'static str),
    /// The header does not fit the sector.
    #[error("header with {0} areas does not fit a label sector")]
    TooLong(usize),
    /// More metadata areas than the format allows.
    #[error("{0} metadata areas, at most 2 are possible")]
    TooManyMetadataAreas(usize),
}

impl PvHeader {
    /// True when the label says that a volume group uses it.
    #[must_use]
    pub fn is_used(&self) -> bool {
        self.extension.as_ref().is_some_and(|ext| ext.version >= 2 && ext.flags & EXTENSION_USED != 0)
    }

    /// Sets or clears the mark that a volume group uses it, and brings the extension up to the
    /// version that has the mark.
    pub fn set_used(&mut self, used: bool) {
        let empty = Extension { version: EXTENSION_VERSION, flags: 0, bootloader_areas: Vec::new() };
        let extension = self.extension.get_or_insert(empty);
        extension.version = extension.version.max(EXTENSION_VERSION);
        if used {
            extension.flags |= EXTENSION_USED;
        } else {
            extension.flags &= !EXTENSION_USED;
        }
    }

    /// Decodes from a label sector, at `offset` bytes into it.
    pub(super) fn decode(sector: &[u8; SECTOR], offset: u32) -> Result<Self, PvHeaderError> {
        let start = usize::try_from(offset).unwrap_or(usize::MAX);
        let bytes = sector.get(start..).filter(|bytes| bytes.len() >= AREAS_OFFSET && start != 0);
        let fields = Fields::new(bytes.ok_or(PvHeaderError::Offset(offset))?);
        let missing = || PvHeaderError::Offset(offset);
        let pv_id = PvId(Id::from_bytes(fields.array(ID_OFFSET).ok_or_else(missing)?)?);
        let device_size = fields.u64(DEVICE_SIZE_OFFSET).ok_or_else(missing)?;
        let mut at = AREAS_OFFSET;
        let data_areas = decode_areas(&fields, &mut at).ok_or(PvHeaderError::Unterminated("data"))?;
        let metadata_areas = decode_areas(&fields, &mut at).ok_or(PvHeaderError::Unterminated("metadata"))?;
        if metadata_areas.len() > METADATA_AREAS_MAX {
            return Err(PvHeaderError::TooManyMetadataAreas(metadata_areas.len()));
        }
        let extension = match (fields.u32(at), fields.u32(at.saturating_add(4))) {
            (Some(version), Some(flags)) if version != 0 => {
                at = at.saturating_add(8);
                let areas =
                    decode_areas(&fields, &mut at).ok_or(PvHeaderError::Unterminated("bootloader"))?;
                Some(Extension { version, flags, bootloader_areas: areas })
            }
            _ => None,
        };
        Ok(Self { pv_id, device_size, data_areas, metadata_areas, extension })
    }

    /// Encodes into a label sector, at `offset` bytes into it.
    pub(super) fn encode(&self, sector: &mut [u8; SECTOR], offset: usize) -> Result<(), PvHeaderError> {
        let bootloader = self.extension.as_ref().map_or(&[][..], |ext| &ext.bootloader_areas);
        let lists = [&*self.data_areas, &*self.metadata_areas, bootloader];
        let areas = lists.iter().map(|list| list.len()).sum::<usize>();
        let length =
            areas.saturating_add(lists.len()).saturating_mul(AREA_LEN).saturating_add(AREAS_OFFSET + 8);
        if offset.saturating_add(length) > SECTOR {
            return Err(PvHeaderError::TooLong(areas));
        }
        if self.metadata_areas.len() > METADATA_AREAS_MAX {
            return Err(PvHeaderError::TooManyMetadataAreas(self.metadata_areas.len()));
        }
        put(sector, offset.saturating_add(ID_OFFSET), self.pv_id.0.as_bytes());
        put(sector, offset.saturating_add(DEVICE_SIZE_OFFSET), &self.device_size.to_le_bytes());
        let mut at = offset.saturating_add(AREAS_OFFSET);
        encode_areas(sector, &mut at, &self.data_areas);
        encode_areas(sector, &mut at, &self.metadata_areas);
        if let Some(extension) = &self.extension {
            put(sector, at, &extension.version.to_le_bytes());
            put(sector, at.saturating_add(4), &extension.flags.to_le_bytes());
            at = at.saturating_add(8);
            encode_areas(sector, &mut at, &extension.bootloader_areas);
        }
        Ok(())
    }
}

/// A list ends at the first entry whose offset is zero; its size is not looked at.
fn decode_areas(fields: &Fields<'_>, at: &mut usize) -> Option<Vec<DiskArea>> {
    let mut areas = Vec::new();
    loop {
        let offset = fields.u64(*at)?;
        let size = fields.u64(at.checked_add(8)?)?;
        *at = at.checked_add(AREA_LEN)?;
        if offset == 0 {
            return Some(areas);
        }
        areas.push(DiskArea { offset, size });
    }
}

fn encode_areas(sector: &mut [u8; SECTOR], at: &mut usize, areas: &[DiskArea]) {
    for area in areas {
        put(sector, *at, &area.offset.to_le_bytes());
        put(sector, at.saturating_add(8), &area.size.to_le_bytes());
        *at = at.saturating_add(AREA_LEN);
    }
    *at = at.saturating_add(AREA_LEN);
}
