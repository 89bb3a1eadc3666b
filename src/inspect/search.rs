//! Looking for metadata texts where no header points.

use std::sync::Arc;

use lvm_core::name::check_name;
use lvm_core::ondisk::{SECTOR, crc};
use lvm_core::text::{TEXT_SIZE_MAX, import_bytes};

use super::FoundText;

/// Bytes in which the name, the id and the version of a group stand.
const BEGINNING: usize = 512;

/// The texts in the bytes of an area that begins at `offset`.
pub(super) fn texts(area: &[u8], offset: u64) -> Vec<FoundText> {
    let mut found = Vec::new();
    // The first sector is the header.
    for start in (SECTOR..area.len()).step_by(SECTOR) {
        let Some(rest) = area.get(start..) else { break };
        let Some((vg_name, seqno, id)) = beginning(rest) else { continue };
        let Some(text) = whole(area, start) else { continue };
        let mut with_nul = text.clone();
        with_nul.push(0);
        let parsed = import_bytes(&with_nul).map(Arc::new).map_err(Arc::new);
        found.push(FoundText {
            offset: offset.saturating_add(u64::try_from(start).unwrap_or(u64::MAX)),
            size: u64::try_from(with_nul.len()).unwrap_or(u64::MAX),
            checksum: crc(&with_nul),
            vg_name,
            seqno,
            id,
            text,
            parsed,
        });
    }
    found
}

/// Name, version and id, when these bytes begin as a text does.
fn beginning(bytes: &[u8]) -> Option<(String, u32, String)> {
    let bytes = bytes.get(..BEGINNING.min(bytes.len()))?;
    let text = bytes.split(|byte| *byte == 0).next()?;
    // What a damaged end has for characters does not matter here.
    let text = String::from_utf8_lossy(text);
    let (name, rest) = text.split_once(" {\n")?;
    check_name(name).ok()?;
    let (id, rest) = rest.strip_prefix("id = \"")?.split_once("\"\n")?;
    let seqno = rest.strip_prefix("seqno = ")?.lines().next()?.parse().ok()?;
    Some((name.to_owned(), seqno, id.to_owned()))
}

/// The text from there to its NUL, over the end of the area to its start if need be.
fn whole(area: &[u8], start: usize) -> Option<Vec<u8>> {
    let (head, tail) = (area.get(start..)?, area.get(SECTOR..start)?);
    let end = |bytes: &[u8]| bytes.iter().position(|byte| *byte == 0);
    let mut text = match end(head) {
        Some(end) => head.get(..end)?.to_vec(),
        None => {
            let rest = end(tail)?;
            [head, tail.get(..rest)?].concat()
        }
    };
    text.truncate(TEXT_SIZE_MAX);
    Some(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str =
        "vg {\nid = \"QqXybb-dkOC-2BrK-X7gF-cfBL-mSOG-L9GPjc\"\nseqno = 7\nformat = \"lvm2\"\n}\n";

    #[test]
    fn texts_are_found_over_the_end() {
        let mut area = vec![0; 4096];
        area[1024..1024 + TEXT.len()].copy_from_slice(TEXT.as_bytes());
        let last = area.len() - SECTOR;
        let long = TEXT.replace("format", &format!("description = \"{}\"\nformat", "x".repeat(500)));
        let (head, tail) = long.as_bytes().split_at(SECTOR);
        area[last..].copy_from_slice(head);
        area[SECTOR..SECTOR + tail.len()].copy_from_slice(tail);
        let found = texts(&area, 4096);
        let places = found.iter().map(|text| (text.offset, text.size, text.seqno)).collect::<Vec<_>>();
        let sizes = [TEXT.len() as u64 + 1, long.len() as u64 + 1];
        assert_eq!(places, [(5120, sizes[0], 7), (7680, sizes[1], 7)]);
        assert_eq!(found[1].text, long.as_bytes());
        assert_eq!(found[0].vg_name, "vg");
    }

    #[test]
    fn nothing_in_noise() {
        assert!(texts(&[b'x'; 8192], 0).is_empty());
        assert!(texts(&[], 0).is_empty());
        // Without an end it is none.
        let mut area = vec![b' '; 2048];
        area[1024..1024 + TEXT.len()].copy_from_slice(TEXT.as_bytes());
        assert!(texts(&area, 0).is_empty());
    }
}
