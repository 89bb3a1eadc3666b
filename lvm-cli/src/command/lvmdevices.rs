//! `lvmdevices`

use std::path::Path;

use lvmkit::scan::devices_file::{DeviceIdType, DeviceList, DevicesFileCheck};
use lvmkit::{Lvm, PvId};

use super::Command;
use crate::args::{Opt, option as o};
use crate::session::{Failure, Outcome, Session};

pub(super) static COMMAND: Command = Command {
    name: "lvmdevices",
    summary: "List and change the devices in the devices file",
    usage: &[
        "lvmdevices",
        "lvmdevices --check",
        "lvmdevices --update",
        "lvmdevices --adddev PV [ --deviceidtype String ]",
        "lvmdevices --deldev PV|String [ --deviceidtype String ]",
        "lvmdevices --addpvid String [ --deviceidtype String ]",
        "lvmdevices --delpvid String",
    ],
    options: &[
        o::COMMON,
        &[&o::ADDDEV, &o::ADDPVID, &o::CHECK, &o::DELDEV, &o::DELPVID, &o::DEVICEIDTYPE, &o::UPDATE],
    ],
    run,
};

/// The forms, each after an option; `true` with `--deviceidtype`.
static FORMS: [(&Opt, bool); 6] = [
    (&o::CHECK, false),
    (&o::UPDATE, false),
    (&o::ADDDEV, true),
    (&o::DELDEV, true),
    (&o::ADDPVID, true),
    (&o::DELPVID, false),
];

fn run(session: &mut Session<'_>) -> Outcome {
    super::no_words(session)?;
    let form = form(session)?;
    // The list is that of the machine, whatever devices are named.
    let lvm = session.open_machine()?;
    let list = list(&lvm)?;
    warn_of_other_host(session, &list)?;
    let value = form.and_then(|form| session.args.text(form)).unwrap_or_default().to_owned();
    match form.map_or("", |form| form.long) {
        "check" => check(session, &list),
        "update" => update(session, &list),
        "adddev" => {
            let kind = kind(session);
            let entry = list.add(Path::new(&value), kind.as_ref())?;
            warn_of_kind(session, kind, &entry.id_type);
            Ok(())
        }
        "deldev" => match session.args.text(&o::DEVICEIDTYPE).map(DeviceIdType::from) {
            None => list.remove(Path::new(&value)).map(drop).map_err(Failure::from),
            Some(kind) if !kind.is_known() => Err(Failure::refused("Unknown device_id type.")),
            Some(kind) => list.remove_id(&kind, &value).map(drop).map_err(Failure::from),
        },
        "addpvid" => {
            let (pv_id, kind) = (pv_id(&value)?, kind(session));
            let entry = list.add_pv(pv_id, kind.as_ref())?;
            let path = entry.path.as_deref().unwrap_or(Path::new(".")).display();
            session.out.say(format!("Found PVID {} on {path}.", pv_id.0.as_str()));
            warn_of_kind(session, kind, &entry.id_type);
            Ok(())
        }
        "delpvid" => list.remove_pv(pv_id(&value)?).map(drop).map_err(Failure::from),
        _ => show(session, &list),
    }
}

/// # Errors
/// When the view obeys no devices file.
pub(super) fn list(lvm: &Lvm) -> Outcome<DeviceList<'_>> {
    lvm.device_list().map_err(|error| Failure::refused(error.message()))
}

/// The form that is meant.
///
/// # Errors
/// For options of several.
fn form(session: &Session<'_>) -> Outcome<Option<&'static Opt>> {
    let args = &session.args;
    let mut given = FORMS.iter().filter(|(opt, _)| args.has(opt));
    let form = given.next();
    let other = given.next().map(|(opt, _)| *opt);
    let takes_kind = form.is_some_and(|(_, takes_kind)| *takes_kind);
    let kind = Some(&o::DEVICEIDTYPE).filter(|opt| args.has(opt) && !takes_kind);
    if let Some(opt) = other.or(kind) {
        let value = args.text(opt).filter(|value| !value.is_empty());
        let value = value.map(|value| format!(" {value}")).unwrap_or_default();
        return Err(Failure::usage(format!("Command does not accept option: --{}{value}.", opt.long)));
    }
    Ok(form.map(|(opt, _)| *opt))
}

fn warn_of_other_host(session: &mut Session<'_>, list: &DeviceList<'_>) -> Outcome {
    let Some(file) = list.read()? else { return Ok(()) };
    let own = list.system_id();
    if let Some(system_id) = file.system_id().filter(|id| Some(*id) != own) {
        let own = own.unwrap_or("none");
        session.out.warn(format!("devices file has unmatching system id {system_id} vs local {own}."));
    }
    Ok(())
}

fn kind(session: &mut Session<'_>) -> Option<DeviceIdType> {
    let kind = session.args.text(&o::DEVICEIDTYPE).map(DeviceIdType::from)?;
    if !kind.is_known() {
        session.out.warn(format!("ignoring unknown device_id type {kind}."));
        return None;
    }
    Some(kind)
}

fn warn_of_kind(session: &mut Session<'_>, wanted: Option<DeviceIdType>, got: &DeviceIdType) {
    if let Some(wanted) = wanted.filter(|wanted| wanted != got) {
        session.out.warn(format!("ignoring deviceidtype {wanted} which is not available for device."));
    }
}

/// With or without its dashes.
fn pv_id(text: &str) -> Outcome<PvId> {
    PvId::parse(text).map_err(|_| Failure::refused("Invalid PVID."))
}

fn show(session: &mut Session<'_>, list: &DeviceList<'_>) -> Outcome {
    let check = list.check(false)?.ok_or_else(no_file)?;
    say_not_found(session, &check);
    for listed in &check.listed {
        session.out.lines("  ", &listed.to_string());
    }
    Ok(())
}

fn no_file() -> Failure {
    Failure::refused("Devices file does not exist.")
}

fn say_not_found(session: &mut Session<'_>, check: &DevicesFileCheck) {
    use lvmkit::scan::devices_file::Correction;
    let not_found = check.corrections.iter().filter(|one| matches!(one, Correction::NotFound(_)));
    for one in not_found {
        session.out.warn_plain(one.to_string());
    }
}

fn say_all(session: &mut Session<'_>, check: &DevicesFileCheck) {
    for one in &check.corrections {
        session.out.warn_plain(one.to_string());
    }
    if check.is_search_off {
        session.out.say("Not searching for missing devnames, search_for_devnames=\"none\".");
    }
}

fn check(session: &mut Session<'_>, list: &DeviceList<'_>) -> Outcome {
    let check = list.check(true)?.ok_or_else(no_file)?;
    say_all(session, &check);
    match check.needs_update {
        true => Err(Failure::refused("Updates needed for devices file.")),
        false => Ok(()),
    }
}

fn update(session: &mut Session<'_>, list: &DeviceList<'_>) -> Outcome {
    let corrected = list.correct()?;
    if let Some((check, _)) = &corrected {
        say_all(session, check);
    }
    match corrected.and_then(|(_, version)| version) {
        Some(version) => session.out.say(format!("Updated devices file to version {version}")),
        None => session.out.say("No update for devices file is needed."),
    }
    Ok(())
}
