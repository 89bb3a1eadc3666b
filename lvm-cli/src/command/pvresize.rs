//! `pvresize`

use lvmkit::{Bytes, DeviceSpec, Lvm, Transaction};

use super::Command;
use super::choose::{device, members::Members};
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
    let named = device::named(session, &lvm);
    let devices = session.note(named).unwrap_or_default();
    let members = Members::of(session, &lvm, &devices)?;
    let size = session.args.size(&o::SETPHYSICALVOLUMESIZE).filter(|size| !size.is_zero());
    let (mut done, mut left) = (0_usize, 0_usize);
    let in_groups =
        members.groups.iter().flat_map(|(vg, devices)| devices.iter().map(move |it| (Some(vg), it)));
    for (vg, device) in in_groups.chain(members.orphans.iter().map(|it| (None, it))) {
        let begun = vg.map(|vg| begin(session, &lvm, device, vg)).transpose();
        // Those that cannot be had do not count.
        let Some(begun) = session.note(begun) else { continue };
        let resized = resize(session, &lvm, device, begun, size);
        let counted = if session.note(resized).is_some() { &mut done } else { &mut left };
        *counted += 1;
    }
    let summary =
        format!("{done} physical volume(s) resized or updated / {left} physical volume(s) not resized");
    session.afterwards(move |session| session.out.say(summary));
    Ok(())
}

/// Begins a change of the group that a physical volume is in.
///
/// # Errors
/// When the group is exported or incomplete.
fn begin(session: &mut Session<'_>, lvm: &Lvm, device: &DeviceSpec, vg: &str) -> Outcome<Transaction> {
    let transaction = super::begin(session, lvm, vg)?;
    if transaction.is_exported() {
        return Err(pv::exported(device, vg));
    }
    super::changeable(&transaction)?;
    Ok(transaction)
}

fn resize(
    session: &mut Session<'_>,
    lvm: &Lvm,
    device: &DeviceSpec,
    transaction: Option<Transaction>,
    size: Option<Bytes>,
) -> Outcome {
    if let Some(size) = size {
        // The devices of a change are locked, and only it knows them.
        let real = match &transaction {
            Some(transaction) => transaction.device_size(device)?,
            None => session.device_size(lvm, device)?,
        };
        ask_about_size(session, device, size, real)?;
    }
    match transaction {
        Some(mut transaction) => {
            transaction.resize_pv_on(device, size)?;
            let device = device.clone();
            return session.commit(lvm, transaction, move |session, _, _| {
                session.out.say(format!("Physical volume \"{device}\" changed"));
                Ok(())
            });
        }
        None if session.is_in_batch() => return Err(super::not_of_a_group(device)),
        None => lvm.resize_orphan_pv(device, size)?,
    }
    session.say_planned(
        &format!("resize physical volume {device}"),
        &format!("Physical volume \"{device}\" changed"),
    );
    Ok(())
}

fn ask_about_size(session: &mut Session<'_>, device: &DeviceSpec, size: Bytes, real: Bytes) -> Outcome {
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
