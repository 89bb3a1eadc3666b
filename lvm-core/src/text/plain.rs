//! Plain logical volumes, read straight from the text.
//!
//! Nearly every volume of a large group is linear or striped over physical volumes and has the keys
//! that every volume has, laid out as LVM2 and we write them to disk. Those are read here, by
//! comparing with that layout, and never become nodes of the tree, which would take more memory
//! than the text. Whatever looks different, or is wrong, is left to the tree and what reads it,
//! errors included: nothing is decided here, and what is read here is what would be read there.

mod cursor;

use std_alloc::{borrow::ToOwned, sync::Arc, vec::Vec};

use cursor::Cursor;

use super::flags::{flags_bit, status_bit};
use super::import::shared;
use super::lexer::Lexer;
use super::section::Section;
use super::tree::{Place, Reader, Tree, Value};
use crate::id::{Id, PvId};
use crate::metadata::flag_tables::LV_FLAGS;
use crate::metadata::segment::{Striped, join_adjacent};
use crate::metadata::{
    AllocationPolicy, Area, AreaSource, LogicalVolume, LvStatus, RareKeys, ReadAhead, Segment, SegmentKind,
    ShortList,
};
use crate::units::Sectors;

/// The plain volumes of a text, in its order.
#[derive(Debug, Default)]
pub(super) struct PlainVolumes<'a> {
    list: Vec<Arc<LogicalVolume>>,
    /// Where the list of the group's volumes is.
    place: Option<[usize; 2]>,
    /// True once that was looked for. Later lists count for nothing.
    is_placed: bool,
    pvs: PvNames<'a>,
    extent_size: Sectors,
    last_host: Option<Arc<str>>,
    /// The status of the volume before, as it was written: most have the same.
    last_status: Option<(&'a [u8], LvStatus)>,
}

/// The names of physical volumes. Of two with one name the first counts.
#[derive(Debug, Default)]
struct PvNames<'a> {
    list: Vec<(&'a str, PvId)>,
    /// The position of the one asked for last: neighbours tend to lie on one.
    last: usize,
}

impl<'a> Reader<'a> for PlainVolumes<'a> {
    fn read(&mut self, tree: &Tree<'a>, place: &Place, section: usize, lexer: &mut Lexer<'a>) -> u32 {
        let [(group, group_end), (list, list_end)] = *place else { return 0 };
        if self.place != Some([group, list]) {
            if self.is_placed || group != group_end || list != list_end {
                return 0;
            }
            self.find_place(tree, group, list);
            if self.place.is_none() {
                return 0;
            }
        }
        let mut count = 0_u32;
        let mut name = Some(tree.key_at(section));
        let mut cursor = Cursor::new(lexer.rest());
        let start = cursor;
        while let Some(lv) = name.and_then(|name| self.volume(name, &mut cursor)) {
            if self.list.is_empty() {
                // The others will be about as long.
                let others = cursor.rest().len().checked_div(cursor.since(start).len());
                self.list.reserve(others.unwrap_or(0).saturating_add(1));
            }
            self.list.push(Arc::new(lv));
            count = count.saturating_add(1);
            lexer.skip_to(cursor.rest());
            cursor.blanks();
            name = cursor.name().filter(|_| cursor.eat(b" {").is_some());
        }
        count
    }
}

impl<'a> PlainVolumes<'a> {
    /// The volumes; what reading them took is given back.
    pub(super) fn into_list(self) -> Vec<Arc<LogicalVolume>> {
        self.list
    }

    /// Takes the list for that of the group, if it is: the first of its name, behind the physical
    /// volumes, in the first section of the text. Any later list of that name comes second.
    fn find_place(&mut self, tree: &Tree<'a>, group: usize, list: usize) {
        if tree.key_at(list) != "logical_volumes" {
            return;
        }
        self.is_placed = true;
        let first_group = tree.root().entries().find(|entry| entry.is_section());
        if first_group.map(|entry| entry.index()) != Some(group) {
            return;
        }
        let entries = || tree.open_section(group, list).entries();
        let first = |key| entries().find(|entry| entry.key() == key);
        let Some(pvs) = first("physical_volumes").and_then(|entry| entry.section()) else { return };
        if first("logical_volumes").map(|entry| entry.index()) == Some(list) {
            self.pvs = PvNames::new(&pvs);
            let extent_size = first("extent_size").map(|entry| entry.values());
            if let Some([Value::Int(size)]) = extent_size {
                self.extent_size = Sectors(u64::try_from(*size).unwrap_or(0));
            }
            self.place = Some([group, list]);
        }
    }

