//! Fields of logical volumes that the metadata answers.

use std::borrow::Cow;

use lvm_core::metadata::{AreaSource, LogicalVolume, LvStatus, ReadAhead, SegmentKind, VolumeGroup};
use lvm_core::{Bytes, LvId, Sectors};
use lvm_dm::target::raid::RaidStatus;

use super::{Field, FieldGroup, FieldKind, Get, Words, family};
use crate::activate::ActiveLv;
use crate::report::group::{Group, Use, is_pvmove};
use crate::report::role::{layout, modules, parent, role};
use crate::report::row::Row;
use crate::report::value::Value;

const fn field(
    id: &'static str,
    heading: &'static str,
    kind: FieldKind,
    width: usize,
    help: &'static str,
    get: Get,
) -> Field {
    Field { id, heading, kind, group: FieldGroup::Lv, width, help, words: Words::Own, get }
}

use FieldKind::{Flag, List, Number, Signed, Size, Text, Time};

#[rustfmt::skip]
pub(super) const FIELDS: &[Field] = &[
    field("lv_uuid", "LV UUID", Text, 38, "Identity of the volume", |row| match row.past {
        Some(past) => Value::display(past.id),
        None => on(row, |_, _, lv| Value::display(lv.id())),
    }),
    field("lv_name", "LV", Text, 4, "Name; hidden volumes stand in brackets, removed ones have - in front", |row| match row.past {
        Some(past) => Value::Removed(&past.name),
        None => on(row, |_, _, lv| name(lv)),
    }),
    field("lv_full_name", "LV", Text, 5, "Group and name: VG/LV", full_name),
    field("lv_path", "Path", Text, 10, "Device path; blank for hidden volumes and thin pools", path),
    field("lv_dm_path", "DMPath", Text, 17, "Path of the device-mapper device", dm_path),
    field("lv_parent", "Parent", Text, 6, "The volume that this one is a part of", |row| on(row, |group, at, _| parent(group, at).map_or(Value::empty(), name))),
    field("lv_layout", "Layout", List, 10, "How it is laid out", |row| match row.lv() {
        Some((group, at, lv)) => Value::List(layout(group, at, lv)),
        None => Value::List(vec![Cow::Borrowed(if row.past.is_some() { "none" } else { "unknown" })]),
    }),
    field("lv_role", "Role", List, 10, "What it is for", |row| match row.lv() {
        Some((group, at, lv)) => Value::List(role(group, at, lv)),
        None if row.past.is_some() => Value::List(vec![Cow::Borrowed("public"), Cow::Borrowed("history")]),
        None => Value::List(vec![Cow::Borrowed("public")]),
    }),
    field("lv_initial_image_sync", "InitImgSync", Flag, 10, "Copies were synchronised when it was created", |row| flag(row, "initial image sync", |group, at, lv| {
        matches!(group.first_kind(at), Some(SegmentKind::Raid(_) | SegmentKind::Mirror(_))) && !lv.status().contains(LvStatus::NOTSYNCED)
    })).yes(&["initial image sync", "sync"]),
    field("lv_image_synced", "ImgSynced", Flag, 10, "The image is in sync; only the kernel knows, without it no", |_| Value::flag(false, "image synced")).yes(&["image synced", "synced"]),
    field("lv_merging", "Merging", Flag, 10, "A snapshot is being merged", |row| flag(row, "merging", |group, at, _| {
        group.merging_into(at) || group.store_of(at).is_some_and(|snapshot| snapshot.merging) || group.thin(at).is_some_and(|thin| thin.merge.is_some())
    })).yes(&["merging"]),
    field("lv_converting", "Converting", Flag, 10, "A conversion is under way; not stored in the metadata, so always no", |_| Value::flag(false, "converting")).yes(&["converting"]),
    field("lv_allocation_policy", "AllocPol", Text, 10, "Where new extents may go", |row| match row.lv() {
        Some((_, _, lv)) => Value::Text(Cow::Borrowed(lv.allocation_policy().as_str())),
        None => Value::Text(Cow::Borrowed("unknown")),
    }),
    field("lv_allocation_locked", "AllocLock", Flag, 10, "Extents may not change while they are moved", |row| flag(row, "allocation locked", |_, _, lv| lv.status().contains(LvStatus::LOCKED))).yes(&["allocation locked", "locked"]),
    field("lv_fixed_minor", "FixMin", Flag, 10, "Its device has a fixed minor number", |row| flag(row, "fixed minor", |_, _, lv| lv.status().contains(LvStatus::FIXED_MINOR))).yes(&["fixed minor", "fixed"]),
    field("lv_skip_activation", "SkipAct", Flag, 15, "Left out of plain activation", |row| flag(row, "skip activation", |_, _, lv| lv.status().contains(LvStatus::ACTIVATION_SKIP))).yes(&["skip activation", "skip"]),
    field("lv_autoactivation", "AutoAct", Flag, 7, "Activated automatically", |row| {
        Value::flag(row.lv().is_none_or(|(_, _, lv)| !lv.status().contains(LvStatus::NOAUTOACTIVATE)), "enabled")
    }),
    field("lv_when_full", "WhenFull", Text, 15, "What a full thin pool does with writes: error or queue", |row| on(row, |group, at, lv| {
        match (group.first_kind(at), lv.status().contains(LvStatus::ERROR_WHEN_FULL)) {
            (Some(SegmentKind::ThinPool(_)), true) => Value::Text(Cow::Borrowed("error")),
            (Some(SegmentKind::ThinPool(_)), false) => Value::Text(Cow::Borrowed("queue")),
            _ => Value::empty(),
        }
    })).words(Words::Blank),
    field("lv_active", "Active", Text, 6, "Active in the kernel; unknown without one", |row| match device(row) {
        None => unknown(),
        Some(device) => Value::Text(Cow::Borrowed(if device.is_some() { "active" } else { "" })),
    }),
    field("lv_active_locally", "ActLocal", Flag, 10, "Active on this host; unknown without a kernel", |row| active(row, "active locally", true)).yes(&["active locally", "active", "locally"]),
    field("lv_active_remotely", "ActRemote", Flag, 10, "Active on another host, which only a cluster could tell: no; unknown without a kernel", |row| active(row, "active remotely", false)).yes(&["active remotely", "active", "remotely"]),
    field("lv_active_exclusively", "ActExcl", Flag, 10, "Active on this host alone; unknown without a kernel", |row| active(row, "active exclusively", true)).yes(&["active exclusively", "active", "exclusively"]),
    field("lv_major", "Maj", Signed, 3, "Fixed major number, or -1", |row| Value::Signed(fixed(row, LogicalVolume::major))),
    field("lv_minor", "Min", Signed, 3, "Fixed minor number, or -1", |row| Value::Signed(fixed(row, LogicalVolume::minor))),
    field("lv_read_ahead", "Rahead", Size, 6, "Read-ahead setting", |row| match row.lv().map(|(_, _, lv)| lv.read_ahead()) {
        Some(ReadAhead::Auto) => Value::Word("auto"),
        Some(ReadAhead::Sectors(sectors)) => Value::Size(Sectors(sectors.into()).into()),
        Some(ReadAhead::None) | None => Value::Size(Bytes::ZERO),
    }).words(Words::Number("auto")),
    field("lv_size", "LSize", Size, 5, "Size", |row| Value::Size(row.lv().map_or(Bytes::ZERO, |(group, _, lv)| group.lv_size(lv)))),
    field("lv_metadata_size", "MSize", Size, 5, "Size of a pool's metadata", metadata_size),
    field("seg_count", "#Seg", Number, 4, "Number of segments", |row| {
        let live = row.lv().map(|(_, _, lv)| crate::report::group::count(lv.segments().len()));
        // lvm2 counts one for what is only remembered.
        Value::Number(live.unwrap_or(row.past.is_some().into()))
    }),
    field("origin", "Origin", Text, 6, "What a snapshot, thin or cached volume stands on", |row| named(row, origin)),
    field("origin_uuid", "Origin UUID", Text, 38, "Identity of the origin", |row| identity(row, origin)),
    field("origin_size", "OSize", Size, 5, "Size of a snapshot's origin", |row| on_or_unknown(row, |group, at, lv| {
        let store = group.store_of(at).map(|snapshot| snapshot.origin);
        let external = group.thin(at).and_then(|thin| thin.external_origin);
        let origin = store.or(external).and_then(|origin| group.lv_by_id(origin));
        let own = group.is_used_as(at, Use::SnapshotOrigin).then_some(lv);
        origin.or(own).map_or(Value::NoSize, |lv| Value::Size(group.lv_size(lv)))
    })),
    field("lv_ancestors", "Ancestors", List, 9, "What it descends from", |row| family::live(row, family::ancestors)),
    field("lv_full_ancestors", "FAncestors", List, 10, "What it descends from, removed volumes among them when they are shown", family::full_ancestors),
    field("lv_descendants", "Descendants", List, 11, "What descends from it", |row| family::live(row, family::descendants)),
    field("lv_full_descendants", "FDescendants", List, 12, "What descends from it, removed volumes among them when they are shown", family::full_descendants),
    field("raid_mismatch_count", "Mismatches", Number, 10, "Differences a raid check found; blank without a kernel", |row| on_raid(row, |raid| raid.mismatches.map(Value::Number))),
    field("raid_sync_action", "SyncAction", Text, 10, "What a raid is doing; blank without a kernel", |row| match on_raid(row, |raid| raid.action.map(|action| Value::text(Some(action.name())))) {
        Value::Unknown => Value::empty(),
        action => action,
    }),
    field("raid_write_behind", "WBehind", Number, 7, "Writes that write-mostly images may lag behind", |row| raid_number(row, |raid| raid.writebehind)),
    field("raid_min_recovery_rate", "MinSync", Number, 7, "Slowest recovery, KiB/s for each device", |row| raid_number(row, |raid| raid.min_recovery_rate)),
    field("raid_max_recovery_rate", "MaxSync", Number, 7, "Fastest recovery, KiB/s for each device", |row| raid_number(row, |raid| raid.max_recovery_rate)),
    field("raidintegritymode", "IntegMode", Text, 9, "How checksums are kept consistent", |row| on(row, |group, at, _| {
        integrity(group, at).map_or(Value::empty(), |integrity| Value::Text(Cow::Borrowed(match integrity.mode.as_str() {
            "J" => "journal",
            "B" => "bitmap",
            "D" => "direct",
            "R" => "recovery",
            _ => "",
        })))
    })),
    field("raidintegrityblocksize", "IntegBlkSize", Number, 12, "Bytes a checksum covers, or -1", |row| {
        let found = row.lv().and_then(|(group, at, _)| integrity(group, at));
        Value::Signed(found.map_or(-1, |integrity| integrity.block_size.into()))
    }),
    field("integritymismatches", "IntegMismatches", Number, 15, "Checksum failures; blank without a kernel", |row| row.lv().and_then(|(group, at, _)| group.integrity_mismatches(at)).map_or(Value::Unknown, Value::Number)),
    field("move_pv", "Move", Text, 4, "The physical volume that a pvmove empties", |row| on(row, |group, at, _| match move_source(group, at) {
        Some(pv) => Value::Text(Cow::Borrowed(group.pv_name(pv))),
        None => Value::empty(),
    })),
    field("move_pv_uuid", "Move UUID", Text, 38, "Identity of the physical volume that a pvmove empties", |row| on(row, |group, at, _| move_source(group, at).map_or(Value::empty(), Value::display))),
    field("convert_lv", "Convert", Text, 7, "Temporary volume of a conversion; not stored in the metadata, so blank", |_| Value::empty()),
    field("convert_lv_uuid", "Convert UUID", Text, 38, "Identity of a conversion's temporary volume; not stored, so blank", |_| Value::empty()),
    field("mirror_log", "Log", Text, 3, "Log of a mirror", |row| named(row, mirror_log)),
    field("mirror_log_uuid", "Log UUID", Text, 38, "Identity of a mirror's log", |row| identity(row, mirror_log)),
    field("data_lv", "Data", Text, 4, "Data volume of a pool", |row| named(row, data_lv)),
    field("data_lv_uuid", "Data UUID", Text, 38, "Identity of a pool's data volume", |row| identity(row, data_lv)),
    field("metadata_lv", "Meta", Text, 4, "Metadata volume of a pool", |row| named(row, metadata_lv)),
    field("metadata_lv_uuid", "Meta UUID", Text, 38, "Identity of a pool's metadata volume", |row| identity(row, metadata_lv)),
    field("pool_lv", "Pool", Text, 4, "The pool it uses", |row| named(row, pool_lv)),
    field("pool_lv_uuid", "Pool UUID", Text, 38, "Identity of the pool it uses", |row| identity(row, pool_lv)),
    field("lv_tags", "LV Tags", List, 7, "Tags", |row| match row.lv() {
        Some((_, _, lv)) => sorted(lv.tags()),
        None => Value::List(vec![]),
    }),
    field("lv_profile", "LProfile", Text, 8, "Metadata profile", |row| on(row, |_, _, lv| Value::text(lv.profile()))),
    field("lv_lockargs", "LLockArgs", Text, 9, "Arguments of its lock in a shared group", |row| on(row, |_, _, lv| Value::text(lv.lock_args()))),
    field("lv_time", "CTime", Time, 26, "When it was created", |row| {
        let live = row.lv().and_then(|(_, _, lv)| lv.creation_time());
        time(live.or(row.past.and_then(|past| past.creation_time)))
    }),
    field("lv_time_removed", "RTime", Time, 26, "When it was removed; only volumes that are gone have it", |row| time(row.past.and_then(|past| past.removal_time))),
    field("lv_host", "Host", Text, 10, "Host it was created on", |row| on(row, |_, _, lv| Value::text(lv.creation_host()))),
    field("lv_modules", "Modules", List, 7, "Kernel modules it needs", |row| match row.lv() {
        Some((group, at, _)) => Value::List(modules(group, at)),
        None => Value::List(vec![]),
    }),
    field("lv_historical", "Historical", Flag, 10, "It was removed and is only remembered", |row| Value::flag(row.past.is_some(), "historical")),
    field("writecache_block_size", "WCacheBlkSize", Number, 13, "Block size of a write cache, or -1", |row| {
        let kind = row.lv().and_then(|(group, at, _)| group.first_kind(at));
        Value::Signed(match kind {
            Some(SegmentKind::WriteCache(cache)) => cache.writecache_block_size.into(),
            _ => -1,
        })
    }),
];

