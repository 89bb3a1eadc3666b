//! What a device is known by in a devices file, since its path changes between boots.

use std::fmt;
use std::path::{Path, PathBuf};

use lvm_core::PvId;

use super::sysfs::{SysDevice, Sysfs};

macro_rules! id_types {
    ($($(#[$doc:meta])* $variant:ident $text:literal;)*) => {
        /// What kind of name an entry knows its device by.
        #[derive(Clone, PartialEq, Eq, Hash, Debug)]
        #[non_exhaustive]
        pub enum DeviceIdType {
            $($(#[$doc])* $variant,)*
            /// Of a later version of lvm2. Those that begin with `wwid_` and `nvme_` are taken for the
            /// world-wide identifier of the disk; devices are known by no others, but entries are kept.
            Other(String),
        }

        impl DeviceIdType {
            /// As it is written in the file.
            #[must_use]
            pub fn as_str(&self) -> &str {
                match self {
                    $(Self::$variant => $text,)*
                    Self::Other(text) => text,
                }
            }
        }

        impl From<&str> for DeviceIdType {
            fn from(text: &str) -> Self {
                match text {
                    $($text => Self::$variant,)*
                    other => Self::Other(other.to_owned()),
                }
            }
        }
    };
}

id_types! {
    /// The world-wide identifier of a disk.
    SysWwid "sys_wwid";
    /// The serial number of a disk.
    SysSerial "sys_serial";
    /// The device-mapper uuid of a multipath device.
    MpathUuid "mpath_uuid";
    /// The device-mapper uuid of an encrypted device.
    CryptUuid "crypt_uuid";
    /// The device-mapper uuid of a logical volume.
    LvmlvUuid "lvmlv_uuid";
    /// The uuid of an MD array.
    MdUuid "md_uuid";
    /// The file under a loop device.
    LoopFile "loop_file";
    /// Nothing better than its path.
    Devname "devname";
}

impl DeviceIdType {
    /// True for a kind that lvmkit reads from devices.
    #[must_use]
    pub fn is_known(&self) -> bool {
        !matches!(self, Self::Other(_))
    }
}

impl fmt::Display for DeviceIdType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

/// The order in which lvm2 looks for the kind of a new entry.
const BY_PREFERENCE: [DeviceIdType; 7] = [
    DeviceIdType::MpathUuid,
    DeviceIdType::CryptUuid,
    DeviceIdType::LvmlvUuid,
    DeviceIdType::MdUuid,
    DeviceIdType::LoopFile,
    DeviceIdType::SysWwid,
    DeviceIdType::SysSerial,
];

/// One device of a devices file.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct DevicesFileEntry {
    /// What `id` is.
    pub id_type: DeviceIdType,
    /// What the device is known by (`IDNAME`).
    pub id: String,
    /// The path it was last seen at (`DEVNAME`).
    pub path: Option<PathBuf>,
    /// The physical volume last seen on it (`PVID`).
    pub pv_id: Option<PvId>,
    /// Which partition of what the id names (`PART`).
    pub partition: Option<u32>,
}

impl DevicesFileEntry {
    /// An entry for a device, by the best id it has. `path` is where it is now.
    #[must_use]
    pub fn new(device: &SysDevice, sysfs: &Sysfs, path: &Path, pv_id: Option<PvId>) -> Self {
        let best =
            BY_PREFERENCE.iter().find_map(|kind| Some((kind.clone(), device_id(kind, device, sysfs)?)));
        let (id_type, id) =
            best.unwrap_or_else(|| (DeviceIdType::Devname, path.to_string_lossy().into_owned()));
        let partition = match id_type {
            DeviceIdType::Devname => None,
            _ => device.partition_of.as_ref().map(|(_, number)| *number),
        };
        Self { id_type, id, path: Some(path.to_owned()), pv_id, partition }
    }

    /// The same, by an id of this kind; `None` when the device has none.
    #[must_use]
    pub fn of_type(
        kind: &DeviceIdType,
        device: &SysDevice,
        sysfs: &Sysfs,
        path: &Path,
        pv_id: Option<PvId>,
    ) -> Option<Self> {
        let partition = device.partition_of.as_ref().map(|(_, number)| *number);
        let (id, partition) = match kind {
            DeviceIdType::Devname => (path.to_string_lossy().into_owned(), None),
            kind => (device_id(kind, device, sysfs)?, partition),
        };
        Some(Self { id_type: kind.clone(), id, path: Some(path.to_owned()), pv_id, partition })
    }

    /// True when nothing better than a path is known.
    #[must_use]
    pub fn is_by_path(&self) -> bool {
        self.id_type == DeviceIdType::Devname
    }

    /// True when the device has this entry's id. An entry by path knows no device from sysfs.
    #[must_use]
    pub fn is_of(&self, device: &SysDevice, sysfs: &Sysfs) -> bool {
        self.partition == device.partition_of.as_ref().map(|(_, number)| *number)
            && device_id(&self.id_type, device, sysfs).is_some_and(|id| id == normal(&self.id))
    }
}

/// What identifies a device in this way; for a partition, what identifies its disk.
fn device_id(kind: &DeviceIdType, device: &SysDevice, sysfs: &Sysfs) -> Option<String> {
    let whole = sysfs.whole(device);
    let mapped = |prefix: &str| {
        let uuid = whole.dm_uuid.as_ref()?;
        uuid.starts_with(prefix).then_some(uuid)
    };
    let id = match kind {
        DeviceIdType::SysWwid => whole.wwid.as_ref(),
        DeviceIdType::SysSerial => whole.serial.as_ref(),
        DeviceIdType::MpathUuid => mapped("mpath-"),
        DeviceIdType::CryptUuid => mapped("CRYPT-"),
        DeviceIdType::LvmlvUuid => mapped("LVM-"),
        DeviceIdType::MdUuid => whole.md_uuid.as_ref(),
        DeviceIdType::LoopFile => whole.loop_file.as_ref(),
        DeviceIdType::Other(text) if text.starts_with("wwid_") || text.starts_with("nvme_") => {
            whole.wwid.as_ref()
        }
        DeviceIdType::Devname | DeviceIdType::Other(_) => None,
    };
    id.map(String::as_str).map(normal)
}

/// An entry is one line of words: each white space in an id becomes `_`, as with lvm2.
pub(crate) fn normal(id: &str) -> String {
    id.trim().replace(char::is_whitespace, "_")
}
