//! What is said about requests that do not fit, tried.

use super::{add_lv, pv, pvs, volume_group};
use crate::alloc::explain::{Explanation, Obstacle, Remedy, explain};
use crate::alloc::{PvEntry, PvSelection, Request, Shape, allocate};
use crate::metadata::{AllocationPolicy, PhysicalVolume, PvStatus, Segment, SegmentKind, VolumeGroup};
use crate::stamp::SeededIds;
use crate::units::Extents;

use std::string::{String, ToString};
use std::vec::Vec;

fn explained(vg: &VolumeGroup, request: &Request) -> Explanation {
    explain(vg, &vg.pv_map().unwrap(), request, &request.pvs, None).unwrap()
}

fn fits(vg: &VolumeGroup, request: &Request) -> bool {
    allocate(vg, &vg.pv_map().unwrap(), request).is_ok()
}

/// A volume `used` of these pieces.
fn used(vg: &mut VolumeGroup, pieces: &[(&str, u32, u32)]) {
    let segments = pieces.iter().scan(0, |next, (name, start, count)| {
        let seg = Segment::new(*next, *count, SegmentKind::linear(pv(vg, name), *start));
        *next += count;
        Some(seg)
    });
    let segments = segments.collect();
    add_lv(vg, "used", AllocationPolicy::Inherit, segments);
}

/// The group and the request after a remedy.
fn remedied(vg: &VolumeGroup, request: &Request, remedy: &Remedy) -> (VolumeGroup, Request) {
    let (mut vg, mut request) = (vg.clone(), request.clone());
    match remedy {
        Remedy::Allocatable { devices } => {
            for pv in vg.physical_volumes.iter_mut().filter(|pv| devices.contains(&pv.device)) {
                pv.status.insert(PvStatus::ALLOCATABLE);
            }
        }
        Remedy::EveryPv => request.pvs = PvSelection::All,
        Remedy::Policy { policy } => request.policy = *policy,
        Remedy::Stripes { stripes } => {
            request.shape = Shape::striped(*stripes);
            request.extents = Extents(request.extents.0.next_multiple_of(*stripes));
        }
        Remedy::MorePvs { count, extents, .. } => add_pvs(&mut vg, &mut request, *count, *extents),
        Remedy::Smaller { extents, .. } => {
            let before = request.existing.as_ref().map_or(0, |existing| existing.extent_count);
            request.extents = Extents(extents.0 - before);
        }
        other => panic!("{other:?}"),
    }
    (vg, request)
}

fn add_pvs(vg: &mut VolumeGroup, request: &mut Request, count: u32, extents: Extents) {
    let sizes = (0..count).map(|_| extents.0).collect::<Vec<_>>();
    let mut ids = SeededIds::new(99);
    for (at, mut new) in volume_group(&sizes).physical_volumes.into_iter().enumerate() {
        new.device = std::format!("new{at}");
        new.id = crate::id::PvId::random(&mut ids);
        if let PvSelection::Listed(entries) = &mut request.pvs {
            entries.push(PvEntry { pv: new.id, ranges: Vec::new() });
        }
        vg.physical_volumes.push(new);
    }
}

/// Every remedy is enough, and what it says is the least or the most.
fn check(vg: &VolumeGroup, request: &Request) -> Explanation {
    let explanation = explained(vg, request);
    assert_eq!(explanation.fits, fits(vg, request), "{explanation:?}");
    assert_eq!(explanation.fits, explanation.refusal.is_none() && explanation.remedies.is_empty());
    let multiple = request.shape.area_multiple;
    let with = |extents: u32| Request { extents: Extents(extents), ..request.clone() };
    if !explanation.largest.is_zero() {
        assert!(fits(vg, &with(explanation.largest.0)), "{explanation:?}");
    }
    assert!(!fits(vg, &with(explanation.largest.0 + multiple)), "{explanation:?}");
    for other in &explanation.alternatives {
        let mut request = with(other.largest.0);
        (request.policy, request.shape) = (other.policy, Shape::striped(other.stripes));
        assert!(other.largest.is_zero() || fits(vg, &request), "{other:?}");
    }
    for remedy in &explanation.remedies {
        let (vg, request) = remedied(vg, request, remedy);
        assert!(fits(&vg, &request), "{remedy:?} of {explanation}");
    }
    if let Some(Remedy::MorePvs { count, extents, .. }) =
        explanation.remedies.iter().find(|remedy| matches!(remedy, Remedy::MorePvs { .. }))
    {
        let (mut vg, mut request) = (vg.clone(), request.clone());
        add_pvs(&mut vg, &mut request, *count, Extents(extents.0 - 1));
        assert!(!fits(&vg, &request), "a smaller one is enough: {explanation}");
    }
    let text = explanation.to_string();
    assert!(text.lines().count() >= 3 + vg.physical_volumes.len(), "{text}");
    explanation
}

