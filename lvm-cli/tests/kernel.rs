//! The command on a real device-mapper kernel, beside real lvm2 on the same devices. Where this
//! kernel has no device-mapper, all of it runs in a guest that has.

#![allow(clippy::unwrap_used, clippy::print_stdout, unreachable_pub, reason = "a test fails by panicking")]
#![allow(dead_code, reason = "the bench is that of the library's tests")]

#[path = "kernel/activate.rs"]
mod activate;
#[path = "../../tests/kernel/bench.rs"]
mod bench;
#[path = "kernel/diagnosis.rs"]
mod diagnosis;
#[path = "kernel/display.rs"]
mod display;
#[path = "kernel/filesystem.rs"]
mod filesystem;
#[path = "kernel/groups.rs"]
mod groups;
#[path = "../../tests/kernel/guest.rs"]
mod guest;
#[path = "kernel/scan.rs"]
mod scan;
#[path = "kernel/scripts.rs"]
mod scripts;
#[path = "kernel/status.rs"]
mod status;
#[path = "../../tests/support/mod.rs"]
mod support;
#[path = "kernel/twin.rs"]
mod twin;

#[test]
fn in_a_guest_kernel() {
    guest::run_tests_in_guest();
}
