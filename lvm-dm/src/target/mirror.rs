//! `mirror`: copies kept equal with a dirty log; also the engine under `pvmove`.
//!
//! Sources: kernel docs `dm-log.rst` in `Documentation/admin-guide/device-mapper/`; tables and
//! status captured from Linux 6.1. The rules on the region size are those of the kernel's log
//! types `core` and `disk`.

use std::fmt;

use lvm_core::Sectors;

use super::words::{Words, word_enum};
use super::{DeviceRef, Leg, Parameters};
use crate::error::{ParseError, Reason};
use crate::status::StatusText;

/// `log_type #log_args log_args… count (device offset)… [#features features…]`.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Mirror {
    /// Where the mirror remembers which regions are equal.
    pub log: MirrorLog,
    /// The copies.
    pub legs: Vec<Leg>,
    /// `handle_errors`: a failing leg is dropped and an event raised. LVM2 sets it on mirrors,
    /// and not on `pvmove`.
    pub handle_errors: bool,
    /// `keep_log`: a failed log is kept instead of being done without.
    pub keep_log: bool,
}

word_enum! {
    /// Whether a new mirror believes its legs.
    MirrorSync {
        /// Copy every region, whatever the log says.
        Sync = "sync",
        /// Take every region for equal.
        NoSync = "nosync",
    }
}

/// The log of a mirror.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub enum MirrorLog {
    /// In memory; lost on deactivation, after which everything is copied again.
    Core {
        /// How much one bit of the log stands for.
        region_size: Sectors,
        /// Whether to copy at the start.
        sync: Option<MirrorSync>,
    },
    /// On a device.
    Disk {
        /// The device.
        device: DeviceRef,
        /// How much one bit of the log stands for.
        region_size: Sectors,
        /// Whether to copy at the start.
        sync: Option<MirrorSync>,
    },
    /// Another kind, such as those of clusters, with its arguments as they were read.
    Other {
        /// The kind's name.
        name: String,
        /// Its arguments.
        args: Vec<String>,
    },
}

impl MirrorLog {
    fn read(words: &mut Words<'_>) -> Result<Self, ParseError> {
        let name = words.next("the log type")?;
        if !matches!(name, "core" | "disk") {
            let args = words.list("the number of log arguments", |words| words.value("a log argument"))?;
            return Ok(Self::Other { name: name.to_owned(), args });
        }
        let count: usize = words.value("the number of log arguments")?;
        let device = if name == "disk" { Some(words.value("the log device")?) } else { None };
        let region_size = words.value("the region size")?;
        let sync = match count.checked_sub(1 + usize::from(device.is_some())) {
            Some(0) => None,
            Some(1) => Some(words.value("sync or nosync")?),
            _ => return Err(words.error(Reason::Count { what: "the number of log arguments" })),
        };
        Ok(match device {
            Some(device) => Self::Disk { device, region_size, sync },
            None => Self::Core { region_size, sync },
        })
    }

    fn check(&self, length: Sectors) -> Result<(), &'static str> {
        let (Self::Core { region_size, .. } | Self::Disk { region_size, .. }) = self else {
            return Ok(());
        };
        if !region_size.0.is_power_of_two() || region_size.0 < 2 {
            return Err("the region size is not a power of two of at least 2 sectors");
        }
        if *region_size > length { Err("the region size is larger than the mirror") } else { Ok(()) }
    }
}

impl fmt::Display for MirrorLog {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sync = match self {
            Self::Core { region_size, sync } => {
                write!(f, "core {} {}", 1 + usize::from(sync.is_some()), region_size.0)?;
                sync
            }
            Self::Disk { device, region_size, sync } => {
                write!(f, "disk {} {device} {}", 2 + usize::from(sync.is_some()), region_size.0)?;
                sync
            }
            Self::Other { name, args } => {
                write!(f, "{name} {}", args.len())?;
                return args.iter().try_for_each(|arg| write!(f, " {arg}"));
            }
        };
        sync.map_or(Ok(()), |sync| write!(f, " {sync}"))
    }
}

impl Parameters for Mirror {
    const NAME: &'static str = "mirror";

    fn read(words: &mut Words<'_>) -> Result<Self, ParseError> {
        let log = MirrorLog::read(words)?;
        let legs = words.list("the number of legs", Leg::read)?;
        let mut mirror = Self { log, legs, handle_errors: false, keep_log: false };
        if words.peek().is_some() {
            words.group("the number of features", |words| {
                match words.next("a feature")? {
                    "handle_errors" => mirror.handle_errors = true,
                    "keep_log" => mirror.keep_log = true,
                    other => return Err(words.unknown("a feature", other)),
                }
                Ok(())
            })?;
        }
        Ok(mirror)
    }

