//! `type = "mirror"`, pvmove's mirrors included.

use std_alloc::format;

use super::{NameTable, Names, Printer, Section, striped};
use crate::error::Result;
use crate::metadata::segment::Mirror;
use crate::units::{Extents, Sectors};

pub(super) fn import(section: &mut Section<'_, '_>, names: &Names<'_>) -> Result<Mirror> {
    let mirror_count = section.require_number::<usize>("mirror_count")?;
    let extents_moved = section.number("extents_moved")?;
    let mirror_log = section.lv("mirror_log", names)?;
    let region_size = section.sectors("region_size")?;
    if mirror_log.is_some() && region_size.is_none() {
        return Err(section.missing("region_size"));
    }
    let mirrors = section.areas("mirrors", names)?;
    if mirrors.len() != mirror_count {
        let message = format!("mirror_count is {mirror_count} and there are {} mirrors", mirrors.len());
        return Err(section.bad("mirrors", section.offset(), message));
    }
    Ok(Mirror { mirrors, mirror_log, region_size, extents_moved })
}

pub(super) fn export(p: &mut Printer<'_>, mirror: &Mirror, extent_size: Sectors, names: &NameTable<'_>) {
    p.int("mirror_count", u64::try_from(mirror.mirrors.len()).unwrap_or(u64::MAX));
    if let Some(moved) = mirror.extents_moved {
        p.size_of("extents_moved", moved, Extents(moved).to_sectors(extent_size));
    }
    p.str_if("mirror_log", mirror.mirror_log.map(|lv| names.lv(lv)));
    p.int_if("region_size", mirror.region_size.map(|size| size.0));
    p.blank();
    striped::areas(p, "mirrors", &mirror.mirrors, names);
}
