//! The free areas of one physical volume, in the order in which the search looks at them.
//!
//! Largest first; of equal areas the one that came last stands last. A search sets part of an
//! area aside, and the area then moves to where what is left of it belongs, *compared with the
//! full sizes of the others*, while the search goes on with whatever follows it there. Before the
//! next search everything set aside is given back, by a walk through the same list, which changes
//! under it too: an area that goes behind its equals takes the walk with it, so that equals
//! between stay set aside for one more search. Which hole a request lands in depends on exactly
//! that (measured against lvm2 2.03.16), so the list is a real linked list.
//!
//! Two indexes by size find the place of an area, and the next one that is free or set aside, in
//! logarithmic time. They hold the areas that stand in order; one that is partly set aside has
//! left the order and is in the list only.

use core::cmp::Reverse;
use core::ops::Bound::{Excluded, Unbounded};
use std_alloc::{collections::BTreeMap, vec::Vec};

/// The position of an area in its list's storage.
pub(super) type AreaId = usize;

/// A run of free extents.
#[derive(Clone, Debug)]
pub(super) struct FreeArea {
    /// The first free extent.
    pub(super) start: u32,
    /// Free extents.
    pub(super) count: u32,
    /// Free extents that no search has set aside.
    pub(super) unreserved: u32,
    place: Place,
    previous: Option<AreaId>,
    next: Option<AreaId>,
}

/// Where an area stands.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Place {
    /// By its full size; the number tells equals apart.
    InOrder(u64),
    /// By what is left of it.
    Moved,
    /// Used up.
    Gone,
}

/// The order of the list, for areas that stand in order.
type SizeKey = (Reverse<u32>, u64);

/// Behind every area.
const END: SizeKey = (Reverse(0), u64::MAX);

/// The list.
#[derive(Clone, Debug, Default)]
pub(super) struct AreaList {
    areas: Vec<FreeArea>,
    first: Option<AreaId>,
    last: Option<AreaId>,
    next_number: u64,
    /// Areas in order with something left.
    free: BTreeMap<SizeKey, AreaId>,
    /// Areas in order that are set aside as a whole.
    whole: BTreeMap<SizeKey, AreaId>,
    /// Areas that left the order.
    moved: Vec<AreaId>,
}

impl AreaList {
    /// Adds an area, behind those of the same size.
    pub(super) fn add(&mut self, start: u32, count: u32) {
        if count == 0 {
            return;
        }
        let id = self.areas.len();
        let place = Place::Gone;
        self.areas.push(FreeArea { start, count, unreserved: count, place, previous: None, next: None });
        self.insert(id);
    }

    /// The first area of the list with something left: the largest.
    pub(super) fn first(&self) -> Option<AreaId> {
        self.from(self.first)
    }

    /// The area with something left that follows in the list as it is now.
    pub(super) fn after(&self, id: AreaId) -> Option<AreaId> {
        self.from(self.areas.get(id)?.next)
    }

    /// The area itself.
    pub(super) fn get(&self, id: AreaId) -> Option<&FreeArea> {
        self.areas.get(id)
    }

    /// True when something is set aside.
    pub(super) fn has_reservations(&self) -> bool {
        !self.whole.is_empty() || !self.moved.is_empty()
    }

    /// Sets up to `wanted` extents aside for the running search and returns how many.
    ///
    /// An area that is set aside as a whole stays where it is.
    pub(super) fn reserve(&mut self, id: AreaId, wanted: u32) -> u32 {
        let Some(area) = self.areas.get_mut(id) else { return 0 };
        let taken = wanted.min(area.unreserved);
        let left = area.unreserved.saturating_sub(taken);
        if left == 0 {
            area.unreserved = 0;
            if let Place::InOrder(number) = area.place {
                let key = (Reverse(area.count), number);
                self.free.remove(&key);
                self.whole.insert(key, id);
            }
        } else {
            self.move_to_its_place(id, left);
        }
        taken
    }

