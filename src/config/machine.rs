//! The settings of `devices` in lvm.conf(5) that say which devices are looked at.

use lvm_core::metadata::ConfigValue;
use lvm_core::{Bytes, Result};

use super::value::{flag, number, text, texts, wrong};
use crate::scan::filter::Filter;
use crate::scan::machine::{DevnameSearch, MachineOptions};

impl MachineOptions {
    /// Takes a setting over; false when it is none of these.
    pub(super) fn set(&mut self, path: &str, value: &ConfigValue) -> Result<bool> {
        let filter =
            || Filter::new(texts(path, value)?).map_err(|error| wrong(path, "a filter").with_source(error));
        match path.strip_prefix("devices/").unwrap_or_default() {
            "dir" => self.dev = text(path, value)?.into(),
            "filter" => self.filter = filter()?,
            "global_filter" => self.global_filter = filter()?,
            "use_devicesfile" => self.use_devices_file = Some(flag(path, value)?),
            "devicesfile" => {
                let name = text(path, value)?;
                if name.is_empty() || name.contains('/') {
                    return Err(wrong(path, "the name of a file"));
                }
                self.devices_file = name;
            }
            "search_for_devnames" => {
                self.search_for_devnames = match text(path, value)?.as_str() {
                    "none" => DevnameSearch::None,
                    "auto" => DevnameSearch::Auto,
                    "all" => DevnameSearch::All,
                    _ => return Err(wrong(path, "none, auto or all")),
                }
            }
            "scan_lvs" => self.scan_lvs = flag(path, value)?,
            "pv_min_size" => {
                let kib = number(path, value)?;
                self.pv_min_size =
                    kib.checked_mul(1024).map(Bytes).ok_or_else(|| wrong(path, "a size in KiB"))?;
            }
            "types" => self.types = types(path, value)?,
            "md_component_detection" => self.md_component_detection = flag(path, value)?,
            "multipath_component_detection" => self.multipath_component_detection = flag(path, value)?,
            "ignore_lvm_mirrors" => self.ignore_lvm_mirrors = flag(path, value)?,
            "ignore_suspended_devices" => self.ignore_suspended_devices = flag(path, value)?,
            _ => return Ok(false),
        }
        Ok(true)
    }
}

/// `[ "fd", 16, "zram", 1 ]`: a driver and how many partitions its devices can have.
fn types(path: &str, value: &ConfigValue) -> Result<Vec<(String, u32)>> {
    let wrong = || wrong(path, "a list of names and numbers in turn");
    let ConfigValue::Array(values) = value else { return Err(wrong()) };
    let (pairs, []) = values.as_chunks::<2>() else { return Err(wrong()) };
    let pair = |[name, partitions]: &[ConfigValue; 2]| {
        let partitions = u32::try_from(number(path, partitions)?).map_err(|_| wrong())?;
        let name = text(path, name)?;
        if name.is_empty() { Err(wrong()) } else { Ok((name, partitions)) }
    };
    pairs.iter().map(pair).collect()
}
