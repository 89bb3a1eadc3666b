//! Looking at devices.

pub(crate) mod devices;
pub mod filter;
pub mod partitions;
