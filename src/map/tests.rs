//! The map as a value and as text; what the SVG looks like is in `picture`.

use std::path::PathBuf;

use lvm_core::edit::{NewLv, NewLvKind, NewPv, NewVg, ResizeLv, VgDraft};
use lvm_core::{Size, Stamp};

use super::*;
use crate::commit::backup::read_backup;

mod picture;

/// A group of physical volumes with so many extents of 1 MiB.
fn draft(name: &str, pvs: &[(&str, u64)]) -> VgDraft {
    let pvs = pvs.iter().map(|(name, extents)| NewPv::of_size(*name, Bytes::mib(extents + 1)));
    VgDraft::new_vg(NewVg::new(name).extent_size(Bytes::mib(1)), pvs, Stamp::fixed(1, 0)).unwrap()
}

fn linear(draft: &mut VgDraft, name: &str, extents: u32) {
    draft.create_lv(NewLv::linear(name, Size::Extents(Extents(extents)))).unwrap();
}

fn extend(draft: &mut VgDraft, name: &str, extents: u32) {
    draft.resize_lv(&ResizeLv::extend_by(name, Size::Extents(Extents(extents)))).unwrap();
}

/// Two physical volumes, three volumes: one in two pieces, one striped.
fn small() -> ExtentMap {
    let mut draft = draft("vg", &[("/dev/sda", 255), ("/dev/sdb", 255)]);
    linear(&mut draft, "root", 100);
    draft.create_lv(NewLv::striped("data", Size::Extents(Extents(120)), 2)).unwrap();
    linear(&mut draft, "swap", 30);
    extend(&mut draft, "root", 40);
    draft.remove_lv("swap").unwrap();
    linear(&mut draft, "home", 50);
    ExtentMap::new(&draft).unwrap()
}

/// Ten physical volumes and fifty volumes, some striped and some in pieces.
fn large() -> ExtentMap {
    let sizes = (0..10).map(|at| 200 + at * 37 % 130).collect::<Vec<u64>>();
    let names = (0..10).map(|at| format!("/dev/disk{at}")).collect::<Vec<_>>();
    let pvs = names.iter().map(String::as_str).zip(sizes).collect::<Vec<_>>();
    let mut draft = draft("storage", &pvs);
    for at in 0..50_u32 {
        let stripes = match at % 7 {
            3 => 2,
            5 => 3,
            _ => 1,
        };
        let kind = if stripes == 1 { NewLvKind::Linear } else { NewLvKind::Striped { stripes } };
        let name = format!("volume{}_{at}", ["", "_of_some_length", "_x"][at as usize % 3]);
        let size = Size::Extents(Extents(12 + at * 29 % 33));
        draft.create_lv(NewLv::new(kind, size).name(name)).unwrap();
        if at % 11 == 10 {
            extend(
                &mut draft,
                &format!("volume{}_{}", ["", "_of_some_length", "_x"][at as usize % 3], at),
                6,
            );
        }
    }
    ExtentMap::new(&draft).unwrap()
}

/// One physical volume with two hundred pieces.
fn pieces() -> ExtentMap {
    let mut draft = draft("tiny", &[("/dev/sda", 700)]);
    let names = ["alpha", "beta", "gamma", "delta", "epsilon"];
    names.iter().for_each(|name| linear(&mut draft, name, 3));
    for turn in 0..39_u32 {
        for (at, name) in (0..).zip(names) {
            extend(&mut draft, name, 1 + (turn * 7 + at) % 4);
        }
    }
    ExtentMap::new(&draft).unwrap()
}

/// Names of the greatest length, and of letters that XML knows.
fn names() -> ExtentMap {
    let long = format!("/dev/disk/by-id/{}-0001", "very-long-".repeat(12));
    let other = format!("/srv/<images>/\"a & b's\"/{}-0002", "ünïcode 磁盘 ".repeat(9));
    let mut draft = draft(&"g".repeat(60), &[(&long, 300), (&other, 200), ("a\u{1}\nb", 3)]);
    for (name, extents) in [("W", 90), ("M", 40), ("i", 20), ("x", 1)] {
        linear(&mut draft, &name.repeat(50), extents);
    }
    let size = Size::Extents(Extents(80));
    draft.create_lv(NewLv::striped("s".repeat(30), size, 2)).unwrap();
    ExtentMap::new(&draft).unwrap()
}

