//! Typed reads out of a section, with errors that name field and offset.

use core::cell::OnceCell;
use core::fmt::Display;

use hashbrown::HashMap;
use std_alloc::{borrow::Cow, format, string::String, vec::Vec};

use super::section::{Entry, Section};
use super::tree::Value;
use crate::error::{Error, Result};
use crate::id::{Id, LvId, PvId};
use crate::metadata::{Area, AreaSource};
use crate::units::Sectors;

/// The names that segments use, and whom they mean. Of two volumes with one name the first counts.
#[derive(Debug, Default)]
pub(super) struct Names<'a> {
    pvs: HashMap<&'a str, PvId>,
    lv_list: Vec<(&'a str, LvId)>,
    /// Filled when the first segment refers to a logical volume: most groups never look.
    lvs: OnceCell<HashMap<&'a str, LvId>>,
}

impl<'a> Names<'a> {
    pub(super) fn add_pv(&mut self, name: &'a str, id: PvId) {
        self.pvs.entry(name).or_insert(id);
    }

    /// The same physical volumes, and these logical ones.
    pub(super) fn with_lvs<'n>(self, list: Vec<(&'n str, LvId)>) -> Names<'n>
    where
        'a: 'n,
    {
        Names { pvs: self.pvs, lv_list: list, lvs: OnceCell::new() }
    }

    pub(super) fn lv(&self, name: &str) -> Option<LvId> {
        let lvs = self.lvs.get_or_init(|| {
            let mut lvs = HashMap::with_capacity(self.lv_list.len());
            for (name, id) in &self.lv_list {
                lvs.entry(*name).or_insert(*id);
            }
            lvs
        });
        lvs.get(name).copied()
    }

    /// Physical volumes go first, as in lvm2: a logical volume called `pv0` cannot be an area.
    fn source(&self, name: &str) -> Option<AreaSource> {
        let pv = self.pvs.get(name).map(|pv| AreaSource::Pv(*pv));
        pv.or_else(|| self.lv(name).map(AreaSource::Lv))
    }
}

impl<'t, 'a> Section<'t, 'a> {
    /// An error about a key of this section.
    pub(super) fn bad(&self, key: &str, offset: usize, message: impl Display) -> Error {
        Error::corrupt(format!("{message}"))
            .with_field(if self.key().is_empty() { key.into() } else { format!("{}/{key}", self.key()) })
            .with_offset(u64::try_from(offset).unwrap_or(u64::MAX))
    }

    pub(super) fn missing(&self, key: &str) -> Error {
        self.bad(key, self.offset(), "a required key is missing from the metadata text")
    }

    fn bad_entry(&self, entry: &Entry<'t, 'a>, message: impl Display) -> Error {
        self.bad(entry.key(), entry.offset(), message)
    }

    pub(super) fn int(&mut self, key: &str) -> Result<Option<i64>> {
        let Some(entry) = self.take(key) else { return Ok(None) };
        match entry.values() {
            [Value::Int(number)] => Ok(Some(*number)),
            _ => Err(self.bad_entry(&entry, "an integer was expected")),
        }
    }

    /// An integer that fits `T`.
    pub(super) fn number<T: TryFrom<i64>>(&mut self, key: &str) -> Result<Option<T>> {
        let offset = self.offset();
        match self.int(key)? {
            None => Ok(None),
            Some(number) => match T::try_from(number) {
                Ok(number) => Ok(Some(number)),
                Err(_) => Err(self.bad(key, offset, format!("the number {number} is out of range"))),
            },
        }
    }

    pub(super) fn require_number<T: TryFrom<i64>>(&mut self, key: &str) -> Result<T> {
        self.number(key)?.ok_or_else(|| self.missing(key))
    }

    pub(super) fn sectors(&mut self, key: &str) -> Result<Option<Sectors>> {
        Ok(self.number(key)?.map(Sectors))
    }

    pub(super) fn require_sectors(&mut self, key: &str) -> Result<Sectors> {
        self.require_number(key).map(Sectors)
    }

    /// 0 or 1; anything but 0 counts as true.
    pub(super) fn flag(&mut self, key: &str) -> Result<Option<bool>> {
        Ok(self.int(key)?.map(|number| number != 0))
    }

