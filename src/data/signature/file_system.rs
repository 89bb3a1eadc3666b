//! File systems.

use std::iter;

use lvm_core::Result;

use super::bytes::Bytes;
use super::container::is_bit_locker;
use super::window::Windows;
use super::{ExtVersion, Signature, SignatureKind};

pub(super) fn probe(windows: &Windows<'_>, found: &mut Vec<Signature>) -> Result<()> {
    found.extend(boot_sector(windows));
    found.extend(ext(windows));
    found.extend(xfs(windows));
    found.extend(btrfs(windows)?);
    found.extend(iso9660(windows));
    found.extend(squashfs(windows));
    found.extend(f2fs(windows));
    found.extend(erofs(windows));
    found.extend(reiserfs(windows));
    found.extend(jfs(windows));
    Ok(())
}

/// True when `sector` begins a file system whose boot sector ends in 55 aa as an MBR does.
pub(crate) fn is_file_system_boot_sector(sector: &[u8; 512]) -> bool {
    let sector = Bytes(sector);
    is_bit_locker(sector) || is_ntfs(sector) || is_exfat(sector) || !fat_places(sector).is_empty()
}

fn boot_sector(windows: &Windows<'_>) -> Option<Signature> {
    let sector = windows.at(0, 512);
    if is_bit_locker(sector) {
        return None;
    }
    for (kind, found) in [(SignatureKind::Ntfs, is_ntfs(sector)), (SignatureKind::Exfat, is_exfat(sector))] {
        if found {
            return Signature::at_places(kind, iter::once((3, 8)).chain(boot_magic(sector)));
        }
    }
    Signature::at_places(SignatureKind::Vfat, fat_places(sector))
}

/// The 55 aa that ends a boot sector: left alone it would look like a partition table.
pub(super) fn boot_magic(sector: Bytes<'_>) -> Option<(u64, u64)> {
    sector.has(510, b"\x55\xaa").then_some((510, 2))
}

fn is_ntfs(sector: Bytes<'_>) -> bool {
    let sector_size = sector.le16(11).is_some_and(|size| size.is_power_of_two() && size >= 256);
    // Reserved sectors, FATs, root entries and sectors of FAT: all unused here.
    sector.has(3, b"NTFS    ") && sector_size && sector.is_zero(14, 7)
}

fn is_exfat(sector: Bytes<'_>) -> bool {
    let sector_size = sector.u8(108).is_some_and(|shift| (9..=12).contains(&shift));
    // Where FAT has its parameters exFAT has zeroes, so that nobody takes it for FAT.
    sector.has(3, b"EXFAT   ") && sector_size && sector.is_zero(11, 53)
}

const FAT_MAGICS: [(u64, &[u8]); 6] = [
    (0x52, b"FAT32   "),
    (0x52, b"MSWIN"),
    (0x36, b"FAT16   "),
    (0x36, b"FAT12   "),
    (0x36, b"FAT     "),
    (0x36, b"MSDOS"),
];

/// The places by which a FAT is recognised; none when the sector does not begin one.
pub(super) fn fat_places(sector: Bytes<'_>) -> Vec<(u64, u64)> {
    let mut places = Vec::new();
    if !has_fat_parameters(sector) {
        return places;
    }
    for (offset, magic) in FAT_MAGICS {
        if usize::try_from(offset).is_ok_and(|offset| sector.has(offset, magic)) {
            places.push((offset, u64::try_from(magic.len()).unwrap_or(0)));
        }
    }
    let is_named = !places.is_empty();
    let jump = matches!(sector.u8(0), Some(0xeb | 0xe9));
    let boots = jump && boot_magic(sector).is_some();
    if !is_named && !boots {
        return Vec::new();
    }
    if jump {
        places.push((0, 1));
    }
    places.extend(boot_magic(sector));
    places
}

/// The BIOS parameter block of a FAT: nothing else has these fields in these ranges.
fn has_fat_parameters(sector: Bytes<'_>) -> bool {
    let power = |value: Option<u8>| value.is_some_and(u8::is_power_of_two);
    let sector_size =
        sector.le16(11).is_some_and(|size| size.is_power_of_two() && (512..=4096).contains(&size));
    let reserved = sector.le16(14).is_some_and(|sectors| sectors != 0);
    let fats = matches!(sector.u8(16), Some(1..=4));
    let media = matches!(sector.u8(21), Some(0xf0 | 0xf8..=0xff));
    let fat_length = sector.le16(22) != Some(0) || sector.le32(36).is_some_and(|sectors| sectors != 0);
    let sectors = sector.le16(19) != Some(0) || sector.le32(32).is_some_and(|sectors| sectors != 0);
    sector_size && power(sector.u8(13)) && reserved && fats && media && fat_length && sectors
}

const EXT_HAS_JOURNAL: u32 = 0x4;
const EXT_JOURNAL_DEVICE: u32 = 0x8;
/// File type, meta block groups.
const EXT2_INCOMPATIBLE: u32 = 0x2 | 0x10;
/// The same and recovery.
const EXT3_INCOMPATIBLE: u32 = EXT2_INCOMPATIBLE | 0x4;
/// Sparse superblocks, large files, B-tree directories.
const EXT3_READ_ONLY: u32 = 0x1 | 0x2 | 0x4;

