//! What a statement asks of a value.

use std::borrow::Cow;

use regex_lite::Regex;

use crate::report::value::{Percent, Value};

/// How numbers, sizes, percentages and times compare.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Order {
    Equal,
    Unequal,
    AtLeast,
    Above,
    AtMost,
    Below,
}

impl Order {
    fn holds<T: PartialOrd>(self, have: T, want: T) -> bool {
        match self {
            Self::Equal => have == want,
            Self::Unequal => have != want,
            Self::AtLeast => have >= want,
            Self::Above => have > want,
            Self::AtMost => have <= want,
            Self::Below => have < want,
        }
    }

    /// Values that have no place in the order are equal to each other and different from all others.
    fn holds_outside(self, equal: bool) -> bool {
        match self {
            Self::Equal => equal,
            Self::Unequal => !equal,
            _ => false,
        }
    }
}

/// A number, or a word that stands in the place of one.
#[derive(Clone, Copy, PartialEq, Debug)]
pub(super) enum Wanted<T> {
    Value(T),
    /// `undefined`, which is also what -1 means.
    Undefined,
    /// `auto` and the like.
    Word(&'static str),
}

/// How the items of a list are asked for.
#[derive(Clone, Debug)]
pub(super) struct Items {
    /// Sorted.
    pub(super) items: Vec<String>,
    /// One of them is enough.
    pub(super) any: bool,
    /// The list may have no others.
    pub(super) exact: bool,
}

/// What a statement asks of a value.
#[derive(Clone, Debug)]
pub(super) enum Condition {
    Number(Order, Wanted<u64>),
    /// In bytes.
    Size(Order, Wanted<f64>),
    /// In millionths of a percent.
    Percent(Order, u64),
    Text {
        equal: bool,
        want: String,
    },
    Pattern {
        matches: bool,
        regex: Regex,
    },
    List {
        equal: bool,
        want: Items,
    },
    /// Seconds since 1970-01-01 UTC, the first and the last.
    Time(Order, i64, i64),
}

impl Condition {
    pub(super) fn holds(&self, value: &Value<'_>) -> bool {
        match self {
            Self::Number(order, want) => number_holds(*order, value, *want),
            Self::Size(order, want) => size_holds(*order, value, *want),
            Self::Percent(order, want) => match value {
                Value::Percent(have) => order.holds(millionths(*have), *want),
                // What is not known is neither equal nor unequal to a percentage.
                _ => false,
            },
            Self::Text { equal, want } => (text(value) == *want) == *equal,
            Self::Pattern { matches, regex } => regex.is_match(&text(value)) == *matches,
            Self::List { equal, want } => want.hold(value) == *equal,
            Self::Time(order, first, last) => {
                let have = match value {
                    Value::Time(seconds) => i64::try_from(*seconds).unwrap_or(i64::MAX),
                    _ => 0,
                };
                match order {
                    Order::Equal => have >= *first && have <= *last,
                    Order::Unequal => have < *first || have > *last,
                    Order::AtLeast | Order::Below => order.holds(have, *first),
                    Order::AtMost | Order::Above => order.holds(have, *last),
                }
            }
        }
    }
}

fn number_holds(order: Order, value: &Value<'_>, want: Wanted<u64>) -> bool {
    let have = match value {
        Value::Number(number) => Wanted::Value(*number),
        Value::Signed(number) => u64::try_from(*number).map_or(Wanted::Undefined, Wanted::Value),
        Value::Flag { value: Some(value), .. } => Wanted::Value((*value).into()),
        // A group keeps all its metadata areas in use: the largest number there is.
        Value::Word("all") => Wanted::Value(u32::MAX.into()),
        // Other words say that there is no number.
        _ => Wanted::Undefined,
    };
    match (have, want) {
        (Wanted::Value(have), Wanted::Value(want)) => order.holds(have, want),
        (Wanted::Value(_), _) | (_, Wanted::Value(_)) => order.holds_outside(false),
        _ => order.holds_outside(true),
    }
}

#[allow(clippy::cast_precision_loss)]
fn size_holds(order: Order, value: &Value<'_>, want: Wanted<f64>) -> bool {
    let have = match value {
        Value::Size(size) => Wanted::Value(size.0 as f64),
        Value::NoSize => Wanted::Value(0.0),
        Value::Word(word) => Wanted::Word(word),
        _ => Wanted::Undefined,
    };
    match (have, want) {
        (Wanted::Value(have), Wanted::Value(want)) => order.holds(have, want),
        (have, want) => order.holds_outside(have == want),
    }
}

/// The share in millionths of a percent, by the same rule that keeps what is nearly done from
/// being done.
fn millionths(percent: Percent) -> u64 {
    const ALL: u64 = 100_000_000;
    if percent.whole == 0 || percent.part >= percent.whole {
        return ALL;
    }
    let exact = u128::from(percent.part) * u128::from(ALL) / u128::from(percent.whole);
    let exact = u64::try_from(exact).unwrap_or(ALL);
    if percent.part == 0 { 0 } else { exact.clamp(1, ALL - 1) }
}

/// A value as text, as it sorts: names of hidden volumes without brackets.
fn text<'v>(value: &'v Value<'_>) -> Cow<'v, str> {
    match value {
        Value::Text(text) => Cow::Borrowed(text),
        Value::Name { name, .. } | Value::Removed(name) => Cow::Borrowed(name),
        Value::Word(word) => Cow::Borrowed(word),
        Value::Number(number) => Cow::Owned(number.to_string()),
        Value::Signed(number) => Cow::Owned(number.to_string()),
        Value::Flag { value: Some(true), word } => Cow::Borrowed(word),
        Value::Flag { value: None, .. } => Cow::Borrowed("unknown"),
        _ => Cow::Borrowed(""),
    }
}

impl Items {
    fn hold(&self, value: &Value<'_>) -> bool {
        let have = match value {
            Value::List(list) | Value::Joined { items: list, .. } => list.as_slice(),
            _ => &[],
        };
        // A list without items has the empty one, so that it can be asked for.
        let blank = [Cow::Borrowed("")];
        let have = if have.is_empty() { &blank[..] } else { have };
        let has = |item: &String| have.iter().any(|known| known == item);
        if self.any {
            return self.items.iter().any(has);
        }
        if self.exact {
            let mut have = have.iter().collect::<Vec<_>>();
            have.sort_unstable();
            return have.into_iter().eq(&self.items);
        }
        self.items.iter().all(has)
    }
}
