//! What command lines are made of, for the generator.

/// A command: its options and its arguments. `<kind>` stands for a value; an option may have a
/// short and a long name, separated by `|`.
#[derive(Debug)]
pub struct Form {
    pub command: &'static str,
    /// How often it is chosen.
    pub weight: usize,
    /// What it must have, apart from arguments: one of these.
    pub needs: &'static [&'static str],
    pub options: &'static [&'static str],
    /// Arguments; `*` behind one for any number, `?` for at most one.
    pub arguments: &'static [&'static str],
}

const fn form(
    command: &'static str,
    weight: usize,
    needs: &'static [&'static str],
    options: &'static [&'static str],
    arguments: &'static [&'static str],
) -> Form {
    Form { command, weight, needs, options, arguments }
}

const PV_OPTIONS: &[&str] = &[
    "--dataalignment <size>",
    "--dataalignmentoffset <size>",
    "--metadatasize <size>",
    "--pvmetadatacopies|--metadatacopies <copies>",
    "-Z|--zero <yn>",
    "--labelsector <number>",
    "--bootloaderareasize <size>",
    "-y|--yes",
    "-f|--force",
    "-ff",
    "-q|--quiet",
];

const VG_OPTIONS: &[&str] = &[
    "-s|--physicalextentsize <size>",
    "-l|--maxlogicalvolumes <number>",
    "-p|--maxphysicalvolumes <number>",
    "--alloc <policy>",
    "--addtag <tag>",
    "--vgmetadatacopies|--metadatacopies <vgcopies>",
    "--setautoactivation <yn>",
    "--dataalignment <size>",
    "--metadatasize <size>",
    "--pvmetadatacopies <copies>",
    "-Z|--zero <yn>",
    "-y|--yes",
    "-f|--force",
    "-An|--autobackup n",
    "-v",
    "-q",
];

const LV_OPTIONS: &[&str] = &[
    "-n|--name <newlv>",
    "-i|--stripes <stripes>",
    "-I|--stripesize <size>",
    "--type <type>",
    "--alloc <policy>",
    "-C|--contiguous <yn>",
    "-p|--permission <permission>",
    "-r|--readahead <readahead>",
    "--addtag <tag>",
    "-M|--persistent <yn>",
    "--minor <number>",
    "-k|--setactivationskip <yn>",
    "--setautoactivation <yn>",
    "-Z|--zero n",
    "-W|--wipesignatures n",
    "-a|--activate n",
    "-y|--yes",
    "--monitor <yn>",
    "-q",
];

const RESIZE_OPTIONS: &[&str] = &[
    "-i|--stripes <stripes>",
    "-I|--stripesize <size>",
    "--type <type>",
    "--alloc <policy>",
    "-f|--force",
    "-y|--yes",
    "-n|--nofsck",
    "-q",
];

const LVCHANGE: &[&str] = &[
    "--addtag <tag>",
    "--deltag <tag>",
    "--alloc <policy>",
    "-C|--contiguous <yn>",
    "-k|--setactivationskip <yn>",
    "--setautoactivation <yn>",
    "-M|--persistent <yn>",
    "--minor <number>",
    "-y|--yes",
    "-f",
    "-q",
];

const VGCHANGE: &[&str] = &[
    "-s|--physicalextentsize <size>",
    "-l|--logicalvolume <number>",
    "-p|--maxphysicalvolumes <number>",
    "--alloc <policy>",
    "--addtag <tag>",
    "--deltag <tag>",
    "-x|--resizeable <yn>",
    "--vgmetadatacopies|--metadatacopies <vgcopies>",
    "--setautoactivation <yn>",
    "-u|--uuid",
    "-y|--yes",
    "-q",
];

const PVCHANGE: &[&str] =
    &["-x|--allocatable <yn>", "--addtag <tag>", "--deltag <tag>", "-u|--uuid", "--metadataignore <yn>"];

