//! `lvrename`

use lvmkit::core::name::check_user_lv_name;

use super::Command;
use super::lvcreate::invalid_name;
use crate::args::name::Target;
use crate::args::option as o;
use crate::session::{Failure, Outcome, Session};

pub(super) static COMMAND: Command = Command {
    name: "lvrename",
    summary: "Rename a logical volume",
    usage: &["lvrename VG LV LV_new", "lvrename VG/LV LV_new"],
    options: &[o::COMMON, o::CHANGING, o::BACKUP],
    run,
};

fn run(session: &mut Session<'_>) -> Outcome {
    let (vg, old, new) = names(&session.args.words)?;
    if old == new {
        return Err(Failure::usage("Old and new logical volume names must differ"));
    }
    if let Err(error) = check_user_lv_name(&new) {
        let line = format!("New logical volume name \"{new}\" is invalid");
        return Err(Failure::Usage(invalid_name(&new, line, &error.to_string())));
    }
    let lvm = session.open(None)?;
    let mut transaction = session.begin(&lvm, &vg)?;
    if transaction.logical_volume(&old).is_none() {
        return Err(Failure::refused(format!(
            "Existing logical volume \"{old}\" not found in volume group \"{vg}\""
        )));
    }
    transaction.rename_lv(&old, &new)?;
    session.commit(&lvm, transaction, move |session, _, _| {
        session.out.say(format!("Renamed \"{old}\" to \"{new}\" in volume group \"{vg}\""));
        Ok(())
    })
}

/// Group, old name and new name.
fn names(words: &[String]) -> Outcome<(String, String, String)> {
    let (vg, old, new) = match words {
        [vg, old, new] => (Some(Target::vg_name(vg).to_owned()), old, new),
        [old, new] => (None, old, new),
        [_, _, _, word, ..] => {
            return Err(Failure::usage(format!("Command does not accept argument: {word}.")));
        }
        _ => return Err(Failure::Syntax),
    };
    if vg.as_ref().is_some_and(|vg| vg.contains('/')) {
        return Err(Failure::usage("Please provide a valid volume group name"));
    }
    let part = |word: &String, vg: &Option<String>| match Target::parse(word) {
        Target::Lv { vg: own, lv } => match vg {
            Some(vg) if *vg != own => Err(Failure::usage(format!(
                "Logical volume names must have the same volume group (\"{vg}\" or \"{own}\")"
            ))),
            _ => Ok((Some(own), lv)),
        },
        _ => Ok((vg.clone(), word.clone())),
    };
    let (vg, old) = part(old, &vg)?;
    let Some(vg) = vg else {
        return Err(Failure::usage(format!("Path required for Logical Volume \"{old}\".")));
    };
    let (_, new) = part(new, &Some(vg.clone()))?;
    Ok((vg, old, new))
}