    /// What is behind the `{` of a volume's section, up to its `}`.
    fn volume(&mut self, name: &str, cursor: &mut Cursor<'a>) -> Option<LogicalVolume> {
        cursor.eat(b"\nid = ")?;
        let id = cursor.id()?;
        cursor.eat(b"\n")?;
        let status = self.status(cursor)?;
        let mut tags = Vec::new();
        if cursor.eat(b"tags = ").is_some() {
            cursor.strings(|tag| {
                tags.push(tag.to_owned());
                Some(())
            })?;
            cursor.eat(b"\n")?;
        }
        let (mut creation_time, mut creation_host) = (None, None);
        if cursor.eat(b"creation_time = ").is_some() {
            creation_time = Some(cursor.number()?);
            cursor.eat(b"\ncreation_host = ")?;
            creation_host = Some(shared(cursor.string()?, &mut self.last_host));
            cursor.eat(b"\n")?;
        }
        cursor.eat(b"segment_count = ")?;
        let segment_count = cursor.number::<usize>()?;
        cursor.eat(b"\n")?;
        let mut segments = ShortList::new();
        while segments.len() < segment_count {
            cursor.blanks();
            segments.push(self.segment(cursor)?);
        }
        cursor.blanks();
        cursor.eat(b"}")?;
        if segments.len() > 1 {
            let mut several = Vec::from(segments);
            several.sort_by_key(|seg| seg.start_extent);
            join_adjacent(&mut several);
            several.shrink_to_fit();
            segments = several.into();
        }
        Some(LogicalVolume {
            name: name.to_owned(),
            id,
            status,
            tags: tags.into(),
            creation_time,
            creation_host,
            allocation_policy: AllocationPolicy::Inherit,
            read_ahead: ReadAhead::Auto,
            segments,
            rare: RareKeys::default(),
            extent_size: self.extent_size,
            visible: status.contains(LvStatus::VISIBLE),
        })
    }

    /// `status` and `flags`, of which all words are known.
    fn status(&mut self, cursor: &mut Cursor<'a>) -> Option<LvStatus> {
        if let Some((text, bits)) = self.last_status
            && cursor.eat_all(text).is_some()
        {
            return Some(bits);
        }
        let start = *cursor;
        let mut bits = LvStatus::empty();
        cursor.eat(b"status = ")?;
        cursor.strings(|word| status_bit(LV_FLAGS, word).map(|bit| bits |= bit))?;
        cursor.eat(b"\nflags = ")?;
        cursor.strings(|word| flags_bit(LV_FLAGS, Some(LvStatus::WRITE), word).map(|bit| bits |= bit))?;
        cursor.eat(b"\n")?;
        self.last_status = Some((cursor.since(start), bits));
        Some(bits)
    }

    /// A linear or striped segment.
    fn segment(&mut self, cursor: &mut Cursor<'a>) -> Option<Segment> {
        cursor.eat(b"segment")?;
        cursor.number::<u32>()?;
        cursor.eat(b" {\nstart_extent = ")?;
        let start_extent = cursor.number()?;
        cursor.eat(b"\nextent_count = ")?;
        let extent_count = cursor.number()?;
        cursor.eat(b"\n")?;
        cursor.blanks();
        cursor.eat(b"type = \"")?;
        let spelt_linear = cursor.eat(b"linear").is_some();
        if !spelt_linear {
            cursor.eat(b"striped")?;
        }
        cursor.eat(b"\"\nstripe_count = ")?;
        let stripe_count = cursor.number::<usize>()?;
        cursor.eat(b"\n")?;
        let mut stripe_size = Sectors::ZERO;
        if stripe_count != 1 {
            cursor.eat(b"stripe_size = ")?;
            stripe_size = Sectors(cursor.number()?);
            cursor.eat(b"\n")?;
        }
        cursor.blanks();
        let stripes = self.pvs.areas(cursor)?;
        cursor.blanks();
        cursor.eat(b"}")?;
        if stripes.len() != stripe_count {
            return None;
        }
        let striped = Striped { stripe_size, stripes, spelt_linear };
        Some(Segment::new(start_extent, extent_count, SegmentKind::Striped(striped)))
    }
}

impl<'a> PvNames<'a> {
    /// Of the physical volumes that have an id; reading the text fails later for one that has none.
    fn new(pvs: &Section<'_, 'a>) -> Self {
        let mut names = Self::default();
        for section in pvs.entries().filter_map(|entry| entry.section()) {
            let id = section.entries().find(|entry| entry.key() == "id");
            let id = id.and_then(|entry| match entry.values() {
                [value] => Id::parse(&value.as_str()?).ok(),
                _ => None,
            });
            names.list.extend(id.map(|id| (section.key(), PvId(id))));
        }
        // Of equal names the first stays in front.
        names.list.sort_by_key(|(name, _)| *name);
        names
    }

    fn find(&mut self, name: &str) -> Option<PvId> {
        if let Some((known, id)) = self.list.get(self.last)
            && *known == name
        {
            return Some(*id);
        }
        self.last = self.list.partition_point(|(known, _)| *known < name);
        self.list.get(self.last).filter(|(known, _)| *known == name).map(|(_, id)| *id)
    }

    /// `stripes`: pairs of physical volume and start extent.
    fn areas(&mut self, cursor: &mut Cursor<'a>) -> Option<ShortList<Area>> {
        let mut areas = ShortList::new();
        cursor.eat(b"stripes = [\n")?;
        loop {
            let source = AreaSource::Pv(self.find(cursor.string()?)?);
            cursor.eat(b", ")?;
            areas.push(Area { source, start_extent: cursor.number()? });
            if cursor.eat(b",\n").is_none() {
                cursor.eat(b"\n]")?;
                return Some(areas);
            }
        }
    }
}

#[cfg(test)]
mod tests;
