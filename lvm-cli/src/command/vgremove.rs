//! `vgremove`

use std::collections::HashSet;

use lvmkit::Lvm;

use super::Command;
use crate::args::option as o;
use crate::session::{Failure, Outcome, Session};

pub(super) static COMMAND: Command = Command {
    name: "vgremove",
    summary: "Remove volume groups",
    usage: &["vgremove VG ..."],
    options: &[o::COMMON, o::CHANGING, o::BACKUP, &[&o::FORCE, &o::SELECT]],
    run,
};

fn run(session: &mut Session<'_>) -> Outcome {
    if session.args.words.is_empty() && !super::select::is_asked(session) {
        return Err(Failure::Syntax);
    }
    let lvm = session.open(None)?;
    let by_tag = session.args.words.iter().any(|word| word.starts_with('@'));
    let names = match by_tag || super::select::is_asked(session) {
        true => super::chosen_groups(session, &lvm)?,
        false => session.args.words.clone(),
    };
    let mut seen = HashSet::new();
    for name in names {
        let removed = super::group_name(&name).and_then(|name| match seen.insert(name.to_owned()) {
            true => remove(session, &lvm, name),
            false => Ok(()),
        });
        session.note(removed);
    }
    Ok(())
}

fn remove(session: &mut Session<'_>, lvm: &Lvm, name: &str) -> Outcome {
    let mut transaction = session.begin(lvm, name)?;
    if transaction.is_exported() {
        super::changeable(&transaction)?;
    }
    let visible = transaction.logical_volumes().filter(|lv| lv.is_visible());
    let volumes = visible.map(|lv| lv.name().to_owned()).collect::<Vec<_>>();
    if !volumes.is_empty() && !session.args.has(&o::FORCE) {
        let question = format!(
            "Do you really want to remove volume group \"{name}\" containing {} logical volumes?",
            volumes.len()
        );
        if !session.confirm(&question) {
            return Err(Failure::refused(format!("Volume group \"{name}\" not removed")));
        }
    }
    transaction.remove_all_lvs()?;
    transaction.remove_vg()?;
    let name = name.to_owned();
    session.commit(lvm, transaction, move |session, _, _| {
        for volume in volumes {
            session.out.say(format!("Logical volume \"{volume}\" successfully removed."));
        }
        session.out.say(format!("Volume group \"{name}\" successfully removed"));
        Ok(())
    })
}
