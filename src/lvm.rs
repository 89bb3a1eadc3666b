//! The handle everything starts from.

mod clone;
mod orphan;

use std::collections::HashSet;
use std::path::Path;

use lvm_core::edit::NewVg;
use lvm_core::error::Context;
use lvm_core::metadata::VolumeGroup;
use lvm_core::ondisk::MdaHeader;
use lvm_core::store::{
    FoundVg, Orphan, Problem, PvLayout, PvOptions, Scan, Unfinished, initialise_pv, remove_labels,
    write_label,
};
use lvm_core::text::Imported;
use lvm_core::{BlockDevice, Bytes, Effect, Error, ErrorKind, Id, PvId, Result, VgId};

use crate::commit::backup;
use crate::data::signature;
use crate::data::volume::LvDevice;
use crate::lock::{LockMode, VgLock};
use crate::options::{DeviceSpec, Options};
use crate::report::ReportSettings;
use crate::scan::devices::{Access, OpenDevices};
use crate::scan::devices_file::DeviceList;
use crate::scan::machine::Machine;
use crate::system::FreshIds;
use crate::transaction::{PvSource, Transaction};

/// A view of some devices and image files, and what may be done with them.
///
/// It holds no lock and no open device between calls: every call looks at the devices anew.
#[derive(Clone, Debug)]
pub struct Lvm {
    pub(crate) options: Options,
}

/// What may be overwritten when a device becomes a physical volume.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Overwrite {
    /// Nothing: a device that carries a partition table, filesystem, LUKS, md, swap or LVM
    /// signature is refused.
    #[default]
    Refuse,
    /// Signatures of other things are wiped (`-y`).
    Signatures,
    /// Also a physical volume that a group uses (`-ff`).
    UsedPv,
}

/// What a device is to groups.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum PvUse {
    /// It is no physical volume.
    None,
    /// It is a physical volume without a group.
    Free,
    /// The group of this name uses it; `[unknown]` when its label only says that one does.
    Member(String),
}

impl Lvm {
    /// A handle with these options. The devices are looked at by later calls.
    ///
    /// # Errors
    /// `NotFound` when a device that was named does not exist.
    pub fn open(options: Options) -> Result<Self> {
        for spec in &options.devices {
            if !spec.path().exists() {
                let device = spec.to_string();
                return Err(Error::not_found(format!("No device found for {device}.")).with_device(device));
            }
        }
        Ok(Self { options })
    }

    /// The system id of this host (lvmsystemid(7)), if it has one.
    #[must_use]
    pub fn system_id(&self) -> Option<&str> {
        self.options.system_id.as_deref()
    }

    /// The tags of this host (`tags` of lvm.conf(5)).
    #[must_use]
    pub fn host_tags(&self) -> &[String] {
        &self.options.activation.host_tags
    }

    /// Where the state after each change is kept, if anywhere.
    #[must_use]
    pub fn backup_dir(&self) -> Option<&Path> {
        self.options.backup_dir.as_deref()
    }

    /// Where the states before changes are kept, if anywhere.
    #[must_use]
    pub fn archive_dir(&self) -> Option<&Path> {
        self.options.archive_dir.as_deref()
    }

    /// The settings of reports.
    #[must_use]
    pub fn report_settings(&self) -> &ReportSettings {
        self.options.report_settings()
    }

    /// Reads all devices: groups, physical volumes without a group, and what is wrong with them.
    ///
    /// # Errors
    /// `Locked` when an image is being written and the wait is over; `NotFound`, `Io` for a device
    /// that cannot be opened. A device that cannot be read is a [`Problem`] of the scan.
    #[doc(alias = "vgscan")]
    pub fn scan(&self) -> Result<Scan> {
        Ok(OpenDevices::open(&self.options, Access::Read)?.scan())
    }

    /// The block devices of this machine: which are looked at, which are not, and why. It does
    /// not matter which devices the options name.
    ///
    /// # Errors
    /// See [`Machine::look`].
    #[doc(alias = "lvmdiskscan")]
    pub fn machine(&self) -> Result<Machine> {
        Machine::look(&self.options.machine)
    }

