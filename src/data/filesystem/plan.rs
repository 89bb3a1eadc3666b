//! Which steps resize a file system, on either side of the volume's own change.

use std::ffi::OsString;
use std::fmt;

use lvm_core::{Bytes, Error, ErrorKind, Result};
use serde::Serialize;

use super::superblock::Layout;
use super::{FileSystem, FsKind, FsStep, FsUse, Mount, Place};

/// Blocks a file system with 32-bit block numbers can have.
const NARROW_BLOCKS: u64 = 1 << 32;
/// Pages below which `mkswap` makes no swap.
const SWAP_PAGES: u64 = 10;

/// What the caller allows.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct FsOptions {
    unmount: bool,
    check: bool,
}

impl Default for FsOptions {
    fn default() -> Self {
        Self::new()
    }
}

impl FsOptions {
    /// Nothing that others mounted is unmounted; file systems are checked first.
    #[must_use]
    pub const fn new() -> Self {
        Self { unmount: false, check: true }
    }

    /// Whether a mounted file system that must not be may be unmounted meanwhile. It is mounted
    /// again in the same place with the same options.
    #[must_use]
    pub const fn unmount(mut self, allowed: bool) -> Self {
        self.unmount = allowed;
        self
    }

    /// Whether ext2, ext3, ext4 and reiserfs are checked before they are resized unmounted
    /// (`--nofsck` of lvresize is `false`). `resize2fs` then refuses an ext that was not checked
    /// since it was last mounted.
    #[must_use]
    pub const fn check(mut self, wanted: bool) -> Self {
        self.check = wanted;
        self
    }
}

/// What is done before and after the volume itself changes its size.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize)]
pub struct FsPlan {
    /// To be done first.
    pub before: Vec<FsStep>,
    /// To be done when the volume has its new size.
    pub after: Vec<FsStep>,
}

impl FsPlan {
    /// True when the file system stays as it is.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.before.is_empty() && self.after.is_empty()
    }

    /// All steps in order.
    pub fn steps(&self) -> impl Iterator<Item = &FsStep> {
        self.before.iter().chain(&self.after)
    }
}

impl fmt::Display for FsPlan {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (title, steps) in [("before", &self.before), ("after", &self.after)] {
            if !steps.is_empty() {
                writeln!(f, "{title} the volume changes:")?;
            }
            for step in steps {
                writeln!(f, "  {step}")?;
            }
        }
        Ok(())
    }
}

/// How the file system comes to be in the state its tool needs, and back.
#[derive(Default)]
struct Frame {
    enter: Vec<FsStep>,
    leave: Vec<FsStep>,
}

/// The steps that let `fs` fill a volume that grows to `new_size`. The volume grows between
/// `before` and `after`. Nothing is to be done when it is as large already.
///
/// # Errors
/// `InUse` when it must not be mounted or swapped on and is, or is mounted read-only;
/// `Unsupported` when its format cannot have that size, or when it is an ext4 with clusters
/// (bigalloc) and not mounted.
pub fn plan_grow(fs: &FileSystem, usage: &FsUse, new_size: Bytes, options: FsOptions) -> Result<FsPlan> {
    let to = new_size.align_down(fs.alignment());
    if to <= fs.size() {
        return Ok(FsPlan::default());
    }
    let resize = resize(fs, to)?;
    match fs.kind() {
        FsKind::Ext2 | FsKind::Ext3 | FsKind::Ext4 if usage.is_used() => {
            if !usage.mounts().any(Mount::is_writable) {
                return Err(in_use(fs, "is mounted read-only").with_help("remount it read-write"));
            }
            Ok(FsPlan { before: Vec::new(), after: vec![resize(Place::Device)] })
        }
        FsKind::Xfs | FsKind::Btrfs => {
            let (frame, place) = mounted(fs, usage);
            let after = [frame.enter, vec![resize(place)], frame.leave].concat();
            Ok(FsPlan { before: Vec::new(), after })
        }
        FsKind::Ext2 | FsKind::Ext3 | FsKind::Ext4 | FsKind::Reiserfs | FsKind::Swap => {
            refuse_clusters(fs)?;
            let frame = unmounted(fs, usage, options)?;
            let before = [frame.enter, check(fs, options)].concat();
            let after = [vec![resize(Place::Device)], frame.leave].concat();
            Ok(FsPlan { before, after })
        }
    }
}

/// The steps that make `fs` fit a volume that is to shrink to `new_size`. The volume shrinks
/// between `before` and `after`. Nothing is to be done when it fits already.
///
/// # Errors
/// `InUse` when it must not be mounted or swapped on and is; `Unsupported` for xfs and for an
/// ext4 with clusters (bigalloc); `InvalidInput` when nothing would be left.
pub fn plan_shrink(fs: &FileSystem, usage: &FsUse, new_size: Bytes, options: FsOptions) -> Result<FsPlan> {
    if fs.size() <= new_size {
        return Ok(FsPlan::default());
    }
    let to = new_size.align_down(fs.alignment());
    let least = if fs.kind() == FsKind::Swap { SWAP_PAGES } else { 1 };
    if to.get() < fs.block_size().get().saturating_mul(least) {
        return Err(Error::invalid(format!("{new_size} is too small for {}", fs.kind())));
    }
    let resize = resize(fs, to)?;
    match fs.kind() {
        FsKind::Xfs => Err(no_xfs_shrink()),
        FsKind::Btrfs => {
            let (frame, place) = mounted(fs, usage);
            let before = [frame.enter, vec![resize(place)], frame.leave].concat();
            Ok(FsPlan { before, after: Vec::new() })
        }
        FsKind::Ext2 | FsKind::Ext3 | FsKind::Ext4 | FsKind::Reiserfs | FsKind::Swap => {
            refuse_clusters(fs)?;
            let frame = unmounted(fs, usage, options)?;
            let before = [frame.enter, check(fs, options), vec![resize(Place::Device)]].concat();
            Ok(FsPlan { before, after: frame.leave })
        }
    }
}

