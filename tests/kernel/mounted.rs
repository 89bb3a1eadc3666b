//! Volumes that are changed while a file system on them is mounted and written to.

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::JoinHandle;

use lvmkit::data::filesystem::FsOptions;
use lvmkit::dm::kernel::Kernel;
use lvmkit::{ActivateOptions, Bytes, NewLv, Size};

use crate::bench::{Bench, run};

/// A mounted file system; unmounted when it is dropped.
pub struct Mounted(pub PathBuf);

impl Mounted {
    pub fn new(device: &Path) -> Self {
        let dir = tempfile::tempdir().unwrap().keep();
        run("mount", &[device.to_str().unwrap(), dir.to_str().unwrap()]);
        Self(dir)
    }

    /// Bytes of the file system.
    pub fn size(&self) -> u64 {
        let stat = nix::sys::statvfs::statvfs(&self.0).unwrap();
        stat.blocks() * stat.fragment_size()
    }
}

impl Drop for Mounted {
    fn drop(&mut self) {
        let _ = std::process::Command::new("umount").arg(&self.0).status();
        let _ = fs::remove_dir(&self.0);
    }
}

/// Writes files of known content until it is told to stop.
pub struct Writer {
    stop: Arc<AtomicBool>,
    thread: JoinHandle<u32>,
}

fn content(number: u32) -> Vec<u8> {
    (0..20_000_u32).flat_map(|at| (at.wrapping_mul(2_654_435_761) ^ number).to_le_bytes()).collect()
}

impl Writer {
    pub fn start(dir: &Path) -> Self {
        let (stop, dir) = (Arc::new(AtomicBool::new(false)), dir.to_owned());
        let stopped = Arc::clone(&stop);
        let thread = std::thread::spawn(move || {
            let mut number = 0_u32;
            while !stopped.load(Ordering::Relaxed) {
                // A few files, over and over: there must be room also when the volume is small.
                let mut file = fs::File::create(dir.join(format!("file{}", number % 40))).unwrap();
                file.write_all(&number.to_le_bytes()).unwrap();
                file.write_all(&content(number)).unwrap();
                file.sync_all().unwrap();
                number += 1;
            }
            number
        });
        Self { stop, thread }
    }

    pub fn stop(self) -> u32 {
        self.stop.store(true, Ordering::Relaxed);
        self.thread.join().unwrap()
    }
}

/// Checks every file that a writer wrote; returns how many there are.
pub fn check_files(dir: &Path) -> usize {
    let mut count = 0;
    for entry in fs::read_dir(dir).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            continue;
        }
        let bytes = fs::read(&path).unwrap();
        let (number, rest) = bytes.split_first_chunk::<4>().unwrap();
        assert!(rest == content(u32::from_le_bytes(*number)), "{} is damaged", path.display());
        count += 1;
    }
    count
}

/// Nothing is suspended and no table waits.
pub fn all_run() {
    let kernel = Kernel::open().unwrap();
    for device in kernel.list_devices("LVM-").unwrap() {
        let info = kernel.info(device.number.into()).unwrap();
        assert!(!info.is_suspended() && !info.has_inactive_table(), "{info:?}");
    }
}

fn lvm2_sizes(bench: &Bench) -> Vec<String> {
    let words = ["lvs", "--noheadings", "--units", "m", "--nosuffix", "-o", "lv_name,lv_size,lv_attr"];
    let out = bench.lvm2(&words).out;
    out.lines().map(|line| line.split_whitespace().collect::<Vec<_>>().join(" ")).collect()
}

