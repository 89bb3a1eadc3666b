//! What is read straight from the tokens is what is read through the tree.

use std::fs;
use std::path::Path;
use std::prelude::v1::*;

use super::PlainVolumes;
use crate::stamp::{IdSource, SeededIds};
use crate::text::import::import_with;
use crate::text::tree::Tree;

/// Reads nothing, so that all goes through the tree.
fn none<'a>() -> PlainVolumes<'a> {
    PlainVolumes { is_placed: true, ..PlainVolumes::default() }
}

/// How many volumes were plain.
fn check(text: &str) -> usize {
    let straight = import_with(text, PlainVolumes::default());
    let through_tree = import_with(text, none());
    match (straight, through_tree) {
        (Ok(straight), Ok(through_tree)) => assert_eq!(straight, through_tree, "{text}"),
        (straight, through_tree) => {
            assert_eq!(format!("{straight:?}"), format!("{through_tree:?}"), "{text}");
        }
    }
    let mut counted = PlainVolumes::default();
    let _ = Tree::parse_with(text, &mut counted);
    counted.list.len()
}

fn samples() -> Vec<String> {
    let dir = Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/golden/text");
    let mut paths = fs::read_dir(dir).unwrap().map(|entry| entry.unwrap().path()).collect::<Vec<_>>();
    paths.sort();
    paths.iter().map(|path| fs::read_to_string(path).unwrap()).collect()
}

const GROUP: &str = "vg {\nid = \"9ziVQk-E8Px-xbU7-KwfQ-e5Pb-tAjF-pr3rCV\"\nseqno = 1\nstatus = [\"READ\"]\n\
    extent_size = 8192\nmax_lv = 0\nmax_pv = 0\nphysical_volumes {\npv0 {\n\
    id = \"izbXVl-wqsS-YMid-NNPH-uOaK-tFfD-IiA0b5\"\nstatus = [\"ALLOCATABLE\"]\npe_start = 2048\n\
    pe_count = 9\n}\n}\nlogical_volumes {\n\nLVS}\n}\ncontents = \"Text Format Volume Group\"\nversion = 1\n";

const LV: &str = "a {\nid = \"Bu27UB-4xe3-GCSu-B6bd-zfiG-5vl1-L6mhK2\"\nstatus = [\"READ\", \"VISIBLE\"]\n\
    flags = []\ncreation_time = 1\ncreation_host = \"h\"\nsegment_count = 1\n\nSEGMENT}\n";

const SEGMENT: &str = "segment1 {\nstart_extent = 0\nextent_count = 1\n\ntype = \"striped\"\n\
    stripe_count = 1\n\nstripes = [\n\"pv0\", 3\n]\n}\n";

fn lv() -> String {
    LV.replace("SEGMENT", SEGMENT)
}

fn with(lvs: &str) -> String {
    GROUP.replace("LVS", lvs)
}

#[test]
fn samples_of_lvm2() {
    let plain = samples().iter().map(|text| check(text)).collect::<Vec<_>>();
    // Most have some, in the layout of the metadata area.
    assert!(plain.iter().filter(|count| **count > 0).count() > 40, "{plain:?}");
}

#[test]
fn what_is_plain() {
    let plain = [
        ("", ""),
        ("flags = []", "flags = [\"WRITE_LOCKED\", \"NOAUTOACTIVATE\"]\ntags = [\"one\", \"two\"]"),
        ("status = [\"READ\", \"VISIBLE\"]", "status = []"),
        ("creation_time = 1\ncreation_host = \"h\"\n", ""),
        ("striped", "linear"),
        ("segment1 {", "segment7 {"),
        ("SEGMENT", ""),
        ("a {", "\"a b\" {"),
        ("a {", "a/ {"),
        ("stripe_count = 1\n", "stripe_count = 2\nstripe_size = 8\n"),
    ];
    for (from, to) in plain {
        let lv = lv().replace(from, to);
        let lv = if to.contains("count = 2") { lv.replace("3\n]", "3,\n\"pv0\", 4\n]") } else { lv };
        assert_eq!(check(&with(&lv)), 1, "{lv}");
    }
    let two = SEGMENT.replace("start_extent = 0", "start_extent = 7").replace("segment1", "segment2");
    let lv = LV.replace("SEGMENT", &(two + SEGMENT)).replace("segment_count = 1", "segment_count = 2");
    assert_eq!(check(&with(&lv)), 1, "{lv}");
}

#[test]
fn what_lies_side_by_side_is_one_segment() {
    let count = |second: &str| {
        let segments = format!("{SEGMENT}{second}");
        let lv = LV.replace("SEGMENT", &segments).replace("segment_count = 1", "segment_count = 2");
        check(&with(&lv));
        let text = import_with(&with(&lv), PlainVolumes::default()).unwrap();
        text.vg.logical_volumes().next().unwrap().segments().len()
    };
    let next = SEGMENT.replace("start_extent = 0", "start_extent = 1").replace("segment1", "segment2");
    assert_eq!(count(&next.replace("\"pv0\", 3", "\"pv0\", 4")), 1);
    assert_eq!(count(&next.replace("\"pv0\", 3", "\"pv0\", 5")), 2);
    let nowhere = |segment: &str| segment.replace("striped", "zero").replace("stripe_count = 1", "");
    assert_eq!(count(&nowhere(&next)), 2);
}

