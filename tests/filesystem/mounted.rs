//! What needs a kernel that has the file system, root, and loop devices.
//!
//! Each function is one test. It says so and returns when this machine cannot run it.

use std::fs;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};

use lvmkit::data::filesystem::{
    FileSystem, FsKind, FsOptions, FsPlan, FsRun, FsUse, Mounts, check_reduce, plan_grow, plan_shrink,
};
use lvmkit::{Bytes, Effect, ErrorKind, Event, Silent};

use crate::sample::{self, MIB, run, tool};
use crate::support::loops::Loop;
use crate::support::needed;

/// A loop device with a file system, a place to mount it, and a directory for temporary mounts.
struct Volume {
    // Unmounted before the device goes, and that before the directory.
    mounted: Option<PathBuf>,
    device: Loop,
    dir: tempfile::TempDir,
    kind: FsKind,
}

impl Drop for Volume {
    fn drop(&mut self) {
        if self.mounted.is_some() {
            let _ = std::process::Command::new("umount").arg(self.target()).status();
        }
    }
}

impl Volume {
    /// `None` when it cannot be had here.
    fn new(test: &str, kind: FsKind, maker: &str, mib: u64) -> Option<Self> {
        if !tool(maker) {
            return None;
        }
        let known = fs::read_to_string("/proc/filesystems").unwrap_or_default();
        let known = known.lines().any(|line| line.split_whitespace().last() == Some(kind.name()));
        if kind != FsKind::Swap && !known {
            needed(test, Err::<(), _>(format!("the kernel has no {kind}")))?;
        }
        let dir = tempfile::tempdir().unwrap();
        let device = needed(test, Loop::new(dir.path(), "disk", mib * MIB))?;
        run(maker, &[if kind == FsKind::Swap { "--force" } else { "-q" }, device.path()]);
        fs::create_dir(dir.path().join("a target")).unwrap();
        let mut volume = Self { mounted: None, device, dir, kind };
        if kind != FsKind::Swap {
            let mounts = volume.try_mount("noatime");
            needed(test, mounts)?;
            fs::write(volume.target().join("file"), volume.text()).unwrap();
            volume.unmount();
        }
        Some(volume)
    }

    fn text(&self) -> String {
        format!("a file in {}\n", self.kind).repeat(10_000)
    }

    fn target(&self) -> PathBuf {
        self.dir.path().join("a target")
    }

    fn path(&self) -> &Path {
        Path::new(self.device.path())
    }

    fn try_mount(&mut self, options: &str) -> Result<(), String> {
        let mut mount = std::process::Command::new("mount");
        mount.args(["-t", self.kind.name(), "-o", options]).arg(self.path()).arg(self.target());
        let output = mount.output().map_err(|error| error.to_string())?;
        if !output.status.success() {
            return Err(String::from_utf8_lossy(&output.stderr).trim().to_owned());
        }
        self.mounted = Some(self.target());
        Ok(())
    }

    fn unmount(&mut self) {
        // A child of another test holds our files until it becomes its program.
        let busy = || !std::process::Command::new("umount").arg(self.target()).status().unwrap().success();
        let mut tries = 0;
        while busy() {
            tries += 1;
            assert!(tries < 20, "{} stays busy", self.target().display());
            std::thread::sleep(std::time::Duration::from_millis(50));
        }
        self.mounted = None;
    }

    fn fs(&self) -> FileSystem {
        FileSystem::inspect(&sample::open(self.path()), self.path()).unwrap().unwrap().0
    }

    fn usage(&self) -> FsUse {
        FsUse::of(self.kind, self.path()).unwrap()
    }

    fn run(&self) -> FsRun {
        FsRun::new(self.path(), self.dir.path().join("run")).unwrap()
    }

    /// Grows or shrinks the device and what is on it, as a caller would.
    fn resize(&mut self, mib: u64, options: FsOptions) -> FsPlan {
        let (fs, size) = (self.fs(), Bytes(mib * MIB));
        let planner = if size < fs.size() { plan_shrink } else { plan_grow };
        let plan = planner(&fs, &self.usage(), size, options).unwrap();
        let mut run = self.run();
        run.before(&plan, &mut Silent).unwrap();
        self.device.resize(size.get());
        run.after(&plan, &mut Silent).unwrap();
        drop(run);
        self.nothing_is_left();
        let now = self.fs();
        assert_eq!(now.size(), size.align_down(now.alignment()), "{plan}");
        check_reduce(&now, size).unwrap();
        check_reduce(&now, Bytes(size.get() - MIB)).unwrap_err();
        plan
    }

