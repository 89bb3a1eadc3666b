//! `zero`: reads give zeroes, writes and discards go nowhere.
//!
//! Source: kernel doc `Documentation/admin-guide/device-mapper/zero.rst`. Table and status have
//! no parameters.

/// The target's name.
pub const NAME: &str = "zero";
