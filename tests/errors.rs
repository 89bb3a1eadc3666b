//! What is refused, with which error, and that nothing on the images changes by it.
//!
//! Each case asserts the error's kind and effect, and the place it names.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::fs::{self, File};
use std::io::{Cursor, Read};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use lvmkit::core::block::BlockDevice;
use lvmkit::core::ondisk::MdaHeader;
use lvmkit::core::store::{AreaSet, Problem, TargetArea, write_label};
use lvmkit::core::text::import_bytes;
use lvmkit::dm::block::FileDevice;
use lvmkit::{
    Bytes, DeviceSpec, Effect, Error, ErrorKind, Extents, Lvm, NewLv, NewVg, Options, Overwrite, PvLayout,
    PvOptions, PvSource, Result, Silent, Size, VolumeGroup,
};
use tempfile::TempDir;

const MIB: u64 = 1 << 20;

/// Image files in a directory of their own.
struct Images {
    dir: TempDir,
    paths: Vec<PathBuf>,
}

impl Images {
    fn new(sizes: &[u64]) -> Self {
        let dir = tempfile::tempdir().unwrap();
        let mut images = Self { dir, paths: Vec::new() };
        for size in sizes {
            images.add(*size);
        }
        images
    }

    fn add(&mut self, size: u64) -> PathBuf {
        let path = self.dir.path().join(format!("disk{}.img", self.paths.len()));
        File::create(&path).unwrap().set_len(size).unwrap();
        self.paths.push(path.clone());
        path
    }

    fn name(&self, at: usize) -> &str {
        self.paths[at].to_str().unwrap()
    }

    fn lvm(&self) -> Lvm {
        view(&self.paths)
    }

    fn group(&self, name: &str, disks: &[usize]) -> VolumeGroup {
        let pvs = disks.iter().map(|at| &self.paths[*at]);
        let new = NewVg::new(name).extent_size(Bytes::mib(1));
        self.lvm().create_vg(new, pvs).unwrap().commit(&mut Silent).unwrap()
    }

    fn bytes(&self) -> Vec<Vec<u8>> {
        self.paths.iter().map(|path| fs::read(path).unwrap()).collect()
    }

    /// What the images hold, and where: holes are not read.
    fn content(&self) -> Vec<Vec<(u64, Vec<u8>)>> {
        let content = |path: &PathBuf| {
            let device = FileDevice::open(path, true).unwrap();
            let ranges = device.data_ranges(0, device.size()).unwrap().map(Result::unwrap);
            let ranges = ranges.map(|range| {
                let mut bytes = vec![0; usize::try_from(range.end - range.start).unwrap()];
                device.read_at(range.start, &mut bytes).unwrap();
                (range.start, bytes)
            });
            ranges.collect()
        };
        self.paths.iter().map(content).collect()
    }

    /// Runs what must fail and leave every image as it was.
    fn refused<T>(&self, what: impl FnOnce() -> Result<T>) -> Error {
        let before = self.content();
        let error = what().err().expect("this must be refused");
        assert!(self.content() == before, "the images changed: {error:?}");
        assert_eq!(error.effect(), Effect::Unchanged, "{error:?}");
        error
    }
}

fn view<P: AsRef<Path>>(paths: &[P]) -> Lvm {
    Lvm::open(Options::new().devices(paths.iter().map(|path| path.as_ref().to_owned()))).unwrap()
}

fn create(lvm: &Lvm, vg: &str, new: NewLv) -> Result<VolumeGroup> {
    lvm.update(vg, |tx| tx.create_lv(new)).map(|(vg, _)| vg)
}

