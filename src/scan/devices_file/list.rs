//! The devices file that a view obeys, and changes of it.

use std::path::{Path, PathBuf};

use lvm_core::store::FoundVg;
use lvm_core::{Error, ErrorKind, PvId, Result};

use super::check::{DevicesFileCheck, Present, PresentDevice};
use super::{DeviceIdType, DevicesFile, DevicesFileEntry};
use crate::options::Options;
use crate::scan::filter::Filter;
use crate::scan::machine::{Machine, MachineOptions};

/// The devices file of a view, see [`Lvm::device_list`](crate::Lvm::device_list).
///
/// Changes take lvm2's lock on the file and replace it as a whole; in a view that only tries things
/// out nothing is written.
#[doc(alias = "lvmdevices")]
#[derive(Clone, Copy, Debug)]
pub struct DeviceList<'o> {
    options: &'o Options,
}

impl<'o> DeviceList<'o> {
    /// # Errors
    /// `Unsupported` when the view obeys no devices file.
    pub(crate) fn new(options: &'o Options) -> Result<Self> {
        if options.machine.use_devices_file == Some(false) {
            return Err(Error::unsupported("Devices file not enabled."));
        }
        Ok(Self { options })
    }

    fn machine(&self) -> &MachineOptions {
        &self.options.machine
    }

    /// Where the file is, whether it is there or not.
    #[must_use]
    pub fn path(&self) -> PathBuf {
        self.machine().devices_file_path()
    }

    /// The system id of this host, which is written into the file.
    #[must_use]
    pub fn system_id(&self) -> Option<&str> {
        self.options.system_id.as_deref()
    }

    /// The file; `None` when there is none.
    ///
    /// # Errors
    /// Those of [`DevicesFile::read`].
    pub fn read(&self) -> Result<Option<DevicesFile>> {
        DevicesFile::read(&self.path())
    }

    /// Compares the file with the machine; `None` when there is no file. With `search`, physical
    /// volumes that an entry by path has lost are looked for.
    ///
    /// # Errors
    /// Those of [`read`](Self::read) and [`DevicesFileCheck::new`].
    pub fn check(&self, search: bool) -> Result<Option<DevicesFileCheck>> {
        let file = self.read()?;
        file.map(|file| DevicesFileCheck::new(&file, self.machine(), search)).transpose()
    }

    /// Writes what [`check`](Self::check) would correct, if that is needed. Returns what was
    /// corrected, and the file's version when it was written.
    ///
    /// # Errors
    /// Those of [`check`](Self::check) and [`DevicesFile::update`].
    pub fn correct(&self) -> Result<Option<(DevicesFileCheck, Option<String>)>> {
        if self.read()?.is_none() {
            return Ok(None);
        }
        let mut check = None;
        let file = self.update(|file| {
            let new = DevicesFileCheck::new(file, self.machine(), true)?;
            *file = new.corrected.clone();
            let needs_update = new.needs_update;
            check = Some(new);
            Ok(needs_update)
        })?;
        Ok(check.map(|check| {
            let version = check.needs_update.then(|| file.version());
            (check, version)
        }))
    }

    /// Adds a device, by the best id it has, or by one of `kind` when it has that; an entry it has
    /// already is replaced. Returns the new one.
    ///
    /// # Errors
    /// `NotFound` when there is no such block device; those of [`DevicesFile::update`].
    pub fn add(&self, device: &Path, kind: Option<&DeviceIdType>) -> Result<DevicesFileEntry> {
        let present = Present::read(self.machine())?;
        let name = device.to_string_lossy();
        let device = present.at(device).ok_or_else(|| {
            Error::not_found(format!("No device found for {name}.")).with_device(name.as_ref())
        })?;
        self.put(&present, device, device.pv_id(), kind)
    }

