//! Whether the entries of a devices file are still what the machine has.

use std::collections::HashSet;
use std::fmt;
use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};

use lvm_core::ondisk::find_label;
use lvm_core::ondisk::label::LABEL_SPACE;
use lvm_core::{PvId, Result};

use super::{DevicesFile, DevicesFileEntry};
use crate::scan::alias::{Aliases, preferred_path};
use crate::scan::device_type::DeviceTypes;
use crate::scan::excluded::{self, Exclusion};
use crate::scan::machine::{DevnameSearch, MachineOptions};
use crate::scan::on_demand::identity;
use crate::scan::sysfs::{SysDevice, Sysfs};
use crate::system::{device_numbers, is_same_file};

/// An entry, and the device it means.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ListedDevice {
    /// What the file says.
    pub entry: DevicesFileEntry,
    /// Where the device is; `None` when there is none.
    pub device: Option<PathBuf>,
}

impl fmt::Display for ListedDevice {
    /// As lvmdevices(8) lists it.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let DevicesFileEntry { id_type, id, path, pv_id, partition } = &self.entry;
        let (device, path) = (shown(self.device.as_deref()), shown(path.as_deref()));
        let id = if id == "." { "none" } else { id };
        write!(f, "Device {device} IDTYPE={id_type} IDNAME={id} DEVNAME={path} PVID={}", shown_pv(*pv_id))?;
        match partition {
            Some(number) => write!(f, " PART={number}"),
            None => Ok(()),
        }
    }
}

/// How an entry and the machine differ; as text, in LVM2's words.
#[derive(Clone, PartialEq, Eq, Debug)]
#[non_exhaustive]
pub enum Correction {
    /// There is no such device.
    NotFound(DevicesFileEntry),
    /// The device has another path now.
    Path {
        /// Where it is.
        device: PathBuf,
        /// Where it was.
        known: Option<PathBuf>,
    },
    /// The device has another physical volume now.
    Pv {
        /// The device.
        device: PathBuf,
        /// What it has.
        found: Option<PvId>,
        /// What it had.
        known: Option<PvId>,
    },
    /// What is at the path of an entry by path is another physical volume.
    OtherPv {
        /// The device at the path.
        device: PathBuf,
        /// What it has.
        found: Option<PvId>,
        /// What the entry means.
        known: PvId,
    },
    /// The physical volume of an entry by path is somewhere else.
    Moved {
        /// The device that has it.
        device: PathBuf,
        /// The physical volume.
        pv_id: PvId,
    },
}

impl fmt::Display for Correction {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotFound(entry) => {
                let (pv, path) = (shown_pv(entry.pv_id), shown(entry.path.as_deref()));
                match entry.is_by_path() {
                    true => write!(f, "Devices file PVID {pv} last seen on {path} not found."),
                    false => {
                        let DevicesFileEntry { id_type, id, .. } = entry;
                        write!(f, "Devices file {id_type} {id} PVID {pv} last seen on {path} not found.")
                    }
                }
            }
            Self::Path { device, known } => {
                let (device, known) = (device.display(), shown(known.as_deref()));
                write!(f, "Device {device} has updated name (devices file {known})")
            }
            Self::Pv { device, found: None, known } => {
                write!(f, "Device {} has no PVID (devices file {})", device.display(), shown_pv(*known))
            }
            Self::Pv { device, found, known } => {
                let (found, known) = (shown_pv(*found), shown_pv(*known));
                write!(f, "Device {} has PVID {found} (devices file {known})", device.display())
            }
            Self::OtherPv { device, found: None, known } => {
                let known = shown_pv(Some(*known));
                write!(f, "Devices file PVID {known} not found on device {}.", device.display())
            }
            Self::OtherPv { device, found, known } => {
                let (known, found) = (shown_pv(Some(*known)), shown_pv(*found));
                let device = device.display();
                write!(f, "Devices file PVID {known} not found on device {device} (device PVID {found}).")
            }
            Self::Moved { device, pv_id } => {
                write!(f, "Devices file PVID {} found on {}.", shown_pv(Some(*pv_id)), device.display())
            }
        }
    }
}

