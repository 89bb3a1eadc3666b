//! `pvchange`

use lvmkit::{DeviceSpec, ErrorKind, Lvm, PvId, Transaction};

use super::Command;
use super::choose::{device, members::Members};
use crate::args::{Opt, option as o};
use crate::pv;
use crate::session::{Failure, Outcome, Session};

static CHANGES: &[&Opt] =
    &[&o::ALLOCATABLE, &o::ADDTAG, &o::DELTAG, &o::PVCHANGE_UUID, &o::PVCHANGE_METADATAIGNORE];

pub(super) static COMMAND: Command = Command {
    name: "pvchange",
    summary: "Change attributes of physical volumes",
    usage: &[
        "pvchange --allocatable y|n PV ...",
        "pvchange --addtag Tag --deltag Tag PV ...",
        "pvchange --metadataignore y|n PV ...",
        "pvchange --uuid PV ...",
        "pvchange ... --all",
    ],
    options: &[o::COMMON, o::CHANGING, o::BACKUP, CHANGES, &[&o::PVCHANGE_ALL, &o::FORCE, &o::SELECT]],
    run,
};

fn run(session: &mut Session<'_>) -> Outcome {
    let has_words = !session.args.words.is_empty();
    let all = session.args.has(&o::PVCHANGE_ALL);
    let changes = CHANGES.iter().any(|opt| session.args.has(opt));
    if all && changes {
        super::no_words(session)?;
    }
    let selects = super::select::is_asked(session);
    if (all && has_words) || (!has_words && !all && !selects) || !changes {
        return Err(Failure::Syntax);
    }
    let lvm = session.open(&pv::there(&session.args.words))?;
    let named = device::named(session, &lvm);
    let devices = session.note(named).unwrap_or_default();
    let members = match (selects, all) {
        (true, _) => {
            let selected = device::selected(session, &lvm, devices)?;
            Members::of(session, &lvm, &selected)?
        }
        (false, true) => Members::all(session, &lvm)?,
        (false, false) => Members::of(session, &lvm, &devices)?,
    };
    let mut count = Count::default();
    for (vg, devices) in &members.groups {
        // The label of each is what decides about its uuid, so each has a commit of its own.
        let at_once = if session.args.has(&o::PVCHANGE_UUID) { 1 } else { devices.len().max(1) };
        for devices in devices.chunks(at_once) {
            let result = change_group(session, &lvm, vg, devices);
            let done = session.note(result).unwrap_or(0);
            count.changed += done;
            count.unchanged += devices.len() - done;
        }
    }
    for device in &members.orphans {
        let result = change_orphan(session, &lvm, device);
        match session.note(result) {
            Some(true) => count.changed += 1,
            _ => count.unchanged += 1,
        }
    }
    let volumes = |count: usize| format!("{count} physical volume{}", if count == 1 { "" } else { "s" });
    let summary = format!("{} changed / {} not changed", volumes(count.changed), volumes(count.unchanged));
    session.afterwards(move |session| session.out.say(summary));
    Ok(())
}

#[derive(Default)]
struct Count {
    changed: usize,
    unchanged: usize,
}

/// Why one is as it was.
fn unchanged(device: &DeviceSpec, why: impl Into<String>) -> Failure {
    Failure::Refused(vec![why.into(), format!("Physical volume {device} not changed")])
}

fn already(device: &DeviceSpec, ignore: bool) -> Failure {
    let state = if ignore { "ignored" } else { "marked as in-use" };
    unchanged(device, format!("Metadata areas on physical volume \"{device}\" already {state}."))
}

/// Changes a physical volume without a group.
fn change_orphan(session: &mut Session<'_>, lvm: &Lvm, device: &DeviceSpec) -> Outcome<bool> {
    if session.is_in_batch() {
        return Err(super::not_of_a_group(device));
    }
    let args = &session.args;
    if args.has(&o::ADDTAG) || args.has(&o::DELTAG) {
        let why = format!("Can't change tag on Physical Volume {device} not in volume group");
        return Err(unchanged(device, why));
    }
    if args.has(&o::ALLOCATABLE) {
        let why = format!("Allocatability not supported by orphan lvm2 format PV {device}");
        return Err(unchanged(device, why));
    }
    if let Some(ignore) = args.yes_no(&o::PVCHANGE_METADATAIGNORE)
        && !lvm.set_orphan_metadata_ignore(device, ignore)?
    {
        return Err(already(device, ignore));
    }
    if args.has(&o::PVCHANGE_UUID) {
        let id = lvm.renew_orphan_pv_id(device)?;
        session.out.detail(format!("Physical volume \"{device}\" has uuid {id}."));
    }
    session.say_planned(
        &format!("change physical volume {device}"),
        &format!("Physical volume \"{device}\" changed"),
    );
    Ok(true)
}

