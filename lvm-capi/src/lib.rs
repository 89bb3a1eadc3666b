//! The C library of lvmkit: `liblvmkit.so`, `liblvmkit.a`, and `lvmkit.h`, which is made from the
//! sources here (`cargo xtask header`).
//!
//! It is a skin: every function turns its arguments into Rust values, calls the library, and turns
//! the result back. The rules that C programs go by stand at the top of the header
//! (`cbindgen.toml`), and what they mean for the code is this:
//!
//! - No exported function takes a raw pointer. Handles come as `Option<&T>`, as `Option<&mut T>`
//!   or, to be freed, as `Option<Box<T>>`; strings, option structs and outputs as the wrappers of
//!   [`ffi`], whose values only C can make. So only `ffi.rs` needs unsafe code: the word stands in
//!   the other files in `#[unsafe(no_mangle)]` alone, which `cargo xtask tidy` holds.
//! - Everything that works runs inside [`ffi::fallible`], which catches panics.
//! - An enum that C passes is a number until [`ffi::checked`] has looked at it.
//!
//! The shared library and the Rust crate have one name, `lvmkit`; here the crate is `lvmkit_rs`.

#![expect(non_camel_case_types, reason = "these are the names in the C header")]

pub mod error;
pub mod event;
#[expect(unsafe_code, reason = "the one place where what C passes is turned into Rust values")]
pub mod ffi;
pub mod lv;
pub mod options;
pub mod system;
pub mod transaction;
pub mod version;
pub mod vg;
pub mod volume;
