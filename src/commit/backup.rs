//! Backup and archive files: a group's metadata as text, in lvm2's own files and names.
//!
//! `<backup_dir>/<vg>` holds the state after the last change, `<archive_dir>/<vg>_<index>-<n>.vg`
//! the state before each one. Every file is complete and durable before it gets its name, so a
//! crash leaves the old file or the new one, and at most a `.lvm_<host>_<pid>_<n>` beside them.
//! Files have the mode 0600 and new directories 0700, as metadata is for the administrator.

use std::fs::{self, DirBuilder, File, OpenOptions};
use std::io::{self, Read, Write};
use std::os::unix::fs::{DirBuilderExt, FileTypeExt, OpenOptionsExt};
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use lvm_core::metadata::VolumeGroup;
use lvm_core::text::{ExportHeader, Imported, Layout, TEXT_SIZE_MAX, export, import_bytes};
use lvm_core::{Error, ErrorKind, Result, name};

use crate::system::random_number;

/// How often another name is tried for an archive when somebody else takes it first.
const NAME_TRIES: u32 = 10;

/// Which archives are kept.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Retention {
    /// At least this many of a group are kept (`backup/retain_min`).
    pub min: usize,
    /// Younger ones than this many days are kept (`backup/retain_days`).
    pub days: u32,
}

impl Default for Retention {
    /// lvm2's: 10 files, 30 days.
    fn default() -> Self {
        Self { min: 10, days: 30 }
    }
}

/// One archive of a group.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct Archive {
    /// Counts up with every archive of the group.
    pub index: u32,
    /// The file.
    pub path: PathBuf,
}

/// What a description says in front of its command line.
const BEFORE: &str = "Created *before* executing ";
const AFTER: &str = "Created *after* executing ";

/// The `description` of an archive: the state before `command`, a command line, runs.
#[must_use]
pub fn description_before(command: &str) -> String {
    format!("{BEFORE}'{command}'")
}

/// The command line in the `description` of an archive; `None` when it is no such description.
#[must_use]
pub fn command_before(description: &str) -> Option<&str> {
    description.strip_prefix(BEFORE)?.strip_prefix('\'')?.strip_suffix('\'')
}

/// The `description` of a backup: the state after `command`, a command line, ran.
#[must_use]
pub fn description_after(command: &str) -> String {
    format!("{AFTER}'{command}'")
}

/// Writes `<dir>/<vg>`, replacing the one from before.
///
/// # Errors
/// `InvalidInput` for a group whose name ends in `.tmp`, which lvm2 keeps for itself; `Io` naming
/// the path when the directory or the file cannot be written, and then the old file is still
/// there.
///
/// # Effect
/// The file is durable when this returns. `dir` is made when missing.
pub fn write_backup(dir: &Path, vg: &VolumeGroup, header: &ExportHeader<'_>) -> Result<PathBuf> {
    let name = file_name(vg.name())?;
    make_dir(dir)?;
    let path = dir.join(name);
    replace(&path, vg, header, false).map_err(|error| error.with_vg(vg.name()))?;
    Ok(path)
}

/// Writes the next archive of `vg` into `dir`, then removes the ones that `retention` lets go.
///
/// # Errors
/// `Io` naming the path when the directory or the file cannot be written. An old archive that
/// cannot be removed is no error; the next call tries again.
///
/// # Effect
/// The file is durable when this returns. `dir` is made when missing.
pub fn write_archive(
    dir: &Path,
    vg: &VolumeGroup,
    header: &ExportHeader<'_>,
    retention: Retention,
) -> Result<Archive> {
    let name = vg.name();
    file_name(name)?;
    let in_vg = |error: Error| error.with_vg(name);
    make_dir(dir).map_err(in_vg)?;
    let temporary = Temporary::write(dir, vg, header).map_err(in_vg)?;
    for _ in 0..NAME_TRIES {
        let mut archives = list_archives(dir, name)?;
        let index = archives.last().map_or(0, |last| last.index.saturating_add(1));
        let path = dir.join(format!("{name}_{index:05}-{}.vg", random_number()));
        if temporary.link(&path).map_err(|error| in_vg(failed("name the archive", &path, error)))? {
            drop(temporary);
            sync_dir(dir).map_err(in_vg)?;
            let archive = Archive { index, path };
            archives.push(archive.clone());
            expire(&archives, retention);
            return Ok(archive);
        }
    }
    Err(in_vg(Error::new(ErrorKind::Io, "no free name for an archive").with_device(shown(dir))))
}

