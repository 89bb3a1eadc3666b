use lvm_core::edit::{NewLv, NewPv, NewVg, VgDraft};
use lvm_core::text::import_bytes;
use lvm_core::{Bytes, LvId, Size};
use lvm_dm::kernel::DeviceNumber;

use super::*;
use crate::activate::ActiveLv;
use crate::report::Format;
use crate::system::StampOptions;

fn device(lv: LvId) -> ActiveLv {
    ActiveLv {
        lv,
        name: "vg-a".to_owned(),
        number: DeviceNumber::new(254, 7),
        open_count: 2,
        suspended: false,
        inactive_table: false,
        live_table: true,
        read_only: false,
        pool: None,
        devices: Vec::new(),
    }
}

fn group() -> (VgDraft, LvId) {
    let stamp = StampOptions::new("test").time(1).build().unwrap();
    let pvs = [NewPv::of_size("/dev/nosuch", Bytes::mib(64))];
    let mut vg = VgDraft::new_vg(NewVg::new("vg"), pvs, stamp).unwrap();
    let id = vg.create_lv(NewLv::linear("a", Size::mib(4))).unwrap();
    vg.create_lv(NewLv::linear("b", Size::mib(4))).unwrap();
    (vg, id)
}

fn text(display: &Display, input: &ReportInput<'_>) -> String {
    display.run(input).unwrap().to_text(&Format::default())
}

#[test]
fn lines_about_devices() {
    let (vg, id) = group();
    let shown = |kind, form, devices: Option<Vec<ActiveLv>>| {
        let input = ReportInput::new().volume_group(&vg).with_live(move |_, _| devices.clone());
        text(&Display::new(kind).form(form), &input)
    };
    let (lvs, vgs) = (DisplayKind::LogicalVolumes, DisplayKind::VolumeGroups);
    let full = shown(lvs, DisplayForm::Full, Some(vec![device(id)]));
    assert!(full.contains("  LV Status              available\n  # open                 2\n"), "{full}");
    assert!(full.contains("  Block device           254:7\n"), "{full}");
    assert_eq!(full.matches("NOT available").count(), 1, "{full}");
    let held = ActiveLv { suspended: true, read_only: true, ..device(id) };
    let full = shown(lvs, DisplayForm::Full, Some(vec![held.clone()]));
    assert!(full.contains("read/write (activated read only)\n"), "{full}");
    assert!(full.contains("  LV Status              suspended\n"), "{full}");
    let colons = shown(lvs, DisplayForm::Colons, Some(vec![held]));
    assert!(colons.starts_with("  /dev/vg/a:vg:7:1:-1:2:8192:1:-1:0:-1:254:7\n"), "{colons}");
    // Where nobody knows there are no such lines.
    let full = shown(lvs, DisplayForm::Full, None);
    assert!(!full.contains("Status") && !full.contains("Block device"), "{full}");
    let colons = shown(vgs, DisplayForm::Colons, Some(vec![device(id)]));
    assert!(colons.starts_with("  vg:r/w:772:-1:0:2:1:-1:"), "{colons}");

    let active = |devices: Vec<ActiveLv>| {
        let input = ReportInput::new().volume_group(&vg).with_live(move |_, _| Some(devices.clone()));
        text(&Display::new(vgs).form(DisplayForm::Short).only_active(), &input)
    };
    assert_eq!(active(Vec::new()), "");
    assert_eq!(active(vec![device(id)]), "  \"vg\" 60.00 MiB [8.00 MiB  used / 52.00 MiB free]\n");
}

#[test]
fn lines_are_typed() {
    let (vg, _) = group();
    let input = ReportInput::new().volume_group(&vg).only_lvs(|_, lv| lv.name() == "b");
    let lines = Display::new(DisplayKind::LogicalVolumes).run(&input).unwrap();
    assert_eq!(lines.as_slice().first(), Some(&Line::Title("Logical volume")));
    assert_eq!(lines.as_slice().last(), Some(&Line::End));
    let size = Line::Item {
        style: Style::Volume,
        label: "LV Size".into(),
        parts: vec![Part::Value(Value::Size(Bytes::mib(4)))],
    };
    assert!(lines.as_slice().contains(&size));
}

#[test]
fn old_names_of_units() {
    let (vg, _) = group();
    let input = ReportInput::new().volume_group(&vg);
    let display = Display::new(DisplayKind::PhysicalVolumes).si_unit_consistency(false);
    let shown = text(&display, &input);
    assert!(shown.contains("  PE Size (KByte)       4096\n"), "{shown}");
    assert!(shown.contains("  PV Size               64.00 MB / not usable 4.00 MB\n"), "{shown}");
}

#[test]
fn removed_volumes_and_pools() {
    let golden = include_str!("../../../tests/golden/text/historical.vg");
    let imported = import_bytes(golden.as_bytes()).unwrap();
    let names = listed(&imported.vg).into_iter().map(|(_, lv)| lv.name()).collect::<Vec<_>>();
    assert_eq!(names, ["pool", "t1ss", "t1sss", "lvol0_pmspare", "pool_tmeta", "pool_tdata"]);
    let golden = include_str!("../../../tests/golden/text/thin_pool.vg");
    let pools = import_bytes(golden.as_bytes()).unwrap();
    let names = listed(&pools.vg).into_iter().map(|(_, lv)| lv.name()).collect::<Vec<_>>();
    assert_eq!(names.get(..3), Some(&["pool2", "pool", "lvol0_pmspare"][..]));

    let input = ReportInput::new().volume_group(&imported.vg);
    let display = Display::new(DisplayKind::LogicalVolumes).form(DisplayForm::Colons);
    assert!(!text(&display, &input).contains("/t1:"));
    let shown = text(&display.history(), &input);
    assert!(shown.ends_with("  /dev/gold/t1:gold:0:0:-1:0:0:0:-1:0:0:-1:-1\n"), "{shown}");
    let input = input.only_historical(|_, removed| removed.name == "t1s").only_lvs(|_, _| false);
    let shown = text(&Display::new(DisplayKind::LogicalVolumes).history().maps(), &input);
    assert!(
        shown.starts_with("  --- Historical Logical volume ---\n  LV Name                -t1s\n"),
        "{shown}"
    );
    assert_eq!(shown.lines().count(), 7, "{shown}");
}
