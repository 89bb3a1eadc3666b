//! `segtypes` and `formats`

use lvmkit::core::metadata::SegmentType;

use super::Command;
use crate::args::option as o;
use crate::session::{Outcome, Session};

pub(super) static COMMAND: Command = Command {
    name: "segtypes",
    summary: "List the types of segments that are understood",
    usage: &["segtypes"],
    options: &[o::COMMON],
    run: segtypes,
};

pub(super) static FORMATS: Command = Command {
    name: "formats",
    summary: "List the formats of metadata that are understood",
    usage: &["formats"],
    options: &[o::COMMON],
    run: formats,
};

fn segtypes(session: &mut Session<'_>) -> Outcome {
    super::no_words(session)?;
    for name in SegmentType::RECOGNISED {
        session.out.say(name);
    }
    Ok(())
}

fn formats(session: &mut Session<'_>) -> Outcome {
    super::no_words(session)?;
    session.out.say("lvm2");
    Ok(())
}
