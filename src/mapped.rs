//! Which volumes are devices of the kernel, seen from outside of a change: for reports, and for
//! the names under `/dev`.

use std::collections::{HashMap, HashSet};
use std::fs;
use std::path::{Path, PathBuf};

use lvm_core::metadata::VolumeGroup;
use lvm_core::store::{FoundPv, FoundVg};
use lvm_core::{Error, ErrorKind, Result};
use lvm_dm::kernel::Kernel;
use lvm_dm::nodes::DevDir;
use lvm_dm::{DeviceKey, DeviceName, Status};

use crate::activate::change::live_devices;
use crate::activate::options::KernelMode;
use crate::activate::{ActiveLv, device_number};
use crate::lvm::Lvm;

/// What [`Lvm::make_nodes`] did.
#[derive(Debug, Default)]
pub struct MadeNodes {
    /// Paths that were missing or led elsewhere.
    pub made: Vec<String>,
    /// Paths that led to no device of an active volume any more.
    pub removed: Vec<String>,
    /// What could not be put right, by path, with why.
    pub failed: Vec<(String, Error)>,
}

impl Lvm {
    /// The device-mapper that this handle uses. Opening it loads the driver where it can be.
    ///
    /// # Errors
    /// `Unsupported` when the kernel has none or it is switched off; `Kernel` without the right to
    /// use it.
    pub fn kernel(&self) -> Result<Kernel> {
        self.options.kernel.require_kernel()
    }

    /// False when device-mapper is switched off (`global/activation=0`).
    #[must_use]
    pub fn uses_kernel(&self) -> bool {
        !matches!(self.options.kernel.mode, KernelMode::Off)
    }

    /// True when volumes of a group that was found on `pvs` can be devices of the kernel:
    /// device-mapper is not switched off, and no physical volume is an image file.
    #[must_use]
    pub fn can_activate(&self, pvs: &[Option<FoundPv>]) -> bool {
        let mut found = pvs.iter().flatten().peekable();
        self.uses_kernel() && found.peek().is_some() && found.all(|pv| device_number(&*pv.device).is_some())
    }

    /// The volumes of a group, found on `pvs`, that are devices of the kernel; `None` when that is
    /// nothing the kernel could tell: see [`can_activate`](Self::can_activate). Where
    /// device-mapper's driver does not run nothing is active.
    ///
    /// # Errors
    /// `Kernel`.
    pub fn live_lvs(&self, vg: &VolumeGroup, pvs: &[Option<FoundPv>]) -> Result<Option<Vec<ActiveLv>>> {
        if self.can_activate(pvs) { self.active_lvs(vg).map(Some) } else { Ok(None) }
    }

    /// What the targets of an active volume report: those of its own device first, then those of the
    /// layers below it. Nothing of targets without a report. A thin pool is not made to commit.
    ///
    /// # Errors
    /// `Kernel`, when not one of its devices could be asked.
    pub fn lv_status(&self, active: &ActiveLv) -> Result<Vec<Status>> {
        match self.options.kernel.kernel()? {
            Some(kernel) => status_of(&kernel, active),
            None => Ok(Vec::new()),
        }
    }

    /// The kernel's own node of an active volume, which is there whoever makes the names.
    pub(crate) fn node_of(&self, vg: &VolumeGroup, lv: &str) -> Result<Option<PathBuf>> {
        let lv = vg.require_lv(lv)?.id();
        let Some((_, live)) = live_devices(&self.options.kernel, vg)? else { return Ok(None) };
        let device = live.of_lv(lv).first().map(|device| device.number);
        Ok(device.map(|number| self.options.kernel.dev.join(format!("dm-{}", number.minor))))
    }

    /// Makes the nodes and links under `/dev` of the active volumes of these groups that are
    /// missing, and removes those that are left of volumes that are not active. Nothing is
    /// written to a disk, and no device is changed.
    ///
    /// # Errors
    /// As [`kernel`](Self::kernel); what concerns one name is in the result.
    #[doc(alias = "vgmknodes")]
    pub fn make_nodes(&self, groups: &[&FoundVg]) -> Result<MadeNodes> {
        let kernel = self.kernel()?;
        let dir = DevDir::new(&self.options.kernel.dev);
        let mut made = MadeNodes::default();
        let devices = kernel.list_devices("")?.into_iter().map(|device| device.name);
        let devices = devices.collect::<HashSet<_>>();
        for found in groups.iter().filter(|found| self.can_activate(&found.pvs)) {
            let mut active = HashMap::new();
            for lv in self.active_lvs(&found.vg)? {
                made.node(&dir, &lv);
                let of = found.vg.logical_volume_by_id(lv.lv);
                if let Some(of) = of.filter(|of| of.is_visible()) {
                    made.link(&dir, found.vg.name(), of.name(), &lv.name);
                    active.insert(of.name().to_owned(), lv);
                }
            }
            made.stale_links(&dir, found.vg.name(), |lv| active.contains_key(lv));
            made.stale_nodes(&dir, found.vg.name(), &devices);
        }
        Ok(made)
    }
}

