//! Moving the second metadata area to the new end of a physical volume that is resized.
//!
//! The new place gets text and header before a label names it, so at every moment the label names
//! an area that is whole. Where the two places overlap the old one is not, once the new text is
//! written; then another copy must be there to read.

use core::ops::Range;

use std_alloc::{sync::Arc, vec::Vec};

use super::commit::{CommitArea, CommitPv, VgCommit};
use super::label::write_label;
use super::slot::read_slot;
use crate::block::BlockDevice;
use crate::error::{Effect, Error, ErrorKind, Result};
use crate::ondisk::mda_header::{MDA_HEADER_SIZE, RAW_LOCN_IGNORED};
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

    /// Gives the moves up again: the old places still hold what they held, or other copies do.
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

impl VgCommit {
    /// Refuses a move past the end of the device, which a physical volume that pretends a size may
    /// ask for, and one that would, for a moment, leave no copy to read: one that writes over its
    /// own old place while no other area carries the metadata.
    pub(super) fn check_relocations(&self, text: usize) -> Result<()> {
        for pv in &self.members {
            let Some(relocation) = &pv.relocation else { continue };
            let Some(area) = pv.areas.get(relocation.area) else { continue };
            if relocation.to.offset.saturating_add(relocation.to.size) > pv.device.size() {
                return Err(Error::invalid("the second metadata area would lie past the end of the device")
                    .with_device(pv.device.name())
                    .with_offset(relocation.to.offset)
                    .with_help("resize the device first, or choose a size it has"));
            }
            let others = self.members.iter().flat_map(|other| {
                let same = |at: usize| other.id == pv.id && at == relocation.area;
                other.areas.iter().enumerate().filter(move |(at, _)| !same(*at)).map(|(_, area)| area)
            });
            let safe = |other: &CommitArea| if relocation.before { other.current } else { other.in_use };
            if relocation.overlaps(area, text) && !others.into_iter().any(safe) {
                return Err(Error::unsupported(
                    "moving the only metadata area in use to a place that overlaps its old one",
                )
                .with_device(pv.device.name())
                .with_help("bring another metadata area into use first, or resize by more"));
            }
        }
        Ok(())
    }

    /// Moves metadata areas for which there is room already. Each new place has the committed text
    /// before a label names it. Returns the labels that were replaced.
    pub(super) fn relocate_first(&mut self) -> Result<ReplacedLabels> {
        let mut replaced_labels = ReplacedLabels::default();
        for pv in &mut self.members {
            let Some(relocation) = pv.relocation.take_if(|relocation| relocation.before) else { continue };
            // Also when it fails: the label may or may not have been written.
            replaced_labels.0.push((Arc::clone(&pv.device), pv.label.clone()));
            if let Err(error) = pv.relocate(&relocation, None) {
                replaced_labels.put_back();
                return Err(error.with_effect(Effect::Reverted));
            }
        }
        Ok(replaced_labels)
    }
}

impl Relocation {
    /// True when what is written to the new place lies in the old one.
    fn overlaps(&self, area: &CommitArea, text: usize) -> bool {
        let held = area.header.map_or(0, |header| header.committed.size);
        let text = u64::try_from(text).unwrap_or(u64::MAX).max(held).next_multiple_of(512);
        let written = self.to.offset..self.to.offset.saturating_add(MDA_HEADER_SIZE).saturating_add(text);
        let old = area.location.offset..area.location.offset.saturating_add(area.location.size);
        let overlap = |a: &Range<u64>, b: &Range<u64>| a.start < b.end && b.start < a.end;
        overlap(&written, &old)
    }
}

impl CommitPv {
    /// Moves an area: its text, then its header, then the label that names its place.
    ///
    /// Before the commit (`text` is `None`) the new place is what the old one was. After it, it is
    /// what the commit made of the old one: `text` when it is in use, out of use otherwise.
    pub(super) fn relocate(&mut self, relocation: &Relocation, text: Option<&[u8]>) -> Result<()> {
        let Some(area) = self.areas.get_mut(relocation.area) else { return Ok(()) };
        let DiskArea { offset, size } = relocation.to;
        let mut header = MdaHeader::empty(offset, size);
        let flags = area.header.map_or(0, |old| old.committed.flags) & !RAW_LOCN_IGNORED;
        let (ignored, held) = match text {
            Some(text) => (!area.in_use, if area.in_use { text.to_vec() } else { Vec::new() }),
            None => {
                let old = area.usable_header();
                (old.committed.is_ignored(), read_text(&*self.device, &old)?)
            }
        };
        if !held.is_empty() {
            let length = u64::try_from(held.len()).unwrap_or(u64::MAX);
            let checksum = crc(&held);
            header.committed = RawLocation { offset: MDA_HEADER_SIZE, size: length, checksum, flags: 0 };
            let mut padded = held;
            padded.resize(padded.len().next_multiple_of(SECTOR), 0);
            self.device.write_at(offset.saturating_add(MDA_HEADER_SIZE), &padded)?;
        }
        header.committed.flags = if ignored { flags | RAW_LOCN_IGNORED } else { flags };
        self.device.write_at(offset, &header.encode())?;
        self.device.flush()?;
        write_label(&self.device, &relocation.label)?;
        area.location = relocation.to;
        area.header = Some(header);
        area.bad = false;
        self.label = relocation.label.clone();
        Ok(())
    }
}

/// The committed text of an area; empty when it has none, or when it is damaged: a new checksum must
/// not make a damaged text valid.
fn read_text(device: &dyn BlockDevice, header: &MdaHeader) -> Result<Vec<u8>> {
    let slot = &header.committed;
    if slot.is_empty() {
        return Ok(Vec::new());
    }
    match read_slot(device, DiskArea { offset: header.start, size: header.size }, slot) {
        Ok(text) if crc(&text) == slot.checksum => Ok(text),
        Ok(_) => Ok(Vec::new()),
        Err(error) if *error.kind() == ErrorKind::Corrupt => Ok(Vec::new()),
        Err(error) => Err(error),
    }
}