#[test]
fn remedies_are_enough_whatever_the_group() {
    let mut numbers = SeededIds::new(7);
    let mut below = |limit: u32| u32::try_from(numbers.next_u64() % u64::from(limit)).unwrap();
    let mut refused = 0;
    for _ in 0..300 {
        let sizes = (0..2 + below(4)).map(|_| 5 + below(40)).collect::<Vec<_>>();
        let mut vg = volume_group(&sizes);
        let names = vg.physical_volumes.iter().map(|pv| pv.device.clone()).collect::<Vec<_>>();
        let pieces =
            names.iter().zip(&sizes).map(|(name, size)| (name.as_str(), below(4), 1 + below(size / 3 + 1)));
        let pieces = pieces.collect::<Vec<_>>();
        used(&mut vg, &pieces);
        if below(3) == 0 {
            vg.physical_volumes[0].status.remove(PvStatus::ALLOCATABLE);
        }
        let stripes = 1 + below(3);
        let extents = Extents((1 + below(90)).next_multiple_of(stripes));
        let policies = [
            AllocationPolicy::Contiguous,
            AllocationPolicy::Cling,
            AllocationPolicy::Normal,
            AllocationPolicy::Anywhere,
        ];
        let mut request = match below(3) {
            0 => {
                let lv = vg.logical_volume("used").unwrap().clone();
                Request::extending(&lv, extents, Shape::striped(stripes))
            }
            _ => Request::new("a", extents, Shape::striped(stripes)),
        };
        request = request.policy(policies[below(4) as usize]);
        if below(3) == 0 {
            request = request.on(pvs(&vg, &names.iter().skip(1).map(String::as_str).collect::<Vec<_>>()));
        }
        refused += u32::from(!check(&vg, &request).fits);
    }
    assert!((100..=290).contains(&refused), "{refused}");
}

#[test]
fn each_physical_volume_says_what_keeps_it_from_being_used() {
    let mut vg = volume_group(&[20; 6]);
    used(&mut vg, &[("A", 5, 5), ("C", 0, 20), ("E", 0, 3)]);
    vg.physical_volumes[1].status.remove(PvStatus::ALLOCATABLE);
    vg.physical_volumes[3].status.insert(PvStatus::MISSING);
    let of = |request: &Request| {
        let say = |room: &crate::alloc::explain::PvRoom| (room.usable.0, room.obstacles.clone());
        explained(&vg, request).pvs.iter().map(say).collect::<Vec<_>>()
    };
    let off = (0, std::vec![Obstacle::NotAllocatable]);
    let (full, missing) = ((0, std::vec![Obstacle::Full]), (0, std::vec![Obstacle::Missing]));
    let contiguous = Request::new("a", Extents(30), Shape::striped(1)).policy(AllocationPolicy::Contiguous);
    assert_eq!(
        of(&contiguous),
        [
            (10, std::vec![Obstacle::OnePiece]),
            off.clone(),
            full.clone(),
            missing.clone(),
            (17, std::vec![]),
            (20, std::vec![]),
        ]
    );
    let lv = vg.logical_volume("used").unwrap();
    let grow = Request::extending(lv, Extents(30), Shape::striped(1));
    let behind = (0, std::vec![Obstacle::NotBehindEnd]);
    assert_eq!(
        of(&grow.clone().policy(AllocationPolicy::Contiguous)),
        [behind.clone(), off.clone(), full.clone(), missing.clone(), (17, std::vec![]), behind]
    );
    assert_eq!(
        of(&grow.policy(AllocationPolicy::Cling)),
        [(15, std::vec![]), off, full, missing, (17, std::vec![]), (0, std::vec![Obstacle::NotOfVolume]),]
    );
    let listed = Request::new("a", Extents(30), Shape::striped(1)).on(pvs(&vg, &["E"]));
    assert_eq!(of(&listed)[5], (0, std::vec![Obstacle::NotListed]));
}

#[test]
fn one_that_is_switched_off_is_enough() {
    let mut vg = volume_group(&[20, 20, 20]);
    let off = |pv: &mut PhysicalVolume| pv.status.remove(PvStatus::ALLOCATABLE);
    vg.physical_volumes.iter_mut().skip(1).for_each(off);
    let explanation = check(&vg, &Request::new("a", Extents(35), Shape::striped(1)));
    assert_eq!(explanation.remedies[0], Remedy::Allocatable { devices: std::vec!["B".to_string()] });
    let explanation = check(&vg, &Request::new("a", Extents(50), Shape::striped(1)));
    let both = std::vec!["B".to_string(), "C".to_string()];
    assert_eq!(explanation.remedies[0], Remedy::Allocatable { devices: both });
}
