//! Partition tables, encryption and swap: what holds other things.

use lvm_core::Result;

use super::file_system::{boot_magic, fat_places};
use super::window::Windows;
use super::{Signature, SignatureKind};
use crate::scan::partitions::gpt::{self, Header};
use crate::scan::partitions::mbr::BootRecord;

pub(super) fn probe(windows: &Windows<'_>, found: &mut Vec<Signature>) -> Result<()> {
    partition_table(windows, found)?;
    found.extend(luks(windows)?);
    found.extend(bit_locker(windows));
    found.extend(swap(windows));
    Ok(())
}

const BOOT_MAGIC: (u64, u64) = (510, 2);

fn partition_table(windows: &Windows<'_>, found: &mut Vec<Signature>) -> Result<()> {
    let record = windows.at(0, 512).array(0).and_then(|sector| BootRecord::decode(&sector));
    let protective = record.is_some_and(|record| record.is_protective());
    if let Some(mut table) = guid_table(windows)? {
        if protective {
            table.add_copy(BOOT_MAGIC.0, BOOT_MAGIC.1);
        }
        found.push(table);
    } else if protective {
        found.push(Signature::new(SignatureKind::ProtectiveMbr, BOOT_MAGIC.0, BOOT_MAGIC.1));
        return Ok(());
    }
    if record.is_some() && !protective {
        found.push(Signature::new(SignatureKind::Dos, BOOT_MAGIC.0, BOOT_MAGIC.1));
    }
    Ok(())
}

/// One header with a right checksum makes the others count, damaged or not.
fn guid_table(windows: &Windows<'_>) -> Result<Option<Signature>> {
    for sector_size in gpt::SECTOR_SIZES {
        let length = usize::try_from(sector_size).unwrap_or(0);
        let size = u64::from(sector_size);
        let last = (windows.size() / size).saturating_sub(1);
        let (mut valid, mut places, mut alternate) = (false, Vec::new(), None);
        for number in [1, last] {
            let sector = windows.at(number.saturating_mul(size), length);
            if sector.has(0, gpt::MAGIC) {
                places.push((number.saturating_mul(size), 8));
                if let Ok(header) = Header::decode(sector.0, number) {
                    valid = true;
                    alternate = alternate.or(Some(header.alternate));
                }
            }
        }
        // On a disk that has grown the backup is not in the last sector.
        let elsewhere = alternate.filter(|number| *number != 1 && *number != last);
        if let Some(offset) = elsewhere.and_then(|number| number.checked_mul(size))
            && windows.fetch(offset, gpt::MAGIC.len())? == gpt::MAGIC
        {
            places.push((offset, 8));
        }
        if valid {
            return Ok(Signature::at_places(SignatureKind::Gpt, places));
        }
    }
    Ok(None)
}

const LUKS_MAGIC: &[u8] = b"LUKS\xba\xbe";
const LUKS_SECOND_MAGIC: &[u8] = b"SKUL\xba\xbe";
/// Where the second header is looked for when the first is gone: after one of the smaller sizes
/// a header can have. 16 KiB is what every tool makes.
const LUKS_SECOND_OFFSETS: [u64; 3] = [16 << 10, 32 << 10, 64 << 10];

fn luks(windows: &Windows<'_>) -> Result<Option<Signature>> {
    let head = windows.at(0, 512);
    if head.has(0, LUKS_MAGIC) {
        return match head.be16(6) {
            Some(1) => Ok(Some(Signature::new(SignatureKind::LuksV1, 0, 6))),
            Some(2) => {
                let mut signature = Signature::new(SignatureKind::LuksV2, 0, 6);
                let second = head.be64(8).unwrap_or(0);
                if windows.fetch(second, LUKS_SECOND_MAGIC.len())? == LUKS_SECOND_MAGIC {
                    signature.add_copy(second, 6);
                }
                Ok(Some(signature))
            }
            _ => Ok(None),
        };
    }
    let second = LUKS_SECOND_OFFSETS.into_iter().find(|offset| {
        let header = windows.at(*offset, 512);
        // The header names its own offset.
        header.has(0, LUKS_SECOND_MAGIC) && header.be16(6) == Some(2) && header.be64(256) == Some(*offset)
    });
    Ok(second.map(|offset| Signature::new(SignatureKind::LuksV2, offset, 6)))
}

/// With the jump before it: Windows Vista; Windows 7 and later; a removable disk.
pub(super) const BIT_LOCKER_MAGICS: [&[u8]; 3] =
    [b"\xeb\x52\x90-FVE-FS-", b"\xeb\x58\x90-FVE-FS-", b"\xeb\x58\x90MSWIN4.1"];
const BIT_LOCKER_TO_GO_GUID: &[u8] = b"\x3b\xd6\x67\x49\x29\x2e\xd8\x4a\x83\x99\xf6\xa3\x39\xe3\xd0\x01";

/// A removable disk looks like FAT to systems that do not know BitLocker.
pub(super) fn is_bit_locker(sector: super::bytes::Bytes<'_>) -> bool {
    let [vista, seven, to_go] = BIT_LOCKER_MAGICS;
    sector.has(0, vista)
        || sector.has(0, seven)
        || sector.has(0, to_go) && sector.has(0x1a8, BIT_LOCKER_TO_GO_GUID)
}

fn bit_locker(windows: &Windows<'_>) -> Option<Signature> {
    let sector = windows.at(0, 512);
    if !is_bit_locker(sector) {
        return None;
    }
    let mut signature = Signature::new(SignatureKind::BitLocker, 0, 11);
    for (offset, length) in boot_magic(sector).into_iter().chain(fat_places(sector)) {
        signature.add_copy(offset, length);
    }
    Some(signature)
}

/// Page sizes that Linux has; the magic ends the first page.
const PAGE_SIZES: [u64; 5] = [4 << 10, 8 << 10, 16 << 10, 32 << 10, 64 << 10];
const SUSPEND_MAGICS: [&[u8]; 4] = [b"S1SUSPEND\0", b"S2SUSPEND\0", b"ULSUSPEND\0", b"LINHIB0001"];

fn swap(windows: &Windows<'_>) -> Option<Signature> {
    let header = windows.at(1024, 12);
    let is_version_1 = |version: Option<u32>, last_page: Option<u32>| {
        version == Some(1) && last_page.is_some_and(|last_page| last_page != 0)
    };
    let version_1 =
        is_version_1(header.le32(0), header.le32(4)) || is_version_1(header.be32(0), header.be32(4));
    PAGE_SIZES.into_iter().find_map(|page_size| {
        let offset = page_size.saturating_sub(10);
        let magic = windows.at(offset, 10);
        let swap = magic.has(0, b"SWAP-SPACE") || magic.has(0, b"SWAPSPACE2") && version_1;
        if swap {
            return Some(Signature::new(SignatureKind::Swap, offset, 10));
        }
        let suspended = SUSPEND_MAGICS.into_iter().find(|suspend| magic.has(0, suspend))?;
        let length = suspended.iter().filter(|byte| **byte != 0).count();
        Some(Signature::new(SignatureKind::SwapSuspend, offset, u64::try_from(length).unwrap_or(10)))
    })
}
