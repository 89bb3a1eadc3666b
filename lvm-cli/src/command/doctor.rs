//! `doctor`

use lvmkit::doctor::{Machine, examine, is_ready, to_json};

use super::Command;
use crate::args::option as o;
use crate::session::{Failure, Outcome, Session};
use crate::settings::SYSTEM_DIR_VARIABLE;

pub(super) static COMMAND: Command = Command {
    name: "doctor",
    summary: "Say whether this system is ready for LVM, and what to do if not",
    usage: &["doctor [ --reportformat json ]"],
    options: &[o::COMMON, &[&o::READONLY, &o::REPORTFORMAT]],
    run,
};

fn run(session: &mut Session<'_>) -> Outcome {
    super::no_words(session)?;
    let lvm = session.open_any()?;
    let machine = match std::env::var_os(SYSTEM_DIR_VARIABLE) {
        Some(dir) => Machine::new().system_dir(dir),
        None => Machine::new(),
    };
    let checks = examine(&lvm, &machine);
    if session.is_json() {
        session.out.lines("", &to_json(&checks));
    } else {
        for check in &checks {
            let remedy = check.remedy.as_ref().map_or_else(String::new, |remedy| format!(" -> {remedy}"));
            let line = format!("{:<8} {}: {}{remedy}", check.verdict, check.name, check.finding);
            session.out.lines("  ", &line);
        }
    }
    if is_ready(&checks) { Ok(()) } else { Err(Failure::Refused(Vec::new())) }
}
