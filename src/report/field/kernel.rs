//! Fields that only the kernel can answer.
//!
//! They come from whom the input names; where nobody was asked, they hold what lvm2 2.03.16 shows with
//! `activation=0`.

use std::borrow::Cow;
use std::fs;

use lvm_core::Bytes;
use lvm_core::metadata::LvStatus;
use lvm_dm::target::cache::CacheUsage;
use lvm_dm::target::snapshot::SnapshotStatus;
use lvm_dm::target::writecache::WritecacheStatus;

use super::lv::{device, unknown, unknown_flag};
use super::{Field, FieldGroup, FieldKind, Get, Words};
use crate::activate::ActiveLv;
use crate::report::attr::lv_attr;
use crate::report::group::{Group, is_pvmove};
use crate::report::health::Health;
use crate::report::row::Row;
use crate::report::value::Value;

use FieldKind::{Flag, Number, Percent, Signed, Size, Text};

const fn info(
    id: &'static str,
    heading: &'static str,
    kind: FieldKind,
    width: usize,
    help: &'static str,
    get: Get,
) -> Field {
    Field { id, heading, kind, group: FieldGroup::LvInfo, width, help, words: Words::Own, get }
}

const fn status(
    id: &'static str,
    heading: &'static str,
    kind: FieldKind,
    width: usize,
    help: &'static str,
    get: Get,
) -> Field {
    Field { id, heading, kind, group: FieldGroup::LvStatus, width, help, words: Words::Own, get }
}

#[rustfmt::skip]
pub(super) const INFO_FIELDS: &[Field] = &[
    info("lv_kernel_major", "KMaj", Signed, 4, "Major number in use; -1 without a kernel", |row| Value::Signed(live(row).map_or(-1, |lv| lv.number.major.into()))),
    info("lv_kernel_minor", "KMin", Signed, 4, "Minor number in use; -1 without a kernel", |row| Value::Signed(live(row).map_or(-1, |lv| lv.number.minor.into()))),
    info("lv_kernel_read_ahead", "KRahead", Size, 7, "Read-ahead in use; -1 without a kernel", |row| {
        live(row).and_then(read_ahead).map_or(Value::Signed(-1), Value::Size)
    }),
    info("lv_permissions", "LPerms", Text, 8, "Whether it can be written; unknown without a kernel unless the metadata forbids it", permissions).words(Words::Permissions),
    info("lv_suspended", "Suspended", Flag, 10, "Its device is suspended; unknown without one", |row| of_device(row, "suspended", |lv| lv.suspended)).yes(&["suspended"]),
    info("lv_live_table", "LiveTable", Flag, 20, "Its device has a table in use; unknown without one", |row| of_device(row, "live table present", |lv| lv.live_table)).yes(&["live table present", "live table", "live"]),
    info("lv_inactive_table", "InactiveTable", Flag, 20, "Its device has a table loaded and not in use; unknown without one", |row| of_device(row, "inactive table present", |lv| lv.inactive_table)).yes(&["inactive table present", "inactive table", "inactive"]),
    info("lv_device_open", "DevOpen", Flag, 10, "Its device is open; unknown without one", |row| of_device(row, "open", |lv| lv.open_count > 0)).yes(&["open"]),
];

