//! Every option there is. Commands list those they take.
//!
//! An option is known by its long name; where commands of LVM2 give one name or letter different
//! meanings, each meaning is an option of its own here.

use super::size::Unit;
use super::value::Signs;
use super::{Opt, Takes};

macro_rules! options {
    ($($name:ident = $value:expr;)*) => {
        $(pub(crate) static $name: Opt = $value;)*
    };
}

const NO_DMEVENTD: &str = "dmeventd is not used";

// Taken by every command.
options! {
    CONFIG = Opt::new("config", Takes::Text("String"), "Settings, as 'section/key=value' or in the format of lvm.conf(5).");
    DEVICES = Opt::new("devices", Takes::Text("File"), "Devices and image files to look at, separated by commas; FILE#2 is partition 2. Devices named as arguments are looked at too. Default: $LVMKIT_DEVICES.").repeats();
    DEBUG = Opt::flag("debug", "Accepted for compatibility.").short('d').repeats().no_effect("there is no debug log");
    DRIVERLOADED = Opt::new("driverloaded", Takes::YesNo, "Accepted for compatibility.").no_effect("the driver is used where it is needed");
    JOURNAL = Opt::new("journal", Takes::Text("String"), "Accepted for compatibility.").no_effect("nothing is written to the journal").repeats();
    HELP = Opt::flag("help", "Show this text.").short('h');
    LONG_HELP = Opt::flag("longhelp", "Show this text.");
    NOHINTS = Opt::flag("nohints", "Accepted for compatibility.").no_effect("there is no hints file");
    NOLOCKING = Opt::flag("nolocking", "Take no locks: nobody else may use the devices.");
    QUIET = Opt::flag("quiet", "Show no progress; twice: print no messages and answer no to questions.").short('q').repeats();
    READONLY = Opt::flag("readonly", "Refuse to change anything.");
    TEST = Opt::flag("test", "Print what would be done and write nothing.").short('t');
    VERBOSE = Opt::flag("verbose", "Say more; in reports, show more columns.").short('v').repeats();
    VERSION = Opt::flag("version", "Show the version.");
    YES = Opt::flag("yes", "Answer yes to questions.").short('y');
    DEVICESFILE = Opt::new("devicesfile", Takes::Text("String"), "Look only at the devices that this file in the directory devices of the system directory lists; without a name, at all.");
    LOCKOPT = Opt::missing("lockopt", Takes::Text("String"));
    PROFILE = Opt::new("profile", Takes::Text("String"), "The same as --metadataprofile where the command takes that, else as --commandprofile.");
    COMMANDPROFILE = Opt::new("commandprofile", Takes::Text("String"), "Settings for the command from this profile. Default: $LVM_COMMAND_PROFILE.");
}

// Taken by commands that change something.
options! {
    AUTOBACKUP = Opt::new("autobackup", Takes::YesNo, "Whether to write the backup files that --backupdir and --archivedir ask for.").short('A');
    BACKUP_DIR = Opt::new("backupdir", Takes::Text("Dir"), "Keep the metadata after the change in this directory.");
    ARCHIVE_DIR = Opt::new("archivedir", Takes::Text("Dir"), "Keep the metadata before the change in this directory.");
    FORCE = Opt::flag("force", "Override checks and ask no questions; some checks need it twice.").short('f').repeats();
    NOFLUSH = Opt::flag("noflush", "Do not wait for the medium: for images that are thrown away when something fails.");
    NOUDEVSYNC = Opt::flag("noudevsync", "Do not wait for udev; nodes are made by this program.");
    ADDTAG = Opt::new("addtag", Takes::Tag, "Add a tag.").repeats();
    DELTAG = Opt::new("deltag", Takes::Tag, "Remove a tag.").repeats();
    ALLOC = Opt::new("alloc", Takes::Policy, "Where extents may be allocated.");
    SETAUTOACTIVATION = Opt::new("setautoactivation", Takes::YesNo, "Whether it is activated automatically.");
    REPORTFORMAT = Opt::new("reportformat", Takes::Word(&["basic", "json", "json_std"]), "The format of reports.");
}

