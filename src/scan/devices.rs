//! Opening the devices and image files of a view, and the partitions in them.

use std::collections::{HashMap, HashSet};
use std::os::unix::fs::FileTypeExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use lvm_core::error::Context;
use lvm_core::ondisk::find_label;
use lvm_core::ondisk::label::LABEL_SPACE;
use lvm_core::store::{Problem, Scan};
use lvm_core::{BlockDevice, Effect, Error, ErrorKind, PvId, Result};
use lvm_dm::DeviceNumber;
use lvm_dm::block::{FileDevice, SubDevice};

use super::devices_file::DeviceList;
use super::excluded::Exclusion;
use super::hints;
use super::machine::{Machine, OpenMachine, Use};
use super::on_demand::identity;
use super::partitions::partitions;
use crate::lock::{ImageLock, LockMode};
use crate::options::{DeviceSpec, Options};
use crate::system::{device_numbers, is_same_file};

/// What a call is going to do with the devices.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Access {
    /// Look at them.
    Read,
    /// Read and write the content of volumes, but no metadata.
    Content,
    /// Change metadata: nobody else may use the images meanwhile.
    Metadata,
}

/// The devices of a view, open, with the locks that keep image files ours.
#[derive(Default)]
pub(crate) struct OpenDevices {
    /// What is looked at: whole devices, and partitions.
    pub(crate) devices: Vec<Arc<dyn BlockDevice>>,
    /// The names of those, to add each once.
    names: HashSet<String>,
    /// Files and devices, each once.
    wholes: Vec<Arc<dyn BlockDevice>>,
    /// Which of them a path means.
    by_path: HashMap<PathBuf, usize>,
    /// Which of them a file's [`identity`] means: two paths may lead to one file.
    by_inode: HashMap<(u64, u64), usize>,
    /// True when there is a block device among them, so that lvm2's lock files count.
    pub(crate) has_block_devices: bool,
    /// What else the machine has, when it is the machine that is looked at.
    machine: Option<Machine>,
    /// True when these are the machine's devices, or some of them: its devices file lists them.
    pub(crate) is_listed: bool,
    _locks: Vec<ImageLock>,
}

impl OpenDevices {
    /// Opens everything the options name; without a name, what lvm2 would look at on this machine.
    ///
    /// # Errors
    /// `NotFound`, `Io` or `Locked` naming the path; those of [`Machine::look`].
    pub(crate) fn open(options: &Options, access: Access) -> Result<Self> {
        if options.looks_at_machine() {
            return Self::open_machine(options, access);
        }
        let mut opened = Self::default();
        let mut paths = options.devices.iter().map(DeviceSpec::path).collect::<Vec<_>>();
        // Locks are taken in one order by everybody, so that nobody waits in a circle.
        paths.sort_unstable();
        paths.dedup();
        for path in paths {
            opened.open_whole(path, options, access)?;
        }
        for spec in &options.devices {
            opened.add(spec)?;
        }
        for device in &options.block_devices {
            opened.has_block_devices |= DeviceNumber::of_device(Path::new(device.name())).is_some();
            opened.devices.push(Arc::clone(device));
        }
        Ok(opened)
    }

    fn open_machine(options: &Options, access: Access) -> Result<Self> {
        let writable = access != Access::Read && !options.read_only && !options.dry_run;
        let usage = Use { writable, flush: options.flush };
        let OpenMachine { machine, open } = OpenMachine::look(&options.machine, usage)?;
        // lvm2's locks count even where no device is left: it may be about to make one.
        let mut opened = Self { has_block_devices: true, is_listed: true, ..Self::default() };
        for (known, device) in machine.devices.iter().zip(open) {
            opened.by_path.insert(known.path.clone(), opened.wholes.len());
            opened.by_inode.insert(device.identity()?, opened.wholes.len());
            opened.wholes.push(Arc::clone(&device) as Arc<dyn BlockDevice>);
            opened.push(device);
        }
        opened.machine = Some(machine);
        Ok(opened)
    }

    /// Reads all devices and puts the groups together.
    pub(crate) fn scan(&self) -> Scan {
        let mut scan = Scan::new(&self.devices);
        let duplicates = self.machine.iter().flat_map(|machine| &machine.duplicates);
        scan.problems.extend(duplicates.map(|duplicate| Problem::Duplicate {
            pv: duplicate.pv_id,
            used: duplicate.used.to_string_lossy().into_owned(),
            left_out: duplicate.left_out.to_string_lossy().into_owned(),
        }));
        scan
    }

