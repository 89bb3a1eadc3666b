//! The free areas of one physical volume, in the order in which the search looks at them.
//!
//! Largest first; of equal areas the one that came last stands last. A search reserves part of an
//! area, and the area then moves to where what is left of it belongs, *compared with the full
//! sizes of the others*, while the search goes on with whatever follows it there. Which hole a
//! request lands in depends on exactly that, so the list is a real linked list: the search holds a
//! place in it and the list changes under the search.
//!
//! An index by size finds the place of an area in logarithmic time. It holds the areas that stand
//! in order; an area that is partly reserved has left the order and is in the list only.

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
    /// Free extents that the running search has not set aside.
    pub(super) unreserved: u32,
    place: Place,
    previous: Option<AreaId>,
    next: Option<AreaId>,
}

/// Where an area stands.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Place {
    /// By its full size; the number tells equals apart.
    InOrder(i64),
    /// By what is left of it.
    Moved,
    /// Used up.
    Gone,
}

type SizeKey = (Reverse<u32>, i64);

/// Numbers kept free for areas that go in front of their equals after one sweep.
const FRONT_BLOCK: i64 = 1 << 32;

/// The list.
#[derive(Clone, Debug, Default)]
pub(super) struct AreaList {
    areas: Vec<FreeArea>,
    first: Option<AreaId>,
    last: Option<AreaId>,
    in_order: BTreeMap<SizeKey, AreaId>,
    next_number: i64,
    front_number: i64,
    /// Areas that were reserved since the last [`release`](Self::release).
    touched: Vec<AreaId>,
    /// All areas up to this size count as reserved as a whole.
    swept: Option<u32>,
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

    /// True when nothing is free.
    pub(super) fn is_empty(&self) -> bool {
        self.first.is_none()
    }

    /// The first area of the list: the largest.
    pub(super) fn first(&self) -> Option<AreaId> {
        self.first
    }

    /// The last area of the list.
    pub(super) fn last(&self) -> Option<AreaId> {
        self.last
    }

    /// The area that follows in the list as it is now.
    pub(super) fn after(&self, id: AreaId) -> Option<AreaId> {
        self.areas.get(id)?.next
    }

    /// The area itself.
    pub(super) fn get(&self, id: AreaId) -> Option<&FreeArea> {
        self.areas.get(id)
    }

    /// The areas in list order.
    #[cfg(test)]
    pub(super) fn iter(&self) -> impl Iterator<Item = &FreeArea> {
        core::iter::successors(self.first, |id| self.after(*id)).filter_map(|id| self.get(id))
    }

    /// Sets up to `wanted` extents aside for the running search and returns how many.
    ///
    /// An area that is set aside as a whole stays where it is.
    pub(super) fn reserve(&mut self, id: AreaId, wanted: u32) -> u32 {
        let Some(area) = self.areas.get_mut(id) else { return 0 };
        if area.unreserved == area.count {
            self.touched.push(id);
        }
        let taken = wanted.min(area.unreserved);
        let left = area.unreserved.saturating_sub(taken);
        if left > 0 {
            self.unlink(id);
        }
        if let Some(area) = self.areas.get_mut(id) {
            area.unreserved = left;
        }
        if left > 0 {
            self.insert(id);
        }
        taken
    }

