//! The physical volumes below logical volumes of texts that lvm2 2.03.16 wrote.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use lvm_core::text::import;

/// The positions of the physical volumes below a volume.
fn below(text: &str, lv: &str) -> Vec<usize> {
    let vg = import(text).unwrap().vg;
    let place = |pv| vg.physical_volumes().iter().position(|known| known.id() == pv);
    vg.pvs_below(vg.logical_volume(lv).unwrap()).into_iter().map(|pv| place(pv).unwrap()).collect()
}

#[test]
fn below_volumes_of_every_kind() {
    let golden = [
        (include_str!("../../tests/golden/text/multi_segment.vg"), "a", vec![0, 1]),
        (include_str!("../../tests/golden/text/mirror_disk_log.vg"), "lv", vec![0, 1, 2]),
        (include_str!("../../tests/golden/text/raid10.vg"), "lv", vec![0, 1, 2, 3]),
        (include_str!("../../tests/golden/text/raid10.vg"), "lv_rimage_2", vec![2]),
        // Images with the origin and the checksums below them.
        (include_str!("../../tests/golden/text/integrity.vg"), "lv", vec![0, 1]),
        // The cache is named before the origin.
        (include_str!("../../tests/golden/text/writecache.vg"), "lv", vec![1, 0]),
        (include_str!("../../tests/golden/text/thin.vg"), "t1", vec![0]),
        (include_str!("../../tests/golden/text/error.vg"), "lv", vec![]),
    ];
    for (text, lv, pvs) in golden {
        assert_eq!(below(text, lv), pvs, "{lv}: {text}");
    }
}

#[test]
fn a_circle_ends() {
    let text = include_str!("../../tests/golden/text/cache.vg");
    assert!(text.contains("origin = \"lv_corig\""));
    let mut pvs = below(text, "lv");
    pvs.sort_unstable();
    assert_eq!(pvs, [0, 1]);
    assert_eq!(below(&text.replace("origin = \"lv_corig\"", "origin = \"lv\""), "lv"), [1]);
}
