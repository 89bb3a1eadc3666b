//! The settings of `global`.

use crate::config::setting::{Setting, flag, integer, section, text, texts, v};

pub(super) static SETTINGS: &[Setting] = &[
    section("global", v(1, 0, 0), "Whatever has no section of its own."),
    integer("global/umask", 0o77, v(1, 0, 0), "The permissions that new files do not have.").octal(),
    flag("global/test", false, v(1, 0, 0), "Whether nothing is changed, as with --test."),
    text("global/units", "r", v(1, 0, 0), "The units of sizes, as with --units.").command_profile(),
    flag(
        "global/si_unit_consistency",
        true,
        v(2, 2, 54),
        "Whether units of powers of 1024 are called KiB, MiB and so on.",
    )
    .command_profile(),
    flag("global/suffix", true, v(1, 0, 0), "Whether sizes have a unit behind them.").command_profile(),
    flag("global/activation", true, v(1, 0, 0), "Whether the kernel's device-mapper is used."),
    flag(
        "global/fallback_to_lvm1",
        false,
        v(1, 0, 18),
        "Whether the tools of LVM1 were tried on old kernels.",
    )
    .deprecated(v(2, 3, 0)),
    text("global/format", "lvm2", v(1, 0, 0), "The metadata format of new groups.").deprecated(v(2, 3, 0)),
    texts("global/format_libraries", &[], v(1, 0, 0), "Libraries with further metadata formats.")
        .undefined()
        .deprecated(v(2, 3, 0)),
    texts("global/segment_libraries", &[], v(1, 0, 18), "Libraries with further segment types.")
        .undefined()
        .deprecated(v(2, 3, 3)),
    text("global/proc", "/proc", v(1, 0, 0), "Where procfs is.").advanced(),
    text("global/etc", "/etc", v(2, 2, 117), "Where the system's configuration is.")
        .unconfigured("@CONFDIR@"),
    integer("global/locking_type", 1, v(1, 0, 0), "How groups were locked.").deprecated(v(2, 3, 0)),
    flag("global/wait_for_locks", true, v(2, 2, 50), "Whether a lock that is taken is waited for."),
    flag(
        "global/fallback_to_clustered_locking",
        true,
        v(2, 2, 42),
        "Whether clustered locking was tried without a library.",
    )
    .deprecated(v(2, 3, 0)),
    flag(
        "global/fallback_to_local_locking",
        true,
        v(2, 2, 42),
        "Whether local locking was tried without a cluster.",
    )
    .deprecated(v(2, 3, 0)),
    text("global/locking_dir", "/run/lock/lvm", v(1, 0, 0), "The directory of lock files.")
        .unconfigured("@DEFAULT_LOCK_DIR@"),
    flag(
        "global/prioritise_write_locks",
        true,
        v(2, 2, 52),
        "Whether who wants to write goes before who wants to read.",
    ),
    text("global/library_dir", "", v(1, 0, 0), "Where libraries are looked for first.").undefined(),
    text("global/locking_library", "liblvm2clusterlock.so", v(1, 0, 0), "The library that locked groups.")
        .may_be_empty()
        .deprecated(v(2, 3, 0)),
    flag(
        "global/abort_on_internal_errors",
        false,
        v(2, 2, 57),
        "Whether an internal error ends the command at once.",
    ),
    flag(
        "global/detect_internal_vg_cache_corruption",
        false,
        v(2, 2, 96),
        "Whether cached groups were checked for stray changes.",
    )
    .deprecated(v(2, 2, 174)),
    flag("global/metadata_read_only", false, v(2, 2, 75), "Whether all changes of metadata are refused."),
    text("global/mirror_segtype_default", "raid1", v(2, 2, 87), "What -m makes: raid1 or mirror.")
        .unconfigured("@DEFAULT_MIRROR_SEGTYPE@"),
    flag("global/support_mirrored_mirror_log", false, v(2, 3, 2), "Whether logs of mirrors may be mirrored."),
    text(
        "global/raid10_segtype_default",
        "raid10",
        v(2, 2, 99),
        "What -i together with -m makes: raid10 or mirror.",
    )
    .unconfigured("@DEFAULT_RAID10_SEGTYPE@"),
    text(
        "global/sparse_segtype_default",
        "thin",
        v(2, 2, 112),
        "What -V together with -L makes: thin or snapshot.",
    )
    .unconfigured("@DEFAULT_SPARSE_SEGTYPE@"),
    flag(
        "global/lvdisplay_shows_full_device_path",
        false,
        v(2, 2, 89),
        "Whether lvdisplay shows names as paths.",
    )
    .command_profile(),
    flag(
        "global/event_activation",
        true,
        v(2, 3, 1),
        "Whether groups are activated when their devices appear.",
    ),
    flag("global/use_lvmetad", false, v(2, 2, 93), "Whether the metadata daemon was used.")
        .deprecated(v(2, 3, 0)),
    integer(
        "global/lvmetad_update_wait_time",
        0,
        v(2, 2, 151),
        "How long that daemon was waited for, in seconds.",
    )
    .deprecated(v(2, 3, 0)),
    flag("global/use_aio", true, v(2, 2, 183), "Whether devices are read and written asynchronously."),
    flag("global/use_lvmlockd", false, v(2, 2, 124), "Whether shared groups are locked through lvmlockd."),
    integer(
        "global/lvmlockd_lock_retries",
        3,
        v(2, 2, 125),
        "How often a lock of lvmlockd is asked for again.",
    ),
    integer(
        "global/sanlock_lv_extend",
        256,
        v(2, 2, 124),
        "By how much the volume with sanlock's locks grows, in MiB.",
    ),
    text("global/lvmlockctl_kill_command", "", v(2, 3, 12), "What forces volumes off when a lock is lost.")
        .may_be_empty(),
    text(
        "global/thin_check_executable",
        "/usr/sbin/thin_check",
        v(2, 2, 94),
        "The program that checks metadata of thin pools.",
    )
    .may_be_empty()
    .unconfigured("@THIN_CHECK_CMD@"),
    text(
        "global/thin_dump_executable",
        "/usr/sbin/thin_dump",
        v(2, 2, 100),
        "The program that prints metadata of thin pools.",
    )
    .may_be_empty()
    .unconfigured("@THIN_DUMP_CMD@"),
    text(
        "global/thin_repair_executable",
        "/usr/sbin/thin_repair",
        v(2, 2, 100),
        "The program that repairs metadata of thin pools.",
    )
    .may_be_empty()
    .unconfigured("@THIN_REPAIR_CMD@"),
    texts("global/thin_check_options", &["-q"], v(2, 2, 96), "What the first of these is called with.")
        .may_be_empty(),
    texts("global/thin_repair_options", &[""], v(2, 2, 100), "What the last of these is called with.")
        .may_be_empty(),
    texts("global/thin_disabled_features", &[], v(2, 2, 99), "What of the kernel's thin target is not used.")
        .undefined()
        .may_be_empty(),
    texts(
        "global/cache_disabled_features",
        &[],
        v(2, 2, 128),
        "What of the kernel's cache target is not used.",
    )
    .undefined()
    .may_be_empty(),
    text(
        "global/cache_check_executable",
        "/usr/sbin/cache_check",
        v(2, 2, 108),
        "The program that checks metadata of caches.",
    )
    .may_be_empty()
    .unconfigured("@CACHE_CHECK_CMD@"),
    text(
        "global/cache_dump_executable",
        "/usr/sbin/cache_dump",
        v(2, 2, 108),
        "The program that prints metadata of caches.",
    )
    .may_be_empty()
    .unconfigured("@CACHE_DUMP_CMD@"),
    text(
        "global/cache_repair_executable",
        "/usr/sbin/cache_repair",
        v(2, 2, 108),
        "The program that repairs metadata of caches.",
    )
    .may_be_empty()
    .unconfigured("@CACHE_REPAIR_CMD@"),
    texts(
        "global/cache_check_options",
        &["-q", "--clear-needs-check-flag"],
        v(2, 2, 108),
        "What the first of these is called with.",
    )
    .may_be_empty(),
    texts("global/cache_repair_options", &[""], v(2, 2, 108), "What the last of these is called with.")
        .may_be_empty(),
    text(
        "global/vdo_format_executable",
        "/usr/bin/vdoformat",
        v(2, 3, 0),
        "The program that formats VDO pools.",
    )
    .may_be_empty()
    .unconfigured("@VDO_FORMAT_CMD@"),
    texts("global/vdo_format_options", &[""], v(2, 3, 0), "What it is called with.").may_be_empty(),
    texts("global/vdo_disabled_features", &[], v(2, 3, 11), "What of the kernel's vdo target is not used.")
        .undefined()
        .may_be_empty(),
    text("global/fsadm_executable", "/sbin/fsadm", v(2, 2, 170), "The program that resizes file systems.")
        .unconfigured("@FSADM_PATH@"),
    text(
        "global/system_id_source",
        "none",
        v(2, 2, 117),
        "Where this host's system id comes from: none, lvmlocal, uname, machineid,\
          appmachineid or file.",
    ),
    text("global/system_id_file", "", v(2, 2, 117), "The file with the system id.").undefined(),
    flag("global/use_lvmpolld", true, v(2, 2, 120), "Whether long work is watched by lvmpolld.")
        .unconfigured("@DEFAULT_USE_LVMPOLLD@"),
    flag("global/notify_dbus", true, v(2, 2, 145), "Whether changes are announced on D-Bus."),
    integer("global/io_memory_size", 8192, v(2, 3, 2), "Memory for reading and writing devices, in KiB."),
];
