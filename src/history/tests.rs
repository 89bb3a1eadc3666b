use std::path::PathBuf;

use lvm_core::edit::{NewLv, NewPv, NewVg, ResizeLv, VgDraft};
use lvm_core::metadata::VolumeGroup;
use lvm_core::text::import_bytes;
use lvm_core::{Bytes, Extents, Size, Stamp};

use super::*;

fn draft() -> VgDraft {
    let pvs = ["/dev/sda", "/dev/sdb"].map(|name| NewPv::of_size(name, Bytes::mib(101)));
    let new = NewVg::new("vg").extent_size(Bytes::mib(1));
    let mut draft = VgDraft::new_vg(new, pvs, Stamp::fixed(1, 0)).unwrap();
    draft.create_lv(NewLv::linear("a", Size::Extents(Extents(30)))).unwrap();
    draft
}

fn lines(old: &VolumeGroup, new: &VolumeGroup) -> Vec<String> {
    Difference::between(old, new).steps.iter().map(ToString::to_string).collect()
}

/// A text that lvm2 wrote.
fn golden_text(name: &str) -> String {
    let dir = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/golden/text");
    std::fs::read_to_string(dir.join(name)).unwrap()
}

fn golden(name: &str) -> VolumeGroup {
    import_bytes(golden_text(name).as_bytes()).unwrap().vg
}

/// The same text with other words in it.
fn changed(name: &str, from: &str, to: &str) -> VolumeGroup {
    let text = golden_text(name);
    assert!(text.contains(from), "{from} is not in {name}");
    import_bytes(text.replacen(from, to, 1).as_bytes()).unwrap().vg
}

#[test]
fn every_edit_is_told() {
    let mut draft = draft();
    let old = draft.volume_group().clone();
    draft.rename_lv("a", "b").unwrap();
    draft.resize_lv(&ResizeLv::extend_by("b", Size::Extents(Extents(5)))).unwrap();
    draft.create_lv(NewLv::striped("s", Size::Extents(Extents(10)), 2)).unwrap();
    draft.add_pv(NewPv::of_size("/dev/sdc", Bytes::mib(11))).unwrap();
    let new = draft.volume_group().clone();
    assert_eq!(
        lines(&old, &new),
        [
            "add physical volume /dev/sdc with 10 extents",
            "rename volume a to b",
            "extend volume b from 30.00 MiB to 35.00 MiB on /dev/sda:30-34",
            "create striped volume s of 10.00 MiB on /dev/sda:35-39, /dev/sdb:0-4",
        ]
    );
    assert_eq!(
        lines(&new, &old),
        [
            "remove physical volume /dev/sdc from the group",
            "remove volume s of 10.00 MiB",
            "rename volume b to a",
            "reduce volume a from 35.00 MiB to 30.00 MiB, giving back extents on /dev/sda:30-34",
        ]
    );
    assert_eq!(
        Difference::between(&old, &new).summary(),
        "/dev/sdc added, a renamed to b, b extended from 30.00 MiB to 35.00 MiB, s created (10.00 MiB)"
    );
    draft.create_lv(NewLv::linear("t", Size::Extents(Extents(1)))).unwrap();
    let summary = Difference::between(&old, draft.volume_group()).summary();
    assert!(summary.ends_with("to 35.00 MiB, 2 more changes"), "{summary}");
    assert!(Difference::between(&new, &new).is_empty());
    assert_eq!(Difference::between(&new, &new).summary(), "no change");
}

#[test]
fn what_moved_and_what_is_mapped_in_another_way() {
    let linear = golden("linear.vg");
    let name = linear.logical_volumes().next().unwrap().name().to_owned();
    let moved = changed("linear.vg", "\"pv0\", 0", "\"pv0\", 7");
    let count = linear.require_lv(&name).unwrap().extent_count().0;
    let line = format!(
        "move extents of volume {name} from /dev/loop0:0-{} to /dev/loop0:7-{}",
        count - 1,
        count + 6
    );
    assert_eq!(lines(&linear, &moved), [line]);

    let (before, after) = (golden("pvmove_start.vg"), golden("pvmove.vg"));
    assert_eq!(lines(&before, &after), ["change extents_moved of gold/pvmove0 from \"0\" to \"16\""]);

    let striped = changed("striped.vg", "type = \"striped\"", "type = \"error\"");
    let steps = lines(&golden("striped.vg"), &striped);
    assert_eq!(steps, ["convert volume lv from striped with 2 stripes to error"]);
}