fn ext(windows: &Windows<'_>) -> Option<Signature> {
    let block = windows.at(1024, 1024);
    if block.le16(0x38) != Some(0xef53) {
        return None;
    }
    let blocks = block.le32(4)? != 0 || block.le32(0x150)? != 0;
    // Block sizes from 1 to 64 KiB; the first data block is 1 or 0; revision 0 or 1.
    if !blocks || block.le32(0x18)? > 6 || block.le32(0x14)? > 2 || block.le32(0x4c)? > 1 {
        return None;
    }
    let (compatible, incompatible, read_only) = (block.le32(0x5c)?, block.le32(0x60)?, block.le32(0x64)?);
    let journal = compatible & EXT_HAS_JOURNAL != 0;
    let old = read_only & !EXT3_READ_ONLY == 0;
    let version = if incompatible & EXT_JOURNAL_DEVICE != 0 {
        ExtVersion::Journal
    } else if old && journal && incompatible & !EXT3_INCOMPATIBLE == 0 {
        ExtVersion::Ext3
    } else if old && !journal && incompatible & !EXT2_INCOMPATIBLE == 0 {
        ExtVersion::Ext2
    } else {
        ExtVersion::Ext4
    };
    Some(Signature::new(SignatureKind::Ext(version), 0x438, 2))
}

fn xfs(windows: &Windows<'_>) -> Option<Signature> {
    let block = windows.at(0, 512);
    let (block_size, block_log) = (block.be32(4)?, block.u8(120)?);
    let (sector_size, sector_log) = (u32::from(block.be16(102)?), block.u8(121)?);
    let valid = block.has(0, b"XFSB")
        && (9..=16).contains(&block_log)
        && 1_u32.checked_shl(u32::from(block_log)) == Some(block_size)
        && (9..=15).contains(&sector_log)
        && 1_u32.checked_shl(u32::from(sector_log)) == Some(sector_size)
        && block.be32(88)? != 0;
    valid.then(|| Signature::new(SignatureKind::Xfs, 0, 4))
}

/// The superblock and the first two of its mirrors; the magic stands 64 bytes after each.
const BTRFS_BLOCKS: [u64; 3] = [64 << 10, 64 << 20, 256 << 30];

fn btrfs(windows: &Windows<'_>) -> Result<Option<Signature>> {
    let mut signature = None::<Signature>;
    for offset in BTRFS_BLOCKS {
        let block = windows.fetch(offset, 72)?;
        // It names its own place.
        let valid = Bytes(&block).has(64, b"_BHRfS_M") && Bytes(&block).le64(48) == Some(offset);
        let place = offset.saturating_add(64);
        match &mut signature {
            Some(signature) if valid => signature.add_copy(place, 8),
            None if valid => signature = Some(Signature::new(SignatureKind::Btrfs, place, 8)),
            Some(_) => {}
            // Mirrors are not looked for where there is no file system.
            None => return Ok(None),
        }
    }
    Ok(signature)
}

fn iso9660(windows: &Windows<'_>) -> Option<Signature> {
    let block = windows.at(0x8000, 8);
    // The type of the descriptor, and its version.
    let valid = block.has(1, b"CD001") && matches!(block.u8(0)?, 0..=3 | 255) && block.u8(6)? == 1;
    valid.then(|| Signature::new(SignatureKind::Iso9660, 0x8001, 5))
}

fn squashfs(windows: &Windows<'_>) -> Option<Signature> {
    let block = windows.at(0, 96);
    let little = block.has(0, b"hsqs");
    if !little && !block.has(0, b"sqsh") {
        return None;
    }
    let major = if little { block.le16(28) } else { block.be16(28) }?;
    let kind = match major {
        4 if little => {
            let block_log = u32::from(block.le16(22)?);
            if 1_u32.checked_shl(block_log) != block.le32(12) {
                return None;
            }
            SignatureKind::Squashfs
        }
        1..=3 => SignatureKind::Squashfs3,
        _ => return None,
    };
    Some(Signature::new(kind, 0, 4))
}

fn f2fs(windows: &Windows<'_>) -> Option<Signature> {
    let is_valid = |offset: &u64| {
        let block = windows.at(*offset, 64);
        block.le32(0) == Some(0xf2f5_2010) && matches!(block.le32(16), Some(12..=16))
    };
    let places = [0x400, 0x1400].into_iter().filter(is_valid);
    Signature::at_places(SignatureKind::F2fs, places.map(|offset| (offset, 4)))
}

fn erofs(windows: &Windows<'_>) -> Option<Signature> {
    let block = windows.at(0x400, 64);
    let valid = block.le32(0) == Some(0xe0f5_e1e2) && matches!(block.u8(12), Some(9..=16));
    valid.then(|| Signature::new(SignatureKind::Erofs, 0x400, 4))
}

const REISERFS_MAGICS: [&[u8]; 3] = [b"ReIsErFs", b"ReIsEr2Fs", b"ReIsEr3Fs"];

fn reiserfs(windows: &Windows<'_>) -> Option<Signature> {
    [64 << 10, 8 << 10].into_iter().find_map(|offset: u64| {
        let block = windows.at(offset, 512);
        let magic = REISERFS_MAGICS.into_iter().find(|magic| block.has(52, magic))?;
        let valid = block.le16(44).is_some_and(|size| size.is_power_of_two() && size >= 512);
        let length = u64::try_from(magic.len()).unwrap_or(0);
        valid.then(|| Signature::new(SignatureKind::Reiserfs, offset.saturating_add(52), length))
    })
}

fn jfs(windows: &Windows<'_>) -> Option<Signature> {
    let is_valid = |offset: &u64| {
        let block = windows.at(*offset, 64);
        let size = block.le16(20).and_then(|log| 1_u32.checked_shl(u32::from(log)));
        block.has(0, b"JFS1") && size.is_some() && block.le32(16) == size
    };
    // The superblock and its copy.
    let places = [0x8000, 0xf000].into_iter().filter(is_valid);
    Signature::at_places(SignatureKind::Jfs, places.map(|offset| (offset, 4)))
}
