//! Where a new physical volume keeps its metadata areas, boot loader area and extents.

use std_alloc::{format, vec::Vec};

use serde::Serialize;

use crate::error::{Error, Result};
use crate::id::PvId;
use crate::metadata::PhysicalVolume;
use crate::ondisk::label::DEFAULT_LABEL_SECTOR;
use crate::ondisk::pv_header::{EXTENSION_VERSION, Extension};
use crate::ondisk::{DiskArea, Label, PvHeader};
use crate::units::{Bytes, Extents, Sectors};

/// Smallest device that becomes a physical volume (`devices/pv_min_size`).
pub const PV_SIZE_MIN: Bytes = Bytes::kib(2048);
/// Where the first metadata area starts: behind the label sectors, on a page.
const MDA_START: u64 = 4096;
/// Smallest metadata area: eight pages.
const MDA_SIZE_MIN: u64 = 8 * 4096;
const DEFAULT_ALIGNMENT: Bytes = Bytes::mib(1);
/// 2040 sectors, so that the first area ends at 1 MiB.
const DEFAULT_MDA_SIZE: u64 = 2040 * 512;
const LABEL_SECTOR_MAX: u64 = 3;
const COPIES_MAX: u32 = 2;

/// What `pvcreate` can be asked (pvcreate(8)). `None` leaves LVM2's default.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct PvOptions {
    /// `--uuid`: the id to give it.
    pub id: Option<PvId>,
    /// `--metadatasize`: at least this many bytes for each metadata area, when there is room.
    pub metadata_size: Option<Bytes>,
    /// `--pvmetadatacopies`: 0, 1 (default) or 2 metadata areas.
    pub metadata_copies: Option<u32>,
    /// `--metadataignore`: keep the areas out of use.
    pub metadata_ignore: bool,
    /// `--dataalignment`: extents begin at a multiple of this.
    pub data_alignment: Option<Bytes>,
    /// `--dataalignmentoffset`: shifts that by so much.
    pub data_alignment_offset: Option<Bytes>,
    /// `--bootloaderareasize`: bytes kept for a boot loader.
    pub bootloader_area_size: Option<Bytes>,
    /// `--labelsector`: 0 to 3.
    pub label_sector: Option<u64>,
    /// `--setphysicalvolumesize`: pretend this size.
    pub size: Option<Bytes>,
    /// `--restorefile`: extents and boot loader area lie where they did; alignment and boot loader
    /// area asked for beside it do not count.
    pub restore: Option<PvRestore>,
}

/// Where a physical volume that is made anew had its extents.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct PvRestore {
    /// Where extents begin, in bytes.
    pub pe_start: Bytes,
    /// The boot loader area.
    pub bootloader_area: Option<DiskArea>,
}

impl From<&PhysicalVolume> for PvRestore {
    fn from(pv: &PhysicalVolume) -> Self {
        let area = |(start, size): (Sectors, Sectors)| DiskArea {
            offset: start.to_bytes().0,
            size: size.to_bytes().0,
        };
        Self { pe_start: pv.pe_start().to_bytes(), bootloader_area: pv.bootloader_area().map(area) }
    }
}

/// Where everything goes on a physical volume. All offsets and sizes are in bytes.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct PvLayout {
    /// The id.
    pub id: PvId,
    /// The size of the physical volume.
    pub device_size: u64,
    /// The sector of the label.
    pub label_sector: u64,
    /// Where extents begin.
    pub pe_start: u64,
    /// The metadata areas in order.
    pub metadata_areas: Vec<DiskArea>,
    /// True when they are kept out of use.
    pub metadata_ignore: bool,
    /// The boot loader area.
    pub bootloader_area: Option<DiskArea>,
}

