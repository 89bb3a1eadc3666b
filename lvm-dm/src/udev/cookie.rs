//! The semaphore that counts the events udev has not handled.

use std::hash::{BuildHasher, RandomState};
use std::thread;
use std::time::{Duration, Instant};

use lvm_core::{Error, ErrorKind};
use nix::errno::Errno;
use thiserror::Error;

use super::flags::UdevFlags;
use crate::sys::semaphore::{Block, Semaphore, is_gone};

/// The upper half of every cookie's key.
const MAGIC: u32 = 0x0d4d;
/// How many keys are tried before the system counts as full of cookies.
const TRIES: usize = 256;
/// The longest pause between two looks at the semaphore, when there is a time limit.
const PAUSE_MAX: Duration = Duration::from_millis(5);

/// What goes wrong with a cookie.
#[derive(Clone, PartialEq, Eq, Debug, Error)]
#[non_exhaustive]
pub enum CookieError {
    /// udev did not handle all events in time. The semaphore is removed; what udev has not done
    /// may still happen later, or never.
    #[error("udev has not handled {outstanding} events after {} s", .waited.as_secs_f32())]
    Timeout {
        /// Events not handled.
        outstanding: u32,
        /// The time limit.
        waited: Duration,
    },
    /// Every key tried belongs to another cookie.
    #[error("no key for a udev cookie is free after {tries} tries")]
    NoFreeKey {
        /// Keys tried.
        tries: usize,
    },
    /// There is no such cookie, or no longer.
    #[error("there is no udev cookie {cookie:#x}")]
    Unknown {
        /// The key.
        cookie: u32,
    },
    /// More was given back than taken.
    #[error("no event of udev cookie {cookie:#x} is outstanding")]
    NothingOutstanding {
        /// The key.
        cookie: u32,
    },
    /// A system call on the semaphore failed.
    #[error("{call} on the semaphore of a udev cookie failed")]
    System {
        /// The system call.
        call: &'static str,
        /// Why.
        #[source]
        errno: Errno,
    },
}

impl From<CookieError> for Error {
    fn from(error: CookieError) -> Self {
        let kernel =
            |target: &str, errno: Errno| ErrorKind::Kernel { target: target.to_owned(), errno: errno as i32 };
        let kind = match &error {
            CookieError::Timeout { .. } => kernel("udev", Errno::ETIMEDOUT),
            CookieError::NoFreeKey { .. } => kernel("semget", Errno::EEXIST),
            CookieError::Unknown { .. } => ErrorKind::NotFound,
            CookieError::NothingOutstanding { .. } => ErrorKind::InvalidInput,
            CookieError::System { errno: Errno::ENOSYS, .. } => ErrorKind::Unsupported,
            CookieError::System { call, errno } => kernel(call, *errno),
        };
        let full = matches!(
            &error,
            CookieError::NoFreeKey { .. } | CookieError::System { errno: Errno::ENOSPC, .. }
        );
        let new = Self::new(kind, "waiting for udev failed").with_source(error);
        if full {
            new.with_help("`dmsetup udevcookies` lists the cookies, `dmsetup udevcomplete_all` removes them")
        } else {
            new
        }
    }
}

fn failed(call: &'static str) -> impl Fn(Errno) -> CookieError {
    move |errno| CookieError::System { call, errno }
}

/// The key of the semaphore.
fn key(base: u16) -> u32 {
    MAGIC << 16 | u32::from(base)
}

/// A wait for udev: one semaphore for all requests of one action.
///
/// The value of the semaphore is one for this cookie itself, and one for each event that udev has
/// not handled. Dropping the cookie removes the semaphore without waiting; a process that is killed
/// leaves it behind, for `dmsetup udevcomplete_all` to remove.
#[derive(Debug)]
pub struct Cookie {
    base: u16,
    semaphore: Semaphore,
    /// Event numbers given out and not given back.
    taken: u32,
}

impl Cookie {
    /// Creates the semaphore, under a random key that is free.
    ///
    /// # Errors
    /// [`CookieError::NoFreeKey`]; [`CookieError::System`], with `ENOSPC` when the system has no
    /// more semaphores and `ENOSYS` when it has none at all.
    pub fn new() -> Result<Self, CookieError> {
        // Each is seeded from the system's random numbers, and needs no file to be there.
        let random = std::iter::repeat_with(|| RandomState::new().hash_one(()) as u16);
        Self::with_bases(random.take(TRIES))
    }

    fn with_bases(bases: impl Iterator<Item = u16>) -> Result<Self, CookieError> {
        let mut tries = 0;
        // A base of 0 says that nobody waits.
        for base in bases.filter(|base| *base != 0) {
            tries += 1;
            match Semaphore::create(key(base)) {
                Ok(semaphore) => {
                    let cookie = Self { base, semaphore, taken: 0 };
                    // Our own hold, so that the value is not 0 between two requests.
                    semaphore.add(1, Block::No).map_err(failed("semop"))?;
                    return Ok(cookie);
                }
                Err(Errno::EEXIST) => {}
                Err(errno) => return Err(failed("semget")(errno)),
            }
        }
        Err(CookieError::NoFreeKey { tries })
    }

