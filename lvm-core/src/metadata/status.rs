//! Status bits and the words for policies, as LVM2 writes them.

use bitflags::bitflags;
use serde::{Serialize, Serializer};

bitflags! {
    /// Status of a volume group.
    #[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
    pub struct VgStatus: u32 {
        /// Exported by vgexport(8): nobody may use it before vgimport(8).
        const EXPORTED = 1;
        /// May gain and lose physical volumes.
        const RESIZEABLE = 1 << 1;
        /// A pvmove is under way (old metadata only).
        const PVMOVE = 1 << 2;
        /// Readable.
        const READ = 1 << 3;
        /// Writable. Stored as `WRITE_LOCKED` when a system id or lock type is set, so that old
        /// tools see it read-only.
        const WRITE = 1 << 4;
        /// Not activated automatically.
        const NOAUTOACTIVATE = 1 << 5;
        /// Belonged to clvmd.
        const CLUSTERED = 1 << 6;
        /// Shared through a lock manager.
        const SHARED = 1 << 7;
        /// Written while physical volumes were missing (old backups only).
        const PARTIAL = 1 << 8;
    }

    /// Status of a physical volume.
    #[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
    pub struct PvStatus: u32 {
        /// Extents may be allocated on it (`pvchange -x`).
        const ALLOCATABLE = 1;
        /// Belongs to an exported volume group.
        const EXPORTED = 1 << 1;
        /// Was not found when the metadata was written.
        const MISSING = 1 << 2;
    }

    /// Status of a logical volume.
    #[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
    pub struct LvStatus: u32 {
        /// Readable.
        const READ = 1;
        /// Writable.
        const WRITE = 1 << 1;
        /// Has a fixed device minor number.
        const FIXED_MINOR = 1 << 2;
        /// Shown to users.
        const VISIBLE = 1 << 3;
        /// The mirror that a pvmove copies through.
        const PVMOVE = 1 << 4;
        /// Cannot be changed while extents of it are moved.
        const LOCKED = 1 << 5;
        /// Created without synchronising its copies.
        const NOTSYNCED = 1 << 6;
        /// A raid image that must be rebuilt.
        const REBUILD = 1 << 7;
        /// A raid1 image that is read only when nothing else is left.
        const WRITEMOSTLY = 1 << 8;
        /// Left out of plain activation (`lvchange -k`).
        const ACTIVATION_SKIP = 1 << 9;
        /// Not activated automatically.
        const NOAUTOACTIVATE = 1 << 10;
        /// A thin pool that fails writes when full, instead of queueing them.
        const ERROR_WHEN_FULL = 1 << 11;
        /// Holds data and metadata of a cache.
        const CACHE_VOL = 1 << 12;
    }

    /// Flags that LVM2 appends to a segment type's name with `+`.
    #[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
    pub struct SegmentFlags: u32 {
        /// A raid is being reshaped.
        const RESHAPE = 1;
        /// A reshape moves the data offset.
        const RESHAPE_DATA_OFFSET = 1 << 1;
        /// A reshape adds devices.
        const RESHAPE_DELTA_DISKS_PLUS = 1 << 2;
        /// A reshape takes devices away.
        const RESHAPE_DELTA_DISKS_MINUS = 1 << 3;
        /// A device to remove when the reshape ends.
        const REMOVE_AFTER_RESHAPE = 1 << 4;
        /// A cache pool states its metadata format.
        const METADATA_FORMAT = 1 << 5;
        /// A thin pool states whether its metadata is cropped.
        const CROP_METADATA = 1 << 6;
        /// A cache keeps data and metadata in one volume.
        const CACHE_USES_CACHEVOL = 1 << 7;
    }
}

/// How a status bit is stored: in `status`, or in `flags`, which old tools ignore.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Place {
    /// A reader that does not know it must refuse.
    Status,
    /// A reader that does not know it may go on.
    Flags,
    /// Written to `flags`, but also understood in `status`, where old versions put it.
    FlagsReadBoth,
}

pub(crate) type FlagTable<F> = &'static [(F, &'static str, Place)];

/// In the order LVM2 writes them.
pub(crate) const VG_FLAGS: FlagTable<VgStatus> = &[
    (VgStatus::EXPORTED, "EXPORTED", Place::Status),
    (VgStatus::RESIZEABLE, "RESIZEABLE", Place::Status),
    (VgStatus::PVMOVE, "PVMOVE", Place::Status),
    (VgStatus::READ, "READ", Place::Status),
    (VgStatus::WRITE, "WRITE", Place::Status),
    (VgStatus::NOAUTOACTIVATE, "NOAUTOACTIVATE", Place::Flags),
    (VgStatus::CLUSTERED, "CLUSTERED", Place::Status),
    (VgStatus::SHARED, "SHARED", Place::Status),
];

/// In the order LVM2 writes them.
pub(crate) const PV_FLAGS: FlagTable<PvStatus> = &[
    (PvStatus::ALLOCATABLE, "ALLOCATABLE", Place::Status),
    (PvStatus::EXPORTED, "EXPORTED", Place::Status),
    (PvStatus::MISSING, "MISSING", Place::FlagsReadBoth),
];