    /// Finds a physical volume on the devices of the machine, and adds its device.
    ///
    /// # Errors
    /// `AlreadyExists` when an entry has it; `NotFound` when no device has it; those of
    /// [`DevicesFile::update`].
    pub fn add_pv(&self, pv_id: PvId, kind: Option<&DeviceIdType>) -> Result<DevicesFileEntry> {
        let file = self.read()?.unwrap_or_default();
        if let Some(entry) = file.entries().iter().find(|entry| entry.pv_id == Some(pv_id)) {
            let path = entry.path.as_ref().map_or_else(|| ".".into(), |path| path.to_string_lossy());
            let message = format!("PVID already exists in devices file for {path}.");
            return Err(Error::new(ErrorKind::AlreadyExists, message));
        }
        let machine = Machine::look(&self.all_devices())?;
        let found = machine.devices.iter().find(|device| device.pv_id == Some(pv_id));
        let path = found.map(|device| device.path.clone()).ok_or_else(|| {
            Error::not_found(format!("PVID {} not found on any devices.", pv_id.0.as_str()))
        })?;
        self.add(&path, kind)
    }

    /// The options of a view of all devices, listed or not.
    fn all_devices(&self) -> MachineOptions {
        MachineOptions {
            use_devices_file: Some(false),
            filter: Filter::default(),
            global_filter: Filter::default(),
            ..self.machine().clone()
        }
    }

    /// Takes the entries of the device at a path away, whatever they know it by and whichever of its
    /// paths is given; where there is no device, those that name this path.
    ///
    /// # Errors
    /// `NotFound` when there is none; those of [`DevicesFile::update`].
    pub fn remove(&self, device: &Path) -> Result<Vec<DevicesFileEntry>> {
        let present = Present::read(self.machine())?;
        let at_path = present.at(device);
        let name = device.to_string_lossy();
        let is_meant = |entry: &DevicesFileEntry| match at_path {
            Some(device) => is_of(entry, &present, device),
            None if entry.is_by_path() => Path::new(&entry.id) == device,
            None => entry.path.as_deref() == Some(device),
        };
        self.remove_where(is_meant, || format!("No devices file entry for {name}."))
    }

    /// Takes the entries with this id away.
    ///
    /// # Errors
    /// `NotFound` when there is none; those of [`DevicesFile::update`].
    pub fn remove_id(&self, kind: &DeviceIdType, id: &str) -> Result<Vec<DevicesFileEntry>> {
        let is_meant = |entry: &DevicesFileEntry| entry.id_type == *kind && entry.id == id;
        self.remove_where(is_meant, || format!("No devices file entry with device id {kind} {id}."))
    }

    /// Takes the entries with this physical volume away.
    ///
    /// # Errors
    /// `NotFound` when there is none; those of [`DevicesFile::update`].
    pub fn remove_pv(&self, pv_id: PvId) -> Result<Vec<DevicesFileEntry>> {
        self.remove_where(|entry| entry.pv_id == Some(pv_id), || "PVID not found in devices file.".to_owned())
    }

    fn remove_where(
        &self,
        is_meant: impl Fn(&DevicesFileEntry) -> bool,
        message: impl Fn() -> String,
    ) -> Result<Vec<DevicesFileEntry>> {
        if self.read()?.is_none() {
            return Err(Error::not_found("Devices file does not exist."));
        }
        let mut gone = Vec::new();
        self.update(|file| {
            gone = file.remove(&is_meant);
            if gone.is_empty() { Err(Error::not_found(message())) } else { Ok(true) }
        })?;
        Ok(gone)
    }

