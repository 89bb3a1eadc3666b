//! `vgchange`

mod systemid;

use lvmkit::core::metadata::VgStatus;
use lvmkit::core::store::FoundVg;
use lvmkit::{ActiveLv, AllocationPolicy, ErrorKind, LogicalVolume, Lvm, Transaction};

use super::{Command, choose};
use crate::activation;
use crate::args::{Activation, Opt, option as o};
use crate::session::{Failure, Outcome, Session};

static CHANGES: &[&Opt] = &[
    &o::DETACHPROFILE,
    &o::METADATAPROFILE,
    &o::ADDTAG,
    &o::DELTAG,
    &o::ALLOC,
    &o::LOGICALVOLUME,
    &o::MAXPHYSICALVOLUMES,
    &o::PHYSICALEXTENTSIZE,
    &o::RESIZEABLE,
    &o::SETAUTOACTIVATION,
    &o::VGMETADATACOPIES,
    &o::VG_UUID,
];

/// Options that change nothing by themselves.
static IDLE: &[&Opt] = &[&o::LOCKTYPE, &o::MONITOR, &o::POLL];

pub(super) static COMMAND: Command = Command {
    name: "vgchange",
    summary: "Change attributes of volume groups, activate and deactivate their volumes",
    usage: &[
        "vgchange OPTION ... [ VG|@Tag ... ]",
        "vgchange --activate y|n|ay [ --ignoreactivationskip --activationmode complete|degraded|partial ] [ VG|@Tag ... ]",
        "vgchange --refresh [ VG|@Tag ... ]",
        "vgchange --systemid String VG|@Tag ...",
    ],
    options: &[
        o::COMMON,
        o::CHANGING,
        o::BACKUP,
        CHANGES,
        IDLE,
        &[
            &o::ACTIVATE,
            &o::ACTIVATIONMODE,
            &o::ACTIVATE_PARTIAL,
            &o::AUTOACTIVATION,
            &o::IGNOREACTIVATIONSKIP,
            &o::IGNORELOCKINGFAILURE,
            &o::IGNOREMONITORING,
            &o::REFRESH,
            &o::SELECT,
            &o::SYSINIT,
            &o::VGCHANGE_SYSTEMID,
        ],
    ],
    run,
};

fn run(session: &mut Session<'_>) -> Outcome {
    let given =
        |session: &Session<'_>, options: &[&'static Opt]| options.iter().any(|opt| session.args.has(opt));
    let changes = given(session, CHANGES);
    if let Some(id) = session.args.text(&o::VGCHANGE_SYSTEMID) {
        if changes || session.args.has(&o::ACTIVATE) || session.args.has(&o::REFRESH) {
            return Err(Failure::usage(format!("Command does not accept option: --systemid {id}.")));
        }
        return systemid::run(session);
    }
    let refresh = session.args.has(&o::REFRESH);
    match (session.args.text(&o::ACTIVATE), refresh, changes) {
        (Some(_), true, _) | (None, true, true) => return Err(activation::not_accepted("--refresh")),
        (Some(text), false, true) => return Err(activation::not_accepted(&format!("--activate {text}"))),
        (Some(_), ..) | (_, true, _) => return activate(session),
        (None, false, true) => {}
        (None, false, false) if given(session, IDLE) => return Ok(()),
        (None, false, false) => return Err(Failure::Syntax),
    }
    let lvm = session.open(None)?;
    for name in choose::usable_group_names(session, &lvm)? {
        let changed = change(session, &lvm, &name);
        session.note(changed);
    }
    Ok(())
}

/// Activates, deactivates or refreshes the volumes of the groups that are meant.
fn activate(session: &mut Session<'_>) -> Outcome {
    activation::begin(session)?;
    let lvm = session.open(None)?;
    let scan = session.scan(&lvm)?;
    let all = session.args.words.is_empty();
    for found in choose::found_groups(session, &lvm, &scan)? {
        // What can have no active volumes is only worth a word when it is named.
        if all && (found.vg.is_exported() || !lvm.can_activate(&found.pvs)) {
            continue;
        }
        super::warn_about_group(session, found);
        let done = match session.args.activation(&o::ACTIVATE) {
            None => activation::refresh(session, &lvm, found, |_| true),
            Some(activation) => activate_group(session, &lvm, found, activation),
        };
        session.note(done);
    }
    Ok(())
}