fn shown(path: Option<&Path>) -> String {
    path.map_or_else(|| "none".to_owned(), |path| path.display().to_string())
}

fn shown_pv(id: Option<PvId>) -> String {
    id.map_or_else(|| "none".to_owned(), |id| id.0.as_str().to_owned())
}

/// A devices file beside the machine.
#[derive(Clone, PartialEq, Eq, Debug)]
#[non_exhaustive]
pub struct DevicesFileCheck {
    /// The entries as they are, with their devices.
    pub listed: Vec<ListedDevice>,
    /// How they differ from the machine.
    pub corrections: Vec<Correction>,
    /// The file as it should be.
    pub corrected: DevicesFile,
    /// True when it should be written: devices that are gone are no reason, unless they are known by
    /// nothing but a path.
    pub needs_update: bool,
    /// True when physical volumes were not looked for because
    /// [`search_for_devnames`](MachineOptions::search_for_devnames) says so.
    pub is_search_off: bool,
}

impl DevicesFileCheck {
    /// Compares a file with the machine. The starts of the devices in it are read, and with
    /// `search` those of others that an entry by path may mean
    /// ([`DevnameSearch`]). What a scan would not look at is not read here either, since reading it
    /// may wait for ever: its entry is taken at its word.
    ///
    /// # Errors
    /// Those of [`Sysfs::read`]; `Io` when the drivers of the machine cannot be read.
    pub fn new(file: &DevicesFile, options: &MachineOptions, search: bool) -> Result<Self> {
        let present = Present::read(options)?;
        let mut check = Self {
            listed: Vec::new(),
            corrections: Vec::new(),
            corrected: file.clone(),
            needs_update: false,
            is_search_off: false,
        };
        let mut others = Vec::new();
        for (at, entry) in file.entries().iter().enumerate() {
            let device = present.find(entry);
            if device.is_none() {
                check.corrections.push(Correction::NotFound(entry.clone()));
            }
            others.extend(check.compare(at, entry, device));
            let device = device.map(|device| device.path.clone());
            check.listed.push(ListedDevice { entry: entry.clone(), device });
        }
        check.corrections.extend(others);
        if search {
            check.search(&present, options);
        }
        Ok(check)
    }

    /// Corrects an entry whose device is there, and says how.
    fn compare(
        &mut self,
        at: usize,
        entry: &DevicesFileEntry,
        device: Option<&PresentDevice>,
    ) -> Vec<Correction> {
        let Some(entry_now) = self.corrected.entries.get_mut(at) else { return Vec::new() };
        let mut corrections = Vec::new();
        let Some(device) = device else {
            self.needs_update |= entry.is_by_path() && entry.pv_id.is_some();
            return corrections;
        };
        let found = if device.excluded.is_some() { entry.pv_id } else { device.pv_id() };
        let path = || device.path.clone();
        if entry.is_by_path() {
            match entry.pv_id {
                Some(known) if found != Some(known) => {
                    corrections.push(Correction::OtherPv { device: path(), found, known });
                    // Nobody knows where it is, unless the search finds it.
                    ".".clone_into(&mut entry_now.id);
                    self.needs_update = true;
                    return corrections;
                }
                _ => {}
            }
        } else if found != entry.pv_id {
            corrections.push(Correction::Pv { device: path(), found, known: entry.pv_id });
            entry_now.pv_id = found;
        }
        let is_known = entry.path.as_deref().is_some_and(|known| is_same_file(known, &device.path));
        if !is_known {
            corrections.push(Correction::Path { device: path(), known: entry.path.clone() });
            entry_now.path = Some(path());
        }
        self.needs_update |= !corrections.is_empty();
        corrections
    }