/// Says whether a volume can become `new_size` without a thing done to the file system on it.
/// When it may be mounted, `fs` is to come from [`FileSystem::inspect`].
///
/// # Errors
/// `InUse` when the file system reaches past the new end, `Unsupported` when moreover it is one
/// that cannot shrink.
pub fn check_reduce(fs: &FileSystem, new_size: Bytes) -> Result<()> {
    if fs.size() <= new_size {
        return Ok(());
    }
    if fs.kind() == FsKind::Xfs {
        return Err(no_xfs_shrink());
    }
    let message = format!("the {fs} reaches past {new_size}, the new end of its volume");
    let help = "resize the file system together with the volume (--resizefs), or shrink it first";
    Err(Error::new(ErrorKind::InUse, message).with_help(help))
}

/// `resize2fs` resizes an unmounted ext4 with clusters of blocks at the caller's own risk only,
/// which is not ours to take.
fn refuse_clusters(fs: &FileSystem) -> Result<()> {
    if fs.alignment() == fs.block_size() {
        return Ok(());
    }
    let kind = fs.kind();
    let help = "grow it while it is mounted; a resize of an unmounted one is experimental (resize2fs -f)";
    Err(Error::unsupported(format!("an {kind} with clusters (bigalloc) is not resized unmounted"))
        .with_help(help))
}

fn no_xfs_shrink() -> Error {
    let help = "copy the files to a smaller file system";
    Error::unsupported("an xfs cannot shrink").with_help(help)
}

fn in_use(fs: &FileSystem, how: &str) -> Error {
    Error::new(ErrorKind::InUse, format!("the {} {how}", fs.kind()))
}

/// The step that resizes, which lacks only its place.
fn resize(fs: &FileSystem, to: Bytes) -> Result<impl Fn(Place) -> FsStep> {
    let (kind, from, block_size) = (fs.kind(), fs.size(), fs.block_size());
    let wide = match &fs.layout {
        Layout::Ext { wide } => *wide,
        Layout::Xfs { .. } | Layout::Btrfs { .. } => true,
        Layout::Swap { bad_pages: true, .. } => {
            return Err(Error::unsupported("swap with a list of bad pages cannot be resized")
                .with_help("make it anew with mkswap --check"));
        }
        Layout::Swap { .. } | Layout::Plain => false,
    };
    if !wide && to.get().checked_div(block_size.get()).is_none_or(|blocks| blocks >= NARROW_BLOCKS) {
        let error =
            Error::unsupported(format!("this {kind} cannot have {to}: its block numbers have 32 bits"));
        let help = "convert it with resize2fs -b while it is not mounted";
        return Err(if kind.is_ext() { error.with_help(help) } else { error });
    }
    let layout = fs.layout.clone();
    Ok(move |place| match layout.clone() {
        Layout::Swap { uuid, label, .. } => FsStep::MakeSwap { from, to, page_size: block_size, uuid, label },
        Layout::Btrfs { device_id } => {
            FsStep::Resize { kind, from, to, block_size, device_id: Some(device_id), place }
        }
        Layout::Ext { .. } | Layout::Xfs { .. } | Layout::Plain => {
            FsStep::Resize { kind, from, to, block_size, device_id: None, place }
        }
    })
}

fn check(fs: &FileSystem, options: FsOptions) -> Vec<FsStep> {
    let kind = fs.kind();
    if options.check && kind != FsKind::Swap { vec![FsStep::Check { kind }] } else { Vec::new() }
}

/// For what must be mounted: where it is, or a mount for the time being.
fn mounted(fs: &FileSystem, usage: &FsUse) -> (Frame, Place) {
    if let Some(mount) = usage.writable() {
        return (Frame::default(), Place::Mounted(mount.target.clone()));
    }
    let enter = vec![FsStep::MountTemporarily { kind: fs.kind() }];
    (Frame { enter, leave: vec![FsStep::UnmountTemporary] }, Place::Temporary)
}

/// For what must not be mounted.
fn unmounted(fs: &FileSystem, usage: &FsUse, options: FsOptions) -> Result<Frame> {
    if !usage.is_used() {
        return Ok(Frame::default());
    }
    if usage.is_swap() {
        return Err(in_use(fs, "is swapped on").with_help("swap it off first (swapoff)"));
    }
    let targets: Vec<_> = usage.mounts().map(|mount| mount.target.to_string_lossy()).collect();
    let error = in_use(fs, &format!("is mounted on {}", targets.join(", ")));
    if !options.unmount {
        return Err(error.with_help("unmount it first, or allow that it is unmounted meanwhile"));
    }
    // Bind mounts and mounts below others cannot be made again by one command each.
    let Some(mount) = usage.only() else {
        return Err(error.with_help("it is mounted more than once or in part: unmount it first"));
    };
    let (kind, target) = (fs.kind(), mount.target.clone());
    let options: OsString = mount.mount_options();
    let enter = vec![FsStep::Unmount { kind, target: target.clone(), options: options.clone() }];
    Ok(Frame { enter, leave: vec![FsStep::Remount { kind, target, options }] })
}
