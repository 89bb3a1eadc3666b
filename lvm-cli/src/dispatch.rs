//! Which command a command line means, and its exit code.

use std::ffi::OsString;
use std::path::Path;

use crate::args::{UsageError, option, parse};
use crate::command;
use crate::help;
use crate::output::Output;
use crate::session::{EXIT_NO_SUCH_COMMAND, EXIT_USAGE, Session};

/// Names under which this program takes the command from its first argument.
const OWN_NAMES: [&str; 2] = ["lvm", "lvmkit"];

/// Runs a command line, its first word being the name the program was called by.
pub(crate) fn run(line: impl Iterator<Item = OsString>) -> u8 {
    let mut out = Output::new();
    let words = line.map(OsString::into_string).collect::<Result<Vec<_>, _>>();
    let code = match words {
        Ok(words) => run_words(&mut out, &words),
        Err(word) => {
            out.err(&format!("  Argument is not UTF-8: {}", word.to_string_lossy()));
            EXIT_USAGE
        }
    };
    out.flush();
    code
}

fn run_words(out: &mut Output, words: &[String]) -> u8 {
    let called = words.first().map_or("lvmkit", String::as_str);
    let base = Path::new(called).file_name().and_then(|name| name.to_str()).unwrap_or(called);
    // A copy under any other name is the program itself, unless it is named like a command.
    let own = OWN_NAMES.contains(&base) || command::find(base).is_none();
    let (name, rest) = match (own, words.get(1)) {
        (false, _) => (base, words.get(1..)),
        (true, Some(name)) => (name.as_str(), words.get(2..)),
        (true, None) => {
            help::print_commands(out);
            return EXIT_USAGE;
        }
    };
    let rest = rest.unwrap_or_default();
    match name {
        "help" | "--help" | "-h" => return help::run(out, rest),
        "version" | "--version" => {
            help::print_version(out);
            return 0;
        }
        _ => {}
    }
    let Some(command) = command::find(name) else {
        out.err("  No such command.  Try 'help'.");
        return EXIT_NO_SUCH_COMMAND;
    };
    let args = match parse(command, rest) {
        Ok(args) => args,
        Err(error) => return usage(out, &error),
    };
    if args.has(&option::HELP) || args.has(&option::LONG_HELP) {
        help::print_command(out, command);
        return 0;
    }
    if args.has(&option::VERSION) {
        help::print_version(out);
        return 0;
    }
    Session::new(out, command, args, shown_line(base, words)).run()
}

fn usage(out: &mut Output, error: &UsageError) -> u8 {
    for line in &error.0 {
        out.err(line);
    }
    EXIT_USAGE
}

/// The command line for the metadata's `description`: the program's name without its directory.
fn shown_line(base: &str, words: &[String]) -> String {
    let mut line = base.to_owned();
    for word in words.iter().skip(1) {
        line.push(' ');
        line.push_str(word);
    }
    line.chars().map(|c| if c.is_control() { ' ' } else { c }).collect()
}
