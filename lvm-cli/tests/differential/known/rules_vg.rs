//! What differs on purpose in commands about groups and physical volumes.

use super::{Rule, another_order, anything, fewer_versions, text_behind_ignored_area};
use crate::compare::Part::{self, Error, Exit, Files, Metadata, Stdout, Version};

const fn rule(
    row: &'static str,
    line: &'static str,
    parts: &'static [Part],
    theirs: &'static str,
    ours: &'static str,
) -> Rule {
    Rule { row, line, parts, theirs, ours, holds: anything }
}

/// One that only lets fewer versions be written.
const fn fewer(row: &'static str, line: &'static str) -> Rule {
    Rule { holds: fewer_versions, ..rule(row, line, &[Version], "", "") }
}

/// The rules.
pub const RULES: &[Rule] = &[
    rule(
        "`--noudevsync`, `--readonly` and `--autobackup`",
        "--noudevsync|--readonly|-An",
        &[Exit, Stdout, Metadata, Version, Error],
        "(unrecognized|invalid) option",
        "",
    ),
    rule(
        "options of ambiguous prefixes in messages",
        "--(meta|a) ",
        &[Error],
        "is ambiguous",
        "is ambiguous",
    ),
    rule("help with more arguments", "--help extra", &[Stdout], r"\S", r"\S"),
    rule(
        "a device named beside `--devices`",
        "--devices [^ ]+ ",
        &[Exit, Stdout, Metadata, Error],
        "device is not in devices list",
        "",
    ),
    rule(
        "signatures with nothing behind their magic number",
        "^(pvcreate|vgcreate) ",
        &[Exit, Stdout, Metadata, Error],
        "(ext2|dos) signature",
        "successfully created",
    ),
    rule(
        "`vgcreate --test` of devices that are no physical volumes yet",
        "^vgcreate (-t|--test) ",
        &[Exit, Stdout],
        "wrong checksum",
        "successfully created",
    ),
    rule(
        "refused `vgcreate` and `vgextend`",
        "^vg(create|extend) ",
        &[Stdout, Metadata],
        "successfully created",
        "(?s)^(  Volume group|  No space|  Aborting|  WARNING|Physical|  Physical volume '.*' is already in)",
    ),
    rule(
        "the reason when there are several",
        "^vg(create|extend) ",
        &[Error],
        "already in volume group|Cannot process volume group",
        "not found|name|No device found",
    ),
    rule(
        "which metadata areas are ignored under `--vgmetadatacopies N`",
        "^(vgcreate|vgchange) .*--(vg)?metadatacopies[ =]*[1-9]",
        &[Metadata],
        "success|changed",
        "success|changed",
    ),
    rule(
        "version after `vgcfgrestore`",
        "^vgcfgrestore ",
        &[Version, Metadata],
        "Restored volume group",
        "Restored volume group",
    ),
    rule(
        "version of a group that was split off or that took something in",
        "^vg(split|merge) ",
        &[Version],
        "success",
        "success",
    ),
    fewer(
        "`vgreduce --removemissing --force`, `pvchange --metadataignore` of several",
        "^(vgreduce --removemissing|pvchange .*--metadataignore)",
    ),
    fewer(
        "versions of a command about several physical volumes",
        "^(pvchange|vgreduce) (.*[{}@].* [{}@]|.*@|.*-a|-S|.*--all)",
    ),
    fewer(
        "setting what is set already (policy, autoactivation, no persistent minor …)",
        "^(vgchange|pvchange|pvresize) ",
    ),
    rule(
        "commands that are not there yet",
        "^pvmove",
        &[Exit, Stdout, Metadata, Version, Error],
        "",
        "not supported: use LVM2's own",
    ),
    rule(
        "ids, times and checksums that `pvck` shows",
        "^pvck --dump",
        &[Stdout],
        "crc|checksum",
        "crc|checksum",
    ),
    rule(
        "`pvck` with options that do not go together",
        "^pvck ",
        &[Exit, Stdout, Metadata, Error],
        "",
        "is not supported|Found label|metadata text",
    ),
    rule(
        "groups that can have no active volumes, when none is named",
        "^vgchange -an$",
        &[Stdout],
        "now active",
        "",
    ),
    rule(
        "`vgcfgbackup --file` of several groups without `%s`",
        "^vgcfgbackup .*-f ",
        &[Stdout, Files],
        "different files",
        "several volume groups",
    ),
    rule(
        "what a file of `vgcfgbackup` says of itself",
        "^vgcfgbackup( vg)?$",
        &[Files],
        "backed up",
        "backed up",
    ),
    rule(
        "`vgrename` of a group that is named by its uuid",
        r"^vgrename \{vg:",
        &[Stdout],
        "because of matching UUID",
        "renamed",
    ),
    rule(
        "extents smaller than the stripes of a volume",
        "^vgchange .*(-s|--physicalextentsize)",
        &[Exit, Stdout, Metadata],
        "successfully changed",
        "New extent size is not a perfect fit",
    ),
    rule(
        "`pvresize` of several, of which one cannot be resized",
        "^pvresize .* ",
        &[Stdout, Metadata],
        "(cannot resize|Size must leave space)",
        "cannot resize",
    ),
    Rule { holds: another_order, ..rule("errors about several arguments", "", &[Error], "", "") },
    Rule {
        holds: text_behind_ignored_area,
        ..rule("what an ignored metadata area held, under a new uuid", "^pvchange .*-u", &[Metadata], "", "")
    },
    rule("`vgremove` with a selection that cannot be read", "^vgremove -S ", &[Exit], "", ""),
    rule("archives of `vgremove` and `vgcfgrestore`", "^(vgremove|vgcfgrestore) ", &[Files], "", ""),
    rule("`vgimportclone -n` with a bad name", "^vgimportclone ", &[Metadata], "Parse error", ""),
];
