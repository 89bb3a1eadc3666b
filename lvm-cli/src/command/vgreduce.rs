//! `vgreduce`

use std::path::Path;

use lvmkit::DeviceSpec;

use super::{Command, choose};
use crate::args::name::Target;
use crate::args::option as o;
use crate::pv;
use crate::session::{Failure, Outcome, Session};

pub(super) static COMMAND: Command = Command {
    name: "vgreduce",
    summary: "Take physical volumes out of a volume group",
    usage: &[
        "vgreduce VG PV ...",
        "vgreduce --all VG",
        "vgreduce --removemissing [ --force [ --mirrorsonly ] ] VG",
    ],
    options: &[
        o::COMMON,
        o::CHANGING,
        o::BACKUP,
        &[&o::FORCE, &o::VGREDUCE_ALL, &o::REMOVEMISSING, &o::MIRRORSONLY],
    ],
    run,
};

fn run(session: &mut Session<'_>) -> Outcome {
    let words = session.args.words.clone();
    let Some((name, words)) = words.split_first() else { return Err(Failure::Syntax) };
    let name = Target::vg_name(name);
    let (all, missing) = (session.args.has(&o::VGREDUCE_ALL), session.args.has(&o::REMOVEMISSING));
    match (all || missing, words.first()) {
        (true, Some(word)) if !(all && missing) => {
            return Err(Failure::usage(format!("Command does not accept argument: {word}.")));
        }
        (false, None) => return Err(Failure::Syntax),
        _ if all && missing => {
            return Err(Failure::usage("Command does not accept option: --removemissing."));
        }
        _ if session.args.has(&o::MIRRORSONLY) && !missing => return Err(Failure::Syntax),
        _ => {}
    }
    if missing { remove_missing(session, name) } else { reduce(session, name, words) }
}

fn reduce(session: &mut Session<'_>, name: &str, words: &[String]) -> Outcome {
    choose::device::check_tags(words)?;
    let lvm = session.open(&pv::there(words))?;
    let (there, gone): (Vec<_>, Vec<_>) =
        words.iter().cloned().partition(|word| word.starts_with('@') || Path::new(word).exists());
    for device in &gone {
        session.fail(pv::not_found(&lvm, &DeviceSpec::from(device)));
    }
    let mut transaction = match super::begin(session, &lvm, name) {
        Ok(transaction) => transaction,
        Err(failure) => return Err(not_reduced(session, failure, &there)),
    };
    let devices = choose::device::among(&there, std::slice::from_ref(transaction.volume_group()));
    if let Some(device) = devices.first().filter(|_| transaction.is_exported()) {
        return Err(pv::exported(device, name));
    }
    if let Err(failure) = super::changeable(&transaction) {
        return Err(not_reduced(session, failure, &there));
    }
    let mut chosen = Vec::new();
    if session.args.has(&o::VGREDUCE_ALL) {
        // A group keeps its last physical volume, in use or not.
        chosen.extend(transaction.physical_volumes().iter().map(|pv| (pv.id(), pv.device().to_owned())));
    }
    for device in &devices {
        let found = transaction.pv_on(device).map_err(|_| pv::not_found(&lvm, device));
        chosen.extend(session.note(found).map(|id| (id, device.to_string())));
    }
    // In the group's order, and each but once.
    let place = |id| transaction.physical_volumes().iter().position(|pv| pv.id() == id);
    chosen.sort_by_key(|(id, _)| place(*id));
    chosen.dedup_by_key(|(id, _)| *id);
    let mut removed = Vec::new();
    for (id, device) in chosen {
        let gone = transaction.remove_pv(id).map_err(Failure::from);
        removed.extend(session.note(gone).map(|()| device));
    }
    if removed.is_empty() {
        return Ok(());
    }
    let name = name.to_owned();
    session.commit(&lvm, transaction, move |session, _, _| {
        for device in &removed {
            session.out.say(format!("Removed \"{device}\" from volume group \"{name}\""));
        }
        Ok(())
    })
}

/// What there is to say when a group cannot be had: its physical volumes are none that are known.
fn not_reduced(session: &mut Session<'_>, failure: Failure, words: &[String]) -> Failure {
    session.fail(failure);
    let named = words.iter().filter(|word| !word.starts_with('@'));
    Failure::Refused(named.map(|device| format!("Failed to find physical volume \"{device}\".")).collect())
}

/// Removes physical volumes that are missing; with `--force` also the volumes that lie on them.
fn remove_missing(session: &mut Session<'_>, name: &str) -> Outcome {
    let lvm = session.open(None)?;
    let mut transaction = super::begin(session, &lvm, name)?;
    if transaction.is_exported() {
        super::changeable(&transaction)?;
    }
    if !transaction.is_partial() {
        session.out.say(format!("Volume group \"{name}\" is already consistent."));
        return Ok(());
    }
    let (force, mirrors) = (session.args.has(&o::FORCE), session.args.has(&o::MIRRORSONLY));
    let partial = transaction.partial_lvs()?;
    if force && !mirrors {
        partial.iter().for_each(|lv| session.out.warn(format!("Removing partial LV {name}/{lv}.")));
    } else if !partial.is_empty() {
        say_partial(session, name, &partial, force && mirrors);
    }
    let removed = transaction.remove_missing_pvs(force && !mirrors)?.removed;
    let consistent = force || partial.is_empty();
    let name = name.to_owned();
    session.commit(&lvm, transaction, move |session, _, _| {
        for lv in removed {
            session.out.say(format!("Logical volume \"{lv}\" successfully removed."));
        }
        if consistent {
            session.out.say(format!("Wrote out consistent volume group {name}."));
        }
        Ok(())
    })?;
    if consistent { Ok(()) } else { Err(Failure::Refused(Vec::new())) }
}

fn say_partial(session: &mut Session<'_>, name: &str, partial: &[String], mirrors: bool) {
    let out = &mut session.out;
    if mirrors {
        for lv in partial {
            out.warn_plain(format!("Non-mirror-image LV {lv} found: can't remove."));
        }
    }
    for lv in partial {
        out.warn(format!("Partial LV {lv} needs to be repaired or removed. "));
    }
    out.warn_plain(format!("There are still partial LVs in VG {name}."));
    out.warn_plain("To remove them unconditionally use: vgreduce --removemissing --force.");
    out.warn_plain(
        "To remove them unconditionally from mirror LVs use: vgreduce --removemissing --mirrorsonly --force.",
    );
    out.warn("Proceeding to remove empty missing PVs.");
}
