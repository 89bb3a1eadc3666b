//! Neighbouring segments that are one.

use std_alloc::vec::Vec;

use super::{AreaSource, Segment, SegmentKind};

/// Joins neighbouring linear or striped segments that go on where the one before ends: the same
/// stripes on the same physical volumes, the same stripe size, and nothing that sets them apart; and
/// neighbouring segments of the same kind that lie nowhere.
pub fn join_adjacent(segments: &mut Vec<Segment>) {
    if segments.windows(2).any(|pair| matches!(pair, [one, other] if continues(one, other))) {
        let apart = core::mem::take(segments);
        for segment in apart {
            push_joining(segments, segment);
        }
    }
}

/// Adds a segment, to the last one when it goes on there.
pub(crate) fn push_joining(segments: &mut Vec<Segment>, segment: Segment) {
    match segments.last_mut() {
        Some(last) if continues(last, &segment) => {
            last.extent_count = last.extent_count.saturating_add(segment.extent_count);
        }
        _ => segments.push(segment),
    }
}

/// True when `other` lies directly behind `one`, logically and on every leg.
fn continues(one: &Segment, other: &Segment) -> bool {
    let legs_continue = match (&one.kind, &other.kind) {
        (SegmentKind::Striped(left), SegmentKind::Striped(right)) => {
            let length = one.area_length().0;
            left.stripes.len() == right.stripes.len()
                && left.stripe_size == right.stripe_size
                && left.stripes.iter().zip(&right.stripes).all(|(left, right)| {
                    matches!(left.source, AreaSource::Pv(_))
                        && left.source == right.source
                        && left.start_extent.checked_add(length) == Some(right.start_extent)
                })
        }
        (SegmentKind::Error, SegmentKind::Error) | (SegmentKind::Zero, SegmentKind::Zero) => true,
        _ => false,
    };
    legs_continue
        && one.flags == other.flags
        && one.tags == other.tags
        && one.reshape_count.is_none()
        && other.reshape_count.is_none()
        && one.extra.is_empty()
        && other.extra.is_empty()
        && is_whole(one)
        && is_whole(other)
        && end_of(one) == other.start_extent
        && one.extent_count.checked_add(other.extent_count).is_some()
}

/// True for a segment with as many extents on every leg. Others are for a check to refuse.
fn is_whole(segment: &Segment) -> bool {
    segment.extent_count > 0 && segment.extent_count.is_multiple_of(segment.kind.area_multiple().max(1))
}

/// The extent behind the segment's last.
pub(crate) const fn end_of(segment: &Segment) -> u32 {
    segment.start_extent.saturating_add(segment.extent_count)
}
