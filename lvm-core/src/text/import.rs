//! From text to volume group.

use core::ffi::CStr;

use std_alloc::{borrow::Cow, borrow::ToOwned, format, string::String, sync::Arc, vec::Vec};

use super::flags;
use super::plain::PlainVolumes;
use super::read::Names;
use super::section::Section;
use super::segment;
use super::tree::{TEXT_SIZE_MAX, Tree};
use crate::error::{Error, Result};
use crate::id::{LvId, PvId, VgId};
use crate::metadata::flag_tables::{LV_FLAGS, PV_FLAGS, VG_FLAGS};
use crate::metadata::segment::join_adjacent;
use crate::metadata::{
    AllocationPolicy, HistoricalLogicalVolume, LogicalVolume, LvStatus, PhysicalVolume, RareValues,
    ReadAhead, TextHeader, VgStatus, VolumeGroup,
};
use crate::name;
use crate::units::{Extents, Sectors};

const CONTENTS: &str = "Text Format Volume Group";
const VERSION: i64 = 1;

/// A volume group with the block that surrounds it in its text.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Imported {
    /// Who wrote the text, when and why.
    pub header: TextHeader,
    /// The volume group. Call [`VolumeGroup::check`] before relying on its invariants.
    pub vg: VolumeGroup,
}

/// Reads a metadata text as it lies on disk, where a NUL ends it.
///
/// Bytes that are not UTF-8, which only comments, device hints and host names can hold, are
/// replaced.
///
/// # Errors
/// See [`import`].
pub fn import_bytes(text: &[u8]) -> Result<Imported> {
    // Searching a string for a character is faster than looking at every byte, and so is checking
    // for UTF-8 without preparing to replace.
    if let Ok(text) = core::str::from_utf8(text) {
        // Whoever reads the text ends at the first NUL too, without searching for it before.
        let is_short = text.len() <= TEXT_SIZE_MAX;
        return import(if is_short { text } else { text.split('\0').next().unwrap_or_default() });
    }
    // Both look at many bytes at a time, which the replacing reader does not.
    let text = CStr::from_bytes_until_nul(text).map_or(text, CStr::to_bytes);
    match core::str::from_utf8(text) {
        Ok(text) => import(text),
        Err(_) => import(&String::from_utf8_lossy(text)),
    }
}

/// Reads a metadata text, in either layout.
///
/// # Errors
/// `Corrupt` with field and offset when the text breaks the grammar or lacks a required key;
/// `Unsupported` for another contents or version.
pub fn import(text: &str) -> Result<Imported> {
    import_with(text, PlainVolumes::default())
}

pub(super) fn import_with<'a>(text: &'a str, mut plain: PlainVolumes<'a>) -> Result<Imported> {
    let tree = Tree::parse_with(text, &mut plain).map_err(|error| {
        Error::corrupt("metadata text cannot be parsed")
            .with_offset(u64::try_from(error.offset).unwrap_or(u64::MAX))
            .with_source(error)
    })?;
    let mut root = tree.root();
    let header = import_header(&mut root)?;
    let section = root.entries().find_map(|entry| entry.section());
    let section = section.ok_or_else(|| root.missing("volume group section"))?;
    let vg_name = section.key();
    name::check_name(vg_name).map_err(|error| section.bad(vg_name, section.offset(), error))?;
    let vg = import_vg(section, plain.into_list()).map_err(|error| error.with_vg(vg_name))?;
    Ok(Imported { header, vg })
}

fn import_header(root: &mut Section<'_, '_>) -> Result<TextHeader> {
    let contents = root.require_str("contents")?;
    if contents != CONTENTS {
        return Err(
            Error::unsupported(format!("unrecognised contents field \"{contents}\"")).with_field("contents")
        );
    }
    let version = root.require_number::<i64>("version")?;
    if version != VERSION {
        return Err(
            Error::unsupported(format!("unrecognised version number {version}")).with_field("version")
        );
    }
    Ok(TextHeader {
        description: root.string("description")?.unwrap_or_default(),
        creation_host: root.string("creation_host")?.unwrap_or_default(),
        creation_host_system_id: root.string("creation_host_system_id")?,
        creation_time: root.number("creation_time")?.unwrap_or(0),
    })
}

