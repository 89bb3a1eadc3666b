//! Members of something larger: LVM, raid, bcache, DRBD, Stratis and device-mapper's own headers.

use lvm_core::Result;
use lvm_core::ondisk::Label;
use lvm_core::ondisk::label::LABEL_SECTORS;

use super::window::Windows;
use super::{Signature, SignatureKind};

pub(super) fn probe(windows: &Windows<'_>, found: &mut Vec<Signature>) -> Result<()> {
    found.extend(lvm(windows));
    md(windows, found);
    found.extend(firmware_raid(windows));
    found.extend(drbd(windows));
    found.extend(stratis(windows));
    found.extend(bcache(windows));
    found.extend(device_mapper(windows));
    Ok(())
}

fn lvm(windows: &Windows<'_>) -> Option<Signature> {
    for number in 0..LABEL_SECTORS {
        let offset = number.saturating_mul(512);
        let sector = windows.at(offset, 512).array(0)?;
        if let Ok(Some(_)) = Label::decode(&sector, number) {
            // The type, where libblkid looks, and the id, where LVM2 looks.
            let places = [(offset.saturating_add(24), 8), (offset, 8)];
            return Signature::at_places(SignatureKind::Lvm2Member, places);
        }
    }
    let head = windows.at(0, 512);
    let version = head.le16(2);
    (head.has(0, b"HM") && matches!(version, Some(1 | 2)))
        .then(|| Signature::new(SignatureKind::Lvm1Member, 0, 2))
}

const MD_MAGIC: u32 = 0xa92b_4efc;

fn md(windows: &Windows<'_>, found: &mut Vec<Signature>) {
    let size = windows.size();
    // 0.90: the last whole 64 KiB but one, in the byte order of the machine that made it.
    if let Some(offset) = (size & !0xffff).checked_sub(0x1_0000) {
        let block = windows.at(offset, 512);
        let little = [block.le32(0), block.le32(4), block.le32(8)];
        let big = [block.be32(0), block.be32(4), block.be32(8)];
        if [little, big].contains(&[Some(MD_MAGIC), Some(0), Some(90)]) {
            found.push(Signature::new(SignatureKind::MdRaid, offset, 4));
        }
    }
    // 1.0 stands 8 to 12 KiB before the end, on a multiple of 4 KiB; 1.1 at the start; 1.2 at 4 KiB.
    let end = (size / 512).checked_sub(16).map(|sector| sector & !7);
    for sector in end.into_iter().chain([0, 8]) {
        let offset = sector.saturating_mul(512);
        let block = windows.at(offset, 256);
        // It names its own sector.
        let valid =
            block.le32(0) == Some(MD_MAGIC) && block.le32(4) == Some(1) && block.le64(144) == Some(sector);
        if valid && found.iter().all(|other| other.offset != offset) {
            found.push(Signature::new(SignatureKind::MdRaid, offset, 4));
        }
    }
}

const DDF_MAGIC: u32 = 0xde11_de11;

fn firmware_raid(windows: &Windows<'_>) -> Option<Signature> {
    let size = windows.size();
    let from_end = |sectors: u64| (size & !511).checked_sub(sectors.saturating_mul(512));
    if let Some(offset) = from_end(2)
        && windows.at(offset, 512).has(0, b"Intel Raid ISM Cfg Sig. ")
    {
        return Some(Signature::new(SignatureKind::IswRaid, offset, 24));
    }
    // The anchor, or where Adaptec puts it; its revision begins with the version, 01 or 02.
    [1, 257].into_iter().find_map(|sectors| {
        let offset = from_end(sectors)?;
        let block = windows.at(offset, 512);
        let magic = block.be32(0) == Some(DDF_MAGIC) || block.le32(0) == Some(DDF_MAGIC);
        let revision = block.has(32, b"01.") || block.has(32, b"02.");
        (magic && revision).then(|| Signature::new(SignatureKind::DdfRaid, offset, 4))
    })
}

/// DRBD 8 clean, DRBD 8 unclean, DRBD 9.
const DRBD_MAGICS: [u32; 3] = [0x8374_026b, 0x8374_026c, 0x8374_026d];

fn drbd(windows: &Windows<'_>) -> Option<Signature> {
    let block = (windows.size() & !4095).checked_sub(4096)?;
    let magic = windows.at(block, 512).be32(60)?;
    let bytes_per_bit = windows.at(block, 512).be32(80)?;
    let valid = DRBD_MAGICS.contains(&magic) && bytes_per_bit.is_power_of_two() && bytes_per_bit >= 4096;
    valid.then(|| Signature::new(SignatureKind::Drbd, block.saturating_add(60), 4))
}

const STRATIS_MAGIC: &[u8] = b"!Stra0tis\x86\xff\x02^\x41rh";

fn stratis(windows: &Windows<'_>) -> Option<Signature> {
    let places = [0x204, 0x1204].into_iter().filter(|offset| windows.at(*offset, 16).has(0, STRATIS_MAGIC));
    Signature::at_places(SignatureKind::Stratis, places.map(|offset| (offset, 16)))
}

const BCACHE_MAGIC: &[u8] = b"\xc6\x85\x73\xf6\x4e\x1a\x45\xca\x82\x65\xf5\x7f\x48\xba\x6d\x81";
const BCACHEFS_MAGIC: &[u8] = b"\xc6\x85\x73\xf6\x66\xce\x90\xa9\xd9\x6a\x60\xcf\x80\x3d\xf7\xef";

fn bcache(windows: &Windows<'_>) -> Option<Signature> {
    let block = windows.at(0x1000, 512);
    // Both count their own place in sectors; bcachefs keeps it elsewhere.
    if block.has(24, BCACHE_MAGIC) && block.le64(8) == Some(8) {
        return Some(Signature::new(SignatureKind::Bcache, 0x1018, 16));
    }
    block.has(24, BCACHEFS_MAGIC).then(|| Signature::new(SignatureKind::Bcachefs, 0x1018, 16))
}

fn device_mapper(windows: &Windows<'_>) -> Option<Signature> {
    let head = windows.at(0, 512);
    let version = head.le32(8);
    if head.has(0, b"dmvdo001") {
        return Some(Signature::new(SignatureKind::Vdo, 0, 8));
    }
    if head.has(0, b"integrt\0") && head.u8(8).is_some_and(|version| (1..=32).contains(&version)) {
        return Some(Signature::new(SignatureKind::DmIntegrity, 0, 8));
    }
    if head.has(0, b"verity\0\0") && version == Some(1) {
        return Some(Signature::new(SignatureKind::DmVerity, 0, 8));
    }
    let chunk_size = head.le32(12).is_some_and(u32::is_power_of_two);
    (head.has(0, b"SnAp") && version == Some(1) && chunk_size)
        .then(|| Signature::new(SignatureKind::DmSnapshot, 0, 4))
}
