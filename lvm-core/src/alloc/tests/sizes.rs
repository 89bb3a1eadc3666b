//! Sizes in extents, against LVM2's documented and measured rounding; extents are 1 MiB.

use super::EXTENT_SIZE;
use crate::alloc::size::{
    Change, Origin, SizeBasis, create_extents, max_snapshot_extents, resize_extents, shrunk_extents,
};
use crate::alloc::{Leg, Piece, Placement, append_segments, truncate_segments};
use crate::id::PvId;
use crate::metadata::segment::Striped;
use crate::metadata::segment::join_adjacent;
use crate::metadata::{Area, AreaSource, Segment, SegmentKind};
use crate::units::{Bytes, Extents, Sectors, Size};

use std::vec;
use std::vec::Vec;

fn basis(vg: u32, free: u32, listed: Option<u32>) -> SizeBasis {
    SizeBasis {
        extent_size: EXTENT_SIZE,
        vg_extents: Extents(vg),
        vg_free: Extents(free),
        listed_free: listed.map(Extents),
        origin: None,
    }
}

fn pv(letter: u8) -> PvId {
    PvId::parse(std::str::from_utf8(&[letter; 32]).unwrap()).unwrap()
}

/// A segment with stripes that begin at these extents of `A`, `B` …
fn striped(start_extent: u32, extent_count: u32, starts: &[u32]) -> Segment {
    let areas = (b'A'..).zip(starts);
    let areas =
        areas.map(|(letter, start)| Area { source: AreaSource::Pv(pv(letter)), start_extent: *start });
    let size = if starts.len() > 1 { Sectors(128) } else { Sectors::ZERO };
    Segment::new(start_extent, extent_count, SegmentKind::Striped(Striped::striped(size, areas.collect())))
}

#[test]
fn new_volumes() {
    use Size::{PercentFree, PercentPvs, PercentVg};
    let table = [
        (Size::extents(5), 1, basis(40, 40, None), 5),
        (Size::Bytes(Bytes::kib(3500)), 1, basis(20, 20, None), 4),
        (Size::Bytes(Bytes(512)), 1, basis(20, 20, None), 1),
        (Size::extents(5), 2, basis(40, 40, None), 6),
        (Size::extents(10), 3, basis(60, 60, None), 12),
        (PercentFree(50), 1, basis(31, 31, None), 15),
        (PercentFree(150), 1, basis(245, 245, None), 367),
        (PercentFree(100), 2, basis(65, 65, None), 64),
        (PercentFree(50), 2, basis(30, 30, None), 16),
        (PercentVg(33), 1, basis(50, 50, None), 16),
        (PercentVg(100), 1, basis(50, 20, None), 20),
        (PercentPvs(100), 1, basis(50, 48, Some(38)), 38),
        (PercentPvs(50), 1, basis(40, 40, Some(20)), 10),
        (PercentPvs(50), 1, basis(50, 10, None), 25),
    ];
    for (size, stripes, basis, expected) in table {
        let got = create_extents(size, stripes, &basis).unwrap();
        assert_eq!((got.extents, got.approximate), (Extents(expected), size.is_percent()), "{size}");
    }
}

#[test]
fn refused_sizes() {
    let some = basis(40, 40, None);
    let calculated = "Calculated size of logical volume is 0 extents. Needs to be larger.";
    let table = [
        (Size::extents(0), "--extents may not be zero."),
        (Size::Bytes(Bytes(0)), "--size may not be zero."),
        (Size::Bytes(Bytes(1)), "Size is not a multiple of 512. Try using 0 or 512."),
        (Size::PercentFree(1), calculated),
        (Size::PercentLv(50), "Please express size as %FREE, %PVS or %VG."),
        (Size::PercentOrigin(50), "Please express size as %FREE, %PVS or %VG."),
        (
            Size::Bytes(Bytes::tib(100_000)),
            "Volume too large (<97.66 PiB) for extent size 1.00 MiB. Upper limit is less than <4.00 PiB.",
        ),
    ];
    for (size, message) in table {
        assert_eq!(create_extents(size, 1, &some).unwrap_err().message(), message);
    }
    let full = basis(40, 0, None);
    assert_eq!(create_extents(Size::PercentVg(50), 1, &full).unwrap_err().message(), calculated);
    let one = basis(40, 1, None);
    assert_eq!(create_extents(Size::PercentFree(100), 2, &one).unwrap_err().message(), calculated);
}

#[test]
fn snapshots() {
    let origin = |extents| Some(Origin { extents: Extents(extents), chunk_size: Bytes::kib(4).to_sectors() });
    let share = |percent| {
        let basis = SizeBasis { origin: origin(10), ..basis(40, 40, None) };
        create_extents(Size::PercentOrigin(percent), 1, &basis).unwrap().extents
    };
    assert_eq!(share(50), Extents(6));
    assert_eq!(share(200), Extents(11));
    assert_eq!(share(1), Extents(2));
    assert_eq!(max_snapshot_extents(Extents(10), Sectors(8), EXTENT_SIZE), Extents(11));
    assert_eq!(max_snapshot_extents(Extents(u32::MAX), Sectors(8), EXTENT_SIZE), Extents(u32::MAX));
}

