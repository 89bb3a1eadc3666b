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
    let straight = import_with(text, &mut PlainVolumes::default());
    let through_tree = import_with(text, &mut none());
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

const PLAIN: &str = "vg {\nid = \"9ziVQk-E8Px-xbU7-KwfQ-e5Pb-tAjF-pr3rCV\"\nseqno = 1\nstatus = [\"READ\"]\n\
    extent_size = 8192\nmax_lv = 0\nmax_pv = 0\nphysical_volumes {\npv0 {\n\
    id = \"izbXVl-wqsS-YMid-NNPH-uOaK-tFfD-IiA0b5\"\nstatus = [\"ALLOCATABLE\"]\npe_start = 2048\n\
    pe_count = 9\n}\n}\nlogical_volumes {\nLVS\n}\n}\ncontents = \"Text Format Volume Group\"\nversion = 1\n";

fn lv(name: &str, more: &str, segments: &str) -> String {
    format!(
        "{name} {{ id = \"Bu27UB-4xe3-GCSu-B6bd-zfiG-5vl1-L6mhK2\" status = [\"READ\", \"VISIBLE\"] {more} \
         {segments} }}\n"
    )
}

const SEGMENT: &str = "segment_count = 1 segment1 { start_extent = 0 extent_count = 1 type = \"striped\" \
                       stripe_count = 1 stripes = [\"pv0\", 3] }";

fn with(lvs: &str) -> String {
    PLAIN.replace("LVS", lvs)
}

#[test]
fn samples_of_lvm2() {
    let plain = samples().iter().map(|text| check(text)).collect::<Vec<_>>();
    // Both layouts of most samples have some.
    assert!(plain.iter().filter(|count| **count > 0).count() > 100, "{plain:?}");
}

#[test]
fn what_is_plain() {
    let plain = [
        lv("a", "", SEGMENT),
        lv(
            "a",
            "flags = [\"WRITE_LOCKED\"] tags = [\"one\" \"two\",] creation_time = 1 creation_host = h",
            SEGMENT,
        ),
        lv("a", "", &SEGMENT.replace("striped", "linear")),
        lv("a", "", &SEGMENT.replace("[\"pv0\", 3]", "[pv0 , 3]").replace("segment1", "segment7")),
        lv("a", "status_ = 1", SEGMENT).replace("status_ = 1", "# a = 1\n"),
        lv("a/", "", SEGMENT).replace("a/", "\"a\""),
    ];
    for lvs in &plain {
        assert_eq!(check(&with(lvs)), 1, "{lvs}");
    }
    let two = "segment_count = 2 segment2 { start_extent = 2 extent_count = 2 type = \"striped\" \
               stripe_count = 2 stripe_size = 8 stripes = [\"pv0\", 1, \"pv0\", 2] }";
    let two = lv("a", "", two).replace("} }", &format!("}} {} }}", &SEGMENT[17..]));
    assert_eq!(check(&with(&two)), 1, "{two}");
}

#[test]
fn what_is_not() {
    let others = [
        lv("a", "unknown = 1", SEGMENT),
        lv("a", "status = []", SEGMENT),
        lv("a", "\"flags\" = []", SEGMENT),
        lv("a", "flags = [\"OTHER\"]", SEGMENT),
        lv("a", "tags = [1]", SEGMENT),
        lv("a", "tags = [\"\\\"\"]", SEGMENT),
        lv("a", "creation_time = -1", SEGMENT),
        lv("a", "b { }", SEGMENT),
        lv("a", "b/c = 1", SEGMENT),
        lv("a", "segment_count { }", SEGMENT),
        lv("a", "", &SEGMENT.replace("\"pv0\"", "\"pv1\"")),
        lv("a", "", &SEGMENT.replace("\"pv0\"", "\"a\"")),
        lv("a", "", &SEGMENT.replace("stripe_count = 1", "stripe_count = 2")),
        lv("a", "", &SEGMENT.replace("striped", "striped+X")),
        lv("a", "", &SEGMENT.replace("extent_count = 1", "extent_count = 4294967296")),
        lv("a", "", &SEGMENT.replace("segment_count = 1", "segment_count = 2")),
        lv("a", "", "segment_count = 1 segment1 { start_extent = 0 extent_count = 1 type = \"zero\" }"),
        lv("a/b", "", SEGMENT),
    ];
    for lvs in &others {
        assert_eq!(check(&with(lvs)), 0, "{lvs}");
    }
    let text = with(&lv("a", "", SEGMENT));
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
    let other = |name: &str| lv(name, "unknown = 1", SEGMENT);
    let lvs = [
        lv("a", "", SEGMENT),
        lv("b", "", SEGMENT),
        other("c"),
        other("d"),
        lv("e", "", SEGMENT),
        other("f"),
    ];
    let text = with(&lvs.concat());
    assert_eq!(check(&text), 3);
    let imported = import_with(&text, &mut PlainVolumes::default()).unwrap();
    let names = imported.vg.logical_volumes().map(|lv| lv.name().to_owned()).collect::<Vec<_>>();
    assert_eq!(names, ["a", "b", "c", "d", "e", "f"]);
    // The first of two with one name is meant, plain or not.
    let user = "segment_count = 1 segment1 { start_extent = 0 extent_count = 1 type = \"striped\" \
                stripe_count = 1 stripes = [\"b\", 0] }";
    for lvs in [[lv("b", "", SEGMENT), other("b")], [other("b"), lv("b", "", SEGMENT)]] {
        assert_eq!(check(&with(&(lvs.concat() + &lv("a", "", user)))), 1);
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