fn import_vg(mut section: Section<'_, '_>, plain: Vec<Arc<LogicalVolume>>) -> Result<VolumeGroup> {
    let section = &mut section;
    let id = VgId(section.require_id("id")?);
    let seqno = section.require_number("seqno")?;
    let format = section.string("format")?;
    if let Some(format) = format.as_deref().filter(|format| *format != "lvm2") {
        return Err(Error::unsupported(format!("metadata format {format}")).with_field("format"));
    }
    let status = section.list("status")?.ok_or_else(|| section.missing("status"))?;
    let flags_list = section.list("flags")?.unwrap_or_default();
    let mut parsed = flags::parse(VG_FLAGS, Some(VgStatus::WRITE), status, flags_list);
    // Old backups say PARTIAL; it was never more than a remark.
    if parsed.unknown_status.iter().any(|word| word == "PARTIAL") {
        parsed.unknown_status.retain(|word| word != "PARTIAL");
        parsed.bits.insert(VgStatus::PARTIAL);
    }
    let mut vg = VolumeGroup {
        name: section.key().to_owned(),
        id,
        seqno,
        format,
        status: parsed.bits,
        unknown_status: parsed.unknown_status,
        unknown_flags: parsed.unknown_flags,
        tags: section.strings("tags")?.unwrap_or_default(),
        system_id: section.string("system_id")?,
        lock_type: section.string("lock_type")?,
        lock_args: section.string("lock_args")?,
        pr: section.strings("pr")?,
        extent_size: section.require_sectors("extent_size")?,
        max_lv: section.require_number("max_lv")?,
        max_pv: section.require_number("max_pv")?,
        allocation_policy: import_policy(section)?.unwrap_or(AllocationPolicy::Normal),
        profile: section.string("profile")?,
        metadata_copies: section.number("metadata_copies")?.unwrap_or(0),
        physical_volumes: Vec::new(),
        logical_volumes: Vec::new(),
        historical_logical_volumes: Vec::new(),
        extra: Vec::new(),
    };
    let mut names = Names::default();
    import_pvs(section, &mut vg, &mut names)?;
    let plain_count = plain.len();
    import_lvs(section, &mut vg, names, plain)?;
    let is_plain = vg.logical_volumes.len() == plain_count;
    import_historical(section, &mut vg)?;
    vg.extra = section.rest();
    // Plain volumes are what they should be already.
    if !is_plain || vg.logical_volumes.first().is_some_and(|lv| lv.extent_size != vg.extent_size) {
        vg.refresh_derived();
    }
    Ok(vg)
}

/// An unknown policy counts as normal, as in lvm2; the historical `next free` did so too.
fn import_policy(section: &mut Section<'_, '_>) -> Result<Option<AllocationPolicy>> {
    Ok(section.str("allocation_policy")?.map(|word| match AllocationPolicy::parse(&word) {
        Some(AllocationPolicy::ClingByTags) => AllocationPolicy::Cling,
        Some(policy) => policy,
        None => AllocationPolicy::Normal,
    }))
}

fn import_pvs<'a>(section: &mut Section<'_, 'a>, vg: &mut VolumeGroup, names: &mut Names<'a>) -> Result<()> {
    let entry = section.take("physical_volumes").ok_or_else(|| section.missing("physical_volumes"))?;
    let list = entry.section().ok_or_else(|| section.missing("physical_volumes"))?;
    for entry in list.entries() {
        let Some(mut section) = entry.section() else { continue };
        let pv = import_pv(&mut section)?;
        names.add_pv(section.key(), pv.id);
        vg.physical_volumes.push(pv);
    }
    Ok(())
}

