//! Physical volumes that do not come back.

use lvm_core::Result;

use super::Transaction;
use crate::report::partial_volumes;

/// What [`Transaction::remove_missing_pvs`] did.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
#[non_exhaustive]
pub struct RemovedMissing {
    /// The volumes that were removed, by name.
    pub removed: Vec<String>,
    /// The visible volumes that have lost extents and were left, by name; the physical volumes they
    /// lie on stay in the group.
    pub partial: Vec<String>,
}

impl Transaction {
    /// The visible logical volumes that have extents on a physical volume that is missing, or lie
    /// on volumes that have, by name.
    ///
    /// # Errors
    /// `Corrupt` when the extents of the group do not fit together.
    pub fn partial_lvs(&self) -> Result<Vec<String>> {
        let partial = partial_volumes(self.draft.volume_group())?;
        Ok(partial.into_iter().filter(|lv| lv.is_visible()).map(|lv| lv.name().to_owned()).collect())
    }

    /// Takes the physical volumes that are missing out of the group, those apart that volumes lie
    /// on; these are recorded to be missing. With `lvs` the volumes that lie on them are removed
    /// first, so that none stays.
    ///
    /// # Errors
    /// Those of [`VgDraft::remove_missing_pvs`](lvm_core::edit::VgDraft::remove_missing_pvs).
    #[doc(alias = "vgreduce --removemissing")]
    pub fn remove_missing_pvs(&mut self, lvs: bool) -> Result<RemovedMissing> {
        let mut done = RemovedMissing::default();
        let partial = self.partial_lvs()?;
        *(if lvs { &mut done.removed } else { &mut done.partial }) = partial;
        self.draft.remove_missing_pvs(&done.removed)?;
        Ok(done)
    }
}
