//! Values in selections: numbers, sizes, percentages, texts, lists, expressions and times.

use regex_lite::RegexBuilder;

use super::condition::{Condition, Items, Order, Wanted};
use super::error::SelectionProblem;
use super::parse::ParsedOperand;
use super::{Clock, time};
use crate::report::field::{Field, FieldKind, Words};
use crate::scan::filter::pattern;

/// The most bytes a compiled expression may take.
const COMPILED_MAX: usize = 1 << 20;

/// What a number that is not known is called.
const UNDEFINED: [&str; 4] = ["-1", "unknown", "undefined", "undef"];

const QUOTE_MISSING: &str = "Missing end quote.";

/// A text that begins with the value of a statement.
pub(super) struct Operand<'t> {
    field: &'static Field,
    text: &'t str,
    clock: &'t Clock,
}

/// A piece of text, and how many bytes it takes with its quotes.
type Token<'t> = (&'t str, usize);

impl<'t> Operand<'t> {
    pub(super) fn new(field: &'static Field, text: &'t str, clock: &'t Clock) -> Self {
        Self { field, text, clock }
    }

    fn bad(&self, expected: &'static str, why: Option<&str>) -> SelectionProblem {
        SelectionProblem::Value { field: self.field.id.to_owned(), expected, why: why.map(str::to_owned) }
    }

    /// For `=` and `!=`.
    pub(super) fn equal(&self, equal: bool) -> ParsedOperand {
        match self.field.kind {
            FieldKind::Text => {
                let (token, length) =
                    string(self.text).ok_or_else(|| self.bad("string", Some(QUOTE_MISSING)))?;
                let want = self.field.words.text(token).to_owned();
                Ok((Condition::Text { equal, want }, length))
            }
            FieldKind::List => {
                let (want, length) = list(self.field.id, self.text)
                    .map_err(|why| self.bad("string list", Some(why.as_str())))?;
                Ok((Condition::List { equal, want }, length))
            }
            _ => self.ordered(if equal { Order::Equal } else { Order::Unequal }),
        }
    }

    /// For everything that can be larger or smaller.
    pub(super) fn ordered(&self, order: Order) -> ParsedOperand {
        if self.field.kind == FieldKind::Time {
            let (first, last, length) = self.time()?;
            return Ok((Condition::Time(order, first, last), length));
        }
        if let Some((word, length)) = self.word() {
            return Ok(match self.field.kind {
                FieldKind::Size => (Condition::Size(order, word.map(|_| 0.0)), length),
                _ => (Condition::Number(order, word), length),
            });
        }
        self.number(order)
    }

    /// A word that stands for a number.
    fn word(&self) -> Option<(Wanted<u64>, usize)> {
        let (token, length) = string(self.text)?;
        let numeric = !matches!(self.field.kind, FieldKind::Size | FieldKind::Percent);
        let word = match self.field.words {
            Words::Yes(words) if words.contains(&token) || token == "yes" => Some(Wanted::Value(1)),
            Words::Yes(_) if token == "no" => Some(Wanted::Value(0)),
            Words::Number(word) if token == word => Some(Wanted::Word(word)),
            Words::Never => None,
            _ if numeric && UNDEFINED.contains(&token) => Some(Wanted::Undefined),
            _ => None,
        };
        word.map(|word| (word, length))
    }