    fn check(&self, length: Sectors) -> Result<(), &'static str> {
        if self.legs.is_empty() {
            return Err("needs at least one leg");
        }
        self.log.check(length)?;
        self.legs.iter().try_for_each(|leg| leg.check(length))
    }

    fn devices(&self) -> Vec<&DeviceRef> {
        let log = match &self.log {
            MirrorLog::Disk { device, .. } => Some(device),
            _ => None,
        };
        log.into_iter().chain(self.legs.iter().map(|leg| &leg.device)).collect()
    }

    fn devices_mut(&mut self) -> Vec<&mut DeviceRef> {
        let log = match &mut self.log {
            MirrorLog::Disk { device, .. } => Some(device),
            _ => None,
        };
        log.into_iter().chain(self.legs.iter_mut().map(|leg| &mut leg.device)).collect()
    }
}

impl fmt::Display for Mirror {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.log, self.legs.len())?;
        self.legs.iter().try_for_each(|leg| write!(f, " {leg}"))?;
        let count = u8::from(self.handle_errors) + u8::from(self.keep_log);
        if count > 0 {
            write!(f, " {count}")?;
        }
        if self.handle_errors {
            f.write_str(" handle_errors")?;
        }
        if self.keep_log { f.write_str(" keep_log") } else { Ok(()) }
    }
}

word_enum! {
    /// How a leg of a mirror, or its log, fares.
    MirrorHealth {
        /// No error seen.
        Alive = "A",
        /// A write failed (a leg), or it is dead (a log).
        Dead = "D",
        /// A flush failed.
        FlushFailed = "F",
        /// Copying to it failed.
        SyncFailed = "S",
        /// A read failed.
        ReadFailed = "R",
        /// Not known.
        Unknown = "U",
    }
}

/// `count device… in_sync/total 1 health #log_fields log_type [log_device log_health]`.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct MirrorStatus {
    /// Each leg's device and how it fares.
    pub legs: Vec<(DeviceRef, MirrorHealth)>,
    /// Regions that are equal on all legs.
    pub in_sync: u64,
    /// Regions.
    pub total: u64,
    /// The log.
    pub log: MirrorLogStatus,
}

/// How the log of a mirror fares.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub enum MirrorLogStatus {
    /// In memory.
    Core,
    /// On a device.
    Disk {
        /// The device.
        device: DeviceRef,
        /// How it fares.
        health: MirrorHealth,
    },
    /// Another kind, with its fields as they were read.
    Other {
        /// The kind's name.
        name: String,
        /// Its fields.
        fields: Vec<String>,
    },
}

impl StatusText for MirrorStatus {
    fn read(words: &mut Words<'_>) -> Result<Self, ParseError> {
        let devices = words.list("the number of legs", |words| words.value("a device"))?;
        let (in_sync, total) = words.ratio("the regions in sync")?;
        let count: u32 = words.value("the number of health words")?;
        let health = words.letters("the health of the legs")?;
        if count != 1 || health.len() != devices.len() {
            return Err(words.error(Reason::Count { what: "the number of legs" }));
        }
        let fields: usize = words.value("the number of log fields")?;
        let log = match (words.next("the log type")?, fields) {
            ("core", 1) => MirrorLogStatus::Core,
            ("disk", 3) => MirrorLogStatus::Disk {
                device: words.value("the log device")?,
                health: words.value("the log's health")?,
            },
            (name, fields) => MirrorLogStatus::Other {
                name: name.to_owned(),
                fields: words.repeat(fields.saturating_sub(1), |words| words.value("a log field"))?,
            },
        };
        Ok(Self { legs: devices.into_iter().zip(health).collect(), in_sync, total, log })
    }
}

impl fmt::Display for MirrorStatus {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.legs.len())?;
        self.legs.iter().try_for_each(|(device, _)| write!(f, " {device}"))?;
        write!(f, " {}/{} 1 ", self.in_sync, self.total)?;
        self.legs.iter().try_for_each(|(_, health)| f.write_str(health.name()))?;
        match &self.log {
            MirrorLogStatus::Core => f.write_str(" 1 core"),
            MirrorLogStatus::Disk { device, health } => write!(f, " 3 disk {device} {health}"),
            MirrorLogStatus::Other { name, fields } => {
                write!(f, " {} {name}", fields.len() + 1)?;
                fields.iter().try_for_each(|field| write!(f, " {field}"))
            }
        }
    }
}
