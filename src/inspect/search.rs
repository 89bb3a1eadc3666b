//! Looking for metadata texts where no header points.

use std::sync::Arc;

use lvm_core::name::check_name;
use lvm_core::ondisk::{DiskArea, SECTOR, crc};
use lvm_core::text::{TEXT_SIZE_MAX, import_bytes};
use lvm_core::{BlockDevice, Result};

use super::FoundText;

/// Bytes that are read at a time.
const WINDOW: u64 = 1 << 20;

/// A text that has begun.
struct Begun {
    offset: u64,
    vg_name: String,
    seqno: u32,
    id: String,
    text: Vec<u8>,
}

/// Calls `found` with every text that begins in a sector of the area.
///
/// A text ends with its NUL. Where another one begins before, it was overwritten and is none; so
/// every byte belongs to one text at most, and the work grows with the area alone.
pub(super) fn texts(
    device: &dyn BlockDevice,
    area: DiskArea,
    found: &mut dyn FnMut(FoundText),
) -> Result<()> {
    let header = u64::try_from(SECTOR).unwrap_or(u64::MAX);
    let (start, end) = (area.offset.saturating_add(header), area.offset.saturating_add(area.size));
    let mut begun: Option<Begun> = None;
    sectors(device, start, end, &mut |offset, sector| {
        if let Some((vg_name, seqno, id)) = beginning(sector) {
            begun = Some(Begun { offset, vg_name, seqno, id, text: Vec::new() });
        }
        if begun.as_mut().is_some_and(|begun| begun.take(sector)) {
            begun.take().into_iter().for_each(|begun| found(begun.finished()));
        }
        begun = begun.take().filter(|begun| begun.text.len() <= TEXT_SIZE_MAX);
        true
    })?;
    let Some(mut wrapped) = begun else { return Ok(()) };
    // It goes on at the start of the ring.
    let mut ended = false;
    sectors(device, start, wrapped.offset, &mut |_, sector| {
        let is_next = beginning(sector).is_some();
        ended = !is_next && wrapped.take(sector);
        !is_next && !ended && wrapped.text.len() <= TEXT_SIZE_MAX
    })?;
    if ended {
        found(wrapped.finished());
    }
    Ok(())
}

impl Begun {
    /// Goes on with these bytes; true when the text ended in them.
    fn take(&mut self, bytes: &[u8]) -> bool {
        let end = bytes.iter().position(|byte| *byte == 0);
        self.text.extend_from_slice(bytes.get(..end.unwrap_or(bytes.len())).unwrap_or_default());
        end.is_some()
    }

    fn finished(mut self) -> FoundText {
        self.text.push(0);
        let parsed = import_bytes(&self.text).map(Arc::new).map_err(Arc::new);
        let (checksum, size) = (crc(&self.text), self.text.len());
        self.text.pop();
        let Self { offset, vg_name, seqno, id, text } = self;
        let size = u64::try_from(size).unwrap_or(u64::MAX);
        FoundText { offset, size, checksum, vg_name, seqno, id, text, parsed }
    }
}

/// Calls `visit` with every sector of a part of the device until it says that it has enough.
fn sectors(
    device: &dyn BlockDevice,
    start: u64,
    end: u64,
    visit: &mut dyn FnMut(u64, &[u8]) -> bool,
) -> Result<()> {
    let mut at = start;
    let mut buffer = Vec::new();
    while at < end {
        let length = (end - at).min(WINDOW);
        buffer.resize(usize::try_from(length).unwrap_or(0), 0);
        device.read_at(at, &mut buffer)?;
        let mut offset = at;
        for sector in buffer.chunks(SECTOR) {
            if !visit(offset, sector) {
                return Ok(());
            }
            offset = offset.saturating_add(u64::try_from(sector.len()).unwrap_or(0));
        }
        at = at.saturating_add(length);
    }
    Ok(())
}

/// Name, version and id, when these bytes begin as a text does.
fn beginning(bytes: &[u8]) -> Option<(String, u32, String)> {
    let text = bytes.split(|byte| *byte == 0).next()?;
    // Most sectors have none of this, and need not be looked at as text.
    let brace = text.windows(3).take(200).position(|window| window == b" {\n")?;
    let name = std::str::from_utf8(text.get(..brace)?).ok()?;
    check_name(name).ok()?;
    // What a damaged end has for characters does not matter here.
    let rest = String::from_utf8_lossy(text.get(brace.checked_add(3)?..)?);
    let (id, rest) = rest.strip_prefix("id = \"")?.split_once("\"\n")?;
    let seqno = rest.strip_prefix("seqno = ")?.lines().next()?.parse().ok()?;
    Some((name.to_owned(), seqno, id.to_owned()))
}

#[cfg(test)]
mod tests {
    use lvm_dm::block::MemoryDevice;

    use super::*;

    const TEXT: &str =
        "vg {\nid = \"QqXybb-dkOC-2BrK-X7gF-cfBL-mSOG-L9GPjc\"\nseqno = 7\nformat = \"lvm2\"\n}\n";

    fn found(bytes: &[u8]) -> Vec<FoundText> {
        let device = MemoryDevice::new("d", bytes.len());
        device.write_at(0, bytes).unwrap();
        let mut found = Vec::new();
        let area = DiskArea { offset: 0, size: bytes.len() as u64 };
        texts(&device, area, &mut |text| found.push(text)).unwrap();
        found
    }

    #[test]
    fn texts_are_found_over_the_end() {
        let mut area = vec![0; 4096];
        area[2048..2048 + TEXT.len()].copy_from_slice(TEXT.as_bytes());
        let last = area.len() - SECTOR;
        let long = TEXT.replace("format", &format!("description = \"{}\"\nformat", "x".repeat(500)));
        let (head, tail) = long.as_bytes().split_at(SECTOR);
        area[last..].copy_from_slice(head);
        area[SECTOR..SECTOR + tail.len()].copy_from_slice(tail);
        let found = found(&area);
        let places = found.iter().map(|text| (text.offset, text.size, text.seqno)).collect::<Vec<_>>();
        let sizes = [TEXT.len() as u64 + 1, long.len() as u64 + 1];
        assert_eq!(places, [(2048, sizes[0], 7), (3584, sizes[1], 7)]);
        assert_eq!(found[1].text, long.as_bytes());
        assert_eq!(found[0].vg_name, "vg");
    }

    #[test]
    fn nothing_in_noise() {
        assert!(found(&[b'x'; 8192]).is_empty());
        // Without an end it is none, also when another one begins in it.
        let mut area = vec![b' '; 4096];
        area[1024..1024 + TEXT.len()].copy_from_slice(TEXT.as_bytes());
        assert!(found(&area).is_empty());
        area[2048..2048 + TEXT.len()].copy_from_slice(TEXT.as_bytes());
        area[3000] = 0;
        assert_eq!(found(&area).iter().map(|text| text.offset).collect::<Vec<_>>(), [2048]);
    }
}
