//! Logical volumes as devices of the kernel.
//!
//! - `table`, `tree`: which devices a volume needs, as a pure function of the metadata.
//! - `live`: the devices that exist; `apply`: making, changing and removing them.
//! - `change`: active volumes follow a commit; `recover`: what a crash left is put right.

use std::path::{Path, PathBuf};

use lvm_core::metadata::{LogicalVolume, LvStatus, VgStatus, VolumeGroup};
use lvm_core::store::FoundVg;
use lvm_core::{BlockDevice, Error, ErrorKind, LvId, PvId, Result};
use lvm_dm::kernel::{DeviceKey, DeviceNumber, Kernel};
use lvm_dm::target::DeviceRef;
use lvm_dm::udev::UdevKind;

mod apply;
pub(crate) mod change;
pub(crate) mod live;
mod memory;
pub(crate) mod options;
mod recover;
pub(crate) mod table;
pub(crate) mod tree;

pub use options::KernelOptions;
pub use recover::Recovered;
pub use tree::{ActivationMode, DeviceNode, ReadAheadWish, TreeOptions, lv_tree};

use crate::lock::{LockMode, VgLock};
use crate::lvm::{Lvm, find_group};
use crate::scan::devices::{Access, OpenDevices};
use apply::{Activator, Link};
use live::{Live, LiveDevice};

/// Which volumes of a group are brought up.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct ActivateOptions {
    /// What is done about missing physical volumes, and whether the devices are read-only.
    pub tree: TreeOptions,
    /// Volumes marked to be skipped are activated too (`-K`).
    pub ignore_skip: bool,
    /// Only volumes that are to be activated by themselves at boot (`-aay`).
    pub auto: bool,
}

/// A logical volume that is a device of the kernel.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ActiveLv {
    /// Its id.
    pub lv: LvId,
    /// The name of its device: `VG-LV` with hyphens doubled.
    pub name: String,
    /// The number of its device.
    pub number: DeviceNumber,
    /// How many have it open.
    pub open_count: u32,
    /// True while its I/O is held back.
    pub suspended: bool,
    /// True when a table waits to go live.
    pub inactive_table: bool,
    /// True when it has a live table.
    pub live_table: bool,
    /// True when it can only be read.
    pub read_only: bool,
    /// Of a thin pool in use, the device that its volumes share; its own then only stands for it.
    pub pool: Option<Box<Self>>,
    /// The numbers of all devices that it has, its own first: those of layers report what its own does
    /// not.
    pub devices: Vec<DeviceNumber>,
}

/// The layer of a thin pool that its volumes share.
const POOL_LAYER: &str = "tpool";
/// How the name of its device ends. No volume's name has a single hyphen.
const POOL_LAYER_NAME: &str = "-tpool";

/// What became of the volumes of a group that were to be activated or deactivated.
#[derive(Debug, Default)]
pub struct Activated {
    /// The names of those that are now as asked.
    pub done: Vec<String>,
    /// Those that failed, with why.
    pub failed: Vec<(String, Error)>,
}

/// The number of the block device that `device` stands for; `None` for an image file.
pub(crate) fn device_number(device: &dyn BlockDevice) -> Option<DeviceNumber> {
    DeviceNumber::of_device(Path::new(device.name()))
}

pub(crate) fn device_ref(device: &dyn BlockDevice) -> Option<DeviceRef> {
    device_number(device).map(DeviceRef::from)
}

/// The device of a physical volume of a group that was found.
fn pv_device(found: &FoundVg, pv: PvId) -> Option<DeviceRef> {
    found.pvs.iter().flatten().find(|found| found.id() == pv).and_then(|found| device_ref(&*found.device))
}

/// Refuses a group on image files: the kernel cannot see into them.
fn require_block_devices(found: &FoundVg) -> Result<()> {
    match found.pvs.iter().flatten().find(|pv| device_number(&*pv.device).is_none()) {
        None => Ok(()),
        Some(pv) => Err(Error::unsupported("the kernel cannot use an image file as a physical volume")
            .with_device(pv.device.name())
            .with_vg(found.vg.name())
            .with_help("attach it to a loop device (losetup), or open the volume in this process")),
    }
}

fn link_of(vg: &VolumeGroup, lv: &LogicalVolume) -> Link {
    (vg.name().to_owned(), lv.name().to_owned())
}