// Physical volumes.
options! {
    UUID = Opt::new("uuid", Takes::PvUuid, "The uuid to give it.").short('u');
    RESTOREFILE = Opt::new("restorefile", Takes::Text("File"), "A backup file: extents begin where it says.");
    NORESTOREFILE = Opt::flag("norestorefile", "Give a uuid without a backup file.");
    METADATASIZE = Opt::new("metadatasize", Takes::Size(Unit::Mib), "The size of each metadata area.");
    PVMETADATACOPIES = Opt::new("pvmetadatacopies", Takes::Word(&["0", "1", "2"]), "Metadata areas of a physical volume.");
    PVCREATE_COPIES = Opt::new("pvmetadatacopies", Takes::Word(&["0", "1", "2"]), "Metadata areas of a physical volume.").aliases(&["metadatacopies"]);
    METADATAIGNORE = Opt::new("metadataignore", Takes::YesNo, "Whether its metadata areas are kept out of use.");
    DATAALIGNMENT = Opt::new("dataalignment", Takes::Size(Unit::Kib), "Extents begin at a multiple of this.");
    DATAALIGNMENTOFFSET = Opt::new("dataalignmentoffset", Takes::Size(Unit::Kib), "Shifts that by so much.");
    BOOTLOADERAREASIZE = Opt::new("bootloaderareasize", Takes::Size(Unit::Mib), "Room for a boot loader.");
    LABELSECTOR = Opt::new("labelsector", Takes::Word(&["0", "1", "2", "3"]), "The sector of the label.");
    SETPHYSICALVOLUMESIZE = Opt::new("setphysicalvolumesize", Takes::Size(Unit::Mib), "Take the device to have this size.");
    PV_ZERO = Opt::new("zero", Takes::YesNo, "Accepted for compatibility.").short('Z').no_effect("the first four sectors are always written");
    METADATATYPE = Opt::new("metadatatype", Takes::Word(&["lvm2", "2", "text"]), "Accepted for compatibility.").short('M').no_effect("there is one type of metadata");
    ALLOCATABLE = Opt::new("allocatable", Takes::YesNo, "Whether extents may be allocated on it.").short('x');
    DUMP = Opt::new("dump", Takes::Word(&["headers", "metadata", "metadata_all", "metadata_search", "metadata_area"]), "What to print: headers; the metadata they point at; all texts in the area; texts found without headers; the bytes of the area.");
    DUMP_FILE = Opt::new("file", Takes::Text("File"), "Write metadata to this file, which must not exist.").short('f');
    SETTINGS = Opt::new("settings", Takes::Text("String"), "Where to look instead of where headers say: 'mda_num=N', 'mda_offset=BYTES mda_size=BYTES'; what to show: 'seqno=N', 'metadata_offset=BYTES'.");
    REPAIR = Opt::missing("repair", Takes::Nothing);
    REPAIRTYPE = Opt::missing("repairtype", Takes::Text("String"));
    PVCHANGE_ALL = Opt::flag("all", "All physical volumes.").short('a');
    PVCHANGE_UUID = Opt::flag("uuid", "Give it a new uuid.").short('u');
    PVCHANGE_METADATAIGNORE = Opt::new("metadataignore", Takes::YesNo, "Whether its metadata areas are kept out of use.");
}

