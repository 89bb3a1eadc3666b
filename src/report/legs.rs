//! The legs of a segment: what `devices` and the ranges list.

use lvm_core::metadata::segment::Raid;
use lvm_core::metadata::{AreaSource, Segment, SegmentKind};

use super::group::{Group, count};

/// One leg: a run of extents of a physical or logical volume.
#[derive(Clone, Copy, Debug)]
pub(super) struct Leg {
    pub(super) source: AreaSource,
    pub(super) start: u64,
    pub(super) count: u64,
}

/// The legs that carry the segment's data, in order.
pub(super) fn legs(group: &Group<'_>, seg: &Segment) -> Vec<Leg> {
    let length = u64::from(seg.extent_count().0);
    let one = |lv, start| {
        // A leg on another volume reaches to the end of what that volume has.
        vec![Leg { source: AreaSource::Lv(lv), start, count: length }]
    };
    match seg.kind() {
        SegmentKind::Raid(raid) => {
            let count = raid_leg_length(raid, seg);
            let leg = |lv| Leg { source: AreaSource::Lv(lv), start: 0, count };
            raid.images.iter().map(|image| leg(image.data)).collect()
        }
        SegmentKind::ThinPool(pool) => one(pool.pool, 0),
        SegmentKind::CachePool(pool) => one(pool.data, 0),
        SegmentKind::Cache(cache) => one(cache.origin, 0),
        SegmentKind::WriteCache(cache) => one(cache.origin, 0),
        SegmentKind::Integrity(integrity) => one(integrity.origin, 0),
        SegmentKind::VdoPool(pool) => one(pool.data, 0),
        SegmentKind::Vdo(vdo) => one(vdo.vdo_pool, u64::from(vdo.vdo_offset)),
        kind => {
            let count = u64::from(seg.area_length().0);
            let leg = |area: &lvm_core::metadata::Area| Leg {
                source: area.source,
                start: u64::from(area.start_extent),
                count: whole_volume(group, area.source).unwrap_or(count),
            };
            kind.areas().iter().map(leg).collect()
        }
    }
    .into_iter()
    .map(|leg| match seg.kind() {
        SegmentKind::Vdo(_) => Leg { count: whole_volume(group, leg.source).unwrap_or(leg.count), ..leg },
        _ => leg,
    })
    .collect()
}

/// The legs that carry a raid's metadata.
pub(super) fn metadata_legs(group: &Group<'_>, seg: &Segment) -> Vec<Leg> {
    let SegmentKind::Raid(raid) = seg.kind() else { return Vec::new() };
    let ids = raid.images.iter().filter_map(|image| image.metadata);
    ids.map(|lv| {
        let source = AreaSource::Lv(lv);
        Leg { source, start: 0, count: whole_volume(group, source).unwrap_or(1) }
    })
    .collect()
}

fn whole_volume(group: &Group<'_>, source: AreaSource) -> Option<u64> {
    match source {
        AreaSource::Lv(lv) => group.lv_by_id(lv).map(|lv| u64::from(lv.extent_count().0)),
        AreaSource::Pv(_) => None,
    }
}

/// How many legs a segment has.
pub(super) fn leg_count(seg: &Segment) -> u64 {
    match seg.kind() {
        SegmentKind::Raid(raid) => count(raid.images.len()),
        SegmentKind::ThinPool(_)
        | SegmentKind::CachePool(_)
        | SegmentKind::Cache(_)
        | SegmentKind::WriteCache(_)
        | SegmentKind::Integrity(_)
        | SegmentKind::VdoPool(_)
        | SegmentKind::Vdo(_) => 1,
        kind => count(kind.areas().len()),
    }
}

/// How many copies of the data a raid can lose all but one of, in lvm2's count.
pub(super) fn data_copies(seg: &Segment) -> u64 {
    match seg.kind() {
        SegmentKind::Raid(raid) => match raid.data_copies {
            Some(copies) => u64::from(copies),
            None if raid.raid_type == "raid1" => count(raid.images.len()),
            None if raid.raid_type.starts_with("raid10") => 2,
            None => u64::from(raid.parity_count()) + 1,
        },
        _ => 1,
    }
}

fn raid_leg_length(raid: &Raid, seg: &Segment) -> u64 {
    let images = count(raid.images.len());
    let divisor = match raid.raid_type.as_str() {
        "raid1" => 1,
        name if name.starts_with("raid10") => images / u64::from(raid.data_copies.unwrap_or(2)).max(1),
        _ => images.saturating_sub(u64::from(raid.parity_count())),
    };
    u64::from(seg.extent_count().0) / divisor.max(1)
}
