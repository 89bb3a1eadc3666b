//! Which command a command line means, and its exit code.

use std::ffi::OsString;
use std::path::Path;

use crate::args::{UsageError, option, parse};
use crate::command;
use crate::help;
use crate::output::Output;
use crate::session::{EXIT_NO_SUCH_COMMAND, EXIT_NOT_BEGUN, EXIT_OK, EXIT_USAGE, Session};
use crate::shell;

/// Names under which this program takes the command from its first argument.
pub(crate) const OWN_NAMES: [&str; 2] = ["lvm", "lvmkit"];

/// Commands of LVM2 that are not here yet.
const LACKING: [&str; 3] = ["lvconvert", "pvmove", "vgconvert"];

/// Runs a command line, its first word being the name the program was called by.
pub(crate) fn run(line: impl Iterator<Item = OsString>) -> u8 {
    let words = line.map(OsString::into_string).collect::<Result<Vec<_>, _>>();
    let words = match words {
        Ok(words) => words,
        Err(word) => {
            Output::new().err(&format!("  Argument is not UTF-8: {}", word.to_string_lossy()));
            return EXIT_USAGE;
        }
    };
    let called = words.first().map_or("lvmkit", String::as_str);
    let base = Path::new(called).file_name().and_then(|name| name.to_str()).unwrap_or(called);
    // A copy under any other name is the program itself, unless it is named like a command.
    let own = OWN_NAMES.contains(&base) || command::find(base).is_none();
    let rest = words.get(1..).unwrap_or_default();
    if LACKING.contains(&base) {
        return run_own(base, base, rest);
    }
    if !own {
        return run_command(base, rest, &shown_line(base, rest));
    }
    match rest.split_first() {
        None => shell::run(base),
        Some((name, rest)) => run_own(base, name, rest),
    }
}

/// A command line behind the program's own name.
fn run_own(base: &str, name: &str, rest: &[String]) -> u8 {
    let mut out = Output::new();
    let code = match name {
        "--help" | "-h" => help::show(&mut out, rest, false),
        "--version" => {
            help::print_version(&mut out);
            EXIT_OK
        }
        _ if name.starts_with('-') => {
            out.err(&format!("  Specify options after a command: {base} [command] [options]."));
            EXIT_USAGE
        }
        _ if command::find(name).is_none() => match shell::script(name) {
            Some(text) => shell::run_script(&text),
            None => {
                match LACKING.contains(&name) {
                    true => out.err(&format!("  Command {name} is not supported: use LVM2's own.")),
                    false => out.err(&format!("  No such command.  Try '{base} help'.")),
                }
                EXIT_NO_SUCH_COMMAND
            }
        },
        _ => {
            let line = shown_line(name, rest);
            run_command(name, rest, &line)
        }
    };
    out.flush();
    code
}

/// Runs a command that exists. `line` is what the metadata's description says of it.
pub(crate) fn run_command(name: &str, rest: &[String], line: &str) -> u8 {
    let mut out = Output::new();
    if let Err(lines) = out.open_streams() {
        lines.iter().for_each(|line| out.err(&format!("  {line}")));
        return EXIT_NOT_BEGUN;
    }
    let code = run_with(&mut out, name, rest, line);
    out.flush();
    code
}

fn run_with(out: &mut Output, name: &str, rest: &[String], line: &str) -> u8 {
    let Some(command) = command::find(name) else { return EXIT_NO_SUCH_COMMAND };
    let args = match parse(command, rest) {
        Ok(args) => args,
        Err(error) => return usage(out, &error),
    };
    let long = args.has(&option::LONG_HELP);
    if command.name == help::HELP.name && !args.words.is_empty() {
        return help::show(out, &args.words, long);
    }
    if args.has(&option::HELP) || long {
        help::print_command(out, command, long);
        return EXIT_OK;
    }
    if args.has(&option::VERSION) {
        help::print_version(out);
        return EXIT_OK;
    }
    Session::new(out, command, args, line.to_owned()).run()
}

fn usage(out: &mut Output, error: &UsageError) -> u8 {
    for line in &error.0 {
        out.err(line);
    }
    EXIT_USAGE
}

/// The command line for the metadata's `description`, on one line.
pub(crate) fn shown_line(name: &str, words: &[String]) -> String {
    let mut line = name.to_owned();
    for word in words {
        line.push(' ');
        // As a shell would have to be told it.
        match word.contains(' ') {
            true => line.push_str(&format!("'{word}'")),
            false => line.push_str(word),
        }
    }
    line.chars().map(|c| if c.is_control() { ' ' } else { c }).collect()
}
