//! Settings: `lvmconfig` beside lvm2's, profiles, and what settings and variables change.

#![allow(
    clippy::print_stdout,
    clippy::unwrap_used,
    reason = "a test fails by panicking, and says why it is skipped"
)]

#[path = "config/devices.rs"]
mod devices;
#[path = "config/oracle.rs"]
mod oracle;
#[path = "config/settings.rs"]
mod settings;
#[path = "../../tests/support/mod.rs"]
mod shared;
mod support;
#[path = "config/variables.rs"]
mod variables;
