//! `help`, `--help`, `--longhelp` and `version`, from the table of commands.

use crate::args::{Opt, option as o};
use crate::command::{self, COMMANDS, Command};
use crate::manual::{OptionList, option_text, page};
use crate::output::Output;
use crate::session::{EXIT_OK, EXIT_USAGE, Outcome, Session};

pub(crate) static HELP: Command = Command {
    name: "help",
    summary: "Show how commands are called",
    usage: &["help [ COMMAND ... ]", "help all"],
    options: &[o::COMMON],
    run,
};

pub(crate) static VERSION: Command = Command {
    name: "version",
    summary: "Show the version",
    usage: &["version"],
    options: &[o::COMMON],
    run: |session| {
        print_version(session.out);
        Ok(())
    },
};

/// The version of LVM2 that commands, options and messages are those of.
const LVM_VERSION: &str = "2.03.16(2) (2022-05-18)";
/// Where option texts begin.
const INDENT: &str = "        ";
/// The widest line of a text.
const WIDTH: usize = 80;

fn run(session: &mut Session<'_>) -> Outcome {
    let words = session.args.words.clone();
    let code = show(session.out, &words, false);
    session.exit_with(code);
    Ok(())
}

/// The commands, or those that are named; `all` are all.
pub(crate) fn show(out: &mut Output, words: &[String], long: bool) -> u8 {
    if words.is_empty() {
        print_commands(out);
        return EXIT_OK;
    }
    let mut code = EXIT_OK;
    for (at, word) in words.iter().enumerate() {
        if at > 0 {
            out.raw("\n");
        }
        match command::find(word) {
            Some(command) => print_command(out, command, long),
            None if word == "all" => print_all(out, long),
            None => {
                out.lines("  ", &format!("{word}: no such command."));
                code = EXIT_USAGE;
            }
        }
    }
    code
}

/// The version.
pub(crate) fn print_version(out: &mut Output) {
    out.lines("  ", &format!("lvmkit version:  {}", env!("CARGO_PKG_VERSION")));
    // What scripts look for: the version of LVM2 whose commands these are.
    out.lines("  ", &format!("LVM version:     {LVM_VERSION}"));
    if let Ok(kernel) = lvmkit::dm::Kernel::open() {
        let version = kernel.version();
        out.lines("  ", &format!("Driver version:  {version}"));
    }
}

/// All commands.
pub(crate) fn print_commands(out: &mut Output) {
    out.lines("  ", "Volume groups, on disks and on plain image files. Commands:");
    out.raw("\n");
    for (name, summary) in summaries() {
        out.lines("  ", &format!("{name:<16}{summary}"));
    }
    out.raw("\n");
    out.lines(
        "  ",
        "Devices and image files are named with --devices or in $LVMKIT_DEVICES.\n\
         Use 'help COMMAND' for the options of a command. Without a command, commands are read\n\
         from the terminal or from standard input.",
    );
}

/// Names and summaries of what can be called.
pub(crate) fn summaries() -> Vec<(&'static str, &'static str)> {
    let mut all = COMMANDS.iter().map(|command| (command.name, command.summary)).collect::<Vec<_>>();
    all.sort_unstable();
    all
}

fn print_all(out: &mut Output, long: bool) {
    for (at, command) in COMMANDS.iter().enumerate() {
        if at > 0 {
            out.raw("\n");
        }
        print_command(out, command, long);
    }
}

/// One command; long with what its options do.
pub(crate) fn print_command(out: &mut Output, command: &'static Command, long: bool) {
    out.lines("  ", &format!("{} - {}", command.name, command.summary));
    out.raw("\n");
    for usage in command.usage {
        out.lines("  ", usage);
    }
    let page = page(command.name).filter(|_| long);
    for paragraph in page.iter().flat_map(|page| page.description) {
        out.raw("\n");
        out.lines("  ", &wrapped(paragraph, WIDTH - 2));
    }
    let options = OptionList::of(command);
    let groups = [("Options for command:", &options.own), ("Common options for lvmkit:", &options.common)];
    for (title, group) in groups {
        if group.is_empty() {
            continue;
        }
        out.raw("\n");
        out.lines("  ", title);
        for opt in group {
            if long {
                out.lines("  ", &heading(opt));
                out.lines(INDENT, &wrapped(&option_text(opt), WIDTH - INDENT.len()));
            } else {
                out.raw(&format!("\t[ {} ]\n", heading(opt)));
            }
        }
    }
    if !options.lacking.is_empty() && long {
        let names = options.lacking.iter().map(|name| format!("--{name}")).collect::<Vec<_>>().join(" ");
        out.raw("\n");
        out.lines("  ", "Options of LVM2 that are not supported:");
        out.lines(INDENT, &wrapped(&names, WIDTH - INDENT.len()));
    }
    if let Some(page) = page.filter(|page| !page.examples.is_empty()) {
        out.raw("\n");
        out.lines("  ", "Examples:");
        for (line, text) in page.examples {
            out.lines("  ", text);
            out.lines(INDENT, line);
        }
    }
    if !long {
        out.raw("\n");
        out.lines("  ", "Use --longhelp to show what the options do.");
    }
}

/// `-x|--long Value`.
pub(crate) fn heading(opt: &Opt) -> String {
    let short = opt.short.map_or_else(|| "   ".to_owned(), |short| format!("-{short}|"));
    let value = opt.takes.shown().map_or_else(String::new, |value| format!(" {value}"));
    format!("{short}--{}{value}", opt.long)
}

/// A text in lines of at most so many characters, where its words allow it.
pub(crate) fn wrapped(text: &str, width: usize) -> String {
    let mut lines = String::new();
    let mut length = 0;
    for word in text.split_whitespace() {
        let size = word.chars().count();
        if length > 0 && length + 1 + size > width {
            lines.push('\n');
            length = 0;
        } else if length > 0 {
            lines.push(' ');
            length += 1;
        }
        lines.push_str(word);
        length += size;
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_wrapped_between_words() {
        assert_eq!(wrapped("one two three", 7), "one two\nthree");
        assert_eq!(wrapped("a verylongword b", 4), "a\nverylongword\nb");
        assert_eq!(wrapped("", 4), "");
        assert_eq!(wrapped("  a\n b ", 80), "a b");
    }
}
