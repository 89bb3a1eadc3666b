//! Results and errors.
#![expect(unsafe_code, reason = "#[unsafe(no_mangle)]")]

use std::error::Error as StdError;
use std::ffi::{CStr, CString, c_char, c_int};
use std::mem::MaybeUninit;
use std::ptr;

use lvmkit_rs::{Effect, Error, ErrorKind};

use crate::ffi::{c_string, free, known};

/// What a call came to. The numbers never change and are never used again for something else;
/// later versions may add some.
#[repr(i32)]
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum lvmkit_result {
    /// It worked.
    LVMKIT_OK = 0,
    /// The caller asked for something that no state of the disks would allow.
    LVMKIT_INVALID_INPUT = 1,
    /// A volume group, logical volume, physical volume or device does not exist.
    LVMKIT_NOT_FOUND = 2,
    /// The name or device is taken.
    LVMKIT_ALREADY_EXISTS = 3,
    /// The extents could not be placed; see lvmkit_error_help().
    LVMKIT_INSUFFICIENT_SPACE = 4,
    /// The metadata text does not fit its area.
    LVMKIT_METADATA_FULL = 5,
    /// It is open, active, or used by something else.
    LVMKIT_IN_USE = 6,
    /// Somebody else holds the lock.
    LVMKIT_LOCKED = 7,
    /// The metadata on disk moved since it was read.
    LVMKIT_CONFLICT = 8,
    /// A physical volume of the group was not found.
    LVMKIT_MISSING_DEVICE = 9,
    /// What is on disk breaks the format's rules.
    LVMKIT_CORRUPT = 10,
    /// It is valid, and this version cannot do it.
    LVMKIT_UNSUPPORTED = 11,
    /// The kernel refused a device-mapper request.
    LVMKIT_KERNEL = 12,
    /// A read, write or flush failed.
    LVMKIT_IO = 13,
    /// A callback asked to stop.
    LVMKIT_CANCELLED = 14,
    /// A rule of the library's own was broken: please report it.
    LVMKIT_INTERNAL = 15,
    /// The library panicked: please report it. The handles of the call can only be freed.
    LVMKIT_PANIC = 16,
}

/// What a failed call left on disk.
#[repr(i32)]
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum lvmkit_effect {
    /// Nothing that a reader can see changed.
    LVMKIT_EFFECT_UNCHANGED = 0,
    /// Something was written and taken back; readers see the state from before.
    LVMKIT_EFFECT_REVERTED = 1,
    /// The new metadata is durable; a later step failed and is named in the message.
    LVMKIT_EFFECT_COMMITTED = 2,
    /// It could not be determined: read again before deciding.
    LVMKIT_EFFECT_UNKNOWN = 3,
}

/// Why a call failed: result, effect on disk, message and place. Free it with lvmkit_error_free().
#[derive(Debug)]
pub struct lvmkit_error {
    result: lvmkit_result,
    effect: lvmkit_effect,
    message: CString,
    help: Option<CString>,
    cause: Option<CString>,
    vg: Option<CString>,
    lv: Option<CString>,
    pv: Option<CString>,
    device: Option<CString>,
    field: Option<CString>,
    offset: Option<u64>,
    os_error: c_int,
    needed_extents: u64,
    free_extents: u64,
}

impl lvmkit_error {
    pub(crate) fn result(&self) -> lvmkit_result {
        self.result
    }

    #[cfg(test)]
    pub(crate) fn message(&self) -> &str {
        self.message.to_str().unwrap()
    }

    pub(crate) fn from_panic(message: &str) -> Self {
        let error = Error::new(ErrorKind::Internal, format!("liblvmkit panicked: {message}"))
            .with_effect(Effect::Unknown)
            .with_help("please report this");
        Self { result: lvmkit_result::LVMKIT_PANIC, ..Self::from(&error) }
    }
}

impl From<&Error> for lvmkit_error {
    fn from(error: &Error) -> Self {
        let optional = |text: Option<&str>| text.map(c_string);
        let (needed, free) = match error.kind() {
            ErrorKind::InsufficientSpace { needed, free, .. } => (needed.get(), free.get()),
            _ => (0, 0),
        };
        Self {
            result: result_of(error.kind()),
            effect: match error.effect() {
                Effect::Unchanged => lvmkit_effect::LVMKIT_EFFECT_UNCHANGED,
                Effect::Reverted => lvmkit_effect::LVMKIT_EFFECT_REVERTED,
                Effect::Committed => lvmkit_effect::LVMKIT_EFFECT_COMMITTED,
                Effect::Unknown => lvmkit_effect::LVMKIT_EFFECT_UNKNOWN,
            },
            message: c_string(&error.to_string()),
            help: optional(error.help()),
            cause: causes(error),
            vg: optional(error.vg()),
            lv: optional(error.lv()),
            pv: optional(error.pv()),
            device: optional(error.device()),
            field: optional(error.field()),
            offset: error.offset(),
            os_error: os_error(error),
            needed_extents: needed.into(),
            free_extents: free.into(),
        }
    }
}

