//! Image files as block devices.

use lvm_core::{BlockDevice, Effect, ErrorKind};
use lvm_dm::FileDevice;

#[test]
fn an_image_file() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("disk0.img");
    let device = FileDevice::create(&path, 1 << 20).unwrap();
    assert_eq!(FileDevice::create(&path, 1).unwrap_err().kind(), &ErrorKind::AlreadyExists);
    assert_eq!((device.size(), device.is_block_device(), device.path()), (1 << 20, false, path.as_path()));
    device.write_at((1 << 20) - 3, b"end").unwrap();
    device.write_at(70_001, &[5; 70_000]).unwrap();
    device.flush().unwrap();

    let reader = FileDevice::open(&path, true).unwrap();
    let mut buf = [0; 3];
    reader.read_at((1 << 20) - 3, &mut buf).unwrap();
    assert_eq!(&buf, b"end");
    assert_eq!(reader.write_at(0, b"x").unwrap_err().kind(), &ErrorKind::InvalidInput);
    assert_eq!(reader.discard(0, 1).unwrap_err().kind(), &ErrorKind::InvalidInput);
    let error = reader.read_at((1 << 20) - 2, &mut buf).unwrap_err();
    assert_eq!((error.kind(), error.effect()), (&ErrorKind::InvalidInput, Effect::Unchanged));
    assert_eq!((error.device(), error.offset()), (path.to_str(), Some((1 << 20) - 2)));
    device.without_flush().flush().unwrap();
}

#[test]
fn holes() {
    let folder = tempfile::tempdir().unwrap();
    let device = FileDevice::create(folder.path().join("disk0.img"), 4 << 20).unwrap();
    device.write_at(0, &vec![1; 4 << 20]).unwrap();
    match device.discard(1 << 20, 1 << 20) {
        Err(error) if error.kind() == &ErrorKind::Unsupported => {
            eprintln!("skipped: the file system here cannot punch holes");
            return;
        }
        done => done.unwrap(),
    }
    device.discard(0, 0).unwrap();
    let mut buf = vec![9; 3 << 20];
    device.read_at(1 << 19, &mut buf).unwrap();
    assert!(buf[..1 << 19].iter().all(|byte| *byte == 1));
    assert!(buf[1 << 19..3 << 19].iter().all(|byte| *byte == 0));
    assert!(buf[3 << 19..].iter().all(|byte| *byte == 1));
    let ranges = |offset, length| -> Vec<_> {
        device.data_ranges(offset, length).unwrap().collect::<lvm_core::Result<_>>().unwrap()
    };
    assert_eq!(ranges(0, 4 << 20), [0..1 << 20, 2 << 20..4 << 20]);
    assert_eq!(ranges(100, 3 << 20), [100..1 << 20, 2 << 20..(3 << 20) + 100]);
    assert_eq!(ranges(5 << 18, 100), []);
    assert_eq!(ranges(4 << 20, 0), []);
    assert_eq!(device.data_ranges(1, 4 << 20).unwrap_err().kind(), &ErrorKind::InvalidInput);
}

#[test]
fn what_cannot_be_opened() {
    let folder = tempfile::tempdir().unwrap();
    let error = FileDevice::open(folder.path().join("none"), true).unwrap_err();
    assert_eq!(error.kind(), &ErrorKind::NotFound);
    assert!(error.device().is_some_and(|device| device.ends_with("none")));
    assert_eq!(FileDevice::open(folder.path(), true).unwrap_err().kind(), &ErrorKind::InvalidInput);
    assert_eq!(FileDevice::open("/dev/null", false).unwrap_err().kind(), &ErrorKind::InvalidInput);
}

#[test]
fn a_file_that_shrank_is_an_io_error() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("disk0.img");
    let device = FileDevice::create(&path, 8192).unwrap();
    device.file().set_len(4096).unwrap();
    let error = device.read_at(4000, &mut [0; 200]).unwrap_err();
    assert_eq!((error.kind(), error.offset()), (&ErrorKind::Io, Some(4000)));
    assert!(std::error::Error::source(&error).is_some());
}

/// Every byte outside the data found reads as zero, and data that was written is found.
#[test]
fn data_through_a_table() {
    use lvm_dm::{DeviceRef, Devices, MappedDevice, Table};
    use std::sync::Arc;

    let folder = tempfile::tempdir().unwrap();
    let mut devices = Devices::new();
    for name in ["a", "b"] {
        let device = FileDevice::create(folder.path().join(name), 4 << 20).unwrap();
        for at in [1_u64, 2, 3].map(|n| n * 900_000 + u64::from(name == "b") * 77_777) {
            device.write_at(at, &[7; 9000]).unwrap();
        }
        devices.insert(DeviceRef::path(name), Arc::new(device));
    }
    let table: Table =
        "0 2048 linear a 1024\n2048 2048 zero\n4096 8192 striped 2 16 a 0 b 0\n12288 1024 linear b 7168\n"
            .parse()
            .unwrap();
    let mapped = MappedDevice::new("mapped", &table, &devices).unwrap();
    let mut content = vec![0; usize::try_from(mapped.size()).unwrap()];
    mapped.read_at(0, &mut content).unwrap();

    for (start, end) in [(0, mapped.size()), (100_000, 5_000_000), (1 << 20, 2 << 20), (3_000_001, 3_000_002)]
    {
        let (mut at, mut found) = (start, 0);
        let zeroes = |from: u64, to: u64| {
            content[usize::try_from(from).unwrap()..usize::try_from(to).unwrap()]
                .iter()
                .all(|byte| *byte == 0)
        };
        while let Some(data) = mapped.find_data(at, end).unwrap() {
            assert!(at <= data.start && data.start < data.end && data.end <= end, "{data:?}");
            assert!(zeroes(at, data.start), "{at}..{}", data.start);
            found += data.end - data.start;
            at = data.end;
        }
        assert!(zeroes(at, end), "{at}..{end}");
        assert!(found <= (end - start).div_ceil(2), "{found} of {start}..{end}: holes were not found");
    }
    let one = mapped.find_data(0, mapped.size()).unwrap().unwrap();
    assert_eq!(one.start % 4096, 0);
    assert_eq!(mapped.find_data(5, 5).unwrap(), None);
    assert!(mapped.find_data(0, mapped.size() + 1).is_err());
}
