//! Whether a device is mounted or swapped on, and where.

use std::ffi::{OsStr, OsString};
use std::fs;
use std::os::unix::ffi::{OsStrExt, OsStringExt};
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

use lvm_core::{Error, ErrorKind, Result};
use lvm_dm::DeviceNumber;
use nix::sys::statvfs::statvfs;

use super::FsKind;

/// One line of `/proc/self/mountinfo`.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Mount {
    /// The number of this mount.
    pub id: u64,
    /// The mount it stands on.
    pub parent: u64,
    /// The device number; an anonymous one for btrfs.
    pub device: DeviceNumber,
    /// What of the file system is mounted: `/`, or a directory of it for a bind mount, or a
    /// subvolume of a btrfs.
    pub root: PathBuf,
    /// Where.
    pub target: PathBuf,
    /// The options of this mount, such as `rw,relatime`.
    pub options: OsString,
    /// The type of the file system.
    pub fs_type: OsString,
    /// What was mounted, as whoever mounted it named it.
    pub source: PathBuf,
    /// The options of the file system, which all its mounts share.
    pub super_options: OsString,
}

impl Mount {
    /// One line, as `proc_pid_mountinfo(5)` describes it.
    fn parse(line: &[u8]) -> Option<Self> {
        let mut fields = line.split(|byte| *byte == b' ').filter(|field| !field.is_empty());
        let (id, parent) = (decimal(fields.next()?)?, decimal(fields.next()?)?);
        let device = fields.next()?;
        let colon = device.iter().position(|byte| *byte == b':')?;
        let (major, minor) = (device.get(..colon)?, device.get(colon.checked_add(1)?..)?);
        let number = |part| u32::try_from(decimal(part)?).ok();
        let device = DeviceNumber::new(number(major)?, number(minor)?);
        let (root, target) = (unescape(fields.next()?), unescape(fields.next()?));
        let options = unescape(fields.next()?);
        // Any number of optional fields, ended by a dash.
        fields.by_ref().find(|field| *field == b"-")?;
        let (fs_type, source) = (unescape(fields.next()?), unescape(fields.next()?));
        let super_options = fields.next().map(unescape).unwrap_or_default();
        let (root, target, source) = (root.into(), target.into(), source.into());
        Some(Self { id, parent, device, root, target, options, fs_type, source, super_options })
    }

    /// True when neither this mount nor its file system is read-only.
    #[must_use]
    pub fn is_writable(&self) -> bool {
        !has_option(&self.options, "ro") && !has_option(&self.super_options, "ro")
    }

    /// True when the target shows the file system's own root, or that of the subvolume mounted,
    /// not some directory or file inside it.
    #[must_use]
    pub fn is_whole(&self) -> bool {
        let mut subvolume = OsString::from("subvol=");
        subvolume.push(&self.root);
        self.root == Path::new("/") || options(&self.super_options).any(|option| option == subvolume)
    }

    /// The options with which `mount` would make it again.
    #[must_use]
    pub fn mount_options(&self) -> OsString {
        let read_only = !self.is_writable();
        let mut all = vec![OsStr::new(if read_only { "ro" } else { "rw" })];
        for option in options(&self.options).chain(options(&self.super_options)) {
            // `seclabel` only says that there are labels; it is no option to give.
            if !["ro", "rw", "seclabel"].iter().any(|known| option == *known) && !all.contains(&option) {
                all.push(option);
            }
        }
        all.join(OsStr::new(","))
    }
}

fn options(list: &OsStr) -> impl Iterator<Item = &OsStr> {
    list.as_bytes().split(|byte| *byte == b',').filter(|option| !option.is_empty()).map(OsStr::from_bytes)
}

fn has_option(list: &OsStr, wanted: &str) -> bool {
    options(list).any(|option| option == wanted)
}

fn decimal(field: &[u8]) -> Option<u64> {
    std::str::from_utf8(field).ok()?.parse().ok()
}

/// Undoes the kernel's `\040` for a space, and the like for tab, newline, backslash and `#`.
fn unescape(field: &[u8]) -> OsString {
    let mut bytes = Vec::with_capacity(field.len());
    let mut rest = field;
    while let Some((first, after)) = rest.split_first() {
        let digits = after.get(..3).filter(|digits| digits.iter().all(|digit| (b'0'..=b'7').contains(digit)));
        let value = digits.and_then(|digits| u8::from_str_radix(std::str::from_utf8(digits).ok()?, 8).ok());
        match value.filter(|_| *first == b'\\') {
            Some(byte) => {
                bytes.push(byte);
                rest = after.get(3..).unwrap_or_default();
            }
            None => {
                bytes.push(*first);
                rest = after;
            }
        }
    }
    OsString::from_vec(bytes)
}

/// What is mounted and what is swapped on, as this process sees it.
///
/// Mounts that only other mount namespaces see are not here. A file system that one of them holds
/// is still safe: the tools open the device exclusively and fail.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Mounts {
    mounts: Vec<Mount>,
    swaps: Vec<PathBuf>,
}

impl Mounts {
    /// True when a file system on that device is mounted. A btrfs is not seen, as it has a number
    /// of its own.
    #[must_use]
    pub fn is_mounted(&self, device: DeviceNumber) -> bool {
        self.mounts.iter().any(|mount| mount.device == device)
    }

    /// From `/proc/self/mountinfo` and `/proc/swaps`.
    ///
    /// # Errors
    /// `Io` when the first cannot be read. A kernel without swap has no second.
    pub fn read() -> Result<Self> {
        Self::read_from(Path::new("/proc/self/mountinfo"), Path::new("/proc/swaps"))
    }