/// In the order LVM2 writes them.
pub(crate) const LV_FLAGS: FlagTable<LvStatus> = &[
    (LvStatus::READ, "READ", Place::Status),
    (LvStatus::WRITE, "WRITE", Place::Status),
    (LvStatus::FIXED_MINOR, "FIXED_MINOR", Place::Status),
    (LvStatus::VISIBLE, "VISIBLE", Place::Status),
    (LvStatus::PVMOVE, "PVMOVE", Place::Status),
    (LvStatus::LOCKED, "LOCKED", Place::Status),
    (LvStatus::NOTSYNCED, "NOTSYNCED", Place::Status),
    (LvStatus::REBUILD, "REBUILD", Place::Status),
    (LvStatus::WRITEMOSTLY, "WRITEMOSTLY", Place::Status),
    (LvStatus::ACTIVATION_SKIP, "ACTIVATION_SKIP", Place::Flags),
    (LvStatus::NOAUTOACTIVATE, "NOAUTOACTIVATE", Place::Flags),
    (LvStatus::ERROR_WHEN_FULL, "ERROR_WHEN_FULL", Place::Flags),
    (LvStatus::CACHE_VOL, "CACHE_VOL", Place::FlagsReadBoth),
];

/// In the order LVM2 writes them.
pub(crate) const SEGMENT_FLAGS: &[(SegmentFlags, &str)] = &[
    (SegmentFlags::RESHAPE, "RESHAPE"),
    (SegmentFlags::RESHAPE_DATA_OFFSET, "RESHAPE_DATA_OFFSET"),
    (SegmentFlags::RESHAPE_DELTA_DISKS_PLUS, "RESHAPE_DELTA_DISKS_PLUS"),
    (SegmentFlags::RESHAPE_DELTA_DISKS_MINUS, "RESHAPE_DELTA_DISKS_MINUS"),
    (SegmentFlags::REMOVE_AFTER_RESHAPE, "REMOVE_AFTER_RESHAPE"),
    (SegmentFlags::METADATA_FORMAT, "METADATA_FORMAT"),
    (SegmentFlags::CROP_METADATA, "CROP_METADATA"),
    (SegmentFlags::CACHE_USES_CACHEVOL, "CACHE_USES_CACHEVOL"),
];

/// The word that stands for WRITE when old tools should see something read-only.
pub(crate) const WRITE_LOCKED: &str = "WRITE_LOCKED";

macro_rules! serialize_as_names {
    ($($name:ident),*) => {$(
        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_seq(self.iter_names().map(|(name, _)| name))
            }
        }
    )*};
}
serialize_as_names!(VgStatus, PvStatus, LvStatus, SegmentFlags);

macro_rules! words {
    ($(#[$doc:meta])* $name:ident { $($(#[$vdoc:meta])* $variant:ident = $word:literal),* $(,)? }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize)]
        #[serde(rename_all = "snake_case")]
        pub enum $name { $($(#[$vdoc])* $variant),* }

        impl $name {
            /// The word LVM2 writes.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $word),* }
            }

            /// The value a word stands for.
            #[must_use]
            pub fn parse(word: &str) -> Option<Self> {
                match word { $($word => Some(Self::$variant),)* _ => None }
            }
        }

        impl core::fmt::Display for $name {
            fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
                f.pad(self.as_str())
            }
        }
    };
}
pub(crate) use words;

words! {
    /// Where the extents of a logical volume may go (lvm(8), "ALLOCATION").
    ///
    /// The order is that of growing freedom: an allocation tries each policy up to the one asked
    /// for.
    AllocationPolicy {
        /// New extents directly behind the last ones.
        Contiguous = "contiguous",
        /// On the physical volumes the logical volume uses already.
        Cling = "cling",
        /// On physical volumes that share a tag with those in use.
        ClingByTags = "cling_by_tags",
        /// Anywhere, but parallel areas on different physical volumes.
        Normal = "normal",
        /// Anywhere at all.
        Anywhere = "anywhere",
        /// What the volume group says.
        Inherit = "inherit",
    }
}

impl AllocationPolicy {
    /// The character reports use: `c l C n a i`.
    #[must_use]
    pub const fn as_char(self) -> char {
        match self {
            Self::Contiguous => 'c',
            Self::Cling => 'l',
            Self::ClingByTags => 'C',
            Self::Normal => 'n',
            Self::Anywhere => 'a',
            Self::Inherit => 'i',
        }
    }
}

words! {
    /// Who arbitrates access to a shared volume group (lvmlockd(8)).
    LockType {
        /// Local: nobody.
        None = "none",
        /// The former clvmd.
        Clvm = "clvm",
        /// The distributed lock manager.
        Dlm = "dlm",
        /// sanlock.
        Sanlock = "sanlock",
        /// Drive firmware locks.
        Idm = "idm",
    }
}

/// How far the kernel reads ahead on a logical volume.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum ReadAhead {
    /// What the configuration says.
    #[default]
    Auto,
    /// Not at all.
    None,
    /// This many sectors.
    Sectors(u32),
}
