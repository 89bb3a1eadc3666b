//! `vgimportdevices`

use super::lvmdevices::list;
use super::{Command, choose, order};
use crate::args::option as o;
use crate::session::{Failure, Outcome, Session};

pub(super) static COMMAND: Command = Command {
    name: "vgimportdevices",
    summary: "Add the devices of volume groups to the devices file",
    usage: &["vgimportdevices VG|@Tag ...", "vgimportdevices --all"],
    options: &[o::COMMON, &[&o::FOREIGN, &o::IMPORT_ALL, &o::REPORTFORMAT, &o::SELECT]],
    run,
};

fn run(session: &mut Session<'_>) -> Outcome {
    let all = session.args.has(&o::IMPORT_ALL);
    match (all, session.args.words.first()) {
        (true, Some(word)) => {
            return Err(Failure::usage(format!("Command does not accept argument: {word}.")));
        }
        (false, None) => return Err(Failure::Syntax),
        _ => {}
    }
    let lvm = session.open_machine()?;
    let list = list(&lvm)?;
    // Groups are looked for on all devices, not only on those that the file has already.
    let scan = session.open_all_devices()?.scan()?;
    super::warn_about(session, &scan);
    let groups = choose::groups(session, order::groups(&scan))?;
    if session.has_failed() {
        return Ok(());
    }
    let count = list.import(groups)?;
    session.out.say(match count {
        0 => "No devices to add.".to_owned(),
        count => format!("Added {count} devices to devices file."),
    });
    Ok(())
}
