//! Taking in another group.

use lvm_core::edit::VgDraft;
use lvm_core::store::{CommitPv, FoundVg, NewDevice, VgCommit};
use lvm_core::{Error, ErrorKind, Result};

use super::{Transaction, clone_groups, draft_of, refuse_duplicates};
use crate::lvm::find_group;

impl Transaction {
    /// Takes in all of another group of the view, which ceases to be when this is committed.
    ///
    /// # Errors
    /// `NotFound`; `Unsupported` for a foreign group (another system id); `Conflict` when a
    /// physical volume of it is there twice; `InUse` when a logical volume of it is active;
    /// `MissingDevice` when it is not complete; those of [`VgDraft::merge`].
    #[doc(alias = "vgmerge")]
    pub fn merge_vg(&mut self, source: &str) -> Result<()> {
        let (source, other) = self.other_group(source)?;
        self.require_inactive(&source.vg, |_| true).map_err(|error| match error.kind() {
            ErrorKind::InUse => {
                let name = source.vg.name();
                let message = format!("Logical volumes in \"{name}\" must be inactive");
                Error::new(ErrorKind::InUse, message).with_vg(name).with_source(error)
            }
            _ => error,
        })?;
        if source.vg.is_partial() {
            let message = format!("Cannot merge volume group {} while PVs are missing.", source.vg.name());
            return Err(Error::new(ErrorKind::MissingDevice, message));
        }
        other.check_changeable()?;
        self.draft.merge(other)?;
        // The source's areas take part like those of any physical volume that joins; that they
        // hold the source's text until the commit is what keeps it readable until then.
        let joining = source.pvs.iter().flatten();
        self.new_devices.extend(joining.map(|pv| (pv.id(), NewDevice::Orphan(pv.clone()))));
        self.merged.push(source);
        Ok(())
    }

    /// Another group of the view, of that name or id, that takes part in this change: locked, read
    /// under the lock, and this host's.
    pub(super) fn other_group(&mut self, name_or_id: &str) -> Result<(FoundVg, VgDraft)> {
        // The lock is named after the group, whose name an id does not tell.
        let name = find_group(clone_groups(&self.scan), name_or_id)?.vg.name().to_owned();
        // Of these the lock is held, and waiting for it would last until the wait is over.
        let locked = self.merged.iter().map(|merged| merged.vg.name());
        let locked = locked.chain(self.found.iter().map(|found| found.vg.name()));
        if locked.chain([self.draft.name()]).any(|locked| locked == name) {
            return Err(Error::invalid(format!("Duplicate volume group name \"{name}\"")).with_vg(name));
        }
        self.locks.extend(self.lvm.lock_also(&self.opened, &name)?);
        // Read again: it was not locked so far.
        let found = find_group(self.opened.scan(), name_or_id)?;
        self.lvm.require_own(&found.vg)?;
        refuse_duplicates(&found)?;
        let stamp = self.lvm.stamp(&found.vg.id().to_string(), found.vg.seqno(), &self.scan)?;
        let draft = draft_of(&found, stamp)?;
        Ok((found, draft))
    }
}

/// Adds what becomes of a group that is merged into another.
pub(super) fn add_merged(devices: &mut VgCommit, source: &FoundVg) -> Result<()> {
    for pv in source.pvs.iter().flatten() {
        // Its text would stay behind, and bring the group back.
        if !devices.members.iter().any(|member| member.id == pv.id()) {
            let message = "a physical volume of a merged group cannot be removed in the same change";
            return Err(Error::invalid(message).with_device(pv.device.name()).with_vg(source.vg.name()));
        }
    }
    // So would the old texts on volumes that it lost.
    devices.removed.extend(source.outdated.iter().map(CommitPv::leaving));
    Ok(())
}
