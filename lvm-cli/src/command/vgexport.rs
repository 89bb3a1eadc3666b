//! `vgexport` and `vgimport`

use lvmkit::Lvm;

use super::{Command, choose};
use crate::args::{Opt, option as o};
use crate::session::{Failure, Outcome, Session};

pub(super) static COMMAND: Command = Command {
    name: "vgexport",
    summary: "Make volume groups unknown to this host, so that another one can import them",
    usage: &["vgexport VG|@Tag ...", "vgexport --all"],
    options: &[o::COMMON, o::CHANGING, o::BACKUP, &[&o::VGEXPORT_ALL, &o::SELECT]],
    run: export,
};

pub(super) static IMPORT: Command = Command {
    name: "vgimport",
    summary: "Take in volume groups that were exported",
    usage: &["vgimport [ --force ] VG|@Tag ...", "vgimport [ --force ] --all"],
    options: &[o::COMMON, o::CHANGING, o::BACKUP, &[&o::VGIMPORT_ALL, &o::IMPORT_FORCE, &o::SELECT]],
    run: import,
};

/// Checks that groups are named, or all are meant.
fn check_words(session: &Session<'_>, all: &'static Opt) -> Outcome {
    match (session.args.has(all), session.args.words.is_empty()) {
        (false, true) if !session.args.has(&o::SELECT) => Err(Failure::Syntax),
        (true, false) => super::no_words(session),
        _ => Ok(()),
    }
}

fn export(session: &mut Session<'_>) -> Outcome {
    check_words(session, &o::VGEXPORT_ALL)?;
    let lvm = session.open(None)?;
    for name in choose::usable_group_names(session, &lvm)? {
        let exported = export_one(session, &lvm, &name);
        session.note(exported);
    }
    Ok(())
}

fn export_one(session: &mut Session<'_>, lvm: &Lvm, name: &str) -> Outcome {
    let mut transaction = super::begin(session, lvm, name)?;
    super::changeable(&transaction)?;
    transaction.export_vg()?;
    let name = name.to_owned();
    session.commit(lvm, transaction, move |session, _, _| {
        session.out.say(format!("Volume group \"{name}\" successfully exported"));
        Ok(())
    })
}

fn import(session: &mut Session<'_>) -> Outcome {
    check_words(session, &o::VGIMPORT_ALL)?;
    if session.args.has(&o::IMPORT_FORCE) {
        session.out.warn("Volume groups with missing PVs will be imported with --force.");
    }
    let lvm = session.open(None)?;
    for name in choose::group_names(session, &lvm, |_| true)? {
        let imported = import_one(session, &lvm, &name);
        session.note(imported);
    }
    Ok(())
}

fn import_one(session: &mut Session<'_>, lvm: &Lvm, name: &str) -> Outcome {
    let mut transaction = super::begin(session, lvm, name)?;
    let imported = transaction.import_vg(session.args.has(&o::IMPORT_FORCE));
    imported.map_err(|error| super::cannot_process(name, error))?;
    let name = name.to_owned();
    session.commit(lvm, transaction, move |session, _, _| {
        session.out.say(format!("Volume group \"{name}\" successfully imported"));
        Ok(())
    })
}
