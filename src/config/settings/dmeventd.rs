//! The settings of `dmeventd`.

use crate::config::setting::{Setting, section, text, v};

pub(super) static SETTINGS: &[Setting] = &[
    section("dmeventd", v(1, 2, 3), "The daemon that watches volumes."),
    text(
        "dmeventd/mirror_library",
        "libdevmapper-event-lvm2mirror.so",
        v(1, 2, 3),
        "Its plugin for mirrors.",
    ),
    text("dmeventd/raid_library", "libdevmapper-event-lvm2raid.so", v(2, 2, 87), "Its plugin for RAID."),
    text(
        "dmeventd/snapshot_library",
        "libdevmapper-event-lvm2snapshot.so",
        v(1, 2, 26),
        "Its plugin for snapshots.",
    ),
    text(
        "dmeventd/thin_library",
        "libdevmapper-event-lvm2thin.so",
        v(2, 2, 89),
        "Its plugin for thin pools.",
    ),
    text(
        "dmeventd/thin_command",
        "lvm lvextend --use-policies",
        v(2, 2, 169),
        "What it runs as a thin pool fills.",
    ),
    text("dmeventd/vdo_library", "libdevmapper-event-lvm2vdo.so", v(2, 3, 0), "Its plugin for VDO pools."),
    text(
        "dmeventd/vdo_command",
        "lvm lvextend --use-policies",
        v(2, 3, 0),
        "What it runs as a VDO pool fills.",
    ),
    text("dmeventd/executable", "/sbin/dmeventd", v(2, 2, 73), "Its program.")
        .unconfigured("@DMEVENTD_PATH@"),
];
