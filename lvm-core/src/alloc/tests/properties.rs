//! What holds of every request.

use proptest::prelude::*;
use std::vec::Vec;

use super::{add_lv, volume_group};
use crate::alloc::{
    AllocationSettings, Existing, ParallelRange, PeRange, Placement, PvEntry, PvSelection, Request, Shape,
    allocate, append_segments,
};
use crate::error::ErrorKind;
use crate::id::PvId;
use crate::metadata::{AllocationPolicy, PvMap, PvStatus, Segment, SegmentKind, VolumeGroup};
use crate::units::{Extents, Sectors};

/// A volume group with holes: each physical volume is a list of run lengths, used and free in turn.
fn group() -> impl Strategy<Value = VolumeGroup> {
    let runs = prop::collection::vec(prop_oneof![3 => 1_u32..6, 1 => 1_u32..40], 1..14);
    let pv = (runs, prop::bool::weighted(0.1), 0_usize..4);
    prop::collection::vec(pv, 1..6).prop_map(|pvs| {
        let counts = pvs.iter().map(|(runs, _, _)| runs.iter().sum()).collect::<Vec<_>>();
        let mut vg = volume_group(&counts);
        let mut segments = Vec::new();
        let mut next = 0;
        for ((runs, hidden, tag), pv) in pvs.iter().zip(&mut vg.physical_volumes) {
            pv.status.set(PvStatus::ALLOCATABLE, !hidden);
            pv.tags.push(std::format!("t{tag}"));
            let mut at = 0;
            for (number, count) in runs.iter().enumerate() {
                if number % 2 == 0 {
                    segments.push(Segment::new(next, *count, SegmentKind::linear(pv.id, at)));
                    next += count;
                }
                at += count;
            }
        }
        add_lv(&mut vg, "used", AllocationPolicy::Inherit, segments);
        vg
    })
}

/// A position, and ranges as start and length less one.
type Listed = (usize, Vec<(u32, u32)>);

#[derive(Debug, Clone)]
struct Wish {
    areas: u32,
    copies: bool,
    per_area: u32,
    policy: AllocationPolicy,
    listed: Option<Vec<Listed>>,
    extend: Option<(usize, usize)>,
    avoid: Vec<(u32, u32, usize)>,
    approximate: bool,
    maximise_cling: bool,
    tags: bool,
    log: bool,
}

fn wish() -> impl Strategy<Value = Wish> {
    use AllocationPolicy::{Anywhere, Cling, ClingByTags, Contiguous, Normal};
    let policy = prop_oneof![
        1 => Just(Contiguous),
        1 => Just(Cling),
        1 => Just(ClingByTags),
        3 => Just(Normal),
        3 => Just(Anywhere)
    ];
    let ranges = prop::collection::vec((0_u32..30, 0_u32..20), 0..3);
    let listed = prop::option::of(prop::collection::vec((0_usize..6, ranges), 1..5));
    let extend = prop::option::of((0_usize..40, 0_usize..40));
    let avoid = prop::collection::vec((0_u32..10, 1_u32..10, 0_usize..6), 0..3);
    let flags =
        (any::<bool>(), prop::bool::weighted(0.2), any::<bool>(), prop::bool::weighted(0.8), any::<bool>());
    (1_u32..6, 1_u32..25, policy, listed, extend, avoid, flags, prop::bool::weighted(0.2)).prop_map(
        |(areas, per_area, policy, listed, extend, avoid, flags, log)| {
            let (copies, approximate, tags, maximise_cling, avoids) = flags;
            let avoid = if avoids { Vec::new() } else { avoid };
            Wish {
                areas,
                copies,
                per_area,
                policy,
                listed,
                extend,
                avoid,
                approximate,
                maximise_cling,
                tags,
                log,
            }
        },
    )
}