    fn number(&self, order: Order) -> ParsedOperand {
        let digits = |text: &str| text.bytes().take_while(u8::is_ascii_digit).count();
        let whole = digits(self.text);
        let rest = self.text.get(whole..).unwrap_or_default();
        let part = rest.strip_prefix('.').map_or(0, |rest| 1 + digits(rest));
        let length = whole + part;
        if whole == 0 && part < 2 {
            return Err(self.bad("numeric", None));
        }
        let digits = self.text.get(..length).unwrap_or_default();
        let unit = self.text.get(length..).and_then(|rest| rest.chars().next());
        let unit = unit.filter(|unit| *unit == '%' || unit_bytes(*unit).is_some());
        let range = || SelectionProblem::Range { field: self.field.id.to_owned(), value: digits.to_owned() };
        match (self.field.kind, unit) {
            (FieldKind::Size, Some('%')) => Err(self.unit('%', "size")),
            (FieldKind::Size, unit) => {
                let bytes = unit.map_or(unit_bytes('m'), unit_bytes).unwrap_or(1.0);
                let size = digits.parse::<f64>().map_err(|_| range())? * bytes;
                Ok((Condition::Size(order, Wanted::Value(size)), length + unit.map_or(0, char::len_utf8)))
            }
            (FieldKind::Percent, None | Some('%')) => {
                let percent = digits.parse::<f64>().ok().filter(|percent| *percent <= 100.0);
                let millionths = millionths(percent.ok_or_else(range)?);
                Ok((Condition::Percent(order, millionths), length + usize::from(unit.is_some())))
            }
            (FieldKind::Percent, Some(unit)) => Err(self.unit(unit, "percent")),
            (_, Some(unit)) => Err(self.unit(unit, "numeric")),
            (_, None) => {
                // As in lvm2, what is behind a point is no part of the number.
                let whole = self.text.get(..whole).filter(|whole| !whole.is_empty()).unwrap_or("0");
                let number = whole.parse().map_err(|_| range())?;
                Ok((Condition::Number(order, Wanted::Value(number)), length))
            }
        }
    }

    fn unit(&self, unit: char, expected: &'static str) -> SelectionProblem {
        let found = if unit == '%' { "percent value" } else { "size unit specifier" };
        SelectionProblem::Unit { field: self.field.id.to_owned(), found, expected }
    }

    /// For `=~` and `!~`.
    pub(super) fn pattern(&self, matches: bool) -> ParsedOperand {
        let field = || self.field.id.to_owned();
        let closing = self.text.chars().next().and_then(|open| match open {
            '"' | '\'' => Some(open),
            '(' => Some(')'),
            '[' => Some(']'),
            '{' => Some('}'),
            _ => None,
        });
        let token = match closing {
            Some(closing) => quoted(self.text, closing),
            None => Some(unquoted(self.text)),
        };
        let (token, length) = token.ok_or_else(|| self.bad("regex", Some(QUOTE_MISSING)))?;
        if length == 0 {
            return Err(SelectionProblem::PatternExpected(field()));
        }
        if self.field.kind != FieldKind::Text {
            return Err(SelectionProblem::NoText(field()));
        }
        let translated = pattern::translate(token)
            .map_err(|error| SelectionProblem::Pattern { field: field(), why: error.to_string() })?;
        let regex = RegexBuilder::new(&translated).size_limit(COMPILED_MAX).build().map_err(|_| {
            SelectionProblem::Pattern { field: field(), why: "the expression is too large".to_owned() }
        })?;
        Ok((Condition::Pattern { matches, regex }, length))
    }

    fn time(&self) -> Result<(i64, i64, usize), SelectionProblem> {
        let seconds = self.text.strip_prefix('@').map(|rest| {
            let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
            rest.get(..digits).unwrap_or_default()
        });
        if let Some(seconds) = seconds {
            let at = seconds.parse().map_err(|_| self.bad("time", None))?;
            return Ok((at, at, 1 + seconds.len()));
        }
        let (token, length) = string(self.text).ok_or_else(|| self.bad("time", Some(QUOTE_MISSING)))?;
        match time::parse(token, self.clock) {
            Ok((first, last)) => Ok((first, last, length)),
            Err(why) => Err(self.bad("time", (!why.is_empty()).then_some(why.as_str()))),
        }
    }
}

impl<T> Wanted<T> {
    fn map<U>(self, convert: impl FnOnce(T) -> U) -> Wanted<U> {
        match self {
            Self::Value(value) => Wanted::Value(convert(value)),
            Self::Undefined => Wanted::Undefined,
            Self::Word(word) => Wanted::Word(word),
        }
    }
}

#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
fn millionths(percent: f64) -> u64 {
    // At most 100, so that nothing is lost.
    (percent * 1_000_000.0).round() as u64
}

