//! A change of one group: lock, draft and open devices.

mod export;
mod identity;
mod merge;
mod missing;
mod split;
#[cfg(test)]
mod tests;

pub use missing::RemovedMissing;

use std::collections::HashMap as StdHashMap;
use std::ops::{Deref, DerefMut};
use std::sync::Arc;

use lvm_core::alloc::PvArgument;
use lvm_core::edit::{DataStep, NewPv, NewVg, VgDraft};
use lvm_core::metadata::{LogicalVolume, VolumeGroup};
use lvm_core::ondisk::{MdaHeader, SECTOR};
use lvm_core::plan::Plan;
use lvm_core::store::{CommitPv, FoundVg, NewDevice, PvLayout, PvOptions, Scan};
use lvm_core::{BlockDevice, Bytes, Error, ErrorKind, LvId, PvId, Result, Stamp};

use crate::activate::change::require_inactive;
use crate::commit::filesystem::FileSystemChange;
use crate::commit::{self, change};
use crate::data::filesystem::FsOptions;
use crate::data::signature::{self, Signature};
use crate::data::volume::map_lv;
use crate::lock::VgLock;
use crate::lvm::{Look, Lvm, Overwrite, PvUse, clone_groups, find_orphan, signatures_in_the_way};
use crate::observe::Observer;
use crate::options::DeviceSpec;
use crate::scan::devices::OpenDevices;

/// A device that joins a group.
#[derive(Clone, Debug)]
pub struct PvSource {
    device: DeviceSpec,
    options: PvOptions,
    overwrite: Overwrite,
}

impl PvSource {
    /// A device; what it carries is not overwritten.
    #[must_use]
    pub fn new(device: impl Into<DeviceSpec>) -> Self {
        Self { device: device.into(), options: PvOptions::default(), overwrite: Overwrite::Refuse }
    }

    /// With these options, if it is not a physical volume yet (pvcreate(8)).
    #[must_use]
    pub fn options(mut self, options: PvOptions) -> Self {
        self.options = options;
        self
    }

    /// What may be overwritten on it.
    #[must_use]
    pub fn overwrite(mut self, overwrite: Overwrite) -> Self {
        self.overwrite = overwrite;
        self
    }

    /// The device.
    #[must_use]
    pub fn device(&self) -> &DeviceSpec {
        &self.device
    }
}

impl<T: Into<DeviceSpec>> From<T> for PvSource {
    fn from(device: T) -> Self {
        Self::new(device)
    }
}

/// A change of one group under its lock.
///
/// It reads and edits as a [`VgDraft`]. Nothing is written before [`commit`](Self::commit);
/// dropping it discards the change and releases the locks.
#[must_use = "nothing is written before commit()"]
pub struct Transaction {
    lvm: Lvm,
    draft: VgDraft,
    found: Option<FoundVg>,
    scan: Scan,
    new_devices: StdHashMap<PvId, NewDevice>,
    merged: Vec<FoundVg>,
    wipes: Vec<(Arc<dyn BlockDevice>, Vec<Signature>)>,
    filesystems: Vec<(LvId, FsOptions)>,
    opened: OpenDevices,
    locks: Vec<VgLock>,
}

impl Transaction {
    pub(crate) fn of_group(
        lvm: Lvm,
        stamp: Stamp,
        opened: OpenDevices,
        locks: Vec<VgLock>,
        scan: Scan,
        found: FoundVg,
    ) -> Result<Self> {
        refuse_duplicates(&found)?;
        let mut draft = draft_of(&found, stamp)?;
        draft.set_allocation_settings(lvm.options.allocation.clone());
        Ok(Self::assemble(lvm, draft, Some(found), scan, opened, locks))
    }

