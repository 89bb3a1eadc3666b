//! Where the extents of a logical volume lie: `lvdisplay -m`.

use lvm_core::metadata::segment::{Mirror, Raid};
use lvm_core::metadata::{Area, AreaSource, Segment, SegmentKind};
use lvm_core::{Bytes, Extents, LvId};

use super::cell;
use super::line::{Lines, Part, Style};
use super::lv::Volume;
use super::pv::range;
use crate::report::group::Group;
use crate::report::row::Row;
use crate::report::value::Value;

pub(super) fn maps<'i>(lines: &mut Lines<'i>, volume: &Volume<'_, 'i>) {
    lines.title("Segments");
    for seg in volume.lv.segments() {
        map(lines, volume, seg);
    }
    lines.end();
}

fn map<'i>(lines: &mut Lines<'i>, volume: &Volume<'_, 'i>, seg: &'i Segment) {
    let row = Row { seg: Some(seg), ..volume.row() };
    let extents = range(seg.start_extent().0.into(), seg.extent_count().0.into());
    let title = if is_virtual(seg.kind()) { "Virtual extents " } else { "Logical extents " };
    lines.text([title.into(), extents, ":".into()]);
    lines.item(Style::Segment, "Type", cell(&row, "segtype"));
    if is_watched(seg.kind()) {
        // With a kernel nothing is watched either, but that is not known then.
        let asked = volume.group.device(volume.lv).is_some();
        let watched = if asked { Value::empty() } else { cell(&row, "seg_monitor") };
        lines.item(Style::Segment, "Monitoring", watched);
    }
    if detail(lines, volume.group, &row, seg) {
        lines.end();
    }
}

/// Types without extents below them.
fn is_virtual(kind: &SegmentKind) -> bool {
    use SegmentKind::{Error, Thin, Unknown, Vdo, Zero};
    matches!(kind, Thin(_) | Vdo(_) | Error | Zero | Unknown(_))
}

/// Types that dmeventd can watch.
fn is_watched(kind: &SegmentKind) -> bool {
    use SegmentKind::{Mirror, Raid, ThinPool, VdoPool};
    matches!(kind, Mirror(_) | Raid(_) | ThinPool(_) | VdoPool(_))
}

/// What a type has to say; true when a blank line follows.
fn detail<'i>(lines: &mut Lines<'i>, group: &Group<'i>, row: &Row<'_, 'i>, seg: &'i Segment) -> bool {
    match seg.kind() {
        SegmentKind::Striped(striped) => {
            stripes(lines, group, row, &striped.stripes, seg.area_length());
            true
        }
        SegmentKind::Mirror(mirror) => {
            mirrors(lines, group, row, mirror, seg.area_length());
            true
        }
        SegmentKind::Raid(raid) => {
            images(lines, group, raid, seg);
            true
        }
        SegmentKind::ThinPool(pool) => {
            lines.item(Style::Segment, "Chunk size", cell(row, "chunk_size"));
            lines.item(Style::Segment, "Discards", cell(row, "discards"));
            lines.item(Style::Segment, "Thin count", cell(row, "thin_count"));
            lines.item(Style::Segment, "Transaction ID", pool.transaction_id);
            lines.item(Style::Segment, "Zero new blocks", yes_no(pool.zero_new_blocks));
            true
        }
        SegmentKind::Thin(thin) => {
            lines.item(Style::Segment, "Device ID", thin.device_id);
            true
        }
        SegmentKind::Cache(_) | SegmentKind::CachePool(_) => {
            cache(lines, row);
            true
        }
        SegmentKind::Vdo(vdo) => {
            leg(lines, group, Style::Leg, AreaSource::Lv(vdo.vdo_pool), vdo.vdo_offset, seg.extent_count());
            false
        }
        SegmentKind::VdoPool(pool) => {
            // With what it keeps in front of them, and as much behind.
            let extents = Extents(pool.virtual_extents).to_bytes(group.vg.extent_size());
            let header = Bytes::from(pool.header_size).0.saturating_mul(2);
            lines.item(Style::Segment, "Virtual size", Bytes(extents.0.saturating_add(header)));
            VDO.iter()
                .for_each(|(label, field)| lines.item(Style::Segment, *label, in_words(cell(row, field))));
            false
        }
        _ => false,
    }
}

fn yes_no(yes: bool) -> &'static str {
    if yes { "yes" } else { "no" }
}

