//! Commands of volume groups.

use super::Page;

pub(super) static PAGES: &[Page] = &[
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
        command: "vgdisplay",
        description: &[
            "Shows attributes of groups, a block of lines for each; with -v also what is in them, with -s or \
             -c in a line, with -C as lvmkit-vgs(8) does.",
        ],
        examples: &[("lvmkit vgdisplay -v vg0", "Shows a group and what is in it.")],
        see_also: &["vgs"],
    },
    Page {
        command: "vgexport",
        description: &[
            "Marks groups as belonging to no host, so that their disks can be moved to another one, which \
             imports them. None of their volumes may be active.",
        ],
        examples: &[("lvmkit vgexport vg0", "Exports a group.")],
        see_also: &["vgimport"],
    },
    Page {
        command: "vgextend",
        description: &["Adds physical volumes to a group. What is none yet becomes one."],
        examples: &[("lvmkit vgextend vg0 /dev/sdc", "Adds a disk.")],
        see_also: &["vgreduce"],
    },
    Page {
        command: "vgimport",
        description: &["Takes in groups that were exported."],
        examples: &[("lvmkit vgimport vg0", "Imports a group.")],
        see_also: &["vgexport"],
    },
    Page {
        command: "vgimportclone",
        description: &[
            "Makes a group of its own of physical volumes that are copies of others, with new uuids and \
             another name.",
        ],
        examples: &[(
            "lvmkit vgimportclone --basevgname copy /dev/sdc /dev/sdd",
            "Makes a group of the copies on two disks.",
        )],
        see_also: &["vgimport"],
    },
    Page {
        command: "vgimportdevices",
        description: &["Adds the devices of groups to the devices file."],
        examples: &[],
        see_also: &["lvmdevices"],
    },
    Page {
        command: "vgmerge",
        description: &[
            "Merges the second group into the first one. The extents of both must have one size, and no two \
             volumes one name.",
        ],
        examples: &[("lvmkit vgmerge vg0 vg1", "Adds vg1 to vg0.")],
        see_also: &["vgsplit"],
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
    Page {
        command: "vgsplit",
        description: &[
            "Moves physical volumes, or the physical volumes of a logical volume, from a group to a new one \
             or to one that exists. A logical volume has to lie on one side of it.",
        ],
        examples: &[
            ("lvmkit vgsplit vg0 vg1 /dev/sdb", "Moves a disk to a group of its own."),
            ("lvmkit vgsplit --name data vg0 vg1", "Moves a volume with its disks."),
        ],
        see_also: &["vgmerge"],
    },
];
