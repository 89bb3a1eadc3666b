//! Copies of groups, which have the ids of their originals.

use std::collections::BTreeSet;

use lvm_core::store::{AreaCopy, FoundVg, Scan};
use lvm_core::{Error, ErrorKind, Result};

use super::Lvm;
use crate::activate::change::live_devices;
use crate::activate::device_number;
use crate::options::{DeviceSpec, Options};
use crate::scan::devices::{Access, OpenDevices};
use crate::transaction::Transaction;

impl Lvm {
    /// Begins to make a group of its own of a copy of a group, such as disks that were cloned: it
    /// gets a new name and it and its physical volumes get new ids. `devices` are those of the
    /// copy, all of them; the originals may be in view, too, and are not looked at.
    ///
    /// The name is `base_name`, or that of the group, with the first number behind it that makes it
    /// one that no group of the view has, if it needs one. With `import` a group that is exported
    /// is imported.
    ///
    /// # Errors
    /// `NotFound` for a device that is no physical volume; `InvalidInput` when the devices are not
    /// of one group, or one of them has no current copy of the metadata, so that it could not be
    /// told from its original; `MissingDevice` when they are not all of the group's; `InUse` when
    /// it is exported, or volumes on them are active.
    #[doc(alias = "vgimportclone")]
    pub fn begin_import_clone<D: Into<DeviceSpec>>(
        &self,
        devices: impl IntoIterator<Item = D>,
        base_name: Option<&str>,
        import: bool,
    ) -> Result<Transaction> {
        self.require_writable_view()?;
        let devices = devices.into_iter().map(Into::into).collect::<Vec<_>>();
        let (opened, mut view) = self.open_copy(&devices)?;
        // Nobody makes a group while this is held, so that what is free now stays so.
        let mut locks = self.lock_groups(&opened, &[])?;
        if self.options.looks_at_machine() {
            view = OpenDevices::open(&self.options, Access::Read)?.scan();
        }
        let found = of_one_group(opened.scan(), &devices)?;
        let taken = view.groups.iter().map(|found| found.vg.name()).collect::<Vec<_>>();
        let name = free_name(base_name.unwrap_or(found.vg.name()), &taken);
        let names = BTreeSet::from([found.vg.name(), name.as_str()]);
        for name in names {
            locks.extend(self.lock_also(&opened, name)?);
        }
        let scan = self.finished_scan(&opened)?;
        let found = of_one_group(scan.clone(), &devices)?;
        self.require_own(&found.vg)?;
        if found.vg.is_exported() && !import {
            let message = format!("VG {} is exported, use the --import option.", found.vg.name());
            return Err(Error::new(ErrorKind::InUse, message).with_vg(found.vg.name()));
        }
        if opened.has_block_devices {
            self.require_no_volumes_on(&found)?;
        }
        // The ids of the view are in use as well as those of the copy.
        view.groups.extend(scan.groups.iter().cloned());
        let stamp = self.stamp(&found.vg.id().to_string(), found.vg.seqno(), &view)?;
        let mut transaction = Transaction::of_group(self.clone(), stamp, opened, locks, scan, found)?;
        transaction.become_clone(&name, import)?;
        Ok(transaction)
    }

    /// Opens the devices of a copy alone; with what is in the whole view.
    fn open_copy(&self, devices: &[DeviceSpec]) -> Result<(OpenDevices, Scan)> {
        if self.options.looks_at_machine() {
            let whole = OpenDevices::open(&self.options, Access::Read)?;
            devices.iter().try_for_each(|spec| whole.require_seen(spec))?;
            // What is there twice is left out of the view: the devices are opened by their paths.
            let options = Options { devices: devices.to_vec(), ..self.options.clone() };
            let mut opened = OpenDevices::open(&options, Access::Metadata)?;
            (opened.has_block_devices, opened.is_listed) = (true, true);
            return Ok((opened, whole.scan()));
        }
        // Images are locked one by one, so that all of the view must be: a name that is free stays so.
        let mut opened = OpenDevices::open(&self.options, Access::Metadata)?;
        let view = opened.scan();
        opened.keep(devices)?;
        Ok((opened, view))
    }

    /// Refuses when a device of the kernel that stands for a volume of this group lies on one of
    /// these devices. Those of the original have the same uuids.
    fn require_no_volumes_on(&self, found: &FoundVg) -> Result<()> {
        let Some((kernel, live)) = live_devices(&self.options.kernel, &found.vg)? else { return Ok(()) };
        let numbers = found.found_pvs().filter_map(|pv| device_number(&*pv.device)).collect::<Vec<_>>();
        for device in live.devices() {
            let below = kernel.deps(device.number.into())?;
            if below.iter().any(|number| numbers.contains(number)) {
                let name = found.vg.name();
                let message = format!("Volume group \"{name}\" has active logical volumes");
                return Err(Error::new(ErrorKind::InUse, message)
                    .with_vg(name)
                    .with_help("deactivate those that lie on the copy first"));
            }
        }
        Ok(())
    }
}

/// The group that all these devices, and no others, belong to.
fn of_one_group(mut scan: Scan, devices: &[DeviceSpec]) -> Result<FoundVg> {
    if let Some(other) = scan.others.first() {
        let message = format!("Failed to find PVID for device {other}.");
        return Err(Error::not_found(message).with_device(other.as_str()));
    }
    if let Some(problem) = scan.problems.first() {
        return Err(Error::corrupt(problem.to_string()));
    }
    let not_one = || {
        Err(Error::invalid("Devices must be from the same VG.").with_help(
            "every one must have a metadata area in use, or it could not be told from its original",
        ))
    };
    let Some(found) = scan.groups.pop() else { return not_one() };
    if !scan.groups.is_empty() || !scan.orphans.is_empty() || !found.outdated.is_empty() || devices.is_empty()
    {
        return not_one();
    }
    if found.vg.is_partial() {
        let message = format!("Cannot change VG {} while PVs are missing.", found.vg.name());
        return Err(Error::new(ErrorKind::MissingDevice, message)
            .with_vg(found.vg.name())
            .with_help("name all devices of the copy"));
    }
    // A crash leaves on a device what it is to become beside what it was; without a text of its
    // own nothing would tell.
    let tells = |copies: &Vec<AreaCopy>| copies.iter().any(|copy| matches!(copy, AreaCopy::Current));
    if found.copies.iter().all(tells) { Ok(found) } else { not_one() }
}

/// The name, or the first one with a number behind it, that none of these is.
fn free_name(base: &str, taken: &[&str]) -> String {
    let is_free = |name: &String| !taken.contains(&name.as_str());
    let numbered = (1_u32..).map(|number| format!("{base}{number}"));
    std::iter::once(base.to_owned()).chain(numbered).find(is_free).unwrap_or_default()
}
