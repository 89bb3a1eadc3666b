//! Which objects a selection means, for commands that work on objects instead of showing them.

use std::collections::HashSet;

use lvm_core::metadata::{LogicalVolume, VolumeGroup};
use lvm_core::{LvId, VgId};

use super::Selection;
use crate::report::row::Pv;
use crate::report::rows::Scope;
use crate::report::value::Value;
use crate::report::{Report, ReportError, ReportInput};

/// The groups, logical volumes and physical volumes that have a row which a selection selects.
///
/// As in lvm2, a selection may ask about what an object is made of or belongs to: a group is chosen
/// when one of its volumes is selected, a physical volume when something on it is.
#[derive(Clone, Default, Debug)]
pub struct Chosen {
    groups: HashSet<VgId>,
    volumes: HashSet<(VgId, LvId)>,
    devices: HashSet<String>,
}

impl Chosen {
    /// True for a group that has a selected row.
    #[must_use]
    pub fn has_group(&self, vg: &VolumeGroup) -> bool {
        self.groups.contains(&vg.id())
    }

    /// True for a logical volume of that group that has a selected row. Only selections read for
    /// logical volumes and segments, or about their fields, choose any.
    #[must_use]
    pub fn has_volume(&self, vg: &VolumeGroup, lv: &LogicalVolume) -> bool {
        self.volumes.contains(&(vg.id(), lv.id()))
    }

    /// True for a physical volume on that device that has a selected row. Only selections read for
    /// physical volumes and their segments, or about their fields, choose any.
    #[must_use]
    pub fn has_device(&self, device: &str) -> bool {
        self.devices.contains(device)
    }
}

impl Selection {
    /// Tells which objects it means, hidden logical volumes among them.
    ///
    /// # Errors
    /// `MixedFields` when it asks about logical and physical volumes where one row cannot be about
    /// both; `Metadata` when a group contradicts itself.
    pub fn choose(&self, input: &ReportInput<'_>) -> Result<Chosen, ReportError> {
        let report = Report::new(self.kind).all();
        let row_kind = report.row_kind(&self.fields)?;
        let mut chosen = Chosen::default();
        report.visit(row_kind, &self.fields, input, Scope::All, &mut |row| {
            let values = self.fields.iter().map(|field| field.value(&row)).collect::<Vec<Value<'_>>>();
            if !self.holds(|at| values.get(at)) {
                return;
            }
            if let Some(group) = row.group {
                chosen.groups.insert(group.vg.id());
            }
            if let Some((group, _, lv)) = row.lv() {
                chosen.volumes.insert((group.vg.id(), lv.id()));
            }
            match (row.member(), row.pv) {
                (Some((_, _, pv)), _) => drop(chosen.devices.insert(pv.device().to_owned())),
                (_, Some(Pv::Orphan(orphan))) => {
                    chosen.devices.insert(orphan.pv.device.name().to_owned());
                }
                (_, Some(Pv::Other(device))) => drop(chosen.devices.insert(device.to_owned())),
                _ => {}
            }
        })?;
        Ok(chosen)
    }
}
