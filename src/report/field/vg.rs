//! Fields of volume groups. A row about a physical volume without a group shows what lvm2 shows
//! there: zeroes, and a group that is not writable.

use std::borrow::Cow;

use lvm_core::metadata::{VgStatus, VolumeGroup};
use lvm_core::{Bytes, Sectors};

use super::lv::sorted;
use super::{Field, FieldGroup, FieldKind, Get, Words};
use crate::report::attr::vg_attr;
use crate::report::group::{Areas, Group, count};
use crate::report::row::{Pv, Row};
use crate::report::value::Value;

use FieldKind::{Flag, List, Number, Size, Text};

const fn field(
    id: &'static str,
    heading: &'static str,
    kind: FieldKind,
    width: usize,
    help: &'static str,
    get: Get,
) -> Field {
    Field { id, heading, kind, group: FieldGroup::Vg, width, help, words: Words::Own, get }
}

#[rustfmt::skip]
pub(super) const FIELDS: &[Field] = &[
    field("vg_fmt", "Fmt", Text, 3, "Metadata format", |row| match row.pv {
        Some(Pv::Other(_)) => Value::empty(),
        _ => Value::Text(Cow::Borrowed("lvm2")),
    }),
    field("vg_uuid", "VG UUID", Text, 38, "Identity", |row| row.vg().map_or(Value::empty(), |vg| Value::display(vg.id()))),
    field("vg_name", "VG", Text, 2, "Name", |row| Value::text(row.vg().map(VolumeGroup::name))),
    field("vg_attr", "Attr", Text, 5, "Six characters of attributes, see vgs(8)", |row| Value::Text(Cow::Owned(vg_attr(row.vg())))),
    field("vg_permissions", "VPerms", Text, 10, "Whether it may be changed", |row| {
        let writable = row.vg().is_some_and(VolumeGroup::is_writable);
        Value::Text(Cow::Borrowed(if writable { "writeable" } else { "read-only" }))
    }).words(Words::Permissions),
    field("vg_extendable", "Extendable", Flag, 10, "Physical volumes may be added and removed", |row| flag(row, "extendable", VolumeGroup::is_resizeable)).yes(&["extendable"]),
    field("vg_exported", "Exported", Flag, 10, "It is exported", |row| flag(row, "exported", VolumeGroup::is_exported)).yes(&["exported"]),
    field("vg_autoactivation", "AutoAct", Flag, 7, "Activated automatically", |row| {
        Value::flag(row.vg().is_none_or(|vg| !vg.status().contains(VgStatus::NOAUTOACTIVATE)), "enabled")
    }),
    field("vg_partial", "Partial", Flag, 10, "A physical volume is missing", |row| flag(row, "partial", VolumeGroup::is_partial)).yes(&["partial"]),
    field("vg_allocation_policy", "AllocPol", Text, 10, "Where new extents may go", |row| {
        Value::Text(Cow::Borrowed(row.vg().map_or("unknown", |vg| vg.allocation_policy().as_str())))
    }),
    field("vg_clustered", "Clustered", Flag, 10, "Belonged to clvmd", |row| flag(row, "clustered", |vg| vg.status().contains(VgStatus::CLUSTERED))).yes(&["clustered"]),
    field("vg_shared", "Shared", Flag, 7, "Shared through a lock manager", |row| flag(row, "shared", |vg| vg_attr(Some(vg)).ends_with('s'))).yes(&["shared"]),
    field("vg_size", "VSize", Size, 5, "Size", |row| Value::Size(row.vg().map_or(Bytes::ZERO, VolumeGroup::size))),
    field("vg_free", "VFree", Size, 5, "Free space", |row| {
        Value::Size(row.group.map_or(Bytes::ZERO, |group| lvm_core::Extents(group.free).to_bytes(group.vg.extent_size())))
    }),
    field("vg_sysid", "SYS ID", Text, 6, "The same as vg_systemid", |row| Value::text(row.vg().and_then(VolumeGroup::system_id))),
    field("vg_systemid", "System ID", Text, 9, "The host that owns it", |row| Value::text(row.vg().and_then(VolumeGroup::system_id))),
    field("vg_lock_type", "LockType", Text, 8, "Which lock manager it uses", |row| Value::text(row.vg().and_then(VolumeGroup::lock_type).filter(|lock_type| *lock_type != "none"))),
    field("vg_lock_args", "VLockArgs", Text, 9, "Arguments for the lock manager", |row| Value::text(row.vg().and_then(VolumeGroup::lock_args))),
    field("vg_extent_size", "Ext", Size, 3, "Size of an extent", |row| Value::Size(row.vg().map_or(Sectors::ZERO, VolumeGroup::extent_size).into())),
    field("vg_extent_count", "#Ext", Number, 4, "Extents", |row| number(row, |group| group.vg.extent_count().0.into())),
    field("vg_free_count", "Free", Number, 4, "Free extents", |row| number(row, |group| group.free.into())),
    field("max_lv", "MaxLV", Number, 5, "Most logical volumes allowed; 0 is no limit", |row| number(row, |group| group.vg.max_lv().into())),
    field("max_pv", "MaxPV", Number, 5, "Most physical volumes allowed; 0 is no limit", |row| number(row, |group| group.vg.max_pv().into())),
    field("pv_count", "#PV", Number, 3, "Physical volumes", |row| number(row, |group| count(group.vg.physical_volumes().len()))),
    field("vg_missing_pv_count", "#PV Missing", Number, 11, "Missing physical volumes", |row| {
        number(row, |group| count(group.vg.physical_volumes().iter().filter(|pv| pv.is_missing()).count()))
    }),
    field("lv_count", "#LV", Number, 3, "Logical volumes, hidden ones not counted", |row| number(row, |group| group.visible_count)),
    field("snap_count", "#SN", Number, 3, "Copy-on-write snapshots", |row| number(row, |group| group.snapshot_count)),
    field("vg_seqno", "Seq", Number, 3, "Version of the metadata", |row| number(row, |group| group.vg.seqno().into())),
    field("vg_tags", "VG Tags", List, 7, "Tags", |row| match row.vg() {
        Some(vg) => sorted(vg.tags()),
        None => Value::List(vec![]),
    }),
    field("vg_profile", "VProfile", Text, 8, "Metadata profile", |row| Value::text(row.vg().and_then(VolumeGroup::profile))),
    field("vg_mda_count", "#VMda", Number, 5, "Metadata areas on its devices", |row| number(row, |group| group.areas.count)),
    field("vg_mda_used_count", "#VMdaUse", Number, 8, "Metadata areas in use", |row| number(row, |group| group.areas.used)),
    field("vg_mda_free", "VMdaFree", Size, 9, "Room left in the fullest metadata area", |row| Value::Size(areas(row).free.unwrap_or_default())),
    field("vg_mda_size", "VMdaSize", Size, 9, "Size of the smallest metadata area", |row| Value::Size(areas(row).size.unwrap_or_default())),
    field("vg_mda_copies", "#VMdaCps", Number, 8, "Metadata areas to keep in use", |row| match row.vg().map_or(0, VolumeGroup::metadata_copies) {
        0 => Value::Word("unmanaged"),
        u32::MAX => Value::Word("all"),
        copies => Value::Number(copies.into()),
    }).words(Words::Number("unmanaged")),
];

fn flag<'i>(row: &Row<'_, 'i>, word: &'static str, get: fn(&VolumeGroup) -> bool) -> Value<'i> {
    Value::flag(row.vg().is_some_and(get), word)
}

fn number<'i>(row: &Row<'_, 'i>, get: fn(&Group<'_>) -> u64) -> Value<'i> {
    Value::Number(row.group.map_or(0, get))
}

fn areas(row: &Row<'_, '_>) -> Areas {
    row.group.map_or_else(Areas::default, |group| group.areas)
}
