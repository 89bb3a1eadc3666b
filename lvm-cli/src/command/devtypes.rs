//! `devtypes`

use std::fmt::Write as _;

use lvmkit::report::{Headings, JsonStyle, Layout};
use lvmkit::scan::{DeviceType, device_types};

use super::{Command, report};
use crate::args::{Opt, option as o};
use crate::session::{Failure, Outcome, Session};

static REPORT: &[&Opt] = &[
    &o::ALIGNED,
    &o::BINARY,
    &o::NAMEPREFIXES,
    &o::NOHEADINGS,
    &o::NOSUFFIX,
    &o::OPTIONS,
    &o::REPORTFORMAT,
    &o::ROWS,
    &o::DEVTYPES_SELECT,
    &o::SEPARATOR,
    &o::SORT,
    &o::UNBUFFERED,
    &o::UNITS,
    &o::UNQUOTED,
];

pub(super) static COMMAND: Command = Command {
    name: "devtypes",
    summary: "Report on the kinds of devices that may hold physical volumes",
    usage: &["devtypes"],
    options: &[o::COMMON, REPORT],
    run,
};

/// A column.
struct Field {
    id: &'static str,
    heading: &'static str,
    help: &'static str,
    is_number: bool,
    value: fn(&DeviceType) -> String,
}

const PREFIX: &str = "devtype_";

static FIELDS: [Field; 3] = [
    Field {
        id: "devtype_name",
        heading: "DevType",
        help: "Name of the driver, as in /proc/devices.",
        is_number: false,
        value: |kind| kind.name.to_owned(),
    },
    Field {
        id: "devtype_max_partitions",
        heading: "MaxParts",
        help: "Minor numbers that are reserved for each device.",
        is_number: true,
        value: |kind| kind.max_partitions.to_string(),
    },
    Field {
        id: "devtype_description",
        heading: "Description",
        help: "What it is.",
        is_number: false,
        value: |kind| kind.description.to_owned(),
    },
];

fn run(session: &mut Session<'_>) -> Outcome {
    super::no_words(session)?;
    if session.args.texts(&o::OPTIONS).any(|text| matches!(text, "help" | "?")) {
        session.out.err(help().trim_end());
        return Ok(());
    }
    let fields = columns(session)?;
    let mut kinds = device_types().iter().collect::<Vec<_>>();
    sort(session, &mut kinds)?;
    let rows = kinds.iter().map(|kind| fields.iter().map(|field| (field.value)(kind)).collect());
    let rows = rows.collect::<Vec<Vec<String>>>();
    let settings = report::settings(session)?;
    let text = match report::json(session, &settings) {
        Some(JsonStyle::Text) => json(&fields, &rows, |_| true),
        Some(JsonStyle::Typed) => json(&fields, &rows, |field| !field.is_number),
        None => table(&report::layout(session, settings.layout()), &fields, rows),
    };
    session.out.raw(&text);
    Ok(())
}

fn help() -> String {
    let mut text = String::from("  Device Types Fields\n  -------------------\n");
    let all = ("devtype_all", "All fields in this section.");
    for (id, help) in std::iter::once(all).chain(FIELDS.iter().map(|field| (field.id, field.help))) {
        let _ = writeln!(text, "    {id:<22} - {help}");
    }
    text
}

fn find(name: &str) -> Outcome<&'static Field> {
    let found = FIELDS.iter().find(|field| field.id == name || field.id.strip_prefix(PREFIX) == Some(name));
    found.ok_or_else(|| Failure::refused(format!("Unrecognised field: {name}")))
}

