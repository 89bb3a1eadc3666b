//! A process that dies at any request to the kernel and at any write to a disk, in the middle of
//! changing a mounted volume; and what recovery makes of it.

use std::collections::BTreeMap;
use std::process::Command;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use lvmkit::activate::lv_tree;
use lvmkit::dm::FileDevice;
use lvmkit::dm::kernel::{Kernel, Request, Transport};
use lvmkit::dm::target::DeviceRef;
use lvmkit::{BlockDevice, KernelOptions, Lvm, NewLv, Options, Result, Size, VolumeGroup};
use nix::errno::Errno;
use nix::sys::signal::{Signal, raise};

use crate::bench::{Bench, run};
use crate::mounted::{Mounted, Writer, all_run, check_files};

/// What the dying process is to do, when it dies, and on which devices.
const OPERATION: &str = "LVMKIT_CRASH_OPERATION";
const CUT: &str = "LVMKIT_CRASH_CUT";
const DEVICES: &str = "LVMKIT_CRASH_DEVICES";
const LOCKS: &str = "LVMKIT_CRASH_LOCKS";

/// Counts requests and writes, and kills the process before the one that is cut.
struct Death {
    seen: AtomicU32,
    cut: u32,
}

impl Death {
    fn before(&self, what: &str) {
        if self.seen.fetch_add(1, Ordering::SeqCst) == self.cut {
            println!("died before {what}");
            use std::io::Write;
            std::io::stdout().flush().unwrap();
            raise(Signal::SIGKILL).unwrap();
        }
    }
}

struct DyingTransport {
    inner: Arc<dyn Transport>,
    death: Arc<Death>,
}

impl Transport for DyingTransport {
    fn send(&self, request: &mut Request) -> std::result::Result<(), Errno> {
        self.death.before(request.command().name());
        self.inner.send(request)
    }
}

struct DyingDevice {
    inner: FileDevice,
    death: Arc<Death>,
}

impl BlockDevice for DyingDevice {
    fn size(&self) -> u64 {
        self.inner.size()
    }
    fn name(&self) -> &str {
        self.inner.name()
    }
    fn read_at(&self, offset: u64, buf: &mut [u8]) -> Result<()> {
        self.inner.read_at(offset, buf)
    }
    fn write_at(&self, offset: u64, buf: &[u8]) -> Result<()> {
        self.death.before("a write");
        self.inner.write_at(offset, buf)
    }
    fn flush(&self) -> Result<()> {
        self.death.before("a flush");
        self.inner.flush()
    }
    fn discard(&self, offset: u64, length: u64) -> Result<()> {
        self.inner.discard(offset, length)
    }
}

fn operate(lvm: &Lvm, operation: &str) -> Result<()> {
    lvm.update("vg0", |tx| match operation {
        "extend" => tx.resize_lv_to("data", Size::mib(80)).map(drop),
        "reduce" => tx.resize_lv_to("data", Size::mib(64)).map(drop),
        "rename" => tx.rename_lv("data", "other-name"),
        "rename back" => tx.rename_lv("other-name", "data"),
        other => panic!("{other}"),
    })
    .map(drop)
}

/// The process that dies; nothing when it is not asked to.
#[test]
fn the_one_that_dies() {
    let var = |name: &str| std::env::var(name).ok();
    let (Some(operation), Some(cut), Some(devices)) = (var(OPERATION), var(CUT), var(DEVICES)) else {
        return;
    };
    let death = Arc::new(Death { seen: AtomicU32::new(0), cut: cut.parse().unwrap() });
    let kernel = Kernel::open().unwrap();
    let kernel = kernel.wrapped(|inner| DyingTransport { inner, death: Arc::clone(&death) }).unwrap();
    let devices = devices.split(',').map(|path| {
        let inner = FileDevice::open(path, false).unwrap();
        Arc::new(DyingDevice { inner, death: Arc::clone(&death) }) as Arc<dyn BlockDevice>
    });
    let options = Options::new().block_devices(devices).kernel(KernelOptions::with(kernel));
    let lvm = Lvm::open(options.locking_dir(var(LOCKS).unwrap()).command("dying")).unwrap();
    operate(&lvm, &operation).unwrap();
    println!("lived through {}", death.seen.load(Ordering::SeqCst));
}

/// Runs an operation that dies; returns what it died before, or `None` when it lived.
fn die(bench: &Bench, operation: &str, cut: u32) -> Option<String> {
    let output = Command::new(std::env::current_exe().unwrap())
        .args(["crash::the_one_that_dies", "--exact", "--nocapture", "--test-threads=1"])
        .env(OPERATION, operation)
        .env(CUT, cut.to_string())
        .env(DEVICES, bench.paths().join(","))
        .env(LOCKS, bench.lvm2.locking_dir())
        .output()
        .unwrap();
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    if text.contains("lived through") {
        assert!(output.status.success(), "{text}");
        return None;
    }
    let place = text.lines().find_map(|line| line.split_once("died before ").map(|(_, place)| place));
    Some(place.unwrap_or_else(|| panic!("{operation} at {cut}: {output:?}")).to_owned())
}

