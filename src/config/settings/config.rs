//! The settings of `config`.

use crate::config::setting::{Setting, below_system_dir, flag, section, v};

pub(super) static SETTINGS: &[Setting] = &[
    section("config", v(2, 2, 99), "How settings themselves are read and checked."),
    flag(
        "config/checks",
        true,
        v(2, 2, 99),
        "Whether unknown settings and values of a wrong type are reported.",
    ),
    flag(
        "config/abort_on_errors",
        false,
        v(2, 2, 99),
        "Whether a command fails when its settings have mistakes.",
    ),
    below_system_dir("config/profile_dir", "profile", v(2, 2, 99), "Where profiles are looked for.")
        .unconfigured("@DEFAULT_SYS_DIR@/@DEFAULT_PROFILE_SUBDIR@"),
];
