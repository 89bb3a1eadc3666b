//! `tags`

use super::Command;
use crate::args::option as o;
use crate::session::{Outcome, Session};

pub(super) static COMMAND: Command = Command {
    name: "tags",
    summary: "List the tags of this host",
    usage: &["tags"],
    options: &[o::COMMON],
    run,
};

/// Hosts have no tags here: a configuration that gives them some is refused when it is read.
fn run(session: &mut Session<'_>) -> Outcome {
    super::no_words(session)?;
    session.open_any().map(drop)
}
