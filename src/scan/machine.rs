//! Every block device of a machine: which are looked at, which are not, and why.
//!
//! This is lvm2's own choice, made from the same things: sysfs, `/proc/devices`, the devices file
//! or else the filter, and what is at the start of each device. No udev is asked.

use std::path::PathBuf;
use std::sync::Arc;

use lvm_core::{Bytes, PvId, Result};

use super::device_type::DeviceTypes;
use super::devices_file::{DevicesFile, DevicesFileEntry};
use super::duplicate::{Duplicate, Rival, choose};
use super::excluded::Excluded;
use super::filter::Filter;
use super::on_demand::OnDemandDevice;
use super::survey::{Listed, Looked, Survey};
use super::sysfs::{SysDevice, Sysfs};

/// Where lvm2 keeps its settings.
const SYSTEM_DIR: &str = "/etc/lvm";
/// lvm2's `devices/devicesfile`.
const DEVICES_FILE: &str = "system.devices";
/// lvm2's `devices/pv_min_size`.
const PV_MIN_SIZE: Bytes = Bytes(2 << 20);

/// Where to look for a physical volume whose entry in the devices file is by path, when another
/// device has that path now (`devices/search_for_devnames`).
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum DevnameSearch {
    /// Nowhere.
    None,
    /// On the devices that have no better id than their path.
    #[default]
    Auto,
    /// On all devices.
    All,
}

/// How to look at a machine. The defaults are lvm2's for `/sys`, `/dev`, `/proc` and `/etc/lvm`;
/// no file of settings is read, see [`Options::system_dir`](crate::Options::system_dir).
#[derive(Clone, PartialEq, Eq, Debug)]
#[non_exhaustive]
pub struct MachineOptions {
    /// Where sysfs is.
    pub sysfs: PathBuf,
    /// Where the nodes of devices are.
    pub dev: PathBuf,
    /// Where procfs is.
    pub proc: PathBuf,
    /// Plain files under `dev` count as devices: for a made-up machine.
    pub plain_files: bool,
    /// `devices/filter`. Not used with a devices file.
    pub filter: Filter,
    /// `devices/global_filter`. Not used with a devices file.
    pub global_filter: Filter,
    /// `devices/use_devicesfile`. Without a word, the file counts when it is there; lvm2's default
    /// depends on who built it.
    pub use_devices_file: Option<bool>,
    /// `devices/devicesfile`: the name of the file in `<system_dir>/devices`.
    pub devices_file: String,
    /// True when the devices file is one that the caller asked for, so that it is made where there
    /// is none.
    pub is_devices_file_named: bool,
    /// Devices that count although the devices file does not list them.
    pub also: Vec<PathBuf>,
    /// The directory that has `devices/`.
    pub system_dir: PathBuf,
    /// `devices/search_for_devnames`.
    pub search_for_devnames: DevnameSearch,
    /// `devices/scan_lvs`: physical volumes on logical volumes count.
    pub scan_lvs: bool,
    /// `devices/pv_min_size`.
    pub pv_min_size: Bytes,
    /// `devices/types`: names of drivers lvm2 does not know, each with how many partitions its
    /// devices can have.
    pub types: Vec<(String, u32)>,
    /// `devices/md_component_detection`.
    pub md_component_detection: bool,
    /// `devices/multipath_component_detection`.
    pub multipath_component_detection: bool,
    /// `devices/ignore_lvm_mirrors`: with `scan_lvs`, not those of the old type `mirror`.
    pub ignore_lvm_mirrors: bool,
    /// `devices/ignore_suspended_devices`. When it is off, reading one waits until it is resumed.
    pub ignore_suspended_devices: bool,
}

impl Default for MachineOptions {
    fn default() -> Self {
        Self {
            sysfs: "/sys".into(),
            dev: "/dev".into(),
            proc: "/proc".into(),
            plain_files: false,
            filter: Filter::default(),
            global_filter: Filter::default(),
            use_devices_file: None,
            devices_file: DEVICES_FILE.to_owned(),
            is_devices_file_named: false,
            also: Vec::new(),
            system_dir: SYSTEM_DIR.into(),
            search_for_devnames: DevnameSearch::default(),
            scan_lvs: false,
            pv_min_size: PV_MIN_SIZE,
            types: Vec::new(),
            md_component_detection: true,
            multipath_component_detection: true,
            ignore_lvm_mirrors: true,
            ignore_suspended_devices: false,
        }
    }
}

