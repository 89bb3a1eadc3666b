//! What differs on purpose in commands about logical volumes.

use super::Rule;
use crate::compare::Part::{Error, Exit, Files, Metadata, Stdout, Version};

/// The rules.
pub const RULES: &[Rule] = &[
    Rule {
        row: "a command line that fits no form of its command",
        line: "",
        parts: &[Stdout],
        theirs: "No command with matching syntax",
        ours: "No command with matching syntax",
    },
    Rule {
        row: "versions of a command about several volumes",
        line: "^lv(change|remove) ",
        parts: &[Version],
        theirs: "(?s) (changed|removed)\\..* (changed|removed)\\.",
        ours: "(?s) (changed|removed)\\..* (changed|removed)\\.",
    },
    Rule {
        row: "`lvchange` that changes nothing",
        line: "^lvchange ",
        parts: &[Version],
        theirs: " changed\\.",
        ours: " changed\\.",
    },
    Rule {
        row: "`lvchange --persistent y`",
        line: "^lvchange .*--minor",
        parts: &[Stdout],
        theirs: "",
        ours: " changed\\.",
    },
    Rule {
        row: "major number with `lvcreate -My`",
        line: "--minor",
        parts: &[Metadata],
        theirs: "",
        ours: "(created|changed)\\.",
    },
    Rule {
        row: "shrinking a volume that is not active",
        line: "^lvre(duce|size) ",
        parts: &[Exit, Stdout, Metadata],
        theirs: "successfully resized",
        ours: "NOT reduced",
    },
    Rule {
        row: "`--zero y` and `--wipesignatures y` for a volume that is created inactive",
        line: "^lvcreate ",
        parts: &[Stdout, Metadata],
        theirs: "Cannot zero inactive logical volume",
        ours: "created",
    },
    Rule {
        row: "volume types that are not there yet, and their options",
        line: "^lv(change|create|extend|resize) ",
        parts: &[Exit, Stdout, Metadata, Version, Error],
        theirs: "",
        ours: "(Option .*|Segment type .*) is not supported\\.",
    },
    Rule {
        row: "changing a group that misses physical volumes",
        line: "^lv",
        parts: &[Exit, Stdout, Metadata],
        theirs: "",
        ours: "while PVs are missing",
    },
    Rule {
        row: "`lvrename` with a path below `/dev/mapper`",
        line: "^lvrename /dev/mapper/",
        parts: &[Exit, Stdout, Metadata, Error],
        theirs: "not found in volume group",
        ours: "Renamed",
    },
    Rule {
        row: "activating with `global/activation=0`",
        line: "^(lv|vg)change .*-a",
        parts: &[Exit],
        theirs: "",
        ours: "activation is switched off",
    },
    Rule {
        row: "`--version`",
        line: "--version",
        parts: &[Stdout],
        theirs: "LVM version",
        ours: "lvmkit version",
    },
    Rule {
        row: "`--autobackup y` with `backup/archive=0`",
        line: "(-A *|--autobackup[ =])y",
        parts: &[Files],
        theirs: "",
        ours: "",
    },
];