impl Wish {
    fn request(&self, vg: &VolumeGroup) -> Request {
        let pv_at = |at: usize| &vg.physical_volumes[at % vg.physical_volumes.len()];
        let shape = if self.copies { Shape::copies(self.areas) } else { Shape::striped(self.areas) };
        let shape = if self.log { shape.with_log(1, 2) } else { shape };
        let extents = self.per_area * shape.area_multiple;
        let mut request = Request::new("new", Extents(extents), shape)
            .policy(self.policy)
            .approximate(self.approximate)
            .settings(AllocationSettings {
                maximise_cling: self.maximise_cling,
                cling_tag_list: if self.tags { std::vec!["@*".into()] } else { Vec::new() },
                separate_logs: false,
            });
        if let Some(listed) = &self.listed {
            let mut entries: Vec<PvEntry> = Vec::new();
            for (at, ranges) in listed {
                let pv = pv_at(*at);
                if entries.iter().any(|entry| entry.pv == pv.id()) {
                    continue;
                }
                let mut kept: Vec<PeRange> = Vec::new();
                for (start, more) in ranges {
                    let range = PeRange { start: *start, end: start + more };
                    if range.end < pv.pe_count().0 && !kept.iter().any(|other| other.overlaps(range)) {
                        kept.push(range);
                    }
                }
                entries.push(PvEntry { pv: pv.id(), ranges: kept });
            }
            request.pvs = PvSelection::Listed(entries);
        }
        if let Some((first, count)) = self.extend {
            let used = vg.logical_volume("used").unwrap().segments();
            let some = used.iter().cycle().skip(first).take(1 + count % 3).cloned().collect::<Vec<_>>();
            request.existing = Existing::of_segments(&some);
        }
        let mut next = request.existing.as_ref().map_or(0, |existing| existing.extent_count);
        for (gap, count, at) in &self.avoid {
            request.parallel.push(ParallelRange {
                start: next + gap,
                count: *count,
                avoid: std::vec![pv_at(*at).id()],
            });
            next += gap + count;
        }
        request
    }
}

/// The extents of a placement that are free, allowed and handed out once.
fn check_placement(vg: &VolumeGroup, map: &PvMap, request: &Request, placement: &Placement) {
    let mut taken: Vec<(PvId, u32, u32)> = Vec::new();
    for leg in placement.legs() {
        let (start, end) = (leg.start_extent, leg.start_extent + leg.extent_count);
        let at = map.position(leg.pv).unwrap();
        assert!(vg.physical_volumes[at].is_allocatable());
        let run = map.runs(at).iter().rev().find(|run| run.start <= start).unwrap();
        assert!(run.owner.is_none() && end <= run.start + run.count, "{leg:?} is not free");
        if let PvSelection::Listed(entries) = &request.pvs {
            let ranges = &entries.iter().find(|entry| entry.pv == leg.pv).expect("a listed volume").ranges;
            let inside = ranges.iter().any(|range| range.start <= start && end - 1 <= range.end);
            assert!(ranges.is_empty() || inside, "{leg:?} is outside {ranges:?}");
        }
        assert!(!taken.iter().any(|(pv, s, e)| *pv == leg.pv && *s < end && start < *e), "{leg:?} twice");
        taken.push((leg.pv, start, end));
    }
    let mut next = request.existing.as_ref().map_or(0, |existing| existing.extent_count);
    for piece in &placement.pieces {
        let end = next + piece.extent_count;
        let legs = &piece.legs;
        assert_eq!(legs.len(), usize::try_from(request.shape.areas()).unwrap());
        for (number, leg) in legs.iter().enumerate() {
            assert_eq!(leg.extent_count * request.shape.area_multiple, piece.extent_count);
            if request.policy != AllocationPolicy::Anywhere {
                assert!(legs[..number].iter().all(|other| other.pv != leg.pv), "{legs:?} share a volume");
                for range in &request.parallel {
                    let beside = range.start < end && next < range.start + range.count;
                    assert!(!beside || request.shape.area_multiple > 1 || !range.avoid.contains(&leg.pv));
                }
            }
        }
        next = end;
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn requests(vg in group(), wish in wish()) {
        let map = vg.pv_map().unwrap();
        let request = wish.request(&vg);
        let before = vg.clone();
        let result = allocate(&vg, &map, &request);
        prop_assert_eq!(&vg, &before);
        match &result {
            Ok(placement) => {
                check_placement(&vg, &map, &request, placement);
                if request.approximate {
                    prop_assert!(placement.extent_count() <= request.extents);
                    prop_assert!(request.existing.is_some() || !placement.pieces.is_empty());
                } else {
                    prop_assert_eq!(placement.extent_count(), request.extents);
                    let log = if wish.log { 2 } else { 0 };
                    let physical = u64::from(wish.per_area * wish.areas) + log;
                    prop_assert_eq!(placement.physical_extent_count(), physical);
                }
                if request.shape.area_multiple == request.shape.data_areas && !placement.pieces.is_empty() {
                    let mut segments = Vec::new();
                    append_segments(&mut segments, placement, Sectors(128));
                    let mut grown = vg.clone();
                    let free = u64::from(map.total_free().0);
                    add_lv(&mut grown, "new", wish.policy, segments);
                    let left = u64::from(grown.pv_map().unwrap().total_free().0);
                    let log: u64 = placement.logs.iter().map(|log| u64::from(log.extent_count)).sum();
                    prop_assert_eq!(free - left + log, placement.physical_extent_count());
                    prop_assert_eq!(grown.validate(), std::vec![]);
                }
            }
            Err(error) => {
                let is_space = matches!(error.kind(), ErrorKind::InsufficientSpace { .. });
                prop_assert!(is_space && error.help().is_some());
            }
        }
    }
}
