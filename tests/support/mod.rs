//! What several test programs share: loop devices, the lvm2 that is installed, and the rule for
//! tests that cannot run here.

#![allow(dead_code, unreachable_pub, reason = "each test program uses a part of it")]

pub mod loops;
pub mod lvm2;

/// The thing a test needs, or `None` after saying why the test is skipped.
///
/// # Panics
/// When `CI` is set: there everything must run.
pub fn needed<T>(test: &str, thing: Result<T, String>) -> Option<T> {
    match thing {
        Ok(thing) => Some(thing),
        Err(why) => {
            assert!(std::env::var_os("CI").is_none(), "{test} cannot run: {why}");
            println!("skipped: {test}: {why}");
            None
        }
    }
}
