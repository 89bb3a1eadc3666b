//! Going through the devices of a machine, one question after the other.

use std::path::{Path, PathBuf};

use lvm_core::PvId;

use super::alias::{Aliases, preferred_path};
use super::content::{Content, look_into};
use super::device_type::DeviceTypes;
use super::devices_file::DevicesFileEntry;
use super::excluded::{self, Excluded, Exclusion};
use super::machine::{DevnameSearch, MachineOptions, Use};
use super::on_demand::identity;
use super::parallel::map_in_order;
use super::sysfs::{SysDevice, Sysfs};
use crate::system::{device_numbers, is_same_file};

/// Whether the devices file has a device.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Listed {
    /// It does not, or there is none.
    No,
    /// By its id.
    ById,
    /// By its path: this entry of the file.
    ByPath(usize),
    /// Not by the file, but by the caller.
    Also,
}

/// A device that nothing known without opening it speaks against.
#[derive(Debug)]
pub(crate) struct Candidate<'s> {
    pub(crate) sys: &'s SysDevice,
    pub(crate) path: PathBuf,
    pub(crate) listed: Listed,
}

/// A device that was opened.
#[derive(Debug)]
pub(crate) struct Looked<'s> {
    pub(crate) candidate: Candidate<'s>,
    pub(crate) content: Content,
}

impl Looked<'_> {
    fn pv_id(&self) -> Option<PvId> {
        self.content.label.as_ref().map(|label| label.pv_header.pv_id)
    }
}

/// An entry of the devices file, and whether it was met.
struct Entry<'s> {
    entry: &'s DevicesFileEntry,
    is_matched: bool,
}

/// The choice as it goes on.
pub(crate) struct Survey<'s> {
    sysfs: &'s Sysfs,
    types: &'s DeviceTypes,
    options: &'s MachineOptions,
    /// The entries of the devices file, when one counts.
    entries: Option<Vec<Entry<'s>>>,
    excluded: Vec<Excluded>,
}

impl<'s> Survey<'s> {
    pub(crate) fn new(
        sysfs: &'s Sysfs,
        types: &'s DeviceTypes,
        options: &'s MachineOptions,
        entries: Option<&'s [DevicesFileEntry]>,
    ) -> Self {
        let unmatched = |entry| Entry { entry, is_matched: false };
        let entries = entries.map(|entries| entries.iter().map(unmatched).collect());
        Self { sysfs, types, options, entries, excluded: Vec::new() }
    }