fn time<'i>(seconds: Option<u64>) -> Value<'i> {
    seconds.filter(|seconds| *seconds != 0).map_or(Value::Unknown, Value::Time)
}

type OnLv<'i> = fn(&Group<'i>, usize, &'i LogicalVolume) -> Value<'i>;

/// The value for the row's logical volume; empty text without one.
fn on<'i>(row: &Row<'_, 'i>, get: OnLv<'i>) -> Value<'i> {
    row.lv().map_or(Value::empty(), |(group, at, lv)| get(group, at, lv))
}

fn on_or_unknown<'i>(row: &Row<'_, 'i>, get: OnLv<'i>) -> Value<'i> {
    row.lv().map_or(Value::Unknown, |(group, at, lv)| get(group, at, lv))
}

fn flag<'i>(
    row: &Row<'_, 'i>,
    word: &'static str,
    get: fn(&Group<'i>, usize, &'i LogicalVolume) -> bool,
) -> Value<'i> {
    Value::flag(row.lv().is_some_and(|(group, at, lv)| get(group, at, lv)), word)
}

/// The device of the row's volume, or that it has none; nothing when the kernel does not say.
pub(super) fn device<'c>(row: &Row<'c, '_>) -> Option<Option<&'c ActiveLv>> {
    row.lv().and_then(|(group, _, lv)| group.shared_device(lv))
}

