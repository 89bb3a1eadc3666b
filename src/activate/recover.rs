//! What a crash left is put right.

use lvm_core::{Error, PvId, Result};
use lvm_dm::kernel::DeviceKey;
use lvm_dm::udev::UdevKind;

use super::apply::Activator;
use super::live::LiveDevice;
use super::tree::{ActivationMode, TreeOptions, lv_tree};
use super::{is_not_found, link_of, pv_device};
use crate::lvm::Lvm;

/// What recovery did.
#[derive(Debug, Default)]
pub struct Recovered {
    /// The volumes whose devices were suspended, had a waiting table, or did not have the table or
    /// the name of their metadata.
    pub repaired: Vec<String>,
    /// Devices of volumes that the metadata does not have; they were removed.
    pub removed: Vec<String>,
    /// What could not be put right, by volume or device, with why.
    pub failed: Vec<(String, Error)>,
}

impl Lvm {
    /// Brings every device of a group to what its committed metadata says: waiting tables are
    /// dropped, wrong ones replaced, suspended devices resumed, names corrected; devices of
    /// volumes that are not in the metadata are removed unless they are open. For after a crash of
    /// this or another program in the middle of a change. Nothing is written to a disk, and no
    /// volume that is inactive becomes active.
    ///
    /// # Errors
    /// As [`activate`](Self::activate) where it concerns the group; what concerns one volume is in
    /// the result.
    #[doc(alias = "lvchange --refresh")]
    pub fn recover(&self, vg: &str) -> Result<Recovered> {
        let locked = self.locked_group(vg)?;
        let (vg, live) = (&locked.found.vg, &locked.live);
        let mut activator = Activator::new(locked.kernel.clone(), &self.options.kernel)?;
        let device = |pv: PvId| pv_device(&locked.found, pv);
        let options = TreeOptions { mode: ActivationMode::Partial, read_only: false };
        let mut recovered = Recovered::default();
        for lv in vg.logical_volumes().filter(|lv| live.has(lv.id())) {
            let number = |uuid: &str| {
                let devices = live.of_lv(lv.id());
                devices.into_iter().find(|device| device.uuid.to_string() == uuid).map(|device| device.number)
            };
            let done = lv_tree(vg, lv, &device, options).and_then(|nodes| {
                let mut done = false;
                for node in &nodes {
                    let Some(device) = live.find(node) else { continue };
                    done |= activator.refresh(device, node, &node.resolved(&number), &link_of(vg, lv))?;
                }
                Ok(done)
            });
            match done {
                Ok(true) => recovered.repaired.push(lv.name().to_owned()),
                Ok(false) => {}
                Err(error) => recovered.failed.push((lv.name().to_owned(), error.with_lv(lv.name()))),
            }
        }
        let gone = live.lvs().filter(|id| vg.logical_volume_by_id(*id).is_none()).collect::<Vec<_>>();
        for device in gone.into_iter().flat_map(|id| live.of_lv(id)) {
            match discard(&mut activator, device) {
                Ok(()) => recovered.removed.push(device.name.clone()),
                Err(error) => recovered.failed.push((device.name.clone(), error)),
            }
        }
        activator.finish()?;
        Ok(recovered)
    }
}

/// Removes a device that no metadata has. I/O that waits on it goes on first, or it could never be
/// closed.
fn discard(activator: &mut Activator<'_>, device: &LiveDevice) -> Result<()> {
    let key = DeviceKey::Number(device.number);
    let info = match activator.kernel.info(key) {
        Err(error) if is_not_found(&error) => return Ok(()),
        other => other?,
    };
    if info.has_inactive_table() {
        activator.kernel.clear(key)?;
    }
    if info.is_suspended() {
        activator.resume(device.number, UdevKind::Hidden, lvm_dm::DmFlags::SKIP_LOCKFS)?;
    }
    activator.take_down(device, UdevKind::Hidden)
}