/// Makes an image a physical volume that holds a metadata text as lvm2 wrote it, taken from
/// `tests/golden/text`.
fn put_text(images: &mut Images, sample: &str) -> VolumeGroup {
    let golden = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden/text").join(sample);
    let mut text = fs::read(golden).unwrap();
    text.truncate(text.iter().position(|byte| *byte == 0).unwrap());
    text.push(0);
    let vg = import_bytes(&text).unwrap().vg;
    for pv in vg.physical_volumes() {
        let path = images.add(pv.dev_size().unwrap().to_bytes().0);
        let options = PvOptions { id: Some(pv.id()), ..PvOptions::default() };
        view(&[&path]).create_pv(&path, &options, Overwrite::Refuse).unwrap();
        let device: Arc<dyn BlockDevice> = Arc::new(FileDevice::open(&path, false).unwrap());
        let layout = PvLayout::new(Bytes(device.size()), &options, pv.id()).unwrap();
        let area = layout.metadata_areas[0];
        let header = MdaHeader::empty(area.offset, area.size);
        let target = TargetArea { device: Arc::clone(&device), header, retire: false };
        AreaSet::new(vec![target]).write(&text).unwrap().precommit().unwrap().commit().unwrap();
        write_label(&*device, &layout.label(true)).unwrap();
    }
    vg
}

/// A partition table of two partitions: 1 to 9 MiB, and 9 MiB to the end.
fn partition_as_mbr(path: &Path, size: u64) {
    let mut sector = [0; 512];
    let sectors = |bytes: u64| u32::try_from(bytes / 512).unwrap().to_le_bytes();
    for (entry, (start, length)) in [(MIB, 8 * MIB), (9 * MIB, size - 9 * MIB)].into_iter().enumerate() {
        let at = 446 + 16 * entry;
        sector[at + 4] = 0x8e;
        sector[at + 8..at + 12].copy_from_slice(&sectors(start));
        sector[at + 12..at + 16].copy_from_slice(&sectors(length));
    }
    sector[510..].copy_from_slice(&[0x55, 0xaa]);
    FileDevice::open(path, false).unwrap().write_at(0, &sector).unwrap();
}

fn partition_as_gpt(path: &Path, size: u64) {
    let mut disk = Cursor::new(vec![0; usize::try_from(size).unwrap()]);
    let mut table = gptman::GPT::new_from(&mut disk, 512, [7; 16]).unwrap();
    let sector = |bytes: u64| bytes / 512;
    for (number, (start, end)) in [(1, (MIB, 9 * MIB)), (2, (9 * MIB, size - MIB))] {
        table[number] = gptman::GPTPartitionEntry {
            partition_type_guid: [3; 16],
            unique_partition_guid: [u8::try_from(number).unwrap(); 16],
            starting_lba: sector(start),
            ending_lba: sector(end) - 1,
            attribute_bits: 0,
            partition_name: "lvm".into(),
        };
    }
    gptman::GPT::write_protective_mbr_into(&mut disk, 512).unwrap();
    table.write_into(&mut disk).unwrap();
    fs::write(path, disk.into_inner()).unwrap();
}

#[test]
fn a_physical_volume_in_partition_2_is_found_and_used() {
    for partition in [partition_as_mbr, partition_as_gpt] {
        let images = Images::new(&[64 * MIB]);
        let path = &images.paths[0];
        partition(path, 64 * MIB);
        let before = images.bytes().remove(0);
        let second = DeviceSpec::partition(path, 2);
        let lvm = images.lvm();
        let new = NewVg::new("vg0").extent_size(Bytes::mib(1));
        lvm.create_vg(new, [second.clone()]).unwrap().commit(&mut Silent).unwrap();
        let vg = create(&lvm, "vg0", NewLv::linear("root", Size::mib(40))).unwrap();
        assert_eq!(vg.physical_volumes()[0].device(), second.to_string());

        // Given as the whole image, and as the partition only.
        for spec in [DeviceSpec::whole(path), second] {
            let lvm = Lvm::open(Options::new().devices([spec])).unwrap();
            let found = lvm.found_group("vg0").unwrap();
            assert!(found.problems.is_empty(), "{:?}", found.problems);
            assert_eq!(found.vg.logical_volume("root").unwrap().extent_count(), Extents(40));
            let mut content = vec![1; 512];
            lvm.open_lv(&found.vg, "root").unwrap().read_exact(&mut content).unwrap();
            assert_eq!(content, [0; 512]);
        }
        // The table, the first partition and what lies behind the second are as they were.
        let after = images.bytes().remove(0);
        let second = usize::try_from(9 * MIB).unwrap();
        assert!(after[..second] == before[..second]);
        let end = after.len() - usize::try_from(MIB).unwrap();
        assert!(after[end..] == before[end..]);

        let error = images.refused(|| {
            Lvm::open(Options::new().devices([DeviceSpec::partition(path, 3)])).unwrap().volume_groups()
        });
        assert_eq!(*error.kind(), ErrorKind::NotFound, "{error:?}");
        assert_eq!(error.device(), Some(images.name(0)));
    }
}

