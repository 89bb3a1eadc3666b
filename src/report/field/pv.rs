//! Fields of physical volumes: their labels, their place in a group, and their runs of extents.

use std::borrow::Cow;

use lvm_core::Bytes;
use lvm_core::metadata::PhysicalVolume;
use lvm_core::ondisk::PvHeader;

use super::lv::sorted;
use super::{Field, FieldGroup, FieldKind, Get, Words};
use crate::report::attr::pv_attr;
use crate::report::group::{Areas, Group};
use crate::report::row::{Pv, Row};
use crate::report::value::Value;

use FieldKind::{Flag, List, Number, Size, Text};

const fn label(
    id: &'static str,
    heading: &'static str,
    kind: FieldKind,
    width: usize,
    help: &'static str,
    get: Get,
) -> Field {
    Field { id, heading, kind, group: FieldGroup::PvLabel, width, help, words: Words::Own, get }
}

const fn field(
    id: &'static str,
    heading: &'static str,
    kind: FieldKind,
    width: usize,
    help: &'static str,
    get: Get,
) -> Field {
    Field { id, heading, kind, group: FieldGroup::Pv, width, help, words: Words::Own, get }
}

#[rustfmt::skip]
pub(super) const LABEL_FIELDS: &[Field] = &[
    label("pv_fmt", "Fmt", Text, 3, "Metadata format", |row| match row.pv {
        Some(Pv::Other(_)) | None => Value::empty(),
        _ => Value::Text(Cow::Borrowed("lvm2")),
    }),
    label("pv_uuid", "PV UUID", Text, 38, "Identity", |row| match (row.member(), header(row)) {
        (Some((_, _, pv)), _) => Value::display(pv.id()),
        (_, Some(header)) => Value::display(header.pv_id),
        _ => Value::empty(),
    }),
    label("dev_size", "DevSize", Size, 7, "Size of the device", |row| Value::Size(device_size(row))),
    label("pv_name", "PV", Text, 10, "Path of the device; [unknown] when it is missing", |row| match (row.member(), row.pv) {
        (Some((_, _, pv)), _) => Value::Text(Cow::Borrowed(pv.device())),
        (_, Some(Pv::Orphan(orphan))) => Value::Text(Cow::Borrowed(orphan.pv.device.name())),
        (_, Some(Pv::Other(device))) => Value::Text(Cow::Borrowed(device)),
        _ => Value::empty(),
    }),
    label("pv_major", "Maj", Text, 3, "Major number of the device; -1 when not known, 0 when it is missing", |row| number(row, |(major, _)| major)),
    label("pv_minor", "Min", Text, 3, "Minor number of the device; -1 when not known, 0 when it is missing", |row| number(row, |(_, minor)| minor)),
    label("pv_mda_free", "PMdaFree", Size, 9, "Room left in its metadata areas", |row| Value::Size(areas(row).free.unwrap_or_default())),
    label("pv_mda_size", "PMdaSize", Size, 9, "Size of its smallest metadata area", |row| Value::Size(areas(row).size.unwrap_or_default())),
    label("pv_ext_vsn", "PExtVsn", Number, 7, "Version of the label's extension", |row| {
        Value::number(header(row).map(|header| header.extension.as_ref().map_or(0, |ext| ext.version)))
    }),
];