/// A group with its lock and its devices.
struct Locked {
    found: FoundVg,
    kernel: Kernel,
    live: Live,
    _lock: Option<VgLock>,
    _opened: OpenDevices,
}

impl Lvm {
    /// Makes a logical volume a device of the kernel and returns its path, `/dev/VG/LV`. One that
    /// is active already is brought up to its metadata.
    ///
    /// # Errors
    /// `NotFound`; `MissingDevice`; `Unsupported` on image files, without device-mapper and for
    /// segment types it is not implemented for; `Kernel`.
    #[doc(alias = "lvchange")]
    pub fn activate(&self, vg: &VolumeGroup, lv: &str) -> Result<PathBuf> {
        let locked = self.locked_group(&vg.id().to_string())?;
        let id = locked.found.vg.require_lv(lv)?.id();
        let options = ActivateOptions { ignore_skip: true, ..ActivateOptions::default() };
        let activated = self.activate_lvs(&locked, options, |lv| lv.id() == id)?;
        match activated.failed.into_iter().next() {
            Some((_, error)) => Err(error),
            None => Ok(self.options.kernel.dev.join(locked.found.vg.name()).join(lv)),
        }
    }

    /// Activates the volumes of a group that `wanted` picks. Volumes that are parts of others are
    /// activated with them, not by themselves. Those that the settings' lists exclude
    /// ([`ActivationSettings`](crate::ActivationSettings)) are left out.
    ///
    /// # Errors
    /// As [`activate`](Self::activate) where it concerns the group; what concerns one volume is in
    /// the result, and the others are activated nevertheless.
    #[doc(alias = "vgchange")]
    pub fn activate_where(
        &self,
        vg: &str,
        options: ActivateOptions,
        wanted: impl Fn(&LogicalVolume) -> bool,
    ) -> Result<Activated> {
        self.activate_lvs(&self.locked_group(vg)?, options, wanted)
    }

    fn activate_lvs(
        &self,
        locked: &Locked,
        options: ActivateOptions,
        wanted: impl Fn(&LogicalVolume) -> bool,
    ) -> Result<Activated> {
        let vg = &locked.found.vg;
        if vg.is_exported() {
            return Err(Error::unsupported(format!("Volume group \"{}\" is exported", vg.name())));
        }
        require_block_devices(&locked.found)?;
        let mut activator = Activator::new(locked.kernel.clone(), &self.options.kernel)?;
        let device = |pv: PvId| pv_device(&locked.found, pv);
        let (mut activated, settings) = (Activated::default(), &self.options.activation);
        for lv in vg.logical_volumes().filter(|lv| lv.is_visible() && wanted(lv)) {
            if !options.ignore_skip && lv.status().contains(LvStatus::ACTIVATION_SKIP) {
                continue;
            }
            let by_hand = lv.status().contains(LvStatus::NOAUTOACTIVATE)
                || vg.status().contains(VgStatus::NOAUTOACTIVATE);
            if options.auto && (by_hand || !settings.allows_auto(vg, lv)) || !settings.allows(vg, lv) {
                continue;
            }
            let read_only = options.tree.read_only || settings.is_read_only(vg, lv);
            let tree = TreeOptions { read_only, ..options.tree };
            let brought_up = lv_tree(vg, lv, &device, tree).and_then(|nodes| {
                activator.check_targets(&nodes)?;
                activator.bring_up(&locked.live, &nodes, &link_of(vg, lv))
            });
            match brought_up {
                Ok(_) => activated.done.push(lv.name().to_owned()),
                Err(error) => {
                    let error = error.with_vg(vg.name()).with_lv(lv.name());
                    activated.failed.push((lv.name().to_owned(), error));
                }
            }
        }
        activator.finish()?;
        Ok(activated)
    }

    /// Removes the device of a logical volume; one that is not active stays so.
    ///
    /// # Errors
    /// `InUse` naming how often it is open; `NotFound`; `Kernel`.
    #[doc(alias = "lvchange")]
    pub fn deactivate(&self, vg: &VolumeGroup, lv: &str) -> Result<()> {
        let locked = self.locked_group(&vg.id().to_string())?;
        let id = locked.found.vg.require_lv(lv)?.id();
        let deactivated = self.deactivate_lvs(&locked, |lv| lv.id() == id)?;
        deactivated.failed.into_iter().next().map_or(Ok(()), |(_, error)| Err(error))
    }