#[test]
fn a_truncated_image() {
    let images = Images::new(&[64 * MIB]);
    images.group("vg0", &[0]);
    let lvm = images.lvm();
    let vg = create(&lvm, "vg0", NewLv::linear("a", Size::mib(60))).unwrap();
    let file = File::options().write(true).open(&images.paths[0]).unwrap();

    // Its end is gone: the group can be read, and says so; what lies behind the end cannot.
    file.set_len(32 * MIB).unwrap();
    let found = lvm.found_group("vg0").unwrap();
    let expected = |problem: &Problem| match problem {
        Problem::SmallDevice { device, size, expected } => {
            device == images.name(0) && (size.0, expected.0) == (32 * MIB, 64 * MIB)
        }
        _ => false,
    };
    assert!(found.problems.iter().any(expected), "{:?}", found.problems);
    let error = images.refused(|| lvm.open_lv(&vg, "a").map(|_| ()));
    assert_eq!(*error.kind(), ErrorKind::InvalidInput, "{error:?}");
    assert_eq!(error.device(), Some(images.name(0)), "{error:?}");

    // The text itself is cut off.
    file.set_len(4608 + 100).unwrap();
    let error = images.refused(|| lvm.volume_group("vg0"));
    assert_eq!(*error.kind(), ErrorKind::NotFound, "{error:?}");
    assert_eq!(error.vg(), Some("vg0"));
    let scan = lvm.scan().unwrap();
    assert!(scan.groups.is_empty());
    let orphan = &scan.orphans[0];
    assert!(orphan.used_by_unknown, "its label says that a group uses it");
    let area = &orphan.pv.scanned.areas[0];
    let lvmkit::core::store::AreaState::Bad(_, error) = &area.state else { panic!("{area:?}") };
    assert_eq!(*error.kind(), ErrorKind::Corrupt);
    assert_eq!((error.device(), error.field()), (Some(images.name(0)), Some("mda_header.size")), "{error:?}");
    assert_eq!(error.offset(), Some(4096));
    // It is not taken for a free disk either.
    let error = images.refused(|| lvm.create_vg("vg1", [&images.paths[0]]));
    assert_eq!(*error.kind(), ErrorKind::InUse, "{error:?}");
    assert_eq!(error.device(), Some(images.name(0)));

    // Not even a label is left.
    file.set_len(700).unwrap();
    let error = images.refused(|| lvm.begin("vg0"));
    assert_eq!(*error.kind(), ErrorKind::NotFound, "{error:?}");
}

#[test]
fn a_corrupt_label_and_a_corrupt_header_name_field_and_offset() {
    let images = Images::new(&[32 * MIB]);
    images.group("vg0", &[0]);
    let good = images.bytes().remove(0);
    let damage = |at: usize| {
        let mut bad = good.clone();
        bad[at] ^= 0x20;
        fs::write(&images.paths[0], bad).unwrap();
        images.lvm().scan().unwrap()
    };
    let scan = damage(512 + 100);
    let [Problem::Device { device, error }] = &scan.problems[..] else { panic!("{:?}", scan.problems) };
    assert_eq!(device, images.name(0));
    assert_eq!((error.kind(), error.offset()), (&ErrorKind::Corrupt, Some(512)), "{error:?}");
    for (at, field) in [(4096 + 30, "mda_header.checksum"), (4096 + 512 + 40, "raw_locn[0].checksum")] {
        let scan = damage(at);
        let state = &scan.orphans[0].pv.scanned.areas[0].state;
        let (lvmkit::core::store::AreaState::Unusable(error) | lvmkit::core::store::AreaState::Bad(_, error)) =
            state
        else {
            panic!("{state:?}")
        };
        assert_eq!((error.kind(), error.field()), (&ErrorKind::Corrupt, Some(field)), "{error:?}");
        assert_eq!((error.device(), error.offset()), (Some(images.name(0)), Some(4096)), "{error:?}");
        // Nothing is written over what may still be mended.
        let error = images.refused(|| images.lvm().begin("vg0"));
        assert_eq!(*error.kind(), ErrorKind::NotFound, "{error:?}");
    }
}

