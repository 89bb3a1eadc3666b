//! Loop devices, this library and lvm2 on one kernel.

use std::process::Command;

use lvmkit::dm::DeviceName;
use lvmkit::dm::kernel::Kernel;
use lvmkit::dm::nodes::DevDir;
use lvmkit::{KernelOptions, Lvm, NewVg, Options, Silent, VolumeGroup};
use tempfile::TempDir;

use crate::guest::can_run;
use crate::support::loops::Loop;
use crate::support::lvm2::{Lvm2, Said};

const MIB: u64 = 1 << 20;

/// Some devices with everything that is needed to use them. Dropping it leaves nothing behind.
pub struct Bench {
    pub lvm2: Lvm2,
    pub loops: Vec<Loop>,
    _dir: TempDir,
}

impl Bench {
    /// Devices of these sizes in MiB; `None` where the tests run in a guest instead.
    pub fn new(sizes_mib: &[u64]) -> Option<Self> {
        if !can_run() {
            return None;
        }
        let base = if std::path::Path::new("/dev/shm").is_dir() { "/dev/shm" } else { "/tmp" };
        let dir = TempDir::new_in(base).unwrap();
        let new =
            |(at, size): (usize, &u64)| Loop::new(dir.path(), &format!("disk{at}"), size * MIB).unwrap();
        let loops = sizes_mib.iter().enumerate().map(new).collect();
        Some(Self { lvm2: Lvm2::with_kernel().unwrap(), loops, _dir: dir })
    }

    pub fn paths(&self) -> Vec<&str> {
        self.loops.iter().map(Loop::path).collect()
    }

    pub fn options(&self) -> Options {
        Options::new().devices(self.paths()).locking_dir(self.lvm2.locking_dir()).command("kernel test")
    }

    /// This library on all devices, over a driver of its own.
    pub fn lvm(&self) -> Lvm {
        self.lvm_over(KernelOptions::auto())
    }

    pub fn lvm_over(&self, kernel: KernelOptions) -> Lvm {
        Lvm::open(self.options().kernel(kernel)).unwrap()
    }

    /// A group over all devices.
    pub fn group(&self, name: &str) -> VolumeGroup {
        let new = NewVg::new(name).extent_size(lvmkit::Bytes::mib(1));
        self.lvm().create_vg(new, self.paths()).unwrap().commit(&mut Silent).unwrap()
    }

    /// Runs lvm2 on the devices; it must succeed.
    pub fn lvm2(&self, words: &[&str]) -> Said {
        let said = self.lvm2.run(&self.paths(), words);
        assert!(said.ok(), "lvm2 {words:?}: {said:?}");
        said
    }
}

impl Drop for Bench {
    fn drop(&mut self) {
        // Whatever a test left active would keep the loop devices busy, and fail the next test.
        let Ok(kernel) = Kernel::open() else { return };
        for _ in 0..3 {
            for device in kernel.list_devices("LVM-").unwrap_or_default() {
                let _ = kernel.clear(device.number.into());
                let _ = kernel.resume(device.number.into(), 0, lvmkit::dm::DmFlags::empty());
                let _ = kernel.remove(device.number.into(), 0, false);
                let dev = DevDir::default();
                let _ = dev.remove_node(&device.name);
                if let Ok(name) = device.name.parse::<DeviceName>() {
                    let _ = dev.remove_link(name.vg(), name.lv());
                }
            }
        }
    }
}

/// Runs a program; it must succeed. Returns what it wrote.
pub fn run(program: &str, words: &[&str]) -> String {
    let output = Command::new(program).args(words).env("LC_ALL", "C").output();
    let output = output.unwrap_or_else(|error| panic!("{program}: {error}"));
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).trim().to_owned();
    assert!(
        output.status.success(),
        "{program} {words:?}: {} {}",
        text(&output.stdout),
        text(&output.stderr)
    );
    text(&output.stdout)
}
