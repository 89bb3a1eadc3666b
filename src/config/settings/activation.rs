//! The settings of `activation`.

use crate::config::setting::{Setting, flag, integer, section, text, texts, v};

pub(super) static SETTINGS: &[Setting] = &[
    section("activation", v(1, 0, 0), "Volumes as devices of the kernel."),
    flag("activation/checks", false, v(2, 2, 86), "Whether the use of device-mapper is checked."),
    flag("activation/udev_sync", true, v(2, 2, 51), "Whether udev is waited for."),
    flag("activation/udev_rules", true, v(2, 2, 57), "Whether udev makes nodes and links."),
    flag(
        "activation/verify_udev_operations",
        false,
        v(2, 2, 86),
        "Whether what udev made is checked and mended.",
    ),
    flag("activation/retry_deactivation", true, v(2, 2, 89), "Whether a device that is busy is tried again."),
    text(
        "activation/missing_stripe_filler",
        "error",
        v(1, 0, 0),
        "What stands for missing parts: error, zero or a device.",
    )
    .advanced(),
    flag("activation/use_linear_target", true, v(2, 2, 89), "Whether a single stripe is a linear table."),
    integer(
        "activation/reserved_stack",
        64,
        v(1, 0, 0),
        "Stack kept in memory while devices are suspended, in KiB.",
    ),
    integer(
        "activation/reserved_memory",
        8192,
        v(1, 0, 0),
        "Memory kept while devices are suspended, in KiB.",
    ),
    integer("activation/process_priority", -18, v(1, 0, 0), "The nice value while devices are suspended."),
    texts("activation/volume_list", &[], v(1, 0, 18), "What may be active at all.")
        .undefined()
        .may_be_empty(),
    texts("activation/auto_activation_volume_list", &[], v(2, 2, 97), "What is activated by itself.")
        .undefined()
        .may_be_empty(),
    texts("activation/read_only_volume_list", &[], v(2, 2, 89), "What is active for reading only.")
        .undefined()
        .may_be_empty(),
    integer(
        "activation/mirror_region_size",
        2048,
        v(1, 0, 0),
        "The older name of activation/raid_region_size.",
    )
    .deprecated(v(2, 2, 99)),
    integer(
        "activation/raid_region_size",
        2048,
        v(2, 2, 99),
        "How much of a mirror or RAID is in step or not at a time, in KiB.",
    ),
    flag(
        "activation/error_when_full",
        false,
        v(2, 2, 115),
        "Whether writes to a full thin pool fail at once.",
    ),
    text(
        "activation/readahead",
        "auto",
        v(1, 0, 23),
        "The read-ahead of volumes that have none: none or auto.",
    ),
    text(
        "activation/raid_fault_policy",
        "warn",
        v(2, 2, 89),
        "What is done about a failed device of a RAID: warn or allocate.",
    ),
    text(
        "activation/mirror_image_fault_policy",
        "remove",
        v(2, 2, 57),
        "What is done about a failed image of a mirror: remove, allocate or allocate_anywhere.",
    ),
    text(
        "activation/mirror_log_fault_policy",
        "allocate",
        v(1, 2, 18),
        "What is done about a failed log of a mirror.",
    ),
    text(
        "activation/mirror_device_fault_policy",
        "remove",
        v(1, 2, 10),
        "The older name of activation/mirror_image_fault_policy.",
    )
    .deprecated(v(2, 2, 57)),
    integer(
        "activation/snapshot_autoextend_threshold",
        100,
        v(2, 2, 75),
        "From how many percent in use a snapshot grows by itself; 100 for never.",
    ),
    integer("activation/snapshot_autoextend_percent", 20, v(2, 2, 75), "By how many percent it grows."),
    integer(
        "activation/thin_pool_autoextend_threshold",
        100,
        v(2, 2, 89),
        "From how many percent in use a thin pool grows by itself; 100 for never.",
    )
    .metadata_profile(),
    integer("activation/thin_pool_autoextend_percent", 20, v(2, 2, 89), "By how many percent it grows.")
        .metadata_profile(),
    integer(
        "activation/vdo_pool_autoextend_threshold",
        100,
        v(2, 3, 0),
        "From how many percent in use a VDO pool grows by itself; 100 for never.",
    )
    .metadata_profile(),
    integer("activation/vdo_pool_autoextend_percent", 20, v(2, 3, 0), "By how many percent it grows.")
        .metadata_profile(),
    texts(
        "activation/mlock_filter",
        &[],
        v(2, 2, 62),
        "Parts of memory that are not locked while devices are suspended.",
    )
    .undefined()
    .advanced(),
    flag("activation/use_mlockall", false, v(2, 2, 62), "Whether all memory is locked then."),
    flag("activation/monitoring", true, v(2, 2, 63), "Whether active volumes are watched by dmeventd."),
    integer("activation/polling_interval", 15, v(2, 2, 63), "Seconds between looks at work that goes on."),
    flag(
        "activation/auto_set_activation_skip",
        true,
        v(2, 2, 99),
        "Whether new thin snapshots are left out by plain activation.",
    ),
    text(
        "activation/activation_mode",
        "degraded",
        v(2, 2, 108),
        "What is activated without a physical volume: complete, degraded or partial.",
    ),
    texts("activation/lock_start_list", &[], v(2, 2, 124), "Shared groups whose locking may be started.")
        .undefined()
        .may_be_empty(),
    texts(
        "activation/auto_lock_start_list",
        &[],
        v(2, 2, 124),
        "Shared groups whose locking is started by itself.",
    )
    .undefined()
    .may_be_empty(),
];
