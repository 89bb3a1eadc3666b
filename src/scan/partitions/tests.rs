use std::io::Cursor;
use std::io::Write as _;
use std::process::{Command, Stdio};

use lvm_core::SeededIds;
use proptest::prelude::*;

use super::*;
use crate::test_device::MemoryDevice;

const MIB: usize = 1 << 20;
const LVM_GUID: [u8; 16] =
    [0x79, 0xd3, 0xd6, 0xe6, 0x07, 0xf5, 0xc2, 0x44, 0xa2, 0x3c, 0x23, 0x8f, 0x2a, 0x3d, 0xf9, 0x28];

fn partition(number: u32, offset: u64, size: u64, type_id: &str) -> Partition {
    Partition { number, offset, size, type_id: type_id.to_owned() }
}

fn table_of(image: &[u8]) -> Option<PartitionTable> {
    let device = MemoryDevice::new(image.to_vec());
    let table = read_table(&device).unwrap();
    let read = device.reads().iter().map(|(_, length)| length).sum::<usize>();
    assert!(read <= 5 * MIB, "{read} bytes were read");
    assert!(device.reads().len() <= 300);
    table
}

/// Two partitions, made by `gptman`: number 1 and number 3.
fn gpt_image(sector_size: u64) -> Vec<u8> {
    let mut disk = Cursor::new(vec![0; 4 * MIB]);
    gptman::GPT::write_protective_mbr_into(&mut disk, sector_size).unwrap();
    let mut gpt = gptman::GPT::new_from(&mut disk, sector_size, [7; 16]).unwrap();
    let entry = |first: u64, last: u64, unique: u8| gptman::GPTPartitionEntry {
        partition_type_guid: LVM_GUID,
        unique_partition_guid: [unique; 16],
        starting_lba: first,
        ending_lba: last,
        attribute_bits: 0,
        partition_name: "name".into(),
    };
    let mib = 1_048_576 / sector_size;
    gpt[1] = entry(mib, 2 * mib - 1, 1);
    gpt[3] = entry(2 * mib, 2 * mib, 3);
    gpt.write_into(&mut disk).unwrap();
    disk.into_inner()
}

fn expected_gpt(sector_size: u64) -> Vec<Partition> {
    vec![partition(1, 1 << 20, 1 << 20, GPT_TYPE_LVM), partition(3, 2 << 20, sector_size, GPT_TYPE_LVM)]
}

#[test]
fn gpt_with_both_sector_sizes() {
    for sector_size in [512, 4096] {
        let image = gpt_image(sector_size);
        let table = table_of(&image).unwrap();
        assert_eq!((table.kind, u64::from(table.sector_size)), (TableKind::Gpt, sector_size));
        assert_eq!(table.partitions, expected_gpt(sector_size));
        assert_eq!(table.notes, [""; 0]);
        assert!(table.partitions[0].is_lvm_type());
        assert_eq!(partitions(&MemoryDevice::new(image)).unwrap(), table.partitions);
    }
}

#[test]
fn the_backup_replaces_a_damaged_first_header() {
    for sector_size in [512, 4096] {
        let at = usize::try_from(sector_size).unwrap();
        // In the header, in the entries.
        for damaged in [at + 30, 2 * at + 33] {
            let mut image = gpt_image(sector_size);
            image[damaged] ^= 1;
            let table = table_of(&image).unwrap();
            assert_eq!(table.partitions, expected_gpt(sector_size));
            assert!(table.notes.iter().any(|note| note.contains("checksum")), "{:?}", table.notes);
            assert!(table.notes.iter().any(|note| note == "the backup is used"));
        }
    }
    let mut image = gpt_image(512);
    image[512] ^= 1;
    *image.last_chunk_mut::<512>().unwrap() = [0; 512];
    let table = table_of(&image).unwrap();
    assert_eq!((table.kind, table.partitions.as_slice()), (TableKind::Gpt, [].as_slice()));
    assert_eq!(table.notes[0], "there is a protective MBR without a usable GPT");
    // Without a protective MBR it is no table at all.
    let mut image = gpt_image(512);
    image[..512].fill(0);
    assert_eq!(table_of(&image), None);
}

/// The header of `gpt_image(512)` with `change`, its checksum made right again.
fn changed_header(image: &mut [u8], change: impl FnOnce(&mut [u8])) {
    let header = &mut image[512..1024];
    change(header);
    header[16..20].fill(0);
    let size = usize::try_from(u32::from_le_bytes(header[12..16].try_into().unwrap())).unwrap().min(512);
    let crc = !lvm_core::ondisk::crc::crc_continue(!0, &header[..size]);
    header[16..20].copy_from_slice(&crc.to_le_bytes());
}

