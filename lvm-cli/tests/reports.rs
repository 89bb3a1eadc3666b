//! Reports on image files: selections, parts of full reports, headings, settings. What they look
//! like is compared with lvm2 in `tests/report_oracle`.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod support;

use serde_json::Value;
use support::Folder;

/// Two groups: `vg` with the volumes `a`, `b`, `c`, and `other` with `d`.
fn folder() -> Folder {
    let folder = Folder::with_group(&[("x.img", 32), ("y.img", 32)]);
    for line in [
        "vgreduce vg y.img",
        "vgcreate -s 1m other y.img",
        "lvcreate -an -Zn -Wn -n a -L 1m vg --addtag db",
        "lvcreate -an -Zn -Wn -n b -L 2m vg --addtag db --addtag web",
        "lvcreate -an -Zn -Wn -n c -L 3m vg",
        "lvcreate -an -Zn -Wn -n d -L 4m other",
    ] {
        folder.run(line).ok();
    }
    folder
}

#[test]
fn rows_are_selected() {
    let folder = folder();
    assert_eq!(folder.column("lvs -o name -S tags=db"), ["a", "b"]);
    assert_eq!(folder.column("lvs -o name -S size>1m&&tags!=db"), ["d", "c"]);
    // The last one counts.
    assert_eq!(folder.column("lvs -o name -S name=a --select name=b"), ["b"]);
    assert_eq!(folder.column("lvs -o name,selected --separator : -S name=a"), ["d:0", "a:1", "b:0", "c:0"]);
    assert_eq!(folder.column("vgs -o name -S lv_name=d"), ["other"]);
    // A row for each run of extents, since a physical volume has many volumes.
    assert_eq!(folder.column("pvs -o name -S lv_name=~^[ab]"), ["x.img", "x.img"]);
    assert_eq!(folder.run("lvs -S name=none").ok(), "");
}

#[test]
fn selections_that_mean_nothing() {
    let folder = folder();
    let refused = folder.run("lvs -S size>much").fails(5);
    assert_eq!(
        refused,
        "  Failed to parse numeric value for selection field lv_size.\n  Selection syntax error at 'size>much'.\n  \
         Use 'help' for selection to get more help.\n"
    );
    let refused = folder.run("vgs -S nothing=1").fails(5);
    assert!(refused.contains("lv_tags") && refused.contains("Unrecognised selection field: nothing\n"));
    let refused = folder.run("lvs -S pv_name=x").fails(5);
    assert_eq!(refused, "  Can't report LV and PV fields at the same time in report type \"lv\".\n");
    for line in ["lvs -S help", "pvs -S ?", "lvs -o help", "vgs -O help", "lvchange --addtag t -S help"] {
        let help = folder.run(line);
        assert_eq!((help.code, help.stdout.as_str()), (0, ""), "{line}");
        assert!(help.stderr.contains("vg_name"), "{line}");
    }
}

#[test]
fn commands_work_on_what_is_selected() {
    let folder = folder();
    assert_eq!(
        folder.run("lvchange --addtag hit -S tags=db").ok(),
        "  Logical volume vg/a changed.\n  Logical volume vg/b changed.\n"
    );
    assert_eq!(folder.column("lvs -o name -S tags=hit"), ["a", "b"]);
    // Names and a selection: both must mean it.
    folder.run("lvchange --addtag both vg/a vg/c -S tags!=db").ok();
    assert_eq!(folder.column("lvs -o name -S tags=both"), ["c"]);
    assert_eq!(folder.run("lvchange --addtag none -S name=none").ok(), "");
    assert!(folder.run("lvchange --addtag t -S nothing=1").fails(5).contains("nothing"));
    folder.run("lvchange --addtag t").fails(3);

    folder.run("vgchange --addtag hit -S lv_name=d").ok();
    assert_eq!(folder.column("vgs -o name -S tags=hit"), ["other"]);
    assert_eq!(
        folder.run("pvchange --addtag hit -S vg_name=vg").ok(),
        "  Physical volume \"x.img\" changed\n  1 physical volume changed / 0 physical volumes not changed\n"
    );
    assert_eq!(
        folder.run("pvchange --addtag hit x.img -S vg_name=other").ok(),
        "  0 physical volumes changed / 0 physical volumes not changed\n"
    );
    assert_eq!(folder.column("pvs -o name -S tags=hit"), ["x.img"]);

    assert_eq!(folder.run("lvremove -y -S size>=2,vg_name=vg").ok().lines().count(), 2);
    assert_eq!(folder.column("lvs -o name"), ["d", "a"]);
    folder.run("lvremove").fails(3);
    folder.run("vgremove -y -S vg_name=none").ok();
    folder.run("vgremove -y -f -S lv_name=d").ok();
    assert_eq!(folder.column("vgs -o name"), ["vg"]);
    folder.run("vgremove").fails(3);
}