#[test]
fn what_is_not() {
    let others = [
        ("flags = []", "flags = []\nunknown = 1"),
        ("flags = []", "flags = []\nflags = []"),
        ("flags = []", "flags = [\"OTHER\"]"),
        ("flags = []", "flags = []\ntags = [1]"),
        ("flags = []", "flags = []\ntags = [\"\\\"\"]"),
        ("creation_time = 1", "creation_time = -1"),
        ("creation_time = 1", "creation_time = 01"),
        ("creation_time = 1", "creation_time = 1.5"),
        ("creation_time = 1", "creation_time = 1234567890123456789012"),
        ("segment_count = 1", "segment_count = 2"),
        ("segment_count = 1", "segment_count = 0"),
        ("segment1 {", "other {"),
        ("segment1 {", "segment_count {"),
        ("\"pv0\"", "\"pv1\""),
        ("\"pv0\"", "\"a\""),
        ("stripe_count = 1\n", "stripe_count = 2\n"),
        ("stripe_count = 1\n", "stripe_count = 2\nstripe_size = 8\n"),
        ("stripe_count = 1\n", "stripe_count = 1\nother = 1\n"),
        ("striped", "striped+X"),
        ("striped", "zero"),
        ("extent_count = 1", "extent_count = 4294967296"),
        ("a {", "a/b {"),
        ("K2\"", "K\""),
    ];
    for (from, to) in others {
        let lv = lv().replace(from, to);
        assert_eq!(check(&with(&lv)), 0, "{lv}");
    }
    let text = with(&lv());
    assert_eq!(check(&text), 1);
    let moved = [
        text.replace("logical_volumes {", "logical_volumes { } logical_volumes {"),
        text.replace("logical_volumes {", "logical_volumes = 1 logical_volumes {"),
        text.replace("vg {", "other { } vg {"),
        text.replace("vg {", "vg/x {"),
        text.replace("physical_volumes {", "later {").replace("contents", "physical_volumes { } contents"),
    ];
    for text in &moved {
        assert_eq!(check(text), 0, "{text}");
    }
}

#[test]
fn order_of_volumes_stays() {
    let plain = |name: &str| lv().replacen("a {", &format!("{name} {{"), 1);
    let other = |name: &str| plain(name).replace("flags = []", "flags = []\nunknown = 1");
    let lvs = [plain("a"), plain("b"), other("c"), other("d"), plain("e"), other("f")];
    let text = with(&lvs.concat());
    assert_eq!(check(&text), 3);
    let imported = import_with(&text, PlainVolumes::default()).unwrap();
    let names = imported.vg.logical_volumes().map(|lv| lv.name().to_owned()).collect::<Vec<_>>();
    assert_eq!(names, ["a", "b", "c", "d", "e", "f"]);
    // The first of two with one name is meant, plain or not.
    let user = plain("user").replace("\"pv0\", 3", "\"b\", 0");
    for lvs in [[plain("b"), other("b")], [other("b"), plain("b")]] {
        assert_eq!(check(&with(&(lvs.concat() + &user))), 1);
    }
}

/// Damages a text: bytes go, come, or move, lines come twice.
fn damage(text: &str, random: &mut impl FnMut(usize) -> usize) -> String {
    const WORDS: [&str; 12] =
        ["{", "}", "\"", "=", "[", "]", ",", "#", " 1 ", "segment1 {", "status = [\"X\"]", "pv0"];
    let mut lines = text.lines().map(str::to_owned).collect::<Vec<_>>();
    for _ in 0..=random(3) {
        let at = random(lines.len());
        let line = lines[at].clone();
        match random(5) {
            0 => drop(lines.remove(at)),
            1 => lines.insert(random(lines.len()), line),
            2 => {
                let other = random(lines.len());
                lines.swap(at, other);
            }
            3 => {
                let digit = line.find(|c: char| c.is_ascii_digit());
                lines[at] =
                    digit.map_or(line.clone(), |digit| line[..digit].to_owned() + "9" + &line[digit..]);
            }
            _ => {
                let place = (0..=line.len()).rev().find(|at| line.is_char_boundary(*at)).unwrap_or(0);
                lines[at].insert_str(random(place + 1).min(place), WORDS[random(WORDS.len())]);
            }
        }
        if lines.is_empty() {
            break;
        }
    }
    lines.join("\n")
}

#[test]
fn damaged_samples() {
    let samples = samples();
    let mut ids = SeededIds::new(42);
    let mut random = |below: usize| {
        let mut bytes = [0; 32];
        ids.fill(&mut bytes);
        bytes.iter().take(7).fold(0, |number, byte| number * 256 + usize::from(*byte)) % below.max(1)
    };
    let mut plain = 0;
    for round in 0..20 {
        for text in samples.iter().filter(|text| text.is_ascii() && (text.len() < 8_000 || round == 0)) {
            plain += check(&damage(text, &mut random));
        }
    }
    assert!(plain > 1_000, "{plain}");
}