    /// The devices file that this view obeys when it looks at the machine.
    ///
    /// # Errors
    /// `Unsupported` when it obeys none (`devices/use_devicesfile`).
    pub fn device_list(&self) -> Result<DeviceList<'_>> {
        DeviceList::new(&self.options)
    }

    /// All groups, in the order they were found.
    ///
    /// # Errors
    /// See [`scan`](Self::scan).
    #[doc(alias = "vgs")]
    pub fn volume_groups(&self) -> Result<Vec<VolumeGroup>> {
        Ok(self.scan()?.groups.into_iter().map(|found| found.vg).collect())
    }

    /// The group of that name, or of that id.
    ///
    /// # Errors
    /// `NotFound`; `InvalidInput` when several groups have the name: then the id tells them apart.
    pub fn volume_group(&self, name_or_id: &str) -> Result<VolumeGroup> {
        Ok(find_group(self.scan()?, name_or_id)?.vg)
    }

    /// The group with where its physical volumes and metadata copies were found.
    ///
    /// # Errors
    /// See [`volume_group`](Self::volume_group).
    pub fn found_group(&self, name_or_id: &str) -> Result<FoundVg> {
        find_group(self.scan()?, name_or_id)
    }

    /// Begins a change of a group: takes its locks and reads it again under them.
    ///
    /// # Errors
    /// `NotFound`; `Locked` when somebody else changes it and the wait is over; `Unsupported` for
    /// a foreign group (another system id) and for a read-only view.
    pub fn begin(&self, name_or_id: &str) -> Result<Transaction> {
        self.require_writable_view()?;
        let opened = OpenDevices::open(&self.options, Access::Metadata)?;
        // The lock is named after the group, whose name an id does not tell.
        let name = match VgId::parse(name_or_id) {
            Ok(_) => find_group(opened.scan(), name_or_id)?.vg.name().to_owned(),
            Err(_) => name_or_id.to_owned(),
        };
        let locks = self.lock_groups(&opened, &[&name])?;
        let scan = self.finished_scan(&opened)?;
        let found = find_group(clone_groups(&scan), name_or_id)?;
        self.require_own(&found.vg)?;
        let stamp = self.stamp(&found.vg.id().to_string(), found.vg.seqno(), &scan)?;
        Transaction::of_group(self.clone(), stamp, opened, locks, scan, found)
    }

    /// Begins a new group over these devices, which become physical volumes when they are none.
    /// Those that are some already come first in the group, as with vgcreate(8).
    ///
    /// # Errors
    /// `AlreadyExists` when there is a group of that name; those of
    /// [`Transaction::add_pv_on`](crate::Transaction::add_pv_on).
    #[doc(alias = "vgcreate")]
    pub fn create_vg<S: Into<PvSource>>(
        &self,
        new: impl Into<NewVg>,
        pvs: impl IntoIterator<Item = S>,
    ) -> Result<Transaction> {
        self.require_writable_view()?;
        let new = new.into();
        let opened = OpenDevices::open(&self.options, Access::Metadata)?;
        let locks = self.lock_groups(&opened, &[new.name_str()])?;
        let scan = self.finished_scan(&opened)?;
        if scan.groups.iter().any(|found| found.vg.name() == new.name_str()) {
            let message = format!("A volume group called {} already exists.", new.name_str());
            return Err(Error::new(ErrorKind::AlreadyExists, message).with_vg(new.name_str()));
        }
        let pvs = pvs.into_iter().map(Into::into).collect::<Vec<_>>();
        Transaction::of_new_group(self.clone(), opened, locks, scan, new, pvs)
    }

    /// One change in one call: begins, runs `edit`, commits, and returns the group.
    ///
    /// # Errors
    /// Those of [`begin`](Self::begin), `edit` and [`Transaction::commit`].
    pub fn update<T>(
        &self,
        name_or_id: &str,
        edit: impl FnOnce(&mut Transaction) -> Result<T>,
    ) -> Result<(VolumeGroup, T)> {
        let mut transaction = self.begin(name_or_id)?;
        let value = edit(&mut transaction)?;
        Ok((transaction.commit(&mut crate::observe::Silent)?, value))
    }

    /// Makes a device a physical volume without a group.
    ///
    /// # Errors
    /// `InUse` when it carries something that `overwrite` does not allow to lose; `InvalidInput`
    /// when it is too small or an option is out of range.
    ///
    /// # Effect
    /// `Unknown` on `Io`: the first 2048 bytes may be gone.
    #[doc(alias = "pvcreate")]
    pub fn create_pv(
        &self,
        device: impl Into<DeviceSpec>,
        options: &PvOptions,
        overwrite: Overwrite,
    ) -> Result<PvId> {
        self.require_writable_view()?;
        let spec = device.into();
        let opened = OpenDevices::open(&self.options, Access::Metadata)?;
        let _lock = self.lock_global(&opened)?;
        let device = opened.find(&spec)?;
        let scan = opened.scan();
        let wipe = signatures_in_the_way(&scan, &*device, overwrite)?;
        let id = match options.id {
            Some(id) => id,
            None => PvId::random(&mut *self.stamp("", 0, &scan)?.ids),
        };
        let found = scan.groups.iter().flat_map(|found| found.pvs.iter().flatten());
        let mut found = found.chain(scan.orphans.iter().map(|orphan| &orphan.pv));
        if let Some(pv) = found.find(|pv| pv.id() == id && pv.device.name() != device.name()) {
            let message = format!("UUID {id} already in use on \"{}\".", pv.device.name());
            return Err(Error::new(ErrorKind::AlreadyExists, message).with_device(pv.device.name()));
        }
        let layout =
            PvLayout::new(Bytes(device.size()), options, id).map_err(|e| e.with_device(device.name()))?;
        if self.options.dry_run {
            return Ok(id);
        }
        opened.changing(&self.options, || {
            for found in &wipe {
                signature::wipe(&*device, found)?;
            }
            initialise_pv(&*device, &layout)
        })?;
        opened.list(&self.options, &[(device.name().to_owned(), Some(id))], !scan.groups.is_empty())?;
        Ok(id)
    }

    /// What [`create_pv`](Self::create_pv) would wipe off a device beside physical volumes without
    /// a group.
    ///
    /// # Errors
    /// `InUse` when a group uses it as a physical volume; `NotFound`, `Io`.
    pub fn signatures_on(&self, device: impl Into<DeviceSpec>) -> Result<Vec<signature::Signature>> {
        let opened = OpenDevices::open(&self.options, Access::Read)?;
        Look { opened: &opened, scan: &opened.scan() }.signatures_on(&device.into())
    }

    /// Whether a device is a physical volume, and of which group.
    ///
    /// # Errors
    /// `NotFound`, `Io`.
    pub fn pv_use(&self, device: impl Into<DeviceSpec>) -> Result<PvUse> {
        let opened = OpenDevices::open(&self.options, Access::Read)?;
        Look { opened: &opened, scan: &opened.scan() }.pv_use(&device.into())
    }

    /// The size of a device or file in bytes.
    ///
    /// # Errors
    /// `NotFound`, `Io`.
    pub fn device_size(&self, device: impl Into<DeviceSpec>) -> Result<Bytes> {
        let opened = OpenDevices::open(&self.options, Access::Read)?;
        Ok(Bytes(opened.find(&device.into())?.size()))
    }

    /// Takes the label off a physical volume without a group.
    ///
    /// # Errors
    /// `NotFound` when it is not a physical volume; `InUse` when a group uses it and `overwrite`
    /// is not [`Overwrite::UsedPv`].
    ///
    /// # Effect
    /// `Unknown` on `Io`.
    #[doc(alias = "pvremove")]
    pub fn remove_pv(&self, device: impl Into<DeviceSpec>, overwrite: Overwrite) -> Result<()> {
        self.require_writable_view()?;
        let spec = device.into();
        let opened = OpenDevices::open(&self.options, Access::Metadata)?;
        let _lock = self.lock_global(&opened)?;
        let device = opened.find(&spec)?;
        let scan = opened.scan();
        if let Some(vg) = user_of(&scan, &*device) {
            if overwrite != Overwrite::UsedPv {
                let message = format!("PV {spec} is used by VG {vg} so please use vgreduce first.");
                return Err(Error::new(ErrorKind::InUse, message).with_device(spec.to_string()));
            }
        } else if !scan.orphans.iter().any(|orphan| orphan.pv.device.name() == device.name()) {
            return Err(
                Error::not_found(format!("No PV found on device {spec}.")).with_device(spec.to_string())
            );
        }
        if self.options.dry_run {
            return Ok(());
        }
        opened.changing(&self.options, || remove_labels(&*device))?;
        opened.list(&self.options, &[(device.name().to_owned(), None)], true)
    }

    /// Brings the label of a physical volume without a group up to its device's size. For one in a
    /// group use [`Transaction::resize_pv_on`](crate::Transaction::resize_pv_on).
    ///
    /// # Errors
    /// `NotFound` when it is not a physical volume without a group; `InvalidInput` below the
    /// smallest size of one.
    ///
    /// # Effect
    /// One sector changes, and a second metadata area moves to the new end; `Unknown` on `Io`.
    #[doc(alias = "pvresize")]
    pub fn resize_orphan_pv(&self, device: impl Into<DeviceSpec>, size: Option<Bytes>) -> Result<()> {
        self.require_writable_view()?;
        let spec = device.into();
        let opened = OpenDevices::open(&self.options, Access::Metadata)?;
        let _lock = self.lock_global(&opened)?;
        let device = opened.find(&spec)?;
        let orphan = find_orphan(opened.scan(), device.name())
            .ok_or_else(|| Error::not_found(format!("No PV found on device {spec}.")))?;
        let mut label = orphan.pv.scanned.label;
        let layout = PvLayout::from_label(&label, Bytes(device.size()))?;
        let resized = layout.resized(size.unwrap_or(Bytes(device.size())))?;
        if self.options.dry_run {
            return Ok(());
        }
        for (old, new) in label.pv_header.metadata_areas.iter_mut().zip(&resized.metadata_areas) {
            if old != new {
                // The header must be there before the label names its place.
                device.write_at(new.offset, &MdaHeader::empty(new.offset, new.size).encode())?;
                device.flush()?;
                *old = *new;
            }
        }
        label.pv_header.device_size = resized.device_size;
        write_label(&*device, &label)
    }

    /// Opens a logical volume's content, in this process, without the kernel; a volume that is a
    /// device of the kernel is opened as that device.
    ///
    /// A volume on block devices must not be activated while it is open here: both would have a
    /// cache of their own.
    ///
    /// # Errors
    /// `NotFound`; `Unsupported` for segment types that only the kernel runs; `MissingDevice`.
    pub fn open_lv(&self, vg: &VolumeGroup, name: &str) -> Result<LvDevice> {
        let opened = OpenDevices::open(&self.options, Access::Content)?;
        let found = find_group(opened.scan(), &vg.id().to_string())?;
        let node = if opened.has_block_devices { self.node_of(&found.vg, name)? } else { None };
        match node {
            Some(node) => LvDevice::of_node(opened, &found.vg, name, &node, self.options.read_only),
            None => LvDevice::new(opened, &found, name, self.options.read_only),
        }
    }

    /// Writes a group's metadata to a file, in the format of vgcfgbackup(8).
    ///
    /// # Errors
    /// `NotFound`, `Io`.
    #[doc(alias = "vgcfgbackup")]
    pub fn backup_vg(&self, name_or_id: &str, file: impl AsRef<Path>) -> Result<VolumeGroup> {
        let vg = self.volume_group(name_or_id)?;
        self.write_backups([&vg], file)?;
        Ok(vg)
    }

    /// Writes metadata that was read before to files; `%s` in the name stands for the group's
    /// name, and must be there for several groups.
    ///
    /// # Errors
    /// `InvalidInput` without `%s` for several groups; `Io`.
    #[doc(alias = "vgcfgbackup")]
    pub fn write_backups<'v>(
        &self,
        vgs: impl IntoIterator<Item = &'v VolumeGroup>,
        file: impl AsRef<Path>,
    ) -> Result<()> {
        let stamp = self.options.stamp.clone().build()?;
        let header = crate::system::text_header(&stamp, stamp.command.clone());
        let header = crate::system::export_header(&stamp, &header);
        let template = backup::BackupTemplate::new(&file.as_ref().to_string_lossy())?;
        if !self.options.dry_run {
            template.write(vgs.into_iter().map(|vg| (vg, &header)))?;
        }
        Ok(())
    }

    /// Writes the metadata of a backup file back to the physical volumes it names, as
    /// vgcfgrestore(8) does. Returns the group, one seqno above the file's.
    ///
    /// # Errors
    /// `NotFound` when the file has another group than `name`; `MissingDevice` when a physical
    /// volume is missing; `Unsupported` for thin volumes, whose pool cannot be taken back.
    ///
    /// # Effect
    /// As [`Transaction::commit`].
    #[doc(alias = "vgcfgrestore")]
    pub fn restore_vg(&self, name: &str, file: impl AsRef<Path>) -> Result<VolumeGroup> {
        self.begin_restore(name, file)?.commit(&mut crate::observe::Silent)
    }

    /// Begins what [`restore_vg`](Self::restore_vg) does.
    ///
    /// # Errors
    /// Those of [`restore_vg`](Self::restore_vg).
    pub fn begin_restore(&self, name: &str, file: impl AsRef<Path>) -> Result<Transaction> {
        self.require_writable_view()?;
        let imported: Imported = backup::read_backup(file.as_ref())?;
        if imported.vg.name() != name {
            let message = format!("'{}' does not contain volume group '{name}'.", file.as_ref().display());
            return Err(Error::not_found(message)
                .with_vg(name)
                .with_help(format!("it has volume group {}", imported.vg.name())));
        }
        let opened = OpenDevices::open(&self.options, Access::Metadata)?;
        let locks = self.lock_groups(&opened, &[name])?;
        let scan = self.finished_scan(&opened)?;
        Transaction::of_backup(self.clone(), opened, locks, scan, imported.vg)
    }

    fn require_writable_view(&self) -> Result<()> {
        if self.options.read_only {
            return Err(Error::invalid("this view is read-only"));
        }
        Ok(())
    }

    /// Checks that a group is not that of another host.
    ///
    /// # Errors
    /// `Unsupported` when it has a system id that is not one of this host's.
    pub fn require_own(&self, vg: &VolumeGroup) -> Result<()> {
        match vg.system_id() {
            None | Some("") => Ok(()),
            Some(id) if self.options.system_id.as_deref() == Some(id) => Ok(()),
            Some(id) if self.options.extra_system_ids.iter().any(|extra| extra == id) => Ok(()),
            Some(id) => {
                let own = match &self.options.system_id {
                    Some(own) => format!("local system ID {own}"),
                    None => "unknown local system ID".to_owned(),
                };
                let message = format!("Cannot access VG {} with system ID {id} with {own}.", vg.name());
                Err(Error::unsupported(message).with_vg(vg.name()))
            }
        }
    }

    /// The stamp of one change: version `seqno` of what is called `name`. With a seed, the ids are
    /// none of those that `scan` found.
    pub(crate) fn stamp(&self, name: &str, seqno: u32, scan: &Scan) -> Result<lvm_core::Stamp> {
        let mut stamp = self.options.stamp.clone().build()?;
        if let Some(seed) = self.options.seed {
            stamp.ids = Box::new(FreshIds::new(seed, name, seqno, ids_of(scan)));
        }
        Ok(stamp)
    }

    fn lock_groups(&self, opened: &OpenDevices, names: &[&str]) -> Result<Vec<VgLock>> {
        if !opened.has_block_devices || !self.options.locking {
            return Ok(Vec::new());
        }
        let (dir, wait) = (&self.options.locking_dir, self.options.lock_wait);
        let mut locks = vec![VgLock::acquire_global(dir, LockMode::Exclusive, wait)?];
        let mut names = names.to_vec();
        names.sort_unstable();
        names.dedup();
        for name in names {
            locks.push(VgLock::acquire(dir, name, LockMode::Exclusive, wait)?);
        }
        Ok(locks)
    }

    /// The lock of one more group, for a transaction that has the global one.
    pub(crate) fn lock_also(&self, opened: &OpenDevices, name: &str) -> Result<Option<VgLock>> {
        if !opened.has_block_devices || !self.options.locking {
            return Ok(None);
        }
        // Everybody who takes two takes the global lock first, which we have: no circle.
        VgLock::acquire(&self.options.locking_dir, name, LockMode::Exclusive, self.options.lock_wait)
            .map(Some)
    }

    fn lock_global(&self, opened: &OpenDevices) -> Result<Vec<VgLock>> {
        self.lock_groups(opened, &[])
    }

    /// Reads everything for a change: a split or merge that was interrupted behind its decisive
    /// write is finished first, so that no commit overwrites what its second slots point at.
    fn finished_scan(&self, opened: &OpenDevices) -> Result<Scan> {
        let scan = opened.scan();
        if scan.unfinished.is_empty() || self.options.dry_run {
            return Ok(scan);
        }
        // Ids in labels may change by this.
        let finish = || scan.unfinished.iter().try_for_each(Unfinished::finish);
        opened.changing(&self.options, finish).having(Effect::Unchanged)?;
        Ok(opened.scan())
    }
}

