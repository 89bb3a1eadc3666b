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

fn run(session: &mut Session<'_>) -> Outcome {
    super::no_words(session)?;
    let config = std::rc::Rc::clone(&session.config);
    config.host_tags().iter().for_each(|tag| session.out.say(tag));
    Ok(())
}
