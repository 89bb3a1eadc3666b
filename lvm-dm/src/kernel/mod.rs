//! The kernel's device-mapper: its requests as methods.
//!
//! A [`Kernel`] is the open control node. It checks the driver's version, sends each request with
//! the oldest interface version that has it, and lets buffers grow. It keeps no state of devices:
//! every method is one request, except where it says otherwise.
//!
//! Source: kernel header `include/uapi/linux/dm-ioctl.h`, kernel doc
//! `Documentation/admin-guide/device-mapper/`, and behaviour seen on Linux 6.1 (interface 4.47).

mod command;
mod control;
mod list;
mod number;
mod request;

use std::collections::BTreeMap;
use std::fmt;
use std::fs::File;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use lvm_core::{Error, ErrorKind, Result};
use nix::errno::Errno;

pub use command::{Command, DmVersion};
pub use list::{ListedDevice, TargetVersion};
pub use number::DeviceNumber;
pub use request::{DeviceInfo, DeviceKey, DmFlags, KernelLine, Request};

use crate::table::{Table, TableLine};
use crate::target::Target;
use control::Control;

/// The module that has device-mapper's driver.
const NAME_OF_MODULE: &str = "dm_mod";
/// The major version of the interface that this code speaks.
const INTERFACE: u32 = 4;
/// Room for answers of unknown length, to begin with.
const ROOM: usize = 16 << 10;
/// Room for the answer to a message. A message whose answer does not fit is not sent again.
const MESSAGE_ROOM: usize = 256 << 10;

/// What carries requests to a driver. The kernel's control node is one; tests wrap it, to count
/// requests or to fail or die at one.
pub trait Transport: Send + Sync {
    /// Sends a request; the answer is written over it.
    ///
    /// # Errors
    /// The error number the driver gives.
    fn send(&self, request: &mut Request) -> Result<(), Errno>;

    /// The open control node, to poll for events.
    fn control(&self) -> Option<&File> {
        None
    }
}

/// The kernel's device-mapper.
#[derive(Clone)]
pub struct Kernel {
    transport: Arc<dyn Transport>,
    version: DmVersion,
    sent: Arc<[AtomicU64; Command::ALL.len()]>,
}

impl Kernel {
    /// Opens `/dev/mapper/control`, which is made when it is missing.
    ///
    /// # Errors
    /// `Unsupported` when the kernel has no device-mapper or another interface; `Kernel` without
    /// the right to use it.
    pub fn open() -> Result<Self> {
        Self::open_in(Path::new("/dev"))
    }

    /// The same with another directory for device nodes.
    ///
    /// # Errors
    /// As [`open`](Self::open).
    pub fn open_in(dev: &Path) -> Result<Self> {
        Self::over(Arc::new(Control::open(dev, Path::new("/proc"))?))
    }

    /// Device-mapper behind another way to send requests.
    ///
    /// # Errors
    /// As [`open`](Self::open).
    pub fn over(transport: Arc<dyn Transport>) -> Result<Self> {
        let mut kernel = Self { transport, version: DmVersion(INTERFACE, 0, 0), sent: Arc::default() };
        let mut request = Request::new(Command::Version, 0);
        kernel.send(&mut request).map_err(|errno| failed(Command::Version, errno))?;
        kernel.version = request.answered_version();
        if kernel.version.0 != INTERFACE {
            return Err(Error::unsupported(format!(
                "device-mapper's interface has version {}, and {INTERFACE}.x is needed",
                kernel.version
            )));
        }
        Ok(kernel)
    }

