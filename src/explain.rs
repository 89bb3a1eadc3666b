//! Trying changes on a group without a lock: what for instance keeps a volume from fitting.

use lvm_core::alloc::PvArgument;
pub use lvm_core::alloc::explain::{Alternative, Explanation, Obstacle, Place, PvRoom, Remedy};
use lvm_core::edit::VgDraft;
use lvm_core::{Result, Stamp};

use crate::lvm::Lvm;
use crate::system::is_same_file;

impl Lvm {
    /// A draft of a group to try changes on and to ask for explanations
    /// ([`VgDraft::explain_create`]). It takes no lock and cannot be committed; what is to be
    /// written is begun with [`begin`](Self::begin).
    ///
    /// # Errors
    /// See [`volume_group`](Self::volume_group).
    pub fn draft(&self, name_or_id: &str) -> Result<VgDraft> {
        let vg = self.volume_group(name_or_id)?;
        // Where metadata lies and who writes it does not matter to what is never written.
        let mut draft = VgDraft::from_vg(vg, None, Stamp::fixed(0, 0));
        draft.set_allocation_settings(self.options.allocation.clone());
        Ok(draft)
    }
}

/// An argument whose path is the one that the group knows the device by, when it leads there.
#[must_use]
pub fn known_argument(draft: &VgDraft, argument: PvArgument) -> PvArgument {
    let PvArgument::Device { path, ranges } = argument else { return argument };
    let leads_there = |device: &str| device == path || is_same_file(device.as_ref(), path.as_ref());
    let known = draft.physical_volumes().iter().map(lvm_core::metadata::PhysicalVolume::device);
    let known = known.into_iter().find(|device| leads_there(device)).map(str::to_owned);
    PvArgument::Device { path: known.unwrap_or(path), ranges }
}

/// An explanation as JSON, in the names of its fields.
#[must_use]
pub fn to_json(explanation: &Explanation) -> String {
    // Nothing in it can fail to serialise.
    serde_json::to_string_pretty(explanation).unwrap_or_default()
}
