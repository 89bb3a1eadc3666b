//! Which physical volumes, and which extents of them, a command line allows.

use core::fmt;
use std_alloc::{
    borrow::ToOwned,
    format,
    string::{String, ToString},
    vec,
    vec::Vec,
};

use serde::Serialize;

use crate::error::{Error, ErrorKind, Result};
use crate::id::PvId;
use crate::metadata::{PhysicalVolume, PvMap, VolumeGroup};
use crate::name::check_tag;
use crate::units::Extents;

/// Physical extents, both ends included.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize)]
pub struct PeRange {
    /// The first extent.
    pub start: u32,
    /// The last extent.
    pub end: u32,
}

impl PeRange {
    /// True when an extent belongs to both.
    #[must_use]
    pub const fn overlaps(self, other: Self) -> bool {
        self.start <= other.end && other.start <= self.end
    }
}

impl fmt::Display for PeRange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}-{}", self.start, self.end)
    }
}

/// Physical extents as an argument gives them, before the physical volume's size is known.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct PeRangeArgument {
    /// The first extent.
    pub start: u32,
    /// The last extent; `None` is the last one there is.
    pub end: Option<u32>,
}

impl PeRangeArgument {
    /// Reads `a-b`, `a` (one extent), `a-` (to the end), `-b` (from the start), `-` (all) or
    /// `a+n` (`n` extents from `a` on; `+n` counts from 0).
    ///
    /// # Errors
    /// `InvalidInput` for anything else, numbers past 2^32-1, and `a+0`.
    pub fn parse(text: &str) -> Result<Self> {
        let invalid = || Error::invalid(format!("Physical extent parsing error at {text:?}"));
        let number = |digits: &str| match digits.bytes().all(|byte| byte.is_ascii_digit()) {
            true => digits.parse::<u32>().map_err(|_| invalid()),
            false => Err(invalid()),
        };
        let start_of = |digits: &str| if digits.is_empty() { Ok(0) } else { number(digits) };
        if let Some((start, end)) = text.split_once('-') {
            let end = if end.is_empty() { None } else { Some(number(end)?) };
            return Ok(Self { start: start_of(start)?, end });
        }
        if let Some((start, count)) = text.split_once('+') {
            let (start, count) = (start_of(start)?, number(count)?);
            let behind_first = count.checked_sub(1).ok_or_else(invalid)?;
            let end = start.checked_add(behind_first).ok_or_else(invalid)?;
            return Ok(Self { start, end: Some(end) });
        }
        let start = number(text)?;
        Ok(Self { start, end: Some(start) })
    }

    fn resolve(self, pe_count: Extents) -> Result<PeRange> {
        let end = self.end.unwrap_or(pe_count.0.saturating_sub(1));
        if end >= pe_count.0 || self.start > end {
            let text = format!("PE range error: start extent {} to end extent {end}.", self.start);
            let help = format!("its extents are 0 to {}", pe_count.0.saturating_sub(1));
            return Err(Error::invalid(text).with_help(help));
        }
        Ok(PeRange { start: self.start, end })
    }
}

/// One physical volume argument of `lvcreate`, `lvextend` or `pvmove`: text, not looked up yet.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum PvArgument {
    /// `PATH` or `PATH:RANGE[:RANGE…]`.
    Device {
        /// The path.
        path: String,
        /// The ranges in the order typed; none means the whole physical volume.
        ranges: Vec<PeRangeArgument>,
    },
    /// `@TAG`: every physical volume that carries the tag.
    Tag(String),
}

impl PvArgument {
    /// Reads an argument.
    ///
    /// Paths may contain `:` (`/dev/disk/by-path/pci-0000:00:1f.2-ata-1`). The path ends at the
    /// first `:` behind which *everything*, up to the end, reads as ranges; without one, all of
    /// it is the path. `\:`, `\@` and `\\` stand for the plain character and end nothing, as in
    /// LVM2, so a path whose own last part looks like a range can be written too. A leading `@`
    /// makes a tag, which takes no ranges.
    ///
    /// # Errors
    /// `InvalidInput` for an empty path or an invalid tag.
    pub fn parse(text: &str) -> Result<Self> {
        if let Some(tag) = text.strip_prefix('@') {
            check_tag(tag).map_err(|error| Error::invalid(format!("{error}: {text}")))?;
            return Ok(Self::Tag(tag.to_owned()));
        }
        let (path, ranges) = split_ranges(text);
        let path = unescape(path);
        if path.is_empty() {
            return Err(Error::invalid(format!("physical volume argument {text:?} has no path")));
        }
        Ok(Self::Device { path, ranges })
    }
}

