//! GUID partition tables (UEFI specification, chapter 5).
//!
//! ```text
//! header, in sector 1 and the last sector      entry
//! off size                                     off size
//!   0    8 "EFI PART"                            0   16 type GUID, zero: unused
//!   8    4 revision                             16   16 partition GUID
//!  12    4 header size                          32    8 first sector
//!  16    4 CRC-32 of the header, this as 0      40    8 last sector, inclusive
//!  24    8 its own sector                       48    8 attributes
//!  32    8 the other header's sector            56   72 name
//!  72    8 first sector of the entries
//!  80    4 number of entries
//!  84    4 size of an entry
//!  88    4 CRC-32 of the entries
//! ```

use lvm_core::ondisk::crc::crc_continue;
use lvm_core::{BlockDevice, Result};

use super::{PartitionTable, TableKind};
use crate::data::signature::bytes::Bytes;

/// `EFI PART`.
pub(crate) const MAGIC: &[u8; 8] = b"EFI PART";
/// The sector sizes a table may count in.
pub(crate) const SECTOR_SIZES: [u32; 2] = [512, 4096];

const HEADER_SIZE_MIN: usize = 92;
const ENTRY_SIZE_MIN: u32 = 128;
const ENTRY_SIZE_MAX: u32 = 4096;
/// Usual are 16 KiB; more than this is an attack on memory.
const ENTRIES_SIZE_MAX: u64 = 1 << 20;

/// A header whose checksum is right.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Header {
    /// The sector of the other header.
    pub(crate) alternate: u64,
    entries_start: u64,
    entry_count: u32,
    entry_size: u32,
    entries_crc: u32,
}

impl Header {
    /// Decodes the header that begins `sector`, a whole sector, number `number`.
    ///
    /// # Errors
    /// Why it is none.
    pub(crate) fn decode(sector: &[u8], number: u64) -> Result<Self, &'static str> {
        let bytes = Bytes(sector);
        if bytes.array(0).as_ref() != Some(MAGIC) {
            return Err("it does not begin with EFI PART");
        }
        let header_size = bytes.le32(12).and_then(|size| usize::try_from(size).ok()).unwrap_or(0);
        let Some(header) = sector.get(..header_size).filter(|_| header_size >= HEADER_SIZE_MIN) else {
            return Err("its size is not possible");
        };
        let (before, rest) = header.split_at(16);
        let after = rest.get(4..).unwrap_or_default();
        let crc = !crc_continue(crc_continue(crc_continue(!0, before), &[0; 4]), after);
        if bytes.le32(16) != Some(crc) {
            return Err("its checksum is wrong");
        }
        if bytes.le64(24) != Some(number) {
            return Err("it is a copy from another sector");
        }
        let header = Self {
            alternate: bytes.le64(32).unwrap_or(0),
            entries_start: bytes.le64(72).unwrap_or(0),
            entry_count: bytes.le32(80).unwrap_or(0),
            entry_size: bytes.le32(84).unwrap_or(0),
            entries_crc: bytes.le32(88).unwrap_or(0),
        };
        let size_is_possible = header.entry_size.is_power_of_two()
            && (ENTRY_SIZE_MIN..=ENTRY_SIZE_MAX).contains(&header.entry_size);
        if !size_is_possible || header.entries_size() > ENTRIES_SIZE_MAX {
            return Err("the number or size of its entries is not possible");
        }
        Ok(header)
    }

    fn entries_size(&self) -> u64 {
        u64::from(self.entry_count).saturating_mul(u64::from(self.entry_size))
    }

    /// The bytes of the entries.
    fn read_entries(
        &self,
        device: &dyn BlockDevice,
        sector_size: u32,
    ) -> Result<Result<Vec<u8>, &'static str>> {
        let size = self.entries_size();
        let start = self.entries_start.checked_mul(u64::from(sector_size));
        let Some(start) =
            start.filter(|start| start.checked_add(size).is_some_and(|end| end <= device.size()))
        else {
            return Ok(Err("its entries are not inside the device"));
        };
        // At most ENTRIES_SIZE_MAX.
        let mut entries = vec![0; usize::try_from(size).unwrap_or(0)];
        device.read_at(start, &mut entries)?;
        if !crc_continue(!0, &entries) != self.entries_crc {
            return Ok(Err("the checksum of its entries is wrong"));
        }
        Ok(Ok(entries))
    }
}

/// Reads and decodes the header in sector `number`.
pub(crate) fn read_header(
    device: &dyn BlockDevice,
    sector_size: u32,
    number: u64,
) -> Result<Result<Header, &'static str>> {
    let size = u64::from(sector_size);
    let offset = number.checked_mul(size);
    let Some(offset) =
        offset.filter(|offset| offset.checked_add(size).is_some_and(|end| end <= device.size()))
    else {
        return Ok(Err("it is not inside the device"));
    };
    let mut sector = vec![0; usize::try_from(sector_size).unwrap_or(0)];
    device.read_at(offset, &mut sector)?;
    Ok(Header::decode(&sector, number))
}

/// The table of a device that has a protective MBR.
pub(super) fn read(device: &dyn BlockDevice) -> Result<PartitionTable> {
    let mut notes = Vec::new();
    // The first headers of all sector sizes come before any backup: a backup may be older.
    for backup in [false, true] {
        for sector_size in SECTOR_SIZES {
            let last = (device.size() / u64::from(sector_size)).saturating_sub(1);
            let number = if backup { last } else { 1 };
            let which = if backup { "backup" } else { "first" };
            let problem = match read_header(device, sector_size, number)? {
                Err(problem) => problem,
                Ok(header) => match header.read_entries(device, sector_size)? {
                    Ok(entries) => {
                        let mut table = table(device.size(), sector_size, &header, &entries);
                        if backup {
                            notes.push("the backup is used".to_owned());
                            notes.append(&mut table.notes);
                            table.notes = notes;
                        }
                        return Ok(table);
                    }
                    Err(problem) => problem,
                },
            };
            notes.push(format!(
                "the {which} GPT header for {sector_size}-byte sectors is not valid: {problem}"
            ));
        }
    }
    let mut table = PartitionTable::new(TableKind::Gpt, 512);
    notes.insert(0, "there is a protective MBR without a usable GPT".to_owned());
    table.notes = notes;
    Ok(table)
}

fn table(device_size: u64, sector_size: u32, header: &Header, entries: &[u8]) -> PartitionTable {
    let mut table = PartitionTable::new(TableKind::Gpt, sector_size);
    let entry_size = usize::try_from(header.entry_size).unwrap_or(usize::MAX);
    for (number, entry) in (1..).zip(entries.chunks_exact(entry_size)) {
        let bytes = Bytes(entry);
        let Some(type_id) = bytes.array::<16>(0).filter(|guid| *guid != [0; 16]) else { continue };
        let (first, last) = (bytes.le64(32).unwrap_or(0), bytes.le64(40).unwrap_or(0));
        let sectors = last.checked_sub(first).and_then(|sectors| sectors.checked_add(1));
        match sectors {
            Some(sectors) => {
                let type_id = uuid::Uuid::from_bytes_le(type_id).to_string();
                table.add(device_size, number, first, sectors, type_id);
            }
            None => table.note(format!("partition {number} ends in sector {last}, before its start {first}")),
        }
    }
    table
}
