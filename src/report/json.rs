//! Reports as JSON: lvm2's `json`, where every value is text, and `json_std` with numbers, lists
//! and null.

use std::fmt;

use super::field::{Field, FieldKind};
use super::format::Format;
use super::table::Table;
use super::value::Value;

/// Which JSON.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum JsonStyle {
    /// Every value is a string (`--reportformat json`).
    Text,
    /// Numbers, lists and null (`--reportformat json_std`). Sizes are numbers when they have no
    /// suffix.
    Typed,
}

/// One or more reports as one JSON document, spaced as lvm2 does.
#[must_use]
pub fn to_json(tables: &[Table<'_>], format: &Format, style: JsonStyle) -> String {
    let mut out = String::new();
    // Writing to a String never fails.
    let _ = write_json(&mut out, tables, format, style);
    out
}

/// Writes one or more reports as one JSON document. A report without rows is an empty list.
///
/// # Errors
/// Those of `out`.
pub fn write_json(
    out: &mut impl fmt::Write,
    tables: &[Table<'_>],
    format: &Format,
    style: JsonStyle,
) -> fmt::Result {
    write_json_groups(out, &[tables], format, style)
}

/// Writes reports of several things, such as those of each group, as one JSON document.
///
/// # Errors
/// Those of `out`.
pub fn write_json_groups<'t, 'i: 't>(
    out: &mut impl fmt::Write,
    groups: &[impl AsRef<[Table<'i>]> + 't],
    format: &Format,
    style: JsonStyle,
) -> fmt::Result {
    out.write_str("  {\n      \"report\": [\n")?;
    for (at, tables) in groups.iter().enumerate() {
        out.write_str(if at > 0 { "          ,\n          {\n" } else { "          {\n" })?;
        for (at, table) in tables.as_ref().iter().enumerate() {
            if at > 0 {
                out.write_str("              ,\n")?;
            }
            write_table(out, table, format, style)?;
        }
        out.write_str("          }\n")?;
    }
    out.write_str("      ]\n  }\n")
}

fn write_table(
    out: &mut impl fmt::Write,
    table: &Table<'_>,
    format: &Format,
    style: JsonStyle,
) -> fmt::Result {
    writeln!(out, "              \"{}\": [", table.kind().name())?;
    let mut text = String::new();
    let rows = table.rows().len();
    for (row, cells) in table.rows().enumerate() {
        out.write_str("                  {")?;
        for (column, (field, value)) in table.fields().iter().zip(cells).enumerate() {
            out.write_str(if column == 0 { "\"" } else { ", \"" })?;
            out.write_str(field.id)?;
            out.write_str("\":")?;
            match style {
                JsonStyle::Text => write_text(out, &mut text, format, value)?,
                JsonStyle::Typed => write_typed(out, &mut text, format, field, value)?,
            }
        }
        out.write_str(if row + 1 < rows { "},\n" } else { "}\n" })?;
    }
    out.write_str("              ]\n")
}

impl Table<'_> {
    /// This report alone as a JSON document.
    #[must_use]
    pub fn to_json(&self, format: &Format, style: JsonStyle) -> String {
        to_json(std::slice::from_ref(self), format, style)
    }
}

fn write_text(
    out: &mut impl fmt::Write,
    text: &mut String,
    format: &Format,
    value: &Value<'_>,
) -> fmt::Result {
    text.clear();
    format.write(text, value);
    write_string(out, text)
}

fn write_typed(
    out: &mut impl fmt::Write,
    text: &mut String,
    format: &Format,
    field: &Field,
    value: &Value<'_>,
) -> fmt::Result {
    let bare = match value {
        Value::Unknown | Value::NoSize => {
            return out.write_str(if field.kind == FieldKind::Text { "\"\"" } else { "null" });
        }
        Value::List(list) | Value::Joined { items: list, .. } => {
            out.write_char('[')?;
            for (at, item) in list.iter().enumerate() {
                if at > 0 {
                    out.write_char(',')?;
                }
                write_string(out, item)?;
            }
            return out.write_char(']');
        }
        Value::Number(_) | Value::Signed(_) | Value::Percent(_) => true,
        Value::Size(_) => !format.suffix,
        Value::Flag { .. } => format.binary,
        _ => false,
    };
    if !bare {
        return write_text(out, text, format, value);
    }
    text.clear();
    format.write(text, value);
    // Human-readable sizes keep their letter and so stay text.
    if text.parse::<f64>().is_ok() { out.write_str(text) } else { write_string(out, text) }
}

/// A JSON string.
fn write_string(out: &mut impl fmt::Write, text: &str) -> fmt::Result {
    out.write_char('"')?;
    let mut rest = text;
    while let Some(at) = rest.find(|letter: char| letter == '"' || letter == '\\' || letter < ' ') {
        let (plain, special) = rest.split_at(at);
        out.write_str(plain)?;
        let mut letters = special.chars();
        match letters.next() {
            Some(letter @ ('"' | '\\')) => write!(out, "\\{letter}")?,
            Some(letter) => write!(out, "\\u{:04x}", u32::from(letter))?,
            None => {}
        }
        rest = letters.as_str();
    }
    out.write_str(rest)?;
    out.write_char('"')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn strings_are_escaped() {
        let mut out = String::new();
        write_string(&mut out, "a\"b\\c\nd").unwrap();
        assert_eq!(out, "\"a\\\"b\\\\c\\u000ad\"");
    }
}
