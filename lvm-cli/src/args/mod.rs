//! The command line: what options there are, what they take, and how words become values.
//!
//! One table drives everything: a [`Command`](crate::command::Command) lists its options, and
//! parsing, help and messages come from them. The syntax is LVM2's: options anywhere among the
//! arguments, long ones abbreviated to a prefix that is unique, short ones joined with each other
//! or with their value, `--` before arguments that begin with `-`.

mod lacking;
pub(crate) mod name;
pub(crate) mod option;
mod parse;
pub(crate) mod size;
pub(crate) mod value;

pub(crate) use lacking::logs;
pub(crate) use parse::{Names, parse};
pub(crate) use value::{Activation, Takes};

use lvmkit::{AllocationPolicy, Bytes, ReadAhead};

use size::{Signed, Unit};

/// How far an option works.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Support {
    /// It does what its help says.
    Works,
    /// It is taken, and changes nothing here; says why.
    NoEffect(&'static str),
    /// LVM2 has it; this program does not.
    Missing,
}

/// An option of one or more commands.
#[derive(Debug)]
pub(crate) struct Opt {
    pub(crate) long: &'static str,
    pub(crate) aliases: &'static [&'static str],
    pub(crate) short: Option<char>,
    pub(crate) takes: Takes,
    pub(crate) repeats: bool,
    pub(crate) support: Support,
    pub(crate) help: &'static str,
}

impl Opt {
    /// An option without a value.
    pub(crate) const fn flag(long: &'static str, help: &'static str) -> Self {
        let (aliases, takes, support) = (&[] as &[&str], Takes::Nothing, Support::Works);
        Self { long, aliases, short: None, takes, repeats: false, support, help }
    }

    /// An option with a value.
    pub(crate) const fn new(long: &'static str, takes: Takes, help: &'static str) -> Self {
        Self { takes, ..Self::flag(long, help) }
    }

    /// An option of LVM2 that is not there yet.
    pub(crate) const fn missing(long: &'static str, takes: Takes) -> Self {
        Self { support: Support::Missing, takes, ..Self::flag(long, "") }
    }

    /// With a letter.
    pub(crate) const fn short(self, short: char) -> Self {
        Self { short: Some(short), ..self }
    }

    /// With other names.
    pub(crate) const fn aliases(self, aliases: &'static [&'static str]) -> Self {
        Self { aliases, ..self }
    }

    /// It may be given several times.
    pub(crate) const fn repeats(self) -> Self {
        Self { repeats: true, ..self }
    }

    /// It is taken and does nothing, because of `why`.
    pub(crate) const fn no_effect(self, why: &'static str) -> Self {
        Self { support: Support::NoEffect(why), ..self }
    }

    /// `-x/--long`, for messages.
    pub(crate) fn shown(&self) -> String {
        match self.short {
            Some(short) => format!("-{short}/--{}", self.long),
            None => format!("--{}", self.long),
        }
    }
}

/// A command line that was understood.
#[derive(Clone, Debug, Default)]
pub(crate) struct Args {
    found: Vec<(&'static Opt, String)>,
    /// What is not an option, in order.
    pub(crate) words: Vec<String>,
}

/// Why a command line was not understood: lines for the user.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct UsageError(pub(crate) Vec<String>);

/// The last line about options that cannot be read.
const PARSING: &str = "  Error during parsing of command line.";

impl UsageError {
    /// One line.
    pub(crate) fn new(line: impl Into<String>) -> Self {
        Self(vec![format!("  {}", line.into())])
    }

    /// What made the options unreadable.
    fn of_parsing(lines: impl IntoIterator<Item = String>) -> Self {
        Self(lines.into_iter().chain([PARSING.to_owned()]).collect())
    }

