//! What differs on purpose in commands about groups and physical volumes.

use super::Rule;

/// The rules.
pub const RULES: &[Rule] = &[];
