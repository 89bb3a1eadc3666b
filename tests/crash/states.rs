//! What a crash can leave on disks: the fault model.
//!
//! At a cut, after any number of writes and flushes, a write is *durable* when its disk was
//! flushed successfully since, and *pending* otherwise. Durable writes are on the disk. Each
//! pending one may be there, may be missing, may have come before another one, or may have come in
//! part: the first sectors of it, the last, or any of them. A sector of 512 bytes is whole, old or
//! new. A write that was pending when a flush failed stays pending for ever, as on Linux, where the
//! next flush succeeds and says nothing about it. A discard takes its sectors' content away at once.

use std::collections::HashSet;

use lvmkit::core::SeededIds;

use super::disk::{Event, Image, fingerprint};

/// How thoroughly to look.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Effort {
    /// Up to so many pending writes all subsets are taken.
    pub(crate) exhaustive: usize,
    /// With more, so many random ones.
    pub(crate) samples: usize,
    /// Of a write of many sectors, so many of the places where it can be torn.
    pub(crate) tears: usize,
}

impl Effort {
    pub(crate) const NORMAL: Self = Self { exhaustive: 4, samples: 6, tears: 1 };
    pub(crate) const FULL: Self = Self { exhaustive: 9, samples: 200, tears: 32 };
    pub(crate) const SMALL: Self = Self { exhaustive: 2, samples: 3, tears: 1 };
}

/// Calls `check` with every state that a crash during `log` can leave of `before`, each once.
/// Returns their number.
pub(crate) fn for_each_state(
    before: &[Image],
    log: &[(usize, Event)],
    effort: Effort,
    seed: u64,
    mut check: impl FnMut(usize, &[Image]),
) -> usize {
    let mut random = SeededIds::new(seed);
    let mut seen = HashSet::new();
    for cut in 0..=log.len() {
        let log = &log[..cut];
        let fates = Fates::at(log);
        let mut visit = |landed: &[Landed]| {
            let state = rebuild(before, log, &fates, landed);
            if seen.insert(fingerprint(&state)) {
                check(cut, &state);
            }
        };
        for kept in subsets(&fates.pending, effort, &mut random) {
            visit(&kept.into_iter().map(Landed::whole).collect::<Vec<_>>());
        }
        torn(log, &fates.pending, effort, &mut random, &mut visit);
    }
    seen.len()
}

/// The states at the end of `log` only.
pub(crate) fn for_each_final_state(
    before: &[Image],
    log: &[(usize, Event)],
    effort: Effort,
    seed: u64,
    mut check: impl FnMut(&[Image]),
) -> usize {
    let mut random = SeededIds::new(seed);
    let mut seen = HashSet::new();
    let fates = Fates::at(log);
    for kept in subsets(&fates.pending, effort, &mut random) {
        let landed = kept.into_iter().map(Landed::whole).collect::<Vec<_>>();
        let state = rebuild(before, log, &fates, &landed);
        if seen.insert(fingerprint(&state)) {
            check(&state);
        }
    }
    seen.len()
}

/// Which writes are durable.
struct Fates {
    durable: Vec<bool>,
    /// The other writes, in order; those that a failed flush left behind come first.
    pending: Vec<usize>,
}

impl Fates {
    fn at(log: &[(usize, Event)]) -> Self {
        let mut durable = vec![false; log.len()];
        let mut lost_sight_of = vec![false; log.len()];
        for (now, (disk, event)) in log.iter().enumerate() {
            for (before, (other, earlier)) in log[..now].iter().enumerate() {
                if other == disk && matches!(earlier, Event::Write(..)) && !durable[before] {
                    match event {
                        Event::Write(..) | Event::Discard(_) => {}
                        Event::Flush => durable[before] = !lost_sight_of[before],
                        Event::FailedFlush => lost_sight_of[before] = true,
                    }
                }
            }
        }
        let is_pending = |at: &usize| matches!(log[*at].1, Event::Write(..)) && !durable[*at];
        let pending = (0..log.len()).filter(is_pending).collect();
        Self { durable, pending }
    }
}