// Volume groups.
options! {
    PHYSICALEXTENTSIZE = Opt::new("physicalextentsize", Takes::Size(Unit::Mib), "The size of extents.").short('s');
    MAXLOGICALVOLUMES = Opt::new("maxlogicalvolumes", Takes::Number, "The most logical volumes; 0 for no limit.").short('l');
    LOGICALVOLUME = Opt::new("logicalvolume", Takes::Number, "The most logical volumes; 0 for no limit.").short('l');
    MAXPHYSICALVOLUMES = Opt::new("maxphysicalvolumes", Takes::Number, "The most physical volumes; 0 for no limit.").short('p');
    VGMETADATACOPIES = Opt::new("vgmetadatacopies", Takes::Copies, "How many metadata areas are in use.").aliases(&["metadatacopies"]);
    SYSTEMID = Opt::new("systemid", Takes::Text("String"), "The host that owns the group.");
    RESIZEABLE = Opt::new("resizeable", Takes::YesNo, "Whether physical volumes may be added and removed.").short('x').aliases(&["resizable"]);
    VGREDUCE_ALL = Opt::flag("all", "Remove all physical volumes that are not in use.").short('a');
    REMOVEMISSING = Opt::flag("removemissing", "Remove all missing physical volumes that are not in use; with --force also the volumes that lie on them.");
    VGEXPORT_ALL = Opt::flag("all", "Export all groups.").short('a');
    VGIMPORT_ALL = Opt::flag("all", "Import all groups.").short('a');
    IMPORT_FORCE = Opt::flag("force", "Also import groups that lack physical volumes.").short('f').repeats();
    SPLIT_NAME = Opt::new("name", Takes::Text("LV"), "Move the physical volumes that this logical volume lies on.").short('n');
    MERGE_LIST = Opt::flag("list", "Accepted for compatibility.").short('l').no_effect("LVM2 prints no list either");
    BASEVGNAME = Opt::new("basevgname", Takes::Text("VG"), "The name; a number is put behind it when it is taken. Default: the name of the group.").short('n');
    CLONE_IMPORT = Opt::flag("import", "Also take in a group that is exported.").short('i');
    IMPORTDEVICES = Opt::missing("importdevices", Takes::Nothing);
    MIRRORSONLY = Opt::flag("mirrorsonly", "With --removemissing --force: remove no volumes, only images of mirrors.");
    RESTOREMISSING = Opt::flag("restoremissing", "Take physical volumes into use again that were missing when the group was changed.");
    SHARED = Opt::missing("shared", Takes::Nothing);
    LOCKTYPE = Opt::new("locktype", Takes::Word(&["none"]), "Accepted for compatibility.").no_effect("groups that are not shared have no lock manager");
    VG_UUID = Opt::flag("uuid", "Give the group a new uuid.").short('u');
    VGCHANGE_SYSTEMID = Opt::new("systemid", Takes::Text("String"), "The host that owns the group; empty for none.");
    FILE = Opt::new("file", Takes::Text("File"), "The file; %s in it stands for the group's name.").short('f');
    LIST = Opt::flag("list", "List the files that can be written back.").short('l');
    RESTORE_FORCE = Opt::flag("force", "Also write back metadata of thin volumes; this is not supported yet.").repeats();
    UPDATEMETADATA = Opt::flag("updatemetadata", "Write the metadata anew: copies that are behind are brought up to date, physical volumes that left the group are freed.");
}

