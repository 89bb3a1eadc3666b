//! `type = "cache"` with a pool or a cachevol, and `type = "cache-pool"`.

use std_alloc::{boxed::Box, format, vec::Vec};

use super::{NameTable, Names, Printer, Section};
use crate::error::Result;
use crate::metadata::segment::{Cache, CacheMode, CachePool, CacheSettings, CacheVol};

pub(super) fn import_pool(section: &mut Section<'_, '_>, names: &Names<'_>) -> Result<CachePool> {
    Ok(CachePool {
        data: section.require_lv("data", names)?,
        metadata: section.require_lv("metadata", names)?,
        settings: import_settings(section)?,
    })
}

pub(super) fn export_pool(p: &mut Printer<'_>, pool: &CachePool, names: &NameTable<'_>) {
    p.str("data", names.lv(pool.data));
    p.str("metadata", names.lv(pool.metadata));
    export_settings(p, &pool.settings);
}

/// What makes the reader see a cachevol is `metadata_start`.
pub(super) fn import(section: &mut Section<'_, '_>, names: &Names<'_>) -> Result<Cache> {
    let cache_pool = section.require_lv("cache_pool", names)?;
    let origin = section.require_lv("origin", names)?;
    let cleaner = section.flag("cleaner")?.unwrap_or(false);
    let Some(metadata_start) = section.sectors("metadata_start")? else {
        return Ok(Cache { cache_pool, origin, cleaner, cachevol: None });
    };
    let cachevol = CacheVol {
        settings: import_settings(section)?,
        metadata_start,
        metadata_len: section.require_sectors("metadata_len")?,
        data_start: section.require_sectors("data_start")?,
        data_len: section.require_sectors("data_len")?,
        metadata_id: section.id("metadata_id")?,
        data_id: section.id("data_id")?,
    };
    Ok(Cache { cache_pool, origin, cleaner, cachevol: Some(Box::new(cachevol)) })
}

pub(super) fn export(p: &mut Printer<'_>, cache: &Cache, names: &NameTable<'_>) {
    p.str("cache_pool", names.lv(cache.cache_pool));
    p.str("origin", names.lv(cache.origin));
    if cache.cleaner {
        p.int("cleaner", 1_u32);
    }
    let Some(vol) = &cache.cachevol else { return };
    export_settings(p, &vol.settings);
    p.int("metadata_start", vol.metadata_start.0);
    p.int("metadata_len", vol.metadata_len.0);
    p.int("data_start", vol.data_start.0);
    p.int("data_len", vol.data_len.0);
    if let Some(id) = vol.metadata_id {
        p.str("metadata_id", &format!("{id}"));
    }
    if let Some(id) = vol.data_id {
        p.str("data_id", &format!("{id}"));
    }
}

fn import_settings(section: &mut Section<'_, '_>) -> Result<CacheSettings> {
    Ok(CacheSettings {
        metadata_format: section.number("metadata_format")?,
        chunk_size: section.sectors("chunk_size")?,
        cache_mode: section.word("cache_mode", CacheMode::parse)?,
        policy: section.string("policy")?,
        policy_settings: match section.take("policy_settings").and_then(|entry| entry.section()) {
            Some(settings) => settings.rest(),
            None => Vec::new(),
        },
    })
}

fn export_settings(p: &mut Printer<'_>, settings: &CacheSettings) {
    p.int_if("metadata_format", settings.metadata_format);
    p.int_if("chunk_size", settings.chunk_size.map(|size| size.0));
    p.str_if("cache_mode", settings.cache_mode.map(CacheMode::as_str));
    p.str_if("policy", settings.policy.as_deref());
    if !settings.policy_settings.is_empty() {
        p.node_section("policy_settings", &settings.policy_settings);
    }
}
