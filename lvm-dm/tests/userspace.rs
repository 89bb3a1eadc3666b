//! Tables executed in this process, against a flat copy of what should be in them.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use lvm_core::{BlockDevice, Effect, Error, ErrorKind, Result, Sectors};
use lvm_dm::userspace::{Extent, Place};
use lvm_dm::{DeviceRef, Devices, MappedDevice, MemoryDevice, SubDevice, Table};

const SECTOR: usize = 512;

/// Counts what reaches a device, and can fail.
struct Probe {
    memory: MemoryDevice,
    accesses: AtomicU32,
    flushes: AtomicU32,
    fails: bool,
}

impl Probe {
    fn new(name: &str, sectors: usize) -> Self {
        let bytes = (0..sectors * SECTOR).map(|at| (at / SECTOR + at % 251) as u8).collect();
        let memory = MemoryDevice::from_vec(name, bytes);
        Self { memory, accesses: AtomicU32::new(0), flushes: AtomicU32::new(0), fails: false }
    }

    fn count(&self) -> Result<()> {
        self.accesses.fetch_add(1, Ordering::Relaxed);
        if self.fails { Err(Error::io("failed", self.name(), 0, "broken")) } else { Ok(()) }
    }
}

impl BlockDevice for Probe {
    fn size(&self) -> u64 {
        self.memory.size()
    }
    fn name(&self) -> &str {
        self.memory.name()
    }
    fn read_at(&self, offset: u64, buf: &mut [u8]) -> Result<()> {
        self.count()?;
        self.memory.read_at(offset, buf)
    }
    fn write_at(&self, offset: u64, buf: &[u8]) -> Result<()> {
        self.count()?;
        self.memory.write_at(offset, buf)
    }
    fn flush(&self) -> Result<()> {
        self.flushes.fetch_add(1, Ordering::Relaxed);
        if self.fails { Err(Error::io("failed", self.name(), 0, "broken")) } else { Ok(()) }
    }
    fn discard(&self, offset: u64, length: u64) -> Result<()> {
        self.count()?;
        self.memory.discard(offset, length)
    }
}

fn probes(count: u32, sectors: usize) -> (Vec<Arc<Probe>>, Devices) {
    let probes: Vec<_> = (0..count).map(|n| Arc::new(Probe::new(&format!("pv{n}"), sectors))).collect();
    let mut devices = Devices::new();
    for (n, probe) in (0..).zip(&probes) {
        devices.insert(DeviceRef::number(7, n), probe.clone());
    }
    (probes, devices)
}

fn mapped(table: &str, devices: &Devices) -> Result<MappedDevice> {
    MappedDevice::new("vg-lv", &table.parse::<Table>()?, devices)
}

fn accesses(probe: &Probe) -> u32 {
    probe.accesses.swap(0, Ordering::Relaxed)
}

#[test]
fn a_linear_access_is_one_access_below() {
    let (pvs, devices) = probes(1, 4096);
    // The second line continues the first on the device, so both are one.
    let device = mapped("0 2048 linear 7:0 100\n2048 1024 linear 7:0 2148", &devices).unwrap();
    let mut buf = vec![0; 1 << 20];
    device.read_at(1 << 19, &mut buf).unwrap();
    assert_eq!(accesses(&pvs[0]), 1);
    assert_eq!(buf, pvs[0].memory.to_vec()[(1 << 19) + 51_200..][..1 << 20]);
    let extent = Extent { offset: 0, length: 3072 * 512, place: Place::Device { index: 0, offset: 51_200 } };
    assert_eq!(device.extents().collect::<Vec<_>>(), [extent]);
}

#[test]
fn a_striped_discard_is_one_discard_for_each_stripe() {
    let (pvs, devices) = probes(3, 4096);
    let device = mapped("0 12288 striped 3 128 7:0 0 7:1 0 7:2 0", &devices).unwrap();
    device.discard(1000, 5 << 20).unwrap();
    assert_eq!(pvs.iter().map(|pv| accesses(pv)).collect::<Vec<_>>(), [1, 1, 1]);
    // A range inside one chunk touches one stripe; chunk 4 is the second on stripe 1.
    device.discard(4 * 65_536 + 7, 100).unwrap();
    assert_eq!(pvs.iter().map(|pv| accesses(pv)).collect::<Vec<_>>(), [0, 1, 0]);
    let place = Place::Device { index: 1, offset: 65_536 + 7 };
    let extents: Vec<_> = device.map_range(4 * 65_536 + 7, 100).unwrap().collect();
    assert_eq!(extents, [Extent { offset: 4 * 65_536 + 7, length: 100, place }]);
}

#[test]
fn past_the_end_nothing_is_done() {
    let (pvs, devices) = probes(1, 64);
    let device = mapped("0 16 linear 7:0 8", &devices).unwrap();
    let before = pvs[0].memory.to_vec();
    for (offset, length) in [(16 * 512, 1), (16 * 512 - 1, 2), (u64::MAX, 1), (0, 16 * 512 + 1)] {
        let error = device.read_at(offset, &mut vec![0; length]).unwrap_err();
        assert_eq!(error.kind(), &ErrorKind::InvalidInput);
        assert_eq!((error.device(), error.offset()), (Some("vg-lv"), Some(offset)));
        assert_eq!(device.write_at(offset, &vec![7; length]).unwrap_err().kind(), &ErrorKind::InvalidInput);
        assert_eq!(device.discard(offset, length as u64).unwrap_err().kind(), &ErrorKind::InvalidInput);
        assert!(device.map_range(offset, length as u64).is_err());
    }
    assert_eq!((accesses(&pvs[0]), pvs[0].memory.to_vec()), (0, before));
    device.read_at(16 * 512, &mut []).unwrap();
}

