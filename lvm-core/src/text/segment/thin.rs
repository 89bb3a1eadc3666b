//! `type = "thin-pool"` and `type = "thin"`.

use std_alloc::vec::Vec;

use super::{NameTable, Names, Printer, Section};
use crate::error::Result;
use crate::metadata::segment::{Thin, ThinDiscards, ThinMessage, ThinPool};

pub(super) fn import_pool(section: &mut Section<'_, '_>, names: &Names<'_>) -> Result<ThinPool> {
    let pool = ThinPool {
        metadata: section.require_lv("metadata", names)?,
        pool: section.require_lv("pool", names)?,
        transaction_id: section.require_number("transaction_id")?,
        chunk_size: section.require_sectors("chunk_size")?,
        discards: section.word("discards", ThinDiscards::parse)?,
        zero_new_blocks: section.flag("zero_new_blocks")?.unwrap_or(false),
        crop_metadata: section.flag("crop_metadata")?,
        messages: Vec::new(),
    };
    let mut messages = Vec::new();
    for entry in section.entries().filter(|entry| entry.key().starts_with("message")) {
        let Some(mut message) = entry.section() else { continue };
        entry.mark_taken();
        messages.push(match (message.string("create")?, message.number("delete")?) {
            (Some(name), None) => ThinMessage::Create(name),
            (None, Some(device)) => ThinMessage::Delete(device),
            _ => {
                return Err(message.bad("create", message.offset(), "one of create and delete was expected"));
            }
        });
    }
    Ok(ThinPool { messages, ..pool })
}

pub(super) fn export_pool(p: &mut Printer<'_>, pool: &ThinPool, names: &NameTable<'_>) {
    p.str("metadata", names.lv(pool.metadata));
    p.str("pool", names.lv(pool.pool));
    p.int("transaction_id", pool.transaction_id);
    p.sectors("chunk_size", pool.chunk_size);
    p.str_if("discards", pool.discards.map(ThinDiscards::as_str));
    if pool.zero_new_blocks {
        p.int("zero_new_blocks", 1_u32);
    }
    p.int_if("crop_metadata", pool.crop_metadata.map(u32::from));
    for (at, message) in pool.messages.iter().enumerate() {
        if at == 0 {
            p.blank();
        }
        p.open_numbered("message", at.saturating_add(1));
        match message {
            ThinMessage::Create(name) => p.str("create", name),
            ThinMessage::Delete(device) => p.int("delete", *device),
        }
        p.close();
    }
}

pub(super) fn import(section: &mut Section<'_, '_>, names: &Names<'_>) -> Result<Thin> {
    Ok(Thin {
        thin_pool: section.require_lv("thin_pool", names)?,
        transaction_id: section.require_number("transaction_id")?,
        device_id: section.require_number("device_id")?,
        external_origin: section.lv("external_origin", names)?,
        origin: section.lv("origin", names)?,
        merge: section.lv("merge", names)?,
    })
}

pub(super) fn export(p: &mut Printer<'_>, thin: &Thin, names: &NameTable<'_>) {
    p.str("thin_pool", names.lv(thin.thin_pool));
    p.int("transaction_id", thin.transaction_id);
    p.int("device_id", thin.device_id);
    p.str_if("external_origin", thin.external_origin.map(|lv| names.lv(lv)));
    p.str_if("origin", thin.origin.map(|lv| names.lv(lv)));
    p.str_if("merge", thin.merge.map(|lv| names.lv(lv)));
}
