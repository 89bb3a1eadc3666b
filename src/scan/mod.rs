//! Finding physical volumes.

pub mod partitions;
