//! Tables: the lines that make up one device, as `dmsetup table` prints them.

use std::fmt;
use std::str::FromStr;

use lvm_core::Sectors;
use lvm_core::units::SECTOR_SIZE;

use crate::error::{TableError, TableErrorKind};
use crate::target::words::trim;
use crate::target::{DeviceRef, Target};

/// One line of a table: `start length target parameters`.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct TableLine {
    /// The first sector of the device that the line covers.
    pub start: Sectors,
    /// How many sectors it covers.
    pub length: Sectors,
    /// What stands there.
    pub target: Target,
}

impl TableLine {
    /// A line.
    #[must_use]
    pub const fn new(start: Sectors, length: Sectors, target: Target) -> Self {
        Self { start, length, target }
    }
}

impl fmt::Display for TableLine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {} {}", self.start.0, self.length.0, self.target)
    }
}

/// A line cut at its first words: start, length, name, and the rest.
pub(crate) fn split_line(line: &str) -> Result<(Sectors, Sectors, &str, &str), TableErrorKind> {
    let (start, rest) = cut(line);
    let (length, rest) = cut(rest);
    let (name, params) = cut(rest);
    let start = number("the start", start)?;
    let length = number("the length", length)?;
    if name.is_empty() {
        Err(TableErrorKind::Missing("the target"))
    } else {
        Ok((start, length, name, params))
    }
}

fn cut(text: &str) -> (&str, &str) {
    let text = trim(text);
    match text.split_once(|c: char| c.is_ascii_whitespace()) {
        Some((word, rest)) => (word, trim(rest)),
        None => (text, ""),
    }
}

fn number(what: &'static str, word: &str) -> Result<Sectors, TableErrorKind> {
    if word.is_empty() {
        return Err(TableErrorKind::Missing(what));
    }
    let digits = word.bytes().all(|byte| byte.is_ascii_digit());
    match word.parse() {
        Ok(number) if digits => Ok(Sectors(number)),
        _ => Err(TableErrorKind::Number { what, found: word.to_owned() }),
    }
}

impl FromStr for TableLine {
    type Err = TableErrorKind;

    fn from_str(line: &str) -> Result<Self, TableErrorKind> {
        let (start, length, name, params) = split_line(line)?;
        Ok(Self { start, length, target: Target::parse(name, params)? })
    }
}

/// The whole table of one device. Its lines begin at sector 0, leave no gap, and keep the rules
/// of their targets; there is no other way to have one.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Table(Vec<TableLine>);

impl Table {
    /// A table of these lines.
    ///
    /// # Errors
    /// The first line that breaks a rule: a gap, an overlap, no length, an end past 2^64 bytes,
    /// or parameters its target does not allow on that length.
    pub fn new(lines: Vec<TableLine>) -> Result<Self, TableError> {
        if lines.is_empty() {
            return Err(TableError { line: 0, kind: TableErrorKind::Empty });
        }
        let mut end = Sectors::ZERO;
        for (line, content) in lines.iter().enumerate() {
            end = check_line(content, end).map_err(|kind| TableError { line, kind })?;
        }
        Ok(Self(lines))
    }

    /// A table of one line that covers the whole device.
    ///
    /// # Errors
    /// See [`new`](Self::new).
    pub fn single(length: Sectors, target: Target) -> Result<Self, TableError> {
        Self::new(vec![TableLine::new(Sectors::ZERO, length, target)])
    }

    /// A table of targets laid one behind the other, each with its length.
    ///
    /// # Errors
    /// See [`new`](Self::new).
    pub fn concatenated(targets: impl IntoIterator<Item = (Sectors, Target)>) -> Result<Self, TableError> {
        let mut start = Sectors::ZERO;
        let mut lines = Vec::new();
        for (length, target) in targets {
            lines.push(TableLine::new(start, length, target));
            let overflow = TableError { line: lines.len() - 1, kind: TableErrorKind::Overflow };
            start = start.checked_add(length).ok_or(overflow)?;
        }
        Self::new(lines)
    }

