//! Lines of metadata text, in both layouts.

use core::fmt::Write as _;

use jiff::{Timestamp, fmt::strtime, tz::Offset};
use std_alloc::{format, string::String};

use super::lexer::is_bare_key;
use crate::metadata::{ConfigNode, ConfigValue};
use crate::stamp::TimeZone;
use crate::units::Sectors;

/// lvm2 indents no deeper than this.
const INDENT_MAX: usize = 5;
/// Comments begin at this tab stop, or one tab behind longer lines.
const COMMENT_TAB_STOP: usize = 6;
const TAB_WIDTH: usize = 8;

/// Writes lines; `file` adds indentation and comments.
pub(super) struct Printer<'z> {
    out: String,
    file: bool,
    zone: &'z dyn TimeZone,
    indent: usize,
    line_start: usize,
    numbers: itoa::Buffer,
    /// The last timestamp printed with its text; volumes made together share it.
    last_time: Option<(u64, String)>,
}

impl<'z> Printer<'z> {
    pub(super) fn new(file: bool, zone: &'z dyn TimeZone, capacity: usize) -> Self {
        Self {
            out: String::with_capacity(capacity),
            file,
            zone,
            indent: 0,
            line_start: 0,
            numbers: itoa::Buffer::new(),
            last_time: None,
        }
    }

    pub(super) fn finish(self) -> String {
        self.out
    }

    pub(super) fn blank(&mut self) {
        self.out.push('\n');
    }

    fn start(&mut self) {
        if self.file {
            for _ in 0..self.indent.min(INDENT_MAX) {
                self.out.push('\t');
            }
        }
        self.line_start = self.out.len();
    }

    fn key(&mut self, key: &str) {
        self.start();
        self.out.push_str(key);
        self.out.push_str(" = ");
    }

    fn end(&mut self) {
        self.out.push('\n');
    }

    /// Ends the line with a comment that only files have.
    fn end_with(&mut self, comment: &str) {
        if self.file {
            let length = self.out.len().saturating_sub(self.line_start);
            let column = length.saturating_add(TAB_WIDTH.saturating_mul(self.indent));
            let tabs = COMMENT_TAB_STOP.saturating_sub(column / TAB_WIDTH).saturating_sub(1).max(1);
            for _ in 0..tabs {
                self.out.push('\t');
            }
            self.out.push_str("# ");
            self.out.push_str(comment);
        }
        self.end();
    }

    /// A line as it stands.
    pub(super) fn line(&mut self, text: &str) {
        self.start();
        self.out.push_str(text);
        self.end();
    }

    pub(super) fn open(&mut self, name: &str) {
        self.start();
        self.out.push_str(name);
        self.out.push_str(" {\n");
        self.indent = self.indent.saturating_add(1);
    }

    pub(super) fn open_numbered(&mut self, prefix: &str, number: usize) {
        self.start();
        self.out.push_str(prefix);
        self.out.push_str(self.numbers.format(number));
        self.out.push_str(" {\n");
        self.indent = self.indent.saturating_add(1);
    }

    pub(super) fn close(&mut self) {
        self.indent = self.indent.saturating_sub(1);
        self.start();
        self.out.push_str("}\n");
    }

    fn int_value(&mut self, key: &str, value: impl Into<i128>) {
        self.key(key);
        self.out.push_str(self.numbers.format(value.into()));
    }

    pub(super) fn int(&mut self, key: &str, value: impl Into<i128>) {
        self.int_value(key, value);
        self.end();
    }

    pub(super) fn int_if(&mut self, key: &str, value: Option<impl Into<i128>>) {
        if let Some(value) = value {
            self.int(key, value);
        }
    }

    pub(super) fn int_comment(&mut self, key: &str, value: impl Into<i128>, comment: &str) {
        self.int_value(key, value);
        self.end_with(comment);
    }

    /// A number whose comment says how much `sectors` are.
    pub(super) fn size_of(&mut self, key: &str, value: impl Into<i128>, sectors: Sectors) {
        self.int_value(key, value);
        if self.file { self.end_with(&human_size(sectors)) } else { self.end() }
    }

    pub(super) fn sectors(&mut self, key: &str, sectors: Sectors) {
        self.size_of(key, sectors.0, sectors);
    }

