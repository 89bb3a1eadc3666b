//! Device numbers.

use std::fmt;
use std::fs;
use std::os::unix::fs::{FileTypeExt, MetadataExt};
use std::path::Path;
use std::str::FromStr;

use lvm_core::Error;

use crate::target::DeviceRef;

/// Major and minor number of a block device.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Default)]
pub struct DeviceNumber {
    /// The major number.
    pub major: u32,
    /// The minor number.
    pub minor: u32,
}

impl DeviceNumber {
    /// The number of these parts.
    #[must_use]
    pub const fn new(major: u32, minor: u32) -> Self {
        Self { major, minor }
    }

    /// The number in a device file's metadata (`st_rdev` of stat(2)).
    #[must_use]
    pub fn from_stat(rdev: u64) -> Self {
        let part = |number: u64| u32::try_from(number).unwrap_or(u32::MAX);
        Self { major: part(nix::sys::stat::major(rdev)), minor: part(nix::sys::stat::minor(rdev)) }
    }

    /// The number of the block device at `path`, links followed; `None` when there is none.
    #[must_use]
    pub fn of_device(path: &Path) -> Option<Self> {
        let metadata = fs::metadata(path).ok().filter(|metadata| metadata.file_type().is_block_device())?;
        Some(Self::from_stat(metadata.rdev()))
    }

    /// The number as device-mapper's requests carry it.
    pub(crate) fn to_kernel(self) -> u64 {
        let (major, minor) = (u64::from(self.major), u64::from(self.minor));
        (minor & 0xff) | (major << 8) | ((minor & !0xff) << 12)
    }

    pub(crate) fn from_kernel(dev: u64) -> Self {
        let part = |number: u64| u32::try_from(number).unwrap_or(u32::MAX);
        Self { major: part((dev & 0xf_ff00) >> 8), minor: part((dev & 0xff) | ((dev >> 12) & 0xf_ff00)) }
    }
}

impl fmt::Display for DeviceNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.major, self.minor)
    }
}

impl FromStr for DeviceNumber {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        let number = text.split_once(':').and_then(|(major, minor)| {
            Some(Self { major: major.trim().parse().ok()?, minor: minor.trim().parse().ok()? })
        });
        number.ok_or_else(|| Error::invalid(format!("{text:?} is no device number MAJOR:MINOR")))
    }
}

impl From<DeviceNumber> for DeviceRef {
    fn from(number: DeviceNumber) -> Self {
        Self::number(number.major, number.minor)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_ways() {
        assert_eq!(DeviceNumber::new(254, 0).to_kernel(), 0xfe00);
        for number in [(7, 0), (254, 255), (254, 256), (259, 1_048_575), (4095, 70_000)] {
            let number = DeviceNumber::new(number.0, number.1);
            assert_eq!(DeviceNumber::from_kernel(number.to_kernel()), number);
            assert_eq!(number.to_string().parse::<DeviceNumber>().unwrap(), number);
        }
        assert!("7".parse::<DeviceNumber>().is_err());
    }
}
