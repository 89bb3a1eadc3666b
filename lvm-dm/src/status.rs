//! What targets report, as `dmsetup status` prints it.

use std::fmt;
use std::str::FromStr;

use lvm_core::Sectors;

use crate::error::{ParseError, TableError, TableErrorKind};
use crate::table::{split_line, split_name};
use crate::target::cache::CacheStatus;
use crate::target::integrity::IntegrityStatus;
use crate::target::mirror::MirrorStatus;
use crate::target::raid::RaidStatus;
use crate::target::snapshot::SnapshotStatus;
use crate::target::striped::StripedStatus;
use crate::target::thin::ThinStatus;
use crate::target::thin_pool::ThinPoolStatus;
use crate::target::vdo::VdoStatus;
use crate::target::words::{Words, trim};
use crate::target::writecache::WritecacheStatus;

/// What every status type offers.
pub(crate) trait StatusText: Sized + fmt::Display {
    fn read(words: &mut Words<'_>) -> Result<Self, ParseError>;
}

fn parse<T: StatusText>(target: &'static str, text: &str) -> Result<T, ParseError> {
    let mut words = Words::new(target, text);
    let status = T::read(&mut words)?;
    words.finish()?;
    Ok(status)
}

/// What one target reports.
#[derive(Clone, PartialEq, Eq, Debug)]
#[non_exhaustive]
pub enum Status {
    /// Nothing, as `linear`, `error`, `zero` and `snapshot-origin` do.
    Empty,
    /// Of a `striped` line.
    Striped(StripedStatus),
    /// Of a `mirror` line.
    Mirror(MirrorStatus),
    /// Of a `snapshot` or `snapshot-merge` line.
    Snapshot(SnapshotStatus),
    /// Of a `thin-pool` line.
    ThinPool(ThinPoolStatus),
    /// Of a `thin` line.
    Thin(ThinStatus),
    /// Of a `raid` line.
    Raid(RaidStatus),
    /// Of a `cache` line.
    Cache(CacheStatus),
    /// Of a `writecache` line.
    Writecache(WritecacheStatus),
    /// Of an `integrity` line.
    Integrity(IntegrityStatus),
    /// Of a `vdo` line.
    Vdo(VdoStatus),
    /// Of a target this library does not know, as it was read.
    Unknown(String),
}

impl Status {
    /// Reads what the target called `name` reports.
    ///
    /// # Errors
    /// The first word that is not understood.
    pub fn parse(name: &str, text: &str) -> Result<Self, ParseError> {
        Ok(match name {
            "striped" => Self::Striped(parse("striped", text)?),
            "mirror" => Self::Mirror(parse("mirror", text)?),
            "snapshot" => Self::Snapshot(parse("snapshot", text)?),
            "snapshot-merge" => Self::Snapshot(parse("snapshot-merge", text)?),
            "thin-pool" => Self::ThinPool(parse("thin-pool", text)?),
            "thin" => Self::Thin(parse("thin", text)?),
            "raid" => Self::Raid(parse("raid", text)?),
            "cache" => Self::Cache(parse("cache", text)?),
            "writecache" => Self::Writecache(parse("writecache", text)?),
            "integrity" => Self::Integrity(parse("integrity", text)?),
            "vdo" => Self::Vdo(parse("vdo", text)?),
            _ if trim(text).is_empty() => Self::Empty,
            _ => Self::Unknown(trim(text).to_owned()),
        })
    }
}

impl fmt::Display for Status {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Empty => Ok(()),
            Self::Striped(status) => status.fmt(f),
            Self::Mirror(status) => status.fmt(f),
            Self::Snapshot(status) => status.fmt(f),
            Self::ThinPool(status) => status.fmt(f),
            Self::Thin(status) => status.fmt(f),
            Self::Raid(status) => status.fmt(f),
            Self::Cache(status) => status.fmt(f),
            Self::Writecache(status) => status.fmt(f),
            Self::Integrity(status) => status.fmt(f),
            Self::Vdo(status) => status.fmt(f),
            Self::Unknown(text) => f.write_str(text),
        }
    }
}

/// One line of status: `start length target status`.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct StatusLine {
    /// The first sector of the device that the line covers.
    pub start: Sectors,
    /// How many sectors it covers.
    pub length: Sectors,
    /// The target's name.
    pub target: String,
    /// What it reports.
    pub status: Status,
}

impl FromStr for StatusLine {
    type Err = TableErrorKind;

    fn from_str(line: &str) -> Result<Self, TableErrorKind> {
        let (start, length, name, text) = split_line(line)?;
        Ok(Self { start, length, target: name.to_owned(), status: Status::parse(name, text)? })
    }
}

impl fmt::Display for StatusLine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {} {}", self.start.0, self.length.0, self.target)?;
        if self.status == Status::Empty { Ok(()) } else { write!(f, " {}", self.status) }
    }
}

/// Reads the status of one device, as `dmsetup status NAME` prints it. Blank lines are skipped.
///
/// # Errors
/// The first line that is not understood.
pub fn parse_lines(text: &str) -> Result<Vec<StatusLine>, TableError> {
    let lines = text.lines().enumerate().filter(|(_, content)| !content.trim_ascii().is_empty());
    lines.map(|(line, content)| content.parse().map_err(|kind| TableError { line, kind })).collect()
}

/// Reads the status of several devices, as `dmsetup status` without a name prints it.
///
/// # Errors
/// The first line that is not understood.
pub fn parse_named(text: &str) -> Result<Vec<(String, Vec<StatusLine>)>, TableError> {
    let mut devices: Vec<(String, Vec<StatusLine>)> = Vec::new();
    for (line, content) in text.lines().enumerate().filter(|(_, content)| !content.trim_ascii().is_empty()) {
        let (name, rest) = split_name(content).ok_or(TableError { line, kind: TableErrorKind::NoName })?;
        let new = if rest.is_empty() {
            None
        } else {
            Some(rest.parse().map_err(|kind| TableError { line, kind })?)
        };
        match devices.last_mut() {
            Some((last, lines)) if last == name => lines.extend(new),
            _ => devices.push((name.to_owned(), new.into_iter().collect())),
        }
    }
    Ok(devices)
}
