//! Changes to a volume group, in LVM2's verbs.
//!
//! A [`VgDraft`] is a copy that is being changed. Every verb either changes it or, on error,
//! leaves it exactly as it was; nothing here touches a disk. What the draft came to, compared with
//! what it started from, is a [`Plan`](crate::plan::Plan).

mod attributes;
mod create;
mod explain;
mod export;
mod group;
mod identity;
mod missing;
mod physical_volume;
mod profile;
mod remove;
mod resize;
mod split_merge;

pub use create::{NewLv, NewLvKind};
pub use group::NewVg;
pub use physical_volume::NewPv;
pub use resize::ResizeLv;

use core::fmt;
use core::ops::Deref;

use hashbrown::HashMap;
use std_alloc::{format, string::String, sync::Arc, vec::Vec};

use serde::Serialize;

use crate::alloc::{AllocationSettings, PvArgument, PvSelection};
use crate::error::{Error, ErrorKind, Result};
use crate::id::{LvId, PvId};
use crate::metadata::{LogicalVolume, LvStatus, PvMap, SegmentKind, TextHeader, VolumeGroup};
use crate::stamp::Stamp;
use crate::store::PvLayout;
use crate::units::Bytes;

/// Something to do with data once the metadata is committed; recorded by the edit that needs it.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
#[serde(tag = "step", rename_all = "snake_case")]
#[non_exhaustive]
pub enum DataStep {
    /// Zero the first bytes of a new volume.
    Zero {
        /// The volume.
        lv: LvId,
        /// Bytes from its start.
        length: Bytes,
    },
    /// Wipe known signatures off a new volume.
    WipeSignatures {
        /// The volume.
        lv: LvId,
    },
}

/// A physical volume's place on its device, and whether the device must be made one first.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct DraftPv {
    /// Where everything lies.
    pub layout: PvLayout,
    /// True when the device is not a physical volume yet.
    pub initialise: bool,
    /// True when an edit moved its second metadata area, which the group's text does not tell.
    pub moved: bool,
    /// Whether an edit kept its metadata areas out of use or brought them into use, which the
    /// group's text does not tell either.
    pub ignore: Option<bool>,
    /// How many of its metadata areas are out of use on disk.
    pub ignored: usize,
}

impl DraftPv {
    /// A physical volume with this layout, which says of all its metadata areas alike whether they
    /// are in use.
    pub(super) fn of_layout(layout: PvLayout, initialise: bool) -> Self {
        let ignored = if layout.metadata_ignore { layout.metadata_areas.len() } else { 0 };
        Self { layout, initialise, moved: false, ignore: None, ignored }
    }

    /// How many of its metadata areas are in use.
    #[must_use]
    pub fn areas_in_use(&self) -> usize {
        let total = self.layout.metadata_areas.len();
        match self.ignore {
            Some(true) => 0,
            Some(false) => total,
            None => total.saturating_sub(self.ignored),
        }
    }
}

/// A volume group that is being changed.
///
/// It reads as a [`VolumeGroup`]: the state after the edits so far.
pub struct VgDraft {
    pub(crate) base: Option<VolumeGroup>,
    pub(crate) working: VolumeGroup,
    pub(crate) layouts: HashMap<PvId, DraftPv>,
    pub(crate) stamp: Stamp,
    pub(crate) data_steps: Vec<DataStep>,
    pub(crate) removed: bool,
    restored: bool,
    rewrite: bool,
    /// The ids that physical volumes have on disk, and those they get.
    renewed: Vec<(PvId, PvId)>,
    settings: AllocationSettings,
    warnings: Vec<String>,
}

impl VgDraft {
    /// Starts from a group as it is. `layouts` says for each physical volume where its metadata
    /// areas lie.
    #[must_use]
    pub fn from_vg(vg: VolumeGroup, layouts: impl IntoIterator<Item = PvLayout>, stamp: Stamp) -> Self {
        let layouts = layouts.into_iter().map(|layout| (layout.id, DraftPv::of_layout(layout, false)));
        Self {
            working: vg.clone(),
            base: Some(vg),
            layouts: layouts.collect(),
            stamp,
            data_steps: Vec::new(),
            removed: false,
            restored: false,
            rewrite: false,
            renewed: Vec::new(),
            settings: AllocationSettings::default(),
            warnings: Vec::new(),
        }
    }

    /// Notes that so many metadata areas of a physical volume are out of use on disk, which its
    /// layout does not tell.
    pub fn note_ignored(&mut self, pv: PvId, ignored: usize) {
        if let Some(known) = self.layouts.get_mut(&pv) {
            known.ignored = ignored;
        }
    }

