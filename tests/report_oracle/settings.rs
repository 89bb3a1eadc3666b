//! What lvm.conf(5) says about reports, full reports, removed volumes, and the table of fields.

use std::collections::BTreeMap;
use std::fs;

use lvmkit::report::Field;

use crate::lvm2::Lvm2;
use crate::{golden, ready};

const SETTINGS: [(&str, &str); 62] = [
    ("lvs", "report/compact_output=1"),
    ("lvs --reportformat json", "report/compact_output=1"),
    ("lvs --separator :", "report/compact_output=1"),
    ("lvs -o convert_lv", "report/compact_output=1"),
    ("lvs -o convert_lv --rows", "report/compact_output=1"),
    ("lvs -o convert_lv --reportformat json", "report/compact_output=1"),
    ("lvs --nameprefixes", "report/compact_output=1"),
    ("lvs --rows", "report/compact_output=1"),
    ("lvs -o all", "report/compact_output=1"),
    ("lvs -o all --binary", "report/compact_output=1"),
    ("vgs", "report/compact_output=1"),
    ("pvs", "report/compact_output=1"),
    ("pvs --segments -v", "report/compact_output=1"),
    ("lvs -o+lv_parent", "report/compact_output_cols=\"lv_parent,pool_lv\""),
    ("lvs -o#convert_lv", "report/compact_output_cols=\"pool_lv\""),
    ("lvs -o#pool_lv -o#convert_lv", ""),
    ("lvs -o#convert_lv,mirror_log --separator :", ""),
    ("lvs -o lv_name,lv_size,convert_lv -o#convert_lv --noheadings", ""),
    ("lvs", "report/aligned=0"),
    ("lvs", "report/separator=\":\""),
    ("lvs", "report { separator=\":\" aligned=0 }"),
    ("lvs --separator |", "report/separator=\":\""),
    ("lvs", "report/headings=0"),
    ("lvs", "report/headings=1"),
    ("lvs", "report/prefixes=1"),
    ("lvs", "report { prefixes=1 quoted=0 }"),
    ("lvs --aligned", "report/prefixes=1"),
    ("lvs --nameprefixes", "report/quoted=0"),
    ("lvs", "report/columns_as_rows=1"),
    ("vgs -o all", "report/binary_values_as_numeric=1"),
    (
        "lvs -o lv_tags,devices,seg_pe_ranges,seg_le_ranges,lv_role,vg_tags",
        "report/list_item_separator=\";\"",
    ),
    ("lvs -o lv_tags,devices --reportformat json", "report/list_item_separator=\" + \""),
    ("lvs -a", "report/mark_hidden_devices=0"),
    ("lvs", "global/units=\"b\""),
    ("vgs -v", "global { units=\"b\" suffix=0 }"),
    ("vgs --units m", "global/suffix=0"),
    ("vgs --units k", "global/si_unit_consistency=0"),
    ("vgs --units K", "global/si_unit_consistency=0"),
    ("vgs --units r", "global/si_unit_consistency=0"),
    ("vgs --units s", "global/si_unit_consistency=0"),
    ("vgs --units 4m", "global/si_unit_consistency=0"),
    ("lvs", "report/output_format=\"json\""),
    ("lvs --reportformat basic", "report/output_format=\"json\""),
    ("lvs -o lv_time", "report/time_format=\"%s\""),
    ("lvs -o lv_time", "report/time_format=\"%c | %x %X %r\""),
    ("lvs -o lv_time", "report/time_format=\"%a %A %b %B %C %d %D %e %F %g %G %h %H %I\""),
    ("lvs -o lv_time", "report/time_format=\"%j %k %l %m %M %p %P %R %S %T %u %U %V %w %W\""),
    ("lvs -o lv_time", "report/time_format=\"%y %Y %z %Z %Ey %Od %EX\""),
    ("lvs -o lv_time", "report/time_format=\"\""),
    ("lvs", "report/lvs_cols=\"lv_name\""),
    ("lvs -o+lv_size", "report/lvs_cols=\"lv_name\""),
    ("lvs", "report { lvs_cols=\"lv_name\" lvs_sort=\"-lv_name\" }"),
    ("lvs", "report/lvs_cols=\"\""),
    ("lvs", "report/lvs_sort=\"\""),
    ("lvs --segments", "report/segs_cols=\"lv_name,seg_start\""),
    ("vgs", "report/vgs_cols=\"vg_name\""),
    ("pvs", "report/pvs_cols=\"pv_name\""),
    ("pvs -v", "report/pvs_cols_verbose=\"pv_name\""),
    ("pvs --segments", "report/pvsegs_cols=\"pv_name,pvseg_start\""),
    ("pvs", "report { buffered=1 two_word_unknown_device=1 }"),
    ("fullreport", "report { vgs_cols_full=\"vg_name\" lvs_sort_full=\"-lv_name\" }"),
    ("fullreport", "report/compact_output=1"),
];