#[rustfmt::skip]
pub(super) const FIELDS: &[Field] = &[
    field("pe_start", "1st PE", Size, 7, "Where the first extent begins", |row| Value::Size(match (row.member(), header(row)) {
        (Some((_, _, pv)), _) => pv.pe_start().into(),
        (_, Some(header)) => Bytes(header.data_areas.first().map_or(0, |area| area.offset)),
        _ => Bytes::ZERO,
    })),
    field("pv_size", "PSize", Size, 5, "Size in whole extents; of the device without a group", |row| Value::Size(match row.member() {
        Some((group, _, pv)) => pv.size(group.vg.extent_size()),
        None => orphan_size(row),
    })),
    field("pv_free", "PFree", Size, 5, "Free space", |row| Value::Size(match row.member() {
        Some((group, at, pv)) => extents(group, u64::from(pv.pe_count().0).saturating_sub(used(group, at))),
        None => orphan_size(row),
    })),
    field("pv_used", "Used", Size, 4, "Space in use", |row| Value::Size(row.member().map_or(Bytes::ZERO, |(group, at, _)| extents(group, used(group, at))))),
    field("pv_attr", "Attr", Text, 4, "Three characters of attributes, see pvs(8)", |row| match (row.member(), row.pv) {
        (Some((group, _, pv)), _) => Value::Text(Cow::Owned(pv_attr(group.vg, pv))),
        (_, Some(Pv::Orphan(orphan))) if orphan.used_by_unknown => Value::Text(Cow::Borrowed("u--")),
        _ => Value::Text(Cow::Borrowed("---")),
    }),
    field("pv_allocatable", "Allocatable", Flag, 11, "Extents may be allocated on it", |row| flag(row, "allocatable", |_, pv| pv.is_allocatable())).yes(&["allocatable"]),
    field("pv_exported", "Exported", Flag, 10, "Its group is exported", |row| flag(row, "exported", |group, _| group.vg.is_exported())).yes(&["exported"]),
    field("pv_missing", "Missing", Flag, 10, "It was not found", |row| flag(row, "missing", |_, pv| pv.is_missing())).yes(&["missing"]),
    field("pv_pe_count", "PE", Number, 3, "Extents", |row| Value::Number(row.member().map_or(0, |(_, _, pv)| pv.pe_count().0.into()))),
    field("pv_pe_alloc_count", "Alloc", Number, 5, "Extents in use", |row| Value::Number(row.member().map_or(0, |(group, at, _)| used(group, at)))),
    field("pv_tags", "PV Tags", List, 7, "Tags", |row| match row.member() {
        Some((_, _, pv)) => sorted(pv.tags()),
        None => Value::List(vec![]),
    }),
    field("pv_mda_count", "#PMda", Number, 5, "Metadata areas", |row| Value::Number(areas(row).count)),
    field("pv_mda_used_count", "#PMdaUse", Number, 8, "Metadata areas in use", |row| Value::Number(areas(row).used)),
    field("pv_ba_start", "BA Start", Size, 8, "Where the boot loader area begins", |row| Value::Size(bootloader_area(row).0)),
    field("pv_ba_size", "BA Size", Size, 7, "Size of the boot loader area", |row| Value::Size(bootloader_area(row).1)),
    field("pv_in_use", "PInUse", Flag, 6, "A group uses it", |row| {
        let orphan = matches!(row.pv, Some(Pv::Orphan(orphan)) if orphan.used_by_unknown);
        Value::flag(orphan || row.member().is_some(), "used")
    }).yes(&["used", "in use"]),
    field("pv_duplicate", "Duplicate", Flag, 9, "Another device has the same identity; such devices are not listed, so always no", |_| Value::flag(false, "duplicate")).yes(&["duplicate"]),
    field("pv_device_id", "DeviceID", Text, 8, "Device id that the metadata records", |row| match row.member() {
        Some((_, _, pv)) => Value::text(pv.device_id()),
        None => Value::empty(),
    }),
    field("pv_device_id_type", "DeviceIDType", Text, 12, "Kind of that device id", |row| match row.member() {
        Some((_, _, pv)) => Value::text(pv.device_id_type()),
        None => Value::empty(),
    }),
];

pub(super) const SEGMENT_FIELDS: &[Field] = &[
    Field {
        id: "pvseg_start",
        heading: "Start",
        kind: Number,
        group: FieldGroup::PvSeg,
        width: 5,
        help: "The first extent of the run",
        words: Words::Own,
        get: |row| Value::Number(row.run.map_or(0, |run| run.start.into())),
    },
    Field {
        id: "pvseg_size",
        heading: "SSize",
        kind: Number,
        group: FieldGroup::PvSeg,
        width: 5,
        help: "Extents in the run",
        words: Words::Own,
        get: |row| Value::Number(row.run.map_or(0, |run| run.count.into())),
    },
];

fn header<'i>(row: &Row<'_, 'i>) -> Option<&'i PvHeader> {
    row.found().map(|found| &found.scanned.label.pv_header)
}

fn device_size(row: &Row<'_, '_>) -> Bytes {
    row.found().map_or(Bytes::ZERO, |found| Bytes(found.scanned.device_size))
}

fn orphan_size(row: &Row<'_, '_>) -> Bytes {
    header(row).map_or(Bytes::ZERO, |header| Bytes(header.device_size))
}

fn number<'i>(row: &Row<'_, 'i>, get: fn((u32, u32)) -> u32) -> Value<'i> {
    let device = match (row.found(), row.pv) {
        (Some(found), _) => found.device.name(),
        (None, Some(Pv::Other(device))) => device,
        _ => return Value::Signed(0),
    };
    let numbers = row.numbers.and_then(|numbers| numbers(device));
    Value::Signed(numbers.map_or(-1, |numbers| get(numbers).into()))
}

fn areas(row: &Row<'_, '_>) -> Areas {
    row.found().map_or_else(Areas::default, |found| Areas::of(&found.scanned))
}

fn bootloader_area(row: &Row<'_, '_>) -> (Bytes, Bytes) {
    if let Some((_, _, pv)) = row.member() {
        return pv
            .bootloader_area()
            .map_or((Bytes::ZERO, Bytes::ZERO), |(at, size)| (at.into(), size.into()));
    }
    let area = header(row).and_then(|header| header.extension.as_ref()?.bootloader_areas.first());
    area.map_or((Bytes::ZERO, Bytes::ZERO), |area| (Bytes(area.offset), Bytes(area.size)))
}

fn used(group: &Group<'_>, at: usize) -> u64 {
    group.used.get(at).copied().unwrap_or(0).into()
}

fn extents(group: &Group<'_>, count: u64) -> Bytes {
    Bytes(count.saturating_mul(group.vg.extent_size().to_bytes().0))
}

fn flag<'i>(
    row: &Row<'_, 'i>,
    word: &'static str,
    get: fn(&Group<'_>, &PhysicalVolume) -> bool,
) -> Value<'i> {
    Value::flag(row.member().is_some_and(|(group, _, pv)| get(group, pv)), word)
}
