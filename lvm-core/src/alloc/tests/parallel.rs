//! Parallel areas: ranges to stay off, logs beside them, and tags.

use std::format;
use std::string::String;
use std::vec;
use std::vec::Vec;

use super::{add_lv, pv, pvs, tag_settings, volume_group};
use crate::alloc::{Leg, ParallelRange, Placement, PvSelection, Request, Shape, allocate};
use crate::error::{ErrorKind, Result};
use crate::metadata::{AllocationPolicy, Segment, SegmentKind, VolumeGroup};
use crate::units::Extents;

fn place(vg: &VolumeGroup, request: &Request) -> Result<Placement> {
    allocate(vg, &vg.pv_map().unwrap(), request)
}

fn leg(vg: &VolumeGroup, leg: &Leg) -> String {
    let device = vg.physical_volume(leg.pv).unwrap().device();
    format!("{device}:{}-{}", leg.start_extent, leg.start_extent + leg.extent_count - 1)
}

/// `A:0-4 B:0-4` per piece, then `log C:0-0`.
fn shown(vg: &VolumeGroup, placement: &Placement) -> Vec<String> {
    let pieces = placement.pieces.iter();
    let pieces = pieces.map(|piece| piece.legs.iter().map(|l| leg(vg, l)).collect::<Vec<_>>().join(" "));
    pieces.chain(placement.logs.iter().map(|l| format!("log {}", leg(vg, l)))).collect()
}

#[test]
fn a_new_copy_stays_off_the_physical_volumes_beside_it() {
    let vg = volume_group(&[20, 20, 20]);
    let range = |start, count, name: &str| ParallelRange { start, count, avoid: vec![pv(&vg, name)] };
    let copy = |count, ranges| Request::new("a_mimage_1", Extents(count), Shape::copies(1)).avoiding(ranges);
    let table: [(Request, &[&str]); 4] = [
        (copy(8, vec![range(0, 8, "A")]), &["B:0-7"]),
        // The first five extents have their other copy on A, the rest on B.
        (copy(10, vec![range(0, 5, "A"), range(5, 5, "B")]), &["B:0-4", "A:0-4"]),
        // Nothing is said about the extents between.
        (copy(6, vec![range(0, 2, "A"), range(4, 2, "B")]), &["B:0-1", "B:2-3", "A:0-1"]),
        // `anywhere` does not care.
        (copy(8, vec![range(0, 8, "A")]).policy(AllocationPolicy::Anywhere), &["B:0-7"]),
    ];
    for (request, expected) in table {
        assert_eq!(shown(&vg, &place(&vg, &request).unwrap()), expected, "{:?}", request.parallel);
    }
    let only_a = copy(8, vec![range(0, 8, "A")]).on(pvs(&vg, &["A"]));
    let refused = place(&vg, &only_a).unwrap_err();
    assert!(matches!(refused.kind(), ErrorKind::InsufficientSpace { .. }));
    assert!(refused.help().unwrap().contains("A: 20 free, holds another copy"), "{refused:?}");
    let anywhere = place(&vg, &only_a.policy(AllocationPolicy::Anywhere)).unwrap();
    assert_eq!(shown(&vg, &anywhere), ["A:0-7"]);
}

#[test]
fn parallel_ranges_count_from_the_start_of_the_volume() {
    let mut vg = volume_group(&[20, 20, 20]);
    let a = pv(&vg, "A");
    let avoid = |name| vec![ParallelRange { start: 5, count: 5, avoid: vec![pv(&vg, name)] }];
    let (off_a, off_b) = (avoid("A"), avoid("B"));
    let segments = vec![Segment::new(0, 5, SegmentKind::linear(a, 0))];
    add_lv(&mut vg, "copy", AllocationPolicy::Inherit, segments);
    let lv = vg.logical_volume("copy").unwrap();
    let extend = |parallel| Request::extending(lv, Extents(5), Shape::copies(1)).avoiding(parallel);
    assert_eq!(shown(&vg, &place(&vg, &extend(off_a)).unwrap()), ["B:0-4"]);
    assert_eq!(shown(&vg, &place(&vg, &extend(off_b)).unwrap()), ["A:5-9"]);
}

