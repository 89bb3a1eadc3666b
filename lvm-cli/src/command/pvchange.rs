//! `pvchange`

use std::collections::BTreeMap;

use lvmkit::{DeviceSpec, ErrorKind, Lvm, PvId, PvUse, Transaction, system};

use super::Command;
use crate::args::option as o;
use crate::pv;
use crate::session::{Failure, Outcome, Session};

pub(super) static COMMAND: Command = Command {
    name: "pvchange",
    summary: "Change attributes of physical volumes",
    usage: &[
        "pvchange --allocatable y|n PV ...",
        "pvchange --addtag Tag --deltag Tag PV ...",
        "pvchange ... --all",
    ],
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
            &o::SELECT,
        ],
    ],
    run,
};

fn run(session: &mut Session<'_>) -> Outcome {
    let devices = pv::specs(&session.args.words);
    let all = session.args.has(&o::PVCHANGE_ALL);
    let changes = [&o::ALLOCATABLE, &o::ADDTAG, &o::DELTAG].iter().any(|opt| session.args.has(opt));
    let selects = super::select::is_asked(session);
    if (all && !devices.is_empty()) || (devices.is_empty() && !all && !selects) || !changes {
        return Err(Failure::Syntax);
    }
    let lvm = session.open(&devices)?;
    let (all, devices) = if selects { (false, selected(session, &lvm, devices)?) } else { (all, devices) };
    let members = Members::new(session, &lvm, &devices, all)?;
    let (mut changed, mut unchanged) = (0_usize, members.orphans.len());
    for device in &members.orphans {
        let why = match session.args.has(&o::ALLOCATABLE) {
            true => format!("Allocatability not supported by orphan lvm2 format PV {device}"),
            false => format!("Can't change tag on Physical Volume {device} not in volume group"),
        };
        session.fail(Failure::Refused(vec![why, format!("Physical volume {device} not changed")]));
    }
    for (vg, devices) in &members.groups {
        let result = change_group(session, &lvm, vg, devices);
        let done = session.note(result).unwrap_or(0);
        changed += done;
        unchanged += devices.len() - done;
    }
    let volumes = |count: usize| format!("{count} physical volume{}", if count == 1 { "" } else { "s" });
    session.out.say(format!("{} changed / {} not changed", volumes(changed), volumes(unchanged)));
    Ok(())
}

/// The devices that `--select` selects, of those that are named or else of all.
fn selected(session: &mut Session<'_>, lvm: &Lvm, named: Vec<DeviceSpec>) -> Outcome<Vec<DeviceSpec>> {
    let scan = lvm.scan()?;
    let members = scan.groups.iter().flat_map(|found| found.vg.physical_volumes());
    let members = members.filter(|pv| !pv.is_missing()).map(|pv| pv.device().to_owned());
    let orphans = scan.orphans.iter().map(|orphan| orphan.pv.device.name().to_owned());
    let names = super::select::devices(session, lvm, members.chain(orphans).collect())?;
    let is_named = |name: &String| {
        let is_it =
            |spec: &DeviceSpec| spec.to_string() == *name || system::is_same_file(spec.path(), name.as_ref());
        named.is_empty() || named.iter().any(is_it)
    };
    Ok(names.iter().filter(|name| is_named(name)).map(DeviceSpec::from).collect())
}

/// The devices by the group that uses them.
#[derive(Default)]
struct Members {
    groups: BTreeMap<String, Vec<DeviceSpec>>,
    orphans: Vec<DeviceSpec>,
}

impl Members {
    /// Arguments that are no physical volumes are failures that are noted.
    fn new(session: &mut Session<'_>, lvm: &Lvm, devices: &[DeviceSpec], all: bool) -> Outcome<Self> {
        let mut members = Self::default();
        if all {
            for vg in lvm.volume_groups()? {
                let pvs = vg.physical_volumes().iter().filter(|pv| !pv.is_missing());
                let devices = pvs.map(|pv| DeviceSpec::from(pv.device())).collect();
                members.groups.insert(vg.name().to_owned(), devices);
            }
            return Ok(members);
        }
        for device in devices {
            match lvm.pv_use(device) {
                Ok(PvUse::Member(vg)) => members.groups.entry(vg).or_default().push(device.clone()),
                Ok(PvUse::Free) => members.orphans.push(device.clone()),
                Ok(PvUse::None) => {
                    session.fail(Failure::refused(format!("Failed to find physical volume \"{device}\".")));
                }
                Err(error) if *error.kind() == ErrorKind::NotFound => {
                    session.fail(Failure::refused(format!("Cannot use {device}: device not found")));
                }
                Err(error) => session.fail(error.into()),
            }
        }
        Ok(members)
    }
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
