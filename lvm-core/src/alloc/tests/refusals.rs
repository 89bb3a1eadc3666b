//! What a refused request says.

use super::{add_lv, pv, pvs, volume_group};
use crate::alloc::{PvArgument, PvSelection, PvWarning, Request, Shape, allocate};
use crate::error::{Effect, Error, ErrorKind};
use crate::metadata::{AllocationPolicy, PvStatus, Segment, SegmentKind, VolumeGroup};
use crate::units::Extents;

use std::string::ToString;
use std::vec;
use std::vec::Vec;

fn refuse(vg: &VolumeGroup, request: &Request) -> Error {
    allocate(vg, &vg.pv_map().unwrap(), request).unwrap_err()
}

/// A 20 (with a hole of 5 and a tail of 10), B 20 not allocatable, C 20 full, D 20 missing, E 20.
fn mixed() -> VolumeGroup {
    let mut vg = volume_group(&[20; 5]);
    let used = [("A", 5, 5), ("C", 0, 20)];
    let segments = used.iter().scan(0, |next, (name, start, count)| {
        let seg = Segment::new(*next, *count, SegmentKind::linear(pv(&vg, name), *start));
        *next += count;
        Some(seg)
    });
    let segments = segments.collect();
    add_lv(&mut vg, "used", AllocationPolicy::Inherit, segments);
    vg.physical_volumes[1].status.remove(PvStatus::ALLOCATABLE);
    vg.physical_volumes[3].status.insert(PvStatus::MISSING);
    vg
}

#[test]
fn the_help_names_every_physical_volume_and_what_would_help() {
    let vg = mixed();
    let contiguous = Request::new("a", Extents(25), Shape::striped(1))
        .policy(AllocationPolicy::Contiguous)
        .on(pvs(&vg, &["A", "E"]));
    let error = refuse(&vg, &contiguous);
    assert_eq!(
        error.message(),
        "Insufficient suitable contiguous allocatable extents for logical volume a: 25 more required"
    );
    assert_eq!(
        *error.kind(),
        ErrorKind::InsufficientSpace { needed: Extents(25), free: Extents(35), policy: "contiguous" }
    );
    assert_eq!((error.effect(), error.vg(), error.lv()), (Effect::Unchanged, Some("vg"), Some("a")));
    let help = error.help().unwrap();
    for part in [
        "A: 15 free in 2 pieces, the largest of 10. ",
        "B: 20 free, not allocatable. ",
        "C: full. ",
        "D: missing, 20 free. ",
        "E: 20 free. ",
        "Missing: 25 extents. ",
        "policy normal; another physical volume with at least 25 extents",
    ] {
        assert!(help.contains(part), "{part:?} in {help:?}");
    }
}

#[test]
fn messages_scripts_look_for() {
    use AllocationPolicy::{Cling, Normal};
    let vg = mixed();
    let new = |extents, stripes| Request::new("a", Extents(extents), Shape::striped(stripes));
    let on = |request: Request, names: &[&str]| request.on(pvs(&vg, names));
    let table = [
        (
            new(100, 1),
            "Volume group \"vg\" has insufficient free space (75 extents): 100 required.",
            "another",
        ),
        (
            new(40, 1),
            "Insufficient free space: 40 extents needed, but only 35 available",
            "at least 5 extents",
        ),
        (
            new(10, 5).on(pvs(&vg, &["A", "E"])),
            "Number of stripes (5) must not exceed number of physical volumes (2)",
            "policy anywhere (areas side by side may share a physical volume); fewer stripes: 2",
        ),
        (
            new(32, 2).policy(Normal),
            "Insufficient suitable allocatable extents for logical volume a: 2 more required",
            "policy anywhere (areas side by side may share a physical volume); fewer stripes: 1",
        ),
        (
            on(new(30, 1).policy(Cling), &["E", "A"]),
            "Insufficient suitable allocatable extents for logical volume a: 10 more required",
            "policy normal; ",
        ),
        (
            on(new(30, 1), &["E"]),
            "Insufficient free space: 30 extents needed, but only 20 available",
            "allowing every physical volume of the group; ",
        ),
    ];
    for (request, message, remedy) in table {
        let error = refuse(&vg, &request);
        assert_eq!(error.message(), message);
        assert!(error.help().unwrap().contains(remedy), "{:?}", error.help());
    }
    let nothing = new(5, 3).policy(Normal);
    let nothing = Request { extents: Extents(6), ..nothing }.approximate(true);
    assert_eq!(
        refuse(&vg, &nothing).message(),
        "Insufficient suitable allocatable extents found for logical volume a."
    );
    for bad in [new(0, 1), new(5, 2), new(5, 0)] {
        assert_eq!(*refuse(&vg, &bad).kind(), ErrorKind::InvalidInput);
    }
}

#[test]
fn a_share_takes_what_there_is() {
    let vg = mixed();
    let request = Request::new("a", Extents(1000), Shape::striped(1)).approximate(true);
    let placement = allocate(&vg, &vg.pv_map().unwrap(), &request).unwrap();
    assert_eq!(placement.extent_count(), Extents(35));
}