impl PvLayout {
    /// Works out the layout for a device of `device_size` bytes as lvm2 2.03.16 does.
    ///
    /// # Errors
    /// `InvalidInput` naming the option when the device is too small or an option is out of range.
    pub fn new(device_size: Bytes, options: &PvOptions, id: PvId) -> Result<Self> {
        let size = options.size.unwrap_or(device_size).align_down(Bytes(512)).0;
        if size < PV_SIZE_MIN.0 {
            return Err(Error::invalid(format!(
                "device of {} is too small for a physical volume, {PV_SIZE_MIN} are needed",
                Bytes(size)
            )));
        }
        let label_sector = options.label_sector.unwrap_or(DEFAULT_LABEL_SECTOR);
        if label_sector > LABEL_SECTOR_MAX {
            return Err(Error::invalid(format!("label sector {label_sector} is not 0 to 3")));
        }
        let copies = options.metadata_copies.unwrap_or(1);
        if copies > COPIES_MAX {
            return Err(Error::invalid(format!("{copies} metadata areas asked for, a device has 0 to 2")));
        }
        let align = options.data_alignment.filter(|align| !align.is_zero()).unwrap_or(DEFAULT_ALIGNMENT).0;
        let shift = options.data_alignment_offset.unwrap_or(Bytes::ZERO).0;
        if !align.is_multiple_of(512) || !shift.is_multiple_of(512) || shift > align {
            return Err(Error::invalid(format!(
                "data alignment {} with offset {} is not possible",
                Bytes(align),
                Bytes(shift)
            )));
        }
        if align.saturating_add(shift) > size && options.restore.is_none() {
            return Err(Error::invalid(format!(
                "Data alignment must not exceed device size: extents would begin at {} of {}",
                Bytes(align.saturating_add(shift)),
                Bytes(size)
            )));
        }
        let mut layout = Self {
            id,
            device_size: size,
            label_sector,
            pe_start: align.saturating_add(shift),
            metadata_areas: Vec::new(),
            metadata_ignore: options.metadata_ignore,
            bootloader_area: None,
        };
        match options.restore {
            Some(restore) => layout.place_areas_before(options, copies, restore)?,
            None => layout.place_areas(options, copies, Alignment { align, shift })?,
        }
        if layout.pe_start > size {
            return Err(Error::invalid(format!(
                "metadata and boot loader areas need {} of a device of {}",
                Bytes(layout.pe_start),
                Bytes(size)
            )));
        }
        Ok(layout)
    }

    /// Places metadata areas around extents that stay where they were.
    fn place_areas_before(&mut self, options: &PvOptions, copies: u32, restore: PvRestore) -> Result<()> {
        let limit =
            restore.bootloader_area.map_or(restore.pe_start.0, |area| area.offset.min(restore.pe_start.0));
        let wanted = options.metadata_size.filter(|size| !size.is_zero());
        let wanted = wanted.map_or(DEFAULT_MDA_SIZE, |size| size.0).next_multiple_of(512);
        self.pe_start = restore.pe_start.0;
        self.bootloader_area = restore.bootloader_area;
        if copies > 0 {
            let size = wanted.min(limit.saturating_sub(MDA_START));
            if size < MDA_SIZE_MIN {
                return Err(Error::invalid(format!(
                    "no room for a metadata area before the first extent at {}",
                    restore.pe_start
                )));
            }
            self.metadata_areas.push(DiskArea { offset: MDA_START, size });
        }
        if copies == COPIES_MAX {
            let offset = self.device_size.saturating_sub(wanted);
            if offset >= self.pe_start {
                self.metadata_areas.push(DiskArea { offset, size: self.device_size.saturating_sub(offset) });
            }
        }
        Ok(())
    }

    fn place_areas(&mut self, options: &PvOptions, copies: u32, alignment: Alignment) -> Result<()> {
        let align = alignment.align;
        let size = self.device_size;
        let wanted = options.metadata_size.filter(|size| !size.is_zero());
        let wanted = wanted.map_or(DEFAULT_MDA_SIZE, |size| size.0).next_multiple_of(512);
        let bootloader = options.bootloader_area_size.map_or(0, |size| size.0).next_multiple_of(align);
        let mut data_start = self.pe_start;
        if copies > 0 {
            let limit = size.saturating_sub(bootloader);
            let end = alignment.up(MDA_START.saturating_add(wanted));
            let end = if end <= limit { end } else { shrunk_end(limit, align) };
            self.add_area(MDA_START, end)?;
            data_start = end;
        }
        if bootloader > 0 {
            self.bootloader_area = Some(DiskArea { offset: data_start, size: bootloader });
            data_start = data_start.saturating_add(bootloader);
        }
        self.pe_start = data_start;
        if copies == COPIES_MAX {
            let start = size.saturating_sub(wanted);
            let aligned = start / align * align;
            let offset = if aligned >= data_start { aligned } else { start.max(data_start) };
            self.add_area(offset, size)?;
        }
        Ok(())
    }

