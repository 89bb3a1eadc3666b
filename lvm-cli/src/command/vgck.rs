//! `vgck`

use lvmkit::Lvm;
use lvmkit::core::store::{FoundVg, Problem};

use super::{Command, choose, order};
use crate::args::name::Target;
use crate::args::option as o;
use crate::session::{Failure, Outcome, Session};

pub(super) static COMMAND: Command = Command {
    name: "vgck",
    summary: "Check the metadata of volume groups, and bring its copies up to date",
    usage: &["vgck [ VG|@Tag ... ]", "vgck --updatemetadata VG"],
    options: &[o::COMMON, o::BACKUP, &[&o::READONLY, &o::REPORTFORMAT, &o::UPDATEMETADATA, &o::NOFLUSH]],
    run,
};

fn run(session: &mut Session<'_>) -> Outcome {
    if session.args.has(&o::UPDATEMETADATA) {
        return update(session);
    }
    let lvm = session.open(None)?;
    let scan = lvm.scan()?;
    for problem in &scan.problems {
        session.out.warn(problem.to_string());
    }
    let named = session.args.words.iter().map(|word| Target::parse(word)).collect::<Vec<_>>();
    for found in choose::groups(session, order::groups(&scan))? {
        let name = found.vg.name();
        if found.vg.is_exported() {
            if named.contains(&Target::Vg(name.to_owned())) {
                session.fail(Failure::refused(format!("Volume group {name} is exported")));
            }
            continue;
        }
        let checked = check(session, found);
        session.note(checked);
    }
    Ok(())
}

/// Writes a new version of a group that is otherwise as it is.
fn update(session: &mut Session<'_>) -> Outcome {
    let words = session.args.words.clone();
    let name = match words.as_slice() {
        [name] => Target::vg_name(name),
        [_, word, ..] => {
            return Err(Failure::usage(format!("Command does not accept argument: {word}.")));
        }
        [] => return Err(Failure::usage("Command does not accept option: --updatemetadata.")),
    };
    let lvm: Lvm = session.open(None)?;
    let mut transaction = super::begin(session, &lvm, name)?;
    transaction.rewrite()?;
    let outdated = transaction.found().map(|found| found.outdated.clone()).unwrap_or_default();
    session.commit(&lvm, transaction, move |session, _, _| {
        for pv in outdated {
            let device = pv.device.name();
            session.out.warn(format!("wiping mda on outdated PV {device}"));
            session.out.warn(format!("wiping header on outdated PV {device}"));
        }
        Ok(())
    })
}

fn check(session: &mut Session<'_>, found: &FoundVg) -> Outcome {
    let name = found.vg.name();
    super::warn_about_group(session, found);
    let serious = found.problems.iter().filter(|problem| problem.is_serious());
    let known = |problem: &&Problem| !matches!(problem, Problem::MissingPv { .. });
    let mut lines = serious.filter(known).map(|problem| format!("VG {name}: {problem}")).collect::<Vec<_>>();
    lines.extend(found.vg.validate().iter().map(|violation| format!("VG {name}: {violation}")));
    let missing = found.vg.physical_volumes().iter().filter(|pv| pv.is_missing()).count();
    if missing > 0 {
        lines.push(format!("The volume group is missing {missing} physical volumes."));
    }
    if lines.is_empty() { Ok(()) } else { Err(Failure::Refused(lines)) }
}
