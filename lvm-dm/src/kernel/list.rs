//! Lists that the kernel gives: devices, devices below one, targets.

use lvm_core::{Error, Result};
use nix::errno::Errno;

use super::command::{Command, DmVersion};
use super::number::DeviceNumber;
use super::request::{DeviceKey, DmFlags, Request, garbled, read_u32, read_u64, string_at};
use super::{Kernel, ROOM, failed};

/// The entry of [`Kernel::list_devices`]: flags that follow the name.
const UUID_FOLLOWS: u32 = 1;
const NO_UUID: u32 = 2;

/// A device of a list.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ListedDevice {
    /// Its name.
    pub name: String,
    /// Its uuid; empty when it has none.
    pub uuid: String,
    /// Its number.
    pub number: DeviceNumber,
    /// Counts its events.
    pub event_nr: u32,
}

/// A target the kernel can run now.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct TargetVersion {
    /// Its name.
    pub name: String,
    /// Its version.
    pub version: DmVersion,
}

impl Kernel {
    /// The devices whose uuid begins with `uuid_prefix`, sorted by name; all for an empty one.
    ///
    /// One request; a kernel whose lists have no uuids is asked for each device.
    ///
    /// # Errors
    /// `Kernel`.
    pub fn list_devices(&self, uuid_prefix: &str) -> Result<Vec<ListedDevice>> {
        let mut request = Request::new(Command::ListDevices, ROOM).name_prefix("")?.flags(DmFlags::UUID);
        if !uuid_prefix.is_empty() {
            request = request.uuid(uuid_prefix)?;
        }
        let answer = self.answered(request)?;
        let mut devices = Vec::new();
        for (mut device, has_uuid) in
            read_devices(answer.payload()).ok_or_else(|| garbled(Command::ListDevices))?
        {
            if !has_uuid {
                // It may be gone by now.
                let Some(info) = self.find(DeviceKey::Number(device.number))? else { continue };
                device.uuid = info.uuid;
            }
            // A kernel that does not know the filter gives all.
            if device.uuid.starts_with(uuid_prefix) {
                devices.push(device);
            }
        }
        Ok(devices)
    }

    /// The devices below a device.
    ///
    /// # Errors
    /// `NotFound`, `Kernel`.
    pub fn deps(&self, key: DeviceKey<'_>) -> Result<Vec<DeviceNumber>> {
        let answer = self.answered(Request::new(Command::Deps, ROOM).key(key)?);
        let answer = answer.map_err(|error| error.with_device(key.to_string()))?;
        let payload = answer.payload();
        let count = read_u32(payload, 0).unwrap_or_default();
        let mut deps = Vec::new();
        for at in (8..).step_by(8).take(usize::try_from(count).unwrap_or(usize::MAX)) {
            let dev = read_u64(payload, at).ok_or_else(|| garbled(Command::Deps))?;
            deps.push(DeviceNumber::from_kernel(dev));
        }
        Ok(deps)
    }

    /// The targets that are loaded.
    ///
    /// # Errors
    /// `Kernel`.
    pub fn target_versions(&self) -> Result<Vec<TargetVersion>> {
        let answer = self.answered(Request::new(Command::ListVersions, ROOM))?;
        read_versions(answer.payload()).ok_or_else(|| garbled(Command::ListVersions))
    }

    /// The version of one target. Since interface 4.41 the kernel loads its module when needed.
    ///
    /// # Errors
    /// `Unsupported` when there is no such target; its help names the module.
    pub fn target_version(&self, target: &str) -> Result<DmVersion> {
        if self.version >= Command::TargetVersion.since() {
            let mut request = Request::new(Command::TargetVersion, ROOM).name(target)?;
            match self.send(&mut request) {
                Ok(()) => {
                    let found = read_versions(request.payload()).and_then(|list| list.into_iter().next());
                    return found.map(|found| found.version).ok_or_else(|| garbled(Command::TargetVersion));
                }
                Err(Errno::EINVAL | Errno::ENXIO) => return Err(missing_target(target)),
                Err(errno) => return Err(failed(Command::TargetVersion, errno)),
            }
        }
        let found = self.target_versions()?.into_iter().find(|found| found.name == target);
        found.map(|found| found.version).ok_or_else(|| missing_target(target))
    }
}

pub(super) fn missing_target(target: &str) -> Error {
    // The module is named after the first target it brings.
    let module = match target {
        "snapshot-origin" | "snapshot-merge" => "snapshot",
        "thin" => "thin-pool",
        "striped" | "linear" | "error" => "mod",
        other => other,
    };
    Error::unsupported(format!("this kernel has no device-mapper target {target}"))
        .with_field(target)
        .with_help(format!("load its module: modprobe dm-{module}"))
}

