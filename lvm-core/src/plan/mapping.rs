//! How the mapping of a volume changed: extents that lie elsewhere, and other types.

use std_alloc::{format, string::String, string::ToString, vec::Vec};

use super::{ExtentRange, Step};
use crate::metadata::{AreaSource, LogicalVolume, Segment, SegmentKind, VolumeGroup};

/// Appends what is different in the logical extents that a volume had before and has now.
pub(super) fn steps(
    (old_vg, old): (&VolumeGroup, &LogicalVolume),
    (new_vg, new): (&VolumeGroup, &LogicalVolume),
    steps: &mut Vec<Step>,
) {
    let (mut from, mut to) = (Vec::new(), Vec::new());
    let mut conversion: Option<(String, String)> = None;
    for (old_seg, new_seg, start, end) in common(&old.segments, &new.segments) {
        let types = (described(old_seg), described(new_seg));
        if types.0 != types.1 {
            conversion.get_or_insert(types);
            continue;
        }
        let multiple = old_seg.kind.area_multiple().max(1);
        let count = end.saturating_sub(start).div_ceil(multiple);
        let place = |seg: &Segment, first: u32| {
            first.saturating_add(start.saturating_sub(seg.start_extent).checked_div(multiple).unwrap_or(0))
        };
        for (old_area, new_area) in old_seg.kind.areas().iter().zip(new_seg.kind.areas()) {
            let old_start = place(old_seg, old_area.start_extent);
            let new_start = place(new_seg, new_area.start_extent);
            if (old_area.source, old_start) != (new_area.source, new_start) {
                push(&mut from, range(old_vg, old_area.source, old_start, count));
                push(&mut to, range(new_vg, new_area.source, new_start, count));
            }
        }
    }
    let (lv, name) = (new.id, new.name.clone());
    if let Some((from, to)) = conversion {
        steps.push(Step::ConvertLv { lv, name: name.clone(), from, to });
    }
    if !from.is_empty() {
        steps.push(Step::MoveExtents { lv, name, from, to });
    }
}

/// Pieces of logical extents that lie in one segment before and after.
fn common<'s>(
    old: &'s [Segment],
    new: &'s [Segment],
) -> impl Iterator<Item = (&'s Segment, &'s Segment, u32, u32)> {
    let (mut old, mut new) = (old.iter().peekable(), new.iter().peekable());
    core::iter::from_fn(move || {
        loop {
            let (one, other) = (*old.peek()?, *new.peek()?);
            let ends = [one, other].map(|seg| seg.start_extent.saturating_add(seg.extent_count));
            let start = one.start_extent.max(other.start_extent);
            let end = ends[0].min(ends[1]);
            if ends[0] <= end {
                old.next();
            }
            if ends[1] <= end {
                new.next();
            }
            if start < end {
                return Some((one, other, start, end));
            }
        }
    })
}

/// The type, with the number of legs where it has several.
fn described(seg: &Segment) -> String {
    let name = seg.segment_type();
    match &seg.kind {
        SegmentKind::Striped(striped) if striped.stripes.len() > 1 => {
            format!("{name} with {} stripes", striped.stripes.len())
        }
        SegmentKind::Mirror(mirror) => format!("{name} with {} images", mirror.mirrors.len()),
        SegmentKind::Raid(raid) => format!("{name} with {} images", raid.images.len()),
        _ => name.to_string(),
    }
}

fn range(vg: &VolumeGroup, source: AreaSource, start: u32, count: u32) -> ExtentRange {
    let device = match source {
        AreaSource::Pv(pv) => vg.physical_volume(pv).map(|pv| pv.device.clone()),
        AreaSource::Lv(lv) => vg.logical_volume_by_id(lv).map(|lv| lv.name.clone()),
    };
    ExtentRange { device: device.unwrap_or_default(), start, count }
}

/// Appends a range, to the last one if it goes on there.
fn push(ranges: &mut Vec<ExtentRange>, range: ExtentRange) {
    if let Some(last) = ranges.last_mut()
        && last.device == range.device
        && last.start.checked_add(last.count) == Some(range.start)
    {
        last.count = last.count.saturating_add(range.count);
        return;
    }
    ranges.push(range);
}
