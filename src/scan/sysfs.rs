//! The block devices of a machine, as the kernel shows them in sysfs.

use std::collections::{BTreeMap, HashMap};
use std::fs;
use std::path::{Path, PathBuf};

use lvm_core::units::SECTOR_SIZE;
use lvm_core::{Bytes, Error, ErrorKind, Result};
use lvm_dm::DeviceNumber;

/// Holders of holders that are followed: far more than anybody stacks.
const STACK_MAX: usize = 32;

/// What the kernel says about one block device.
#[derive(Clone, PartialEq, Eq, Debug)]
#[non_exhaustive]
pub struct SysDevice {
    /// Its name in the kernel: `sda1`, `dm-0`, `cciss/c0d0`.
    pub kernel_name: String,
    /// Its numbers.
    pub number: DeviceNumber,
    /// Its size.
    pub size: Bytes,
    /// True when the kernel refuses to write to it.
    pub read_only: bool,
    /// For a partition, the device it is on and its number there.
    pub partition_of: Option<(String, u32)>,
    /// Its partitions.
    pub partitions: Vec<String>,
    /// The devices that stand on it.
    pub holders: Vec<String>,
    /// The devices it stands on.
    pub slaves: Vec<String>,
    /// Its name for device-mapper, when that made it.
    pub dm_name: Option<String>,
    /// Its uuid for device-mapper: `LVM-…`, `mpath-…`, `CRYPT-…`, or empty.
    pub dm_uuid: Option<String>,
    /// True while device-mapper holds back all reads and writes.
    pub is_suspended: bool,
    /// True for an MD array.
    pub is_md: bool,
    /// The uuid of an MD array, from kernels that show it.
    pub md_uuid: Option<String>,
    /// The file under a loop device, and ` (deleted)` behind it when it is gone.
    pub loop_file: Option<String>,
    /// World-wide identifier of the disk; that of the whole disk for a partition.
    pub wwid: Option<String>,
    /// Serial number of the disk; that of the whole disk for a partition.
    pub serial: Option<String>,
}

/// A picture of all block devices.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Sysfs {
    devices: BTreeMap<DeviceNumber, SysDevice>,
    by_name: HashMap<String, DeviceNumber>,
}

impl Sysfs {
    /// Reads what is under `root`, usually `/sys`. No device is opened.
    ///
    /// # Errors
    /// `NotFound` or `Io` when `root/block` cannot be read. A device that goes away meanwhile is
    /// left out.
    pub fn read(root: &Path) -> Result<Self> {
        let block = root.join("block");
        let names = entries(&block).map_err(|error| {
            let kind = match error.kind() {
                std::io::ErrorKind::NotFound => ErrorKind::NotFound,
                _ => ErrorKind::Io,
            };
            let message = "the list of block devices cannot be read";
            Error::new(kind, message).with_device(block.to_string_lossy()).with_source(error)
        })?;
        let mut sysfs = Self::default();
        for name in names {
            let dir = block.join(&name);
            let present = entries(&dir).unwrap_or_default();
            let Some(mut whole) = read_device(&dir, &name, &present) else { continue };
            // The kernel names a partition after its disk.
            for part in present.iter().filter(|part| part.starts_with(&name)) {
                let part_dir = dir.join(part);
                let Some(number) = attribute(&part_dir, "partition").and_then(|text| text.parse().ok())
                else {
                    continue;
                };
                let present = entries(&part_dir).unwrap_or_default();
                let Some(mut partition) = read_device(&part_dir, part, &present) else { continue };
                partition.partition_of = Some((whole.kernel_name.clone(), number));
                (partition.wwid, partition.serial) = (whole.wwid.clone(), whole.serial.clone());
                whole.partitions.push(partition.kernel_name.clone());
                sysfs.add(partition);
            }
            sysfs.add(whole);
        }
        Ok(sysfs)
    }

    fn add(&mut self, device: SysDevice) {
        self.by_name.insert(device.kernel_name.clone(), device.number);
        self.devices.insert(device.number, device);
    }

    /// The devices in the order of their numbers.
    pub fn devices(&self) -> impl Iterator<Item = &SysDevice> {
        self.devices.values()
    }

    /// The device of that name in the kernel.
    #[must_use]
    pub fn device(&self, kernel_name: &str) -> Option<&SysDevice> {
        self.devices.get(self.by_name.get(kernel_name)?)
    }

