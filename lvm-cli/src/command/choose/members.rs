//! The devices that a command changes, by the group that has them.

use std::collections::{BTreeMap, HashSet};

use lvmkit::{DeviceSpec, ErrorKind, Lvm, PvUse};

use super::device::is_it;
use crate::command::known::Known;
use crate::command::{order, warn_about_group};
use crate::pv;
use crate::session::{Outcome, Session};

/// The devices by the group that uses them.
#[derive(Default)]
pub(crate) struct Members {
    /// Groups in lvm2's order, and devices in that of their group.
    pub(crate) groups: Vec<(String, Vec<DeviceSpec>)>,
    /// Those of no group.
    pub(crate) orphans: Vec<DeviceSpec>,
}

impl Members {
    /// All that may be changed.
    ///
    /// # Errors
    /// What a scan fails with.
    pub(crate) fn all(session: &Session<'_>, lvm: &Lvm) -> Outcome<Self> {
        let mut members = Self::default();
        if session.has_change() {
            for vg in session.volume_groups(lvm)? {
                let pvs = vg.physical_volumes().iter().filter(|pv| !pv.is_missing());
                let devices = pvs.map(|pv| DeviceSpec::from(pv.device())).collect();
                members.groups.push((vg.name().to_owned(), devices));
            }
            return Ok(members);
        }
        let scan = session.scan(lvm)?;
        for found in order::groups(&scan).into_iter().filter(|found| !found.vg.is_exported()) {
            let devices = found.found_pvs().map(|pv| DeviceSpec::from(pv.device.name())).collect();
            members.groups.push((found.vg.name().to_owned(), devices));
        }
        members.orphans.extend(scan.orphans.iter().map(|orphan| DeviceSpec::from(orphan.pv.device.name())));
        Ok(members)
    }

    /// Those of these devices that are physical volumes. Others are failures that are noted, as are
    /// those of groups that are exported.
    ///
    /// # Errors
    /// What a scan fails with.
    pub(crate) fn of(session: &mut Session<'_>, lvm: &Lvm, devices: &[DeviceSpec]) -> Outcome<Self> {
        let mut members = Self::default();
        let known = Known::new(session, lvm)?;
        let vgs = known.groups();
        let is_exported = |name: &str| vgs.iter().any(|vg| vg.name() == name && vg.is_exported());
        let mut told = HashSet::new();
        let mut groups: BTreeMap<String, Vec<DeviceSpec>> = BTreeMap::new();
        for device in devices {
            let used = known.pv_use(device);
            match used.map_or_else(|| session.pv_use(lvm, device), Ok) {
                Ok(PvUse::Member(vg)) if is_exported(&vg) => {
                    if let Some(found) = known.found(&vg).filter(|_| told.insert(vg.clone())) {
                        warn_about_group(session, found);
                    }
                    session.fail(pv::exported(device, &vg));
                }
                Ok(PvUse::Member(vg)) => groups.entry(vg).or_default().push(device.clone()),
                Ok(PvUse::Free) => members.orphans.push(device.clone()),
                Ok(PvUse::None) => session.fail(pv::not_found(lvm, device)),
                Err(error) if *error.kind() == ErrorKind::NotFound => {
                    session.fail(pv::not_found(lvm, device));
                }
                Err(error) => session.fail(error.into()),
            }
        }
        for vg in vgs {
            let Some(mut devices) = groups.remove(vg.name()) else { continue };
            devices.sort_by_cached_key(|spec| {
                vg.physical_volumes().iter().position(|pv| is_it(spec, pv.device()))
            });
            members.groups.push((vg.name().to_owned(), devices));
        }
        // What a batch cannot change is for its beginning to say.
        members.groups.extend(groups);
        Ok(members)
    }
}