    /// The same driver with `wrap` around what carries the requests.
    ///
    /// # Errors
    /// As [`open`](Self::open).
    pub fn wrapped<T: Transport + 'static>(
        &self,
        wrap: impl FnOnce(Arc<dyn Transport>) -> T,
    ) -> Result<Self> {
        Self::over(Arc::new(wrap(Arc::clone(&self.transport))))
    }

    /// The version of the driver's interface.
    #[must_use]
    pub fn version(&self) -> DmVersion {
        self.version
    }

    /// The open control node, for poll(2) together with [`arm_poll`](Self::arm_poll).
    #[must_use]
    pub fn control(&self) -> Option<&File> {
        self.transport.control()
    }

    /// How often a request was sent through this handle and its clones.
    #[must_use]
    pub fn sent(&self, command: Command) -> u64 {
        self.sent.get(usize::from(command.number())).map_or(0, |count| count.load(Ordering::Relaxed))
    }

    /// How often each request was sent; those that never were are left out.
    #[must_use]
    pub fn counts(&self) -> BTreeMap<Command, u64> {
        Command::ALL
            .into_iter()
            .map(|command| (command, self.sent(command)))
            .filter(|(_, n)| *n > 0)
            .collect()
    }

    fn send(&self, request: &mut Request) -> Result<(), Errno> {
        if let Some(count) = self.sent.get(usize::from(request.command().number())) {
            count.fetch_add(1, Ordering::Relaxed);
        }
        self.transport.send(request)
    }

    fn require(&self, command: Command) -> Result<()> {
        if self.version < command.since() {
            return Err(Error::unsupported(format!(
                "device-mapper's {command} needs interface {}, and this kernel has {}",
                command.since(),
                self.version
            )));
        }
        Ok(())
    }

    /// Sends a request about a device.
    fn about(&self, mut request: Request, key: DeviceKey<'_>) -> Result<Request> {
        self.require(request.command())?;
        let command = request.command();
        self.send(&mut request).map_err(|errno| failed(command, errno).with_device(key.to_string()))?;
        Ok(request)
    }

    /// Sends a request, again with more room as long as the answer does not fit.
    fn answered(&self, request: Request) -> Result<Request> {
        let command = request.command();
        self.require(command)?;
        let mut fresh = request;
        loop {
            // The answer is written over the request, so each try needs its own.
            let mut sent = fresh.clone();
            self.send(&mut sent).map_err(|errno| failed(command, errno))?;
            if !sent.answered_flags().contains(DmFlags::BUFFER_FULL) {
                return Ok(sent);
            }
            if !fresh.grow() {
                return Err(Error::unsupported(format!("the kernel's answer to {command} is too long")));
            }
        }
    }

    /// Makes a device without a table; `number` asks for that minor.
    ///
    /// # Errors
    /// `AlreadyExists` when the name or the uuid is taken; `InUse` when the minor is.
    pub fn create(&self, name: &str, uuid: &str, number: Option<DeviceNumber>) -> Result<DeviceInfo> {
        let mut request = Request::new(Command::Create, 0).name(name)?;
        if !uuid.is_empty() {
            request = request.uuid(uuid)?;
        }
        if let Some(number) = number {
            request = request.dev(number).flags(DmFlags::PERSISTENT_DEV);
        }
        let sent = self.about(request, DeviceKey::Name(name));
        sent.map(|answer| answer.info()).map_err(|error| match error.kind() {
            ErrorKind::NotFound => {
                Error::new(ErrorKind::InUse, "the device number that was asked for is in use")
                    .with_device(name)
                    .with_source(error)
            }
            _ => error,
        })
    }

    /// Removes a device and its tables. With `deferred`, one that is open goes at its last close.
    /// Returns whether udev was told.
    ///
    /// # Errors
    /// `InUse` when it is open; `NotFound`.
    pub fn remove(&self, key: DeviceKey<'_>, event_nr: u32, deferred: bool) -> Result<bool> {
        let flags = if deferred { DmFlags::DEFERRED_REMOVE } else { DmFlags::empty() };
        let request = Request::new(Command::Remove, 0).key(key)?.event_nr(event_nr).flags(flags);
        let answer = self.about(request, key)?;
        Ok(answer.answered_flags().contains(DmFlags::UEVENT_GENERATED))
    }

    /// Removes **every** device of the machine that nobody has open, whoever made it. For rescue
    /// systems; the argument spells out what is asked.
    ///
    /// # Errors
    /// `Kernel`.
    pub fn remove_all(&self, _really: RemoveAll) -> Result<()> {
        let mut request = Request::new(Command::RemoveAll, 0);
        self.send(&mut request).map_err(|errno| failed(Command::RemoveAll, errno))
    }

    /// Gives a device another name; the kernel finds it by its old one alone. Returns whether udev was told.
    ///
    /// # Errors
    /// `AlreadyExists` when the name is taken, `NotFound`.
    pub fn rename(&self, name: &str, new_name: &str, event_nr: u32) -> Result<bool> {
        // The rules for names are the same wherever one stands.
        Request::new(Command::Rename, 0).name(new_name)?;
        let request = Request::new(Command::Rename, 0).name(name)?.text(&[], new_name)?.event_nr(event_nr);
        let answer = self.about(request, DeviceKey::Name(name))?;
        Ok(answer.answered_flags().contains(DmFlags::UEVENT_GENERATED))
    }

    /// Gives a device that has no uuid one; a uuid cannot be changed.
    ///
    /// # Errors
    /// `Kernel` when it has one; `AlreadyExists`; `NotFound`.
    pub fn set_uuid(&self, name: &str, uuid: &str) -> Result<()> {
        Request::new(Command::Rename, 0).uuid(uuid)?;
        let request = Request::new(Command::Rename, 0).name(name)?.text(&[], uuid)?.flags(DmFlags::UUID);
        self.about(request, DeviceKey::Name(name)).map(drop)
    }

    /// Holds a device's I/O back until it is resumed. Of `how`, `NOFLUSH` and `SKIP_LOCKFS` count.
    ///
    /// # Errors
    /// `NotFound`, `Kernel`.
    pub fn suspend(&self, key: DeviceKey<'_>, how: DmFlags) -> Result<DeviceInfo> {
        let how = how & (DmFlags::NOFLUSH | DmFlags::SKIP_LOCKFS);
        let request = Request::new(Command::Suspend, 0).key(key)?.flags(how | DmFlags::SUSPEND);
        Ok(self.about(request, key)?.info())
    }

    /// Lets the inactive table go live, if there is one, and I/O go on. Of `how`, `NOFLUSH` and
    /// `SKIP_LOCKFS` count: they are about the short suspension that changes the tables.
    ///
    /// # Errors
    /// `NotFound`, `Kernel`.
    pub fn resume(&self, key: DeviceKey<'_>, event_nr: u32, how: DmFlags) -> Result<DeviceInfo> {
        let how = how & (DmFlags::NOFLUSH | DmFlags::SKIP_LOCKFS);
        let request = Request::new(Command::Suspend, 0).key(key)?.flags(how).event_nr(event_nr);
        Ok(self.about(request, key)?.info())
    }

    /// Fills the inactive table. I/O is not touched. Of `how`, `READONLY` and `SECURE_DATA` count.
    ///
    /// # Errors
    /// `Kernel` with the target when it refuses its parameters; `MissingDevice` when a device that
    /// the table names is not there; `NotFound`.
    pub fn load(&self, key: DeviceKey<'_>, table: &Table, how: DmFlags) -> Result<()> {
        let how = how & (DmFlags::READONLY | DmFlags::SECURE_DATA);
        let mut request = Request::new(Command::Load, 0).key(key)?.flags(how).table(table);
        let targets = || {
            let mut names = table.lines().iter().map(|line| line.target.name()).collect::<Vec<_>>();
            names.dedup();
            names.join(",")
        };
        self.send(&mut request).map_err(|errno| load_failed(errno, targets()).with_device(key.to_string()))
    }

    /// Drops the inactive table.
    ///
    /// # Errors
    /// `NotFound`, `Kernel`.
    pub fn clear(&self, key: DeviceKey<'_>) -> Result<DeviceInfo> {
        Ok(self.about(Request::new(Command::Clear, 0).key(key)?, key)?.info())
    }

    /// What is known of a device.
    ///
    /// # Errors
    /// `NotFound`.
    pub fn info(&self, key: DeviceKey<'_>) -> Result<DeviceInfo> {
        Ok(self.about(Request::new(Command::Info, 0).key(key)?, key)?.info())
    }

    /// What is known of a device, or `None` when there is none.
    ///
    /// # Errors
    /// `Kernel`.
    pub fn find(&self, key: DeviceKey<'_>) -> Result<Option<DeviceInfo>> {
        match self.info(key) {
            Ok(info) => Ok(Some(info)),
            Err(error) if *error.kind() == ErrorKind::NotFound => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// The lines of the live table, or of the inactive one. A device without it has none.
    ///
    /// # Errors
    /// `NotFound`, `Kernel`.
    pub fn table_lines(&self, key: DeviceKey<'_>, inactive: bool) -> Result<(DeviceInfo, Vec<KernelLine>)> {
        let which = if inactive { DmFlags::QUERY_INACTIVE_TABLE } else { DmFlags::empty() };
        self.lines(key, DmFlags::STATUS_TABLE | which)
    }

    /// The live table, or the inactive one; `None` when the device has none.
    ///
    /// # Errors
    /// `NotFound`, `Kernel`; `InvalidInput` when the table breaks a rule that is known here.
    pub fn table(&self, key: DeviceKey<'_>, inactive: bool) -> Result<Option<Table>> {
        let (_, lines) = self.table_lines(key, inactive)?;
        if lines.is_empty() {
            return Ok(None);
        }
        let line = |line: KernelLine| {
            let target = Target::parse(&line.target, &line.params)?;
            Ok::<_, Error>(TableLine::new(line.start, line.length, target))
        };
        Ok(Some(Table::new(lines.into_iter().map(line).collect::<Result<_>>()?)?))
    }

    /// What each target of the live table reports. `noflush` spares thin pools and caches the
    /// commit that a report otherwise waits for.
    ///
    /// # Errors
    /// `NotFound`, `Kernel`.
    pub fn status_lines(&self, key: DeviceKey<'_>, noflush: bool) -> Result<(DeviceInfo, Vec<KernelLine>)> {
        self.lines(key, if noflush { DmFlags::NOFLUSH } else { DmFlags::empty() })
    }

    fn lines(&self, key: DeviceKey<'_>, flags: DmFlags) -> Result<(DeviceInfo, Vec<KernelLine>)> {
        let request = Request::new(Command::Table, ROOM).key(key)?.flags(flags);
        let answer = self.answered(request).map_err(|error| error.with_device(key.to_string()))?;
        Ok((answer.info(), answer.lines()?))
    }

    /// Waits until the device's event counter is another than `event_nr`. There is no timeout:
    /// [`arm_poll`](Self::arm_poll) and poll(2) have one.
    ///
    /// # Errors
    /// `Cancelled` when a signal came first; `NotFound`, also when the device was removed.
    pub fn wait(&self, key: DeviceKey<'_>, event_nr: u32) -> Result<DeviceInfo> {
        let request = Request::new(Command::Wait, ROOM).key(key)?.event_nr(event_nr);
        Ok(self.about(request, key)?.info())
    }

    /// Sends a message to the target at a sector of the device; some answer.
    ///
    /// # Errors
    /// `Kernel` when the target refuses it; `Unsupported` when its answer is longer than 256 KiB:
    /// the message took effect.
    pub fn message(&self, key: DeviceKey<'_>, sector: u64, message: &str) -> Result<Option<String>> {
        let request = Request::new(Command::Message, MESSAGE_ROOM).key(key)?;
        let answer = self.about(request.text(&request::native_u64(sector), message)?, key)?;
        let flags = answer.answered_flags();
        if flags.contains(DmFlags::BUFFER_FULL) {
            let error = Error::unsupported("the target's answer to a message is too long");
            return Err(error.with_device(key.to_string()).with_effect(lvm_core::Effect::Committed));
        }
        let text = || request::string_at(answer.payload(), 0, usize::MAX);
        Ok(flags.contains(DmFlags::DATA_OUT).then(text))
    }

    /// Sets the geometry that old programs ask for.
    ///
    /// # Errors
    /// `NotFound`, `Kernel`.
    pub fn set_geometry(&self, key: DeviceKey<'_>, geometry: Geometry) -> Result<()> {
        let Geometry { cylinders, heads, sectors, start } = geometry;
        let text = format!("{cylinders} {heads} {sectors} {start}");
        self.about(Request::new(Command::SetGeometry, 0).key(key)?.text(&[], &text)?, key).map(drop)
    }

    /// Makes the control node readable, for poll(2), at the next creation, removal, renaming,
    /// change of a table, or event of a target.
    ///
    /// # Errors
    /// `Unsupported` before interface 4.36.
    pub fn arm_poll(&self) -> Result<()> {
        self.require(Command::ArmPoll)?;
        let mut request = Request::new(Command::ArmPoll, 0);
        self.send(&mut request).map_err(|errno| failed(Command::ArmPoll, errno))
    }
}

impl fmt::Debug for Kernel {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Kernel").field("version", &self.version).field("sent", &self.counts()).finish()
    }
}

