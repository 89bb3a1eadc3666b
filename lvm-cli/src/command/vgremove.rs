//! `vgremove`

use std::collections::HashSet;

use lvmkit::Lvm;

use super::{Command, choose};
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
        true => choose::group_names(session, &lvm, |_| true)?,
        // Groups that are named need no look at all there are.
        false => {
            let words = session.args.words.clone();
            words
                .iter()
                .map(|word| super::group_name(word).map(str::to_owned))
                .collect::<Outcome<Vec<_>>>()?
        }
    };
    let mut seen = HashSet::new();
    for name in names {
        if seen.insert(name.clone()) {
            let removed = remove(session, &lvm, &name);
            session.note(removed);
        }
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
