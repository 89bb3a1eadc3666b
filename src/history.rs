//! Versions of a group's metadata: on the disks, in backup files, in the archive; and what changed
//! from one to another.

mod difference;
mod line;

pub use difference::Difference;
pub use line::{Entry, History, Origin};

use std::path::{Path, PathBuf};

use lvm_core::metadata::{TextHeader, VolumeGroup};
use lvm_core::{Error, ErrorKind, Result};
use serde::Serialize;

use crate::commit::backup::{Archive, list_archives, read_backup};
use crate::lvm::Lvm;
use crate::report::{Format, Value};

/// Where a version was found.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum VersionSource {
    /// On the group's own physical volumes.
    Disk,
    /// In a file.
    File(PathBuf),
}

/// One version of a group.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Version {
    /// The group.
    pub vg: VolumeGroup,
    /// Where it was found.
    pub source: VersionSource,
    /// Who wrote the file and when; of a version on disk nothing is known.
    pub header: Option<TextHeader>,
}

impl Version {
    /// Reads a version from a backup or archive file.
    ///
    /// # Errors
    /// Those of [`read_backup`]; `Corrupt` when what it says cannot be.
    pub fn of_file(path: impl AsRef<Path>) -> Result<Self> {
        let path = path.as_ref();
        let imported = read_backup(path)?;
        imported.vg.check().map_err(|error| error.with_device(path.display().to_string()))?;
        let source = VersionSource::File(path.to_owned());
        Ok(Self { vg: imported.vg, source, header: Some(imported.header) })
    }

    /// What it is, for people: the group, its seqno, and where it was found.
    #[must_use]
    pub fn describe(&self) -> String {
        let (name, seqno) = (self.vg.name(), self.vg.seqno());
        match (&self.source, &self.header) {
            (VersionSource::File(path), Some(header)) => {
                let time = time_text(header.creation_time);
                format!("{name} seqno {seqno}, {} written {time}", path.display())
            }
            (VersionSource::File(path), None) => format!("{name} seqno {seqno}, {}", path.display()),
            (VersionSource::Disk, _) => format!("{name} seqno {seqno}, on its physical volumes"),
        }
    }
}

impl Lvm {
    /// The version that a text means: `VG` is what is on the disks, `VG@SEQNO` that version, from
    /// the archive or from the disks, and a path that of a backup or archive file. A word without
    /// a `/` that is no group may be a file too.
    ///
    /// # Errors
    /// `NotFound`; `InvalidInput` when there is no archive to look in; those of
    /// [`Version::of_file`] and [`scan`](Self::scan).
    pub fn version(&self, text: &str) -> Result<Version> {
        let name = text.strip_prefix("/dev/").unwrap_or(text);
        if name.contains('/') {
            return Version::of_file(text);
        }
        if let Some((name, seqno)) = name.rsplit_once('@')
            && !name.is_empty()
            && let Ok(seqno) = seqno.parse()
        {
            return self.version_of(name, seqno);
        }
        match self.volume_group(name) {
            Ok(vg) => Ok(Version { vg, source: VersionSource::Disk, header: None }),
            Err(error) if *error.kind() == ErrorKind::NotFound && Path::new(text).is_file() => {
                Version::of_file(text)
            }
            Err(error) => Err(error),
        }
    }

    /// The version of that seqno: the newest archived one, or what is on the disks.
    fn version_of(&self, name: &str, seqno: u32) -> Result<Version> {
        let on_disk = || self.volume_group(name).ok().filter(|vg| vg.seqno() == seqno);
        let archives = match self.archives(name) {
            Ok(archives) => archives,
            Err(error) => {
                let found = on_disk().ok_or(error)?;
                return Ok(Version { vg: found, source: VersionSource::Disk, header: None });
            }
        };
        let mut there = Vec::new();
        for archive in archives.iter().rev() {
            match Version::of_file(&archive.path) {
                Ok(version) if version.vg.seqno() == seqno => return Ok(version),
                Ok(version) => there.push(version.vg.seqno()),
                // One broken file does not hide the others.
                Err(_) => {}
            }
        }
        if let Some(vg) = on_disk() {
            return Ok(Version { vg, source: VersionSource::Disk, header: None });
        }
        there.sort_unstable();
        there.dedup();
        let known = match (there.first(), there.last()) {
            (Some(first), Some(last)) => format!("the archive has seqno {first} to {last}"),
            _ => "the archive has none of this group".to_owned(),
        };
        Err(Error::not_found(format!("There is no version {seqno} of volume group {name}."))
            .with_vg(name)
            .with_source(Because(known))
            .with_help(format!("see which there are with 'lvmkit history {name}'")))
    }

    /// The newest archived version of a group: the state before its last change.
    ///
    /// # Errors
    /// `NotFound` when there is none; `InvalidInput` when there is no archive to look in.
    pub fn last_archived(&self, name: &str) -> Result<Version> {
        let archives = self.archives(name)?;
        let Some(last) = archives.last() else {
            let dir = self.options.archive_dir.as_deref().unwrap_or_else(|| Path::new(""));
            return Err(Error::not_found(format!("Volume group {name} has no archived version."))
                .with_vg(name)
                .with_source(Because(format!("there is none in {}", dir.display())))
                .with_help("name another directory with --archivedir, or a backup file"));
        };
        Version::of_file(&last.path)
    }

    /// The archives of a group, oldest first.
    pub(crate) fn archives(&self, name: &str) -> Result<Vec<Archive>> {
        let Some(dir) = &self.options.archive_dir else {
            let message = format!("The archived versions of volume group {name} cannot be looked up.");
            return Err(Error::invalid(message)
                .with_vg(name)
                .with_source(Because("no directory is set in which they are kept".to_owned()))
                .with_help("name it with --archivedir, or as backup/archive_dir in the configuration"));
        };
        list_archives(dir, name)
    }
}

/// Why something failed, where no other error says it.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
struct Because(String);

/// A time as reports show it.
fn time_text(seconds: u64) -> String {
    let mut text = String::new();
    Format::default().write(&mut text, &Value::Time(seconds));
    text
}

#[cfg(test)]
mod tests;
