//! The legs of a segment: what `devices` and the ranges list.

use lvm_core::LvId;
use lvm_core::metadata::segment::Raid;
use lvm_core::metadata::{AreaSource, Segment, SegmentKind};

use super::group::{Group, count};

/// One leg: a run of extents of a physical volume, or a whole logical volume.
#[derive(Clone, Copy, Debug)]
pub(super) struct Leg {
    pub(super) source: AreaSource,
    pub(super) start: u64,
    pub(super) count: u64,
}

/// The legs that carry the segment's data, in order.
pub(super) fn legs(group: &Group<'_>, seg: &Segment) -> Vec<Leg> {
    let one = |lv| vec![whole(group, lv)];
    match seg.kind() {
        SegmentKind::Raid(raid) => raid.images.iter().map(|image| whole(group, image.data)).collect(),
        SegmentKind::ThinPool(pool) => one(pool.pool),
        SegmentKind::CachePool(pool) => one(pool.data),
        SegmentKind::Cache(cache) => one(cache.origin),
        SegmentKind::WriteCache(cache) => one(cache.origin),
        SegmentKind::Integrity(integrity) => one(integrity.origin),
        SegmentKind::VdoPool(pool) => one(pool.data),
        SegmentKind::Vdo(vdo) => one(vdo.vdo_pool),
        kind => {
            let count = u64::from(seg.area_length().0);
            let legs = kind.areas().iter().map(|area| match area.source {
                AreaSource::Pv(_) => Leg { source: area.source, start: area.start_extent.into(), count },
                // As lvm2 shows it, wherever on that volume the leg begins.
                AreaSource::Lv(lv) => whole(group, lv),
            });
            legs.collect()
        }
    }
}

/// The legs that carry a raid's metadata.
pub(super) fn metadata_legs(group: &Group<'_>, seg: &Segment) -> Vec<Leg> {
    let SegmentKind::Raid(raid) = seg.kind() else { return Vec::new() };
    raid.images.iter().filter_map(|image| image.metadata).map(|lv| whole(group, lv)).collect()
}

fn whole(group: &Group<'_>, lv: LvId) -> Leg {
    let count = group.lv_by_id(lv).map_or(0, |lv| u64::from(lv.extent_count().0));
    Leg { source: AreaSource::Lv(lv), start: 0, count }
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

/// The legs whose data differ: without parity, and without second copies in a raid10.
pub(super) fn data_leg_count(seg: &Segment) -> u64 {
    match seg.kind() {
        SegmentKind::Raid(raid) if is_raid10(raid) => leg_count(seg) / data_copies(seg).max(1),
        SegmentKind::Raid(raid) => leg_count(seg).saturating_sub(raid.parity_count().into()),
        _ => leg_count(seg),
    }
}

/// How many copies of each datum there are; parity counts as one.
pub(super) fn data_copies(seg: &Segment) -> u64 {
    match seg.kind() {
        SegmentKind::Raid(raid) => match raid.data_copies {
            Some(copies) => u64::from(copies),
            None if raid.raid_type == "raid1" => count(raid.images.len()),
            None if is_raid10(raid) => 2,
            None => u64::from(raid.parity_count()) + 1,
        },
        _ => 1,
    }
}

fn is_raid10(raid: &Raid) -> bool {
    raid.raid_type.starts_with("raid10")
}

/// True for raids whose shape can change while they are in use.
pub(super) fn is_reshapable(raid: &Raid) -> bool {
    raid.parity_count() > 0 || is_raid10(raid)
}
