//! Metadata texts of all segment types, restored by lvm2.

use std::fs;
use std::path::{Path, PathBuf};

use crate::lvm2::Lvm2;
use crate::ready;

const FORMS: [&str; 14] = [
    "lvs",
    "lvs -a",
    "lvs -a --segments",
    "vgs",
    "pvs",
    "pvs --segments",
    "lvs -a -o lv_all --reportformat json",
    "lvs -a -o lv_name,seg_all --reportformat json",
    "lvs -o lv_name,seg_all --reportformat json",
    "lvs -a -o lv_name,seg_all --units b --nosuffix --binary --reportformat json",
    "pvs -o pvseg_all,pv_name,lv_name,lv_all,seg_all --reportformat json",
    "pvs -o pv_all --reportformat json",
    "vgs -o vg_all --reportformat json",
    "lvs -a -o lv_name,devices,origin,pool_lv -O -pool_lv,-lv_name",
];

const PARTIAL_FORMS: [&str; 6] = [
    "lvs -a",
    "lvs -a -o lv_all --reportformat json",
    "lvs -a -o lv_name,seg_all --reportformat json",
    "pvs -o pvseg_all,pv_all,lv_name,seg_all --reportformat json",
    "pvs --segments -v",
    "vgs -o vg_all --reportformat json",
];

/// Values of a key that is a string, in order.
fn strings(text: &str, key: &str) -> Vec<String> {
    let lines = text.lines().filter_map(|line| line.trim().strip_prefix(key)?.strip_prefix(" = "));
    lines
        .map(|value| value.split_whitespace().next().unwrap_or_default().trim_matches('"').to_owned())
        .collect()
}

/// Restores a backup file onto fresh devices; false when lvm2 would not have it.
pub(crate) fn restore(text: &str, file_name: &str) -> Lvm2 {
    let pvs = text.split("logical_volumes {").next().unwrap_or_default();
    let pvs = pvs.split("physical_volumes {").nth(1).unwrap_or_default();
    let ids = strings(pvs, "id");
    let sizes = strings(pvs, "dev_size").into_iter().map(|size| size.parse::<u64>().unwrap() / 2048 + 1);
    let lvm2 = Lvm2::new(&sizes.collect::<Vec<_>>());
    let file = lvm2.path(file_name);
    fs::write(&file, text).unwrap();
    let file = file.display();
    for (at, id) in ids.iter().enumerate() {
        lvm2.run(&format!("pvcreate -q --uuid {id} --restorefile {file} @{at}"));
    }
    let group = text.lines().find_map(|line| line.strip_suffix(" {")).unwrap();
    lvm2.run(&format!("vgcfgrestore -y --force -f {file} {group}"));
    lvm2
}

pub(crate) fn compare_text(text: &str, name: &str) {
    let mut lvm2 = restore(text, &format!("{name}.vg"));
    let scan = lvm2.scan();
    for form in FORMS {
        lvm2.compare(&scan, form);
    }
    // The same with a physical volume missing.
    if lvm2.devices.len() > 1 {
        lvm2.hide(&[1]);
        let scan = lvm2.scan();
        for form in PARTIAL_FORMS {
            lvm2.compare(&scan, form);
        }
    }
    lvm2.finish(name);
}

pub(crate) fn texts() -> Vec<PathBuf> {
    let dir = match std::env::var("LVMKIT_GOLDEN") {
        Ok(dir) => PathBuf::from(dir),
        Err(_) => Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden/text"),
    };
    let Ok(entries) = fs::read_dir(dir) else { return Vec::new() };
    let paths = entries.filter_map(|entry| Some(entry.ok()?.path()));
    let mut paths = paths.filter(|path| path.extension().is_some_and(|ext| ext == "vg")).collect::<Vec<_>>();
    paths.sort();
    paths
}

#[test]
fn golden_texts() {
    if !ready() {
        return;
    }
    let texts = texts();
    if texts.is_empty() {
        println!("skipped: no golden texts");
        assert!(std::env::var("CI").as_deref() != Ok("true"), "must run under CI: no golden texts");
    }
    let mut failed = Vec::new();
    for path in texts {
        let name = path.file_stem().unwrap().to_str().unwrap();
        // vgcfgrestore refuses missing physical volumes, and lvm2 does not show groups that
        // belong to another host or need a lock manager.
        if ["missing_pv", "system_id", "lock_type", "lock_type_sanlock"].contains(&name) {
            continue;
        }
        let text = fs::read_to_string(&path).unwrap();
        if let Err(error) = std::panic::catch_unwind(|| compare_text(&text, name)) {
            failed.push(error.downcast_ref::<String>().cloned().unwrap_or_else(|| name.to_owned()));
        }
    }
    assert!(failed.is_empty(), "{}", failed.join("\n"));
}
