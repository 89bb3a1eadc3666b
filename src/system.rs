//! The machine this runs on: who writes, when, in which time zone, and with which new ids.
//!
//! This is the only module that asks the operating system for any of these. Nothing is read from
//! the environment except what the system's own time zone lookup reads (`TZ`, `/etc/localtime`);
//! `SOURCE_DATE_EPOCH` and the like are the caller's to look up and to hand in.

use std::collections::HashSet;
use std::fmt;
use std::os::unix::fs::{FileTypeExt, MetadataExt};
use std::path::Path;
use std::time::{SystemTime, UNIX_EPOCH};

use lvm_core::metadata::TextHeader;
use lvm_core::stamp::default_generator;
use lvm_core::text::ExportHeader;
use lvm_core::{Error, ErrorKind, Host, Id, IdSource, Result, SeededIds, Stamp, TimeZone, Utc};
use nix::sys::stat::{major, minor};

/// Ids from the operating system's random numbers.
#[derive(Clone, Copy, Debug, Default)]
pub struct RandomIds;

impl IdSource for RandomIds {
    fn fill(&mut self, bytes: &mut [u8; 32]) {
        // Bytes 6 and 8 of a version 4 UUID hold its version and variant: 14 random ones are left.
        let random = std::iter::repeat_with(|| uuid::Uuid::new_v4().into_bytes()).flat_map(|uuid| {
            uuid.into_iter().enumerate().filter(|(at, _)| !matches!(at, 6 | 8)).map(|(_, byte)| byte)
        });
        for (byte, random) in bytes.iter_mut().zip(random) {
            *byte = random;
        }
    }
}

/// Reproducible ids that no group or physical volume of a view has yet.
///
/// Each change of each group has a sequence of its own, so that two groups made with one seed do
/// not get the same ids. A change that a crash cut short draws the same ids when it is made again,
/// except those it gave away already.
#[derive(Debug)]
pub(crate) struct FreshIds {
    sequence: SeededIds,
    taken: HashSet<Id>,
}

impl FreshIds {
    /// The sequence for version `seqno` of what is called `name`.
    pub(crate) fn new(seed: u64, name: &str, seqno: u32, taken: HashSet<Id>) -> Self {
        // Two numbers that are close must not give sequences that overlap, so each step is mixed.
        let mix = |state: u64, value: u64| SeededIds::new(state ^ value).next_u64();
        let named = name.bytes().fold(mix(seed, 0), |state, byte| mix(state, u64::from(byte)));
        Self { sequence: SeededIds::new(mix(named, u64::from(seqno).wrapping_add(256))), taken }
    }
}

impl IdSource for FreshIds {
    fn fill(&mut self, bytes: &mut [u8; 32]) {
        loop {
            self.sequence.fill(bytes);
            if self.taken.insert(Id::random(&mut Given(*bytes))) {
                return;
            }
        }
    }
}

/// Bytes that are there already, to see which id they make.
struct Given([u8; 32]);

impl IdSource for Given {
    fn fill(&mut self, bytes: &mut [u8; 32]) {
        *bytes = self.0;
    }
}

/// A random number of 31 bits, for names of files.
pub(crate) fn random_number() -> u32 {
    let mut bytes = [0; 32];
    RandomIds.fill(&mut bytes);
    bytes.first_chunk().map_or(0, |chunk| u32::from_le_bytes(*chunk)) & 0x7fff_ffff
}

/// The system's own time zone, as `TZ` or `/etc/localtime` set it when this value was made.
#[derive(Clone)]
pub struct SystemZone(jiff::tz::TimeZone);

impl SystemZone {
    /// Looks the time zone up; a system without one has UTC.
    #[must_use]
    pub fn new() -> Self {
        Self(jiff::tz::TimeZone::try_system().unwrap_or(jiff::tz::TimeZone::UTC))
    }
}

impl Default for SystemZone {
    fn default() -> Self {
        Self::new()
    }
}

impl fmt::Debug for SystemZone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("SystemZone").field(&self.0.iana_name()).finish()
    }
}

impl TimeZone for SystemZone {
    fn utc_offset(&self, unix_seconds: i64) -> i32 {
        jiff::Timestamp::from_second(unix_seconds).map_or(0, |time| self.0.to_offset(time).seconds())
    }
}