fn activate_group(session: &mut Session<'_>, lvm: &Lvm, found: &FoundVg, activation: Activation) -> Outcome {
    let vg = &found.vg;
    if vg.is_exported() {
        return Err(Failure::refused(format!("Volume group {} is exported", vg.name())));
    }
    let visible =
        |active: &ActiveLv| vg.logical_volume_by_id(active.lv).is_some_and(LogicalVolume::is_visible);
    if activation == Activation::Off {
        // Like LVM2, a group with an open volume stays as it is. Those that are only looked at for
        // a moment are given time to be closed.
        let open = activation::live(lvm, found)?.into_iter().filter(|lv| lv.open_count > 0 && visible(lv));
        let open = open.map(|lv| lv.lv).collect::<Vec<_>>();
        if !open.is_empty() {
            activation::change(session, lvm, found, activation, |lv| open.contains(&lv.id()))?;
            let left = activation::live(lvm, found)?.into_iter().filter(|lv| open.contains(&lv.lv)).count();
            if left > 0 && !session.is_test() {
                return Err(Failure::refused(format!(
                    "Can't deactivate volume group \"{}\" with {left} open logical volume(s)",
                    vg.name()
                )));
            }
        }
    }
    activation::change(session, lvm, found, activation, |_| true)?;
    activation::say_active(session, lvm, found)
}

fn change(session: &mut Session<'_>, lvm: &Lvm, name: &str) -> Outcome {
    let mut transaction = super::begin(session, lvm, name)?;
    edit(session, &mut transaction).map_err(|failure| match failure {
        Failure::Lvm(error) => super::cannot_process(name, error),
        other => other,
    })?;
    let name = name.to_owned();
    session.commit(lvm, transaction, move |session, _, _| {
        session.out.say(format!("Volume group \"{name}\" successfully changed"));
        Ok(())
    })
}

/// In LVM2's order, which counts when one change makes another possible.
fn edit(session: &Session<'_>, transaction: &mut Transaction) -> Outcome {
    let args = &session.args;
    if let Some(max) = args.number(&o::LOGICALVOLUME) {
        transaction.set_max_lv(max)?;
    }
    if let Some(max) = args.number(&o::MAXPHYSICALVOLUMES) {
        transaction.set_max_pv(max)?;
    }
    if let Some(on) = args.yes_no(&o::RESIZEABLE) {
        super::changeable(transaction)?;
        if transaction.is_resizeable() == on {
            let state = if on { "resizeable" } else { "not resizeable" };
            let name = transaction.name();
            return Err(Failure::refused(format!("Volume group \"{name}\" is already {state}")));
        }
        transaction.set_resizeable(on)?;
    }
    if let Some(on) = args.yes_no(&o::SETAUTOACTIVATION) {
        if transaction.status().contains(VgStatus::NOAUTOACTIVATE) != on {
            let state = if on { "yes" } else { "no" };
            return Err(Failure::refused(format!("Volume group autoactivation is already {state}.")));
        }
        transaction.set_vg_autoactivation(on)?;
    }
    for tag in args.texts(&o::DELTAG) {
        transaction.remove_vg_tag(tag)?;
    }
    for tag in args.texts(&o::ADDTAG) {
        transaction.add_vg_tag(tag)?;
    }
    if let Some(size) = args.size(&o::PHYSICALEXTENTSIZE) {
        transaction.set_extent_size(size)?;
    }
    if args.has(&o::VG_UUID) {
        transaction.renew_vg_id().map_err(|error| match error.kind() {
            ErrorKind::InUse if !transaction.is_exported() => {
                Failure::refused("Volume group has active logical volumes")
            }
            _ => error.into(),
        })?;
    }
    if let Some(policy) = args.policy(&o::ALLOC) {
        if policy == AllocationPolicy::Inherit {
            return Err(Failure::refused("Volume Group allocation policy cannot inherit from anything"));
        }
        if transaction.allocation_policy() == policy {
            return Err(Failure::refused(format!("Volume group allocation policy is already {policy}")));
        }
        transaction.set_vg_allocation_policy(policy)?;
    }
    if let Some(copies) = args.copies(&o::VGMETADATACOPIES) {
        transaction.set_metadata_copies(copies)?;
    }
    if let Some(profile) = crate::settings::profile_change(args)? {
        transaction.set_profile(profile)?;
    }
    Ok(())
}
