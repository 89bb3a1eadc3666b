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

/// Every test of this program but this one runs in a guest kernel, in one boot, when this kernel
/// has no device-mapper.
#[test]
fn in_a_guest_kernel() {
    if guest::can_run() {
        return;
    }
    let mut arguments = ["--test-threads=1", "--show-output", "--color=never"].map(str::to_owned).to_vec();
    // The same tests that were asked for here.
    arguments.extend(std::env::args().skip(1).filter(|word| !word.starts_with('-')));
    let Some(text) = support::needed("kernel tests", guest::run_in_guest(&arguments)) else { return };
    println!("{text}");
    let passed = text.lines().find_map(|line| line.strip_prefix("test result: ok. ")).unwrap();
    println!("kernel: in the guest {passed}");
}
