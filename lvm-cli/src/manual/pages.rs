//! What man pages say of commands beyond the table: how they behave, examples, related commands.
//! A command without a page has what the table says.

/// The page of a command.
#[derive(Debug)]
pub(crate) struct Page {
    pub(crate) command: &'static str,
    /// Paragraphs.
    pub(crate) description: &'static [&'static str],
    /// Command lines, and what they do.
    pub(crate) examples: &'static [(&'static str, &'static str)],
    /// Related commands.
    pub(crate) see_also: &'static [&'static str],
}

/// The page of that command.
pub(crate) fn page(command: &str) -> Option<&'static Page> {
    PAGES.iter().find(|page| page.command == command)
}

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
        command: "pvchange",
        description: &[
            "Changes attributes of physical volumes: whether extents are allocated on them, and tags.",
        ],
        examples: &[("lvmkit pvchange -x n /dev/sdb", "Allocates no more extents on a disk.")],
        see_also: &["pvcreate", "pvs"],
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
        command: "vgcfgbackup",
        description: &["Writes the metadata of groups to files, in the format that LVM2 uses."],
        examples: &[("lvmkit vgcfgbackup -f /root/%s.vg", "Writes a file for each group.")],
        see_also: &["vgcfgrestore"],
    },
    Page {
        command: "vgcfgrestore",
        description: &["Makes the metadata in a file the current metadata of a group."],
        examples: &[("lvmkit vgcfgrestore -f /root/vg0.vg vg0", "Takes a group back to a file.")],
        see_also: &["vgcfgbackup"],
    },
    Page {
        command: "vgchange",
        description: &[
            "Changes attributes of groups: limits, extent size, policy, tags, whether they can be extended, how \
             they are activated; or activates their volumes, or takes their devices away. Without a name, \
             of all groups.",
        ],
        examples: &[
            ("lvmkit vgchange -ay vg0", "Activates all volumes of a group."),
            ("lvmkit vgchange -an", "Takes the devices of all groups away."),
        ],
        see_also: &["lvchange", "vgcreate"],
    },
    Page {
        command: "vgck",
        description: &["Checks the metadata of groups: copies that are damaged, old or missing are named."],
        examples: &[],
        see_also: &["doctor"],
    },
    Page {
        command: "vgcreate",
        description: &[
            "Makes a volume group over physical volumes. Devices and image files that are no physical volumes \
             yet become some.",
        ],
        examples: &[
            ("lvmkit vgcreate vg0 /dev/sda /dev/sdb", "Makes a group over two disks."),
            ("lvmkit vgcreate -s 1m vg0 a.img b.img", "Makes one over two files, with extents of 1 MiB."),
        ],
        see_also: &["lvcreate", "pvcreate", "vgextend"],
    },
    Page {
        command: "vgextend",
        description: &["Adds physical volumes to a group. What is none yet becomes one."],
        examples: &[("lvmkit vgextend vg0 /dev/sdc", "Adds a disk.")],
        see_also: &["vgreduce"],
    },
    Page {
        command: "vgmknodes",
        description: &[
            "Makes the names of active volumes under /dev that are missing, and removes stale ones.",
        ],
        examples: &[],
        see_also: &["vgscan"],
    },
    Page {
        command: "vgreduce",
        description: &["Takes physical volumes that are not in use out of a group."],
        examples: &[
            ("lvmkit vgreduce vg0 /dev/sdc", "Takes a disk out."),
            ("lvmkit vgreduce --removemissing vg0", "Takes out what is missing."),
        ],
        see_also: &["vgextend"],
    },
    Page {
        command: "vgremove",
        description: &["Removes groups, and with them, after a question, their logical volumes."],
        examples: &[("lvmkit vgremove -f vg0", "Removes a group with all volumes.")],
        see_also: &["lvremove", "pvremove"],
    },
    Page {
        command: "vgrename",
        description: &["Renames a group, which may be named by its uuid when two have one name."],
        examples: &[("lvmkit vgrename vg0 system", "Renames a group.")],
        see_also: &["lvrename"],
    },
    Page {
        command: "vgs",
        description: &["Reports on groups, a line for each. It is used as lvmkit-lvs(8) is."],
        examples: &[("lvmkit vgs --noheadings -o vg_name,vg_free --units b", "For scripts.")],
        see_also: &["lvs", "pvs", "vgscan"],
    },
    Page {
        command: "vgscan",
        description: &["Lists groups; with --mknodes also does what lvmkit-vgmknodes(8) does."],
        examples: &[],
        see_also: &["vgmknodes", "vgs"],
    },
];
