use lvm_core::SeededIds;

use super::samples::samples;
use super::*;
use crate::test_device::MemoryDevice;

const MIB: usize = 1 << 20;

fn found(device: &MemoryDevice) -> Vec<(String, u64)> {
    detect(device)
        .unwrap()
        .iter()
        .map(|signature| (signature.kind.name().to_owned(), signature.offset))
        .collect()
}

#[test]
fn every_sample_is_found_where_it_is_and_wiped_for_good() {
    let samples = samples();
    assert!(samples.iter().filter(|sample| sample.known_to_libblkid).count() >= 45);
    for sample in samples {
        let device = MemoryDevice::new(sample.image());
        let signatures = detect(&device).unwrap();
        let [signature] = signatures.as_slice() else { panic!("{}: {signatures:?}", sample.label) };
        let place = (signature.kind.name(), signature.offset);
        assert_eq!(place, (sample.kind, sample.offset), "{}", sample.label);
        wipe(&device, signature).unwrap();
        assert_eq!(detect(&device).unwrap(), [], "{} is still found", sample.label);
        let before = sample.image();
        let after = device.bytes();
        let blocks = after.chunks(4096).zip(before.chunks(4096)).filter(|(a, b)| a != b);
        let changed = blocks.flat_map(|(a, b)| a.iter().zip(b)).filter(|(a, b)| a != b).count();
        let length = signature.places().map(|place| place.length).sum::<u64>();
        assert!(changed > 0 && changed <= usize::try_from(length).unwrap(), "{}", sample.label);
    }
}

#[test]
fn reads_are_few_and_bounded() {
    for sample in samples() {
        let device = MemoryDevice::new(sample.image());
        detect(&device).unwrap();
        let reads = device.reads();
        assert_eq!(reads[0], (0, 128 << 10), "{}", sample.label);
        assert!(reads.len() <= 12, "{}: {reads:?}", sample.label);
        assert!(reads.iter().map(|(_, length)| length).sum::<usize>() <= MIB, "{}", sample.label);
    }
    let empty = MemoryDevice::new(vec![0; 64 * MIB]);
    assert_eq!(found(&empty), []);
    assert!(empty.reads().len() <= 4, "{:?}", empty.reads());
}

#[test]
fn small_and_empty_devices() {
    for size in
        [0, 1, 2, 511, 512, 513, 1023, 1024, 4095, 4096, 65_535, 65_536, 131_072, 200_000, 270_336, 300_000]
    {
        assert_eq!(found(&MemoryDevice::new(vec![0; size])), [], "{size}");
        assert_eq!(found(&MemoryDevice::new(vec![0xff; size])), [], "{size}");
    }
    // Every sample cut short at every place where something could begin or end.
    for sample in samples() {
        let image = sample.image();
        for size in
            [1, 4, 512, 513, 1024, 1100, 4096, 4097, 65_536, 65_600, 131_072, 140_000, 270_337, 524_288]
        {
            let device = MemoryDevice::new(image[..size].to_vec());
            for signature in detect(&device).unwrap() {
                for place in signature.places() {
                    assert!(place.offset + place.length <= u64::try_from(size).unwrap(), "{}", sample.label);
                }
            }
        }
    }
}

#[test]
fn random_data_is_nothing() {
    let mut random = SeededIds::new(7);
    for _ in 0..20 {
        let mut bytes = std::iter::repeat_with(|| random.next_u64().to_le_bytes())
            .take(MIB / 8)
            .collect::<Vec<_>>()
            .concat();
        bytes[510..512].copy_from_slice(&[0x55, 0xaa]);
        assert_eq!(found(&MemoryDevice::new(bytes)), []);
    }
}

