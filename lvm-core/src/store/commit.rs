//! One metadata version to the disks: labels, removed physical volumes and the text, in an order
//! that leaves a readable group at every moment.
//!
//! ```text
//! 1  new physical volumes: headers, then labels, as physical volumes without a group
//! 2  a second metadata area that moves to the new end of a grown physical volume: text, header,
//!    then the label that names its place; one of a shrunk physical volume moves after 5
//! 3  physical volumes that leave: label says unused, slots emptied; not those that hold a current
//!    copy when no member does
//! 4  text, precommit                                              (AreaSet)
//!    labels with new ids, in a change that gives physical volumes new ids: there the first of
//!    them is where the change happens                              (renew)
//! 5  commit                                                       (AreaSet)  the change happens here
//! 6  labels of members say used
//! 7  the physical volumes left out in 3, in the same way
//! ```
//! A crash before 5 leaves the old group, whose copies on leaving volumes are rewritten by the
//! next commit. A crash after it leaves the new one, whose labels are mended by the next commit,
//! lvm2's or ours. Volumes without a current copy leave before 5 in any case: nothing on them
//! would tell the next commit that there is something to mend.

use std_alloc::{sync::Arc, vec::Vec};

use super::area::{AreaSet, Precommitted, TargetArea};
use super::label::{initialise_pv, remove_labels, write_label};
use super::layout::PvLayout;
use super::relocate::{Relocation, ReplacedLabels};
use super::renew;
use crate::block::BlockDevice;
use crate::error::{Context, Effect, Error, Result};
use crate::id::PvId;
use crate::ondisk::{DiskArea, Label, MdaHeader, RawLocation};
use crate::units::Bytes;

/// A metadata area of a physical volume that takes part in a commit.
#[derive(Clone, Copy, Debug)]
pub struct CommitArea {
    /// Where it is.
    pub location: DiskArea,
    /// Its header, when it is valid.
    pub header: Option<MdaHeader>,
    /// True when the header is valid and the text it points at is not, so that the text need not
    /// be kept.
    pub bad: bool,
    /// True when it holds the newest text.
    pub current: bool,
    /// True when it shall carry metadata after this commit.
    pub in_use: bool,
}

/// A physical volume that takes part in a commit.
#[derive(Clone)]
pub struct CommitPv {
    /// Its id.
    pub id: PvId,
    /// The device it is on.
    pub device: Arc<dyn BlockDevice>,
    /// Its label as it is on disk; for a new one as it will be.
    pub label: Label,
    /// Its metadata areas.
    pub areas: Vec<CommitArea>,
    /// Set when the device must be made a physical volume first.
    pub initialise: Option<PvLayout>,
    /// Set when it gets another id: the label that says so.
    pub new_label: Option<Label>,
    /// Set when the second metadata area moves, because the physical volume is resized.
    pub relocation: Option<Relocation>,
}

impl CommitArea {
    /// The header to build the next one on.
    pub(super) fn usable_header(&self) -> MdaHeader {
        let empty = MdaHeader::empty(self.location.offset, self.location.size);
        match self.header {
            // What it points at may be anything: as a place to keep it could leave no room.
            Some(header) if self.bad => {
                let committed = RawLocation { flags: header.committed.flags, ..RawLocation::default() };
                MdaHeader { committed, ..empty }
            }
            Some(header) => header,
            None => empty,
        }
    }
}

impl CommitPv {
    fn holds_current(&self) -> bool {
        self.areas.iter().any(|area| area.current)
    }
}

impl core::fmt::Debug for CommitPv {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("CommitPv")
            .field("id", &self.id)
            .field("device", &self.device.name())
            .field("areas", &self.areas)
            .field("initialise", &self.initialise)
            .field("new_label", &self.new_label)
            .field("relocation", &self.relocation)
            .finish_non_exhaustive()
    }
}

/// A new version of a group on its way to the disks.
#[derive(Clone, Debug, Default)]
pub struct VgCommit {
    /// The physical volumes of the new version, in its order.
    pub members: Vec<CommitPv>,
    /// Physical volumes of the old version that are not in the new one.
    pub removed: Vec<CommitPv>,
}

/// What a commit that succeeded could not do.
#[derive(Debug, Default)]
pub struct CommitOutcome {
    /// Copies and labels that could not be written; the next commit heals them.
    pub warnings: Vec<Error>,
}

/// Everything is on disk and nothing is visible yet.
#[derive(Debug)]
#[must_use = "either commit() or revert()"]
pub struct PreparedCommit {
    commit: VgCommit,
    precommitted: Precommitted,
    text: Vec<u8>,
    replaced_labels: ReplacedLabels,
}

