//! Turning values into text: units, percentages, times.

use std::borrow::Cow;
use std::cmp::Ordering;
use std::fmt::Write as _;
use std::str::FromStr;
use std::sync::Arc;

use lvm_core::{Bytes, TimeZone};

use super::time_format::translate;
use super::{ReportError, Value};

/// How sizes are printed (`--units`).
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Units(Scale);

#[derive(Clone, Copy, PartialEq, Debug)]
enum Scale {
    /// The largest unit that fits; `mark` puts `<` in front of what was rounded up.
    Human { si: bool, mark: bool },
    /// Always this many bytes a unit.
    Fixed { bytes: f64, letter: char, decimals: bool },
}

const BINARY_LETTERS: [char; 7] = ['b', 'k', 'm', 'g', 't', 'p', 'e'];
const SI_LETTERS: [char; 7] = ['B', 'K', 'M', 'G', 'T', 'P', 'E'];

impl Units {
    /// `r`: human-readable, with `<` in front of what was rounded up. The default.
    pub const ROUNDED: Self = Self(Scale::Human { si: false, mark: true });
    /// `b`: bytes.
    pub const BYTES: Self = Self(Scale::Fixed { bytes: 1.0, letter: 'B', decimals: false });

    /// The size as text.
    #[must_use]
    pub fn print(self, size: Bytes, suffix: bool) -> String {
        let mut text = String::new();
        self.write(&mut text, size, suffix);
        text
    }

    /// The size as text with the name of its unit, as displays show it: `8.00 GiB`. Units are named
    /// by what they are, or without `si_unit_consistency` as if all were powers of 1000.
    pub(super) fn print_long(self, size: Bytes, suffix: bool, si_unit_consistency: bool) -> String {
        let name = |letter| unit_name(letter, si_unit_consistency);
        let fixed = match self.0 {
            Scale::Human { .. } => None,
            Scale::Fixed { letter, .. } => Some(letter),
        };
        if size.is_zero() {
            return match (suffix, fixed) {
                (false, _) => "0".to_owned(),
                (true, None) => "0   ".to_owned(),
                (true, Some(letter)) => format!("0 {}", name(letter)),
            };
        }
        let mut text = self.print(size, false);
        match (fixed, text.pop()) {
            // lvm2 pads the name in powers of 1000 only.
            (None, Some('b')) => format!("{text} B"),
            (None, Some(letter)) => format!("{text} {}", name(letter)),
            (None, None) => text,
            (Some(letter), last) => {
                text.extend(last);
                if suffix { format!("{text} {}", name(letter)) } else { text }
            }
        }
    }

    fn write(self, out: &mut String, size: Bytes, suffix: bool) {
        let letter = match self.0 {
            Scale::Human { .. } => ' ',
            Scale::Fixed { letter, .. } => letter,
        };
        if size.is_zero() {
            out.push('0');
            if suffix {
                out.push(letter);
            }
            return;
        }
        match self.0 {
            Scale::Human { si, mark } => write_human(out, size, si, mark),
            Scale::Fixed { bytes, letter, decimals } => {
                let digits = if decimals { 2 } else { 0 };
                // Formatting a float never fails on a String.
                let _ = write!(out, "{:.digits$}", to_float(size) / bytes);
                if suffix {
                    out.push(letter);
                }
            }
        }
    }
}

/// The long name of a unit that prints as that letter.
fn unit_name(letter: char, si_unit_consistency: bool) -> String {
    let upper = letter.to_ascii_uppercase();
    match letter {
        'B' => "B ".to_owned(),
        'S' => "Se".to_owned(),
        'U' => "Un".to_owned(),
        _ if !si_unit_consistency => format!("{upper}B"),
        'K' => "kB".to_owned(),
        _ if letter == upper => format!("{upper}B"),
        _ => format!("{upper}iB"),
    }
}