    /// The state the edits started from; `None` for a new group.
    #[must_use]
    pub fn base(&self) -> Option<&VolumeGroup> {
        self.base.as_ref()
    }

    /// The state after the edits.
    #[must_use]
    pub fn volume_group(&self) -> &VolumeGroup {
        &self.working
    }

    /// Time, host and source of ids.
    #[must_use]
    pub fn stamp(&self) -> &Stamp {
        &self.stamp
    }

    /// Where the physical volume's metadata areas lie.
    #[must_use]
    pub fn draft_pv(&self, pv: PvId) -> Option<&DraftPv> {
        self.layouts.get(&pv)
    }

    /// What to do with data after the commit, in order.
    #[must_use]
    pub fn data_steps(&self) -> &[DataStep] {
        &self.data_steps
    }

    /// True when the group is to be removed.
    #[must_use]
    pub fn is_removed(&self) -> bool {
        self.removed
    }

    /// True when the edits changed anything.
    #[must_use]
    pub fn is_changed(&self) -> bool {
        self.removed
            || self.restored
            || self.rewrite
            || self.base.as_ref() != Some(&self.working)
            || self.layouts.values().any(|pv| pv.moved || pv.ignore.is_some())
    }

    /// Checks that the group may be changed at all.
    ///
    /// # Errors
    /// `InUse` when it is exported, `InvalidInput` when it is read-only, `Unsupported` when it is
    /// shared or has parts this version does not know, `MissingDevice` when it is not complete.
    pub fn check_changeable(&self) -> Result<()> {
        let mut stamp = Stamp::fixed(0, 0);
        let probe = Edit {
            vg: self.working.clone(),
            layouts: None,
            steps: Vec::new(),
            warnings: Vec::new(),
            draft_layouts: &self.layouts,
            stamp: &mut stamp,
            settings: &self.settings,
        };
        probe.require_complete()
    }

    /// Makes this a restoration: the state it started from is written although nothing was edited,
    /// as a version above both its own and `seqno_on_disk`.
    ///
    /// # Errors
    /// `Unsupported` with thin volumes, whose pools keep state of their own that would not match;
    /// `MissingDevice` when a physical volume was missing then; `Corrupt` when the state breaks an invariant.
    #[doc(alias = "vgcfgrestore")]
    pub fn restore(&mut self, seqno_on_disk: u32) -> Result<()> {
        let thin = |lv: &&LogicalVolume| {
            let mut kinds = lv.segments.iter().map(|seg| &seg.kind);
            kinds.any(|kind| matches!(kind, SegmentKind::ThinPool(_) | SegmentKind::Thin(_)))
        };
        if let Some(lv) = self.working.logical_volumes().find(thin) {
            return Err(Error::unsupported("restoring the metadata of thin volumes").with_lv(lv.name.clone()));
        }
        if self.working.is_partial() {
            let message =
                format!("Cannot restore Volume Group {} with PVs marked as missing.", self.working.name);
            return Err(Error::new(ErrorKind::MissingDevice, message));
        }
        self.working.check()?;
        if let Some(base) = &mut self.base {
            base.seqno = base.seqno.max(seqno_on_disk);
            self.working.seqno = base.seqno;
        }
        self.restored = true;
        Ok(())
    }

    /// What an edit rounded or left out, in LVM2's words; taken by this call.
    pub fn take_warnings(&mut self) -> Vec<String> {
        core::mem::take(&mut self.warnings)
    }

    /// The allocator's settings (`allocation` in lvm.conf(5)).
    pub fn set_allocation_settings(&mut self, settings: AllocationSettings) {
        self.settings = settings;
    }

    /// The group to write: the next version, with the header that goes around it.
    ///
    /// # Errors
    /// `Internal` when an invariant is broken, which would be a mistake of ours; `InvalidInput`
    /// when `seqno` has no next value.
    pub fn next_version(&self) -> Result<(VolumeGroup, TextHeader)> {
        if let Some(violation) = self.working.validate().into_iter().next() {
            return Err(violation.into_error(ErrorKind::Internal).with_vg(self.working.name.clone()));
        }
        self.check_identity()?;
        let mut vg = self.working.clone();
        vg.seqno = match &self.base {
            Some(base) => {
                base.seqno.checked_add(1).ok_or_else(|| Error::invalid("seqno has no next value"))?
            }
            None => 1,
        };
        let header = TextHeader {
            description: format!("Write from {}.", self.stamp.command),
            creation_host: self.stamp.host.nodename.clone(),
            creation_host_system_id: self.stamp.host.system_id.clone(),
            creation_time: self.stamp.time,
        };
        Ok((vg, header))
    }

