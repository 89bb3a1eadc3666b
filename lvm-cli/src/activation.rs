//! Activating and deactivating, and what is said about it.

use lvmkit::core::store::FoundVg;
use lvmkit::{
    ActivateOptions, Activated, ActivationMode, ActiveLv, ErrorKind, LogicalVolume, Lvm, TreeOptions,
    VolumeGroup, system,
};

use crate::args::{Activation, Args, UsageError, option as o};
use crate::session::{Failure, Outcome, Session};

/// What the options of an activation say.
pub(crate) fn options(args: &Args, auto: bool) -> ActivateOptions {
    let mode = match args.text(&o::ACTIVATIONMODE) {
        _ if args.has(&o::ACTIVATE_PARTIAL) => ActivationMode::Partial,
        Some("partial") => ActivationMode::Partial,
        Some("complete") => ActivationMode::Complete,
        _ => ActivationMode::Degraded,
    };
    ActivateOptions {
        tree: TreeOptions { mode, read_only: false },
        ignore_skip: args.has(&o::IGNOREACTIVATIONSKIP),
        auto,
    }
}

/// Says what partial activation means, and refuses what a view that changes nothing cannot do.
pub(crate) fn begin(session: &mut Session<'_>) -> Outcome {
    if session.args.has(&o::READONLY) {
        return Err(Failure::refused("Operation prohibited while --readonly is set."));
    }
    if options(&session.args, false).tree.mode == ActivationMode::Partial {
        session.out.warn_plain("PARTIAL MODE. Incomplete logical volumes will be processed.");
    }
    Ok(())
}

/// The message for an option that goes with none of the others.
pub(crate) fn not_accepted(option: &str) -> Failure {
    Failure::Usage(UsageError::new(format!("Command does not accept option: {option}.")))
}

/// True when a group's physical volumes are devices of this machine, not image files.
pub(crate) fn is_on_block_devices(vg: &VolumeGroup) -> bool {
    vg.physical_volumes().iter().any(|pv| system::device_numbers(pv.device().as_ref()).is_some())
}

/// The volumes of a group that are active; none on image files.
pub(crate) fn live(lvm: &Lvm, found: &FoundVg) -> Outcome<Vec<ActiveLv>> {
    Ok(lvm.live_lvs(&found.vg, &found.pvs)?.unwrap_or_default())
}

/// Says how many volumes of a group are active; parts of others do not count.
pub(crate) fn say_active(session: &mut Session<'_>, lvm: &Lvm, found: &FoundVg) -> Outcome {
    let visible =
        |active: &&ActiveLv| found.vg.logical_volume_by_id(active.lv).is_some_and(LogicalVolume::is_visible);
    let active = live(lvm, found)?.iter().filter(visible).count();
    let name = found.vg.name();
    session.out.say(format!("{active} logical volume(s) in volume group \"{name}\" now active"));
    Ok(())
}

/// Activates or deactivates the volumes of a group that `wanted` picks.
pub(crate) fn change(
    session: &mut Session<'_>,
    lvm: &Lvm,
    found: &FoundVg,
    activation: Activation,
    wanted: impl Fn(&LogicalVolume) -> bool,
) -> Outcome {
    let vg = found.vg.name();
    if session.is_test() {
        return Ok(());
    }
    let changed = match activation {
        Activation::Off if !lvm.can_activate(&found.pvs) => return Ok(()),
        Activation::Off => lvm.deactivate_where(vg, wanted)?,
        _ if lvm.uses_kernel() && !lvm.can_activate(&found.pvs) => {
            return Err(Failure::Refused(vec![
                format!("Volume group \"{vg}\" is on image files, which the kernel cannot use."),
                "  Attach them to loop devices (losetup), or use lvread and lvwrite.".to_owned(),
            ]));
        }
        on => lvm.activate_where(vg, options(&session.args, on == Activation::Auto), wanted)?,
    };
    report(session, vg, changed);
    Ok(())
}

/// Brings those of the volumes that are active to their metadata.
pub(crate) fn refresh(
    session: &mut Session<'_>,
    lvm: &Lvm,
    found: &FoundVg,
    wanted: impl Fn(&LogicalVolume) -> bool,
) -> Outcome {
    let active = live(lvm, found)?;
    if active.is_empty() || session.is_test() {
        return Ok(());
    }
    let options = ActivateOptions { ignore_skip: true, ..options(&session.args, false) };
    let is_active = |lv: &LogicalVolume| active.iter().any(|active| active.lv == lv.id());
    let changed = lvm.activate_where(found.vg.name(), options, |lv| wanted(lv) && is_active(lv))?;
    report(session, found.vg.name(), changed);
    Ok(())
}

/// Notes what failed.
fn report(session: &mut Session<'_>, vg: &str, changed: Activated) {
    for (lv, error) in changed.failed {
        session.fail(match error.kind() {
            ErrorKind::MissingDevice => Failure::refused(format!(
                "Refusing activation of partial LV {vg}/{lv}.  Use '--activationmode partial' to override."
            )),
            _ => error.into(),
        });
    }
}
