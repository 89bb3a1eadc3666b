//! The settings of `report`.

use crate::config::setting::{Setting, flag, section, text, v};

pub(super) static SETTINGS: &[Setting] = &[
    section("report", v(1, 0, 0), "What reports look like.").commented(),
    text("report/output_format", "basic", v(2, 2, 158), "The format: basic, json or json_std.")
        .command_profile(),
    flag("report/compact_output", false, v(2, 2, 115), "Whether columns without any value are left out.")
        .command_profile(),
    text(
        "report/compact_output_cols",
        "",
        v(2, 2, 133),
        "Columns that are left out when they have no value.",
    )
    .may_be_empty()
    .command_profile(),
    flag("report/aligned", true, v(1, 0, 0), "Whether columns are aligned.").command_profile(),
    flag("report/buffered", true, v(1, 0, 0), "Whether a report is printed when it is complete.")
        .command_profile(),
    flag("report/headings", true, v(1, 0, 0), "Whether columns have headings.").command_profile(),
    text("report/separator", " ", v(1, 0, 0), "What stands between columns.").command_profile(),
    text("report/list_item_separator", ",", v(2, 2, 108), "What stands between the items of a list.")
        .command_profile(),
    flag("report/prefixes", false, v(2, 2, 36), "Whether values have their field's name in front.")
        .command_profile(),
    flag("report/quoted", true, v(2, 2, 39), "Whether such values have quotes.").command_profile(),
    flag("report/columns_as_rows", false, v(1, 0, 0), "Whether columns are printed as rows.")
        .command_profile(),
    flag("report/binary_values_as_numeric", false, v(2, 2, 108), "Whether flags are printed as 0 and 1.")
        .command_profile(),
    text("report/time_format", "%Y-%m-%d %T %z", v(2, 2, 123), "How times are written.").command_profile(),
    text("report/devtypes_sort", "devtype_name", v(2, 2, 101), "What devtypes sorts by.").command_profile(),
    text(
        "report/devtypes_cols",
        "devtype_name,devtype_max_partitions,devtype_description",
        v(2, 2, 101),
        "The columns of devtypes.",
    )
    .command_profile(),
    text(
        "report/devtypes_cols_verbose",
        "devtype_name,devtype_max_partitions,devtype_description",
        v(2, 2, 101),
        "The columns of devtypes -v.",
    )
    .command_profile(),
    text("report/lvs_sort", "vg_name,lv_name", v(1, 0, 0), "What lvs sorts by.").command_profile(),
    text(
        "report/lvs_cols",
        "lv_name,vg_name,lv_attr,lv_size,pool_lv,origin,data_percent,metadata_percent,\
         move_pv,mirror_log,copy_percent,convert_lv",
        v(1, 0, 0),
        "The columns of lvs.",
    )
    .command_profile(),
    text(
        "report/lvs_cols_verbose",
        "lv_name,vg_name,seg_count,lv_attr,lv_size,lv_major,lv_minor,lv_kernel_major,\
         lv_kernel_minor,pool_lv,origin,data_percent,metadata_percent,move_pv,\
         copy_percent,mirror_log,convert_lv,lv_uuid,lv_profile",
        v(1, 0, 0),
        "The columns of lvs -v.",
    )
    .command_profile(),
    text("report/vgs_sort", "vg_name", v(1, 0, 0), "What vgs sorts by.").command_profile(),
    text(
        "report/vgs_cols",
        "vg_name,pv_count,lv_count,snap_count,vg_attr,vg_size,vg_free",
        v(1, 0, 0),
        "The columns of vgs.",
    )
    .command_profile(),
    text(
        "report/vgs_cols_verbose",
        "vg_name,vg_attr,vg_extent_size,pv_count,lv_count,snap_count,vg_size,vg_free,\
         vg_uuid,vg_profile",
        v(1, 0, 0),
        "The columns of vgs -v.",
    )
    .command_profile(),
    text("report/pvs_sort", "pv_name", v(1, 0, 0), "What pvs sorts by.").command_profile(),
    text(
        "report/pvs_cols",
        "pv_name,vg_name,pv_fmt,pv_attr,pv_size,pv_free",
        v(1, 0, 0),
        "The columns of pvs.",
    )
    .command_profile(),
    text(
        "report/pvs_cols_verbose",
        "pv_name,vg_name,pv_fmt,pv_attr,pv_size,pv_free,dev_size,pv_uuid",
        v(1, 0, 0),
        "The columns of pvs -v.",
    )
    .command_profile(),
    text("report/segs_sort", "vg_name,lv_name,seg_start", v(1, 0, 0), "What lvs --segments sorts by.")
        .command_profile(),
    text(
        "report/segs_cols",
        "lv_name,vg_name,lv_attr,stripes,segtype,seg_size",
        v(1, 0, 0),
        "The columns of lvs --segments.",
    )
    .command_profile(),
    text(
        "report/segs_cols_verbose",
        "lv_name,vg_name,lv_attr,seg_start,seg_size,stripes,segtype,stripesize,chunksize",
        v(1, 0, 0),
        "The columns of lvs --segments -v.",
    )
    .command_profile(),
    text("report/pvsegs_sort", "pv_name,pvseg_start", v(1, 1, 3), "What pvs --segments sorts by.")
        .command_profile(),
    text(
        "report/pvsegs_cols",
        "pv_name,vg_name,pv_fmt,pv_attr,pv_size,pv_free,pvseg_start,pvseg_size",
        v(1, 1, 3),
        "The columns of pvs --segments.",
    )
    .command_profile(),
    text(
        "report/pvsegs_cols_verbose",
        "pv_name,vg_name,pv_fmt,pv_attr,pv_size,pv_free,pvseg_start,pvseg_size,lv_name,\
         seg_start_pe,segtype,seg_pe_ranges",
        v(1, 1, 3),
        "The columns of pvs --segments -v.",
    )
    .command_profile(),
    text("report/vgs_cols_full", "vg_all", v(2, 2, 158), "The columns about groups of fullreport.")
        .command_profile(),
    text("report/pvs_cols_full", "pv_all", v(2, 2, 158), "The columns about physical volumes of fullreport.")
        .command_profile(),
    text("report/lvs_cols_full", "lv_all", v(2, 2, 158), "The columns about logical volumes of fullreport.")
        .command_profile(),
    text(
        "report/pvsegs_cols_full",
        "pvseg_all,pv_uuid,lv_uuid",
        v(2, 2, 158),
        "The columns about segments of physical volumes of fullreport.",
    )
    .command_profile(),
    text(
        "report/segs_cols_full",
        "seg_all,lv_uuid",
        v(2, 2, 158),
        "The columns about segments of fullreport.",
    )
    .command_profile(),
    text("report/vgs_sort_full", "vg_name", v(2, 2, 158), "What fullreport sorts groups by.")
        .command_profile(),
    text("report/pvs_sort_full", "pv_name", v(2, 2, 158), "What fullreport sorts physical volumes by.")
        .command_profile(),
    text(
        "report/lvs_sort_full",
        "vg_name,lv_name",
        v(2, 2, 158),
        "What fullreport sorts logical volumes by.",
    )
    .command_profile(),
    text(
        "report/pvsegs_sort_full",
        "pv_uuid,pvseg_start",
        v(2, 2, 158),
        "What fullreport sorts segments of physical volumes by.",
    )
    .command_profile(),
    text("report/segs_sort_full", "lv_uuid,seg_start", v(2, 2, 158), "What fullreport sorts segments by.")
        .command_profile(),
    flag(
        "report/mark_hidden_devices",
        true,
        v(2, 2, 140),
        "Whether names of hidden volumes stand in brackets.",
    )
    .command_profile(),
    flag(
        "report/two_word_unknown_device",
        false,
        v(2, 2, 146),
        "Whether a missing device is called unknown device instead of [unknown].",
    ),
];
