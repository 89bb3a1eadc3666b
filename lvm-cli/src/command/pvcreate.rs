//! `pvcreate`

use lvmkit::{DeviceSpec, Lvm, PvOptions, PvSource, PvUse};

use super::Command;
use crate::args::option as o;
use crate::pv;
use crate::session::{Failure, Outcome, Session};

pub(super) static COMMAND: Command = Command {
    name: "pvcreate",
    summary: "Make devices or image files physical volumes",
    usage: &["pvcreate PV ..."],
    options: &[
        o::COMMON,
        o::CHANGING,
        &[
            &o::FORCE,
            &o::UUID,
            &o::RESTOREFILE,
            &o::NORESTOREFILE,
            &o::METADATASIZE,
            &o::PVCREATE_COPIES,
            &o::METADATAIGNORE,
            &o::DATAALIGNMENT,
            &o::DATAALIGNMENTOFFSET,
            &o::BOOTLOADERAREASIZE,
            &o::LABELSECTOR,
            &o::SETPHYSICALVOLUMESIZE,
            &o::PV_ZERO,
            &o::METADATATYPE,
        ],
    ],
    run,
};

fn run(session: &mut Session<'_>) -> Outcome {
    let devices = pv::specs(&session.args.words);
    if devices.is_empty() {
        return Err(Failure::Syntax);
    }
    let options = pv::options(session)?;
    if options.id.is_some() && devices.len() > 1 {
        return Err(Failure::usage("Can only set uuid on one volume at once"));
    }
    let lvm = session.open(&devices)?;
    for device in &devices {
        let created = create(session, &lvm, device, &options);
        session.note(created);
    }
    Ok(())
}

fn create(session: &mut Session<'_>, lvm: &Lvm, device: &DeviceSpec, options: &PvOptions) -> Outcome {
    let size = session.device_size(lvm, device)?;
    if let Some(faked) = options.size.filter(|faked| *faked != size) {
        // As with LVM2, only about one whose size somebody knows already.
        let is_pv = session.pv_use(lvm, device)? != PvUse::None;
        let question =
            format!("WARNING: {device}: device size {size} does not match requested size {faked}. Proceed?");
        if is_pv && !session.confirm(&question) {
            return Err(Failure::refused(format!("{device}: physical volume not initialized.")));
        }
        session.out.warn(format!("Faking size of PV {device} as {faked}. Don't write outside real device."));
    }
    let overwrite = pv::overwrite(session, lvm, device)?;
    if session.is_in_batch() {
        session.plan_pv(PvSource::new(device).options(options.clone()).overwrite(overwrite));
        return Ok(());
    }
    lvm.create_pv(device, options, overwrite)?;
    session.say_planned(
        &format!("initialise {device} ({size}) as physical volume"),
        &format!("Physical volume \"{device}\" successfully created."),
    );
    Ok(())
}