    /// The cookie as `dmsetup` takes it (`--udevcookie`): the key of the semaphore.
    #[must_use]
    pub fn value(&self) -> u32 {
        key(self.base)
    }

    /// Events not handled yet; 0 also when somebody removed the semaphore.
    ///
    /// # Errors
    /// [`CookieError::System`].
    pub fn outstanding(&self) -> Result<u32, CookieError> {
        Ok(self.count()?.saturating_sub(1))
    }

    fn count(&self) -> Result<u32, CookieError> {
        match self.semaphore.value() {
            Err(errno) if is_gone(errno) => Ok(0),
            other => other.map_err(failed("semctl")),
        }
    }

    /// The event number for one request, to be asked for just before it: counts one more event.
    ///
    /// When somebody removed the semaphore (`dmsetup udevcomplete_all`) nobody waits any more; the
    /// number then has the flags alone, which the rules need all the same.
    ///
    /// # Errors
    /// [`CookieError::System`], with `ERANGE` for more than 32766 events at a time.
    pub fn event_nr(&mut self, flags: UdevFlags) -> Result<u32, CookieError> {
        let event_nr = match self.semaphore.add(1, Block::No) {
            Ok(()) => flags.with_base(self.base),
            Err(errno) if is_gone(errno) => flags.event_nr(),
            Err(errno) => return Err(failed("semop")(errno)),
        };
        self.taken = self.taken.saturating_add(1);
        Ok(event_nr)
    }

    /// Takes one event back: the request failed, or the kernel did not say `UEVENT_GENERATED`.
    ///
    /// # Errors
    /// [`CookieError::NothingOutstanding`] when there is none to take back; [`CookieError::System`].
    pub fn no_event(&mut self) -> Result<(), CookieError> {
        let left = self.taken.checked_sub(1);
        self.taken = left.ok_or(CookieError::NothingOutstanding { cookie: self.value() })?;
        self.release()
    }

    /// One less. A value of 0 already is somebody else's doing, who wants nobody to wait.
    fn release(&self) -> Result<(), CookieError> {
        match self.semaphore.add(-1, Block::No) {
            Err(errno) if errno != Errno::EAGAIN && !is_gone(errno) => Err(failed("semop")(errno)),
            _ => Ok(()),
        }
    }

    /// Waits until udev has handled every event, and removes the semaphore. `None` waits as long
    /// as it takes, which is for ever when udev has no device-mapper rules.
    ///
    /// # Errors
    /// [`CookieError::Timeout`] when there are events left after `limit`; [`CookieError::System`].
    /// The semaphore is removed then too.
    pub fn wait(self, limit: Option<Duration>) -> Result<(), CookieError> {
        self.release()?;
        // A time too far away for the clock is as good as none.
        let deadline = limit.and_then(|limit| Some((limit, Instant::now().checked_add(limit)?)));
        let waited = match deadline {
            None => self.semaphore.wait_zero(Block::Yes),
            // semop(2) has no time limit, and the calls that do are not in every C library alike.
            Some((_, deadline)) => poll_zero(self.semaphore, deadline),
        };
        match (waited, deadline) {
            (Err(Errno::EAGAIN), Some((waited, _))) => match self.count()? {
                0 => Ok(()),
                outstanding => Err(CookieError::Timeout { outstanding, waited }),
            },
            (Err(errno), _) if !is_gone(errno) => Err(failed("semop")(errno)),
            _ => Ok(()),
        }
    }
}

/// Looks for 0 until the deadline; `EAGAIN` when it has passed.
fn poll_zero(semaphore: Semaphore, deadline: Instant) -> Result<(), Errno> {
    let mut pause = Duration::from_micros(200);
    loop {
        match semaphore.wait_zero(Block::No) {
            Err(Errno::EAGAIN) => {}
            other => return other,
        }
        let left = deadline.saturating_duration_since(Instant::now());
        if left.is_zero() {
            return Err(Errno::EAGAIN);
        }
        thread::sleep(pause.min(left));
        pause = pause.saturating_mul(2).min(PAUSE_MAX);
    }
}

impl Drop for Cookie {
    fn drop(&mut self) {
        // It may be gone already, and there is nobody to tell that it could not be removed.
        let _ = self.semaphore.remove();
    }
}

/// Says that one event is handled, as `dmsetup udevcomplete` does for udev. `cookie` is the event's
/// `DM_COOKIE`, or the cookie itself; only the lower half counts, and 0 there means nobody waits.
///
/// # Errors
/// [`CookieError::Unknown`] and [`CookieError::NothingOutstanding`] when nobody waits for it;
/// [`CookieError::System`].
pub fn complete(cookie: u32) -> Result<(), CookieError> {
    let base = u16::try_from(cookie & 0xffff).unwrap_or_default();
    if base == 0 {
        return Ok(());
    }
    let cookie = key(base);
    let semaphore = match Semaphore::open(cookie) {
        Ok(semaphore) => semaphore,
        Err(Errno::ENOENT) => return Err(CookieError::Unknown { cookie }),
        Err(errno) => return Err(failed("semget")(errno)),
    };
    match semaphore.add(-1, Block::No) {
        Err(Errno::EAGAIN) => Err(CookieError::NothingOutstanding { cookie }),
        Err(errno) if !is_gone(errno) => Err(failed("semop")(errno)),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests;
