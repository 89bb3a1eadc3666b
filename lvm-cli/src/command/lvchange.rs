//! `lvchange`

use lvmkit::{LogicalVolume, Lvm, ReadAhead, Transaction};

use super::lvcreate::{persistent_minor, policy, whole_pages};
use super::{Command, choose};
use crate::activation;
use crate::args::{Args, Opt, option as o};
use crate::session::{Failure, Outcome, Session};

static CHANGES: &[&Opt] = &[
    &o::DETACHPROFILE,
    &o::METADATAPROFILE,
    &o::PERMISSION,
    &o::ADDTAG,
    &o::DELTAG,
    &o::ALLOC,
    &o::CONTIGUOUS,
    &o::SETACTIVATIONSKIP,
    &o::READAHEAD,
    &o::SETAUTOACTIVATION,
];

/// Options about the number that a volume's device is to have.
static NUMBERS: &[&Opt] = &[&o::PERSISTENT, &o::MINOR, &o::MAJOR];

/// Options that change nothing by themselves.
static IDLE: &[&Opt] = &[&o::IGNOREACTIVATIONSKIP, &o::MONITOR, &o::POLL, &o::IGNOREMONITORING];

pub(super) static COMMAND: Command = Command {
    name: "lvchange",
    summary: "Change attributes of logical volumes, activate and deactivate them",
    usage: &[
        "lvchange OPTION ... VG|LV|@Tag ...",
        "lvchange --activate y|n|ay [ --ignoreactivationskip --activationmode complete|degraded|partial ] VG|LV|@Tag ...",
        "lvchange --refresh VG|LV|@Tag ...",
    ],
    options: &[
        o::COMMON,
        o::CHANGING,
        o::BACKUP,
        CHANGES,
        NUMBERS,
        IDLE,
        &[
            &o::ACTIVATE,
            &o::ACTIVATIONMODE,
            &o::ACTIVATE_PARTIAL,
            &o::FORCE,
            &o::IGNORELOCKINGFAILURE,
            &o::REFRESH,
            &o::SELECT,
            &o::SYSINIT,
        ],
    ],
    run,
};

fn run(session: &mut Session<'_>) -> Outcome {
    let given =
        |session: &Session<'_>, options: &[&'static Opt]| options.iter().any(|opt| session.args.has(opt));
    let changes = given(session, CHANGES) || given(session, NUMBERS);
    let (refresh, activates) = (session.args.has(&o::REFRESH), session.args.has(&o::ACTIVATE));
    let has_words = !session.args.words.is_empty() || super::select::is_asked(session);
    if !has_words || !(changes || refresh || activates || given(session, IDLE)) {
        return Err(Failure::Syntax);
    }
    if refresh && (activates || changes) {
        return Err(activation::not_accepted("--refresh"));
    }
    check_options(&session.args)?;
    if refresh || activates {
        activation::begin(session)?;
    }
    let lvm = session.open(None)?;
    for (vg, volumes) in choose::volume_names(session, &lvm)? {
        if changes {
            let changed = change_group(session, &lvm, &vg, &volumes);
            session.note(changed);
        }
        if !(changes || refresh || activates) {
            let watched = require_active(session, &lvm, &vg, &volumes);
            session.note(watched);
        }
        if refresh || activates {
            let done = activate_group(session, &lvm, &vg, &volumes);
            session.note(done);
        }
    }
    if changes && activates {
        session.out.warn("Combining activation change with other commands is not advised.");
    }
    Ok(())
}

