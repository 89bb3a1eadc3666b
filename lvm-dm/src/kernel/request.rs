//! Requests and answers as the bytes of the kernel's `struct dm_ioctl` and what follows it.
//!
//! Numbers are in the machine's own byte order. Source: kernel header
//! `include/uapi/linux/dm-ioctl.h`; offsets checked against captured requests.

use bitflags::bitflags;
use lvm_core::{Error, Result, Sectors};

use super::command::{Command, DmVersion};
use super::number::DeviceNumber;
use crate::name::{DM_NAME_MAX, DM_UUID_MAX};
use crate::sys::dm_ioctl::{DATA_SIZE_OFFSET, DM_IOCTL_SIZE};
use crate::table::Table;

bitflags! {
    /// What a request asks for, and what an answer says of a device.
    #[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
    pub struct DmFlags: u32 {
        /// The table or device is read-only.
        const READONLY = 1 << 0;
        /// Suspend instead of resume; the device is suspended.
        const SUSPEND = 1 << 1;
        /// The device number in the request is the one to use.
        const PERSISTENT_DEV = 1 << 3;
        /// The table instead of what its targets report.
        const STATUS_TABLE = 1 << 4;
        /// There is a live table.
        const ACTIVE_PRESENT = 1 << 5;
        /// There is an inactive table.
        const INACTIVE_PRESENT = 1 << 6;
        /// The answer did not fit.
        const BUFFER_FULL = 1 << 8;
        /// Suspend without freezing the file system on the device.
        const SKIP_LOCKFS = 1 << 10;
        /// Suspend without waiting for queued I/O; report without committing first.
        const NOFLUSH = 1 << 11;
        /// The inactive table instead of the live one.
        const QUERY_INACTIVE_TABLE = 1 << 12;
        /// The kernel told udev of it.
        const UEVENT_GENERATED = 1 << 13;
        /// The new name is a uuid; list uuids too.
        const UUID = 1 << 14;
        /// Wipe the buffers: there are keys in them.
        const SECURE_DATA = 1 << 15;
        /// The target answered the message.
        const DATA_OUT = 1 << 16;
        /// Remove the device when nobody has it open any more.
        const DEFERRED_REMOVE = 1 << 17;
        /// Suspended by another target.
        const INTERNAL_SUSPEND = 1 << 18;
        const _ = !0;
    }
}

// The header's fields, each behind the one before it.
const VERSION: usize = 0;
const DATA_SIZE: usize = VERSION + 3 * 4;
const DATA_START: usize = DATA_SIZE + 4;
const TARGET_COUNT: usize = DATA_START + 4;
const OPEN_COUNT: usize = TARGET_COUNT + 4;
const FLAGS: usize = OPEN_COUNT + 4;
const EVENT_NR: usize = FLAGS + 4;
const PADDING: usize = EVENT_NR + 4;
const DEV: usize = PADDING + 4;
const NAME: usize = DEV + 8;
const UUID: usize = NAME + DM_NAME_MAX + 1;
const DATA: usize = UUID + DM_UUID_MAX + 1;
const _: () = assert!(DATA == 305 && DATA + 7 == DM_IOCTL_SIZE && DATA_SIZE == DATA_SIZE_OFFSET);

// One line of a table, in front of its parameters.
const SPEC_START: usize = 0;
const SPEC_LENGTH: usize = SPEC_START + 8;
const SPEC_STATUS: usize = SPEC_LENGTH + 8;
const SPEC_NEXT: usize = SPEC_STATUS + 4;
const SPEC_TYPE: usize = SPEC_NEXT + 4;
const SPEC_SIZE: usize = SPEC_TYPE + 16;
const _: () = assert!(SPEC_SIZE == 40);

/// Largest buffer that is tried before an answer is given up.
const BUFFER_MAX: usize = 256 << 20;

/// How a request names its device. The kernel takes exactly one of these.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum DeviceKey<'a> {
    /// By its name, as the kernel has it.
    Name(&'a str),
    /// By its uuid.
    Uuid(&'a str),
    /// By its number.
    Number(DeviceNumber),
}

impl std::fmt::Display for DeviceKey<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Name(name) | Self::Uuid(name) => f.write_str(name),
            Self::Number(number) => number.fmt(f),
        }
    }
}

impl From<DeviceNumber> for DeviceKey<'_> {
    fn from(number: DeviceNumber) -> Self {
        Self::Number(number)
    }
}

/// A request, and after it was sent the kernel's answer.
#[derive(Clone, Debug)]
pub struct Request {
    command: Command,
    bytes: Vec<u8>,
}