#[test]
fn resized_volumes() {
    use Change::{By, Less, To};
    use Size::{PercentFree, PercentLv, PercentPvs, PercentVg};
    let linear = |count| vec![striped(0, count, &[0])];
    let two = |count| vec![striped(0, count, &[0, 0])];
    let n = Size::extents;
    let table = [
        (By, n(5), linear(5), 1, basis(40, 35, None), 10, false),
        (To, n(17), two(14), 2, basis(40, 26, None), 18, false),
        (By, n(3), two(10), 2, basis(40, 30, None), 14, false),
        (Less, n(3), two(10), 1, basis(40, 30, None), 8, false),
        (To, n(5), two(8), 1, basis(40, 32, None), 6, false),
        (Less, n(1), two(8), 1, basis(40, 32, None), 8, false),
        (By, n(6), vec![striped(0, 5, &[0])], 2, basis(60, 55, None), 11, false),
        (By, PercentLv(50), linear(5), 1, basis(40, 35, None), 8, false),
        (By, PercentFree(30), linear(4), 1, basis(40, 36, None), 15, true),
        (To, PercentVg(33), linear(4), 1, basis(40, 36, None), 14, true),
        (To, PercentVg(60), linear(15), 1, basis(60, 45, None), 36, true),
        (To, PercentVg(100), linear(15), 1, basis(60, 5, None), 20, true),
        (By, PercentFree(100), linear(36), 1, basis(60, 24, None), 60, true),
        (By, PercentPvs(50), linear(5), 1, basis(40, 35, Some(20)), 15, false),
        (To, PercentPvs(100), linear(5), 1, basis(50, 45, Some(30)), 30, true),
        (Less, PercentLv(50), linear(5), 1, basis(40, 35, None), 3, false),
        (By, Size::Bytes(Bytes::kib(1500)), linear(5), 1, basis(40, 35, None), 7, false),
        (Less, Size::Bytes(Bytes::kib(1500)), linear(5), 1, basis(40, 35, None), 4, false),
        (To, Size::Bytes(Bytes::kib(3500)), linear(5), 1, basis(40, 35, None), 4, false),
        (By, PercentFree(100), two(10), 2, basis(40, 5, None), 14, true),
    ];
    for (change, size, segments, stripes, basis, expected, approximate) in table {
        let got = resize_extents(size, change, &segments, stripes, &basis).unwrap();
        assert_eq!((got.extents, got.approximate), (Extents(expected), approximate), "{change:?} {size}");
    }
    for (change, size) in [(Less, n(5)), (Less, n(6)), (To, n(0)), (By, n(u32::MAX)), (Less, PercentLv(100))]
    {
        let basis = basis(40, 35, None);
        assert!(resize_extents(size, change, &linear(5), 1, &basis).is_err(), "{change:?} {size}");
    }
}

#[test]
fn volumes_end_at_stripe_boundaries() {
    let segments = [striped(0, 5, &[0]), striped(5, 6, &[5, 0]), striped(11, 6, &[8, 3, 0])];
    let table = [(17, 17), (16, 17), (15, 17), (14, 14), (11, 11), (10, 11), (9, 9), (5, 5), (3, 3), (0, 0)];
    for (wanted, expected) in table {
        assert_eq!(shrunk_extents(&segments, Extents(wanted)), Extents(expected), "{wanted}");
    }
    let cut = |at| {
        let mut segments = segments.to_vec();
        truncate_segments(&mut segments, Extents(at));
        segments
    };
    assert_eq!(cut(14), [segments[0].clone(), segments[1].clone(), striped(11, 3, &[8, 3, 0])]);
    assert_eq!(cut(9), [segments[0].clone(), striped(5, 4, &[5, 0])]);
    assert_eq!(cut(99), segments);
    assert_eq!(cut(0), []);
}

#[test]
fn pieces_that_go_on_where_the_last_ends_join_it() {
    let piece = |extent_count, length, starts: &[u32]| Piece {
        extent_count,
        legs: (b'A'..)
            .zip(starts)
            .map(|(letter, start)| Leg { pv: pv(letter), start_extent: *start, extent_count: length })
            .collect(),
    };
    let placement = Placement {
        pieces: vec![
            piece(4, 2, &[5, 3]),
            piece(2, 1, &[7, 5]),
            piece(2, 1, &[8, 7]),
            piece(3, 3, &[9]),
            piece(1, 1, &[12]),
        ],
        logs: Vec::new(),
    };
    let mut segments = vec![striped(0, 10, &[0, 0])];
    append_segments(&mut segments, &placement, Sectors(128));
    let expected =
        [striped(0, 10, &[0, 0]), striped(10, 6, &[5, 3]), striped(16, 2, &[8, 7]), striped(18, 4, &[9])];
    assert_eq!(segments, expected);
    assert_eq!(placement.extent_count(), Extents(12));

    // Joined on from what was there before, unless the stripe size differs.
    let mut segments = vec![striped(0, 10, &[0, 0])];
    let more = Placement { pieces: vec![piece(2, 1, &[5, 5])], logs: Vec::new() };
    append_segments(&mut segments, &more, Sectors(128));
    assert_eq!(segments, [striped(0, 12, &[0, 0])]);
    append_segments(&mut segments, &Placement { pieces: vec![piece(2, 1, &[6, 6])], ..more }, Sectors(64));
    assert_eq!(segments.len(), 2);

    let mut tagged = striped(12, 2, &[6, 6]);
    tagged.tags.extend([std::string::String::from("x")]);
    let mut segments = vec![striped(0, 10, &[0, 0]), striped(10, 2, &[5, 5]), tagged.clone()];
    join_adjacent(&mut segments);
    assert_eq!(segments, [striped(0, 12, &[0, 0]), tagged]);

    // What does not come out even, or is nothing, stays for a check to refuse.
    for apart in
        [[striped(0, 3, &[0, 0]), striped(3, 3, &[1, 1])], [striped(0, 2, &[0, 0]), striped(2, 0, &[1, 1])]]
    {
        let mut segments = apart.to_vec();
        join_adjacent(&mut segments);
        assert_eq!(segments, apart);
    }
}