/// Refuses options that go together in no form of the command.
fn check_options(args: &Args) -> Outcome {
    let not_accepted = |opt: &Opt| Err(activation::not_accepted(&format!("--{}", opt.long)));
    // Numbers belong to a form of their own; what to make persistent is else missed when it is needed.
    let others = CHANGES.iter().any(|opt| args.has(opt));
    if let Some(opt) = [&o::MINOR, &o::MAJOR].into_iter().find(|opt| others && args.has(opt)) {
        return not_accepted(opt);
    }
    match args.yes_no(&o::PERSISTENT) {
        Some(true) if !args.has(&o::MINOR) && !others => return Err(Failure::Syntax),
        None if args.has(&o::MINOR) || args.has(&o::MAJOR) => return Err(Failure::Syntax),
        Some(false) if args.has(&o::MINOR) => return not_accepted(&o::MINOR),
        Some(false) if args.has(&o::MAJOR) => return not_accepted(&o::MAJOR),
        Some(true) if !others => {
            // Two volumes cannot have one number.
            if let Some(word) = args.words.get(1) {
                return Err(Failure::usage(format!("Command does not accept argument: {word}.")));
            }
        }
        _ => {}
    }
    if args.has(&o::CONTIGUOUS) && args.has(&o::ALLOC) {
        let line = "Command does not accept option combination: --contiguous  with --alloc";
        return Err(Failure::usage(line));
    }
    if others { Ok(()) } else { persistent_minor(args).map(drop) }
}

/// Activates, deactivates or refreshes volumes of one group.
fn activate_group(session: &mut Session<'_>, lvm: &Lvm, vg: &str, volumes: &[String]) -> Outcome {
    let found = lvm.found_group(vg)?;
    super::warn_about_group(session, &found);
    let wanted = |lv: &LogicalVolume| volumes.iter().any(|name| name == lv.name());
    match session.args.activation(&o::ACTIVATE) {
        None => activation::refresh(session, lvm, &found, wanted),
        Some(activation) => activation::change(session, lvm, &found, activation, wanted),
    }
}

/// Only volumes that are active can be watched, or be waited for.
fn require_active(session: &mut Session<'_>, lvm: &Lvm, vg: &str, volumes: &[String]) -> Outcome {
    if session.is_in_batch() || !(session.args.has(&o::MONITOR) || session.args.has(&o::POLL)) {
        return Ok(());
    }
    let found = lvm.found_group(vg)?;
    let active = activation::live(lvm, &found)?;
    for volume in volumes {
        let id = found.vg.logical_volume(volume).map(LogicalVolume::id);
        if !active.iter().any(|active| Some(active.lv) == id) {
            session.fail(Failure::refused(format!("Logical volume {vg}/{volume} is not active.")));
        }
    }
    Ok(())
}

/// Changes volumes of one group in one commit. A change that cannot be made, as of what a volume is
/// already, is a failure, and does not keep it from the others: that is how lvm2 does it.
fn change_group(session: &mut Session<'_>, lvm: &Lvm, vg: &str, volumes: &[String]) -> Outcome {
    let mut transaction = session.begin(lvm, vg)?;
    let mut changed = Vec::new();
    for volume in volumes {
        let mut is_changed = false;
        for step in STEPS {
            let done = step(session, &mut transaction, volume);
            is_changed |= session.note(done).unwrap_or(false);
        }
        if is_changed {
            changed.push(volume.clone());
        }
    }
    if changed.is_empty() {
        return Ok(());
    }
    let vg = vg.to_owned();
    session.commit(lvm, transaction, move |session, _, _| {
        for volume in changed {
            session.out.say(format!("Logical volume {vg}/{volume} changed."));
        }
        Ok(())
    })
}

