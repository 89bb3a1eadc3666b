//! `vgchange`

use lvmkit::core::metadata::VgStatus;
use lvmkit::{AllocationPolicy, Lvm, Transaction};

use super::Command;
use crate::args::{Opt, option as o, value};
use crate::session::{Failure, Outcome, Session};

static CHANGES: &[&Opt] = &[
    &o::ADDTAG,
    &o::DELTAG,
    &o::ALLOC,
    &o::LOGICALVOLUME,
    &o::MAXPHYSICALVOLUMES,
    &o::PHYSICALEXTENTSIZE,
    &o::RESIZEABLE,
    &o::SETAUTOACTIVATION,
    &o::VGMETADATACOPIES,
];

pub(super) static COMMAND: Command = Command {
    name: "vgchange",
    summary: "Change attributes of volume groups",
    usage: &["vgchange OPTION ... [ VG|@Tag ... ]"],
    options: &[
        o::COMMON,
        o::CHANGING,
        o::BACKUP,
        CHANGES,
        &[
            &o::VG_ACTIVATE,
            &o::VG_UUID,
            &o::VGCHANGE_SYSTEMID,
            &o::REFRESH,
            &o::MONITOR,
            &o::IGNOREMONITORING,
        ],
    ],
    run,
};

fn run(session: &mut Session<'_>) -> Outcome {
    if !CHANGES.iter().any(|opt| session.args.has(opt)) {
        return Err(Failure::Syntax);
    }
    if session.args.policy(&o::ALLOC) == Some(AllocationPolicy::Inherit) {
        return Err(Failure::refused("Volume Group allocation policy cannot inherit from anything"));
    }
    let lvm = session.open(None)?;
    for name in super::chosen_groups(session, &lvm)? {
        let changed = change(session, &lvm, &name);
        session.note(changed);
    }
    Ok(())
}

fn change(session: &mut Session<'_>, lvm: &Lvm, name: &str) -> Outcome {
    let mut transaction = lvm.begin(name).map_err(|error| super::cannot_process(name, error))?;
    edit(session, &mut transaction)?;
    if session.commit(transaction)?.is_some() {
        session.out.say(format!("Volume group \"{name}\" successfully changed"));
    }
    Ok(())
}

fn edit(session: &Session<'_>, transaction: &mut Transaction) -> Outcome {
    let args = &session.args;
    if let Some(on) = args.yes_no(&o::RESIZEABLE) {
        if transaction.is_resizeable() == on {
            let state = if on { "resizeable" } else { "not resizeable" };
            let name = transaction.name();
            return Err(Failure::refused(format!("Volume group \"{name}\" is already {state}")));
        }
        transaction.set_resizeable(on)?;
    }
    if let Some(policy) = args.policy(&o::ALLOC) {
        if transaction.allocation_policy() == policy {
            return Err(Failure::refused(format!("Volume group allocation policy is already {policy}")));
        }
        transaction.set_vg_allocation_policy(policy)?;
    }
    if let Some(max) = args.number(&o::LOGICALVOLUME) {
        transaction.set_max_lv(max)?;
    }
    if let Some(max) = args.number(&o::MAXPHYSICALVOLUMES) {
        transaction.set_max_pv(max)?;
    }
    if let Some(size) = args.size(&o::PHYSICALEXTENTSIZE) {
        transaction.set_extent_size(size)?;
    }
    if let Some(copies) = args.text(&o::VGMETADATACOPIES).and_then(|text| value::copies(text).ok()) {
        transaction.set_metadata_copies(copies)?;
    }
    if let Some(on) = args.yes_no(&o::SETAUTOACTIVATION) {
        if transaction.status().contains(VgStatus::NOAUTOACTIVATE) != on {
            let state = if on { "yes" } else { "no" };
            return Err(Failure::refused(format!("Volume group autoactivation is already {state}.")));
        }
        transaction.set_vg_autoactivation(on)?;
    }
    for tag in args.texts(&o::ADDTAG) {
        transaction.add_vg_tag(tag.trim_start_matches('@'))?;
    }
    for tag in args.texts(&o::DELTAG) {
        transaction.remove_vg_tag(tag.trim_start_matches('@'))?;
    }
    Ok(())
}
