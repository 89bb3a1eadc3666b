//! One metadata version to the disks: labels, removed physical volumes and the text, in an order
//! that leaves a readable group at every moment.
//!
//! ```text
//! 1  new physical volumes: headers, then labels, as physical volumes without a group
//! 2  physical volumes that leave: label says unused, slots emptied; not when they hold the only
//!    copies
//! 3  text, precommit                                              (AreaSet)
//! 4  commit                                                       (AreaSet)  the change happens here
//! 5  labels of members say used
//! 6  physical volumes that leave and held the only copies: as in 2
//! ```
//! A crash before 4 leaves the old group, whose copies on leaving volumes are rewritten by the
//! next commit. A crash after it leaves the new one, whose labels are mended by the next commit,
//! lvm2's or ours.

use std_alloc::{sync::Arc, vec::Vec};

use super::area::{AreaSet, Precommitted, TargetArea};
use super::label::{initialise_pv, remove_labels, write_label};
use super::layout::PvLayout;
use crate::block::BlockDevice;
use crate::error::{Context, Effect, Error, Result};
use crate::id::PvId;
use crate::ondisk::{DiskArea, Label, MdaHeader, RawLocation};

/// A metadata area of a physical volume that takes part in a commit.
#[derive(Clone, Copy, Debug)]
pub struct CommitArea {
    /// Where it is.
    pub location: DiskArea,
    /// Its header, when it is valid.
    pub header: Option<MdaHeader>,
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
}

impl core::fmt::Debug for CommitPv {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("CommitPv")
            .field("id", &self.id)
            .field("device", &self.device.name())
            .field("areas", &self.areas)
            .field("initialise", &self.initialise)
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
    removed_first: bool,
    precommitted: Precommitted,
}

impl VgCommit {
    /// Steps 1 to 3: everything up to the precommitted state.
    ///
    /// # Errors
    /// Those of [`AreaSet::write`] and [`Written::precommit`](super::Written::precommit), and `Io`
    /// from new physical volumes.
    ///
    /// # Effect
    /// `Reverted`: readers see the old group. Devices that were to become physical volumes lost
    /// their first 2048 bytes.
    pub fn prepare(self, text: &[u8]) -> Result<PreparedCommit> {
        let areas = self.target_areas();
        if areas.is_empty() {
            return Err(Error::invalid("no metadata area is in use: the group's metadata has nowhere to go"));
        }
        let mut undo = Undo { commit: &self, initialised: 0, orphaned: 0 };
        let removed_first = self.survives_removal();
        match undo.run(areas, text, removed_first) {
            Ok(precommitted) => Ok(PreparedCommit { removed_first, precommitted, commit: self }),
            Err(error) => {
                let touched = undo.initialised > 0 || undo.orphaned > 0;
                undo.back();
                let effect = if touched { Effect::Reverted } else { error.effect() };
                Err(error.with_effect(effect))
            }
        }
    }

    /// True when a copy of the newest text is left once the leaving volumes are emptied.
    fn survives_removal(&self) -> bool {
        self.members.iter().flat_map(|pv| &pv.areas).any(|area| area.current)
    }

    /// Areas that get the text: those in use from now on, and those that retire with this commit.
    fn target_areas(&self) -> Vec<TargetArea> {
        let mut targets = Vec::new();
        for pv in &self.members {
            for area in &pv.areas {
                let DiskArea { offset, size } = area.location;
                let header = area.header.unwrap_or_else(|| MdaHeader::empty(offset, size));
                let ignored = header.committed.is_ignored();
                // An area that stays out of use, or is to from now on, must say so itself: it gets
                // this last text and the mark.
                if area.in_use || !ignored {
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
    fn run(&mut self, areas: Vec<TargetArea>, text: &[u8], removed_first: bool) -> Result<Precommitted> {
        for pv in &self.commit.members {
            self.initialised = self.initialised.saturating_add(1);
            if let Some(layout) = &pv.initialise {
                initialise_pv(&pv.device, layout)?;
            }
        }
        if removed_first {
            for pv in &self.commit.removed {
                self.orphaned = self.orphaned.saturating_add(1);
                orphan(pv)?;
            }
        }
        AreaSet::new(areas).write(text)?.precommit()
    }

    /// Takes back what was done; what fails here is mended by the next commit.
    fn back(&self) {
        for pv in self.commit.removed.iter().take(self.orphaned) {
            for header in pv.areas.iter().filter_map(|area| area.header) {
                let _ = pv.device.write_at(header.start, &header.encode());
            }
            let _ = write_label(&pv.device, &pv.label);
        }
        for pv in self.commit.members.iter().take(self.initialised) {
            if pv.initialise.is_some() {
                let _ = remove_labels(&pv.device);
            }
        }
    }
}

impl PreparedCommit {
    /// Steps 4 to 6.
    ///
    /// # Errors
    /// `Io` when no area at all could be committed.
    ///
    /// # Effect
    /// `Unknown` on error. On success the new version is durable; what is listed in the outcome's
    /// warnings is behind, and the next commit heals it.
    pub fn commit(self) -> Result<CommitOutcome> {
        let mut warnings = self.precommitted.commit()?.failed;
        for pv in &self.commit.members {
            if !pv.label.pv_header.is_used() {
                let mut label = pv.label.clone();
                label.pv_header.set_used(true);
                warnings.extend(write_label(&pv.device, &label).err());
            }
        }
        if !self.removed_first {
            for pv in &self.commit.removed {
                warnings.extend(orphan(pv).err());
            }
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
        let orphaned = if self.removed_first { self.commit.removed.len() } else { 0 };
        Undo { commit: &self.commit, initialised: self.commit.members.len(), orphaned }.back();
        reverted
    }
}

/// Makes a member a physical volume without a group: first the label, so that at no time a label
/// says "used" where no text says by whom.
fn orphan(pv: &CommitPv) -> Result<()> {
    if pv.label.pv_header.is_used() {
        let mut label = pv.label.clone();
        label.pv_header.set_used(false);
        write_label(&pv.device, &label)?;
    }
    empty_areas(pv)?;
    pv.device.flush()
}

fn empty_areas(pv: &CommitPv) -> Result<()> {
    for area in &pv.areas {
        let DiskArea { offset, size } = area.location;
        let header = area.header.unwrap_or_else(|| MdaHeader::empty(offset, size));
        let flags = header.committed.flags;
        let empty = MdaHeader {
            committed: RawLocation { flags, ..RawLocation::default() },
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
///
/// # Errors
/// `Io` when a device fails.
///
/// # Effect
/// `Reverted` when a label could not be written. `Unknown` when a header could not: the group is
/// still there as long as one of them is.
pub fn remove_group(members: &[CommitPv]) -> Result<()> {
    for (done, pv) in members.iter().enumerate() {
        let mut label = pv.label.clone();
        label.pv_header.set_used(false);
        if let Err(error) = write_label(&pv.device, &label) {
            for pv in members.iter().take(done.saturating_add(1)) {
                // A label left "unused" is mended by the group's next commit.
                let _ = write_label(&pv.device, &pv.label);
            }
            return Err(error.with_effect(Effect::Reverted));
        }
    }
    for pv in members {
        empty_areas(pv).having(Effect::Unknown)?;
        pv.device.flush().having(Effect::Unknown)?;
    }
    Ok(())
}
