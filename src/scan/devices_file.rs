//! lvm2's devices file: the list of the devices that are looked at.
//!
//! `<system_dir>/devices/system.devices` has one line for each device:
//! `IDTYPE=loop_file IDNAME=/run/d1 DEVNAME=/dev/loop1 PVID=…`, `PART=n` for a partition, `.` for
//! what is not known, and before them `VERSION=major.minor.counter`. Comments begin with `#`.
//! Format as lvm2 2.03.16 writes it.

use std::fs::{self, DirBuilder, File, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

use lvm_core::{Effect, Error, ErrorKind, PvId, Result};

use super::device_id::normal;
pub use super::device_id::{DeviceIdType, DevicesFileEntry};
use crate::lock::{LockMode, VgLock, Wait};
pub use check::{Correction, DevicesFileCheck, ListedDevice};
pub use list::DeviceList;

mod check;
mod list;

/// The largest file that is read: some ten thousand entries.
const SIZE_MAX: u64 = 16 << 20;
/// What this writes. A file of another major version is never rewritten.
const VERSION: (u32, u32) = (1, 1);

/// A devices file.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct DevicesFile {
    version: (u32, u32, u32),
    /// The host it was written on.
    system_id: Option<String>,
    /// Lines of newer versions, kept as they are.
    others: Vec<String>,
    entries: Vec<DevicesFileEntry>,
}

impl Default for DevicesFile {
    fn default() -> Self {
        Self { version: (VERSION.0, VERSION.1, 0), system_id: None, others: Vec::new(), entries: Vec::new() }
    }
}

impl DevicesFile {
    /// Reads the text of a devices file.
    ///
    /// # Errors
    /// `InvalidInput` naming the line of an entry or version that cannot be understood.
    pub fn parse(text: &str) -> Result<Self> {
        let mut file = Self::default();
        for (at, line) in text.lines().enumerate() {
            let line = line.trim();
            let wrong = |why: &str| Error::invalid(format!("line {} of the devices file: {why}", at + 1));
            if line.is_empty() || line.starts_with('#') {
                continue;
            }
            if let Some(system_id) = line.strip_prefix("SYSTEMID=") {
                file.system_id = Some(system_id.to_owned()).filter(|id| !id.is_empty());
            } else if let Some(version) = line.strip_prefix("VERSION=") {
                file.version = parse_version(version).ok_or_else(|| wrong("the version is no version"))?;
            } else if line.starts_with("IDTYPE=") {
                file.entries.push(parse_entry(line).map_err(|why| wrong(&why))?);
            } else {
                file.others.push(line.to_owned());
            }
        }
        Ok(file)
    }

    /// Reads a devices file; `None` when there is none.
    ///
    /// # Errors
    /// `Io`; those of [`parse`](Self::parse).
    pub fn read(path: &Path) -> Result<Option<Self>> {
        let failed = |error: io::Error| {
            let name = path.to_string_lossy();
            Error::new(ErrorKind::Io, "the devices file cannot be read").with_device(name).with_source(error)
        };
        let size = match fs::metadata(path) {
            Ok(metadata) => metadata.len(),
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(failed(error)),
        };
        if size > SIZE_MAX {
            return Err(Error::invalid("the devices file is too large").with_device(path.to_string_lossy()));
        }
        let text = fs::read_to_string(path).map_err(failed)?;
        Self::parse(&text).map(Some).map_err(|error| error.with_device(path.to_string_lossy()))
    }

    /// The devices in the order of the file.
    #[must_use]
    pub fn entries(&self) -> &[DevicesFileEntry] {
        &self.entries
    }

    /// Major and minor version, and how often it was written: `1.1.7`.
    #[must_use]
    pub fn version(&self) -> String {
        let (major, minor, counter) = self.version;
        format!("{major}.{minor}.{counter}")
    }

    /// The system id of the host it was written on.
    #[must_use]
    pub fn system_id(&self) -> Option<&str> {
        self.system_id.as_deref()
    }

    /// Adds a device behind all others, as lvm2 does; entries with its id go. Returns false when it
    /// was there already, with the same path and physical volume.
    #[doc(alias = "lvmdevices")]
    pub fn add(&mut self, entry: DevicesFileEntry) -> bool {
        if self.entries.contains(&entry) {
            return false;
        }
        let same = |known: &DevicesFileEntry| {
            (&known.id_type, &known.id, known.partition) == (&entry.id_type, &entry.id, entry.partition)
        };
        self.entries.retain(|known| !same(known));
        self.entries.push(entry);
        true
    }

    /// Takes the entries away that `is_meant` names, and returns them.
    pub fn remove(&mut self, is_meant: impl FnMut(&DevicesFileEntry) -> bool) -> Vec<DevicesFileEntry> {
        let (gone, kept) = std::mem::take(&mut self.entries).into_iter().partition(is_meant);
        self.entries = kept;
        gone
    }

