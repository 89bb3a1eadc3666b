//! Device-mapper targets: typed parameters, their text, and the status each one reports.
//!
//! `Display` of a parameters type gives exactly the text the kernel takes after the target's
//! name; `FromStr` reads it back and refuses anything it does not understand. Sources of the
//! grammars: the kernel's `Documentation/admin-guide/device-mapper/*.rst`, and tables and status
//! lines captured from Linux 6.1 with LVM2 2.03.16.

use std::fmt;

use lvm_core::{Result, Sectors};

use crate::error::ParseError;
use crate::userspace::{DeviceSet, Map};
use words::Words;

mod device;
pub(crate) mod words;

pub mod cache;
pub mod error;
pub mod integrity;
pub mod linear;
pub mod mirror;
pub mod raid;
pub mod snapshot;
pub mod striped;
pub mod thin;
pub mod thin_pool;
pub mod vdo;
pub mod writecache;
pub mod zero;

pub use cache::Cache;
pub use device::DeviceRef;
pub use integrity::Integrity;
pub use linear::Linear;
pub use mirror::Mirror;
pub use raid::Raid;
pub use snapshot::{Snapshot, SnapshotMerge, SnapshotOrigin};
pub use striped::Striped;
pub use thin::Thin;
pub use thin_pool::ThinPool;
pub use vdo::Vdo;
pub use writecache::Writecache;

/// Longest name of a target, in bytes (16 in the kernel's `struct dm_target_spec`, with the NUL).
pub const TARGET_NAME_MAX: usize = 15;

/// What every parameters type offers to the code that works on all of them.
pub(crate) trait Parameters: Sized + fmt::Display {
    const NAME: &'static str;

    fn read(words: &mut Words<'_>) -> Result<Self, ParseError>;

    /// The rules the kernel holds this target to on a line of `length`.
    fn check(&self, length: Sectors) -> Result<(), &'static str>;

    fn devices(&self) -> Vec<&DeviceRef>;

    fn devices_mut(&mut self) -> Vec<&mut DeviceRef>;
}

pub(crate) fn parse<T: Parameters>(text: &str) -> Result<T, ParseError> {
    let mut words = Words::new(T::NAME, text);
    let params = T::read(&mut words)?;
    words.finish()?;
    Ok(params)
}

/// Gives each type its `FromStr`.
macro_rules! parameters_from_str {
    ($($type:ty),* $(,)?) => {$(
        impl std::str::FromStr for $type {
            type Err = ParseError;
            fn from_str(text: &str) -> Result<Self, ParseError> {
                parse(text)
            }
        }
    )*};
}
parameters_from_str!(
    Linear,
    Striped,
    Mirror,
    Snapshot,
    SnapshotOrigin,
    SnapshotMerge,
    ThinPool,
    Thin,
    Raid,
    Cache,
    Writecache,
    Integrity,
    Vdo
);

/// A device at an offset, as `linear`, `striped` and `mirror` name them.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Leg {
    /// The device.
    pub device: DeviceRef,
    /// Where on it the data begins.
    pub offset: Sectors,
}

impl Leg {
    /// `device` from `offset` on.
    #[must_use]
    pub const fn new(device: DeviceRef, offset: Sectors) -> Self {
        Self { device, offset }
    }

    pub(crate) fn read(words: &mut Words<'_>) -> Result<Self, ParseError> {
        Ok(Self { device: words.value("a device")?, offset: words.value("the offset on a device")? })
    }

    /// Checks that `length` fits behind the offset.
    pub(crate) fn check(&self, length: Sectors) -> Result<(), &'static str> {
        match self.offset.checked_add(length) {
            Some(_) => Ok(()),
            None => Err("reaches past the largest possible device"),
        }
    }
}

impl fmt::Display for Leg {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.device, self.offset.0)
    }
}

/// The target of one table line and its parameters.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
#[non_exhaustive]
pub enum Target {
    /// A run of another device.
    Linear(Linear),
    /// Chunks dealt out to several devices in turn.
    Striped(Striped),
    /// Every access fails.
    Error,
    /// Reads give zeroes, writes go nowhere.
    Zero,
    /// The old mirror, also the engine of `pvmove`.
    Mirror(Mirror),
    /// A copy-on-write snapshot.
    Snapshot(Snapshot),
    /// The origin of snapshots.
    SnapshotOrigin(SnapshotOrigin),
    /// The origin while a snapshot flows back into it.
    SnapshotMerge(SnapshotMerge),
    /// A pool of thin volumes.
    ThinPool(ThinPool),
    /// A thin volume.
    Thin(Thin),
    /// RAID by the kernel's MD drivers.
    Raid(Raid),
    /// A cache in front of a slow device.
    Cache(Cache),
    /// A cache for writes only.
    Writecache(Writecache),
    /// Checksums for every block.
    Integrity(Integrity),
    /// Deduplication and compression.
    Vdo(Vdo),
    /// A target this library does not know, kept as it was read.
    Unknown {
        /// The target's name.
        name: String,
        /// Its parameters, blanks at both ends dropped.
        params: String,
    },
}

