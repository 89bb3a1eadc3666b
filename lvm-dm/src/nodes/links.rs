//! The links `/dev/VG/LV`.

use std::ffi::OsStr;
use std::path::Path;

use lvm_core::{Error, ErrorKind, Result};

use super::folder::{Entry, Folder};
use super::{DevDir, MAPPER, check, check_node};

/// How many entries of a directory are looked at to tell whether it is a volume group's. All of
/// them would make activating a group quadratic in its volumes.
const ENTRIES: usize = 32;
/// How often a volume group's directory is made again when somebody removes it under us. Each time
/// they have removed their last link, so this ends long before, unless somebody plays tricks.
const TRIES: u32 = 1000;

impl DevDir {
    /// Makes the link of a volume, `/dev/VG/LV` to `/dev/mapper/NAME` (by its path, as lvm2 does),
    /// and the directory, mode 0755. A link that leads elsewhere is replaced; one that leads to the
    /// same device stays, whatever its text is.
    ///
    /// # Errors
    /// As [`DevDir`] says; `AlreadyExists` also when the directory is not a volume group's: a link,
    /// a mount point, or one with entries that are no links to device-mapper devices.
    pub fn add_link(&self, vg: &str, lv: &str, dm_name: &str) -> Result<()> {
        check_link(vg, lv)?;
        check_node(dm_name)?;
        let target = self.root().join(MAPPER).join(dm_name);
        let root = self.folder()?;
        let mut tries = 0;
        loop {
            tries += 1;
            match self.try_link(&root, (vg, lv), dm_name, &target) {
                // Whoever removes the last link removes the directory, perhaps just now.
                Err(error) if error.kind() == &ErrorKind::NotFound && tries < TRIES => {}
                other => return other,
            }
        }
    }

    fn try_link(&self, root: &Folder, (vg, lv): (&str, &str), dm_name: &str, target: &Path) -> Result<()> {
        let folder = root.open_or_create(vg)?;
        match folder.entry(lv)? {
            Entry::Link(found) if found == target.as_os_str() => return Ok(()),
            Entry::Link(_) => {
                let device = folder.device_behind(lv);
                if device.is_some() && device == self.device(dm_name)? {
                    return Ok(());
                }
            }
            Entry::Missing => {}
            Entry::Block(_) | Entry::Directory | Entry::Other => {
                return Err(folder.taken(lv, "is not a link"));
            }
        }
        if !is_of_a_vg(&folder, root)? {
            return Err(root.taken(vg, "is a directory for something else"));
        }
        folder.make_link(lv, target)
    }

    /// Removes `/dev/VG/LV`, and the directory when it is empty then.
    ///
    /// # Errors
    /// As [`DevDir`] says.
    pub fn remove_link(&self, vg: &str, lv: &str) -> Result<()> {
        check_link(vg, lv)?;
        let root = self.folder()?;
        let Some(folder) = root.open_in(vg)? else { return Ok(()) };
        match folder.entry(lv)? {
            Entry::Missing => {}
            Entry::Link(_) => folder.remove(lv)?,
            Entry::Block(_) | Entry::Directory | Entry::Other => {
                return Err(folder.taken(lv, "is not a link"));
            }
        }
        root.remove_empty(vg)
    }

    /// Renames the link of a volume, from and to `(vg, lv)`. As the device has a new name too,
    /// `dm_name`, a new link is made, and then the old one removed.
    ///
    /// # Errors
    /// As [`add_link`](Self::add_link) and [`remove_link`](Self::remove_link).
    pub fn rename_link(&self, old: (&str, &str), new: (&str, &str), dm_name: &str) -> Result<()> {
        check_link(old.0, old.1)?;
        self.add_link(new.0, new.1, dm_name)?;
        if old == new { Ok(()) } else { self.remove_link(old.0, old.1) }
    }
}

pub(super) fn check_link(vg: &str, lv: &str) -> Result<()> {
    check("volume group", vg)?;
    check("logical volume", lv)?;
    if vg == MAPPER {
        return Err(Error::invalid("the directory of a volume group cannot be that of the nodes").with_vg(vg));
    }
    Ok(())
}

/// True for a directory that is no mount point and has nothing but links to our kind of devices,
/// as far as its first entries tell. Names such as `disk`, `block`, `shm` or `pts` are valid for a
/// volume group, and their directories somebody else's.
fn is_of_a_vg(folder: &Folder, root: &Folder) -> Result<bool> {
    if !folder.is_beside(root)? {
        return Ok(false);
    }
    for name in folder.first_names(ENTRIES)? {
        match folder.entry(&name)? {
            Entry::Link(target) if leads_to_a_device(Path::new(&target)) => {}
            Entry::Missing => {}
            _ => return Ok(false),
        }
    }
    Ok(true)
}

/// True for `…/mapper/NAME`, and for udev's `…/dm-MINOR`.
fn leads_to_a_device(target: &Path) -> bool {
    let is_minor = |name: &OsStr| {
        let digits = name.to_str().and_then(|name| name.strip_prefix("dm-"));
        digits.is_some_and(|digits| !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit()))
    };
    let folder = target.parent().and_then(Path::file_name);
    folder == Some(OsStr::new(MAPPER)) || target.file_name().is_some_and(is_minor)
}
