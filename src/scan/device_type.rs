//! Which kinds of devices may hold physical volumes, told by their major number.

use std::collections::HashMap;
use std::fs;
use std::path::Path;

use lvm_core::{Error, ErrorKind, Result};
use lvm_dm::DeviceNumber;

/// The kinds that lvm2 2.03.16 knows, by the name of the driver, each with whether such a device
/// can be partitioned. Missing on purpose: floppies, optical drives, tapes, zram.
const KNOWN: [(&str, bool); 37] = [
    ("sd", true),
    ("ide", true),
    ("md", false),
    ("loop", false),
    ("ramdisk", false),
    ("device-mapper", false),
    ("mdp", true),
    ("dasd", true),
    ("dac960", true),
    ("nbd", true),
    ("ida", true),
    ("cciss", true),
    ("ubd", true),
    ("ataraid", true),
    ("drbd", true),
    ("rbd", true),
    ("emcpower", true),
    ("power2", true),
    ("i2o_block", true),
    ("iseries/vd", true),
    ("gnbd", false),
    ("aoe", true),
    ("xvd", true),
    ("vdisk", true),
    ("ps3disk", true),
    ("virtblk", true),
    ("mmc", true),
    // Partitions with large numbers, and NVMe namespaces, which are partitioned.
    ("blkext", true),
    ("fio", true),
    ("mtip32xx", true),
    ("vtms", true),
    ("skd", true),
    ("scm", true),
    ("bcache", true),
    ("nvme", true),
    ("zvol", true),
    ("VxDMP", true),
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
            more.or_else(|| KNOWN.iter().find(|(name, _)| driver == *name).map(|known| known.1))
                .or_else(|| KNOWN.iter().find(|(name, _)| driver.starts_with(name)).map(|known| known.1))
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