#[test]
fn a_missing_second_disk() {
    let images = Images::new(&[32 * MIB, 32 * MIB]);
    images.group("vg0", &[0, 1]);
    let lvm = images.lvm();
    create(&lvm, "vg0", NewLv::linear("here", Size::mib(10))).unwrap();
    let vg = create(&lvm, "vg0", NewLv::linear("both", Size::mib(40))).unwrap();
    let missing = vg.physical_volumes()[1].id();

    let lvm = view(&images.paths[..1]);
    let found = lvm.found_group("vg0").unwrap();
    assert!(found.vg.is_partial());
    assert_eq!(found.vg.physical_volumes()[1].device(), "[unknown]");
    let problem = &found.problems[..];
    assert!(matches!(problem, [Problem::MissingPv { pv, hint }] if *pv == missing && hint == images.name(1)));

    let error = images.refused(|| create(&lvm, "vg0", NewLv::linear("new", Size::mib(1))));
    assert_eq!(*error.kind(), ErrorKind::MissingDevice, "{error:?}");
    assert_eq!(error.vg(), Some("vg0"));
    assert!(error.help().unwrap().contains("vgreduce --removemissing"), "{error:?}");
    let error = images.refused(|| lvm.open_lv(&found.vg, "both").map(|_| ()));
    assert_eq!(*error.kind(), ErrorKind::MissingDevice, "{error:?}");
    assert_eq!((error.vg(), error.lv()), (Some("vg0"), Some("both")), "{error:?}");
    // What lies on the disk that is there can be read.
    let mut content = vec![1; 4096];
    lvm.open_lv(&found.vg, "here").unwrap().read_exact(&mut content).unwrap();
}

#[test]
fn a_duplicate_physical_volume() {
    let mut images = Images::new(&[32 * MIB]);
    images.group("vg0", &[0]);
    let copy = images.add(0);
    fs::copy(&images.paths[0], &copy).unwrap();
    let lvm = images.lvm();
    let found = lvm.found_group("vg0").unwrap();
    assert_eq!(found.duplicates, [images.name(1)]);
    let scan = lvm.scan().unwrap();
    let duplicate = |problem: &Problem| matches!(problem, Problem::Duplicate { left_out, .. } if left_out == images.name(1));
    assert!(scan.problems.iter().any(duplicate), "{:?}", scan.problems);

    let error = images.refused(|| create(&lvm, "vg0", NewLv::linear("a", Size::mib(1))));
    assert_eq!(*error.kind(), ErrorKind::Conflict, "{error:?}");
    assert_eq!(error.vg(), Some("vg0"));
    assert!(error.help().unwrap().contains(images.name(1)), "{error:?}");
    // With one of the two given there is no doubt.
    create(&view(&images.paths[1..]), "vg0", NewLv::linear("a", Size::mib(1))).unwrap();
}

#[test]
fn two_groups_of_one_name() {
    let images = Images::new(&[32 * MIB, 32 * MIB]);
    let first = view(&images.paths[..1]);
    let second = view(&images.paths[1..]);
    let mut ids = Vec::new();
    for (lvm, path) in [(&first, &images.paths[0]), (&second, &images.paths[1])] {
        ids.push(lvm.create_vg("vg0", [path]).unwrap().commit(&mut Silent).unwrap().id());
    }
    let lvm = images.lvm();
    assert_eq!(lvm.volume_groups().unwrap().len(), 2);
    for error in [
        images.refused(|| lvm.volume_group("vg0")),
        images.refused(|| create(&lvm, "vg0", NewLv::linear("a", Size::mib(4)))),
    ] {
        assert_eq!(*error.kind(), ErrorKind::InvalidInput, "{error:?}");
        assert_eq!(error.vg(), Some("vg0"));
        assert!(ids.iter().all(|id| error.message().contains(&id.to_string())), "{error:?}");
    }
    // A new group cannot have the name a third time, nor can another be renamed to it.
    let error = images.refused(|| lvm.create_vg("vg0", [&images.paths[0]]));
    assert_eq!(*error.kind(), ErrorKind::AlreadyExists, "{error:?}");

    // By id, and by the set of devices.
    let vg = create(&lvm, &ids[1].to_string(), NewLv::linear("a", Size::mib(4))).unwrap();
    assert_eq!(vg.id(), ids[1]);
    let vg = create(&first, "vg0", NewLv::linear("b", Size::mib(4))).unwrap();
    assert_eq!(vg.id(), ids[0]);
    let names = |at: usize| {
        lvm.volume_group(&ids[at].to_string()).unwrap().logical_volumes().next().unwrap().name().to_owned()
    };
    assert_eq!((names(0), names(1)), ("b".to_owned(), "a".to_owned()));
}

