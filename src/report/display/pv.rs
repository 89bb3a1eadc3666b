//! Physical volumes: `pvdisplay`.

use lvm_core::metadata::{PhysicalVolume, PvRun};
use lvm_core::store::Orphan;
use lvm_core::{Bytes, Sectors};

use super::line::{Lines, Part, Style};
use super::{DisplayForm, cell};
use crate::report::group::Group;
use crate::report::row::{Pv, Row};
use crate::report::value::Value;

/// lvm2's bits for the status of a physical volume, which `-c` shows.
const EXPORTED: u64 = 1 << 1;
const ALLOCATABLE: u64 = 1 << 3;
const MISSING: u64 = 1 << 23;

/// A value that is not kept any more; it shows as lvm2 shows it.
pub(super) const GONE: i64 = -1;

/// KiB in an extent.
pub(super) fn extent_kib(extent_size: Sectors) -> u64 {
    extent_size.0 / 2
}

fn name(pv: &PhysicalVolume) -> Value<'_> {
    Value::text(Some(pv.device()))
}

fn used(group: &Group<'_>, at: usize) -> u64 {
    group.used.get(at).copied().unwrap_or(0).into()
}

fn free(group: &Group<'_>, at: usize, pv: &PhysicalVolume) -> u64 {
    u64::from(pv.pe_count().0).saturating_sub(used(group, at))
}

/// What lvm2 says of a physical volume of an exported group in front of it.
fn say_exported<'i>(lines: &mut Lines<'i>, group: &Group<'i>, pv: &'i PhysicalVolume) {
    if group.vg.is_exported() {
        lines.message([
            "Physical volume \"".into(),
            name(pv).into(),
            "\" of volume group \"".into(),
            Value::text(Some(group.vg.name())).into(),
            "\" is exported".into(),
        ]);
    }
}

/// What was read from its device counts before what the metadata says about it.
fn dev_size(pv: &PhysicalVolume) -> Sectors {
    pv.dev_size().unwrap_or_default()
}

/// The size of a physical volume, and how much of it holds no extents. When there is nothing behind
/// the last extent all of it is taken to be in use, its header too; so lvm2 counts.
fn sizes(group: &Group<'_>, pv: &PhysicalVolume) -> (Bytes, Bytes) {
    let size = Bytes::from(dev_size(pv));
    let data = pv.size(group.vg.extent_size());
    let end = Bytes(data.0.saturating_add(Bytes::from(pv.pe_start()).0));
    if size > end { (size, size.saturating_sub(data)) } else { (end, end.saturating_sub(size)) }
}

pub(super) fn short<'i>(lines: &mut Lines<'i>, group: &Group<'i>, at: usize, pv: &'i PhysicalVolume) {
    let free = cell(&Row::of_pv(Some(group), Pv::Member(at)), "pv_free");
    capacity(lines, name(pv), free);
}

fn capacity<'i>(lines: &mut Lines<'i>, name: Value<'i>, size: Value<'i>) {
    lines.text(["Device \"".into(), name.into(), "\" has a capacity of ".into(), size.into()]);
}

pub(super) fn colons<'i>(lines: &mut Lines<'i>, group: &Group<'i>, at: usize, pv: &'i PhysicalVolume) {
    say_exported(lines, group, pv);
    let bit = |set, bit| if set { bit } else { 0 };
    let allocatable = bit(pv.is_allocatable(), ALLOCATABLE);
    let status = allocatable | bit(group.vg.is_exported(), EXPORTED) | bit(pv.is_missing(), MISSING);
    lines.colons(vec![
        name(pv),
        Value::text(Some(group.vg.name())),
        Value::Number(dev_size(pv).0),
        Value::Signed(GONE),
        Value::Number(status),
        Value::Number(allocatable),
        Value::Signed(GONE),
        Value::Number(extent_kib(group.vg.extent_size())),
        Value::Number(pv.pe_count().0.into()),
        Value::Number(free(group, at, pv)),
        Value::Number(used(group, at)),
        Value::display(pv.id()),
    ]);
}

