//! Growing and shrinking logical volumes.

use std_alloc::{format, string::String, sync::Arc, vec::Vec};

use super::create::check_stripes;
use super::{Edit, NewLvKind, VgDraft};
use crate::alloc::size::{Change, SizeInExtents, resize_extents};
use crate::alloc::{PvArgument, PvSelection, Request, Shape, allocate, append_segments, truncate_segments};
use crate::error::{Error, Result};
use crate::metadata::{AllocationPolicy, LogicalVolume, PvMap, Segment, SegmentKind};
use crate::units::{Bytes, Extents, Sectors, Size};

/// Which way a volume may be resized.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Direction {
    Grow,
    Shrink,
    Either,
}

/// A change of a volume's size (lvextend(8), lvreduce(8), lvresize(8)).
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ResizeLv {
    pub(super) name: String,
    size: Size,
    change: Change,
    direction: Direction,
    pub(super) pvs: Vec<PvArgument>,
    stripes: Option<u32>,
    stripe_size: Option<Bytes>,
    allocation_policy: Option<AllocationPolicy>,
    kind: Option<NewLvKind>,
}

impl ResizeLv {
    fn new(name: impl Into<String>, size: impl Into<Size>, change: Change, direction: Direction) -> Self {
        Self {
            name: name.into(),
            size: size.into(),
            change,
            direction,
            pvs: Vec::new(),
            stripes: None,
            stripe_size: None,
            allocation_policy: None,
            kind: None,
        }
    }

    /// To this size, whichever way.
    #[must_use]
    pub fn to(name: impl Into<String>, size: impl Into<Size>) -> Self {
        Self::new(name, size, Change::To, Direction::Either)
    }

    /// To this larger size.
    #[must_use]
    pub fn extend_to(name: impl Into<String>, size: impl Into<Size>) -> Self {
        Self::new(name, size, Change::To, Direction::Grow)
    }

    /// By so much more.
    #[must_use]
    pub fn extend_by(name: impl Into<String>, size: impl Into<Size>) -> Self {
        Self::new(name, size, Change::By, Direction::Grow)
    }

    /// To this smaller size.
    #[must_use]
    pub fn reduce_to(name: impl Into<String>, size: impl Into<Size>) -> Self {
        Self::new(name, size, Change::To, Direction::Shrink)
    }

    /// By so much less.
    #[must_use]
    pub fn reduce_by(name: impl Into<String>, size: impl Into<Size>) -> Self {
        Self::new(name, size, Change::Less, Direction::Shrink)
    }

    /// The physical volumes for new extents, in order; none means all.
    #[must_use]
    pub fn on(mut self, pvs: impl IntoIterator<Item = PvArgument>) -> Self {
        self.pvs = pvs.into_iter().collect();
        self
    }

    /// `--stripes` of the new extents; the last segment's by default.
    #[must_use]
    pub fn stripes(mut self, stripes: u32) -> Self {
        self.stripes = Some(stripes);
        self
    }

    /// `--stripesize` of the new extents; the last segment's by default.
    #[must_use]
    pub fn stripe_size(mut self, size: Bytes) -> Self {
        self.stripe_size = Some(size);
        self
    }

    /// `--alloc` for this change only.
    #[must_use]
    pub fn allocation_policy(mut self, policy: AllocationPolicy) -> Self {
        self.allocation_policy = Some(policy);
        self
    }

    /// `--type` of the new extents; the last segment's by default. `Linear` only says that they
    /// are those of physical volumes: how many stripes they have, [`stripes`](Self::stripes) and
    /// the last segment say.
    #[must_use]
    pub fn kind(mut self, kind: NewLvKind) -> Self {
        if let NewLvKind::Striped { stripes } = kind {
            self.stripes = Some(stripes);
        }
        self.kind = Some(kind);
        self
    }
}