fn import_pv(section: &mut Section<'_, '_>) -> Result<PhysicalVolume> {
    let id = PvId(section.require_id("id")?);
    let device = section.string("device")?.unwrap_or_default();
    let device_id_type = section.string("device_id_type")?;
    let device_id = section.string("device_id")?;
    let status = section.list("status")?.ok_or_else(|| section.missing("status"))?;
    let flags_list = section.list("flags")?.unwrap_or_default();
    let parsed = flags::parse(PV_FLAGS, None, status, flags_list);
    let tags = section.strings("tags")?.unwrap_or_default();
    let dev_size = section.sectors("dev_size")?;
    let pe_start = section.require_sectors("pe_start")?;
    let pe_count = Extents(section.require_number("pe_count")?);
    let bootloader_area = match (section.sectors("ba_start")?, section.sectors("ba_size")?) {
        (Some(start), Some(size)) => Some((start, size)),
        (None, None) => None,
        (None, Some(_)) => return Err(section.missing("ba_start")),
        (Some(_), None) => return Err(section.missing("ba_size")),
    };
    Ok(PhysicalVolume {
        id,
        device,
        device_id_type,
        device_id,
        status: parsed.bits,
        unknown_status: parsed.unknown_status,
        unknown_flags: parsed.unknown_flags,
        tags,
        dev_size,
        pe_start,
        pe_count,
        bootloader_area,
        extra: section.rest(),
    })
}

/// Two passes: names first, because segments may refer to volumes further down. `plain` are those
/// that were read before.
fn import_lvs<'a>(
    section: &mut Section<'_, 'a>,
    vg: &mut VolumeGroup,
    names: Names<'a>,
    plain: Vec<Arc<LogicalVolume>>,
) -> Result<()> {
    let Some(entry) = section.take("logical_volumes") else { return Ok(()) };
    let list = entry.section().ok_or_else(|| section.missing("logical_volumes"))?;
    let mut others = Vec::new();
    let mut before = 0_usize;
    for entry in list.entries() {
        before = before.saturating_add(entry.read_count());
        let Some(mut section) = entry.section().filter(|_| entry.read_count() == 0) else { continue };
        let id = LvId(section.require_id("id").map_err(|error| error.with_lv(section.key()))?);
        others.push((before, id, section));
    }
    if others.is_empty() {
        vg.logical_volumes = plain;
        return Ok(());
    }
    let others = import_others(others, &plain, names, vg.extent_size)?;
    vg.logical_volumes.reserve(plain.len().saturating_add(others.len()));
    let (mut plain, mut taken) = (plain.into_iter(), 0);
    for (before, lv) in others {
        vg.logical_volumes.extend(plain.by_ref().take(before.saturating_sub(taken)));
        taken = before;
        vg.logical_volumes.push(lv);
    }
    vg.logical_volumes.extend(plain);
    Ok(())
}

/// A logical volume that is not plain: how many plain ones stand before it, and the rest of its
/// section.
type Other<'t, 'a> = (usize, LvId, Section<'t, 'a>);

fn import_others(
    others: Vec<Other<'_, '_>>,
    plain: &[Arc<LogicalVolume>],
    names: Names<'_>,
    extent_size: Sectors,
) -> Result<Vec<(usize, Arc<LogicalVolume>)>> {
    let mut list = Vec::with_capacity(plain.len().saturating_add(others.len()));
    let mut taken = 0;
    for (before, id, section) in &others {
        list.extend(names_of(plain.get(taken..*before)));
        list.push((section.key(), *id));
        taken = *before;
    }
    list.extend(names_of(plain.get(taken..)));
    let names = names.with_lvs(list);
    let mut host = None;
    let import = |(before, id, mut section): Other<'_, '_>| {
        let lv = import_lv(&mut section, id, &names, extent_size, &mut host);
        Ok((before, Arc::new(lv.map_err(|error| error.with_lv(section.key()))?)))
    };
    others.into_iter().map(import).collect()
}

fn names_of(lvs: Option<&[Arc<LogicalVolume>]>) -> impl Iterator<Item = (&str, LvId)> {
    lvs.unwrap_or_default().iter().map(|lv| (lv.name.as_str(), lv.id))
}

