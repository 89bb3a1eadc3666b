//! Commands of logical volumes.

use super::Page;

pub(super) static PAGES: &[Page] = &[
    Page {
        command: "lvchange",
        description: &[
            "Changes attributes of logical volumes: permission, policy, tags, minor number, read-ahead, how \
             they are activated; or activates them, takes their devices away, or refreshes their tables. \
             What is done to several volumes of one group is one new version of its metadata.",
        ],
        examples: &[
            ("lvmkit lvchange -an vg0/data", "Takes a volume's device away."),
            ("lvmkit lvchange --addtag backup vg0/data vg0/home", "Tags two volumes."),
        ],
        see_also: &["lvcreate", "vgchange"],
    },
    Page {
        command: "lvcreate",
        description: &[
            "Makes a logical volume of a size, or of a number or share of extents. The name may be given with \
             --name, as NAME or as VG/NAME; without one the volume is called lvolN. Physical volumes behind \
             the group's name limit where its extents come from, and in which order.",
            "The new volume is zeroed at its start and known signatures are wiped, and it becomes a device of \
             the kernel where there is one; volumes on image files never do.",
        ],
        examples: &[
            ("lvmkit lvcreate -L 8G -n root vg0", "Makes a volume of 8 GiB."),
            ("lvmkit lvcreate -l 100%FREE -n data vg0", "Takes all that is free."),
            ("lvmkit lvcreate -i 2 -I 64k -L 4G -n fast vg0 /dev/sda /dev/sdb", "Takes turns on two disks."),
            ("lvmkit lvcreate -l 10 -n log vg0 /dev/sdc:0-9", "Takes the first ten extents of a disk."),
        ],
        see_also: &["lvextend", "lvremove", "lvs"],
    },
    Page {
        command: "lvdisplay",
        description: &[
            "Shows attributes of logical volumes, a block of lines for each; with -m also where they lie, \
             with -c in a line for programs, with -C as lvmkit-lvs(8) does.",
        ],
        examples: &[("lvmkit lvdisplay -m vg0/data", "Shows a volume and the extents it has.")],
        see_also: &["lvs"],
    },
    Page {
        command: "lvextend",
        description: &[
            "Makes a logical volume larger: to a size, or with + by an amount. With physical volumes and \
             neither, by all that is free on them. With --resizefs the file system grows after the volume.",
        ],
        examples: &[
            ("lvmkit lvextend -L +2G vg0/data", "Adds 2 GiB."),
            ("lvmkit lvextend -r -l +100%FREE vg0/data", "Adds all that is free, and grows the file system."),
        ],
        see_also: &["lvreduce", "lvresize"],
    },
    Page {
        command: "lvpoll",
        description: &["Is there so that what calls it is told that there is nothing to continue."],
        examples: &[],
        see_also: &[],
    },
    Page {
        command: "lvread",
        description: &[
            "Writes the content of a logical volume to standard output or to a file, in this process: no \
             device of the kernel is needed. Holes stay holes.",
        ],
        examples: &[("lvmkit lvread vg0/root -o root.img", "Copies a volume to a file.")],
        see_also: &["lvwrite"],
    },
    Page {
        command: "lvreduce",
        description: &[
            "Makes a logical volume smaller: to a size, or with - by an amount. What lies behind the new end is \
             lost, so that it asks first. With --resizefs the file system shrinks before the volume.",
        ],
        examples: &[(
            "lvmkit lvreduce -r -L 1G vg0/data",
            "Shrinks the file system and its volume to 1 GiB.",
        )],
        see_also: &["lvextend", "lvresize"],
    },
    Page {
        command: "lvremove",
        description: &[
            "Removes logical volumes, or with the name of a group all of its. What is removed from one group \
             is removed in one new version of its metadata.",
        ],
        examples: &[("lvmkit lvremove -y vg0/old", "Removes a volume without asking.")],
        see_also: &["lvcreate"],
    },
    Page {
        command: "lvrename",
        description: &["Renames a logical volume; a device that is in use is renamed with it."],
        examples: &[("lvmkit lvrename vg0 data archive", "Renames vg0/data to vg0/archive.")],
        see_also: &["vgrename"],
    },
    Page {
        command: "lvresize",
        description: &[
            "Gives a logical volume another size: larger or smaller, to an amount or, with a sign, by one.",
        ],
        examples: &[("lvmkit lvresize -L 20G vg0/data", "Makes the volume 20 GiB large.")],
        see_also: &["lvextend", "lvreduce"],
    },
    Page {
        command: "lvs",
        description: &[
            "Reports on logical volumes, a line for each. Columns are chosen with -o, sorted with -O, and \
             written for programs with --noheadings, --nameprefixes or --reportformat json. -o help lists \
             the columns.",
        ],
        examples: &[
            ("lvmkit lvs", "Lists all visible volumes."),
            ("lvmkit lvs --noheadings -o lv_name,lv_size --units b vg0", "For scripts."),
            ("lvmkit lvs -a -o +devices", "Shows hidden volumes, and where all of them lie."),
        ],
        see_also: &["lvscan", "pvs", "vgs"],
    },
    Page {
        command: "lvscan",
        description: &["Lists logical volumes with their paths, and whether they are active."],
        examples: &[],
        see_also: &["lvs"],
    },
    Page {
        command: "lvwrite",
        description: &[
            "Writes standard input or a file into a logical volume, in this process: no device of the kernel \
             is needed. What lies behind the end of the input stays as it was.",
        ],
        examples: &[("lvmkit lvwrite vg0/root -i root.img", "Copies a file into a volume.")],
        see_also: &["lvread"],
    },
];