impl Request {
    /// A request with room for `room` bytes of answer behind the header.
    pub(crate) fn new(command: Command, room: usize) -> Self {
        let mut request = Self { command, bytes: vec![0; DM_IOCTL_SIZE] };
        let DmVersion(major, minor, patch) = command.since();
        for (at, number) in [major, minor, patch].into_iter().enumerate() {
            request.put_u32(VERSION + 4 * at, number);
        }
        request.put_u32(DATA_START, 312);
        request.resize(DM_IOCTL_SIZE + room);
        request
    }

    /// What it asks for.
    #[must_use]
    pub fn command(&self) -> Command {
        self.command
    }

    /// The bytes, for a transport to send and to answer into.
    pub fn bytes_mut(&mut self) -> &mut [u8] {
        &mut self.bytes
    }

    fn resize(&mut self, size: usize) {
        self.bytes.resize(size, 0);
        self.put_u32(DATA_SIZE, u32::try_from(size).unwrap_or(u32::MAX));
    }

    /// Doubles the buffer; false when it is as large as it may get.
    pub(crate) fn grow(&mut self) -> bool {
        let size = self.bytes.len().saturating_mul(2);
        if size > BUFFER_MAX {
            return false;
        }
        self.resize(size);
        true
    }

    fn put(&mut self, at: usize, bytes: &[u8]) {
        if let Some(place) = self.bytes.get_mut(at..at + bytes.len()) {
            place.copy_from_slice(bytes);
        }
    }

    fn put_u32(&mut self, at: usize, number: u32) {
        self.put(at, &native_u32(number));
    }

    fn put_u64(&mut self, at: usize, number: u64) {
        self.put(at, &native_u64(number));
    }

    /// Names the device.
    pub(crate) fn key(self, key: DeviceKey<'_>) -> Result<Self> {
        match key {
            DeviceKey::Name(name) => self.name(name),
            DeviceKey::Uuid(uuid) => self.uuid(uuid),
            DeviceKey::Number(number) => Ok(self.dev(number)),
        }
    }

    /// # Errors
    /// `InvalidInput` for a name the kernel would cut off or should not have.
    pub(crate) fn name(mut self, name: &str) -> Result<Self> {
        check_string("name", name, DM_NAME_MAX)?;
        if name.contains('/') || matches!(name, "." | ".." | "control") {
            return Err(Error::invalid(format!("{name:?} is no name for a device")).with_field("name"));
        }
        self.put(NAME, name.as_bytes());
        Ok(self)
    }

    /// Names that begin with this, of a list.
    pub(crate) fn name_prefix(mut self, prefix: &str) -> Result<Self> {
        if !prefix.is_empty() {
            check_string("name", prefix, DM_NAME_MAX)?;
            self.put(NAME, prefix.as_bytes());
        }
        Ok(self)
    }

    /// # Errors
    /// `InvalidInput` for a uuid the kernel would cut off.
    pub(crate) fn uuid(mut self, uuid: &str) -> Result<Self> {
        check_string("uuid", uuid, DM_UUID_MAX)?;
        self.put(UUID, uuid.as_bytes());
        Ok(self)
    }

    pub(crate) fn dev(mut self, number: DeviceNumber) -> Self {
        self.put_u64(DEV, number.to_kernel());
        self
    }

    pub(crate) fn flags(mut self, flags: DmFlags) -> Self {
        self.put_u32(FLAGS, flags.bits());
        self
    }

    pub(crate) fn event_nr(mut self, event_nr: u32) -> Self {
        self.put_u32(EVENT_NR, event_nr);
        self
    }

    /// A string behind the header, with its NUL, in front of the room for the answer.
    pub(crate) fn text(mut self, prefix: &[u8], text: &str) -> Result<Self> {
        if text.contains('\0') {
            return Err(Error::invalid("a NUL cannot be sent to the kernel"));
        }
        let end = DM_IOCTL_SIZE + prefix.len() + text.len() + 1;
        if self.bytes.len() < end {
            self.resize(end);
        }
        self.put(DM_IOCTL_SIZE, prefix);
        self.put(DM_IOCTL_SIZE + prefix.len(), text.as_bytes());
        Ok(self)
    }

    /// The lines of a table behind the header.
    pub(crate) fn table(mut self, table: &Table) -> Self {
        let mut payload = Vec::new();
        for line in table.lines() {
            let params = line.target.params();
            let size = (SPEC_SIZE + params.len() + 1).next_multiple_of(8);
            let mut spec = vec![0; size];
            let name = line.target.name().as_bytes();
            let fields: [(usize, &[u8]); 5] = [
                (SPEC_START, &native_u64(line.start.0)),
                (SPEC_LENGTH, &native_u64(line.length.0)),
                (SPEC_NEXT, &native_u32(u32::try_from(size).unwrap_or(u32::MAX))),
                (SPEC_TYPE, name),
                (SPEC_SIZE, params.as_bytes()),
            ];
            for (at, bytes) in fields {
                if let Some(place) = spec.get_mut(at..at + bytes.len()) {
                    place.copy_from_slice(bytes);
                }
            }
            payload.extend(spec);
        }
        self.resize(DM_IOCTL_SIZE + payload.len());
        self.put(DM_IOCTL_SIZE, &payload);
        self.put_u32(TARGET_COUNT, u32::try_from(table.lines().len()).unwrap_or(u32::MAX));
        self
    }

