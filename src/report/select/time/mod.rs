//! Times in selections: dates and times of which parts may be left away, and words.

mod words;

use jiff::ToSpan;
use jiff::civil::{Date, DateTime, Time};

use super::Clock;

/// The first and the last second that a text means, since 1970-01-01 UTC; or why it means none,
/// which may be without words.
pub(super) fn parse(text: &str, clock: &Clock) -> Result<(i64, i64), String> {
    let text = text.trim();
    if text.is_empty() {
        return Err(String::new());
    }
    if text.bytes().any(|byte| byte.is_ascii_alphabetic()) {
        return words::parse(text, clock);
    }
    standard(text, clock)
}

const BAD_DATE: &str = "Incorrect date format.";
const BAD_TIME: &str = "Incorrect time format.";

/// How long what is written lasts.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(super) enum Unit {
    Second,
    Minute,
    Hour,
    Day,
    Week,
    Month,
    Year,
}

impl Unit {
    fn span(self) -> jiff::Span {
        match self {
            Self::Second => 1.second(),
            Self::Minute => 1.minute(),
            Self::Hour => 1.hour(),
            Self::Day => 1.day(),
            Self::Week => 1.week(),
            Self::Month => 1.month(),
            Self::Year => 1.year(),
        }
    }
}

/// `2020-02-29 12:34:56 +01:00`, of which the end may be left away.
fn standard(text: &str, clock: &Clock) -> Result<(i64, i64), String> {
    let (date, rest) = text.split_once(char::is_whitespace).unwrap_or((text, ""));
    let (date, mut unit) = self::date(date)?;
    let rest = rest.trim();
    let (time, zone) = match rest.find(['+', '-']) {
        Some(at) => rest.split_at(at),
        None => (rest, ""),
    };
    let time = match time.trim() {
        "" => Time::midnight(),
        _ if unit > Unit::Day => return Err(BAD_TIME.to_owned()),
        time => {
            let (time, exact) = self::time(time)?;
            unit = exact;
            time
        }
    };
    let zone = if zone.is_empty() { None } else { Some(self::zone(zone)?) };
    range(date.to_datetime(time), unit, zone, clock)
}

/// The seconds that something that begins then and lasts so long takes.
fn range(start: DateTime, unit: Unit, zone: Option<i32>, clock: &Clock) -> Result<(i64, i64), String> {
    let end = start.checked_add(unit.span()).map_err(|_| BAD_DATE.to_owned())?;
    Ok((seconds(start, zone, clock), seconds(end, zone, clock) - 1))
}

/// Seconds since 1970-01-01 UTC, of a time in a zone or in the clock's.
fn seconds(at: DateTime, zone: Option<i32>, clock: &Clock) -> i64 {
    let as_utc = at.duration_since(DateTime::constant(1970, 1, 1, 0, 0, 0, 0)).as_secs();
    if let Some(offset) = zone {
        return as_utc - i64::from(offset);
    }
    let offset = |seconds| i64::from(clock.time_zone.utc_offset(seconds));
    // The offset there, not the one where it would be without one.
    let near = as_utc - offset(as_utc);
    as_utc - offset(near)
}

/// The local time of the clock.
fn local(seconds: i64, clock: &Clock) -> Option<DateTime> {
    let shifted = seconds.checked_add(clock.time_zone.utc_offset(seconds).into())?;
    let at = jiff::Timestamp::from_second(shifted).ok()?;
    Some(jiff::tz::Offset::UTC.to_datetime(at))
}

fn number<T: std::str::FromStr>(digits: &str, most: usize, why: &str) -> Result<T, String> {
    let valid =
        !digits.is_empty() && digits.len() <= most && digits.bytes().all(|byte| byte.is_ascii_digit());
    digits.parse().ok().filter(|_| valid).ok_or_else(|| why.to_owned())
}

/// `YYYY-MM-DD`, `YYYY-MM`, `YYYY`, or the same without dashes.
fn date(text: &str) -> Result<(Date, Unit), String> {
    let dashed = text.contains('-');
    let mut parts = match text.len() {
        6 | 8 if !dashed => vec![text.get(..4), text.get(4..6), text.get(6..).filter(|day| !day.is_empty())],
        _ => text.splitn(3, '-').map(Some).collect(),
    };
    parts.retain(Option::is_some);
    let mut parts = parts.into_iter().flatten();
    let year = parts.next().unwrap_or_default();
    if year.len() != 4 {
        return Err(BAD_DATE.to_owned());
    }
    let year = number::<i16>(year, 4, BAD_DATE)?;
    let (month, day) = (parts.next(), parts.next());
    let unit = match (month, day) {
        (_, Some(_)) => Unit::Day,
        (Some(_), None) => Unit::Month,
        (None, None) => Unit::Year,
    };
    let month = month.map_or(Ok(1), |month| number::<i8>(month, 2, "Specified month out of range."))?;
    let day = day.map_or(Ok(1), |day| number::<i8>(day, 2, "Specified day out of range."))?;
    let first = Date::new(year, month, 1).map_err(|_| "Specified month out of range.".to_owned())?;
    let day = first.with().day(day).build().map_err(|_| "Specified day out of range.".to_owned())?;
    Ok((day, unit))
}

/// `hh:mm:ss`, `hh:mm`, `hh`.
fn time(text: &str) -> Result<(Time, Unit), String> {
    let parts = text.split(':').collect::<Vec<_>>();
    let mut read = parts.iter().map(|part| number::<i8>(part, 2, BAD_TIME));
    let mut next = |most: i8, what: &str| {
        let number = read.next().transpose()?.unwrap_or(0);
        if number < most { Ok(number) } else { Err(format!("Specified {what} out of range.")) }
    };
    let (hour, minute, second) = (next(24, "hours")?, next(60, "minutes")?, next(60, "seconds")?);
    let unit = match parts.len() {
        1 => Unit::Hour,
        2 => Unit::Minute,
        3 => Unit::Second,
        _ => return Err(BAD_TIME.to_owned()),
    };
    Ok((Time::new(hour, minute, second, 0).map_err(|_| BAD_TIME.to_owned())?, unit))
}

/// `+hh:mm`, `+hhmm`, `+hh`: seconds east of Greenwich.
fn zone(text: &str) -> Result<i32, String> {
    const BAD: &str = "Incorrect timezone format.";
    let sign = if text.starts_with('-') { -1 } else { 1 };
    let digits = text.get(1..).unwrap_or_default().trim();
    let (hours, minutes) = match (digits.split_once(':'), digits.len()) {
        (Some(parts), _) => parts,
        (None, 4) => digits.split_at(2),
        (None, _) => (digits, "0"),
    };
    let (hours, minutes) = (number::<i32>(hours, 2, BAD)?, number::<i32>(minutes, 2, BAD)?);
    if hours > 15 || minutes > 59 {
        return Err("Specified timezone out of range.".to_owned());
    }
    Ok(sign * (hours * 3600 + minutes * 60))
}

#[cfg(test)]
mod tests;