/// What [`Lvm::lv_status`] gives.
pub(crate) fn status_of(kernel: &Kernel, active: &ActiveLv) -> Result<Vec<Status>> {
    let mut found = Vec::new();
    let mut failure = None;
    for number in &active.devices {
        match kernel.status_lines(DeviceKey::Number(*number), true) {
            Ok((_, lines)) => {
                // A newer kernel may say more than is understood here.
                let known = lines.iter().filter_map(|line| Status::parse(&line.target, &line.params).ok());
                found.extend(known.filter(|status| !matches!(status, Status::Empty | Status::Unknown(_))));
            }
            // It may have been removed since.
            Err(error) if *error.kind() == ErrorKind::NotFound => {}
            Err(error) => failure = Some(error),
        }
    }
    match failure.filter(|_| found.is_empty()) {
        None => Ok(found),
        Some(error) => Err(error),
    }
}

impl MadeNodes {
    fn node(&mut self, dir: &DevDir, lv: &ActiveLv) {
        let path = dir.root().join("mapper").join(&lv.name);
        let right = |path: &Path| number_of(path) == Some(lv.number);
        if !right(&path) {
            let result = dir.add_node(&lv.name, lv.number.major, lv.number.minor);
            self.note(&path, result, true);
        }
    }

    fn link(&mut self, dir: &DevDir, vg: &str, lv: &str, dm_name: &str) {
        let path = dir.root().join(vg).join(lv);
        let number = number_of(&dir.root().join("mapper").join(dm_name));
        if number.is_none() || number_of(&path) != number {
            let result = dir.add_link(vg, lv, dm_name);
            self.note(&path, result, true);
        }
    }

    /// Links of the group's directory that lead to a device-mapper node of no active volume, and
    /// udev's to devices that are gone.
    fn stale_links(&mut self, dir: &DevDir, vg: &str, is_active: impl Fn(&str) -> bool) {
        let folder = dir.root().join(vg);
        for name in names_in(&folder) {
            let Ok(target) = fs::read_link(folder.join(&name)) else { continue };
            let is_udevs = target.file_name().is_some_and(|name| name.to_string_lossy().starts_with("dm-"));
            // What else somebody keeps there is not ours.
            let ours = target.parent() == Some(&*dir.root().join("mapper"))
                || (is_udevs && number_of(&folder.join(&name)).is_none());
            if ours && !is_active(&name) {
                let result = dir.remove_link(vg, &name);
                self.note(&folder.join(&name), result, false);
            }
        }
    }

    /// Nodes named like volumes of the group for which the kernel has no device.
    fn stale_nodes(&mut self, dir: &DevDir, vg: &str, devices: &HashSet<String>) {
        let mapper = dir.root().join("mapper");
        for name in names_in(&mapper) {
            let of_group = name.parse::<DeviceName>().is_ok_and(|parsed| parsed.vg() == vg);
            if of_group && !devices.contains(&name) {
                let result = dir.remove_node(&name);
                self.note(&mapper.join(&name), result, false);
            }
        }
    }

    fn note(&mut self, path: &Path, result: Result<()>, made: bool) {
        let path = path.display().to_string();
        match (result, made) {
            (Ok(()), true) => self.made.push(path),
            (Ok(()), false) => self.removed.push(path),
            (Err(error), _) => self.failed.push((path, error)),
        }
    }
}

/// The device that a path leads to.
fn number_of(path: &Path) -> Option<lvm_dm::kernel::DeviceNumber> {
    use std::os::unix::fs::{FileTypeExt, MetadataExt};
    let metadata = fs::metadata(path).ok()?;
    let is_block = metadata.file_type().is_block_device();
    is_block.then(|| lvm_dm::kernel::DeviceNumber::from_stat(metadata.rdev()))
}

/// The names in a directory, in order; none when there is no such directory.
fn names_in(folder: &Path) -> Vec<String> {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    let mut names = entries.filter_map(|entry| entry.file_name().into_string().ok()).collect::<Vec<_>>();
    names.sort_unstable();
    names
}