/// Every id in use.
fn ids_of(scan: &Scan) -> HashSet<Id> {
    let groups = scan.groups.iter().flat_map(|found| {
        let vg = &found.vg;
        let pvs = vg.physical_volumes().iter().map(|pv| pv.id().0);
        let lvs = vg.logical_volumes().map(|lv| lv.id().0);
        pvs.chain(lvs).chain([vg.id().0]).chain(found.outdated.iter().map(|pv| pv.id().0))
    });
    groups.chain(scan.orphans.iter().map(|orphan| orphan.pv.id().0)).collect()
}

pub(crate) fn clone_groups(scan: &Scan) -> Scan {
    Scan { groups: scan.groups.clone(), ..Scan::default() }
}

/// The one group of that name or id.
pub(crate) fn find_group(scan: Scan, name_or_id: &str) -> Result<FoundVg> {
    let id = VgId::parse(name_or_id).ok();
    let mut matching = scan
        .groups
        .into_iter()
        .filter(|found| found.vg.name() == name_or_id || id == Some(found.vg.id()))
        .collect::<Vec<_>>();
    if matching.len() > 1 {
        let ids = matching.iter().map(|found| found.vg.id().to_string()).collect::<Vec<_>>().join(", ");
        return Err(Error::invalid(format!("Multiple VGs found with the same name: {name_or_id} ({ids})"))
            .with_vg(name_or_id)
            .with_help("select one by its uuid, or give only the devices of one"));
    }
    matching.pop().ok_or_else(|| {
        let error = Error::not_found(format!("Volume group \"{name_or_id}\" not found")).with_vg(name_or_id);
        match scan.problems.first() {
            Some(problem @ Problem::Device { .. }) => error.with_help(problem.to_string()),
            _ => error,
        }
    })
}

