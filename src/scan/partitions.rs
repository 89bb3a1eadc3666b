//! Partitions of a device or an image file: GPT and MBR, logical partitions included.
//!
//! The kernel finds the partitions of a disk by itself; this is for images, and for devices whose
//! partitions the kernel does not show. The result is what Linux would show, numbers included,
//! except that extended partitions are left out: they only contain others.
//!
//! Tables come from strangers. Every count and offset is checked before it is used, reads are
//! bounded (1 MiB of GPT entries, 256 extended boot records), and one bad entry costs that entry
//! only. The crates `gptman` 3.1 and `mbrman` 0.6 read the same tables but cannot be shielded from
//! outside: they panic on a lone entry at sector 0, which isohybrid images have, on an entry size
//! other than 128 bytes, and on offsets near the limits of their integers; a large entry count
//! makes them allocate before they read. Here they are the tests' second opinion.

use lvm_core::{BlockDevice, Result};
use serde::Serialize;

pub(crate) mod gpt;
pub(crate) mod mbr;

/// The type of a GPT partition made for LVM.
pub const GPT_TYPE_LVM: &str = "e6d6d379-f507-44c2-a23c-238f2a3df928";
/// The type of an MBR partition made for LVM.
pub const MBR_TYPE_LVM: &str = "0x8e";

/// A range of a device that its partition table names.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct Partition {
    /// Its number, as in `/dev/sda1`: from 1, logical partitions from 5.
    pub number: u32,
    /// Where it starts, in bytes.
    pub offset: u64,
    /// Its size in bytes.
    pub size: u64,
    /// Its type as udev and blkid write it: a lower-case GUID, or `0x` and two hexadecimal digits.
    pub type_id: String,
}

impl Partition {
    /// True when its type says that it is for LVM. Whether it holds a physical volume is another
    /// question: LVM2 ignores the type.
    #[must_use]
    pub fn is_lvm_type(&self) -> bool {
        self.type_id == GPT_TYPE_LVM || self.type_id == MBR_TYPE_LVM
    }
}

/// The kinds of partition table known here.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize)]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum TableKind {
    /// GUID partition table.
    Gpt,
    /// Master boot record, also called DOS or MS-DOS table.
    Mbr,
}

/// A partition table that was found.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct PartitionTable {
    /// Its kind.
    pub kind: TableKind,
    /// The sector size it counts in, in bytes: 512 or 4096 for GPT, 512 for MBR.
    pub sector_size: u32,
    /// Its partitions that lie inside the device, in the order of the table.
    pub partitions: Vec<Partition>,
    /// What is wrong with it, one sentence each: entries left out, a damaged header.
    pub notes: Vec<String>,
}

impl PartitionTable {
    fn new(kind: TableKind, sector_size: u32) -> Self {
        Self { kind, sector_size, partitions: Vec::new(), notes: Vec::new() }
    }

    /// Adds the partition, or a note when it is not inside the device. Units are sectors.
    fn add(&mut self, device_size: u64, number: u32, start: u64, sectors: u64, type_id: String) {
        let sector_size = u64::from(self.sector_size);
        let bytes = start.checked_mul(sector_size).zip(sectors.checked_mul(sector_size));
        let inside =
            bytes.filter(|(offset, size)| offset.checked_add(*size).is_some_and(|end| end <= device_size));
        match inside {
            Some((offset, size)) => self.partitions.push(Partition { number, offset, size, type_id }),
            None => self.note(format!(
                "partition {number} (sector {start}, {sectors} sectors) reaches past the end of the device"
            )),
        }
    }

    fn note(&mut self, note: String) {
        // A table can be wrong in thousands of entries; nobody reads more than some.
        if self.notes.len() < 32 {
            self.notes.push(note);
        }
    }
}

/// The partitions of `device`; none when it has no partition table.
///
/// A device that is a physical volume as a whole can have the remains of an older table: whether
/// to look at partitions at all is the caller's decision.
///
/// # Errors
/// `Io` when the device cannot be read. A malformed table is no error, see [`read_table`].
pub fn partitions(device: &dyn BlockDevice) -> Result<Vec<Partition>> {
    Ok(read_table(device)?.map(|table| table.partitions).unwrap_or_default())
}

/// The partition table of `device`, if it has one.
///
/// A GPT counts only with a protective MBR before it, as it does for Linux. A protective MBR
/// without a usable GPT gives a table without partitions and with notes.
///
/// # Errors
/// `Io` when the device cannot be read. What is wrong with the table itself is in its
/// [`notes`](PartitionTable::notes).
pub fn read_table(device: &dyn BlockDevice) -> Result<Option<PartitionTable>> {
    let Some(sector) = read_array::<512>(device, 0)? else { return Ok(None) };
    let Some(record) = mbr::BootRecord::decode(&sector) else { return Ok(None) };
    if record.is_protective() {
        return gpt::read(device).map(Some);
    }
    mbr::read(device, &record).map(Some)
}

/// `N` bytes at `offset`, or `None` when they are not inside the device.
fn read_array<const N: usize>(device: &dyn BlockDevice, offset: u64) -> Result<Option<[u8; N]>> {
    let length = u64::try_from(N).unwrap_or(u64::MAX);
    if offset.checked_add(length).is_none_or(|end| end > device.size()) {
        return Ok(None);
    }
    let mut bytes = [0; N];
    device.read_at(offset, &mut bytes)?;
    Ok(Some(bytes))
}

#[cfg(test)]
mod tests;
