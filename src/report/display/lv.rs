//! Logical volumes: `lvdisplay`.

use lvm_core::Bytes;
use lvm_core::metadata::{
    AllocationPolicy, HistoricalLogicalVolume, LogicalVolume, LvStatus, ReadAhead, SegmentKind, VolumeGroup,
};

use super::line::{Lines, Style};
use super::pv::GONE;
use super::{cell, segment, snapshot};
use crate::activate::ActiveLv;
use crate::report::group::{Group, Use, count};
use crate::report::row::Row;
use crate::report::value::Value;

/// lvm2's bits for the access of a volume, which `-c` shows.
const READ: u64 = 1 << 0;
const WRITE: u64 = 1 << 1;
const DEVICE_READ_ONLY: u64 = 1 << 2;
/// How `-c` shows the policy `contiguous`; the others are 0.
const CONTIGUOUS: u64 = 2;

/// A volume and where it is.
#[derive(Clone, Copy)]
pub(super) struct Volume<'c, 'i> {
    pub(super) group: &'c Group<'i>,
    pub(super) at: usize,
    pub(super) lv: &'i LogicalVolume,
}

impl<'c, 'i> Volume<'c, 'i> {
    pub(super) fn new(group: &'c Group<'i>, at: usize) -> Option<Self> {
        Some(Self { group, at, lv: group.lv(at)? })
    }

    /// The row of a report about it.
    pub(super) fn row(&self) -> Row<'c, 'i> {
        Row { lv: Some(self.at), seg: self.lv.segments().first(), ..Row::of_group(self.group) }
    }

    fn cell(&self, field: &str) -> Value<'i> {
        cell(&self.row(), field)
    }

    pub(super) fn device(&self) -> Option<&'c ActiveLv> {
        self.group.device(self.lv).flatten()
    }

    pub(super) fn size(&self) -> Bytes {
        self.lv.extent_count().to_bytes(self.group.vg.extent_size())
    }
}

fn path<'i>(group: &Group<'i>, name: &str) -> Value<'i> {
    Value::display(format_args!("/dev/{}/{name}", group.vg.name()))
}

pub(super) fn colons<'i>(lines: &mut Lines<'i>, group: &Group<'i>, at: usize) {
    let Some(volume) = Volume::new(group, at) else { return };
    let (lv, device) = (volume.lv, volume.device());
    let bit = |set, bit| if set { bit } else { 0 };
    let access = bit(lv.status().contains(LvStatus::READ), READ)
        | bit(lv.is_writable(), WRITE)
        | bit(device.is_some_and(|device| device.read_only), DEVICE_READ_ONLY);
    let read_ahead = match lv.read_ahead() {
        ReadAhead::Auto => GONE,
        ReadAhead::None => 0,
        ReadAhead::Sectors(sectors) => sectors.into(),
    };
    let number = |get: fn(&ActiveLv) -> u32| device.map_or(GONE, |device| get(device).into());
    lines.colons(vec![
        path(group, lv.name()),
        Value::text(Some(group.vg.name())),
        Value::Number(access),
        Value::Number(device.is_some().into()),
        Value::Signed(GONE),
        Value::Number(device.map_or(0, |device| device.open_count.into())),
        Value::Number(volume.size().to_sectors().0),
        Value::Number(lv.extent_count().0.into()),
        Value::Signed(GONE),
        Value::Number(bit(lv.allocation_policy() == AllocationPolicy::Contiguous, CONTIGUOUS)),
        Value::Signed(read_ahead),
        Value::Signed(number(|device| device.number.major)),
        Value::Signed(number(|device| device.number.minor)),
    ]);
}

pub(super) fn full<'i>(lines: &mut Lines<'i>, group: &Group<'i>, at: usize, maps: bool) {
    let Some(volume) = Volume::new(group, at) else { return };
    lines.title("Logical volume");
    names(lines, &volume);
    let lv = volume.lv;
    lines.item(Style::Volume, "LV UUID", Value::display(lv.id()));
    let overridden = volume.device().is_some_and(|device| device.read_only);
    lines.item(
        Style::Volume,
        "LV Write Access",
        match (lv.is_writable(), overridden) {
            (true, false) => "read/write",
            (true, true) => "read/write (activated read only)",
            (false, _) => "read only",
        },
    );
    let (host, time) = (Value::text(lv.creation_host()), volume.cell("lv_time"));
    lines.items(Style::Volume, "LV Creation host, time", [host.into(), ", ".into(), time.into()]);
    snapshot::relations(lines, &volume);
    relations(lines, &volume);
    state(lines, &volume);
    extents(lines, &volume);
    settings(lines, &volume);
    lines.end();
    if maps {
        segment::maps(lines, &volume);
    }
}