    pub(crate) fn of_new_group(
        lvm: Lvm,
        opened: OpenDevices,
        locks: Vec<VgLock>,
        scan: Scan,
        new: NewVg,
        pvs: Vec<PvSource>,
    ) -> Result<Self> {
        let chosen = Chosen::all(&opened, &scan, pvs)?;
        let stamp = lvm.stamp(new.name_str(), 0, &scan)?;
        let new_pvs = chosen.iter().map(|chosen| chosen.new_pv.clone()).collect::<Vec<_>>();
        let mut draft = VgDraft::new_vg(new, new_pvs, stamp)?;
        draft.set_allocation_settings(lvm.options.allocation.clone());
        let ids =
            draft.physical_volumes().iter().map(lvm_core::metadata::PhysicalVolume::id).collect::<Vec<_>>();
        let mut transaction = Self::assemble(lvm, draft, None, scan, opened, locks);
        for (id, chosen) in ids.into_iter().zip(chosen) {
            transaction.remember(id, chosen);
        }
        Ok(transaction)
    }

    /// A group as a backup file describes it, over the physical volumes of those ids.
    pub(crate) fn of_backup(
        lvm: Lvm,
        opened: OpenDevices,
        locks: Vec<VgLock>,
        scan: Scan,
        vg: VolumeGroup,
    ) -> Result<Self> {
        let found = scan.groups.iter().find(|found| found.vg.id() == vg.id()).cloned();
        let mut new_devices = StdHashMap::new();
        let mut layouts = Vec::new();
        for pv in vg.physical_volumes() {
            let member =
                found.iter().flat_map(|found| found.pvs.iter().flatten()).find(|m| m.id() == pv.id());
            let orphan = scan.orphans.iter().map(|orphan| &orphan.pv).find(|orphan| orphan.id() == pv.id());
            let source = member.or(orphan).ok_or_else(|| {
                let message = format!("Couldn't find device with uuid {}.", pv.id());
                Error::new(ErrorKind::MissingDevice, message)
                    .with_device(pv.device())
                    .with_help("create it first with that uuid (pvcreate --uuid --restorefile)")
            })?;
            if member.is_none() {
                new_devices.insert(pv.id(), NewDevice::Orphan(source.clone()));
            }
            layouts.push(PvLayout::from_label(&source.scanned.label, Bytes(source.device.size()))?);
        }
        let stamp = lvm.stamp(&vg.id().to_string(), vg.seqno(), &scan)?;
        let mut draft = VgDraft::from_vg(vg, layouts, stamp);
        if let Some(found) = found.as_ref().filter(|_| opened.has_block_devices) {
            // Their tables are those of what is on disk now.
            require_inactive(&lvm.options.kernel, &found.vg, |_| true)?;
        }
        draft.restore(found.as_ref().map_or(0, |found| found.vg.seqno()))?;
        let mut transaction = Self::assemble(lvm, draft, found, scan, opened, locks);
        transaction.new_devices = new_devices;
        Ok(transaction)
    }

    fn assemble(
        lvm: Lvm,
        draft: VgDraft,
        found: Option<FoundVg>,
        scan: Scan,
        opened: OpenDevices,
        locks: Vec<VgLock>,
    ) -> Self {
        let new_devices = StdHashMap::new();
        let (merged, wipes) = (Vec::new(), Vec::new());
        let filesystems = Vec::new();
        Self { lvm, draft, found, scan, new_devices, merged, wipes, filesystems, opened, locks }
    }

    /// Lets the file system on a volume follow the volume's size: it grows after the volume, and
    /// shrinks before it, by the tools of its kind. Also for changes of the size that come later.
    ///
    /// The volume must be a device of the kernel. What is done is in the [`plan`](Self::plan).
    ///
    /// # Errors
    /// `NotFound`. What cannot be done for the file system is told by [`plan`](Self::plan) and
    /// [`commit`](Self::commit).
    #[doc(alias = "--resizefs")]
    pub fn resize_filesystem(&mut self, lv: &str, options: FsOptions) -> Result<()> {
        let id = self.draft.volume_group().require_lv(lv)?.id();
        self.filesystems.retain(|(known, _)| *known != id);
        self.filesystems.push((id, options));
        Ok(())
    }