impl VgCommit {
    /// Steps 1 to 4: everything up to the precommitted state.
    ///
    /// # Errors
    /// Those of [`AreaSet::write`] and [`Written::precommit`](super::Written::precommit), and `Io`
    /// from new physical volumes.
    ///
    /// # Effect
    /// `Reverted`: readers see the old group. Devices that were to become physical volumes lost
    /// their first 2048 bytes.
    pub fn prepare(mut self, text: &[u8]) -> Result<PreparedCommit> {
        self.check_size(text.len())?;
        self.check_relocations(text.len())?;
        let replaced_labels = self.relocate_first()?;
        let mut undo = Undo { commit: &self, initialised: 0, orphaned: 0 };
        match undo.run(text) {
            Ok(precommitted) => {
                Ok(PreparedCommit { precommitted, commit: self, text: text.to_vec(), replaced_labels })
            }
            Err(error) => {
                let touched = undo.initialised > 0 || undo.orphaned > 0 || !replaced_labels.is_empty();
                undo.back();
                replaced_labels.put_back();
                let effect = if touched { Effect::Reverted } else { error.effect() };
                Err(error.with_effect(effect))
            }
        }
    }

    /// Checks that a text of this many bytes, its NUL included, fits every area; writes nothing.
    ///
    /// # Errors
    /// `InvalidInput` without any area in use, `MetadataFull`.
    pub fn check_size(&self, size: usize) -> Result<()> {
        AreaSet::new(self.target_areas()).check_size(size)
    }

    /// Devices that must be made physical volumes first.
    fn to_initialise(&self) -> impl Iterator<Item = (&CommitPv, &PvLayout)> {
        self.members.iter().filter_map(|pv| pv.initialise.as_ref().map(|layout| (pv, layout)))
    }

    /// Physical volumes that leave before the commit.
    fn leaving_first(&self) -> impl Iterator<Item = &CommitPv> {
        let all = self.survives_removal();
        self.removed.iter().filter(move |pv| all || !pv.holds_current())
    }

    /// Physical volumes that leave after the commit, because they hold the only current copies.
    fn leaving_last(&self) -> impl Iterator<Item = &CommitPv> {
        let none = self.survives_removal();
        self.removed.iter().filter(move |pv| !none && pv.holds_current())
    }

    /// True when a copy of the newest text is left once the leaving volumes are emptied.
    fn survives_removal(&self) -> bool {
        self.members.iter().any(CommitPv::holds_current)
    }

    /// Areas that get the text: those in use from now on, and those that retire with this commit,
    /// so that none is left that is neither current nor out of use.
    fn target_areas(&self) -> Vec<TargetArea> {
        let mut targets = Vec::new();
        for pv in &self.members {
            for area in &pv.areas {
                let header = area.usable_header();
                // An area that stays out of use, or is to from now on, must say so itself: it gets
                // this last text and the mark.
                if area.in_use || !header.committed.is_ignored() {
                    let device = Arc::clone(&pv.device);
                    targets.push(TargetArea { device, header, retire: !area.in_use });
                }
            }
        }
        // With nothing but retiring areas the metadata would have nowhere to live.
        if targets.iter().all(|target| target.retire) { Vec::new() } else { targets }
    }
}

/// How far the steps before the commit got.
struct Undo<'a> {
    commit: &'a VgCommit,
    initialised: usize,
    orphaned: usize,
}

impl Undo<'_> {
    fn run(&mut self, text: &[u8]) -> Result<Precommitted> {
        for (pv, layout) in self.commit.to_initialise() {
            self.initialised = self.initialised.saturating_add(1);
            initialise_pv(&pv.device, layout)?;
        }
        for pv in self.commit.leaving_first() {
            self.orphaned = self.orphaned.saturating_add(1);
            orphan(pv)?;
        }
        AreaSet::new(self.commit.target_areas()).write(text)?.precommit()
    }

    /// Takes back what was done; what fails here is mended by the next commit.
    fn back(&self) {
        for pv in self.commit.leaving_first().take(self.orphaned) {
            for header in pv.areas.iter().filter_map(|area| area.header) {
                let _ = pv.device.write_at(header.start, &header.encode());
            }
            let _ = write_label(&pv.device, &pv.label);
        }
        for (pv, _) in self.commit.to_initialise().take(self.initialised) {
            let _ = remove_labels(&pv.device);
        }
    }
}

impl PreparedCommit {
    /// Steps 5 to 7.
    ///
    /// # Errors
    /// `Io` when no area at all could be committed, or the first label with a new id could not be
    /// written.
    ///
    /// # Effect
    /// `Unknown` on error, or `Reverted` when a label that was written was taken back. On success the new version is durable; what is listed in the outcome's
    /// warnings is behind, and the next commit heals it.
    pub fn commit(mut self) -> Result<CommitOutcome> {
        let behind = match renew::write_labels(&mut self.commit.members) {
            Ok(behind) => behind,
            Err(error) => {
                if error.effect() == Effect::Reverted {
                    // Slots that stay filled mean nothing under the old labels.
                    let _ = self.revert();
                }
                return Err(error);
            }
        };
        if !behind.is_empty() {
            // Only the second slot tells which id a label gets that could not be written: they
            // stay, and the next change finishes.
            return Ok(CommitOutcome { warnings: behind });
        }
        let mut warnings = self.precommitted.commit()?.failed;
        for pv in &mut self.commit.members {
            if let Some(relocation) = pv.relocation.take() {
                warnings.extend(pv.relocate(&relocation, Some(&self.text)).err());
            }
            if !pv.label.pv_header.is_used() {
                let mut label = pv.label.clone();
                label.pv_header.set_used(true);
                warnings.extend(write_label(&pv.device, &label).err());
            }
        }
        for pv in self.commit.leaving_last() {
            warnings.extend(orphan(pv).err());
        }
        Ok(CommitOutcome { warnings })
    }

