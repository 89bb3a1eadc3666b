//! What lvm2's reports should show, worked out from this library's values field by field.

use std::collections::BTreeMap;

use lvmkit::core::metadata::{AreaSource, LvStatus, PvStatus, SegmentKind, VgStatus};
use lvmkit::core::store::{AreaState, FoundPv, FoundVg, Scan};
use lvmkit::core::{BlockDevice, Sectors};
use lvmkit::{LogicalVolume, PhysicalVolume, ReadAhead, Segment, VolumeGroup};
use serde_json::{Map, Value};

type Row = BTreeMap<&'static str, String>;

/// Fields of what these groups do not have, and of kernel state without a kernel.
const LV_CONSTANT: &[(&str, &[&str])] = &[
    (
        "",
        &[
            "lv_parent",
            "lv_when_full",
            "lv_metadata_size",
            "origin",
            "origin_uuid",
            "origin_size",
            "lv_ancestors",
            "lv_full_ancestors",
            "lv_descendants",
            "lv_full_descendants",
            "raid_mismatch_count",
            "raid_sync_action",
            "raid_write_behind",
            "raid_min_recovery_rate",
            "raid_max_recovery_rate",
            "raidintegritymode",
            "integritymismatches",
            "move_pv",
            "move_pv_uuid",
            "convert_lv",
            "convert_lv_uuid",
            "mirror_log",
            "mirror_log_uuid",
            "data_lv",
            "data_lv_uuid",
            "metadata_lv",
            "metadata_lv_uuid",
            "pool_lv",
            "pool_lv_uuid",
            "lv_profile",
            "lv_lockargs",
            "lv_time_removed",
            "data_percent",
            "snap_percent",
            "metadata_percent",
            "copy_percent",
            "sync_percent",
            "cache_total_blocks",
            "cache_used_blocks",
            "cache_dirty_blocks",
            "cache_read_hits",
            "cache_read_misses",
            "cache_write_hits",
            "cache_write_misses",
            "kernel_cache_settings",
            "kernel_cache_policy",
            "kernel_metadata_format",
            "lv_health_status",
            "kernel_discards",
            "vdo_operating_mode",
            "vdo_compression_state",
            "vdo_index_state",
            "vdo_used_size",
            "vdo_saving_percent",
            "writecache_total_blocks",
            "writecache_free_blocks",
            "writecache_writeback_blocks",
            "writecache_error",
        ],
    ),
    (
        "-1",
        &[
            "lv_active_locally",
            "lv_active_remotely",
            "lv_active_exclusively",
            "raidintegrityblocksize",
            "writecache_block_size",
            "lv_kernel_major",
            "lv_kernel_minor",
            "lv_kernel_read_ahead",
            "lv_suspended",
            "lv_live_table",
            "lv_inactive_table",
            "lv_device_open",
            "lv_check_needed",
            "lv_merge_failed",
            "lv_snapshot_invalid",
        ],
    ),
    (
        "0",
        &[
            "lv_initial_image_sync",
            "lv_image_synced",
            "lv_merging",
            "lv_converting",
            "lv_allocation_locked",
            "lv_historical",
        ],
    ),
    ("unknown", &["lv_active"]),
    ("public", &["lv_role"]),
];

const SEG_CONSTANT: &[(&str, &[&str])] = &[
    (
        "",
        &[
            "reshape_len",
            "reshape_len_le",
            "data_offset",
            "new_data_offset",
            "parity_chunks",
            "thin_count",
            "discards",
            "cache_metadata_format",
            "cache_mode",
            "transaction_id",
            "thin_id",
            "seg_tags",
            "seg_metadata_le_ranges",
            "metadata_devices",
            "seg_monitor",
            "cache_policy",
            "cache_settings",
            "vdo_compression",
            "vdo_deduplication",
            "vdo_use_metadata_hints",
            "vdo_minimum_io_size",
            "vdo_block_map_cache_size",
            "vdo_block_map_era_length",
            "vdo_use_sparse_index",
            "vdo_index_memory_size",
            "vdo_slab_size",
            "vdo_ack_threads",
            "vdo_bio_threads",
            "vdo_bio_rotation",
            "vdo_cpu_threads",
            "vdo_hash_zone_threads",
            "vdo_logical_threads",
            "vdo_physical_threads",
            "vdo_max_discard",
            "vdo_write_policy",
            "vdo_header_size",
        ],
    ),
    ("0", &["region_size", "chunk_size"]),
    ("-1", &["zero"]),
];