// Logical volumes.
options! {
    NAME = Opt::new("name", Takes::Text("String"), "The name; without one, lvolN.").short('n');
    EXTEND_SIZE = Opt::new("size", Takes::SignedSize(Signs::Plus), "The size, or with + by how much more.").short('L');
    REDUCE_SIZE = Opt::new("size", Takes::SignedSize(Signs::Minus), "The size, or with - by how much less.").short('L');
    RESIZE_SIZE = Opt::new("size", Takes::SignedSize(Signs::Both), "The size, or with a sign by how much more or less.").short('L');
    CREATE_SIZE = Opt::new("size", Takes::NewSize, "The size.").short('L');
    EXTENTS = Opt::new("extents", Takes::Extents(Signs::None), "The size in extents, or as a share.").short('l');
    EXTEND_EXTENTS = Opt::new("extents", Takes::Extents(Signs::Plus), "The size in extents, or as a share.").short('l');
    REDUCE_EXTENTS = Opt::new("extents", Takes::Extents(Signs::Minus), "The size in extents, or as a share.").short('l');
    RESIZE_EXTENTS = Opt::new("extents", Takes::Extents(Signs::Both), "The size in extents, or as a share.").short('l');
    STRIPES = Opt::new("stripes", Takes::Number, "Physical volumes to take turns on.").short('i');
    STRIPESIZE = Opt::new("stripesize", Takes::Size(Unit::Kib), "Bytes on one before the next has its turn.").short('I');
    TYPE = Opt::new("type", Takes::SegmentType("linear|striped|error|zero"), "How it is mapped.");
    ZERO = Opt::new("zero", Takes::YesNo, "Whether its first 4 KiB are zeroed.").short('Z');
    WIPESIGNATURES = Opt::new("wipesignatures", Takes::YesNo, "Whether known signatures on it are wiped.").short('W');
    SETACTIVATIONSKIP = Opt::new("setactivationskip", Takes::YesNo, "Whether plain activation leaves it out.").short('k');
    PERSISTENT = Opt::new("persistent", Takes::YesNo, "Whether it has a fixed minor number.").short('M');
    MINOR = Opt::new("minor", Takes::DeviceNumber, "The minor number.").repeats();
    MAJOR = Opt::new("major", Takes::DeviceNumber, "The major number.").short('j').repeats();
    PERMISSION = Opt::new("permission", Takes::Word(&["r", "rw"]), "Read only, or read and write.").short('p');
    CONTIGUOUS = Opt::new("contiguous", Takes::YesNo, "y stands for --alloc contiguous, n for --alloc inherit.").short('C');
    READAHEAD = Opt::new("readahead", Takes::ReadAhead, "How far to read ahead.").short('r');
    MONITOR = Opt::new("monitor", Takes::YesNo, "Accepted for compatibility.").no_effect(NO_DMEVENTD);
    IGNOREMONITORING = Opt::flag("ignoremonitoring", "Accepted for compatibility.").no_effect(NO_DMEVENTD);
    NOFSCK = Opt::flag("nofsck", "Do not check the filesystem before it is resized.").short('n');
    FS = Opt::new("fs", Takes::Word(&["ignore", "resize", "resize_fsadm"]), "Whether the filesystem is resized with the volume.");
    RESIZEFS = Opt::flag("resizefs", "Resize the filesystem with the volume.").short('r');
    USE_POLICIES = Opt::missing("use-policies", Takes::Nothing);
    POOLMETADATASIZE = Opt::missing("poolmetadatasize", Takes::Text("Size"));
    SNAPSHOT = Opt::missing("snapshot", Takes::Nothing).short('s');
    THIN = Opt::missing("thin", Takes::Nothing).short('T');
    THINPOOL = Opt::missing("thinpool", Takes::Text("LV"));
    VIRTUALSIZE = Opt::missing("virtualsize", Takes::Text("Size")).short('V');
    MIRRORS = Opt::missing("mirrors", Takes::Text("Number")).short('m');
    MIRRORLOG = Opt::missing("mirrorlog", Takes::Text("String"));
    NOSYNC = Opt::missing("nosync", Takes::Nothing);
    EXTEND_NOSYNC = Opt::flag("nosync", "Accepted for compatibility.").no_effect("linear and striped volumes have nothing to synchronise");
    NOHISTORY = Opt::flag("nohistory", "Do not remember the volume.").no_effect("volumes that are removed are not remembered");
    REGIONSIZE = Opt::missing("regionsize", Takes::Text("Size")).short('R');
    CHUNKSIZE = Opt::missing("chunksize", Takes::Text("Size")).short('c');
    CACHEPOOL = Opt::missing("cachepool", Takes::Text("LV"));
    CACHEVOL = Opt::missing("cachevol", Takes::Text("LV"));
    VDO = Opt::missing("vdo", Takes::Nothing);
}