    /// From files of these formats.
    ///
    /// # Errors
    /// As [`read`](Self::read).
    pub fn read_from(mountinfo: &Path, swaps: &Path) -> Result<Self> {
        let read = |path: &Path| {
            fs::read(path)
                .map_err(|error| Error::io("what is in use cannot be read", path.to_string_lossy(), 0, error))
        };
        let mountinfo = read(mountinfo)?;
        let swaps = if swaps.exists() { read(swaps)? } else { Vec::new() };
        Ok(Self::parse(&mountinfo, &swaps))
    }

    /// From the text of both. Lines that are no mounts are passed over.
    #[must_use]
    pub fn parse(mountinfo: &[u8], swaps: &[u8]) -> Self {
        let lines = |text| <[u8]>::split(text, |byte| *byte == b'\n');
        let swap = |line: &[u8]| {
            let name = line.split(|byte| b" \t".contains(byte)).next()?;
            name.starts_with(b"/").then(|| unescape(name).into())
        };
        Self {
            mounts: lines(mountinfo).filter_map(Mount::parse).collect(),
            swaps: lines(swaps).filter_map(swap).collect(),
        }
    }

    /// How a file system of this kind on this device is used.
    ///
    /// A mount is told by its device number. The one exception is btrfs, whose mounts have numbers
    /// of their own: there what counts is whether `number_of` the source's path, usually
    /// [`DeviceNumber::of_device`], is the device. A btrfs of several devices that was mounted by
    /// the name of another one is not recognised; mounting it once more, as the plan then does,
    /// shows the same file system.
    #[must_use]
    pub fn usage(
        &self,
        kind: FsKind,
        device: DeviceNumber,
        number_of: &dyn Fn(&Path) -> Option<DeviceNumber>,
    ) -> FsUse {
        let is_device = |path: &Path| path.is_absolute() && number_of(path) == Some(device);
        if kind == FsKind::Swap {
            return FsUse { mounts: Vec::new(), swap: self.swaps.iter().any(|path| is_device(path)) };
        }
        let is_on_device = |mount: &Mount| {
            let by_source = mount.fs_type == "btrfs" && is_device(&mount.source);
            mount.device == device || by_source
        };
        let mounts = self.mounts.iter().filter(|mount| is_on_device(mount));
        let mounts = mounts.map(|mount| (mount.clone(), self.is_hidden(mount))).collect();
        FsUse { mounts, swap: false }
    }

    /// True when something else was mounted over it or over a directory on the way to it, so that
    /// its target leads elsewhere.
    fn is_hidden(&self, mount: &Mount) -> bool {
        let mut way = vec![mount.id];
        // Ids that name each other must not make this endless.
        while let Some(parent) = way
            .last()
            .and_then(|id| self.mounts.iter().find(|other| other.id == *id))
            .map(|other| other.parent)
            .filter(|parent| !way.contains(parent))
        {
            way.push(parent);
        }
        self.mounts.iter().any(|other| {
            !way.contains(&other.id) && way.contains(&other.parent) && mount.target.starts_with(&other.target)
        })
    }
}

/// How a file system is used at this moment.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct FsUse {
    /// The mounts, and whether each is hidden below another.
    mounts: Vec<(Mount, bool)>,
    swap: bool,
}

impl FsUse {
    /// Not mounted and not swapped on.
    #[must_use]
    pub const fn none() -> Self {
        Self { mounts: Vec::new(), swap: false }
    }

    /// How the file system on the block device at `path` is used.
    ///
    /// # Errors
    /// `NotFound` when there is no block device at `path`; `Io`.
    pub fn of(kind: FsKind, path: impl AsRef<Path>) -> Result<Self> {
        let path = path.as_ref();
        let device = DeviceNumber::of_device(path).ok_or_else(|| {
            Error::not_found("there is no block device").with_device(path.to_string_lossy())
        })?;
        Ok(Mounts::read()?.usage(kind, device, &DeviceNumber::of_device))
    }

    /// Every mount of it.
    pub fn mounts(&self) -> impl Iterator<Item = &Mount> {
        self.mounts.iter().map(|(mount, _)| mount)
    }

    /// True when it is mounted or swapped on.
    #[must_use]
    pub fn is_used(&self) -> bool {
        self.swap || !self.mounts.is_empty()
    }

    /// True when it is swapped on.
    #[must_use]
    pub const fn is_swap(&self) -> bool {
        self.swap
    }

    /// The bytes of all blocks, as the kernel gives them for one of the mounts.
    pub(super) fn kernel_size(&self) -> Result<u64> {
        let failed = |mount: &Mount, errno: nix::errno::Errno| {
            let target = mount.target.to_string_lossy();
            Error::io("the size of a mounted file system cannot be read", target, 0, errno)
        };
        for mount in self.mounts() {
            // Something else may be mounted over it.
            let there = fs::metadata(&mount.target)
                .is_ok_and(|there| DeviceNumber::from_stat(there.dev()) == mount.device);
            if there {
                let size = statvfs(&mount.target).map_err(|errno| failed(mount, errno))?;
                return Ok(size.blocks().saturating_mul(size.fragment_size()));
            }
        }
        Err(Error::new(ErrorKind::InUse, "it is mounted where it cannot be looked at")
            .with_help("unmount it, or what hides its mount"))
    }

    /// A mount whose target leads to the root of the file system and can be written to.
    pub(super) fn writable(&self) -> Option<&Mount> {
        let usable = |mount: &Mount| mount.is_writable() && mount.is_whole();
        self.mounts.iter().find(|(mount, hidden)| !hidden && usable(mount)).map(|(mount, _)| mount)
    }

    /// The only mount, when there is one only and making it again is a matter of one command.
    pub(super) fn only(&self) -> Option<&Mount> {
        match self.mounts.as_slice() {
            [(mount, false)] if mount.is_whole() => Some(mount),
            _ => None,
        }
    }
}
