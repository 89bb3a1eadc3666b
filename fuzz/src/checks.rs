//! The invariants: what must hold for any bytes at all.
//!
//! Every function returns normally or panics with the invariant that is broken.

use std::sync::{Arc, PoisonError, RwLock};

use lvm_core::metadata::{LogicalVolume, VolumeGroup};
use lvm_core::ondisk::{Label, MdaHeader, SECTOR, find_label};
use lvm_core::store::{FoundVg, PvLayout, Scan};
use lvm_core::text::{ExportHeader, Imported, Layout, export, import, import_bytes};
use lvm_core::{BlockDevice, Bytes, Error, ErrorKind, NewLv, Result, Size, Stamp, Utc, VgDraft};

/// The size that every fuzzed image claims to have.
pub const IMAGE_SIZE: u64 = 4 << 20;

/// The first sectors of a device: no panic; what decodes encodes to a label that decodes to the
/// same; a layout made from it describes the same areas or is refused.
pub fn check_label(bytes: &[u8]) {
    let Ok(Some(label)) = find_label(bytes) else { return };
    if let Ok(sector) = label.encode() {
        assert_eq!(Label::decode(&sector, label.sector), Ok(Some(label.clone())), "encode and decode");
    }
    for size in [0, IMAGE_SIZE, u64::MAX] {
        if let Ok(layout) = PvLayout::from_label(&label, Bytes(size)) {
            assert_eq!(layout.metadata_areas, label.pv_header.metadata_areas);
            let _ = layout.pe_count(lvm_core::Sectors(8192));
        }
    }
}

/// One sector: no panic; what decodes encodes to a header that decodes to the same.
pub fn check_mda_header(bytes: &[u8], start: u64) {
    let Some(sector) = bytes.first_chunk::<SECTOR>() else { return };
    if let Ok(header) = MdaHeader::decode(sector, start) {
        assert_eq!(MdaHeader::decode(&header.encode(), start), Ok(header), "encode and decode");
        let _ = (header.committed.is_empty(), header.committed.is_ignored());
    }
}

/// A text: no panic; a group that is sound is exported to a text that is read as the same group
/// and exported to the same text, in both layouts.
pub fn check_text(bytes: &[u8]) -> bool {
    let Ok(imported) = import_bytes(bytes) else { return false };
    check_round_trip(&imported);
    true
}

fn check_round_trip(imported: &Imported) {
    let _ = imported.vg.pv_map();
    if imported.vg.check().is_err() {
        return;
    }
    for layout in [Layout::Raw, Layout::File] {
        let text = write(imported, layout);
        let again = import(&text).unwrap_or_else(|error| panic!("our own text: {error:?}\n{text}"));
        check_same(&again.vg, &imported.vg, &text);
        assert_eq!(again.header.description, imported.header.description);
        assert_eq!(write(&again, layout), text, "{layout:?} is not a fixpoint");
    }
}

/// The same group, up to the order of its logical volumes: visible ones are written first.
fn check_same(again: &VolumeGroup, vg: &VolumeGroup, text: &str) {
    assert_eq!(sorted(again), sorted(vg), "other volumes are read back:\n{text}");
    assert_eq!(again.physical_volumes(), vg.physical_volumes(), "read back:\n{text}");
    assert_eq!(again.historical_logical_volumes(), vg.historical_logical_volumes(), "read back:\n{text}");
    assert_eq!((again.tags(), again.extra()), (vg.tags(), vg.extra()), "read back:\n{text}");
    assert_eq!((again.name(), again.id(), again.seqno()), (vg.name(), vg.id(), vg.seqno()));
}

fn sorted(vg: &VolumeGroup) -> Vec<&LogicalVolume> {
    let mut lvs = vg.logical_volumes().collect::<Vec<_>>();
    lvs.sort_by_key(|lv| lv.name());
    lvs
}

fn write(imported: &Imported, layout: Layout) -> String {
    let header =
        ExportHeader { header: &imported.header, generator: "fuzz", host_description: "fuzz", zone: &Utc };
    export(&imported.vg, &header, layout)
}

/// How far an image could be used.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Outcome {
    /// No group was found.
    NoGroup,
    /// A group was read.
    Read,
    /// A change of it was planned.
    Planned,
    /// The change was committed and found again.
    Committed,
}

/// Whole images: scanning, reporting, planning a change and committing it never panic; a failed
/// edit changes nothing; a sound group plans without an internal error; a commit that says it
/// succeeded is found by the next scan.
pub fn check_images(images: Vec<Vec<u8>>, size: u64) -> Outcome {
    let devices = images
        .into_iter()
        .enumerate()
        .map(|(at, bytes)| Arc::new(Image::new(format!("disk{at}.img"), size, bytes)) as Arc<dyn BlockDevice>)
        .collect::<Vec<_>>();
    let scan = Scan::new(&devices);
    for problem in &scan.problems {
        let _ = format!("{problem}");
    }
    let mut best = Outcome::NoGroup;
    for found in &scan.groups {
        best = best.max(check_group(found, &devices));
    }
    best
}

