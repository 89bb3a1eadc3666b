//! Fields of segments. A row about free extents has no segment; it shows the type `free`.

use std::borrow::Cow;
use std::fmt::Write as _;

use lvm_core::metadata::segment::{CacheSettings, ThinPool, WriteCache};
use lvm_core::metadata::{AreaSource, ConfigNode, ConfigValue, Segment, SegmentKind};
use lvm_core::{Bytes, Sectors};

use super::lv::sorted;
use super::vdo;
use super::{Field, FieldGroup, FieldKind, Get, Words};
use crate::report::group::{Group, Use, count, is_pvmove};
use crate::report::legs::{Leg, data_copies, data_leg_count, is_reshapable, leg_count, legs, metadata_legs};
use crate::report::row::Row;
use crate::report::value::Value;

use FieldKind::{Flag, List, Number, Size, Text};

pub(super) const fn field(
    id: &'static str,
    heading: &'static str,
    kind: FieldKind,
    width: usize,
    help: &'static str,
    get: Get,
) -> Field {
    Field { id, heading, kind, group: FieldGroup::Seg, width, help, words: Words::Own, get }
}

#[rustfmt::skip]
pub(super) const FIELDS: &[Field] = &[
    field("segtype", "Type", Text, 4, "Type: linear, striped, raid1 …; free for free extents", |row| match row.seg {
        Some(seg) => Value::Text(Cow::Borrowed(type_name(seg))),
        None if row.past.is_some() => Value::Text(Cow::Borrowed("historical")),
        None => Value::Text(Cow::Borrowed("free")),
    }),
    field("stripes", "#Str", Number, 4, "Stripes, images or copies", |row| Value::Number(row.seg.map_or(0, leg_count))),
    field("data_stripes", "#DStr", Number, 5, "Stripes without parity", |row| Value::Number(row.seg.map_or(0, data_leg_count))),
    field("reshape_len", "RSize", Size, 5, "Space kept for reshaping", |row| {
        let extent = row.vg().map_or(0, |vg| vg.extent_size().to_bytes().0);
        Value::size(reshape_extents(row).map(|extents| Bytes(extents.saturating_mul(extent))))
    }),
    field("reshape_len_le", "RSize", Number, 5, "Extents kept for reshaping", |row| Value::number(reshape_extents(row))),
    field("data_copies", "#Cpy", Number, 4, "Copies of each datum, parity counted as one", |row| Value::number(row.seg.map(data_copies))),
    field("data_offset", "DOff", Number, 4, "Where data begins on the images; blank without a kernel", |_| Value::Unknown),
    field("new_data_offset", "NOff", Number, 4, "Where data will begin after a reshape; blank without a kernel", |_| Value::Unknown),
    field("parity_chunks", "#Par", Number, 4, "Copies that may be lost", |row| match row.seg.map(data_copies) {
        Some(1) => Value::Unknown,
        Some(copies) => Value::Number(copies.saturating_sub(1)),
        // lvm2 counts below zero here and prints it unsigned.
        None => Value::Number(u32::MAX.into()),
    }),
    field("stripe_size", "Stripe", Size, 6, "Data on one stripe before the next has its turn", |row| Value::Size(stripe_size(row).into())),
    field("region_size", "Region", Size, 6, "Unit of synchronisation", |row| Value::Size(region_size(row).into())),
    field("chunk_size", "Chunk", Size, 5, "Unit of a snapshot, thin pool or cache", |row| Value::Size(chunk_size(row).into())),
    field("thin_count", "#Thins", Number, 6, "Thin volumes of a pool", |row| match (row.seg_kind(), row.lv()) {
        (Some(SegmentKind::ThinPool(_)), Some((group, at, _))) => {
            Value::Number(count(group.users(at).iter().filter(|user| user.how == Use::ThinPool).count()))
        }
        _ => Value::Unknown,
    }),
    field("discards", "Discards", Text, 8, "What a thin pool does with discards", |row| {
        Value::text(thin_pool(row).map(|pool| pool.discards.map_or("ignore", lvm_core::metadata::segment::ThinDiscards::as_str)))
    }),
    field("cache_metadata_format", "CMFmt", Number, 5, "Format of a cache's metadata", |row| Value::number(cache_settings(row).and_then(|settings| settings.metadata_format))),
    field("cache_mode", "CacheMode", Text, 9, "When writes reach a cache's origin", |row| {
        Value::text(cache_settings(row).and_then(|settings| settings.cache_mode).map(lvm_core::metadata::segment::CacheMode::as_str))
    }),
    field("zero", "Zero", Flag, 4, "A thin pool zeroes chunks before first use", |row| Value::Flag {
        value: thin_pool(row).map(|pool| pool.zero_new_blocks),
        word: "zero",
    }).yes(&["zero"]),
    field("transaction_id", "TransId", Number, 7, "Transaction of a thin pool, or of a thin volume's creation", |row| Value::number(match row.seg_kind() {
        Some(SegmentKind::ThinPool(pool)) => Some(pool.transaction_id),
        Some(SegmentKind::Thin(thin)) => Some(thin.transaction_id),
        _ => None,
    })),
    field("thin_id", "ThId", Number, 4, "Number of a thin volume in its pool", |row| Value::number(match row.seg_kind() {
        Some(SegmentKind::Thin(thin)) => Some(thin.device_id),
        _ => None,
    })),
    field("seg_start", "Start", Size, 5, "Where it begins in the volume", |row| Value::Size(bytes(row, row.seg.map_or(0, |seg| seg.start_extent().0)))),
    field("seg_start_pe", "Start", Number, 5, "Its first extent in the volume", |row| Value::Number(row.seg.map_or(0, |seg| seg.start_extent().0.into()))),
    field("seg_size", "SSize", Size, 5, "Size", |row| Value::Size(bytes(row, extent_count(row)))),
    field("seg_size_pe", "SSize", Number, 5, "Size in extents", |row| Value::Number(extent_count(row).into())),
    field("seg_tags", "Seg Tags", List, 8, "Tags", |row| row.seg.map_or(Value::List(vec![]), |seg| sorted(seg.tags()))),
    field("seg_pe_ranges", "PE Ranges", List, 9, "Extents below it, as commands take them", |row| {
        let ranges = below(row, legs, |group, leg| range(&bare_name(group, leg), leg));
        joined(ranges, " ")
    }),
    field("seg_le_ranges", "LE Ranges", List, 9, "Extents below it", |row| list(below(row, legs, |group, leg| range(&marked_name(group, leg), leg)))),
    field("seg_metadata_le_ranges", "Metadata LE Ranges", List, 18, "Extents of raid metadata below it", |row| {
        list(below(row, metadata_legs, |group, leg| range(&marked_name(group, leg), leg)))
    }),
    field("devices", "Devices", List, 7, "Devices below it, with first extents", |row| joined(below(row, legs, device), ",")),
    field("metadata_devices", "Metadata Devs", List, 13, "Raid metadata below it, with first extents", |row| joined(below(row, metadata_legs, device), ",")),
    field("seg_monitor", "Monitor", Text, 7, "Whether dmeventd watches it; nothing is watched without a kernel", monitor).words(Words::Blank),
    field("cache_policy", "CachePolicy", Text, 11, "Policy of a cache", |row| Value::text(cache_settings(row).and_then(|settings| settings.policy.as_deref()))).words(Words::Blank),
    field("cache_settings", "CacheSettings", List, 13, "Settings of a cache or write cache", |row| match (row.seg_kind(), cache_settings(row)) {
        (Some(SegmentKind::WriteCache(cache)), _) => list(write_cache_settings(cache)),
        (_, Some(settings)) => list(settings.policy_settings.iter().map(setting).collect()),
        _ => Value::List(vec![]),
    }),
    vdo::FIELDS[0], vdo::FIELDS[1], vdo::FIELDS[2], vdo::FIELDS[3], vdo::FIELDS[4], vdo::FIELDS[5], vdo::FIELDS[6],
    vdo::FIELDS[7], vdo::FIELDS[8], vdo::FIELDS[9], vdo::FIELDS[10], vdo::FIELDS[11], vdo::FIELDS[12],
    vdo::FIELDS[13], vdo::FIELDS[14], vdo::FIELDS[15], vdo::FIELDS[16], vdo::FIELDS[17], vdo::FIELDS[18],
];

