//! Reports from metadata alone: no devices, no root.

#![allow(clippy::unwrap_used, clippy::print_stdout, reason = "a test fails by panicking")]

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Instant;

use lvm_core::metadata::VolumeGroup;
use lvm_core::text::import_bytes;
use lvm_core::{Bytes, Utc};
use lvmkit::report::{Format, JsonStyle, Layout, Report, ReportInput, ReportKind, Value, to_json};

/// A group of two physical volumes with `count` linear volumes of one extent and one thin pool
/// family.
fn group(count: u32) -> VolumeGroup {
    let mut text = "big {\nid = \"cc0000-0000-0000-0000-0000-0000-000000\"\nseqno = 7\nformat = \"lvm2\"\n\
        status = [\"RESIZEABLE\", \"READ\", \"WRITE\"]\nflags = []\ntags = [\"zz\", \"aa\"]\nextent_size = 8192\n\
        max_lv = 0\nmax_pv = 0\nmetadata_copies = 0\nphysical_volumes {\n\
        pv0 {\nid = \"bb0000-0000-0000-0000-0000-0000-000000\"\ndevice = \"/dev/one\"\n\
        status = [\"ALLOCATABLE\"]\nflags = []\ndev_size = 1000000000\npe_start = 2048\npe_count = 100000\n}\n}\n\
        logical_volumes {\n"
        .to_owned();
    for at in 0..count {
        // Names in an order that is not that of the extents.
        let name = format!("lv{}", at.wrapping_mul(7919) % 1_000_003);
        let _ = write!(
            text,
            "{name} {{\nid = \"aa{at:04}-0000-0000-0000-0000-0000-{at:06}\"\n\
             status = [\"READ\", \"WRITE\", \"VISIBLE\"]\nflags = []\ncreation_time = 1700000000\n\
             creation_host = \"host\"\nsegment_count = 1\nsegment1 {{\nstart_extent = 0\nextent_count = 2\n\
             type = \"striped\"\nstripe_count = 1\nstripes = [\"pv0\", {}]\n}}\n}}\n",
            at * 2
        );
    }
    text += "}\n}\ncontents = \"Text Format Volume Group\"\nversion = 1\ndescription = \"\"\n\
             creation_host = \"host\"\ncreation_time = 1700000000\n";
    import_bytes(text.as_bytes()).unwrap().vg
}

fn golden() -> Vec<PathBuf> {
    let dir = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden/text");
    let dir = std::env::var("LVMKIT_GOLDEN").map_or(dir, PathBuf::from);
    let entries = fs::read_dir(dir).map(|entries| entries.filter_map(|entry| Some(entry.ok()?.path())));
    let raw = |path: &PathBuf| path.extension().is_some_and(|ext| ext == "raw");
    entries.map(|entries| entries.filter(raw).collect()).unwrap_or_default()
}

#[test]
fn every_segment_type_reports() {
    let texts = golden();
    if texts.is_empty() {
        println!("skipped: no golden texts");
    }
    let reports = [
        (ReportKind::LogicalVolumes, "lv_all,vg_all"),
        (ReportKind::Segments, "lv_all,seg_all"),
        (ReportKind::VolumeGroups, "vg_all"),
        (ReportKind::VolumeGroups, "lv_all,seg_all"),
        (ReportKind::VolumeGroups, "pv_all,pvseg_all"),
        (ReportKind::PhysicalVolumes, "pv_all,vg_all"),
        (ReportKind::PvSegments, "lv_all,seg_all,pv_all,pvseg_all,vg_all"),
    ];
    for path in texts {
        let vg = import_bytes(&fs::read(&path).unwrap()).unwrap().vg;
        let input = ReportInput::new().volume_group(&vg);
        for (kind, columns) in reports {
            let table = Report::new(kind).all().columns(columns).unwrap().run(&input).unwrap();
            assert!(table.fields().iter().all(|field| columns.contains(field.group.prefix())));
            for format in [Format::default(), Format::default().with_binary().without_suffix()] {
                let text = table.to_text(&format, &Layout::new().without_headings());
                assert_eq!(text.lines().count(), table.rows().len());
                for style in [JsonStyle::Text, JsonStyle::Typed] {
                    let json = table.to_json(&format, style);
                    let parsed: serde_json::Value = serde_json::from_str(&json).unwrap();
                    let rows = parsed["report"][0][kind.name()].as_array().unwrap();
                    assert_eq!(rows.len(), table.rows().len(), "{}", path.display());
                }
            }
            serde_json::to_string(&table).unwrap();
        }
    }
}