#[test]
fn physical_volume_arguments_are_looked_up() {
    let mut vg = mixed();
    vg.physical_volumes[4].tags.push("fast".to_string());
    vg.physical_volumes[2].tags.push("fast".to_string());
    let map = vg.pv_map().unwrap();
    let resolve = |words: &[&str]| {
        let arguments = words.iter().map(|word| PvArgument::parse(word).unwrap()).collect::<Vec<_>>();
        PvSelection::resolve(&arguments, &vg, &map, |path| vg.physical_volume_at(path).map(|pv| pv.id()))
    };
    let ranges = |selection: &PvSelection| {
        let PvSelection::Listed(entries) = selection else { return vec![] };
        let entry = |entry: &crate::alloc::PvEntry| {
            let device = vg.physical_volume(entry.pv).unwrap().device().to_string();
            (device, entry.ranges.iter().map(ToString::to_string).collect::<Vec<_>>().join(" "))
        };
        entries.iter().map(entry).map(|(device, ranges)| std::format!("{device} {ranges}")).collect()
    };
    assert_eq!(resolve(&[]).unwrap().selection, PvSelection::All);
    let resolved = resolve(&["E:10-:2", "B", "A:3+2", "E:0", "C:99", "D"]).unwrap();
    assert_eq!(ranges(&resolved.selection), ["E 10-19 2-2 0-0", "A 3-4", "D 0-19"]);
    let warnings = resolved.warnings.iter().map(ToString::to_string).collect::<Vec<_>>();
    assert_eq!(warnings, ["Physical volume B not allocatable.", "No free extents on physical volume \"C\"."]);
    assert!(matches!(resolved.warnings[1], PvWarning::Full { .. }));
    assert_eq!(ranges(&resolve(&["@fast"]).unwrap().selection), ["E 0-19"]);

    let table = [
        (&["X"][..], "Physical Volume \"X\" not found in Volume Group \"vg\"."),
        (&["B", "C"], "No specified PVs have space available."),
        (&["@none"], "No specified PVs have space available."),
        (&["A:500"], "PE range error: start extent 500 to end extent 500."),
        (&["A:9-3"], "PE range error: start extent 9 to end extent 3."),
        (&["E:0-9", "E:5-14"], "Overlapping PE ranges specified (5-14, 0-9) on E."),
        (&["E", "E"], "Overlapping PE ranges specified (0-19, 0-19) on E."),
        (&["E:1x"], "Physical extent parsing error at :1x"),
    ];
    for (words, message) in table {
        assert_eq!(resolve(words).unwrap_err().message(), message, "{words:?}");
    }
}

#[test]
fn physical_volume_arguments_are_read() {
    let device = |text: &str| match PvArgument::parse(text).unwrap() {
        PvArgument::Device { path, ranges } => {
            (path, ranges.iter().map(|range| (range.start, range.end)).collect::<Vec<_>>())
        }
        other => panic!("{other:?}"),
    };
    let by_path = "/dev/disk/by-path/pci-0000:00:1f.2-ata-1";
    let with_range = std::format!("{by_path}:0-9");
    type Ranges = [(u32, Option<u32>)];
    let table: [(&str, &str, &Ranges); 14] = [
        ("/dev/sda", "/dev/sda", &[]),
        ("/dev/sda:5", "/dev/sda", &[(5, Some(5))]),
        ("/dev/sda:5-9", "/dev/sda", &[(5, Some(9))]),
        ("/dev/sda:5-", "/dev/sda", &[(5, None)]),
        ("/dev/sda:-9", "/dev/sda", &[(0, Some(9))]),
        ("/dev/sda:-", "/dev/sda", &[(0, None)]),
        ("/dev/sda:5+5", "/dev/sda", &[(5, Some(9))]),
        ("/dev/sda:+5", "/dev/sda", &[(0, Some(4))]),
        ("a:0-9:20-29:7", "a", &[(0, Some(9)), (20, Some(29)), (7, Some(7))]),
        (by_path, by_path, &[]),
        (&with_range, by_path, &[(0, Some(9))]),
        (r"nbd\:10809:3", "nbd:10809", &[(3, Some(3))]),
        (r"\@odd\\name", r"@odd\name", &[]),
        // Not ranges, so part of the path.
        ("a::1", "a:", &[(1, Some(1))]),
    ];
    for (text, path, ranges) in table {
        let (got_path, got_ranges) = device(text);
        assert_eq!((got_path.as_str(), &*got_ranges), (path, ranges), "{text}");
    }
    for not_ranges in ["a:", "a:5+0", "a:5+", "a:x", "a:4294967296", "a:4294967295+2", "a:1-2-3", "a:+"] {
        assert_eq!(device(not_ranges).0, not_ranges);
    }
    assert_eq!(PvArgument::parse("@fast").unwrap(), PvArgument::Tag("fast".to_string()));
    for bad in ["", "@", "@a b", ":5"] {
        assert!(PvArgument::parse(bad).is_err(), "{bad}");
    }
}