    // What an answer holds.

    fn get_u32(&self, at: usize) -> u32 {
        read_u32(&self.bytes, at).unwrap_or_default()
    }

    pub(crate) fn answered_version(&self) -> DmVersion {
        DmVersion(self.get_u32(VERSION), self.get_u32(VERSION + 4), self.get_u32(VERSION + 8))
    }

    pub(crate) fn answered_flags(&self) -> DmFlags {
        DmFlags::from_bits_retain(self.get_u32(FLAGS))
    }

    pub(crate) fn info(&self) -> DeviceInfo {
        DeviceInfo {
            name: string_at(&self.bytes, NAME, DM_NAME_MAX + 1),
            uuid: string_at(&self.bytes, UUID, DM_UUID_MAX + 1),
            number: DeviceNumber::from_kernel(read_u64(&self.bytes, DEV).unwrap_or_default()),
            open_count: self.get_u32(OPEN_COUNT),
            target_count: self.get_u32(TARGET_COUNT),
            event_nr: self.get_u32(EVENT_NR),
            flags: self.answered_flags(),
        }
    }

    /// What stands behind the header: nothing beyond what the kernel says it wrote.
    pub(crate) fn payload(&self) -> &[u8] {
        let end = usize::try_from(self.get_u32(DATA_SIZE)).unwrap_or(usize::MAX).min(self.bytes.len());
        let start = usize::try_from(self.get_u32(DATA_START)).unwrap_or(usize::MAX);
        self.bytes.get(start..end).unwrap_or_default()
    }

    /// The lines of a table, as `TABLE_STATUS` answers.
    pub(crate) fn lines(&self) -> Result<Vec<KernelLine>> {
        let payload = self.payload();
        let mut lines = Vec::new();
        let mut at = 0;
        for _ in 0..self.get_u32(TARGET_COUNT) {
            let line = (|| {
                let next = usize::try_from(read_u32(payload, at + SPEC_NEXT)?).ok()?;
                let line = KernelLine {
                    start: Sectors(read_u64(payload, at + SPEC_START)?),
                    length: Sectors(read_u64(payload, at + SPEC_LENGTH)?),
                    target: string_at(payload, at + SPEC_TYPE, 16),
                    params: string_at(payload, at + SPEC_SIZE, next.checked_sub(at + SPEC_SIZE)?),
                };
                Some((line, next))
            })();
            let (line, next) = line.ok_or_else(|| garbled(self.command))?;
            lines.push(line);
            at = next;
        }
        Ok(lines)
    }
}

/// What the kernel says of a device.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct DeviceInfo {
    /// Its name.
    pub name: String,
    /// Its uuid; empty when it has none.
    pub uuid: String,
    /// Its number.
    pub number: DeviceNumber,
    /// How many have it open, tables of other devices included.
    pub open_count: u32,
    /// The lines of its table.
    pub target_count: u32,
    /// Counts its events.
    pub event_nr: u32,
    /// Its state.
    pub flags: DmFlags,
}

impl DeviceInfo {
    /// True while its I/O is held back.
    #[must_use]
    pub fn is_suspended(&self) -> bool {
        self.flags.contains(DmFlags::SUSPEND)
    }

    /// True when a table waits to go live at the next resume.
    #[must_use]
    pub fn has_inactive_table(&self) -> bool {
        self.flags.contains(DmFlags::INACTIVE_PRESENT)
    }

    /// True when it has a live table.
    #[must_use]
    pub fn has_live_table(&self) -> bool {
        self.flags.contains(DmFlags::ACTIVE_PRESENT)
    }

    /// True when it can only be read.
    #[must_use]
    pub fn is_read_only(&self) -> bool {
        self.flags.contains(DmFlags::READONLY)
    }
}

/// One line of a table or a report, as the kernel has it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct KernelLine {
    /// The first sector.
    pub start: Sectors,
    /// The number of sectors.
    pub length: Sectors,
    /// The target's name.
    pub target: String,
    /// Its parameters, or what it reports.
    pub params: String,
}

pub(crate) fn garbled(command: Command) -> Error {
    Error::new(lvm_core::ErrorKind::Internal, format!("the kernel's answer to {command} cannot be read"))
}

