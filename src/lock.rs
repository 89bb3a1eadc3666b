//! Locks: lvm2's own lock files, so that both can work on one machine, and one for image files.
//!
//! Everything is flock(2), taken through [`File::lock`] and its siblings. Such a lock belongs to
//! the open file: two threads that each open it exclude each other just as two processes do, and
//! the kernel drops it when its holder dies. It does not outlive an `exec`. There is no state in
//! this process beside the values returned.

use std::fs::{DirBuilder, File, OpenOptions, TryLockError};
use std::io;
use std::os::unix::fs::{DirBuilderExt, MetadataExt, OpenOptionsExt};
use std::path::{Path, PathBuf};
use std::thread;
use std::time::{Duration, Instant};

use lvm_core::{Error, ErrorKind, Result, name};

/// What others may do meanwhile.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum LockMode {
    /// Read: others may hold it shared too.
    Shared,
    /// Write: nobody else holds it.
    Exclusive,
}

/// What to do while somebody else holds the lock.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Wait {
    /// Fail with `Locked` (`wait_for_locks=0` of lvm2), for lvm2's lock files after some
    /// milliseconds: they are held in passing while somebody takes or releases a lock.
    No,
    /// Fail with `Locked` after this time. The lock is tried every few milliseconds.
    For(Duration),
    /// Wait as long as it takes.
    Forever,
}

/// How long `:aux`, which readers hold in passing, may make a [`Wait::No`] wait.
const AUX_PASSING: Duration = Duration::from_millis(20);
/// The same for a lock that its last holder is about to remove.
const PASSING: Duration = Duration::from_millis(5);
/// The longest pause between two tries.
const PAUSE_MAX: Duration = Duration::from_millis(20);

/// One attempt's end: it is held, or the time to wait for it is over.
enum Outcome {
    Held,
    Busy,
}

/// When to give up.
#[derive(Clone, Copy)]
enum Deadline {
    At(Instant),
    Never,
}

impl Deadline {
    fn new(wait: Wait) -> Self {
        let now = Instant::now();
        match wait {
            Wait::No => Self::At(now),
            // A time too far away for the clock is as good as never.
            Wait::For(time) => now.checked_add(time).map_or(Self::Never, Self::At),
            Wait::Forever => Self::Never,
        }
    }

    /// The same, but at least `least` from now.
    fn at_least(self, least: Duration) -> Self {
        match (self, Instant::now().checked_add(least)) {
            (Self::At(at), Some(soonest)) => Self::At(at.max(soonest)),
            (deadline, _) => deadline,
        }
    }
}

fn flock(file: &File, mode: LockMode, deadline: Deadline) -> io::Result<Outcome> {
    let Deadline::At(deadline) = deadline else {
        loop {
            let locked = match mode {
                LockMode::Shared => file.lock_shared(),
                LockMode::Exclusive => file.lock(),
            };
            match locked {
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                other => return other.map(|()| Outcome::Held),
            }
        }
    };
    let mut pause = Duration::from_micros(500);
    loop {
        let tried = match mode {
            LockMode::Shared => file.try_lock_shared(),
            LockMode::Exclusive => file.try_lock(),
        };
        match tried {
            Ok(()) => return Ok(Outcome::Held),
            Err(TryLockError::Error(error)) if error.kind() == io::ErrorKind::Interrupted => continue,
            Err(TryLockError::Error(error)) => return Err(error),
            Err(TryLockError::WouldBlock) => {}
        }
        let left = deadline.saturating_duration_since(Instant::now());
        if left.is_zero() {
            return Ok(Outcome::Busy);
        }
        thread::sleep(pause.min(left));
        pause = pause.saturating_mul(2).min(PAUSE_MAX);
    }
}

/// True when `path` still names `file`: it was not removed or replaced since it was opened.
fn is_at(file: &File, path: &Path) -> io::Result<bool> {
    let there = match std::fs::metadata(path) {
        Ok(there) => there,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(false),
        Err(error) => return Err(error),
    };
    let here = file.metadata()?;
    Ok((here.dev(), here.ino()) == (there.dev(), there.ino()))
}

fn failed(what: &str, path: &Path, error: io::Error) -> Error {
    let kind = if error.kind() == io::ErrorKind::NotFound { ErrorKind::NotFound } else { ErrorKind::Io };
    Error::new(kind, format!("cannot {what}")).with_device(path.display().to_string()).with_source(error)
}

/// A lock file that is held; removed when released, if nobody else holds it then.
#[derive(Debug)]
struct LockFile {
    file: File,
    path: PathBuf,
}

