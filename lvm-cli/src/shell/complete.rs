//! What the tabulator key offers in the shell.

use rustyline::completion::{Completer as Complete, FilenameCompleter, Pair};
use rustyline::highlight::Highlighter;
use rustyline::hint::Hinter;
use rustyline::validate::Validator;
use rustyline::{Context, Helper};

use super::words;
use crate::completion::{Candidates, Wanted};

/// Completes commands, options, values and names.
#[derive(Default)]
pub(super) struct Completer {
    files: FilenameCompleter,
}

impl Complete for Completer {
    type Candidate = Pair;

    fn complete(
        &self,
        line: &str,
        at: usize,
        context: &Context<'_>,
    ) -> rustyline::Result<(usize, Vec<Pair>)> {
        let before = line.get(..at).unwrap_or(line);
        let start = before.rfind(char::is_whitespace).map_or(0, |space| space + 1);
        let (done, current) = before.split_at(start);
        let Candidates { words, files } = Candidates::of(&Wanted { done: &words(done), current });
        if words.is_empty() && files {
            return self.files.complete(line, at, context);
        }
        Ok((start, words.into_iter().map(|word| pair(&word)).collect()))
    }
}

fn pair(word: &str) -> Pair {
    // Nothing follows a value that is still to come.
    let end = if word.ends_with(['=', '/']) { "" } else { " " };
    Pair { display: word.to_owned(), replacement: format!("{word}{end}") }
}

impl Helper for Completer {}

impl Highlighter for Completer {}

impl Hinter for Completer {
    type Hint = String;
}

impl Validator for Completer {}
