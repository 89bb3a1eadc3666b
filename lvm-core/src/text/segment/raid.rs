//! All raid levels.

use std_alloc::{borrow::ToOwned, format, vec::Vec};

use super::{NameTable, Names, Printer, Section};
use crate::error::Result;
use crate::id::LvId;
use crate::metadata::segment::{Raid, RaidImage};
use crate::text::tree::Value;

pub(super) fn import(section: &mut Section<'_, '_>, names: &Names<'_>, level: &str) -> Result<Raid> {
    let raid0 = matches!(level, "raid0" | "raid0_meta");
    let count_key = if raid0 { "stripe_count" } else { "device_count" };
    let count = section.require_number::<usize>(count_key)?;
    let mut raid = Raid {
        raid_type: level.to_owned(),
        data_copies: section.number("data_copies")?,
        region_size: section.sectors("region_size")?,
        stripe_size: section.sectors("stripe_size")?,
        writebehind: section.number("writebehind")?,
        min_recovery_rate: section.number("min_recovery_rate")?,
        max_recovery_rate: section.number("max_recovery_rate")?,
        data_offset: section.number("data_offset")?,
        images: Vec::new(),
    };
    let key = list_key(&raid);
    let list = section.list(key)?.ok_or_else(|| section.missing(key))?;
    let mut metadata: Option<LvId> = None;
    for name in list.iter().filter_map(Value::as_str) {
        let Some(lv) = names.lv(&name) else {
            return Err(section.bad(key, section.offset(), format!("there is no logical volume {name}")));
        };
        // The name tells the two kinds apart, as in lvm2.
        if name.contains("_rmeta_") && metadata.is_none() {
            metadata = Some(lv);
        } else {
            raid.images.push(RaidImage { metadata: metadata.take(), data: lv });
        }
    }
    if metadata.is_some() || raid.images.len() != count {
        let message = format!("{count_key} is {count} and there are {} devices", raid.images.len());
        return Err(section.bad(key, section.offset(), message));
    }
    Ok(raid)
}

fn list_key(raid: &Raid) -> &'static str {
    if raid.raid_type == "raid0" { "raid0_lvs" } else { "raids" }
}

pub(super) fn export(p: &mut Printer<'_>, raid: &Raid, names: &NameTable<'_>) {
    let count_key = if raid.is_raid0() { "stripe_count" } else { "device_count" };
    p.int(count_key, u64::try_from(raid.images.len()).unwrap_or(u64::MAX));
    p.int_if("data_copies", raid.data_copies);
    p.int_if("region_size", raid.region_size.map(|size| size.0));
    p.int_if("stripe_size", raid.stripe_size.map(|size| size.0));
    p.int_if("writebehind", raid.writebehind);
    p.int_if("min_recovery_rate", raid.min_recovery_rate);
    p.int_if("max_recovery_rate", raid.max_recovery_rate);
    p.int_if("data_offset", raid.data_offset);
    p.blank();
    p.array(list_key(raid));
    for (at, image) in raid.images.iter().enumerate() {
        let last = at.saturating_add(1) == raid.images.len();
        match image.metadata {
            Some(metadata) => p.array_pair(names.lv(metadata), names.lv(image.data), last),
            None => p.array_item(names.lv(image.data), None, last),
        }
    }
    p.array_end();
}