    /// Runs a change of which devices are physical volumes, of their group or of its name, under
    /// the locks of the caller. lvm2's hints are done away with before it, so that no crash leaves
    /// them behind, and after it, since a reader may have made them anew meanwhile.
    pub(crate) fn changing<T>(&self, options: &Options, change: impl FnOnce() -> Result<T>) -> Result<T> {
        let invalidate = || if self.has_block_devices { hints::invalidate(&options.run_dir) } else { Ok(()) };
        invalidate()?;
        let changed = change();
        let invalidated = invalidate();
        let value = changed?;
        invalidated.having(Effect::Committed)?;
        Ok(value)
    }

    /// Puts devices of the machine that became physical volumes into the devices file, and takes note
    /// of those that are none any more. `has_groups` says whether there are other groups, which a file
    /// that is made for this would hide.
    ///
    /// # Errors
    /// Those of [`DevicesFile::update`](super::devices_file::DevicesFile::update), with what was
    /// written before standing.
    pub(crate) fn list(
        &self,
        options: &Options,
        devices: &[(String, Option<PvId>)],
        has_groups: bool,
    ) -> Result<()> {
        if !self.is_listed {
            return Ok(());
        }
        DeviceList::note(options, devices, has_groups).having(Effect::Committed)
    }

    fn open_whole(&mut self, path: &Path, options: &Options, access: Access) -> Result<()> {
        let metadata = std::fs::metadata(path).map_err(|error| {
            let kind = match error.kind() {
                std::io::ErrorKind::NotFound => ErrorKind::NotFound,
                _ => ErrorKind::Io,
            };
            let message = format!("No device found for {}.", path.display());
            Error::new(kind, message).with_device(path.to_string_lossy()).with_source(error)
        })?;
        if metadata.is_dir() {
            return Err(Error::invalid("a directory is not a device").with_device(path.to_string_lossy()));
        }
        let is_block = metadata.file_type().is_block_device();
        self.has_block_devices |= is_block;
        // The same file under two names would be two devices with one content.
        let inode = identity(&metadata);
        if let Some(known) = self.by_inode.get(&inode) {
            self.by_path.insert(path.to_owned(), *known);
            return Ok(());
        }
        // Opening a block device for writing wakes udev when it is closed: only when needed.
        let read_only = access == Access::Read || options.read_only || options.dry_run;
        let mut locked = None;
        if !is_block && options.locking {
            let mode = if access == Access::Metadata { LockMode::Exclusive } else { LockMode::Shared };
            let lock = ImageLock::acquire(path, mode, options.lock_wait)?;
            // The file that is locked serves as the device when it was opened for enough.
            if read_only || mode == LockMode::Exclusive {
                locked = lock.file().try_clone().ok();
            }
            self._locks.push(lock);
        }
        let device = match locked {
            Some(file) => FileDevice::from_file(file, path, read_only)?,
            None => FileDevice::open(path, read_only)?,
        };
        let device = if options.flush { device } else { device.without_flush() };
        self.by_path.insert(path.to_owned(), self.wholes.len());
        self.by_inode.insert(inode, self.wholes.len());
        self.wholes.push(Arc::new(device));
        Ok(())
    }

    /// The open file or device at a path, by whatever path it was opened.
    fn whole(&self, path: &Path) -> Option<&Arc<dyn BlockDevice>> {
        let known = self.by_path.get(path).copied().or_else(|| {
            let metadata = std::fs::metadata(path).ok()?;
            self.by_inode.get(&identity(&metadata)).copied()
        });
        self.wholes.get(known?)
    }

    fn add(&mut self, spec: &DeviceSpec) -> Result<()> {
        let Some(whole) = self.whole(spec.path()).map(Arc::clone) else { return Ok(()) };
        if let Some(number) = spec.partition_number() {
            self.push(partition(&whole, number)?);
            return Ok(());
        }
        // A label on the whole device outweighs a partition table that was left behind.
        let is_file = spec.path().metadata().is_ok_and(|metadata| metadata.is_file());
        if is_file && !has_label(&*whole) {
            let found = partitions(&*whole).unwrap_or_default();
            if !found.is_empty() {
                for part in found {
                    self.push(sub_device(&whole, part.number, part.offset, part.size)?);
                }
                return Ok(());
            }
        }
        self.push(whole);
        Ok(())
    }

    fn push(&mut self, device: Arc<dyn BlockDevice>) {
        if self.names.insert(device.name().to_owned()) {
            self.devices.push(device);
        }
    }

