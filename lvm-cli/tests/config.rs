//! Settings: `lvmconfig` beside lvm2's, profiles, and what settings and variables change.

#![allow(clippy::unwrap_used, reason = "a test")]

#[path = "config/devices.rs"]
mod devices;
#[path = "config/oracle.rs"]
mod oracle;
#[path = "config/settings.rs"]
mod settings;
#[path = "../../tests/support/mod.rs"]
mod shared;
mod support;
