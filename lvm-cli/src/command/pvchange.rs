//! `pvchange`

use std::collections::BTreeMap;

use lvmkit::{DeviceSpec, Lvm, PvId, Transaction};

use super::Command;
use crate::args::option as o;
use crate::pv;
use crate::session::{Failure, Outcome, Session};

pub(super) static COMMAND: Command = Command {
    name: "pvchange",
    summary: "Change attributes of physical volumes",
    usage: &["pvchange --allocatable y|n PV ...", "pvchange --addtag Tag --deltag Tag PV ...", "pvchange ... --all"],
    options: &[
        o::COMMON,
        o::CHANGING,
        o::BACKUP,
        &[
            &o::ALLOCATABLE,
            &o::ADDTAG,
            &o::DELTAG,
            &o::PVCHANGE_ALL,
            &o::PVCHANGE_UUID,
            &o::PVCHANGE_METADATAIGNORE,
        ],
    ],
    run,
};

fn run(session: &mut Session<'_>) -> Outcome {
    let devices = pv::specs(&session.args.words);
    let all = session.args.has(&o::PVCHANGE_ALL);
    let changes = [&o::ALLOCATABLE, &o::ADDTAG, &o::DELTAG].iter().any(|opt| session.args.has(opt));
    if devices.is_empty() != all || !changes {
        return Err(Failure::Syntax);
    }
    let lvm = session.open(&devices)?;
    let (groups, orphans) = members(&lvm, &devices, all)?;
    let (mut changed, mut unchanged) = (0_usize, orphans.len());
    for orphan in orphans {
        session.fail(Failure::refused(orphan));
    }
    for (vg, devices) in groups {
        let count = devices.len();
        let result = change_group(session, &lvm, &vg, &devices);
        let done = session.note(result).unwrap_or(0);
        changed += done;
        unchanged += count - done;
    }
    session.out.say(format!(
        "{changed} physical volume{} changed / {unchanged} physical volume{} not changed",
        if changed == 1 { "" } else { "s" },
        if unchanged == 1 { "" } else { "s" },
    ));
    Ok(())
}

/// The devices by the group that uses them, and what to say about those that none uses.
fn members(
    lvm: &Lvm,
    devices: &[DeviceSpec],
    all: bool,
) -> Outcome<(BTreeMap<String, Vec<DeviceSpec>>, Vec<String>)> {
    let mut groups: BTreeMap<String, Vec<DeviceSpec>> = BTreeMap::new();
    let mut orphans = Vec::new();
    if all {
        for vg in lvm.volume_groups()? {
            let devices = vg.physical_volumes().iter().filter(|pv| !pv.is_missing());
            groups.insert(vg.name().to_owned(), devices.map(|pv| DeviceSpec::from(pv.device())).collect());
        }
        return Ok((groups, orphans));
    }
    for device in devices {
        match lvm.user_of_pv(device)? {
            Some(vg) => groups.entry(vg).or_default().push(device.clone()),
            None => orphans.push(format!("Can't change Physical Volume {device}: it is not in a volume group")),
        }
    }
    Ok((groups, orphans))
}

/// Changes the physical volumes of one group in one commit; how many changed.
fn change_group(session: &mut Session<'_>, lvm: &Lvm, vg: &str, devices: &[DeviceSpec]) -> Outcome<usize> {
    let mut transaction = lvm.begin(vg)?;
    let mut changed = Vec::new();
    for device in devices {
        let result = change(session, &mut transaction, device);
        if session.note(result) == Some(true) {
            changed.push(device);
        }
    }
    if changed.is_empty() {
        return Ok(0);
    }
    if session.commit(transaction)?.is_some() {
        for device in &changed {
            session.out.say(format!("Physical volume \"{device}\" changed"));
        }
    }
    Ok(changed.len())
}

fn change(session: &mut Session<'_>, transaction: &mut Transaction, device: &DeviceSpec) -> Outcome<bool> {
    let id: PvId = transaction.pv_on(device)?;
    let args = &session.args;
    let mut changed = false;
    for tag in args.texts(&o::ADDTAG) {
        transaction.add_pv_tag(id, tag.trim_start_matches('@'))?;
        changed = true;
    }
    for tag in args.texts(&o::DELTAG) {
        transaction.remove_pv_tag(id, tag.trim_start_matches('@'))?;
        changed = true;
    }
    if let Some(on) = args.yes_no(&o::ALLOCATABLE) {
        if transaction.physical_volume(id).is_some_and(|pv| pv.is_allocatable() == on) {
            let state = if on { "allocatable" } else { "unallocatable" };
            session.out.warn_plain(format!("Physical volume \"{device}\" is already {state}."));
        } else {
            transaction.set_pv_allocatable(id, on)?;
            changed = true;
        }
    }
    Ok(changed)
}
