//! `vgcfgbackup`

use std::path::Path;

use super::{Command, choose, order};
use crate::args::option as o;
use crate::session::{Failure, Outcome, Session};

pub(super) static COMMAND: Command = Command {
    name: "vgcfgbackup",
    summary: "Write the metadata of volume groups to files",
    usage: &["vgcfgbackup --file File [ VG|@Tag ... ]", "vgcfgbackup --backupdir Dir [ VG|@Tag ... ]"],
    options: &[
        o::COMMON,
        &[
            &o::READONLY,
            &o::REPORTFORMAT,
            &o::FILE,
            &o::BACKUP_DIR,
            &o::FOREIGN,
            &o::PARTIAL,
            &o::IGNORELOCKINGFAILURE,
        ],
    ],
    run,
};

/// Makes the directory of a file where backups are kept.
fn make_directory(file: &str) -> Outcome {
    let Some(dir) = Path::new(file).parent() else { return Ok(()) };
    let cannot = |error| Failure::refused(format!("Cannot make {}: {error}", dir.display()));
    std::fs::create_dir_all(dir).map_err(cannot)
}

fn run(session: &mut Session<'_>) -> Outcome {
    let named = session.args.text(&o::BACKUP_DIR).map(str::to_owned);
    let configured = || session.configured_dir("backup/backup_dir").map(|dir| dir.display().to_string());
    let file = match (session.args.text(&o::FILE), named.or_else(configured)) {
        (Some(file), _) => file.to_owned(),
        (None, Some(dir)) => format!("{}/%s", dir.trim_end_matches('/').replace('%', "%%")),
        (None, None) => return Err(Failure::Syntax),
    };
    let lvm = session.open(None)?;
    if !session.args.has(&o::FILE) && !session.is_test() {
        make_directory(&file)?;
    }
    let scan = lvm.scan()?;
    let chosen = choose::groups(session, order::groups(&scan))?;
    let chosen = chosen.into_iter().map(|found| &found.vg).collect::<Vec<_>>();
    lvm.write_backups(chosen.iter().copied(), &file)?;
    for vg in chosen {
        let name = vg.name();
        session.say_planned(
            &format!("write the metadata of volume group {name} to {file}"),
            &format!("Volume group \"{name}\" successfully backed up."),
        );
    }
    super::end_log(session);
    Ok(())
}