/// The map of a text that lvm2 wrote.
fn golden(name: &str) -> ExtentMap {
    let dir = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/golden/text");
    ExtentMap::new(&read_backup(&dir.join(name)).unwrap().vg).unwrap()
}

/// Those of all texts.
fn all_golden() -> impl Iterator<Item = (String, ExtentMap)> {
    let dir = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/golden/text");
    let names =
        std::fs::read_dir(dir).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap());
    let texts = names.filter(|name| name.ends_with(".vg")).collect::<Vec<_>>();
    assert!(texts.len() > 50);
    texts.into_iter().map(|name| (name.clone(), golden(&name)))
}

fn all() -> Vec<(String, ExtentMap)> {
    let own = [("small", small()), ("large", large()), ("pieces", pieces()), ("names", names())];
    own.into_iter().map(|(name, map)| (name.to_owned(), map)).chain(all_golden()).collect()
}

#[test]
fn runs_cover_each_physical_volume_and_lead_back_to_segments() {
    for (name, map) in all() {
        for (pv_at, pv) in map.pvs.iter().enumerate() {
            let mut next = 0;
            for run in &pv.runs {
                assert_eq!(run.start, next, "{name}");
                next += run.count;
                let Some(used) = run.used else { continue };
                let segment = &map.volumes[used.volume].parts[used.part].segments[used.segment];
                let leg = segment.legs[used.leg];
                assert_eq!((leg.pv, leg.start, leg.count), (pv_at, run.start, run.count), "{name}");
            }
            assert_eq!(next, pv.extents.0, "{name}");
        }
        let legs = map.volumes.iter().flat_map(|volume| &volume.parts).flat_map(|part| &part.segments);
        let used = legs.flat_map(|segment| &segment.legs).map(|leg| u64::from(leg.count)).sum::<u64>();
        assert_eq!(used, map.extents() - map.free(), "{name}");
    }
}

#[test]
fn hidden_volumes_are_parts_of_the_one_that_people_know() {
    let parts = |name: &str| {
        let of = |volume: &MapVolume| {
            let parts = volume.parts.iter().map(|part| part.label.clone().unwrap_or_default());
            format!("{}:{}", volume.name, parts.collect::<Vec<_>>().join(","))
        };
        golden(name).volumes.iter().map(of).collect::<Vec<_>>()
    };
    assert_eq!(parts("raid1.vg"), ["lv:rimage_0,rmeta_0,rimage_1,rmeta_1"]);
    assert_eq!(parts("cache.vg"), ["lv:cpool_cpool_cmeta,cpool_cpool_cdata,corig", "[lvol0_pmspare]:"]);
    assert_eq!(parts("mirror_disk_log.vg"), ["lv:mimage_0,mimage_1,mlog"]);
    let pool = golden("thin_snapshot.vg");
    let thin = pool.volumes.iter().find(|volume| volume.name == "t1s").unwrap();
    assert_eq!((thin.on.as_slice(), thin.key.as_str()), (&["pool".to_owned()][..], ""));
    // What three volumes lie on belongs to none of them.
    let moving = golden("pvmove.vg");
    assert_eq!(moving.volumes.last().unwrap().name, "[pvmove0]");
    assert!(moving.volumes[..3].iter().all(|volume| volume.on == ["pvmove0"]));
}

