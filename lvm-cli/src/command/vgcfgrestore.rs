//! `vgcfgrestore`

use super::Command;
use crate::args::name::Target;
use crate::args::option as o;
use crate::session::{Failure, Outcome, Session};

pub(super) static COMMAND: Command = Command {
    name: "vgcfgrestore",
    summary: "Write metadata from a file back to a volume group",
    usage: &["vgcfgrestore --file File VG", "vgcfgrestore --backupdir Dir VG"],
    options: &[o::COMMON, o::CHANGING, o::BACKUP, &[&o::FILE, &o::LIST, &o::RESTORE_FORCE]],
    run,
};

fn run(session: &mut Session<'_>) -> Outcome {
    let [name] = session.args.words.as_slice() else { return Err(Failure::Syntax) };
    let name = Target::vg_name(name).to_owned();
    let file = match (session.args.text(&o::FILE), session.args.text(&o::BACKUP_DIR)) {
        (Some(file), _) => file.to_owned(),
        (None, Some(dir)) => format!("{}/{name}", dir.trim_end_matches('/')),
        (None, None) => return Err(Failure::Syntax),
    };
    let lvm = session.open(None)?;
    let restored = lvm.begin_restore(&name, &file).map_err(Failure::from);
    let committed = restored.and_then(|transaction| {
        let name = name.clone();
        session.commit(&lvm, transaction, move |session, _, _| {
            session.out.say(format!("Restored volume group {name}."));
            Ok(())
        })
    });
    if let Err(failure) = committed {
        session.fail(failure);
        return Err(Failure::refused("Restore failed."));
    }
    Ok(())
}
