//! `type = "integrity"`.

use super::{NameTable, Names, Printer, Section};
use crate::error::Result;
use crate::metadata::segment::Integrity;

pub(super) fn import(section: &mut Section<'_, '_>, names: &Names<'_>) -> Result<Integrity> {
    Ok(Integrity {
        origin: section.require_lv("origin", names)?,
        data_sectors: section.require_number("data_sectors")?,
        mode: section.require_str("mode")?.into_owned(),
        tag_size: section.require_number("tag_size")?,
        block_size: section.require_number("block_size")?,
        internal_hash: section.require_str("internal_hash")?.into_owned(),
        meta_dev: section.lv("meta_dev", names)?,
        recalculate: section.number("recalculate")?,
        journal_sectors: section.number("journal_sectors")?,
        interleave_sectors: section.number("interleave_sectors")?,
        buffer_sectors: section.number("buffer_sectors")?,
        journal_watermark: section.number("journal_watermark")?,
        commit_time: section.number("commit_time")?,
        bitmap_flush_interval: section.number("bitmap_flush_interval")?,
        sectors_per_bit: section.number("sectors_per_bit")?,
        allow_discards: section.number("allow_discards")?,
    })
}

pub(super) fn export(p: &mut Printer<'_>, integrity: &Integrity, names: &NameTable<'_>) {
    p.str("origin", names.lv(integrity.origin));
    p.int("data_sectors", integrity.data_sectors);
    p.str("mode", &integrity.mode);
    p.int("tag_size", integrity.tag_size);
    p.int("block_size", integrity.block_size);
    p.str("internal_hash", &integrity.internal_hash);
    p.str_if("meta_dev", integrity.meta_dev.map(|lv| names.lv(lv)));
    p.int_if("recalculate", integrity.recalculate);
    p.int_if("journal_sectors", integrity.journal_sectors);
    p.int_if("interleave_sectors", integrity.interleave_sectors);
    p.int_if("buffer_sectors", integrity.buffer_sectors);
    p.int_if("journal_watermark", integrity.journal_watermark);
    p.int_if("commit_time", integrity.commit_time);
    p.int_if("bitmap_flush_interval", integrity.bitmap_flush_interval);
    p.int_if("sectors_per_bit", integrity.sectors_per_bit);
    p.int_if("allow_discards", integrity.allow_discards);
}
