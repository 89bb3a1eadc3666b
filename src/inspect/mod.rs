//! What is on a device, field by field, whether it is valid or not: for people who mend damaged
//! physical volumes.
//!
//! Nothing here trusts what it reads, and nothing writes. The words are those of pvck(8) of lvm2
//! 2.03.16.

mod header;
mod search;

use std::sync::Arc;

use lvm_core::ondisk::DiskArea;
use lvm_core::text::Imported;
use lvm_core::{BlockDevice, Error, Result};

use crate::lvm::Lvm;
use crate::options::DeviceSpec;
use crate::scan::devices::{Access, OpenDevices};

/// Bytes that are copied at a time.
const PIECE: u64 = 1 << 20;

/// A line about a device.
#[derive(Clone, PartialEq, Eq, Debug)]
#[non_exhaustive]
pub enum Line {
    /// A field and its value, or where a structure begins.
    Field(String),
    /// Something that is not as it should be.
    Check(String),
    /// A metadata text that a header points at.
    Text(String),
}

impl Line {
    /// What it says.
    #[must_use]
    pub fn text(&self) -> &str {
        match self {
            Self::Field(text) | Self::Check(text) | Self::Text(text) => text,
        }
    }
}

/// A metadata area as the label names it.
#[derive(Clone, Debug)]
pub struct InspectedArea {
    /// Where the label says it is.
    pub location: DiskArea,
    /// True when its header says that it is one.
    pub is_area: bool,
    /// The text that the first slot points at, as it was read, without its NUL; `None` when there
    /// is none, it is out of use, or it cannot be read, and for areas behind the
    /// [`METADATA_AREAS_MAX`](lvm_core::ondisk::pv_header::METADATA_AREAS_MAX) that a physical volume
    /// can have.
    pub text: Option<Vec<u8>>,
}

/// The headers of a device.
#[derive(Clone, Debug, Default)]
pub struct Headers {
    /// Everything there is to say, in order.
    pub lines: Vec<Line>,
    /// The sector of the label that was looked at.
    pub label_sector: u64,
    /// True when that sector claims to be a label.
    pub has_label: bool,
    /// The metadata areas.
    pub areas: Vec<InspectedArea>,
    /// True when something is wrong that a reader would stumble over.
    pub is_bad: bool,
}

/// A metadata text that was found by looking for it.
#[derive(Clone, Debug)]
pub struct FoundText {
    /// Bytes from the start of the device.
    pub offset: u64,
    /// Bytes, the NUL that ends it included.
    pub size: u64,
    /// The checksum that a slot that points at it has.
    pub checksum: u32,
    /// The group's name, version and id as the first lines have them.
    pub vg_name: String,
    /// See [`vg_name`](Self::vg_name).
    pub seqno: u32,
    /// See [`vg_name`](Self::vg_name).
    pub id: String,
    /// The text, without its NUL.
    pub text: Vec<u8>,
    /// What it says, unless it is damaged.
    pub parsed: std::result::Result<Arc<Imported>, Arc<Error>>,
}

/// A device that is looked at.
pub struct Inspector {
    /// Keeps image files locked.
    _opened: OpenDevices,
    device: Arc<dyn BlockDevice>,
}

impl std::fmt::Debug for Inspector {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Inspector").field("device", &self.device.name()).finish_non_exhaustive()
    }
}

impl Lvm {
    /// Opens a device of the view to look at what is on it.
    ///
    /// # Errors
    /// `NotFound` when the view does not have it; `Io`.
    #[doc(alias = "pvck")]
    pub fn inspect(&self, device: impl Into<DeviceSpec>) -> Result<Inspector> {
        let opened = OpenDevices::open(&self.options, Access::Read)?;
        let device = opened.find(&device.into())?;
        Ok(Inspector { _opened: opened, device })
    }
}

impl Inspector {
    /// The device's name.
    #[must_use]
    pub fn name(&self) -> &str {
        self.device.name()
    }

    /// Its size in bytes.
    #[must_use]
    pub fn size(&self) -> u64 {
        self.device.size()
    }

    /// Label, physical volume header and the headers of the metadata areas it names.
    /// `label_sector` says in which sector the label is; else the first that claims to be one is
    /// taken, or sector 1.
    ///
    /// # Errors
    /// `Io` when the start of the device cannot be read. A metadata area that cannot be read is a
    /// [`Line::Check`].
    pub fn headers(&self, label_sector: Option<u64>) -> Result<Headers> {
        header::read(&*self.device, label_sector)
    }