    /// Takes `count` extents from the start of an area for good; what is left of it goes behind
    /// the areas of its new size. Returns the first extent taken.
    pub(super) fn consume(&mut self, id: AreaId, count: u32) -> Option<u32> {
        let area = self.areas.get(id).filter(|area| count > 0 && area.count >= count)?;
        let (start, left) = (area.start, area.count.saturating_sub(count));
        self.unlink(id);
        if let Some(area) = self.areas.get_mut(id) {
            area.start = start.saturating_add(count);
            area.count = left;
            area.unreserved = left;
        }
        if left > 0 {
            self.insert(id);
        }
        Some(start)
    }

    /// Gives back what was set aside, as a walk from the front does: an area given back goes
    /// behind those of its full size, and the walk goes on behind it there. Where it passes
    /// others of its size, those stay set aside.
    pub(super) fn release(&mut self) {
        let mut walked = None;
        loop {
            let behind = (walked.map_or(Unbounded, Excluded), Unbounded);
            let whole = self.whole.range(behind).next().map(|(key, id)| (*key, *id));
            let limit = whole.map_or(END, |(key, _)| key);
            let next = self.first_moved(walked, limit, 0).or(whole.map(|(_, id)| id));
            let Some((id, count)) = next.and_then(|id| Some((id, self.areas.get(id)?.count))) else { return };
            walked = self.move_to_its_place(id, count);
        }
    }

    /// The first area at or behind a place in the list that has something left.
    fn from(&self, mut at: Option<AreaId>) -> Option<AreaId> {
        while let Some((id, area)) = at.and_then(|id| Some((id, self.areas.get(id)?))) {
            if area.unreserved > 0 {
                return Some(id);
            }
            if let Place::InOrder(number) = area.place {
                let key = (Reverse(area.count), number);
                let free = self.free.range((Excluded(key), Unbounded)).next();
                let limit = free.map_or(END, |(key, _)| *key);
                return self.first_moved(Some(key), limit, 1).or(free.map(|(_, id)| *id));
            }
            at = area.next;
        }
        None
    }

    /// The first area that left the order, has at least so much left, and stands between two
    /// areas in order.
    fn first_moved(&self, behind: Option<SizeKey>, before: SizeKey, unreserved: u32) -> Option<AreaId> {
        let moved = self.moved.iter().copied().filter_map(|id| {
            let has_enough = self.areas.get(id)?.unreserved >= unreserved;
            let (next, distance) = self.next_in_order(id);
            let between = behind.is_none_or(|behind| behind < next) && next <= before;
            (has_enough && between).then_some((next, Reverse(distance), id))
        });
        moved.min().map(|(_, _, id)| id)
    }

    /// The first area in order behind one that left it, and how far behind.
    fn next_in_order(&self, id: AreaId) -> (SizeKey, usize) {
        let mut distance = 0_usize;
        let mut next = Some(id);
        while let Some(area) = next.and_then(|id| self.areas.get(id)) {
            if let Place::InOrder(number) = area.place {
                return ((Reverse(area.count), number), distance);
            }
            distance = distance.saturating_add(1);
            next = area.next;
        }
        (END, distance)
    }

    /// Changes what is left of an area and puts it where that belongs; its key if that is in
    /// order.
    fn move_to_its_place(&mut self, id: AreaId, unreserved: u32) -> Option<SizeKey> {
        self.unlink(id);
        self.areas.get_mut(id)?.unreserved = unreserved;
        self.insert(id)
    }

    /// Puts an unlinked area in front of the first one whose full size is smaller than what is
    /// left of it.
    fn insert(&mut self, id: AreaId) -> Option<SizeKey> {
        let area = self.areas.get(id)?;
        let (size, is_whole) = (area.unreserved, area.unreserved == area.count);
        let behind_equals = (Excluded((Reverse(size), u64::MAX)), Unbounded);
        let candidates = [self.free.range(behind_equals).next(), self.whole.range(behind_equals).next()];
        let mut next = candidates.into_iter().flatten().min_by_key(|(key, _)| **key).map(|(_, id)| *id);
        // Areas that left the order may stand between; they count with their full sizes too.
        let mut probe = next.map_or(self.last, |next| self.areas.get(next).and_then(|area| area.previous));
        while let Some((at, area)) = probe.and_then(|at| Some((at, self.areas.get(at)?))) {
            if area.place != Place::Moved {
                break;
            }
            if area.count < size {
                next = Some(at);
            }
            probe = area.previous;
        }
        if is_whole {
            let number = self.next_number;
            self.next_number = number.saturating_add(1);
            let key = (Reverse(size), number);
            self.free.insert(key, id);
            self.link(id, next, Place::InOrder(number));
            Some(key)
        } else {
            self.moved.push(id);
            self.link(id, next, Place::Moved);
            None
        }
    }