    /// Adds the devices of groups, all or none; entries they have already are replaced. Returns how
    /// many there are.
    ///
    /// # Errors
    /// `MissingDevice` for a group with physical volumes that were not found; those of
    /// [`DevicesFile::update`].
    #[doc(alias = "vgimportdevices")]
    pub fn import<'v>(&self, groups: impl IntoIterator<Item = &'v FoundVg>) -> Result<usize> {
        let present = Present::read(self.machine())?;
        let mut entries = Vec::new();
        for found in groups {
            for (pv, on) in found.vg.physical_volumes().iter().zip(&found.pvs) {
                let device = on.as_ref().and_then(|on| present.at(Path::new(on.device.name())));
                let Some(device) = device else {
                    let (vg, pv) = (found.vg.name(), pv.id());
                    let message =
                        format!("Not importing devices for VG {vg} with missing PV {}.", pv.0.as_str());
                    return Err(Error::new(ErrorKind::MissingDevice, message).with_vg(vg));
                };
                let PresentDevice { sys, path, .. } = device;
                let entry = DevicesFileEntry::new(sys, &present.sysfs, path, Some(pv.id()));
                entries.push((device, entry));
            }
        }
        let count = entries.len();
        self.update(|file| {
            entries.into_iter().for_each(|(device, entry)| replace(file, &present, device, entry));
            Ok(count > 0)
        })?;
        Ok(count)
    }

    fn put(
        &self,
        present: &Present,
        device: &PresentDevice,
        pv_id: Option<PvId>,
        kind: Option<&DeviceIdType>,
    ) -> Result<DevicesFileEntry> {
        let PresentDevice { sys, path, .. } = device;
        let of_kind = kind.and_then(|kind| DevicesFileEntry::of_type(kind, sys, &present.sysfs, path, pv_id));
        let best = || DevicesFileEntry::new(sys, &present.sysfs, path, pv_id);
        let entry = of_kind.unwrap_or_else(best);
        self.update(|file| {
            replace(file, present, device, entry.clone());
            Ok(true)
        })?;
        Ok(entry)
    }

    fn update(&self, edit: impl FnOnce(&mut DevicesFile) -> Result<bool>) -> Result<DevicesFile> {
        if self.options.dry_run {
            let mut file = self.read()?.unwrap_or_default();
            edit(&mut file)?;
            return Ok(file);
        }
        let Options { locking_dir, lock_wait, system_id, .. } = self.options;
        DevicesFile::update(
            &self.path(),
            locking_dir,
            *lock_wait,
            self.options.stamp.command_line(),
            |file| {
                let changed = edit(file)?;
                file.system_id.clone_from(system_id);
                Ok(changed)
            },
        )
    }

    /// Notes what became of devices of the machine: that they are physical volumes, or no longer.
    /// A file that is not there is made when it was asked for and nothing would be left out by it.
    ///
    /// # Errors
    /// Those of [`DevicesFile::update`].
    pub(crate) fn note(
        options: &'o Options,
        devices: &[(String, Option<PvId>)],
        has_groups: bool,
    ) -> Result<()> {
        let Ok(list) = Self::new(options) else { return Ok(()) };
        let is_there = list.path().exists();
        let machine = list.machine();
        let may_make =
            machine.use_devices_file == Some(true) && (machine.is_devices_file_named || !has_groups);
        if options.dry_run || devices.is_empty() || !(is_there || may_make) {
            return Ok(());
        }
        let present = Present::read(machine)?;
        list.update(|file| {
            let mut changed = false;
            for (name, pv_id) in devices {
                let Some(device) = present.at(Path::new(name)) else { continue };
                changed |= match pv_id {
                    Some(pv_id) => note_pv(file, &present, device, *pv_id),
                    None => forget_pv(file, &present, device),
                };
            }
            Ok(changed)
        })?;
        Ok(())
    }
}

/// True for an entry of the device, whatever it is known by.
fn is_of(entry: &DevicesFileEntry, present: &Present, device: &PresentDevice) -> bool {
    match entry.is_by_path() {
        true => present.at(Path::new(&entry.id)).is_some_and(|known| known.sys.number == device.sys.number),
        false => entry.is_of(&device.sys, &present.sysfs),
    }
}

fn replace(file: &mut DevicesFile, present: &Present, device: &PresentDevice, entry: DevicesFileEntry) {
    file.remove(|known| is_of(known, present, device));
    file.add(entry);
}

/// The device has this physical volume; false when the file says so already.
fn note_pv(file: &mut DevicesFile, present: &Present, device: &PresentDevice, pv_id: PvId) -> bool {
    let path = device.path.as_path();
    let is_listed = |entry: &DevicesFileEntry| {
        entry.pv_id == Some(pv_id) && entry.path.as_deref() == Some(path) && is_of(entry, present, device)
    };
    if file.entries().iter().any(is_listed) {
        return false;
    }
    let entry = DevicesFileEntry::new(&device.sys, &present.sysfs, path, Some(pv_id));
    replace(file, present, device, entry);
    true
}

/// The device stays in the file, without its physical volume.
fn forget_pv(file: &mut DevicesFile, present: &Present, device: &PresentDevice) -> bool {
    let mut changed = false;
    for entry in &mut file.entries {
        changed |= is_of(entry, present, device) && entry.pv_id.take().is_some();
    }
    changed
}