    /// Calls `write` with the bytes of a part of the device, one piece after the other.
    ///
    /// # Errors
    /// `InvalidInput` when it reaches past the end; `Io`; those of `write`.
    pub fn copy(&self, area: DiskArea, write: &mut dyn FnMut(&[u8]) -> Result<()>) -> Result<()> {
        self.check(area)?;
        let mut at = area.offset;
        let end = area.offset.saturating_add(area.size);
        let mut buffer = Vec::new();
        while at < end {
            let length = (end - at).min(PIECE);
            buffer.resize(usize::try_from(length).unwrap_or(0), 0);
            self.device.read_at(at, &mut buffer)?;
            write(&buffer)?;
            at = at.saturating_add(length);
        }
        Ok(())
    }

    /// Looks for metadata texts in every sector of an area, newer ones and what is left of older
    /// ones, and calls `found` with each in the order of their places. Texts that wrap around the
    /// end of the area are found, too; those of which another one overwrote the end are not.
    ///
    /// # Errors
    /// `InvalidInput` when the area reaches past the end of the device; `Io`.
    pub fn search(&self, area: DiskArea, found: &mut dyn FnMut(FoundText)) -> Result<()> {
        self.check(area)?;
        search::texts(&*self.device, area, found)
    }

    fn check(&self, area: DiskArea) -> Result<()> {
        match area.offset.checked_add(area.size).filter(|end| *end <= self.device.size()) {
            Some(_) => Ok(()),
            None => {
                let message = format!("{} bytes at {} reach past the end", area.size, area.offset);
                Err(Error::invalid(message).with_device(self.device.name()))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use lvm_core::SeededIds;
    use lvm_dm::block::MemoryDevice;

    use super::*;
    use crate::options::Options;

    const SIZE: usize = 64 << 20;

    fn device(bytes: &[u8]) -> Arc<MemoryDevice> {
        let device = Arc::new(MemoryDevice::new("d", SIZE));
        device.write_at(0, bytes).unwrap();
        device
    }

    fn inspector(device: &Arc<MemoryDevice>) -> Inspector {
        let device = Arc::clone(device) as Arc<dyn BlockDevice>;
        Lvm::open(Options::new().block_devices([device])).unwrap().inspect("d").unwrap()
    }

    #[test]
    fn what_lvm2_wrote_is_well() {
        for name in ["member", "precommitted", "member_bootloader", "labelsector_3"] {
            let bytes = std::fs::read(format!("tests/golden/image/{name}.bin")).unwrap();
            let headers = inspector(&device(&bytes)).headers(None).unwrap();
            assert!(headers.has_label && !headers.is_bad, "{name}: {headers:?}");
        }
    }

    /// A list of areas that goes on and on does not have all their texts in memory.
    #[test]
    fn texts_of_two_areas_are_kept() {
        let mut bytes = std::fs::read("tests/golden/image/member.bin").unwrap();
        // Behind the list of data areas and its end.
        let list = 512 + 32 + 40 + 2 * 16;
        for at in [16, 32, 48] {
            bytes.copy_within(list..list + 16, list + at);
        }
        bytes[list + 64..list + 80].fill(0);
        let headers = inspector(&device(&bytes)).headers(None).unwrap();
        let texts = headers.areas.iter().map(|area| area.text.is_some()).collect::<Vec<_>>();
        assert_eq!(texts, [true, true, false, false]);
        let told = headers.lines.iter().filter(|line| matches!(line, Line::Text(_))).count();
        assert_eq!(told, 4);
    }

    #[test]
    fn damage_does_no_harm() {
        let bytes = std::fs::read("tests/golden/image/precommitted.bin").unwrap();
        let device = device(&bytes);
        let inspector = inspector(&device);
        let mut random = SeededIds::new(7);
        // Where label, headers and the first text are.
        let places = [512..720_u64, 4096..4200, 4608..5200];
        let mut bad = 0;
        for round in 0..400_usize {
            let place = &places[round % places.len()];
            let at = place.start + random.next_u64() % (place.end - place.start);
            let numbers = [0, u64::MAX, random.next_u64(), 1 << 40, 4096, 511];
            let number = numbers[round % numbers.len()].to_le_bytes();
            let mut before = [0; 8];
            device.read_at(at, &mut before).unwrap();
            device.write_at(at, &number).unwrap();
            let headers = inspector.headers(None).unwrap();
            bad += usize::from(headers.is_bad);
            for area in &headers.areas {
                let mut texts = 0;
                // One that reaches past the end is refused.
                let _ = inspector.search(area.location, &mut |_| texts += 1);
                assert!(texts <= 2);
            }
            device.write_at(at, &before).unwrap();
        }
        assert!(bad > 200, "{bad}");
    }
}