fn result_of(kind: &ErrorKind) -> lvmkit_result {
    use lvmkit_result::*;
    match kind {
        ErrorKind::InvalidInput => LVMKIT_INVALID_INPUT,
        ErrorKind::NotFound => LVMKIT_NOT_FOUND,
        ErrorKind::AlreadyExists => LVMKIT_ALREADY_EXISTS,
        ErrorKind::InsufficientSpace { .. } => LVMKIT_INSUFFICIENT_SPACE,
        ErrorKind::MetadataFull { .. } => LVMKIT_METADATA_FULL,
        ErrorKind::InUse => LVMKIT_IN_USE,
        ErrorKind::Locked => LVMKIT_LOCKED,
        ErrorKind::Conflict => LVMKIT_CONFLICT,
        ErrorKind::MissingDevice => LVMKIT_MISSING_DEVICE,
        ErrorKind::Corrupt => LVMKIT_CORRUPT,
        ErrorKind::Unsupported => LVMKIT_UNSUPPORTED,
        ErrorKind::Kernel { .. } => LVMKIT_KERNEL,
        ErrorKind::Io => LVMKIT_IO,
        ErrorKind::Cancelled => LVMKIT_CANCELLED,
        // A kind that this skin does not know yet is a mistake of ours.
        _ => LVMKIT_INTERNAL,
    }
}

fn chain(error: &Error) -> impl Iterator<Item = &(dyn StdError + 'static)> {
    let mut next = error.source();
    std::iter::from_fn(move || {
        let cause = next?;
        next = cause.source();
        Some(cause)
    })
}

/// The causes from the nearest to the first, or nothing without one.
fn causes(error: &Error) -> Option<CString> {
    let causes = chain(error).map(ToString::to_string).collect::<Vec<_>>();
    (!causes.is_empty()).then(|| c_string(&causes.join(": ")))
}

/// The error number of the operating system, if it was the cause; 0 otherwise.
fn os_error(error: &Error) -> c_int {
    if let ErrorKind::Kernel { errno, .. } = error.kind() {
        return *errno;
    }
    let number = chain(error).find_map(|cause| cause.downcast_ref::<std::io::Error>()?.raw_os_error());
    number.unwrap_or(0)
}

fn or_null(text: Option<&CString>) -> *const c_char {
    text.map_or(ptr::null(), |text| text.as_ptr())
}

fn result_name(result: Option<lvmkit_result>) -> &'static CStr {
    use lvmkit_result::*;
    match result {
        None => c"invalid",
        Some(LVMKIT_OK) => c"ok",
        Some(LVMKIT_INVALID_INPUT) => c"invalid-input",
        Some(LVMKIT_NOT_FOUND) => c"not-found",
        Some(LVMKIT_ALREADY_EXISTS) => c"already-exists",
        Some(LVMKIT_INSUFFICIENT_SPACE) => c"insufficient-space",
        Some(LVMKIT_METADATA_FULL) => c"metadata-full",
        Some(LVMKIT_IN_USE) => c"in-use",
        Some(LVMKIT_LOCKED) => c"locked",
        Some(LVMKIT_CONFLICT) => c"conflict",
        Some(LVMKIT_MISSING_DEVICE) => c"missing-device",
        Some(LVMKIT_CORRUPT) => c"corrupt",
        Some(LVMKIT_UNSUPPORTED) => c"unsupported",
        Some(LVMKIT_KERNEL) => c"kernel",
        Some(LVMKIT_IO) => c"io",
        Some(LVMKIT_CANCELLED) => c"cancelled",
        Some(LVMKIT_INTERNAL) => c"internal",
        Some(LVMKIT_PANIC) => c"panic",
    }
}

fn effect_name(effect: Option<lvmkit_effect>) -> &'static CStr {
    use lvmkit_effect::*;
    match effect {
        None => c"invalid",
        Some(LVMKIT_EFFECT_UNCHANGED) => c"unchanged",
        Some(LVMKIT_EFFECT_REVERTED) => c"reverted",
        Some(LVMKIT_EFFECT_COMMITTED) => c"committed",
        Some(LVMKIT_EFFECT_UNKNOWN) => c"unknown",
    }
}

/// A stable word for a result, for logs: "ok", "not-found", "in-use". "invalid" for a number that
/// is none.
#[unsafe(no_mangle)]
pub extern "C" fn lvmkit_result_name(result: MaybeUninit<lvmkit_result>) -> *const c_char {
    result_name(known(result)).as_ptr()
}

/// The word for an effect: "unchanged", "reverted", "committed", "unknown". "invalid" for a number
/// that is none.
#[unsafe(no_mangle)]
pub extern "C" fn lvmkit_effect_name(effect: MaybeUninit<lvmkit_effect>) -> *const c_char {
    effect_name(known(effect)).as_ptr()
}

/// The result of the call that failed; LVMKIT_OK for NULL.
#[unsafe(no_mangle)]
pub extern "C" fn lvmkit_error_result(error: Option<&lvmkit_error>) -> lvmkit_result {
    error.map_or(lvmkit_result::LVMKIT_OK, |error| error.result)
}