/// What there is to know about devices that were opened and scanned.
pub(crate) struct Look<'d> {
    pub(crate) opened: &'d OpenDevices,
    pub(crate) scan: &'d Scan,
}

impl Look<'_> {
    pub(crate) fn signatures_on(&self, device: &DeviceSpec) -> Result<Vec<signature::Signature>> {
        let device = self.opened.find(device)?;
        signatures_in_the_way(self.scan, &*device, Overwrite::Signatures)
    }

    pub(crate) fn pv_use(&self, device: &DeviceSpec) -> Result<PvUse> {
        let device = self.opened.find(device)?;
        let is_orphan = |orphan: &Orphan| orphan.pv.device.name() == device.name();
        Ok(match user_of(self.scan, &*device) {
            Some(vg) => PvUse::Member(vg),
            None if self.scan.orphans.iter().any(is_orphan) => PvUse::Free,
            None => PvUse::None,
        })
    }

    pub(crate) fn device_size(&self, device: &DeviceSpec) -> Result<Bytes> {
        Ok(Bytes(self.opened.find(device)?.size()))
    }
}

pub(crate) fn find_orphan(scan: Scan, device: &str) -> Option<Orphan> {
    scan.orphans.into_iter().find(|orphan| orphan.pv.device.name() == device)
}