    /// No temporary mount and no directory for one.
    fn nothing_is_left(&self) {
        let run_dir = self.dir.path().join("run");
        let left = fs::read_dir(&run_dir).map_or(0, Iterator::count);
        assert_eq!(left, 0, "in {}", run_dir.display());
        let mounts = fs::read_to_string("/proc/self/mountinfo").unwrap();
        assert!(!mounts.contains(run_dir.to_str().unwrap()), "{mounts}");
    }

    /// The size the kernel gives the mounted file system, file system's own overhead left out.
    fn kernel_size(&self) -> u64 {
        let target = self.target();
        run("stat", &["-f", "-c", "%b", target.to_str().unwrap()]).trim().parse::<u64>().unwrap()
            * run("stat", &["-f", "-c", "%S", target.to_str().unwrap()]).trim().parse::<u64>().unwrap()
    }

    /// Unmounts, lets the maker's tool check it, and compares the file.
    fn is_sound(&mut self, mib: u64) {
        if self.mounted.is_some() {
            self.unmount();
        }
        sample::check(self.kind, self.path());
        assert_eq!(self.fs().size().get(), mib * MIB);
        self.try_mount("ro").unwrap();
        assert_eq!(fs::read_to_string(self.target().join("file")).unwrap(), self.text());
        self.unmount();
    }

    fn is_mounted(&self) -> bool {
        let usage = self.usage();
        let targets: Vec<_> = usage.mounts().map(|mount| mount.target.clone()).collect();
        assert!(targets.is_empty() || targets == [self.target()], "{targets:?}");
        !targets.is_empty()
    }
}

/// The kernel asks for `CAP_SYS_RESOURCE`, which root in a container may lack.
fn may_resize_ext() -> Result<(), String> {
    const CAP_SYS_RESOURCE: u32 = 24;
    let status = fs::read_to_string("/proc/self/status").map_err(|error| error.to_string())?;
    let set = status.lines().find_map(|line| line.strip_prefix("CapEff:")).unwrap_or_default();
    let set = u64::from_str_radix(set.trim(), 16).map_err(|error| error.to_string())?;
    if set >> CAP_SYS_RESOURCE & 1 == 1 { Ok(()) } else { Err("CAP_SYS_RESOURCE is missing".to_owned()) }
}

/// Grows online; shrinks unmounted only.
pub(crate) fn ext(test: &str, maker: &str) {
    let Some(mut volume) = Volume::new(test, FsKind::Ext4, maker, 100) else { return };
    if needed(test, may_resize_ext()).is_none() {
        return;
    }
    volume.try_mount("noatime").unwrap();
    assert!(volume.is_mounted());
    let before = volume.kernel_size();
    volume.resize(160, FsOptions::new());
    assert!(volume.is_mounted() && volume.kernel_size() > before + 50 * MIB);
    let error = plan_shrink(&volume.fs(), &volume.usage(), Bytes(80 * MIB), FsOptions::new()).unwrap_err();
    assert_eq!(*error.kind(), ErrorKind::InUse);
    volume.unmount();
    volume.resize(80, FsOptions::new());
    volume.is_sound(80);
    volume.resize(120, FsOptions::new());
    volume.is_sound(120);
}

