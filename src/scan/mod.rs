//! Looking at devices.

pub(crate) mod devices;
pub mod partitions;
