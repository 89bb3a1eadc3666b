//! The settings of `backup`.

use crate::config::setting::{Setting, below_system_dir, flag, integer, section, v};

pub(super) static SETTINGS: &[Setting] = &[
    section("backup", v(1, 0, 0), "Copies of metadata that are kept as files."),
    flag("backup/backup", true, v(1, 0, 0), "Whether the metadata after each change is kept."),
    below_system_dir("backup/backup_dir", "backup", v(1, 0, 0), "Where it is kept.")
        .unconfigured("@DEFAULT_SYS_DIR@/@DEFAULT_BACKUP_SUBDIR@"),
    flag("backup/archive", true, v(1, 0, 0), "Whether the metadata before each change is kept."),
    below_system_dir("backup/archive_dir", "archive", v(1, 0, 0), "Where it is kept.")
        .unconfigured("@DEFAULT_SYS_DIR@/@DEFAULT_ARCHIVE_SUBDIR@"),
    integer("backup/retain_min", 10, v(1, 0, 0), "How many archived versions of a group are kept at least."),
    integer("backup/retain_days", 30, v(1, 0, 0), "For how many days they are kept at least."),
];