#[test]
fn settings_of_segments_and_volumes_are_told_by_their_keys() {
    let table = [
        ("thin_pool.vg", "transaction_id = 0", "transaction_id = 4", "transaction_id"),
        ("raid1.vg", "region_size = 4096", "region_size = 1024", "region_size"),
        ("cache.vg", "cache_mode = \"writethrough\"", "cache_mode = \"writeback\"", "cache_mode"),
        ("linear.vg", "max_lv = 0", "max_lv = 9", "max_lv"),
        (
            "linear.vg",
            "creation_host = \"golden\"\n\t\t\t",
            "creation_host = \"other\"\n\t\t\t",
            "creation_host",
        ),
        ("striped.vg", "stripe_size = 128", "stripe_size = 64", "stripe_size"),
        ("linear.vg", "pe_start = 2048", "pe_start = 4096", "pe_start"),
    ];
    for (name, from, to, key) in table {
        let text = golden_text(name);
        if !text.contains(from) {
            let found = text.lines().filter(|line| line.contains(key)).collect::<Vec<_>>();
            panic!("{name} has {found:?}, not {from:?}");
        }
        let difference = Difference::between(&golden(name), &changed(name, from, to));
        let [step] = difference.steps.as_slice() else { panic!("{name}: {difference}") };
        assert!(step.to_string().contains(key), "{step}");
    }
}

#[test]
fn a_setting_of_many_segments_is_told_once() {
    let segments = |sizes: [u32; 2]| {
        let segments = (0..40_u32).map(|at| {
            let (number, start, size, on) = (at + 1, at * 2, sizes[at as usize % 2], (39 - at) * 3);
            format!(
                "segment{number} {{\nstart_extent = {start}\nextent_count = 2\ntype = \"striped\"\n\
                 stripe_count = 2\nstripe_size = {size}\nstripes = [\"pv0\", {on}, \"pv1\", {on}]\n}}\n"
            )
        });
        let text = golden_text("striped.vg");
        let (start, end) = (text.find("segment1 {").unwrap(), text.rfind("]\n\t\t\t}\n").unwrap() + 7);
        let text = format!("{}{}{}", &text[..start], segments.collect::<String>(), &text[end..]);
        import_bytes(text.replace("segment_count = 1", "segment_count = 40").as_bytes()).unwrap().vg
    };
    assert_eq!(
        lines(&segments([128, 64]), &segments([32, 16])),
        [
            "change stripe_size of gold/lv from \"128\" to \"32\"",
            "change stripe_size of gold/lv from \"64\" to \"16\"",
        ]
    );
}

#[test]
fn a_path_is_only_a_hint() {
    let moved = changed("linear.vg", "/dev/loop0", "/dev/sdz");
    assert!(Difference::between(&golden("linear.vg"), &moved).is_empty());
}

#[test]
fn no_two_texts_of_lvm2_are_equal_that_differ_in_more_than_a_hint() {
    let dir = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/golden/text");
    let mut names = std::fs::read_dir(dir)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .filter(|name| name.ends_with(".vg"))
        .collect::<Vec<_>>();
    names.sort();
    for pair in names.windows(2) {
        let (one, other) = (golden(&pair[0]), golden(&pair[1]));
        // The same state twice, at two steps of a move.
        let is_same = golden_text(&pair[0]) == golden_text(&pair[1]);
        assert_eq!(Difference::between(&one, &other).is_empty(), is_same, "{pair:?}");
        assert!(Difference::between(&one, &one).is_empty(), "{pair:?}");
    }
}