#[test]
fn volumes_grow_shrink_and_move_names_under_load() {
    let Some(bench) = Bench::new(&[400, 400, 400]) else { return };
    let vg = bench.group("vg0");
    let lvm = bench.lvm();
    let create = |tx: &mut lvmkit::Transaction| {
        tx.create_lv(NewLv::linear("ext", Size::mib(64)))?;
        tx.create_lv(NewLv::striped("xfs", Size::mib(330), 3).stripe_size(Bytes::kib(64)))
    };
    lvm.update("vg0", create).unwrap();
    let ext = lvm.activate(&vg, "ext").unwrap();
    let xfs = lvm.activate(&vg, "xfs").unwrap();
    run("mkfs.ext4", &["-q", ext.to_str().unwrap()]);
    run("mkfs.xfs", &["-q", xfs.to_str().unwrap()]);
    let (ext_mount, xfs_mount) = (Mounted::new(&ext), Mounted::new(&xfs));
    let writers = [Writer::start(&ext_mount.0), Writer::start(&xfs_mount.0)];
    let sizes = [ext_mount.size(), xfs_mount.size()];

    // Online, file systems included, while both are written.
    let grow = |tx: &mut lvmkit::Transaction| {
        for lv in ["ext", "xfs"] {
            tx.extend_lv_by(lv, Size::mib(96))?;
            tx.resize_filesystem(lv, FsOptions::new())?;
        }
        let plan = tx.plan()?.to_string();
        assert!(plan.contains("resize2fs") && plan.contains("xfs_growfs"), "{plan}");
        Ok(())
    };
    lvm.update("vg0", grow).unwrap();
    assert!(ext_mount.size() > sizes[0] + (80 << 20) && xfs_mount.size() > sizes[1] + (80 << 20));
    assert_eq!(lvm2_sizes(&bench), ["ext 160.00 -wi-ao----", "xfs 426.00 -wi-ao----"]);
    // An xfs never shrinks, and a mounted ext4 does not: nothing changes.
    for lv in ["ext", "xfs"] {
        let shrink = |tx: &mut lvmkit::Transaction| {
            tx.reduce_lv_by(lv, Size::mib(30))?;
            tx.resize_filesystem(lv, FsOptions::new())
        };
        let error = lvm.update("vg0", shrink).unwrap_err();
        assert_eq!(error.effect(), lvmkit::Effect::Unchanged, "{error:?}");
        assert_eq!(error.lv(), Some(lv), "{error:?}");
    }
    // A new name while it is mounted.
    lvm.update("vg0", |tx| tx.rename_lv("ext", "extra-4")).unwrap();
    assert!(Path::new("/dev/vg0/extra-4").exists() && !Path::new("/dev/vg0/ext").exists());
    assert_eq!(lvm2_sizes(&bench), ["extra-4 160.00 -wi-ao----", "xfs 426.00 -wi-ao----"]);
    lvm.update("vg0", |tx| tx.rename_vg("data")).unwrap();
    assert!(Path::new("/dev/data/extra-4").exists() && !Path::new("/dev/vg0").exists());
    let written = writers.map(Writer::stop);
    assert!(written.iter().all(|count| *count > 5), "{written:?}");
    all_run();
    for mount in [&ext_mount, &xfs_mount] {
        assert!(check_files(&mount.0) > 5);
    }

    // ext4 shrinks unmounted.
    drop(ext_mount);
    let shrink = |tx: &mut lvmkit::Transaction| {
        tx.resize_lv_to("extra-4", Size::mib(80))?;
        tx.resize_filesystem("extra-4", FsOptions::new())
    };
    lvm.update("data", shrink).unwrap();
    assert_eq!(lvm2_sizes(&bench), ["extra-4 80.00 -wi-a-----", "xfs 426.00 -wi-ao----"]);
    drop(xfs_mount);
    lvm.deactivate_where("data", |_| true).unwrap();
    // As after a reboot.
    assert!(Kernel::open().unwrap().list_devices("LVM-").unwrap().is_empty());
    bench.lvm2(&["vgck", "data"]);
    let activated = lvm.activate_where("data", ActivateOptions::default(), |_| true).unwrap();
    assert_eq!(activated.done.len(), 2);
    run("e2fsck", &["-f", "-n", "/dev/data/extra-4"]);
    run("xfs_repair", &["-n", "/dev/data/xfs"]);
    for name in ["extra-4", "xfs"] {
        let mount = Mounted::new(&Path::new("/dev/data").join(name));
        assert!(check_files(&mount.0) > 5);
    }
}