    /// What a commit would do: the change of the metadata, and the steps that resize file systems.
    /// Writes nothing.
    ///
    /// # Errors
    /// What cannot be done for a file system; `Internal` when an invariant is broken.
    pub fn plan(&self) -> Result<Plan> {
        let mut plan = self.draft.plan()?;
        let changes = commit::filesystem::changes(&self.lvm, &self.draft, &self.filesystems)?;
        if let Some(stage) = plan.stages.first_mut() {
            for [before, after] in changes.iter().map(FileSystemChange::steps) {
                stage.steps.splice(0..0, before);
                stage.steps.extend(after);
            }
        }
        Ok(plan)
    }

    /// The group as it was found, for a group that is not new: copies, devices, problems.
    #[must_use]
    pub fn found(&self) -> Option<&FoundVg> {
        self.found.as_ref()
    }

    /// What [`Lvm::signatures_on`] says, of the devices as this transaction found them.
    ///
    /// # Errors
    /// Those of that.
    pub fn signatures_on(&self, device: impl Into<DeviceSpec>) -> Result<Vec<Signature>> {
        self.look().signatures_on(&device.into())
    }

    /// What [`Lvm::pv_use`] says, of the devices as this transaction found them; those that join
    /// the group by this change count as its members, and those that leave it as free.
    ///
    /// # Errors
    /// Those of that.
    pub fn pv_use(&self, device: impl Into<DeviceSpec>) -> Result<PvUse> {
        let device = device.into();
        if self.pv_on(&device).is_ok() {
            return Ok(PvUse::Member(self.draft.name().to_owned()));
        }
        let left = |vg: &str| self.draft.base().is_some_and(|base| base.name() == vg);
        Ok(match self.look().pv_use(&device)? {
            PvUse::Member(vg) if left(&vg) => PvUse::Free,
            used => used,
        })
    }

    /// The size of a device or file in bytes.
    ///
    /// # Errors
    /// `NotFound`.
    pub fn device_size(&self, device: impl Into<DeviceSpec>) -> Result<Bytes> {
        self.look().device_size(&device.into())
    }

