//! Everything this program prints.

use std::error::Error as StdError;
use std::io::{self, BufWriter, IsTerminal, Stderr, Stdout, Write};

use lvmkit::{Effect, Error};

use crate::streams::Streams;

/// Bytes of standard output that are written at once.
const BUFFER: usize = 1 << 16;
/// What each line begins with.
const INDENT: &str = "  ";

/// Standard output and standard error, as LVM2 uses them: results and messages on the first, two
/// spaces before each line; warnings and errors on the second.
pub(crate) struct Output {
    stdout: BufWriter<Stdout>,
    stderr: Stderr,
    /// What each line begins with, when that is not two blanks.
    prefix: Option<String>,
    streams: Streams,
    command_name: String,
    /// True when the next thing on standard output begins a line.
    at_line_start: bool,
    /// True when messages are not what standard output is for.
    pub(crate) messages_aside: bool,
    /// True when plans are what standard output is for.
    pub(crate) plans: bool,
    /// How often `-q` was given.
    pub(crate) quiet: usize,
    /// How often `-v` was given.
    pub(crate) verbose: usize,
}

impl Output {
    pub(crate) fn new() -> Self {
        Self {
            stdout: BufWriter::with_capacity(BUFFER, io::stdout()),
            stderr: io::stderr(),
            prefix: None,
            streams: Streams::default(),
            command_name: String::new(),
            at_line_start: true,
            messages_aside: false,
            plans: false,
            quiet: 0,
            verbose: 0,
        }
    }

    /// A message; not with `-qq`. A single `-q` silences none of lvm2's either.
    pub(crate) fn say(&mut self, line: impl AsRef<str>) {
        if self.quiet > 1 {
            return;
        }
        match self.messages_aside {
            false => self.lines("  ", line.as_ref()),
            true => line.as_ref().lines().for_each(|line| self.err(&format!("  {line}"))),
        }
    }

    /// A result.
    pub(crate) fn lines(&mut self, prefix: &str, text: &str) {
        for line in text.lines() {
            self.raw(prefix);
            self.raw(line);
            self.raw("\n");
        }
    }

    /// A result that has its own layout.
    pub(crate) fn raw(&mut self, text: &str) {
        let Some(prefix) = self.prefix.take() else { return self.put(text) };
        for line in text.split_inclusive('\n') {
            let plain = if self.at_line_start { line.strip_prefix(INDENT) } else { None };
            if plain.is_some() {
                self.put(&prefix);
            }
            self.put(plain.unwrap_or(line));
            self.at_line_start = line.ends_with('\n');
        }
        self.prefix = Some(prefix);
    }

    /// The same, and lines begin with nothing.
    pub(crate) fn plain(&mut self, text: &str) {
        let _ = self.stdout.write_all(text.as_bytes());
    }

    fn put(&mut self, text: &str) {
        let Streams { output, report, is_report, .. } = &mut self.streams;
        let other = match report {
            Some(report) if *is_report => Some(report),
            _ => output.as_mut(),
        };
        // A reader that went away, as `head` does, has all it wanted.
        let _ = match other {
            Some(other) => other.write_all(text.as_bytes()),
            None => self.stdout.write_all(text.as_bytes()),
        };
    }

    /// Writes where the environment says.
    ///
    /// # Errors
    /// Lines that say which variable names no descriptor that can be written to.
    pub(crate) fn open_streams(&mut self) -> Result<(), Vec<String>> {
        self.streams = Streams::of_environment()?;
        Ok(())
    }

    /// What lines begin with instead of two blanks (`log/prefix`).
    pub(crate) fn prefix(&mut self, prefix: &str) {
        let prefix = format!("{}{prefix}", self.command_name);
        self.prefix = (prefix != INDENT).then_some(prefix);
    }

    /// The command's name in front of that (`log/command_names`).
    pub(crate) fn command_name(&mut self, name: &str) {
        name.clone_into(&mut self.command_name);
    }

