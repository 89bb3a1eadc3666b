//! `pvremove`

use std::collections::HashSet;

use lvmkit::{DeviceSpec, Lvm, Overwrite, PvUse};

use super::Command;
use crate::args::option as o;
use crate::pv;
use crate::session::{Failure, Outcome, Session};

pub(super) static COMMAND: Command = Command {
    name: "pvremove",
    summary: "Take the labels off physical volumes",
    usage: &["pvremove PV ..."],
    options: &[o::COMMON, o::CHANGING, &[&o::FORCE]],
    run,
};

fn run(session: &mut Session<'_>) -> Outcome {
    let mut devices = pv::specs(&session.args.words);
    if devices.is_empty() {
        return Err(Failure::Syntax);
    }
    let lvm = session.open(&devices)?;
    // Those that are not there fail first.
    devices.sort_by_key(|device| device.path().exists());
    let mut done = HashSet::new();
    for device in &devices {
        let name = device.to_string();
        let removed = remove(session, &lvm, device, done.contains(&name));
        if session.note(removed).is_some() {
            done.insert(name);
        }
    }
    Ok(())
}

fn remove(session: &mut Session<'_>, lvm: &Lvm, device: &DeviceSpec, is_again: bool) -> Outcome {
    let mut overwrite = Overwrite::Refuse;
    let used = lvm.pv_use(device)?;
    let is_forced = session.args.has(&o::FORCE);
    if used == PvUse::None && (is_forced || is_again) {
        // Nothing is there to be removed, which is what was asked for.
        session.out.say(format!("Labels on physical volume \"{device}\" successfully wiped."));
        return Ok(());
    }
    if let PvUse::Member(vg) = used {
        // Exactly twice: lvm2 takes more for a mistake.
        if session.args.count(&o::FORCE) != 2 {
            return Err(Failure::Refused(vec![
                format!("PV {device} is used by VG {vg} so please use vgreduce first."),
                "(If you are certain you need pvremove, then confirm by using --force twice.)".to_owned(),
                format!("{device}: physical volume label not removed."),
            ]));
        }
        let question =
            format!("Really WIPE LABELS from physical volume \"{device}\" of volume group \"{vg}\"");
        if !session.confirm(&question) {
            return Err(Failure::refused(format!("{device}: physical volume label not removed.")));
        }
        session.out.warn(format!("Wiping physical volume label from {device} of volume group \"{vg}\"."));
        overwrite = Overwrite::UsedPv;
    }
    lvm.remove_pv(device, overwrite)?;
    session.say_planned(
        &format!("take the label off physical volume {device}"),
        &format!("Labels on physical volume \"{device}\" successfully wiped."),
    );
    Ok(())
}
