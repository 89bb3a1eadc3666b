//! `vgimportdevices`

use lvmkit::core::store::FoundVg;

use super::Command;
use super::lvmdevices::list;
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
    let names = super::chosen_of(session, &scan);
    if session.has_failed() {
        return Ok(());
    }
    let chosen = |found: &&FoundVg| names.iter().any(|name| name == found.vg.name());
    let count = list.import(scan.groups.iter().filter(chosen))?;
    session.out.say(match count {
        0 => "No devices to add.".to_owned(),
        count => format!("Added {count} devices to devices file."),
    });
    Ok(())
}
