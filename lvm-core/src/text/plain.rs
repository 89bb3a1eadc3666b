//! Plain logical volumes, read straight from the tokens.
//!
//! Nearly every volume of a large group is linear or striped over physical volumes, under the keys
//! that every volume has. Those are read here, one after the other, and never become nodes of the
//! tree, which would take more memory than the text. Whatever is not plain, or not in order, is
//! left to the tree and what reads it, errors included: nothing is decided here, and what is read
//! here is what would be read there.

use std_alloc::{borrow::ToOwned, string::String, sync::Arc, vec::Vec};

use super::flags::{flags_bit, status_bit};
use super::import::shared;
use super::lexer::{Lexer, Token};
use super::section::Section;
use super::tree::{Place, Reader, Tree, Value, parse_value};
use crate::id::{Id, LvId, PvId};
use crate::metadata::flag_tables::LV_FLAGS;
use crate::metadata::segment::Striped;
use crate::metadata::{
    AllocationPolicy, Area, AreaSource, LogicalVolume, LvStatus, RareList, ReadAhead, Segment, SegmentKind,
    ShortList,
};
use crate::units::Sectors;

/// The plain volumes of a text, in its order.
#[derive(Debug, Default)]
pub(super) struct PlainVolumes<'a> {
    pub(super) list: Vec<Arc<LogicalVolume>>,
    /// Where the list of the group's volumes is.
    place: Option<[usize; 2]>,
    /// True once that was looked for. Later lists count for nothing.
    is_placed: bool,
    pvs: PvNames<'a>,
    extent_size: Sectors,
    last_host: Option<Arc<str>>,
    /// Values of one key, and of one key in a segment.
    values: Vec<Value<'a>>,
}

/// The names of physical volumes. Of two with one name the first counts.
#[derive(Debug, Default)]
struct PvNames<'a> {
    list: Vec<(&'a str, PvId)>,
    /// The position of the one asked for last: neighbours tend to lie on one.
    last: usize,
}

impl<'a> Reader<'a> for PlainVolumes<'a> {
    fn read(&mut self, tree: &Tree<'a>, place: &Place, key: &'a str, lexer: &mut Lexer<'a>) -> bool {
        let [(group, group_end), (list, list_end)] = *place else { return false };
        if self.place != Some([group, list]) {
            if self.is_placed || group != group_end || list != list_end {
                return false;
            }
            self.find_place(tree, group, list);
            if self.place.is_none() {
                return false;
            }
        }
        match self.volume(key, lexer) {
            Some(lv) => {
                self.list.push(Arc::new(lv));
                true
            }
            None => false,
        }
    }
}

impl<'a> PlainVolumes<'a> {
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
            self.extent_size =
                Sectors(first("extent_size").and_then(|entry| int(entry.values())).unwrap_or(0));
            self.place = Some([group, list]);
        }
    }

    /// What is behind the `{` of a volume's section, up to its `}`.
    fn volume(&mut self, name: &str, lexer: &mut Lexer<'a>) -> Option<LogicalVolume> {
        let (mut id, mut status, mut flags, mut tags) = (None, None, None, None);
        let (mut creation_time, mut creation_host, mut segment_count) = (None, None, None);
        let mut segments = ShortList::new();
        while let Some(key) = next_key(lexer)? {
            match lexer.next(false).ok()? {
                Token::Assign => {}
                Token::SectionBegin if key.starts_with("segment") && key != "segment_count" => {
                    segments.push(self.segment(lexer)?);
                    continue;
                }
                _ => return None,
            }
            let values = self.values(lexer)?;
            match key {
                "id" => once(&mut id, || Id::parse(text(values)?).ok().map(LvId))?,
                "status" => once(&mut status, || bits(values, |word| status_bit(LV_FLAGS, word)))?,
                "flags" => once(&mut flags, || {
                    bits(values, |word| flags_bit(LV_FLAGS, Some(LvStatus::WRITE), word))
                })?,
                "tags" => once(&mut tags, || texts(values))?,
                "creation_time" => once(&mut creation_time, || int(values))?,
                "creation_host" => {
                    let host = text(values)?;
                    once(&mut creation_host, || Some(shared(host, &mut self.last_host)))?;
                }
                "segment_count" => once(&mut segment_count, || int::<usize>(values))?,
                _ => return None,
            }
        }
        if segment_count? != segments.len() {
            return None;
        }
        segments.sort_by_key(|seg| seg.start_extent);
        segments.shrink_to_fit();
        let status = status? | flags.unwrap_or_default();
        Some(LogicalVolume {
            name: name.to_owned(),
            id: id?,
            status,
            unknown_status: RareList::new(),
            unknown_flags: RareList::new(),
            tags: tags.unwrap_or_default().into(),
            creation_time,
            creation_host,
            lock_args: None,
            allocation_policy: AllocationPolicy::Inherit,
            profile: None,
            read_ahead: ReadAhead::Auto,
            major: None,
            minor: None,
            segments,
            extra: RareList::new(),
            extent_size: self.extent_size,
            visible: status.contains(LvStatus::VISIBLE),
        })
    }

    /// What is behind the `{` of a segment, up to its `}`.
    fn segment(&mut self, lexer: &mut Lexer<'a>) -> Option<Segment> {
        let (mut start_extent, mut extent_count, mut spelt_linear) = (None, None, None);
        let (mut stripe_count, mut stripe_size, mut stripes) = (None, None, None);
        while let Some(key) = next_key(lexer)? {
            if lexer.next(false).ok()? != Token::Assign {
                return None;
            }
            self.values(lexer)?;
            let values = &self.values;
            match key {
                "start_extent" => once(&mut start_extent, || int(values))?,
                "extent_count" => once(&mut extent_count, || int(values))?,
                "type" => once(&mut spelt_linear, || match text(values)? {
                    "striped" => Some(false),
                    "linear" => Some(true),
                    _ => None,
                })?,
                "stripe_count" => once(&mut stripe_count, || int::<usize>(values))?,
                "stripe_size" => once(&mut stripe_size, || int(values))?,
                "stripes" => once(&mut stripes, || self.pvs.areas(values))?,
                _ => return None,
            }
        }
        let stripes = stripes?;
        let stripe_size = match stripe_count? {
            count if count != stripes.len() => return None,
            1 => 0,
            _ => stripe_size?,
        };
        let striped = Striped { stripe_size: Sectors(stripe_size), stripes, spelt_linear: spelt_linear? };
        Some(Segment::new(start_extent?, extent_count?, SegmentKind::Striped(striped)))
    }

    /// The values of a key, in a list that is used again and again.
    fn values(&mut self, lexer: &mut Lexer<'a>) -> Option<&[Value<'a>]> {
        self.values.clear();
        parse_value(lexer, &mut self.values).ok()?;
        Some(&self.values)
    }
}