/// That every unused device of the machine shall be removed.
#[derive(Clone, Copy, Debug)]
pub enum RemoveAll {
    /// Of whatever program they are.
    DevicesOfEveryProgram,
}

/// A geometry in the terms of old disks.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Geometry {
    /// Cylinders.
    pub cylinders: u16,
    /// Heads.
    pub heads: u8,
    /// Sectors a track.
    pub sectors: u8,
    /// The first sector.
    pub start: u64,
}

fn kernel_error(target: impl Into<String>, errno: Errno, message: impl Into<String>) -> Error {
    Error::new(ErrorKind::Kernel { target: target.into(), errno: errno as i32 }, message)
        .with_source(std::io::Error::from(errno))
}

fn failed(command: Command, errno: Errno) -> Error {
    let kind = match (command, errno) {
        (_, Errno::EACCES | Errno::EPERM) => return control::no_permission(),
        (_, Errno::ENOTTY) => {
            return Error::unsupported("this is not the control node of device-mapper").with_source(errno);
        }
        (Command::Create | Command::Rename, Errno::EBUSY) => ErrorKind::AlreadyExists,
        (Command::Remove, Errno::EBUSY) => ErrorKind::InUse,
        (Command::Wait, Errno::EINTR) => ErrorKind::Cancelled,
        (_, Errno::ENXIO) => ErrorKind::NotFound,
        _ => return kernel_error(command.name(), errno, format!("the kernel refused {command}")),
    };
    let message = match kind {
        ErrorKind::AlreadyExists => "a device of that name or uuid exists",
        ErrorKind::InUse => "the device is in use",
        ErrorKind::Cancelled => "waiting was interrupted by a signal",
        _ => "there is no such device",
    };
    Error::new(kind, message).with_source(std::io::Error::from(errno))
}

fn load_failed(errno: Errno, targets: String) -> Error {
    match errno {
        Errno::EACCES | Errno::EPERM => control::no_permission(),
        Errno::ENXIO | Errno::ENODEV | Errno::ENOENT => {
            let message = "a device of the table is not there, or is too small";
            Error::new(ErrorKind::MissingDevice, message).with_source(std::io::Error::from(errno))
        }
        Errno::EBUSY => {
            let message = "a device of the table is in use by something else";
            Error::new(ErrorKind::InUse, message).with_source(std::io::Error::from(errno))
        }
        _ => {
            let message = format!("the kernel refused a table of {targets}");
            kernel_error(targets, errno, message).with_help("the kernel's log says why (dmesg)")
        }
    }
}