/// The columns, as `-o` says.
fn columns(session: &Session<'_>) -> Outcome<Vec<&'static Field>> {
    let mut fields = FIELDS.iter().collect::<Vec<_>>();
    for text in session.args.texts(&o::OPTIONS) {
        let sign = text.chars().next().filter(|c| matches!(c, '+' | '-' | '#'));
        let names = text.trim_start_matches(['+', '-', '#']).split(',').filter(|name| !name.is_empty());
        let mut given = Vec::new();
        for name in names {
            match name {
                "all" | "devtype_all" => given.extend(FIELDS.iter()),
                name => given.push(find(name)?),
            }
        }
        match sign {
            Some('+') => fields.extend(given),
            Some('-') => fields.retain(|field| !given.iter().any(|gone| gone.id == field.id)),
            // No column is ever blank.
            Some(_) => {}
            None => fields = given,
        }
    }
    Ok(fields)
}

/// The order, as `-O` says; by name without it.
fn sort(session: &Session<'_>, kinds: &mut [&DeviceType]) -> Outcome {
    let keys = session.args.text(&o::SORT).unwrap_or("devtype_name");
    let keys = keys.split(',').filter(|key| !key.is_empty()).map(|key| {
        let name = key.trim_start_matches(['+', '-']);
        find(name).map(|field| (field, key.starts_with('-')))
    });
    let keys = keys.collect::<Outcome<Vec<_>>>()?;
    kinds.sort_by(|one, other| {
        let orders = keys.iter().map(|(field, downwards)| {
            let order = match field.is_number {
                true => one.max_partitions.cmp(&other.max_partitions),
                false => (field.value)(one).cmp(&(field.value)(other)),
            };
            if *downwards { order.reverse() } else { order }
        });
        orders.fold(std::cmp::Ordering::Equal, std::cmp::Ordering::then)
    });
    Ok(())
}

/// As text, in LVM2's layouts.
fn table(layout: &Layout, fields: &[&Field], mut rows: Vec<Vec<String>>) -> String {
    let mut headings = fields.iter().map(|field| field.heading.to_owned()).collect::<Vec<_>>();
    if layout.headings == Headings::Full {
        headings = fields.iter().map(|field| field.id.to_owned()).collect();
    }
    let has_headings = layout.headings != Headings::None;
    if layout.aligned && !layout.columns_as_rows {
        for (column, (field, heading)) in fields.iter().zip(&mut headings).enumerate() {
            let cells = || rows.iter().filter_map(|row| row.get(column));
            let least = if has_headings { heading.len() } else { 0 };
            let width = cells().map(String::len).fold(least, usize::max);
            *heading = format!("{heading:<width$}");
            for cell in rows.iter_mut().filter_map(|row| row.get_mut(column)) {
                *cell = if field.is_number { format!("{cell:>width$}") } else { format!("{cell:<width$}") };
            }
        }
    }
    if layout.name_prefixes {
        let quote = if layout.quoted { "'" } else { "" };
        for (field, cell) in rows.iter_mut().flat_map(|row| fields.iter().zip(row)) {
            *cell = format!("LVM2_{}={quote}{cell}{quote}", field.id.to_uppercase());
        }
    }
    if has_headings {
        rows.insert(0, headings);
    }
    if layout.columns_as_rows {
        let column = |column: usize| rows.iter().filter_map(|row| row.get(column).cloned()).collect();
        rows = (0..fields.len()).map(column).collect();
    }
    rows.iter().map(|row| format!("{}{}\n", layout.prefix, row.join(&layout.separator))).collect()
}

/// As JSON, spaced as LVM2 does.
fn json(fields: &[&Field], rows: &[Vec<String>], is_quoted: impl Fn(&Field) -> bool) -> String {
    let rows = rows.iter().map(|row| {
        let cells = fields.iter().zip(row).map(|(field, cell)| match is_quoted(field) {
            true => format!("\"{}\":\"{cell}\"", field.id),
            false => format!("\"{}\":{cell}", field.id),
        });
        format!("                  {{{}}}", cells.collect::<Vec<_>>().join(", "))
    });
    let rows = rows.collect::<Vec<_>>().join(",\n");
    format!(
        "  {{\n      \"report\": [\n          {{\n              \"devtype\": [\n{rows}\n              ]\n          }}\n      ]\n  }}\n"
    )
}
