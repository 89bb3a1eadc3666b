//! `recover`

use lvmkit::Recovered;

use super::Command;
use crate::activation;
use crate::args::name::Target;
use crate::args::option as o;
use crate::session::{Failure, Outcome, Session};

pub(super) static COMMAND: Command = Command {
    name: "recover",
    summary: "Put the devices of active volumes right after a crash in the middle of a change",
    usage: &["recover VG ..."],
    options: &[o::COMMON, &[&o::NOUDEVSYNC, &o::READONLY]],
    run,
};

fn run(session: &mut Session<'_>) -> Outcome {
    if session.args.words.is_empty() {
        return Err(Failure::Syntax);
    }
    activation::begin(session)?;
    let lvm = session.open(None)?;
    for word in session.args.words.clone() {
        let name = Target::vg_name(&word);
        let found = match lvm.found_group(name) {
            Ok(found) => found,
            Err(error) => {
                session.fail(super::cannot_process(name, error));
                continue;
            }
        };
        super::warn_about_group(session, &found);
        if session.is_test() || !lvm.can_activate(&found.pvs) {
            session.out.say(format!("Volume group \"{name}\": nothing done"));
            continue;
        }
        match lvm.recover(name) {
            Ok(recovered) => say(session, name, recovered),
            Err(error) => session.fail(error.into()),
        }
    }
    Ok(())
}

fn say(session: &mut Session<'_>, vg: &str, recovered: Recovered) {
    let Recovered { repaired, removed, failed, .. } = recovered;
    for lv in &repaired {
        session.out.say(format!("Logical volume {vg}/{lv} brought to its metadata."));
    }
    for device in &removed {
        session.out.say(format!("Device {device} removed: no volume has it."));
    }
    session.out.say(match (repaired.len(), removed.len(), failed.len()) {
        (0, 0, 0) => format!("Volume group \"{vg}\": every device is as the metadata says"),
        (repaired, removed, failed) => format!(
            "Volume group \"{vg}\": {repaired} volume(s) repaired, {removed} device(s) removed, {failed} left to do"
        ),
    });
    for (_, error) in failed {
        session.fail(error.into());
    }
}