    /// Runs an edit on a copy and keeps the copy only when it succeeds.
    fn edit<T>(&mut self, edit: impl FnOnce(&mut Edit<'_>) -> Result<T>) -> Result<T> {
        if self.removed {
            return Err(
                Error::invalid("the volume group is being removed").with_vg(self.working.name.clone())
            );
        }
        let mut run = Edit {
            vg: self.working.clone(),
            layouts: None,
            steps: Vec::new(),
            warnings: Vec::new(),
            draft_layouts: &self.layouts,
            stamp: &mut self.stamp,
            settings: &self.settings,
        };
        let result = edit(&mut run).map_err(|error| error.with_vg(run.vg.name.clone()))?;
        let Edit { mut vg, layouts, steps, warnings, .. } = run;
        vg.refresh_derived();
        // A volume removed again needs no data steps.
        self.data_steps.extend(steps);
        if !self.data_steps.is_empty() {
            let alive = |id: &LvId| vg.logical_volumes.iter().any(|lv| lv.id == *id);
            self.data_steps.retain(|step| match step {
                DataStep::Zero { lv, .. } | DataStep::WipeSignatures { lv } => alive(lv),
            });
        }
        self.working = vg;
        if let Some(layouts) = layouts {
            self.layouts = layouts;
        }
        self.warnings.extend(warnings);
        Ok(result)
    }
}

impl Deref for VgDraft {
    type Target = VolumeGroup;

    fn deref(&self) -> &VolumeGroup {
        &self.working
    }
}

impl fmt::Debug for VgDraft {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("VgDraft")
            .field("base", &self.base)
            .field("working", &self.working)
            .field("data_steps", &self.data_steps)
            .field("removed", &self.removed)
            .finish_non_exhaustive()
    }
}

/// One edit under way, on a copy.
struct Edit<'a> {
    vg: VolumeGroup,
    /// Set when the edit adds or removes physical volumes.
    layouts: Option<HashMap<PvId, DraftPv>>,
    steps: Vec<DataStep>,
    warnings: Vec<String>,
    draft_layouts: &'a HashMap<PvId, DraftPv>,
    stamp: &'a mut Stamp,
    settings: &'a AllocationSettings,
}