    fn look(&self) -> Look<'_> {
        Look { opened: &self.opened, scan: &self.scan }
    }

    /// Adds a device to the group; it becomes a physical volume when it is none.
    ///
    /// # Errors
    /// `NotFound` when the view does not have it; `InUse` when another group uses it or it carries
    /// something that may not be overwritten; those of [`VgDraft::add_pv`].
    #[doc(alias = "vgextend")]
    pub fn add_pv_on(&mut self, pv: impl Into<PvSource>) -> Result<PvId> {
        let chosen = Chosen::new(&self.opened, &self.scan, pv.into())?;
        let id = self.draft.add_pv(chosen.new_pv.clone())?;
        self.remember(id, chosen);
        Ok(id)
    }

    /// Adds devices to the group, all or none, in the order of vgextend(8): those that are
    /// physical volumes already come first.
    ///
    /// # Errors
    /// Those of [`add_pv_on`](Self::add_pv_on); then none is added.
    #[doc(alias = "vgextend")]
    pub fn add_pvs_on<S: Into<PvSource>>(&mut self, pvs: impl IntoIterator<Item = S>) -> Result<Vec<PvId>> {
        let chosen = Chosen::all(&self.opened, &self.scan, pvs.into_iter().map(Into::into))?;
        let ids = self.draft.add_pvs(chosen.iter().map(|chosen| chosen.new_pv.clone()))?;
        for (id, chosen) in ids.iter().zip(chosen) {
            self.remember(*id, chosen);
        }
        Ok(ids)
    }

    /// The physical volume of this group on that device.
    ///
    /// # Errors
    /// `NotFound`.
    pub fn pv_on(&self, device: impl Into<DeviceSpec>) -> Result<PvId> {
        let spec = device.into();
        let name = spec.to_string();
        let found = self.draft.physical_volume_at(&name).or_else(|| {
            // Another path to a device that is known.
            let device = self.opened.find(&spec).ok()?;
            self.draft.physical_volume_at(device.name())
        });
        found
            .map(lvm_core::metadata::PhysicalVolume::id)
            .or_else(|| PvId::parse(&name).ok().filter(|id| self.draft.physical_volume(*id).is_some()))
            .ok_or_else(|| {
                let vg = self.draft.name();
                Error::not_found(format!("Physical Volume \"{name}\" not found in Volume Group \"{vg}\"."))
                    .with_device(name.clone())
            })
    }

    /// An argument whose path is the one the group knows the device by, when it leads there.
    #[must_use]
    pub fn known_argument(&self, argument: PvArgument) -> PvArgument {
        match argument {
            PvArgument::Device { path, ranges } => {
                let known = self.pv_on(&path).ok().and_then(|id| self.draft.physical_volume(id));
                let path = known.map_or(path, |pv| pv.device().to_owned());
                PvArgument::Device { path, ranges }
            }
            tag => tag,
        }
    }

    /// Signatures that lie where a new volume will, and that a commit would wipe; by the volume's
    /// name.
    ///
    /// # Errors
    /// `Io`.
    pub fn signatures_under_new_lvs(&self) -> Result<Vec<(String, Signature)>> {
        let old = self.found.iter().flat_map(|found| found.pvs.iter().flatten());
        let old = old.map(|pv| (pv.id(), Arc::clone(&pv.device)));
        let new = self.new_devices.iter().map(|(id, device)| match device {
            NewDevice::Orphan(pv) => (*id, Arc::clone(&pv.device)),
            NewDevice::Blank(device) => (*id, Arc::clone(device)),
        });
        let members = old.chain(new).collect::<StdHashMap<_, _>>();
        let mut signatures = Vec::new();
        for step in self.draft.data_steps() {
            let DataStep::WipeSignatures { lv } = step else { continue };
            let Some(lv) = self.draft.logical_volume_by_id(*lv) else { continue };
            let device = map_lv(&self.draft, lv, &|pv| members.get(&pv).cloned())?;
            device.drop_cache()?;
            let found = signature::detect(&device)?;
            signatures.extend(found.into_iter().map(|found| (lv.name().to_owned(), found)));
        }
        Ok(signatures)
    }

    /// Takes the device out of the group; it stays a physical volume.
    ///
    /// # Errors
    /// Those of [`VgDraft::remove_pv`].
    #[doc(alias = "vgreduce")]
    pub fn remove_pv_on(&mut self, device: impl Into<DeviceSpec>) -> Result<()> {
        let id = self.pv_on(device)?;
        self.draft.remove_pv(id)
    }

    /// Brings the physical volume on that device to the device's size, or to `size`.
    ///
    /// # Errors
    /// Those of [`VgDraft::resize_pv`].
    #[doc(alias = "pvresize")]
    pub fn resize_pv_on(&mut self, device: impl Into<DeviceSpec>, size: Option<Bytes>) -> Result<()> {
        let id = self.pv_on(device)?;
        let found = self.found.iter().flat_map(|found| found.pvs.iter().flatten()).find(|pv| pv.id() == id);
        let device_size = found.map(|pv| Bytes(pv.device.size()));
        let size = size.or(device_size).ok_or_else(|| {
            Error::new(ErrorKind::MissingDevice, "the physical volume is not on a device yet")
        })?;
        self.draft.resize_pv(id, size)
    }

    /// Gives the group another name that no group of the view has.
    ///
    /// # Errors
    /// `AlreadyExists`; those of [`VgDraft::rename_vg`].
    #[doc(alias = "vgrename")]
    pub fn rename_vg(&mut self, new_name: &str) -> Result<()> {
        lvm_core::name::check_name(new_name).map_err(|error| {
            Error::invalid(format!("New volume group name \"{new_name}\" is invalid."))
                .with_help(error.to_string())
        })?;
        if new_name != self.draft.name() {
            self.claim_name(new_name)?;
        }
        self.draft.rename_vg(new_name)
    }

    /// Locks the name of a group that is to be, and makes sure that there is none yet.
    fn claim_name(&mut self, name: &str) -> Result<()> {
        self.locks.extend(self.lvm.lock_also(&self.opened, name)?);
        if self.opened.scan().groups.iter().any(|found| found.vg.name() == name) {
            let message = format!("New VG name \"{name}\" already exists");
            return Err(Error::new(ErrorKind::AlreadyExists, message).with_vg(name));
        }
        Ok(())
    }

    /// Volumes that get another group's uuid cannot keep their devices.
    fn require_inactive(&self, vg: &VolumeGroup, concerned: impl Fn(&LogicalVolume) -> bool) -> Result<()> {
        match self.opened.has_block_devices {
            true => require_inactive(&self.lvm.options.kernel, vg, concerned),
            false => Ok(()),
        }
    }

    fn remember(&mut self, id: PvId, chosen: Chosen) {
        if !chosen.wipe.is_empty() {
            self.wipes.push((Arc::clone(&chosen.device), chosen.wipe));
        }
        self.new_devices.insert(id, chosen.new_device);
    }

    /// Writes the change and returns the group as it is now. Without a change nothing is written.
    ///
    /// # Errors
    /// `Conflict` when the metadata moved although it was locked, `MetadataFull`, `Io`,
    /// `Cancelled`.
    ///
    /// # Effect
    /// Either all of it or nothing becomes visible, but a failure may come after the point where
    /// it did: [`Error::effect`] says which. `Committed`: the new version is durable and a later
    /// step, which the error names, failed.
    pub fn commit(self, observer: &mut dyn Observer) -> Result<VolumeGroup> {
        let name = self.draft.name().to_owned();
        self.commit_all(observer).map_err(|error| error.with_vg(name))
    }

    fn commit_all(self, observer: &mut dyn Observer) -> Result<VolumeGroup> {
        let Self { lvm, draft, found, new_devices, merged, wipes, filesystems, opened, locks, scan } = self;
        if !draft.is_changed() {
            return Ok(draft.volume_group().clone());
        }
        let new = new_devices.into_iter().collect();
        let mut devices = draft.devices(found.as_ref(), &new)?;
        // The devices file tells by these ids which devices are meant.
        let is_listed_anew = |pv: &&CommitPv| new.contains_key(&pv.id) || pv.new_label.is_some();
        let listed = devices.members.iter().filter(is_listed_anew);
        let listed = listed.map(|pv| (pv.device.name().to_owned(), Some(pv.id))).collect::<Vec<_>>();
        for source in &merged {
            merge::add_merged(&mut devices, source)?;
        }
        for pv in devices.members.iter().chain(&devices.removed) {
            check_unmoved(pv)?;
        }
        if draft.is_removed() {
            if !merged.is_empty() {
                return Err(Error::invalid("a merge and the removal of the group cannot be one change"));
            }
            if !lvm.options.dry_run {
                crate::observe::step(observer, format!("removing volume group {}", draft.name()))?;
                commit::archive(&lvm.options, &draft)?;
                opened.changing(&lvm.options, || {
                    change::remove(&lvm.options, &opened, &draft, &devices, observer)
                })?;
            }
            return Ok(draft.volume_group().clone());
        }
        let (vg, _, text) = draft.commit_text()?;
        devices.check_size(text.len())?;
        if lvm.options.dry_run {
            return Ok(vg);
        }
        let filesystems = commit::filesystem::changes(&lvm, &draft, &filesystems)?;
        commit::archive(&lvm.options, &draft)?;
        crate::observe::step(observer, format!("writing metadata of volume group {}", vg.name()))?;
        let change = change::Change { lvm: &lvm, opened: &opened, draft: &draft, vg: &vg, wipes: &wipes };
        let options = &lvm.options;
        match draft.base().is_some_and(|base| change::has_same_devices(base, &vg)) {
            true => change.write(devices, &text, filesystems, observer)?,
            false => opened.changing(options, || change.write(devices, &text, filesystems, observer))?,
        }
        opened.list(options, &listed, !scan.groups.is_empty())?;
        drop(locks);
        Ok(vg)
    }
}

