//! `type = "writecache"`.

use super::{NameTable, Names, Printer, Section};
use crate::error::Result;
use crate::metadata::segment::WriteCache;

pub(super) fn import(section: &mut Section<'_, '_>, names: &Names<'_>) -> Result<WriteCache> {
    Ok(WriteCache {
        writecache: section.require_lv("writecache", names)?,
        origin: section.require_lv("origin", names)?,
        writecache_block_size: section.require_number("writecache_block_size")?,
        high_watermark: section.number("high_watermark")?,
        low_watermark: section.number("low_watermark")?,
        writeback_jobs: section.number("writeback_jobs")?,
        autocommit_blocks: section.number("autocommit_blocks")?,
        autocommit_time: section.number("autocommit_time")?,
        fua: section.flag("fua")?,
        nofua: section.flag("nofua")?,
        cleaner: section.flag("cleaner")?.unwrap_or(false),
        max_age: section.number("max_age")?,
        metadata_only: section.flag("metadata_only")?,
        pause_writeback: section.number("pause_writeback")?,
        writecache_setting_key: section.string("writecache_setting_key")?,
        writecache_setting_val: section.string("writecache_setting_val")?,
    })
}

pub(super) fn export(p: &mut Printer<'_>, cache: &WriteCache, names: &NameTable<'_>) {
    p.str("writecache", names.lv(cache.writecache));
    p.str("origin", names.lv(cache.origin));
    p.int("writecache_block_size", cache.writecache_block_size);
    p.int_if("high_watermark", cache.high_watermark);
    p.int_if("low_watermark", cache.low_watermark);
    p.int_if("writeback_jobs", cache.writeback_jobs);
    p.int_if("autocommit_blocks", cache.autocommit_blocks);
    p.int_if("autocommit_time", cache.autocommit_time);
    p.int_if("fua", cache.fua.map(u32::from));
    p.int_if("nofua", cache.nofua.map(u32::from));
    if cache.cleaner {
        p.int("cleaner", 1_u32);
    }
    p.int_if("max_age", cache.max_age);
    p.int_if("metadata_only", cache.metadata_only.map(u32::from));
    p.int_if("pause_writeback", cache.pause_writeback);
    p.str_if("writecache_setting_key", cache.writecache_setting_key.as_deref());
    p.str_if("writecache_setting_val", cache.writecache_setting_val.as_deref());
}
