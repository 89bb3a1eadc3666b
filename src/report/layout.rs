//! Reports as text: columns, unaligned lists, `NAME='value'` pairs, columns turned to rows.

use std::fmt;

use super::field::Field;
use super::format::Format;
use super::table::Table;

/// What stands above columns.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub enum Headings {
    /// Nothing (`--noheadings`).
    None,
    /// A short heading, as `LSize`.
    #[default]
    Abbreviated,
    /// The name of the field, as `lv_size`.
    Full,
}

impl Headings {
    fn of(self, field: &Field) -> &'static str {
        match self {
            Self::None => "",
            Self::Abbreviated => field.heading,
            Self::Full => field.id,
        }
    }
}

/// How the text is laid out.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Layout {
    /// What stands above columns, or in front of rows when they were turned.
    pub headings: Headings,
    /// Pad cells to the width of their column.
    pub aligned: bool,
    /// What stands between cells (`--separator`).
    pub separator: String,
    /// Print `LVM2_FIELD='value'` instead of values (`--nameprefixes`).
    pub name_prefixes: bool,
    /// Put the values of those pairs in quotes; off with `--unquoted`.
    pub quoted: bool,
    /// Turn columns to rows (`--rows`).
    pub columns_as_rows: bool,
    /// What every line begins with.
    pub prefix: String,
}

impl Default for Layout {
    fn default() -> Self {
        Self {
            headings: Headings::Abbreviated,
            aligned: true,
            separator: " ".to_owned(),
            name_prefixes: false,
            quoted: true,
            columns_as_rows: false,
            prefix: "  ".to_owned(),
        }
    }
}

impl Layout {
    /// Aligned columns under headings.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Leaves the headings away (`--noheadings`).
    #[must_use]
    pub fn without_headings(self) -> Self {
        self.with_headings(Headings::None)
    }

    /// Sets the headings (`--headings`).
    #[must_use]
    pub fn with_headings(mut self, headings: Headings) -> Self {
        self.headings = headings;
        self
    }

    /// Puts that between cells and does not align them (`--separator`); see
    /// [`with_alignment`](Self::with_alignment).
    #[must_use]
    pub fn with_separator(mut self, separator: impl Into<String>) -> Self {
        self.separator = separator.into();
        self.aligned = false;
        self
    }

    /// Aligns the cells (`--aligned`), also with a separator. Turned reports are never aligned.
    #[must_use]
    pub fn with_alignment(mut self) -> Self {
        self.aligned = true;
        self
    }

    /// Prints `LVM2_FIELD='value'` and does not align it (`--nameprefixes`).
    #[must_use]
    pub fn with_name_prefixes(mut self) -> Self {
        self.name_prefixes = true;
        self.aligned = false;
        self
    }

    /// Leaves the quotes of those pairs away (`--unquoted`).
    #[must_use]
    pub fn without_quotes(mut self) -> Self {
        self.quoted = false;
        self
    }

    /// Turns columns to rows (`--rows`).
    #[must_use]
    pub fn with_columns_as_rows(mut self) -> Self {
        self.columns_as_rows = true;
        self
    }

    fn aligns(&self) -> bool {
        self.aligned && !self.columns_as_rows
    }
}

/// The cells' texts in one buffer.
struct Texts {
    all: String,
    /// Where each row begins.
    rows: Vec<usize>,
    /// The length of each cell, row by row.
    lengths: Vec<u32>,
    widths: Vec<usize>,
}

impl Texts {
    fn new(table: &Table<'_>, format: &Format, headings: Headings) -> Self {
        let least = |field: &&Field| match headings {
            Headings::Full => field.width.max(field.id.len()),
            _ => field.width,
        };
        let widths = table.fields().iter().map(least).collect::<Vec<_>>();
        let rows = table.rows().len();
        let mut texts = Self {
            all: String::with_capacity(rows * widths.len() * 4),
            rows: Vec::with_capacity(rows),
            lengths: Vec::with_capacity(rows * widths.len()),
            widths,
        };
        for row in table.rows() {
            texts.rows.push(texts.all.len());
            for (value, width) in row.iter().zip(&mut texts.widths) {
                let start = texts.all.len();
                format.write(&mut texts.all, value);
                let length = texts.all.len() - start;
                *width = (*width).max(length);
                // No value is as long as 4 GiB: a text has 256 MiB.
                texts.lengths.push(u32::try_from(length).unwrap_or(u32::MAX));
            }
        }
        texts
    }

    /// The cells of a row.
    fn row(&self, row: usize) -> impl Iterator<Item = &str> {
        let columns = self.widths.len();
        let mut start = self.rows.get(row).copied().unwrap_or(0);
        let lengths = self.lengths.get(row * columns..(row + 1) * columns).unwrap_or_default();
        lengths.iter().map(move |length| {
            let end = start + *length as usize;
            let text = self.all.get(start..end).unwrap_or_default();
            start = end;
            text
        })
    }
}

