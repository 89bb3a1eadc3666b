//! Segments in text: one file per type, both directions side by side.

mod cache;
mod integrity;
mod mirror;
mod raid;
mod snapshot;
mod striped;
mod thin;
mod vdo;
mod writecache;

use std_alloc::{boxed::Box, string::String, vec::Vec};

use super::export::NameTable;
use super::print::Printer;
use super::read::Names;
use super::section::Section;
use crate::error::Result;
use crate::metadata::flag_tables::SEGMENT_FLAGS;
use crate::metadata::segment::UnknownSegment;
use crate::metadata::{Segment, SegmentFlags, SegmentKind, SegmentType};
use crate::units::{Extents, Sectors};

/// A type's name without its flags, and the flags; `None` when a flag is not known.
fn split_type(text: &str) -> Option<(&str, SegmentFlags)> {
    let mut parts = text.split('+');
    let base = parts.next()?;
    let mut flags = SegmentFlags::empty();
    for word in parts {
        flags |= SEGMENT_FLAGS.iter().find(|(_, name)| *name == word)?.0;
    }
    Some((base, flags))
}

pub(super) fn import(mut section: Section<'_, '_>, names: &Names<'_>) -> Result<Segment> {
    let section = &mut section;
    let start_extent = section.require_number("start_extent")?;
    let extent_count = section.require_number("extent_count")?;
    let type_name = section.str("type")?.unwrap_or("striped".into());
    let tags = section.strings("tags")?.unwrap_or_default();
    let mut seg = Segment::new(start_extent, extent_count, SegmentKind::Error);
    seg.tags = tags.into();
    let Some((base, flags)) = split_type(&type_name).filter(|(base, _)| is_known(base)) else {
        let nodes = section.rest();
        seg.kind =
            SegmentKind::Unknown(Box::new(UnknownSegment { type_name: type_name.into_owned(), nodes }));
        return Ok(seg);
    };
    seg.flags = flags;
    seg.reshape_count = section.number("reshape_count")?;
    seg.kind = match base {
        "striped" | "linear" => SegmentKind::Striped(striped::import(section, names, base == "linear")?),
        "mirror" => SegmentKind::Mirror(Box::new(mirror::import(section, names)?)),
        "snapshot" => SegmentKind::Snapshot(Box::new(snapshot::import(section, names)?)),
        "thin-pool" => SegmentKind::ThinPool(Box::new(thin::import_pool(section, names)?)),
        "thin" => SegmentKind::Thin(Box::new(thin::import(section, names)?)),
        "cache" => SegmentKind::Cache(Box::new(cache::import(section, names)?)),
        "cache-pool" => SegmentKind::CachePool(Box::new(cache::import_pool(section, names)?)),
        "writecache" => SegmentKind::WriteCache(Box::new(writecache::import(section, names)?)),
        "integrity" => SegmentKind::Integrity(Box::new(integrity::import(section, names)?)),
        "vdo" => SegmentKind::Vdo(vdo::import(section, names)?),
        "vdo-pool" => SegmentKind::VdoPool(Box::new(vdo::import_pool(section, names)?)),
        "error" => SegmentKind::Error,
        "zero" => SegmentKind::Zero,
        level => SegmentKind::Raid(Box::new(raid::import(section, names, level)?)),
    };
    seg.extra = section.rest().into();
    Ok(seg)
}

/// A name of raid6 that lvm2 reads and does not list.
const RAID6_ALIAS: &str = "raid6_0_6";

fn is_known(base: &str) -> bool {
    SegmentType::RECOGNISED.contains(&base) || base == RAID6_ALIAS
}

pub(super) fn export(p: &mut Printer<'_>, seg: &Segment, extent_size: Sectors, names: &NameTable<'_>) {
    p.int("start_extent", seg.start_extent);
    p.size_of("extent_count", seg.extent_count, Extents(seg.extent_count).to_sectors(extent_size));
    p.blank();
    if let Some(count) = seg.reshape_count {
        p.size_of("reshape_count", count, Extents(count).to_sectors(extent_size));
    }
    export_type(p, seg);
    if !seg.tags.is_empty() {
        p.list("tags", seg.tags.iter().map(String::as_str));
    }
    match &seg.kind {
        SegmentKind::Striped(striped) => striped::export(p, striped, names),
        SegmentKind::Mirror(mirror) => mirror::export(p, mirror, extent_size, names),
        SegmentKind::Snapshot(snapshot) => snapshot::export(p, snapshot, names),
        SegmentKind::ThinPool(pool) => thin::export_pool(p, pool, names),
        SegmentKind::Thin(thin) => thin::export(p, thin, names),
        SegmentKind::Raid(raid) => raid::export(p, raid, names),
        SegmentKind::Cache(cache) => cache::export(p, cache, names),
        SegmentKind::CachePool(pool) => cache::export_pool(p, pool, names),
        SegmentKind::WriteCache(cache) => writecache::export(p, cache, names),
        SegmentKind::Integrity(integrity) => integrity::export(p, integrity, names),
        SegmentKind::Vdo(vdo) => vdo::export(p, vdo, names),
        SegmentKind::VdoPool(pool) => vdo::export_pool(p, pool, extent_size, names),
        SegmentKind::Unknown(unknown) => p.nodes(&unknown.nodes),
        SegmentKind::Error | SegmentKind::Zero => {}
    }
    p.nodes(&seg.extra);
}

fn export_type(p: &mut Printer<'_>, seg: &Segment) {
    let base = match &seg.kind {
        SegmentKind::Striped(striped) if !striped.spelt_linear => "striped",
        kind => kind.segment_type().0,
    };
    if seg.flags.is_empty() {
        return p.str("type", base);
    }
    let mut name = String::from(base);
    let words = SEGMENT_FLAGS.iter().filter(|(flag, _)| seg.flags.contains(*flag));
    for (_, word) in words.collect::<Vec<_>>() {
        name.push('+');
        name.push_str(word);
    }
    p.str("type", &name);
}
