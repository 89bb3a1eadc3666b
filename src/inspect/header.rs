//! Headers, field by field.

use std::fmt::Write as _;

use lvm_core::ondisk::label::{
    DEFAULT_LABEL_SECTOR, LABEL_ID, LABEL_SPACE, LABEL_TYPE, PV_HEADER_OFFSET as PV_HEADER,
};
use lvm_core::ondisk::mda_header::{MAGIC, RAW_LOCN_IGNORED, SLOT_LEN, SLOTS_OFFSET, VERSION};
use lvm_core::ondisk::pv_header::{AREA_LEN, AREAS_OFFSET, METADATA_AREAS_MAX};
use lvm_core::ondisk::{DiskArea, RawLocation, SECTOR, crc};
use lvm_core::store::read_slot;
use lvm_core::text::import_bytes;
use lvm_core::{BlockDevice, Id, Result};

use super::{Headers, InspectedArea, Line};

/// Bytes with little-endian numbers in them. What lies behind the end is zero.
struct Bytes<'a>(&'a [u8]);

impl Bytes<'_> {
    fn array<const N: usize>(&self, at: usize) -> [u8; N] {
        let bytes = self.0.get(at..).and_then(|bytes| bytes.first_chunk::<N>());
        bytes.copied().unwrap_or([0; N])
    }

    fn u32(&self, at: usize) -> u32 {
        u32::from_le_bytes(self.array(at))
    }

    fn u64(&self, at: usize) -> u64 {
        u64::from_le_bytes(self.array(at))
    }

    /// As text; what cannot be shown is a question mark.
    fn text<const N: usize>(&self, at: usize) -> String {
        let shown = |byte: u8| if byte == b' ' || byte.is_ascii_graphic() { char::from(byte) } else { '?' };
        self.array::<N>(at).into_iter().map(shown).collect()
    }
}

impl Headers {
    fn field(&mut self, line: impl Into<String>) {
        self.lines.push(Line::Field(line.into()));
    }

    fn check(&mut self, line: impl AsRef<str>) {
        self.lines.push(Line::Check(format!("CHECK: {}", line.as_ref())));
        self.is_bad = true;
    }
}

pub(super) fn read(device: &dyn BlockDevice, label_sector: Option<u64>) -> Result<Headers> {
    let space = usize::try_from(device.size()).unwrap_or(usize::MAX).min(LABEL_SPACE);
    let mut start = vec![0; space];
    device.read_at(0, &mut start)?;
    let is_label = |sector: &[u8; SECTOR]| sector.starts_with(LABEL_ID);
    let sectors = start.as_chunks::<SECTOR>().0;
    let first = sectors.iter().zip(0..).find(|(sector, _)| is_label(sector)).map(|(_, number)| number);
    let number = label_sector.or(first).unwrap_or(DEFAULT_LABEL_SECTOR);
    let sector = usize::try_from(number).ok().and_then(|number| sectors.get(number)).copied();
    let sector = sector.unwrap_or([0; SECTOR]);
    let mut headers = Headers { label_sector: number, has_label: is_label(&sector), ..Headers::default() };
    let at = number.saturating_mul(512);
    label(&mut headers, &sector, at, number);
    let areas = pv_header(&mut headers, &sector, at);
    for (number, location) in areas.into_iter().enumerate() {
        let area = area(&mut headers, device, number.saturating_add(1), location);
        headers.areas.push(area);
    }
    Ok(headers)
}

fn label(headers: &mut Headers, sector: &[u8; SECTOR], at: u64, number: u64) {
    let bytes = Bytes(sector);
    let (claimed, stored, offset) = (bytes.u64(8), bytes.u32(16), bytes.u32(20));
    headers.field(format!("label_header at {at}"));
    headers.field(format!("label_header.id {}", bytes.text::<8>(0)));
    headers.field(format!("label_header.sector {claimed}"));
    headers.field(format!("label_header.crc {stored:#x}"));
    headers.field(format!("label_header.offset {offset}"));
    headers.field(format!("label_header.type {}", bytes.text::<8>(24)));
    if !headers.has_label {
        headers.check("label_header.id expected LABELONE");
    }
    if claimed != number {
        headers.check(format!("label_header.sector expected {number}"));
    }
    let computed = crc(sector.get(20..).unwrap_or_default());
    if stored != computed {
        headers.check(format!("label_header.crc expected {computed:#x}"));
    }
    if usize::try_from(offset) != Ok(PV_HEADER) {
        headers.check(format!("label_header.offset expected {PV_HEADER}"));
    }
    if bytes.array(24) != *LABEL_TYPE {
        headers.check("label_header.type expected LVM2 001");
    }
}

