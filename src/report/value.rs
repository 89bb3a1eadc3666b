//! Typed values of report cells, and their order.

use std::borrow::Cow;
use std::cmp::Ordering;

use lvm_core::Bytes;
use serde::{Serialize, Serializer};

/// A share of something, as progress and usage are reported.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize)]
pub struct Percent {
    /// How much of it.
    pub part: u64,
    /// All of it.
    pub whole: u64,
}

impl Percent {
    /// Hundredths of a percent, as lvm2 rounds them: through millionths in single precision, and halves
    /// to even. Only nothing is 0 and only everything is 10000, so that "nearly done" never reads as
    /// "done".
    #[must_use]
    #[allow(clippy::cast_precision_loss, clippy::cast_possible_truncation, clippy::cast_sign_loss)]
    pub fn hundredths(self) -> u64 {
        if self.part == 0 {
            return 0;
        }
        if self.whole == 0 || self.part >= self.whole {
            return 10_000;
        }
        let millionths = (100_000_000.0 * (self.part as f64 / self.whole as f64)) as u32;
        let rounded = (f64::from(millionths as f32 / 1_000_000.0) * 100.0).round_ties_even() as u64;
        rounded.clamp(1, 9_999)
    }
}

/// One cell of a report.
#[derive(Clone, PartialEq, Eq, Debug)]
#[non_exhaustive]
pub enum Value<'i> {
    /// Nothing to say: prints as nothing, `null` in JSON with types.
    Unknown,
    /// Text.
    Text(Cow<'i, str>),
    /// The name of a logical volume; hidden ones print in brackets and sort without them.
    Name {
        /// The name.
        name: &'i str,
        /// True for volumes that are parts of others.
        hidden: bool,
    },
    /// The name of a volume that was removed; prints with `-` in front and sorts without.
    Removed(&'i str),
    /// A list, printed with commas between.
    List(Vec<Cow<'i, str>>),
    /// A list that is always printed with that between.
    Joined {
        /// The items.
        items: Vec<Cow<'i, str>>,
        /// What is between them.
        separator: &'static str,
    },
    /// A size.
    Size(Bytes),
    /// No size: prints as nothing, and sorts and selects as 0.
    NoSize,
    /// A number.
    Number(u64),
    /// A number that may be below zero; -1 stands for "none".
    Signed(i64),
    /// A share.
    Percent(Percent),
    /// Yes, no, or (`None`) not known; yes prints as the word.
    Flag {
        /// The answer.
        value: Option<bool>,
        /// What yes prints as.
        word: &'static str,
    },
    /// Seconds since 1970-01-01 UTC.
    Time(u64),
    /// A word in the place of a number, such as `auto`.
    Word(&'static str),
}

impl<'i> Value<'i> {
    /// Text out of an optional string; nothing when there is none.
    pub(super) fn text(text: Option<&'i str>) -> Self {
        Self::Text(Cow::Borrowed(text.unwrap_or_default()))
    }

    /// Owned text of anything that can be printed.
    pub(super) fn display(value: impl std::fmt::Display) -> Self {
        Self::Text(Cow::Owned(value.to_string()))
    }

    /// The empty text.
    pub(super) const fn empty() -> Self {
        Self::Text(Cow::Borrowed(""))
    }

    /// A number, or nothing.
    pub(super) fn number(number: Option<impl Into<u64>>) -> Self {
        number.map_or(Self::Unknown, |number| Self::Number(number.into()))
    }

    /// A size, or nothing.
    pub(super) fn size(size: Option<impl Into<Bytes>>) -> Self {
        size.map_or(Self::Unknown, |size| Self::Size(size.into()))
    }

    /// A flag whose answer is known.
    pub(super) const fn flag(value: bool, word: &'static str) -> Self {
        Self::Flag { value: Some(value), word }
    }

    /// True when it prints as nothing.
    #[must_use]
    pub fn is_blank(&self) -> bool {
        match self {
            Self::Unknown | Self::NoSize => true,
            Self::Text(text) => text.is_empty(),
            Self::Name { name, .. } | Self::Removed(name) => name.is_empty(),
            Self::List(list) | Self::Joined { items: list, .. } => list.is_empty(),
            Self::Flag { value, .. } => *value == Some(false),
            _ => false,
        }
    }

    /// The number it sorts by, when it is of a numeric kind. What is not known sorts last, as in
    /// lvm2, and so does -1.
    fn rank(&self) -> Option<u64> {
        match self {
            Self::Unknown | Self::Word(_) => Some(u64::MAX),
            Self::Size(size) => Some(size.0),
            Self::NoSize => Some(0),
            Self::Number(number) | Self::Time(number) => Some(*number),
            Self::Signed(number) => Some(u64::try_from(*number).unwrap_or(u64::MAX)),
            Self::Percent(percent) => Some(percent.hundredths()),
            Self::Flag { .. }
            | Self::Text(_)
            | Self::Name { .. }
            | Self::Removed(_)
            | Self::List(_)
            | Self::Joined { .. } => None,
        }
    }

    fn sort_text(&self) -> &str {
        match self {
            Self::Text(text) => text,
            Self::Name { name, .. } | Self::Removed(name) => name,
            Self::Word(word) => word,
            Self::Flag { value: Some(true), word } => word,
            Self::Flag { value: None, .. } => "unknown",
            _ => "",
        }
    }

    /// The order of two values of one field: text by bytes, numbers by size, lists by their first
    /// difference.
    #[must_use]
    pub fn order(&self, other: &Self) -> Ordering {
        match (self, other) {
            (Self::List(one), Self::List(two))
            | (Self::Joined { items: one, .. }, Self::Joined { items: two, .. }) => one.cmp(two),
            _ => match (self.rank(), other.rank()) {
                (Some(one), Some(two)) => one.cmp(&two),
                _ => self.sort_text().cmp(other.sort_text()),
            },
        }
    }
}

impl Serialize for Value<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Unknown | Self::NoSize | Self::Flag { value: None, .. } => serializer.serialize_none(),
            Self::Text(text) => serializer.serialize_str(text),
            Self::Name { name, .. } | Self::Removed(name) => serializer.serialize_str(name),
            Self::List(list) | Self::Joined { items: list, .. } => serializer.collect_seq(list),
            Self::Size(size) => serializer.serialize_u64(size.0),
            Self::Number(number) | Self::Time(number) => serializer.serialize_u64(*number),
            Self::Signed(number) => serializer.serialize_i64(*number),
            Self::Percent(percent) => {
                let hundredths = u32::try_from(percent.hundredths()).unwrap_or(10_000);
                serializer.serialize_f64(f64::from(hundredths) / 100.0)
            }
            Self::Flag { value: Some(value), .. } => serializer.serialize_bool(*value),
            Self::Word(word) => serializer.serialize_str(word),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percent_never_reads_as_done_too_early() {
        let table = [
            (0, 3, 0),
            (1, 3, 3_333),
            (2, 3, 6_667),
            (5, 32, 1_562),
            (7, 32, 2_188),
            (0, 0, 0),
            (1, 0, 10_000),
            (1, 1_000_000, 1),
            (999_999, 1_000_000, 9_999),
        ];
        for (part, whole, hundredths) in table {
            assert_eq!(Percent { part, whole }.hundredths(), hundredths, "{part}/{whole}");
        }
        assert_eq!(Percent { part: 3, whole: 3 }.hundredths(), 10_000);
    }

    #[test]
    fn unknown_numbers_sort_last() {
        assert_eq!(Value::Number(3).order(&Value::Unknown), Ordering::Less);
        assert_eq!(Value::Signed(-1).order(&Value::Signed(0)), Ordering::Greater);
        let hidden = Value::Name { name: "b", hidden: true };
        assert_eq!(hidden.order(&Value::Name { name: "a", hidden: false }), Ordering::Greater);
    }
}
