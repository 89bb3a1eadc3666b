//! The settings of `tags`.

use crate::config::setting::{Setting, flag, section, texts, v};

pub(super) static SETTINGS: &[Setting] = &[
    section("tags", v(1, 0, 18), "Tags of this host.").commented(),
    flag("tags/hosttags", false, v(1, 0, 18), "Whether the host's name is a tag."),
    section("tags/<tag>", v(1, 0, 18), "A tag that hosts may have.").commented(),
    texts("tags/<tag>/host_list", &[], v(1, 0, 18), "The hosts that have it; all without a list.")
        .undefined()
        .may_be_empty(),
];