/// Returns where the metadata areas are.
fn pv_header(headers: &mut Headers, sector: &[u8; SECTOR], label_at: u64) -> Vec<DiskArea> {
    let bytes = Bytes(sector);
    let at = |offset: usize| label_at.saturating_add(u64::try_from(offset).unwrap_or(0));
    headers.field(format!("pv_header at {}", at(PV_HEADER)));
    headers.field(format!("pv_header.pv_uuid {}", bytes.text::<32>(PV_HEADER)));
    headers.field(format!("pv_header.device_size {}", bytes.u64(PV_HEADER + 32)));
    if Id::from_bytes(bytes.array(PV_HEADER)).is_err() {
        headers.check("pv_header.pv_uuid invalid format");
    }
    let mut list = List { sector, label_at, at: PV_HEADER + AREAS_OFFSET, number: 0 };
    list.read(headers, "pv_header", "data area");
    let areas = list.read(headers, "pv_header", "metadata area");
    let extension = list.at;
    headers.field(format!("pv_header_extension at {}", at(extension)));
    headers.field(format!("pv_header_extension.version {}", bytes.u32(extension)));
    headers.field(format!("pv_header_extension.flags {}", bytes.u32(extension.saturating_add(4))));
    list.at = extension.saturating_add(8);
    list.number = 0;
    list.read(headers, "pv_header_extension", "bootloader area");
    areas
}

/// Lists of areas, one behind the other.
struct List<'a> {
    sector: &'a [u8; SECTOR],
    label_at: u64,
    at: usize,
    number: usize,
}

impl List<'_> {
    fn read(&mut self, headers: &mut Headers, name: &str, what: &str) -> Vec<DiskArea> {
        let mut areas = Vec::new();
        while self.at.saturating_add(AREA_LEN) <= SECTOR {
            let bytes = Bytes(self.sector);
            let area = DiskArea { offset: bytes.u64(self.at), size: bytes.u64(self.at.saturating_add(8)) };
            let place = self.label_at.saturating_add(u64::try_from(self.at).unwrap_or(0));
            let is_end = area.offset == 0;
            let note = if is_end { "location list end".to_owned() } else { format!("location of {what}") };
            let entry = format!("{name}.disk_locn[{}]", self.number);
            headers.field(format!("{entry} at {place} # {note}"));
            headers.field(format!("{entry}.offset {}", area.offset));
            headers.field(format!("{entry}.size {}", area.size));
            self.at = self.at.saturating_add(AREA_LEN);
            self.number = self.number.saturating_add(1);
            if is_end {
                return areas;
            }
            areas.push(area);
        }
        headers.check(format!("{name} list of {what}s has no end"));
        areas
    }
}

