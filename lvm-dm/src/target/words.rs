//! Reading parameter text word by word, and the macros that make words typed.

use std::fmt;

use lvm_core::Sectors;

use super::DeviceRef;
use crate::error::{ParseError, Reason};

/// The words of one parameter or status text, read from left to right.
///
/// A backslash makes the byte after it part of the word (as the kernel reads tables); the words
/// given out still hold their backslashes.
pub(crate) struct Words<'a> {
    target: &'static str,
    rest: &'a str,
    index: usize,
}

impl<'a> Words<'a> {
    pub(crate) fn new(target: &'static str, text: &'a str) -> Self {
        Self { target, rest: trim_start(text), index: 0 }
    }

    /// An error about the word given out last.
    pub(crate) fn error(&self, reason: Reason) -> ParseError {
        ParseError { target: self.target, word: self.index.saturating_sub(1), reason }
    }

    /// The error for a word that is none of those known.
    pub(crate) fn unknown(&self, what: &'static str, found: &str) -> ParseError {
        self.error(Reason::Word { what, found: found.to_owned() })
    }

    pub(crate) fn rule(&self, rule: &'static str) -> ParseError {
        self.error(Reason::Rule(rule))
    }

    /// The number of words given out.
    pub(crate) fn index(&self) -> usize {
        self.index
    }

    pub(crate) fn peek(&self) -> Option<&'a str> {
        if self.rest.is_empty() { None } else { self.rest.get(..word_end(self.rest)) }
    }

    pub(crate) fn next(&mut self, what: &'static str) -> Result<&'a str, ParseError> {
        let Some(word) = self.peek() else {
            return Err(ParseError { target: self.target, word: self.index, reason: Reason::Missing(what) });
        };
        self.rest = trim_start(self.rest.get(word.len()..).unwrap_or_default());
        self.index += 1;
        Ok(word)
    }

    pub(crate) fn value<T: Value>(&mut self, what: &'static str) -> Result<T, ParseError> {
        let word = self.next(what)?;
        self.convert(what, word)
    }

    pub(crate) fn convert<T: Value>(&self, what: &'static str, word: &str) -> Result<T, ParseError> {
        T::parse(word).ok_or_else(|| {
            let found = word.to_owned();
            self.error(if T::IS_NUMBER {
                Reason::Number { what, found }
            } else {
                Reason::Word { what, found }
            })
        })
    }

    /// A value, or nothing for `-`.
    pub(crate) fn optional<T: Value>(&mut self, what: &'static str) -> Result<Option<T>, ParseError> {
        let word = self.next(what)?;
        if word == "-" { Ok(None) } else { self.convert(what, word).map(Some) }
    }

    /// `used/total`.
    pub(crate) fn ratio(&mut self, what: &'static str) -> Result<(u64, u64), ParseError> {
        let word = self.next(what)?;
        match word.split_once('/') {
            Some((used, total)) => Ok((self.convert(what, used)?, self.convert(what, total)?)),
            None => Err(self.error(Reason::Number { what, found: word.to_owned() })),
        }
    }

    /// A count of words and what each word or option among them says; the count must be exact.
    pub(crate) fn group<T>(
        &mut self,
        what: &'static str,
        mut read: impl FnMut(&mut Self) -> Result<T, ParseError>,
    ) -> Result<Vec<T>, ParseError> {
        let count: usize = self.value(what)?;
        let end = self.index.saturating_add(count);
        let mut items = Vec::new();
        while self.index < end {
            items.push(read(self)?);
        }
        if self.index == end { Ok(items) } else { Err(self.error(Reason::Count { what })) }
    }

    /// A count of items, then as many items.
    pub(crate) fn list<T>(
        &mut self,
        what: &'static str,
        read: impl FnMut(&mut Self) -> Result<T, ParseError>,
    ) -> Result<Vec<T>, ParseError> {
        let count: usize = self.value(what)?;
        self.repeat(count, read)
    }

    /// `count` items. Nothing is reserved ahead: a count from outside may be anything.
    pub(crate) fn repeat<T>(
        &mut self,
        count: usize,
        mut read: impl FnMut(&mut Self) -> Result<T, ParseError>,
    ) -> Result<Vec<T>, ParseError> {
        let mut items = Vec::new();
        while items.len() < count {
            items.push(read(self)?);
        }
        Ok(items)
    }

    /// A count of words, then `key value` pairs.
    pub(crate) fn pairs(&mut self, what: &'static str) -> Result<Vec<(String, String)>, ParseError> {
        self.group(what, |words| Ok((words.value("a key")?, words.value("the value of a key")?)))
    }

    /// One word of a letter per item.
    pub(crate) fn letters<T: Value>(&mut self, what: &'static str) -> Result<Vec<T>, ParseError> {
        let word = self.next(what)?;
        let mut buffer = [0; 4];
        word.chars().map(|letter| self.convert(what, letter.encode_utf8(&mut buffer))).collect()
    }

    pub(crate) fn finish(&mut self) -> Result<(), ParseError> {
        match self.peek() {
            None => Ok(()),
            Some(word) => {
                let reason = Reason::Trailing(word.to_owned());
                Err(ParseError { target: self.target, word: self.index, reason })
            }
        }
    }
}

