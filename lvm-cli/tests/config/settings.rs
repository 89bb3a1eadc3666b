//! What settings, profiles and variables change in other commands.

use std::fs;

use crate::support::Folder;

fn folder() -> Folder {
    let folder = Folder::with_group(&[("a.img", 16), ("b.img", 16)]);
    folder.run("lvcreate -l3 -n lv vg").ok();
    folder
}

#[test]
fn reports_look_as_settings_say() {
    let folder = folder();
    let table = [
        ("global/units=\"b\"", "vgs -o vg_extent_size --noheadings", "  1048576B\n"),
        ("global{units=\"b\" suffix=0}", "vgs -o vg_extent_size --noheadings", "  1048576\n"),
        ("report/headings=0", "vgs -o vg_name", "  vg\n"),
        ("report{headings=0 prefixes=1 quoted=0}", "vgs -o vg_name", "  LVM2_VG_NAME=vg\n"),
        ("report{headings=0 aligned=0 separator=\":\"}", "vgs -o vg_name,pv_count", "  vg:2\n"),
        ("report{headings=0 separator=\":\"}", "vgs -o vg_name,pv_count", "  vg:  2\n"),
        ("report{headings=0 vgs_cols=\"pv_count,vg_name\"}", "vgs", "    2 vg\n"),
        ("report{headings=0 vgs_cols=\"vg_name\"}", "vgs -o +pv_count", "  vg   2\n"),
        ("report{headings=0 lvs_cols=\"lv_name\"}", "lvs", "  lv\n"),
        ("report{headings=0 segs_cols=\"segtype\"}", "lvs --segments", "  linear\n"),
        ("report{headings=0 pvs_sort=\"-pv_name\" pvs_cols=\"pv_name\"}", "pvs", "  b.img\n  a.img\n"),
        ("report{headings=0 binary_values_as_numeric=1 aligned=0}", "vgs -o vg_extendable", "  1\n"),
        ("report{headings=0 compact_output=1}", "vgs -o vg_name,vg_partial", "  vg\n"),
        (
            "report{headings=0 compact_output=1 binary_values_as_numeric=1}",
            "vgs -o vg_name,vg_partial",
            "  vg          0\n",
        ),
        ("report/headings=0", "vgs -o vg_name --headings full", "  vg_name\n  vg\n"),
        ("report{headings=0} log/prefix=\"\"", "vgs -o vg_name", "vg\n"),
        ("report{headings=0} log/prefix=\"> \"", "vgs -o vg_name", "> vg\n"),
    ];
    for (config, line, expected) in table {
        let mut words = line.split_whitespace().collect::<Vec<_>>();
        words.extend(["--config", config]);
        let shown = folder.run_with(&words, b"").ok();
        let trimmed = shown.lines().map(|line| format!("{}\n", line.trim_end())).collect::<String>();
        assert_eq!(trimmed, expected, "{config}");
    }
    // An option comes before the setting.
    let words =
        ["vgs", "-o", "vg_extent_size", "--units", "k", "--noheadings", "--config", "global/units=\"b\""];
    assert_eq!(folder.run_with(&words, b"").ok().trim(), "1024.00k");
}