/// The archives of the group `vg` in `dir`, oldest first; none when there is no such directory.
///
/// # Errors
/// `Io` naming `dir` when it cannot be read.
pub fn list_archives(dir: &Path, vg: &str) -> Result<Vec<Archive>> {
    let entries = match fs::read_dir(dir) {
        Ok(entries) => entries,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(failed("list the archives", dir, error).with_vg(vg)),
    };
    let mut archives = Vec::new();
    for entry in entries {
        let entry = entry.map_err(|error| failed("list the archives", dir, error).with_vg(vg))?;
        if let Some((group, index)) = entry.file_name().to_str().and_then(archive_name)
            && group == vg
        {
            archives.push(Archive { index, path: entry.path() });
        }
    }
    archives.sort_unstable();
    Ok(archives)
}

/// Reads a backup or archive file, ours or lvm2's.
///
/// # Errors
/// `NotFound` when there is no such file, `Io` when it cannot be read, `Corrupt` and
/// `Unsupported` with the place in the text as [`import_bytes`] gives them, or when it is larger
/// than any metadata text. All name the path.
pub fn read_backup(path: &Path) -> Result<Imported> {
    let mut bytes = Vec::new();
    let limit = u64::try_from(TEXT_SIZE_MAX).unwrap_or(u64::MAX);
    File::open(path)
        .and_then(|file| file.take(limit.saturating_add(1)).read_to_end(&mut bytes))
        .map_err(|error| failed("read the backup", path, error))?;
    if bytes.len() > TEXT_SIZE_MAX {
        return Err(Error::corrupt("the file is too large for a backup").with_device(shown(path)));
    }
    import_bytes(&bytes).map_err(|error| error.with_device(shown(path)))
}

/// Where `vgcfgbackup -f` writes: a path in which one `%s` stands for the group's name.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct BackupTemplate {
    before: String,
    /// What follows the group's name, if the name is in it.
    after: Option<String>,
}

impl BackupTemplate {
    /// Reads a template; `%%` stands for one `%`.
    ///
    /// # Errors
    /// `InvalidInput` for a second `%s` or any other use of `%`, and for a path that ends in
    /// `.tmp`.
    pub fn new(template: &str) -> Result<Self> {
        let refuse = |why: &str| Err(Error::invalid(format!("backup template \"{template}\" {why}")));
        let (mut before, mut after) = (String::new(), None::<String>);
        let mut chars = template.chars();
        while let Some(c) = chars.next() {
            let c = match (c, if c == '%' { chars.next() } else { None }) {
                ('%', Some('%')) => '%',
                ('%', Some('s')) if after.is_none() => {
                    after = Some(String::new());
                    continue;
                }
                ('%', Some('s')) => return refuse("has more than one %s"),
                ('%', _) => return refuse("may hold no other conversion than one %s"),
                (c, _) => c,
            };
            after.as_mut().unwrap_or(&mut before).push(c);
        }
        if template.is_empty() || template.ends_with(".tmp") || template.ends_with('/') {
            return refuse("names no file a backup can have");
        }
        Ok(Self { before, after })
    }

    /// True when each group gets a file of its own; false when the path is one fixed file, which
    /// only one group may be written to.
    #[must_use]
    pub fn is_per_vg(&self) -> bool {
        self.after.is_some()
    }

    /// The path for the group named `vg`.
    #[must_use]
    pub fn path(&self, vg: &str) -> PathBuf {
        let Self { before, after } = self;
        PathBuf::from(after.as_ref().map_or_else(|| before.clone(), |after| format!("{before}{vg}{after}")))
    }

    /// Writes the backups of all groups given, each to its path.
    ///
    /// # Errors
    /// `InvalidInput` when several groups would go to one file; `Io` naming the path, and then
    /// the groups before that one are written.
    ///
    /// # Effect
    /// The files are durable when this returns. Directories must exist.
    pub fn write<'a>(
        &self,
        vgs: impl IntoIterator<Item = (&'a VolumeGroup, &'a ExportHeader<'a>)>,
    ) -> Result<Vec<PathBuf>> {
        let vgs = vgs.into_iter().collect::<Vec<_>>();
        if vgs.len() > 1 && !self.is_per_vg() {
            return Err(Error::invalid(format!(
                "several volume groups cannot be backed up to one file, \"{}\"",
                self.before
            ))
            .with_help("put %s where the volume group's name is to stand"));
        }
        vgs.into_iter()
            .map(|(vg, header)| {
                let path = self.path(vg.name());
                replace(&path, vg, header, true).map_err(|error| error.with_vg(vg.name()))?;
                Ok(path)
            })
            .collect()
    }
}

/// A complete, durable file under a name nobody looks for; removed when dropped.
struct Temporary {
    path: PathBuf,
}

impl Temporary {
    fn write(dir: &Path, vg: &VolumeGroup, header: &ExportHeader<'_>) -> Result<Self> {
        let host = header.header.creation_host.replace('/', "?");
        let path = dir.join(format!(".lvm_{host}_{}_{}", std::process::id(), random_number()));
        let opened = OpenOptions::new().write(true).create_new(true).mode(0o600).open(&path);
        let mut file = opened.map_err(|error| failed("create the file", &path, error))?;
        let this = Self { path };
        file.write_all(export(vg, header, Layout::File).as_bytes())
            .and_then(|()| file.sync_all())
            .map_err(|error| failed("write the file", &this.path, error))?;
        Ok(this)
    }