/// A magic alone, where the format has more to check, is not believed.
#[test]
fn magics_alone_are_not_believed() {
    let table: &[(usize, &[u8])] = &[
        (510, b"\x55\xaa"),
        (512, b"EFI PART"),
        (0x200, b"LABELONE"),
        (0x218, b"LVM2 001"),
        (0, b"LUKS\xba\xbe"),
        (4096, b"\xfc\x4e\x2b\xa9"),
        (0xff6, b"SWAPSPACE2"),
        (0, b"XFSB"),
        (0x1_0040, b"_BHRfS_M"),
        (3, b"NTFS    "),
        (3, b"EXFAT   "),
        (0x52, b"FAT32   "),
        (0x36, b"FAT16   "),
        (0x8001, b"CD001"),
        (0, b"hsqs"),
        (0x400, b"\x10\x20\xf5\xf2"),
        (0x400, b"\xe2\xe1\xf5\xe0"),
        (0x438, b"\x53\xef"),
        (0x1_0034, b"ReIsErFs"),
        (0x8000, b"JFS1"),
        (0, b"SnAp"),
    ];
    for (offset, magic) in table {
        let mut image = vec![0; 4 * MIB];
        image[*offset..*offset + magic.len()].copy_from_slice(magic);
        assert_eq!(found(&MemoryDevice::new(image)), [], "{magic:?}");
    }
}

#[test]
fn copies_are_known() {
    let copies = |label: &str| {
        let sample = samples().into_iter().find(|sample| sample.label == label).unwrap();
        let [signature] = detect(&MemoryDevice::new(sample.image())).unwrap().try_into().unwrap();
        signature.copies.iter().map(|place| (place.offset, place.length)).collect::<Vec<_>>()
    };
    assert_eq!(copies("gpt"), [(4 * 1_048_576 - 512, 8), (510, 2)]);
    assert_eq!(copies("luks 2"), [(0x4000, 6)]);
    assert_eq!(copies("LVM2"), [(0x200, 8)]);
    assert_eq!(copies("fat16"), [(0, 1), (510, 2)]);
    assert_eq!(copies("stratis"), [(0x1204, 16)]);
    assert_eq!(copies("zfs").len(), 4 * 6 - 1 + 4);
    assert_eq!(copies("ext4"), []);
}

/// A disk that has grown: the backup of the GPT is in the middle.
#[test]
fn the_backup_of_a_grown_disk_is_wiped_too() {
    let sample = samples().into_iter().find(|sample| sample.label == "gpt").unwrap();
    let mut image = sample.image();
    image.resize(8 * MIB, 0);
    let device = MemoryDevice::new(image);
    let signatures = detect(&device).unwrap();
    assert_eq!(signatures[0].copies[0], Place { offset: (4 << 20) - 512, length: 8 });
    wipe(&device, &signatures[0]).unwrap();
    device.bytes().truncate(4 * MIB);
    let bytes = device.bytes().clone();
    assert_eq!(found(&MemoryDevice::new(bytes)), []);
}

#[test]
fn several_at_once_and_their_words() {
    let by_label = |label: &str| samples().into_iter().find(|sample| sample.label == label).unwrap().image();
    let (mut image, other) = (by_label("ext4"), by_label("md 1.1"));
    image[..512].copy_from_slice(&other[..512]);
    let device = MemoryDevice::new(image);
    assert_eq!(found(&device), [("linux_raid_member".to_owned(), 0), ("ext4".to_owned(), 0x438)]);
    let signatures = detect(&device).unwrap();
    assert_eq!(signatures[1].to_string(), "ext4 signature at offset 1080");
    assert_eq!((signatures[0].kind.usage(), signatures[1].kind.usage()), (Usage::Member, Usage::Filesystem));
    let json = serde_json::to_string(&signatures[1]).unwrap();
    assert_eq!(json, r#"{"kind":"ext4","offset":1080,"length":2,"copies":[]}"#);
    wipe(&device, &signatures[0]).unwrap();
    assert_eq!(found(&device), [("ext4".to_owned(), 0x438)]);
}

#[test]
fn a_signature_of_another_device_is_refused() {
    let device = MemoryDevice::new(vec![1; 4096]);
    let mut signature = Signature::new(SignatureKind::Xfs, 0, 4);
    signature.add_copy(1 << 20, 8);
    let error = wipe(&device, &signature).unwrap_err();
    assert_eq!((error.kind(), error.effect()), (&lvm_core::ErrorKind::InvalidInput, Effect::Unchanged));
    assert!(device.bytes().iter().all(|byte| *byte == 1));
}
