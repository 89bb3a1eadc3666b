//! Commands about whole groups beside lvm2, from the same state on the same loop devices: exit
//! code, output and what is on the devices afterwards.

#![allow(clippy::unwrap_used, clippy::print_stdout, unreachable_pub, reason = "a test fails by panicking")]

#[path = "groups/check.rs"]
mod check;
#[path = "groups/choose.rs"]
mod choose;
#[path = "groups/clone.rs"]
mod clone;
#[path = "groups/export.rs"]
mod export;
#[path = "groups/identity.rs"]
mod identity;
#[path = "groups/missing.rs"]
mod missing;
#[path = "groups/restore.rs"]
mod restore;
#[path = "groups/small.rs"]
mod small;
#[path = "groups/split.rs"]
mod split;
#[path = "groups/stage.rs"]
mod stage;
#[path = "../../tests/support/mod.rs"]
mod support;

use stage::Stage;

/// A stage, or `None` where there cannot be one.
fn stage(test: &str, sizes_mib: &[u64]) -> Option<Stage> {
    support::needed(test, Stage::new(sizes_mib))
}
