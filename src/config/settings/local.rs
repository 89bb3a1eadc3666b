//! The settings of `local`.

use crate::config::setting::{Setting, integer, section, text, texts, v};

pub(super) static SETTINGS: &[Setting] = &[
    section("local", v(2, 2, 117), "What is true of this host alone."),
    text("local/system_id", "", v(2, 2, 117), "The system id, when its source is lvmlocal.").may_be_empty(),
    texts(
        "local/extra_system_ids",
        &[],
        v(2, 2, 117),
        "System ids of other hosts whose groups this one may use.",
    )
    .undefined()
    .may_be_empty(),
    integer("local/host_id", 0, v(2, 2, 124), "The number of this host for sanlock."),
];
