//! Commands of physical volumes and devices.

use super::Page;

pub(super) static PAGES: &[Page] = &[
    Page {
        command: "devtypes",
        description: &[
            "Reports on the kinds of devices that may hold physical volumes, by the names under which the \
             kernel lists their drivers.",
        ],
        examples: &[],
        see_also: &["pvs"],
    },
    Page {
        command: "lvmdevices",
        description: &[
            "Lists the devices in the devices file, or changes it. When there is a devices file no other \
             devices are looked at.",
        ],
        examples: &[
            ("lvmkit lvmdevices --adddev /dev/sdb", "Adds a disk."),
            ("lvmkit lvmdevices --check", "Says what is wrong with the file."),
        ],
        see_also: &["vgimportdevices"],
    },
    Page {
        command: "lvmdiskscan",
        description: &["Lists devices that are physical volumes, or may become some."],
        examples: &[],
        see_also: &["pvs"],
    },
    Page {
        command: "pvchange",
        description: &[
            "Changes attributes of physical volumes: whether extents are allocated on them, and tags.",
        ],
        examples: &[("lvmkit pvchange -x n /dev/sdb", "Allocates no more extents on a disk.")],
        see_also: &["pvcreate", "pvs"],
    },
    Page {
        command: "pvck",
        description: &[
            "Checks what is on physical volumes, or prints the headers and the texts of metadata that are \
             there, current ones and old ones.",
        ],
        examples: &[
            ("lvmkit pvck --dump headers /dev/sda", "Prints label and headers."),
            ("lvmkit pvck --dump metadata_search /dev/sda", "Lists the texts that can be found."),
        ],
        see_also: &["vgck"],
    },
    Page {
        command: "pvcreate",
        description: &[
            "Makes devices, partitions or image files physical volumes. vgcreate and vgextend do so by \
             themselves; this is for the layout to be another than the default.",
        ],
        examples: &[("lvmkit pvcreate --dataalignment 4m /dev/sdb", "Aligns extents to 4 MiB.")],
        see_also: &["pvremove", "vgcreate"],
    },
    Page {
        command: "pvdisplay",
        description: &[
            "Shows attributes of physical volumes, a block of lines for each; with -m also which extents are \
             in use, with -c in a line for programs, with -C as lvmkit-pvs(8) does.",
        ],
        examples: &[("lvmkit pvdisplay -m /dev/sda", "Shows a disk and who has its extents.")],
        see_also: &["pvs"],
    },
    Page {
        command: "pvremove",
        description: &["Wipes the label of physical volumes that are in no group."],
        examples: &[],
        see_also: &["pvcreate", "vgreduce"],
    },
    Page {
        command: "pvresize",
        description: &[
            "Takes note that the device of a physical volume has another size now, or has it pretend one. A \
             physical volume cannot end before its last extent that is in use.",
        ],
        examples: &[("lvmkit pvresize /dev/sdb", "Uses a disk that grew.")],
        see_also: &["lvextend"],
    },
    Page {
        command: "pvs",
        description: &["Reports on physical volumes, a line for each. It is used as lvmkit-lvs(8) is."],
        examples: &[("lvmkit pvs -o +pv_used", "Shows how much of each is in use, too.")],
        see_also: &["lvs", "pvscan", "vgs"],
    },
    Page {
        command: "pvscan",
        description: &[
            "Lists physical volumes with their groups. With --cache it says for the devices that are named, or \
             for all, whether their groups are complete, and with -aay activates those that are: this is \
             what udev's rules call.",
        ],
        examples: &[(
            "lvmkit pvscan --cache -aay /dev/sdb",
            "Activates the group that is complete with a disk.",
        )],
        see_also: &["pvs", "vgchange"],
    },
];
