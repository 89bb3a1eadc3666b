//! Making changes durable.

pub mod backup;
