//! `history`

use lvmkit::history::{Entry, History};

use super::Command;
use crate::args::name::Target;
use crate::args::option as o;
use crate::session::{Failure, Outcome, Session};

pub(super) static COMMAND: Command = Command {
    name: "history",
    summary: "List the archived versions of a group and what changed between them",
    usage: &["history [ --number Number ] VG"],
    options: &[o::COMMON, &[&o::ARCHIVE_DIR, &o::HISTORY_NUMBER, &o::READONLY, &o::REPORTFORMAT]],
    run,
};

fn run(session: &mut Session<'_>) -> Outcome {
    let [word] = session.args.words.as_slice() else { return Err(Failure::Syntax) };
    let name = Target::vg_name(word).to_owned();
    let lvm = session.open_any()?;
    let mut history = lvm.history(&name).map_err(|error| super::cannot_process(&name, error))?;
    for problem in &history.problems {
        session.out.warn(format!("{problem}: this archive is left out."));
    }
    if let Some(number) = session.args.number(&o::HISTORY_NUMBER) {
        let number = usize::try_from(number).unwrap_or(usize::MAX);
        history.entries.drain(..history.entries.len().saturating_sub(number));
    }
    if session.is_json() {
        session.out.lines("", &history.to_json());
    } else {
        print(session, &history);
    }
    Ok(())
}

/// A line with seqno, time and command for each version, newest first, and one with what changed.
fn print(session: &mut Session<'_>, history: &History) {
    if let Some(origin) = &history.ended_by {
        session.out.lines("  ", &format!("gone   {}", origin.command));
        session.out.lines("  ", "       the group is on none of the devices that are looked at");
    }
    for entry in history.entries.iter().rev() {
        let seqno = format!("{}{}", entry.seqno, if entry.current { "*" } else { "" });
        let time = entry.time_text();
        let command = entry.made_by.as_ref().map_or("", |origin| origin.command.as_str());
        session.out.lines("  ", format!("{seqno:<6} {time}  {command}").trim_end());
        session.out.lines("  ", &format!("       {}", entry.summary()));
        if session.out.verbose > 0 {
            print_files(session, entry);
        }
    }
}

fn print_files(session: &mut Session<'_>, entry: &Entry) {
    for file in &entry.files {
        session.out.lines("  ", &format!("       {}", file.display()));
    }
}
