//! `type = "vdo"` and `type = "vdo-pool"`.

use super::{NameTable, Names, Printer, Section};
use crate::error::Result;
use crate::metadata::segment::{Vdo, VdoPool};
use crate::units::{Extents, Sectors};

/// Sectors in a MiB.
const MIB_SECTORS: u64 = 2048;

pub(super) fn import(section: &mut Section<'_, '_>, names: &Names<'_>) -> Result<Vdo> {
    Ok(Vdo {
        vdo_pool: section.require_lv("vdo_pool", names)?,
        vdo_offset: section.require_number("vdo_offset")?,
    })
}

pub(super) fn export(p: &mut Printer<'_>, vdo: &Vdo, names: &NameTable<'_>) {
    p.str("vdo_pool", names.lv(vdo.vdo_pool));
    p.int("vdo_offset", vdo.vdo_offset);
}

pub(super) fn import_pool(section: &mut Section<'_, '_>, names: &Names<'_>) -> Result<VdoPool> {
    Ok(VdoPool {
        data: section.require_lv("data", names)?,
        header_size: section.require_sectors("header_size")?,
        virtual_extents: section.require_number("virtual_extents")?,
        use_compression: section.flag("use_compression")?.unwrap_or(false),
        use_deduplication: section.flag("use_deduplication")?.unwrap_or(false),
        use_metadata_hints: section.flag("use_metadata_hints")?.unwrap_or(false),
        minimum_io_size: section.require_number("minimum_io_size")?,
        block_map_cache_size_mb: section.require_number("block_map_cache_size_mb")?,
        block_map_era_length: section.require_number("block_map_era_length")?,
        use_sparse_index: section.flag("use_sparse_index")?.unwrap_or(false),
        index_memory_size_mb: section.require_number("index_memory_size_mb")?,
        max_discard: section.require_number("max_discard")?,
        slab_size_mb: section.require_number("slab_size_mb")?,
        ack_threads: section.require_number("ack_threads")?,
        bio_threads: section.require_number("bio_threads")?,
        bio_rotation: section.require_number("bio_rotation")?,
        cpu_threads: section.require_number("cpu_threads")?,
        hash_zone_threads: section.require_number("hash_zone_threads")?,
        logical_threads: section.require_number("logical_threads")?,
        physical_threads: section.require_number("physical_threads")?,
        write_policy: section.string("write_policy")?,
    })
}

pub(super) fn export_pool(p: &mut Printer<'_>, pool: &VdoPool, extent_size: Sectors, names: &NameTable<'_>) {
    let mib = |p: &mut Printer<'_>, key, mib: u32| p.size_of(key, mib, Sectors(u64::from(mib) * MIB_SECTORS));
    let on = |p: &mut Printer<'_>, key, on: bool| p.int_if(key, on.then_some(1_u32));
    p.str("data", names.lv(pool.data));
    p.sectors("header_size", pool.header_size);
    p.size_of("virtual_extents", pool.virtual_extents, Extents(pool.virtual_extents).to_sectors(extent_size));
    p.blank();
    on(p, "use_compression", pool.use_compression);
    on(p, "use_deduplication", pool.use_deduplication);
    on(p, "use_metadata_hints", pool.use_metadata_hints);
    p.int("minimum_io_size", pool.minimum_io_size);
    mib(p, "block_map_cache_size_mb", pool.block_map_cache_size_mb);
    p.int("block_map_era_length", pool.block_map_era_length);
    on(p, "use_sparse_index", pool.use_sparse_index);
    mib(p, "index_memory_size_mb", pool.index_memory_size_mb);
    p.int("max_discard", pool.max_discard);
    mib(p, "slab_size_mb", pool.slab_size_mb);
    p.int("ack_threads", pool.ack_threads);
    p.int("bio_threads", pool.bio_threads);
    p.int("bio_rotation", pool.bio_rotation);
    p.int("cpu_threads", pool.cpu_threads);
    p.int("hash_zone_threads", pool.hash_zone_threads);
    p.int("logical_threads", pool.logical_threads);
    p.int("physical_threads", pool.physical_threads);
    if let Some(policy) = &pool.write_policy {
        p.bare("write_policy", policy);
    }
}
