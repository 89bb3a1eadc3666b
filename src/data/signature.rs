//! What is on a device before it is overwritten: the marks of file systems, partition tables,
//! encryption, raid members and swap.
//!
//! [`detect`] looks for each mark at its documented place and checks what can be checked cheaply
//! beside it (checksums, sizes that must be powers of two, fields that name their own place), so
//! that random data is not taken for a file system. It reads 128 KiB at the start and 132 KiB
//! at the end and, when something was found there that has parts elsewhere, these parts.
//!
//! Kinds are named and placed as libblkid and `wipefs` of util-linux name and place them.

use std::fmt;

use lvm_core::error::Context;
use lvm_core::{BlockDevice, Effect, Result};
use serde::{Serialize, Serializer};

pub(crate) mod bytes;
mod container;
mod file_system;
mod member;
mod window;
mod zfs;

pub(crate) use file_system::is_file_system_boot_sector;
use window::Windows;

/// Which of the ext file systems, by its features as libblkid tells them apart.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum ExtVersion {
    /// No journal, no newer feature.
    Ext2,
    /// A journal, no newer feature.
    Ext3,
    /// Any feature that ext3 lacks.
    Ext4,
    /// Not a file system but the external journal of one.
    Journal,
}

/// What a class of signatures means for whoever wants to overwrite it.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Usage {
    /// Files.
    Filesystem,
    /// Partitions, each of which may hold something.
    PartitionTable,
    /// A part of something larger: LVM, MD, ZFS and the like.
    Member,
    /// Encrypted data.
    Crypto,
    /// Swap and other things.
    Other,
}

macro_rules! kinds {
    ($($(#[$doc:meta])* $kind:ident $name:literal $usage:ident;)*) => {
        /// What a signature is the mark of.
        #[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
        #[non_exhaustive]
        pub enum SignatureKind {
            /// ext2, ext3, ext4 or an external journal.
            Ext(ExtVersion),
            $($(#[$doc])* $kind,)*
        }

        impl SignatureKind {
            /// The name that blkid gives as `TYPE` or `PTTYPE`.
            #[must_use]
            pub const fn name(self) -> &'static str {
                match self {
                    Self::Ext(ExtVersion::Ext2) => "ext2",
                    Self::Ext(ExtVersion::Ext3) => "ext3",
                    Self::Ext(ExtVersion::Ext4) => "ext4",
                    Self::Ext(ExtVersion::Journal) => "jbd",
                    $(Self::$kind => $name,)*
                }
            }

            /// What overwriting it would destroy.
            #[must_use]
            pub const fn usage(self) -> Usage {
                match self {
                    Self::Ext(_) => Usage::Filesystem,
                    $(Self::$kind => Usage::$usage,)*
                }
            }
        }
    };
}

kinds! {
    /// GUID partition table, with its backup and its protective MBR.
    Gpt "gpt" PartitionTable;
    /// MBR partition table.
    Dos "dos" PartitionTable;
    /// A protective MBR whose GPT is gone.
    ProtectiveMbr "PMBR" PartitionTable;
    /// LVM2 physical volume.
    Lvm2Member "LVM2_member" Member;
    /// Physical volume of LVM 1.
    Lvm1Member "LVM1_member" Member;
    /// LUKS version 1.
    LuksV1 "crypto_LUKS" Crypto;
    /// LUKS version 2.
    LuksV2 "crypto_LUKS" Crypto;
    /// BitLocker.
    BitLocker "BitLocker" Crypto;
    /// Linux MD raid member, metadata 0.90, 1.0, 1.1 or 1.2.
    MdRaid "linux_raid_member" Member;
    /// Intel Matrix raid member.
    IswRaid "isw_raid_member" Member;
    /// SNIA DDF raid member.
    DdfRaid "ddf_raid_member" Member;
    /// DRBD with internal metadata.
    Drbd "drbd" Member;
    /// Member of a ZFS pool.
    ZfsMember "zfs_member" Member;
    /// Stratis block device.
    Stratis "stratis" Member;
    /// bcache device.
    Bcache "bcache" Member;
    /// VDO volume.
    Vdo "vdo" Member;
    /// dm-integrity device.
    DmIntegrity "DM_integrity" Member;
    /// dm-verity hash device.
    DmVerity "DM_verity_hash" Member;
    /// Exception store of a device-mapper snapshot.
    DmSnapshot "DM_snapshot_cow" Member;
    /// Swap space.
    Swap "swap" Other;
    /// Swap space that holds a suspended system.
    SwapSuspend "swsuspend" Other;
    /// XFS.
    Xfs "xfs" Filesystem;
    /// Btrfs.
    Btrfs "btrfs" Filesystem;
    /// Bcachefs.
    Bcachefs "bcachefs" Filesystem;
    /// FAT12, FAT16 or FAT32.
    Vfat "vfat" Filesystem;
    /// NTFS.
    Ntfs "ntfs" Filesystem;
    /// exFAT.
    Exfat "exfat" Filesystem;
    /// ISO 9660, on discs and on hybrid images.
    Iso9660 "iso9660" Filesystem;
    /// SquashFS 4.
    Squashfs "squashfs" Filesystem;
    /// SquashFS before version 4.
    Squashfs3 "squashfs3" Filesystem;
    /// F2FS.
    F2fs "f2fs" Filesystem;
    /// EROFS.
    Erofs "erofs" Filesystem;
    /// ReiserFS 3.
    Reiserfs "reiserfs" Filesystem;
    /// JFS.
    Jfs "jfs" Filesystem;
}

impl fmt::Display for SignatureKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

impl Serialize for SignatureKind {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.name())
    }
}

/// Where magic bytes stand.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize)]
pub struct Place {
    /// In bytes from the start of the device.
    pub offset: u64,
    /// In bytes.
    pub length: u64,
}

/// One thing found on a device.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct Signature {
    /// What it is.
    pub kind: SignatureKind,
    /// Where its magic bytes stand, in bytes.
    pub offset: u64,
    /// How many magic bytes there are.
    pub length: u64,
    /// Further places by which it would be found again: backups, second headers.
    pub copies: Vec<Place>,
}

