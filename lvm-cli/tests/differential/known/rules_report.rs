//! What differs on purpose in reports, displays and configuration.

use super::Rule;

/// The rules.
pub const RULES: &[Rule] = &[];
