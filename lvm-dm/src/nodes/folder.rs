//! An open directory, and its entries by name.

use std::ffi::OsString;
use std::os::fd::OwnedFd;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};

use lvm_core::{Error, ErrorKind, Result};
use nix::dir::Dir;
use nix::fcntl::{AT_FDCWD, AtFlags, OFlag, openat, readlinkat, renameat};
use nix::libc::dev_t;
use nix::sys::stat::{
    FchmodatFlags, FileStat, Mode, SFlag, fchmod, fchmodat, fstat, fstatat, mkdirat, mknodat,
};
use nix::unistd::{Gid, Uid, UnlinkatFlags, fchownat, symlinkat, unlinkat};
use nix::{Result as NixResult, errno::Errno};

/// Mode of the directories made here.
const FOLDER_MODE: Mode = Mode::from_bits_truncate(0o755);
/// Mode of the nodes made here.
const NODE_MODE: Mode = Mode::from_bits_truncate(0o660);
/// How many temporary names are tried. Only what a process of the same id left behind is in the way.
const TRIES: u32 = 100;

/// What stands under a name. Links are not followed.
#[derive(Debug)]
pub(super) enum Entry {
    Missing,
    /// A block device of this number.
    Block(dev_t),
    /// A symbolic link with this text.
    Link(OsString),
    Directory,
    Other,
}

/// An open directory. Whatever happens to its path meanwhile, names are looked up in it.
#[derive(Debug)]
pub(super) struct Folder {
    fd: OwnedFd,
    path: PathBuf,
}

impl Folder {
    /// Opens a directory by its path, the only one whose links are followed.
    pub(super) fn open(path: &Path) -> Result<Self> {
        let flags = OFlag::O_RDONLY | OFlag::O_DIRECTORY | OFlag::O_CLOEXEC;
        match openat(AT_FDCWD, path, flags, Mode::empty()) {
            Ok(fd) => Ok(Self { fd, path: path.to_owned() }),
            Err(errno) => Err(error("opening the directory", path, errno)),
        }
    }

    /// Opens a directory in it; `None` when nothing has the name.
    pub(super) fn open_in(&self, name: &str) -> Result<Option<Self>> {
        let flags = OFlag::O_RDONLY | OFlag::O_DIRECTORY | OFlag::O_NOFOLLOW | OFlag::O_CLOEXEC;
        match openat(&self.fd, name, flags, Mode::empty()) {
            Ok(fd) => Ok(Some(Self { fd, path: self.path.join(name) })),
            Err(Errno::ENOENT) => Ok(None),
            Err(Errno::ENOTDIR | Errno::ELOOP) => Err(self.taken(name, "is not a directory")),
            Err(errno) => Err(self.error("opening the directory", name, errno)),
        }
    }

    /// Opens a directory in it, or makes one.
    pub(super) fn open_or_create(&self, name: &str) -> Result<Self> {
        if let Some(folder) = self.open_in(name)? {
            return Ok(folder);
        }
        let made = match mkdirat(&self.fd, name, FOLDER_MODE) {
            Ok(()) => true,
            Err(Errno::EEXIST) => false,
            Err(errno) => return Err(self.error("making the directory", name, errno)),
        };
        // Somebody may remove it at once, as long as it is empty.
        let folder =
            self.open_in(name)?.ok_or_else(|| self.error("opening the directory", name, Errno::ENOENT))?;
        if made {
            // The process's umask may have taken bits away.
            fchmod(&folder.fd, FOLDER_MODE)
                .map_err(|errno| self.error("setting the mode of the directory", name, errno))?;
        }
        Ok(folder)
    }

    /// What stands under a name.
    pub(super) fn entry(&self, name: &str) -> Result<Entry> {
        let found = match fstatat(&self.fd, name, AtFlags::AT_SYMLINK_NOFOLLOW) {
            Ok(found) => found,
            Err(Errno::ENOENT) => return Ok(Entry::Missing),
            Err(errno) => return Err(self.error("looking at", name, errno)),
        };
        Ok(match file_type(&found) {
            SFlag::S_IFBLK => Entry::Block(found.st_rdev),
            SFlag::S_IFDIR => Entry::Directory,
            SFlag::S_IFLNK => match readlinkat(&self.fd, name) {
                Ok(target) => Entry::Link(target),
                // It was removed or replaced since.
                Err(Errno::ENOENT) => Entry::Missing,
                Err(Errno::EINVAL) => Entry::Other,
                Err(errno) => return Err(self.error("reading the link", name, errno)),
            },
            _ => Entry::Other,
        })
    }

    /// The block device that an entry is, or that a link leads to.
    pub(super) fn device_behind(&self, name: &str) -> Option<dev_t> {
        let found = fstatat(&self.fd, name, AtFlags::empty()).ok()?;
        (file_type(&found) == SFlag::S_IFBLK).then_some(found.st_rdev)
    }

    /// Makes a node in place of what stands there.
    pub(super) fn make_node(&self, name: &str, device: dev_t, gid: u32) -> Result<()> {
        self.place(name, "making the node", |temporary| {
            mknodat(&self.fd, temporary, SFlag::S_IFBLK, Mode::empty(), device)?;
            let (root, group) = (Some(Uid::from_raw(0)), Some(Gid::from_raw(gid)));
            fchownat(&self.fd, temporary, root, group, AtFlags::AT_SYMLINK_NOFOLLOW)
                // Not at once, since the process's umask would take bits away. There is no form
                // that does not follow links everywhere, but this entry was just made as no link.
                .and_then(|()| fchmodat(&self.fd, temporary, NODE_MODE, FchmodatFlags::FollowSymlink))
                .inspect_err(|_| self.discard(temporary))
        })
    }