/// What the kernel reports of a raid that is its own device.
fn on_raid<'i>(row: &Row<'_, 'i>, get: fn(&RaidStatus) -> Option<Value<'static>>) -> Value<'i> {
    let status = row.lv().and_then(|(group, at, _)| group.raid_status(at));
    status.and_then(|status| get(&status)).unwrap_or(Value::Unknown)
}

fn active<'i>(row: &Row<'_, 'i>, word: &'static str, here: bool) -> Value<'i> {
    match device(row) {
        None => unknown_flag(word),
        Some(device) => Value::flag(here && device.is_some(), word),
    }
}

pub(super) fn unknown<'i>() -> Value<'i> {
    Value::Text(Cow::Borrowed("unknown"))
}

pub(super) fn unknown_flag<'i>(word: &'static str) -> Value<'i> {
    Value::Flag { value: None, word }
}

pub(super) fn sorted(tags: &[String]) -> Value<'_> {
    let mut tags = tags.iter().map(|tag| Cow::Borrowed(tag.as_str())).collect::<Vec<_>>();
    tags.sort_unstable();
    Value::List(tags)
}

pub(super) fn name(lv: &LogicalVolume) -> Value<'_> {
    Value::Name { name: lv.name(), hidden: !lv.is_visible() }
}

fn full_name<'i>(row: &Row<'_, 'i>) -> Value<'i> {
    let vg = row.vg().map_or("", VolumeGroup::name);
    Value::display(format_args!("{vg}/{}", row.lv_name().unwrap_or_default()))
}