#[test]
fn a_name_that_is_taken() {
    let images = Images::new(&[32 * MIB, 32 * MIB]);
    images.group("vg0", &[0]);
    images.group("vg1", &[1]);
    let lvm = images.lvm();
    let error = images.refused(|| lvm.update("vg0", |tx| tx.rename_vg("vg1")));
    assert_eq!(*error.kind(), ErrorKind::AlreadyExists, "{error:?}");
    let first = lvm.volume_group("vg0").unwrap().physical_volumes()[0].id();
    let split = |new: &str| lvm.begin("vg0")?.split_vg(new, &[first], &mut Silent).map(|_| ());
    let error = images.refused(|| split("vg1"));
    assert_eq!(*error.kind(), ErrorKind::AlreadyExists, "{error:?}");
    // A split of everything would be a renaming.
    let error = images.refused(|| split("vg2"));
    assert_eq!((error.kind(), error.vg()), (&ErrorKind::InvalidInput, Some("vg0")), "{error:?}");
    create(&lvm, "vg0", NewLv::linear("a", Size::mib(1))).unwrap();
    let error = images.refused(|| create(&lvm, "vg0", NewLv::linear("a", Size::mib(1))));
    assert_eq!((error.kind(), error.vg(), error.lv()), (&ErrorKind::AlreadyExists, Some("vg0"), Some("a")));
}

#[test]
fn a_metadata_area_that_is_full() {
    let images = Images::new(&[4 * MIB]);
    let options = PvOptions {
        metadata_size: Some(Bytes::kib(32)),
        data_alignment: Some(Bytes::kib(4)),
        ..PvOptions::default()
    };
    let pv = PvSource::new(&images.paths[0]).options(options);
    let lvm = Lvm::open(Options::new().devices(&images.paths).flush(false)).unwrap();
    lvm.create_vg("vg0", [pv]).unwrap().commit(&mut Silent).unwrap();
    // One text may have half of what is left behind the header, less a sector: 15616 bytes.
    let tag = |number: u32| format!("{number:0>100}");
    let mut refused = None;
    for number in 0..200 {
        let before = images.content();
        let result = lvm.update("vg0", |tx| tx.add_vg_tag(&tag(number)));
        if let Err(error) = result {
            assert!(images.content() == before, "{error:?}");
            refused = Some((number, error));
            break;
        }
    }
    let (number, error) = refused.expect("200 tags of 100 bytes do not fit");
    assert!(number > 130, "only {number} tags fit");
    let ErrorKind::MetadataFull { size, max } = *error.kind() else { panic!("{error:?}") };
    assert_eq!(max, 15616);
    assert!(size > max && size < max + 200, "{error:?}");
    assert_eq!(
        (error.effect(), error.device(), error.vg()),
        (Effect::Unchanged, Some(images.name(0)), Some("vg0"))
    );
    assert!(error.help().unwrap().contains("--metadatasize"), "{error:?}");
    // The group is still there, can shrink, and then take something else.
    assert_eq!(lvm.volume_group("vg0").unwrap().tags().len(), usize::try_from(number).unwrap());
    lvm.update("vg0", |tx| tx.remove_vg_tag(&tag(0)).and_then(|()| tx.add_vg_tag("short"))).unwrap();
}