impl Deref for Transaction {
    type Target = VgDraft;

    fn deref(&self) -> &VgDraft {
        &self.draft
    }
}

impl DerefMut for Transaction {
    fn deref_mut(&mut self) -> &mut VgDraft {
        &mut self.draft
    }
}

impl std::fmt::Debug for Transaction {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Transaction")
            .field("draft", &self.draft)
            .field("opened", &self.opened)
            .field("locks", &self.locks)
            .finish_non_exhaustive()
    }
}

/// Which of two copies a change would go to cannot be told.
fn refuse_duplicates(found: &FoundVg) -> Result<()> {
    if found.duplicates.is_empty() {
        return Ok(());
    }
    let name = found.vg.name();
    Err(Error::new(
        ErrorKind::Conflict,
        format!("Cannot update volume group {name} with duplicate PV devices"),
    )
    .with_vg(name)
    .with_help(format!("leave out one of the copies: {}", found.duplicates.join(", "))))
}

/// A draft of a group as it was found.
fn draft_of(found: &FoundVg, stamp: Stamp) -> Result<VgDraft> {
    let layouts = found.pvs.iter().flatten().map(|pv| {
        PvLayout::from_label(&pv.scanned.label, Bytes(pv.device.size()))
            .map_err(|error| error.with_device(pv.device.name()))
    });
    let mut draft = VgDraft::from_vg(found.vg.clone(), layouts.collect::<Result<Vec<_>>>()?, stamp);
    found.found_pvs().for_each(|pv| draft.note_ignored(pv.id(), pv.ignored_areas()));
    Ok(draft)
}

