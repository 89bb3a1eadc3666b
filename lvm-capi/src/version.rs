//! Which library this is, and strings.
#![expect(unsafe_code, reason = "#[unsafe(no_mangle)]")]

use std::ffi::c_char;

use crate::ffi::OwnedText;

/// The version of the library that runs: "0.1.0". The header's is LVMKIT_VERSION.
#[unsafe(no_mangle)]
pub extern "C" fn lvmkit_version() -> *const c_char {
    concat!(env!("CARGO_PKG_VERSION"), "\0").as_ptr().cast()
}

/// The same as a number: major << 16 | minor << 8 | patch. The header's is LVMKIT_VERSION_NUMBER.
#[unsafe(no_mangle)]
pub extern "C" fn lvmkit_version_number() -> u32 {
    let parts =
        [env!("CARGO_PKG_VERSION_MAJOR"), env!("CARGO_PKG_VERSION_MINOR"), env!("CARGO_PKG_VERSION_PATCH")];
    parts.iter().fold(0, |number, part| number << 8 | part.parse::<u32>().unwrap_or(0))
}

/// Frees a string that came through a char **.
#[unsafe(no_mangle)]
pub extern "C" fn lvmkit_string_free(string: OwnedText) {
    drop(string);
}
