//! One error type: what failed, where, and what it means for the disk.

use core::error::Error as StdError;
use core::fmt;
use std_alloc::{borrow::ToOwned, boxed::Box, string::String};

use serde::Serialize;

use crate::units::Extents;

/// What a failed operation left on disk.
///
/// Every operation that writes states its effect in its error, because "it failed" alone does
/// not tell a caller whether to retry, to roll back or to look again.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Effect {
    /// Nothing that a reader can see changed.
    #[default]
    Unchanged,
    /// Something was written and taken back; readers see the state from before.
    Reverted,
    /// The new metadata is durable; a later step failed and is named in the error.
    Committed,
    /// It could not be determined; scan again before deciding.
    Unknown,
}

impl Effect {
    /// The lower-case word: `unchanged`, `reverted`, `committed`, `unknown`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Unchanged => "unchanged",
            Self::Reverted => "reverted",
            Self::Committed => "committed",
            Self::Unknown => "unknown",
        }
    }
}

impl fmt::Display for Effect {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

/// The class of a failure, for control flow.
#[derive(Clone, PartialEq, Eq, Debug)]
#[non_exhaustive]
pub enum ErrorKind {
    /// The caller asked for something that no state of the disks would allow.
    InvalidInput,
    /// A volume group, logical volume, physical volume or device does not exist.
    NotFound,
    /// The name or device is taken.
    AlreadyExists,
    /// The allocator could not place the extents.
    InsufficientSpace {
        /// Extents asked for, parity and metadata included.
        needed: Extents,
        /// Extents that were free on the physical volumes allowed.
        free: Extents,
        /// The allocation policy in force.
        policy: &'static str,
    },
    /// The metadata text does not fit its area.
    MetadataFull {
        /// Bytes the text has.
        size: u64,
        /// Bytes one copy may have.
        max: u64,
    },
    /// It is open, active, or used by something else.
    InUse,
    /// Somebody else holds the lock.
    Locked,
    /// The metadata on disk moved since it was read.
    Conflict,
    /// A physical volume of the volume group was not found.
    MissingDevice,
    /// What is on disk breaks the format's rules.
    Corrupt,
    /// It is valid, and this version cannot do it.
    Unsupported,
    /// The kernel refused a device-mapper request.
    Kernel {
        /// The device-mapper target or command.
        target: String,
        /// The error number the kernel gave.
        errno: i32,
    },
    /// A read, write or flush failed.
    Io,
    /// The caller's observer asked to stop.
    Cancelled,
    /// A rule of our own was broken: please report it.
    Internal,
}

impl ErrorKind {
    /// A stable lower-case key, for logs and bindings.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        match self {
            Self::InvalidInput => "invalid-input",
            Self::NotFound => "not-found",
            Self::AlreadyExists => "already-exists",
            Self::InsufficientSpace { .. } => "insufficient-space",
            Self::MetadataFull { .. } => "metadata-full",
            Self::InUse => "in-use",
            Self::Locked => "locked",
            Self::Conflict => "conflict",
            Self::MissingDevice => "missing-device",
            Self::Corrupt => "corrupt",
            Self::Unsupported => "unsupported",
            Self::Kernel { .. } => "kernel",
            Self::Io => "io",
            Self::Cancelled => "cancelled",
            Self::Internal => "internal",
        }
    }
}

/// A failure with its class, its effect on disk and its place.
///
/// `Display` is one line without the cause; walk [`source`](StdError::source) for the cause and
/// ask [`help`](Self::help) for what the user can do.
pub struct Error(Box<Inner>);

struct Inner {
    kind: ErrorKind,
    effect: Effect,
    message: String,
    vg: Option<String>,
    lv: Option<String>,
    pv: Option<String>,
    device: Option<String>,
    field: Option<String>,
    offset: Option<u64>,
    help: Option<String>,
    source: Option<Box<dyn StdError + Send + Sync + 'static>>,
}

/// The result of every fallible function here.
pub type Result<T, E = Error> = core::result::Result<T, E>;

