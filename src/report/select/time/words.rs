//! Times in words: `yesterday`, `monday noon`, `5 Nov 2020`, `2 weeks ago`.

use jiff::civil::{Date, DateTime, Time};
use jiff::{Span, ToSpan};

use super::{BAD_DATE, BAD_TIME, Unit, local, range, seconds};
use crate::report::select::Clock;

const WEEKDAYS: [&str; 7] = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"];

const MONTHS: [&str; 12] = [
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
];

const UNITS: [(&str, Unit); 21] = [
    ("second", Unit::Second),
    ("seconds", Unit::Second),
    ("sec", Unit::Second),
    ("secs", Unit::Second),
    ("s", Unit::Second),
    ("minute", Unit::Minute),
    ("minutes", Unit::Minute),
    ("min", Unit::Minute),
    ("mins", Unit::Minute),
    ("m", Unit::Minute),
    ("hour", Unit::Hour),
    ("hours", Unit::Hour),
    ("hr", Unit::Hour),
    ("hrs", Unit::Hour),
    ("h", Unit::Hour),
    ("day", Unit::Day),
    ("days", Unit::Day),
    ("week", Unit::Week),
    ("weeks", Unit::Week),
    ("month", Unit::Month),
    ("months", Unit::Month),
];

fn unit(word: &str) -> Option<Unit> {
    let known = UNITS.iter().find(|(known, _)| *known == word).map(|(_, unit)| *unit);
    known.or_else(|| matches!(word, "year" | "years" | "yr" | "yrs").then_some(Unit::Year))
}

/// The place of a word among words of which three letters are enough.
fn place<const N: usize>(words: [&str; N], word: &str) -> Option<i8> {
    let at = words.iter().position(|known| *known == word || known.get(..3) == Some(word))?;
    i8::try_from(at).ok()
}

pub(super) fn parse(text: &str, clock: &Clock) -> Result<(i64, i64), String> {
    let now = local(clock.now, clock).ok_or(BAD_DATE)?;
    let mut words = Words { rest: text, now, found: Found::default() };
    while words.next()? {}
    words.found.range(now, clock)
}

/// What the words said so far.
#[derive(Default)]
struct Found {
    /// A day that is named as such.
    day: Option<Date>,
    month: Option<i8>,
    day_of_month: Option<i8>,
    year: Option<i16>,
    time: Option<(Time, Unit)>,
    /// How far back, and the smallest unit of it.
    back: Option<(Span, Unit)>,
    ago: bool,
}

struct Words<'t> {
    rest: &'t str,
    now: DateTime,
    found: Found,
}