#[test]
fn segments_of_a_type_that_is_not_known() {
    for sample in ["unknown_segment.raw", "unknown_flag.raw"] {
        let mut images = Images::new(&[]);
        let written = put_text(&mut images, sample);
        let lvm = images.lvm();
        let found = lvm.found_group(written.name()).unwrap();
        assert!(found.problems.is_empty(), "{:?}", found.problems);
        let odd = found.vg.logical_volumes().find(|lv| lv.has_unknown_parts()).unwrap().name().to_owned();
        let vg = written.name();
        for error in [
            images.refused(|| create(&lvm, vg, NewLv::linear("new", Size::extents(1)))),
            images.refused(|| lvm.update(vg, |tx| tx.remove_lv(&odd)).map(|_| ())),
            images.refused(|| lvm.update(vg, |tx| tx.add_lv_tag(&odd, "x")).map(|_| ())),
            images.refused(|| lvm.update(vg, |tx| tx.extend_lv_by(&odd, Size::extents(1))).map(|_| ())),
        ] {
            assert_eq!(*error.kind(), ErrorKind::Unsupported, "{sample}: {error:?}");
            assert_eq!(error.vg(), Some(vg), "{sample}: {error:?}");
        }
        let error = images.refused(|| lvm.open_lv(&found.vg, &odd).map(|_| ()));
        assert_eq!((error.kind(), error.lv()), (&ErrorKind::Unsupported, Some(&*odd)), "{sample}: {error:?}");
    }
}

#[test]
fn an_exported_group() {
    let mut images = Images::new(&[]);
    let written = put_text(&mut images, "exported.raw");
    let lvm = images.lvm();
    let vg = written.name();
    assert!(lvm.volume_group(vg).unwrap().is_exported());
    for error in [
        images.refused(|| create(&lvm, vg, NewLv::linear("new", Size::extents(1)))),
        images.refused(|| lvm.update(vg, |tx| tx.add_vg_tag("x")).map(|_| ())),
        images.refused(|| lvm.update(vg, |tx| tx.remove_lv("lv")).map(|_| ())),
        images.refused(|| lvm.update(vg, |tx| tx.remove_vg()).map(|_| ())),
    ] {
        assert_eq!((error.kind(), error.vg()), (&ErrorKind::InUse, Some(vg)), "{error:?}");
        assert!(error.help().unwrap().contains("vgimport"), "{error:?}");
    }
}

#[test]
fn a_group_of_another_host() {
    let images = Images::new(&[32 * MIB]);
    let own = Lvm::open(Options::new().devices(&images.paths).system_id("host-a")).unwrap();
    let new = NewVg::new("vg0").system_id("host-a");
    own.create_vg(new, [&images.paths[0]]).unwrap().commit(&mut Silent).unwrap();
    create(&own, "vg0", NewLv::linear("a", Size::mib(4))).unwrap();

    let other = Lvm::open(Options::new().devices(&images.paths).system_id("host-b")).unwrap();
    for lvm in [other, images.lvm()] {
        assert_eq!(lvm.volume_group("vg0").unwrap().system_id(), Some("host-a"), "it can be looked at");
        let error = images.refused(|| create(&lvm, "vg0", NewLv::linear("b", Size::mib(4))));
        assert_eq!((error.kind(), error.vg()), (&ErrorKind::Unsupported, Some("vg0")), "{error:?}");
        assert!(error.message().contains("host-a"), "{error:?}");
    }
    create(&own, "vg0", NewLv::linear("b", Size::mib(4))).unwrap();
}

#[test]
fn a_read_only_view() {
    let images = Images::new(&[32 * MIB, 32 * MIB]);
    images.group("vg0", &[0]);
    let vg = create(&images.lvm(), "vg0", NewLv::linear("a", Size::mib(4))).unwrap();
    let lvm = Lvm::open(Options::new().devices(&images.paths).read_only(true)).unwrap();
    let (first, second) = (&images.paths[0], &images.paths[1]);
    for error in [
        images.refused(|| lvm.begin("vg0").map(|_| ())),
        images.refused(|| lvm.create_vg("vg1", [second]).map(|_| ())),
        images.refused(|| lvm.create_pv(second, &PvOptions::default(), Overwrite::Signatures).map(|_| ())),
        images.refused(|| lvm.remove_pv(first, Overwrite::UsedPv)),
        images.refused(|| lvm.resize_orphan_pv(first, None)),
        images.refused(|| lvm.restore_vg("vg0", "/nonexistent").map(|_| ())),
    ] {
        assert_eq!(*error.kind(), ErrorKind::InvalidInput, "{error:?}");
        assert_eq!(error.message(), "this view is read-only");
    }
    let content = lvm.open_lv(&vg, "a").unwrap();
    let error = images.refused(|| content.write_at(0, b"no"));
    assert_eq!(*error.kind(), ErrorKind::InvalidInput, "{error:?}");
}

