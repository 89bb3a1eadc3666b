//! The settings of `shell`.

use crate::config::setting::{Setting, integer, section, v};

pub(super) static SETTINGS: &[Setting] = &[
    section("shell", v(1, 0, 0), "The interactive shell."),
    integer("shell/history_size", 100, v(1, 0, 0), "How many lines its history has."),
];
