//! The file system on a volume, resized together with the volume (`lvresize --resizefs`).
//!
//! Nothing here touches the volume itself. A caller asks what is on it and whether that is in use
//! ([`FileSystem::inspect`]), and plans ([`plan_grow`], [`plan_shrink`]: both are pure).
//! The steps of an [`FsPlan`] stand on either side of the volume's own change:
//!
//! - grow: the file system is checked, **the volume grows, then the file system**;
//! - shrink: the file system is checked and **shrinks, then the volume**.
//!
//! ```no_run
//! # fn change_the_volume() -> lvmkit::Result<()> { Ok(()) }
//! # fn sample(device: &dyn lvmkit::BlockDevice) -> lvmkit::Result<()> {
//! use lvmkit::data::filesystem::{FileSystem, FsOptions, FsRun, plan_grow};
//! let (path, run_dir) = ("/dev/vg0/data", "/run/lvmkit");
//! if let Some((fs, usage)) = FileSystem::inspect(device, path)? {
//!     let plan = plan_grow(&fs, &usage, lvmkit::Bytes::gib(8), FsOptions::new())?;
//!     let mut run = FsRun::new(path, run_dir)?;
//!     run.before(&plan, &mut lvmkit::Silent)?;
//!     change_the_volume()?;
//!     run.after(&plan, &mut lvmkit::Silent)?;
//! }
//! # Ok(())
//! # }
//! ```
//!
//! | | grow | shrink | tools |
//! |---|---|---|---|
//! | ext2, ext3, ext4 | mounted or not | not mounted | `e2fsck`, `resize2fs` |
//! | xfs | mounted | never | `xfs_growfs` |
//! | btrfs | mounted | mounted | `btrfs` |
//! | reiserfs | not mounted | not mounted | `reiserfsck`, `resize_reiserfs` |
//! | swap | not in use | not in use | `mkswap`, which keeps UUID and label |
//!
//! What must be mounted and is not is mounted for the time it takes, in a directory that only its
//! owner can enter.

use std::fmt;
use std::path::Path;

use lvm_core::{BlockDevice, Bytes, Error, Result};
use serde::Serialize;

use super::signature::{self, ExtVersion, Signature, SignatureKind};

mod command;
mod mount;
mod mounts;
mod plan;
mod run;
mod step;
mod superblock;

pub use command::FsCommand;
pub use mounts::{FsUse, Mount, Mounts};
pub use plan::{FsOptions, FsPlan, check_reduce, plan_grow, plan_shrink};
pub use run::FsRun;
pub use step::{FsStep, Place};
use superblock::Layout;

/// The file systems that can be resized, and swap.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize)]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum FsKind {
    /// ext2.
    Ext2,
    /// ext3.
    Ext3,
    /// ext4.
    Ext4,
    /// XFS.
    Xfs,
    /// Btrfs.
    Btrfs,
    /// ReiserFS 3.
    Reiserfs,
    /// Swap space, version 1.
    Swap,
}

impl FsKind {
    /// The name that blkid, mount and `/proc/self/mountinfo` use.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Ext2 => "ext2",
            Self::Ext3 => "ext3",
            Self::Ext4 => "ext4",
            Self::Xfs => "xfs",
            Self::Btrfs => "btrfs",
            Self::Reiserfs => "reiserfs",
            Self::Swap => "swap",
        }
    }

    /// True for ext2, ext3 and ext4.
    #[must_use]
    pub const fn is_ext(self) -> bool {
        matches!(self, Self::Ext2 | Self::Ext3 | Self::Ext4)
    }

    fn of(signature: &Signature) -> Option<Self> {
        match signature.kind {
            SignatureKind::Ext(ExtVersion::Ext2) => Some(Self::Ext2),
            SignatureKind::Ext(ExtVersion::Ext3) => Some(Self::Ext3),
            SignatureKind::Ext(ExtVersion::Ext4) => Some(Self::Ext4),
            SignatureKind::Xfs => Some(Self::Xfs),
            SignatureKind::Btrfs => Some(Self::Btrfs),
            SignatureKind::Reiserfs => Some(Self::Reiserfs),
            SignatureKind::Swap => Some(Self::Swap),
            _ => None,
        }
    }
}