/// The type; an unknown one as it is written, flags and all.
fn type_name(seg: &Segment) -> &str {
    match seg.kind() {
        SegmentKind::Unknown(unknown) => &unknown.type_name,
        _ => seg.segment_type().0,
    }
}

fn extent_count(row: &Row<'_, '_>) -> u32 {
    match (row.seg, row.run) {
        (Some(seg), _) => seg.extent_count().0,
        (None, Some(run)) => run.count,
        _ => 0,
    }
}

fn bytes(row: &Row<'_, '_>, extents: u32) -> Bytes {
    row.vg().map_or(Bytes::ZERO, |vg| lvm_core::Extents(extents).to_bytes(vg.extent_size()))
}

/// On all devices of a raid together. Raids that can be reshaped and the beginnings of their
/// images show 0 where others show nothing.
fn reshape_extents(row: &Row<'_, '_>) -> Option<u64> {
    let seg = row.seg?;
    if let Some(extents) = seg.reshape_count().filter(|extents| !extents.is_zero()) {
        return Some(u64::from(extents.0) * leg_count(seg).max(1));
    }
    let of_reshapable = match seg.kind() {
        SegmentKind::Raid(raid) => is_reshapable(raid),
        _ => row.lv().and_then(|(group, at, _)| group.user_as(at, Use::RaidImage)).is_some_and(|user| {
            let raid = matches!(user.seg.kind(), SegmentKind::Raid(raid) if is_reshapable(raid));
            raid && seg.start_extent().is_zero()
        }),
    };
    of_reshapable.then_some(0)
}