pub(super) fn full<'i>(
    lines: &mut Lines<'i>,
    group: &Group<'i>,
    at: usize,
    pv: &'i PhysicalVolume,
    maps: bool,
) {
    say_exported(lines, group, pv);
    let free = free(group, at, pv);
    lines.title("Physical volume");
    lines.item(Style::Group, "PV Name", name(pv));
    let exported = if group.vg.is_exported() { " (exported)" } else { "" };
    lines.items(Style::Group, "VG Name", [Value::text(Some(group.vg.name())).into(), exported.into()]);
    let (size, unusable) = sizes(group, pv);
    lines.items(Style::Group, "PV Size", [size.into(), " / not usable ".into(), unusable.into()]);
    lines.item(
        Style::Group,
        "Allocatable",
        match (pv.is_allocatable(), free) {
            (false, _) => "NO",
            (true, 0) => "yes (but full)",
            (true, _) => "yes ",
        },
    );
    extents(lines, group.vg.extent_size(), pv.pe_count().0.into(), free);
    lines.item(Style::Group, "PV UUID", Value::display(pv.id()));
    lines.end();
    if maps {
        lines.title("Physical Segments");
        group.runs(at).iter().for_each(|run| map(lines, group, *run));
        lines.end();
    }
}

fn extents(lines: &mut Lines<'_>, extent_size: Sectors, total: u64, free: u64) {
    if lines.si_unit_consistency {
        lines.item(Style::Group, "PE Size", Bytes::from(extent_size));
    } else {
        lines.item(Style::Group, "PE Size (KByte)", extent_kib(extent_size));
    }
    lines.item(Style::Group, "Total PE", total);
    lines.item(Style::Group, "Free PE", free);
    lines.item(Style::Group, "Allocated PE", total.saturating_sub(free));
}

/// `FIRST to LAST` of so many extents. Of none, lvm2 shows the one before the first as the last.
pub(super) fn range<'i>(first: u64, count: u64) -> Part<'i> {
    Part::from(format!("{first} to {}", (first + count).saturating_sub(1)))
}

fn map<'i>(lines: &mut Lines<'i>, group: &Group<'i>, run: PvRun) {
    lines.text(["Physical extent ".into(), range(run.start.into(), run.count.into()), ":".into()]);
    let owner = run.owner.and_then(|owner| {
        let lv = group.lv(owner.lv_index)?;
        Some((lv, lv.segments().get(owner.segment_index)?))
    });
    let Some((lv, seg)) = owner else {
        lines.text(["  FREE".into()]);
        return;
    };
    let path = format!("/dev/{}/{}", group.vg.name(), lv.name());
    lines.item(Style::Segment, "Logical volume", path);
    // All of the segment, wherever in it the run lies.
    let extents = range(seg.start_extent().0.into(), seg.extent_count().0.into());
    lines.item(Style::Segment, "Logical extents", extents);
}

/// A physical volume without a group.
pub(super) fn orphan<'i>(lines: &mut Lines<'i>, orphan: &'i Orphan, form: DisplayForm, maps: bool) {
    let name = || Value::text(Some(orphan.pv.device.name()));
    let size = Bytes(orphan.pv.scanned.label.pv_header.device_size);
    if form == DisplayForm::Short {
        capacity(lines, name(), Value::Size(size));
        return;
    }
    lines.message([
        "\"".into(),
        name().into(),
        "\" is a new physical volume of \"".into(),
        size.into(),
        "\"".into(),
    ]);
    if form == DisplayForm::Colons {
        let (gone, none) = (|| Value::Signed(GONE), || Value::Number(0));
        let (sectors, id) = (Value::Number(size.to_sectors().0), Value::display(orphan.pv.id()));
        let vg = Value::empty();
        lines.colons(vec![
            name(),
            vg,
            sectors,
            gone(),
            none(),
            none(),
            gone(),
            none(),
            none(),
            none(),
            none(),
            id,
        ]);
        return;
    }
    lines.title("NEW Physical volume");
    lines.item(Style::Group, "PV Name", name());
    lines.item(Style::Group, "VG Name", "");
    lines.item(Style::Group, "PV Size", size);
    lines.item(Style::Group, "Allocatable", "NO");
    extents(lines, Sectors::ZERO, 0, 0);
    lines.item(Style::Group, "PV UUID", Value::display(orphan.pv.id()));
    lines.end();
    if maps {
        lines.end();
    }
}
