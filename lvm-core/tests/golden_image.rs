//! The start of physical volumes that lvm2 2.03.16 made: decoded, encoded again to the same bytes,
//! and made anew from the same options.
//!
//! `tests/golden/image/index.json` says of each what `pvcreate` was asked and what the bytes mean.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::collections::HashMap;
use std::fs;
use std::path::PathBuf;
use std::process::Command;
use std::sync::Mutex;

use lvm_core::block::check_range;
use lvm_core::ondisk::{DiskArea, Label, MdaHeader, RawLocation, SECTOR, crc, find_label};
use lvm_core::store::{AreaState, PvLayout, PvOptions, TextCache, initialise_pv, scan_device};
use lvm_core::{BlockDevice, Bytes, PvId, Result};
use serde_json::Value;

/// Bytes of a page of [`Sparse`].
const PAGE: usize = 4096;

/// A device that keeps only what was written.
#[derive(Default)]
struct Sparse {
    size: u64,
    pages: Mutex<HashMap<u64, Vec<u8>>>,
}

impl Sparse {
    fn new(size: u64) -> Self {
        Self { size, pages: Mutex::default() }
    }

    fn each_byte(&self, offset: u64, length: usize, mut visit: impl FnMut(usize, &mut u8)) {
        let mut pages = self.pages.lock().unwrap();
        let page = u64::try_from(PAGE).unwrap();
        for at in 0..length {
            let position = offset + u64::try_from(at).unwrap();
            let bytes = pages.entry(position / page).or_insert_with(|| vec![0; PAGE]);
            visit(at, &mut bytes[usize::try_from(position % page).unwrap()]);
        }
    }
}

impl BlockDevice for Sparse {
    fn size(&self) -> u64 {
        self.size
    }

    fn name(&self) -> &str {
        "sparse"
    }

    fn read_at(&self, offset: u64, buf: &mut [u8]) -> Result<()> {
        check_range("sparse", self.size, offset, buf.len())?;
        self.each_byte(offset, buf.len(), |at, byte| buf[at] = *byte);
        Ok(())
    }

    fn write_at(&self, offset: u64, buf: &[u8]) -> Result<()> {
        check_range("sparse", self.size, offset, buf.len())?;
        self.each_byte(offset, buf.len(), |at, byte| *byte = buf[at]);
        Ok(())
    }

    fn flush(&self) -> Result<()> {
        Ok(())
    }

    fn discard(&self, _offset: u64, _length: u64) -> Result<()> {
        Ok(())
    }
}

fn directory() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../tests/golden/image")
}

/// One entry of the index.
struct Sample(Value);

impl Sample {
    fn all() -> Vec<Self> {
        let index = fs::read_to_string(directory().join("index.json")).unwrap();
        let samples: Vec<Value> = serde_json::from_str(&index).unwrap();
        assert!(samples.len() >= 33, "{} samples", samples.len());
        samples.into_iter().map(Sample).collect()
    }

    fn text(&self, key: &str) -> &str {
        self.0[key].as_str().unwrap_or_else(|| panic!("{key} of {}", self.0))
    }

    fn number(&self, key: &str) -> u64 {
        self.0[key].as_u64().unwrap_or_else(|| panic!("{key} of {}", self.0))
    }

    fn bytes(&self) -> Vec<u8> {
        fs::read(directory().join(self.text("file"))).unwrap()
    }

    fn is_start_of_device(&self) -> bool {
        self.text("file").ends_with(".bin")
    }

    /// The sector at that byte of the device, if it was kept.
    fn sector(&self, offset: u64) -> Option<[u8; SECTOR]> {
        let at = usize::try_from(offset).unwrap();
        self.bytes().get(at..at + SECTOR).map(|bytes| bytes.try_into().unwrap())
    }

    fn metadata_areas(&self) -> Vec<&Value> {
        self.0["mdas"].as_array().unwrap().iter().collect()
    }

    /// The header sector of a metadata area.
    fn header(&self, area: &Value) -> [u8; SECTOR] {
        match area["file"].as_str() {
            Some(file) => fs::read(directory().join(file)).unwrap().try_into().unwrap(),
            None => self.sector(area["start"].as_u64().unwrap()).unwrap(),
        }
    }
}

fn location(slot: &Value) -> RawLocation {
    let number = |key: &str| slot[key].as_u64().unwrap();
    RawLocation {
        offset: number("offset"),
        size: number("size"),
        checksum: u32::try_from(number("checksum")).unwrap(),
        flags: u32::try_from(number("flags")).unwrap(),
    }
}

#[test]
fn labels_decode_and_encode_to_the_same_bytes() {
    let mut count = 0;
    for sample in Sample::all().iter().filter(|sample| sample.is_start_of_device()) {
        let name = sample.text("name");
        let found = find_label(&sample.bytes()).unwrap_or_else(|error| panic!("{name}: {error:?}"));
        if name == "pvremoved" {
            assert_eq!(found, None, "{name}");
            continue;
        }
        let label = found.unwrap();
        let header = &label.pv_header;
        assert_eq!(label.sector, sample.number("label_sector"), "{name}");
        assert_eq!(header.pv_id, PvId::parse(sample.text("pv_uuid")).unwrap(), "{name}");
        assert_eq!(header.device_size, sample.number("label_device_size"), "{name}");
        assert_eq!(header.data_areas, [DiskArea { offset: sample.number("pe_start"), size: 0 }], "{name}");
        let areas = sample.metadata_areas().into_iter().map(|area| DiskArea {
            offset: area["start"].as_u64().unwrap(),
            size: area["size"].as_u64().unwrap(),
        });
        assert_eq!(header.metadata_areas, areas.collect::<Vec<_>>(), "{name}");
        let extension = header.extension.as_ref().unwrap();
        assert_eq!(u64::from(extension.version), sample.number("ext_version"), "{name}");
        assert_eq!(u64::from(extension.flags), sample.number("ext_flags"), "{name}");
        let boot = sample.0["ba"].as_array().unwrap().iter();
        let boot =
            boot.map(|area| DiskArea { offset: area[0].as_u64().unwrap(), size: area[1].as_u64().unwrap() });
        assert_eq!(extension.bootloader_areas, boot.collect::<Vec<_>>(), "{name}");
        assert_eq!(header.is_used(), sample.number("ext_flags") & 1 != 0, "{name}");
        assert_eq!(label.encode().unwrap(), sample.sector(label.sector * 512).unwrap(), "{name}");
        count += 1;
    }
    assert!(count >= 31, "{count} labels");
}