#[test]
fn full_reports() {
    let folder = folder();
    let line = "fullreport --reportformat json --configreport vg -o vg_name --configreport lv -S size>2 -o name \
                --configreport pv -o pv_name";
    let json = serde_json::from_str::<Value>(&folder.run(line).ok()).unwrap();
    let groups = json["report"].as_array().unwrap();
    assert_eq!(groups.len(), 2);
    let of_vg = groups.iter().find(|group| group["vg"][0]["vg_name"] == "vg").unwrap();
    assert_eq!(of_vg["lv"], serde_json::json!([{ "lv_name": "c" }]));
    assert_eq!(of_vg["seg"].as_array().unwrap().len(), 3);
    assert_eq!(of_vg["pv"][0]["pv_name"], "x.img");
    assert_eq!(of_vg["pvseg"].as_array().unwrap().len(), 4);
    let refused = folder.run("fullreport vg --configreport lv -o seg_start").fails(5);
    assert!(refused.contains("contains columns which lead to change of report type"), "{refused}");
    folder.run("fullreport --configreport full").fails(3);
    assert_eq!(folder.run("fullreport none --reportformat json").code, 5);
}

#[test]
fn numbers_lists_and_null_in_json() {
    let folder = folder();
    let line = "lvs -o name,size,tags,data_percent,lv_minor,seg_count,lv_skip_activation,seg_pe_ranges --units b \
                --nosuffix --binary --reportformat json_std -S name=b";
    let json = serde_json::from_str::<Value>(&folder.run(line).ok()).unwrap();
    assert_eq!(
        json["report"][0]["lv"][0],
        serde_json::json!({
            "lv_name": "b", "lv_size": 2_097_152, "lv_tags": ["db", "web"], "data_percent": null, "lv_minor": -1,
            "seg_count": 1, "lv_skip_activation": 0, "seg_pe_ranges": ["x.img:1-2"],
        })
    );
}

#[test]
fn headings() {
    let folder = folder();
    let line = "lvs -o lv_name,lv_size,seg_count -S name=a --headings";
    assert_eq!(folder.run(&format!("{line} none")).ok(), "  a    1.00m    1\n");
    assert_eq!(folder.run(&format!("{line} abbrev")).ok(), "  LV   LSize #Seg\n  a    1.00m    1\n");
    assert_eq!(
        folder.run(&format!("{line} full")).ok(),
        "  lv_name lv_size seg_count\n  a         1.00m         1\n"
    );
    folder.run(&format!("{line} other")).fails(3);
}

#[test]
fn settings() {
    let folder = folder();
    let line = "lvs -o lv_name,lv_parent,lv_size --config report/compact_output=1";
    assert_eq!(folder.column(&format!("{line} --separator :"))[1], "a:1.00m");
    assert_eq!(folder.column("lvs --config report/lvs_cols=\"lv_name\""), ["d", "a", "b", "c"]);
    assert_eq!(folder.column("lvs -o lv_tags --config report/list_item_separator=\"+\"")[2], "db+web");
    assert_eq!(folder.column("vgs -o vg_size --config global/units=\"k\"")[1], "31744.00k");
    let refused = folder.run("lvs --config log/report_command_log=1").fails(5);
    assert!(refused.contains("log/report_command_log"), "{refused}");
    folder.run("lvs --config report/time_format=\"%Q\"").fails(5);
}