#[test]
fn logs_stand_beside_the_first_piece() {
    // lvm2 2.03.16: cases mir-02, 03, 04, 06, 07 and 08 of its recorded mirrors.
    let mirror = |images, stripes, extents| {
        let shape = Shape { data_areas: images * stripes, area_multiple: stripes, ..Shape::copies(1) };
        Request::new("m", Extents(extents), shape.with_log(1, 1))
    };
    let table: [(&[u32], Request, &[&str]); 5] = [
        (&[20, 20], mirror(2, 1, 5), &["A:0-4 B:0-4", "log B:5-5"]),
        (&[20, 20, 20], mirror(2, 1, 5), &["A:0-4 B:0-4", "log C:0-0"]),
        (&[40, 8, 20, 30], mirror(2, 1, 15), &["A:0-14 C:0-14", "log D:0-0"]),
        (&[40], mirror(2, 1, 5).policy(AllocationPolicy::Anywhere), &["A:0-4 A:5-9", "log A:10-10"]),
        (&[20; 5], mirror(2, 2, 6), &["A:0-2 B:0-2 C:0-2 D:0-2", "log E:0-0"]),
    ];
    for (pe_counts, request, expected) in table {
        let vg = volume_group(pe_counts);
        let placement = place(&vg, &request).unwrap();
        assert_eq!(shown(&vg, &placement), expected, "{pe_counts:?}");
        assert_eq!(placement.extent_count(), request.extents);
    }
    let mut separate = mirror(2, 1, 5);
    separate.settings.separate_logs = true;
    assert!(place(&volume_group(&[20, 20]), &separate).is_err());
}

#[test]
fn parity_areas_need_physical_volumes_of_their_own() {
    // Two data areas and one with parity: six logical extents are three on each.
    let shape = Shape { parity_areas: 1, ..Shape::striped(2) };
    let request = Request::new("r", Extents(6), shape);
    let placement = place(&volume_group(&[20, 20, 20]), &request).unwrap();
    assert_eq!(placement.extent_count(), Extents(6));
    assert_eq!(placement.physical_extent_count(), 9);
    let refused = place(&volume_group(&[20, 20]), &request).unwrap_err();
    assert!(matches!(refused.kind(), ErrorKind::InsufficientSpace { needed: Extents(9), .. }));
}

#[test]
fn cling_by_tags_takes_physical_volumes_of_the_same_site() {
    let mut vg = volume_group(&[20, 20, 20, 20]);
    for (pv, tag) in vg.physical_volumes.iter_mut().zip(["s1", "s2", "s1", "s2"]) {
        pv.tags.push(String::from(tag));
    }
    let b = pv(&vg, "B");
    add_lv(&mut vg, "a", AllocationPolicy::Cling, vec![Segment::new(0, 20, SegmentKind::linear(b, 0))]);
    let request = Request::extending(vg.logical_volume("a").unwrap(), Extents(10), Shape::striped(1));
    for tags in [["@s1", "@s2"], ["@*", "@s1"]] {
        let tagged = request.clone().settings(tag_settings(&tags));
        assert_eq!(shown(&vg, &place(&vg, &tagged).unwrap()), ["D:0-9"]);
    }
    for tags in [["@s1", "@other"], ["s2", "*"]] {
        let tagged = request.clone().settings(tag_settings(&tags));
        assert!(place(&vg, &tagged).is_err(), "{tags:?}");
    }
    assert!(place(&vg, &request).is_err());
}

#[test]
fn a_list_reorders_and_its_ranges_split_areas() {
    let vg = volume_group(&[20, 20]);
    let request = Request::new("a", Extents(5), Shape::striped(2));
    let placement = place(&vg, &Request { extents: Extents(10), ..request }.on(pvs(&vg, &["B", "A"])));
    assert_eq!(shown(&vg, &placement.unwrap()), ["B:0-4 A:0-4"]);
    assert_eq!(PvSelection::All.pv_count(&vg), 2);
}
