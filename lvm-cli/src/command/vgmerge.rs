//! `vgmerge`

use super::Command;
use crate::args::name::Target;
use crate::args::option as o;
use crate::session::{Failure, Outcome, Session};

pub(super) static COMMAND: Command = Command {
    name: "vgmerge",
    summary: "Merge a volume group into another one",
    usage: &["vgmerge VG VG"],
    options: &[o::COMMON, o::CHANGING, o::BACKUP, &[&o::MERGE_LIST]],
    run,
};

fn run(session: &mut Session<'_>) -> Outcome {
    let words = session.args.words.clone();
    let (to, from) = match words.as_slice() {
        [to, from] => (Target::vg_name(to), Target::vg_name(from)),
        [_, _, word, ..] => {
            return Err(Failure::usage(format!("Command does not accept argument: {word}.")));
        }
        _ => return Err(Failure::Syntax),
    };
    if to == from {
        return Err(Failure::refused(format!("Duplicate volume group name \"{from}\"")));
    }
    let lvm = session.open(None)?;
    let mut transaction = lvm.begin(to)?;
    if let Some(found) = transaction.found() {
        super::warn_about_group(session, found);
    }
    transaction.check_changeable().map_err(super::refusal)?;
    transaction.merge_vg(from)?;
    let (from, to) = (from.to_owned(), to.to_owned());
    session.commit(&lvm, transaction, move |session, _, _| {
        session.out.say(format!("Volume group \"{from}\" successfully merged into \"{to}\""));
        Ok(())
    })
}