/// Changes one thing of a volume; `false` when that is not asked for.
type Step = fn(&mut Session<'_>, &mut Transaction, &str) -> Outcome<bool>;

/// In lvm2's order.
const STEPS: &[Step] = &[
    set_policy,
    set_permission,
    set_activation_skip,
    set_autoactivation,
    set_read_ahead,
    set_minor,
    set_profile,
    change_tags,
];

fn set_policy(session: &mut Session<'_>, transaction: &mut Transaction, volume: &str) -> Outcome<bool> {
    let Some(policy) = policy(&session.args)? else { return Ok(false) };
    if transaction.logical_volume(volume).is_some_and(|lv| lv.allocation_policy() == policy) {
        let vg = transaction.name();
        return Err(Failure::refused(format!(
            "Allocation policy of logical volume {vg}/{volume} is already {policy}."
        )));
    }
    transaction.set_lv_allocation_policy(volume, policy)?;
    Ok(true)
}

fn set_permission(session: &mut Session<'_>, transaction: &mut Transaction, volume: &str) -> Outcome<bool> {
    let Some(permission) = session.args.text(&o::PERMISSION) else { return Ok(false) };
    let writable = permission == "rw";
    if transaction.logical_volume(volume).is_some_and(|lv| lv.is_writable() == writable) {
        let vg = transaction.name();
        return Err(Failure::refused(match writable {
            true => format!("Logical volume {vg}/{volume} is already writable."),
            false => format!("Logical volume \"{vg}/{volume}\" is already read only."),
        }));
    }
    transaction.set_lv_writable(volume, writable)?;
    Ok(true)
}

fn set_activation_skip(
    session: &mut Session<'_>,
    transaction: &mut Transaction,
    volume: &str,
) -> Outcome<bool> {
    let Some(skip) = session.args.yes_no(&o::SETACTIVATIONSKIP) else { return Ok(false) };
    transaction.set_activation_skip(volume, skip)?;
    Ok(true)
}

fn set_autoactivation(
    session: &mut Session<'_>,
    transaction: &mut Transaction,
    volume: &str,
) -> Outcome<bool> {
    let Some(on) = session.args.yes_no(&o::SETAUTOACTIVATION) else { return Ok(false) };
    transaction.set_lv_autoactivation(volume, on)?;
    Ok(true)
}

fn set_read_ahead(session: &mut Session<'_>, transaction: &mut Transaction, volume: &str) -> Outcome<bool> {
    let Some(read_ahead) = session.args.read_ahead(&o::READAHEAD) else { return Ok(false) };
    let (read_ahead, rounded) = whole_pages(read_ahead);
    let shown = match read_ahead {
        ReadAhead::Auto => "auto".to_owned(),
        ReadAhead::None => "none".to_owned(),
        ReadAhead::Sectors(sectors) => sectors.to_string(),
    };
    if transaction.logical_volume(volume).is_some_and(|lv| lv.read_ahead() == read_ahead) {
        let vg = transaction.name();
        return Err(Failure::refused(format!("Read ahead is already {shown} for {vg}/{volume}.")));
    }
    if rounded {
        session.out.warn(format!("Overriding readahead to {shown} sectors, a multiple of 4K page size."));
    }
    transaction.set_read_ahead(volume, read_ahead)?;
    Ok(true)
}

fn set_minor(session: &mut Session<'_>, transaction: &mut Transaction, volume: &str) -> Outcome<bool> {
    let Some(minor) = persistent_minor(&session.args)? else { return Ok(false) };
    if minor.is_none() && transaction.logical_volume(volume).is_some_and(|lv| lv.minor().is_none()) {
        let vg = transaction.name();
        return Err(Failure::refused(format!("Minor number is already not persistent for {vg}/{volume}.")));
    }
    transaction.set_persistent_minor(volume, minor)?;
    Ok(true)
}

fn set_profile(session: &mut Session<'_>, transaction: &mut Transaction, volume: &str) -> Outcome<bool> {
    let Some(profile) = crate::settings::profile_change(&session.args)? else { return Ok(false) };
    transaction.set_lv_profile(volume, profile)?;
    Ok(true)
}

fn change_tags(session: &mut Session<'_>, transaction: &mut Transaction, volume: &str) -> Outcome<bool> {
    let args = &session.args;
    for tag in args.texts(&o::ADDTAG) {
        transaction.add_lv_tag(volume, tag)?;
    }
    for tag in args.texts(&o::DELTAG) {
        transaction.remove_lv_tag(volume, tag)?;
    }
    Ok(args.has(&o::ADDTAG) || args.has(&o::DELTAG))
}
