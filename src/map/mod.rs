//! The extent map: which volume lies where, as a value and as a picture.
//!
//! [`ExtentMap`] is a pure function of a [`VolumeGroup`]. It draws itself for a terminal
//! ([`ExtentMap::to_text`]) and as an SVG document that needs nothing beside it
//! ([`ExtentMap::to_svg`]); both show the same: each physical volume as a bar of its extents, and
//! each logical volume as the sequence of its segments. Hidden volumes that layered types are made
//! of are parts of the volume that people know.

mod label;
mod owner;
mod style;
mod svg;
mod text;

pub use style::Style;
pub use svg::SvgOptions;
pub use text::TextOptions;

use lvm_core::metadata::{AreaSource, LogicalVolume, PhysicalVolume, PvMap, Segment, VolumeGroup};
use lvm_core::{Bytes, Error, ErrorKind, Extents, LvId, PvId, Result, Sectors, VgId};
use serde::Serialize;

use owner::Owners;

/// Where everything of a volume group lies.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct ExtentMap {
    /// The group's name.
    pub vg: String,
    /// Its id.
    pub id: VgId,
    /// The version of its metadata.
    pub seqno: u32,
    /// The size of an extent, in sectors.
    pub extent_size: Sectors,
    /// The physical volumes, in metadata order.
    pub pvs: Vec<MapPv>,
    /// The logical volumes that people know, in metadata order.
    pub volumes: Vec<MapVolume>,
}

/// A physical volume as a row of runs.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct MapPv {
    /// Its id.
    pub id: PvId,
    /// Where it was last seen.
    pub device: String,
    /// The last part of that path, or all of it where several end alike.
    pub name: String,
    /// Sectors in front of the first extent: label and metadata.
    pub before: Sectors,
    /// Sectors behind the last extent: a second metadata area, or less than an extent.
    pub behind: Sectors,
    /// Its extents.
    pub extents: Extents,
    /// Those that are free.
    pub free: Extents,
    /// True when it was not found.
    pub missing: bool,
    /// True when extents may be allocated on it.
    pub allocatable: bool,
    /// What its extents are used for; the runs cover all of them in order.
    pub runs: Vec<MapRun>,
}

/// Neighbouring extents with one use.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize)]
pub struct MapRun {
    /// The first extent.
    pub start: u32,
    /// How many.
    pub count: u32,
    /// What lies there; nothing when they are free.
    pub used: Option<RunUse>,
}

/// What lies in a run.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize)]
pub struct RunUse {
    /// The position of the volume in [`ExtentMap::volumes`].
    pub volume: usize,
    /// The position of the part in [`MapVolume::parts`].
    pub part: usize,
    /// The position of the segment in [`MapPart::segments`].
    pub segment: usize,
    /// Which leg of the segment.
    pub leg: usize,
    /// How many legs the segment has.
    pub legs: usize,
}

/// A logical volume that people know, with the hidden ones it is made of.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct MapVolume {
    /// Its id.
    pub id: LvId,
    /// Its name; in brackets when it is hidden and belongs to none.
    pub name: String,
    /// Its size in bytes.
    pub size: Bytes,
    /// The type of its first segment.
    pub segment_type: String,
    /// One or more letters that stand for it where its name has no room; empty when no extent is
    /// its own.
    pub key: String,
    /// How it looks.
    pub style: Style,
    /// What of it has extents.
    pub parts: Vec<MapPart>,
    /// The names of the volumes it lies on that are not parts of it: the pool of a thin volume.
    pub on: Vec<String>,
}

/// A logical volume that has extents: the volume itself, or a hidden one under it.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct MapPart {
    /// The name of the logical volume.
    pub name: String,
    /// What it is in the volume: `rimage_0`, `tdata`; nothing for the volume itself.
    pub label: Option<String>,
    /// Which shade of the volume's colour it has: 0 is the colour itself.
    pub shade: usize,
    /// Its logical extents.
    pub extents: Extents,
    /// Its segments in logical order.
    pub segments: Vec<MapSegment>,
}

/// A segment.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct MapSegment {
    /// Its first logical extent.
    pub start: u32,
    /// Its logical extents.
    pub count: u32,
    /// Its type.
    pub segment_type: String,
    /// Where its legs lie, equally long; none when it takes no extents of physical volumes.
    pub legs: Vec<MapLeg>,
}

/// A leg of a segment.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize)]
pub struct MapLeg {
    /// The position of the physical volume in [`ExtentMap::pvs`].
    pub pv: usize,
    /// Its first extent there.
    pub start: u32,
    /// How many.
    pub count: u32,
}

