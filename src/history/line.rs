//! The versions of a group one after the other.

use std::path::PathBuf;

use lvm_core::metadata::VolumeGroup;
use lvm_core::{Error, ErrorKind, Result, VgId};
use serde::Serialize;

use super::{Because, Difference, Version, VersionSource, time_text};
use crate::commit::backup::command_before;
use crate::lvm::Lvm;

/// How a version came about, as the archive of the one before it says.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct Origin {
    /// The command line.
    pub command: String,
    /// When it was run, in seconds since 1970-01-01 UTC.
    pub time: u64,
    /// The host it was run on.
    pub host: String,
}

/// One version in the history of a group.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct Entry {
    /// The version of the metadata.
    pub seqno: u32,
    /// The group's id: another group may have had the name before.
    pub id: VgId,
    /// What made it, where an archive says that.
    pub made_by: Option<Origin>,
    /// The files that hold it, oldest first; each belongs to a command that was to be run next.
    pub files: Vec<PathBuf>,
    /// True when it is on the group's physical volumes.
    pub current: bool,
    /// What changed from the version in front of it in the list; nothing for the first.
    pub changes: Option<Difference>,
}

impl Entry {
    /// When it was made, for people; empty where that is not known.
    #[must_use]
    pub fn time_text(&self) -> String {
        self.made_by.as_ref().map_or_else(String::new, |origin| time_text(origin.time))
    }

    /// What changed in one line.
    #[must_use]
    pub fn summary(&self) -> String {
        match &self.changes {
            Some(changes) => changes.summary(),
            None => "oldest version known".to_owned(),
        }
    }
}

/// The versions of a group that are archived, and the one on its physical volumes.
#[derive(Debug, Serialize)]
pub struct History {
    /// The group's name.
    pub vg: String,
    /// Its versions, oldest first.
    pub entries: Vec<Entry>,
    /// The command behind the last version, when it left no version: the group is not on any
    /// device that is looked at.
    pub ended_by: Option<Origin>,
    /// Archives that cannot be read.
    #[serde(skip)]
    pub problems: Vec<Error>,
}

impl History {
    /// As JSON, in the names of the fields.
    #[must_use]
    pub fn to_json(&self) -> String {
        // Nothing in it can fail to serialise.
        serde_json::to_string_pretty(self).unwrap_or_default()
    }
}

impl Lvm {
    /// The versions of a group, oldest first: those in the archive, and what is on its physical
    /// volumes if it is there. Files are looked for under this name only: those of a group that
    /// was renamed keep its old one.
    ///
    /// # Errors
    /// `InvalidInput` when there is no archive to look in; `NotFound` when there is neither an
    /// archive nor a group of that name; those of [`scan`](Self::scan).
    pub fn history(&self, name: &str) -> Result<History> {
        let archives = self.archives(name)?;
        let mut versions: Vec<Version> = Vec::new();
        let mut problems = Vec::new();
        for archive in archives {
            match Version::of_file(&archive.path) {
                Ok(version) => versions.push(version),
                Err(error) => problems.push(error),
            }
        }
        match self.volume_group(name) {
            Ok(vg) => versions.push(Version { vg, source: VersionSource::Disk, header: None }),
            Err(error) if *error.kind() == ErrorKind::NotFound && !versions.is_empty() => {}
            Err(error) if *error.kind() == ErrorKind::NotFound => {
                return Err(error.with_source(Because("it has no archived version either".to_owned())));
            }
            Err(error) => return Err(error),
        }
        let (entries, ended_by) = entries(&versions);
        Ok(History { vg: name.to_owned(), entries, ended_by, problems })
    }
}

/// Puts versions one after the other, equal ones together.
fn entries(versions: &[Version]) -> (Vec<Entry>, Option<Origin>) {
    let mut entries: Vec<Entry> = Vec::new();
    let mut before: Option<&VolumeGroup> = None;
    let mut made_by: Option<Origin> = None;
    for version in versions {
        let vg = &version.vg;
        let same = before.is_some_and(|before| before.id() == vg.id() && before.seqno() == vg.seqno());
        if !same || entries.is_empty() {
            entries.push(Entry {
                seqno: vg.seqno(),
                id: vg.id(),
                made_by: made_by.take(),
                files: Vec::new(),
                current: false,
                changes: before.map(|before| Difference::between(before, vg)),
            });
        }
        before = Some(vg);
        let Some(entry) = entries.last_mut() else { continue };
        match &version.source {
            VersionSource::File(path) => entry.files.push(path.clone()),
            VersionSource::Disk => entry.current = true,
        }
        // The last command that was to be run on a version is the one that changed it.
        made_by = version.header.as_ref().and_then(|header| {
            let command = command_before(&header.description)?.to_owned();
            let host = header.creation_host.clone();
            Some(Origin { command, time: header.creation_time, host })
        });
    }
    let is_current = entries.last().is_some_and(|entry| entry.current);
    (entries, made_by.filter(|_| !is_current))
}
