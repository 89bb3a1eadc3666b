//! What differs on purpose in commands about logical volumes.

use super::Rule;

/// The rules.
pub const RULES: &[Rule] = &[];