/// How many bytes a unit of sizes has. The human-readable ones stand for bytes, as in lvm2.
fn unit_bytes(unit: char) -> Option<f64> {
    const POWERS: [char; 6] = ['k', 'm', 'g', 't', 'p', 'e'];
    match unit {
        'b' | 'B' | 'h' | 'H' | 'r' | 'R' => return Some(1.0),
        's' | 'S' => return Some(512.0),
        _ => {}
    }
    let power = POWERS.iter().position(|known| *known == unit.to_ascii_lowercase())?;
    let base = if unit.is_ascii_uppercase() { 1000.0_f64 } else { 1024.0 };
    Some(base.powi(i32::try_from(power).unwrap_or(0) + 1))
}

/// What stands between quotes; `None` when the second one is missing.
fn quoted(text: &str, closing: char) -> Option<Token<'_>> {
    let open = text.chars().next().map_or(0, char::len_utf8);
    let inside = text.get(open..)?;
    let end = inside.find(closing)?;
    Some((inside.get(..end)?, open + end + closing.len_utf8()))
}

/// Up to a blank, a `)` or an operator that joins statements.
fn unquoted(text: &str) -> Token<'_> {
    up_to(text, |letter| matches!(letter, ' ' | ')'))
}

fn up_to(text: &str, stops: impl Fn(char) -> bool) -> Token<'_> {
    let ends = |(at, letter): (usize, char)| {
        let rest = text.get(at..).unwrap_or_default();
        (stops(letter) || join(rest).is_some()).then_some(at)
    };
    let end = text.char_indices().find_map(ends).unwrap_or(text.len());
    (text.get(..end).unwrap_or_default(), end)
}

/// The operator that the text begins with: whether one statement is enough, and its length.
fn join(text: &str) -> Option<(bool, usize)> {
    const JOINS: [(&str, bool); 4] = [("&&", false), (",", false), ("||", true), ("#", true)];
    JOINS.into_iter().find(|(sign, _)| text.starts_with(sign)).map(|(sign, any)| (any, sign.len()))
}

/// A text in quotes or without; `None` when a quote is missing.
fn string(text: &str) -> Option<Token<'_>> {
    match text.chars().next() {
        Some(quote @ ('"' | '\'')) => quoted(text, quote),
        _ => Some(unquoted(text)),
    }
}

/// `[a,b]`, `{a||b}`, or one text.
fn list(field: &str, text: &str) -> Result<(Items, usize), String> {
    let closing = match text.chars().next() {
        Some('[') => ']',
        Some('{') => '}',
        _ => {
            let (item, length) = string(text).ok_or(QUOTE_MISSING)?;
            return Ok((Items { items: vec![item.to_owned()], any: false, exact: false }, length));
        }
    };
    let mut items = Vec::new();
    let mut any = None;
    let mut at = 1;
    loop {
        let rest = text.get(at..).unwrap_or_default();
        if rest.is_empty() {
            return Err(format!("Missing list end for selection field {field}"));
        }
        let item = rest.trim_start();
        at += rest.len() - item.len();
        let (item, length) = match item.chars().next() {
            Some(quote @ ('"' | '\'')) => quoted(item, quote).ok_or(QUOTE_MISSING)?,
            _ => up_to(item, |letter| letter.is_whitespace() || matches!(letter, ']' | '}')),
        };
        items.push(item.to_owned());
        let rest = text.get(at + length..).unwrap_or_default();
        let behind = rest.trim_start();
        at += length + rest.len() - behind.len();
        match (behind.chars().next(), join(behind)) {
            (Some(found @ (']' | '}')), _) if found == closing => {
                items.sort_unstable();
                let any = any.unwrap_or(false);
                return Ok((Items { items, any, exact: closing == ']' }, at + 1));
            }
            (Some(']' | '}'), _) => {
                return Err(format!("List ended with incorrect character, expecting '{closing}'."));
            }
            (_, Some((one, length))) => {
                if *any.get_or_insert(one) != one {
                    return Err(
                        "Only one type of logical operator allowed in selection list at a time.".to_owned()
                    );
                }
                at += length;
            }
            _ => return Err("Invalid operator in selection list.".to_owned()),
        }
    }
}