impl Signature {
    fn new(kind: SignatureKind, offset: u64, length: u64) -> Self {
        Self { kind, offset, length, copies: Vec::new() }
    }

    /// The first of `places` is the signature's own; none, no signature.
    fn at_places(kind: SignatureKind, places: impl IntoIterator<Item = (u64, u64)>) -> Option<Self> {
        let mut places = places.into_iter();
        let (offset, length) = places.next()?;
        let mut signature = Self::new(kind, offset, length);
        for (offset, length) in places {
            signature.add_copy(offset, length);
        }
        Some(signature)
    }

    fn add_copy(&mut self, offset: u64, length: u64) {
        let place = Place { offset, length };
        if offset != self.offset && !self.copies.contains(&place) {
            self.copies.push(place);
        }
    }

    /// All places, the signature's own first.
    pub fn places(&self) -> impl Iterator<Item = Place> {
        let own = Place { offset: self.offset, length: self.length };
        std::iter::once(own).chain(self.copies.iter().copied())
    }
}

impl fmt::Display for Signature {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} signature at offset {}", self.kind, self.offset)
    }
}

/// Adds what it finds.
type Probe = fn(&Windows<'_>, &mut Vec<Signature>) -> Result<()>;

const PROBES: [Probe; 4] = [container::probe, member::probe, zfs::probe, file_system::probe];

/// The signatures on `device`, by offset. An empty or very small device has none.
///
/// # Errors
/// `Io` when the device cannot be read.
pub fn detect(device: &dyn BlockDevice) -> Result<Vec<Signature>> {
    let windows = Windows::read(device)?;
    let mut found = Vec::new();
    for probe in PROBES {
        probe(&windows, &mut found)?;
    }
    found.sort_by_key(|signature| signature.offset);
    Ok(found)
}

/// Overwrites the magic bytes of `signature`, in all its places, with zeroes and flushes.
///
/// Nothing but the magic bytes changes, so whoever notes them down can undo it. The data behind
/// the signature stays.
///
/// # Errors
/// `Io` when the device cannot be written; `InvalidInput` when the signature is not from this
/// device and reaches past its end.
///
/// # Effect
/// Durable when this returns. On error [`Effect::Unknown`]: some of the places may be wiped.
pub fn wipe(device: &dyn BlockDevice, signature: &Signature) -> Result<()> {
    for place in signature.places() {
        lvm_core::block::check_range(device.name(), device.size(), place.offset, length(place))?;
    }
    let zeroes = vec![0; signature.places().map(length).max().unwrap_or(0)];
    // The own place last: until then a wipe cut short is found, and wiped, again.
    for place in signature.places().collect::<Vec<_>>().into_iter().rev() {
        let zeroes = zeroes.get(..length(place)).unwrap_or_default();
        device.write_at(place.offset, zeroes).having(Effect::Unknown)?;
    }
    device.flush().having(Effect::Unknown)
}

fn length(place: Place) -> usize {
    usize::try_from(place.length).unwrap_or(usize::MAX)
}

#[cfg(test)]
mod samples;
#[cfg(test)]
mod tests;
