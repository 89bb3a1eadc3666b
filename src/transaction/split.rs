//! Moving physical volumes from one group to another.

use lvm_core::edit::VgDraft;
use lvm_core::metadata::{PhysicalVolume, VolumeGroup};
use lvm_core::store::{CommitOutcome, FoundVg, NewDevice, commit_split};
use lvm_core::{Effect, Error, PvId, Result};

use super::{Transaction, check_unmoved};
use crate::commit;
use crate::observe::Observer;

impl Transaction {
    /// Moves physical volumes, with the logical volumes that lie wholly on them, to a new group,
    /// and commits both. Returns the old group and the new one.
    ///
    /// # Errors
    /// `AlreadyExists` when there is a group of that name; those of [`VgDraft::split_off`] and
    /// [`commit`](Self::commit); `InvalidInput` when the transaction has other changes.
    ///
    /// # Effect
    /// Both groups change together or not at all.
    #[doc(alias = "vgsplit")]
    pub fn split_vg(
        self,
        new_name: &str,
        pvs: &[PvId],
        observer: &mut dyn Observer,
    ) -> Result<(VolumeGroup, VolumeGroup)> {
        self.split_vg_with(new_name, pvs, |_| Ok(()), observer)
    }

    /// The same, with changes of the new group, such as limits, before it is written.
    ///
    /// # Errors
    /// Those of [`split_vg`](Self::split_vg) and `edit`.
    ///
    /// # Effect
    /// Both groups change together or not at all.
    pub fn split_vg_with(
        mut self,
        new_name: &str,
        pvs: &[PvId],
        edit: impl FnOnce(&mut VgDraft) -> Result<()>,
        observer: &mut dyn Observer,
    ) -> Result<(VolumeGroup, VolumeGroup)> {
        self.require_unedited()?;
        self.claim_name(new_name)?;
        let stamp = self.lvm.stamp(new_name, 0, &self.scan)?;
        let mut moved = self.draft.split_off(new_name, pvs, stamp)?;
        edit(&mut moved)?;
        let ids = moved.physical_volumes().iter().map(PhysicalVolume::id).collect::<Vec<_>>();
        self.move_to(moved, None, &ids, observer)
    }

    /// Moves physical volumes, with the logical volumes that lie wholly on them, to another group
    /// of the view, behind those it has, and commits both. Returns this group and the other one.
    ///
    /// # Errors
    /// `NotFound` without the other group, `Unsupported` for a foreign one, `Conflict` when a
    /// physical volume of it is there twice; those of [`VgDraft::split_off`], [`VgDraft::merge`] and
    /// [`commit`](Self::commit); `InvalidInput` when the transaction has other changes.
    ///
    /// # Effect
    /// Both groups change together or not at all.
    #[doc(alias = "vgsplit")]
    pub fn move_pvs_to(
        mut self,
        other: &str,
        pvs: &[PvId],
        observer: &mut dyn Observer,
    ) -> Result<(VolumeGroup, VolumeGroup)> {
        self.require_unedited()?;
        let (found, mut target) = self.other_group(other)?;
        target.check_changeable()?;
        let stamp = self.lvm.stamp(found.vg.name(), 0, &self.scan)?;
        let moved = self.draft.split_off(found.vg.name(), pvs, stamp)?;
        target.merge(moved)?;
        self.move_to(target, Some(&found), pvs, observer)
    }

    /// Moves all physical volumes, in this order, to a new group that comes in this one's place.
    ///
    /// # Errors
    /// `AlreadyExists` when there is a group of that name; `InUse` when a logical volume is active;
    /// those of [`VgDraft::split_all`].
    #[doc(alias = "vgsplit")]
    pub fn split_all(&mut self, new_name: &str, pvs: &[PvId]) -> Result<()> {
        self.draft.check_changeable()?;
        self.require_all_inactive()?;
        self.claim_name(new_name)?;
        self.draft.split_all(new_name, pvs)
    }

    fn require_unedited(&self) -> Result<()> {
        match self.draft.is_changed() {
            true => Err(Error::invalid("a split cannot be combined with other changes")),
            false => Ok(()),
        }
    }

    /// Commits this group without these physical volumes, and `target`, which has them now. The
    /// target is `found` on disk, unless it is new.
    fn move_to(
        self,
        target: VgDraft,
        found: Option<&FoundVg>,
        pvs: &[PvId],
        observer: &mut dyn Observer,
    ) -> Result<(VolumeGroup, VolumeGroup)> {
        if let Some(base) = self.draft.base() {
            let moved = target.volume_group();
            self.require_inactive(base, |lv| moved.logical_volume_by_id(lv.id()).is_some())?;
        }
        let moved = self.found.iter().flat_map(FoundVg::found_pvs).filter(|pv| pvs.contains(&pv.id()));
        let moved = moved.map(|pv| (pv.id(), NewDevice::Orphan(pv.clone()))).collect();
        let mut kept_set =
            self.draft.devices(self.found.as_ref(), &self.new_devices.clone().into_iter().collect())?;
        // They do not become free: they go to the other group.
        kept_set.removed.retain(|pv| !pvs.contains(&pv.id));
        let moved_set = target.devices(found, &moved)?;
        self.check_split(pvs)?;
        let sets = [&kept_set, &moved_set];
        for pv in sets.iter().flat_map(|set| set.members.iter().chain(&set.removed)) {
            check_unmoved(pv)?;
        }
        let (vg, _, text) = self.draft.commit_text()?;
        let (new_vg, _, new_text) = target.commit_text()?;
        kept_set.check_size(text.len())?;
        moved_set.check_size(new_text.len())?;
        if self.lvm.options.dry_run {
            return Ok((vg, new_vg));
        }
        commit::archive(&self.lvm.options, &self.draft)?;
        commit::archive(&self.lvm.options, &target)?;
        let name = new_vg.name();
        crate::observe::step(observer, format!("splitting volume group {name} from {}", vg.name()))?;
        let write = || commit_split((kept_set, &text), (moved_set, &new_text));
        let outcome = self.opened.changing(&self.lvm.options, write)?;
        let both = [(&self.draft, &vg, outcome), (&target, &new_vg, CommitOutcome::default())];
        let after = both.map(|(draft, vg, outcome)| {
            commit::After { lvm: &self.lvm, draft, vg, members: &[] }.run(outcome, observer)
        });
        let after = after.into_iter().fold(Ok(()), Result::and);
        after.map_err(|error| error.with_effect(Effect::Committed))?;
        Ok((vg, new_vg))
    }

    /// What a crash in the middle of a split leaves is told by the old group's text on the moved
    /// volumes, so there must be one.
    fn check_split(&self, pvs: &[PvId]) -> Result<()> {
        let moved = self.found.iter().flat_map(|found| found.pvs.iter().flatten());
        let mut areas = moved.filter(|pv| pvs.contains(&pv.id())).flat_map(|pv| &pv.scanned.areas);
        if areas.any(|area| area.state.text().is_some()) {
            return Ok(());
        }
        Err(Error::invalid("the physical volumes to split off have no metadata area in use")
            .with_vg(self.draft.name())
            .with_help("bring one into use first (vgchange --vgmetadatacopies all)"))
    }
}
