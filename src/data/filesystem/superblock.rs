//! What the superblocks say about sizes.
//!
//! Offsets are those of the kernel's documentation of ext4 and of the on-disk format pages of XFS
//! and btrfs; the tests compare them with what the tools make.

use std::ffi::OsString;
use std::os::unix::ffi::OsStringExt;

use lvm_core::{BlockDevice, Bytes, Error, Result};
use uuid::Uuid;

use super::{FileSystem, FsKind};
use crate::data::signature::bytes::Bytes as Raw;

/// What planning needs beside the sizes.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) enum Layout {
    Ext {
        /// Block numbers have 64 bits.
        wide: bool,
    },
    Xfs {
        /// Blocks of the log, when it lies among the others.
        log_blocks: u32,
    },
    Btrfs {
        /// The number of this device within the file system.
        device_id: u64,
    },
    Swap {
        /// Early versions of `mkswap` gave none.
        uuid: Option<String>,
        label: OsString,
        /// It lists pages that must not be used, which making it anew would forget.
        bad_pages: bool,
    },
    Plain,
}

/// A superblock, where it stands, and whose it is.
struct Superblock<'a> {
    device: &'a dyn BlockDevice,
    kind: FsKind,
    start: u64,
    bytes: Raw<'a>,
}

impl<'a> Superblock<'a> {
    /// The value of a field.
    fn get<T>(&self, read: impl Fn(&Raw<'a>, usize) -> Option<T>, field: &str, offset: usize) -> Result<T> {
        read(&self.bytes, offset).ok_or_else(|| self.corrupt("is cut short", field, offset))
    }

    fn corrupt(&self, what: &str, field: &str, offset: usize) -> Error {
        let at = u64::try_from(offset).unwrap_or(u64::MAX);
        Error::corrupt(format!("the superblock of the {} {what}", self.kind))
            .with_device(self.device.name())
            .with_field(field)
            .with_offset(self.start.saturating_add(at))
    }

    /// The description, of `count` blocks; `field` at `offset` is where the count stands.
    fn describe(
        &self,
        count: u64,
        block_size: u64,
        layout: Layout,
        (field, offset): (&str, usize),
    ) -> Result<FileSystem> {
        let size = count.checked_mul(block_size).filter(|size| *size > 0);
        let size = size.ok_or_else(|| self.corrupt("gives an impossible size", field, offset))?;
        let block_size = Bytes(block_size);
        Ok(FileSystem { kind: self.kind, size: Bytes(size), block_size, alignment: block_size, layout })
    }

    /// A block size, which is a power of two within what the formats allow.
    fn block_size(&self, size: u64, field: &str, offset: usize) -> Result<u64> {
        if size.is_power_of_two() && (512..=64 << 10).contains(&size) {
            return Ok(size);
        }
        Err(self.corrupt("gives an impossible block size", field, offset))
    }
}

/// Reads the superblock that belongs to the signature at `magic` bytes.
pub(super) fn read(device: &dyn BlockDevice, kind: FsKind, magic: u64) -> Result<FileSystem> {
    // From the start of the superblock to its magic bytes. Swap has its header in a fixed place
    // and its magic at the end of the first page.
    let (start, length) = match kind {
        FsKind::Ext2 | FsKind::Ext3 | FsKind::Ext4 => (magic.saturating_sub(0x38), 1024),
        FsKind::Xfs => (magic, 512),
        FsKind::Btrfs => (magic.saturating_sub(64), 4096),
        FsKind::Reiserfs => (magic.saturating_sub(52), 204),
        FsKind::Swap => (1024, 512),
    };
    // What a small device cuts off is missed when it is looked at.
    let there = usize::try_from(device.size().saturating_sub(start)).unwrap_or(usize::MAX);
    let mut bytes = vec![0; length.min(there)];
    device.read_at(start, &mut bytes)?;
    let block = Superblock { device, kind, start, bytes: Raw(&bytes) };
    match kind {
        FsKind::Ext2 | FsKind::Ext3 | FsKind::Ext4 => ext(&block),
        FsKind::Xfs => xfs(&block),
        FsKind::Btrfs => btrfs(&block),
        FsKind::Reiserfs => reiserfs(&block),
        FsKind::Swap => swap(&block, magic.saturating_add(10)),
    }
}

const EXT_INCOMPATIBLE_64BIT: u32 = 0x80;
const EXT_READ_ONLY_BIGALLOC: u32 = 0x200;

fn ext(block: &Superblock<'_>) -> Result<FileSystem> {
    let low = block.get(Raw::le32, "s_blocks_count_lo", 0x4)?;
    let high = block.get(Raw::le32, "s_blocks_count_hi", 0x150)?;
    let wide = block.get(Raw::le32, "s_feature_incompat", 0x60)? & EXT_INCOMPATIBLE_64BIT != 0;
    let bigalloc = block.get(Raw::le32, "s_feature_ro_compat", 0x64)? & EXT_READ_ONLY_BIGALLOC != 0;
    let size_of = |field: &str, offset: usize| {
        let log = block.get(Raw::le32, field, offset)?;
        1024_u64
            .checked_shl(log)
            .filter(|_| log <= 20)
            .ok_or_else(|| block.corrupt("gives an impossible block size", field, offset))
    };
    let block_size = block.block_size(size_of("s_log_block_size", 0x18)?, "s_log_block_size", 0x18)?;
    let count = u64::from(low) | if wide { u64::from(high) << 32 } else { 0 };
    let mut fs = block.describe(count, block_size, Layout::Ext { wide }, ("s_blocks_count_lo", 0x4))?;
    if bigalloc {
        fs.alignment = Bytes(size_of("s_log_cluster_size", 0x1c)?.max(block_size));
    }
    Ok(fs)
}

fn xfs(block: &Superblock<'_>) -> Result<FileSystem> {
    let block_size = u64::from(block.get(Raw::be32, "sb_blocksize", 4)?);
    let block_size = block.block_size(block_size, "sb_blocksize", 4)?;
    let count = block.get(Raw::be64, "sb_dblocks", 8)?;
    let internal = block.get(Raw::be64, "sb_logstart", 48)? != 0;
    let log_blocks = if internal { block.get(Raw::be32, "sb_logblocks", 96)? } else { 0 };
    block.describe(count, block_size, Layout::Xfs { log_blocks }, ("sb_dblocks", 8))
}

/// A btrfs may lie on several devices: what counts is how much of this one it uses.
fn btrfs(block: &Superblock<'_>) -> Result<FileSystem> {
    let sector_size = u64::from(block.get(Raw::le32, "sectorsize", 0x90)?);
    let sector_size = block.block_size(sector_size, "sectorsize", 0x90)?;
    let device_id = block.get(Raw::le64, "dev_item.devid", 0xc9)?;
    let size = block.get(Raw::le64, "dev_item.total_bytes", 0xd1)?;
    if size > block.get(Raw::le64, "total_bytes", 0x70)? {
        return Err(block.corrupt("gives a device more bytes than all have", "dev_item.total_bytes", 0xd1));
    }
    // The kernel rounds down; older versions left odd sizes here.
    let field = ("dev_item.total_bytes", 0xd1);
    let mut fs = block.describe(size, 1, Layout::Btrfs { device_id }, field)?;
    (fs.block_size, fs.alignment) = (Bytes(sector_size), Bytes(sector_size));
    Ok(fs)
}

fn reiserfs(block: &Superblock<'_>) -> Result<FileSystem> {
    let block_size = u64::from(block.get(Raw::le16, "s_blocksize", 44)?);
    let block_size = block.block_size(block_size, "s_blocksize", 44)?;
    let count = u64::from(block.get(Raw::le32, "s_block_count", 0)?);
    block.describe(count, block_size, Layout::Plain, ("s_block_count", 0))
}

fn swap<'a>(block: &Superblock<'a>, page_size: u64) -> Result<FileSystem> {
    let native: fn(&Raw<'a>, usize) -> Option<u32> =
        if cfg!(target_endian = "big") { Raw::be32 } else { Raw::le32 };
    if block.get(native, "version", 0)? != 1 {
        return Err(Error::unsupported("swap of version 0, or of a machine with another byte order")
            .with_device(block.device.name())
            .with_field("version")
            .with_offset(block.start));
    }
    let last_page = u64::from(block.get(native, "last_page", 4)?);
    let uuid = Uuid::from_bytes(block.get(Raw::array, "sws_uuid", 12)?);
    let label: [u8; 16] = block.get(Raw::array, "sws_volume", 28)?;
    let label = label.into_iter().take_while(|byte| *byte != 0).collect();
    let bad_pages = block.get(native, "nr_badpages", 8)? != 0;
    let uuid = (!uuid.is_nil()).then(|| uuid.to_string());
    let layout = Layout::Swap { uuid, label: OsString::from_vec(label), bad_pages };
    block.describe(last_page.saturating_add(1), page_size, layout, ("last_page", 4))
}
