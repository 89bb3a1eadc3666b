//! Words into options and arguments.

use super::value::Invalid;
use super::{Args, Opt, Support, Takes, UsageError, option};
use crate::command::Command;

mod names;

use names::Found;
pub(crate) use names::Names;

/// Reads the words behind a command's name.
///
/// # Errors
/// For options that the command does not have, that are ambiguous, lack their value, have one
/// they do not take, or are given twice; for values that are not valid.
pub(crate) fn parse(command: &'static Command, words: &[String]) -> Result<Args, UsageError> {
    let mut parser = Parser { command, args: Args::default(), names: Vec::new(), rest: words.iter() };
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
    parser.refuse_nothing()?;
    Ok(parser.args)
}

struct Parser<'w> {
    command: &'static Command,
    args: Args,
    /// What the options were called.
    names: Vec<&'static str>,
    rest: std::slice::Iter<'w, String>,
}

impl Parser<'_> {
    fn error(&self, what: impl std::fmt::Display) -> UsageError {
        UsageError::of_parsing([format!("{}: {what}", self.command.name)])
    }

    fn long(&mut self, text: &str) -> Result<(), UsageError> {
        let (name, value) = match text.split_once('=') {
            Some((name, value)) => (name, Some(value.to_owned())),
            None => (text, None),
        };
        // Messages call it what the user called it, in full.
        let (name, opt) = match Names::of(self.command).find(name) {
            Ok((name, Found::Opt(opt))) => (name, opt),
            Ok((_, Found::Lacking(lacking))) => return Err(lacking.refusal()),
            Err(several) if several.is_empty() => {
                return Err(self.error(format_args!("unrecognized option '--{text}'")));
            }
            Err(several) => {
                let names = several.iter().map(|name| format!(" '--{name}'")).collect::<String>();
                return Err(self.error(format_args!("option '--{text}' is ambiguous; possibilities:{names}")));
            }
        };
        let value = match (opt.takes, value) {
            (Takes::Nothing, Some(_)) => {
                return Err(self.error(format_args!("option '--{name}' doesn't allow an argument")));
            }
            (Takes::Nothing, None) => String::new(),
            (_, Some(value)) => value,
            (_, None) => self
                .rest
                .next()
                .cloned()
                .ok_or_else(|| self.error(format_args!("option '--{name}' requires an argument")))?,
        };
        self.add(opt, name, &value)
    }

    /// Letters joined to each other, the last one perhaps with its value.
    fn short(&mut self, letters: &str) -> Result<(), UsageError> {
        let mut rest = letters.chars();
        while let Some(letter) = rest.next() {
            let opt = match Names::of(self.command).letter(letter) {
                Some(Found::Opt(opt)) => opt,
                Some(Found::Lacking(lacking)) => return Err(lacking.refusal()),
                None if letter == '?' => &option::HELP,
                None => return Err(self.error(format_args!("invalid option -- '{letter}'"))),
            };
            if opt.takes == Takes::Nothing {
                self.add(opt, opt.long, "")?;
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
            return self.add(opt, opt.long, &value);
        }
        Ok(())
    }

    fn add(&mut self, opt: &'static Opt, name: &'static str, value: &str) -> Result<(), UsageError> {
        if opt.support == Support::Missing {
            return Err(UsageError::of_parsing([format!("  Option {} is not supported.", opt.shown())]));
        }
        let repeated = UsageError::of_parsing([format!("  Option {} may not be repeated.", opt.shown())]);
        // Another name for it is found to be one when its value has been read.
        if !opt.repeats && self.names.contains(&name) {
            return Err(repeated);
        }
        if let Err(Invalid(reason)) = opt.takes.check(value) {
            let reason = reason.into_iter().map(|line| format!("  {line}"));
            let line = format!("  Invalid argument for --{name}: {value}");
            return Err(UsageError::of_parsing(reason.chain([line])));
        }
        if !opt.repeats && self.args.has(opt) {
            return Err(repeated);
        }
        self.names.push(name);
        self.args.found.push((opt, opt.takes.plain(value).to_owned()));
        Ok(())
    }

    /// Refuses sizes of nothing, which only count when the whole line is understood.
    fn refuse_nothing(&self) -> Result<(), UsageError> {
        match self.args.found.iter().find(|(opt, value)| opt.takes.is_nothing(value)) {
            Some((opt, _)) => {
                Err(UsageError::new(format!("--{} may not be zero.", opt.long))
                    .with_advice(self.command.name))
            }
            None => Ok(()),
        }
    }
}
