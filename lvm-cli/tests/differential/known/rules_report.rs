//! What differs on purpose in reports, displays and configuration.

use super::{Rule, anything};
use crate::compare::Part::{self, Error, Exit, Json, Metadata, Stdout};

const fn rule(row: &'static str, line: &'static str, parts: &'static [Part]) -> Rule {
    Rule { row, line, parts, theirs: "", ours: "", holds: anything }
}

impl Rule {
    const fn theirs(self, theirs: &'static str) -> Self {
        Self { theirs, ..self }
    }

    const fn ours(self, ours: &'static str) -> Self {
        Self { ours, ..self }
    }
}

/// The rules.
pub const RULES: &[Rule] = &[
    rule("`report/buffered=0`, `--unbuffered`", "--unbuffered|report/buffered=0", &[Stdout]),
    rule("`log/report_command_log` and `--logonly`", "--logonly", &[Exit, Stdout])
        .ours("Option --logonly is not supported"),
    rule(
        r"`--headings none\|abbrev\|full`, `--reportformat json_std`, `report/headings=2`",
        "--reportformat json_std",
        &[Exit, Stdout, Error],
    )
    .theirs("Invalid argument for --reportformat: json_std"),
    rule("a line that is refused for several reasons", "", &[Error])
        .theirs("Command does not accept|(unrecognized|invalid) option")
        .ours("may not be zero|is invalid|Invalid argument for --labelsector"),
    rule("`--reportformat json` with `-C`", "^(pv|vg|lv)display -C --reportformat json", &[Stdout]),
    rule("`pvscan --cache`", "^pvscan --cache", &[Stdout]).theirs("online"),
    rule(
        "which metadata areas are ignored under `--vgmetadatacopies N`",
        "metadata/vgmetadatacopies=1",
        &[Metadata],
    )
    .theirs("successfully created"),
    rule(
        "texts of help and of the version",
        "^(-h|version|help.*|.* (-h|-\\?|--help|--longhelp|--version.*))$",
        &[Stdout],
    ),
    rule("`--version` in place of a command", "^--version$", &[Exit, Stdout]),
    rule("messages that name the program", "^(nosuch|lvm dumpconfig)$", &[Error]).ours("Try 'lvmkit help'"),
    rule(
        "what `lvmconfig` says about settings",
        "^lvmconfig (--list|-l|--withcomments|--withsummary)",
        &[Stdout],
    ),
    rule("`lvmconfig --valuesonly`", "^lvmconfig --valuesonly", &[Exit, Stdout, Error]),
    rule("options with three hyphens", "---all", &[Exit, Stdout]).ours("unrecognized option '---all'"),
    rule("`--devices` with a device that is not there", "--devices /dev/nosuchdevice", &[Exit, Stdout]),
    rule("`--devicesfile` with `devices/use_devicesfile=0`", "--devicesfile nosuch", &[Exit, Stdout])
        .ours("Devices file not found"),
    rule("making nodes without device-mapper", "^(vgmknodes|vgscan --mknodes)", &[Exit])
        .theirs("control: open failed"),
    rule("a note about a major number", "^(lvs|pvs) ", &[Stdout]).theirs("Ignoring supplied major"),
    rule("`seg_monitor` with `activation/monitoring=0`", "seg_all", &[Stdout, Json]).ours("not monitored"),
];