#[rustfmt::skip]
pub(super) const STATUS_FIELDS: &[Field] = &[
    status("data_percent", "Data%", Percent, 6, "How full a snapshot, thin or cache is; blank without a kernel", |row| of_lv(row, |group, at| group.data_percent(at))),
    status("snap_percent", "Snap%", Percent, 6, "The same as data_percent", |row| of_lv(row, |group, at| group.data_percent(at))),
    status("metadata_percent", "Meta%", Percent, 6, "How full a pool's metadata is; blank without a kernel", |row| of_lv(row, |group, at| group.metadata_percent(at))),
    status("copy_percent", "Cpy%Sync", Percent, 8, "How much of a raid, mirror or move is in sync; blank without a kernel", |row| of_lv(row, |group, at| group.copy_percent(at))),
    status("sync_percent", "Cpy%Sync", Percent, 8, "The same as copy_percent", |row| of_lv(row, |group, at| group.copy_percent(at))),
    status("cache_total_blocks", "CacheTotalBlocks", Number, 16, "Blocks of a cache; blank without a kernel", |row| of_cache(row, |usage| usage.cache_total)),
    status("cache_used_blocks", "CacheUsedBlocks", Number, 16, "Blocks of a cache in use; blank without a kernel", |row| of_cache(row, |usage| usage.cache_used)),
    status("cache_dirty_blocks", "CacheDirtyBlocks", Number, 16, "Blocks not written back yet; blank without a kernel", |row| of_cache(row, |usage| usage.dirty)),
    status("cache_read_hits", "CacheReadHits", Number, 16, "Reads served by the cache; blank without a kernel", |row| of_cache(row, |usage| usage.read_hits)),
    status("cache_read_misses", "CacheReadMisses", Number, 16, "Reads served by the origin; blank without a kernel", |row| of_cache(row, |usage| usage.read_misses)),
    status("cache_write_hits", "CacheWriteHits", Number, 16, "Writes to the cache; blank without a kernel", |row| of_cache(row, |usage| usage.write_hits)),
    status("cache_write_misses", "CacheWriteMisses", Number, 16, "Writes to the origin; blank without a kernel", |row| of_cache(row, |usage| usage.write_misses)),
    status("kernel_cache_settings", "KCacheSettings", FieldKind::List, 18, "Cache settings in use; blank without a kernel", cache_settings),
    status("kernel_cache_policy", "KCachePolicy", Text, 18, "Cache policy in use; blank without a kernel", cache_policy),
    status("kernel_metadata_format", "KMFmt", Number, 5, "Cache metadata format in use; blank without a kernel", |row| of_cache(row, |usage| if usage.features.metadata2 { 2 } else { 1 })),
    status("lv_health_status", "Health", Text, 15, "What is wrong with it; of raids only the kernel knows", health).words(Words::Blank),
    status("kernel_discards", "KDiscards", Text, 9, "What a thin pool does with discards; blank without a kernel", |row| of_lv(row, |group, at| group.kernel_discards(at))).words(Words::Blank),
    status("lv_check_needed", "CheckNeeded", Flag, 15, "Pool metadata needs a check; unknown without a kernel", |row| of_status(row, "check needed", |group, at| group.needs_check(at))).yes(&["check needed", "needed"]),
    status("lv_merge_failed", "MergeFailed", Flag, 15, "A merge failed; unknown without a kernel", |row| of_status(row, "merge failed", |group, at| group.snapshot_status(at).map(|it| it == SnapshotStatus::MergeFailed))).yes(&["merge failed", "failed"]),
    status("lv_snapshot_invalid", "SnapInvalid", Flag, 15, "A snapshot overflowed; unknown without a kernel", |row| of_status(row, "snapshot invalid", |group, at| group.snapshot_status(at).map(|it| it == SnapshotStatus::Invalid))).yes(&["snapshot invalid", "invalid"]),
    status("vdo_operating_mode", "VDOOperatingMode", Text, 16, "Mode of a VDO pool; not read, so always blank", |_| Value::empty()),
    status("vdo_compression_state", "VDOCompressionState", Text, 19, "Whether a VDO pool compresses; not read, so always blank", |_| Value::empty()),
    status("vdo_index_state", "VDOIndexState", Text, 13, "State of a VDO pool's index; not read, so always blank", |_| Value::empty()),
    status("vdo_used_size", "VDOUsedSize", Size, 11, "Space a VDO pool uses; not read, so always blank", |_| Value::Unknown),
    status("vdo_saving_percent", "VDOSaving%", Percent, 10, "Space a VDO pool saves; not read, so always blank", |_| Value::Unknown),
    status("writecache_total_blocks", "WCacheTotalBlocks", Number, 17, "Blocks of a write cache; blank without a kernel", |row| of_writecache(row, |cache| cache.total)),
    status("writecache_free_blocks", "WCacheFreeBlocks", Number, 16, "Free blocks of a write cache; blank without a kernel", |row| of_writecache(row, |cache| cache.free)),
    status("writecache_writeback_blocks", "WCacheWritebackBlocks", Number, 21, "Blocks being written back; blank without a kernel", |row| of_writecache(row, |cache| cache.writeback)),
    status("writecache_error", "WCacheErrors", Number, 12, "Errors of a write cache; blank without a kernel", |row| of_writecache(row, |cache| cache.error.unsigned_abs())),
    status("lv_attr", "Attr", Text, 10, "Ten characters of attributes, see lvs(8); X where the kernel was not asked", |row| {
        match row.lv() {
            Some((group, at, lv)) => Value::Text(Cow::Owned(lv_attr(group, at, lv))),
            None => Value::text(row.past.map(|_| "----h-----")),
        }
    }),
];

