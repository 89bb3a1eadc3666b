//! `pvresize`

use lvmkit::{Bytes, DeviceSpec, ErrorKind, Lvm, PvUse};

use super::Command;
use crate::args::option as o;
use crate::pv;
use crate::session::{Failure, Outcome, Session};

pub(super) static COMMAND: Command = Command {
    name: "pvresize",
    summary: "Bring physical volumes to the size of their devices",
    usage: &["pvresize [ --setphysicalvolumesize Size[m|UNIT] ] PV ..."],
    options: &[o::COMMON, o::CHANGING, o::BACKUP, &[&o::SETPHYSICALVOLUMESIZE]],
    run,
};

fn run(session: &mut Session<'_>) -> Outcome {
    if session.args.words.is_empty() {
        return Err(Failure::Syntax);
    }
    let lvm = session.open(&pv::there(&session.args.words))?;
    let mut devices = pv::devices_or_tags(session, &lvm)?;
    // Like LVM2, those of groups first.
    devices.sort_by_cached_key(|device| !matches!(session.pv_use(&lvm, device), Ok(PvUse::Member(_))));
    let size = session.args.size(&o::SETPHYSICALVOLUMESIZE).filter(|size| !size.is_zero());
    let (mut done, mut left) = (0_usize, 0_usize);
    for device in &devices {
        match session.pv_use(&lvm, device) {
            Ok(PvUse::None) => {
                session.fail(Failure::refused(format!("Failed to find physical volume \"{device}\".")));
            }
            Err(error) if *error.kind() == ErrorKind::NotFound => {
                session.fail(Failure::refused(format!("Cannot use {device}: device not found")));
            }
            Ok(PvUse::Member(vg)) if super::is_exported(session, &lvm, device, &vg)? => {}
            Ok(PvUse::Member(vg)) if is_incomplete(session, &lvm, &vg)? => {}
            used => {
                let resized = resize(session, &lvm, device, used, size);
                let counted = if session.note(resized).is_some() { &mut done } else { &mut left };
                *counted += 1;
            }
        }
    }
    let summary =
        format!("{done} physical volume(s) resized or updated / {left} physical volume(s) not resized");
    session.afterwards(move |session| session.out.say(summary));
    Ok(())
}

/// True, and a failure is noted, when physical volumes of a group are missing.
fn is_incomplete(session: &mut Session<'_>, lvm: &Lvm, vg: &str) -> Outcome<bool> {
    let transaction = super::begin(session, lvm, vg)?;
    let complete = super::changeable(&transaction);
    session.put_back(transaction);
    Ok(session.note(complete).is_none())
}

fn resize(
    session: &mut Session<'_>,
    lvm: &Lvm,
    device: &DeviceSpec,
    used: lvmkit::Result<PvUse>,
    size: Option<Bytes>,
) -> Outcome {
    let used = used?;
    if let Some(size) = size {
        ask_about_size(session, lvm, device, size)?;
    }
    match used {
        PvUse::Member(vg) => {
            let mut transaction = session.begin(lvm, &vg)?;
            transaction.resize_pv_on(device, size)?;
            let device = device.clone();
            return session.commit(lvm, transaction, move |session, _, _| {
                session.out.say(format!("Physical volume \"{device}\" changed"));
                Ok(())
            });
        }
        PvUse::Free | PvUse::None if session.is_in_batch() => return Err(super::not_of_a_group(device)),
        PvUse::Free | PvUse::None => lvm.resize_orphan_pv(device, size)?,
    }
    session.say_planned(
        &format!("resize physical volume {device}"),
        &format!("Physical volume \"{device}\" changed"),
    );
    Ok(())
}

fn ask_about_size(session: &mut Session<'_>, lvm: &Lvm, device: &DeviceSpec, size: Bytes) -> Outcome {
    let real = session.device_size(lvm, device)?;
    if size == real {
        return Ok(());
    }
    let relation = if size < real { "is less than" } else { "exceeds" };
    let question = format!("{device}: Requested size {size} {relation} real size {real}. Proceed? ");
    if !session.confirm(&question) {
        return Err(Failure::refused(format!("Physical Volume {device} not resized.")));
    }
    if size > real {
        session.out.warn(format!("{device}: Overriding real size {real}. You could lose data."));
    }
    let (wanted, sectors) = (size.to_sectors().get(), real.to_sectors().get());
    session.out.warn(format!("{device}: Pretending size is {wanted} not {sectors} sectors."));
    Ok(())
}