impl VgDraft {
    /// Changes the size of a volume and returns the new number of extents. New segments go behind
    /// the last; extents are taken away from the end.
    ///
    /// # Errors
    /// `InsufficientSpace`, `NotFound`, `InvalidInput` for a size that does not fit the direction,
    /// `Unsupported` for types that cannot be resized yet.
    #[doc(alias = "lvresize")]
    pub fn resize_lv(&mut self, resize: &ResizeLv) -> Result<Extents> {
        self.edit(|edit| {
            edit.require_complete()?;
            edit.resize_lv(resize).map_err(|error| error.with_lv(resize.name.clone()))
        })
    }

    /// Grows a volume by `size`.
    ///
    /// # Errors
    /// See [`resize_lv`](Self::resize_lv).
    #[doc(alias = "lvextend")]
    pub fn extend_lv_by(&mut self, name: &str, size: impl Into<Size>) -> Result<Extents> {
        self.resize_lv(&ResizeLv::extend_by(name, size))
    }

    /// Grows a volume to `size`.
    ///
    /// # Errors
    /// See [`resize_lv`](Self::resize_lv).
    #[doc(alias = "lvextend")]
    pub fn extend_lv_to(&mut self, name: &str, size: impl Into<Size>) -> Result<Extents> {
        self.resize_lv(&ResizeLv::extend_to(name, size))
    }

    /// Shrinks a volume by `size`. What lay in its last extents is lost.
    ///
    /// # Errors
    /// See [`resize_lv`](Self::resize_lv).
    #[doc(alias = "lvreduce")]
    pub fn reduce_lv_by(&mut self, name: &str, size: impl Into<Size>) -> Result<Extents> {
        self.resize_lv(&ResizeLv::reduce_by(name, size))
    }

    /// Shrinks a volume to `size`. What lay behind is lost.
    ///
    /// # Errors
    /// See [`resize_lv`](Self::resize_lv).
    #[doc(alias = "lvreduce")]
    pub fn reduce_lv_to(&mut self, name: &str, size: impl Into<Size>) -> Result<Extents> {
        self.resize_lv(&ResizeLv::reduce_to(name, size))
    }

    /// Brings a volume to `size`, whichever way.
    ///
    /// # Errors
    /// See [`resize_lv`](Self::resize_lv).
    #[doc(alias = "lvresize")]
    pub fn resize_lv_to(&mut self, name: &str, size: impl Into<Size>) -> Result<Extents> {
        self.resize_lv(&ResizeLv::to(name, size))
    }
}

impl Edit<'_> {
    fn resize_lv(&mut self, resize: &ResizeLv) -> Result<Extents> {
        let lv = Arc::clone(self.require_simple(&resize.name)?);
        let map = self.pv_map()?;
        let selection = self.resolve_pvs(&resize.pvs, &map)?;
        let (last_stripes, last_size) = last_geometry(&lv);
        let stripes = resize.stripes.unwrap_or(last_stripes);
        let target = self.resized_extents(resize, &lv, &map, &selection)?;
        let (now, new) = (lv.extent_count(), target.extents);
        let mut segments = lv.segments.to_vec();
        if new < now {
            truncate_segments(&mut segments, new);
        } else if is_unclear(resize, &lv) {
            return Err(Error::invalid("Please specify number of stripes (-i) and stripesize (-I)")
                .with_help("the segments of the volume differ in them"));
        } else if let Some(kind) = resize.virtual_kind(&segments) {
            grow_virtual(&mut segments, now, new, kind);
        } else {
            if stripes == 0 {
                check_stripes(stripes)?;
            }
            let size = resize.stripe_size.or(last_size.map(Sectors::to_bytes));
            let stripe_size = self.check_stripe_size(size, stripes)?;
            let request = self.growth_request(resize, &lv, target, selection);
            let placement = allocate(&self.vg, &map, &request)?;
            // Too many stripes are too many also when there is room for them.
            check_stripes(stripes)?;
            append_segments(&mut segments, &placement, stripe_size);
        }
        let lv = self.lv_mut(&resize.name)?;
        lv.segments = segments.into();
        Ok(lv.extent_count())
    }

    /// The extents that a volume is to have in all.
    pub(super) fn resized_extents(
        &self,
        resize: &ResizeLv,
        lv: &LogicalVolume,
        map: &PvMap,
        selection: &PvSelection,
    ) -> Result<SizeInExtents> {
        let basis = self.size_basis(&resize.pvs, map, selection);
        let stripes = resize.stripes.unwrap_or(last_geometry(lv).0);
        let target = resize_extents(resize.size, resize.change, &lv.segments, stripes, &basis)?;
        check_direction(resize.direction, lv.extent_count(), target.extents)?;
        Ok(target)
    }

    /// What the allocator is asked for when a volume grows to `target`.
    pub(super) fn growth_request(
        &self,
        resize: &ResizeLv,
        lv: &LogicalVolume,
        target: SizeInExtents,
        selection: PvSelection,
    ) -> Request {
        let stripes = resize.stripes.unwrap_or(last_geometry(lv).0);
        let by = target.extents.saturating_sub(lv.extent_count());
        Request::extending(lv, by, Shape::striped(stripes))
            .policy(resize.allocation_policy.unwrap_or(lv.allocation_policy))
            .on(selection)
            .approximate(target.approximate)
            .settings(self.settings.clone())
    }
}

