//! Copies of groups, which have the ids of their originals.

use lvm_core::store::{AreaCopy, FoundVg, Scan};
use lvm_core::{BlockDevice, Error, ErrorKind, Result};

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
        let names = self.names_in_view(&devices)?;
        let copy = self.only(&devices);
        let mut opened = OpenDevices::open(&copy.options, Access::Metadata)?;
        opened.is_listed = self.options.looks_at_machine();
        let found = of_one_group(opened.scan(), &devices)?;
        let base = base_name.unwrap_or(found.vg.name());
        let name = free_name(base, &names);
        let locks = copy.lock_groups(&opened, &[found.vg.name(), &name])?;
        let scan = copy.finished_scan(&opened)?;
        let found = of_one_group(scan.clone(), &devices)?;
        copy.require_own(&found.vg)?;
        if found.vg.is_exported() && !import {
            let message = format!("VG {} is exported, use the --import option.", found.vg.name());
            return Err(Error::new(ErrorKind::InUse, message).with_vg(found.vg.name()));
        }
        if opened.has_block_devices {
            copy.require_no_volumes_on(&found)?;
        }
        let mut transaction = Transaction::of_group(copy, opened, locks, scan, found)?;
        transaction.become_clone(&name, import)?;
        Ok(transaction)
    }

    /// The names of all groups, after a look whether the view has the devices.
    fn names_in_view(&self, devices: &[DeviceSpec]) -> Result<Vec<String>> {
        let opened = OpenDevices::open(&self.options, Access::Read)?;
        for spec in devices {
            opened.require_seen(spec)?;
        }
        Ok(opened.scan().groups.into_iter().map(|found| found.vg.name().to_owned()).collect())
    }

    /// The same handle, on these devices alone.
    fn only(&self, devices: &[DeviceSpec]) -> Self {
        let given = |device: &&std::sync::Arc<dyn BlockDevice>| {
            devices.iter().any(|spec| spec.to_string() == device.name())
        };
        let block_devices = self.options.block_devices.iter().filter(given).cloned().collect::<Vec<_>>();
        let is_path = |spec: &&DeviceSpec| !block_devices.iter().any(|one| one.name() == spec.to_string());
        let devices = devices.iter().filter(is_path).cloned().collect();
        Self { options: Options { devices, block_devices, ..self.options.clone() } }
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
fn free_name(base: &str, taken: &[String]) -> String {
    let is_free = |name: &String| !taken.contains(name);
    let numbered = (1_u32..).map(|number| format!("{base}{number}"));
    std::iter::once(base.to_owned()).chain(numbered).find(is_free).unwrap_or_default()
}