impl Table<'_> {
    /// The report as text, as lvm2's commands print it. Nothing at all when there are no rows.
    #[must_use]
    pub fn to_text(&self, format: &Format, layout: &Layout) -> String {
        let mut out = String::new();
        // Writing to a String never fails.
        let _ = self.write_text(&mut out, format, layout);
        out
    }

    /// Writes the report as text.
    ///
    /// # Errors
    /// Those of `out`.
    pub fn write_text(&self, out: &mut impl fmt::Write, format: &Format, layout: &Layout) -> fmt::Result {
        if self.rows().len() == 0 {
            return Ok(());
        }
        let texts = Texts::new(self, format, layout.headings);
        let writer = TextWriter { table: self, layout, texts };
        if layout.columns_as_rows { writer.columns_as_rows(out) } else { writer.rows(out) }
    }
}

struct TextWriter<'t, 'i> {
    table: &'t Table<'i>,
    layout: &'t Layout,
    texts: Texts,
}

impl TextWriter<'_, '_> {
    fn rows(&self, out: &mut impl fmt::Write) -> fmt::Result {
        if self.layout.headings != Headings::None {
            out.write_str(&self.layout.prefix)?;
            for (column, field) in self.table.fields().iter().enumerate() {
                self.separate(out, column)?;
                self.heading(out, column, field)?;
            }
            // As in lvm2, columns that were left out at the end leave this behind.
            if self.table.is_cut() && !self.table.fields().is_empty() {
                out.write_str(&self.layout.separator)?;
            }
            out.write_char('\n')?;
        }
        // A line at a time: what is behind `out` may take more than adding to a string.
        let mut line = String::new();
        for row in 0..self.texts.rows.len() {
            line.clear();
            line.push_str(&self.layout.prefix);
            for (column, (field, text)) in self.table.fields().iter().zip(self.texts.row(row)).enumerate() {
                self.separate(&mut line, column)?;
                self.cell(&mut line, text, column, field)?;
            }
            line.push('\n');
            out.write_str(&line)?;
        }
        Ok(())
    }

    fn columns_as_rows(&self, out: &mut impl fmt::Write) -> fmt::Result {
        for (column, field) in self.table.fields().iter().enumerate() {
            out.write_str(&self.layout.prefix)?;
            if self.layout.headings != Headings::None {
                self.heading(out, column, field)?;
            }
            for row in 0..self.texts.rows.len() {
                if row > 0 || self.layout.headings != Headings::None {
                    out.write_str(&self.layout.separator)?;
                }
                let text = self.texts.row(row).nth(column).unwrap_or_default();
                self.cell(out, text, column, field)?;
            }
            out.write_char('\n')?;
        }
        Ok(())
    }

    fn separate(&self, out: &mut impl fmt::Write, column: usize) -> fmt::Result {
        if column > 0 { out.write_str(&self.layout.separator) } else { Ok(()) }
    }

    /// Headings are flush left and cut at the width of their column.
    fn heading(&self, out: &mut impl fmt::Write, column: usize, field: &Field) -> fmt::Result {
        let heading = self.layout.headings.of(field);
        if !self.layout.aligns() {
            return out.write_str(heading);
        }
        let width = self.width(column);
        write!(out, "{heading:<width$.width$}")
    }

    fn cell(&self, out: &mut impl fmt::Write, text: &str, column: usize, field: &Field) -> fmt::Result {
        if self.layout.name_prefixes {
            out.write_str("LVM2_")?;
            for letter in field.id.chars() {
                out.write_char(letter.to_ascii_uppercase())?;
            }
            out.write_char('=')?;
            if self.layout.quoted {
                out.write_char('\'')?;
            }
        }
        self.padded(out, text, column, field)?;
        if self.layout.name_prefixes && self.layout.quoted {
            out.write_char('\'')?;
        }
        Ok(())
    }

    fn padded(&self, out: &mut impl fmt::Write, text: &str, column: usize, field: &Field) -> fmt::Result {
        if !self.layout.aligns() {
            return out.write_str(text);
        }
        let padding = self.width(column).saturating_sub(text.len());
        if field.kind.is_right_aligned() {
            spaces(out, padding)?;
            out.write_str(text)
        } else {
            out.write_str(text)?;
            spaces(out, padding)
        }
    }

    fn width(&self, column: usize) -> usize {
        self.texts.widths.get(column).copied().unwrap_or(0)
    }
}

fn spaces(out: &mut impl fmt::Write, mut count: usize) -> fmt::Result {
    const BLANK: &str = "                                ";
    while count > 0 {
        let some = BLANK.get(..count).unwrap_or(BLANK);
        out.write_str(some)?;
        count = count.saturating_sub(some.len());
    }
    Ok(())
}
