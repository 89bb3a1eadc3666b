//! `type = "striped"`, and `linear`, which is read as the same.

use std_alloc::format;

use super::{NameTable, Names, Printer, Section};
use crate::error::Result;
use crate::metadata::segment::Striped;
use crate::metadata::{Area, AreaSource};
use crate::units::Sectors;

pub(super) fn import(
    section: &mut Section<'_, '_>,
    names: &Names<'_>,
    spelt_linear: bool,
) -> Result<Striped> {
    let stripe_count = section.require_number::<usize>("stripe_count")?;
    let stripe_size = if stripe_count == 1 {
        // lvm2 does not write the size of one stripe, which means nothing.
        section.sectors("stripe_size")?;
        Sectors::ZERO
    } else {
        section.require_sectors("stripe_size")?
    };
    let stripes = section.areas("stripes", names)?;
    if stripes.len() != stripe_count {
        let message = format!("stripe_count is {stripe_count} and there are {} stripes", stripes.len());
        return Err(section.bad("stripes", section.offset(), message));
    }
    Ok(Striped { stripe_size, stripes: stripes.into(), spelt_linear })
}

pub(super) fn export(p: &mut Printer<'_>, striped: &Striped, names: &NameTable<'_>) {
    let count = u64::try_from(striped.stripes.len()).unwrap_or(u64::MAX);
    if count == 1 {
        p.int_comment("stripe_count", count, "linear");
    } else {
        p.int("stripe_count", count);
        p.sectors("stripe_size", striped.stripe_size);
    }
    p.blank();
    areas(p, "stripes", &striped.stripes, names);
}

/// `key = [` pairs of volume and start extent `]`.
pub(super) fn areas(p: &mut Printer<'_>, key: &str, areas: &[Area], names: &NameTable<'_>) {
    p.array(key);
    for (at, area) in areas.iter().enumerate() {
        let last = at.saturating_add(1) == areas.len();
        let name = match area.source {
            AreaSource::Pv(pv) => names.pv(pv),
            AreaSource::Lv(lv) => names.lv(lv),
        };
        p.array_item(name, Some(area.start_extent), last);
    }
    p.array_end();
}