    /// Does to the order of the list what it would do to reserve every area of up to `size`
    /// extents as a whole, without looking at them: on release they keep their order and go
    /// behind what has come among them since.
    pub(super) fn sweep(&mut self, size: u32) {
        self.swept = Some(size);
        self.front_number = self.front_number.saturating_sub(FRONT_BLOCK);
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

    /// Gives back everything set aside: each such area goes behind those of its full size, in the
    /// order the list has now.
    pub(super) fn release(&mut self) {
        let mut touched = core::mem::take(&mut self.touched);
        let swept = self.swept.take().unwrap_or(0);
        touched.retain(|id| match self.areas.get_mut(*id) {
            Some(area) if area.count <= swept => {
                area.unreserved = area.count;
                false
            }
            Some(area) => area.unreserved != area.count,
            None => false,
        });
        if touched.len() > 1 {
            touched.sort_by_cached_key(|id| self.position(*id));
        }
        for id in &touched {
            self.unlink(*id);
            if let Some(area) = self.areas.get_mut(*id) {
                area.unreserved = area.count;
            }
        }
        for id in touched.drain(..) {
            self.insert(id);
        }
        self.touched = touched;
    }

    /// A key that sorts as the list does: the next area in order, and how far before it.
    fn position(&self, id: AreaId) -> (bool, SizeKey, Reverse<usize>) {
        let mut next = Some(id);
        let mut distance = 0_usize;
        while let Some(area) = next.and_then(|at| self.areas.get(at)) {
            if let Place::InOrder(number) = area.place {
                return (false, (Reverse(area.count), number), Reverse(distance));
            }
            distance = distance.saturating_add(1);
            next = area.next;
        }
        (true, (Reverse(0), 0), Reverse(distance))
    }

    /// Puts an unlinked area in front of the first one whose full size is smaller than what is
    /// unreserved of it.
    fn insert(&mut self, id: AreaId) {
        let Some(area) = self.areas.get(id) else { return };
        let (size, whole) = (area.unreserved, area.unreserved == area.count);
        let number = if whole { self.number_for(size) } else { i64::MAX };
        let behind_equals = (Excluded((Reverse(size), number)), Unbounded);
        let mut next = self.in_order.range(behind_equals).next().map(|(_, id)| *id);
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
        let place = if whole {
            self.in_order.insert((Reverse(size), number), id);
            Place::InOrder(number)
        } else {
            Place::Moved
        };
        self.link(id, next, place);
    }

    /// The next number among areas of a size: behind all, or in front of those swept.
    fn number_for(&mut self, size: u32) -> i64 {
        let in_front = self.swept.is_some_and(|swept| size <= swept);
        let next = if in_front { &mut self.front_number } else { &mut self.next_number };
        let number = *next;
        *next = number.saturating_add(1);
        number
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
        if let Place::InOrder(number) = area.place {
            self.in_order.remove(&(Reverse(area.count), number));
        }
        area.place = Place::Gone;
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

    fn shown(list: &AreaList) -> Vec<(u32, u32, u32)> {
        list.iter().map(|area| (area.start, area.count, area.unreserved)).collect()
    }

    /// Where the area that begins at `start` is kept.
    fn find(list: &AreaList, start: u32) -> AreaId {
        list.areas.iter().position(|area| area.start == start).unwrap()
    }

    #[test]
    fn largest_first_and_equals_in_order_of_arrival() {
        let list = list(&[(0, 5), (10, 9), (20, 5), (30, 0), (40, 12), (60, 9)]);
        let starts = list.iter().map(|area| area.start).collect::<Vec<_>>();
        assert_eq!(starts, [40, 10, 60, 0, 20]);
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
        let starts = list.iter().map(|area| area.start).collect::<Vec<_>>();
        assert_eq!(starts, [200, 0, 100, 300, 400]);
    }

    #[test]
    fn a_wholly_reserved_area_stays_until_release() {
        let mut list = list(&[(0, 10), (20, 10), (40, 10)]);
        assert_eq!(list.reserve(find(&list, 0), 30), 10);
        assert_eq!(shown(&list), [(0, 10, 0), (20, 10, 10), (40, 10, 10)]);
        list.release();
        assert_eq!(shown(&list), [(20, 10, 10), (40, 10, 10), (0, 10, 10)]);
    }

    #[test]
    fn the_others_count_with_their_full_size() {
        let mut list = list(&[(0, 50), (100, 45), (200, 29)]);
        list.reserve(find(&list, 0), 20);
        list.reserve(find(&list, 200), 20);
        list.reserve(find(&list, 100), 20);
        // 25 left of 45 is more than 9 left of 29, but 29 is not smaller than 25.
        assert_eq!(shown(&list), [(0, 50, 30), (200, 29, 9), (100, 45, 25)]);
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
        assert!(!list.is_empty());
    }

    #[test]
    fn the_index_agrees_with_a_plain_list() {
        // The same rules on a plain vector, searched from the front.
        fn place(plain: &mut Vec<(u32, u32, u32)>, area: (u32, u32, u32)) {
            let at = plain.iter().position(|other| other.1 < area.2).unwrap_or(plain.len());
            plain.insert(at, area);
        }
        let mut random = crate::stamp::SeededIds::new(3);
        let mut number = move |below: u64| u32::try_from(random.next_u64() % below).unwrap();
        for _ in 0..300 {
            let mut plain = Vec::new();
            let mut list = AreaList::default();
            for start in 0..12 {
                let count = 1 + number(20);
                list.add(start * 100, count);
                place(&mut plain, (start * 100, count, count));
            }
            for _ in 0..40 {
                let at = usize::try_from(number(13)).unwrap();
                match plain.get(at).copied() {
                    Some(mut area) => {
                        let wanted = 1 + number(8);
                        let id = list.iter().position(|a| a.start == area.0).unwrap();
                        let id = core::iter::successors(list.first(), |id| list.after(*id)).nth(id).unwrap();
                        let taken = list.reserve(id, wanted);
                        assert_eq!(taken, wanted.min(area.2));
                        area.2 -= taken;
                        if area.2 > 0 {
                            plain.remove(at);
                            place(&mut plain, area);
                        } else {
                            plain[at] = area;
                        }
                    }
                    None => {
                        list.release();
                        for area in plain.clone().into_iter().filter(|area| area.1 != area.2) {
                            plain.retain(|other| other.0 != area.0);
                            place(&mut plain, (area.0, area.1, area.1));
                        }
                    }
                }
                assert_eq!(shown(&list), plain);
            }
        }
    }
}