/// Devices, each with whether its uuid is known. `None` for what cannot be read.
fn read_devices(payload: &[u8]) -> Option<Vec<(ListedDevice, bool)>> {
    const NAME: usize = 12;
    let mut devices = Vec::new();
    let mut at = 0;
    while at < payload.len() {
        let dev = read_u64(payload, at)?;
        if dev == 0 {
            break;
        }
        let next = usize::try_from(read_u32(payload, at + 8)?).ok()?;
        let name = string_at(payload, at + NAME, payload.len());
        // The name is not touched when it is read, so its bytes' length is that of the text.
        let raw = payload.get(at + NAME..)?.iter().position(|byte| *byte == 0)?;
        let behind = at.checked_add(NAME + raw + 1)?.checked_next_multiple_of(8)?;
        let event_nr = read_u32(payload, behind).unwrap_or_default();
        let flags = read_u32(payload, behind + 4).unwrap_or_default();
        let has_uuid = flags & (UUID_FOLLOWS | NO_UUID) != 0;
        let uuid = match flags & UUID_FOLLOWS {
            0 => String::new(),
            _ => string_at(payload, behind + 8, payload.len()),
        };
        devices
            .push((ListedDevice { name, uuid, number: DeviceNumber::from_kernel(dev), event_nr }, has_uuid));
        if next == 0 {
            break;
        }
        at = at.checked_add(next)?;
    }
    Some(devices)
}

fn read_versions(payload: &[u8]) -> Option<Vec<TargetVersion>> {
    const NAME: usize = 16;
    let mut versions = Vec::new();
    let mut at = 0;
    while at < payload.len() {
        let next = usize::try_from(read_u32(payload, at)?).ok()?;
        let part = |index: usize| read_u32(payload, at + 4 + 4 * index);
        let version = DmVersion(part(0)?, part(1)?, part(2)?);
        versions.push(TargetVersion { name: string_at(payload, at + NAME, payload.len()), version });
        if next == 0 {
            break;
        }
        at = at.checked_add(next)?;
    }
    Some(versions)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kernel::request::{native_u32, native_u64};

    fn entry(dev: u64, next: u32, name: &str, uuid: Option<&str>) -> Vec<u8> {
        let mut bytes = [native_u64(dev).to_vec(), native_u32(next).to_vec()].concat();
        bytes.extend(name.as_bytes());
        bytes.push(0);
        bytes.resize(bytes.len().next_multiple_of(8), 0);
        bytes.extend(native_u32(7));
        bytes.extend(native_u32(if uuid.is_some() { UUID_FOLLOWS } else { NO_UUID }));
        bytes.extend(uuid.unwrap_or_default().as_bytes());
        bytes.push(0);
        bytes.resize(bytes.len().next_multiple_of(8), 0);
        bytes
    }

    #[test]
    fn devices_with_and_without_uuid() {
        let first = entry(0xfe00, 0, "vg-a", Some("LVM-x"));
        let mut list = entry(0xfe00, u32::try_from(first.len()).unwrap(), "vg-a", Some("LVM-x"));
        list.extend(entry(0xfe01, 0, "other", None));
        let devices = read_devices(&list).unwrap();
        assert_eq!(devices.len(), 2);
        let (device, known) = &devices[0];
        assert_eq!((device.name.as_str(), device.uuid.as_str(), *known), ("vg-a", "LVM-x", true));
        assert_eq!((device.number, device.event_nr), (DeviceNumber::new(254, 0), 7));
        assert_eq!((devices[1].0.uuid.as_str(), devices[1].1), ("", true));
        assert_eq!(read_devices(&[0; 16]).unwrap(), []);
        // A chain that leaves the answer ends, and one that goes in circles cannot be: it only
        // leads on.
        assert!(read_devices(&entry(1, 4, "name", None)).is_none_or(|list| list.len() < 100));
        assert!(read_devices(&native_u64(5)).is_none());
    }

    #[test]
    fn versions() {
        let mut list = [native_u32(24), native_u32(1), native_u32(4), native_u32(0)].concat();
        list.extend(b"linear\0\0");
        list.extend([native_u32(0), native_u32(1), native_u32(5), native_u32(0)].concat());
        list.extend(b"error\0\0\0");
        let versions = read_versions(&list).unwrap();
        assert_eq!(versions[0], TargetVersion { name: "linear".into(), version: DmVersion(1, 4, 0) });
        assert_eq!(versions[1].name, "error");
    }

    #[test]
    fn modules_are_named() {
        assert!(missing_target("thin").help().unwrap().ends_with("dm-thin-pool"));
        assert!(missing_target("raid").help().unwrap().ends_with("dm-raid"));
    }
}
