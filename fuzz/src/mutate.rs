//! Damage that follows the format, and checksums that hide it.

use lvm_core::SeededIds;
use lvm_core::ondisk::crc;

const SECTOR: usize = 512;
const MAGIC: &[u8] = b" LVM2 x[5A%r0N*>";

/// Where the checksummed parts of an image lie.
struct Parts {
    /// The label's sector, as a byte offset.
    label: usize,
    /// Each metadata area's header.
    headers: Vec<usize>,
}

fn u64_at(bytes: &[u8], at: usize) -> Option<u64> {
    Some(u64::from_le_bytes(*bytes.get(at..)?.first_chunk()?))
}

fn put(bytes: &mut [u8], at: usize, value: &[u8]) {
    if let Some(slot) = bytes.get_mut(at..at.saturating_add(value.len())) {
        slot.copy_from_slice(value);
    }
}

fn parts(image: &[u8]) -> Option<Parts> {
    let label =
        (0..4).map(|sector| sector * SECTOR).find(|at| image.get(*at..at + 8) == Some(b"LABELONE"))?;
    let headers = (0..image.len() / SECTOR).map(|sector| sector * SECTOR);
    let headers = headers.filter(|at| image.get(at + 4..at + 20) == Some(MAGIC)).collect();
    Some(Parts { label, headers })
}

/// The text that a header's first slot points at, as ranges of the image, when it lies inside it.
fn text_ranges(image: &[u8], header: usize) -> Option<Vec<std::ops::Range<usize>>> {
    let field = |at| u64_at(image, header + at).and_then(|value| usize::try_from(value).ok());
    let (area, offset, length) = (field(32)?, field(40)?, field(48)?);
    if offset < SECTOR || offset >= area || length > area - SECTOR {
        return None;
    }
    let first = length.min(area - offset);
    let start = header.checked_add(offset)?;
    let ranges = vec![start..start.checked_add(first)?, header + SECTOR..header + SECTOR + (length - first)];
    Some(ranges)
}

/// Makes every checksum of the image right: texts, then headers, then the label.
pub fn fix_checksums(image: &mut [u8]) {
    let Some(Parts { label, headers }) = parts(image) else { return };
    for header in headers {
        if let Some(ranges) = text_ranges(image, header) {
            let mut text = Vec::new();
            for range in ranges {
                // What is not stored reads as zeroes.
                let stored = image.get(range.start.min(image.len())..range.end.min(image.len()));
                text.extend_from_slice(stored.unwrap_or_default());
                if text.len() > 1 << 20 || range.len() > 1 << 20 {
                    return;
                }
                text.resize(text.len() + range.end.saturating_sub(image.len().max(range.start)), 0);
            }
            put(image, header + 56, &crc(&text).to_le_bytes());
        }
        let sum = crc(image.get(header + 4..header + SECTOR).unwrap_or_default());
        put(image, header, &sum.to_le_bytes());
    }
    let sum = crc(image.get(label + 20..label + SECTOR).unwrap_or_default());
    put(image, label + 16, &sum.to_le_bytes());
}

/// Numbers at the edges of what fields can hold.
const EDGES: [u64; 14] = [
    0,
    1,
    2,
    7,
    511,
    512,
    513,
    4096,
    0x7fff_ffff,
    0xffff_ffff,
    0x1_0000_0000,
    0x7fff_ffff_ffff_ffff,
    0xffff_ffff_ffff_fe00,
    u64::MAX,
];

const TEXT_EDGES: [&str; 12] = [
    "0",
    "-1",
    "1",
    "4294967295",
    "4294967296",
    "9223372036854775807",
    "99999999999999999999",
    "1.5",
    "\"\"",
    "[]",
    "[1, 2]",
    "\"a\\\"b\\\\\"",
];

const WORDS: [&str; 8] = ["{", "}", "]", "[", "\"", "= 5", "#", "\0"];

/// One to four damages, chosen by `seed`; four of five images get their checksums put right.
pub fn mutate(image: &mut Vec<u8>, seed: u64) {
    let mut random = SeededIds::new(seed);
    let Some(Parts { label, headers }) = parts(image) else { return };
    for _ in 0..=random.next_u64() % 4 {
        let header = pick(&mut random, &headers).copied();
        match (random.next_u64() % 8, header) {
            (0, _) => flip(image, label, SECTOR, &mut random),
            (1, _) => {
                // Fields of the physical volume header: sizes, offsets, versions.
                let field = label + 32 + 8 * below(&mut random, 20);
                put_edge(image, field, &mut random);
            }
            (2, Some(header)) => flip(image, header + 20, 68, &mut random),
            (3, Some(header)) => {
                let field = header + 24 + 8 * below(&mut random, 8);
                put_edge(image, field, &mut random);
            }
            (_, Some(header)) => damage_text(image, header, &mut random),
            (_, None) => {}
        }
    }
    if !random.next_u64().is_multiple_of(5) {
        fix_checksums(image);
    }
}

fn below(random: &mut SeededIds, limit: usize) -> usize {
    usize::try_from(random.next_u64() % u64::try_from(limit.max(1)).unwrap_or(1)).unwrap_or(0)
}

fn pick<'a, T>(random: &mut SeededIds, from: &'a [T]) -> Option<&'a T> {
    from.get(below(random, from.len()))
}

fn flip(image: &mut [u8], start: usize, length: usize, random: &mut SeededIds) {
    if let Some(byte) = image.get_mut(start + below(random, length)) {
        *byte ^= 1 << (random.next_u64() % 8);
    }
}

fn put_edge(image: &mut [u8], at: usize, random: &mut SeededIds) {
    let value = pick(random, &EDGES).copied().unwrap_or(0);
    match random.next_u64() % 2 {
        0 => put(image, at, &value.to_le_bytes()),
        _ => put(image, at, &value.to_le_bytes()[..4]),
    }
}

/// Replaces a number or a string, cuts or doubles a part, or puts a word somewhere; the text's
/// length in the header follows.
fn damage_text(image: &mut Vec<u8>, header: usize, random: &mut SeededIds) {
    let Some(ranges) = text_ranges(image, header) else { return };
    let [range, rest] = ranges.as_slice() else { return };
    if !rest.is_empty() {
        return flip(image, range.start, range.len(), random);
    }
    let Some(bytes) = image.get(range.clone()) else { return };
    let mut text = bytes.to_vec();
    let at = below(random, text.len());
    let rest = text.get(at..).unwrap_or_default();
    match random.next_u64() % 6 {
        0 => flip(&mut text, 0, bytes.len(), random),
        1 | 2 => {
            // The value behind the next `=`.
            let Some(start) = rest.windows(2).position(|pair| pair == b"= ").map(|found| at + found + 2)
            else {
                return;
            };
            let end = text.get(start..).and_then(|value| value.iter().position(|byte| *byte == b'\n'));
            let value = pick(random, &TEXT_EDGES).copied().unwrap_or("0");
            text.splice(start..start + end.unwrap_or(0), value.bytes());
        }
        3 => {
            let end = (at + below(random, 200)).min(text.len());
            text.drain(at..end);
        }
        4 => {
            let end = (at + below(random, 200)).min(text.len());
            let copy = text.get(at..end).unwrap_or_default().to_vec();
            text.splice(at..at, copy);
        }
        _ => {
            let word = pick(random, &WORDS).copied().unwrap_or("}");
            text.splice(at..at, word.bytes());
        }
    }
    let end = range.start + text.len();
    if image.len() < end {
        image.resize(end, 0);
    }
    put(image, range.start, &text);
    put(image, header + 48, &u64::try_from(text.len()).unwrap_or(0).to_le_bytes());
}
