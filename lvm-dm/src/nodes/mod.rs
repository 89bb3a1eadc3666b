//! The names under `/dev` of devices: nodes in `/dev/mapper`, links in `/dev/VG`.
//!
//! udev makes both where it runs. This is for where it does not, or did not answer in time. Every
//! operation may be repeated, also after it failed or was cut off: what is there already stays,
//! and what is gone already is no error. A name made by udev that leads to the right device counts
//! as made; and udev, when it gets to its events after all, leaves our node in the place of its
//! link, and removes it with the device (seen with systemd 252).
//!
//! Nothing is followed on the way: directories are opened without following links, and their
//! entries looked at in the open directory. A name appears whole, with its owner and mode, or not
//! at all, and is never missing while it is replaced.
//!
//! Nothing here may be called while a device is suspended: the file systems written to could be on
//! it. Facts from nodes and links that lvm2 2.03.16 made without udev.

use std::fs;
use std::path::{Path, PathBuf};

use lvm_core::{Error, Result};
use nix::libc::dev_t;
use nix::sys::stat::makedev;

use crate::name::DM_NAME_MAX;
pub use batch::Batch;
use folder::{Entry, Folder};

mod batch;
mod folder;
mod links;

/// The directory of the nodes.
const MAPPER: &str = "mapper";
/// The node in it that is no device of ours.
const CONTROL: &str = "control";
/// The group of disks where `/etc/group` has none of that name.
const DISK_GID: u32 = 6;

/// The directory of device nodes, `/dev` as a rule.
///
/// Errors of all operations on it: `InvalidInput` for a name that is empty, `.` or `..`, longer
/// than [`DM_NAME_MAX`] bytes, has a `/` or a NUL, or is `mapper` for a volume group and `control`
/// for a device; `AlreadyExists` when something stands there that is not ours to replace or remove;
/// `Io` for the rest, with the system's error as source.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct DevDir {
    root: PathBuf,
    gid: u32,
}

impl Default for DevDir {
    fn default() -> Self {
        Self::new("/dev")
    }
}

impl DevDir {
    /// The directory at `root`. Looks up the group `disk` in `/etc/group` now, so that nothing
    /// needs to be read later, when volumes with that file on them may be suspended.
    #[must_use]
    pub fn new(root: impl Into<PathBuf>) -> Self {
        let groups = fs::read_to_string("/etc/group").unwrap_or_default();
        Self { root: root.into(), gid: gid_of_disk(&groups).unwrap_or(DISK_GID) }
    }

    /// Makes nodes belong to this group instead of `disk`.
    #[must_use]
    pub fn with_group(mut self, gid: u32) -> Self {
        self.gid = gid;
        self
    }

    /// The path of the directory.
    #[must_use]
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// The group of new nodes.
    #[must_use]
    pub fn group(&self) -> u32 {
        self.gid
    }

    /// Many names at a time.
    #[must_use]
    pub fn batch(&self) -> Batch<'_> {
        Batch::new(self)
    }

    /// Makes the node of a device, `/dev/mapper/NAME`: a block device, of root and the group of
    /// disks, mode 0660. One with other numbers is replaced, and so is a link that leads elsewhere;
    /// one that is right keeps the owner and mode it has. `dm_name` is the name the kernel has,
    /// mangled where needed.
    ///
    /// # Errors
    /// As [`DevDir`] says; `Io` with `EPERM` when the process may not make nodes.
    pub fn add_node(&self, dm_name: &str, major: u32, minor: u32) -> Result<()> {
        check_node(dm_name)?;
        let mapper = self.folder()?.open_or_create(MAPPER)?;
        let device = makedev(major.into(), minor.into());
        match mapper.entry(dm_name)? {
            Entry::Block(found) if found == device => Ok(()),
            Entry::Link(_) if mapper.device_behind(dm_name) == Some(device) => Ok(()),
            Entry::Missing | Entry::Block(_) | Entry::Link(_) => mapper.make_node(dm_name, device, self.gid),
            Entry::Directory | Entry::Other => {
                Err(mapper.taken(dm_name, "is neither a block device nor a link"))
            }
        }
    }

    /// Removes `/dev/mapper/NAME`.
    ///
    /// # Errors
    /// As [`DevDir`] says.
    pub fn remove_node(&self, dm_name: &str) -> Result<()> {
        check_node(dm_name)?;
        let Some(mapper) = self.folder()?.open_in(MAPPER)? else { return Ok(()) };
        match mapper.entry(dm_name)? {
            Entry::Missing => Ok(()),
            Entry::Block(_) | Entry::Link(_) => mapper.remove(dm_name),
            Entry::Directory | Entry::Other => {
                Err(mapper.taken(dm_name, "is neither a block device nor a link"))
            }
        }
    }

    /// Renames `/dev/mapper/OLD`, replacing a node of the new name: the kernel has renamed the
    /// device, so that one is stale.
    ///
    /// # Errors
    /// As [`DevDir`] says; `NotFound` when there is a node of neither name.
    pub fn rename_node(&self, old: &str, new: &str) -> Result<()> {
        check_node(old)?;
        check_node(new)?;
        let folder = self.folder()?;
        let not_found = || Error::not_found("there is no node to rename").with_device(old);
        let mapper = folder.open_in(MAPPER)?.ok_or_else(not_found)?;
        for name in [old, new] {
            if matches!(mapper.entry(name)?, Entry::Directory | Entry::Other) {
                return Err(mapper.taken(name, "is neither a block device nor a link"));
            }
        }
        match (mapper.entry(old)?, mapper.entry(new)?) {
            (Entry::Missing, Entry::Missing) => Err(not_found()),
            (Entry::Missing, _) => Ok(()),
            _ => mapper.rename(old, new),
        }
    }

    fn folder(&self) -> Result<Folder> {
        Folder::open(&self.root)
    }

    /// The device that `/dev/mapper/NAME` is, or leads to.
    fn device(&self, dm_name: &str) -> Result<Option<dev_t>> {
        Ok(self.folder()?.open_in(MAPPER)?.and_then(|mapper| mapper.device_behind(dm_name)))
    }
}

/// The id of the group `disk` in the text of `/etc/group`. Only this file is asked, since a
/// system's group cannot be elsewhere, and name services may block.
fn gid_of_disk(groups: &str) -> Option<u32> {
    let line = groups.lines().find_map(|line| line.strip_prefix("disk:"))?;
    line.split(':').nth(1)?.parse().ok()
}

/// Refuses what is not the name of one entry of a directory.
fn check(what: &str, name: &str) -> Result<()> {
    let is_bad = matches!(name, "" | "." | "..") || name.contains(['/', '\0']) || name.len() > DM_NAME_MAX;
    if is_bad { Err(Error::invalid(format!("{name:?} cannot be the name of a {what}"))) } else { Ok(()) }
}

fn check_node(dm_name: &str) -> Result<()> {
    check("device", dm_name)?;
    match dm_name {
        CONTROL => Err(Error::invalid("the name belongs to the control node").with_device(dm_name)),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests;