#[test]
fn hostile_gpt_headers() {
    let set = |offset: usize, value: Vec<u8>| {
        let mut image = gpt_image(512);
        // No backup to fall back to.
        *image.last_chunk_mut::<512>().unwrap() = [0; 512];
        changed_header(&mut image, |header| header[offset..offset + value.len()].copy_from_slice(&value));
        table_of(&image).unwrap()
    };
    let table = [
        (12, 91_u32.to_le_bytes().to_vec(), "its size"),
        (12, u32::MAX.to_le_bytes().to_vec(), "its size"),
        (24, 2_u64.to_le_bytes().to_vec(), "copy"),
        (72, u64::MAX.to_le_bytes().to_vec(), "not inside"),
        (72, (u64::MAX / 512).to_le_bytes().to_vec(), "not inside"),
        (80, u32::MAX.to_le_bytes().to_vec(), "number or size"),
        (84, 0_u32.to_le_bytes().to_vec(), "number or size"),
        (84, 129_u32.to_le_bytes().to_vec(), "number or size"),
        (84, 0x8000_0000_u32.to_le_bytes().to_vec(), "number or size"),
        (84, 256_u32.to_le_bytes().to_vec(), "checksum of its entries"),
    ];
    for (offset, value, expected) in table {
        let found = set(offset, value.clone());
        assert!(found.partitions.is_empty());
        let note = &found.notes[1];
        assert!(note.starts_with("the first GPT header for 512-byte sectors"), "{note}");
        assert!(note.contains(expected), "{offset} {value:?}: {note}");
    }
}

#[test]
fn hostile_gpt_entries() {
    let mut image = gpt_image(512);
    let entries = &mut image[1024..1024 + 16_384];
    let mut put = |number: usize, first: u64, last: u64| {
        let entry = &mut entries[(number - 1) * 128..number * 128];
        entry[..16].copy_from_slice(&LVM_GUID);
        entry[32..40].copy_from_slice(&first.to_le_bytes());
        entry[40..48].copy_from_slice(&last.to_le_bytes());
    };
    put(1, 0, 0);
    put(2, 10, 9);
    put(4, 0, u64::MAX);
    put(5, u64::MAX, u64::MAX);
    put(6, 8191, 8191);
    put(7, 8191, 8192);
    let crc = !lvm_core::ondisk::crc::crc_continue(!0, entries);
    changed_header(&mut image, |header| header[88..92].copy_from_slice(&crc.to_le_bytes()));
    let table = table_of(&image).unwrap();
    let numbers = table.partitions.iter().map(|partition| partition.number).collect::<Vec<_>>();
    assert_eq!(numbers, [1, 3, 6], "{:?}", table.notes);
    assert_eq!(table.notes.len(), 4, "{:?}", table.notes);
}

fn entry(flag: u8, kind: u8, start: u32, sectors: u32) -> [u8; 16] {
    let mut bytes = [0; 16];
    (bytes[0], bytes[4]) = (flag, kind);
    bytes[8..12].copy_from_slice(&start.to_le_bytes());
    bytes[12..].copy_from_slice(&sectors.to_le_bytes());
    bytes
}

fn put_record(image: &mut [u8], sector: usize, entries: &[[u8; 16]]) {
    let record = &mut image[sector * 512..(sector + 1) * 512];
    for (slot, entry) in entries.iter().enumerate() {
        record[446 + slot * 16..462 + slot * 16].copy_from_slice(entry);
    }
    record[510..].copy_from_slice(&[0x55, 0xaa]);
}

