//! `vgreduce`

use lvmkit::{ErrorKind, PvId, Transaction};

use super::Command;
use crate::args::name::Target;
use crate::args::option as o;
use crate::pv;
use crate::session::{Failure, Outcome, Session};

pub(super) static COMMAND: Command = Command {
    name: "vgreduce",
    summary: "Take physical volumes out of a volume group",
    usage: &["vgreduce VG PV ...", "vgreduce --all VG", "vgreduce --removemissing VG"],
    options: &[
        o::COMMON,
        o::CHANGING,
        o::BACKUP,
        &[&o::FORCE, &o::VGREDUCE_ALL, &o::REMOVEMISSING, &o::MIRRORSONLY],
    ],
    run,
};

fn run(session: &mut Session<'_>) -> Outcome {
    let Some((name, words)) = session.args.words.split_first() else { return Err(Failure::Syntax) };
    let name = Target::vg_name(name).to_owned();
    let words = words.to_vec();
    let (all, missing) = (session.args.has(&o::VGREDUCE_ALL), session.args.has(&o::REMOVEMISSING));
    if usize::from(all) + usize::from(missing) + usize::from(!words.is_empty()) != 1 {
        return Err(Failure::Syntax);
    }
    let devices = pv::specs(&words);
    let lvm = session.open(&devices)?;
    let mut transaction = session.begin(&lvm, &name)?;
    let chosen = if missing {
        missing_pvs(&transaction)
    } else if all {
        // A group keeps its last physical volume, in use or not.
        all_pvs(&transaction)
    } else {
        let mut chosen = Vec::new();
        for device in &devices {
            let found = transaction.pv_on(device).map_err(|_| match device.path().exists() {
                true => Failure::refused(format!("Failed to find physical volume \"{device}\".")),
                false => Failure::refused(format!("Cannot use {device}: device not found")),
            });
            chosen.extend(session.note(found).map(|id| (id, device.to_string())));
        }
        chosen
    };
    if missing && chosen.is_empty() {
        session.out.say(format!("Volume group \"{name}\" is already consistent."));
        return Ok(());
    }
    let removed = remove(session, &mut transaction, chosen, missing);
    if removed.is_empty() {
        return Ok(());
    }
    session.commit(&lvm, transaction, move |session, _, _| {
        if missing {
            session.out.say(format!("Wrote out consistent volume group {name}."));
            return Ok(());
        }
        for device in &removed {
            session.out.say(format!("Removed \"{device}\" from volume group \"{name}\""));
        }
        Ok(())
    })
}

fn all_pvs(transaction: &Transaction) -> Vec<(PvId, String)> {
    transaction.physical_volumes().iter().map(|pv| (pv.id(), pv.device().to_owned())).collect()
}

fn missing_pvs(transaction: &Transaction) -> Vec<(PvId, String)> {
    let pvs = transaction.physical_volumes().iter().filter(|pv| pv.is_missing());
    pvs.map(|pv| (pv.id(), pv.device().to_owned())).collect()
}

/// Removes what can be removed from the draft, and says what cannot.
fn remove(
    session: &mut Session<'_>,
    transaction: &mut Transaction,
    chosen: Vec<(PvId, String)>,
    missing: bool,
) -> Vec<String> {
    let mut removed = Vec::new();
    let mut partial = false;
    for (id, device) in chosen {
        match transaction.remove_pv(id) {
            Ok(()) => removed.push(device),
            Err(error) if missing && *error.kind() == ErrorKind::InUse => partial = true,
            Err(error) => session.fail(error.into()),
        }
    }
    if partial {
        let name = transaction.name();
        session.fail(Failure::Refused(vec![
            format!("There are still partial LVs in VG {name}."),
            "  Removing volumes that lost extents is not supported.".to_owned(),
        ]));
        if !removed.is_empty() {
            session.out.warn("Proceeding to remove empty missing PVs.");
        }
    }
    removed
}