    fn add_area(&mut self, offset: u64, end: u64) -> Result<()> {
        let size = end.saturating_sub(offset);
        if size < MDA_SIZE_MIN {
            let index = self.metadata_areas.len();
            return Err(Error::invalid(format!(
                "no room for metadata area {index}: it would have {size} bytes and needs {MDA_SIZE_MIN}"
            ))
            .with_help("use a larger device, a larger --metadatasize or a smaller alignment"));
        }
        self.metadata_areas.push(DiskArea { offset, size });
        Ok(())
    }

    /// Where extents must end: at the second metadata area, or at the end.
    #[must_use]
    pub fn data_end(&self) -> u64 {
        let behind = self.metadata_areas.get(1).filter(|area| area.offset >= self.pe_start);
        behind.map_or(self.device_size, |area| area.offset.min(self.device_size))
    }

    /// The same for a device of another size: a second metadata area moves to its end.
    ///
    /// # Errors
    /// `InvalidInput` below the smallest size of a physical volume, or when nothing would be left
    /// for extents.
    pub fn resized(&self, device_size: Bytes) -> Result<Self> {
        if device_size < PV_SIZE_MIN {
            return Err(Error::invalid(format!(
                "{device_size} is too small for a physical volume, {PV_SIZE_MIN} are needed"
            )));
        }
        let mut resized = self.clone();
        resized.device_size = device_size.align_down(Bytes(512)).0;
        if device_size < PV_SIZE_MIN {
            return Err(Error::invalid(format!(
                "{device_size} is too small for a physical volume, {PV_SIZE_MIN} are needed"
            )));
        }
        if let Some(area) = resized.metadata_areas.get_mut(1) {
            // It keeps its size, and loses its alignment when the new end has none.
            area.offset = resized.device_size.saturating_sub(area.size);
        }
        if resized.data_end() < self.pe_start {
            return Err(Error::invalid(format!("no room for extents on a device of {device_size}")));
        }
        Ok(resized)
    }

    /// Extents of `extent_size` that fit.
    ///
    /// # Errors
    /// `InvalidInput` when there would be more than 2^32-1.
    pub fn pe_count(&self, extent_size: Sectors) -> Result<Extents> {
        let room = self.data_end().saturating_sub(self.pe_start);
        let count = Bytes(room).to_sectors().0.checked_div(extent_size.0).unwrap_or(0);
        u32::try_from(count)
            .map(Extents)
            .map_err(|_| Error::invalid(format!("{count} extents do not fit, use a larger extent size")))
    }

    /// The label that says so; `used` marks it as member of a volume group.
    #[must_use]
    pub fn label(&self, used: bool) -> Label {
        let extension = Extension {
            version: EXTENSION_VERSION,
            flags: 0,
            bootloader_areas: self.bootloader_area.into_iter().collect(),
        };
        let mut pv_header = PvHeader {
            pv_id: self.id,
            device_size: self.device_size,
            data_areas: std_alloc::vec![DiskArea { offset: self.pe_start, size: 0 }],
            metadata_areas: self.metadata_areas.clone(),
            extension: Some(extension),
        };
        pv_header.set_used(used);
        Label { sector: self.label_sector, pv_header }
    }

