use std::cell::Cell;

use lvm_core::edit::{NewLv, NewPv, NewVg, VgDraft};
use lvm_core::{LvId, Size};
use lvm_dm::kernel::DeviceNumber;

use super::*;
use crate::activate::ActiveLv;
use crate::system::StampOptions;

fn device(lv: LvId) -> ActiveLv {
    ActiveLv {
        lv,
        name: "vg-a".to_owned(),
        number: DeviceNumber::new(254, 7),
        open_count: 0,
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
    let pvs = [NewPv::of_size("/dev/nosuch", lvm_core::Bytes::mib(64))];
    let mut vg = VgDraft::new_vg(NewVg::new("vg"), pvs, stamp).unwrap();
    let id = vg.create_lv(NewLv::linear("a", Size::mib(4))).unwrap();
    (vg, id)
}

fn report(columns: &str, input: &ReportInput<'_>) -> String {
    let report = Report::new(ReportKind::LogicalVolumes).columns(columns).unwrap().sort("").unwrap();
    let layout = Layout::new().without_headings().with_separator(":");
    report.run(input).unwrap().to_text(&Format::default(), &layout).trim().to_owned()
}

#[test]
fn what_the_kernel_says() {
    let (vg, id) = group();
    let columns = "lv_attr,lv_active,lv_active_locally,lv_active_remotely,lv_permissions,lv_suspended,lv_live_table,\
                   lv_inactive_table,lv_device_open,lv_kernel_major,lv_kernel_minor";
    let shown = |device: Option<ActiveLv>| {
        let input = ReportInput::new()
            .volume_group(&vg)
            .with_live(move |_, _| Some(device.clone().into_iter().collect()));
        report(columns, &input)
    };
    assert_eq!(shown(None), "-wi-------::::unknown:unknown:unknown:unknown:unknown:-1:-1");
    assert_eq!(
        shown(Some(device(id))),
        "-wi-a-----:active:active locally::writeable::live table present:::254:7"
    );
    let stuck = ActiveLv { suspended: true, inactive_table: true, open_count: 2, ..device(id) };
    assert_eq!(
        shown(Some(stuck)),
        "-wi-so----:active:active locally::writeable:suspended:live table present:inactive table present:open:254:7"
    );
    let bare = ActiveLv { live_table: false, read_only: true, ..device(id) };
    assert!(shown(Some(bare.clone())).starts_with("-Ri-d-----:active:active locally::read-only-override:"));
    assert!(shown(Some(ActiveLv { inactive_table: true, ..bare })).starts_with("-Ri-i-----:"));
    // Nobody who could be asked, and nobody who knows.
    let nothing = "-wi-XX----:unknown:unknown:unknown:unknown:unknown:unknown:unknown:unknown:-1:-1";
    assert_eq!(report(columns, &ReportInput::new().volume_group(&vg)), nothing);
    let input = ReportInput::new().volume_group(&vg).with_live(|_, _| None);
    assert_eq!(report(columns, &input), nothing);
}

#[test]
fn the_kernel_is_asked_once_and_only_when_it_must_be() {
    let (vg, _) = group();
    let asked = Cell::new(0);
    let input = ReportInput::new().volume_group(&vg).with_live(|_, _| {
        asked.set(asked.get() + 1);
        Some(Vec::new())
    });
    report("lv_name,lv_size,vg_name", &input);
    assert_eq!(asked.get(), 0);
    report("lv_name,lv_attr,lv_active,lv_suspended", &input);
    assert_eq!(asked.get(), 1);
}

/// Volumes that use themselves come of no program; looking at them ends, though.
#[test]
fn volumes_that_use_themselves() {
    let cache = include_str!("../../tests/golden/text/cache.vg");
    let integrity = include_str!("../../tests/golden/text/integrity.vg");
    let pool = quoted_behind(cache, "cache_pool = ");
    let owner = quoted_behind(cache, "origin = ").trim_end_matches("_corig").to_owned();
    let image = integrity.split("raids = [").nth(1).unwrap().split('"').nth(3).unwrap().to_owned();
    let raid = image.split("_rimage").next().unwrap().to_owned();
    for (text, old, new) in [(cache, pool, owner), (integrity, image, raid)] {
        let text = text.replace(&format!("\"{old}\""), &format!("\"{new}\""));
        let vg = lvm_core::text::import(&text).unwrap().vg;
        let devices = vg.logical_volumes().map(|lv| device(lv.id())).collect::<Vec<_>>();
        let input = ReportInput::new()
            .volume_group(&vg)
            .with_live(move |_, _| Some(devices.clone()))
            .with_status(|_| Vec::new());
        let lines =
            report("lv_name,lv_attr,data_percent,copy_percent,lv_health_status,integritymismatches", &input);
        assert!(lines.contains(&new), "{lines}");
    }
}

/// The first word in quotes behind `key`.
fn quoted_behind(text: &str, key: &str) -> String {
    text.split(key).nth(1).unwrap().split('"').nth(1).unwrap().to_owned()
}