    /// The text of the file. `creator` stands in a comment at its start.
    #[must_use]
    pub fn print(&self, creator: &str) -> String {
        let mut text = String::from("# LVM uses devices listed in this file.\n");
        text.push_str(&format!(
            "# Created by {} pid {}\n",
            creator.replace(char::is_control, " "),
            std::process::id()
        ));
        if let Some(system_id) = &self.system_id {
            text.push_str(&format!("SYSTEMID={}\n", words(system_id)));
        }
        text.push_str(&format!("VERSION={}\n", self.version()));
        for line in &self.others {
            text.push_str(&format!("{line}\n"));
        }
        for entry in &self.entries {
            let path =
                entry.path.as_ref().map_or_else(|| ".".to_owned(), |path| words(&path.to_string_lossy()));
            let pv_id = entry.pv_id.as_ref().map_or(".", |id| id.0.as_str());
            text.push_str(&format!(
                "IDTYPE={} IDNAME={} DEVNAME={path} PVID={pv_id}",
                words(entry.id_type.as_str()),
                words(&entry.id)
            ));
            if let Some(partition) = entry.partition {
                text.push_str(&format!(" PART={partition}"));
            }
            text.push('\n');
        }
        text
    }

    /// Changes the file at `path` under lvm2's lock on it; it is made when it is not there. The
    /// counter in its version goes up, by which lvm2 notices. Nothing is written when `edit`
    /// returns false. Returns what the file holds now.
    ///
    /// # Errors
    /// `Locked`; `Unsupported` for a file of a newer major version; `Io`; those of
    /// [`parse`](Self::parse) and `edit`.
    ///
    /// # Effect
    /// The file is replaced as a whole, and durable when this returns. `Unknown` when only the
    /// last flush failed.
    pub fn update(
        path: &Path,
        locking_dir: &Path,
        wait: Wait,
        creator: &str,
        edit: impl FnOnce(&mut Self) -> Result<bool>,
    ) -> Result<Self> {
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        let _lock = VgLock::acquire_devices_file(locking_dir, &name, LockMode::Exclusive, wait)?;
        let mut file = Self::read(path)?.unwrap_or_default();
        if file.version.0 > VERSION.0 {
            let message = format!("devices files of version {} cannot be written", file.version.0);
            return Err(Error::unsupported(message).with_device(path.to_string_lossy()));
        }
        if edit(&mut file)? {
            file.version = (VERSION.0, VERSION.1, file.version.2.wrapping_add(1));
            replace(path, &file.print(creator))?;
        }
        Ok(file)
    }
}

fn parse_version(text: &str) -> Option<(u32, u32, u32)> {
    let mut parts = text.split('.').map(|part| part.parse().ok());
    Some((parts.next()??, parts.next()??, parts.next()??))
}

fn parse_entry(line: &str) -> Result<DevicesFileEntry, String> {
    let field = |key: &str| {
        let value = line.split_whitespace().find_map(|word| word.strip_prefix(key)?.strip_prefix('='));
        value.filter(|value| !matches!(*value, "" | "."))
    };
    let required = |key: &str| field(key).ok_or_else(|| format!("{key} is missing"));
    let pv_id = field("PVID").map(PvId::parse).transpose();
    let partition = field("PART").map(str::parse).transpose();
    let partition: Option<u32> = partition.map_err(|_| "PART is no number".to_owned())?;
    Ok(DevicesFileEntry {
        id_type: required("IDTYPE")?.into(),
        // An entry whose id is not known any more matches no device.
        id: field("IDNAME").unwrap_or(".").to_owned(),
        path: field("DEVNAME").map(PathBuf::from),
        pv_id: pv_id.map_err(|error| format!("PVID: {error}"))?,
        partition: partition.filter(|number| *number != 0),
    })
}

/// One word of a line.
fn words(text: &str) -> String {
    let word = normal(text);
    if word.is_empty() { ".".to_owned() } else { word }
}

/// Puts a new file in place of the old one, as lvm2 does: beside it, flushed, renamed.
fn replace(path: &Path, text: &str) -> Result<()> {
    let failed = |what: &'static str, effect: Effect| {
        move |error: io::Error| {
            let name = path.to_string_lossy();
            Error::new(ErrorKind::Io, what).with_device(name).with_effect(effect).with_source(error)
        }
    };
    let unchanged = |what| failed(what, Effect::Unchanged);
    let dir = path.parent().unwrap_or_else(|| Path::new("."));
    let made = DirBuilder::new().recursive(true).mode(0o755).create(dir);
    made.map_err(unchanged("the directory of the devices file cannot be made"))?;
    let mut new_path = path.as_os_str().to_owned();
    new_path.push("_new");
    let opened = OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(&new_path);
    let mut file = opened.map_err(unchanged("the new devices file cannot be made"))?;
    let written = file.write_all(text.as_bytes()).and_then(|()| file.sync_all());
    written.and_then(|()| fs::rename(&new_path, path)).map_err(|error| {
        // The old file is untouched, and the new one is nobody's.
        let _ = fs::remove_file(&new_path);
        unchanged("the devices file cannot be written")(error)
    })?;
    let flushed = File::open(dir).and_then(|dir| dir.sync_all());
    flushed.map_err(failed("flushing the directory of the devices file failed", Effect::Unknown))
}

#[cfg(test)]
mod tests;