const VG_CONSTANT: &[(&str, &[&str])] = &[
    ("lvm2", &["vg_fmt"]),
    ("0", &["vg_exported", "vg_partial", "vg_clustered", "vg_shared", "vg_missing_pv_count", "snap_count"]),
    ("", &["vg_sysid", "vg_systemid", "vg_lock_type", "vg_lock_args", "vg_profile"]),
    ("writeable", &["vg_permissions"]),
];

const PV_CONSTANT: &[(&str, &[&str])] = &[
    ("lvm2", &["pv_fmt"]),
    ("0", &["pv_exported", "pv_missing", "pv_duplicate"]),
    ("", &["pv_device_id", "pv_device_id_type"]),
    ("2", &["pv_ext_vsn"]),
];

fn constant(of: &[(&str, &[&'static str])]) -> Row {
    of.iter().flat_map(|(value, keys)| keys.iter().map(|key| (*key, (*value).to_owned()))).collect()
}

fn flag(on: bool) -> String {
    u8::from(on).to_string()
}

fn tags(tags: &[String]) -> String {
    let mut sorted = tags.to_vec();
    sorted.sort_unstable();
    sorted.join(",")
}

fn bytes(sectors: Sectors) -> String {
    sectors.to_bytes().0.to_string()
}

/// Metadata areas as lvm2 counts them, in numbers and bytes.
#[derive(Default)]
struct AreaFigures {
    count: usize,
    used: usize,
    /// The smallest area, of all and of those in use.
    least: Option<u64>,
    least_used: Option<u64>,
    /// The least room for more text among those in use.
    free: Option<u64>,
}

impl AreaFigures {
    fn of<'a>(pvs: impl Iterator<Item = &'a FoundPv>) -> Self {
        let mut figures = Self::default();
        let at_most =
            |known: &mut Option<u64>, new: u64| *known = Some(known.map_or(new, |old| old.min(new)));
        for area in pvs.flat_map(|pv| &pv.scanned.areas) {
            let size = area.location.size;
            figures.count += 1;
            at_most(&mut figures.least, size);
            if !matches!(area.state, AreaState::Ignored(_)) {
                let max = (size - 512) / 2 - 512;
                let text = area.state.header().map_or(0, |header| header.committed.size);
                figures.used += 1;
                at_most(&mut figures.least_used, size);
                at_most(&mut figures.free, max.saturating_sub(text) / 512 * 512);
            }
        }
        figures
    }

    /// What a physical volume is shown to have free: nothing as soon as an area is out of use.
    fn free_of_pv(&self) -> u64 {
        if self.used == self.count { self.free.unwrap_or(0) } else { 0 }
    }
}

/// The reports of one group, in lvm2's own tables.
#[derive(Debug, Default)]
pub struct Expected {
    pub tables: BTreeMap<&'static str, Vec<Row>>,
}

impl Expected {
    /// What lvm2 should report of everything.
    ///
    /// lvm2 knows the devices by the paths that `path_of` gives.
    pub fn of(scan: &Scan, path_of: &dyn Fn(&str) -> String) -> Vec<Self> {
        let mut all = scan.groups.iter().map(|found| Self::group(found, path_of)).collect::<Vec<_>>();
        let orphans = scan.orphans.iter().map(|orphan| orphan_row(&orphan.pv, path_of)).collect::<Vec<_>>();
        if !orphans.is_empty() {
            let segments = scan
                .orphans
                .iter()
                .map(|orphan| pv_segment_row(&orphan.pv.id().to_string(), 0, 0, String::new()));
            let segments = segments.collect();
            all.push(Self { tables: [("pv", orphans), ("pvseg", segments)].into_iter().collect() });
        }
        all
    }

    fn group(found: &FoundVg, path_of: &dyn Fn(&str) -> String) -> Self {
        let vg = &found.vg;
        let map = vg.pv_map().unwrap();
        let mut tables: BTreeMap<_, Vec<Row>> = BTreeMap::new();
        tables.insert("vg", vec![vg_row(found)]);
        let pvs = vg.physical_volumes().iter().zip(&found.pvs).enumerate();
        tables.insert(
            "pv",
            pvs.map(|(at, (pv, at_device))| {
                let mut row = device_row(at_device.as_ref().unwrap(), path_of);
                member_row(&mut row, vg, pv, map.used_count(at).0);
                row
            })
            .collect(),
        );
        if vg.logical_volumes().len() > 0 {
            tables.insert("lv", vg.logical_volumes().map(|lv| lv_row(vg, lv)).collect());
            let segments = vg
                .logical_volumes()
                .flat_map(|lv| lv.segments().iter().map(move |seg| seg_row(vg, lv, seg, path_of)));
            tables.insert("seg", segments.collect());
        }
        let mut runs = Vec::new();
        for (at, pv) in vg.physical_volumes().iter().enumerate() {
            for run in map.runs(at) {
                let owner = run.owner.map_or_else(String::new, |owner| owner.lv.to_string());
                runs.push(pv_segment_row(&pv.id().to_string(), run.start, run.count, owner));
            }
            if pv.pe_count().0 == 0 {
                runs.push(pv_segment_row(&pv.id().to_string(), 0, 0, String::new()));
            }
        }
        tables.insert("pvseg", runs);
        Self { tables }
    }
}

fn vg_row(found: &FoundVg) -> Row {
    let vg = &found.vg;
    let free = vg.pv_map().unwrap().total_free();
    let areas = AreaFigures::of(found.pvs.iter().flatten());
    let extent = vg.extent_size();
    let mut row = constant(VG_CONSTANT);
    let resizeable = vg.status().contains(VgStatus::RESIZEABLE);
    let policy = vg.allocation_policy();
    row.extend([
        ("vg_uuid", vg.id().to_string()),
        ("vg_name", vg.name().to_owned()),
        ("vg_attr", format!("w{}--{}-", if resizeable { 'z' } else { '-' }, policy.as_char())),
        ("vg_extendable", flag(resizeable)),
        ("vg_autoactivation", flag(!vg.status().contains(VgStatus::NOAUTOACTIVATE))),
        ("vg_allocation_policy", policy.to_string()),
        ("vg_size", vg.size().0.to_string()),
        ("vg_free", free.to_bytes(extent).0.to_string()),
        ("vg_extent_size", bytes(extent)),
        ("vg_extent_count", vg.extent_count().to_string()),
        ("vg_free_count", free.to_string()),
        ("max_lv", vg.max_lv().to_string()),
        ("max_pv", vg.max_pv().to_string()),
        ("pv_count", vg.physical_volumes().len().to_string()),
        ("lv_count", vg.logical_volumes().filter(|lv| lv.is_visible()).count().to_string()),
        ("vg_seqno", vg.seqno().to_string()),
        ("vg_tags", tags(vg.tags())),
        ("vg_mda_count", areas.count.to_string()),
        ("vg_mda_used_count", areas.used.to_string()),
        ("vg_mda_free", areas.free.unwrap_or(0).to_string()),
        ("vg_mda_size", areas.least_used.unwrap_or(0).to_string()),
        (
            "vg_mda_copies",
            match vg.metadata_copies() {
                0 => "unmanaged".to_owned(),
                copies => copies.to_string(),
            },
        ),
    ]);
    row
}

fn device_row(found: &FoundPv, path_of: &dyn Fn(&str) -> String) -> Row {
    let areas = AreaFigures::of(std::iter::once(found));
    let header = &found.scanned.label.pv_header;
    let boot = header.extension.as_ref().and_then(|extension| extension.bootloader_areas.first());
    let device = path_of(found.device.name());
    let minor = device.trim_start_matches(|c: char| !c.is_ascii_digit()).to_owned();
    let mut row = constant(PV_CONSTANT);
    row.extend([
        ("pv_uuid", found.id().to_string()),
        ("dev_size", found.device.size().to_string()),
        ("pv_name", device.clone()),
        ("pv_major", "7".to_owned()),
        ("pv_minor", minor),
        ("pv_mda_free", areas.free_of_pv().to_string()),
        ("pv_mda_size", areas.least.unwrap_or(0).to_string()),
        ("pe_start", header.data_areas.first().map_or(0, |area| area.offset).to_string()),
        ("pv_mda_count", areas.count.to_string()),
        ("pv_mda_used_count", areas.used.to_string()),
        ("pv_ba_start", boot.map_or(0, |area| area.offset).to_string()),
        ("pv_ba_size", boot.map_or(0, |area| area.size).to_string()),
        ("pv_in_use", flag(header.is_used())),
    ]);
    row
}

fn member_row(row: &mut Row, vg: &VolumeGroup, pv: &PhysicalVolume, used: u32) {
    let extent = vg.extent_size();
    let allocatable = pv.status().contains(PvStatus::ALLOCATABLE);
    let size = |extents: u32| lvmkit::Extents(extents).to_bytes(extent).0.to_string();
    row.extend([
        ("pe_start", bytes(pv.pe_start())),
        // Without any extent lvm2 shows the size it has recorded.
        (
            "pv_size",
            match (pv.pe_count().0, pv.dev_size()) {
                (0, Some(recorded)) => bytes(recorded),
                (count, _) => size(count),
            },
        ),
        ("pv_free", size(pv.pe_count().0 - used)),
        ("pv_used", size(used)),
        ("pv_attr", format!("{}--", if allocatable { 'a' } else { 'u' })),
        ("pv_allocatable", flag(allocatable)),
        ("pv_pe_count", pv.pe_count().to_string()),
        ("pv_pe_alloc_count", used.to_string()),
        ("pv_tags", tags(pv.tags())),
    ]);
}

fn orphan_row(found: &FoundPv, path_of: &dyn Fn(&str) -> String) -> Row {
    let size = found.scanned.label.pv_header.device_size.to_string();
    let mut row = device_row(found, path_of);
    row.extend([
        ("pv_size", size.clone()),
        ("pv_free", size),
        ("pv_used", "0".to_owned()),
        ("pv_attr", "---".to_owned()),
        ("pv_allocatable", "0".to_owned()),
        ("pv_pe_count", "0".to_owned()),
        ("pv_pe_alloc_count", "0".to_owned()),
        ("pv_tags", String::new()),
    ]);
    row
}

fn pv_segment_row(pv: &str, start: u32, count: u32, lv: String) -> Row {
    [
        ("pvseg_start", start.to_string()),
        ("pvseg_size", count.to_string()),
        ("pv_uuid", pv.to_owned()),
        ("lv_uuid", lv),
    ]
    .into_iter()
    .collect()
}

fn dm_name(name: &str) -> String {
    name.replace('-', "--")
}

/// The types of all segments. lvm2 2.03.16 has no word for volumes without extents.
fn layout(lv: &LogicalVolume, is_virtual: bool) -> String {
    if is_virtual {
        return "unknown".to_owned();
    }
    let mut types = lv.segments().iter().map(|seg| seg.segment_type().0).collect::<Vec<_>>();
    types.sort_unstable();
    types.dedup();
    types.join(",")
}

fn lv_row(vg: &VolumeGroup, lv: &LogicalVolume) -> Row {
    let (vg_name, name) = (vg.name(), lv.name());
    let has = |status| lv.status().contains(status);
    let kind = lv.segments().first().map(Segment::kind);
    let is_virtual = matches!(kind, Some(SegmentKind::Error | SegmentKind::Zero));
    let policy = lv.allocation_policy();
    let attr = format!(
        "{}{}{}{}XX{}--{}",
        if is_virtual { 'v' } else { '-' },
        if lv.is_writable() { 'w' } else { 'r' },
        policy.as_char(),
        if has(LvStatus::FIXED_MINOR) { 'm' } else { '-' },
        if is_virtual { 'v' } else { '-' },
        if has(LvStatus::ACTIVATION_SKIP) { 'k' } else { '-' },
    );
    let mut row = constant(LV_CONSTANT);
    row.extend([
        ("lv_uuid", lv.id().to_string()),
        ("lv_name", name.to_owned()),
        ("lv_full_name", format!("{vg_name}/{name}")),
        ("lv_path", format!("/dev/{vg_name}/{name}")),
        ("lv_dm_path", format!("/dev/mapper/{}-{}", dm_name(vg_name), dm_name(name))),
        ("lv_layout", layout(lv, is_virtual)),
        ("lv_permissions", if lv.is_writable() { "unknown" } else { "read-only" }.to_owned()),
        (
            "lv_modules",
            match kind {
                Some(SegmentKind::Error) => "error",
                Some(SegmentKind::Zero) => "zero",
                _ => "",
            }
            .to_owned(),
        ),
        ("lv_allocation_policy", policy.to_string()),
        ("lv_fixed_minor", flag(has(LvStatus::FIXED_MINOR))),
        ("lv_skip_activation", flag(has(LvStatus::ACTIVATION_SKIP))),
        ("lv_autoactivation", flag(!has(LvStatus::NOAUTOACTIVATE))),
        ("lv_major", lv.major().unwrap_or(-1).to_string()),
        ("lv_minor", lv.minor().unwrap_or(-1).to_string()),
        (
            "lv_read_ahead",
            match lv.read_ahead() {
                ReadAhead::Auto => "auto".to_owned(),
                ReadAhead::None => "0".to_owned(),
                ReadAhead::Sectors(sectors) => bytes(Sectors(u64::from(sectors))),
            },
        ),
        ("lv_size", lv.size().0.to_string()),
        ("seg_count", lv.segments().len().to_string()),
        ("lv_tags", tags(lv.tags())),
        ("lv_time", lv.creation_time().map_or_else(String::new, |time| time.to_string())),
        ("lv_host", lv.creation_host().unwrap_or_default().to_owned()),
        ("lv_attr", attr),
    ]);
    row
}

fn seg_row(vg: &VolumeGroup, lv: &LogicalVolume, seg: &Segment, path_of: &dyn Fn(&str) -> String) -> Row {
    let extent = vg.extent_size();
    let device = |pv: &lvmkit::PvId| path_of(vg.physical_volume(*pv).map_or("?", PhysicalVolume::device));
    let areas = seg.kind().areas().iter().map(|area| {
        let AreaSource::Pv(pv) = &area.source else { panic!("{area:?}") };
        let last = area.start_extent + seg.area_length().0 - 1;
        (device(pv), area.start_extent, last)
    });
    let areas = areas.collect::<Vec<_>>();
    let ranges =
        areas.iter().map(|(device, first, last)| format!("{device}:{first}-{last}")).collect::<Vec<_>>();
    let stripe_size = match seg.kind() {
        SegmentKind::Striped(striped) if areas.len() > 1 => bytes(striped.stripe_size),
        _ => "0".to_owned(),
    };
    let mut row = constant(SEG_CONSTANT);
    row.extend([
        ("lv_uuid", lv.id().to_string()),
        ("segtype", seg.segment_type().to_string()),
        ("stripes", areas.len().to_string()),
        ("data_stripes", areas.len().to_string()),
        ("data_copies", "1".to_owned()),
        ("stripe_size", stripe_size),
        ("seg_start", seg.start_extent().to_bytes(extent).0.to_string()),
        ("seg_start_pe", seg.start_extent().to_string()),
        ("seg_size", seg.extent_count().to_bytes(extent).0.to_string()),
        ("seg_size_pe", seg.extent_count().to_string()),
        ("seg_pe_ranges", ranges.join(" ")),
        ("seg_le_ranges", ranges.join(",")),
        (
            "devices",
            areas.iter().map(|(device, first, _)| format!("{device}({first})")).collect::<Vec<_>>().join(","),
        ),
    ]);
    row
}

/// How rows of a table are told apart.
fn key(table: &str, field: &dyn Fn(&str) -> String) -> String {
    match table {
        "vg" => field("vg_uuid"),
        "pv" => field("pv_uuid"),
        "lv" => field("lv_uuid"),
        "pvseg" => format!("{} {}", field("pv_uuid"), field("pvseg_start")),
        _ => format!("{} {}", field("lv_uuid"), field("seg_start_pe")),
    }
}

/// Compares what lvm2 reports with what it should. Returns how many fields were compared.
///
/// # Errors
/// The fields that differ, and fields that are unknown here.
pub fn compare(expected: &[Expected], reported: &[Map<String, Value>]) -> Result<usize, String> {
    let mut wanted: BTreeMap<(String, String), &Row> = BTreeMap::new();
    for (table, row) in expected
        .iter()
        .flat_map(|group| &group.tables)
        .flat_map(|(table, rows)| rows.iter().map(move |row| (*table, row)))
    {
        let key = key(table, &|field| row[field].clone());
        wanted.insert((table.to_owned(), key), row);
    }
    let mut compared = 0;
    let mut differences = Vec::new();
    for (table, rows) in reported.iter().flatten() {
        for row in rows.as_array().into_iter().flatten() {
            let text = |field: &str| row[field].as_str().unwrap_or("?").to_owned();
            let at = (table.clone(), key(table, &text));
            let Some(ours) = wanted.remove(&at) else {
                differences.push(format!("{at:?}: only lvm2 has {row}"));
                continue;
            };
            for (field, theirs) in row.as_object().into_iter().flatten() {
                compared += 1;
                match ours.get(field.as_str()) {
                    None => differences.push(format!("field {field} is unknown here")),
                    Some(ours) if Some(ours.as_str()) == theirs.as_str() => {}
                    Some(ours) => differences.push(format!("{at:?} {field}: lvm2 {theirs}, lvmkit {ours:?}")),
                }
            }
        }
    }
    differences.extend(wanted.keys().map(|at| format!("{at:?}: only lvmkit has it")));
    if differences.is_empty() { Ok(compared) } else { Err(differences.join("\n")) }
}