impl<'a> PvNames<'a> {
    /// Of the physical volumes that have an id; reading the text fails later for one that has none.
    fn new(pvs: &Section<'_, 'a>) -> Self {
        let mut names = Self::default();
        for section in pvs.entries().filter_map(|entry| entry.section()) {
            let id = section.entries().find(|entry| entry.key() == "id");
            let id = id.and_then(|entry| Id::parse(text(entry.values())?).ok());
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

    /// Pairs of physical volume and start extent.
    fn areas(&mut self, values: &[Value<'_>]) -> Option<ShortList<Area>> {
        let (pairs, []) = values.as_chunks::<2>() else { return None };
        let mut area = |[name, start]: &[Value<'_>; 2]| match (name, start) {
            (Value::Plain(name), Value::Int(start)) => {
                let source = AreaSource::Pv(self.find(name)?);
                Some(Area { source, start_extent: u32::try_from(*start).ok()? })
            }
            _ => None,
        };
        match pairs {
            [pair] => area(pair).map(ShortList::one),
            pairs => pairs.iter().map(area).collect(),
        }
    }
}

/// The next key of a section; nothing behind its last. Keys in quotes and paths are not plain.
fn next_key<'a>(lexer: &mut Lexer<'a>) -> Option<Option<&'a str>> {
    match lexer.next(false).ok()? {
        Token::Word(key) if !lexer.is_path => Some(Some(key)),
        Token::SectionEnd => Some(None),
        _ => None,
    }
}

/// Fills what must not be there twice.
fn once<T>(slot: &mut Option<T>, value: impl FnOnce() -> Option<T>) -> Option<()> {
    if slot.is_some() {
        return None;
    }
    *slot = Some(value()?);
    Some(())
}

fn int<T: TryFrom<i64>>(values: &[Value<'_>]) -> Option<T> {
    match values {
        [Value::Int(number)] => T::try_from(*number).ok(),
        _ => None,
    }
}

/// A string without escapes.
fn text<'a>(values: &[Value<'a>]) -> Option<&'a str> {
    match values {
        [Value::Plain(text)] => Some(text),
        _ => None,
    }
}

fn texts(values: &[Value<'_>]) -> Option<Vec<String>> {
    let texts = values.iter().map(|value| text(core::slice::from_ref(value)).map(str::to_owned));
    texts.collect()
}

/// The bits of words, all of which are known.
fn bits(values: &[Value<'_>], bit: impl Fn(&str) -> Option<LvStatus>) -> Option<LvStatus> {
    let mut bits = LvStatus::empty();
    for value in values {
        bits |= bit(text(core::slice::from_ref(value))?)?;
    }
    Some(bits)
}

#[cfg(test)]
mod tests;