macro_rules! context {
    ($($(#[$doc:meta])* $set:ident $get:ident $field:ident;)*) => {$(
        $(#[$doc])*
        #[must_use]
        pub fn $get(&self) -> Option<&str> {
            self.0.$field.as_deref()
        }

        /// Adds that context; what is set already is kept, since the innermost place knows best.
        #[must_use]
        pub fn $set(mut self, value: impl Into<String>) -> Self {
            self.0.$field.get_or_insert_with(|| value.into());
            self
        }
    )*};
}

impl Error {
    /// A new error with the effect [`Effect::Unchanged`].
    #[must_use]
    pub fn new(kind: ErrorKind, message: impl Into<String>) -> Self {
        Self(Box::new(Inner {
            kind,
            effect: Effect::Unchanged,
            message: message.into(),
            vg: None,
            lv: None,
            pv: None,
            device: None,
            field: None,
            offset: None,
            help: None,
            source: None,
        }))
    }

    /// [`ErrorKind::InvalidInput`] with this message.
    #[must_use]
    pub fn invalid(message: impl Into<String>) -> Self {
        Self::new(ErrorKind::InvalidInput, message)
    }

    /// [`ErrorKind::NotFound`] with this message.
    #[must_use]
    pub fn not_found(message: impl Into<String>) -> Self {
        Self::new(ErrorKind::NotFound, message)
    }

    /// [`ErrorKind::Corrupt`] with this message.
    #[must_use]
    pub fn corrupt(message: impl Into<String>) -> Self {
        Self::new(ErrorKind::Corrupt, message)
    }

    /// [`ErrorKind::Unsupported`] with this message.
    #[must_use]
    pub fn unsupported(message: impl Into<String>) -> Self {
        Self::new(ErrorKind::Unsupported, message)
    }

    /// [`ErrorKind::Io`] on `device` at `offset` bytes, with the cause.
    #[must_use]
    pub fn io(
        message: impl Into<String>,
        device: impl Into<String>,
        offset: u64,
        source: impl Into<Box<dyn StdError + Send + Sync + 'static>>,
    ) -> Self {
        Self::new(ErrorKind::Io, message).with_device(device).with_offset(offset).with_source(source)
    }

    /// The class of the failure.
    #[must_use]
    pub fn kind(&self) -> &ErrorKind {
        &self.0.kind
    }

    /// What the failed operation left on disk.
    #[must_use]
    pub fn effect(&self) -> Effect {
        self.0.effect
    }

    /// The bare sentence, without the place.
    #[must_use]
    pub fn message(&self) -> &str {
        &self.0.message
    }

    /// The byte offset on the device, or in the text, where it happened.
    #[must_use]
    pub fn offset(&self) -> Option<u64> {
        self.0.offset
    }

    context! {
        /// The volume group concerned.
        with_vg vg vg;
        /// The logical volume concerned.
        with_lv lv lv;
        /// The physical volume concerned, by its id.
        with_pv pv pv;
        /// The device or file concerned.
        with_device device device;
        /// The on-disk field concerned, in LVM2's own words.
        with_field field field;
        /// What the user can do about it.
        with_help help help;
    }

    /// Sets the effect on disk.
    #[must_use]
    pub fn with_effect(mut self, effect: Effect) -> Self {
        self.0.effect = effect;
        self
    }

    /// Adds the byte offset; one that is set already is kept.
    #[must_use]
    pub fn with_offset(mut self, offset: u64) -> Self {
        self.0.offset.get_or_insert(offset);
        self
    }

    /// Adds the cause.
    #[must_use]
    pub fn with_source(mut self, source: impl Into<Box<dyn StdError + Send + Sync + 'static>>) -> Self {
        self.0.source = Some(source.into());
        self
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Inner { message, vg, lv, pv, device, field, offset, .. } = &*self.0;
        f.write_str(message)?;
        let mut separator = " (";
        let mut part = |f: &mut fmt::Formatter<'_>, name: &str, value: &dyn fmt::Display| {
            let written = write!(f, "{separator}{name} {value}");
            separator = ", ";
            written
        };
        match (vg, lv) {
            (Some(vg), Some(lv)) => part(f, "volume", &format_args!("{vg}/{lv}"))?,
            (Some(vg), None) => part(f, "volume group", vg)?,
            (None, Some(lv)) => part(f, "volume", lv)?,
            (None, None) => {}
        }
        for (name, value) in [("physical volume", pv), ("device", device), ("field", field)] {
            if let Some(value) = value {
                part(f, name, value)?;
            }
        }
        if let Some(offset) = offset {
            part(f, "offset", offset)?;
        }
        if separator == ", " { f.write_str(")") } else { Ok(()) }
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}, on disk {}: {self}", self.0.kind, self.0.effect)?;
        if let Some(source) = &self.0.source {
            write!(f, ": {source}")?;
        }
        if let Some(help) = &self.0.help {
            write!(f, " [{help}]")?;
        }
        Ok(())
    }
}

impl StdError for Error {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        self.0.source.as_deref().map(|source| source as &(dyn StdError + 'static))
    }
}

/// Adds the place to the error of a `Result`, for use with `?`.
pub trait Context<T> {
    /// Names the volume group.
    ///
    /// # Errors
    /// The error it is called on.
    fn in_vg(self, vg: &str) -> Result<T>;
    /// Names the logical volume.
    ///
    /// # Errors
    /// The error it is called on.
    fn in_lv(self, lv: &str) -> Result<T>;
    /// Names the device.
    ///
    /// # Errors
    /// The error it is called on.
    fn on_device(self, device: &str) -> Result<T>;
    /// Sets the effect on disk.
    ///
    /// # Errors
    /// The error it is called on.
    fn having(self, effect: Effect) -> Result<T>;
}

impl<T> Context<T> for Result<T> {
    fn in_vg(self, vg: &str) -> Self {
        self.map_err(|error| error.with_vg(vg.to_owned()))
    }

    fn in_lv(self, lv: &str) -> Self {
        self.map_err(|error| error.with_lv(lv.to_owned()))
    }

    fn on_device(self, device: &str) -> Self {
        self.map_err(|error| error.with_device(device.to_owned()))
    }

    fn having(self, effect: Effect) -> Self {
        self.map_err(|error| error.with_effect(effect))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::string::ToString;

    #[test]
    fn display_is_one_line_with_the_place() {
        let error = Error::corrupt("metadata text has a bad checksum")
            .with_device("disk0.img")
            .with_field("raw_locn[0].checksum")
            .with_offset(4608)
            .with_vg("vg0")
            .with_vg("outer");
        assert_eq!(
            error.to_string(),
            "metadata text has a bad checksum (volume group vg0, device disk0.img, field raw_locn[0].checksum, offset 4608)"
        );
        assert_eq!(Error::invalid("no").to_string(), "no");
        assert_eq!(error.effect(), Effect::Unchanged);
    }
}
