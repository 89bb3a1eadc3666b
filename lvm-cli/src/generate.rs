//! `generate`: manual pages, completions and the list of options, from the table of commands.

use std::fs;
use std::path::Path;

use crate::args::option as o;
use crate::command::{COMMANDS, Command};
use crate::manual::OptionList;
use crate::session::{Failure, Outcome, Session};
use crate::{completion, man};

pub(crate) static COMMAND: Command = Command {
    name: "generate",
    summary: "Write manual pages and completions for shells",
    usage: &[
        "generate man DIR",
        "generate completions bash|zsh|fish [ --links ]",
        "generate links",
        "generate options",
    ],
    options: &[o::COMMON, &[&o::LINKS]],
    run,
};

fn run(session: &mut Session<'_>) -> Outcome {
    let links = session.args.has(&o::LINKS);
    let words = session.args.words.clone();
    let words = words.iter().map(String::as_str).collect::<Vec<_>>();
    let text = match words.as_slice() {
        ["man", dir] if !links => return manual(session, Path::new(dir)),
        ["completions", "bash"] => completion::bash(links),
        ["completions", "zsh"] => completion::zsh(links),
        ["completions", "fish"] => completion::fish(links),
        ["links"] if !links => completion::link_names().join("\n") + "\n",
        ["options"] if !links => options(),
        _ => return Err(Failure::Syntax),
    };
    session.out.raw(&text);
    Ok(())
}

/// Writes a page for each command, and one for the program.
fn manual(session: &mut Session<'_>, dir: &Path) -> Outcome {
    let failed = |path: &Path, error: std::io::Error| {
        Failure::refused(format!("Cannot write {}: {error}", path.display()))
    };
    if !session.is_test() {
        fs::create_dir_all(dir).map_err(|error| failed(dir, error))?;
    }
    let commands = COMMANDS.iter().map(|command| (man::title(command.name), man::command(command)));
    for (title, text) in commands.chain([("lvmkit".to_owned(), man::overview())]) {
        let path = dir.join(format!("{title}.{}", man::SECTION));
        session.write_file(&path, &text).map_err(|error| failed(&path, error))?;
    }
    Ok(())
}

/// Command, long name, letter and value of each option, a line for each.
fn options() -> String {
    let mut text = String::new();
    for command in COMMANDS {
        for opt in OptionList::of(command).all() {
            let short = opt.short.map(String::from).unwrap_or_default();
            let value = opt.takes.shown().unwrap_or_default();
            text.push_str(&format!("{}\t{}\t{short}\t{value}\n", command.name, opt.long));
        }
    }
    text
}
