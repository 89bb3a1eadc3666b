//! Volumes as devices of a real kernel, beside real lvm2.
//!
//! The tests need root and a kernel with device-mapper. Where that is missing, one test boots a
//! User-Mode Linux that has it (Debian's package `user-mode-linux`) and runs all others there.

#![allow(clippy::unwrap_used, clippy::print_stdout, unreachable_pub, reason = "a test fails by panicking")]

mod activate;
mod bench;
mod crash;
mod faults;
mod guest;
mod in_turn;
mod mounted;
mod requests;
#[path = "../support/mod.rs"]
mod support;
mod together;
mod udev;

#[test]
fn in_a_guest_kernel() {
    guest::run_tests_in_guest();
}