#[test]
fn values_are_typed() {
    let vg = group(3);
    let input = ReportInput::new().volume_group(&vg);
    let report = Report::new(ReportKind::LogicalVolumes);
    let report =
        report.columns("lv_name,lv_size,seg_count,vg_tags,lv_active_locally,lv_time,lv_major").unwrap();
    let table = report.run(&input).unwrap();
    assert_eq!(table.value(0, "lv_size"), Some(&Value::Size(Bytes::mib(8))));
    assert_eq!(table.value(0, "seg_count"), Some(&Value::Number(1)));
    assert_eq!(table.value(0, "vg_free"), None);
    let first = serde_json::to_value(&table).unwrap()[0].clone();
    assert_eq!(
        first.to_string(),
        "{\"lv_active_locally\":null,\"lv_major\":-1,\"lv_name\":\"lv0\",\"lv_size\":8388608,\
         \"lv_time\":1700000000,\"seg_count\":1,\"vg_tags\":[\"aa\",\"zz\"]}"
    );
    let format = Format::default().without_suffix().with_units("b".parse().unwrap());
    let format = format.with_time_zone(Arc::new(Utc));
    let json = to_json(&[table], &format, JsonStyle::Typed);
    let line = json.lines().nth(4).unwrap().trim();
    assert_eq!(
        line,
        "{\"lv_name\":\"lv0\", \"lv_size\":8388608, \"seg_count\":1, \"vg_tags\":[\"aa\",\"zz\"], \
         \"lv_active_locally\":\"unknown\", \"lv_time\":\"2023-11-14 22:13:20 +0000\", \"lv_major\":-1},"
    );
}

#[test]
fn choices_and_blank_columns() {
    let vg = group(3);
    let input = ReportInput::new().volume_group(&vg).only_lvs(|_, lv| lv.name() == "lv7919");
    let report = Report::new(ReportKind::LogicalVolumes).columns("#origin,pool_lv,data_percent").unwrap();
    let text = report.run(&input).unwrap().to_text(&Format::default(), &Layout::new().without_headings());
    assert_eq!(text, "  lv7919 big -wi-XX---- 8.00m                                 \n");
    let input = ReportInput::new().volume_group(&vg).only_pvs(|device| device == "/dev/two");
    let table = Report::new(ReportKind::PhysicalVolumes).run(&input).unwrap();
    assert_eq!(table.rows().len(), 0);
    assert_eq!(table.to_text(&Format::default(), &Layout::new()), "");
}

#[test]
fn errors_say_what_is_wrong() {
    let unknown = Report::new(ReportKind::LogicalVolumes).columns("bogus").unwrap_err();
    assert_eq!(unknown.to_string(), "unrecognised field: bogus");
    let vg = group(1);
    let input = ReportInput::new().volume_group(&vg);
    let mixed = Report::new(ReportKind::LogicalVolumes).columns("pv_name").unwrap().run(&input).unwrap_err();
    assert_eq!(mixed.to_string(), "can't report LV and PV fields at the same time in report type \"lv\"");
}

#[test]
fn ten_thousand_volumes() {
    let vg = group(10_000);
    let input = ReportInput::new().volume_group(&vg);
    for (name, report) in [
        ("lvs", Report::new(ReportKind::LogicalVolumes)),
        ("lvs -o lv_all,seg_all", Report::new(ReportKind::LogicalVolumes).columns("lv_all,seg_all").unwrap()),
        ("pvs --segments -v", Report::verbose(ReportKind::PvSegments)),
        ("vgs", Report::new(ReportKind::VolumeGroups)),
    ] {
        let start = Instant::now();
        let table = report.run(&input).unwrap();
        let made = start.elapsed();
        let text = table.to_text(&Format::default(), &Layout::new());
        println!("{name}: table {made:?}, with text {:?}, {} bytes", start.elapsed(), text.len());
        // Far above what it takes, far below what anything quadratic would.
        assert!(start.elapsed().as_secs() < 10, "{name} took {:?}", start.elapsed());
    }
}
