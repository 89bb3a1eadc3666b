//! Master boot records and the chain of extended boot records.
//!
//! ```text
//! sector 0                      entry
//! off size                      off size
//! 446   64 four entries           0    1 0x80: active, else 0
//! 510    2 55 aa                  4    1 type, 0: unused
//!                                 8    4 first sector
//!                                12    4 number of sectors
//! ```
//! Each extended boot record looks the same. Its data entries count from itself, its extended
//! entry, which names the next one, from the start of the whole extended partition.

use lvm_core::{BlockDevice, Result};

use super::{PartitionTable, TableKind, read_array};
use crate::data::signature::bytes::Bytes;
use crate::data::signature::is_file_system_boot_sector;

/// Linux shows no more than this many partitions of a disk; a longer chain is a trap.
const CHAIN_MAX: u32 = 256;

const PROTECTIVE: u8 = 0xee;
const SECTOR_SIZE: u32 = 512;

/// One entry of a boot record.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
struct Entry {
    flag: u8,
    kind: u8,
    start: u32,
    sectors: u32,
}

impl Entry {
    fn is_used(self) -> bool {
        self.kind != 0 && self.sectors != 0
    }

    fn is_extended(self) -> bool {
        matches!(self.kind, 0x05 | 0x0f | 0x85)
    }
}

/// The entries of a sector that ends in 55 aa.
fn entries(sector: &[u8; 512]) -> Option<[Entry; 4]> {
    let bytes = Bytes(sector);
    if bytes.array(510) != Some([0x55, 0xaa]) {
        return None;
    }
    let entry = |at: usize| Entry {
        flag: bytes.u8(at).unwrap_or(0),
        kind: bytes.u8(at.saturating_add(4)).unwrap_or(0),
        start: bytes.le32(at.saturating_add(8)).unwrap_or(0),
        sectors: bytes.le32(at.saturating_add(12)).unwrap_or(0),
    };
    Some([446, 462, 478, 494].map(entry))
}

/// A first sector that is believed to be a partition table.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct BootRecord {
    entries: [Entry; 4],
}

impl BootRecord {
    /// Decodes the first sector of a device.
    ///
    /// Boot sectors of file systems end in 55 aa too, so more is asked: every entry's flag must
    /// be one of the two possible ones, one entry must be used, and no FAT, NTFS or exFAT may
    /// begin here.
    pub(crate) fn decode(sector: &[u8; 512]) -> Option<Self> {
        let entries = entries(sector)?;
        let possible = entries.iter().all(|entry| matches!(entry.flag, 0 | 0x80));
        let used = entries.iter().any(|entry| entry.is_used());
        (possible && used && !is_file_system_boot_sector(sector)).then_some(Self { entries })
    }

    /// True when it only guards a GPT.
    pub(crate) fn is_protective(&self) -> bool {
        self.entries.iter().any(|entry| entry.kind == PROTECTIVE)
    }
}

/// The table of a device that has `record`.
pub(super) fn read(device: &dyn BlockDevice, record: &BootRecord) -> Result<PartitionTable> {
    let mut table = PartitionTable::new(TableKind::Mbr, SECTOR_SIZE);
    for (number, entry) in (1..).zip(record.entries) {
        if entry.is_used() && !entry.is_extended() {
            add(&mut table, device.size(), number, 0, entry);
        }
    }
    let mut number = 5;
    for extended in record.entries.into_iter().filter(|entry| entry.is_used() && entry.is_extended()) {
        read_chain(device, extended, &mut number, &mut table)?;
    }
    Ok(table)
}

/// Follows the extended boot records of `extended`, as Linux does.
fn read_chain(
    device: &dyn BlockDevice,
    extended: Entry,
    number: &mut u32,
    table: &mut PartitionTable,
) -> Result<()> {
    let first = u64::from(extended.start);
    let end = first.saturating_add(u64::from(extended.sectors));
    let mut seen = Vec::new();
    let mut at = first;
    loop {
        let sector = at.checked_mul(u64::from(SECTOR_SIZE)).map(|offset| read_array(device, offset));
        let Some(sector) = sector.transpose()?.flatten() else {
            table.note(format!("the extended boot record in sector {at} is not inside the device"));
            return Ok(());
        };
        let Some(entries) = entries(&sector) else {
            // An extended partition without logical ones may hold no record at all.
            if at != first {
                table.note(format!("there is no extended boot record in sector {at}"));
            }
            return Ok(());
        };
        seen.push(at);
        for (slot, entry) in entries.into_iter().enumerate() {
            // The last two slots should be empty; what looks like a partition there must fit.
            let start = at.saturating_add(u64::from(entry.start));
            let fits = start >= first && start.saturating_add(u64::from(entry.sectors)) <= end;
            if entry.is_used() && !entry.is_extended() && (slot < 2 || fits) {
                add(table, device.size(), *number, at, entry);
                *number = number.saturating_add(1);
            }
        }
        let Some(next) = entries.into_iter().find(|entry| entry.is_used() && entry.is_extended()) else {
            return Ok(());
        };
        at = first.saturating_add(u64::from(next.start));
        if seen.contains(&at) {
            table.note(format!("the chain of extended boot records comes back to sector {at}"));
            return Ok(());
        }
        if *number > CHAIN_MAX || seen.len() >= usize::try_from(CHAIN_MAX).unwrap_or(0) {
            table.note(format!("the chain of extended boot records is too long, it was left in sector {at}"));
            return Ok(());
        }
    }
}

/// `base` is the sector that the entry counts from.
fn add(table: &mut PartitionTable, device_size: u64, number: u32, base: u64, entry: Entry) {
    let start = base.saturating_add(u64::from(entry.start));
    table.add(device_size, number, start, u64::from(entry.sectors), format!("{:#04x}", entry.kind));
}
