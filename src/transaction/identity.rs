//! New ids, physical volumes that came back, and which metadata areas are in use.

use lvm_core::store::{FoundPv, FoundVg};
use lvm_core::{Error, ErrorKind, PvId, Result};

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

    /// Keeps a physical volume's metadata areas out of use, or brings them into use; `false` when
    /// they are so already. The group's number of copies is adapted when one is set.
    ///
    /// # Errors
    /// `InUse` when no area of the group would be in use; those of
    /// [`VgDraft::set_pv_metadata_ignore`](lvm_core::edit::VgDraft::set_pv_metadata_ignore).
    #[doc(alias = "pvchange --metadataignore")]
    pub fn set_pv_metadata_ignore(&mut self, pv: PvId, ignore: bool) -> Result<bool> {
        self.draft.check_changeable()?;
        let found = self.found.iter().flat_map(FoundVg::found_pvs).collect::<Vec<_>>();
        let in_use = |found: &FoundPv| {
            let areas = &found.scanned.areas;
            match self.draft.draft_pv(found.id()).and_then(|pv| pv.ignore) {
                Some(ignore) => {
                    if ignore {
                        0
                    } else {
                        areas.len()
                    }
                }
                None => areas.iter().filter(|area| !area.is_ignored()).count(),
            }
        };
        let Some(one) = found.iter().find(|found| found.id() == pv) else {
            return Err(Error::not_found(format!("physical volume {pv} was not found")));
        };
        let (here, total) = (in_use(one), one.scanned.areas.len());
        if here == if ignore { 0 } else { total } {
            return Ok(false);
        }
        let elsewhere =
            found.iter().filter(|found| found.id() != pv).map(|found| in_use(found)).sum::<usize>();
        if ignore && elsewhere == 0 {
            let message = format!("Cannot disable all metadata areas in volume group {}.", self.draft.name());
            return Err(Error::new(ErrorKind::InUse, message).with_vg(self.draft.name()));
        }
        let copies = elsewhere + if ignore { 0 } else { total };
        if self.draft.metadata_copies() > 0 {
            self.draft.set_metadata_copies(u32::try_from(copies).unwrap_or(u32::MAX))?;
        }
        self.draft.set_pv_metadata_ignore(pv, ignore)?;
        Ok(true)
    }
}
