use std::sync::Arc;

use lvm_core::{TimeZone, Utc};

use super::*;

/// Friday, 2026-11-27 11:10:20.
const NOW: i64 = 1_795_777_820;

fn clock() -> Clock {
    Clock { now: NOW, time_zone: Arc::new(Utc) }
}

fn shown(text: &str) -> String {
    let show = |seconds| local(seconds, &clock()).unwrap().strftime("%Y-%m-%d %H:%M:%S").to_string();
    match parse(text, &clock()) {
        Ok((first, last)) => format!("{} .. {}", show(first), show(last)),
        Err(why) => why,
    }
}

#[test]
fn standard_times() {
    for (text, range) in [
        ("2020", "2020-01-01 00:00:00 .. 2020-12-31 23:59:59"),
        ("2020-02", "2020-02-01 00:00:00 .. 2020-02-29 23:59:59"),
        ("202002", "2020-02-01 00:00:00 .. 2020-02-29 23:59:59"),
        ("2020-2-5", "2020-02-05 00:00:00 .. 2020-02-05 23:59:59"),
        ("20200205", "2020-02-05 00:00:00 .. 2020-02-05 23:59:59"),
        ("2020-02-05 9", "2020-02-05 09:00:00 .. 2020-02-05 09:59:59"),
        ("2020-02-05 09:30", "2020-02-05 09:30:00 .. 2020-02-05 09:30:59"),
        ("2020-02-05  09:30:07", "2020-02-05 09:30:07 .. 2020-02-05 09:30:07"),
        ("2020-02-05 09:30 +02:00", "2020-02-05 07:30:00 .. 2020-02-05 07:30:59"),
        ("2020-02-05 09:30-0130", "2020-02-05 11:00:00 .. 2020-02-05 11:00:59"),
        ("2020-02-05 +02", "2020-02-04 22:00:00 .. 2020-02-05 21:59:59"),
        ("2020-13", "Specified month out of range."),
        ("2020-02-30", "Specified day out of range."),
        ("2020-02-05 24", "Specified hours out of range."),
        ("2020-02-05 10:60", "Specified minutes out of range."),
        ("2020-02 10:00", "Incorrect time format."),
        ("99999", "Incorrect date format."),
        ("5", "Incorrect date format."),
        ("10:00", "Incorrect date format."),
    ] {
        assert_eq!(shown(text), range, "{text}");
    }
}

#[test]
fn words() {
    for (text, range) in [
        ("today", "2026-11-27 00:00:00 .. 2026-11-27 23:59:59"),
        ("YESTERDAY", "2026-11-26 00:00:00 .. 2026-11-26 23:59:59"),
        ("noon", "2026-11-27 12:00:00 .. 2026-11-27 12:00:00"),
        ("Friday", "2026-11-27 00:00:00 .. 2026-11-27 23:59:59"),
        ("sat", "2026-11-21 00:00:00 .. 2026-11-21 23:59:59"),
        ("10:30 monday", "2026-11-23 10:30:00 .. 2026-11-23 10:30:59"),
        ("yesterday 3pm", "2026-11-26 15:00:00 .. 2026-11-26 15:59:59"),
        ("yesterday 10:30 pm", "2026-11-26 22:30:00 .. 2026-11-26 22:30:59"),
        ("12 am", "2026-11-27 00:00:00 .. 2026-11-27 00:59:59"),
        ("5 Nov", "2026-11-05 00:00:00 .. 2026-11-05 23:59:59"),
        ("2025 Nov 5 noon", "2025-11-05 12:00:00 .. 2025-11-05 12:00:00"),
        ("november 2025", "2025-11-01 00:00:00 .. 2025-11-30 23:59:59"),
        ("1 week ago", "2026-11-20 00:00:00 .. 2026-11-20 23:59:59"),
        ("2 days", "2026-11-25 00:00:00 .. 2026-11-25 23:59:59"),
        ("2 days ago noon", "2026-11-25 12:00:00 .. 2026-11-25 12:00:00"),
        ("1 year 3 months ago", "2025-08-27 00:00:00 .. 2025-08-27 23:59:59"),
        ("90 min ago", "2026-11-27 09:39:21 .. 2026-11-27 09:40:20"),
        ("1 day 2 h ago", "2026-11-26 08:10:21 .. 2026-11-26 09:10:20"),
        ("5s ago", "2026-11-27 11:10:15 .. 2026-11-27 11:10:15"),
        ("now", "Unrecognized string in date/time specification at \"now\"."),
        ("5 ago", "Ambiguous date specification found at \"ago\"."),
        ("3 hours", "Incorrect time format."),
        ("noon noon", "Ambiguous time specification found at \"noon\"."),
        ("monday tuesday", "Ambiguous date specification found at \"tuesday\"."),
        ("yesterday 2 days ago", "Mixed absolute and relative date specification found."),
        ("Feb 30", "Specified day out of range."),
        ("13 pm", "Specified hours out of range."),
        ("99999999 years ago", "Number out of range at \"99999999 years ago\"."),
    ] {
        assert_eq!(shown(text), range, "{text}");
    }
}

/// Two hours east of Greenwich from April on, one before.
struct Summer;

impl TimeZone for Summer {
    fn utc_offset(&self, unix_seconds: i64) -> i32 {
        // 2020-04-01 01:00 UTC.
        if unix_seconds >= 1_585_702_800 { 7200 } else { 3600 }
    }
}

#[test]
fn zones_that_change() {
    let clock = Clock { now: NOW, time_zone: Arc::new(Summer) };
    let day = parse("2020-04-01", &clock).unwrap();
    assert_eq!(day.1 - day.0 + 1, 23 * 3600);
    assert_eq!(parse("2020-04-01 12:00", &clock).unwrap().0, 1_585_735_200);
}
