//! Cookies on the semaphores of this machine; a thread plays udev.

use std::sync::mpsc;

use super::*;

const FLAGS: UdevFlags = UdevFlags::PRIMARY_SOURCE;
const SOON: Option<Duration> = Some(Duration::from_secs(60));

fn exists(cookie: u32) -> bool {
    Semaphore::open(cookie).is_ok()
}

#[test]
fn udev_completes_each_event_once() {
    let mut cookie = Cookie::new().unwrap();
    let value = cookie.value();
    assert_eq!((value >> 16, cookie.outstanding()), (MAGIC, Ok(0)));
    assert_ne!(value & 0xffff, 0);
    let (events, queue) = mpsc::channel();
    let udev = thread::spawn(move || {
        for event in queue {
            thread::sleep(Duration::from_millis(5));
            complete(event).unwrap();
        }
    });
    for _ in 0..20 {
        let event = cookie.event_nr(FLAGS).unwrap();
        assert_eq!((event >> 16, event & 0xffff), (0x40, value & 0xffff));
        events.send(event).unwrap();
    }
    drop(events);
    assert!(cookie.outstanding().unwrap() > 0);
    let start = Instant::now();
    cookie.wait(SOON).unwrap();
    assert!(start.elapsed() >= Duration::from_millis(20), "it did not wait for 20 events of 5 ms");
    assert!(!exists(value));
    udev.join().unwrap();
    assert_eq!(complete(value), Err(CookieError::Unknown { cookie: value }));
}

#[test]
fn without_a_time_limit() {
    let mut cookie = Cookie::new().unwrap();
    let (value, event) = (cookie.value(), cookie.event_nr(FLAGS).unwrap());
    let udev = thread::spawn(move || {
        thread::sleep(Duration::from_millis(50));
        complete(event)
    });
    let start = Instant::now();
    cookie.wait(None).unwrap();
    assert!(start.elapsed() >= Duration::from_millis(40));
    assert_eq!(udev.join().unwrap(), Ok(()));
    assert!(!exists(value));
}

#[test]
fn an_action_without_events_does_not_wait() {
    let cookie = Cookie::new().unwrap();
    let value = cookie.value();
    cookie.wait(None).unwrap();
    assert!(!exists(value));

    let mut cookie = Cookie::new().unwrap();
    cookie.event_nr(FLAGS).unwrap();
    assert_eq!(cookie.outstanding(), Ok(1));
    cookie.no_event().unwrap();
    assert_eq!(cookie.outstanding(), Ok(0));
    let nothing = CookieError::NothingOutstanding { cookie: cookie.value() };
    assert_eq!(cookie.no_event(), Err(nothing));
    cookie.wait(None).unwrap();
}

#[test]
fn a_time_limit_says_what_is_outstanding() {
    for limit in [Duration::ZERO, Duration::from_millis(30)] {
        let mut cookie = Cookie::new().unwrap();
        let value = cookie.value();
        let events = [(); 3].map(|()| cookie.event_nr(FLAGS).unwrap());
        complete(events[0]).unwrap();
        let start = Instant::now();
        let error = cookie.wait(Some(limit)).unwrap_err();
        assert!(start.elapsed() >= limit);
        assert_eq!(error, CookieError::Timeout { outstanding: 2, waited: limit });
        assert!(!exists(value), "a semaphore is left behind");
        assert_eq!(complete(events[1]), Err(CookieError::Unknown { cookie: value }));

        let error = Error::from(error);
        let kind = ErrorKind::Kernel { target: "udev".to_owned(), errno: Errno::ETIMEDOUT as i32 };
        assert_eq!(error.kind(), &kind);
        let cause = std::error::Error::source(&error).unwrap().to_string();
        assert!(cause.contains("has not handled 2 events"), "{cause}");
    }
}

#[test]
fn a_time_limit_past_the_end_of_time_is_none() {
    let cookie = Cookie::new().unwrap();
    cookie.wait(Some(Duration::MAX)).unwrap();
}

#[test]
fn dropping_it_removes_the_semaphore_and_does_not_wait() {
    let mut cookie = Cookie::new().unwrap();
    let value = cookie.value();
    cookie.event_nr(FLAGS).unwrap();
    assert!(exists(value));
    drop(cookie);
    assert!(!exists(value));
}

#[test]
fn keys_that_are_taken() {
    let (first, second) = (Cookie::new().unwrap(), Cookie::new().unwrap());
    assert_ne!(first.base, second.base);
    let taken = [0, first.base, second.base];
    assert_eq!(Cookie::with_bases(taken.into_iter()).unwrap_err(), CookieError::NoFreeKey { tries: 2 });
    let free = Cookie::new().unwrap().base;
    let third = Cookie::with_bases(taken.into_iter().chain([free])).unwrap();
    assert_eq!(third.base, free);
    // The cookies whose keys were tried are as they were.
    assert_eq!((first.outstanding(), second.outstanding()), (Ok(0), Ok(0)));
    first.wait(None).unwrap();
}

/// `dmsetup udevcomplete_all` removes the semaphores of all cookies.
#[test]
fn somebody_removes_the_semaphore() {
    for limit in [None, SOON] {
        let mut cookie = Cookie::new().unwrap();
        cookie.event_nr(FLAGS).unwrap();
        let semaphore = cookie.semaphore;
        let other = thread::spawn(move || {
            thread::sleep(Duration::from_millis(30));
            semaphore.remove()
        });
        cookie.wait(limit).unwrap();
        assert_eq!(other.join().unwrap(), Ok(()));
    }

    let mut cookie = Cookie::new().unwrap();
    cookie.semaphore.remove().unwrap();
    // The flags are still sent, and the base that is no longer ours is not.
    assert_eq!(cookie.event_nr(FLAGS), Ok(0x0040_0000));
    assert_eq!(cookie.outstanding(), Ok(0));
    assert_eq!(cookie.no_event(), Ok(()));
    assert_eq!(cookie.wait(None), Ok(()));
}

#[test]
fn completing_what_nobody_waits_for() {
    assert_eq!(complete(0x0060_0000), Ok(()));
    let cookie = Cookie::new().unwrap();
    let value = cookie.value();
    // One too many takes our own hold; waiting then ends at once.
    assert_eq!(complete(0x0060_0000 | value & 0xffff), Ok(()));
    assert_eq!(complete(value), Err(CookieError::NothingOutstanding { cookie: value }));
    assert_eq!(cookie.wait(None), Ok(()));
}

#[test]
fn too_many_events() {
    let mut cookie = Cookie::new().unwrap();
    cookie.semaphore.add(i16::MAX - 1, Block::No).unwrap();
    let error = CookieError::System { call: "semop", errno: Errno::ERANGE };
    assert_eq!(cookie.event_nr(FLAGS), Err(error));
    let nothing = CookieError::NothingOutstanding { cookie: cookie.value() };
    assert_eq!(cookie.no_event(), Err(nothing), "an event that was not counted");
}