// Activation.
options! {
    ACTIVATE = Opt::new("activate", Takes::Activation, "Make volumes devices of the kernel (y), those that are activated automatically (ay), or take the devices away (n).").short('a').aliases(&["available"]);
    CREATE_ACTIVATE = Opt::new("activate", Takes::Activation, "Whether it becomes a device of the kernel; y is the default. Volumes on image files never do.").short('a').aliases(&["available"]);
    ACTIVATIONMODE = Opt::new("activationmode", Takes::Word(&["complete", "degraded", "partial"]), "What is done about missing physical volumes: nothing is activated on them (complete), redundant volumes are (degraded, the default), all are (partial).");
    ACTIVATE_PARTIAL = Opt::flag("partial", "The same as --activationmode partial.").short('P');
    IGNOREACTIVATIONSKIP = Opt::flag("ignoreactivationskip", "Activate volumes that are marked to be left out, too.").short('K');
    REFRESH = Opt::flag("refresh", "Bring active volumes to what the metadata says: devices that are suspended go on, wrong tables are replaced.");
    SYSINIT = Opt::flag("sysinit", "Accepted for compatibility.").no_effect("nothing is different at boot");
    AUTOACTIVATION = Opt::new("autoactivation", Takes::Text("String"), "Accepted for compatibility.").no_effect("no files about groups that are online are kept");
    POLL = Opt::new("poll", Takes::YesNo, "Accepted for compatibility.").no_effect("nothing is polled in the background");
}

// Scanning.
options! {
    SCAN_CACHE = Opt::flag("cache", "Accepted for compatibility.").no_effect("devices are always looked at anew");
    MKNODES = Opt::flag("mknodes", "Also make missing nodes and links of active volumes.");
    NOTIFYDBUS = Opt::flag("notifydbus", "Accepted for compatibility.").no_effect("D-Bus is not used");
    BLOCKDEVICE = Opt::flag("blockdevice", "Accepted for compatibility.").short('b').no_effect("devices are always looked at");
    LVSCAN_ALL = Opt::flag("all", "Show hidden volumes too.").short('a');
    PVSCAN_CACHE = Opt::flag("cache", "Say for the devices given, or for all, whether their groups are complete.");
    PVSCAN_ACTIVATE = Opt::new("activate", Takes::Word(&["ay"]), "With --cache: activate the groups that are complete.").short('a');
    EXPORTED = Opt::flag("exported", "Only physical volumes of exported groups.").short('e');
    NOVOLUMEGROUP = Opt::flag("novolumegroup", "Only physical volumes without a group.").short('n');
    SHORT = Opt::flag("short", "Only paths.").short('s');
    PVSCAN_UUID = Opt::flag("uuid", "Show uuids too.").short('u');
    LISTVG = Opt::flag("listvg", "Print the group of the device.");
    LISTLVS = Opt::flag("listlvs", "Print the group of the device and the volumes on it.");
    CHECKCOMPLETE = Opt::flag("checkcomplete", "With --cache and --listvg or --listlvs: say whether all devices are there.");
    UDEVOUTPUT = Opt::flag("udevoutput", "With --listvg: print what udev imports.");
    VGONLINE = Opt::flag("vgonline", "Accepted for compatibility.").no_effect("no files about groups that are online are kept");
    EVENTACTIVATION = Opt::new("eventactivation", Takes::Text("String"), "Accepted for compatibility.").no_effect("it is always on");
    BACKGROUND = Opt::flag("background", "Accepted for compatibility.").short('b').no_effect("it is run in the foreground");
    PVSCAN_MAJOR = Opt::missing("major", Takes::Text("Number")).short('j');
    PVSCAN_MINOR = Opt::missing("minor", Takes::Text("Number"));
}

// Diagnosis.
options! {
    TREE = Opt::flag("tree", "Show which devices lie on which.");
}

