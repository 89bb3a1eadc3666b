//! New ids, and physical volumes that came back.

use lvm_core::{PvId, Result};

use super::Transaction;

impl Transaction {
    /// Gives the group a new id.
    ///
    /// # Errors
    /// `InUse` when a logical volume is active; those of
    /// [`VgDraft::renew_vg_id`](lvm_core::edit::VgDraft::renew_vg_id).
    #[doc(alias = "vgchange --uuid")]
    pub fn renew_vg_id(&mut self) -> Result<()> {
        self.draft.check_changeable()?;
        self.require_all_inactive()?;
        self.draft.renew_vg_id()
    }

    /// Gives a physical volume a new id, which is returned.
    ///
    /// # Errors
    /// `InUse` when a logical volume of the group is active; those of
    /// [`VgDraft::renew_pv_id`](lvm_core::edit::VgDraft::renew_pv_id).
    #[doc(alias = "pvchange --uuid")]
    pub fn renew_pv_id(&mut self, pv: PvId) -> Result<PvId> {
        self.draft.check_changeable()?;
        self.require_all_inactive()?;
        self.draft.renew_pv_id(pv)
    }

    /// Takes a physical volume into use again that was missing when the metadata was written, and
    /// is there now.
    ///
    /// # Errors
    /// Those of [`VgDraft::restore_missing_pv`](lvm_core::edit::VgDraft::restore_missing_pv).
    #[doc(alias = "vgextend --restoremissing")]
    pub fn restore_missing_pv(&mut self, pv: PvId) -> Result<()> {
        let is_back = self.draft.physical_volume(pv).is_some_and(|pv| !pv.is_missing());
        if is_back && self.found.as_ref().is_some_and(|found| found.was_missing(pv)) {
            // One without extents in use counts from the moment it is found.
            return self.draft.rewrite();
        }
        self.draft.restore_missing_pv(pv)
    }
}
