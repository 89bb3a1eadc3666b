//! `systemid`

use super::Command;
use crate::args::option as o;
use crate::session::{Outcome, Session};

pub(super) static COMMAND: Command = Command {
    name: "systemid",
    summary: "Show the system id of this host",
    usage: &["systemid"],
    options: &[o::COMMON],
    run,
};

fn run(session: &mut Session<'_>) -> Outcome {
    super::no_words(session)?;
    let lvm = session.open_any()?;
    session.out.say(format!("system ID: {}", lvm.system_id().unwrap_or_default()));
    Ok(())
}
