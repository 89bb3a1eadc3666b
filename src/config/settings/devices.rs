//! The settings of `devices`.

use crate::config::setting::{
    Setting, below_system_dir, flag, integer, section, text, texts, texts_and_integers, v,
};

pub(super) static SETTINGS: &[Setting] = &[
    section("devices", v(1, 0, 0), "Which block devices are used, and how."),
    text("devices/dir", "/dev", v(1, 0, 0), "The directory with the nodes of groups and devices.").advanced(),
    texts("devices/scan", &["/dev"], v(1, 0, 0), "Directories that are searched for nodes of devices.")
        .advanced(),
    texts("devices/loopfiles", &[], v(1, 2, 0), "Files that were attached to loop devices.")
        .undefined()
        .deprecated(v(2, 3, 0))
        .unsupported(),
    flag(
        "devices/obtain_device_list_from_udev",
        false,
        v(2, 2, 85),
        "Whether udev says which devices there are.",
    ),
    text(
        "devices/external_device_info_source",
        "none",
        v(2, 2, 116),
        "Who else is asked about devices: none or udev.",
    ),
    text(
        "devices/hints",
        "all",
        v(2, 3, 2),
        "Whether notes are kept about which devices have physical volumes: all or none.",
    ),
    texts(
        "devices/preferred_names",
        &[],
        v(1, 2, 19),
        "Patterns for the name that is shown of a device with several.",
    )
    .undefined()
    .may_be_empty(),
    flag(
        "devices/use_devicesfile",
        false,
        v(2, 3, 12),
        "Whether only devices in the devices file are looked at.",
    ),
    text("devices/devicesfile", "system.devices", v(2, 3, 12), "The name of the devices file."),
    text(
        "devices/search_for_devnames",
        "auto",
        v(2, 3, 12),
        "Where to look for a device that is listed by a name which changed: none, auto or all.",
    ),
    texts(
        "devices/filter",
        &["a|.*|"],
        v(1, 0, 0),
        "Patterns of device names that commands accept (a) or reject (r).",
    ),
    texts(
        "devices/global_filter",
        &["a|.*|"],
        v(2, 2, 98),
        "Patterns that count before those of devices/filter, for daemons too.",
    ),
    below_system_dir(
        "devices/cache",
        "cache/.cache",
        v(1, 0, 0),
        "The file of a cache that no longer exists.",
    )
    .uncommented()
    .unconfigured("@DEFAULT_SYS_DIR@/@DEFAULT_CACHE_SUBDIR@/.cache")
    .deprecated(v(1, 2, 19)),
    below_system_dir(
        "devices/cache_dir",
        "cache",
        v(1, 2, 19),
        "The directory of a cache that no longer exists.",
    )
    .uncommented()
    .unconfigured("@DEFAULT_SYS_DIR@/@DEFAULT_CACHE_SUBDIR@")
    .deprecated(v(2, 3, 0)),
    text(
        "devices/cache_file_prefix",
        "",
        v(1, 2, 19),
        "The name's beginning of a cache that no longer exists.",
    )
    .may_be_empty()
    .uncommented()
    .deprecated(v(2, 3, 0)),
    flag("devices/write_cache_state", true, v(1, 0, 0), "Whether that cache was written.")
        .uncommented()
        .deprecated(v(2, 3, 0)),
    texts_and_integers(
        "devices/types",
        v(1, 0, 0),
        "Further drivers whose devices are used, each with its number of partitions.",
    )
    .undefined()
    .advanced(),
    flag("devices/sysfs_scan", true, v(1, 0, 8), "Whether only devices that sysfs knows are looked at."),
    flag("devices/scan_lvs", false, v(2, 2, 182), "Whether logical volumes are looked at as devices."),
    flag(
        "devices/multipath_component_detection",
        true,
        v(2, 2, 89),
        "Whether paths of a multipath device are left out.",
    ),
    text(
        "devices/multipath_wwids_file",
        "/etc/multipath/wwids",
        v(2, 3, 13),
        "The file that lists what multipath uses.",
    )
    .may_be_empty(),
    flag("devices/md_component_detection", true, v(1, 0, 18), "Whether parts of MD arrays are left out."),
    text(
        "devices/md_component_checks",
        "auto",
        v(2, 3, 2),
        "How hard parts of MD arrays are looked for: auto, start or full.",
    ),
    flag(
        "devices/fw_raid_component_detection",
        false,
        v(2, 2, 112),
        "Whether parts of firmware RAID sets are left out.",
    ),
    flag(
        "devices/md_chunk_alignment",
        true,
        v(2, 2, 48),
        "Whether extents on an MD array begin at its stripes.",
    ),
    integer(
        "devices/default_data_alignment",
        1,
        v(2, 2, 75),
        "The multiple at which extents begin, in MiB; 0 for 64 KiB.",
    ),
    flag(
        "devices/data_alignment_detection",
        true,
        v(2, 2, 51),
        "Whether extents begin where the device says it likes to be read.",
    ),
    integer(
        "devices/data_alignment",
        0,
        v(2, 2, 45),
        "The multiple at which extents begin, in KiB; 0 to find one.",
    ),
    flag(
        "devices/data_alignment_offset_detection",
        true,
        v(2, 2, 50),
        "Whether the start of extents is shifted as the device says.",
    ),
    flag("devices/ignore_suspended_devices", false, v(1, 2, 19), "Whether suspended devices are left out."),
    flag(
        "devices/ignore_lvm_mirrors",
        true,
        v(2, 2, 104),
        "Whether volumes of type mirror are left out when volumes are looked at.",
    ),
    integer(
        "devices/disable_after_error_count",
        0,
        v(2, 2, 75),
        "How many errors a device could have before it was left alone.",
    )
    .deprecated(v(2, 3, 0)),
    flag(
        "devices/require_restorefile_with_uuid",
        true,
        v(2, 2, 73),
        "Whether pvcreate --uuid needs --restorefile.",
    ),
    integer(
        "devices/pv_min_size",
        2048,
        v(2, 2, 85),
        "The smallest device that can be a physical volume, in KiB.",
    ),
    flag(
        "devices/issue_discards",
        false,
        v(2, 2, 85),
        "Whether extents that are freed are discarded on the device.",
    ),
    flag(
        "devices/allow_changes_with_duplicate_pvs",
        false,
        v(2, 2, 153),
        "Whether a group may change while a physical volume is seen twice.",
    ),
    flag(
        "devices/allow_mixed_block_sizes",
        false,
        v(2, 3, 6),
        "Whether a group may have devices of different logical block sizes.",
    ),
];