    /// Removes the devices of the volumes of a group that `wanted` picks.
    ///
    /// # Errors
    /// As [`activate_where`](Self::activate_where).
    #[doc(alias = "vgchange")]
    pub fn deactivate_where(&self, vg: &str, wanted: impl Fn(&LogicalVolume) -> bool) -> Result<Activated> {
        self.deactivate_lvs(&self.locked_group(vg)?, wanted)
    }

    fn deactivate_lvs(&self, locked: &Locked, wanted: impl Fn(&LogicalVolume) -> bool) -> Result<Activated> {
        let vg = &locked.found.vg;
        let mut activator = Activator::new(locked.kernel.clone(), &self.options.kernel)?;
        let mut deactivated = Activated::default();
        for lv in vg.logical_volumes().filter(|lv| lv.is_visible() && locked.live.has(lv.id()) && wanted(lv))
        {
            let mut devices = locked.live.of_lv(lv.id()).into_iter();
            let removed = devices.try_for_each(|device| {
                let top = device.uuid.suffix().is_none();
                activator.take_down(device, if top { UdevKind::Visible } else { UdevKind::Hidden })
            });
            match removed {
                Ok(()) => deactivated.done.push(lv.name().to_owned()),
                Err(error) => {
                    let error = error.with_vg(vg.name()).with_lv(lv.name());
                    deactivated.failed.push((lv.name().to_owned(), error));
                }
            }
        }
        activator.finish()?;
        Ok(deactivated)
    }

    /// The volumes of a group that are devices of the kernel, in the group's order. Empty where
    /// the kernel has no device-mapper, or none is used.
    ///
    /// # Errors
    /// `Kernel`.
    pub fn active_lvs(&self, vg: &VolumeGroup) -> Result<Vec<ActiveLv>> {
        let Some((kernel, live)) = change::live_devices(&self.options.kernel, vg)? else {
            return Ok(Vec::new());
        };
        let ask = |lv: LvId, device: &LiveDevice| {
            let info = kernel.find(DeviceKey::Number(device.number))?;
            Ok::<_, Error>(info.map(|info| ActiveLv {
                lv,
                suspended: info.is_suspended(),
                inactive_table: info.has_inactive_table(),
                live_table: info.has_live_table(),
                read_only: info.is_read_only(),
                name: info.name,
                number: info.number,
                open_count: info.open_count,
                pool: None,
                devices: Vec::new(),
            }))
        };
        let mut active = Vec::new();
        for lv in vg.logical_volumes() {
            let devices = live.of_lv(lv.id());
            // A pool without volumes has the layer's uuid and its own name. One of which only the layer is
            // left is kept by its volumes, and not active itself.
            let is_layer = |device: &&LiveDevice| {
                device.uuid.suffix() == Some(POOL_LAYER) && device.name.ends_with(POOL_LAYER_NAME)
            };
            let (pools, mut own): (Vec<_>, Vec<_>) = devices.into_iter().partition(is_layer);
            let Some(first) = own.first() else { continue };
            // It may have been removed since.
            let Some(mut found) = ask(lv.id(), first)? else { continue };
            if let Some(pool) = pools.first() {
                found.pool = ask(lv.id(), pool)?.map(Box::new);
            }
            own.extend(pools);
            found.devices = own.into_iter().map(|device| device.number).collect();
            active.push(found);
        }
        Ok(active)
    }

    /// The group under its lock, and its devices. No lock is taken in a view that takes none.
    fn locked_group(&self, name_or_id: &str) -> Result<Locked> {
        let kernel = self.options.kernel.require_kernel()?;
        let opened = OpenDevices::open(&self.options, Access::Read)?;
        let found = find_group(opened.scan(), name_or_id)?;
        let (found, lock) = match self.options.locking && opened.has_block_devices {
            false => (found, None),
            true => {
                let (dir, wait) = (&self.options.locking_dir, self.options.lock_wait);
                let lock = VgLock::acquire(dir, found.vg.name(), LockMode::Exclusive, wait)?;
                // Read again: it was not locked so far.
                (find_group(opened.scan(), &found.vg.id().to_string())?, Some(lock))
            }
        };
        self.require_own(&found.vg)?;
        let live = Live::of(&kernel, found.vg.id())?;
        Ok(Locked { found, kernel, live, _lock: lock, _opened: opened })
    }
}

/// True when an error says that there is no such thing.
fn is_not_found(error: &Error) -> bool {
    *error.kind() == ErrorKind::NotFound
}