/// The host as `uname(2)` describes it, with the LVM system id the caller found for it.
///
/// Characters that would end the text's string or line are replaced: a host name may hold any
/// byte, and lvm2 writes and reads it as it is.
///
/// # Errors
/// `Internal` when `uname` fails, which Linux never lets it do.
pub fn host(system_id: Option<String>) -> Result<Host> {
    let uname = nix::sys::utsname::uname().map_err(|errno| {
        Error::new(ErrorKind::Internal, "cannot ask for the name of the host").with_source(errno)
    })?;
    let word = |part: &std::ffi::OsStr| printable(&part.to_string_lossy());
    let nodename = word(uname.nodename());
    let description = [uname.sysname(), uname.nodename(), uname.release(), uname.version(), uname.machine()]
        .map(word)
        .join(" ");
    Ok(Host { nodename, description, system_id })
}

fn printable(text: &str) -> String {
    text.chars().map(|c| if c.is_control() || matches!(c, '"' | '\\') { '_' } else { c }).collect()
}

/// Major and minor number of the block or character device at a path.
#[must_use]
pub fn device_numbers(path: &Path) -> Option<(u32, u32)> {
    let metadata = std::fs::metadata(path).ok()?;
    let kind = metadata.file_type();
    if !kind.is_block_device() && !kind.is_char_device() {
        return None;
    }
    let part = |number: u64| u32::try_from(number).ok();
    Some((part(major(metadata.rdev()))?, part(minor(metadata.rdev()))?))
}

/// True when two paths lead to one file.
#[must_use]
pub fn is_same_file(one: &Path, other: &Path) -> bool {
    let inode = |path: &Path| std::fs::metadata(path).ok().map(|metadata| (metadata.dev(), metadata.ino()));
    one == other || inode(one).is_some_and(|one| inode(other) == Some(one))
}

/// Seconds since 1970-01-01 UTC, now. A clock before that gives 0.
#[must_use]
pub fn now() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs())
}

/// A time in seconds since 1970-01-01 UTC as ctime(3) writes it, in the system's time zone.
#[must_use]
pub fn local_time(unix_seconds: u64) -> String {
    let at = i64::try_from(unix_seconds).ok().and_then(|at| jiff::Timestamp::from_second(at).ok());
    let zoned = at.map(|at| at.to_zoned(SystemZone::new().0));
    zoned.map_or_else(String::new, |at| at.strftime("%a %b %e %H:%M:%S %Y").to_string())
}

/// How to make a [`Stamp`] of this machine, with what is to differ from it.
///
/// ```
/// use lvmkit::system::StampOptions;
/// let stamp = StampOptions::new("vgcreate vg0 disk0.img").build()?;
/// assert_eq!(stamp.command, "vgcreate vg0 disk0.img");
///
/// // The same bytes in every run: time, ids, time zone and host are given.
/// let fixed = StampOptions::new("mkimage").time(1_700_000_000).seed(7).utc().host(Default::default());
/// assert_eq!(fixed.build()?.time, 1_700_000_000);
/// # Ok::<(), lvm_core::Error>(())
/// ```
#[derive(Clone, Debug, Default)]
#[must_use]
pub struct StampOptions {
    command: String,
    generator: Option<String>,
    system_id: Option<String>,
    host: Option<Host>,
    time: Option<u64>,
    seed: Option<u64>,
    utc: bool,
}

impl StampOptions {
    /// This machine, now, for `command`: the command line that `description` names.
    pub fn new(command: impl Into<String>) -> Self {
        Self { command: command.into(), ..Self::default() }
    }

    /// For another command line.
    pub fn command(mut self, command: impl Into<String>) -> Self {
        self.command = command.into();
        self
    }

    pub(crate) fn command_line(&self) -> &str {
        &self.command
    }

    /// The program named in the first comment of backup files.
    pub fn generator(mut self, generator: impl Into<String>) -> Self {
        self.generator = Some(generator.into());
        self
    }

    /// The host's LVM system id. It has no effect together with [`host`](Self::host).
    pub fn system_id(mut self, system_id: impl Into<String>) -> Self {
        self.system_id = Some(system_id.into());
        self
    }

    pub(crate) fn with_system_id(mut self, system_id: Option<String>) -> Self {
        self.system_id = system_id;
        self
    }

    /// Another host than this one.
    pub fn host(mut self, host: Host) -> Self {
        self.host = Some(host);
        self
    }

    /// A fixed time, in seconds since 1970-01-01 UTC, e.g. what the caller found in
    /// `SOURCE_DATE_EPOCH`.
    pub fn time(mut self, seconds: u64) -> Self {
        self.time = Some(seconds);
        self
    }

    /// Reproducible ids from this number, instead of random ones.
    ///
    /// Two groups made with one seed have the same ids, which no machine can use at one time.
    pub fn seed(mut self, seed: u64) -> Self {
        self.seed = Some(seed);
        self
    }