/// Commands that change something.
pub const CHANGING: &[Form] = &[
    form("pvcreate", 7, &[], PV_OPTIONS, &["<freepv>*"]),
    form("pvremove", 4, &[], &["-y|--yes", "-f|--force", "-ff", "-q"], &["<freepv>*"]),
    form("pvresize", 4, &[], &["--setphysicalvolumesize <size>", "-y|--yes"], &["<pv>*"]),
    form("pvchange", 6, PVCHANGE, &["-a|--all", "-f", "-y", "-q"], &["<pv>*"]),
    form("vgcreate", 9, &[], VG_OPTIONS, &["<newvg>", "<freepv>*"]),
    form(
        "vgextend",
        5,
        &[],
        &["-y", "-f", "--restoremissing", "--metadatasize <size>"],
        &["<vg>", "<freepv>*"],
    ),
    form("vgreduce", 5, &[], &["-a|--all", "--removemissing", "-f|--force"], &["<vg>", "<pv>*"]),
    form("vgremove", 4, &[], &["-f|--force", "-y|--yes", "-ff"], &["<vg>*"]),
    form("vgrename", 4, &[], &["-f", "-An"], &["<vg>", "<newvg>"]),
    form("vgchange", 10, VGCHANGE, VGCHANGE, &["<vg>?"]),
    form(
        "lvcreate",
        22,
        &["-L|--size <size>", "-l|--extents <extents>"],
        LV_OPTIONS,
        &["<vg>", "<pvrange>*"],
    ),
    form(
        "lvextend",
        7,
        &["-L|--size <signedsize>", "-l|--extents <signedextents>", ""],
        RESIZE_OPTIONS,
        &["<lv>", "<pvrange>*"],
    ),
    form(
        "lvreduce",
        7,
        &["-L|--size <signedsize>", "-l|--extents <signedextents>"],
        RESIZE_OPTIONS,
        &["<lv>"],
    ),
    form(
        "lvresize",
        8,
        &["-L|--size <signedsize>", "-l|--extents <signedextents>"],
        RESIZE_OPTIONS,
        &["<lv>", "<pvrange>*"],
    ),
    form("lvremove", 5, &[], &["-f|--force", "-y|--yes", "-ff"], &["<lv>*"]),
    form("lvrename", 5, &[], &["-An"], &["<lv>", "<newlv>"]),
    form("lvchange", 12, LVCHANGE, LVCHANGE, &["<lv>*"]),
];

/// Values that are none, of any kind.
pub const GARBAGE: &[&str] =
    &["x", "-1", "''", "12q", "0", "4.5.6", "99999999999999999999", "a b", "@", "y n"];

/// Values by kind.
pub fn values(kind: &str) -> &'static [&'static str] {
    match kind {
        "size" => &[
            "4m", "8M", "1m", "128k", "64K", "512k", "2048s", "5", "12.5m", "1g", "4096b", "0.5k", "3m",
            "100m", "1t", "16k", "32k", "7s", "10M", "1.5m", "8192S", "20m",
        ],
        "signedsize" => &[
            "+4m", "-4m", "8m", "+1m", "-1M", "12m", "+512k", "16m", "+100m", "-1g", "+0.5m", "4m", "-2m",
            "20M", "+2048s",
        ],
        "extents" => {
            &["1", "2", "5", "10", "100", "50%VG", "100%FREE", "20%PVS", "33%F", "7", "3", "10%free"]
        }
        "signedextents" => &[
            "+1",
            "-1",
            "2",
            "5",
            "+10%FREE",
            "-50%LV",
            "150%LV",
            "+100%FREE",
            "-1%VG",
            "3",
            "10%VG",
            "+20%PVS",
            "+100%LV",
            "8",
        ],
        "number" => &["0", "1", "2", "3", "4", "10", "255", "256"],
        "stripes" => &["1", "2", "3", "2", "5", "0", "200"],
        "yn" => &["y", "n", "y", "n", "yes", "1"],
        "copies" => &["0", "1", "2", "all", "unmanaged", "3"],
        // Which areas other numbers leave in use lvm2 chooses at random.
        "vgcopies" => &["0", "all", "unmanaged", "-1", "x"],
        "policy" => &["normal", "contiguous", "cling", "anywhere", "inherit", "cling_by_tags", "next_free"],
        "type" => &["linear", "striped", "error", "zero", "nonsense"],
        "permission" => &["r", "rw", "w"],
        "readahead" => &["auto", "none", "128", "17", "1m", "5k"],
        "tag" => &["t1", "t2", "@t1", "long.tag/with=odd:chars#&", "a,b", "bad tag", "@"],
        "newvg" => {
            &["vg", "vg0", "data-vg", "a+b", "x.y_z", "vg2", "-bad", "bad/name/x", ".", "new", "other"]
        }
        "newlv" => &[
            "lv",
            "root",
            "swap-1",
            "a+b",
            "x.y_z",
            "data",
            "lvol0",
            "pvmove0",
            "snapshot1",
            "x_mlog",
            "-bad",
            "..",
            "home",
            "var",
        ],
        _ => &[],
    }
}
