//! A mount for the time a tool needs it.

use std::fs::{self, DirBuilder};
use std::os::unix::fs::DirBuilderExt;
use std::path::{Path, PathBuf};
use std::thread;
use std::time::Duration;

use lvm_core::{Error, ErrorKind, Result};
use nix::errno::Errno;
use nix::mount::{MntFlags, MsFlags, mount, umount2};
use nix::unistd::mkdtemp;

use super::FsKind;

/// How often, and after which pause, unmounting is tried while somebody looks at the new mount.
const TRIES: u32 = 20;
const PAUSE: Duration = Duration::from_millis(100);

/// A mount in a directory of its own, undone when this is dropped.
#[derive(Debug)]
pub(super) struct TemporaryMount {
    dir: PathBuf,
    mounted: bool,
}

impl TemporaryMount {
    /// Mounts `device` in a new directory in `run_dir`, which is made when it is missing.
    pub(super) fn new(kind: FsKind, device: &Path, run_dir: &Path) -> Result<Self> {
        let failed = |what: &str, path: &Path, error: std::io::Error| {
            Error::io(what.to_owned(), path.to_string_lossy(), 0, error)
        };
        DirBuilder::new()
            .recursive(true)
            .mode(0o700)
            .create(run_dir)
            .map_err(|error| failed("the directory for mounts cannot be made", run_dir, error))?;
        // Its mode is 0700.
        let dir = mkdtemp(&run_dir.join("mount-XXXXXX"))
            .map_err(|error| failed("a directory to mount in cannot be made", run_dir, error.into()))?;
        let mut temporary = Self { dir, mounted: false };
        let flags = MsFlags::MS_NOSUID | MsFlags::MS_NODEV | MsFlags::MS_NOEXEC;
        // A snapshot has the UUID of its origin, which may be mounted.
        let data = (kind == FsKind::Xfs).then_some("nouuid");
        mount(Some(device), temporary.dir(), Some(kind.name()), flags, data)
            .map_err(|errno| refused(kind, device, errno))?;
        temporary.mounted = true;
        Ok(temporary)
    }

    pub(super) fn dir(&self) -> &Path {
        &self.dir
    }

    /// Undoes it.
    pub(super) fn unmount(mut self) -> Result<()> {
        self.undo().map_err(|errno| {
            Error::io("a temporary mount cannot be undone", self.dir.to_string_lossy(), 0, errno)
                .with_help("unmount it and remove the directory")
        })
    }

    fn undo(&mut self) -> nix::Result<()> {
        let mut tries = TRIES;
        while self.mounted {
            match umount2(&self.dir, MntFlags::UMOUNT_NOFOLLOW) {
                Ok(()) => self.mounted = false,
                Err(Errno::EINTR) => {}
                Err(Errno::EBUSY) if tries > 0 => {
                    tries = tries.saturating_sub(1);
                    thread::sleep(PAUSE);
                }
                Err(errno) => return Err(errno),
            }
        }
        // Left behind, it is an empty directory.
        let _ = fs::remove_dir(&self.dir);
        Ok(())
    }
}

impl Drop for TemporaryMount {
    fn drop(&mut self) {
        // Nobody is left to be told, and whoever keeps it busy must not keep it in the tree.
        if self.undo().is_err() && umount2(&self.dir, MntFlags::MNT_DETACH).is_ok() {
            let _ = fs::remove_dir(&self.dir);
        }
    }
}

fn refused(kind: FsKind, device: &Path, errno: Errno) -> Error {
    let error = match errno {
        Errno::ENODEV => Error::unsupported(format!("the kernel has no {kind}")),
        Errno::EBUSY => Error::new(ErrorKind::InUse, format!("the {kind} is in use and cannot be mounted")),
        _ => Error::new(ErrorKind::Io, format!("the {kind} cannot be mounted")),
    };
    error.with_device(device.to_string_lossy()).with_source(errno)
}
