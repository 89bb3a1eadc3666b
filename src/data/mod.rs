//! The contents of devices and volumes, as far as this library looks at them.

pub mod signature;
