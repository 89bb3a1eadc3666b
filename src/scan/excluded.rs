//! Devices that are not looked at, and why.

use std::fmt;
use std::path::PathBuf;

use lvm_core::name::RESERVED_PARTS;
use lvm_dm::DeviceNumber;
use lvm_dm::name::DeviceName;
use serde::Serialize;

use super::device_type::DeviceTypes;
use super::machine::MachineOptions;
use super::sysfs::{SysDevice, Sysfs};

/// Why a device is not looked at.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Exclusion {
    /// There is no node for it under `/dev`, or the node there is one of another device.
    NoNode,
    /// There is a devices file and it is not in it.
    NotInDevicesFile,
    /// The filter of lvm.conf(5) rejects it.
    Filter,
    /// Its driver makes no disks: optical drives, floppies.
    UnknownType,
    /// It is smaller than `devices/pv_min_size`.
    TooSmall,
    /// It is a logical volume, and `devices/scan_lvs` is off.
    LogicalVolume,
    /// It is an inner device of LVM, cryptsetup or Stratis.
    Internal,
    /// It is a volume of type `mirror`, reading from which may wait for ever, and
    /// `devices/ignore_lvm_mirrors` is on.
    Mirror,
    /// It is suspended, and `devices/ignore_suspended_devices` is on.
    Suspended,
    /// It is a path of a multipath device.
    MultipathComponent,
    /// It has partitions, or a partition table.
    Partitioned,
    /// It is a part of an MD array.
    MdComponent,
    /// It cannot be opened or read.
    Unreadable,
}

impl fmt::Display for Exclusion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::NoNode => "device has no node",
            Self::NotInDevicesFile => "device is not in devices file",
            Self::Filter => "device is rejected by filter config",
            Self::UnknownType => "device type is unknown",
            Self::TooSmall => "device is too small (pv_min_size)",
            Self::LogicalVolume => "device is an LV",
            Self::Internal => "device is restricted internally",
            Self::Mirror => "device is an LVM mirror",
            Self::Suspended => "device is suspended",
            Self::MultipathComponent => "device is a multipath component",
            Self::Partitioned => "device is partitioned",
            Self::MdComponent => "device is an md component",
            Self::Unreadable => "device cannot be read",
        })
    }
}

/// A device that is not looked at.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Excluded {
    /// Its path.
    pub device: PathBuf,
    /// Its numbers.
    pub number: DeviceNumber,
    /// Why.
    pub why: Exclusion,
}

/// The characters of `LVM-`, the id of a group and the id of a volume: what is longer has a suffix
/// and is an inner device.
const LV_UUID_LENGTH: usize = 4 + 32 + 32;

/// What sysfs alone says against a device. The order is lvm2's; its first reason is the answer.
pub(crate) fn by_sysfs(
    device: &SysDevice,
    sysfs: &Sysfs,
    types: &DeviceTypes,
    options: &MachineOptions,
) -> Option<Exclusion> {
    if !types.is_known(device.number) {
        return Some(Exclusion::UnknownType);
    }
    if device.size < options.pv_min_size {
        return Some(Exclusion::TooSmall);
    }
    if let Some(why) = by_dm_uuid(device.dm_uuid.as_deref().unwrap_or_default(), options.scan_lvs) {
        return Some(why);
    }
    if is_part_of_lv(device, "") {
        return Some(Exclusion::Internal);
    }
    let mut legs = device.slaves.iter().filter_map(|name| sysfs.device(name));
    if options.ignore_lvm_mirrors && legs.any(|leg| is_part_of_lv(leg, "_mimage")) {
        return Some(Exclusion::Mirror);
    }
    if options.ignore_suspended_devices && device.is_suspended {
        return Some(Exclusion::Suspended);
    }
    let whole = sysfs.whole(device);
    let holders = || sysfs.holders(device).chain(sysfs.holders(whole));
    let is_multipath =
        |holder: &SysDevice| holder.dm_uuid.as_deref().is_some_and(|uuid| uuid.starts_with("mpath-"));
    if options.multipath_component_detection && holders().any(is_multipath) {
        return Some(Exclusion::MultipathComponent);
    }
    if !device.partitions.is_empty() {
        return Some(Exclusion::Partitioned);
    }
    if options.md_component_detection && holders().any(|holder| holder.is_md) {
        return Some(Exclusion::MdComponent);
    }
    None
}

/// True for an inner volume of LVM whose name, not uuid, says what it is: with `part` in it, one of
/// the parts that no user's volume may have in its name.
fn is_part_of_lv(device: &SysDevice, part: &str) -> bool {
    let is_lvm = device.dm_uuid.as_deref().is_some_and(|uuid| uuid.starts_with("LVM-"));
    let name = device.dm_name.as_deref().filter(|_| is_lvm).and_then(|name| name.parse::<DeviceName>().ok());
    name.is_some_and(|name| {
        let mut parts = RESERVED_PARTS.iter().filter(|reserved| reserved.contains(part));
        parts.any(|reserved| name.lv().contains(reserved))
    })
}

fn by_dm_uuid(uuid: &str, scan_lvs: bool) -> Option<Exclusion> {
    let internal = ["CRYPT-TEMP", "CRYPT-SUBDEV", "stratis-"];
    if internal.iter().any(|prefix| uuid.starts_with(prefix)) {
        return Some(Exclusion::Internal);
    }
    if !uuid.starts_with("LVM-") {
        return None;
    }
    if uuid.len() > LV_UUID_LENGTH {
        return Some(Exclusion::Internal);
    }
    (!scan_lvs).then_some(Exclusion::LogicalVolume)
}

#[cfg(test)]
mod tests;