/// Settings of reports are no options that a command was given: those it does not take do no harm.
#[test]
fn settings_of_reports_are_no_options() {
    let folder = folder();
    let with = |line: &str, config: &str| {
        let words = line.split_whitespace().chain(["--config", config]).collect::<Vec<_>>();
        folder.run_with(&words, b"").ok()
    };
    for line in ["pvdisplay -c", "vgdisplay -c", "lvdisplay -c", "vgdisplay -s", "vgdisplay"] {
        let shown = folder.run(line).ok();
        for config in ["headings=0", "separator=\":\"", "aligned=0", "binary_values_as_numeric=1"] {
            assert_eq!(with(line, &format!("report/{config}")), shown, "{line} {config}");
        }
    }
    assert!(with("vgdisplay", "global/units=\"b\"").contains("1048576 B"));
    let table = [
        ("headings=0 aligned=0", "  VxDMP 16\n"),
        ("headings=0 separator=\":\"", "  VxDMP        :16\n"),
        (
            "headings=0 prefixes=1 quoted=0 aligned=0",
            "  LVM2_DEVTYPE_NAME=VxDMP LVM2_DEVTYPE_MAX_PARTITIONS=16\n",
        ),
        ("columns_as_rows=1", "  DevType VxDMP aoe"),
    ];
    for (config, expected) in table {
        let shown = with("devtypes -o name,max_partitions", &format!("report{{{config}}}"));
        assert!(shown.starts_with(expected), "{config}: {shown}");
    }
    for line in ["vgs", "map vg", "devtypes", "vgchange --addtag t vg"] {
        let shown = with(line, "report/output_format=\"json\"");
        assert!(shown.contains('{'), "{line}: {shown}");
        let shown = with(
            &format!("{line} --reportformat basic").replace("tag t", "tag u"),
            "report/output_format=\"json\"",
        );
        assert!(!shown.contains('{'), "{line}: {shown}");
    }
}

#[test]
fn files_and_their_mistakes() {
    let folder = folder();
    fs::write(folder.path("lvm.conf"), "log { prefix = \"\" command_names = 1 } report/headings = 0\n")
        .unwrap();
    assert_eq!(folder.run("vgs -o vg_name").ok(), "vgsvg\n");
    fs::write(folder.path("lvm.conf"), "global { units = \"b\" nope = 1 suffix = \"maybe\" }\n").unwrap();
    let done = folder.run("vgs -o vg_extent_size --noheadings");
    assert!(done.stderr.contains("\"global/nope\" unknown") && done.stderr.contains("\"maybe\""), "{done:?}");
    assert_eq!(done.ok().trim(), "1048576B");
    let text = fs::read_to_string(folder.path("lvm.conf")).unwrap();
    fs::write(folder.path("lvm.conf"), format!("config/abort_on_errors = 1\n{text}")).unwrap();
    assert!(folder.run("vgs").fails(4).contains("configuration invalid"));
    fs::write(folder.path("lvm.conf"), format!("config {{ checks = 0 abort_on_errors = 1 }}\n{text}"))
        .unwrap();
    assert_eq!(folder.run("vgs").stderr, "");
    fs::write(folder.path("lvm.conf"), "global/units = \"x\"\n").unwrap();
    assert!(folder.run("vgs").fails(4).contains("global/units: x"));
}

#[test]
fn profiles_of_commands() {
    let folder = folder();
    fs::create_dir(folder.path("profile")).unwrap();
    fs::write(folder.path("profile/p.profile"), "global/units = \"b\"\nreport/headings = 0\n").unwrap();
    fs::write(folder.path("profile/bad.profile"), "backup/backup = 0\n").unwrap();
    for option in ["--profile", "--commandprofile"] {
        assert_eq!(folder.run(&format!("vgs -o vg_extent_size {option} p")).ok(), "  1048576B\n");
    }
    let bad = folder.run("vgs --profile bad").fails(5);
    assert!(bad.contains("\"backup/backup\" is not customizable by a profile"), "{bad}");
    assert!(folder.run("vgs --profile ../p").fails(5).contains("bad profile name"));
    fs::write(
        folder.path("lvm.conf"),
        format!("config/profile_dir = \"{}\"\n", folder.path("mine").display()),
    )
    .unwrap();
    assert!(folder.run("vgs --profile p").fails(5).contains("mine/p.profile: stat failed"));
}

#[test]
fn new_groups_and_volumes() {
    let folder = Folder::new(&[("a.img", 32), ("b.img", 32)]);
    let text = "allocation/physical_extent_size = 2048\nmetadata { pvmetadatacopies = 2 vgmetadatacopies = 1 stripesize = 8 }\n\
                devices/data_alignment = 3072\n";
    fs::write(folder.path("lvm.conf"), text).unwrap();
    folder.run("vgcreate vg a.img b.img").ok();
    let fields = "vgs -o vg_extent_size,vg_mda_count,vg_mda_copies --units k --nosuffix";
    assert_eq!(folder.column(fields)[0].split_whitespace().collect::<Vec<_>>(), ["2048.00", "4", "1"]);
    assert_eq!(folder.column("pvs -o pe_start --units k --nosuffix"), ["3072.00", "3072.00"]);
    folder.run("lvcreate -i2 -l2 -n s vg").ok();
    folder.run("lvcreate -i2 -I64k -l2 -n t vg").ok();
    assert_eq!(folder.column("lvs -o stripe_size --units k --nosuffix"), ["8.00", "64.00"]);
}