#[test]
fn mbr_with_logical_partitions_made_by_mbrman() {
    let mut disk = Cursor::new(vec![0; 16 * MIB]);
    let mut mbr = mbrman::MBR::new_from(&mut disk, 512, [1; 4]).unwrap();
    let primary = |sys: u8, starting_lba: u32, sectors: u32| mbrman::MBRPartitionEntry {
        boot: 0,
        first_chs: mbrman::CHS::empty(),
        sys,
        last_chs: mbrman::CHS::empty(),
        starting_lba,
        sectors,
    };
    mbr[1] = primary(0x83, 2048, 2048);
    mbr[2] = primary(0x05, 4096, 20_480);
    mbr[4] = primary(0x8e, 24_576, 8192);
    for start in [4096, 10_240, 16_384] {
        mbr.push(0x8e, start, 6144).unwrap();
    }
    mbr.write_into(&mut disk).unwrap();
    let table = table_of(disk.get_ref()).unwrap();
    assert_eq!((table.kind, table.notes.as_slice()), (TableKind::Mbr, [].as_slice()));
    let expected = mbrman::MBR::read_from(&mut disk, 512).unwrap();
    let expected = expected.iter().filter(|(_, p)| p.is_used() && !p.is_extended()).map(|(number, p)| {
        let (offset, size) = (u64::from(p.starting_lba) * 512, u64::from(p.sectors) * 512);
        partition(number.try_into().unwrap(), offset, size, &format!("{:#04x}", p.sys))
    });
    assert_eq!(table.partitions, expected.collect::<Vec<_>>());
    let numbers = table.partitions.iter().map(|p| p.number).collect::<Vec<_>>();
    assert_eq!(numbers, [1, 4, 5, 6, 7]);
    assert!(table.partitions[1].is_lvm_type());
}

#[test]
fn mbr_entries_that_make_other_readers_stumble() {
    let mut image = vec![0; 4 * MIB];
    // As on an isohybrid image: active, and starting at sector 0.
    put_record(&mut image, 0, &[entry(0x80, 0x17, 0, 100), entry(0, 0xef, 8, 8)]);
    let table = table_of(&image).unwrap();
    assert_eq!(table.partitions, [partition(1, 0, 51_200, "0x17"), partition(2, 4096, 4096, "0xef")]);
    put_record(
        &mut image,
        0,
        &[entry(0, 0x83, u32::MAX, u32::MAX), entry(0, 0x83, 1, 1), entry(0, 0x83, 8191, 2)],
    );
    let table = table_of(&image).unwrap();
    assert_eq!(table.partitions, [partition(2, 512, 512, "0x83")]);
    assert_eq!(table.notes.len(), 2);
    put_record(&mut image, 0, &[entry(0, 0x05, u32::MAX, u32::MAX), [0; 16], [0; 16]]);
    let table = table_of(&image).unwrap();
    assert!(table.partitions.is_empty());
    assert!(table.notes[0].contains("not inside"), "{:?}", table.notes);
}

#[test]
fn chains_that_do_not_end() {
    let mut image = vec![0; 4 * MIB];
    put_record(&mut image, 0, &[entry(0, 0x05, 100, 8000)]);
    put_record(&mut image, 100, &[entry(0, 0x8e, 1, 1), entry(0, 0x05, 50, 2)]);
    put_record(&mut image, 150, &[entry(0, 0x8e, 1, 1), entry(0, 0x05, 0, 2)]);
    let table = table_of(&image).unwrap();
    assert_eq!(
        table.partitions,
        [partition(5, 101 * 512, 512, "0x8e"), partition(6, 151 * 512, 512, "0x8e")]
    );
    assert!(table.notes[0].contains("comes back to sector 100"), "{:?}", table.notes);

    // Every sector names the next one, with and without a partition of its own.
    for data in [[0; 16], entry(0, 0x83, 0, 1)] {
        for sector in 100..8000 {
            let next = u32::try_from(sector).unwrap() - 99;
            put_record(&mut image, sector, &[data, entry(0, 0x05, next, 2)]);
        }
        let table = table_of(&image).unwrap();
        assert!(table.notes[0].contains("too long"), "{:?}", table.notes);
        assert!(table.partitions.len() <= 256);
    }

    let mut image = vec![0; 4 * MIB];
    put_record(&mut image, 0, &[entry(0, 0x0f, 100, 8000)]);
    assert_eq!(table_of(&image).unwrap().notes, [""; 0], "an empty extended partition");
    put_record(&mut image, 100, &[entry(0, 0x83, 1, 1), entry(0, 0x05, 50, 2)]);
    let table = table_of(&image).unwrap();
    assert_eq!((table.partitions.len(), table.notes.len()), (1, 1));
}

