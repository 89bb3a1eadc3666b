//! `vgrename`

use super::Command;
use crate::args::name::Target;
use crate::args::option as o;
use crate::session::{Failure, Outcome, Session};

pub(super) static COMMAND: Command = Command {
    name: "vgrename",
    summary: "Rename a volume group",
    usage: &["vgrename VG VG_new", "vgrename UUID VG_new"],
    options: &[o::COMMON, o::CHANGING, o::BACKUP, &[&o::FORCE]],
    run,
};

fn run(session: &mut Session<'_>) -> Outcome {
    if let Some(word) = session.args.words.get(2) {
        return Err(Failure::usage(format!("Command does not accept argument: {word}.")));
    }
    let [old, new] = session.args.words.as_slice() else { return Err(Failure::Syntax) };
    let (old, new) = (Target::vg_name(old).to_owned(), Target::vg_name(new).to_owned());
    let lvm = session.open(None)?;
    if let Some(taken) = super::vgcreate::taken_path(&new).filter(|_| session.is_of_machine()) {
        return Err(Failure::refused(format!("{taken}: already exists in filesystem")));
    }
    let mut transaction = session.begin(&lvm, &old)?;
    let old = transaction.name().to_owned();
    transaction.rename_vg(&new)?;
    session.commit(&lvm, transaction, move |session, _, _| {
        session.out.say(format!("Volume group \"{old}\" successfully renamed to \"{new}\""));
        Ok(())
    })
}