/// lvm2 says it of what dmeventd has no plugin for at the moment, and is silent of the rest.
fn monitor<'i>(row: &Row<'_, 'i>) -> Value<'i> {
    let unwatched = match (row.seg_kind(), row.lv()) {
        (Some(SegmentKind::Mirror(_)), Some((_, _, lv))) => is_pvmove(lv),
        (Some(SegmentKind::Raid(raid)), _) => raid.is_raid0(),
        _ => false,
    };
    if unwatched { Value::Text(Cow::Borrowed("not monitored")) } else { Value::empty() }
}

fn stripe_size(row: &Row<'_, '_>) -> Sectors {
    match row.seg_kind() {
        Some(SegmentKind::Striped(striped)) => striped.stripe_size,
        Some(SegmentKind::Raid(raid)) => raid.stripe_size.unwrap_or_default(),
        _ => Sectors::ZERO,
    }
}

fn region_size(row: &Row<'_, '_>) -> Sectors {
    match row.seg_kind() {
        Some(SegmentKind::Raid(raid)) => raid.region_size.unwrap_or_default(),
        Some(SegmentKind::Mirror(mirror)) => mirror.region_size.unwrap_or_default(),
        _ => Sectors::ZERO,
    }
}

fn chunk_size(row: &Row<'_, '_>) -> Sectors {
    if let Some(snapshot) = row.lv().and_then(|(group, at, _)| group.store_of(at)) {
        return snapshot.chunk_size;
    }
    match row.seg_kind() {
        Some(SegmentKind::ThinPool(pool)) => pool.chunk_size,
        _ => cache_settings(row).and_then(|settings| settings.chunk_size).unwrap_or_default(),
    }
}

/// The segment of a thin pool, of the row itself or of its thin volume's pool.
fn thin_pool<'i>(row: &Row<'_, 'i>) -> Option<&'i ThinPool> {
    match row.seg_kind()? {
        SegmentKind::ThinPool(pool) => Some(pool),
        SegmentKind::Thin(thin) => {
            let group = row.group?;
            match group.position(thin.thin_pool).and_then(|at| group.first_kind(at))? {
                SegmentKind::ThinPool(pool) => Some(pool),
                _ => None,
            }
        }
        _ => None,
    }
}