fn trim_start(text: &str) -> &str {
    text.trim_start_matches(|c: char| c.is_ascii_whitespace())
}

/// Drops blanks at both ends, but not one that a backslash makes part of the last word.
pub(crate) fn trim(text: &str) -> &str {
    let text = trim_start(text);
    let end = text.trim_end_matches(|c: char| c.is_ascii_whitespace()).len();
    let backslashes = text.as_bytes().iter().take(end).rev().take_while(|byte| **byte == b'\\').count();
    text.get(..end + backslashes % 2).unwrap_or(text)
}

fn word_end(text: &str) -> usize {
    let mut escaped = false;
    for (at, c) in text.char_indices() {
        if !escaped && c.is_ascii_whitespace() {
            return at;
        }
        escaped = !escaped && c == '\\';
    }
    text.len()
}

/// Something that is one word in a table.
pub(crate) trait Value: Sized {
    const IS_NUMBER: bool = false;
    fn parse(word: &str) -> Option<Self>;
    fn print(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result;
}

macro_rules! number_value {
    ($($type:ty),*) => {$(
        impl Value for $type {
            const IS_NUMBER: bool = true;
            fn parse(word: &str) -> Option<Self> {
                // `FromStr` also takes a leading `+`, which no table has.
                if word.starts_with('+') { None } else { word.parse().ok() }
            }
            fn print(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "{self}")
            }
        }
    )*};
}
number_value!(u32, u64, i64, usize);

impl Value for i32 {
    const IS_NUMBER: bool = true;
    fn parse(word: &str) -> Option<Self> {
        word.parse().ok()
    }
    fn print(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self}")
    }
}

impl Value for Sectors {
    const IS_NUMBER: bool = true;
    fn parse(word: &str) -> Option<Self> {
        u64::parse(word).map(Self)
    }
    fn print(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0)
    }
}

impl Value for String {
    fn parse(word: &str) -> Option<Self> {
        if word.is_empty() { None } else { Some(word.to_owned()) }
    }
    fn print(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self)
    }
}

impl Value for DeviceRef {
    fn parse(word: &str) -> Option<Self> {
        Self::from_word(word)
    }
    fn print(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// Prints a device or, for none, `-`.
pub(crate) struct OrDash<'a, T>(pub(crate) Option<&'a T>);

impl<T: Value> fmt::Display for OrDash<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            Some(value) => value.print(f),
            None => f.write_str("-"),
        }
    }
}