#[test]
fn sizes_and_stripes_that_cannot_be() {
    let images = Images::new(&[32 * MIB, 32 * MIB]);
    images.group("vg0", &[0, 1]);
    let lvm = images.lvm();
    let striped = |size: u64, stripes| NewLv::striped("a", Size::mib(size), stripes);
    let invalid = [
        striped(8, 2).stripe_size(Bytes::kib(96)),
        striped(8, 2).stripe_size(Bytes::kib(2)),
        striped(8, 2).stripe_size(Bytes(4096 + 512)),
        striped(8, 3),
        striped(8, 0),
        striped(8, 129),
        NewLv::linear("a", Bytes(1000)),
        NewLv::linear("a", Bytes(0)),
        NewLv::linear("a", Size::PercentFree(0)),
        NewLv::linear("a", Size::PercentOrigin(10)),
        NewLv::linear("a_rimage_0", Size::mib(1)),
        NewLv::linear("a", Size::mib(1)).tag("no blank"),
    ];
    for new in invalid {
        let text = format!("{new:?}");
        let error = images.refused(|| create(&lvm, "vg0", new));
        assert_eq!((error.kind(), error.vg()), (&ErrorKind::InvalidInput, Some("vg0")), "{text}: {error:?}");
    }
    let error = images.refused(|| create(&lvm, "vg0", NewLv::linear("a", Size::mib(63))));
    let expected = ErrorKind::InsufficientSpace { needed: Extents(63), free: Extents(62), policy: "normal" };
    assert_eq!((error.kind(), error.vg(), error.lv()), (&expected, Some("vg0"), Some("a")), "{error:?}");
    assert!(error.help().is_some(), "{error:?}");
}

#[test]
fn a_second_metadata_area_past_the_end_of_its_disk() {
    let images = Images::new(&[32 * MIB]);
    let options = PvOptions { metadata_copies: Some(2), ..PvOptions::default() };
    let source = PvSource::new(&images.paths[0]).options(options);
    let new = NewVg::new("vg0").extent_size(Bytes::mib(1));
    images.lvm().create_vg(new, [source]).unwrap().commit(&mut Silent).unwrap();
    let resize = || images.lvm().update("vg0", |tx| tx.resize_pv_on(&images.paths[0], Some(Bytes::mib(33))));
    let error = images.refused(resize);
    assert_eq!((error.kind(), error.device()), (&ErrorKind::InvalidInput, Some(images.name(0))), "{error:?}");
    assert_eq!(error.offset(), Some(32 * MIB), "{error:?}");
}

#[test]
fn a_disk_that_carries_something_else() {
    let images = Images::new(&[32 * MIB, MIB]);
    let lvm = images.lvm();
    let mut swap = vec![0; 32 << 20];
    swap[4086..4096].copy_from_slice(b"SWAPSPACE2");
    // Version 1, one page of swap space.
    swap[1024] = 1;
    swap[1028] = 1;
    fs::write(&images.paths[0], swap).unwrap();
    let error = images.refused(|| lvm.create_vg("vg0", [&images.paths[0]]));
    assert_eq!((error.kind(), error.device()), (&ErrorKind::InUse, Some(images.name(0))), "{error:?}");
    assert_eq!(error.offset(), Some(4086), "{error:?}");
    let error = images.refused(|| lvm.create_vg("vg0", [&images.paths[1]]));
    assert_eq!((error.kind(), error.device()), (&ErrorKind::InvalidInput, Some(images.name(1))), "{error:?}");
    let error = images.refused(|| lvm.remove_pv(&images.paths[1], Overwrite::Refuse));
    assert_eq!((error.kind(), error.device()), (&ErrorKind::NotFound, Some(images.name(1))), "{error:?}");
    let error = images.refused(|| Lvm::open(Options::new().devices(["/nonexistent.img"])));
    assert_eq!((error.kind(), error.device()), (&ErrorKind::NotFound, Some("/nonexistent.img")), "{error:?}");
}
