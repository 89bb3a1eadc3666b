//! Why a target's parameters, a status or a table is refused.

use thiserror::Error;

/// What is wrong with one word.
#[derive(Clone, PartialEq, Eq, Debug, Error)]
#[non_exhaustive]
pub enum Reason {
    /// The text ends where this was expected.
    #[error("{0} is missing")]
    Missing(&'static str),
    /// A word after the last one the target takes.
    #[error("unexpected word {0:?}")]
    Trailing(String),
    /// Not a decimal number, or one too large for its field.
    #[error("{what} is not a number in range: {found:?}")]
    Number {
        /// The field.
        what: &'static str,
        /// The word found.
        found: String,
    },
    /// Not one of the words known there.
    #[error("{what} cannot be {found:?}")]
    Word {
        /// The field.
        what: &'static str,
        /// The word found.
        found: String,
    },
    /// A count that does not agree with the words it counts.
    #[error("{what} does not agree with the words that follow")]
    Count {
        /// The count.
        what: &'static str,
    },
    /// Well formed, and against a rule of the target.
    #[error("{0}")]
    Rule(&'static str),
}

/// A parameter or status text that its target does not take.
#[derive(Clone, PartialEq, Eq, Debug, Error)]
#[error("target {target}, word {word}: {reason}")]
pub struct ParseError {
    /// The name of the target.
    pub target: &'static str,
    /// The index of the word in the parameters, from 0.
    pub word: usize,
    /// What is wrong with it.
    pub reason: Reason,
}

/// What is wrong with a line of a table, or with the table as a whole.
#[derive(Clone, PartialEq, Eq, Debug, Error)]
#[non_exhaustive]
pub enum TableErrorKind {
    /// No line at all.
    #[error("a table needs at least one line")]
    Empty,
    /// A line without start, length or target.
    #[error("{0} is missing")]
    Missing(&'static str),
    /// A start or length that is not a decimal number.
    #[error("{what} is not a number: {found:?}")]
    Number {
        /// The field.
        what: &'static str,
        /// The word found.
        found: String,
    },
    /// A line that does not begin where the one before it ended.
    #[error("starts at sector {found} instead of {expected}")]
    Start {
        /// Where the line before ended.
        expected: u64,
        /// Where this line begins.
        found: u64,
    },
    /// A line of no length.
    #[error("has no length")]
    ZeroLength,
    /// The end, in bytes, does not fit in 64 bits.
    #[error("ends past the largest possible device")]
    Overflow,
    /// Parameters or status that the target does not take.
    #[error(transparent)]
    Params(#[from] ParseError),
    /// Parameters that break a rule of the target.
    #[error("target {target}: {rule}")]
    Rule {
        /// The name of the target.
        target: String,
        /// The rule broken.
        rule: &'static str,
    },
    /// A line without `name:` in front, in a listing of several devices.
    #[error("has no device name in front")]
    NoName,
}

/// A table that is refused, and the line.
#[derive(Clone, PartialEq, Eq, Debug, Error)]
#[error("table line {}: {kind}", .line.saturating_add(1))]
pub struct TableError {
    /// The index of the line, from 0.
    pub line: usize,
    /// What is wrong with it.
    pub kind: TableErrorKind,
}

impl From<ParseError> for lvm_core::Error {
    fn from(error: ParseError) -> Self {
        Self::invalid("device-mapper parameters are not valid").with_source(error)
    }
}

impl From<TableError> for lvm_core::Error {
    fn from(error: TableError) -> Self {
        Self::invalid("a device-mapper table is not valid").with_source(error)
    }
}