impl<'t> Words<'t> {
    /// The next run of letters, or of digits and colons.
    fn token(&mut self) -> Option<&'t str> {
        let text = self.rest.trim_start();
        let is_digit = |letter: char| letter.is_ascii_digit() || letter == ':';
        let first = text.chars().next()?;
        let end = match first {
            letter if is_digit(letter) => text.find(|letter| !is_digit(letter)),
            letter if letter.is_ascii_alphabetic() => text.find(|letter: char| !letter.is_ascii_alphabetic()),
            _ => return None,
        };
        let (token, rest) = text.split_at(end.unwrap_or(text.len()));
        self.rest = rest;
        Some(token)
    }

    /// The word that comes next, without taking it.
    fn peek(&self) -> String {
        let mut ahead = Self { rest: self.rest, now: self.now, found: Found::default() };
        ahead.token().unwrap_or_default().to_ascii_lowercase()
    }

    /// Takes the next part; false at the end.
    fn next(&mut self) -> Result<bool, String> {
        let text = self.rest.trim_start();
        if text.is_empty() {
            return Ok(false);
        }
        let unknown = || format!("Unrecognized string in date/time specification at \"{text}\".");
        let token = self.token().ok_or_else(unknown)?;
        if token.contains(':') {
            let time = super::time(token)?;
            let time = self.half_of_day(time)?;
            self.time(time, text)?;
        } else if token.starts_with(|letter: char| letter.is_ascii_digit()) {
            self.number(token, text)?;
        } else {
            self.word(&token.to_ascii_lowercase(), text)?;
        }
        Ok(true)
    }

    fn number(&mut self, digits: &str, text: &str) -> Result<(), String> {
        let number = digits.parse::<i32>().map_err(|_| BAD_DATE.to_owned())?;
        let next = self.peek();
        if let Some(unit) = unit(&next) {
            self.token();
            return self.back(number, unit, text);
        }
        if matches!(next.as_str(), "am" | "pm") {
            let time = super::time(digits)?;
            let time = self.half_of_day(time)?;
            return self.time(time, text);
        }
        let place = match digits.len() {
            4 => {
                let year = i16::try_from(number).map_err(|_| BAD_DATE.to_owned())?;
                return set(&mut self.found.year, year, "date", text);
            }
            _ => i8::try_from(number).map_err(|_| BAD_DATE.to_owned())?,
        };
        set(&mut self.found.day_of_month, place, "date", text)
    }

    /// `am` and `pm` behind a time.
    fn half_of_day(&mut self, (time, unit): (Time, Unit)) -> Result<(Time, Unit), String> {
        let half = self.peek();
        if !matches!(half.as_str(), "am" | "pm") {
            return Ok((time, unit));
        }
        self.token();
        let afternoon = if half == "pm" { 12 } else { 0 };
        if time.hour() > 12 {
            return Err("Specified hours out of range.".to_owned());
        }
        let hour = time.hour() % 12 + afternoon;
        time.with().hour(hour).build().map(|time| (time, unit)).map_err(|_| BAD_TIME.to_owned())
    }

    fn word(&mut self, word: &str, text: &str) -> Result<(), String> {
        let today = self.now.date();
        let days_back = |days: i64| today.checked_sub(days.days()).map_err(|_| BAD_DATE.to_owned());
        match word {
            "today" => return set(&mut self.found.day, today, "date", text),
            "yesterday" => return set(&mut self.found.day, days_back(1)?, "date", text),
            "midnight" => return self.time((Time::midnight(), Unit::Second), text),
            "noon" => return self.time((Time::constant(12, 0, 0, 0), Unit::Second), text),
            "ago" => {
                self.found.ago = true;
                // It must be about something that came before.
                return if self.found.back.is_some() {
                    Ok(())
                } else {
                    Err(format!("Ambiguous date specification found at \"{text}\"."))
                };
            }
            _ => {}
        }
        if let Some(weekday) = place(WEEKDAYS, word) {
            let since = (today.weekday().to_monday_zero_offset() - weekday).rem_euclid(7);
            return set(&mut self.found.day, days_back(since.into())?, "date", text);
        }
        if let Some(month) = place(MONTHS, word) {
            return set(&mut self.found.month, month + 1, "date", text);
        }
        match unit(word) {
            Some(unit) => self.back(1, unit, text),
            None => Err(format!("Unrecognized string in date/time specification at \"{text}\".")),
        }
    }

    fn time(&mut self, time: (Time, Unit), text: &str) -> Result<(), String> {
        set(&mut self.found.time, time, "time", text)
    }

    fn back(&mut self, number: i32, unit: Unit, text: &str) -> Result<(), String> {
        let (span, smallest) = self.found.back.unwrap_or((Span::new(), unit));
        let (old, number) = match unit {
            Unit::Second => (span.get_seconds(), i64::from(number)),
            Unit::Minute => (span.get_minutes(), i64::from(number)),
            Unit::Hour => (span.get_hours().into(), i64::from(number)),
            Unit::Day => (span.get_days().into(), i64::from(number)),
            Unit::Week => (span.get_weeks().into(), i64::from(number)),
            Unit::Month => (span.get_months().into(), i64::from(number)),
            Unit::Year => (span.get_years().into(), i64::from(number)),
        };
        let sum = old + number;
        let span = match unit {
            Unit::Second => span.try_seconds(sum),
            Unit::Minute => span.try_minutes(sum),
            Unit::Hour => span.try_hours(sum),
            Unit::Day => span.try_days(sum),
            Unit::Week => span.try_weeks(sum),
            Unit::Month => span.try_months(sum),
            Unit::Year => span.try_years(sum),
        };
        let span = span.map_err(|_| format!("Number out of range at \"{text}\"."))?;
        self.found.back = Some((span, smallest.min(unit)));
        Ok(())
    }
}

/// Takes note of a part that may be there once.
fn set<T>(place: &mut Option<T>, value: T, what: &str, text: &str) -> Result<(), String> {
    if place.replace(value).is_some() {
        return Err(format!("Ambiguous {what} specification found at \"{text}\"."));
    }
    Ok(())
}

impl Found {
    fn range(self, now: DateTime, clock: &Clock) -> Result<(i64, i64), String> {
        let named = self.day.is_some() || self.month.is_some() || self.year.is_some();
        if (named || self.day_of_month.is_some()) && self.back.is_some() {
            return Err("Mixed absolute and relative date specification found.".to_owned());
        }
        if let Some((span, unit)) = self.back {
            let at = now.checked_sub(span).map_err(|_| BAD_DATE.to_owned())?;
            if unit >= Unit::Day {
                return Self::on(at.date(), self.time, Unit::Day, clock);
            }
            // The unit that ended then; without `ago` it might as well be a time of the day.
            if !self.ago || self.time.is_some() {
                return Err(BAD_TIME.to_owned());
            }
            let last = seconds(at, None, clock);
            return Ok(match unit {
                Unit::Second => (last, last),
                Unit::Minute => (last - 59, last),
                _ => (last - 3_599, last),
            });
        }
        let (day, unit) = self.date(now.date())?;
        Self::on(day, self.time, unit, clock)
    }

    fn on(day: Date, time: Option<(Time, Unit)>, unit: Unit, clock: &Clock) -> Result<(i64, i64), String> {
        match time {
            Some(_) if unit > Unit::Day => Err(BAD_DATE.to_owned()),
            Some((time, unit)) => range(day.to_datetime(time), unit, None, clock),
            None => range(day.to_datetime(Time::midnight()), unit, None, clock),
        }
    }

    /// The day or month, and which of them it is.
    fn date(&self, today: Date) -> Result<(Date, Unit), String> {
        let bad = |_| "Specified day out of range.".to_owned();
        match (self.day, self.month, self.day_of_month) {
            (Some(day), None, None) if self.year.is_none() => Ok((day, Unit::Day)),
            (None, Some(month), day) => {
                let year = self.year.unwrap_or(today.year());
                let date = Date::new(year, month, day.unwrap_or(1)).map_err(bad)?;
                Ok((date, if day.is_some() { Unit::Day } else { Unit::Month }))
            }
            (None, None, None) if self.year.is_none() => Ok((today, Unit::Day)),
            _ => Err(BAD_DATE.to_owned()),
        }
    }
}
