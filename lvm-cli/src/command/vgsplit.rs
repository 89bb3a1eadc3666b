//! `vgsplit`

use lvmkit::{Lvm, PvId, Transaction, VgDraft, VolumeGroup};

use super::Command;
use crate::args::name::Target;
use crate::args::{Args, Opt, option as o};
use crate::pv;
use crate::session::{Failure, Outcome, Session};

/// Options for a group that is new.
static NEW: &[&Opt] = &[&o::ALLOC, &o::MAXLOGICALVOLUMES, &o::MAXPHYSICALVOLUMES, &o::VGMETADATACOPIES];

pub(super) static COMMAND: Command = Command {
    name: "vgsplit",
    summary: "Move physical volumes from a volume group to a new or another one",
    usage: &["vgsplit VG VG PV ...", "vgsplit --name LV VG VG"],
    options: &[o::COMMON, o::CHANGING, o::BACKUP, NEW, &[&o::SPLIT_NAME]],
    run,
};

fn run(session: &mut Session<'_>) -> Outcome {
    let words = session.args.words.clone();
    let [from, to, devices @ ..] = words.as_slice() else { return Err(Failure::Syntax) };
    let (from, to) = (Target::vg_name(from), Target::vg_name(to));
    let volume = session.args.text(&o::SPLIT_NAME).map(str::to_owned);
    match (&volume, devices.first()) {
        (None, None) => return Err(Failure::Syntax),
        (Some(_), Some(word)) => {
            return Err(Failure::usage(format!("Command does not accept argument: {word}.")));
        }
        _ => {}
    }
    if lvmkit::core::name::check_name(to).is_err() {
        return Err(Failure::refused(format!("Invalid vg name {to}.")));
    }
    if from == to {
        return Err(Failure::refused(format!("Duplicate volume group name \"{to}\"")));
    }
    let specs = pv::specs(devices);
    let lvm = session.open(&specs)?;
    let scan = lvm.scan()?;
    let group = |name: &str| scan.groups.iter().find(|found| found.vg.name() == name);
    let cannot_read = || Failure::refused(format!("Failed to read VG {to}."));
    let (source, target) = (group(from), group(to));
    if source.is_none() {
        session.fail(Failure::refused(format!("Volume group \"{from}\" not found")));
        return Err(cannot_read());
    }
    for found in [source, target].into_iter().flatten() {
        super::warn_about_group(session, found);
        if found.vg.is_exported() {
            session.fail(Failure::refused(format!("Volume group {} is exported", found.vg.name())));
            return Err(cannot_read());
        }
    }
    if target.is_some() && NEW.iter().any(|opt| session.args.has(opt)) {
        return Err(Failure::refused(format!("Volume group \"{to}\" exists, but new VG option specified")));
    }
    let begun = lvm.begin(from).and_then(|transaction| transaction.check_changeable().map(|()| transaction));
    let Some(transaction) = session.note(begun.map_err(super::refusal)) else { return Err(cannot_read()) };
    let pvs = match &volume {
        Some(name) => of_volume(&transaction, name)?,
        None => {
            let mut pvs = Vec::new();
            for spec in &specs {
                let refused =
                    || Failure::refused(format!("Physical volume {spec} not in volume group {from}"));
                pvs.push(transaction.pv_on(spec).map_err(|_| refused())?);
            }
            pvs
        }
    };
    split(session, &lvm, transaction, to, target.is_some(), &pvs)?;
    if !session.out.plans {
        let kind = if target.is_some() { "Existing" } else { "New" };
        session.out.say(format!("{kind} volume group \"{to}\" successfully split from \"{from}\""));
    }
    Ok(())
}

/// Moves physical volumes to another group, which is there or new.
fn split(
    session: &mut Session<'_>,
    lvm: &Lvm,
    mut transaction: Transaction,
    to: &str,
    is_there: bool,
    pvs: &[PvId],
) -> Outcome {
    let all = transaction.physical_volumes().iter().all(|pv| pvs.contains(&pv.id()));
    let args = session.args.clone();
    let edit = |draft: &mut VgDraft| set(&args, draft);
    match (is_there, all) {
        (true, true) => {
            let from = transaction.name().to_owned();
            drop(transaction);
            let mut transaction = lvm.begin(to)?;
            transaction.merge_vg(&from)?;
            session.commit(lvm, transaction, |_, _, _| Ok(()))
        }
        (false, true) => {
            transaction.split_all(to, pvs)?;
            edit(&mut transaction)?;
            session.commit(lvm, transaction, |_, _, _| Ok(()))
        }
        (true, false) => {
            let groups = transaction.move_pvs_to(to, pvs, &mut session.observer())?;
            say_groups(session, groups);
            Ok(())
        }
        (false, false) => {
            let groups = transaction.split_vg_with(to, pvs, edit, &mut session.observer())?;
            say_groups(session, groups);
            Ok(())
        }
    }
}

/// The physical volumes that a volume lies on.
fn of_volume(transaction: &Transaction, name: &str) -> Outcome<Vec<PvId>> {
    let vg = transaction.name();
    let name = name.strip_prefix(vg).and_then(|rest| rest.strip_prefix('/')).unwrap_or(name);
    let lv = transaction.logical_volume(name);
    let lv = lv.ok_or_else(|| Failure::refused(format!("Logical volume {name} not in volume group {vg}")))?;
    let pvs = transaction.pvs_below(lv);
    if pvs.is_empty() {
        return Err(Failure::refused(format!("Logical volume {name} has no extents on physical volumes")));
    }
    Ok(pvs)
}

/// What the options say of a new group.
fn set(args: &Args, draft: &mut VgDraft) -> lvmkit::Result<()> {
    if let Some(max) = args.number(&o::MAXLOGICALVOLUMES) {
        draft.set_max_lv(max)?;
    }
    if let Some(max) = args.number(&o::MAXPHYSICALVOLUMES) {
        draft.set_max_pv(max)?;
    }
    if let Some(policy) = args.policy(&o::ALLOC) {
        draft.set_vg_allocation_policy(policy)?;
    }
    if let Some(copies) = args.copies(&o::VGMETADATACOPIES) {
        draft.set_metadata_copies(copies)?;
    }
    Ok(())
}

/// With `--test`, says what both groups would be.
fn say_groups(session: &mut Session<'_>, (kept, other): (VolumeGroup, VolumeGroup)) {
    if !session.is_test() {
        return;
    }
    for vg in [kept, other] {
        let pvs = vg.physical_volumes().iter().map(|pv| pv.device()).collect::<Vec<_>>().join(", ");
        let lvs = vg.logical_volumes().map(|lv| lv.name()).collect::<Vec<_>>().join(", ");
        let line = format!("volume group {}: physical volumes {pvs}; logical volumes {lvs}", vg.name());
        session.say_plan(line.trim_end_matches("; logical volumes "));
    }
}