/// A mount is undone for a shrink and made again: also when it is stopped, not when it is torn.
pub(crate) fn unmounted_meanwhile(test: &str) {
    let Some(mut volume) = Volume::new(test, FsKind::Ext4, "mkfs.ext4", 100) else { return };
    let allowed = FsOptions::new().unmount(true);
    volume.try_mount("noatime,nodev,errors=remount-ro").unwrap();
    let before: Vec<_> = volume.usage().mounts().map(|mount| mount.mount_options()).collect();
    volume.resize(60, allowed);
    let after: Vec<_> = volume.usage().mounts().map(|mount| mount.mount_options()).collect();
    assert_eq!((after, volume.is_mounted()), (before, true));

    // Stopped before the check, it is mounted again.
    let plan = plan_shrink(&volume.fs(), &volume.usage(), Bytes(40 * MIB), allowed).unwrap();
    let mut steps = 0;
    let stop = &mut |event: &Event| {
        steps += u32::from(matches!(event, Event::Step { .. }));
        if steps == 2 { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    };
    let error = volume.run().before(&plan, stop).unwrap_err();
    assert_eq!((error.kind(), error.effect()), (&ErrorKind::Cancelled, Effect::Unchanged));
    assert!(volume.is_mounted());

    // Dropped between both halves, too.
    let mut run = volume.run();
    run.before(&plan, &mut Silent).unwrap();
    assert!(!volume.is_mounted());
    drop(run);
    assert!(volume.is_mounted());
    assert_eq!(volume.fs().size(), Bytes(40 * MIB));

    // Busy, nothing happens.
    let file = fs::File::open(volume.target().join("file")).unwrap();
    let plan = plan_shrink(&volume.fs(), &volume.usage(), Bytes(20 * MIB), allowed).unwrap();
    let error = volume.run().before(&plan, &mut Silent).unwrap_err();
    assert_eq!((error.kind(), error.effect()), (&ErrorKind::InUse, Effect::Unchanged));
    assert!(volume.is_mounted());
    drop(file);

    // A resize that fails leaves it unmounted.
    let plan = plan_shrink(&volume.fs(), &volume.usage(), Bytes(MIB), allowed).unwrap();
    let error = volume.run().before(&plan, &mut Silent).unwrap_err();
    assert_eq!((error.kind(), error.effect()), (&ErrorKind::Io, Effect::Unknown));
    assert!(!volume.is_mounted() && error.help().unwrap().contains("unmounted"));
    volume.mounted = None;
    volume.resize(40, allowed);
    volume.is_sound(40);
}

/// Grows in its mount, in a mount for the purpose, and beside a hidden mount.
pub(crate) fn xfs(test: &str) {
    let Some(mut volume) = Volume::new(test, FsKind::Xfs, "mkfs.xfs", 320) else { return };
    volume.resize(400, FsOptions::new());
    volume.is_sound(400);
    volume.try_mount("noatime").unwrap();
    let before = volume.kernel_size();
    volume.resize(480, FsOptions::new());
    assert!(volume.is_mounted() && volume.kernel_size() > before + 60 * MIB);

    // Its only mount is read-only though it is not itself: it is mounted once more.
    let target = volume.target();
    let target = target.to_str().unwrap();
    run("mount", &["-o", "remount,bind,ro", target]);
    let plan = volume.resize(560, FsOptions::new());
    assert_eq!(plan.after.len(), 3, "{plan}");
    // Below another mount nobody knows its size.
    run("mount", &["-t", "tmpfs", "lvmkit-test", target]);
    let error = FileSystem::inspect(&sample::open(volume.path()), volume.path()).unwrap_err();
    run("umount", &[target]);
    assert_eq!(*error.kind(), ErrorKind::InUse);
    assert!(volume.is_mounted());
    assert_eq!(
        *plan_shrink(&volume.fs(), &volume.usage(), Bytes(400 * MIB), FsOptions::new()).unwrap_err().kind(),
        ErrorKind::Unsupported
    );
    volume.is_sound(560);

    // A tool that fails leaves no mount behind.
    let plan = plan_grow(&volume.fs(), &volume.usage(), Bytes(640 * MIB), FsOptions::new()).unwrap();
    let error = volume.run().after(&plan, &mut Silent).unwrap_err();
    assert_eq!(error.effect(), Effect::Unknown);
    volume.nothing_is_left();
    volume.is_sound(560);
}

/// Both directions in both states.
pub(crate) fn btrfs(test: &str) {
    let Some(mut volume) = Volume::new(test, FsKind::Btrfs, "mkfs.btrfs", 400) else { return };
    volume.resize(600, FsOptions::new());
    volume.is_sound(600);
    volume.resize(500, FsOptions::new());
    volume.is_sound(500);
    volume.try_mount("noatime").unwrap();
    assert!(volume.is_mounted());
    let plan = volume.resize(560, FsOptions::new());
    assert_eq!(plan.after.len(), 1, "{plan}");
    let plan = volume.resize(450, FsOptions::new());
    assert_eq!(plan.before.len(), 1, "{plan}");
    assert!(volume.is_mounted());
    volume.is_sound(450);
}

/// Swap that is swapped on is seen. Only in the guest: the swap of a machine that does other
/// things is not for tests.
pub(crate) fn swap(test: &str) {
    let machine = fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    if !machine.contains("User Mode Linux") {
        println!("{test} is left to the guest kernel of tests/uml-run");
        return;
    }
    let Some(mut volume) = Volume::new(test, FsKind::Swap, "mkswap", 40) else { return };
    run("swapon", &[volume.device.path()]);
    assert!(volume.usage().is_swap(), "{:?}", Mounts::read());
    let error = plan_grow(&volume.fs(), &volume.usage(), Bytes(80 * MIB), FsOptions::new()).unwrap_err();
    assert_eq!(*error.kind(), ErrorKind::InUse);
    run("swapoff", &[volume.device.path()]);
    for mib in [80, 20] {
        volume.resize(mib, FsOptions::new());
        run("swapon", &[volume.device.path()]);
        run("swapoff", &[volume.device.path()]);
    }
    assert_eq!(volume.fs().size().get(), 20 * MIB);
}