/// What the call left on disk; LVMKIT_EFFECT_UNCHANGED for NULL.
#[unsafe(no_mangle)]
pub extern "C" fn lvmkit_error_effect(error: Option<&lvmkit_error>) -> lvmkit_effect {
    error.map_or(lvmkit_effect::LVMKIT_EFFECT_UNCHANGED, |error| error.effect)
}

/// One line: what failed, and where. "" for NULL.
#[unsafe(no_mangle)]
pub extern "C" fn lvmkit_error_message(error: Option<&lvmkit_error>) -> *const c_char {
    error.map_or(c"".as_ptr(), |error| error.message.as_ptr())
}

/// What the user can do about it, or NULL.
#[unsafe(no_mangle)]
pub extern "C" fn lvmkit_error_help(error: Option<&lvmkit_error>) -> *const c_char {
    or_null(error.and_then(|error| error.help.as_ref()))
}

/// What lies behind it, the nearest cause first, or NULL.
#[unsafe(no_mangle)]
pub extern "C" fn lvmkit_error_cause(error: Option<&lvmkit_error>) -> *const c_char {
    or_null(error.and_then(|error| error.cause.as_ref()))
}

/// The name of the volume group concerned, or NULL.
#[unsafe(no_mangle)]
pub extern "C" fn lvmkit_error_vg(error: Option<&lvmkit_error>) -> *const c_char {
    or_null(error.and_then(|error| error.vg.as_ref()))
}

/// The name of the logical volume concerned, or NULL.
#[unsafe(no_mangle)]
pub extern "C" fn lvmkit_error_lv(error: Option<&lvmkit_error>) -> *const c_char {
    or_null(error.and_then(|error| error.lv.as_ref()))
}

/// The id of the physical volume concerned, or NULL.
#[unsafe(no_mangle)]
pub extern "C" fn lvmkit_error_pv(error: Option<&lvmkit_error>) -> *const c_char {
    or_null(error.and_then(|error| error.pv.as_ref()))
}

/// The device or image file concerned, or NULL.
#[unsafe(no_mangle)]
pub extern "C" fn lvmkit_error_device(error: Option<&lvmkit_error>) -> *const c_char {
    or_null(error.and_then(|error| error.device.as_ref()))
}

/// The on-disk field concerned, or NULL.
#[unsafe(no_mangle)]
pub extern "C" fn lvmkit_error_field(error: Option<&lvmkit_error>) -> *const c_char {
    or_null(error.and_then(|error| error.field.as_ref()))
}

/// Where on the device it happened, in bytes; -1 when that is not known.
#[unsafe(no_mangle)]
pub extern "C" fn lvmkit_error_offset_bytes(error: Option<&lvmkit_error>) -> i64 {
    error.and_then(|error| i64::try_from(error.offset?).ok()).unwrap_or(-1)
}

/// The errno of the system call behind it; 0 when there is none.
#[unsafe(no_mangle)]
pub extern "C" fn lvmkit_error_os_error(error: Option<&lvmkit_error>) -> c_int {
    error.map_or(0, |error| error.os_error)
}

/// For LVMKIT_INSUFFICIENT_SPACE: how many extents were asked for. 0 otherwise.
#[unsafe(no_mangle)]
pub extern "C" fn lvmkit_error_needed_extents(error: Option<&lvmkit_error>) -> u64 {
    error.map_or(0, |error| error.needed_extents)
}

/// For LVMKIT_INSUFFICIENT_SPACE: how many were free on the physical volumes allowed. 0 otherwise.
#[unsafe(no_mangle)]
pub extern "C" fn lvmkit_error_free_extents(error: Option<&lvmkit_error>) -> u64 {
    error.map_or(0, |error| error.free_extents)
}

/// Frees an error.
#[unsafe(no_mangle)]
pub extern "C" fn lvmkit_error_free(error: Option<Box<lvmkit_error>>) {
    free(error);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_those_of_the_library() {
        for kind in [
            ErrorKind::InvalidInput,
            ErrorKind::NotFound,
            ErrorKind::AlreadyExists,
            ErrorKind::MetadataFull { size: 0, max: 0 },
            ErrorKind::InUse,
            ErrorKind::Locked,
            ErrorKind::Conflict,
            ErrorKind::MissingDevice,
            ErrorKind::Corrupt,
            ErrorKind::Unsupported,
            ErrorKind::Kernel { target: String::new(), errno: 0 },
            ErrorKind::Io,
            ErrorKind::Cancelled,
            ErrorKind::Internal,
        ] {
            // The library's own words, which logs of Rust programs show too.
            assert_eq!(result_name(Some(result_of(&kind))).to_str().unwrap(), kind.name());
        }
    }

    #[test]
    fn the_errno_comes_from_the_chain() {
        let cause = std::io::Error::from_raw_os_error(5);
        let error = lvmkit_error::from(&Error::io("cannot read", "disk0.img", 512, cause));
        assert_eq!(error.os_error, 5);
        assert_eq!(lvmkit_error_offset_bytes(Some(&error)), 512);
        assert!(error.cause.is_some());
    }
}
