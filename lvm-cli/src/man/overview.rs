//! `lvmkit(8)`: what is the same for all commands.

use super::roff::Roff;
use super::{DATE, SECTION, title};
use crate::command::COMMANDS;
use crate::help;

/// The page.
pub(crate) fn overview() -> String {
    let mut roff = Roff::new("lvmkit", SECTION, DATE);
    roff.section("NAME");
    roff.text("lvmkit - volume groups of LVM2, on disks and on plain image files");
    roff.section("SYNOPSIS");
    roff.text("lvmkit [ COMMAND [ OPTION ... ] [ ARGUMENT ... ] ]");
    roff.section("DESCRIPTION");
    DESCRIPTION.iter().for_each(|paragraph| roff.paragraph(paragraph));
    roff.section("COMMANDS");
    for (name, summary) in help::summaries() {
        roff.term(name, &format!("{summary}."));
    }
    roff.section("OPTIONS");
    OPTIONS.iter().for_each(|paragraph| roff.paragraph(paragraph));
    roff.section("VALUES AND ARGUMENTS");
    VALUES.iter().for_each(|(term, text)| roff.term(term, text));
    roff.section("SHELL");
    SHELL.iter().for_each(|paragraph| roff.paragraph(paragraph));
    roff.section("EXIT STATUS");
    EXIT_STATUS.iter().for_each(|(term, text)| roff.term(term, text));
    roff.section("ENVIRONMENT");
    ENVIRONMENT.iter().for_each(|(term, text)| roff.term(term, text));
    roff.section("FILES");
    FILES.iter().for_each(|(term, text)| roff.term(term, text));
    roff.section("SEE ALSO");
    roff.see_also(COMMANDS.iter().map(|command| title(command.name)));
    roff.finish()
}

const DESCRIPTION: &[&str] = &[
    "lvmkit reads, plans and writes volume groups in the format of LVM2. Its commands are called as those of \
     LVM2 are, also through symbolic links that are named like them. On plain image files it needs neither \
     root nor the kernel's device-mapper.",
    "Which devices are looked at is said with --devices or in LVMKIT_DEVICES; else they are those of the \
     machine, as lvm.conf and the devices file choose them.",
];

const OPTIONS: &[&str] = &[
    "Options may stand anywhere among the arguments. Long ones may be shortened to what is unique, and take \
     their value as the next word or behind =. Letters may be joined with each other and with a value: -an, \
     -L1G, -l100%FREE. Behind -- everything is an argument.",
];

const VALUES: &[(&str, &str)] = &[
    ("VG", "A volume group: its name, or /dev/NAME."),
    ("LV", "A logical volume: VG/LV, /dev/VG/LV or /dev/mapper/VG-LV."),
    (
        "PV",
        "A physical volume: a device, an image file, or FILE#2 for partition 2 of one. Where extents are \
         allocated, PV:FIRST-LAST and PV:FIRST+COUNT name some of its extents.",
    ),
    ("@Tag", "Everything that carries a tag."),
    (
        "Size[UNIT]",
        "A number, perhaps with a fraction, and a letter: b for bytes, s for sectors of 512 bytes, and k, m, g, \
         t, p, e for powers of 1024, in either case. Without a letter, the unit that is named.",
    ),
    ("Number[%VG|%FREE|%PVS|%LV|%ORIGIN]", "Extents, or a share of something in percent."),
];

const SHELL: &[&str] = &[
    "Without a command lvmkit reads commands: at a terminal with a prompt, a history and completion with the \
     tabulator key, else line by line from standard input. A word that begins with a quote ends at the next \
     one, and # begins a comment. exit or quit end it. A command that fails does not, and the exit status \
     is 0.",
    "A file whose first line begins with #! is a script: lvmkit FILE runs its commands until one of them \
     fails, and exits with its status.",
];

const EXIT_STATUS: &[(&str, &str)] = &[
    ("0", "It was done."),
    ("2", "There is no command of that name."),
    ("3", "The command line is wrong."),
    ("5", "It failed or was refused. When one of several things fails the others are still done."),
];

const ENVIRONMENT: &[(&str, &str)] = &[
    ("DM_DEV_DIR", "Another directory of devices than /dev, in the names of arguments."),
    ("DM_DISABLE_UDEV", "Set: do not wait for udev, as with --noudevsync."),
    ("HOME", "Where .lvmkit_history is."),
    ("LVMKIT_DEVICES", "Devices and image files to look at, separated by commas, as with --devices."),
    ("LVM_SYSTEM_DIR", "Another directory than /etc/lvm."),
];

const FILES: &[(&str, &str)] = &[
    ("/etc/lvm/lvm.conf", "Settings."),
    ("/etc/lvm/devices/system.devices", "The devices file."),
    ("~/.lvmkit_history", "Lines that were typed in the shell."),
];