// Reports.
options! {
    ALIGNED = Opt::flag("aligned", "Align columns, also with --separator.");
    ALL = Opt::flag("all", "Show hidden volumes, or devices that are no physical volumes.").short('a');
    BINARY = Opt::flag("binary", "Print flags as 0 and 1.");
    NAMEPREFIXES = Opt::flag("nameprefixes", "Print LVM2_FIELD='value' instead of values.");
    NOHEADINGS = Opt::flag("noheadings", "Print no headings.");
    NOSUFFIX = Opt::flag("nosuffix", "Print no units behind sizes.");
    OPTIONS = Opt::new("options", Takes::Text("String"), "Columns: a,b for these, +a for more, -a for less, #a leaves a blank one out.").short('o').repeats();
    ROWS = Opt::flag("rows", "Turn columns to rows.");
    SEGMENTS = Opt::flag("segments", "One row for each segment.");
    SEPARATOR = Opt::new("separator", Takes::Text("String"), "What stands between columns.");
    SORT = Opt::new("sort", Takes::Text("String"), "Fields to sort by; - in front sorts downwards.").short('O').repeats();
    UNITS = Opt::new("units", Takes::Text("r|h|b|s|k|m|g|t|p|e"), "The units of sizes; capital letters are powers of 1000.");
    UNQUOTED = Opt::flag("unquoted", "Print no quotes with --nameprefixes.");
    UNBUFFERED = Opt::flag("unbuffered", "Accepted for compatibility.").no_effect("a report is printed when it is complete");
    IGNORELOCKINGFAILURE = Opt::flag("ignorelockingfailure", "Accepted for compatibility.").no_effect("use --nolocking");
    PARTIAL = Opt::flag("partial", "Accepted for compatibility.").short('P').no_effect("incomplete groups are always shown");
    SELECT = Opt::new("select", Takes::Text("String"), "Only what this selects, as 'size>1g && tags=db'; 'help' explains it.").short('S').repeats();
    CONFIGREPORT = Opt::new("configreport", Takes::Word(&["log", "vg", "lv", "pv", "pvseg", "seg"]), "The report that --options, --sort and --select behind this are about.").repeats();
    HEADINGS = Opt::new("headings", Takes::Word(&["none", "abbrev", "full", "0", "1", "2"]), "What stands above columns: nothing, short headings, the names of fields.");
    LOGONLY = Opt::missing("logonly", Takes::Nothing);
    FOREIGN = Opt::flag("foreign", "Accepted for compatibility.").no_effect("groups of other hosts are always shown");
    HISTORY = Opt::flag("history", "Show volumes that were removed and are remembered, too.").short('H');
}

// Displays.
options! {
    ACTIVEVOLUMEGROUPS = Opt::flag("activevolumegroups", "Only groups that have active volumes.").short('A');
    COLON = Opt::flag("colon", "One line, with colons between the values.").short('c');
    DISPLAY_ALL = Opt::flag("all", "Show hidden volumes too.").short('a');
    DISPLAY_COLUMNS = Opt::flag("columns", "Print a report in columns, as pvs, vgs and lvs do.").short('C');
    DISPLAY_HISTORY = Opt::flag("history", "Show removed volumes that are remembered, too.").short('H');
    DISPLAY_MAPS = Opt::flag("maps", "Show which extents lie where.").short('m');
    DISPLAY_SHORT = Opt::flag("short", "One line, with the sizes.").short('s');
    LVMPARTITION = Opt::flag("lvmpartition", "Only physical volumes.").short('l');
    SHOW_SHARED = Opt::flag("shared", "Also show groups that hosts share through a lock manager.");
    SHOW_FOREIGN = Opt::flag("foreign", "Also show groups of other hosts.");
    IGNORESKIPPEDCLUSTER = Opt::flag("ignoreskippedcluster", "Accepted for compatibility.").no_effect("there are no clustered groups");
}