    pub(super) fn str(&mut self, key: &str) -> Result<Option<Cow<'a, str>>> {
        let Some(entry) = self.take(key) else { return Ok(None) };
        match entry.values() {
            [value] => {
                value.as_str().map(Some).ok_or_else(|| self.bad_entry(&entry, "a string was expected"))
            }
            _ => Err(self.bad_entry(&entry, "a string was expected")),
        }
    }

    pub(super) fn string(&mut self, key: &str) -> Result<Option<String>> {
        Ok(self.str(key)?.map(Cow::into_owned))
    }

    pub(super) fn require_str(&mut self, key: &str) -> Result<Cow<'a, str>> {
        self.str(key)?.ok_or_else(|| self.missing(key))
    }

    /// A list of strings, as values that all are strings.
    pub(super) fn list(&mut self, key: &str) -> Result<Option<&'t [Value<'a>]>> {
        let Some(entry) = self.take(key) else { return Ok(None) };
        let values = entry.values();
        if entry.is_section() || !values.iter().all(Value::is_str) {
            return Err(self.bad_entry(&entry, "a list of strings was expected"));
        }
        Ok(Some(values))
    }

    pub(super) fn strings(&mut self, key: &str) -> Result<Option<Vec<String>>> {
        let list = self.list(key)?;
        Ok(list.map(|list| list.iter().filter_map(Value::as_str).map(Cow::into_owned).collect()))
    }

    pub(super) fn id(&mut self, key: &str) -> Result<Option<Id>> {
        let offset = self.offset();
        match self.str(key)? {
            None => Ok(None),
            Some(text) => Id::parse(&text).map(Some).map_err(|error| self.bad(key, offset, error)),
        }
    }

    pub(super) fn require_id(&mut self, key: &str) -> Result<Id> {
        self.id(key)?.ok_or_else(|| self.missing(key))
    }

    /// A word of a fixed set.
    pub(super) fn word<T>(&mut self, key: &str, parse: impl Fn(&str) -> Option<T>) -> Result<Option<T>> {
        let offset = self.offset();
        match self.str(key)? {
            None => Ok(None),
            Some(word) => parse(&word)
                .map(Some)
                .ok_or_else(|| self.bad(key, offset, format!("the word \"{word}\" is not known here"))),
        }
    }

    /// The logical volume named.
    pub(super) fn lv(&mut self, key: &str, names: &Names<'_>) -> Result<Option<LvId>> {
        let offset = self.offset();
        match self.str(key)? {
            None => Ok(None),
            Some(name) => match names.lv(&name) {
                Some(lv) => Ok(Some(lv)),
                None => Err(self.bad(key, offset, format!("there is no logical volume {name}"))),
            },
        }
    }

    pub(super) fn require_lv(&mut self, key: &str, names: &Names<'_>) -> Result<LvId> {
        self.lv(key, names)?.ok_or_else(|| self.missing(key))
    }

    /// `["pv0", 4, "lv_mimage_0", 0]`: pairs of volume and start extent.
    pub(super) fn areas(&mut self, key: &str, names: &Names<'_>) -> Result<Vec<Area>> {
        let Some(entry) = self.take(key) else { return Err(self.missing(key)) };
        let (pairs, rest) = entry.values().as_chunks::<2>();
        if !rest.is_empty() || entry.is_section() {
            return Err(self.bad_entry(&entry, "pairs of name and start extent were expected"));
        }
        let mut areas = Vec::with_capacity(pairs.len());
        for [name, start] in pairs {
            let (Some(name), Value::Int(start)) = (name.as_str(), start) else {
                return Err(self.bad_entry(&entry, "pairs of name and start extent were expected"));
            };
            let source = names.source(&name);
            let source =
                source.ok_or_else(|| self.bad_entry(&entry, format!("there is no volume {name}")))?;
            let start_extent = u32::try_from(*start)
                .map_err(|_| self.bad_entry(&entry, format!("start extent {start} is out of range")))?;
            areas.push(Area { source, start_extent });
        }
        Ok(areas)
    }
}