    /// The layout that an existing label describes.
    ///
    /// # Errors
    /// `Corrupt` when it has no data area.
    pub fn from_label(label: &Label, device_size: Bytes) -> Result<Self> {
        let header = &label.pv_header;
        let data = header.data_areas.first().ok_or_else(|| Error::corrupt("label has no data area"))?;
        let bootloader = header.extension.as_ref().and_then(|ext| ext.bootloader_areas.first());
        let size =
            if header.device_size == 0 { device_size.0 } else { header.device_size.min(device_size.0) };
        Ok(Self {
            id: header.pv_id,
            device_size: size,
            label_sector: label.sector,
            pe_start: data.offset,
            metadata_areas: header.metadata_areas.clone(),
            metadata_ignore: false,
            bootloader_area: bootloader.copied(),
        })
    }
}

/// Where a first metadata area ends that is too large for what the device leaves it: one alignment
/// below what it could have, or all of it when that is not two alignments (as measured with lvm2
/// 2.03.16 on devices of 2 to 3 MiB and alignments of 64 KiB to 1 MiB).
fn shrunk_end(limit: u64, align: u64) -> u64 {
    let whole = limit.saturating_sub(MDA_START) / align;
    if whole < 2 { limit } else { whole.saturating_sub(1).saturating_mul(align) }
}

#[derive(Clone, Copy)]
struct Alignment {
    align: u64,
    shift: u64,
}