/// A pending write that landed, in whole or in part.
struct Landed {
    write: usize,
    sectors: Option<Vec<bool>>,
}

impl Landed {
    fn whole(write: usize) -> Self {
        Self { write, sectors: None }
    }
}

/// The disks with all durable writes and these pending ones. Pending writes land in the order of
/// the list, but never after a durable write that was issued later.
fn rebuild(before: &[Image], log: &[(usize, Event)], fates: &Fates, landed: &[Landed]) -> Vec<Image> {
    let mut images = before.to_vec();
    for (disk, event) in log {
        if let Event::Discard(sectors) = event {
            images[*disk].discard(sectors.clone());
        }
    }
    let last_durable = fates.durable.iter().rposition(|durable| *durable).unwrap_or(0);
    let mut apply = |landed: &Landed| {
        let (disk, Event::Write(first, sectors)) = &log[landed.write] else { return };
        for (number, (at, sector)) in (*first..).zip(sectors).enumerate() {
            if landed.sectors.as_ref().is_none_or(|mask| mask[number]) {
                images[*disk].put(at, sector);
            }
        }
    };
    for write in 0..log.len() {
        if fates.durable[write] {
            apply(&Landed::whole(write));
        } else if write < last_durable {
            landed.iter().filter(|landed| landed.write == write).for_each(&mut apply);
        }
    }
    landed.iter().filter(|landed| landed.write >= last_durable).for_each(&mut apply);
    images
}

/// Which pending writes landed, and in which order.
fn subsets(pending: &[usize], effort: Effort, random: &mut SeededIds) -> Vec<Vec<usize>> {
    if pending.len() <= effort.exhaustive {
        let pick = |bits: usize| {
            pending.iter().enumerate().filter(move |(at, _)| bits >> at & 1 == 1).map(|(_, write)| *write)
        };
        let mut sets =
            (0..1_usize << pending.len()).map(|bits| pick(bits).collect()).collect::<Vec<Vec<_>>>();
        // Backwards too, for writes that overlap.
        sets.push(pending.iter().rev().copied().collect());
        return sets;
    }
    let mut sets = vec![vec![], pending.to_vec(), pending.iter().rev().copied().collect()];
    for at in 0..pending.len() {
        // One alone, one missing, and everything up to one.
        sets.push(vec![pending[at]]);
        sets.push(pending.iter().copied().filter(|write| *write != pending[at]).collect());
        sets.push(pending[..at].to_vec());
    }
    for _ in 0..effort.samples {
        let mut set = pending.iter().copied().filter(|_| random.next_u64() & 1 == 1).collect::<Vec<_>>();
        for at in (1..set.len()).rev() {
            set.swap(at, (random.next_u64() % (at as u64 + 1)) as usize);
        }
        sets.push(set);
    }
    sets
}

/// Each pending write of several sectors in part, with all or none of the others.
fn torn(
    log: &[(usize, Event)],
    pending: &[usize],
    effort: Effort,
    random: &mut SeededIds,
    visit: &mut impl FnMut(&[Landed]),
) {
    for write in pending {
        let (_, Event::Write(_, sectors)) = &log[*write] else { continue };
        let count = sectors.len();
        if count < 2 {
            continue;
        }
        let places = if count - 1 <= effort.tears {
            (1..count).collect::<Vec<_>>()
        } else {
            (0..effort.tears).map(|_| 1 + (random.next_u64() % (count as u64 - 1)) as usize).collect()
        };
        let mut masks = Vec::new();
        for place in places {
            masks.push((0..count).map(|at| at < place).collect::<Vec<_>>());
            masks.push((0..count).map(|at| at >= place).collect());
        }
        masks.push((0..count).map(|_| random.next_u64() & 1 == 1).collect());
        for mask in masks {
            let part = |others: bool| {
                let others = pending.iter().filter(move |other| others && *other != write);
                let part = Landed { write: *write, sectors: Some(mask.clone()) };
                others.map(|other| Landed::whole(*other)).chain([part]).collect::<Vec<_>>()
            };
            visit(&part(false));
            visit(&part(true));
        }
    }
}