    /// A time; `comment` is ctime's form in the header, ISO elsewhere.
    pub(super) fn time(&mut self, key: &str, seconds: u64) {
        self.int_value(key, seconds);
        if !self.file {
            return self.end();
        }
        let text = match self.last_time.take() {
            Some((last, text)) if last == seconds => text,
            _ => format_time(self.zone, seconds, "%Y-%m-%d %T %z"),
        };
        self.end_with(&text);
        self.last_time = Some((seconds, text));
    }

    pub(super) fn str(&mut self, key: &str, value: &str) {
        self.escaped(key, value);
    }

    /// A word without quotes.
    pub(super) fn bare(&mut self, key: &str, word: &str) {
        self.key(key);
        self.out.push_str(word);
        self.end();
    }

    pub(super) fn str_if(&mut self, key: &str, value: Option<&str>) {
        if let Some(value) = value {
            self.str(key, value);
        }
    }

    pub(super) fn str_comment(&mut self, key: &str, value: &str, comment: &str) {
        self.escaped_comment(key, value, comment);
    }

    /// A string; quotes and backslashes in it are escaped.
    pub(super) fn escaped(&mut self, key: &str, value: &str) {
        self.key(key);
        push_escaped(&mut self.out, value);
        self.end();
    }

    pub(super) fn escaped_comment(&mut self, key: &str, value: &str, comment: &str) {
        self.key(key);
        push_escaped(&mut self.out, value);
        self.end_with(comment);
    }

    pub(super) fn list<'s>(&mut self, key: &str, values: impl Iterator<Item = &'s str>) {
        self.key(key);
        self.out.push('[');
        for (at, value) in values.enumerate() {
            self.out.push_str(if at == 0 { "" } else { ", " });
            push_escaped(&mut self.out, value);
        }
        self.out.push_str("]\n");
    }

    /// `key = [`, then [`array_item`](Self::array_item)s, then [`array_end`](Self::array_end).
    pub(super) fn array(&mut self, key: &str) {
        self.key(key);
        self.out.push_str("[\n");
        self.indent = self.indent.saturating_add(1);
    }

    pub(super) fn array_item(&mut self, name: &str, number: Option<u32>, last: bool) {
        self.start();
        push_escaped(&mut self.out, name);
        if let Some(number) = number {
            self.out.push_str(", ");
            self.out.push_str(self.numbers.format(number));
        }
        self.out.push_str(if last { "\n" } else { ",\n" });
    }

    pub(super) fn array_pair(&mut self, first: &str, second: &str, last: bool) {
        self.start();
        push_escaped(&mut self.out, first);
        self.out.push_str(", ");
        push_escaped(&mut self.out, second);
        self.out.push_str(if last { "\n" } else { ",\n" });
    }

    pub(super) fn array_end(&mut self) {
        self.indent = self.indent.saturating_sub(1);
        self.line("]");
    }

    /// Nodes copied through, in the compact style lvm2 uses for them.
    pub(super) fn nodes(&mut self, nodes: &[ConfigNode]) {
        for node in nodes {
            self.node(node, 0);
        }
    }

    /// A section of nodes copied through.
    pub(super) fn node_section(&mut self, key: &str, nodes: &[ConfigNode]) {
        self.start();
        push_key(&mut self.out, key);
        self.out.push_str(" {\n");
        for node in nodes {
            self.node(node, 1);
        }
        self.line("}");
    }

    fn node(&mut self, node: &ConfigNode, depth: usize) {
        self.start();
        for _ in 0..depth {
            self.out.push('\t');
        }
        push_key(&mut self.out, &node.key);
        match &node.value {
            ConfigValue::Section(children) => {
                self.out.push_str(" {\n");
                for child in children {
                    self.node(child, depth.saturating_add(1));
                }
                self.start();
                for _ in 0..depth {
                    self.out.push('\t');
                }
                self.out.push_str("}\n");
            }
            value => {
                self.out.push('=');
                self.compact_value(value);
                self.end();
            }
        }
    }

    fn compact_value(&mut self, value: &ConfigValue) {
        match value {
            ConfigValue::Int(number) => self.out.push_str(self.numbers.format(*number)),
            ConfigValue::Float(text) => self.out.push_str(text),
            ConfigValue::String(text) => push_escaped(&mut self.out, text),
            ConfigValue::Array(values) => {
                self.out.push('[');
                for (at, value) in values.iter().enumerate() {
                    if at > 0 {
                        self.out.push(',');
                    }
                    self.compact_value(value);
                }
                self.out.push(']');
            }
            ConfigValue::Section(_) => {}
        }
    }
}