    /// Gives it a second name, unless that is taken (`false`).
    fn link(&self, path: &Path) -> io::Result<bool> {
        match fs::hard_link(&self.path, path) {
            Ok(()) => Ok(true),
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Ok(false),
            // File systems without hard links: the random part makes a clash unlikely enough.
            Err(error) if is_no_hard_links(&error) => {
                if path.exists() {
                    return Ok(false);
                }
                fs::rename(&self.path, path).map(|()| true)
            }
            Err(error) => Err(error),
        }
    }
}

impl Drop for Temporary {
    fn drop(&mut self) {
        // Gone already after a rename; what cannot be removed is only litter.
        let _ = fs::remove_file(&self.path);
    }
}

fn is_no_hard_links(error: &io::Error) -> bool {
    matches!(error.kind(), io::ErrorKind::PermissionDenied | io::ErrorKind::Unsupported)
}

/// Puts a text in the place of a file, if there is one. What is there and is no file is not replaced: a
/// pipe or a character device takes the text when it was named for that, which may wait for a reader;
/// anything else is refused.
fn replace(path: &Path, vg: &VolumeGroup, header: &ExportHeader<'_>, is_named: bool) -> Result<()> {
    match fs::metadata(path).map(|there| there.file_type()) {
        Ok(there) if is_named && (there.is_char_device() || there.is_fifo()) => {
            let written = File::options().write(true).open(path);
            let text = export(vg, header, Layout::File);
            let written = written.and_then(|mut file| file.write_all(text.as_bytes()));
            return written.map_err(|error| failed("write the backup", path, error));
        }
        // A folder is in the way of its name; what cannot be looked at fails when it is written.
        Ok(there) if !there.is_file() && !there.is_dir() => {
            let what = match there {
                there if there.is_block_device() => "a block device",
                there if there.is_socket() => "a socket",
                there if there.is_fifo() => "a pipe",
                _ => "a device",
            };
            return Err(Error::invalid(format!("{} is {what}, not a file", path.display())));
        }
        _ => {}
    }
    let dir = match path.parent() {
        Some(dir) if !dir.as_os_str().is_empty() => dir,
        _ => Path::new("."),
    };
    let temporary = Temporary::write(dir, vg, header)?;
    fs::rename(&temporary.path, path).map_err(|error| failed("name the backup", path, error))?;
    sync_dir(dir)
}

fn file_name(vg: &str) -> Result<&str> {
    name::check_name(vg)
        .map_err(|error| Error::invalid("not a volume group name").with_vg(vg).with_source(error))?;
    if vg.ends_with(".tmp") {
        return Err(Error::invalid("a backup file's name cannot end in .tmp").with_vg(vg));
    }
    Ok(vg)
}

fn make_dir(dir: &Path) -> Result<()> {
    DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(dir)
        .map_err(|error| failed("make the directory", dir, error))
}

fn sync_dir(dir: &Path) -> Result<()> {
    File::open(dir)
        .and_then(|dir| dir.sync_all())
        .map_err(|error| failed("make the directory durable", dir, error))
}

/// `<vg>_<index>[-<n>].vg`
fn archive_name(file: &str) -> Option<(&str, u32)> {
    let (vg, number) = file.strip_suffix(".vg")?.rsplit_once('_')?;
    let digits = number.split_once('-').map_or(number, |(digits, _)| digits);
    let plain = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
    plain.then(|| digits.parse().ok().map(|index| (vg, index)))?
}

/// Removes the oldest of `archives` (sorted) that are old enough, down to the minimum.
fn expire(archives: &[Archive], retention: Retention) {
    let age = Duration::from_secs(u64::from(retention.days).saturating_mul(86_400));
    let Some(limit) = SystemTime::now().checked_sub(age) else { return };
    let mut left = archives.len();
    for archive in archives {
        if left <= retention.min {
            return;
        }
        let modified = fs::symlink_metadata(&archive.path).and_then(|file| file.modified());
        if modified.is_ok_and(|modified| modified < limit) && fs::remove_file(&archive.path).is_ok() {
            left = left.saturating_sub(1);
        }
    }
}

fn shown(path: &Path) -> String {
    path.display().to_string()
}

fn failed(what: &str, path: &Path, error: io::Error) -> Error {
    let kind = if error.kind() == io::ErrorKind::NotFound { ErrorKind::NotFound } else { ErrorKind::Io };
    Error::new(kind, format!("cannot {what}")).with_device(shown(path)).with_source(error)
}

#[cfg(test)]
mod tests;
