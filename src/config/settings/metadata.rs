//! The settings of `metadata`.

use crate::config::setting::{Setting, flag, integer, section, text, texts, v};

pub(super) static SETTINGS: &[Setting] = &[
    section("metadata", v(1, 0, 0), "Metadata on new physical volumes and groups.").commented(),
    flag(
        "metadata/check_pv_device_sizes",
        true,
        v(2, 2, 141),
        "Whether devices smaller than their physical volumes are reported.",
    )
    .advanced(),
    flag("metadata/record_lvs_history", false, v(2, 2, 145), "Whether removed volumes are remembered."),
    integer("metadata/lvs_history_retention_time", 0, v(2, 2, 145), "For how many seconds; 0 for ever."),
    integer(
        "metadata/pvmetadatacopies",
        1,
        v(1, 0, 0),
        "Metadata areas of a new physical volume: 0, 1 or 2.",
    )
    .advanced(),
    integer("metadata/vgmetadatacopies", 0, v(2, 2, 69), "Metadata areas in use of a new group; 0 for all."),
    integer("metadata/pvmetadatasize", 0, v(1, 0, 0), "The size of a new metadata area, in sectors.")
        .undefined(),
    flag(
        "metadata/pvmetadataignore",
        false,
        v(2, 2, 69),
        "Whether metadata areas of a new physical volume are out of use.",
    )
    .advanced(),
    integer("metadata/stripesize", 64, v(1, 0, 0), "The stripe size of new volumes, in KiB.").advanced(),
    texts("metadata/dirs", &[], v(1, 0, 0), "Directories with copies of the metadata.")
        .undefined()
        .deprecated(v(2, 3, 0))
        .advanced(),
    section("metadata/disk_areas", v(1, 0, 0), "Raw areas with copies of the metadata.")
        .commented()
        .deprecated(v(2, 3, 0))
        .unsupported(),
    section("metadata/disk_areas/<disk_area>", v(1, 0, 0), "One of these.")
        .commented()
        .deprecated(v(2, 3, 0))
        .unsupported(),
    integer("metadata/disk_areas/<disk_area>/start_sector", 0, v(1, 0, 0), "Where it begins.")
        .deprecated(v(2, 3, 0))
        .unsupported(),
    integer("metadata/disk_areas/<disk_area>/size", 0, v(1, 0, 0), "How many sectors it has.")
        .deprecated(v(2, 3, 0))
        .unsupported(),
    text("metadata/disk_areas/<disk_area>/id", "", v(1, 0, 0), "Which device it is on.")
        .undefined()
        .deprecated(v(2, 3, 0))
        .unsupported(),
];