#[test]
fn metadata_area_headers_decode_and_encode_to_the_same_bytes() {
    let mut count = 0;
    for sample in Sample::all().iter().filter(|sample| sample.is_start_of_device()) {
        for area in sample.metadata_areas() {
            let name = sample.text("name");
            let sector = sample.header(area);
            let start = area["start"].as_u64().unwrap();
            let header = MdaHeader::decode(&sector, start).unwrap_or_else(|error| panic!("{name}: {error}"));
            assert_eq!(header.size, area["size"].as_u64().unwrap(), "{name}");
            assert_eq!(header.committed, location(&area["slots"][0]), "{name}");
            assert_eq!(header.precommitted, location(&area["slots"][1]), "{name}");
            assert_eq!(header.encode(), sector, "{name}");
            count += 1;
        }
    }
    assert!(count >= 33, "{count} headers");
}

/// `4m`, `100k`, `7s`.
fn size(text: &str) -> Bytes {
    let (digits, unit) = text.split_at(text.len() - 1);
    let number = digits.parse::<u64>().unwrap();
    match unit {
        "s" => Bytes(number * 512),
        "k" => Bytes::kib(number),
        "m" => Bytes::mib(number),
        other => panic!("unit {other}"),
    }
}

fn options(sample: &Sample) -> PvOptions {
    let mut options = PvOptions { id: PvId::parse(sample.text("pv_uuid")).ok(), ..PvOptions::default() };
    let mut words = sample.text("options").split_whitespace();
    while let Some(word) = words.next() {
        let mut value = || words.next().unwrap();
        match word {
            "-y" => {}
            "--metadatasize" => options.metadata_size = Some(size(value())),
            "--metadatacopies" => options.metadata_copies = value().parse().ok(),
            "--metadataignore" => options.metadata_ignore = value() == "y",
            "--dataalignment" => options.data_alignment = Some(size(value())),
            "--dataalignmentoffset" => options.data_alignment_offset = Some(size(value())),
            "--bootloaderareasize" => options.bootloader_area_size = Some(size(value())),
            "--labelsector" => options.label_sector = value().parse().ok(),
            "--setphysicalvolumesize" => options.size = Some(size(value())),
            other => panic!("option {other}"),
        }
    }
    options
}

#[test]
fn the_same_options_give_the_same_bytes() {
    let mut count = 0;
    for sample in Sample::all().iter().filter(|sample| sample.text("shows") == "fresh PV") {
        let name = sample.text("name");
        let options = options(sample);
        let device = Sparse::new(sample.number("device_size"));
        let layout = PvLayout::new(Bytes(device.size()), &options, options.id.unwrap()).unwrap();
        initialise_pv(&device, &layout).unwrap();
        let mut start = sample.bytes();
        let theirs = start.clone();
        device.read_at(0, &mut start).unwrap();
        let differ = start.iter().zip(&theirs).position(|(ours, theirs)| ours != theirs);
        assert_eq!(differ, None, "{name}: first byte that differs");
        for area in sample.metadata_areas() {
            let mut header = [0; SECTOR];
            device.read_at(area["start"].as_u64().unwrap(), &mut header).unwrap();
            assert_eq!(header, sample.header(area), "{name}");
        }
        count += 1;
    }
    assert!(count >= 23, "{count} layouts");
}

#[test]
fn a_text_that_wraps_around_the_end_of_its_area_is_put_together() {
    let samples = Sample::all();
    let sample = samples.iter().find(|sample| sample.text("name") == "wrapped").unwrap();
    let unpacked = Command::new("gzip").arg("-dc").arg(directory().join(sample.text("file"))).output();
    let area = unpacked.unwrap().stdout;
    let start = sample.number("offset");
    let sector: [u8; SECTOR] = area[..SECTOR].try_into().unwrap();
    let header = MdaHeader::decode(&sector, start).unwrap();
    assert_eq!(header.committed, location(&sample.metadata_areas()[0]["slots"][0]));
    assert!(header.committed.offset + header.committed.size > header.size, "it does not wrap");
    let text = fs::read(directory().join("wrapped.raw")).unwrap();
    assert_eq!(crc(&text), header.committed.checksum);

    // On a device with the label that belongs to it, the scan finds the group that was written.
    let device = Sparse::new(sample.number("device_size"));
    let options = options(sample);
    let layout = PvLayout::new(Bytes(device.size()), &options, options.id.unwrap()).unwrap();
    let label: Label = layout.label(true);
    device.write_at(512, &label.encode().unwrap()).unwrap();
    device.write_at(start, &area).unwrap();
    let scanned = scan_device(&device, &mut TextCache::default()).unwrap().unwrap();
    let AreaState::Good(_, imported) = &scanned.areas[0].state else { panic!("{:?}", scanned.areas) };
    let known = lvm_core::text::import_bytes(&text).unwrap();
    assert_eq!(imported.vg, known.vg);
    assert_eq!(imported.vg.name(), "gold");
}
