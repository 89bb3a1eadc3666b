//! `vgcfgrestore`

use std::collections::HashSet;
use std::path::{Path, PathBuf};

use lvmkit::commit::backup::{list_archives, read_backup};
use lvmkit::core::name::check_name;
use lvmkit::{ErrorKind, Lvm, PvId, system};

use super::Command;
use crate::args::name::Target;
use crate::args::option as o;
use crate::session::{Failure, Outcome, Session};

pub(super) static COMMAND: Command = Command {
    name: "vgcfgrestore",
    summary: "Write metadata from a file back to a volume group, or list such files",
    usage: &[
        "vgcfgrestore [ --file File | --backupdir Dir ] VG",
        "vgcfgrestore --list VG",
        "vgcfgrestore --list --file File [ VG ]",
    ],
    options: &[o::COMMON, o::CHANGING, o::BACKUP, &[&o::FILE, &o::LIST, &o::RESTORE_FORCE, &o::METADATATYPE]],
    run,
};

fn run(session: &mut Session<'_>) -> Outcome {
    let (list, file) = (session.args.has(&o::LIST), session.args.text(&o::FILE).map(PathBuf::from));
    if let Some(word) = session.args.words.get(1) {
        return Err(Failure::usage(format!("Command does not accept argument: {word}.")));
    }
    let name = match session.args.words.first() {
        Some(word) => Target::vg_name(word).to_owned(),
        None if list && file.is_some() => String::new(),
        None => return Err(Failure::Syntax),
    };
    if !name.is_empty() && check_name(&name).is_err() {
        return Err(Failure::usage(format!("Volume group name \"{name}\" is invalid.")));
    }
    match (list, file) {
        (true, Some(file)) if !file.exists() => {
            Err(Failure::refused(format!("Archive file {} not found.", file.display())))
        }
        (true, Some(file)) => {
            show(session, &file);
            Ok(())
        }
        (true, None) => list_files(session, &name),
        (false, file) => restore(session, &name, file),
    }
}

/// The directories of archives and backups: as options say, else as the configuration does.
fn dirs(session: &Session<'_>, lvm: &Lvm) -> (Option<PathBuf>, Option<PathBuf>) {
    let given = |opt| session.args.text(opt).map(PathBuf::from);
    let archives = given(&o::ARCHIVE_DIR).or_else(|| lvm.archive_dir().map(Path::to_owned));
    let archives = archives.or_else(|| session.configured_dir("backup/archive_dir"));
    let backups = given(&o::BACKUP_DIR).or_else(|| lvm.backup_dir().map(Path::to_owned));
    let backups = backups.or_else(|| session.configured_dir("backup/backup_dir"));
    (archives, backups)
}

/// Archives from the oldest on, then the backup.
fn list_files(session: &mut Session<'_>, name: &str) -> Outcome {
    let lvm = session.open_any()?;
    let (archives, backups) = dirs(session, &lvm);
    if archives.is_none() && backups.is_none() {
        return Err(Failure::Syntax);
    }
    if let Some(dir) = archives {
        if dir.is_dir() {
            let archives = list_archives(&dir, name)?;
            if archives.is_empty() {
                session.out.say(format!("No archives found in {}.", dir.display()));
            }
            for archive in archives {
                show(session, &archive.path);
            }
        } else {
            let line = format!("Couldn't scan the archive directory ({}).", dir.display());
            session.fail(Failure::refused(line));
        }
    }
    if let Some(file) = backups.map(|dir| dir.join(name)).filter(|file| file.exists()) {
        show(session, &file);
    }
    Ok(())
}

/// One file. As with LVM2, one that cannot be read is no failure, and its name is shown twice.
fn show(session: &mut Session<'_>, file: &Path) {
    let base = file.file_name().unwrap_or_default().to_string_lossy();
    session.out.say(" ");
    session.out.say(format!("File:\t\t{}/{base}", file.display()));
    match read_backup(file) {
        Ok(imported) => {
            session.out.say(format!("VG name:    \t{}", imported.vg.name()));
            session.out.say(format!("Description:\t{}", imported.header.description));
            session.out.say(format!("Backup Time:\t{}", system::local_time(imported.header.creation_time)));
            if session.out.quiet == 0 {
                session.out.raw("\n");
            }
        }
        Err(error) => {
            session.out.warn_plain(error.message());
            session.out.warn_plain("Unable to read archive file.");
        }
    }
}

fn restore(session: &mut Session<'_>, name: &str, file: Option<PathBuf>) -> Outcome {
    let lvm = session.open(None)?;
    let file = match file {
        Some(file) => file,
        None => dirs(session, &lvm).1.ok_or(Failure::Syntax)?.join(name),
    };
    let committed = match lvm.begin_restore(name, &file) {
        Ok(transaction) => {
            let name = name.to_owned();
            session.commit(&lvm, transaction, move |session, _, _| {
                session.out.say(format!("Restored volume group {name}."));
                Ok(())
            })
        }
        Err(error) => Err(explained(session, &lvm, name, &file, error)),
    };
    if let Err(failure) = committed {
        session.fail(failure);
        return Err(Failure::refused("Restore failed."));
    }
    Ok(())
}

/// The failure in LVM2's words, where it has some.
fn explained(session: &mut Session<'_>, lvm: &Lvm, name: &str, file: &Path, error: lvmkit::Error) -> Failure {
    let path = file.display();
    let cannot_read = format!("Failed to read VG {name} from {path}");
    match error.kind() {
        ErrorKind::NotFound if !file.exists() => {
            session.out.warn_plain(format!("{path}: stat failed: No such file or directory"));
            session.out.warn("couldn't read volume group metadata from file.");
            Failure::refused(cannot_read)
        }
        ErrorKind::Corrupt => {
            session.fail(error.into());
            Failure::refused(cannot_read)
        }
        ErrorKind::MissingDevice => {
            let missing = missing(lvm, file);
            if missing.is_empty() {
                return error.into();
            }
            for pv in &missing {
                session.out.warn(format!("Couldn't find device with uuid {pv}."));
            }
            Failure::refused(format!(
                "Cannot restore Volume Group {name} with {} PVs marked as missing.",
                missing.len()
            ))
        }
        _ => error.into(),
    }
}

/// Physical volumes of a backup that are on no device.
fn missing(lvm: &Lvm, file: &Path) -> Vec<PvId> {
    let (Ok(imported), Ok(scan)) = (read_backup(file), lvm.scan()) else { return Vec::new() };
    let members = scan.groups.iter().flat_map(|found| found.found_pvs().map(|pv| pv.id()));
    let there = members.chain(scan.orphans.iter().map(|orphan| orphan.pv.id())).collect::<HashSet<_>>();
    let pvs = imported.vg.physical_volumes().iter().map(|pv| pv.id());
    pvs.filter(|pv| !there.contains(pv)).collect()
}