fn live<'c>(row: &Row<'c, '_>) -> Option<&'c ActiveLv> {
    device(row).flatten()
}

fn of_device<'i>(row: &Row<'_, 'i>, word: &'static str, get: fn(&ActiveLv) -> bool) -> Value<'i> {
    live(row).map_or(unknown_flag(word), |lv| Value::flag(get(lv), word))
}

/// What the kernel reads ahead on a device.
fn read_ahead(lv: &ActiveLv) -> Option<Bytes> {
    let text = fs::read_to_string(format!("/sys/dev/block/{}/bdi/read_ahead_kb", lv.number)).ok()?;
    text.trim().parse().ok().map(Bytes::kib)
}

fn of_lv<'i>(row: &Row<'_, 'i>, get: fn(&Group<'_>, usize) -> Value<'i>) -> Value<'i> {
    row.lv().map_or(Value::Unknown, |(group, at, _)| get(group, at))
}

/// A flag of a target's report.
fn of_status<'i>(
    row: &Row<'_, 'i>,
    word: &'static str,
    get: fn(&Group<'_>, usize) -> Option<bool>,
) -> Value<'i> {
    let flag = row.lv().and_then(|(group, at, _)| get(group, at));
    flag.map_or(unknown_flag(word), |flag| Value::flag(flag, word))
}

/// A count of a cache.
fn of_cache<'i>(row: &Row<'_, 'i>, get: fn(&CacheUsage) -> u64) -> Value<'i> {
    cache(row).map_or(Value::Unknown, |usage| Value::Number(get(&usage)))
}

fn cache(row: &Row<'_, '_>) -> Option<CacheUsage> {
    row.lv().and_then(|(group, at, _)| group.cache_usage(at))
}

fn of_writecache<'i>(row: &Row<'_, 'i>, get: fn(&WritecacheStatus) -> u64) -> Value<'i> {
    let status = row.lv().and_then(|(group, at, _)| group.writecache_status(at));
    status.map_or(Value::Unknown, |status| Value::Number(get(&status)))
}

fn cache_settings<'i>(row: &Row<'_, 'i>) -> Value<'i> {
    let args = cache(row).map(|usage| [usage.core_args, usage.policy.args].concat()).unwrap_or_default();
    Value::List(args.into_iter().map(|(key, value)| Cow::Owned(format!("{key}={value}"))).collect())
}

fn cache_policy<'i>(row: &Row<'_, 'i>) -> Value<'i> {
    cache(row).map_or(Value::empty(), |usage| Value::Text(Cow::Owned(usage.policy.name)))
}

fn permissions<'i>(row: &Row<'_, 'i>) -> Value<'i> {
    match row.lv() {
        Some((_, _, lv)) if is_pvmove(lv) => Value::empty(),
        Some((_, _, lv)) if !lv.status().contains(LvStatus::WRITE) => Value::Text(Cow::Borrowed("read-only")),
        _ => live(row).map_or(unknown(), |lv| {
            Value::Text(Cow::Borrowed(if lv.read_only { "read-only-override" } else { "writeable" }))
        }),
    }
}

fn health<'i>(row: &Row<'_, 'i>) -> Value<'i> {
    let Some((group, at, lv)) = row.lv() else { return Value::empty() };
    match group.health(at, lv) {
        Health::Unknown => unknown(),
        health => Value::Text(Cow::Borrowed(health.word())),
    }
}
