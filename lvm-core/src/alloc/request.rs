//! What is asked of the allocator.

use std_alloc::{borrow::ToOwned, string::String, vec, vec::Vec};

use super::pv_argument::PvSelection;
use crate::id::PvId;
use crate::metadata::{AllocationPolicy, AreaSource, LogicalVolume, Segment, VolumeGroup};
use crate::units::Extents;

/// How many areas stand side by side, and what they hold.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Shape {
    /// Areas with data: stripes, or copies.
    pub data_areas: u32,
    /// Areas with parity.
    pub parity_areas: u32,
    /// Logical extents gained per extent of each area: the stripe count, 1 for copies.
    pub area_multiple: u32,
    /// Areas for a mirror log or a pool's metadata, placed once, beside the first piece.
    pub log_areas: u32,
    /// Extents of each of those.
    pub log_length: u32,
}

impl Shape {
    /// `stripes` areas that take turns; one is linear.
    #[must_use]
    pub const fn striped(stripes: u32) -> Self {
        Self { data_areas: stripes, parity_areas: 0, area_multiple: stripes, log_areas: 0, log_length: 0 }
    }

    /// `copies` areas that hold the same.
    #[must_use]
    pub const fn copies(copies: u32) -> Self {
        Self { data_areas: copies, parity_areas: 0, area_multiple: 1, log_areas: 0, log_length: 0 }
    }

    /// With `log_areas` more areas of `log_length` extents, placed once.
    #[must_use]
    pub const fn with_log(mut self, log_areas: u32, log_length: u32) -> Self {
        self.log_areas = log_areas;
        self.log_length = log_length;
        self
    }

    /// Areas of one piece: data and parity.
    #[must_use]
    pub const fn areas(self) -> u32 {
        self.data_areas.saturating_add(self.parity_areas)
    }

    /// Physical extents for `extents` logical ones, without logs.
    #[must_use]
    pub fn physical_extents(self, extents: u32) -> u64 {
        let per_area = u64::from(extents).div_ceil(u64::from(self.area_multiple.max(1)));
        per_area.saturating_mul(u64::from(self.areas()))
    }
}

/// Where one leg of an existing segment lies.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct LegEnd {
    /// Its physical volume.
    pub pv: PvId,
    /// The extent behind its last one.
    pub end: u32,
}

/// What new extents are appended to.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Existing {
    /// Logical extents so far.
    pub extent_count: u32,
    /// The legs of the last segment.
    pub last: Vec<LegEnd>,
    /// The physical volumes under the first segment, leg by leg.
    pub first: Vec<PvId>,
}

impl Existing {
    /// Reads it off a volume's segments, whose areas must lie on physical volumes.
    ///
    /// `None` for a volume without segments.
    #[must_use]
    pub fn of_segments(segments: &[Segment]) -> Option<Self> {
        let (first, last) = (segments.first()?, segments.last()?);
        let pv_of = |source: AreaSource| match source {
            AreaSource::Pv(pv) => Some(pv),
            AreaSource::Lv(_) => None,
        };
        let length = last.area_length().0;
        let last_legs = last.kind.areas().iter().filter_map(|area| {
            Some(LegEnd { pv: pv_of(area.source)?, end: area.start_extent.saturating_add(length) })
        });
        Some(Self {
            extent_count: last.start_extent.saturating_add(last.extent_count),
            last: last_legs.collect(),
            first: first.kind.areas().iter().filter_map(|area| pv_of(area.source)).collect(),
        })
    }
}

/// Logical extents whose new areas must stay off some physical volumes: those of their other
/// copies.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ParallelRange {
    /// The first logical extent.
    pub start: u32,
    /// How many.
    pub count: u32,
    /// The physical volumes to stay off.
    pub avoid: Vec<PvId>,
}

/// Settings of the `allocation` section of lvm.conf(5).
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct AllocationSettings {
    /// `maximise_cling`: keep a volume's extents on few physical volumes, under `normal` too.
    pub maximise_cling: bool,
    /// `cling_tag_list`: `@TAG`, or `@*` for any tag; physical volumes with such a tag in common
    /// count as one place for `cling_by_tags`.
    pub cling_tag_list: Vec<String>,
    /// `mirror_logs_require_separate_pvs`: a log may not share a physical volume with an image.
    pub separate_logs: bool,
}

impl Default for AllocationSettings {
    fn default() -> Self {
        Self { maximise_cling: true, cling_tag_list: vec![], separate_logs: false }
    }
}

/// What is asked of the allocator.
#[derive(Clone, PartialEq, Eq, Debug)]
#[non_exhaustive]
pub struct Request {
    /// The logical volume's name, for messages.
    pub lv_name: String,
    /// Logical extents wanted; must be divisible by the shape's `area_multiple`.
    pub extents: Extents,
    /// The areas of each piece.
    pub shape: Shape,
    /// How free the placement is; `Inherit` stands for the volume group's policy.
    pub policy: AllocationPolicy,
    /// The physical volumes that may be used.
    pub pvs: PvSelection,
    /// What the new extents are appended to, when extending.
    pub existing: Option<Existing>,
    /// Physical volumes to stay off, by logical extents; in order.
    pub parallel: Vec<ParallelRange>,
    /// Take what there is when it is less than what was asked for.
    pub approximate: bool,
    /// Settings.
    pub settings: AllocationSettings,
}

impl Request {
    /// A request for a new volume under the group's policy on any physical volume.
    #[must_use]
    pub fn new(lv_name: &str, extents: Extents, shape: Shape) -> Self {
        Self {
            lv_name: lv_name.to_owned(),
            extents,
            shape,
            policy: AllocationPolicy::Inherit,
            pvs: PvSelection::All,
            existing: None,
            parallel: Vec::new(),
            approximate: false,
            settings: AllocationSettings::default(),
        }
    }

    /// A request for more extents of a volume, under its own policy.
    #[must_use]
    pub fn extending(lv: &LogicalVolume, extents: Extents, shape: Shape) -> Self {
        let mut request = Self::new(lv.name(), extents, shape);
        request.policy = lv.allocation_policy();
        request.existing = Existing::of_segments(lv.segments());
        request
    }

    /// With this policy.
    #[must_use]
    pub fn policy(mut self, policy: AllocationPolicy) -> Self {
        self.policy = policy;
        self
    }

    /// On these physical volumes only.
    #[must_use]
    pub fn on(mut self, pvs: PvSelection) -> Self {
        self.pvs = pvs;
        self
    }

    /// Taking what there is, or not.
    #[must_use]
    pub fn approximate(mut self, approximate: bool) -> Self {
        self.approximate = approximate;
        self
    }

    /// Under these settings.
    #[must_use]
    pub fn settings(mut self, settings: AllocationSettings) -> Self {
        self.settings = settings;
        self
    }

    /// Staying off the physical volumes of other copies.
    #[must_use]
    pub fn avoiding(mut self, parallel: Vec<ParallelRange>) -> Self {
        self.parallel = parallel;
        self
    }

    /// The policy in force: the one asked for, or the volume group's.
    #[must_use]
    pub fn effective_policy(&self, vg: &VolumeGroup) -> AllocationPolicy {
        match self.policy {
            AllocationPolicy::Inherit => vg.allocation_policy(),
            policy => policy,
        }
    }
}