/// A device that was looked at and may join.
struct Chosen {
    new_pv: NewPv,
    new_device: NewDevice,
    device: Arc<dyn BlockDevice>,
    wipe: Vec<Signature>,
}

impl Chosen {
    /// Devices in the order they come to stand in the metadata. LVM2 makes physical volumes of
    /// the blank ones first and then lists them behind those that are some already; the order
    /// counts, because the allocator follows it.
    fn all(opened: &OpenDevices, scan: &Scan, pvs: impl IntoIterator<Item = PvSource>) -> Result<Vec<Self>> {
        let chosen = pvs.into_iter().map(|pv| Self::new(opened, scan, pv));
        let mut chosen = chosen.collect::<Result<Vec<_>>>()?;
        chosen.sort_by_key(|chosen| matches!(chosen.new_device, NewDevice::Blank(_)));
        Ok(chosen)
    }

    fn new(opened: &OpenDevices, scan: &Scan, source: PvSource) -> Result<Self> {
        let device = opened.find(&source.device)?;
        let name = device.name().to_owned();
        let used = crate::lvm::user_of(scan, &*device);
        if let Some(vg) = used.filter(|_| source.overwrite != Overwrite::UsedPv) {
            let message = format!("Physical volume '{name}' is already in volume group '{vg}'");
            return Err(Error::new(ErrorKind::InUse, message).with_device(name));
        }
        let orphans = Scan { orphans: scan.orphans.clone(), ..Scan::default() };
        if let Some(orphan) = find_orphan(orphans, &name).filter(|orphan| !orphan.used_by_unknown) {
            let layout = PvLayout::from_label(&orphan.pv.scanned.label, Bytes(device.size()))?;
            let new_pv = NewPv::existing(name, layout).ignored_areas(orphan.pv.ignored_areas());
            return Ok(Self { new_pv, new_device: NewDevice::Orphan(orphan.pv), device, wipe: Vec::new() });
        }
        let wipe = signatures_in_the_way(scan, &*device, source.overwrite)?;
        let new_pv = NewPv::of_size(name, Bytes(device.size())).options(source.options);
        let new_device = NewDevice::Blank(Arc::clone(&device));
        Ok(Self { new_pv, new_device, device, wipe })
    }
}

/// Compares the headers on disk with those that were read: somebody without our locks may have
/// written meanwhile.
fn check_unmoved(pv: &CommitPv) -> Result<()> {
    if pv.initialise.is_some() {
        return Ok(());
    }
    for area in &pv.areas {
        let Some(known) = area.header else { continue };
        let mut sector = [0; SECTOR];
        pv.device.read_at(area.location.offset, &mut sector)?;
        if MdaHeader::decode(&sector, area.location.offset) != Ok(known) {
            return Err(Error::new(ErrorKind::Conflict, "the metadata on disk moved since it was read")
                .with_device(pv.device.name())
                .with_offset(area.location.offset)
                .with_help("somebody changes the group without taking its locks; read it again"));
        }
    }
    Ok(())
}