fn area(headers: &mut Headers, device: &dyn BlockDevice, number: usize, location: DiskArea) -> InspectedArea {
    let name = format!("mda_header_{number}");
    let at = location.offset;
    headers.field(format!("{name} at {at} # metadata area"));
    let mut sector = [0; SECTOR];
    if device.read_at(at, &mut sector).is_err() {
        headers.check(format!("cannot read {name} at {at}"));
        return InspectedArea { location, is_area: false, text: None };
    }
    let bytes = Bytes(&sector);
    let (stored, version, start, size) = (bytes.u32(0), bytes.u32(20), bytes.u64(24), bytes.u64(32));
    let magic = |bytes: &[u8; 16]| {
        bytes.iter().fold(String::from("0x"), |mut text, byte| {
            let _ = write!(text, "{byte:x}");
            text
        })
    };
    headers.field(format!("{name}.checksum {stored:#x}"));
    headers.field(format!("{name}.magic {}", magic(&bytes.array(4))));
    headers.field(format!("{name}.version {version}"));
    headers.field(format!("{name}.start {start}"));
    headers.field(format!("{name}.size {size}"));
    let computed = crc(sector.get(4..).unwrap_or_default());
    if stored != computed {
        headers.check(format!("{name}.checksum expected {computed:#x}"));
    }
    let is_area = bytes.array(4) == MAGIC;
    if !is_area {
        headers.check(format!("{name}.magic expected {}", magic(&MAGIC)));
    }
    if version != VERSION {
        headers.check(format!("{name}.version expected {VERSION}"));
    }
    if start != location.offset {
        headers.check(format!("{name}.start does not match pv_header.disk_locn.offset {}", location.offset));
    }
    if size != location.size {
        headers.check(format!("{name}.size does not match pv_header.disk_locn.size {}", location.size));
    }
    // A damaged list may name more areas than there can be; their texts would fill the memory.
    let text = slots(headers, device, &name, location, &sector).filter(|_| number <= METADATA_AREAS_MAX);
    InspectedArea { location, is_area, text }
}

/// The two slots of a header, and the text of the first.
fn slots(
    headers: &mut Headers,
    device: &dyn BlockDevice,
    name: &str,
    location: DiskArea,
    sector: &[u8; SECTOR],
) -> Option<Vec<u8>> {
    let [committed, precommitted] = [0, 1].map(|number| slot(headers, name, location, sector, number));
    if !precommitted.is_empty() {
        // What an interrupted commit leaves, which means nothing to readers.
        let line = format!("CHECK: {name}.raw_locn[1] for precommit not empty");
        headers.lines.push(Line::Check(line));
    }
    if committed.is_empty() || committed.is_ignored() {
        return None;
    }
    let RawLocation { offset, size, checksum, .. } = committed;
    let at = location.offset.saturating_add(offset);
    let Ok(mut text) = read_slot(device, location, &committed) else {
        headers
            .check(format!("failed to read metadata text at {name}.raw_locn[0].offset {offset} size {size}"));
        return None;
    };
    let computed = crc(&text);
    if computed != checksum {
        headers.check(format!("metadata text at {at} crc does not match {name}.raw_locn[0].checksum"));
    }
    let summary = match import_bytes(&text) {
        Ok(imported) => format!("vgname {} seqno {}", imported.vg.name(), imported.vg.seqno()),
        Err(_) => {
            headers.check(format!("failed to parse metadata text at {at} size {size}"));
            "vgname ? seqno 0".to_owned()
        }
    };
    headers.lines.push(Line::Text(format!("metadata text at {at} crc {computed:#x} # {summary}")));
    if text.last() == Some(&0) {
        text.pop();
    }
    Some(text)
}

/// One slot of a header.
fn slot(
    headers: &mut Headers,
    name: &str,
    location: DiskArea,
    sector: &[u8; SECTOR],
    number: usize,
) -> RawLocation {
    let bytes = Bytes(sector);
    let at = SLOTS_OFFSET.saturating_add(number.saturating_mul(SLOT_LEN));
    let found = RawLocation {
        offset: bytes.u64(at),
        size: bytes.u64(at.saturating_add(8)),
        checksum: bytes.u32(at.saturating_add(16)),
        flags: bytes.u32(at.saturating_add(20)),
    };
    let RawLocation { offset, size, checksum, flags } = found;
    let slot = format!("{name}.raw_locn[{number}]");
    let place = location.offset.saturating_add(u64::try_from(at).unwrap_or(0));
    let what = if number == 0 { "commit" } else { "precommit" };
    let wrapped = if offset.saturating_add(size) > location.size { " wrapped" } else { "" };
    headers.field(format!("{slot} at {place} # {what}{wrapped}"));
    headers.field(format!("{slot}.offset {offset}"));
    headers.field(format!("{slot}.size {size}"));
    headers.field(format!("{slot}.checksum {checksum:#x}"));
    let ignored = if flags & RAW_LOCN_IGNORED != 0 { " # RAW_LOCN_IGNORED" } else { "" };
    headers.field(format!("{slot}.flags {flags:#x}{ignored}"));
    found
}
