//! Words into options and arguments.

use super::value::Invalid;
use super::{Args, Opt, Support, Takes, UsageError};
use crate::command::Command;

/// Reads the words behind a command's name.
///
/// # Errors
/// For options that the command does not have, that are ambiguous, lack their value, have one
/// they do not take, or are given twice; for values that are not valid.
pub(crate) fn parse(command: &'static Command, words: &[String]) -> Result<Args, UsageError> {
    let mut parser = Parser { command, args: Args::default(), rest: words.iter() };
    while let Some(word) = parser.rest.next() {
        if word == "--" {
            parser.args.words.extend(parser.rest.by_ref().cloned());
        } else if let Some(long) = word.strip_prefix("--") {
            parser.long(long)?;
        } else if let Some(letters) = word.strip_prefix('-').filter(|letters| !letters.is_empty()) {
            parser.short(letters)?;
        } else {
            parser.args.words.push(word.clone());
            if command.name == "plan" {
                // The rest is a command line of its own.
                parser.args.words.extend(parser.rest.by_ref().cloned());
            }
        }
    }
    Ok(parser.args)
}

struct Parser<'w> {
    command: &'static Command,
    args: Args,
    rest: std::slice::Iter<'w, String>,
}

impl Parser<'_> {
    fn error(&self, what: impl std::fmt::Display) -> UsageError {
        UsageError(vec![
            format!("{}: {what}", self.command.name),
            "  Error during parsing of command line.".to_owned(),
        ])
    }

    fn long(&mut self, text: &str) -> Result<(), UsageError> {
        let (name, value) = match text.split_once('=') {
            Some((name, value)) => (name, Some(value.to_owned())),
            None => (text, None),
        };
        let opt = self.find(name)?;
        // Messages call it what the user called it.
        let name = opt.aliases.iter().find(|alias| **alias == name).copied().unwrap_or(opt.long);
        let value =
            match (opt.takes, value) {
                (Takes::Nothing, Some(_)) => {
                    return Err(self.error(format_args!("option '--{}' doesn't allow an argument", opt.long)));
                }
                (Takes::Nothing, None) => String::new(),
                (_, Some(value)) => value,
                (_, None) => self.rest.next().cloned().ok_or_else(|| {
                    self.error(format_args!("option '--{}' requires an argument", opt.long))
                })?,
            };
        self.add(opt, name, value)
    }

    /// The option of that name, or the only one that begins so.
    fn find(&self, name: &str) -> Result<&'static Opt, UsageError> {
        let names = |opt: &'static Opt| std::iter::once(opt.long).chain(opt.aliases.iter().copied());
        let all = || self.command.options();
        if let Some(opt) = all().find(|opt| names(opt).any(|known| known == name)) {
            return Ok(opt);
        }
        let begins = |opt: &&'static Opt| names(opt).any(|known| known.starts_with(name));
        let mut found = all().filter(begins);
        let Some(first) = found.next() else {
            return Err(self.error(format_args!("unrecognized option '--{name}'")));
        };
        // A prefix that several have is still clear when all but one are not there.
        let mut candidates = std::iter::once(first).chain(found).collect::<Vec<_>>();
        if candidates.iter().any(|opt| opt.support != Support::Missing) {
            candidates.retain(|opt| opt.support != Support::Missing);
        }
        match candidates.as_slice() {
            [one] => Ok(one),
            several => {
                let names = several.iter().map(|opt| format!(" '--{}'", opt.long)).collect::<String>();
                Err(self.error(format_args!("option '--{name}' is ambiguous; possibilities:{names}")))
            }
        }
    }

    /// Letters joined to each other, the last one perhaps with its value.
    fn short(&mut self, letters: &str) -> Result<(), UsageError> {
        let mut rest = letters.chars();
        while let Some(letter) = rest.next() {
            let found = self.command.options().find(|opt| opt.short == Some(letter));
            let opt = found.ok_or_else(|| self.error(format_args!("invalid option -- '{letter}'")))?;
            if opt.takes == Takes::Nothing {
                self.add(opt, opt.long, String::new())?;
                continue;
            }
            let joined = rest.as_str();
            let value =
                match joined.is_empty() {
                    false => joined.to_owned(),
                    true => self.rest.next().cloned().ok_or_else(|| {
                        self.error(format_args!("option requires an argument -- '{letter}'"))
                    })?,
                };
            return self.add(opt, opt.long, value);
        }
        Ok(())
    }

    fn add(&mut self, opt: &'static Opt, name: &str, value: String) -> Result<(), UsageError> {
        if opt.support == Support::Missing {
            return Err(UsageError(vec![
                format!("  Option {} is not supported.", opt.shown()),
                "  Error during parsing of command line.".to_owned(),
            ]));
        }
        if !opt.repeats && self.args.has(opt) {
            return Err(UsageError(vec![
                format!("  Option {} may not be repeated.", opt.shown()),
                "  Error during parsing of command line.".to_owned(),
            ]));
        }
        if let Err(Invalid(reason)) = opt.takes.check(name, &value) {
            let mut lines = reason.into_iter().map(|line| format!("  {line}")).collect::<Vec<_>>();
            lines.push(format!("  Invalid argument for --{name}: {value}"));
            lines.push("  Error during parsing of command line.".to_owned());
            return Err(UsageError(lines));
        }
        self.args.found.push((opt, value));
        Ok(())
    }
}