impl LockFile {
    fn acquire(path: PathBuf, mode: LockMode, deadline: Deadline) -> Result<Option<Self>> {
        loop {
            let mut options = OpenOptions::new();
            let opened = options.read(true).append(true).create(true).mode(0o777).open(&path);
            let file = opened.map_err(|error| failed("open the lock file", &path, error))?;
            match flock(&file, mode, deadline) {
                Ok(Outcome::Held) => {}
                Ok(Outcome::Busy) => return Ok(None),
                Err(error) => return Err(failed("take the lock", &path, error)),
            }
            // The holder before us may have removed the file: then this lock locks nobody out.
            if is_at(&file, &path).map_err(|error| failed("look at the lock file", &path, error))? {
                return Ok(Some(Self { file, path }));
            }
        }
    }
}

impl Drop for LockFile {
    fn drop(&mut self) {
        // Errors have no reader here, and closing the file releases the lock whatever happens.
        let _ = self.file.unlock();
        if self.file.try_lock().is_ok() && is_at(&self.file, &self.path).unwrap_or(false) {
            let _ = std::fs::remove_file(&self.path);
        }
    }
}

/// Takes `path`, going through `path:aux` first so that a waiting writer comes before readers
/// that arrive after it.
fn acquire_with_priority(path: PathBuf, mode: LockMode, wait: Wait) -> Result<LockFile> {
    let deadline = Deadline::new(wait);
    let mut aux_path = path.clone().into_os_string();
    aux_path.push(":aux");
    let aux_path = PathBuf::from(aux_path);
    // Readers hold it only in passing; whoever keeps it longer waits for the lock itself.
    let aux = LockFile::acquire(aux_path, LockMode::Exclusive, deadline.at_least(AUX_PASSING))?;
    let Some(aux) = aux else { return Err(busy("the lock is held by another process", &path)) };
    // A writer keeps it until it has the lock.
    let _aux = (mode == LockMode::Exclusive).then_some(aux);
    LockFile::acquire(path.clone(), mode, deadline.at_least(PASSING))?
        .ok_or_else(|| busy("the lock is held by another process", &path))
}

fn busy(message: &str, path: &Path) -> Error {
    Error::new(ErrorKind::Locked, message)
        .with_device(path.display().to_string())
        .with_help("wait for the other process to finish, or ask to wait for the lock")
}

/// lvm2's lock on one volume group, or on the set of all physical volumes.
///
/// The files are those of lvm2: `V_<vg>` and `P_global` in `global/locking_dir`
/// (`/run/lock/lvm`), with `:aux` beside them while a lock is being taken. Dropping the value
/// releases the lock.
///
/// Who holds several takes the global lock first, then groups in byte order of their names, as
/// [`acquire_all`](Self::acquire_all) does; otherwise two programs can wait for each other for
/// ever.
#[derive(Debug)]
#[must_use = "dropping it releases the lock"]
pub struct VgLock {
    held: LockFile,
    mode: LockMode,
}

impl VgLock {
    /// Takes the lock of the group `vg` in `locking_dir`, which is made (mode 0700) when missing.
    ///
    /// # Errors
    /// `Locked` naming the lock file when it is held and `wait` is over; `InvalidInput` for a
    /// name no group can have; `Io` when the directory or the file cannot be used.
    pub fn acquire(locking_dir: &Path, vg: &str, mode: LockMode, wait: Wait) -> Result<Self> {
        name::check_name(vg)
            .map_err(|error| Error::invalid("not a volume group name").with_vg(vg).with_source(error))?;
        Self::take(locking_dir, &format!("V_{vg}"), mode, wait).map_err(|error| error.with_vg(vg))
    }

    /// Takes the lock on the set of physical volumes and group names, `P_global`.
    ///
    /// # Errors
    /// As [`acquire`](Self::acquire).
    pub fn acquire_global(locking_dir: &Path, mode: LockMode, wait: Wait) -> Result<Self> {
        Self::take(locking_dir, "P_global", mode, wait)
    }

    /// Takes the lock on the devices file of this name (`system.devices`), `D_<name>`. lvm2 takes
    /// it behind the others.
    ///
    /// # Errors
    /// As [`acquire`](Self::acquire); `InvalidInput` for a name that is a path.
    pub fn acquire_devices_file(locking_dir: &Path, file: &str, mode: LockMode, wait: Wait) -> Result<Self> {
        if file.is_empty() || file.contains('/') {
            return Err(Error::invalid(format!("\"{file}\" is not the name of a devices file")));
        }
        Self::take(locking_dir, &format!("D_{file}"), mode, wait)
    }

