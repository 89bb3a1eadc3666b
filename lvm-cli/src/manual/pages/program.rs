//! Commands that are about settings, pictures, plans, and the program.

use super::Page;

/// Of a command with three names.
const SETTINGS: &[&str] =
    &["Prints settings: those in use, those that are the default, or all that there are, \
    as a whole or a section or a key; or checks them. lvmkit-config(8), lvmkit-dumpconfig(8) and \
    lvmkit-lvmconfig(8) are one command."];

pub(super) static PAGES: &[Page] = &[
    Page {
        command: "apply",
        description: &[
            "Reads commands from a file, one a line, quoted as in a shell, or with - from standard input. \
             All of them are checked against the state that the ones before would leave, and then written \
             as one new version of the metadata. When one of them is refused nothing is written.",
        ],
        examples: &[("lvmkit apply setup.lvm", "Runs the commands of a file, all or none.")],
        see_also: &["plan"],
    },
    Page { command: "config", description: SETTINGS, examples: &[], see_also: &["lvmconfig"] },
    Page {
        command: "diff",
        description: &[
            "Shows what changed between two versions of a group's metadata: one of the archive (VG@SEQNO), \
             one in a file, or what is on the disks.",
        ],
        examples: &[
            ("lvmkit diff vg0", "Shows what the last change changed."),
            ("lvmkit diff vg0@12 vg0@15", "Shows what changed between two archived versions."),
        ],
        see_also: &["history", "map"],
    },
    Page {
        command: "dm",
        description: &[
            "Shows every device of the kernel's device-mapper, whoever made it, in the form of dmsetup(8). \
             Nothing is ever changed. Keys of encrypted devices are shown as zeros.",
        ],
        examples: &[
            ("lvmkit dm ls --tree", "Shows which devices lie on which."),
            ("lvmkit dm table vg0-root", "Shows the table of a device."),
        ],
        see_also: &["doctor", "recover"],
    },
    Page {
        command: "doctor",
        description: &[
            "Says in a line for each check, ok, warning or problem, whether this system is ready: root, the \
             driver and its targets, udev, configuration, devices file, locks, devices in the middle of a \
             change, duplicates and missing physical volumes; and what to do. The exit status is 0 when \
             nothing is a problem.",
        ],
        examples: &[("lvmkit doctor", "Looks at the machine.")],
        see_also: &["dm", "recover"],
    },
    Page { command: "dumpconfig", description: SETTINGS, examples: &[], see_also: &["lvmconfig"] },
    Page {
        command: "formats",
        description: &["Lists the formats of metadata that are understood."],
        examples: &[],
        see_also: &["segtypes"],
    },
    Page {
        command: "fullreport",
        description: &[
            "Reports on groups with all their physical volumes, logical volumes and segments, in one document \
             for each group.",
        ],
        examples: &[("lvmkit fullreport --reportformat json vg0", "Reports on a group for programs.")],
        see_also: &["lvs", "pvs", "vgs"],
    },
    Page {
        command: "generate",
        description: &[
            "Writes what is made from the table of commands: manual pages, completions for shells, and the \
             list of options of every command, one a line, with tabs between command, long name, letter \
             and value.",
        ],
        examples: &[
            ("lvmkit generate man share/man/man8", "Writes lvmkit.8 and a page for each command."),
            ("lvmkit generate completions bash", "Prints the completions for bash."),
        ],
        see_also: &["help"],
    },
    Page {
        command: "help",
        description: &[
            "Lists the commands, or shows how the ones that are named are called. With all, every command is \
             shown. With --longhelp the options are explained, too.",
        ],
        examples: &[("lvmkit help lvcreate", "Shows the forms and options of a command.")],
        see_also: &[],
    },
    Page {
        command: "history",
        description: &[
            "Lists the versions of a group that the archive has, with the commands that made them and what \
             they changed.",
        ],
        examples: &[("lvmkit history --number 5 vg0", "Lists the last five.")],
        see_also: &["diff", "vgcfgrestore"],
    },
    Page {
        command: "lvmconfig",
        description: SETTINGS,
        examples: &[
            ("lvmkit lvmconfig --type default devices/dir", "Prints the default of a setting."),
            ("lvmkit lvmconfig --validate", "Checks the settings in use."),
        ],
        see_also: &["config"],
    },
    Page {
        command: "map",
        description: &[
            "Draws physical volumes as bars and the extents that logical volumes have on them, on the \
             terminal or as a picture (SVG) that needs no other file. An archived version or a backup file \
             can be drawn, too.",
        ],
        examples: &[
            ("lvmkit map vg0", "Draws a group on the terminal."),
            ("lvmkit map --svg vg0.svg vg0", "Writes a picture."),
        ],
        see_also: &["diff", "why"],
    },
    Page {
        command: "plan",
        description: &[
            "Shows what a command would do: the new version of the metadata, which extents would be used, and \
             what would be done to devices. Nothing is written, and devices are opened for reading only.",
        ],
        examples: &[("lvmkit plan lvcreate -L 8G -n root vg0", "Shows where the volume would lie.")],
        see_also: &["apply"],
    },
    Page {
        command: "recover",
        description: &[
            "Puts right what a crash in the middle of a change left: tables that wait are dropped, wrong ones \
             replaced, suspended devices resumed, names corrected, devices of volumes that do not exist \
             removed. It goes by the metadata alone.",
        ],
        examples: &[],
        see_also: &["doctor"],
    },
    Page {
        command: "segtypes",
        description: &["Lists the types of segments that are understood."],
        examples: &[],
        see_also: &["formats"],
    },
    Page {
        command: "systemid",
        description: &["Shows the system id of this host. Groups of another one are not changed."],
        examples: &[],
        see_also: &["vgchange"],
    },
    Page {
        command: "tags",
        description: &["Lists the tags of this host, which settings and activation may depend on."],
        examples: &[],
        see_also: &["config"],
    },
    Page {
        command: "why",
        description: &[
            "Says what keeps a volume of a size, or an existing one that is to grow, from fitting: by policy \
             and by physical volume; and what would make it fit.",
        ],
        examples: &[
            ("lvmkit why vg0 100G", "Says why a new volume of 100 GiB does not fit."),
            ("lvmkit why vg0/data +20G", "Says why a volume cannot grow."),
        ],
        see_also: &["lvcreate", "map"],
    },
];