// Pictures and versions.
options! {
    COLOUR = Opt::new("colour", Takes::Word(&["auto", "always", "never"]), "Whether to use colours: auto, the default, uses them on a terminal unless NO_COLOR is set.").aliases(&["color"]);
    EXIT_CODE = Opt::flag("exit-code", "Exit with 1 when there is a difference; without it the exit code is 0 either way.");
    HISTORY_NUMBER = Opt::new("number", Takes::Number, "Only so many versions, the newest.").short('n');
    MAP_WIDTH = Opt::new("width", Takes::Number, "Columns, 80 or those of a smaller terminal by default; with --svg pixels, 1120 by default.");
    SVG = Opt::new("svg", Takes::Text("File"), "Write an SVG document there; - is standard output.");
}

// Commands that say little or do nothing.
options! {
    POLLOPERATION = Opt::new("polloperation", Takes::Word(&["pvmove", "convert", "merge", "merge_thin"]), "What is waited for.");
    DEVTYPES_SELECT = Opt::missing("select", Takes::Text("String")).short('S');
    POLL_ABORT = Opt::flag("abort", "Take it back.");
    POLL_HANDLE = Opt::new("handlemissingpvs", Takes::Nothing, "Accepted for compatibility.");
    POLL_INTERVAL = Opt::new("interval", Takes::Number, "Seconds between looks.").short('i');
}

// Completions.
options! {
    LINKS = Opt::flag("links", "Also for symbolic links that are named like LVM2's commands.");
}

// Content.
options! {
    OUTPUT = Opt::new("output", Takes::Text("File"), "Write there instead of to standard output.").short('o');
    INPUT = Opt::new("input", Takes::Text("File"), "Read from there instead of from standard input.").short('i');
}

// The devices file.
options! {
    ADDDEV = Opt::new("adddev", Takes::Text("PV"), "Add a device.");
    ADDPVID = Opt::new("addpvid", Takes::Text("String"), "Find the device of a physical volume and add it.");
    CHECK = Opt::flag("check", "Say which entries are not what the machine has.");
    DELDEV = Opt::new("deldev", Takes::Text("PV|String"), "Remove a device; with --deviceidtype, the one with this id.");
    DELPVID = Opt::new("delpvid", Takes::Text("String"), "Remove the device of a physical volume.");
    DEVICEIDTYPE = Opt::new("deviceidtype", Takes::Text("String"), "What kind of id it is known by: sys_wwid, sys_serial, mpath_uuid, crypt_uuid, lvmlv_uuid, md_uuid, loop_file, devname.");
    UPDATE = Opt::flag("update", "Correct entries that are not what the machine has.");
    IMPORT_ALL = Opt::flag("all", "The devices of all groups.").short('a');
}