    /// The lines.
    #[must_use]
    pub fn lines(&self) -> &[TableLine] {
        &self.0
    }

    /// The lines, to build another table of them.
    #[must_use]
    pub fn into_lines(self) -> Vec<TableLine> {
        self.0
    }

    /// The table with other names for the devices below. `rename` gives `None` for one that stays
    /// as it is.
    #[must_use]
    pub fn with_devices(mut self, rename: impl Fn(&DeviceRef) -> Option<DeviceRef>) -> Self {
        for line in &mut self.0 {
            for device in line.target.devices_mut() {
                if let Some(new) = rename(device) {
                    *device = new;
                }
            }
        }
        self
    }

    /// The size of the device.
    #[must_use]
    pub fn size(&self) -> Sectors {
        self.0.last().and_then(|line| line.start.checked_add(line.length)).unwrap_or_default()
    }
}

/// Checks one line that should begin at `expected`; gives the sector where it ends.
fn check_line(line: &TableLine, expected: Sectors) -> Result<Sectors, TableErrorKind> {
    if line.start != expected {
        return Err(TableErrorKind::Start { expected: expected.0, found: line.start.0 });
    }
    if line.length.is_zero() {
        return Err(TableErrorKind::ZeroLength);
    }
    let end = line.start.checked_add(line.length).filter(|end| end.0 <= u64::MAX / SECTOR_SIZE);
    let end = end.ok_or(TableErrorKind::Overflow)?;
    let rule = line.target.check(line.length);
    rule.map_err(|rule| TableErrorKind::Rule { target: line.target.name().to_owned(), rule })?;
    Ok(end)
}

impl fmt::Display for Table {
    /// The lines with a line feed between them, none at the end.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut separator = "";
        self.0.iter().try_for_each(|line| write!(f, "{}{line}", std::mem::replace(&mut separator, "\n")))
    }
}

impl FromStr for Table {
    type Err = TableError;

    /// Reads the table of one device, as `dmsetup table NAME` prints it. Blank lines are skipped.
    fn from_str(text: &str) -> Result<Self, TableError> {
        let lines = text.lines().enumerate().filter(|(_, content)| !content.trim_ascii().is_empty());
        let parse =
            |(line, content): (usize, &str)| content.parse().map_err(|kind| TableError { line, kind });
        Self::new(lines.map(parse).collect::<Result<_, _>>()?)
    }
}

/// Reads the tables of several devices, as `dmsetup table` without a name prints them: each line
/// begins with `NAME: `, lines of one device stand together, and a device without a table has one
/// line with nothing behind its name.
///
/// # Errors
/// The first line that is not understood, or that breaks a rule; its index is that in `text`,
/// while a rule about a whole table gives the index inside that table.
pub fn parse_named(text: &str) -> Result<Vec<(String, Option<Table>)>, TableError> {
    let mut devices: Vec<(String, Vec<TableLine>)> = Vec::new();
    for (line, content) in text.lines().enumerate().filter(|(_, content)| !content.trim_ascii().is_empty()) {
        let (name, rest) = split_name(content).ok_or(TableError { line, kind: TableErrorKind::NoName })?;
        if devices.last().is_none_or(|(last, _)| last != name) {
            devices.push((name.to_owned(), Vec::new()));
        }
        if !rest.is_empty()
            && let Some((_, lines)) = devices.last_mut()
        {
            lines.push(rest.parse().map_err(|kind| TableError { line, kind })?);
        }
    }
    let build = |(name, lines): (String, Vec<_>)| {
        Ok((name, if lines.is_empty() { None } else { Some(Table::new(lines)?) }))
    };
    devices.into_iter().map(build).collect()
}