#[test]
fn devices_without_a_table() {
    for size in [0, 1, 511, 512, 513, 1023, 1024, 4096, MIB] {
        assert_eq!(table_of(&vec![0; size]), None, "{size}");
    }
    let mut image = vec![0; MIB];
    put_record(&mut image, 0, &[]);
    assert_eq!(table_of(&image), None, "55 aa alone");
    put_record(&mut image, 0, &[entry(0x13, 0x83, 1, 1)]);
    assert_eq!(table_of(&image), None, "an impossible flag");
    // The smallest devices that claim to have one.
    for size in [512, 1024, 4096, 8192] {
        let mut image = vec![0; size];
        put_record(&mut image, 0, &[entry(0, 0xee, 1, u32::MAX)]);
        assert!(table_of(&image).unwrap().partitions.is_empty());
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    /// Real tables with bytes changed in them: no panic, bounded reads, nothing past the end.
    #[test]
    fn damaged_tables(seed: u64, mbr: bool, changes in 1_usize..12) {
        let mut random = SeededIds::new(seed);
        let mut image = vec![0; 4 * MIB];
        if mbr {
            put_record(&mut image, 0, &[entry(0x80, 0x83, 1, 99), entry(0, 0x05, 100, 8000)]);
            put_record(&mut image, 100, &[entry(0, 0x8e, 1, 1), entry(0, 0x05, 50, 2)]);
            put_record(&mut image, 150, &[entry(0, 0x8e, 1, 1)]);
        } else {
            image = gpt_image(512);
        }
        for _ in 0..changes {
            let word = random.next_u64();
            let at = match word % 4 {
                0 => 446 + usize::try_from(word >> 8 & 63).unwrap(),
                1 => 100 * 512 + 446 + usize::try_from(word >> 8 & 63).unwrap(),
                2 => 512 + usize::try_from(word >> 8).unwrap() % 92,
                _ => 1024 + usize::try_from(word >> 8).unwrap() % 512,
            };
            image[at] = u8::try_from(word >> 56).unwrap();
        }
        if !mbr && random.next_u64() & 1 == 0 {
            changed_header(&mut image, |_| {});
        }
        for partition in table_of(&image).map(|table| table.partitions).unwrap_or_default() {
            prop_assert!(partition.offset + partition.size <= 4 << 20);
        }
    }
}

/// `sfdisk` of util-linux makes the table from `script` and says what is in it.
fn sfdisk(script: &str) -> Option<(Vec<u8>, Vec<Partition>)> {
    let file = tempfile::NamedTempFile::new().unwrap();
    file.as_file().set_len(64 << 20).unwrap();
    let child = Command::new("sfdisk")
        .args(["--quiet", "--no-reread", "--no-tell-kernel"])
        .arg(file.path())
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .spawn();
    let mut child = match child {
        Ok(child) => child,
        Err(error) if std::env::var_os("CI").is_some() => {
            panic!("sfdisk is missing (package fdisk): {error}")
        }
        Err(error) => {
            println!("skipped: sfdisk (package fdisk): {error}");
            return None;
        }
    };
    child.stdin.take().unwrap().write_all(script.as_bytes()).unwrap();
    assert!(child.wait().unwrap().success());
    let listed = Command::new("sfdisk").args(["--json"]).arg(file.path()).output().unwrap();
    let listed: serde_json::Value = serde_json::from_slice(&listed.stdout).unwrap();
    let name = file.path().to_str().unwrap();
    let bytes = |value: &serde_json::Value| value.as_u64().unwrap() * 512;
    let expected = listed["partitiontable"]["partitions"].as_array().unwrap().iter().map(|entry| {
        let node = entry["node"].as_str().unwrap().strip_prefix(name).unwrap();
        let kind = entry["type"].as_str().unwrap().to_lowercase();
        Partition {
            number: node.trim_start_matches('p').parse().unwrap(),
            offset: bytes(&entry["start"]),
            size: bytes(&entry["size"]),
            type_id: if kind.len() > 2 { kind } else { format!("0x{kind:0>2}") },
        }
    });
    let expected = expected.filter(|p| !["0x05", "0x0f", "0x85"].contains(&p.type_id.as_str())).collect();
    Some((std::fs::read(file.path()).unwrap(), expected))
}

#[test]
fn what_sfdisk_makes() {
    let gpt = "label: gpt\nsize=4MiB, type=linux\nsize=8MiB, type=lvm\nstart=40MiB, type=lvm\n";
    let dos = "label: dos\nsize=4MiB, type=83, bootable\nsize=40MiB, type=extended\nsize=5MiB, type=8e\nsize=4MiB, type=8e\n\
               size=4MiB, type=83\nsize=4MiB, type=8e\n";
    for (script, count) in [(gpt, 3), (dos, 5)] {
        let Some((image, expected)) = sfdisk(script) else { return };
        let table = table_of(&image).unwrap();
        assert_eq!(table.partitions, expected, "{script}");
        assert!(expected.len() >= count, "{expected:?}");
    }
}
