//! `lvremove`

use lvmkit::{LogicalVolume, Lvm};

use super::{Command, choose};
use crate::activation;
use crate::args::option as o;
use crate::session::{Failure, Outcome, Session};

pub(super) static COMMAND: Command = Command {
    name: "lvremove",
    summary: "Remove logical volumes",
    usage: &["lvremove VG|LV|@Tag ..."],
    options: &[o::COMMON, o::CHANGING, o::BACKUP, &[&o::FORCE, &o::NOHISTORY, &o::SELECT]],
    run,
};

fn run(session: &mut Session<'_>) -> Outcome {
    if session.args.words.is_empty() && !super::select::is_asked(session) {
        return Err(Failure::Syntax);
    }
    let lvm = session.open(None)?;
    for (vg, volumes) in choose::volume_names(session, &lvm)? {
        let removed = remove(session, &lvm, &vg, &volumes);
        session.note(removed);
    }
    Ok(())
}

/// Removes what can be removed of one group in one commit.
fn remove(session: &mut Session<'_>, lvm: &Lvm, vg: &str, volumes: &[String]) -> Outcome {
    let mut transaction = super::begin(session, lvm, vg)?;
    let mut removed = Vec::new();
    let active = match activation::is_on_block_devices(&transaction) {
        true => lvm.active_lvs(&transaction)?,
        false => Vec::new(),
    };
    for volume in volumes.iter().cloned() {
        let id = transaction.logical_volume(&volume).map(LogicalVolume::id);
        let is_active = active.iter().any(|active| Some(active.lv) == id);
        if !may_remove(session, vg, &volume, is_active) {
            session.fail(Failure::refused(format!("Logical volume {vg}/{volume} not removed.")));
            continue;
        }
        let result = transaction.remove_lv(&volume).map_err(Failure::from);
        if session.note(result).is_some() {
            removed.push(volume);
        }
    }
    if removed.is_empty() {
        return Ok(());
    }
    session.commit(lvm, transaction, move |session, _, _| {
        for volume in removed {
            session.out.say(format!("Logical volume \"{volume}\" successfully removed."));
        }
        Ok(())
    })
}

/// Like LVM2, asks about active volumes; a person at a terminal is asked about the others too.
fn may_remove(session: &mut Session<'_>, vg: &str, volume: &str, is_active: bool) -> bool {
    let active = if is_active { "active " } else { "" };
    session.args.has(&o::FORCE)
        || !(is_active || session.out.is_interactive())
        || session.confirm(&format!("Do you really want to remove {active}logical volume {vg}/{volume}?"))
}
