//! `error`: every read, write and discard fails.
//!
//! LVM2 puts it where a physical volume is missing, and on devices that are about to go. Table
//! and status have no parameters.

/// The target's name.
pub const NAME: &str = "error";