fn path<'i>(row: &Row<'_, 'i>) -> Value<'i> {
    let Some(vg) = row.vg() else { return Value::empty() };
    match row.lv() {
        None => Value::display(format_args!("/dev/{}/{}", vg.name(), row.lv_name().unwrap_or_default())),
        Some((group, at, lv)) => {
            let pool = matches!(group.first_kind(at), Some(SegmentKind::ThinPool(_)));
            if !lv.is_visible() || pool {
                return Value::empty();
            }
            Value::display(format_args!("/dev/{}/{}", vg.name(), lv.name()))
        }
    }
}

fn dm_path<'i>(row: &Row<'_, 'i>) -> Value<'i> {
    let Some(vg) = row.vg() else { return Value::empty() };
    let doubled = |name: &str| name.replace('-', "--");
    let lv = row.lv_name().map_or(String::new(), doubled);
    Value::display(format_args!("/dev/mapper/{}-{lv}", doubled(vg.name())))
}

fn fixed(row: &Row<'_, '_>, get: fn(&LogicalVolume) -> Option<i32>) -> i64 {
    row.lv().and_then(|(_, _, lv)| get(lv)).map_or(-1, i64::from)
}

fn metadata_size<'i>(row: &Row<'_, 'i>) -> Value<'i> {
    on_or_unknown(row, |group, at, _| {
        let of = |lv: LvId| Value::size(group.lv_by_id(lv).map(|lv| group.lv_size(lv)));
        match group.first_kind(at) {
            Some(SegmentKind::ThinPool(pool)) => of(pool.metadata),
            Some(SegmentKind::CachePool(pool)) => of(pool.metadata),
            Some(SegmentKind::Cache(cache)) => {
                Value::size(cache.cachevol.as_ref().map(|cachevol| cachevol.metadata_len))
            }
            _ => Value::Unknown,
        }
    })
}