    /// Takes the locks of several groups in the order that lvm2 uses, the smaller name first.
    /// A name given twice is taken once. Each lock is waited for as `wait` says.
    ///
    /// # Errors
    /// As [`acquire`](Self::acquire); what was taken already is released.
    pub fn acquire_all(locking_dir: &Path, vgs: &[&str], mode: LockMode, wait: Wait) -> Result<VgLocks> {
        let mut names = vgs.to_vec();
        names.sort_unstable();
        names.dedup();
        let mut locks = VgLocks(Vec::with_capacity(names.len()));
        for vg in names {
            locks.0.push(Self::acquire(locking_dir, vg, mode, wait)?);
        }
        Ok(locks)
    }

    fn take(locking_dir: &Path, file: &str, mode: LockMode, wait: Wait) -> Result<Self> {
        DirBuilder::new()
            .recursive(true)
            .mode(0o700)
            .create(locking_dir)
            .map_err(|error| failed("make the directory for lock files", locking_dir, error))?;
        let held = acquire_with_priority(locking_dir.join(file), mode, wait)?;
        Ok(Self { held, mode })
    }

    /// Shared or exclusive.
    #[must_use]
    pub fn mode(&self) -> LockMode {
        self.mode
    }

    /// The lock file.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.held.path
    }
}

/// Several locks, released in the reverse order of taking them.
#[derive(Debug)]
#[must_use = "dropping it releases the locks"]
pub struct VgLocks(Vec<VgLock>);

impl VgLocks {
    /// The locks, in the order they were taken.
    pub fn as_slice(&self) -> &[VgLock] {
        &self.0
    }
}

impl Drop for VgLocks {
    fn drop(&mut self) {
        while let Some(lock) = self.0.pop() {
            drop(lock);
        }
    }
}

/// The lock on an image file itself: one writer, or any number of readers.
///
/// `flock(1)` of util-linux takes the same lock on the same file. QEMU does not look at it (it
/// has locks of another kind), so an image in use by a virtual machine is not seen as such.
/// Dropping the value releases the lock.
#[derive(Debug)]
#[must_use = "dropping it releases the lock"]
pub struct ImageLock {
    file: File,
    path: PathBuf,
    mode: LockMode,
}

impl ImageLock {
    /// Locks the file at `path`, which must exist; it is opened for this and not changed.
    ///
    /// # Errors
    /// `Locked` naming the file when it is held and `wait` is over; `NotFound` when it is not
    /// there; `Io` when it cannot be opened (for writing, if `mode` is exclusive) or locked.
    pub fn acquire(path: &Path, mode: LockMode, wait: Wait) -> Result<Self> {
        let deadline = Deadline::new(wait);
        loop {
            let file = OpenOptions::new().read(true).write(mode == LockMode::Exclusive).open(path);
            let file = file.map_err(|error| failed("open the image to lock it", path, error))?;
            let lock = Self::of(file, path, mode, deadline)?;
            // Replaced by a rename while we waited: the lock is on a file nobody will find again.
            if is_at(&lock.file, path).map_err(|error| failed("look at the image", path, error))? {
                return Ok(lock);
            }
        }
    }

    /// Locks an image that is open already, through a second handle of the same open file.
    ///
    /// The lock belongs to the open file: it does not exclude other users of `file` itself, nor
    /// another lock taken through it, which would change this one's mode.
    ///
    /// # Errors
    /// As [`acquire`](Self::acquire); `path` is only for messages.
    pub fn acquire_open(file: &File, path: &Path, mode: LockMode, wait: Wait) -> Result<Self> {
        let file = file.try_clone().map_err(|error| failed("lock the image", path, error))?;
        Self::of(file, path, mode, Deadline::new(wait))
    }

    fn of(file: File, path: &Path, mode: LockMode, deadline: Deadline) -> Result<Self> {
        match flock(&file, mode, deadline) {
            Ok(Outcome::Held) => Ok(Self { file, path: path.to_owned(), mode }),
            Ok(Outcome::Busy) => Err(busy("the image is in use by another process", path)),
            Err(error) => Err(failed("lock the image", path, error)),
        }
    }

    /// The open file that is locked: for writing too when the lock is exclusive.
    #[must_use]
    pub fn file(&self) -> &File {
        &self.file
    }

    /// Shared or exclusive.
    #[must_use]
    pub fn mode(&self) -> LockMode {
        self.mode
    }

    /// The image.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }
}

impl Drop for ImageLock {
    fn drop(&mut self) {
        // Said explicitly because another handle of the same open file would keep it.
        let _ = self.file.unlock();
    }
}

#[cfg(test)]
mod tests;
