//! The content of devices and volumes.

pub(crate) mod copy;
pub mod filesystem;
pub mod signature;
pub(crate) mod volume;