impl Alignment {
    /// Rounds up to the alignment, and then shifts.
    fn up(self, offset: u64) -> u64 {
        offset.next_multiple_of(self.align).saturating_add(self.shift)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stamp::SeededIds;
    use std::vec;

    type Places = (u64, Vec<(u64, u64)>, Option<(u64, u64)>);

    fn layout(options: &PvOptions, size: u64) -> Places {
        let id = PvId::random(&mut SeededIds::new(1));
        let layout = PvLayout::new(Bytes(size), options, id).unwrap();
        let areas = layout.metadata_areas.iter().map(|area| (area.offset, area.size)).collect();
        (layout.pe_start, areas, layout.bootloader_area.map(|area| (area.offset, area.size)))
    }

    /// Measured with lvm2 2.03.16 on a device of 64 MiB.
    #[test]
    #[expect(clippy::too_many_lines, reason = "a table")]
    fn layouts_of_lvm2() {
        let size = 64 << 20;
        let mib = |n| Some(Bytes::mib(n));
        let kib = |n| Some(Bytes::kib(n));
        let none = PvOptions::default;
        let mda0 = (4096, 1_044_480);
        let table = [
            (none(), 1_048_576, vec![mda0], None),
            (PvOptions { metadata_size: kib(128), ..none() }, 1_048_576, vec![mda0], None),
            (PvOptions { metadata_size: kib(1), ..none() }, 1_048_576, vec![mda0], None),
            (PvOptions { metadata_size: mib(2), ..none() }, 3_145_728, vec![(4096, 3_141_632)], None),
            (PvOptions { metadata_size: mib(60), ..none() }, 63_963_136, vec![(4096, 63_959_040)], None),
            (PvOptions { metadata_copies: Some(0), ..none() }, 1_048_576, vec![], None),
            (
                PvOptions { metadata_copies: Some(2), ..none() },
                1_048_576,
                vec![mda0, (66_060_288, 1_048_576)],
                None,
            ),
            (
                PvOptions { metadata_copies: Some(2), metadata_size: kib(300), ..none() },
                1_048_576,
                vec![mda0, (66_060_288, 1_048_576)],
                None,
            ),
            (PvOptions { data_alignment: mib(4), ..none() }, 4_194_304, vec![(4096, 4_190_208)], None),
            (
                PvOptions { data_alignment: Some(Bytes(7 * 512)), ..none() },
                1_050_112,
                vec![(4096, 1_046_016)],
                None,
            ),
            (PvOptions { data_alignment: kib(100), ..none() }, 1_126_400, vec![(4096, 1_122_304)], None),
            (
                PvOptions { data_alignment: kib(64), data_alignment_offset: Some(Bytes(7 * 512)), ..none() },
                1_052_160,
                vec![(4096, 1_048_064)],
                None,
            ),
            (
                PvOptions { data_alignment: mib(3), data_alignment_offset: mib(1), ..none() },
                4_194_304,
                vec![(4096, 4_190_208)],
                None,
            ),
            (
                PvOptions { metadata_size: kib(64), data_alignment: kib(64), ..none() },
                131_072,
                vec![(4096, 126_976)],
                None,
            ),
            (
                PvOptions { bootloader_area_size: mib(1), ..none() },
                2_097_152,
                vec![mda0],
                Some((1_048_576, 1_048_576)),
            ),
            (
                PvOptions { bootloader_area_size: kib(300), ..none() },
                2_097_152,
                vec![mda0],
                Some((1_048_576, 1_048_576)),
            ),
            (
                PvOptions { bootloader_area_size: mib(1), metadata_copies: Some(2), ..none() },
                2_097_152,
                vec![mda0, (66_060_288, 1_048_576)],
                Some((1_048_576, 1_048_576)),
            ),
        ];
        for (options, pe_start, areas, bootloader) in table {
            assert_eq!(layout(&options, size), (pe_start, areas, bootloader), "{options:?}");
        }
        // Measured on a device of 2 MiB and one of 3 MiB: what is tight shrinks.
        let tight = PvOptions { metadata_size: mib(2), bootloader_area_size: kib(300), ..none() };
        let boot = |at| Some((at, 1_048_576));
        assert_eq!(layout(&tight, 2 << 20), (2_097_152, vec![mda0], boot(1_048_576)));
        assert_eq!(layout(&tight, 3 << 20), (3_145_728, vec![(4096, 2_093_056)], boot(2_097_152)));
        for (size_kib, align_kib, pe_start_kib) in [
            (2048, 64, 1920),
            (2048, 100, 1900),
            (2048, 1024, 2048),
            (2500, 64, 2432),
            (2500, 100, 2300),
            (2500, 1024, 1024),
            (2600, 300, 2100),
            (3072, 256, 2560),
            (3072, 1024, 1024),
        ] {
            let large = PvOptions { metadata_size: mib(8), data_alignment: kib(align_kib), ..none() };
            let (pe_start, areas, _) = layout(&large, size_kib << 10);
            assert_eq!(pe_start, pe_start_kib << 10, "{size_kib} {align_kib}");
            assert_eq!(areas, [(4096, pe_start - 4096)]);
        }
        let twice = PvOptions { metadata_size: kib(1400), metadata_copies: Some(2), ..none() };
        let both = vec![(4096, 2_093_056), (2_097_152, 1_048_576)];
        assert_eq!(layout(&twice, 3 << 20), (2_097_152, both, None));
        // A 2 MiB device whose metadata area takes all of it.
        let whole = PvOptions { metadata_size: mib(2), ..none() };
        assert_eq!(layout(&whole, 2 << 20), (2_097_152, vec![(4096, 2_093_056)], None));
    }

    #[test]
    fn refusals() {
        let id = PvId::random(&mut SeededIds::new(1));
        let new = |size, options: &PvOptions| PvLayout::new(Bytes(size), options, id).map(|_| ());
        assert!(new(2 << 20, &PvOptions::default()).is_ok());
        assert!(new((2 << 20) - 512, &PvOptions::default()).is_err());
        assert!(new(8 << 20, &PvOptions { label_sector: Some(4), ..PvOptions::default() }).is_err());
        assert!(new(8 << 20, &PvOptions { metadata_copies: Some(3), ..PvOptions::default() }).is_err());
        let boot = PvOptions { bootloader_area_size: Some(Bytes::mib(9)), ..PvOptions::default() };
        assert!(new(8 << 20, &boot).is_err());
        let small = |size| PvOptions {
            metadata_size: Some(Bytes::kib(size)),
            data_alignment: Some(Bytes::kib(4)),
            ..PvOptions::default()
        };
        assert!(new(8 << 20, &small(28)).is_err());
        assert!(new(8 << 20, &small(29)).is_ok());
        let twice = PvOptions { metadata_copies: Some(2), ..PvOptions::default() };
        assert!(new(2 << 20, &PvOptions { metadata_size: Some(Bytes::kib(1400)), ..twice }).is_err());
    }
}