impl MachineOptions {
    /// Where the devices file is, whether it is there or not.
    #[must_use]
    pub fn devices_file_path(&self) -> PathBuf {
        self.system_dir.join("devices").join(&self.devices_file)
    }

    /// The devices file, if one counts.
    ///
    /// # Errors
    /// Those of [`DevicesFile::read`].
    pub fn read_devices_file(&self) -> Result<Option<DevicesFile>> {
        match self.use_devices_file {
            Some(false) => Ok(None),
            // lvm2 does without a file that is not there.
            Some(true) | None => DevicesFile::read(&self.devices_file_path()),
        }
    }
}

/// A device that is looked at.
#[derive(Clone, PartialEq, Eq, Debug)]
#[non_exhaustive]
pub struct MachineDevice {
    /// `/dev/mapper/NAME` for a device of device-mapper, else `/dev/` and the kernel's name.
    pub path: PathBuf,
    /// What the kernel says about it.
    pub sys: SysDevice,
    /// The physical volume whose label it carries.
    pub pv_id: Option<PvId>,
}

/// The block devices of a machine.
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct Machine {
    /// What is looked at, in the order of the device numbers.
    pub devices: Vec<MachineDevice>,
    /// What is not, in the same order.
    pub excluded: Vec<Excluded>,
    /// Devices left out because another one has the same physical volume and is to be preferred.
    pub duplicates: Vec<Duplicate>,
    /// Entries of the devices file that no device was found for.
    pub unmatched: Vec<DevicesFileEntry>,
    /// The kernel's picture of all of them.
    pub sysfs: Sysfs,
}

impl Machine {
    /// Looks at a machine. Devices are opened for reading and their first kilobytes read, by
    /// several threads that end before this returns.
    ///
    /// # Errors
    /// `NotFound` or `Io` when sysfs or `/proc/devices` cannot be read; `InvalidInput` for a
    /// devices file that is not understood. A device that cannot be read is excluded.
    pub fn look(options: &MachineOptions) -> Result<Self> {
        Ok(OpenMachine::look(options, Use { writable: false, flush: true })?.machine)
    }
}

/// What the devices are opened for.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Use {
    pub(crate) writable: bool,
    pub(crate) flush: bool,
}

/// A machine, and its devices open.
#[derive(Debug, Default)]
pub(crate) struct OpenMachine {
    pub(crate) machine: Machine,
    /// One for each of the machine's devices.
    pub(crate) open: Vec<Arc<OnDemandDevice>>,
}

impl OpenMachine {
    pub(crate) fn look(options: &MachineOptions, usage: Use) -> Result<Self> {
        let sysfs = Sysfs::read(&options.sysfs)?;
        let types = DeviceTypes::read(&options.proc, &options.types)?;
        let file = options.read_devices_file()?;
        let entries = file.as_ref().map(DevicesFile::entries);
        let mut survey = Survey::new(&sysfs, &types, options, entries);
        let looked = survey.look(usage);
        let rivals = looked.iter().filter_map(|looked| {
            let Looked { candidate, content } = looked;
            let is_listed = candidate.listed != Listed::No;
            Some(Rival {
                sys: candidate.sys,
                path: &candidate.path,
                label: content.label.as_ref()?,
                is_listed,
            })
        });
        let duplicates = choose(&rivals.collect::<Vec<_>>(), &sysfs, &options.proc);
        let mut this = Self::default();
        for Looked { candidate, content } in looked {
            if duplicates.iter().any(|duplicate| duplicate.left_out == candidate.path) {
                continue;
            }
            let pv_id = content.label.map(|label| label.pv_header.pv_id);
            let sys = candidate.sys.clone();
            this.machine.devices.push(MachineDevice { path: candidate.path, sys, pv_id });
            this.open.push(Arc::new(content.device));
        }
        this.machine.duplicates = duplicates;
        (this.machine.excluded, this.machine.unmatched) = survey.finish();
        this.machine.sysfs = sysfs;
        Ok(this)
    }
}

#[cfg(test)]
mod tests;