    fn link(&mut self, id: AreaId, next: Option<AreaId>, place: Place) {
        let previous = match next.and_then(|next| self.areas.get_mut(next)) {
            Some(next) => next.previous.replace(id),
            None => self.last.replace(id),
        };
        match previous.and_then(|previous| self.areas.get_mut(previous)) {
            Some(previous) => previous.next = Some(id),
            None => self.first = Some(id),
        }
        if let Some(area) = self.areas.get_mut(id) {
            area.previous = previous;
            area.next = next;
            area.place = place;
        }
    }

    fn unlink(&mut self, id: AreaId) {
        let Some(area) = self.areas.get_mut(id) else { return };
        let (previous, next) = (area.previous.take(), area.next.take());
        match core::mem::replace(&mut area.place, Place::Gone) {
            Place::InOrder(number) => {
                let key = (Reverse(area.count), number);
                if self.free.remove(&key).is_none() {
                    self.whole.remove(&key);
                }
            }
            Place::Moved => self.moved.retain(|moved| *moved != id),
            Place::Gone => return,
        }
        match previous.and_then(|previous| self.areas.get_mut(previous)) {
            Some(previous) => previous.next = next,
            None => self.first = next,
        }
        match next.and_then(|next| self.areas.get_mut(next)) {
            Some(next) => next.previous = previous,
            None => self.last = previous,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn list(areas: &[(u32, u32)]) -> AreaList {
        let mut list = AreaList::default();
        for (start, count) in areas {
            list.add(*start, *count);
        }
        list
    }

    fn ids(list: &AreaList) -> impl Iterator<Item = AreaId> {
        core::iter::successors(list.first, |id| list.areas[*id].next)
    }

    /// Start, size and what is left, in list order.
    fn shown(list: &AreaList) -> Vec<(u32, u32, u32)> {
        let area = |id: AreaId| &list.areas[id];
        ids(list).map(area).map(|area| (area.start, area.count, area.unreserved)).collect()
    }

    fn starts(list: &AreaList) -> Vec<u32> {
        ids(list).map(|id| list.areas[id].start).collect()
    }

    /// Where the area that begins at `start` is kept.
    fn find(list: &AreaList, start: u32) -> AreaId {
        list.areas.iter().position(|area| area.start == start).unwrap()
    }

    #[test]
    fn largest_first_and_equals_in_order_of_arrival() {
        let list = list(&[(0, 5), (10, 9), (20, 5), (30, 0), (40, 12), (60, 9)]);
        assert_eq!(starts(&list), [40, 10, 60, 0, 20]);
    }

    #[test]
    fn a_reserved_area_moves_and_comes_back_behind_its_equals() {
        let mut list = list(&[(0, 50), (100, 45), (200, 50), (300, 20), (400, 12)]);
        let first = list.first().unwrap();
        assert_eq!(list.reserve(first, 10), 10);
        // 40 left: behind 50 and 45, before 20; a search that follows it misses 50 and 45.
        assert_eq!(shown(&list), [(200, 50, 50), (100, 45, 45), (0, 50, 40), (300, 20, 20), (400, 12, 12)]);
        assert_eq!(list.get(list.after(first).unwrap()).unwrap().start, 300);
        list.release();
        assert_eq!(starts(&list), [200, 0, 100, 300, 400]);
        assert!(!list.has_reservations());
    }

    #[test]
    fn of_equals_set_aside_as_a_whole_one_comes_back_at_a_time() {
        let mut list = list(&[(0, 10), (20, 10), (40, 10), (60, 4)]);
        for start in [0, 20, 60] {
            list.reserve(find(&list, start), 30);
        }
        assert_eq!(shown(&list), [(0, 10, 0), (20, 10, 0), (40, 10, 10), (60, 4, 0)]);
        assert_eq!(list.first(), Some(find(&list, 40)));
        list.release();
        assert_eq!(shown(&list), [(20, 10, 0), (40, 10, 10), (0, 10, 10), (60, 4, 4)]);
        assert!(list.has_reservations());
        list.release();
        assert_eq!(shown(&list), [(40, 10, 10), (0, 10, 10), (20, 10, 10), (60, 4, 4)]);
        assert!(!list.has_reservations());
    }

    #[test]
    fn the_others_count_with_their_full_size() {
        let mut list = list(&[(0, 50), (100, 45), (200, 29)]);
        list.reserve(find(&list, 0), 20);
        list.reserve(find(&list, 200), 20);
        list.reserve(find(&list, 100), 20);
        // 25 left of 45 is more than 9 left of 29, but 29 is not smaller than 25.
        assert_eq!(shown(&list), [(0, 50, 30), (200, 29, 9), (100, 45, 25)]);
        // The walk that gives back comes to 29 first, and goes on behind where 45 stands.
        list.release();
        assert_eq!(shown(&list), [(0, 50, 50), (100, 45, 25), (200, 29, 29)]);
        list.release();
        assert_eq!(shown(&list), [(0, 50, 50), (100, 45, 45), (200, 29, 29)]);
    }

    #[test]
    fn consuming_takes_from_the_start() {
        let mut list = list(&[(0, 10), (20, 8), (40, 7)]);
        let id = find(&list, 0);
        list.reserve(id, 3);
        assert_eq!(list.consume(id, 3), Some(0));
        assert_eq!(shown(&list), [(20, 8, 8), (40, 7, 7), (3, 7, 7)]);
        assert_eq!(list.consume(id, 8), None);
        assert_eq!(list.consume(id, 7), Some(3));
        list.release();
        assert_eq!(shown(&list), [(20, 8, 8), (40, 7, 7)]);
    }

    /// The same rules on a plain vector, searched from the front.
    #[derive(Default)]
    struct Plain(Vec<(u32, u32, u32)>);

    impl Plain {
        fn place(&mut self, area: (u32, u32, u32)) -> usize {
            let at = self.0.iter().position(|other| other.1 < area.2).unwrap_or(self.0.len());
            self.0.insert(at, area);
            at
        }

        fn release(&mut self) {
            let mut at = 0;
            while let Some(area) = self.0.get(at).copied() {
                if area.1 != area.2 {
                    self.0.remove(at);
                    at = self.place((area.0, area.1, area.1));
                }
                at += 1;
            }
        }
    }

    #[test]
    fn the_indexes_agree_with_a_plain_list() {
        let mut random = crate::stamp::SeededIds::new(3);
        let mut number = move |below: u64| u32::try_from(random.next_u64() % below).unwrap();
        for _ in 0..2000 {
            let mut plain = Plain::default();
            let mut list = AreaList::default();
            let sizes = 1 + u64::from(number(20));
            for start in 0..12 {
                let count = 1 + number(sizes);
                list.add(start * 100, count);
                plain.place((start * 100, count, count));
            }
            for _ in 0..40 {
                let at = usize::try_from(number(14)).unwrap();
                let Some(mut area) = plain.0.get(at).copied() else {
                    list.release();
                    plain.release();
                    assert_eq!(shown(&list), plain.0);
                    continue;
                };
                let id = find(&list, area.0);
                let following = plain.0.iter().skip(at + 1).find(|area| area.2 > 0);
                let after = list.after(id).map(|id| list.areas[id].start);
                assert_eq!(after, following.map(|area| area.0));
                let wanted = 1 + number(8);
                if number(4) == 0 && area.1 > wanted {
                    plain.0.remove(at);
                    let left = area.1 - wanted;
                    plain.place((area.0 + wanted, left, left));
                    assert_eq!(list.consume(id, wanted), Some(area.0));
                } else {
                    let taken = list.reserve(id, wanted);
                    assert_eq!(taken, wanted.min(area.2));
                    area.2 -= taken;
                    if area.2 > 0 {
                        plain.0.remove(at);
                        plain.place(area);
                    } else {
                        plain.0[at] = area;
                    }
                }
                assert_eq!(shown(&list), plain.0);
            }
        }
    }
}