impl MapLeg {
    /// Its last extent.
    #[must_use]
    pub fn last(&self) -> u32 {
        self.start.saturating_add(self.count).saturating_sub(1)
    }
}

impl MapRun {
    /// Its last extent.
    #[must_use]
    pub fn last(&self) -> u32 {
        self.start.saturating_add(self.count).saturating_sub(1)
    }
}

impl ExtentMap {
    /// Works out the map of a group.
    ///
    /// # Errors
    /// `Corrupt` when segments use extents that do not exist or that another one has.
    pub fn new(vg: &VolumeGroup) -> Result<Self> {
        let map = vg.pv_map()?;
        let lvs = vg.logical_volumes().collect::<Vec<_>>();
        let owners = Owners::new(&lvs);
        let mut volumes = owners
            .tops()
            .iter()
            .map(|top| volume(&lvs, &owners, &map, *top))
            .collect::<Option<Vec<_>>>()
            .ok_or_else(|| Error::new(ErrorKind::Internal, "a volume of the map is gone"))?;
        let with_extents = volumes.iter_mut().filter(|volume| !volume.parts.is_empty());
        for (number, volume) in with_extents.enumerate() {
            volume.key = key(number);
        }
        let pvs = vg.physical_volumes().iter().enumerate();
        let pvs = pvs.map(|(at, pv)| physical_volume(vg.extent_size(), &lvs, &owners, &map, at, pv));
        let mut pvs = pvs.collect::<Vec<_>>();
        shorten_names(&mut pvs);
        style::assign(&mut volumes, &pvs);
        Ok(Self {
            vg: vg.name().to_owned(),
            id: vg.id(),
            seqno: vg.seqno(),
            extent_size: vg.extent_size(),
            pvs,
            volumes,
        })
    }

    /// Extents of all physical volumes.
    #[must_use]
    pub fn extents(&self) -> u64 {
        self.pvs.iter().map(|pv| u64::from(pv.extents.0)).sum()
    }

    /// Free extents of all physical volumes.
    #[must_use]
    pub fn free(&self) -> u64 {
        self.pvs.iter().map(|pv| u64::from(pv.free.0)).sum()
    }

    /// The size of so many extents.
    #[must_use]
    pub fn size_of(&self, extents: u64) -> Bytes {
        Bytes(extents.saturating_mul(self.extent_size.to_bytes().0))
    }

    /// As JSON, in the names of the fields.
    #[must_use]
    pub fn to_json(&self) -> String {
        // Nothing in it can fail to serialise.
        serde_json::to_string_pretty(self).unwrap_or_default()
    }

    fn volume_of(&self, used: &RunUse) -> Option<(&MapVolume, &MapPart)> {
        let volume = self.volumes.get(used.volume)?;
        Some((volume, volume.parts.get(used.part)?))
    }

    /// What is said of a run where there is room for it, and the same for little room: name, what
    /// of the volume it is, and which leg.
    fn run_label(&self, used: &RunUse) -> Option<RunLabel<'_>> {
        let (volume, part) = self.volume_of(used)?;
        let segment = part.segments.get(used.segment)?;
        let leg = (used.legs > 1).then(|| format!("{} {}", leg_word(&segment.segment_type), used.leg));
        // `0` of `rimage_0`, `cdata` of `pool_cdata`.
        let end = part.label.as_deref().map(|label| label.rsplit_once('_').map_or(label, |(_, end)| end));
        let short = leg.as_ref().map(|_| used.leg.to_string()).or(end.map(str::to_owned));
        let what = part.label.iter().cloned().chain(leg).collect::<Vec<_>>().join(" · ");
        Some(RunLabel { name: &volume.name, key: &volume.key, what, short: short.unwrap_or_default() })
    }
}

/// The words for a run.
struct RunLabel<'m> {
    name: &'m str,
    key: &'m str,
    /// `rimage_0`, `stripe 1`, both, or nothing.
    what: String,
    /// The shortest of it that says something.
    short: String,
}

/// Extents from one to another, or the only one.
fn range(start: u32, last: u32, dash: &str) -> String {
    if start == last { start.to_string() } else { format!("{start}{dash}{last}") }
}

/// What the legs of a segment are called.
fn leg_word(segment_type: &str) -> &'static str {
    if segment_type == "striped" { "stripe" } else { "image" }
}