fn import_lv(
    section: &mut Section<'_, '_>,
    id: LvId,
    names: &Names<'_>,
    extent_size: Sectors,
    last_host: &mut Option<Arc<str>>,
) -> Result<LogicalVolume> {
    let status = section.list("status")?.ok_or_else(|| section.missing("status"))?;
    let flags_list = section.list("flags")?.unwrap_or_default();
    let parsed = flags::parse(LV_FLAGS, Some(LvStatus::WRITE), status, flags_list);
    let tags = section.strings("tags")?.unwrap_or_default();
    let creation_time = section.number("creation_time")?;
    let creation_host = section.str("creation_host")?.map(|host| shared(&host, last_host));
    let lock_args = section.string("lock_args")?;
    let allocation_policy = import_policy(section)?.unwrap_or(AllocationPolicy::Inherit);
    let profile = section.string("profile")?;
    let read_ahead = match section.number::<i32>("read_ahead")? {
        None | Some(0) => ReadAhead::Auto,
        Some(sectors) => u32::try_from(sectors).map_or(ReadAhead::None, ReadAhead::Sectors),
    };
    let major = section.number("major")?;
    let minor = section.number("minor")?;
    let segment_count = section.require_number::<usize>("segment_count")?;
    let segments = import_segments(section, segment_count, names)?;
    let rare = RareValues {
        unknown_status: parsed.unknown_status,
        unknown_flags: parsed.unknown_flags,
        lock_args,
        profile,
        major,
        minor,
        extra: section.rest(),
    };
    Ok(LogicalVolume {
        name: section.key().to_owned(),
        id,
        status: parsed.bits,
        tags: tags.into(),
        creation_time,
        creation_host,
        allocation_policy,
        read_ahead,
        segments: segments.into(),
        rare: rare.into(),
        extent_size,
        visible: parsed.bits.contains(LvStatus::VISIBLE),
    })
}

/// The host of the volume before, if it is the same.
pub(super) fn shared(host: &str, last: &mut Option<Arc<str>>) -> Arc<str> {
    match last {
        Some(known) if **known == *host => Arc::clone(known),
        _ => Arc::clone(last.insert(host.into())),
    }
}

/// Every child section of a logical volume is a segment, whatever its name.
fn import_segments(
    section: &Section<'_, '_>,
    segment_count: usize,
    names: &Names<'_>,
) -> Result<Vec<crate::metadata::Segment>> {
    let mut segments = Vec::new();
    for entry in section.entries() {
        let Some(child) = entry.section() else {
            // Written back it would stand beside the segment that gets this name.
            if entry.key().strip_prefix("segment").is_some_and(|number| number.parse::<u32>().is_ok()) {
                entry.mark_taken();
            }
            continue;
        };
        entry.mark_taken();
        segments.push(segment::import(child, names)?);
    }
    if segments.len() != segment_count {
        let message = format!("segment_count is {segment_count} and there are {} segments", segments.len());
        return Err(section.bad("segment_count", section.offset(), message));
    }
    segments.sort_by_key(|seg| seg.start_extent);
    // What lies side by side is one segment to lvm2, however it was written.
    join_adjacent(&mut segments);
    segments.shrink_to_fit();
    Ok(segments)
}

fn import_historical(section: &mut Section<'_, '_>, vg: &mut VolumeGroup) -> Result<()> {
    let Some(entry) = section.take("historical_logical_volumes") else { return Ok(()) };
    let Some(list) = entry.section() else { return Err(section.missing("historical_logical_volumes")) };
    for entry in list.entries() {
        let Some(mut section) = entry.section() else { continue };
        let id = LvId(section.require_id("id")?);
        let name = section.str("name")?.unwrap_or(Cow::Borrowed(section.key())).into_owned();
        vg.historical_logical_volumes.push(HistoricalLogicalVolume {
            name,
            id,
            creation_time: section.number("creation_time")?,
            removal_time: section.number("removal_time")?,
            origin: section.string("origin")?,
            descendants: section.strings("descendants")?,
            extra: section.rest(),
        });
    }
    Ok(())
}