// Settings.
options! {
    DETACHPROFILE = Opt::flag("detachprofile", "Forget its metadata profile.");
    METADATAPROFILE = Opt::new("metadataprofile", Takes::Text("String"), "Settings for groups and volumes from this profile.");
    ATVERSION = Opt::new("atversion", Takes::Text("String"), "Settings as LVM2 had them in this version.");
    CONFIG_FILE = Opt::new("file", Takes::Text("String"), "Write there instead of to standard output.").short('f');
    CONFIG_LIST = Opt::flag("list", "The same as --typeconfig list --withsummary.").short('l');
    IGNOREADVANCED = Opt::flag("ignoreadvanced", "Leave settings out that few people need.");
    IGNORELOCAL = Opt::flag("ignorelocal", "Leave the section local out.");
    IGNOREUNSUPPORTED = Opt::flag("ignoreunsupported", "Leave settings out that LVM2 does not support.");
    MERGEDCONFIG = Opt::flag("mergedconfig", "Show the settings of all places, not of the one that comes first.");
    SHOWDEPRECATED = Opt::flag("showdeprecated", "Show settings that should not be used any more, too.");
    SHOWUNSUPPORTED = Opt::flag("showunsupported", "Show settings that LVM2 does not support, too.");
    SINCEVERSION = Opt::new("sinceversion", Takes::Text("String"), "With --typeconfig new: settings that came with this version or later.");
    TYPECONFIG = Opt::new("typeconfig", Takes::Word(&["current", "default", "diff", "full", "list", "missing", "new", "profilable", "profilable-command", "profilable-metadata"]), "What was set (current), all settings with their defaults (default), what was set to something else (diff), all with what they are (full), only names (list), what was not set (missing), what came with a version (new), what profiles may set (profilable and the others).");
    UNCONFIGURED = Opt::flag("unconfigured", "Show what stands for defaults that depend on the system.");
    VALIDATE = Opt::flag("validate", "Say what is wrong with the settings.");
    VALUESONLY = Opt::flag("valuesonly", "Show values without their keys.");
    WITHCOMMENTS = Opt::flag("withcomments", "Say of each setting what is known about it.");
    WITHGENERALPREAMBLE = Opt::flag("withgeneralpreamble", "Begin with a comment about lvm.conf.");
    WITHLOCALPREAMBLE = Opt::flag("withlocalpreamble", "Begin with a comment about lvmlocal.conf.");
    WITHSPACES = Opt::flag("withspaces", "Put blanks around =.");
    WITHSUMMARY = Opt::flag("withsummary", "Say of each setting in a line what it is.");
    WITHVERSIONS = Opt::flag("withversions", "Say of each setting which version of LVM2 brought it.");
}

/// Options of every command.
pub(crate) static COMMON: &[&Opt] = &[
    &COMMANDPROFILE,
    &CONFIG,
    &DEBUG,
    &DEVICES,
    &DEVICESFILE,
    &DRIVERLOADED,
    &HELP,
    &JOURNAL,
    &LOCKOPT,
    &LONG_HELP,
    &NOHINTS,
    &NOLOCKING,
    &PROFILE,
    &QUIET,
    &TEST,
    &VERBOSE,
    &VERSION,
    &YES,
];

/// Options of commands that change something.
pub(crate) static CHANGING: &[&Opt] = &[&NOFLUSH, &NOUDEVSYNC, &READONLY, &REPORTFORMAT];

/// Options about files kept beside the metadata.
pub(crate) static BACKUP: &[&Opt] = &[&ARCHIVE_DIR, &AUTOBACKUP, &BACKUP_DIR];

/// Options of reports.
pub(crate) static REPORT: &[&Opt] = &[
    &ALIGNED,
    &ALL,
    &BINARY,
    &CONFIGREPORT,
    &HEADINGS,
    &IGNORELOCKINGFAILURE,
    &IGNORESKIPPEDCLUSTER,
    &LOGONLY,
    &NAMEPREFIXES,
    &NOHEADINGS,
    &NOSUFFIX,
    &OPTIONS,
    &PARTIAL,
    &READONLY,
    &REPORTFORMAT,
    &ROWS,
    &SELECT,
    &SEPARATOR,
    &SHOW_FOREIGN,
    &SHOW_SHARED,
    &SORT,
    &UNBUFFERED,
    &UNITS,
    &UNQUOTED,
];

/// Options of displays, which are reports with `--columns`.
pub(crate) static DISPLAY: &[&Opt] = &[
    &ALIGNED,
    &BINARY,
    &COLON,
    &CONFIGREPORT,
    &DISPLAY_COLUMNS,
    &IGNORELOCKINGFAILURE,
    &IGNORESKIPPEDCLUSTER,
    &LOGONLY,
    &NOHEADINGS,
    &NOSUFFIX,
    &OPTIONS,
    &PARTIAL,
    &READONLY,
    &REPORTFORMAT,
    &SELECT,
    &SEPARATOR,
    &SHOW_FOREIGN,
    &SHOW_SHARED,
    &SORT,
    &UNBUFFERED,
    &UNITS,
];