fn split_ranges(text: &str) -> (&str, Vec<PeRangeArgument>) {
    let mut escaped = false;
    for (at, byte) in text.bytes().enumerate() {
        if byte == b':' && !escaped {
            let (path, behind) = (text.get(..at), text.get(at.saturating_add(1)..));
            let ranges = behind.unwrap_or_default().split(':').map(PeRangeArgument::parse);
            if let (Some(path), Ok(ranges)) = (path, ranges.collect::<Result<Vec<_>>>()) {
                return (path, ranges);
            }
        }
        escaped = byte == b'\\' && !escaped;
    }
    (text, Vec::new())
}

fn unescape(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    let mut characters = text.chars().peekable();
    while let Some(c) = characters.next() {
        match characters.peek() {
            Some(next @ (':' | '@' | '\\')) if c == '\\' => {
                plain.push(*next);
                characters.next();
            }
            _ => plain.push(c),
        }
    }
    plain
}

/// A physical volume that a request may use.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct PvEntry {
    /// The physical volume.
    pub pv: PvId,
    /// The extents of it that may be used, in the order typed; none means all.
    pub ranges: Vec<PeRange>,
}

/// The physical volumes that a request may use.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize)]
pub enum PvSelection {
    /// All of the volume group, in its order.
    #[default]
    All,
    /// These, tried in this order.
    Listed(Vec<PvEntry>),
}

impl PvSelection {
    /// Whole physical volumes in this order.
    #[must_use]
    pub fn whole(pvs: impl IntoIterator<Item = PvId>) -> Self {
        Self::Listed(pvs.into_iter().map(|pv| PvEntry { pv, ranges: Vec::new() }).collect())
    }

    /// How many physical volumes may be used, at most.
    #[must_use]
    pub fn pv_count(&self, vg: &VolumeGroup) -> usize {
        match self {
            Self::All => vg.physical_volumes().len(),
            Self::Listed(entries) => entries.len(),
        }
    }

    /// True when the physical volume may be used.
    #[must_use]
    pub fn contains(&self, pv: PvId) -> bool {
        match self {
            Self::All => true,
            Self::Listed(entries) => entries.iter().any(|entry| entry.pv == pv),
        }
    }

    /// Looks the arguments up; no arguments select everything.
    ///
    /// `find` gives the physical volume at a path. One that is full or not allocatable is left
    /// out with a warning, before its ranges are looked at. A physical volume named twice keeps
    /// its first place, and the ranges come together.
    ///
    /// # Errors
    /// - `NotFound` for a path that is no physical volume of the group,
    /// - `InvalidInput` for ranges outside the physical volume, reversed or overlapping,
    /// - `InsufficientSpace` when nothing is left to allocate on.
    pub fn resolve(
        arguments: &[PvArgument],
        vg: &VolumeGroup,
        map: &PvMap,
        find: impl Fn(&str) -> Option<PvId>,
    ) -> Result<Resolved> {
        if arguments.is_empty() {
            return Ok(Resolved { selection: Self::All, warnings: Vec::new() });
        }
        let mut resolving = Resolving { vg, map, entries: Vec::new(), warnings: Vec::new() };
        for argument in arguments {
            match argument {
                PvArgument::Tag(tag) => {
                    for (at, pv) in vg.physical_volumes().iter().enumerate() {
                        if pv.tags().contains(tag) {
                            resolving.add(at, &[])?;
                        }
                    }
                }
                PvArgument::Device { path, ranges } => {
                    let at = find(path).and_then(|pv| map.position(pv));
                    resolving.add(at.ok_or_else(|| unknown(vg, path, &find))?, ranges)?;
                }
            }
        }
        let Resolving { entries, warnings, .. } = resolving;
        if entries.is_empty() {
            let kind =
                ErrorKind::InsufficientSpace { needed: Extents(1), free: Extents::ZERO, policy: "any" };
            let help = warnings.iter().map(ToString::to_string).collect::<Vec<_>>().join("; ");
            let error = Error::new(kind, "No specified PVs have space available.").with_vg(vg.name());
            return Err(if help.is_empty() { error } else { error.with_help(help) });
        }
        Ok(Resolved { selection: Self::Listed(entries), warnings })
    }
}