    /// The devices to look at, open, in the order of their numbers.
    pub(crate) fn look(&mut self, usage: Use) -> Vec<Looked<'s>> {
        let candidates = self.candidates();
        let contents = map_in_order(&candidates, |candidate| {
            look_into(candidate.sys, &candidate.path, self.types, self.options, usage)
        });
        let mut looked = Vec::with_capacity(candidates.len());
        for (candidate, content) in candidates.into_iter().zip(contents) {
            match content {
                Ok(content) => looked.push(Looked { candidate, content }),
                Err(why) => self.exclude(&candidate, why),
            }
        }
        self.resolve_paths(looked)
    }

    /// What is not looked at, and the entries of the devices file without a device.
    pub(crate) fn finish(mut self) -> (Vec<Excluded>, Vec<DevicesFileEntry>) {
        self.excluded.sort_by_key(|excluded| excluded.number);
        let unmatched = self.entries.into_iter().flatten().filter(|entry| !entry.is_matched);
        (self.excluded, unmatched.map(|entry| entry.entry.clone()).collect())
    }

    fn exclude(&mut self, candidate: &Candidate<'_>, why: Exclusion) {
        let (device, number) = (candidate.path.clone(), candidate.sys.number);
        self.excluded.push(Excluded { device, number, why });
    }

    fn candidates(&mut self) -> Vec<Candidate<'s>> {
        let needs_names = match &self.entries {
            Some(entries) => entries.iter().any(|entry| entry.entry.is_by_path()),
            None => !self.options.filter.is_empty() || !self.options.global_filter.is_empty(),
        };
        let aliases = if needs_names { Aliases::read(&self.options.dev) } else { Aliases::default() };
        let mut candidates = Vec::new();
        for sys in self.sysfs.devices() {
            let path = preferred_path(sys, &self.options.dev);
            let mut candidate = Candidate { sys, path, listed: Listed::No };
            match self.check(&candidate, &aliases) {
                Ok(listed) => {
                    candidate.listed = listed;
                    candidates.push(candidate);
                }
                Err(why) => self.exclude(&candidate, why),
            }
        }
        candidates
    }

    /// Whether the devices file has the device, or why it is not looked at.
    fn check(&mut self, candidate: &Candidate<'_>, aliases: &Aliases) -> Result<Listed, Exclusion> {
        let Candidate { sys, path, .. } = candidate;
        let metadata = std::fs::metadata(path).map_err(|_| Exclusion::NoNode)?;
        let is_its_node = device_numbers(path) == Some((sys.number.major, sys.number.minor));
        let is_made_up = self.options.plain_files && metadata.is_file();
        if !is_its_node && !is_made_up {
            return Err(Exclusion::NoNode);
        }
        let mut names = aliases.of(identity(&metadata)).iter().map(PathBuf::as_path).collect::<Vec<_>>();
        if !names.contains(&path.as_path()) {
            names.push(path);
        }
        let mut listed = Listed::No;
        if self.entries.is_some() {
            listed = self.listed(sys, &names);
            let is_also = || self.options.also.iter().any(|also| is_same_file(also, path));
            if listed == Listed::No && is_also() {
                listed = Listed::Also;
            }
            if listed == Listed::No && !self.may_be_searched(sys) {
                return Err(Exclusion::NotInDevicesFile);
            }
        } else {
            let filters = [&self.options.global_filter, &self.options.filter];
            if !filters.iter().all(|filter| filter.accepts(&names)) {
                return Err(Exclusion::Filter);
            }
        }
        excluded::by_sysfs(sys, self.sysfs, self.types, self.options).map_or(Ok(listed), Err)
    }

    fn listed(&mut self, sys: &SysDevice, names: &[&Path]) -> Listed {
        let mut listed = Listed::No;
        for (at, entry) in self.entries.iter_mut().flatten().enumerate() {
            if entry.entry.is_by_path() {
                let is_meant = names.iter().any(|name| *name == Path::new(&entry.entry.id));
                if is_meant && listed == Listed::No {
                    listed = Listed::ByPath(at);
                }
            } else if entry.entry.is_of(sys, self.sysfs) {
                entry.is_matched = true;
                listed = Listed::ById;
            }
        }
        listed
    }

    /// True when a device that is not listed may turn out to be one that is listed by an old path.
    fn may_be_searched(&self, sys: &SysDevice) -> bool {
        let may = match self.options.search_for_devnames {
            DevnameSearch::None => false,
            DevnameSearch::All => true,
            DevnameSearch::Auto => DevicesFileEntry::new(sys, self.sysfs, Path::new(""), None).is_by_path(),
        };
        let is_lasting = |entry: &Entry<'_>| entry.entry.is_by_path() && entry.entry.pv_id.is_some();
        may && self.entries.iter().flatten().any(is_lasting)
    }

    /// Paths change between boots: an entry by path means the device that has its physical volume,
    /// wherever that is now. The device at the path counts when it has no physical volume, and
    /// when the entry knows none.
    fn resolve_paths(&mut self, looked: Vec<Looked<'s>>) -> Vec<Looked<'s>> {
        let Some(mut entries) = self.entries.take() else { return looked };
        let mut kept = Vec::with_capacity(looked.len());
        for mut looked in looked {
            let pv_id = looked.pv_id();
            let at_path = match looked.candidate.listed {
                Listed::ById | Listed::Also => {
                    kept.push(looked);
                    continue;
                }
                Listed::ByPath(at) => Some(at),
                Listed::No => None,
            };
            let has_its_pv = |entry: &Entry<'_>| entry.entry.is_by_path() && entry.entry.pv_id == pv_id;
            let at_path = at_path.filter(|at| {
                let entry = entries.get(*at).map(|entry| entry.entry);
                entry.is_some_and(|entry| pv_id.is_none() || entry.pv_id.is_none() || entry.pv_id == pv_id)
            });
            let by_pv = || pv_id.and_then(|_| entries.iter().position(has_its_pv));
            let Some(at) = at_path.or_else(by_pv) else {
                self.exclude(&looked.candidate, Exclusion::NotInDevicesFile);
                continue;
            };
            if let Some(entry) = entries.get_mut(at) {
                entry.is_matched |= entry.entry.pv_id.is_none() || entry.entry.pv_id == pv_id;
            }
            looked.candidate.listed = Listed::ByPath(at);
            kept.push(looked);
        }
        self.entries = Some(entries);
        kept
    }
}
