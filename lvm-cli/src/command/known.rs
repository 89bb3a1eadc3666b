//! The groups that a command chooses among.

use lvmkit::core::store::{FoundVg, Scan};
use lvmkit::report::ReportInput;
use lvmkit::{DeviceSpec, Lvm, PvUse, VolumeGroup};

use super::order;
use crate::session::{Outcome, Session};

/// The groups that devices have; in a batch the one it changes, as it is so far, not as it is on
/// disk.
pub(super) enum Known {
    Found(Scan),
    Changed(Vec<VolumeGroup>),
}

impl Known {
    /// # Errors
    /// What a scan fails with.
    pub(super) fn new(session: &Session<'_>, lvm: &Lvm) -> Outcome<Self> {
        Ok(match session.has_change() {
            true => Self::Changed(session.volume_groups(lvm)?),
            false => Self::Found(session.scan(lvm)?),
        })
    }

    /// In lvm2's order.
    pub(super) fn groups(&self) -> Vec<&VolumeGroup> {
        match self {
            Self::Found(scan) => order::groups(scan).into_iter().map(|found| &found.vg).collect(),
            Self::Changed(vgs) => vgs.iter().collect(),
        }
    }

    /// The group of that name, with where it was found.
    pub(super) fn found(&self, name: &str) -> Option<&FoundVg> {
        match self {
            Self::Found(scan) => scan.groups.iter().find(|found| found.vg.name() == name),
            Self::Changed(_) => None,
        }
    }

    /// What uses a device that is known by this name; `None` when that takes a closer look.
    pub(super) fn pv_use(&self, device: &DeviceSpec) -> Option<PvUse> {
        let (Self::Found(scan), name) = (self, device.to_string()) else { return None };
        let has = |found: &&FoundVg| found.found_pvs().any(|pv| pv.device.name() == name);
        if let Some(found) = scan.groups.iter().find(has) {
            return Some(PvUse::Member(found.vg.name().to_owned()));
        }
        scan.orphans.iter().any(|orphan| orphan.pv.device.name() == name).then_some(PvUse::Free)
    }

    /// What a selection is about.
    pub(super) fn input<'k>(&'k self, lvm: &'k Lvm) -> ReportInput<'k> {
        match self {
            Self::Found(scan) => lvm.report_input().scan(scan),
            Self::Changed(vgs) => vgs.iter().fold(ReportInput::new(), ReportInput::volume_group),
        }
    }
}