/// Runs an expression on the parameters, whichever they are.
macro_rules! on_parameters {
    ($target:expr, $params:ident => $some:expr, $($other:tt)*) => {
        match $target {
            Target::Linear($params) => $some,
            Target::Striped($params) => $some,
            Target::Mirror($params) => $some,
            Target::Snapshot($params) => $some,
            Target::SnapshotOrigin($params) => $some,
            Target::SnapshotMerge($params) => $some,
            Target::ThinPool($params) => $some,
            Target::Thin($params) => $some,
            Target::Raid($params) => $some,
            Target::Cache($params) => $some,
            Target::Writecache($params) => $some,
            Target::Integrity($params) => $some,
            Target::Vdo($params) => $some,
            $($other)*
        }
    };
}

fn name_of<T: Parameters>(_: &T) -> &'static str {
    T::NAME
}

impl Target {
    /// `linear` on `device` from `offset` on.
    #[must_use]
    pub const fn linear(device: DeviceRef, offset: Sectors) -> Self {
        Self::Linear(Linear { device, offset })
    }

    /// Reads the parameters of the target called `name`; an unknown name is kept with its text.
    ///
    /// # Errors
    /// The first word that a known target does not take.
    pub fn parse(name: &str, params: &str) -> Result<Self, ParseError> {
        Ok(match name {
            Linear::NAME => Self::Linear(parse(params)?),
            Striped::NAME => Self::Striped(parse(params)?),
            error::NAME => {
                Words::new(error::NAME, params).finish()?;
                Self::Error
            }
            zero::NAME => {
                Words::new(zero::NAME, params).finish()?;
                Self::Zero
            }
            Mirror::NAME => Self::Mirror(parse(params)?),
            Snapshot::NAME => Self::Snapshot(parse(params)?),
            SnapshotOrigin::NAME => Self::SnapshotOrigin(parse(params)?),
            SnapshotMerge::NAME => Self::SnapshotMerge(parse(params)?),
            ThinPool::NAME => Self::ThinPool(parse(params)?),
            Thin::NAME => Self::Thin(parse(params)?),
            Raid::NAME => Self::Raid(parse(params)?),
            Cache::NAME => Self::Cache(parse(params)?),
            Writecache::NAME => Self::Writecache(parse(params)?),
            Integrity::NAME => Self::Integrity(parse(params)?),
            Vdo::NAME => Self::Vdo(parse(params)?),
            _ => Self::Unknown { name: name.to_owned(), params: words::trim(params).to_owned() },
        })
    }

    /// The target's name, as the kernel spells it.
    #[must_use]
    pub fn name(&self) -> &str {
        on_parameters!(self, params => name_of(params),
            Self::Error => error::NAME,
            Self::Zero => zero::NAME,
            Self::Unknown { name, .. } => name,
        )
    }

    /// The parameters as the kernel takes them: what `Display` prints, without the name.
    #[must_use]
    pub fn params(&self) -> String {
        on_parameters!(self, params => params.to_string(),
            Self::Error | Self::Zero => String::new(),
            Self::Unknown { params, .. } => params.clone(),
        )
    }

    /// The devices below, in the order of the text; one that is named twice stands there twice.
    /// Nothing is known about those of [`Target::Unknown`].
    #[must_use]
    pub fn devices(&self) -> Vec<&DeviceRef> {
        on_parameters!(self, params => params.devices(),
            Self::Error | Self::Zero | Self::Unknown { .. } => Vec::new(),
        )
    }

    /// The same devices, to be named otherwise.
    #[must_use]
    pub fn devices_mut(&mut self) -> Vec<&mut DeviceRef> {
        on_parameters!(self, params => params.devices_mut(),
            Self::Error | Self::Zero | Self::Unknown { .. } => Vec::new(),
        )
    }

    /// Checks the rules the kernel holds the target to on a line of `length`.
    ///
    /// # Errors
    /// The rule broken.
    pub fn check(&self, length: Sectors) -> Result<(), &'static str> {
        on_parameters!(self, params => params.check(length),
            Self::Error | Self::Zero => Ok(()),
            Self::Unknown { name, params } => check_unknown(name, params),
        )
    }

    /// How this process does the target's work on a line of `length` bytes.
    pub(crate) fn map(&self, length: u64, devices: &mut DeviceSet<'_>) -> Result<Map> {
        match self {
            Self::Linear(linear) => linear.map(length, devices),
            Self::Striped(striped) => striped.map(length, devices),
            Self::Error => Ok(Map::Error),
            Self::Zero => Ok(Map::Zeroes),
            other => Err(lvm_core::Error::unsupported(format!(
                "the device-mapper target {} cannot run in this process",
                other.name()
            ))),
        }
    }
}

fn check_unknown(name: &str, params: &str) -> Result<(), &'static str> {
    if name.is_empty() || name.len() > TARGET_NAME_MAX {
        return Err("a target's name has 1 to 15 bytes");
    }
    if name.chars().any(|c| c.is_whitespace() || c.is_control()) {
        return Err("a target's name cannot hold blanks");
    }
    if params.chars().any(|c| matches!(c, '\n' | '\0')) { Err("parameters are one line") } else { Ok(()) }
}

impl fmt::Display for Target {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())?;
        on_parameters!(self, params => write!(f, " {params}"),
            Self::Error | Self::Zero => Ok(()),
            Self::Unknown { params, .. } if params.is_empty() => Ok(()),
            Self::Unknown { params, .. } => write!(f, " {params}"),
        )
    }
}
