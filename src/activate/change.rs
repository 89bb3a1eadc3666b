//! Active volumes follow a change of their metadata.
//!
//! ```text
//! 1  volumes that go are deactivated                               before anything is written
//!    text, precommit                                               (lvm_core::store)
//! 2  preload: every device that changes gets its new table as inactive one
//! 3  memory is locked; the devices are suspended
//!    commit                                                        (lvm_core::store)
//! 4  resume: the new tables go live; devices get their new names
//! ```
//! A failure before the commit takes everything back: inactive tables are dropped before the
//! devices are resumed, so that no table goes live whose metadata is not committed. What a crash
//! leaves is put right by [`recover`](super::recover), which goes by the committed metadata alone.

use std::sync::Arc;

use lvm_core::metadata::{LogicalVolume, VolumeGroup};
use lvm_core::{BlockDevice, Error, ErrorKind, PvId, Result};
use lvm_dm::kernel::DmFlags;
use lvm_dm::table::Table;
use lvm_dm::target::DeviceRef;
use lvm_dm::udev::UdevKind;

use super::apply::{Activator, Link};
use super::device_ref;
use super::live::{Live, LiveDevice};
use super::memory::MemoryLock;
use super::options::KernelOptions;
use super::tree::{ActivationMode, DeviceNode, TreeOptions, lv_tree};

/// A device and what it is to become.
struct Changed {
    device: LiveDevice,
    node: DeviceNode,
    link: Link,
    /// The table it gets, if it gets another one.
    table: Option<Table>,
    loaded: bool,
    suspended: bool,
}

/// A volume that goes.
struct Gone {
    devices: Vec<LiveDevice>,
    nodes: Vec<DeviceNode>,
    link: Link,
}

/// The devices that a change concerns.
pub(crate) struct LiveChange<'a> {
    activator: Activator<'a>,
    options: &'a KernelOptions,
    changed: Vec<Changed>,
    gone: Vec<Gone>,
    memory: Option<MemoryLock>,
    finished: bool,
}

/// Finds the devices of the volumes of a group, or `None` without any.
pub(crate) fn live_devices(
    options: &KernelOptions,
    vg: &VolumeGroup,
) -> Result<Option<(lvm_dm::Kernel, Live)>> {
    let Some(kernel) = options.kernel()? else { return Ok(None) };
    let live = Live::of(&kernel, vg.id())?;
    Ok((!live.is_empty()).then_some((kernel, live)))
}

/// Refuses when a volume of the group that `concerned` names is active.
///
/// # Errors
/// `InUse`.
pub(crate) fn require_inactive(
    options: &KernelOptions,
    vg: &VolumeGroup,
    concerned: impl Fn(&LogicalVolume) -> bool,
) -> Result<()> {
    let Some((_, live)) = live_devices(options, vg)? else { return Ok(()) };
    match vg.logical_volumes().find(|lv| live.has(lv.id()) && concerned(lv)) {
        None => Ok(()),
        Some(lv) => {
            let message = format!("Logical volume {}/{} must be inactive.", vg.name(), lv.name());
            let error = Error::new(ErrorKind::InUse, message).with_vg(vg.name()).with_lv(lv.name());
            Err(error.with_help("deactivate it first (lvchange -an)"))
        }
    }
}

impl<'a> LiveChange<'a> {
    /// What becomes of the devices when a group goes from `base` to `working`; `None` when none is
    /// concerned. `working` is `None` when the group is removed.
    ///
    /// # Errors
    /// `Unsupported` when an active volume changes whose devices are not made here; `Kernel`.
    pub(crate) fn new(
        options: &'a KernelOptions,
        base: &VolumeGroup,
        working: Option<&VolumeGroup>,
        members: &[(PvId, Arc<dyn BlockDevice>)],
    ) -> Result<Option<Self>> {
        let Some((kernel, live)) = live_devices(options, base)? else { return Ok(None) };
        let activator = Activator::new(kernel, options)?;
        let (changed, gone) = (Vec::new(), Vec::new());
        let mut change = Self { activator, options, changed, gone, memory: None, finished: false };
        let device = |pv: PvId| {
            let member = members.iter().find(|(id, _)| *id == pv);
            member.and_then(|(_, device)| device_ref(&**device))
        };
        for lv in base.logical_volumes().filter(|lv| live.has(lv.id())) {
            match working.and_then(|working| Some((working, working.logical_volume_by_id(lv.id())?))) {
                None => change.gone(&live, base, lv, &device),
                Some((working, new)) => change.changed(&live, (base, lv), (working, new), &device)?,
            }
        }
        Ok((!change.changed.is_empty() || !change.gone.is_empty()).then_some(change))
    }

    fn gone(
        &mut self,
        live: &Live,
        vg: &VolumeGroup,
        lv: &LogicalVolume,
        device: &dyn Fn(PvId) -> Option<DeviceRef>,
    ) {
        let devices = live.of_lv(lv.id()).into_iter().cloned().collect();
        // To bring it back when nothing comes of the change; without a tree it stays inactive.
        let options = TreeOptions { mode: ActivationMode::Partial, ..TreeOptions::default() };
        let nodes = lv_tree(vg, lv, device, options).unwrap_or_default();
        self.gone.push(Gone { devices, nodes, link: (vg.name().to_owned(), lv.name().to_owned()) });
    }