    /// The device with these numbers.
    #[must_use]
    pub fn by_number(&self, number: DeviceNumber) -> Option<&SysDevice> {
        self.devices.get(&number)
    }

    /// What stands on the device itself.
    pub fn holders<'s>(&'s self, device: &'s SysDevice) -> impl Iterator<Item = &'s SysDevice> {
        device.holders.iter().filter_map(|name| self.device(name))
    }

    /// The whole disk of a partition; the device itself otherwise.
    #[must_use]
    pub fn whole<'s>(&'s self, device: &'s SysDevice) -> &'s SysDevice {
        let parent = device.partition_of.as_ref().and_then(|(name, _)| self.device(name));
        parent.unwrap_or(device)
    }

    /// True when `upper` stands on `lower`, be it through other devices or partitions.
    #[must_use]
    pub fn stands_on(&self, upper: &SysDevice, lower: &SysDevice) -> bool {
        let mut level = vec![upper];
        for _ in 0..STACK_MAX {
            let below = level.iter().flat_map(|device| {
                let whole = device.partition_of.as_ref().map(|(name, _)| name);
                device.slaves.iter().chain(whole)
            });
            let mut below = below.filter_map(|name| self.device(name)).collect::<Vec<_>>();
            if below.iter().any(|device| device.number == lower.number) {
                return true;
            }
            below.sort_by_key(|device| device.number);
            below.dedup_by_key(|device| device.number);
            if below.is_empty() {
                return false;
            }
            level = below;
        }
        false
    }
}

/// `present` is what the directory has: a machine may have thousands of devices, most of which have
/// few of these attributes.
fn read_device(dir: &Path, name: &str, present: &[String]) -> Option<SysDevice> {
    let attribute = |dir: &Path, path: &str| {
        let first = path.split('/').next().unwrap_or_default();
        present.binary_search_by(|known| known.as_str().cmp(first)).ok()?;
        attribute(dir, path)
    };
    let number = attribute(dir, "dev")?.parse().ok()?;
    let sectors = attribute(dir, "size")?.parse::<u64>().ok()?;
    let names = |list: &str| {
        entries(&dir.join(list)).unwrap_or_default().iter().map(|name| kernel_name(name)).collect()
    };
    let first = |places: [&str; 2]| places.iter().find_map(|place| attribute(dir, place));
    Some(SysDevice {
        kernel_name: kernel_name(name),
        number,
        size: Bytes(sectors.checked_mul(SECTOR_SIZE)?),
        read_only: attribute(dir, "ro").is_some_and(|text| text != "0"),
        partition_of: None,
        partitions: Vec::new(),
        holders: names("holders"),
        slaves: names("slaves"),
        dm_name: attribute(dir, "dm/name"),
        dm_uuid: attribute(dir, "dm/name").map(|_| attribute(dir, "dm/uuid").unwrap_or_default()),
        is_suspended: attribute(dir, "dm/suspended").is_some_and(|text| text != "0"),
        is_md: present.iter().any(|known| known == "md") && dir.join("md").is_dir(),
        md_uuid: attribute(dir, "md/uuid"),
        loop_file: attribute(dir, "loop/backing_file"),
        wwid: first(["device/wwid", "wwid"]),
        serial: first(["device/serial", "serial"]),
    })
}

/// The kernel writes `!` for the `/` of names such as `cciss/c0d0`.
fn kernel_name(entry: &str) -> String {
    entry.replace('!', "/")
}

/// The first line of a file in sysfs, `None` when it is empty or not there.
fn attribute(dir: &Path, name: &str) -> Option<String> {
    let text = fs::read(dir.join(name)).ok()?;
    let text = String::from_utf8_lossy(&text);
    let line = text.lines().next()?.trim();
    (!line.is_empty()).then(|| line.to_owned())
}

/// The names in a directory, sorted.
fn entries(dir: &PathBuf) -> std::io::Result<Vec<String>> {
    let mut names = fs::read_dir(dir)?
        .map(|entry| Ok(entry?.file_name().to_string_lossy().into_owned()))
        .collect::<std::io::Result<Vec<_>>>()?;
    names.sort_unstable();
    Ok(names)
}

#[cfg(test)]
pub(crate) mod made_up;
#[cfg(test)]
mod tests;
