//! What a draft would do to the disks: stages, each of which is one metadata version.
//!
//! A plan is a pure function of where the draft started and what it came to. It is printed for
//! people and serialised for programs; making one writes nothing.

mod diff;
mod display;
mod mapping;

use std_alloc::{string::String, vec::Vec};

use serde::Serialize;

use crate::edit::{DataStep, VgDraft};
use crate::error::Result;
use crate::id::{LvId, PvId, VgId};
use crate::metadata::VolumeGroup;
use crate::units::{Bytes, Extents};

/// Everything a commit would do.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct Plan {
    /// The group's name afterwards.
    pub vg: String,
    /// Its id.
    pub id: VgId,
    /// The version it starts from; `None` for a new group.
    pub seqno: Option<u32>,
    /// The stages in order; none when nothing changes.
    pub stages: Vec<Stage>,
}

/// One version of the metadata, and what comes with it.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct Stage {
    /// The version this stage commits; `None` when the group is removed.
    pub seqno: Option<u32>,
    /// What changes, in order.
    pub steps: Vec<Step>,
}

/// A run of extents on a physical volume.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct ExtentRange {
    /// Where the physical volume is.
    pub device: String,
    /// The first extent.
    pub start: u32,
    /// The number of extents.
    pub count: u32,
}

/// One change.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
#[serde(tag = "step", rename_all = "snake_case")]
#[non_exhaustive]
pub enum Step {
    /// A device becomes a physical volume; what is in its first 2048 bytes and in its metadata
    /// areas is lost.
    InitialisePv {
        /// Its id.
        pv: PvId,
        /// Where it is.
        device: String,
        /// Its size.
        size: Bytes,
    },
    /// The group is made.
    CreateVg {
        /// The size of its extents.
        extent_size: Bytes,
    },
    /// The group gets another name.
    RenameVg {
        /// The name it had.
        from: String,
        /// The name it gets.
        to: String,
    },
    /// The group is removed.
    RemoveVg,
    /// A physical volume joins the group.
    AddPv {
        /// Its id.
        pv: PvId,
        /// Where it is.
        device: String,
        /// Its extents.
        extents: Extents,
    },
    /// A physical volume leaves the group.
    RemovePv {
        /// Its id.
        pv: PvId,
        /// Where it is.
        device: String,
    },
    /// A physical volume has another number of extents.
    ResizePv {
        /// Its id.
        pv: PvId,
        /// Where it is.
        device: String,
        /// The extents it had.
        from: Extents,
        /// The extents it gets.
        to: Extents,
    },
    /// A logical volume is made.
    CreateLv {
        /// Its id.
        lv: LvId,
        /// Its name.
        name: String,
        /// The type of its first segment.
        segment_type: String,
        /// Its size.
        size: Bytes,
        /// Where its extents lie.
        ranges: Vec<ExtentRange>,
    },
    /// A logical volume grows.
    ExtendLv {
        /// Its id.
        lv: LvId,
        /// Its name.
        name: String,
        /// The size it had.
        from: Bytes,
        /// The size it gets.
        to: Bytes,
        /// Where its new extents lie.
        ranges: Vec<ExtentRange>,
    },
    /// A logical volume shrinks; what lay in these extents is lost.
    ReduceLv {
        /// Its id.
        lv: LvId,
        /// Its name.
        name: String,
        /// The size it had.
        from: Bytes,
        /// The size it gets.
        to: Bytes,
        /// The extents it gives back.
        ranges: Vec<ExtentRange>,
    },
    /// Extents of a logical volume lie elsewhere; both lists are in logical order, and those of a
    /// volume that lies on another name that one.
    MoveExtents {
        /// Its id.
        lv: LvId,
        /// Its name.
        name: String,
        /// Where they lay.
        from: Vec<ExtentRange>,
        /// Where they lie.
        to: Vec<ExtentRange>,
    },
    /// A logical volume is mapped in another way.
    ConvertLv {
        /// Its id.
        lv: LvId,
        /// Its name.
        name: String,
        /// How it was mapped: a segment type, with the number of its legs where it has several.
        from: String,
        /// How it is mapped.
        to: String,
    },
    /// A logical volume is removed; its content is lost.
    RemoveLv {
        /// Its id.
        lv: LvId,
        /// Its name.
        name: String,
        /// Its size.
        size: Bytes,
    },
    /// A logical volume gets another name.
    RenameLv {
        /// Its id.
        lv: LvId,
        /// The name it had.
        from: String,
        /// The name it gets.
        to: String,
    },
    /// An attribute changes.
    Change {
        /// What it belongs to: the group, or a volume of it.
        object: String,
        /// The attribute, by the metadata's own key.
        attribute: String,
        /// The value it had.
        from: String,
        /// The value it gets.
        to: String,
    },
    /// A tool resizes the file system on a volume, or makes ready for it.
    FileSystem {
        /// The volume's name.
        name: String,
        /// What is done.
        action: String,
        /// The command line, for what a tool does.
        command: Option<String>,
        /// True when it is done before the volume changes.
        before: bool,
    },
    /// Something is done with data after the commit.
    Data {
        /// The volume's name.
        name: String,
        /// What.
        data: DataStep,
    },
}

impl Plan {
    /// What changed from one version of a group to another, as a plan would say it that leads
    /// there. Volumes are the same when their ids are.
    ///
    /// The paths of physical volumes are hints and not compared; where extents lie is.
    #[must_use]
    pub fn between(old: &VolumeGroup, new: &VolumeGroup) -> Self {
        diff::between(old, new)
    }

    /// True when nothing would change.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.stages.is_empty()
    }
}

impl VgDraft {
    /// What a commit would do, and nothing else: no lock, no write.
    ///
    /// # Errors
    /// `Internal` when an invariant is broken, which would be a mistake of ours.
    pub fn plan(&self) -> Result<Plan> {
        diff::plan(self)
    }
}