/// The settings of a cache, which its pool keeps unless it is a cachevol.
fn cache_settings<'i>(row: &Row<'_, 'i>) -> Option<&'i CacheSettings> {
    match row.seg_kind()? {
        SegmentKind::CachePool(pool) => Some(&pool.settings),
        SegmentKind::Cache(cache) => match &cache.cachevol {
            Some(cachevol) => Some(&cachevol.settings),
            None => {
                let group = row.group?;
                match group.position(cache.cache_pool).and_then(|at| group.first_kind(at))? {
                    SegmentKind::CachePool(pool) => Some(&pool.settings),
                    _ => None,
                }
            }
        },
        _ => None,
    }
}

fn setting(node: &ConfigNode) -> String {
    let mut text = format!("{}=", node.key);
    // Writing to a String never fails.
    let _ = match &node.value {
        ConfigValue::Int(number) => write!(text, "{number}"),
        ConfigValue::Float(number) => write!(text, "{number}"),
        ConfigValue::String(value) => write!(text, "{value}"),
        ConfigValue::Section(_) | ConfigValue::Array(_) => Ok(()),
    };
    text
}

fn write_cache_settings(cache: &WriteCache) -> Vec<String> {
    let numbers = [
        ("high_watermark", cache.high_watermark),
        ("low_watermark", cache.low_watermark),
        ("writeback_jobs", cache.writeback_jobs),
        ("autocommit_blocks", cache.autocommit_blocks),
        ("autocommit_time", cache.autocommit_time),
        ("fua", cache.fua.map(u64::from)),
        ("nofua", cache.nofua.map(u64::from)),
        ("cleaner", cache.cleaner.then_some(1)),
        ("max_age", cache.max_age),
        ("metadata_only", cache.metadata_only.map(u64::from)),
        ("pause_writeback", cache.pause_writeback),
    ];
    let set = numbers.into_iter().filter_map(|(name, number)| Some(format!("{name}={}", number?)));
    let mut all = set.collect::<Vec<_>>();
    if let (Some(key), Some(value)) = (&cache.writecache_setting_key, &cache.writecache_setting_val) {
        all.push(format!("{key}={value}"));
    }
    all
}

fn list<'i>(items: Vec<String>) -> Value<'i> {
    Value::List(items.into_iter().map(Cow::Owned).collect())
}

/// A list whose separator no setting changes.
fn joined<'i>(items: Vec<String>, separator: &'static str) -> Value<'i> {
    Value::Joined { items: items.into_iter().map(Cow::Owned).collect(), separator }
}

fn below(
    row: &Row<'_, '_>,
    legs: fn(&Group<'_>, &Segment) -> Vec<Leg>,
    show: fn(&Group<'_>, &Leg) -> String,
) -> Vec<String> {
    let (Some(group), Some(seg)) = (row.group, row.seg) else { return Vec::new() };
    legs(group, seg).iter().map(|leg| show(group, leg)).collect()
}

fn device(group: &Group<'_>, leg: &Leg) -> String {
    format!("{}({})", bare_name(group, leg), leg.start)
}

fn range(name: &str, leg: &Leg) -> String {
    format!("{name}:{}-{}", leg.start, (leg.start + leg.count).saturating_sub(1))
}

fn bare_name<'i>(group: &Group<'i>, leg: &Leg) -> Cow<'i, str> {
    Cow::Borrowed(match leg.source {
        AreaSource::Pv(pv) => group.pv_name(pv),
        AreaSource::Lv(lv) => group.lv_by_id(lv).map_or("unknown", |lv| lv.name()),
    })
}

fn marked_name<'i>(group: &Group<'i>, leg: &Leg) -> Cow<'i, str> {
    match leg.source {
        AreaSource::Lv(lv) => match group.lv_by_id(lv) {
            Some(lv) if !lv.is_visible() => Cow::Owned(format!("[{}]", lv.name())),
            _ => bare_name(group, leg),
        },
        AreaSource::Pv(_) => bare_name(group, leg),
    }
}