/// True when the segments there are do not say how new ones are striped.
fn is_unclear(resize: &ResizeLv, lv: &LogicalVolume) -> bool {
    let (last_stripes, _) = last_geometry(lv);
    let mixed = lv.segments.iter().any(|seg| seg.kind.area_multiple() != last_stripes);
    let stripes = resize.stripes.unwrap_or(last_stripes);
    mixed && resize.stripes.is_none()
        || stripes > 1 && resize.stripe_size.is_none() && changes_stripe_size(lv)
}

/// True when a striped segment follows directly on one of another stripe size. LVM2 compares
/// neighbours only: a linear segment between them hides the change.
fn changes_stripe_size(lv: &LogicalVolume) -> bool {
    let sizes = lv.segments.iter().map(|seg| match &seg.kind {
        SegmentKind::Striped(striped) if striped.stripes.len() > 1 => striped.stripe_size,
        _ => Sectors::ZERO,
    });
    let sizes = sizes.collect::<Vec<_>>();
    sizes.windows(2).any(|pair| match pair {
        [one, next] => one != next && !one.is_zero() && !next.is_zero(),
        _ => false,
    })
}

/// Stripes and, when there are several, the stripe size of the last segment.
fn last_geometry(lv: &LogicalVolume) -> (u32, Option<Sectors>) {
    match lv.segments.last().map(|seg| &seg.kind) {
        Some(kind @ SegmentKind::Striped(striped)) if striped.stripes.len() > 1 => {
            (kind.area_multiple(), Some(striped.stripe_size))
        }
        _ => (1, None),
    }
}

impl ResizeLv {
    /// What new segments map, when that takes no extents.
    fn virtual_kind(&self, segments: &[Segment]) -> Option<SegmentKind> {
        match (self.kind, segments.last().map(|seg| &seg.kind)) {
            (Some(NewLvKind::Error), _) | (None, Some(SegmentKind::Error)) => Some(SegmentKind::Error),
            (Some(NewLvKind::Zero), _) | (None, Some(SegmentKind::Zero)) => Some(SegmentKind::Zero),
            _ => None,
        }
    }
}

/// Adds extents that lie nowhere, to the last segment when it is of the same kind.
fn grow_virtual(segments: &mut Vec<Segment>, now: Extents, new: Extents, kind: SegmentKind) {
    let by = new.0.saturating_sub(now.0);
    match segments.last_mut() {
        Some(last) if last.kind == kind => last.extent_count = last.extent_count.saturating_add(by),
        _ => segments.push(Segment::new(now.0, by, kind)),
    }
}

fn check_direction(direction: Direction, now: Extents, new: Extents) -> Result<()> {
    let refuse = |message: String| Err(Error::invalid(message));
    if new == now {
        return refuse(format!("New size ({new} extents) matches existing size ({now} extents)."));
    }
    match direction {
        Direction::Grow if new < now => {
            refuse(format!("New size given ({new} extents) not larger than existing size ({now} extents)"))
        }
        Direction::Shrink if new > now => {
            refuse(format!("New size given ({new} extents) not less than existing size ({now} extents)"))
        }
        _ => Ok(()),
    }
}