fn check_string(what: &str, text: &str, max: usize) -> Result<()> {
    if text.is_empty() || text.len() > max || text.contains('\0') {
        return Err(
            Error::invalid(format!("a device {what} has 1 to {max} bytes: {text:?}")).with_field(what)
        );
    }
    Ok(())
}

#[expect(clippy::host_endian_bytes, reason = "the kernel takes the machine's own byte order")]
pub(crate) fn native_u32(number: u32) -> [u8; 4] {
    number.to_ne_bytes()
}

#[expect(clippy::host_endian_bytes, reason = "the kernel takes the machine's own byte order")]
pub(crate) fn native_u64(number: u64) -> [u8; 8] {
    number.to_ne_bytes()
}

pub(crate) fn read_u32(bytes: &[u8], at: usize) -> Option<u32> {
    bytes.get(at..at.checked_add(4)?)?.try_into().ok().map(u32::from_ne_bytes)
}

pub(crate) fn read_u64(bytes: &[u8], at: usize) -> Option<u64> {
    bytes.get(at..at.checked_add(8)?)?.try_into().ok().map(u64::from_ne_bytes)
}

/// The string at an offset, up to its NUL and of at most `max` bytes. The kernel's strings come
/// from targets and from whoever made a device: bytes that are no UTF-8 are replaced.
pub(crate) fn string_at(bytes: &[u8], at: usize, max: usize) -> String {
    let rest = bytes.get(at..).unwrap_or_default();
    let rest = rest.get(..max).unwrap_or(rest);
    let end = rest.iter().position(|byte| *byte == 0).unwrap_or(rest.len());
    String::from_utf8_lossy(rest.get(..end).unwrap_or_default()).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_load_as_it_was_captured() {
        let table = "0 16384 linear 7:0 2048".parse::<Table>().unwrap();
        let key = DeviceKey::Name("vg-lin");
        let request = Request::new(Command::Load, 0).key(key).unwrap().table(&table);
        let bytes = &request.bytes;
        let version = [4_u32, 0, 0].map(native_u32).concat();
        assert_eq!(&bytes[..12], version);
        assert_eq!(bytes.len(), 312 + 56);
        assert_eq!(&bytes[12..24], [368_u32, 312, 1].map(native_u32).concat());
        assert!(bytes[24..48].iter().all(|byte| *byte == 0));
        assert_eq!(&bytes[48..55], b"vg-lin\0");
        assert!(bytes[176..312].iter().all(|byte| *byte == 0));
        assert_eq!(&bytes[312..328], [0_u64, 16384].map(native_u64).concat());
        assert_eq!(&bytes[328..336], [0_u32, 56].map(native_u32).concat());
        assert_eq!(&bytes[336..352], b"linear\0\0\0\0\0\0\0\0\0\0");
        assert_eq!(&bytes[352..368], b"7:0 2048\0\0\0\0\0\0\0\0");
    }

    #[test]
    fn answers_with_lies_are_refused_or_cut() {
        let table = "0 8 linear 7:0 0\n8 8 error".parse::<Table>().unwrap();
        let mut request = Request::new(Command::Table, 0).table(&table);
        // A report counts from the start of the payload, a load from each line.
        let second = read_u32(&request.bytes, 312 + SPEC_NEXT).unwrap();
        request.put_u32(312 + second as usize + SPEC_NEXT, second + 48);
        let lines = request.lines().unwrap();
        assert_eq!((lines[0].params.as_str(), lines[1].target.as_str()), ("7:0 0", "error"));
        request.put_u32(TARGET_COUNT, 1_000_000);
        assert!(request.lines().is_err());
        request.put_u32(TARGET_COUNT, 1);
        for next in [0, 39, u32::MAX] {
            request.put_u32(312 + SPEC_NEXT, next);
            assert!(request.lines().is_err() || next == u32::MAX, "{next}");
        }
        request.put_u32(DATA_START, u32::MAX);
        assert_eq!(request.payload(), []);
        request.put_u32(DATA_START, 312);
        request.put_u32(DATA_SIZE, u32::MAX);
        assert_eq!(request.payload().len(), request.bytes.len() - 312);
    }

    #[test]
    fn names_the_kernel_would_mistake() {
        let long = "x".repeat(128);
        for name in ["", "a/b", ".", "..", "control", long.as_str(), "a\0b"] {
            assert!(Request::new(Command::Info, 0).name(name).is_err(), "{name:?}");
        }
        assert!(Request::new(Command::Info, 0).name(&long[1..]).is_ok());
        assert!(Request::new(Command::Info, 0).uuid(&long).is_ok());
        assert!(Request::new(Command::Info, 0).uuid(&format!("{long}y")).is_err());
    }
}