/// A flag as a word of its own.
fn in_words(value: Value<'_>) -> Part<'_> {
    match value {
        Value::Flag { value, .. } => yes_no(value == Some(true)).into(),
        value => value.into(),
    }
}

/// What a VDO pool shows: labels, and the fields of reports behind them.
const VDO: [(&str, &str); 19] = [
    ("Header size", "vdo_header_size"),
    ("Compression", "vdo_compression"),
    ("Deduplication", "vdo_deduplication"),
    ("Metadata hints", "vdo_use_metadata_hints"),
    ("Minimum IO size", "vdo_minimum_io_size"),
    ("Block map cache sz", "vdo_block_map_cache_size"),
    ("Block map era length", "vdo_block_map_era_length"),
    ("Sparse index", "vdo_use_sparse_index"),
    ("Index memory size", "vdo_index_memory_size"),
    ("Slab size", "vdo_slab_size"),
    ("# Ack threads", "vdo_ack_threads"),
    ("# Bio threads", "vdo_bio_threads"),
    ("Bio rotation", "vdo_bio_rotation"),
    ("# CPU threads", "vdo_cpu_threads"),
    ("# Hash zone threads", "vdo_hash_zone_threads"),
    ("# Logical threads", "vdo_logical_threads"),
    ("# Physical threads", "vdo_physical_threads"),
    ("Max discard", "vdo_max_discard"),
    ("Write policy", "vdo_write_policy"),
];

/// What lies below one leg: extents of a physical or of a logical volume.
fn leg<'i>(
    lines: &mut Lines<'i>,
    group: &Group<'i>,
    style: Style,
    source: AreaSource,
    start: u32,
    count: Extents,
) {
    let extents = range(start.into(), count.0.into());
    match source {
        AreaSource::Pv(pv) => {
            lines.item(style, "Physical volume", Value::text(Some(group.pv_name(pv))));
            lines.item(style, "Physical extents", extents);
        }
        AreaSource::Lv(lv) => {
            lines.item(style, "Logical volume", name(group, lv));
            lines.item(style, "Logical extents", extents);
        }
    }
}

fn name<'i>(group: &Group<'i>, lv: LvId) -> Value<'i> {
    Value::text(group.lv_by_id(lv).map(lvm_core::metadata::LogicalVolume::name))
}

fn stripes<'i>(
    lines: &mut Lines<'i>,
    group: &Group<'i>,
    row: &Row<'_, 'i>,
    stripes: &[Area],
    count: Extents,
) {
    if let [area] = stripes {
        leg(lines, group, Style::Segment, area.source, area.start_extent, count);
        return;
    }
    lines.item(Style::Segment, "Stripes", crate::report::group::count(stripes.len()));
    lines.item(Style::Segment, "Stripe size", cell(row, "stripe_size"));
    for (at, area) in stripes.iter().enumerate() {
        lines.text([Part::from(format!("  Stripe {at}:"))]);
        leg(lines, group, Style::Leg, area.source, area.start_extent, count);
    }
}

fn mirrors<'i>(lines: &mut Lines<'i>, group: &Group<'i>, row: &Row<'_, 'i>, mirror: &Mirror, count: Extents) {
    lines.item(Style::Segment, "Mirrors", crate::report::group::count(mirror.mirrors.len()));
    lines.item(Style::Segment, "Mirror size", count.0);
    if let Some(log) = mirror.mirror_log {
        lines.item(Style::Segment, "Mirror log volume", name(group, log));
    }
    if mirror.region_size.is_some_and(|size| !size.is_zero()) {
        lines.item(Style::Segment, "Mirror region size", cell(row, "region_size"));
    }
    let mut title = "  Mirror original:";
    for area in &mirror.mirrors {
        if !title.is_empty() {
            lines.text([title.into()]);
        }
        title = if title.ends_with("original:") { "  Mirror destinations:" } else { "" };
        leg(lines, group, Style::Leg, area.source, area.start_extent, count);
    }
}

/// The images of a raid, each with its share of the extents.
fn images<'i>(lines: &mut Lines<'i>, group: &Group<'i>, raid: &Raid, seg: &Segment) {
    let copies = raid.raid_type == "raid1" || raid.raid_type.starts_with("raid10");
    let devices = u32::try_from(raid.images.len()).unwrap_or(u32::MAX);
    let stripes = if copies { 1 } else { devices.saturating_sub(raid.parity_count()).max(1) };
    let share = Extents(seg.extent_count().0 / stripes);
    for (at, image) in raid.images.iter().enumerate() {
        lines.text([Part::from(format!("  Raid Data LV {at}"))]);
        leg(lines, group, Style::Leg, AreaSource::Lv(image.data), 0, share);
    }
    for (at, image) in raid.images.iter().enumerate() {
        if let Some(metadata) = image.metadata {
            lines.item(Style::Segment, format!("Raid Metadata LV {at}"), name(group, metadata));
        }
    }
}

fn cache<'i>(lines: &mut Lines<'i>, row: &Row<'_, 'i>) {
    const SETTINGS: [(&str, &str); 4] = [
        ("Chunk size", "chunk_size"),
        ("Metadata format", "cache_metadata_format"),
        ("Mode", "cache_mode"),
        ("Policy", "cache_policy"),
    ];
    for (label, field) in SETTINGS {
        let value = cell(row, field);
        if !value.is_blank() {
            lines.item(Style::Segment, label, value);
        }
    }
    if let Value::List(settings) = cell(row, "cache_settings") {
        for setting in settings {
            lines.item(Style::Leg, "Setting", Value::Text(setting));
        }
    }
}
