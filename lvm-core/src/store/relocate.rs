//! Moving the second metadata area when the end of its physical volume moves.
//!
//! The new place gets the text, then its header, and then a label names it: at every moment the
//! label points at an area that holds a committed text.

use std_alloc::{sync::Arc, vec::Vec};

use super::area::ring_parts;
use super::commit::CommitPv;
use super::label::write_label;
use crate::block::BlockDevice;
use crate::error::{Effect, Result};
use crate::ondisk::mda_header::MDA_HEADER_SIZE;
use crate::ondisk::{DiskArea, Label, MdaHeader, RawLocation, SECTOR, crc};

/// The move of a metadata area to the new end of a physical volume.
#[derive(Clone, Debug)]
pub struct Relocation {
    /// Which area.
    pub area: usize,
    /// Where it goes.
    pub to: DiskArea,
    /// The label with the new place and size.
    pub label: Label,
    /// True when the room is there before the commit (growing); otherwise the commit frees it.
    pub before: bool,
}

/// Labels that were replaced because an area moved.
#[derive(Default)]
pub(super) struct ReplacedLabels(Vec<(Arc<dyn BlockDevice>, Label)>);

impl ReplacedLabels {
    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Gives the moves up again: the old places still hold what they held.
    pub(super) fn put_back(&self) {
        for (device, label) in &self.0 {
            let _ = write_label(device, label);
        }
    }
}

impl core::fmt::Debug for ReplacedLabels {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_list().entries(self.0.iter().map(|(device, _)| device.name())).finish()
    }
}

/// Moves the areas for which there is room already.
///
/// # Errors
/// `Io`.
///
/// # Effect
/// `Reverted`.
pub(super) fn relocate_first(members: &mut [CommitPv]) -> Result<ReplacedLabels> {
    let mut replaced = ReplacedLabels::default();
    for pv in members {
        let Some(relocation) = pv.relocation.take_if(|relocation| relocation.before) else { continue };
        // Also when it fails: the label may or may not have been written.
        replaced.0.push((Arc::clone(&pv.device), pv.label.clone()));
        if let Err(error) = pv.relocate(&relocation, None) {
            replaced.put_back();
            return Err(error.with_effect(Effect::Reverted));
        }
    }
    Ok(replaced)
}

impl CommitPv {
    /// Moves an area with its text, or with `text`.
    ///
    /// # Errors
    /// `Io`.
    ///
    /// # Effect
    /// `Unchanged` for readers: they find the same text at either place.
    pub(super) fn relocate(&mut self, relocation: &Relocation, text: Option<&[u8]>) -> Result<()> {
        let Some(area) = self.areas.get_mut(relocation.area) else { return Ok(()) };
        let DiskArea { offset, size } = relocation.to;
        let mut header = MdaHeader::empty(offset, size);
        if let Some(old) = &area.header {
            header.committed.flags = old.committed.flags;
            let held = match text {
                Some(text) if !old.committed.is_ignored() => text.to_vec(),
                _ => read_text(&*self.device, old)?,
            };
            if !held.is_empty() {
                let length = u64::try_from(held.len()).unwrap_or(u64::MAX);
                let (at, checksum) = (MDA_HEADER_SIZE, crc(&held));
                header.committed = RawLocation { offset: at, size: length, checksum, ..header.committed };
                let mut padded = held;
                padded.resize(padded.len().next_multiple_of(SECTOR), 0);
                self.device.write_at(offset.saturating_add(at), &padded)?;
            }
        }
        self.device.write_at(offset, &header.encode())?;
        self.device.flush()?;
        write_label(&self.device, &relocation.label)?;
        area.location = relocation.to;
        area.header = Some(header);
        self.label = relocation.label.clone();
        Ok(())
    }
}

/// The committed text of an area; empty when it has none.
fn read_text(device: &dyn BlockDevice, header: &MdaHeader) -> Result<Vec<u8>> {
    let RawLocation { offset, size, .. } = header.committed;
    let mut text = Vec::new();
    if !header.committed.is_empty() && size <= header.size {
        for part in ring_parts(header.size, offset, size) {
            let start = text.len();
            let length = usize::try_from(part.end.saturating_sub(part.start)).unwrap_or(0);
            text.resize(start.saturating_add(length), 0);
            let place = text.get_mut(start..).unwrap_or_default();
            device.read_at(header.start.saturating_add(part.start), place)?;
        }
    }
    Ok(text)
}
