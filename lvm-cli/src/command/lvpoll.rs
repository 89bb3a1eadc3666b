//! `lvpoll`

use lvmkit::Error;

use super::Command;
use crate::args::option as o;
use crate::session::{Failure, Outcome, Session};

pub(super) static COMMAND: Command = Command {
    name: "lvpoll",
    summary: "Continue a change of a logical volume that was begun; not supported yet",
    usage: &["lvpoll --polloperation pvmove|convert|merge|merge_thin LV ..."],
    options: &[
        o::COMMON,
        o::CHANGING,
        &[&o::AUTOBACKUP, &o::POLLOPERATION, &o::POLL_ABORT, &o::POLL_HANDLE, &o::POLL_INTERVAL],
    ],
    run,
};

/// Nothing here begins a change that would have to be continued.
fn run(session: &mut Session<'_>) -> Outcome {
    let Some(operation) = session.args.text(&o::POLLOPERATION) else { return Err(Failure::Syntax) };
    if session.args.words.is_empty() {
        return Err(Failure::Syntax);
    }
    Err(Error::unsupported(format!("continuing an operation of type {operation}")).into())
}
