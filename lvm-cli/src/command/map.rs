//! `map`

use std::io::IsTerminal;
use std::path::Path;

use console::Term;
use lvmkit::map::{ExtentMap, SvgOptions, TextOptions};

use super::Command;
use super::version;
use crate::args::{Args, option as o};
use crate::session::{Failure, Outcome, Session};

pub(super) static COMMAND: Command = Command {
    name: "map",
    summary: "Draw which volume lies where",
    usage: &[
        "map [ --width Columns ] [ --colour auto|always|never ] VG|VG@SEQNO|FILE",
        "map --svg File|- [ --width Pixels ] VG|VG@SEQNO|FILE",
        "map --reportformat json VG|VG@SEQNO|FILE",
    ],
    options: &[
        o::COMMON,
        &[&o::ARCHIVE_DIR, &o::COLOUR, &o::MAP_WIDTH, &o::READONLY, &o::REPORTFORMAT, &o::SVG],
    ],
    run,
};

/// Columns that nobody has to ask for.
const COLUMNS: usize = 80;

fn run(session: &mut Session<'_>) -> Outcome {
    let [word] = session.args.words.as_slice() else { return Err(Failure::Syntax) };
    let word = word.clone();
    let width = session.args.number(&o::MAP_WIDTH);
    if width == Some(0) {
        return Err(Failure::usage("--width may not be zero."));
    }
    let map = ExtentMap::new(&version::find(session, &word)?.vg)?;
    if let Some(file) = session.args.text(&o::SVG) {
        let mut options = SvgOptions::new();
        if let Some(width) = width {
            options = options.width(width);
        }
        let file = file.to_owned();
        return write(session, &file, &map.to_svg(options));
    }
    if session.is_json() {
        session.out.lines("", &map.to_json());
        return Ok(());
    }
    let mut options = TextOptions::new()
        .width(width.map_or_else(columns, |width| usize::try_from(width).unwrap_or(usize::MAX)))
        .colour(has_colour(&session.args))
        .unicode(is_utf8());
    if session.out.verbose > 0 {
        options = options.segments(usize::MAX);
    }
    session.out.raw(&map.to_text(options));
    Ok(())
}

fn write(session: &mut Session<'_>, file: &str, text: &str) -> Outcome {
    if file == "-" {
        session.out.raw(text);
        return Ok(());
    }
    session.write_file(Path::new(file), text).map_err(|error| {
        Failure::Refused(vec![
            format!("Cannot write the map to {file}."),
            format!("  because: {error}"),
            "  name a file in a directory that exists and that you may write to, or - for standard output"
                .to_owned(),
        ])
    })
}

/// The columns of a narrow terminal, or those of most.
fn columns() -> usize {
    if !std::io::stdout().is_terminal() {
        return COLUMNS;
    }
    Term::stdout().size_checked().map_or(COLUMNS, |(_, columns)| usize::from(columns).clamp(1, COLUMNS))
}

fn has_colour(args: &Args) -> bool {
    match args.text(&o::COLOUR) {
        Some("always") => true,
        Some("never") => false,
        _ => {
            let is_set = |name: &str| std::env::var_os(name).is_some_and(|value| !value.is_empty());
            let dumb = std::env::var_os("TERM").is_none_or(|term| term == "dumb");
            std::io::stdout().is_terminal() && !is_set("NO_COLOR") && !dumb
        }
    }
}

/// True when the locale's letters are those of Unicode.
fn is_utf8() -> bool {
    let names = ["LC_ALL", "LC_CTYPE", "LANG"];
    let value = names.iter().filter_map(|name| std::env::var(name).ok()).find(|value| !value.is_empty());
    value.is_some_and(|value| {
        let value = value.to_ascii_lowercase();
        value.contains("utf-8") || value.contains("utf8")
    })
}