    /// The open device a specification means.
    ///
    /// # Errors
    /// `NotFound` when the view does not have it.
    pub(crate) fn find(&self, spec: &DeviceSpec) -> Result<Arc<dyn BlockDevice>> {
        let by_name = |name: &str| self.devices.iter().find(|device| device.name() == name);
        let name = spec.to_string();
        if let Some(device) = by_name(&name) {
            return Ok(Arc::clone(device));
        }
        let Some(whole) = self.whole(spec.path()) else {
            return Err(self.not_found(spec));
        };
        let Some(number) = spec.partition_number() else { return Ok(Arc::clone(whole)) };
        match by_name(&partition_name(&**whole, number)) {
            Some(device) => Ok(Arc::clone(device)),
            None => partition(whole, number),
        }
    }
}

impl OpenDevices {
    /// Looks at these devices alone from now on, and at the partitions of those that have some. The
    /// locks of the others are kept.
    ///
    /// # Errors
    /// Those of [`find`](Self::find).
    pub(crate) fn keep(&mut self, devices: &[DeviceSpec]) -> Result<()> {
        let kept = devices.iter().map(|spec| self.find(spec)).collect::<Result<Vec<_>>>()?;
        let is_kept = |name: &str| {
            let is_part = |whole: &str| name.strip_prefix(whole).is_some_and(|part| part.starts_with('#'));
            kept.iter().any(|kept| kept.name() == name || is_part(kept.name()))
        };
        self.devices.retain(|device| is_kept(device.name()));
        Ok(())
    }

    /// Makes sure that the view has a device, or leaves it out only as a duplicate.
    ///
    /// # Errors
    /// Those of [`find`](Self::find).
    pub(crate) fn require_seen(&self, spec: &DeviceSpec) -> Result<()> {
        let mut duplicates = self.machine.iter().flat_map(|machine| &machine.duplicates);
        let is_meant = |path: &Path| path == spec.path() || is_same_file(path, spec.path());
        match duplicates.any(|duplicate| is_meant(&duplicate.left_out)) {
            true => Ok(()),
            false => self.find(spec).map(drop),
        }
    }

    /// Why the view does not have a device.
    fn not_found(&self, spec: &DeviceSpec) -> Error {
        let name = spec.to_string();
        let not_found = |help| {
            let error = Error::not_found(format!("No device found for {name}."));
            error.with_device(name.as_str()).with_help(help)
        };
        let Some(machine) = &self.machine else {
            return not_found("only the devices that were named are looked at");
        };
        let number = device_numbers(spec.path());
        let is_meant = |path: &Path, major, minor| path == spec.path() || number == Some((major, minor));
        let refused = |why: &dyn std::fmt::Display| {
            Error::new(ErrorKind::InUse, format!("Cannot use {name}: {why}")).with_device(name.as_str())
        };
        let mut excluded = machine.excluded.iter();
        let excluded = excluded.find(|one| is_meant(&one.device, one.number.major, one.number.minor));
        if let Some(excluded) = excluded {
            let error = refused(&excluded.why);
            return match excluded.why {
                Exclusion::NotInDevicesFile => error.with_help("add it to the devices file first"),
                _ => error,
            };
        }
        let duplicate = machine.duplicates.iter().find(|duplicate| {
            duplicate.left_out == spec.path() || is_same_file(&duplicate.left_out, spec.path())
        });
        match duplicate {
            Some(duplicate) => refused(&"device is a duplicate").with_help(duplicate.to_string()),
            None => not_found("only block devices of this machine are looked at; name files to use files"),
        }
    }
}

impl std::fmt::Debug for OpenDevices {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_list().entries(self.devices.iter().map(|device| device.name())).finish()
    }
}

fn has_label(device: &dyn BlockDevice) -> bool {
    let length = usize::try_from(device.size()).unwrap_or(usize::MAX).min(LABEL_SPACE);
    let mut head = vec![0; length];
    device.read_at(0, &mut head).is_ok() && matches!(find_label(&head), Ok(Some(_)))
}

fn partition(whole: &Arc<dyn BlockDevice>, number: u32) -> Result<Arc<dyn BlockDevice>> {
    let found = partitions(&**whole)?.into_iter().find(|part| part.number == number).ok_or_else(|| {
        Error::not_found(format!("there is no partition {number}")).with_device(whole.name())
    })?;
    sub_device(whole, found.number, found.offset, found.size)
}

fn sub_device(
    whole: &Arc<dyn BlockDevice>,
    number: u32,
    offset: u64,
    size: u64,
) -> Result<Arc<dyn BlockDevice>> {
    let name = partition_name(&**whole, number);
    Ok(Arc::new(SubDevice::new(Arc::clone(whole), offset, size)?.with_name(name)))
}

fn partition_name(whole: &dyn BlockDevice, number: u32) -> String {
    format!("{}#{number}", whole.name())
}
