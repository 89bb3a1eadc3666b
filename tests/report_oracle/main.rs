//! Reports of `lvmkit` against those of the real lvm2, byte for byte.
//!
//! Needs root, loop devices and lvm2; says `skipped` where they are missing, and fails there when
//! `CI=true`.

#![allow(clippy::unwrap_used, clippy::print_stdout)]

mod golden;
mod lvm2;
mod plain;
mod selection;
mod settings;
mod stacked;

/// True when the tests can run.
fn ready() -> bool {
    match lvm2::Lvm2::missing() {
        None => true,
        Some(why) => {
            println!("skipped: {why}");
            assert!(std::env::var("CI").as_deref() != Ok("true"), "must run under CI: {why}");
            false
        }
    }
}