    /// UTC in comments, instead of the system's time zone.
    pub fn utc(mut self) -> Self {
        self.utc = true;
        self
    }

    /// Looks up whatever was not given.
    ///
    /// # Errors
    /// As [`host`].
    pub fn build(self) -> Result<Stamp> {
        Ok(Stamp {
            time: self.time.unwrap_or_else(now),
            host: self.host.map_or_else(|| host(self.system_id), Ok)?,
            generator: self.generator.unwrap_or_else(default_generator),
            command: self.command,
            zone: if self.utc { Box::new(Utc) } else { Box::new(SystemZone::new()) },
            ids: match self.seed {
                Some(seed) => Box::new(SeededIds::new(seed)),
                None => Box::new(RandomIds),
            },
        })
    }
}

/// The block around a metadata text that this stamp's command writes, with that `description`.
#[must_use]
pub fn text_header(stamp: &Stamp, description: impl Into<String>) -> TextHeader {
    TextHeader {
        description: description.into(),
        creation_host: stamp.host.nodename.clone(),
        creation_host_system_id: stamp.host.system_id.clone(),
        creation_time: stamp.time,
    }
}

/// `header` with what `stamp` adds to it in comments, for [`export`](lvm_core::text::export()).
#[must_use]
pub fn export_header<'a>(stamp: &'a Stamp, header: &'a TextHeader) -> ExportHeader<'a> {
    ExportHeader {
        header,
        generator: &stamp.generator,
        host_description: &stamp.host.description,
        zone: &*stamp.zone,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn random_ids_differ_and_have_no_fixed_bits() {
        let (mut ones, mut zeroes) = ([0_u8; 32], [0xff_u8; 32]);
        let mut last = [0; 32];
        for _ in 0..200 {
            let mut bytes = [0; 32];
            RandomIds.fill(&mut bytes);
            assert_ne!(bytes, last);
            last = bytes;
            for (at, byte) in bytes.iter().enumerate() {
                ones[at] |= byte;
                zeroes[at] &= byte;
            }
        }
        // A bit that is the same 200 times of 200 is a version bit; by chance: 2^-191 or so.
        assert_eq!((ones, zeroes), ([0xff; 32], [0; 32]));
    }

    #[test]
    fn sequences_of_ids_do_not_overlap() {
        let draw = |name: &str, seqno, taken: &[Id]| {
            let mut ids = FreshIds::new(1, name, seqno, taken.iter().copied().collect());
            (0..8).map(|_| Id::random(&mut ids)).collect::<Vec<_>>()
        };
        let first = draw("vg", 1, &[]);
        assert_eq!(first, draw("vg", 1, &[]));
        let others = (2..40).map(|seqno| draw("vg", seqno, &[])).chain([draw("other", 1, &[])]);
        let all = others.flatten().chain(first.clone()).collect::<HashSet<_>>();
        assert_eq!(all.len(), 40 * 8);
        // What is in use is passed over, and the rest stays as it is.
        assert_eq!(draw("vg", 1, &first[..2])[..6], first[2..]);
    }

    #[test]
    fn the_stamp_of_this_machine() {
        let before = now();
        let stamp = StampOptions::new("test").system_id("here").build().unwrap();
        assert!(stamp.time >= before && stamp.time <= now());
        assert_eq!(stamp.host.system_id.as_deref(), Some("here"));
        assert!(stamp.host.description.starts_with("Linux "), "{}", stamp.host.description);
        assert!(stamp.host.description.contains(&stamp.host.nodename));
        let offset = stamp.zone.utc_offset(1_700_000_000);
        assert!((-50_400..=50_400).contains(&offset), "{offset}");
        assert_eq!(stamp.zone.utc_offset(i64::MAX), 0);
    }

    #[test]
    fn given_values_win() {
        let make =
            || StampOptions::new("c").time(5).seed(1).utc().host(Host::default()).generator("g").build();
        let (mut a, mut b) = (make().unwrap(), make().unwrap());
        assert_eq!((a.time, a.generator.as_str(), a.host.nodename.as_str()), (5, "g", "lvmkit"));
        let (mut first, mut second) = ([0; 32], [0; 32]);
        a.ids.fill(&mut first);
        b.ids.fill(&mut second);
        assert_eq!(first, second);
        let header = text_header(&a, "Write from c.");
        assert_eq!(export_header(&a, &header).header.creation_time, 5);
    }

    #[test]
    fn host_names_cannot_break_the_text() {
        assert_eq!(printable("a\"b\nc\\d"), "a_b_c_d");
    }
}