fn names<'i>(lines: &mut Lines<'i>, volume: &Volume<'_, 'i>) {
    let name = || Value::text(Some(volume.lv.name()));
    let path = volume.cell("lv_path");
    if !path.is_blank() {
        lines.item(Style::Volume, "LV Path", path);
    }
    let label = if volume.lv.is_visible() { "LV Name" } else { "Internal LV Name" };
    lines.item(Style::Volume, label, name());
    lines.item(Style::Volume, "VG Name", Value::text(Some(volume.group.vg.name())));
}

/// The volumes that this one stands on or is a part of, apart from snapshots.
fn relations<'i>(lines: &mut Lines<'i>, volume: &Volume<'_, 'i>) {
    let (group, at) = (volume.group, volume.at);
    let mut named = |label: &'static str, name: Value<'i>| {
        if !name.is_blank() {
            lines.item(Style::Volume, label, name);
        }
    };
    let lv = |id| Value::text(group.lv_by_id(id).map(LogicalVolume::name));
    match group.first_kind(at) {
        Some(SegmentKind::Thin(thin)) => {
            named("LV Pool name", volume.cell("pool_lv"));
            named("LV Thin origin name", thin.origin.map_or(Value::empty(), lv));
            named("LV External origin name", thin.external_origin.map_or(Value::empty(), lv));
            let merging = group.user_as(at, Use::ThinMerge).and_then(|user| group.lv(user.lv));
            named("LV merged with", Value::text(merging.map(LogicalVolume::name)));
            named("LV merging to", thin.merge.map_or(Value::empty(), lv));
        }
        Some(SegmentKind::ThinPool(_) | SegmentKind::CachePool(_)) => {
            named("LV Pool metadata", volume.cell("metadata_lv"));
            named("LV Pool data", volume.cell("data_lv"));
        }
        Some(SegmentKind::Cache(_)) if volume.device().is_some() => {
            named("LV Cache pool name", volume.cell("pool_lv"));
            named("LV Cache origin name", volume.cell("origin"));
        }
        Some(SegmentKind::Vdo(_)) => named("LV VDO Pool name", volume.cell("pool_lv")),
        Some(SegmentKind::VdoPool(_)) => named("LV VDO Pool data", volume.cell("data_lv")),
        _ => {}
    }
    let cached = group.user_as(at, Use::CacheOrigin).and_then(|user| group.lv(user.lv));
    named("LV origin of Cache LV", Value::text(cached.map(LogicalVolume::name)));
}

/// What its device does, where the kernel says.
fn state(lines: &mut Lines<'_>, volume: &Volume<'_, '_>) {
    let Some(device) = volume.group.device(volume.lv) else { return };
    lines.item(
        Style::Volume,
        "LV Status",
        match device {
            None => "NOT available",
            Some(device) if device.suspended => "suspended",
            Some(_) => "available",
        },
    );
    if let Some(device) = device {
        lines.item(Style::Volume, "# open", device.open_count);
    }
}

fn extents<'i>(lines: &mut Lines<'i>, volume: &Volume<'_, 'i>) {
    let (group, at) = (volume.group, volume.at);
    // A snapshot has the size of its origin; its own is that of the table of copies.
    let origin = group.store_of(at).and_then(|snapshot| group.position(snapshot.origin));
    let shown = origin.and_then(|origin| Volume::new(group, origin)).unwrap_or(*volume);
    lines.item(Style::Volume, "LV Size", shown.size());
    usage(lines, volume);
    lines.item(Style::Volume, "Current LE", shown.lv.extent_count().0);
    if group.store_of(at).is_some() {
        lines.item(Style::Volume, "COW-table size", volume.size());
        lines.item(Style::Volume, "COW-table LE", volume.lv.extent_count().0);
        if snapshot::is_active(group, volume.lv) {
            percent(lines, "Allocated to snapshot", group.data_percent(at));
        }
        lines.item(Style::Volume, "Snapshot chunk size", volume.cell("chunk_size"));
    }
    let copies = match group.first_kind(at) {
        Some(SegmentKind::Mirror(mirror)) => mirror.mirrors.len(),
        Some(SegmentKind::Raid(raid))
            if raid.raid_type == "raid1" || raid.raid_type.starts_with("raid10") =>
        {
            raid.images.len()
        }
        _ => 0,
    };
    if copies > 0 {
        lines.item(Style::Volume, "Mirrored volumes", count(copies));
    }
    lines.item(Style::Volume, "Segments", count(volume.lv.segments().len()));
}