/// Cuts `NAME: rest`. Device-mapper names cannot hold a blank, but they can hold a colon.
pub(crate) fn split_name(line: &str) -> Option<(&str, &str)> {
    let line = trim(line);
    match line.split_once(": ") {
        Some((name, rest)) => Some((name, trim(rest))),
        None => line.strip_suffix(':').map(|name| (name, "")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn error(text: &str) -> (usize, TableErrorKind) {
        let error = text.parse::<Table>().unwrap_err();
        (error.line, error.kind)
    }

    #[test]
    fn whole_tables() {
        let text = "0 284672 linear 7:0 2048\n284672 22528 linear 7:1 2048";
        let table: Table = text.parse().unwrap();
        assert_eq!(table.to_string(), text);
        assert_eq!(table.size(), Sectors(307_200));
        let linear = |minor| Target::linear(DeviceRef::number(7, minor), Sectors(2048));
        let built = Table::concatenated([(Sectors(284_672), linear(0)), (Sectors(22_528), linear(1))]);
        assert_eq!(built, Ok(table.clone()));
        assert_eq!(format!("\n{text}  \n\n").parse(), Ok(table));
    }

    #[test]
    fn devices_named_otherwise() {
        let text = "0 8 linear leg 0\n8 8 mirror disk 2 log 8 2 leg 0 7:1 0\n16 8 raid raid1 3 0 region_size 8 2 - leg 7:2 7:3";
        let number = |device: &DeviceRef| match device {
            DeviceRef::Path(path) if path == "leg" => Some(DeviceRef::number(254, 3)),
            _ => None,
        };
        let table = text.parse::<Table>().unwrap().with_devices(number);
        assert_eq!(table.to_string(), text.replace("leg", "254:3"));
    }

    #[test]
    fn refused_tables() {
        use TableErrorKind as Kind;
        assert_eq!(error(""), (0, Kind::Empty));
        assert_eq!(error("\n0 8"), (1, Kind::Missing("the target")));
        assert_eq!(error("0"), (0, Kind::Missing("the length")));
        assert_eq!(error("1 8 zero"), (0, Kind::Start { expected: 0, found: 1 }));
        assert_eq!(error("0 8 zero\n16 8 zero"), (1, Kind::Start { expected: 8, found: 16 }));
        assert_eq!(error("0 8 zero\n4 8 zero"), (1, Kind::Start { expected: 8, found: 4 }));
        assert_eq!(error("0 0 zero"), (0, Kind::ZeroLength));
        assert_eq!(error("0 36028797018963968 zero"), (0, Kind::Overflow));
        let number = Kind::Number { what: "the length", found: "+8".into() };
        assert_eq!(error("0 +8 zero"), (0, number));
        let rule = |target: &str, rule| (0, Kind::Rule { target: target.into(), rule });
        assert_eq!(
            error("0 9 striped 2 4 7:0 0 7:1 0"),
            rule("striped", "the length is not a multiple of the number of stripes")
        );
        assert_eq!(
            error("0 12 striped 2 4 7:0 0 7:1 0"),
            rule("striped", "the length of a stripe is not a multiple of the chunk size")
        );
        assert_eq!(
            error("0 2 linear 7:0 18446744073709551615"),
            rule("linear", "reaches past the largest possible device")
        );
        assert_eq!(
            error("0 2 a-name-too-long-by-far"),
            rule("a-name-too-long-by-far", "a target's name has 1 to 15 bytes")
        );
        let Kind::Params(error) = error("0 8 linear 7:0").1 else { panic!() };
        assert_eq!(error.to_string(), "target linear, word 1: the offset on a device is missing");
    }

    #[test]
    fn several_devices() {
        let text = "vg-a: 0 8 linear 7:0 0\nvg-a: 8 8 zero \nvg-b: \nodd:name: 0 8 flakey 254:0 0 30 5 1 drop_writes";
        let tables = parse_named(text).unwrap();
        let names: Vec<_> = tables.iter().map(|(name, table)| (name.as_str(), table.is_some())).collect();
        assert_eq!(names, [("vg-a", true), ("vg-b", false), ("odd:name", true)]);
        let lines = tables.last().and_then(|(_, table)| table.as_ref()).unwrap().lines();
        let params = "254:0 0 30 5 1 drop_writes".to_owned();
        assert_eq!(lines.first().unwrap().target, Target::Unknown { name: "flakey".into(), params });
        assert_eq!(parse_named("0 8 zero").unwrap_err().kind, TableErrorKind::NoName);
    }
}
