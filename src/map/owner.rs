//! Which volume that people know a hidden one belongs to.

use std::collections::HashMap;

use lvm_core::LvId;
use lvm_core::metadata::{AreaSource, LogicalVolume, SegmentKind};

/// For each logical volume the one that it is shown under.
pub(super) struct Owners {
    /// Positions of volumes that are shown, in order.
    tops: Vec<usize>,
    /// For each of those: the positions of what it is made of, itself first.
    parts: HashMap<usize, Vec<usize>>,
    /// For each logical volume: the shown one's place in `tops`, and which of its parts with
    /// extents it is.
    places: Vec<Option<(usize, usize)>>,
    /// For each logical volume: the position of the shown one.
    top_of: Vec<usize>,
    positions: HashMap<LvId, usize>,
}

impl Owners {
    pub(super) fn new(lvs: &[&LogicalVolume]) -> Self {
        let positions = lvs.iter().enumerate().map(|(at, lv)| (lv.id(), at)).collect::<HashMap<_, _>>();
        let mut users: Vec<Vec<usize>> = vec![Vec::new(); lvs.len()];
        for (at, lv) in lvs.iter().enumerate().filter(|(_, lv)| !is_link(lv)) {
            for seg in lv.segments() {
                seg.kind().for_each_lv(|below| {
                    if let Some(list) = positions.get(&below).and_then(|below| users.get_mut(*below)) {
                        list.push(at);
                    }
                });
            }
        }
        let top_of = (0..lvs.len()).map(|at| top(lvs, &users, at)).collect::<Vec<_>>();
        let tops = top_of.iter().enumerate().filter(|(at, top)| *at == **top);
        // What links a snapshot to its origin is a volume in the text only.
        let tops = tops.map(|(at, _)| at).filter(|at| lvs.get(*at).is_some_and(|lv| !is_link(lv)));
        let tops = tops.collect::<Vec<_>>();
        let mut parts: HashMap<usize, Vec<usize>> = tops.iter().map(|top| (*top, vec![*top])).collect();
        for (at, top) in top_of.iter().enumerate().filter(|(at, top)| at != *top) {
            if let Some(list) = parts.get_mut(top) {
                list.push(at);
            }
        }
        let mut places = vec![None; lvs.len()];
        for (number, top) in tops.iter().enumerate() {
            let with_extents =
                parts.get(top).into_iter().flatten().filter(|at| {
                    lvs.get(**at).is_some_and(|lv| lv.segments().iter().any(super::has_extents))
                });
            for (part, at) in with_extents.enumerate() {
                if let Some(place) = places.get_mut(*at) {
                    *place = Some((number, part));
                }
            }
        }
        Self { tops, parts, places, top_of, positions }
    }

    pub(super) fn tops(&self) -> &[usize] {
        &self.tops
    }

    pub(super) fn parts(&self, top: usize) -> &[usize] {
        self.parts.get(&top).map_or(&[], Vec::as_slice)
    }

    /// The number of the volume that is shown, and of the part of it.
    pub(super) fn place(&self, lv: usize) -> Option<(usize, usize)> {
        self.places.get(lv).copied().flatten()
    }

    /// The names of volumes that this one or its parts lie on and that are shown themselves.
    pub(super) fn others_under(&self, lvs: &[&LogicalVolume], top: usize) -> Vec<String> {
        let mut names: Vec<String> = Vec::new();
        for lv in self.parts(top).iter().filter_map(|at| lvs.get(*at)) {
            for seg in lv.segments() {
                for_each_below(seg.kind(), |below| {
                    let Some(at) = self.positions.get(&below) else { return };
                    if let Some(other) = self.top_of.get(*at).filter(|other| **other != top)
                        && let Some(other) = lvs.get(*other)
                        && !names.iter().any(|name| name == other.name())
                    {
                        names.push(other.name().to_owned());
                    }
                });
            }
        }
        names
    }
}

/// Calls `found` for what data lies on; that a thin volume was once a snapshot of another is not.
fn for_each_below(kind: &SegmentKind, mut found: impl FnMut(LvId)) {
    match kind {
        SegmentKind::Thin(thin) => {
            [Some(thin.thin_pool), thin.external_origin].into_iter().flatten().for_each(found);
        }
        SegmentKind::Striped(striped) => striped.stripes.iter().for_each(|area| {
            if let AreaSource::Lv(lv) = area.source {
                found(lv);
            }
        }),
        other => other.for_each_lv(found),
    }
}

/// True for the volume that only says which store belongs to which origin.
fn is_link(lv: &LogicalVolume) -> bool {
    lv.segments().iter().any(|seg| matches!(seg.kind(), SegmentKind::Snapshot(_)))
}

/// The visible volume above a hidden one, when there is exactly one; else the volume itself.
fn top(lvs: &[&LogicalVolume], users: &[Vec<usize>], start: usize) -> usize {
    let is_visible = |at: usize| lvs.get(at).is_none_or(|lv| lv.is_visible());
    if is_visible(start) {
        return start;
    }
    let mut found = None;
    let mut seen = vec![start];
    let mut next = 0;
    while let Some(at) = seen.get(next).copied() {
        next += 1;
        for user in users.get(at).into_iter().flatten().copied() {
            if is_visible(user) {
                if found.is_some_and(|found| found != user) {
                    return start;
                }
                found = Some(user);
            } else if !seen.contains(&user) {
                seen.push(user);
            }
        }
    }
    found.unwrap_or(start)
}