/// Changes the physical volumes of one group in one commit; how many changed.
fn change_group(session: &mut Session<'_>, lvm: &Lvm, vg: &str, devices: &[DeviceSpec]) -> Outcome<usize> {
    let mut transaction = super::begin(session, lvm, vg)?;
    let mut changed = Vec::new();
    for device in devices {
        let result = change(session, &mut transaction, device);
        if session.note(result) == Some(true) {
            changed.push(device.clone());
        }
    }
    if changed.is_empty() {
        return Ok(0);
    }
    let count = changed.len();
    session.commit(lvm, transaction, move |session, _, _| {
        for device in changed {
            session.out.say(format!("Physical volume \"{device}\" changed"));
        }
        Ok(())
    })?;
    Ok(count)
}

fn change(session: &mut Session<'_>, transaction: &mut Transaction, device: &DeviceSpec) -> Outcome<bool> {
    let id: PvId = transaction.pv_on(device)?;
    let mut changed = false;
    if let Some(ignore) = session.args.yes_no(&o::PVCHANGE_METADATAIGNORE) {
        set_ignore(session, transaction, device, ignore)?;
        changed = true;
    }
    let args = &session.args;
    for tag in args.texts(&o::ADDTAG) {
        transaction.add_pv_tag(id, tag)?;
        changed = true;
    }
    for tag in args.texts(&o::DELTAG) {
        transaction.remove_pv_tag(id, tag)?;
        changed = true;
    }
    if let Some(on) = args.yes_no(&o::ALLOCATABLE) {
        if transaction.physical_volume(id).is_some_and(|pv| pv.is_allocatable() == on) {
            let state = if on { "allocatable" } else { "unallocatable" };
            session.out.warn_plain(format!("Physical volume \"{device}\" is already {state}."));
            if !changed && !session.args.has(&o::PVCHANGE_UUID) {
                session.out.say(format!("Physical volume {device} not changed"));
                return Ok(false);
            }
        } else {
            transaction.set_pv_allocatable(id, on)?;
            changed = true;
        }
    }
    if session.args.has(&o::PVCHANGE_UUID) {
        super::changeable(transaction)?;
        transaction.renew_pv_id(id).map_err(|error| match error.kind() {
            ErrorKind::InUse => {
                unchanged(device, format!("Volume group containing {device} has active logical volumes"))
            }
            _ => error.into(),
        })?;
        changed = true;
    }
    Ok(changed)
}

/// Brings the metadata areas of one into use, or out of it.
fn set_ignore(
    session: &mut Session<'_>,
    transaction: &mut Transaction,
    device: &DeviceSpec,
    ignore: bool,
) -> Outcome {
    let vg = transaction.name().to_owned();
    let copies = transaction.metadata_copies();
    if copies > 0 && !session.args.has(&o::FORCE) {
        let question = format!("Override preferred number of copies of VG {vg} metadata?");
        if !session.confirm(&question) {
            return Err(Failure::refused(format!("Physical volume {device} not changed")));
        }
    }
    let id = transaction.pv_on(device)?;
    match transaction.set_pv_metadata_ignore(id, ignore) {
        Ok(true) => {}
        Ok(false) => return Err(already(device, ignore)),
        Err(error) if *error.kind() == ErrorKind::InUse => return Err(unchanged(device, error.message())),
        Err(error) => return Err(error.into()),
    }
    if transaction.metadata_copies() != copies {
        let now = transaction.metadata_copies();
        session
            .out
            .warn(format!("Changing preferred number of copies of VG {vg} metadata from {copies} to {now}"));
    }
    Ok(())
}