/// Prints `count key value key value…`, the count being of words.
pub(crate) fn print_pairs(f: &mut fmt::Formatter<'_>, pairs: &[(String, String)]) -> fmt::Result {
    write!(f, "{}", pairs.len().saturating_mul(2))?;
    pairs.iter().try_for_each(|(key, value)| write!(f, " {key} {value}"))
}

/// An option of a target: a word, or a word and its value.
pub(crate) trait OptionWords: fmt::Display + Sized {
    /// How many words the option is.
    fn word_count(&self) -> usize;

    fn read(words: &mut Words<'_>) -> Result<Self, ParseError>;
}

/// How many words the options are together.
pub(crate) fn word_count(options: &[impl OptionWords]) -> usize {
    options.iter().map(OptionWords::word_count).sum()
}

/// Prints options, a blank before each.
pub(crate) fn print_options(f: &mut fmt::Formatter<'_>, options: &[impl OptionWords]) -> fmt::Result {
    options.iter().try_for_each(|option| write!(f, " {option}"))
}

/// An enum each of whose variants is one word.
macro_rules! word_enum {
    ($(#[$doc:meta])* $name:ident { $($(#[$variant_doc:meta])* $variant:ident = $word:literal,)* }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
        #[non_exhaustive]
        pub enum $name {
            $($(#[$variant_doc])* $variant,)*
        }

        impl $name {
            /// Every value.
            pub const ALL: &[Self] = &[$(Self::$variant),*];

            /// The word in the table or status.
            #[must_use]
            pub const fn name(self) -> &'static str {
                match self {
                    $(Self::$variant => $word,)*
                }
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.pad(self.name())
            }
        }

        impl $crate::target::words::Value for $name {
            fn parse(word: &str) -> Option<Self> {
                match word {
                    $($word => Some(Self::$variant),)*
                    _ => None,
                }
            }
            fn print(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(self.name())
            }
        }
    };
}

/// An enum of options: a bare word each, or a word and a value, with `$separator` between them.
macro_rules! option_enum {
    ($(#[$doc:meta])* $name:ident, $separator:literal {
        $($(#[$variant_doc:meta])* $variant:ident $(($value:ident: $type:ty))? = $word:literal,)*
    }) => {
        $(#[$doc])*
        #[derive(Clone, PartialEq, Eq, Hash, Debug)]
        #[non_exhaustive]
        pub enum $name {
            $($(#[$variant_doc])* $variant $(($type))?,)*
        }

        impl $name {
            /// The option's word.
            #[must_use]
            pub const fn name(&self) -> &'static str {
                match self {
                    $(Self::$variant { .. } => $word,)*
                }
            }
        }

        impl $crate::target::words::OptionWords for $name {
            fn word_count(&self) -> usize {
                match self {
                    $(Self::$variant { .. } => {
                        let values: &[&str] = &[$(stringify!($value))?];
                        if $separator == ' ' { 1 + values.len() } else { 1 }
                    })*
                }
            }

            fn read(
                words: &mut $crate::target::words::Words<'_>,
            ) -> Result<Self, $crate::error::ParseError> {
                let word = words.next("an option")?;
                let (key, mut inline) = match word.split_once($separator) {
                    Some((key, value)) => (key, Some(value)),
                    None => (word, None),
                };
                let option = match key {
                    $($word => Self::$variant $(({
                        let text = match inline.take() {
                            None if $separator == ' ' => words.next($word)?,
                            None => return Err(words.unknown("an option", word)),
                            Some(text) => text,
                        };
                        let $value: $type = words.convert($word, text)?;
                        $value
                    }))?,)*
                    _ => return Err(words.unknown("an option", word)),
                };
                if inline.is_some() { Err(words.unknown("an option", word)) } else { Ok(option) }
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(self.name())?;
                match self {
                    $(Self::$variant $(($value))? => {
                        $(
                            std::fmt::Write::write_char(f, $separator)?;
                            $crate::target::words::Value::print($value, f)?;
                        )?
                    })*
                }
                Ok(())
            }
        }
    };
}

pub(crate) use {option_enum, word_enum};