#[allow(clippy::cast_precision_loss)]
fn to_float(size: Bytes) -> f64 {
    // lvm2 computes in doubles too, so the last digits of huge sizes agree.
    size.0 as f64
}

fn write_human(out: &mut String, size: Bytes, si: bool, mark: bool) {
    let (base, letters) = if si { (1000_u64, SI_LETTERS) } else { (1024, BINARY_LETTERS) };
    let mut unit = 1_u64;
    let mut at = 0;
    while at < 6 && size.0 / unit >= base {
        unit *= base;
        at += 1;
    }
    let letter = letters.get(at).copied().unwrap_or('b');
    if at == 0 {
        // There are no fractions of bytes. Writing to a String never fails.
        let _ = write!(out, "{}{letter}", size.0);
        return;
    }
    if !si && size.0 < EXACT_BELOW {
        write_hundredths(out, size.0, unit, mark);
        out.push(letter);
        return;
    }
    let quotient = to_float(size) / to_float(Bytes(unit));
    let start = out.len();
    let _ = write!(out, "{quotient:.2}");
    let rounded = out.get(start..).and_then(|text| text.parse::<f64>().ok()).unwrap_or(quotient);
    if mark && rounded > quotient {
        out.insert(start, '<');
    }
    out.push(letter);
}

/// Sizes of which a double holds 100 times more than every bit, so that whole numbers give what
/// doubles give, ten times faster.
const EXACT_BELOW: u64 = 1 << 46;

/// `size / unit` with two decimals, exact halves rounded to the even digit.
fn write_hundredths(out: &mut String, size: u64, unit: u64, mark: bool) {
    // Below `EXACT_BELOW` this fits.
    let exact = size * 100;
    let (below, rest) = (exact / unit, exact % unit);
    let up = match (rest * 2).cmp(&unit) {
        Ordering::Less => false,
        Ordering::Equal => below % 2 == 1,
        Ordering::Greater => true,
    };
    if mark && up {
        out.push('<');
    }
    let hundredths = below + u64::from(up);
    // Writing to a String never fails.
    let _ = write!(out, "{}.{:02}", hundredths / 100, hundredths % 100);
}

impl Default for Units {
    fn default() -> Self {
        Self::ROUNDED
    }
}

impl FromStr for Units {
    type Err = ReportError;

    /// One letter of `h H r R b B s S k K m M g G t T p P e E`, or a number and a letter for a
    /// unit of one's own (`4m`).
    fn from_str(text: &str) -> Result<Self, ReportError> {
        let bad = || ReportError::Units(text.to_owned());
        let letter = text.chars().next_back().ok_or_else(bad)?;
        let digits = text.strip_suffix(letter).ok_or_else(bad)?;
        let valid = digits.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.');
        let count = match digits {
            "" => 1.0,
            _ if valid => digits.parse::<f64>().ok().filter(|count| *count > 0.0).ok_or_else(bad)?,
            _ => return Err(bad()),
        };
        let scale = match letter {
            'h' | 'H' | 'r' | 'R' => {
                Scale::Human { si: letter.is_ascii_uppercase(), mark: letter.eq_ignore_ascii_case(&'r') }
            }
            'b' | 'B' => Scale::Fixed { bytes: 1.0, letter: 'B', decimals: false },
            's' | 'S' => Scale::Fixed { bytes: 512.0, letter: 'S', decimals: false },
            _ => {
                let (base, letters) = if letter.is_ascii_uppercase() {
                    (1000.0_f64, SI_LETTERS)
                } else {
                    (1024.0, BINARY_LETTERS)
                };
                let power = letters.iter().position(|known| *known == letter).ok_or_else(bad)?;
                let bytes = base.powi(i32::try_from(power).unwrap_or(0));
                Scale::Fixed { bytes, letter, decimals: true }
            }
        };
        Ok(Self(match scale {
            Scale::Fixed { bytes, .. } if count >= 2.0 => {
                Scale::Fixed { bytes: bytes * count, letter: 'U', decimals: true }
            }
            Scale::Fixed { bytes, letter, decimals } => {
                Scale::Fixed { bytes: bytes * count, letter, decimals }
            }
            human @ Scale::Human { .. } => human,
        }))
    }
}

