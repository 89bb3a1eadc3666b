//! LVM2 as a library.

pub mod report;