    /// A warning.
    pub(crate) fn warn(&mut self, line: impl AsRef<str>) {
        self.err(&format!("  WARNING: {}", line.as_ref()));
    }

    /// A warning that LVM2 prints without the word.
    pub(crate) fn warn_plain(&mut self, line: impl AsRef<str>) {
        self.err(&format!("  {}", line.as_ref()));
    }

    /// Something for `-v`.
    pub(crate) fn detail(&mut self, line: impl AsRef<str>) {
        if self.verbose > 0 {
            self.err(&format!("  {}", line.as_ref()));
        }
    }

    /// A line on standard error, as it is.
    pub(crate) fn err(&mut self, line: &str) {
        self.flush();
        let (prefix, line) = match (&self.prefix, line.strip_prefix(INDENT)) {
            (Some(prefix), Some(line)) => (prefix.as_str(), line),
            _ => ("", line),
        };
        let _ = match &mut self.streams.errors {
            Some(errors) => writeln!(errors, "{prefix}{line}"),
            None => writeln!(self.stderr, "{prefix}{line}"),
        };
    }

    /// A question, with what is answered for the user or nothing. LVM2 does not indent them.
    pub(crate) fn ask(&mut self, question: &str, answer: Option<&str>) {
        self.flush();
        let _ = match answer {
            Some(answer) => writeln!(self.stderr, "{question} [y/n]: [{answer}]"),
            None => write!(self.stderr, "{question} [y/n]: "),
        };
    }

    /// An error: what failed, then indented where, why, what it did, and what helps.
    pub(crate) fn error(&mut self, error: &Error) {
        self.err(&format!("  {}", error.message()));
        for line in error_details(error) {
            self.err(&format!("    {line}"));
        }
    }

    pub(crate) fn flush(&mut self) {
        let _ = self.stdout.flush();
        self.streams.flush();
    }

    /// The standard output below, with nothing waiting to be written before.
    pub(crate) fn plain_stdout(&mut self) -> &mut Stdout {
        self.flush();
        self.stdout.get_mut()
    }

    /// True when a person can be asked.
    pub(crate) fn is_interactive(&self) -> bool {
        io::stdin().is_terminal()
    }

    /// True when a person looks at standard error.
    pub(crate) fn shows_progress(&self) -> bool {
        self.quiet == 0 && self.stderr.is_terminal()
    }
}

/// Results that write themselves.
impl std::fmt::Write for Output {
    fn write_str(&mut self, text: &str) -> std::fmt::Result {
        self.streams.is_report = true;
        self.raw(text);
        self.streams.is_report = false;
        Ok(())
    }
}

fn error_details(error: &Error) -> Vec<String> {
    let mut lines = Vec::new();
    let mut place = Vec::new();
    let names = [
        ("volume group", error.vg()),
        ("volume", error.lv()),
        ("physical volume", error.pv()),
        ("device", error.device()),
        ("field", error.field()),
    ];
    for (what, name) in names {
        // What the message names already need not be said again.
        if let Some(name) = name.filter(|name| !error.message().contains(name)) {
            place.push(format!("{what} {name}"));
        }
    }
    if let Some(offset) = error.offset().filter(|offset| !error.message().contains(&offset.to_string())) {
        place.push(format!("offset {offset}"));
    }
    if !place.is_empty() {
        lines.push(format!("at {}", place.join(", ")));
    }
    let mut source = StdError::source(error);
    while let Some(cause) = source {
        lines.push(format!("because: {cause}"));
        source = cause.source();
    }
    match error.effect() {
        Effect::Unchanged => {}
        Effect::Reverted => lines.push("what was written was taken back".to_owned()),
        Effect::Committed => lines.push("the metadata was changed; only what comes after failed".to_owned()),
        _ => lines.push("it is not known what was written: look again before going on".to_owned()),
    }
    lines.extend(error.help().map(str::to_owned));
    lines
}