impl Edit<'_> {
    fn layouts(&mut self) -> &mut HashMap<PvId, DraftPv> {
        self.layouts.get_or_insert_with(|| self.draft_layouts.clone())
    }

    fn layout(&self, pv: PvId) -> Option<&DraftPv> {
        self.layouts.as_ref().unwrap_or(self.draft_layouts).get(&pv)
    }

    fn warn(&mut self, message: impl Into<String>) {
        self.warnings.push(message.into());
    }

    /// Refuses groups that nobody may change now.
    fn require_writable(&self) -> Result<()> {
        if self.vg.is_exported() {
            let error = Error::new(ErrorKind::InUse, format!("Volume group {} is exported", self.vg.name));
            return Err(error.with_help("import it first (vgimport)"));
        }
        self.require_local()
    }

    /// Refuses groups that are read-only or shared. An exported one may pass: it can be imported
    /// and renamed.
    fn require_local(&self) -> Result<()> {
        let vg = &self.vg;
        if !vg.is_writable() {
            return Err(Error::invalid(format!("Volume group {} is read-only", vg.name)));
        }
        if matches!(vg.lock_type(), Some(lock_type) if lock_type != "none") {
            return Err(Error::unsupported(format!(
                "volume group {} is shared through a lock manager of type {}",
                vg.name,
                vg.lock_type().unwrap_or_default()
            )));
        }
        Ok(())
    }

    /// Refuses groups whose extents cannot be told or handed out with certainty.
    fn require_complete(&self) -> Result<()> {
        self.require_writable()?;
        self.require_known()?;
        self.require_whole()
    }

    /// Refuses groups with parts that a change could break without knowing.
    fn require_known(&self) -> Result<()> {
        if self.vg.has_unknown_parts() {
            return Err(Error::unsupported(format!(
                "Cannot change VG {} with unknown segments in it!",
                self.vg.name
            ))
            .with_help("it was changed by a newer LVM2; what this version does not know is kept as it is"));
        }
        Ok(())
    }

    /// Refuses groups that lack physical volumes.
    fn require_whole(&self) -> Result<()> {
        if self.vg.is_partial() {
            let message = format!("Cannot change VG {} while PVs are missing.", self.vg.name);
            return Err(Error::new(ErrorKind::MissingDevice, message)
                .with_help("give all its devices, or remove the missing ones (vgreduce --removemissing)"));
        }
        Ok(())
    }

    fn lv_position(&self, name: &str) -> Result<usize> {
        let found = self.vg.logical_volumes.iter().position(|lv| lv.name == name);
        found.ok_or_else(|| {
            Error::not_found(format!("Logical volume {name} not found in volume group {}.", self.vg.name))
                .with_lv(name)
        })
    }

    fn lv_mut(&mut self, name: &str) -> Result<&mut LogicalVolume> {
        let at = self.lv_position(name)?;
        let lv = self.vg.logical_volumes.get_mut(at).map(Arc::make_mut);
        lv.ok_or_else(|| Error::not_found(format!("Logical volume {name} not found")))
    }

    fn lv_by_name(&self, name: &str) -> Result<&Arc<LogicalVolume>> {
        let at = self.lv_position(name)?;
        let lv = self.vg.logical_volumes.get(at);
        lv.ok_or_else(|| Error::not_found(format!("Logical volume {name} not found")))
    }

    /// A volume whose extents may be changed: visible, of simple segments, and no part of another.
    fn require_simple(&self, name: &str) -> Result<&Arc<LogicalVolume>> {
        let lv = self.lv_by_name(name)?;
        self.require_changeable(lv)?;
        if let Some(seg) = lv
            .segments
            .iter()
            .find(|seg| !matches!(seg.kind, SegmentKind::Striped(_) | SegmentKind::Error | SegmentKind::Zero))
        {
            return Err(Error::unsupported(format!(
                "logical volume {name} has segments of type {}, which cannot be changed yet",
                seg.segment_type()
            ))
            .with_lv(name));
        }
        if let Some(user) = self.user_of(lv.id) {
            return Err(Error::unsupported(format!(
                "logical volume {name} is used by {user} and cannot be changed on its own"
            ))
            .with_lv(name));
        }
        Ok(lv)
    }

    /// A volume whose attributes may be changed.
    fn require_changeable(&self, lv: &LogicalVolume) -> Result<()> {
        let refuse = |message: String| Err(Error::unsupported(message).with_lv(lv.name.clone()));
        if lv.status.intersects(LvStatus::LOCKED | LvStatus::PVMOVE) {
            let message = format!("Can't change locked logical volume {}.", lv.name);
            return Err(Error::new(ErrorKind::InUse, message).with_lv(lv.name.clone()));
        }
        if lv.has_unknown_parts() {
            return refuse(format!("logical volume {} has parts this version does not know", lv.name));
        }
        if !lv.visible {
            return refuse(format!("logical volume {} is an internal part of another", lv.name));
        }
        Ok(())
    }

    /// The name of a volume that refers to this one.
    fn user_of(&self, id: LvId) -> Option<&str> {
        let uses = |lv: &&Arc<LogicalVolume>| {
            let mut found = false;
            for seg in &lv.segments {
                seg.kind.for_each_lv(|other| found |= other == id);
            }
            found
        };
        self.vg.logical_volumes.iter().find(uses).map(|lv| lv.name.as_str())
    }

    fn pv_map(&self) -> Result<PvMap> {
        self.vg.pv_map()
    }

    /// Looks up physical volume arguments by the paths the group knows.
    fn resolve_pvs(&mut self, arguments: &[PvArgument], map: &PvMap) -> Result<PvSelection> {
        let vg = &self.vg;
        let find = |path: &str| {
            let by_path = vg.physical_volume_at(path).map(|pv| pv.id);
            by_path.or_else(|| PvId::parse(path).ok().filter(|id| vg.physical_volume(*id).is_some()))
        };
        let resolved = PvSelection::resolve(arguments, vg, map, find)?;
        for warning in &resolved.warnings {
            self.warnings.push(format!("{warning}"));
        }
        Ok(resolved.selection)
    }

    fn check_new_lv_name(&self, name: &str) -> Result<()> {
        let taken = self.vg.logical_volume(name).is_some()
            || self.vg.historical_logical_volumes.iter().any(|lv| lv.name == name);
        if taken {
            let message =
                format!("Logical Volume \"{name}\" already exists in volume group \"{}\"", self.vg.name);
            return Err(Error::new(ErrorKind::AlreadyExists, message).with_lv(name));
        }
        crate::name::check_user_lv_name(name)
            .and_then(|()| crate::name::check_pair(&self.vg.name, name))
            .map_err(|error| Error::invalid(format!("Logical volume name \"{name}\" is invalid: {error}.")))
    }
}