#[test]
fn error_and_zero_lines() {
    let (pvs, devices) = probes(1, 64);
    let device = mapped("0 8 linear 7:0 0\n8 8 error\n16 8 zero", &devices).unwrap();
    let mut buf = [1; 1024];
    device.read_at(20 * 512, &mut buf).unwrap();
    assert_eq!(buf, [0; 1024]);
    device.write_at(20 * 512, &[9; 1024]).unwrap();
    device.discard(20 * 512, 1024).unwrap();
    device.read_at(20 * 512, &mut buf).unwrap();
    assert_eq!(buf, [0; 1024]);

    let error = device.read_at(8 * 512 - 1, &mut buf).unwrap_err();
    assert_eq!((error.kind(), error.offset()), (&ErrorKind::Io, Some(8 * 512)));
    let error = device.write_at(8 * 512, &buf).unwrap_err();
    assert_eq!((error.kind(), error.effect()), (&ErrorKind::Io, Effect::Unchanged));
    let error = device.write_at(8 * 512 - 1, &[0x55; 1024]).unwrap_err();
    assert_eq!((error.kind(), error.effect()), (&ErrorKind::Io, Effect::Unknown));
    assert_eq!(pvs[0].memory.to_vec()[8 * 512 - 1], 0x55);
    assert_eq!(device.discard(9 * 512, 1).unwrap_err().kind(), &ErrorKind::Io);
    let places: Vec<_> = device.extents().map(|extent| extent.place).collect();
    assert_eq!(places, [Place::Device { index: 0, offset: 0 }, Place::Error, Place::Zeroes]);
}

#[test]
fn each_device_is_flushed_once() {
    let (pvs, mut devices) = probes(2, 64);
    devices.insert(DeviceRef::path("/dev/loop0"), pvs[0].clone());
    let table = "0 8 linear 7:0 0\n8 8 linear /dev/loop0 16\n16 16 striped 2 8 7:0 32 7:1 0";
    let device = mapped(table, &devices).unwrap();
    device.flush().unwrap();
    assert_eq!(device.devices().len(), 2);
    assert_eq!(pvs.iter().map(|pv| pv.flushes.load(Ordering::Relaxed)).collect::<Vec<_>>(), [1, 1]);
}

#[test]
fn a_failed_flush_does_not_stop_the_others() {
    let (pvs, mut devices) = probes(2, 64);
    devices.insert(DeviceRef::number(7, 9), Arc::new(Probe { fails: true, ..Probe::new("bad", 64) }));
    let device = mapped("0 8 linear 7:0 0\n8 8 linear 7:9 0\n16 8 linear 7:1 0", &devices).unwrap();
    assert_eq!(device.flush().unwrap_err().device(), Some("bad"));
    assert_eq!(pvs.iter().map(|pv| pv.flushes.load(Ordering::Relaxed)).collect::<Vec<_>>(), [1, 1]);
}

#[test]
fn devices_that_do_not_fit() {
    let (_, devices) = probes(1, 64);
    let kind = |table| mapped(table, &devices).unwrap_err().kind().clone();
    assert_eq!(kind("0 65 linear 7:0 0"), ErrorKind::InvalidInput);
    assert_eq!(kind("0 64 linear 7:0 1"), ErrorKind::InvalidInput);
    assert_eq!(kind("0 64 linear 7:5 0"), ErrorKind::NotFound);
    let error = mapped("0 64 thin 7:0 1", &devices).unwrap_err();
    assert_eq!(error.kind(), &ErrorKind::Unsupported);
    assert!(error.to_string().contains("target thin "), "{error}");
}

#[test]
fn read_only_devices() {
    let (pvs, devices) = probes(1, 64);
    let device = mapped("0 64 linear 7:0 0", &devices).unwrap().read_only();
    assert_eq!(device.write_at(0, &[1]).unwrap_err().kind(), &ErrorKind::InvalidInput);
    assert_eq!(device.discard(0, 1).unwrap_err().kind(), &ErrorKind::InvalidInput);
    device.read_at(0, &mut [0]).unwrap();
    assert_eq!(accesses(&pvs[0]), 1);
}

#[test]
fn devices_stack() {
    let (pvs, mut devices) = probes(2, 64);
    let below = mapped("0 64 striped 2 8 7:0 0 7:1 0", &devices).unwrap();
    devices.insert(DeviceRef::path("/dev/mapper/below"), Arc::new(below));
    let above = mapped("0 8 zero\n8 32 linear /dev/mapper/below 4", &devices).unwrap();
    above.write_at(8 * 512, &[7; 32 * 512]).unwrap();
    // Sectors 4 to 35 of the stripes: 4-7, 16-23, 32-35 and so on; half on each.
    for pv in &pvs {
        assert_eq!(pv.memory.to_vec().iter().filter(|byte| **byte == 7).count() / 512, 16);
    }
}

#[test]
fn windows() {
    let pv = Arc::new(Probe::new("disk", 64));
    let window = SubDevice::new(pv.clone(), 1000, 2000).unwrap();
    assert_eq!((window.name(), window.size(), window.offset()), ("disk[1000+2000]", 2000, 1000));
    window.write_at(1990, &[1; 10]).unwrap();
    assert_eq!(pv.memory.to_vec()[2990..3000], [1; 10]);
    window.discard(0, 2000).unwrap();
    assert_eq!(pv.memory.to_vec()[1000..3000], [0; 2000]);
    assert_eq!(window.read_at(1999, &mut [0; 2]).unwrap_err().kind(), &ErrorKind::InvalidInput);
    assert!(SubDevice::new(pv, 1000, 32 * 1024).is_err());
    let sized = Sectors(4).to_bytes().get();
    assert_eq!(SubDevice::new(window.device().clone(), 0, sized).unwrap().with_name("p1").name(), "p1");
}
