//! Help and version, from the table of commands.

use crate::args::{Opt, Support};
use crate::command::{self, COMMANDS, Command};
use crate::output::Output;
use crate::session::{EXIT_NO_SUCH_COMMAND, EXIT_OK};

/// The version of LVM2 that commands, options and messages are those of.
const LVM_VERSION: &str = "2.03.16(2) (2022-05-18)";
/// Where option texts begin.
const INDENT: usize = 8;

/// `help [COMMAND…]`.
pub(crate) fn run(out: &mut Output, words: &[String]) -> u8 {
    if words.is_empty() {
        print_commands(out);
        return EXIT_OK;
    }
    let mut code = EXIT_OK;
    for word in words.iter().filter(|word| !word.starts_with('-')) {
        match command::find(word) {
            Some(command) => print_command(out, command),
            None => {
                out.err(&format!("  {word}: no such command."));
                code = EXIT_NO_SUCH_COMMAND;
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
    for command in COMMANDS {
        out.lines("  ", &format!("{:<14}{}", command.name, command.summary));
    }
    for (name, summary) in [("help", "Show help for commands"), ("version", "Show the version")] {
        out.lines("  ", &format!("{name:<14}{summary}"));
    }
    out.raw("\n");
    out.lines(
        "  ",
        "Devices and image files are named with --devices or in $LVMKIT_DEVICES.\n\
         Use 'help COMMAND' for the options of a command.",
    );
}

/// One command.
pub(crate) fn print_command(out: &mut Output, command: &Command) {
    out.lines("  ", &format!("{} - {}", command.name, command.summary));
    out.raw("\n");
    for usage in command.usage {
        out.lines("  ", usage);
    }
    let mut options = command.options().filter(|opt| opt.support != Support::Missing).collect::<Vec<_>>();
    options.sort_unstable_by_key(|opt| opt.long);
    for opt in options {
        out.raw("\n");
        out.lines("  ", &heading(opt));
        out.lines(&" ".repeat(INDENT), opt.help);
    }
    let mut missing = command.options().filter(|opt| opt.support == Support::Missing).collect::<Vec<_>>();
    if !missing.is_empty() {
        missing.sort_unstable_by_key(|opt| opt.long);
        let names = missing.iter().map(|opt| format!("--{}", opt.long)).collect::<Vec<_>>().join(" ");
        out.raw("\n");
        out.lines("  ", &format!("Options of LVM2 that are not supported: {names}"));
    }
}

fn heading(opt: &Opt) -> String {
    let short = opt.short.map_or_else(|| "   ".to_owned(), |short| format!("-{short}|"));
    let value = opt.takes.shown().map_or_else(String::new, |value| format!(" {value}"));
    format!("{short}--{}{value}", opt.long)
}