/// What the targets of pools and caches count.
fn usage(lines: &mut Lines<'_>, volume: &Volume<'_, '_>) {
    let (group, at) = (volume.group, volume.at);
    let data = group.data_percent(at);
    match group.first_kind(at) {
        Some(SegmentKind::ThinPool(_)) => {
            percent(lines, "Allocated pool data", data);
            percent(lines, "Allocated metadata", group.metadata_percent(at));
        }
        Some(SegmentKind::Thin(_)) => percent(lines, "Mapped size", data),
        Some(SegmentKind::Cache(_)) => {
            let Some(cache) = group.cache_usage(at) else { return };
            percent(lines, "Cache used blocks", data);
            percent(lines, "Cache metadata blocks", group.metadata_percent(at));
            percent(lines, "Cache dirty blocks", group.copy_percent(at));
            let mut pair = |label, one, other| {
                let parts = [Value::Number(one).into(), " / ".into(), Value::Number(other).into()];
                lines.items(Style::Volume, label, parts);
            };
            pair("Cache read hits/misses", cache.read_hits, cache.read_misses);
            pair("Cache wrt hits/misses", cache.write_hits, cache.write_misses);
            lines.item(Style::Volume, "Cache demotions", cache.demotions);
            lines.item(Style::Volume, "Cache promotions", cache.promotions);
        }
        _ => {}
    }
}

/// A share, when it is known.
fn percent(lines: &mut Lines<'_>, label: &'static str, value: Value<'static>) {
    if value != Value::Unknown {
        lines.items(Style::Volume, label, [value.into(), "%".into()]);
    }
}

fn settings<'i>(lines: &mut Lines<'i>, volume: &Volume<'_, 'i>) {
    let (lv, device) = (volume.lv, volume.device());
    lines.item(Style::Volume, "Allocation", lv.allocation_policy().as_str());
    let set = match lv.read_ahead() {
        ReadAhead::Auto => None,
        ReadAhead::None => Some(0),
        ReadAhead::Sectors(sectors) => Some(u64::from(sectors)),
    };
    match set {
        None => lines.item(Style::Volume, "Read ahead sectors", "auto"),
        Some(sectors) => lines.item(Style::Volume, "Read ahead sectors", sectors),
    }
    // That a setting is followed goes without saying.
    if let Value::Size(size) = volume.cell("lv_kernel_read_ahead")
        && set != Some(size.to_sectors().0)
    {
        lines.item(Style::Volume, "- currently set to", size.to_sectors().0);
    }
    if lv.status().contains(LvStatus::FIXED_MINOR) {
        lines.item(Style::Volume, "Persistent major", volume.cell("lv_major"));
        lines.item(Style::Volume, "Persistent minor", volume.cell("lv_minor"));
    }
    if let Some(device) = device {
        lines.item(Style::Volume, "Block device", Value::display(device.number));
    }
}

fn historical_name<'i>(removed: &HistoricalLogicalVolume) -> Value<'i> {
    Value::display(format_args!("-{}", removed.name))
}

pub(super) fn historical<'i>(
    lines: &mut Lines<'i>,
    vg: &'i VolumeGroup,
    removed: &'i HistoricalLogicalVolume,
) {
    let time = |time: Option<u64>| time.filter(|time| *time != 0).map_or(Value::Unknown, Value::Time);
    lines.title("Historical Logical volume");
    lines.item(Style::Volume, "LV Name", historical_name(removed));
    lines.item(Style::Volume, "VG Name", Value::text(Some(vg.name())));
    lines.item(Style::Volume, "LV UUID", Value::display(removed.id));
    lines.item(Style::Volume, "LV Creation time", time(removed.creation_time));
    lines.item(Style::Volume, "LV Removal time", time(removed.removal_time));
    lines.end();
}

pub(super) fn historical_colons<'i>(
    lines: &mut Lines<'i>,
    vg: &'i VolumeGroup,
    removed: &HistoricalLogicalVolume,
) {
    let (gone, none) = (|| Value::Signed(GONE), || Value::Number(0));
    lines.colons(vec![
        Value::display(format_args!("/dev/{}/{}", vg.name(), removed.name)),
        Value::text(Some(vg.name())),
        none(),
        none(),
        gone(),
        none(),
        none(),
        none(),
        gone(),
        none(),
        none(),
        gone(),
        gone(),
    ]);
}