/// The name of the group that uses a device.
pub(crate) fn user_of(scan: &Scan, device: &dyn BlockDevice) -> Option<String> {
    let found = scan.groups.iter().find(|found| {
        let members = found.pvs.iter().flatten().chain(&found.outdated);
        members.into_iter().any(|pv| pv.device.name() == device.name())
    });
    if let Some(found) = found {
        return Some(found.vg.name().to_owned());
    }
    let unknown = |orphan: &&Orphan| orphan.used_by_unknown && orphan.pv.device.name() == device.name();
    scan.orphans.iter().find(unknown).map(|_| "[unknown]".to_owned())
}

/// What must be wiped before a device becomes a physical volume.
pub(crate) fn signatures_in_the_way(
    scan: &Scan,
    device: &dyn BlockDevice,
    overwrite: Overwrite,
) -> Result<Vec<signature::Signature>> {
    if let Some(vg) = user_of(scan, device).filter(|_| overwrite != Overwrite::UsedPv) {
        let message = format!(
            "Can't initialize physical volume \"{}\" of volume group \"{vg}\" without -ff",
            device.name()
        );
        return Err(Error::new(ErrorKind::InUse, message).with_device(device.name()));
    }
    let found = signature::detect(device)?;
    // A physical volume without a group is made anew without asking, as pvcreate(8) does.
    let others = found
        .into_iter()
        .filter(|found| found.kind != signature::SignatureKind::Lvm2Member)
        .collect::<Vec<_>>();
    if let (Some(first), Overwrite::Refuse) = (others.first(), overwrite) {
        let names = others.iter().map(|found| found.kind.to_string()).collect::<HashSet<_>>();
        let mut names = names.into_iter().collect::<Vec<_>>();
        names.sort_unstable();
        let message = format!(
            "{} signature detected on {} at offset {}",
            names.join(" and "),
            device.name(),
            first.offset
        );
        return Err(Error::new(ErrorKind::InUse, message)
            .with_device(device.name())
            .with_offset(first.offset)
            .with_effect(Effect::Unchanged)
            .with_help("its content would be lost; ask for it to be wiped (--yes) if that is meant"));
    }
    Ok(others)
}
