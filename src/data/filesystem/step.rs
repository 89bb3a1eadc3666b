//! What is done to a file system, one command or system call at a time.

use std::ffi::{OsStr, OsString};
use std::fmt;
use std::path::{Path, PathBuf};

use lvm_core::Bytes;
use serde::{Serialize, Serializer};

use super::{FsCommand, FsKind};

/// What a resizing tool is pointed at.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Place {
    /// The device.
    Device,
    /// Where it is mounted already.
    Mounted(#[serde(serialize_with = "lossy")] PathBuf),
    /// Where [`FsStep::MountTemporarily`] mounted it.
    Temporary,
}

/// One step of an [`FsPlan`](super::FsPlan).
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
#[serde(tag = "step", rename_all = "snake_case")]
#[non_exhaustive]
pub enum FsStep {
    /// The file system is checked; what can be repaired safely is.
    Check {
        /// What is checked.
        kind: FsKind,
    },
    /// The file system gets another size.
    Resize {
        /// What is resized.
        kind: FsKind,
        /// Its size before.
        from: Bytes,
        /// Its size afterwards, a multiple of its [alignment](super::FileSystem::alignment).
        to: Bytes,
        /// The size of its blocks.
        block_size: Bytes,
        /// The number of the device within a btrfs.
        device_id: Option<u64>,
        /// What the tool is pointed at.
        place: Place,
    },
    /// Swap space is made anew, with the UUID and the label it had.
    MakeSwap {
        /// Its size before.
        from: Bytes,
        /// Its size afterwards, header included.
        to: Bytes,
        /// The size of its pages.
        page_size: Bytes,
        /// Its UUID.
        uuid: Option<String>,
        /// Its label; empty when it had none.
        #[serde(serialize_with = "lossy")]
        label: OsString,
    },
    /// It is mounted in a private directory.
    MountTemporarily {
        /// What is mounted.
        kind: FsKind,
    },
    /// That mount is undone.
    UnmountTemporary,
    /// A mount that others made is undone.
    Unmount {
        /// What is unmounted.
        kind: FsKind,
        /// Where it was mounted.
        #[serde(serialize_with = "lossy")]
        target: PathBuf,
        /// With which options.
        #[serde(serialize_with = "lossy")]
        options: OsString,
    },
    /// And made again.
    Remount {
        /// What is mounted.
        kind: FsKind,
        /// Where.
        #[serde(serialize_with = "lossy")]
        target: PathBuf,
        /// The options it had.
        #[serde(serialize_with = "lossy")]
        options: OsString,
    },
}

/// Paths and labels may be any bytes, and JSON may not.
fn lossy<S: Serializer>(value: impl AsRef<OsStr>, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(&value.as_ref().to_string_lossy())
}

impl FsStep {
    /// The command this step runs on `device`, or `None` when it is a system call (mount and
    /// unmount, of the temporary kind). `mount_dir` is where a temporary mount is, or anything
    /// when the command is only to be shown.
    #[must_use]
    pub fn command(&self, device: &Path, mount_dir: &Path) -> Option<FsCommand> {
        let command = FsCommand::new;
        Some(match self {
            Self::MountTemporarily { .. } | Self::UnmountTemporary => return None,
            Self::Check { kind: FsKind::Reiserfs } => {
                command("reiserfsck", "reiserfsprogs").args(["--check", "--yes", "--quiet"]).arg(device)
            }
            Self::Check { .. } => command("e2fsck", "e2fsprogs").args(["-f", "-p"]).arg(device),
            Self::Resize { kind, from, to, block_size, device_id, place } => {
                let place = match place {
                    Place::Device => device,
                    Place::Mounted(target) => target,
                    Place::Temporary => mount_dir,
                };
                let blocks = to.get().checked_div(block_size.get()).unwrap_or(0);
                resize(*kind, (*from, *to), blocks, *device_id, place)
            }
            Self::MakeSwap { to, page_size, uuid, label, .. } => {
                make_swap(*page_size, uuid.as_deref(), label).arg(device).arg((to.get() / 1024).to_string())
            }
            Self::Unmount { target, .. } => command("umount", "mount").arg(target),
            Self::Remount { kind, target, options } => {
                let command = command("mount", "mount").args(["-t", kind.name(), "-o"]);
                command.arg(options).arg(device).arg(target)
            }
        })
    }

    /// True for the steps that change the size of the file system.
    pub(super) const fn is_resize(&self) -> bool {
        matches!(self, Self::Resize { .. } | Self::MakeSwap { .. })
    }
}

fn resize(
    kind: FsKind,
    (from, to): (Bytes, Bytes),
    blocks: u64,
    device_id: Option<u64>,
    place: &Path,
) -> FsCommand {
    match kind {
        FsKind::Xfs => FsCommand::new("xfs_growfs", "xfsprogs").arg("-D").arg(blocks.to_string()).arg(place),
        FsKind::Btrfs => {
            let size = format!("{}:{}", device_id.unwrap_or(1), to.get());
            FsCommand::new("btrfs", "btrfs-progs").args(["filesystem", "resize"]).arg(size).arg(place)
        }
        FsKind::Reiserfs => {
            let command = FsCommand::new("resize_reiserfs", "reiserfsprogs").args(["-q", "-s"]);
            let command = command.arg(to.get().to_string()).arg(place);
            // It asks before it shrinks, whatever the options.
            if to < from { command.input("y\n") } else { command }
        }
        FsKind::Ext2 | FsKind::Ext3 | FsKind::Ext4 | FsKind::Swap => {
            // Blocks have 1 KiB at least.
            let command = FsCommand::new("resize2fs", "e2fsprogs").arg(place);
            command.arg(format!("{}K", to.get() / 1024))
        }
    }
}

fn make_swap(page_size: Bytes, uuid: Option<&str>, label: &OsStr) -> FsCommand {
    let command = FsCommand::new("mkswap", "util-linux").arg("-p").arg(page_size.get().to_string());
    let command = command.arg("-U").arg(uuid.unwrap_or("clear"));
    if label.is_empty() { command } else { command.arg("-L").arg(label) }
}

impl fmt::Display for FsStep {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Check { kind } => write!(f, "check the {kind}"),
            Self::Resize { kind, from, to, .. } => write!(f, "resize the {kind} from {from} to {to}"),
            Self::MakeSwap { from, to, .. } => {
                write!(f, "make the swap space of {from} anew with {to}, keeping UUID and label")
            }
            Self::MountTemporarily { kind } => write!(f, "mount the {kind} in a private directory"),
            Self::UnmountTemporary => f.write_str("unmount it there"),
            Self::Unmount { kind, target, .. } => write!(f, "unmount the {kind} from {}", target.display()),
            Self::Remount { kind, target, .. } => {
                write!(f, "mount the {kind} on {} again", target.display())
            }
        }
    }
}