fn check_group(found: &FoundVg, devices: &[Arc<dyn BlockDevice>]) -> Outcome {
    let _ = found.problems.iter().map(|problem| format!("{problem}")).collect::<Vec<_>>();
    for lv in found.vg.logical_volumes() {
        let _ =
            (lv.size(), lv.segments().iter().map(|seg| seg.segment_type().to_string().len()).sum::<usize>());
    }
    check_round_trip(&Imported { header: found.header.clone(), vg: found.vg.clone() });
    let sound = found.vg.check().is_ok();
    let layouts = found.pvs.iter().flatten();
    let layouts =
        layouts.map(|pv| PvLayout::from_label(&pv.scanned.label, Bytes(pv.device.size()))).collect();
    let Ok::<Vec<_>, _>(layouts) = layouts else { return Outcome::Read };
    let mut draft = VgDraft::from_vg(found.vg.clone(), layouts, Stamp::fixed(9, 1_700_000_000));
    for edit in EDITS {
        let before = draft.volume_group().clone();
        if edit(&mut draft).is_err() {
            assert_eq!(*draft.volume_group(), before, "a failed edit changed the draft");
        }
    }
    match draft.plan() {
        Ok(plan) => drop(format!("{plan}")),
        Err(error) => {
            let internal = matches!(error.kind(), ErrorKind::Internal);
            assert!(!(sound && internal), "a sound group does not plan: {error:?}");
            return Outcome::Read;
        }
    }
    if !draft.is_changed() || !found.duplicates.is_empty() {
        return Outcome::Planned;
    }
    match commit(&draft, found) {
        Ok(vg) => check_committed(&vg, found, devices),
        Err(_) => Outcome::Planned,
    }
}

type EditFn = fn(&mut VgDraft) -> Result<()>;

const EDITS: [EditFn; 4] = [
    |draft| {
        let first = draft.volume_group().logical_volumes().next().map(|lv| lv.name().to_owned());
        first.map_or(Ok(()), |name| draft.remove_lv(&name))
    },
    |draft| draft.create_lv(NewLv::linear("fuzz_linear", Size::mib(1))).map(drop),
    |draft| draft.create_lv(NewLv::striped("fuzz_striped", Size::PercentFree(50), 2)).map(drop),
    |draft| draft.extend_lv_by("fuzz_linear", Size::mib(1)).map(drop),
];

fn commit(draft: &VgDraft, found: &FoundVg) -> Result<VolumeGroup> {
    let devices = draft.devices(Some(found), &Default::default())?;
    let (vg, _, text) = draft.commit_text()?;
    devices.prepare(&text)?.commit()?;
    Ok(vg)
}

fn check_committed(vg: &VolumeGroup, found: &FoundVg, devices: &[Arc<dyn BlockDevice>]) -> Outcome {
    let again = Scan::new(devices);
    // Areas that lie over each other, or over the label, cannot all keep what was written.
    if !found.pvs.iter().flatten().all(|pv| areas_are_apart(&pv.scanned.label)) {
        return Outcome::Planned;
    }
    let group = again.groups.iter().find(|group| group.vg.id() == vg.id());
    let group = group.unwrap_or_else(|| panic!("the group is gone after a commit: {:?}", again.problems));
    assert_eq!(group.vg.seqno(), vg.seqno(), "the commit is not what is found");
    assert_eq!(group.vg.logical_volumes().count(), vg.logical_volumes().count());
    Outcome::Committed
}

fn areas_are_apart(label: &Label) -> bool {
    let mut areas =
        label.pv_header.metadata_areas.iter().map(|area| (area.offset, area.size)).collect::<Vec<_>>();
    areas.sort_unstable();
    let mut end = 2048;
    areas.iter().all(|(offset, size)| {
        let apart = *offset >= end;
        end = offset.saturating_add(*size);
        apart
    })
}

/// An image of which only the beginning is stored; the rest reads as zeroes.
struct Image {
    name: String,
    size: u64,
    bytes: RwLock<Vec<u8>>,
}

impl Image {
    fn new(name: String, size: u64, mut bytes: Vec<u8>) -> Self {
        bytes.truncate(usize::try_from(size).unwrap_or(usize::MAX));
        Self { name, size, bytes: RwLock::new(bytes) }
    }

    fn range(&self, offset: u64, length: usize) -> Result<std::ops::Range<usize>> {
        lvm_core::block::check_range(&self.name, self.size, offset, length)?;
        let start = usize::try_from(offset).map_err(|_| Error::invalid("offset"))?;
        Ok(start..start + length)
    }
}

impl BlockDevice for Image {
    fn size(&self) -> u64 {
        self.size
    }

    fn name(&self) -> &str {
        &self.name
    }

    fn read_at(&self, offset: u64, buf: &mut [u8]) -> Result<()> {
        let range = self.range(offset, buf.len())?;
        let bytes = self.bytes.read().unwrap_or_else(PoisonError::into_inner);
        let stored = bytes.get(range.start.min(bytes.len())..range.end.min(bytes.len())).unwrap_or_default();
        let (front, back) = buf.split_at_mut(stored.len());
        front.copy_from_slice(stored);
        back.fill(0);
        Ok(())
    }

    fn write_at(&self, offset: u64, buf: &[u8]) -> Result<()> {
        let range = self.range(offset, buf.len())?;
        let mut bytes = self.bytes.write().unwrap_or_else(PoisonError::into_inner);
        if bytes.len() < range.end {
            bytes.resize(range.end, 0);
        }
        if let Some(slot) = bytes.get_mut(range) {
            slot.copy_from_slice(buf);
        }
        Ok(())
    }

    fn flush(&self) -> Result<()> {
        Ok(())
    }

    fn discard(&self, offset: u64, length: u64) -> Result<()> {
        self.write_at(offset, &vec![0; usize::try_from(length).unwrap_or(0)])
    }
}