#[test]
fn test_and_silent() {
    let folder = folder();
    let line = ["lvcreate", "-l1", "-n", "x", "vg", "--config", "global/test=1"];
    assert!(folder.run_with(&line, b"").stderr.contains("TEST MODE"));
    assert_eq!(folder.column("lvs -o lv_name"), ["lv"]);
    let line = ["lvcreate", "-l1", "-n", "x", "vg", "--config", "log/silent=1"];
    assert_eq!(folder.run_with(&line, b"").ok(), "");
    assert_eq!(folder.column("lvs -o lv_name"), ["lv", "x"]);
}

#[test]
fn freed_extents_are_discarded() {
    let folder = Folder::with_group(&[("a.img", 32)]);
    folder.run("lvcreate -l8 -n lv vg").ok();
    folder.run_with(&["lvwrite", "vg/lv"], &vec![7; 8 << 20]).ok();
    let full = folder.allocated("a.img");
    assert!(full > 8 << 20);
    let discarding = |line: &str| {
        let mut words = line.split_whitespace().collect::<Vec<_>>();
        words.extend(["--config", "devices/issue_discards=1"]);
        let done = folder.run_with(&words, b"");
        assert!(!done.stderr.contains("not discarded"), "{line}: {done:?}");
        done.ok();
    };
    discarding("lvreduce -y -l4 vg/lv");
    let half = folder.allocated("a.img");
    assert!(half + (4 << 20) <= full, "{half} {full}");
    // What is in use stays.
    assert!(folder.run_with(&["lvread", "vg/lv"], b"").ok().bytes().all(|byte| byte == 7));
    folder.run("lvremove -y vg/lv").ok();
    // The metadata may have got a block more.
    assert!(folder.allocated("a.img") >= half);
    folder.run("lvcreate -l4 -n lv vg --zero n -Wn").ok();
    discarding("lvremove -y vg/lv");
    assert!(folder.allocated("a.img") < 1 << 20, "{}", folder.allocated("a.img"));
}

#[test]
fn metadata_profiles_are_recorded() {
    let folder = Folder::new(&[("a.img", 32)]);
    fs::create_dir(folder.path("profile")).unwrap();
    fs::write(folder.path("profile/md.profile"), "allocation/thin_pool_zero = 0\n").unwrap();
    fs::write(folder.path("profile/cmd.profile"), "report/headings = 0\n").unwrap();
    let profiles = || folder.column("lvs -o lv_name,lv_profile,vg_profile").join(",");
    let lines = |line: &str| line.split_whitespace().map(str::to_owned).collect::<Vec<_>>().join(" ");
    assert!(
        folder
            .run("vgcreate --profile cmd vg a.img")
            .fails(5)
            .contains("customizable by command profile only")
    );
    folder.run("vgcreate --metadataprofile md vg a.img").ok();
    folder.run("lvcreate --profile md -l1 -n a vg").ok();
    folder.run("lvcreate -l1 -n b vg").ok();
    assert_eq!(lines(&profiles()), "a md md,b md");
    folder.run("lvchange --metadataprofile md vg/b").ok();
    folder.run("lvchange --detachprofile vg/a").ok();
    folder.run("vgchange --detachprofile vg").ok();
    assert_eq!(lines(&profiles()), "a,b md");
    folder.run("vgchange --metadataprofile md vg").ok();
    let both = folder.run("vgchange --metadataprofile md --detachprofile vg").fails(3);
    assert!(both.contains("option combination"), "{both}");
    folder.run("lvchange --metadataprofile none vg/a").fails(5);
}