/// This machine's time zone.
#[derive(Debug, Default)]
pub(super) struct LocalTime;

impl TimeZone for LocalTime {
    fn utc_offset(&self, unix_seconds: i64) -> i32 {
        let at = jiff::Timestamp::from_second(unix_seconds).unwrap_or_default();
        jiff::tz::TimeZone::system().to_offset(at).seconds()
    }
}

/// How values become text.
#[derive(Clone)]
#[non_exhaustive]
pub struct Format {
    /// The units of sizes.
    pub units: Units,
    /// Put the unit's letter behind sizes of fixed units.
    pub suffix: bool,
    /// Print flags as 1, 0 and -1 instead of words.
    pub binary: bool,
    /// The time zone of times.
    pub time_zone: Arc<dyn TimeZone>,
    /// How times are printed; [`with_time_format`](Self::with_time_format) sets it.
    time_format: Cow<'static, str>,
    /// What stands between the items of lists (`report/list_item_separator`).
    pub list_separator: Cow<'static, str>,
    /// Put the names of hidden volumes in brackets (`report/mark_hidden_devices`).
    pub mark_hidden: bool,
    /// Print `unknown device` instead of `[unknown]` for devices that are missing
    /// (`report/two_word_unknown_device`).
    pub two_word_unknown: bool,
    /// Print all letters of units as capitals (`global/si_unit_consistency` switched off).
    pub capital_units: bool,
}

/// lvm2's way to print times.
const TIME_FORMAT: &str = "%Y-%m-%d %H:%M:%S %z";

impl std::fmt::Debug for Format {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Format")
            .field("units", &self.units)
            .field("suffix", &self.suffix)
            .field("binary", &self.binary)
            .finish_non_exhaustive()
    }
}

impl Default for Format {
    /// lvm2's defaults: units `r`, suffixes, words, local time.
    fn default() -> Self {
        Self {
            units: Units::ROUNDED,
            suffix: true,
            binary: false,
            time_zone: Arc::new(LocalTime),
            time_format: Cow::Borrowed(TIME_FORMAT),
            list_separator: Cow::Borrowed(","),
            mark_hidden: true,
            two_word_unknown: false,
            capital_units: false,
        }
    }
}

impl Format {
    /// Sets the units (`--units`).
    #[must_use]
    pub fn with_units(mut self, units: Units) -> Self {
        self.units = units;
        self
    }

    /// Leaves the letters away (`--nosuffix`).
    #[must_use]
    pub fn without_suffix(mut self) -> Self {
        self.suffix = false;
        self
    }

    /// Prints flags as numbers (`--binary`).
    #[must_use]
    pub fn with_binary(mut self) -> Self {
        self.binary = true;
        self
    }

    /// Prints times as they are in that zone.
    #[must_use]
    pub fn with_time_zone(mut self, time_zone: Arc<dyn TimeZone>) -> Self {
        self.time_zone = time_zone;
        self
    }

    /// Prints times in the language of strftime(3).
    ///
    /// # Errors
    /// `TimeFormat` for a format that nothing can be printed in.
    pub fn with_time_format(mut self, format: impl Into<String>) -> Result<Self, ReportError> {
        let format = format.into();
        self.time_format = translate(&format).map(Cow::Owned).ok_or(ReportError::TimeFormat(format))?;
        Ok(self)
    }