    /// Makes a node where nothing stands; false when that is not so, or fails, and what was begun is
    /// gone.
    pub(super) fn make_first_node(&self, name: &str, device: dev_t, gid: u32) -> bool {
        // Without any mode nobody but root can open it before it has its group.
        if mknodat(&self.fd, name, SFlag::S_IFBLK, Mode::empty(), device).is_err() {
            return false;
        }
        let (root, group) = (Some(Uid::from_raw(0)), Some(Gid::from_raw(gid)));
        let owned = fchownat(&self.fd, name, root, group, AtFlags::AT_SYMLINK_NOFOLLOW);
        let done = owned.and_then(|()| fchmodat(&self.fd, name, NODE_MODE, FchmodatFlags::FollowSymlink));
        if done.is_err() {
            self.discard(name);
        }
        done.is_ok()
    }

    /// Makes a link where nothing stands; false when that is not so, or fails.
    pub(super) fn make_first_link(&self, name: &str, target: &Path) -> bool {
        symlinkat(target, &self.fd, name).is_ok()
    }

    /// Makes a link in place of what stands there.
    pub(super) fn make_link(&self, name: &str, target: &Path) -> Result<()> {
        self.place(name, "making the link", |temporary| symlinkat(target, &self.fd, temporary))
    }

    /// Makes an entry under a name nobody looks for, then gives it its own.
    fn place(&self, name: &str, what: &str, make: impl Fn(&str) -> NixResult<()>) -> Result<()> {
        static NEXT: AtomicU32 = AtomicU32::new(0);
        let mut made = Err(Errno::EEXIST);
        for _ in 0..TRIES {
            let number = NEXT.fetch_add(1, Ordering::Relaxed);
            let temporary = format!(".lvmkit-{}-{number}", std::process::id());
            made = make(&temporary);
            match made {
                Err(Errno::EEXIST) => {}
                Err(_) => break,
                Ok(()) => {
                    return renameat(&self.fd, temporary.as_str(), &self.fd, name).map_err(|errno| {
                        self.discard(&temporary);
                        self.error(what, name, errno)
                    });
                }
            }
        }
        made.map_err(|errno| self.error(what, name, errno))
    }

    /// Takes a temporary name away; the error that made it useless is the one to report.
    fn discard(&self, temporary: &str) {
        let _ = unlinkat(&self.fd, temporary, UnlinkatFlags::NoRemoveDir);
    }

    /// Renames an entry, replacing what has the new name.
    pub(super) fn rename(&self, old: &str, new: &str) -> Result<()> {
        renameat(&self.fd, old, &self.fd, new).map_err(|errno| self.error("renaming", old, errno))
    }

    /// Removes an entry that is no directory, if it is there.
    pub(super) fn remove(&self, name: &str) -> Result<()> {
        match unlinkat(&self.fd, name, UnlinkatFlags::NoRemoveDir) {
            Ok(()) | Err(Errno::ENOENT) => Ok(()),
            Err(errno) => Err(self.error("removing", name, errno)),
        }
    }

    /// Removes a directory in it, if it is there, empty, and nothing is mounted on it.
    pub(super) fn remove_empty(&self, name: &str) -> Result<()> {
        match unlinkat(&self.fd, name, UnlinkatFlags::RemoveDir) {
            Ok(()) | Err(Errno::ENOENT | Errno::ENOTEMPTY | Errno::EEXIST | Errno::EBUSY) => Ok(()),
            Err(errno) => Err(self.error("removing the directory", name, errno)),
        }
    }

    /// True when both are on one file system.
    pub(super) fn is_beside(&self, other: &Self) -> Result<bool> {
        let device = |folder: &Self| match fstat(&folder.fd) {
            Ok(found) => Ok(found.st_dev),
            Err(errno) => Err(error("looking at the directory", &folder.path, errno)),
        };
        Ok(device(self)? == device(other)?)
    }

    /// The names of its first entries.
    pub(super) fn first_names(&self, count: usize) -> Result<Vec<String>> {
        let failed = |errno| error("reading the directory", &self.path, errno);
        let flags = OFlag::O_RDONLY | OFlag::O_DIRECTORY | OFlag::O_CLOEXEC;
        let mut open = Dir::openat(&self.fd, ".", flags, Mode::empty()).map_err(failed)?;
        let names = open.iter().map(|entry| match entry {
            Ok(entry) => Ok(entry.file_name().to_string_lossy().into_owned()),
            Err(errno) => Err(failed(errno)),
        });
        let names = names.filter(|name| !matches!(name.as_deref(), Ok("." | "..")));
        names.take(count).collect()
    }

    /// The error for what is not ours.
    #[cold]
    pub(super) fn taken(&self, name: &str, why: &str) -> Error {
        let message = format!("what stands in the place of a device's name {why}");
        Error::new(ErrorKind::AlreadyExists, message).with_device(self.path.join(name).to_string_lossy())
    }

    #[cold]
    fn error(&self, what: &str, name: &str, errno: Errno) -> Error {
        error(what, &self.path.join(name), errno)
    }
}

#[cold]
fn error(what: &str, path: &Path, errno: Errno) -> Error {
    let kind = if errno == Errno::ENOENT { ErrorKind::NotFound } else { ErrorKind::Io };
    Error::new(kind, format!("{what} failed")).with_device(path.to_string_lossy()).with_source(errno)
}

fn file_type(found: &FileStat) -> SFlag {
    SFlag::from_bits_truncate(found.st_mode) & SFlag::S_IFMT
}
