//! Commands read one by one: from a person, from standard input, or from a script.
//!
//! As in LVM2's shell each line is a command of its own, a failure does not end the shell, and the
//! shell itself succeeds. A script ends at the first command that fails, with that command's code.

mod complete;

use std::fs::File;
use std::io::{self, IsTerminal, Read};
use std::path::PathBuf;

use rustyline::error::ReadlineError;
use rustyline::history::FileHistory;
use rustyline::{CompletionType, Config, Editor};

use crate::command;
use crate::dispatch::{OWN_NAMES, run_command, shown_line};
use crate::output::Output;
use crate::session::{EXIT_FAILED, EXIT_NO_SUCH_COMMAND, EXIT_OK};
use complete::Completer;

/// What a line came to.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Step {
    /// A command's exit code, or that of a line without one.
    Code(u8),
    /// The end.
    Exit,
}

/// How a script begins.
const SCRIPT_MAGIC: &[u8] = b"#!";
/// Longer files are no scripts.
const SCRIPT_MAX: u64 = 16 << 20;
/// Lines that are remembered.
const HISTORY: usize = 1000;

/// Reads commands until there are no more. `name` is what the program is called.
pub(crate) fn run(name: &str) -> u8 {
    if io::stdin().is_terminal() && io::stdout().is_terminal() {
        return interactive(name).unwrap_or_else(|error| {
            Output::new().err(&format!("  Cannot read from the terminal: {error}"));
            EXIT_FAILED
        });
    }
    loop {
        // The input is not held between lines: a command may read from it, too.
        let mut line = String::new();
        match io::stdin().read_line(&mut line) {
            Ok(0) => {
                line_end();
                return EXIT_OK;
            }
            Err(error) => {
                Output::new().err(&format!("  Cannot read commands: {error}"));
                return EXIT_FAILED;
            }
            Ok(_) if execute(&line) == Step::Exit => {
                Output::new().err("  Exiting.");
                return EXIT_OK;
            }
            Ok(_) => {}
        }
    }
}

/// LVM2 ends the line of its prompt, also when there is none.
fn line_end() {
    let mut out = Output::new();
    out.raw("\n");
    out.flush();
}

fn interactive(name: &str) -> rustyline::Result<u8> {
    let config = Config::builder()
        .completion_type(CompletionType::List)
        .auto_add_history(true)
        .max_history_size(HISTORY)?
        .build();
    let mut editor = Editor::<Completer, FileHistory>::with_config(config)?;
    editor.set_helper(Some(Completer::default()));
    let file = history_file();
    if let Some(file) = &file {
        // Without a history, or with one that cannot be read, there is a shell all the same.
        let _ = editor.load_history(file);
    }
    let prompt = format!("{name}> ");
    loop {
        let line = match editor.readline(&prompt) {
            Ok(line) => line,
            Err(ReadlineError::Interrupted) => continue,
            Err(ReadlineError::Eof) => return Ok(EXIT_OK),
            Err(error) => return Err(error),
        };
        if let Some(file) = &file {
            // Before it runs: what comes after may end the shell.
            let _ = editor.append_history(file);
        }
        // What is pasted may be several lines.
        if line.lines().any(|line| execute(line) == Step::Exit) {
            Output::new().err("  Exiting.");
            return Ok(EXIT_OK);
        }
    }
}

/// Where lines are remembered.
fn history_file() -> Option<PathBuf> {
    let home = std::env::var_os("HOME").filter(|home| !home.is_empty())?;
    Some(PathBuf::from(home).join(".lvmkit_history"))
}

/// The text of a script: a file whose first line says what runs it.
pub(crate) fn script(path: &str) -> Option<String> {
    let file = File::open(path).ok().filter(|file| file.metadata().is_ok_and(|data| data.is_file()))?;
    let mut bytes = Vec::new();
    file.take(SCRIPT_MAX).read_to_end(&mut bytes).ok()?;
    String::from_utf8(bytes).ok().filter(|text| text.as_bytes().starts_with(SCRIPT_MAGIC))
}

/// Runs the commands of a script, until one of them fails.
pub(crate) fn run_script(text: &str) -> u8 {
    for line in text.lines() {
        match execute(line) {
            Step::Code(EXIT_OK) => {}
            Step::Code(code) => return code,
            Step::Exit => return EXIT_OK,
        }
    }
    EXIT_OK
}

fn execute(line: &str) -> Step {
    let words = words(line);
    // The program's own name may stand in front, as outside.
    let own = words.first().is_some_and(|word| OWN_NAMES.contains(&word.as_str()));
    let words = words.get(usize::from(own)..).unwrap_or_default();
    let Some((name, rest)) = words.split_first() else { return Step::Code(EXIT_OK) };
    if matches!(name.as_str(), "exit" | "quit") {
        return Step::Exit;
    }
    if command::find(name).is_none() {
        Output::new().err(&format!("  No such command '{name}'.  Try 'help'."));
        return Step::Code(EXIT_NO_SUCH_COMMAND);
    }
    Step::Code(run_command(name, rest, &shown_line(name, rest)))
}

/// A line into words, by LVM2's rules: a word that begins with a quote ends at the next one or with
/// the line, `#` at the start of a word begins a comment, and nothing else means anything.
fn words(line: &str) -> Vec<String> {
    let mut words = Vec::new();
    let mut rest = line.trim_start();
    while let Some(first) = rest.chars().next() {
        let (word, behind) = match first {
            '#' => break,
            '"' | '\'' => {
                let quoted = rest.get(1..).unwrap_or_default();
                quoted.split_once(first).unwrap_or((quoted.trim_end_matches(['\n', '\r']), ""))
            }
            _ => rest.split_at(rest.find(char::is_whitespace).unwrap_or(rest.len())),
        };
        words.push(word.to_owned());
        rest = behind.trim_start();
    }
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_of_a_line() {
        let table: [(&str, &[&str]); 12] = [
            ("", &[]),
            ("  \t\n", &[]),
            ("lvs vg\n", &["lvs", "vg"]),
            ("  lvs\t-o  name ", &["lvs", "-o", "name"]),
            ("# lvs", &[]),
            ("lvs # vg", &["lvs"]),
            ("lvs a#b", &["lvs", "a#b"]),
            ("lvs \"a b\" 'c # d' \"\"", &["lvs", "a b", "c # d", ""]),
            ("lvs \"it's\"x", &["lvs", "it's", "x"]),
            ("lvs a\"b c\"", &["lvs", "a\"b", "c\""]),
            ("lvs a\\ b", &["lvs", "a\\", "b"]),
            ("lvs 'open\n", &["lvs", "open"]),
        ];
        for (line, expected) in table {
            assert_eq!(words(line), expected, "{line:?}");
        }
    }
}