type Relation<'i> = fn(&Group<'i>, usize) -> Option<LvId>;

fn named<'i>(row: &Row<'_, 'i>, find: Relation<'i>) -> Value<'i> {
    let found = row.lv().and_then(|(group, at, _)| group.lv_by_id(find(group, at)?));
    found.map_or(Value::empty(), name)
}

fn identity<'i>(row: &Row<'_, 'i>, find: Relation<'i>) -> Value<'i> {
    let found = row.lv().and_then(|(group, at, _)| find(group, at));
    found.map_or(Value::empty(), Value::display)
}

fn origin(group: &Group<'_>, at: usize) -> Option<LvId> {
    if let Some(snapshot) = group.store_of(at) {
        return Some(snapshot.origin);
    }
    match group.first_kind(at)? {
        SegmentKind::Thin(thin) => thin.origin.or(thin.external_origin),
        SegmentKind::Cache(cache) => Some(cache.origin),
        SegmentKind::WriteCache(cache) => Some(cache.origin),
        SegmentKind::Integrity(integrity) => Some(integrity.origin),
        _ => None,
    }
}

fn mirror_log(group: &Group<'_>, at: usize) -> Option<LvId> {
    match group.first_kind(at)? {
        SegmentKind::Mirror(mirror) => mirror.mirror_log,
        _ => None,
    }
}

