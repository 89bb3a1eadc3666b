//! Many names at a time.

use std::collections::BTreeMap;

use lvm_core::Result;
use nix::sys::stat::makedev;

use super::folder::{Entry, Folder};
use super::{DevDir, MAPPER, check_node};

/// Names that are made and taken away in one go. What it does is what [`DevDir`] does name by name;
/// directories are opened once, and the usual case, that nothing is in the way, takes few system
/// calls. In any other case it is done as there.
#[derive(Debug)]
pub struct Batch<'a> {
    dir: &'a DevDir,
    mapper: Option<Folder>,
    /// Open directories of groups; `None` for one that was looked for and is not there.
    groups: BTreeMap<String, Option<Folder>>,
    /// Groups that lost a link, so that their directories may be empty.
    emptied: Vec<String>,
}

impl<'a> Batch<'a> {
    pub(super) fn new(dir: &'a DevDir) -> Self {
        Self { dir, mapper: None, groups: BTreeMap::new(), emptied: Vec::new() }
    }

    /// As [`DevDir::add_node`].
    ///
    /// # Errors
    /// As there.
    pub fn add_node(&mut self, dm_name: &str, major: u32, minor: u32) -> Result<()> {
        check_node(dm_name)?;
        let mapper = match self.mapper.take() {
            Some(mapper) => mapper,
            None => self.dir.folder()?.open_or_create(MAPPER)?,
        };
        let made = mapper.make_first_node(dm_name, makedev(major.into(), minor.into()), self.dir.gid);
        self.mapper = Some(mapper);
        if made { Ok(()) } else { self.dir.add_node(dm_name, major, minor) }
    }

    /// As [`DevDir::remove_node`].
    ///
    /// # Errors
    /// As there.
    pub fn remove_node(&mut self, dm_name: &str) -> Result<()> {
        check_node(dm_name)?;
        if self.mapper.is_none() {
            self.mapper = self.dir.folder()?.open_in(MAPPER)?;
        }
        match &self.mapper {
            Some(mapper) if matches!(mapper.entry(dm_name), Ok(Entry::Block(_) | Entry::Link(_))) => {
                mapper.remove(dm_name)
            }
            _ => self.dir.remove_node(dm_name),
        }
    }

    /// As [`DevDir::add_link`].
    ///
    /// # Errors
    /// As there.
    pub fn add_link(&mut self, vg: &str, lv: &str, dm_name: &str) -> Result<()> {
        super::links::check_link(vg, lv)?;
        check_node(dm_name)?;
        if let Some(Some(folder)) = self.groups.get(vg)
            && folder.make_first_link(lv, &self.dir.root().join(MAPPER).join(dm_name))
        {
            return Ok(());
        }
        self.dir.add_link(vg, lv, dm_name)?;
        // The directory was looked at by that, and is a group's.
        self.groups.insert(vg.to_owned(), self.dir.folder()?.open_in(vg)?);
        Ok(())
    }

    /// As [`DevDir::remove_link`]; the directory goes with [`finish`](Self::finish).
    ///
    /// # Errors
    /// As there.
    pub fn remove_link(&mut self, vg: &str, lv: &str) -> Result<()> {
        super::links::check_link(vg, lv)?;
        if !self.groups.contains_key(vg) {
            self.groups.insert(vg.to_owned(), self.dir.folder()?.open_in(vg)?);
        }
        match self.groups.get(vg) {
            Some(Some(folder)) if matches!(folder.entry(lv), Ok(Entry::Link(_))) => {
                folder.remove(lv)?;
                if !self.emptied.iter().any(|known| known == vg) {
                    self.emptied.push(vg.to_owned());
                }
                Ok(())
            }
            _ => self.dir.remove_link(vg, lv),
        }
    }

    /// Removes the directories of groups that have no link left.
    ///
    /// # Errors
    /// `Io`.
    pub fn finish(self) -> Result<()> {
        if self.emptied.is_empty() {
            return Ok(());
        }
        let root = self.dir.folder()?;
        for vg in &self.emptied {
            root.remove_empty(vg)?;
        }
        Ok(())
    }
}
