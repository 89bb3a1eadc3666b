//! `vgck`

use lvmkit::core::store::{FoundVg, Problem};

use super::Command;
use crate::args::option as o;
use crate::session::{Failure, Outcome, Session};

pub(super) static COMMAND: Command = Command {
    name: "vgck",
    summary: "Check the metadata of volume groups",
    usage: &["vgck [ VG|@Tag ... ]"],
    options: &[o::COMMON, &[&o::READONLY, &o::REPORTFORMAT, &o::UPDATEMETADATA]],
    run,
};

fn run(session: &mut Session<'_>) -> Outcome {
    let lvm = session.open(None)?;
    let scan = lvm.scan()?;
    for problem in &scan.problems {
        session.out.warn(problem.to_string());
    }
    let names = super::chosen_of(session, &scan);
    for found in scan.groups.iter().filter(|found| names.iter().any(|name| name == found.vg.name())) {
        let checked = check(session, found);
        session.note(checked);
    }
    Ok(())
}

fn check(session: &mut Session<'_>, found: &FoundVg) -> Outcome {
    let name = found.vg.name();
    let mut serious = Vec::new();
    let mut missing = 0_usize;
    for problem in &found.problems {
        missing += usize::from(matches!(problem, Problem::MissingPv { .. }));
        if problem.is_serious() {
            serious.push(format!("VG {name}: {problem}"));
        } else {
            session.out.warn(format!("VG {name}: {problem}"));
        }
    }
    serious.extend(found.vg.validate().iter().map(|violation| format!("VG {name}: {violation}")));
    if missing > 0 {
        serious.push(format!("The volume group is missing {missing} physical volumes."));
    }
    if serious.is_empty() { Ok(()) } else { Err(Failure::Refused(serious)) }
}
