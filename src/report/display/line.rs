//! Lines of a display, and how they are printed.

use std::borrow::Cow;
use std::fmt;

use lvm_core::Bytes;

use crate::report::format::Format;
use crate::report::value::Value;

/// A piece of what stands behind a label.
#[derive(Clone, PartialEq, Eq, Debug)]
#[non_exhaustive]
pub enum Part<'i> {
    /// Words around values.
    Text(Cow<'static, str>),
    /// A value. Sizes print with the long names of units: `8.00 GiB`.
    Value(Value<'i>),
    /// A value that takes at least so many characters.
    Padded(Value<'i>, usize),
}

impl From<&'static str> for Part<'_> {
    fn from(text: &'static str) -> Self {
        Self::Text(Cow::Borrowed(text))
    }
}

impl From<String> for Part<'_> {
    fn from(text: String) -> Self {
        Self::Text(Cow::Owned(text))
    }
}

impl<'i> From<Value<'i>> for Part<'i> {
    fn from(value: Value<'i>) -> Self {
        Self::Value(value)
    }
}

impl From<Bytes> for Part<'_> {
    fn from(size: Bytes) -> Self {
        Self::Value(Value::Size(size))
    }
}

impl From<u64> for Part<'_> {
    fn from(number: u64) -> Self {
        Self::Value(Value::Number(number))
    }
}

impl From<u32> for Part<'_> {
    fn from(number: u32) -> Self {
        Self::from(u64::from(number))
    }
}

/// Where the value of a labelled line stands.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Style {
    /// In the column of groups and physical volumes.
    Group,
    /// In the column of logical volumes, one further to the right.
    Volume,
    /// Behind tabs, as in the description of a segment.
    Segment,
    /// Behind tabs, further in: what lies below one leg of a segment.
    Leg,
}

/// One line.
#[derive(Clone, PartialEq, Eq, Debug)]
#[non_exhaustive]
pub enum Line<'i> {
    /// What a block is about, printed between dashes.
    Title(&'static str),
    /// A label and what stands behind it.
    Item {
        /// Where it stands.
        style: Style,
        /// What it is; empty when the line goes on with the one above.
        label: Cow<'static, str>,
        /// The values.
        parts: Vec<Part<'i>>,
    },
    /// A line without a label.
    Text(Vec<Part<'i>>),
    /// Something that is said about what follows.
    Message(Vec<Part<'i>>),
    /// Values with colons between.
    Colons(Vec<Value<'i>>),
    /// The blank line that ends a block.
    End,
}

/// The lines of a display.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Lines<'i> {
    lines: Vec<Line<'i>>,
    pub(super) si_unit_consistency: bool,
}

impl<'i> Lines<'i> {
    pub(super) fn new(si_unit_consistency: bool) -> Self {
        Self { lines: Vec::new(), si_unit_consistency }
    }

    /// The lines.
    #[must_use]
    pub fn as_slice(&self) -> &[Line<'i>] {
        &self.lines
    }

    /// Leaves out what is only said about the rest (`-qq`).
    #[must_use]
    pub fn without_messages(mut self) -> Self {
        self.lines.retain(|line| !matches!(line, Line::Message(_)));
        self
    }

    pub(super) fn message<const N: usize>(&mut self, parts: [Part<'i>; N]) {
        self.lines.push(Line::Message(parts.into()));
    }

    pub(super) fn title(&mut self, title: &'static str) {
        self.lines.push(Line::Title(title));
    }

    pub(super) fn end(&mut self) {
        self.lines.push(Line::End);
    }

    pub(super) fn colons(&mut self, values: Vec<Value<'i>>) {
        self.lines.push(Line::Colons(values));
    }

    pub(super) fn text<const N: usize>(&mut self, parts: [Part<'i>; N]) {
        self.lines.push(Line::Text(parts.into()));
    }

    pub(super) fn item(
        &mut self,
        style: Style,
        label: impl Into<Cow<'static, str>>,
        part: impl Into<Part<'i>>,
    ) {
        self.items(style, label, [part.into()]);
    }

    pub(super) fn items<const N: usize>(
        &mut self,
        style: Style,
        label: impl Into<Cow<'static, str>>,
        parts: [Part<'i>; N],
    ) {
        self.lines.push(Line::Item { style, label: label.into(), parts: parts.into() });
    }

    /// Prints them. Only the format's units, suffix and time zone count.
    ///
    /// # Errors
    /// Those of `out`.
    pub fn write_text(&self, out: &mut impl fmt::Write, format: &Format) -> fmt::Result {
        let mut text = String::new();
        for line in &self.lines {
            text.clear();
            text.push_str("  ");
            self.write_line(&mut text, line, format);
            text.push('\n');
            out.write_str(&text)?;
        }
        Ok(())
    }

    /// The same as a string.
    #[must_use]
    pub fn to_text(&self, format: &Format) -> String {
        let mut text = String::new();
        // Writing to a String never fails.
        let _ = self.write_text(&mut text, format);
        text
    }

    fn write_line(&self, out: &mut String, line: &Line<'_>, format: &Format) {
        match line {
            Line::Title(title) => {
                out.push_str("--- ");
                out.push_str(title);
                out.push_str(" ---");
            }
            Line::Item { style, label, parts } => {
                write_label(out, *style, label);
                self.write_parts(out, parts, format);
            }
            Line::Text(parts) | Line::Message(parts) => self.write_parts(out, parts, format),
            Line::Colons(values) => {
                for (at, value) in values.iter().enumerate() {
                    if at > 0 {
                        out.push(':');
                    }
                    format.write(out, value);
                }
            }
            Line::End => out.push(' '),
        }
    }

    fn write_parts(&self, out: &mut String, parts: &[Part<'_>], format: &Format) {
        for part in parts {
            match part {
                Part::Text(text) => out.push_str(text),
                Part::Value(value) => self.write_value(out, value, format),
                Part::Padded(value, width) => {
                    let start = out.len();
                    self.write_value(out, value, format);
                    let written = out.get(start..).map_or(0, |text| text.chars().count());
                    out.extend(std::iter::repeat_n(' ', width.saturating_sub(written)));
                }
            }
        }
    }

    fn write_value(&self, out: &mut String, value: &Value<'_>, format: &Format) {
        match value {
            Value::Size(size) => {
                out.push_str(&format.units.print_long(*size, format.suffix, self.si_unit_consistency));
            }
            value => format.write(out, value),
        }
    }
}

/// Columns of a terminal between two stops of its tabulator.
const TAB: usize = 8;
/// Where the values of segments stand.
const SEGMENT_COLUMN: usize = 24;
/// A label that lvm2 puts one tab behind, although it is shorter than those with one.
const ONE_TAB: &str = "Max discard";

fn write_label(out: &mut String, style: Style, label: &str) {
    let column = match style {
        Style::Group => 21,
        Style::Volume => 22,
        Style::Segment | Style::Leg => {
            out.push_str(if style == Style::Segment { "  " } else { "    " });
            out.push_str(label);
            // What was written is the whole line so far, with its two blanks in front.
            let stops = SEGMENT_COLUMN / TAB;
            let tabs = if label == ONE_TAB { 1 } else { stops.saturating_sub(out.len() / TAB).max(1) };
            out.extend(std::iter::repeat_n('\t', tabs));
            return;
        }
    };
    out.push_str(label);
    out.extend(std::iter::repeat_n(' ', column.max(label.len()) - label.len() + 1));
}
