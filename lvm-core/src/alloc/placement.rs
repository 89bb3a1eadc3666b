//! Where extents were placed, and how the pieces become segments.

use std_alloc::vec::Vec;

use serde::Serialize;

use crate::id::PvId;
use crate::metadata::segment::{Striped, end_of, push_joining};
use crate::metadata::{Area, AreaSource, Segment, SegmentKind};
use crate::units::{Extents, Sectors};

/// A run of extents on one physical volume.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize)]
pub struct Leg {
    /// The physical volume.
    pub pv: PvId,
    /// The first extent.
    pub start_extent: u32,
    /// How many.
    pub extent_count: u32,
}

impl Leg {
    /// The leg as an area of a segment.
    #[must_use]
    pub const fn area(self) -> Area {
        Area { source: AreaSource::Pv(self.pv), start_extent: self.start_extent }
    }
}

/// Logical extents that lie on one leg per area.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct Piece {
    /// Logical extents.
    pub extent_count: u32,
    /// Where each area lies, in the order of the stripes or copies; equally long.
    pub legs: Vec<Leg>,
}

/// Where a request was placed.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize)]
pub struct Placement {
    /// The pieces in logical order.
    pub pieces: Vec<Piece>,
    /// Areas for logs or pool metadata.
    pub logs: Vec<Leg>,
}

impl Placement {
    pub(super) fn push(&mut self, piece: Piece) {
        self.pieces.push(piece);
    }

    /// Logical extents placed.
    #[must_use]
    pub fn extent_count(&self) -> Extents {
        let sum = self.pieces.iter().map(|piece| u64::from(piece.extent_count)).sum::<u64>();
        Extents(u32::try_from(sum).unwrap_or(u32::MAX))
    }

    /// Physical extents taken, logs included.
    #[must_use]
    pub fn physical_extent_count(&self) -> u64 {
        let legs = self.pieces.iter().flat_map(|piece| &piece.legs).chain(&self.logs);
        legs.map(|leg| u64::from(leg.extent_count)).sum()
    }

    /// All runs of extents taken.
    pub fn legs(&self) -> impl Iterator<Item = &Leg> {
        self.pieces.iter().flat_map(|piece| &piece.legs).chain(&self.logs)
    }
}

/// Appends the pieces as linear or striped segments; a piece that goes on where the segment
/// before it ends becomes part of it. `stripe_size` counts only for pieces with several legs.
///
/// Linear in the pieces, whatever the volume has already.
pub fn append_segments(segments: &mut Vec<Segment>, placement: &Placement, stripe_size: Sectors) {
    let mut next = segments.last().map_or(0, end_of);
    for piece in &placement.pieces {
        let stripes = piece.legs.iter().map(|leg| leg.area()).collect::<Vec<_>>();
        let size = if stripes.len() > 1 { stripe_size } else { Sectors::ZERO };
        let kind = SegmentKind::Striped(Striped::striped(size, stripes));
        push_joining(segments, Segment::new(next, piece.extent_count, kind));
        next = next.saturating_add(piece.extent_count);
    }
}

/// Cuts linear and striped segments off at `extent_count` logical extents. The cut must be at a
/// stripe boundary (see [`size::shrunk_extents`](super::size::shrunk_extents)); nothing happens when the
/// volume is not longer.
///
/// Segments of other kinds are shortened without regard to what they lie on.
pub fn truncate_segments(segments: &mut Vec<Segment>, extent_count: Extents) {
    let keep = segments.partition_point(|segment| segment.start_extent < extent_count.0);
    segments.truncate(keep);
    if let Some(last) = segments.last_mut() {
        let left = extent_count.0.saturating_sub(last.start_extent);
        last.extent_count = last.extent_count.min(left);
    }
}
