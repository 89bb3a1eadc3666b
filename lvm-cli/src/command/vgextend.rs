//! `vgextend`

use lvmkit::{DeviceSpec, ErrorKind, Lvm};

use super::Command;
use super::vgcreate::{PV_OPTIONS, not_initialised, say_initialised, sources};
use crate::args::name::Target;
use crate::args::option as o;
use crate::pv;
use crate::session::{Failure, Outcome, Session};

pub(super) static COMMAND: Command = Command {
    name: "vgextend",
    summary: "Add physical volumes, devices or image files to a volume group",
    usage: &["vgextend VG PV ...", "vgextend --restoremissing VG PV ..."],
    options: &[o::COMMON, o::CHANGING, o::BACKUP, PV_OPTIONS, &[&o::RESTOREMISSING]],
    run,
};

fn run(session: &mut Session<'_>) -> Outcome {
    let Some((name, words)) = session.args.words.split_first().filter(|(_, words)| !words.is_empty()) else {
        return Err(Failure::Syntax);
    };
    let name = Target::vg_name(name).to_owned();
    let devices = pv::specs(words);
    let lvm = session.open(&devices)?;
    if session.args.has(&o::RESTOREMISSING) {
        return restore(session, &lvm, &name, &devices);
    }
    // Nobody is asked about devices for a group that cannot take them.
    let begun = super::begin(session, &lvm, &name)?;
    match begun.check_changeable() {
        // That one is missing is no reason against another one.
        Err(error) if *error.kind() != ErrorKind::MissingDevice => return Err(error.into()),
        _ => {}
    }
    session.put_back(begun);
    let sources = sources(session, &lvm, &devices)?;
    let mut transaction = session.begin(&lvm, &name)?;
    transaction.add_pvs_on(sources).map_err(not_initialised)?;
    let plan = transaction.plan()?;
    session.commit(&lvm, transaction, move |session, _, _| {
        say_initialised(session, &plan, &devices);
        session.out.say(format!("Volume group \"{name}\" successfully extended"));
        Ok(())
    })
}

/// Takes physical volumes into use again that were missing for a while.
fn restore(session: &mut Session<'_>, lvm: &Lvm, name: &str, devices: &[DeviceSpec]) -> Outcome {
    let mut transaction = super::begin(session, lvm, name)?;
    let mut restored = false;
    for device in devices {
        let Ok(pv) = transaction.pv_on(device) else {
            session.out.warn(format!("PV {device} not found in VG {name}"));
            continue;
        };
        match transaction.restore_missing_pv(pv) {
            Ok(()) => restored = true,
            Err(error) if *error.kind() == ErrorKind::InvalidInput => {
                session.out.warn(format!("PV {device} was not missing in VG {name}"));
            }
            Err(error) => return Err(error.into()),
        }
    }
    if !restored {
        return Err(Failure::refused("No PV has been restored."));
    }
    let name = name.to_owned();
    session.commit(lvm, transaction, move |session, _, _| {
        session.out.say(format!("Volume group \"{name}\" successfully extended"));
        Ok(())
    })
}