/// Full reports of one group and of physical volumes without one.
const FULL: [&str; 9] = [
    "fullreport",
    "fullreport --reportformat json",
    "fullreport -a --units b --nosuffix --binary --reportformat json",
    "fullreport --configreport vg -o vg_name --configreport seg -o lv_name,seg_start",
    "fullreport --configreport pv -o pv_name --configreport lv -o lv_name -O -lv_name --configreport vg -S vg_name=none",
    "fullreport --configreport lv -S lv_tags=x --reportformat json",
    "fullreport --configreport lv -o lv_name -o +lv_size --rows --noheadings",
    "fullreport --nameprefixes --configreport pvseg -o pv_name",
    "fullreport --separator : --configreport lv -o lv_name,selected -S lv_size>4",
];

#[test]
fn settings_and_full_reports() {
    if !ready() {
        return;
    }
    let mut lvm2 = Lvm2::new(&[64, 64, 40]);
    for line in [
        "pvcreate -q @0 @1 @2",
        "vgcreate alpha @0 @1 --addtag zz --addtag aa",
        "lvcreate -an -Zn -Wn -n lin -L 8m alpha @0 --addtag x --addtag c",
        "lvcreate -an -Zn -Wn -n str -i 2 -I 32k -L 8m alpha @0 @1",
        "lvcreate -an -Zn -Wn -n half -L 10m alpha @1",
    ] {
        lvm2.run(line);
    }
    let scan = lvm2.scan();
    for (line, config) in SETTINGS {
        lvm2.compare_with(&scan, line, config);
    }
    for line in FULL {
        lvm2.compare(&scan, line);
    }
    // A device that is missing has another name.
    lvm2.hide(&[0]);
    let scan = lvm2.scan();
    for line in
        ["pvs", "lvs -o lv_name,devices,seg_pe_ranges,seg_le_ranges", "fullreport --reportformat json"]
    {
        lvm2.compare_with(&scan, line, "report/two_word_unknown_device=1");
    }
    lvm2.finish("settings and full reports");
}

/// lvm2 falls over `lv_modules` of a removed volume, so that not all fields can be asked for at once.
const REMOVED: [&str; 12] = [
    "lvs -H",
    "lvs -a -H",
    "lvs -H --segments",
    "lvs -H --reportformat json",
    "lvs -H -o lv_name,lv_full_name,lv_uuid,lv_path,lv_dm_path,lv_parent,lv_layout,lv_role,lv_active,lv_major",
    "lvs -H -o lv_name,lv_ancestors,lv_full_ancestors,lv_descendants,lv_full_descendants,lv_historical",
    "lvs -H -o lv_name,lv_time,lv_time_removed,lv_host,lv_attr,lv_size,seg_count,origin,lv_tags,lv_read_ahead",
    "lvs -H -o lv_name,seg_all -O lv_name",
    "lvs -H -o lv_name,vg_all",
    "lvs -H -o lv_name -O -lv_name",
    "lvs -o lv_name,lv_full_ancestors,lv_full_descendants",
    "vgs -o +lv_name",
];

#[test]
fn removed_volumes() {
    if !ready() {
        return;
    }
    let texts = golden::texts();
    let path = texts.iter().find(|path| path.ends_with("historical.vg")).unwrap();
    let mut lvm2 = golden::restore(&fs::read_to_string(path).unwrap(), "historical");
    let scan = lvm2.scan();
    for line in REMOVED {
        lvm2.compare(&scan, line);
    }
    for selection in ["historical=1", "lv_name=t1s", "lv_name=-t1s", "time_removed>@0", "lv_layout=none"] {
        lvm2.select(&scan, "lvs -H -o lv_name", selection);
    }
    lvm2.finish("removed volumes");
}

/// Fields whose kind is another one here, since that is what their values are.
const OTHER_KINDS: [(&str, &str); 5] = [
    ("pe_start", "size"),
    ("seg_size_pe", "number"),
    ("vdo_used_size", "size"),
    ("vdo_saving_percent", "percent"),
    ("vdo_minimum_io_size", "size"),
];

#[test]
fn fields_are_those_of_lvm2() {
    if !ready() {
        return;
    }
    let lvm2 = Lvm2::new(&[]);
    let help = lvm2.stderr("lvs -S help");
    let fields = help.split("Selection operands").next().unwrap().lines().filter_map(|line| {
        let (name, rest) = line.strip_prefix("    ")?.split_once(' ')?;
        let kind = rest.rsplit_once('[')?.1.strip_suffix(']')?;
        (!kind.starts_with("unselectable")).then_some((name, kind))
    });
    let mut theirs = fields.collect::<BTreeMap<_, _>>();
    theirs.extend(OTHER_KINDS);
    let ours = Field::all().map(|field| (field.id, field.kind.name())).collect::<BTreeMap<_, _>>();
    assert!(theirs.len() > 200);
    assert_eq!(ours, theirs);
}