fn data_lv(group: &Group<'_>, at: usize) -> Option<LvId> {
    match group.first_kind(at)? {
        SegmentKind::ThinPool(pool) => Some(pool.pool),
        SegmentKind::CachePool(pool) => Some(pool.data),
        SegmentKind::VdoPool(pool) => Some(pool.data),
        _ => None,
    }
}

fn metadata_lv(group: &Group<'_>, at: usize) -> Option<LvId> {
    match group.first_kind(at)? {
        SegmentKind::ThinPool(pool) => Some(pool.metadata),
        SegmentKind::CachePool(pool) => Some(pool.metadata),
        _ => None,
    }
}

fn pool_lv(group: &Group<'_>, at: usize) -> Option<LvId> {
    match group.first_kind(at)? {
        SegmentKind::Thin(thin) => Some(thin.thin_pool),
        SegmentKind::Cache(cache) => Some(cache.cache_pool),
        SegmentKind::WriteCache(cache) => Some(cache.writecache),
        SegmentKind::Vdo(vdo) => Some(vdo.vdo_pool),
        _ => None,
    }
}

fn raid_number<'i>(
    row: &Row<'_, 'i>,
    get: fn(&lvm_core::metadata::segment::Raid) -> Option<u32>,
) -> Value<'i> {
    match row.lv().and_then(|(group, at, _)| group.first_kind(at)) {
        Some(SegmentKind::Raid(raid)) => Value::number(get(raid).filter(|number| *number != 0)),
        _ => Value::Unknown,
    }
}

/// The integrity layer of the volume itself, or of a raid's first image that has one.
fn integrity<'i>(group: &Group<'i>, at: usize) -> Option<&'i lvm_core::metadata::segment::Integrity> {
    match group.first_kind(at)? {
        SegmentKind::Integrity(integrity) => Some(integrity),
        SegmentKind::Raid(raid) => raid.images.iter().find_map(|image| {
            match group.position(image.data).and_then(|at| group.first_kind(at))? {
                SegmentKind::Integrity(integrity) => Some(&**integrity),
                _ => None,
            }
        }),
        _ => None,
    }
}

/// The physical volume that the first leg of a pvmove lies on.
fn move_source(group: &Group<'_>, at: usize) -> Option<lvm_core::PvId> {
    let lv = group.lv(at).filter(|lv| is_pvmove(lv))?;
    lv.segments().iter().find_map(|seg| match seg.kind() {
        SegmentKind::Mirror(mirror) => mirror.mirrors.first().and_then(|area| match area.source {
            AreaSource::Pv(pv) => Some(pv),
            AreaSource::Lv(_) => None,
        }),
        _ => None,
    })
}
