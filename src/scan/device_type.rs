//! Which kinds of devices may hold physical volumes, told by their major number.

use std::collections::HashMap;
use std::fs;
use std::path::Path;

use lvm_core::{Error, ErrorKind, Result};
use lvm_dm::DeviceNumber;

/// A kind of device that may hold physical volumes.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[non_exhaustive]
pub struct DeviceType {
    /// The name of the driver, as in `/proc/devices`.
    pub name: &'static str,
    /// Minor numbers that the driver reserves for a device.
    pub max_partitions: u32,
    /// What it is.
    pub description: &'static str,
    /// True when such a device can have a partition table that counts.
    is_partitionable: bool,
}

impl DeviceType {
    const fn new(
        name: &'static str,
        max_partitions: u32,
        is_partitionable: bool,
        description: &'static str,
    ) -> Self {
        Self { name, max_partitions, description, is_partitionable }
    }
}

/// The kinds that lvm2 2.03.16 knows, in no particular order.
#[doc(alias = "devtypes")]
#[must_use]
pub fn device_types() -> &'static [DeviceType] {
    &KNOWN
}

/// Missing on purpose: floppies, optical drives, tapes, zram.
const KNOWN: [DeviceType; 37] = [
    DeviceType::new("sd", 16, true, "SCSI disk"),
    DeviceType::new("ide", 64, true, "IDE disk"),
    DeviceType::new("md", 1, false, "Multiple Disk (MD/SoftRAID)"),
    DeviceType::new("loop", 1, false, "Loop device"),
    DeviceType::new("ramdisk", 1, false, "RAM disk"),
    DeviceType::new("device-mapper", 1, false, "Mapped device"),
    DeviceType::new("mdp", 1, true, "Partitionable MD"),
    DeviceType::new("dasd", 4, true, "DASD disk (IBM S/390, zSeries)"),
    DeviceType::new("dac960", 8, true, "DAC960"),
    DeviceType::new("nbd", 16, true, "Network Block Device"),
    DeviceType::new("ida", 16, true, "Compaq SMART2"),
    DeviceType::new("cciss", 16, true, "Compaq CCISS array"),
    DeviceType::new("ubd", 16, true, "User-mode virtual block device"),
    DeviceType::new("ataraid", 16, true, "ATA Raid"),
    DeviceType::new("drbd", 16, true, "Distributed Replicated Block Device (DRBD)"),
    DeviceType::new("rbd", 16, true, "Ceph rados object as a Linux block device"),
    DeviceType::new("emcpower", 16, true, "EMC Powerpath"),
    DeviceType::new("power2", 16, true, "EMC Powerpath"),
    DeviceType::new("i2o_block", 16, true, "i2o Block Disk"),
    DeviceType::new("iseries/vd", 8, true, "iSeries disks"),
    DeviceType::new("gnbd", 1, false, "Network block device"),
    DeviceType::new("aoe", 16, true, "ATA over Ethernet"),
    DeviceType::new("xvd", 16, true, "Xen virtual block device"),
    DeviceType::new("vdisk", 8, true, "SUN's LDOM virtual block device"),
    DeviceType::new("ps3disk", 16, true, "PlayStation 3 internal disk"),
    DeviceType::new("virtblk", 8, true, "VirtIO disk"),
    DeviceType::new("mmc", 16, true, "MMC block device"),
    // Partitions with large numbers, and NVMe namespaces, which are partitioned.
    DeviceType::new("blkext", 1, true, "Extended device partitions"),
    DeviceType::new("fio", 16, true, "Fusion IO"),
    DeviceType::new("mtip32xx", 16, true, "Micron PCIe SSD"),
    DeviceType::new("vtms", 16, true, "Violin Memory"),
    DeviceType::new("skd", 16, true, "STEC"),
    DeviceType::new("scm", 8, true, "Storage Class Memory (IBM S/390)"),
    DeviceType::new("bcache", 1, true, "bcache block device cache"),
    DeviceType::new("nvme", 64, true, "NVM Express"),
    DeviceType::new("zvol", 16, true, "ZFS Zvols"),
    DeviceType::new("VxDMP", 16, true, "Veritas Dynamic Multipathing"),
];

/// The drivers of this kernel whose devices may hold physical volumes.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub(crate) struct DeviceTypes {
    partitionable: HashMap<u32, bool>,
}

impl DeviceTypes {
    /// Reads `devices` of `proc`. `more` are drivers that lvm2 does not know, each with the number
    /// of partitions its devices can have (`devices/types` of lvm.conf(5)).
    pub(crate) fn read(proc: &Path, more: &[(String, u32)]) -> Result<Self> {
        let path = proc.join("devices");
        let text = fs::read_to_string(&path).map_err(|error| {
            let message = "the list of device drivers cannot be read";
            Error::new(ErrorKind::Io, message).with_device(path.to_string_lossy()).with_source(error)
        })?;
        let known = |driver: &str| {
            // lvm2 compares beginnings: there are drivers `ide0` and `cciss1`.
            let more = more.iter().find(|(name, _)| driver.starts_with(name.as_str()));
            let more = more.map(|(_, partitions)| *partitions > 1);
            more.or_else(|| {
                let known = KNOWN.iter().find(|known| driver == known.name);
                let known = known.or_else(|| KNOWN.iter().find(|known| driver.starts_with(known.name)));
                known.map(|known| known.is_partitionable)
            })
        };
        let lines = text.lines().skip_while(|line| !line.starts_with("Block devices")).skip(1);
        let partitionable = lines.filter_map(|line| {
            let (major, driver) = line.trim().split_once(' ')?;
            Some((major.parse().ok()?, known(driver.trim())?))
        });
        Ok(Self { partitionable: partitionable.collect() })
    }

    /// True when such a device may hold a physical volume.
    pub(crate) fn is_known(&self, number: DeviceNumber) -> bool {
        self.partitionable.contains_key(&number.major)
    }

    /// True when such a device can have a partition table that counts.
    pub(crate) fn is_partitionable(&self, number: DeviceNumber) -> bool {
        self.partitionable.get(&number.major).copied().unwrap_or(false)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn drivers() {
        let dir = tempfile::tempdir().unwrap();
        let text =
            "Character devices:\n  8 sd\n\nBlock devices:\n  2 fd\n  3 ide0\n  7 loop\n 65 sd\n253 zram\n";
        fs::write(dir.path().join("devices"), text).unwrap();
        let number = |major| DeviceNumber::new(major, 0);
        let types = DeviceTypes::read(dir.path(), &[]).unwrap();
        let known = [2, 3, 7, 8, 65, 253].map(|major| types.is_known(number(major)));
        assert_eq!(known, [false, true, true, false, true, false]);
        assert!(types.is_partitionable(number(65)) && !types.is_partitionable(number(7)));
        let types = DeviceTypes::read(dir.path(), &[("zram".to_owned(), 1)]).unwrap();
        assert!(types.is_known(number(253)) && !types.is_partitionable(number(253)));
    }
}