    fn changed(
        &mut self,
        live: &Live,
        (base, old): (&VolumeGroup, &LogicalVolume),
        (working, new): (&VolumeGroup, &LogicalVolume),
        device: &dyn Fn(PvId) -> Option<DeviceRef>,
    ) -> Result<()> {
        let same_names = base.name() == working.name() && old.name() == new.name();
        if same_names && old.segments() == new.segments() && old.is_writable() == new.is_writable() {
            return Ok(());
        }
        // A device that was brought up with parts missing stays so, and so does one that was
        // brought up for reading only, though it may be written.
        let options = TreeOptions { mode: ActivationMode::Partial, ..TreeOptions::default() };
        let trees = [lv_tree(base, old, device, options)?, lv_tree(working, new, device, options)?];
        let [before, after] = trees;
        let number = |uuid: &str| {
            let devices = live.of_lv(old.id());
            devices.into_iter().find(|device| device.uuid.to_string() == uuid).map(|device| device.number)
        };
        for mut node in after {
            let Some(found) = live.find(&node) else { continue };
            let table = node.resolved(&number);
            let known = before.iter().find(|known| known.uuid == node.uuid);
            let same = known
                .is_some_and(|known| known.resolved(&number) == table && known.read_only == node.read_only);
            let link = (working.name().to_owned(), new.name().to_owned());
            let table = (!same).then_some(table);
            if table.is_some() && known.is_some_and(|known| known.read_only == node.read_only) {
                node.read_only |= self.activator.kernel.info(found.number.into())?.is_read_only();
            }
            if table.is_some() || found.name != node.name {
                let (device, loaded, suspended) = (found.clone(), false, false);
                self.changed.push(Changed { device, node, link, table, loaded, suspended });
            }
        }
        Ok(())
    }

    /// Step 1. When this is dropped, the volumes that were deactivated are active again.
    ///
    /// # Errors
    /// `InUse` when one is open.
    pub(crate) fn deactivated(mut self) -> Result<Self> {
        for gone in &self.gone {
            for device in &gone.devices {
                let node = gone.nodes.iter().find(|node| node.uuid == device.uuid);
                self.activator.take_down(device, node.map_or(UdevKind::Hidden, |node| node.kind))?;
            }
        }
        Ok(self)
    }

    /// Steps 2 and 3. On an error everything is as before.
    ///
    /// # Errors
    /// `Kernel` when a table is refused or a device cannot be suspended.
    pub(crate) fn suspend(&mut self) -> Result<()> {
        let result = self.preload().and_then(|()| {
            if self.changed.iter().any(|changed| changed.table.is_some()) {
                self.memory = Some(MemoryLock::new(self.options.lock_memory));
            }
            self.hold()
        });
        if result.is_err() {
            self.back();
        }
        result
    }

    fn preload(&mut self) -> Result<()> {
        let loaded = self.changed.iter().filter(|changed| changed.table.is_some());
        self.activator.check_targets(loaded.map(|changed| &changed.node))?;
        for changed in &mut self.changed {
            let Some(table) = &changed.table else { continue };
            // What a crash left there is replaced by this load. Set first: a load that fails may
            // leave the older table.
            changed.loaded = true;
            self.activator.load(changed.device.number, &changed.node, table)?;
        }
        Ok(())
    }

    fn hold(&mut self) -> Result<()> {
        for changed in self.changed.iter_mut().rev().filter(|changed| changed.table.is_some()) {
            self.activator.kernel.suspend(changed.device.number.into(), DmFlags::SKIP_LOCKFS)?;
            changed.suspended = true;
        }
        Ok(())
    }

    /// Takes steps 1 to 3 back: waiting tables are dropped, then I/O goes on with the old ones.
    pub(crate) fn back(&mut self) {
        for changed in &mut self.changed {
            if std::mem::take(&mut changed.loaded) {
                let _ = self.activator.kernel.clear(changed.device.number.into());
            }
            if std::mem::take(&mut changed.suspended) {
                let _ = self.activator.resume(changed.device.number, changed.node.kind, DmFlags::SKIP_LOCKFS);
            }
        }
        self.memory = None;
        for gone in std::mem::take(&mut self.gone) {
            // What cannot be brought back is inactive, which its metadata allows.
            if !gone.nodes.is_empty() {
                let _ = self.activator.bring_up(&Live::default(), &gone.nodes, &gone.link);
            }
        }
    }

    /// Step 4, after the commit. Every device is tried; the first error is returned.
    ///
    /// # Errors
    /// `Kernel`: the metadata is committed and a device is behind; recovery brings it up to it.
    pub(crate) fn resume(&mut self) -> Result<()> {
        let mut result = Ok(());
        for changed in &mut self.changed {
            let Changed { device, node, link, .. } = changed;
            if std::mem::take(&mut changed.suspended) {
                let resumed = self.activator.resume(device.number, node.kind, DmFlags::SKIP_LOCKFS);
                result = result.and(resumed.map(drop));
            }
            changed.loaded = false;
            result = result.and(self.activator.rename(device, node, link).map(drop));
        }
        self.memory = None;
        result
    }

    /// Waits for udev and makes the names; nothing is suspended any more.
    ///
    /// # Errors
    /// `Io` from the names.
    pub(crate) fn finish(mut self) -> Result<()> {
        self.finished = true;
        self.activator.finish()
    }
}

impl Drop for LiveChange<'_> {
    /// A change that does not come to its end is taken back: nothing stays suspended, no waiting
    /// table goes live, and what was deactivated is active again.
    fn drop(&mut self) {
        if !self.finished {
            self.back();
            let _ = self.activator.finish();
        }
    }
}