    /// Appends the value's text.
    pub fn write(&self, out: &mut String, value: &Value<'_>) {
        // Writing to a String never fails.
        let _ = match value {
            Value::Unknown | Value::NoSize => Ok(()),
            Value::Text(text) => out.write_str(self.device(text)),
            Value::Name { name, hidden: true } if self.mark_hidden => write!(out, "[{name}]"),
            Value::Name { name, .. } => out.write_str(name),
            Value::Removed(name) => write!(out, "-{name}"),
            Value::List(list) => {
                for (at, item) in list.iter().enumerate() {
                    out.push_str(if at > 0 { &self.list_separator } else { "" });
                    match item.strip_prefix("[unknown]:") {
                        Some(range) if self.two_word_unknown => {
                            out.push_str("unknown device:");
                            out.push_str(range);
                        }
                        _ => out.push_str(item),
                    }
                }
                Ok(())
            }
            Value::Joined { items, separator } => {
                for (at, item) in items.iter().enumerate() {
                    out.push_str(if at > 0 { separator } else { "" });
                    // A device, and where on it.
                    let (device, place) = item.split_at(item.find(['(', ':']).unwrap_or(item.len()));
                    out.push_str(self.device(device));
                    out.push_str(place);
                }
                Ok(())
            }
            Value::Size(size) => {
                let start = out.len();
                self.units.write(out, *size, self.suffix);
                if self.capital_units {
                    let capitals = out.get(start..).map(str::to_ascii_uppercase).unwrap_or_default();
                    out.replace_range(start.., &capitals);
                }
                Ok(())
            }
            Value::Number(number) => write!(out, "{number}"),
            Value::Signed(number) => write!(out, "{number}"),
            Value::Percent(percent) => {
                let hundredths = percent.hundredths();
                write!(out, "{}.{:02}", hundredths / 100, hundredths % 100)
            }
            Value::Flag { value, word } => out.write_str(match (value, self.binary) {
                (Some(true), false) => word,
                (Some(false), false) => "",
                (None, false) => "unknown",
                (Some(true), true) => "1",
                (Some(false), true) => "0",
                (None, true) => "-1",
            }),
            Value::Time(seconds) => {
                self.write_time(out, *seconds);
                Ok(())
            }
            Value::Word(word) => out.write_str(word),
        };
    }

