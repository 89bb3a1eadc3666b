//! `pvdisplay`, `vgdisplay`, `lvdisplay`, `lvmdiskscan`, `pvscan`, `lvscan` and `vgscan` beside the
//! real lvm2 on the same devices: standard output byte for byte, and exit codes.
//!
//! Needs root, loop devices and lvm2; says `skipped` where they are missing, and fails there when
//! `CI=true`.

#![allow(clippy::unwrap_used, clippy::print_stdout, reason = "a test fails by panicking")]

#[path = "display_oracle/both.rs"]
mod both;
#[path = "display_oracle/golden.rs"]
mod golden;
#[path = "display_oracle/plain.rs"]
mod plain;
#[path = "../../tests/report_oracle/stacked.rs"]
mod stacked;
#[path = "../../tests/support/mod.rs"]
mod support;

/// True when the tests can run.
fn ready() -> bool {
    support::needed("displays beside lvm2", both::Both::new(&[1])).is_some()
}
