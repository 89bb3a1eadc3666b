//! Groups with volumes of every type, restored by lvm2 from texts.

use std::fs;
use std::path::{Path, PathBuf};

use crate::both::Both;
use crate::ready;

const FORMS: [&str; 24] = [
    "pvdisplay",
    "pvdisplay -m",
    "pvdisplay -c",
    "pvdisplay -s",
    "vgdisplay",
    "vgdisplay -v",
    "vgdisplay -s",
    "vgdisplay -c",
    "vgdisplay -A",
    "lvdisplay",
    "lvdisplay -m",
    "lvdisplay -c",
    "lvdisplay -a -m",
    "lvdisplay -a -c -H",
    "lvdisplay -v -H",
    "lvdisplay -a -m --units b",
    "lvdisplay -a --units s --nosuffix",
    "pvscan",
    "pvscan -u",
    "lvscan",
    "lvscan -a",
    "vgscan",
    "lvmdiskscan",
    "lvmdiskscan -l",
];

const PARTIAL_FORMS: [&str; 9] = [
    "pvdisplay -m",
    "pvdisplay -c",
    "pvdisplay -s",
    "vgdisplay -v",
    "vgdisplay -c",
    "lvdisplay -a -m",
    "pvscan -u",
    "lvscan -a",
    "lvmdiskscan",
];

/// Values of a key that is a string, in order.
fn strings(text: &str, key: &str) -> Vec<String> {
    let lines = text.lines().filter_map(|line| line.trim().strip_prefix(key)?.strip_prefix(" = "));
    let word = |value: &str| value.split_whitespace().next().unwrap_or_default().trim_matches('"').to_owned();
    lines.map(word).collect()
}

/// Restores a text onto fresh devices.
fn restore(text: &str) -> Both {
    let pvs = text.split("logical_volumes {").next().unwrap_or_default();
    let pvs = pvs.split("physical_volumes {").nth(1).unwrap_or_default();
    let sizes = strings(pvs, "dev_size").into_iter().map(|size| size.parse::<u64>().unwrap() / 2048 + 1);
    let both = Both::new(&sizes.collect::<Vec<_>>()).unwrap();
    let file = both.file(text);
    for (at, id) in strings(pvs, "id").iter().enumerate() {
        both.run(&format!("pvcreate -q --uuid {id} --restorefile {file} @{at}"));
    }
    let group = text.lines().find_map(|line| line.strip_suffix(" {")).unwrap();
    both.run(&format!("vgcfgrestore -y --force -f {file} {group}"));
    both
}

pub(crate) fn compare_text(text: &str, name: &str) {
    let mut both = restore(text);
    FORMS.iter().for_each(|form| both.compare(form));
    // The same with a physical volume missing.
    if both.loops.len() > 1 {
        both.hide(&[1]);
        PARTIAL_FORMS.iter().for_each(|form| both.compare(form));
    }
    both.finish(name);
}

fn texts() -> Vec<PathBuf> {
    let dir = Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/golden/text");
    let paths = fs::read_dir(dir).unwrap().map(|entry| entry.unwrap().path());
    let mut paths = paths.filter(|path| path.extension().is_some_and(|ext| ext == "vg")).collect::<Vec<_>>();
    paths.sort();
    paths
}

#[test]
fn golden_texts() {
    if !ready() {
        return;
    }
    let mut failed = Vec::new();
    for path in texts() {
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

#[test]
fn removed_volumes() {
    if !ready() {
        return;
    }
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/golden/text/historical.vg");
    let mut both = restore(&fs::read_to_string(path).unwrap());
    for line in [
        "lvdisplay -H gold",
        "lvdisplay -H gold/-t1",
        "lvdisplay -H -c gold/-t1s gold/t1ss",
        "lvdisplay -H gold/t1",
        "lvdisplay gold/-t1",
        "lvdisplay -c gold/pool_tmeta",
        "lvdisplay -a -c gold/pool_tmeta",
        "lvdisplay -c gold/lvol0_pmspare gold/pool",
    ] {
        both.compare(line);
    }
    both.finish("removed volumes");
}
