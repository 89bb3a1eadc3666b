//! ZFS: four labels, each with a list of properties and a ring of uberblocks.
//!
//! ```text
//! labels: 0, 256 KiB, and the same two before the end (rounded down to 256 KiB)
//! in a label: 16 KiB  properties (XDR: 01 endian 0 0, version 0, flag 1, first name "version")
//!            128 KiB  ring of uberblocks, each on a multiple of 1 KiB; magic 0x00bab10c
//! ```

use lvm_core::Result;

use super::bytes::Bytes;
use super::window::Windows;
use super::{Signature, SignatureKind};

const LABEL_SIZE: u64 = 256 << 10;
const PROPERTIES: u64 = 16 << 10;
const RING: u64 = 128 << 10;
const RING_SIZE: usize = 128 << 10;
const UBERBLOCK_MAGIC: u64 = 0x00ba_b10c;

pub(super) fn probe(windows: &Windows<'_>, found: &mut Vec<Signature>) -> Result<()> {
    let end = windows.size() & !LABEL_SIZE.saturating_sub(1);
    let Some(third) = end.checked_sub(2 * LABEL_SIZE).filter(|third| *third >= 2 * LABEL_SIZE) else {
        return Ok(());
    };
    let labels = [0, LABEL_SIZE, third, third.saturating_add(LABEL_SIZE)];
    // One label at each end is looked at; any other is of use only beside these.
    let [first, _, _, last] = labels;
    if !has_properties(windows, first)? && !has_properties(windows, last)? {
        return Ok(());
    }
    let mut places = Vec::new();
    for label in labels {
        let ring = label.saturating_add(RING);
        let bytes = windows.fetch(ring, RING_SIZE)?;
        for (block, offset) in bytes.chunks_exact(1024).zip((ring..).step_by(1024)) {
            let block = Bytes(block);
            if block.le64(0) == Some(UBERBLOCK_MAGIC) || block.be64(0) == Some(UBERBLOCK_MAGIC) {
                places.push((offset, 8));
            }
        }
    }
    for label in labels {
        if has_properties(windows, label)? {
            places.push((label.saturating_add(PROPERTIES), 12));
        }
    }
    found.extend(Signature::at_places(SignatureKind::ZfsMember, places));
    Ok(())
}

fn has_properties(windows: &Windows<'_>, label: u64) -> Result<bool> {
    let bytes = windows.fetch(label.saturating_add(PROPERTIES), 32)?;
    let bytes = Bytes(&bytes);
    let first_name = bytes.be32(20) == Some(7) && bytes.has(24, b"version");
    Ok(bytes.u8(0) == Some(1) && bytes.be32(4) == Some(0) && bytes.be32(8) == Some(1) && first_name)
}
