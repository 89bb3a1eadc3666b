//! Volume groups: `vgdisplay`.

use lvm_core::metadata::VgStatus;
use lvm_core::{Bytes, Extents};

use super::line::{Lines, Part, Style};
use super::pv::{GONE, extent_kib};
use crate::report::group::{Group, count};
use crate::report::value::Value;

/// lvm2's bits for the status of a group, which `-c` shows.
const BITS: [(VgStatus, u64); 5] = [
    (VgStatus::EXPORTED, 1 << 1),
    (VgStatus::RESIZEABLE, 1 << 2),
    (VgStatus::NOAUTOACTIVATE, 1 << 4),
    (VgStatus::READ, 1 << 8),
    (VgStatus::WRITE, 1 << 9),
];

/// The width of the size in use in the short form.
const USED_WIDTH: usize = 9;

/// The extents of a group and how they are used.
struct Counts {
    total: u64,
    used: u64,
    free: u64,
    pvs: u64,
    missing: u64,
    open: u64,
}

impl Counts {
    fn of(group: &Group<'_>) -> Self {
        let total = u64::from(group.vg.extent_count().0);
        let free = u64::from(group.free);
        let pvs = group.vg.physical_volumes();
        let open = group.lvs.iter().filter(|lv| {
            let device = group.device(lv).flatten();
            lv.is_visible() && device.is_some_and(|device| device.open_count > 0)
        });
        Self {
            total,
            used: total.saturating_sub(free),
            free,
            pvs: count(pvs.len()),
            missing: count(pvs.iter().filter(|pv| pv.is_missing()).count()),
            open: count(open.count()),
        }
    }
}

/// The size of so many extents.
fn size(group: &Group<'_>, extents: u64) -> Bytes {
    Bytes(extents.saturating_mul(group.vg.extent_size().to_bytes().0))
}

fn access(group: &Group<'_>, colons: bool) -> &'static str {
    match (group.vg.is_writable(), colons) {
        (true, false) => "read/write",
        (true, true) => "r/w",
        (false, false) => "read",
        (false, true) => "r",
    }
}

pub(super) fn short<'i>(lines: &mut Lines<'i>, group: &Group<'i>) {
    let counts = Counts::of(group);
    lines.text([
        "\"".into(),
        Value::text(Some(group.vg.name())).into(),
        "\" ".into(),
        Part::Padded(Value::Size(group.vg.size()), USED_WIDTH),
        " [".into(),
        Part::Padded(Value::Size(size(group, counts.used)), USED_WIDTH),
        " used / ".into(),
        size(group, counts.free).into(),
        " free]".into(),
    ]);
}

pub(super) fn colons<'i>(lines: &mut Lines<'i>, group: &Group<'i>) {
    let (vg, counts) = (group.vg, Counts::of(group));
    let number = Value::Number;
    let bits = BITS.iter().filter(|(status, _)| vg.status().contains(*status));
    lines.colons(vec![
        Value::text(Some(vg.name())),
        Value::text(Some(access(group, true))),
        number(bits.map(|(_, bit)| bit).sum()),
        Value::Signed(GONE),
        number(vg.max_lv().into()),
        number(group.visible_count),
        number(counts.open),
        Value::Signed(GONE),
        number(vg.max_pv().into()),
        number(counts.pvs),
        number(counts.pvs.saturating_sub(counts.missing)),
        // As lvm2 counts: extents smaller than a KiB are nothing.
        number(counts.total.saturating_mul(extent_kib(vg.extent_size()))),
        number(extent_kib(vg.extent_size())),
        number(counts.total),
        number(counts.used),
        number(counts.free),
        Value::display(vg.id()),
    ]);
}

pub(super) fn full<'i>(lines: &mut Lines<'i>, group: &Group<'i>) {
    let (vg, counts) = (group.vg, Counts::of(group));
    lines.title("Volume group");
    let mut item = |label: &'static str, part: Part<'i>| lines.item(Style::Group, label, part);
    item("VG Name", Value::text(Some(vg.name())).into());
    item("System ID", Value::text(vg.system_id()).into());
    item("Format", "lvm2".into());
    item("Metadata Areas", group.areas.count.into());
    item("Metadata Sequence No", vg.seqno().into());
    item("VG Access", access(group, false).into());
    item(
        "VG Status",
        match (vg.is_exported(), vg.is_resizeable()) {
            (false, true) => "resizable".into(),
            (false, false) => "NOT resizable".into(),
            (true, true) => "exported/resizable".into(),
            (true, false) => "exported/NOT resizable".into(),
        },
    );
    item("MAX LV", vg.max_lv().into());
    item("Cur LV", group.visible_count.into());
    item("Open LV", counts.open.into());
    item("Max PV", vg.max_pv().into());
    item("Cur PV", counts.pvs.into());
    item("Act PV", counts.pvs.saturating_sub(counts.missing).into());
    item("VG Size", vg.size().into());
    item("PE Size", Bytes::from(vg.extent_size()).into());
    item("Total PE", counts.total.into());
    let mut both = |label: &'static str, extents: u64| {
        lines.items(Style::Group, label, [extents.into(), " / ".into(), size(group, extents).into()]);
    };
    both("Alloc PE / Size", counts.used);
    both("Free  PE / Size", counts.free);
    lines.item(Style::Group, "VG UUID", Value::display(vg.id()));
    lines.end();
}

/// What `-v` adds about the physical volumes.
pub(super) fn physical_volumes<'i>(lines: &mut Lines<'i>, group: &Group<'i>) {
    lines.title("Physical volumes");
    for (at, pv) in group.vg.physical_volumes().iter().enumerate() {
        let used = group.used.get(at).copied().unwrap_or(0);
        let free = pv.pe_count().saturating_sub(Extents(used));
        lines.items(Style::Group, "PV Name", [Value::text(Some(pv.device())).into(), "     ".into()]);
        lines.item(Style::Group, "PV UUID", Value::display(pv.id()));
        let status = if pv.is_allocatable() { "allocatable" } else { "NOT allocatable" };
        lines.item(Style::Group, "PV Status", status);
        let extents = [pv.pe_count().0.into(), " / ".into(), free.0.into()];
        lines.items(Style::Group, "Total PE / Free PE", extents);
        lines.end();
    }
}