    /// With a line that says where to read more, except of what the words in it make clear.
    pub(crate) fn with_advice(mut self, command: &str) -> Self {
        let advice = format!("  Run `{command} --help' for more information.");
        let is_clear = |line: &String| {
            *line == advice || line == PARSING || line.starts_with("  Command does not accept ")
        };
        if !self.0.last().is_some_and(is_clear) {
            self.0.push(advice);
        }
        self
    }
}

impl Args {
    fn values<'a>(&'a self, opt: &'static Opt) -> impl DoubleEndedIterator<Item = &'a str> + 'a {
        self.found.iter().filter(move |(known, _)| known.long == opt.long).map(|(_, value)| value.as_str())
    }

    /// As if it had been given.
    pub(crate) fn give(&mut self, opt: &'static Opt) {
        self.give_value(opt, "");
    }

    /// As if it had been given with this value.
    pub(crate) fn give_value(&mut self, opt: &'static Opt, value: &str) {
        self.found.push((opt, value.to_owned()));
    }

    /// How often it was given.
    pub(crate) fn count(&self, opt: &'static Opt) -> usize {
        self.values(opt).count()
    }

    /// True when it was given.
    pub(crate) fn has(&self, opt: &'static Opt) -> bool {
        self.values(opt).next().is_some()
    }

    /// Its last value.
    pub(crate) fn text(&self, opt: &'static Opt) -> Option<&str> {
        self.values(opt).next_back()
    }

    /// All its values in order.
    pub(crate) fn texts<'a>(&'a self, opt: &'static Opt) -> impl Iterator<Item = &'a str> + 'a {
        self.values(opt)
    }

    /// All options that were given, in order.
    pub(crate) fn in_order(&self) -> impl Iterator<Item = (&'static Opt, &str)> {
        self.found.iter().map(|(opt, value)| (*opt, value.as_str()))
    }

    /// Options given that do nothing here, with the reason.
    pub(crate) fn without_effect(&self) -> impl Iterator<Item = (&'static Opt, &'static str)> {
        self.found.iter().filter_map(|(opt, _)| match opt.support {
            Support::NoEffect(why) => Some((*opt, why)),
            _ => None,
        })
    }

    // Values were checked when the line was parsed, so that the readers below lose nothing.

    /// `y` or `n`.
    pub(crate) fn yes_no(&self, opt: &'static Opt) -> Option<bool> {
        self.text(opt).and_then(|text| value::yes_no(text).ok())
    }

    /// A number.
    pub(crate) fn number(&self, opt: &'static Opt) -> Option<u32> {
        self.text(opt).and_then(|text| text.parse().ok())
    }

    /// A size.
    pub(crate) fn size(&self, opt: &'static Opt) -> Option<Bytes> {
        let Takes::Size(unit) = opt.takes else { return None };
        self.text(opt).and_then(|text| size::parse_size(text, unit).ok())
    }

    /// A size, extents or share with its sign.
    pub(crate) fn signed(&self, opt: &'static Opt) -> Option<Signed> {
        let text = self.text(opt)?;
        match opt.takes {
            Takes::Extents(_) => size::parse_extents(text).ok(),
            _ => size::parse_signed_size(text, Unit::Mib).ok(),
        }
    }

    /// An allocation policy.
    pub(crate) fn policy(&self, opt: &'static Opt) -> Option<AllocationPolicy> {
        let policy = self.text(opt).and_then(AllocationPolicy::parse);
        // Extents of volumes that cling, cling to tags, too, and LVM2 records the one for the other.
        policy.map(|policy| match policy {
            AllocationPolicy::ClingByTags => AllocationPolicy::Cling,
            other => other,
        })
    }

    /// How many metadata areas a group uses.
    pub(crate) fn copies(&self, opt: &'static Opt) -> Option<u32> {
        self.text(opt).and_then(|text| value::copies(text).ok())
    }

    /// What `-a` asks for.
    pub(crate) fn activation(&self, opt: &'static Opt) -> Option<Activation> {
        self.text(opt).and_then(|text| Activation::parse(text).ok())
    }

    /// A read-ahead.
    pub(crate) fn read_ahead(&self, opt: &'static Opt) -> Option<ReadAhead> {
        self.text(opt).and_then(|text| value::read_ahead(text).ok())
    }
}

#[cfg(test)]
mod tests;