    /// Takes everything back; readers see the old group.
    ///
    /// # Errors
    /// `Io` when a second slot could not be cleared, which means nothing to readers.
    ///
    /// # Effect
    /// `Reverted`.
    pub fn revert(self) -> Result<()> {
        let reverted = self.precommitted.revert();
        Undo { commit: &self.commit, initialised: usize::MAX, orphaned: usize::MAX }.back();
        self.replaced_labels.put_back();
        reverted
    }
}

/// Commits both sides of a split: `kept` with the old group's next text, `moved` with the new
/// group's first.
///
/// The moved side is precommitted, then the kept side is committed: that is the decisive write.
/// From then on readers take the second slot of the moved side's areas, and the last step only
/// makes it the first ([`Unfinished`](super::Unfinished) does it after a crash).
///
/// # Errors
/// Those of [`VgCommit::prepare`] and [`PreparedCommit::commit`].
///
/// # Effect
/// `Reverted` before the decisive write, `Unknown` when that failed.
pub fn commit_split(kept: (VgCommit, &[u8]), moved: (VgCommit, &[u8])) -> Result<CommitOutcome> {
    let prepared_moved = moved.0.prepare(moved.1)?;
    let prepared_kept = match kept.0.prepare(kept.1) {
        Ok(prepared) => prepared,
        Err(error) => {
            // Second slots that stay filled mean nothing while the old group lists the volumes.
            let _ = prepared_moved.revert();
            return Err(error.with_effect(Effect::Reverted));
        }
    };
    let mut outcome = prepared_kept.commit()?;
    match prepared_moved.commit() {
        Ok(done) => outcome.warnings.extend(done.warnings),
        Err(error) => outcome.warnings.push(error),
    }
    Ok(outcome)
}

/// The label of a member that leaves its group. The size it pretended in the group goes with the
/// group, as in LVM2.
fn free_label(pv: &CommitPv) -> Label {
    let mut label = pv.label.clone();
    label.pv_header.set_used(false);
    label.pv_header.device_size = Bytes(pv.device.size()).align_down(Bytes(512)).0;
    label
}

/// Makes a member a physical volume without a group: first the label, so that at no time a label
/// says "used" where no text says by whom.
fn orphan(pv: &CommitPv) -> Result<()> {
    if pv.label.pv_header.is_used() {
        write_label(&pv.device, &free_label(pv))?;
    }
    empty_areas(pv, |_| true)?;
    pv.device.flush()
}

fn empty_areas(pv: &CommitPv, which: impl Fn(&CommitArea) -> bool) -> Result<()> {
    for area in pv.areas.iter().filter(|area| which(area)) {
        let header = area.usable_header();
        let empty = MdaHeader {
            committed: RawLocation { flags: header.committed.flags, ..RawLocation::default() },
            precommitted: RawLocation::default(),
            ..header
        };
        pv.device.write_at(header.start, &empty.encode())?;
    }
    Ok(())
}

/// Removes a group: its physical volumes stay, as physical volumes without a group.
///
/// Labels go first, then the headers: as long as one header is left, readers see the old group
/// with labels that its next commit would mend; and no label ever says "used" without a group.
/// Of the headers, those with a current copy go last: else an older copy would be the newest left,
/// and readers would see a group as it was long ago.
///
/// # Errors
/// `Io` when a device fails.
///
/// # Effect
/// `Reverted` when a label could not be written. `Unknown` when a header could not: the group is
/// still there as long as one of them is.
pub fn remove_group(group: &VgCommit) -> Result<()> {
    // Volumes that left in the same change, or before it and could not be told, are part of it:
    // their copies would bring the group back.
    let members = group.members.iter().filter(|pv| pv.initialise.is_none());
    let all = members.chain(&group.removed).collect::<Vec<_>>();
    for (done, pv) in all.iter().enumerate() {
        if let Err(error) = write_label(&pv.device, &free_label(pv)) {
            for pv in all.iter().take(done.saturating_add(1)) {
                // A label left "unused" is mended by the group's next commit.
                let _ = write_label(&pv.device, &pv.label);
            }
            return Err(error.with_effect(Effect::Reverted));
        }
    }
    for current in [false, true] {
        for pv in all.iter().filter(|pv| pv.areas.iter().any(|area| area.current == current)) {
            empty_areas(pv, |area| area.current == current).having(Effect::Unknown)?;
            pv.device.flush().having(Effect::Unknown)?;
        }
    }
    Ok(())
}