/// What the kernel has for the volume, and what its metadata says it should have.
fn compare(bench: &Bench, vg: &VolumeGroup) -> std::result::Result<(), String> {
    let kernel = Kernel::open().unwrap();
    let found = bench.lvm().found_group("vg0").unwrap();
    let device = |pv: lvmkit::PvId| {
        let found = found.pvs.iter().flatten().find(|found| found.id() == pv)?;
        lvmkit::dm::DeviceNumber::of_device(found.device.name().as_ref()).map(DeviceRef::from)
    };
    for lv in vg.logical_volumes() {
        let node = lv_tree(vg, lv, &device, lvmkit::TreeOptions::default()).unwrap().remove(0);
        let key = node.uuid.to_string();
        let (info, _) = kernel.table_lines(lvmkit::dm::DeviceKey::Uuid(&key), false).unwrap();
        let table = kernel.table(lvmkit::dm::DeviceKey::Uuid(&key), false).unwrap().unwrap();
        let (live, wanted) = (table.size().0 >> 11, node.table.size().0 >> 11);
        if info.is_suspended() {
            return Err("suspended".to_owned());
        }
        if info.has_inactive_table() {
            return Err("a table waits".to_owned());
        }
        if table != node.table {
            return Err(format!("device of {live} MiB, metadata of {wanted} MiB"));
        }
        if info.name != node.name {
            return Err(format!("device named {}, metadata {}", info.name, node.name));
        }
    }
    Ok(())
}

/// What lvm2's own repair makes of what is there.
fn refreshed_by_lvm2(bench: &Bench, lvm: &Lvm) -> String {
    let said = bench.lvm2.run(&bench.paths(), &["vgchange", "--refresh", "vg0"]);
    let now = lvm.volume_group("vg0").unwrap();
    let verdict = compare(bench, &now).err().unwrap_or_else(|| "right".to_owned());
    if said.ok() { verdict } else { format!("{verdict} (exit code {})", said.code) }
}

#[test]
fn killed_at_every_request_and_write() {
    let Some(bench) = Bench::new(&[120, 120, 8, 8]) else { return };
    let vg = bench.group("vg0");
    let lvm = bench.lvm();
    lvm.update("vg0", |tx| tx.create_lv(NewLv::linear("data", Size::mib(64)))).unwrap();
    let path = lvm.activate(&vg, "data").unwrap();
    run("mkfs.ext4", &["-q", path.to_str().unwrap()]);
    let mount = Mounted::new(&path);
    let writer = Writer::start(&mount.0);
    let mut places = BTreeMap::<String, u32>::new();
    let mut theirs: BTreeMap<(&str, u32, String), String> = BTreeMap::new();
    // What undoes each, where it went through.
    for (operation, undo) in [("extend", "reduce"), ("reduce", "extend"), ("rename", "rename back")] {
        if operation == "reduce" {
            operate(&lvm, "extend").unwrap();
        }
        // By lvm2's own repair first, then by ours: the same cut twice.
        for by_lvm2 in [true, false] {
            for cut in 0.. {
                let old = lvm.volume_group("vg0").unwrap();
                let Some(place) = die(&bench, operation, cut) else {
                    operate(&lvm, undo).unwrap();
                    break;
                };
                if by_lvm2 {
                    theirs.insert((operation, cut, place.clone()), refreshed_by_lvm2(&bench, &lvm));
                }
                let recovered = lvm.recover("vg0").unwrap();
                assert!(recovered.failed.is_empty(), "{operation} before {place}: {recovered:?}");
                let now = lvm.volume_group("vg0").unwrap();
                let what = format!("{operation} cut at {cut}, before {place}, {recovered:?}");
                compare(&bench, &now).unwrap_or_else(|error| panic!("{what}: {error}"));
                all_run();
                let is_old = now.seqno() == old.seqno() && now == old;
                assert!(is_old || now.seqno() == old.seqno() + 1, "{what}: neither old nor new");
                if !by_lvm2 {
                    *places.entry(place.clone()).or_default() += 1;
                }
                // The volume works: this reaches its disk.
                nix::unistd::sync();
                // The next change heals what is behind; a change that went through is undone.
                let name = now.logical_volumes().next().unwrap().name().to_owned();
                if !is_old {
                    operate(&lvm, undo).unwrap();
                } else {
                    lvm.update("vg0", |tx| tx.add_lv_tag(&name, "t")).unwrap();
                    lvm.update("vg0", |tx| tx.remove_lv_tag(&name, "t")).unwrap();
                }
                let problems = lvm.found_group("vg0").unwrap().problems;
                assert!(problems.is_empty(), "{what}: {problems:?}");
            }
        }
        if operation == "reduce" {
            operate(&lvm, "reduce").unwrap();
        }
    }
    let written = writer.stop();
    assert!(check_files(&mount.0) > 0 && written > 0);
    drop(mount);
    run("e2fsck", &["-f", "-n", "/dev/vg0/data"]);
    bench.lvm2(&["vgck", "vg0"]);
    for ((operation, cut, place), verdict) in theirs {
        println!("lvm2 --refresh after {operation} died at {cut}, before {place}: {verdict}");
    }
    for place in ["load", "suspend", "rename", "a write", "a flush"] {
        assert!(places.contains_key(place), "never died before {place}: {places:?}");
    }
    let cuts = places.values().sum::<u32>();
    println!("kernel: killed at {cuts} places of extend, reduce and rename, recovered from all: {places:?}");
    lvm.deactivate_where("vg0", |_| true).unwrap();
}