#[test]
fn neighbours_look_different_and_no_two_alike_while_there_are_styles() {
    for (name, map) in all() {
        for pv in &map.pvs {
            for pair in pv.runs.windows(2) {
                let [Some(one), Some(next)] = [pair[0].used, pair[1].used] else { continue };
                if one.volume != next.volume {
                    let hue = |used: RunUse| map.volumes[used.volume].style.hue;
                    assert_ne!(hue(one), hue(next), "{name}: {}", pv.device);
                }
            }
        }
        let own = map.volumes.iter().filter(|volume| !volume.parts.is_empty());
        let styles = own.clone().map(|volume| volume.style).collect::<std::collections::HashSet<_>>();
        assert_eq!(styles.len(), own.clone().count().min(56), "{name}");
        let keys = own.clone().map(|volume| &volume.key).collect::<std::collections::HashSet<_>>();
        assert_eq!(keys.len(), own.count(), "{name}");
    }
}

#[test]
fn keys_are_letters() {
    let keys = [0, 25, 26, 51, 52, 77, 78, 52 + 26 * 26, 5000].map(key);
    assert_eq!(keys, ["a", "z", "A", "Z", "aa", "az", "ba", "aaa", "gii"]);
    let all = (0..5000).map(key).collect::<std::collections::HashSet<_>>();
    assert_eq!(all.len(), 5000);
}

#[test]
fn the_terminal_map_of_a_small_group() {
    let text = small().to_text(TextOptions::new().width(72));
    let expected = "\
vg  310.00 MiB of 510.00 MiB used · extents of 1.00 MiB · seqno 0

/dev/sda  255.00 MiB · 255 extents · 55 free
│▒aaaaaaaaaa root aaaaaaaaaaabbbb data:0 bbbb········aa root aa·······│
  0               63               127              191            255

/dev/sdb  255.00 MiB · 255 extents · 145 free
│▒bbbb data:1 bbbbccc home cccc·······································│
  0               63               127              191            255

 a root   140.00 MiB  linear
     0-99  sda:0-99
     100-139  sda:190-229
 b data   120.00 MiB  striped  sda:100-159 ∥ sdb:0-59
 c home    50.00 MiB  linear  sdb:60-109
 · free  200.00 MiB
 ▒ outside the extents: label, metadata and rest (not to scale)
";
    assert_eq!(text, expected);
}

/// The text without what colours it.
fn plain(text: &str) -> String {
    let mut out = String::new();
    let mut rest = text;
    while let Some((before, behind)) = rest.split_once("\u{1b}[") {
        out.push_str(before);
        rest = behind.split_once('m').unwrap().1;
    }
    out + rest
}

#[test]
fn no_line_is_wider_than_asked_for() {
    for (name, map) in all() {
        for width in [40, 41, 57, 80, 132, 400] {
            for (unicode, colour) in [(true, false), (false, false), (true, true), (false, true)] {
                let options = TextOptions::new().width(width).unicode(unicode).colour(colour);
                let text = map.to_text(options);
                assert!(unicode || text.is_ascii(), "{name}");
                assert_eq!(colour, text.contains("\u{1b}[38;5"), "{name}");
                for line in plain(&text).lines() {
                    assert!(line.chars().count() <= width, "{name}, {width}: {line}");
                    assert!(
                        !line.ends_with(' ') && !line.contains(|c: char| c.is_control()),
                        "{name}: {line:?}"
                    );
                }
            }
        }
    }
}

#[test]
fn without_colour_the_letters_say_who_has_what() {
    let map = large();
    let text = map.to_text(TextOptions::new());
    for (pv, bar) in map.pvs.iter().zip(text.lines().filter(|line| line.starts_with('│'))) {
        for run in pv.runs.iter().filter_map(|run| run.used) {
            let volume = &map.volumes[run.volume];
            let is_there = bar.contains(&volume.key) || bar.contains(&volume.name);
            assert!(is_there, "{} is not in {bar}", volume.name);
        }
    }
    for volume in &map.volumes {
        assert!(text.contains(&format!(" {} {}", volume.key, volume.name)), "{}", volume.name);
    }
}

#[test]
fn it_is_json_too() {
    let map = small();
    let json: serde_json::Value = serde_json::from_str(&map.to_json()).unwrap();
    assert_eq!(json["pvs"][0]["name"], "sda");
    assert_eq!(json["volumes"][1]["parts"][0]["segments"][0]["legs"][1]["pv"], 1);
}
