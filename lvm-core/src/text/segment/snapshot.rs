//! `type = "snapshot"`.

use super::{NameTable, Names, Printer, Section};
use crate::error::Result;
use crate::metadata::segment::Snapshot;

pub(super) fn import(section: &mut Section<'_, '_>, names: &Names<'_>) -> Result<Snapshot> {
    let chunk_size = section.require_sectors("chunk_size")?;
    let origin = section.require_lv("origin", names)?;
    let (store, merging) = match (section.lv("cow_store", names)?, section.lv("merging_store", names)?) {
        (Some(store), None) => (store, false),
        (None, Some(store)) => (store, true),
        (None, None) => return Err(section.missing("cow_store")),
        (Some(_), Some(_)) => {
            let message = "cow_store and merging_store exclude each other";
            return Err(section.bad("merging_store", section.offset(), message));
        }
    };
    Ok(Snapshot { chunk_size, origin, store, merging })
}

pub(super) fn export(p: &mut Printer<'_>, snapshot: &Snapshot, names: &NameTable<'_>) {
    p.int("chunk_size", snapshot.chunk_size.0);
    p.str("origin", names.lv(snapshot.origin));
    let key = if snapshot.merging { "merging_store" } else { "cow_store" };
    p.str(key, names.lv(snapshot.store));
}