/// A key that is copied through, in quotes where it would not be read as one bare word. Escapes in a
/// key are not resolved, so that the quotes have to be those that leave it as it is.
fn push_key(out: &mut String, key: &str) {
    if is_bare_key(key) {
        return out.push_str(key);
    }
    let quote = if key.contains('\'') { '"' } else { '\'' };
    out.push(quote);
    out.push_str(key);
    out.push(quote);
}

pub(super) fn push_escaped(out: &mut String, value: &str) {
    out.push('"');
    if !value.bytes().any(|byte| byte == b'"' || byte == b'\\') {
        out.push_str(value);
        return out.push('"');
    }
    for c in value.chars() {
        if c == '"' || c == '\\' {
            out.push('\\');
        }
        out.push(c);
    }
    out.push('"');
}

/// `1024 Kilobytes`, `4 Megabytes`, `4.125 Megabytes`: six digits, and the next unit only above
/// 1024 of the one before.
fn human_size(sectors: Sectors) -> String {
    const UNITS: [&str; 6] = ["Kilobytes", "Megabytes", "Gigabytes", "Terabytes", "Petabytes", "Exabytes"];
    // In units of 2^-1 KiB, exact in a u128, so that only the last division rounds.
    let mut unit = 0_usize;
    let mut divisor = 2_u128;
    let value = u128::from(sectors.0);
    while value > divisor.saturating_mul(1024) && unit < 5 {
        divisor = divisor.saturating_mul(1024);
        unit = unit.saturating_add(1);
    }
    let whole = value / divisor.max(1);
    let decimals = match whole {
        0..10 => 5_u32,
        10..100 => 4,
        100..1000 => 3,
        1000..10_000 => 2,
        _ => 0,
    };
    let scale = 10_u128.saturating_pow(decimals);
    let scaled = value.saturating_mul(scale).saturating_add(divisor / 2) / divisor.max(1);
    let mut text = String::new();
    let fraction = scaled % scale;
    let _ = write!(text, "{}", scaled / scale);
    if fraction > 0 {
        let digits = format!("{fraction:0width$}", width = usize::try_from(decimals).unwrap_or(0));
        let _ = write!(text, ".{}", digits.trim_end_matches('0'));
    }
    let _ = write!(text, " {}", UNITS.get(unit).copied().unwrap_or("Exabytes"));
    text
}

/// Local time by `strftime` pattern; nothing when the time is beyond the calendar.
pub(super) fn format_time(zone: &dyn TimeZone, seconds: u64, pattern: &str) -> String {
    let seconds = i64::try_from(seconds).unwrap_or(i64::MAX);
    let Ok(timestamp) = Timestamp::from_second(seconds) else { return String::new() };
    let Ok(offset) = Offset::from_seconds(zone.utc_offset(seconds)) else { return String::new() };
    strtime::format(pattern, &timestamp.to_zoned(offset.to_time_zone())).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stamp::Utc;

    #[test]
    fn size_comments() {
        let table = [
            (0, "0 Kilobytes"),
            (1, "0.5 Kilobytes"),
            (2048, "1024 Kilobytes"),
            (2050, "1.00098 Megabytes"),
            (8192, "4 Megabytes"),
            (8448, "4.125 Megabytes"),
            (131_072, "64 Megabytes"),
            (129_024, "63 Megabytes"),
            (2 << 30, "1024 Gigabytes"),
            (u64::MAX, "8192 Exabytes"),
        ];
        for (sectors, text) in table {
            assert_eq!(human_size(Sectors(sectors)), text, "{sectors}");
        }
    }

    #[test]
    fn times() {
        assert_eq!(format_time(&Utc, 1_795_348_258, "%a %b %e %H:%M:%S %Y"), "Sun Nov 22 11:50:58 2026");
        assert_eq!(format_time(&Utc, 1_796_000_000, "%a %b %e %H:%M:%S %Y"), "Mon Nov 30 00:53:20 2026");
        assert_eq!(format_time(&Utc, 0, "%Y-%m-%d %T %z"), "1970-01-01 00:00:00 +0000");
        assert_eq!(format_time(&Utc, u64::MAX, "%Y"), "");
    }
}