    /// Looks for the physical volumes of entries by path whose device is another one now.
    fn search(&mut self, present: &Present, options: &MachineOptions) {
        let is_lost = |(listed, entry): &(&ListedDevice, &DevicesFileEntry)| {
            listed.entry.is_by_path() && entry.pv_id.is_some() && (listed.device.is_none() || entry.id == ".")
        };
        let pairs = self.listed.iter().zip(&self.corrected.entries);
        let lost = pairs.enumerate().filter(|(_, pair)| is_lost(pair)).map(|(at, _)| at).collect::<Vec<_>>();
        self.is_search_off = options.search_for_devnames == DevnameSearch::None && !lost.is_empty();
        if lost.is_empty() || self.is_search_off {
            return;
        }
        let taken = (0..).zip(&self.listed).filter(|(at, _)| !lost.contains(at));
        let taken = taken.filter_map(|(_, listed)| listed.device.clone()).collect::<HashSet<_>>();
        let is_meant = |device: &&PresentDevice| {
            let by_path =
                || DevicesFileEntry::new(&device.sys, &present.sysfs, &device.path, None).is_by_path();
            device.excluded.is_none()
                && !taken.contains(&device.path)
                && (options.search_for_devnames == DevnameSearch::All || by_path())
        };
        let candidates = present.devices.iter().filter(is_meant);
        let candidates = candidates.map(|device| (&device.path, device.pv_id())).collect::<Vec<_>>();
        for at in lost {
            let Some(entry) = self.corrected.entries.get_mut(at) else { continue };
            let Some(pv_id) = entry.pv_id else { continue };
            if let Some((path, _)) = candidates.iter().find(|(_, found)| *found == Some(pv_id)) {
                entry.id = path.to_string_lossy().into_owned();
                entry.path = Some((*path).clone());
                self.corrections.push(Correction::Moved { device: (*path).clone(), pv_id });
            }
        }
    }
}

/// The block devices that have a node.
pub(super) struct Present {
    pub(super) sysfs: Sysfs,
    pub(super) devices: Vec<PresentDevice>,
}

pub(super) struct PresentDevice {
    pub(super) sys: SysDevice,
    pub(super) path: PathBuf,
    names: Vec<PathBuf>,
    /// Why a scan would not read it, as far as sysfs knows.
    excluded: Option<Exclusion>,
}

impl PresentDevice {
    /// The physical volume on it; `None` also when it cannot be read, or when it is suspended and
    /// such devices are left alone.
    pub(super) fn pv_id(&self) -> Option<PvId> {
        if self.excluded == Some(Exclusion::Suspended) {
            return None;
        }
        let mut start = Vec::new();
        let space = u64::try_from(LABEL_SPACE).unwrap_or(u64::MAX);
        File::open(&self.path).ok()?.take(space).read_to_end(&mut start).ok()?;
        Some(find_label(&start).ok()??.pv_header.pv_id)
    }
}

impl Present {
    pub(super) fn read(options: &MachineOptions) -> Result<Self> {
        let sysfs = Sysfs::read(&options.sysfs)?;
        let types = DeviceTypes::read(&options.proc, &options.types)?;
        let aliases = Aliases::read(&options.dev);
        let mut devices = Vec::new();
        for sys in sysfs.devices() {
            let path = preferred_path(sys, &options.dev);
            let Ok(metadata) = std::fs::metadata(&path) else { continue };
            let is_its_node = device_numbers(&path) == Some((sys.number.major, sys.number.minor));
            if is_its_node || (options.plain_files && metadata.is_file()) {
                let names = aliases.of(identity(&metadata)).to_vec();
                let excluded = excluded::by_sysfs(sys, &sysfs, &types, options);
                devices.push(PresentDevice { sys: sys.clone(), path, names, excluded });
            }
        }
        Ok(Self { sysfs, devices })
    }

    /// The device at a path.
    pub(super) fn at(&self, path: &Path) -> Option<&PresentDevice> {
        let is_named =
            |device: &&PresentDevice| device.path == path || device.names.iter().any(|name| name == path);
        self.devices.iter().find(is_named)
    }

    fn find(&self, entry: &DevicesFileEntry) -> Option<&PresentDevice> {
        match entry.is_by_path() {
            true => self.at(Path::new(&entry.id)),
            false => self.devices.iter().find(|device| entry.is_of(&device.sys, &self.sysfs)),
        }
    }
}

#[cfg(test)]
mod tests;