/// `a` to `z`, `A` to `Z`, then two letters and more.
fn key(number: usize) -> String {
    const LETTERS: &[u8; 26] = b"abcdefghijklmnopqrstuvwxyz";
    let letter = |at: usize| char::from(LETTERS.get(at % 26).copied().unwrap_or(b'?'));
    match number {
        0..26 => letter(number).to_string(),
        26..52 => letter(number - 26).to_ascii_uppercase().to_string(),
        _ => {
            let mut rest = number - 52 + 26;
            let mut key = String::new();
            loop {
                key.insert(0, letter(rest));
                rest /= 26;
                if rest == 0 {
                    return key;
                }
                rest -= 1;
            }
        }
    }
}

fn volume(lvs: &[&LogicalVolume], owners: &Owners, map: &PvMap, top: usize) -> Option<MapVolume> {
    let lv = lvs.get(top)?;
    let name = if lv.is_visible() { lv.name().to_owned() } else { format!("[{}]", lv.name()) };
    let mut parts = Vec::new();
    let mut data = 0;
    for at in owners.parts(top) {
        let part = lvs.get(*at)?;
        let Some(segments) = segments(part, map) else { continue };
        let label = (*at != top).then(|| {
            let rest = part.name().strip_prefix(lv.name()).and_then(|rest| rest.strip_prefix('_'));
            rest.unwrap_or(part.name()).to_owned()
        });
        let is_metadata =
            label.as_deref().is_some_and(|label| label.contains("meta") || label.contains("mlog"));
        let shade = if is_metadata { 2 } else { data % 2 };
        data += usize::from(!is_metadata);
        let (name, extents) = (part.name().to_owned(), part.extent_count());
        parts.push(MapPart { name, label, shade, extents, segments });
    }
    let segment_type = lv.segments().first().map_or("", |seg| seg.kind().segment_type().0).to_owned();
    let on = owners.others_under(lvs, top);
    let (key, style) = (String::new(), Style::default());
    Some(MapVolume { id: lv.id(), name, size: lv.size(), segment_type, key, style, parts, on })
}

/// The segments of a volume; `None` when none lies on a physical volume.
fn segments(lv: &LogicalVolume, map: &PvMap) -> Option<Vec<MapSegment>> {
    let found = lv.segments().iter().map(|seg| {
        let count = seg.area_length().0;
        let legs = seg.kind().areas().iter().filter_map(|area| match area.source {
            AreaSource::Pv(pv) => Some(MapLeg { pv: map.position(pv)?, start: area.start_extent, count }),
            AreaSource::Lv(_) => None,
        });
        MapSegment {
            start: seg.start_extent().0,
            count: seg.extent_count().0,
            segment_type: seg.segment_type().to_string(),
            legs: legs.collect(),
        }
    });
    lv.segments().iter().any(has_extents).then(|| found.collect())
}

fn has_extents(seg: &Segment) -> bool {
    seg.kind().areas().iter().any(|area| matches!(area.source, AreaSource::Pv(_)))
}

fn physical_volume(
    extent_size: Sectors,
    lvs: &[&LogicalVolume],
    owners: &Owners,
    map: &PvMap,
    at: usize,
    pv: &PhysicalVolume,
) -> MapPv {
    let runs = map.runs(at).iter().map(|run| {
        let used = run.owner.and_then(|owner| {
            let (volume, part) = owners.place(owner.lv_index)?;
            let segment = owner.segment_index;
            let areas = lvs.get(owner.lv_index)?.segments().get(segment)?.kind().areas();
            Some(RunUse { volume, part, segment, leg: owner.area_index, legs: areas.len() })
        });
        MapRun { start: run.start, count: run.count, used }
    });
    let end = pv.pe_start().0.saturating_add(pv.pe_count().to_sectors(extent_size).0);
    MapPv {
        id: pv.id(),
        device: pv.device().to_owned(),
        name: pv.device().to_owned(),
        before: pv.pe_start(),
        behind: Sectors(pv.dev_size().map_or(0, |size| size.0.saturating_sub(end))),
        extents: pv.pe_count(),
        free: map.free_count(at),
        missing: pv.is_missing(),
        allocatable: pv.is_allocatable(),
        runs: runs.collect(),
    }
}

/// Leaves only the last part of paths, where that tells them apart.
fn shorten_names(pvs: &mut [MapPv]) {
    fn last(device: &str) -> &str {
        device.rsplit('/').find(|part| !part.is_empty()).unwrap_or(device)
    }
    let mut seen = std::collections::HashMap::new();
    for pv in pvs.iter() {
        *seen.entry(last(&pv.device).to_owned()).or_insert(0_u32) += 1;
    }
    for pv in pvs {
        let short = last(&pv.device);
        if seen.get(short) == Some(&1) {
            pv.name = short.to_owned();
        }
    }
}

#[cfg(test)]
mod tests;
