//! Groups that are handed to another host.

use lvm_core::{Error, ErrorKind, Result};

use super::Transaction;

impl Transaction {
    /// Marks the group as exported: nobody may use it before it is imported.
    ///
    /// # Errors
    /// `InUse` when a logical volume is active; those of
    /// [`VgDraft::export_vg`](lvm_core::edit::VgDraft::export_vg).
    #[doc(alias = "vgexport")]
    pub fn export_vg(&mut self) -> Result<()> {
        self.require_all_inactive()?;
        self.draft.export_vg()
    }

    /// Refuses when a logical volume of the group is active.
    pub(super) fn require_all_inactive(&self) -> Result<()> {
        let Some(base) = self.draft.base() else { return Ok(()) };
        self.require_inactive(base, |_| true).map_err(|error| match error.kind() {
            ErrorKind::InUse => {
                let message = format!("Volume group \"{}\" has active logical volumes", base.name());
                let error = Error::new(ErrorKind::InUse, message).with_vg(base.name()).with_source(error);
                error.with_help("deactivate them first (vgchange -an)")
            }
            _ => error,
        })
    }
}
