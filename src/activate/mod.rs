//! From logical volumes to device-mapper tables.

pub(crate) mod table;