/// What became of physical volume arguments.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Resolved {
    /// The physical volumes left.
    pub selection: PvSelection,
    /// Those left out.
    pub warnings: Vec<PvWarning>,
}

/// A physical volume that was asked for and cannot be used. `Display` says it as LVM2 does.
#[derive(Clone, PartialEq, Eq, Debug)]
#[non_exhaustive]
pub enum PvWarning {
    /// Nothing on it is free.
    Full {
        /// The physical volume.
        pv: PvId,
        /// Where it was last seen.
        device: String,
    },
    /// Allocation on it is switched off (`pvchange -xn`).
    NotAllocatable {
        /// The physical volume.
        pv: PvId,
        /// Where it was last seen.
        device: String,
    },
}

impl fmt::Display for PvWarning {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Full { device, .. } => write!(f, "No free extents on physical volume \"{device}\"."),
            Self::NotAllocatable { device, .. } => write!(f, "Physical volume {device} not allocatable."),
        }
    }
}

struct Resolving<'a> {
    vg: &'a VolumeGroup,
    map: &'a PvMap,
    entries: Vec<PvEntry>,
    warnings: Vec<PvWarning>,
}

impl Resolving<'_> {
    fn add(&mut self, at: usize, ranges: &[PeRangeArgument]) -> Result<()> {
        let Some(pv) = self.vg.physical_volumes().get(at) else { return Ok(()) };
        let device = || pv.device().to_owned();
        if !pv.is_allocatable() {
            self.warnings.push(PvWarning::NotAllocatable { pv: pv.id(), device: device() });
            return Ok(());
        }
        if self.map.free_count(at).is_zero() {
            self.warnings.push(PvWarning::Full { pv: pv.id(), device: device() });
            return Ok(());
        }
        let whole = [PeRangeArgument { start: 0, end: None }];
        let ranges = if ranges.is_empty() { &whole } else { ranges };
        for range in ranges {
            let range = range.resolve(pv.pe_count()).map_err(|error| place(error, self.vg, pv))?;
            self.add_range(pv, range)?;
        }
        Ok(())
    }

    fn add_range(&mut self, pv: &PhysicalVolume, range: PeRange) -> Result<()> {
        let Some(entry) = self.entries.iter_mut().find(|entry| entry.pv == pv.id()) else {
            self.entries.push(PvEntry { pv: pv.id(), ranges: vec![range] });
            return Ok(());
        };
        if let Some(other) = entry.ranges.iter().find(|other| other.overlaps(range)) {
            let text = format!("Overlapping PE ranges specified ({range}, {other}) on {}.", pv.device());
            return Err(place(Error::invalid(text), self.vg, pv));
        }
        entry.ranges.push(range);
        Ok(())
    }
}

fn place(error: Error, vg: &VolumeGroup, pv: &PhysicalVolume) -> Error {
    error.with_vg(vg.name()).with_device(pv.device())
}

/// The path is unknown: either no physical volume, or one with ranges that do not read as such.
fn unknown(vg: &VolumeGroup, path: &str, find: &impl Fn(&str) -> Option<PvId>) -> Error {
    let known_start =
        path.match_indices(':').find(|(at, _)| path.get(..*at).is_some_and(|p| find(p).is_some()));
    if let Some(ranges) = known_start.and_then(|(at, _)| path.get(at..)) {
        return Error::invalid(format!("Physical extent parsing error at {ranges}"))
            .with_vg(vg.name())
            .with_help("extents are written :A-B, :A, :A-, :-B or :A+N");
    }
    let text = format!("Physical Volume \"{path}\" not found in Volume Group \"{}\".", vg.name());
    Error::not_found(text).with_vg(vg.name()).with_device(path)
}
