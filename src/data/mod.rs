//! The content of devices and volumes.

pub mod signature;
pub(crate) mod volume;
