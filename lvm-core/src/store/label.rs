//! Writing and wiping labels.

use std_alloc::{vec, vec::Vec};

use super::PvLayout;
use crate::block::BlockDevice;
use crate::error::{Context, Effect, Error, Result};
use crate::ondisk::label::{LABEL_SECTORS, LABEL_SPACE, looks_like_label};
use crate::ondisk::mda_header::RAW_LOCN_IGNORED;
use crate::ondisk::{Label, MdaHeader, SECTOR};

/// Bytes zeroed at the start of a metadata area.
const MDA_WIPE: usize = 4096;

/// Makes a device a physical volume without a group: wipes, metadata area headers, then the label
/// that makes them count.
///
/// # Errors
/// `Io` when the device fails.
///
/// # Effect
/// `Unknown` on error. Until the label is there the device is not a physical volume; what was in
/// its first 2048 bytes is gone.
pub fn initialise_pv(device: &dyn BlockDevice, layout: &PvLayout) -> Result<Label> {
    let label = layout.label(false);
    let sector = label.encode().map_err(|error| Error::invalid("label does not fit").with_source(error))?;
    let run = || {
        // As pvcreate(8) does.
        device.write_at(0, &[0; LABEL_SPACE])?;
        // A label that was there must be gone before the areas that it points at.
        device.flush()?;
        for area in &layout.metadata_areas {
            let mut bytes = vec![0; MDA_WIPE];
            let mut header = MdaHeader::empty(area.offset, area.size);
            if layout.metadata_ignore {
                header.committed.flags |= RAW_LOCN_IGNORED;
            }
            if let Some(start) = bytes.first_chunk_mut::<SECTOR>() {
                *start = header.encode();
            }
            device.write_at(area.offset, &bytes)?;
        }
        // The headers must be there before a label says where they are.
        device.flush()?;
        device.write_at(sector_offset(label.sector), &sector)?;
        device.flush()
    };
    run().having(Effect::Unknown)?;
    Ok(label)
}

/// Rewrites a label in place.
///
/// # Errors
/// `Io` when the device fails.
///
/// # Effect
/// One sector changes. `Unknown` on error.
pub fn write_label(device: &dyn BlockDevice, label: &Label) -> Result<()> {
    let sector = label.encode().map_err(|error| Error::invalid("label does not fit").with_source(error))?;
    let written = device.write_at(sector_offset(label.sector), &sector).and_then(|()| device.flush());
    written.having(Effect::Unknown)
}

/// Zeroes every label sector, as pvremove(8) does; metadata areas keep their bytes.
///
/// # Errors
/// `Io` when the device fails.
///
/// # Effect
/// `Unchanged` when it cannot be read, `Unknown` when a write fails.
pub fn remove_labels(device: &dyn BlockDevice) -> Result<()> {
    let length = usize::try_from(device.size()).unwrap_or(usize::MAX).min(LABEL_SPACE);
    let mut bytes = vec![0; length];
    device.read_at(0, &mut bytes)?;
    let wipe = bytes
        .as_chunks::<SECTOR>()
        .0
        .iter()
        .zip(0..LABEL_SECTORS)
        .filter(|(sector, number)| looks_like_label(sector, *number))
        .map(|(_, number)| number)
        .collect::<Vec<_>>();
    for number in wipe {
        device.write_at(sector_offset(number), &[0; SECTOR]).having(Effect::Unknown)?;
    }
    device.flush().having(Effect::Unknown)
}

fn sector_offset(sector: u64) -> u64 {
    sector.saturating_mul(512)
}