    /// How a text is printed, should it be the name of a device that is missing.
    fn device<'t>(&self, text: &'t str) -> &'t str {
        if self.two_word_unknown && text == "[unknown]" { "unknown device" } else { text }
    }

    fn write_time(&self, out: &mut String, seconds: u64) {
        let seconds = i64::try_from(seconds).unwrap_or(i64::MAX);
        let Ok(at) = jiff::Timestamp::from_second(seconds) else { return };
        let offset = jiff::tz::Offset::from_seconds(self.time_zone.utc_offset(seconds));
        let zone = offset.unwrap_or(jiff::tz::Offset::UTC).to_time_zone();
        let at = at.to_zoned(zone);
        let shown = jiff::fmt::strtime::format(&*self.time_format, &at);
        // Formats are checked when they are set; one that says nothing prints nothing.
        let _ = shown.map(|shown| out.push_str(&shown));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use lvm_core::Utc;

    fn print(units: &str, bytes: u64) -> String {
        units.parse::<Units>().unwrap().print(Bytes(bytes), true)
    }

    #[test]
    fn units_of_a_300_mib_group() {
        let table = [
            ("h", "300.00m"),
            ("H", "314.57M"),
            ("r", "300.00m"),
            ("R", "314.57M"),
            ("b", "314572800B"),
            ("B", "314572800B"),
            ("s", "614400S"),
            ("S", "614400S"),
            ("k", "307200.00k"),
            ("K", "314572.80K"),
            ("m", "300.00m"),
            ("M", "314.57M"),
            ("g", "0.29g"),
            ("G", "0.31G"),
            ("t", "0.00t"),
            ("4m", "75.00U"),
            ("1.5k", "204800.00k"),
        ];
        for (units, text) in table {
            assert_eq!(print(units, 300 << 20), text, "{units}");
        }
    }

    #[test]
    fn rounding() {
        assert_eq!(print("r", 4095 << 20), "<4.00g");
        assert_eq!(print("h", 4095 << 20), "4.00g");
        assert_eq!(print("R", 1 << 20), "<1.05M");
        // Exact halves go to the even digit, as in C's printf.
        assert_eq!(print("r", 33 * (128 << 10)), "4.12m");
        assert_eq!(print("r", 463 * (128 << 10)), "<57.88m");
        assert_eq!(print("r", 8 << 30), "8.00g");
        assert_eq!(print("r", 512), "512b");
        assert_eq!(print("H", 512), "512B");
        assert_eq!(print("r", u64::MAX), "16.00e");
    }

    #[test]
    fn whole_numbers_give_what_doubles_give() {
        let double = |size: u64, unit: u64| {
            let quotient = to_float(Bytes(size)) / to_float(Bytes(unit));
            let text = format!("{quotient:.2}");
            let larger = text.parse::<f64>().unwrap() > quotient;
            if larger { format!("<{text}") } else { text }
        };
        let mut size = 1_u64;
        for step in 0..4_000_u64 {
            size = size.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(step);
            for shift in 18..55 {
                let size = size >> shift;
                let unit = 1_u64 << (size.max(1).ilog2() / 10 * 10);
                let mut text = String::new();
                write_hundredths(&mut text, size, unit, true);
                assert_eq!(text, double(size, unit), "{size}");
            }
        }
    }

    #[test]
    fn zero_and_suffixes() {
        for (units, with, without) in [("r", "0 ", "0"), ("b", "0B", "0"), ("k", "0k", "0"), ("s", "0S", "0")]
        {
            let units = units.parse::<Units>().unwrap();
            assert_eq!(units.print(Bytes(0), true), with);
            assert_eq!(units.print(Bytes(0), false), without);
        }
        assert_eq!("m".parse::<Units>().unwrap().print(Bytes::mib(3), false), "3.00");
        // The human forms keep their letter: without it the number would mean nothing.
        assert_eq!(Units::ROUNDED.print(Bytes::mib(3), false), "3.00m");
    }

    #[test]
    fn long_names() {
        let long = |units: &str, bytes, suffix, consistent| {
            units.parse::<Units>().unwrap().print_long(Bytes(bytes), suffix, consistent)
        };
        let table = [
            ("r", "<4.00 GiB", "<4.00 GB"),
            ("H", "4.29 GB", "4.29 GB"),
            ("b", "4293918720 B ", "4293918720 B "),
            ("s", "8386560 Se", "8386560 Se"),
            ("k", "4193280.00 KiB", "4193280.00 KB"),
            ("K", "4293918.72 kB", "4293918.72 KB"),
            ("4m", "1023.75 Un", "1023.75 Un"),
        ];
        for (units, consistent, plain) in table {
            assert_eq!(long(units, 4095 << 20, true, true), consistent, "{units}");
            assert_eq!(long(units, 4095 << 20, true, false), plain, "{units}");
        }
        assert_eq!(long("r", 0, true, true), "0   ");
        assert_eq!(long("r", 0, false, true), "0");
        assert_eq!(long("m", 0, true, true), "0 MiB");
        assert_eq!(long("m", 3 << 20, false, true), "3.00");
        assert_eq!(long("r", 3 << 20, false, true), "3.00 MiB");
        assert_eq!((&*long("h", 512, true, true), &*long("R", 512, true, true)), ("512 B", "512 B "));
    }

    #[test]
    fn bad_units() {
        for text in ["", "x", "hx", "0k", "3", "-1k", "k4"] {
            assert!(text.parse::<Units>().is_err(), "{text}");
        }
    }

    #[test]
    fn times() {
        let mut text = String::new();
        let format = Format::default().with_time_zone(Arc::new(Utc));
        format.write(&mut text, &Value::Time(1_700_000_000));
        assert_eq!(text, "2023-11-14 22:13:20 +0000");
    }
}