impl fmt::Display for FsKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

/// A file system, or swap, as its superblock describes it.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct FileSystem {
    kind: FsKind,
    size: Bytes,
    block_size: Bytes,
    alignment: Bytes,
    #[serde(skip)]
    layout: Layout,
}

impl FileSystem {
    /// What is on `device`, which is the block device at `path`, and how it is used; `None` when
    /// it holds nothing that is known.
    ///
    /// The superblock of a mounted xfs is behind what the kernel knows: of such a one the size is
    /// the kernel's.
    ///
    /// # Errors
    /// Those of [`detect`](Self::detect) and [`FsUse::of`]; `InUse` when an xfs is mounted where
    /// this process cannot look at it.
    pub fn inspect(device: &dyn BlockDevice, path: impl AsRef<Path>) -> Result<Option<(Self, FsUse)>> {
        let Some(mut fs) = Self::detect(device)? else { return Ok(None) };
        let usage = FsUse::of(fs.kind, path)?;
        if let Layout::Xfs { log_blocks } = fs.layout
            && usage.is_used()
        {
            // The kernel counts the blocks that can hold files, which those of the log cannot.
            let log = u64::from(log_blocks).saturating_mul(fs.block_size.get());
            let size = usage.kernel_size().map_err(|error| error.with_device(device.name()))?;
            fs.size = fs.size.max(Bytes(size.saturating_add(log)));
        }
        Ok(Some((fs, usage)))
    }

    /// What is on `device`; `None` when it holds nothing that is known. When it may be mounted,
    /// [`inspect`](Self::inspect) is the one to ask.
    ///
    /// Reads what [`signature::detect`] reads, and one superblock.
    ///
    /// # Errors
    /// `Unsupported` naming it when it is something that cannot be resized here, or when there
    /// are several signatures and which one counts is a guess; `Corrupt` when the superblock gives
    /// no sensible size; `Io`.
    pub fn detect(device: &dyn BlockDevice) -> Result<Option<Self>> {
        let found = signature::detect(device)?;
        let signature = match found.as_slice() {
            [] => return Ok(None),
            [signature] => signature,
            several => return Err(ambiguous(device, several)),
        };
        let Some(kind) = FsKind::of(signature) else {
            let what = signature.kind;
            return Err(Error::unsupported(format!("{what} cannot be resized together with its volume"))
                .with_device(device.name())
                .with_offset(signature.offset)
                .with_help(format!("resize the volume alone, and see to the {what} on it by other means")));
        };
        superblock::read(device, kind, signature.offset).map(Some)
    }

    /// What it is.
    #[must_use]
    pub const fn kind(&self) -> FsKind {
        self.kind
    }

    /// How far it reaches on its device, from the device's start. The device may be larger, and
    /// after an accident smaller.
    #[must_use]
    pub const fn size(&self) -> Bytes {
        self.size
    }

    /// The size of its blocks; of swap, of its pages; of btrfs, of its sectors.
    #[must_use]
    pub const fn block_size(&self) -> Bytes {
        self.block_size
    }

    /// Its size can only be a multiple of this: the blocks, or the clusters of an ext4 that has
    /// some.
    #[must_use]
    pub const fn alignment(&self) -> Bytes {
        self.alignment
    }
}

impl fmt::Display for FileSystem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} of {}", self.kind, self.size)
    }
}

fn ambiguous(device: &dyn BlockDevice, signatures: &[Signature]) -> Error {
    let names = signatures.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ");
    Error::unsupported(format!("which file system to resize is not clear: {names}"))
        .with_device(device.name())
        .with_help("wipe the signatures that are left over from something else")
}

#[cfg(test)]
mod tests;
