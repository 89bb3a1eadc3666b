//! `vgchange --systemid`

use lvmkit::Lvm;
use lvmkit::core::name::clean_system_id;

use crate::args::option as o;
use crate::command::choose;
use crate::session::{Failure, Outcome, Session};

pub(super) fn run(session: &mut Session<'_>) -> Outcome {
    if session.args.words.is_empty() {
        return Err(Failure::Syntax);
    }
    let text = session.args.text(&o::VGCHANGE_SYSTEMID).unwrap_or_default();
    let wanted = clean_system_id(text);
    let lvm = session.open(None)?;
    for name in choose::usable_group_names(session, &lvm)? {
        let changed = change(session, &lvm, &name, &wanted);
        session.note(changed);
    }
    Ok(())
}

fn change(session: &mut Session<'_>, lvm: &Lvm, name: &str, wanted: &str) -> Outcome {
    let mut transaction = crate::command::begin(session, lvm, name)?;
    crate::command::changeable(&transaction)?;
    let own = lvm.system_id().unwrap_or_default().to_owned();
    if wanted.is_empty() {
        session.out.warn("Empty system ID supplied.");
    }
    if transaction.system_id().unwrap_or_default() == wanted {
        return Err(Failure::refused(format!("Volume Group system ID is already \"{wanted}\".")));
    }
    let question = if wanted.is_empty() {
        session.out.warn("Removing the system ID allows unsafe access from other hosts.");
        Some(format!(
            "Remove system ID {} from volume group {name}?",
            transaction.system_id().unwrap_or_default()
        ))
    } else if wanted == own {
        None
    } else {
        session.out.warn(match own.is_empty() {
            true => "No local system ID is set.".to_owned(),
            false => format!("Requested system ID {wanted} does not match local system ID {own}."),
        });
        session.out.warn(format!("Volume group {name} might become inaccessible from this machine."));
        Some(format!("Set foreign system ID {wanted} on volume group {name}?"))
    };
    if question.is_some_and(|question| !session.confirm(&question)) {
        return Err(Failure::refused(match wanted.is_empty() {
            true => format!("System ID of volume group {name} not changed."),
            false => format!("Volume group {name} system ID not changed."),
        }));
    }
    transaction.set_system_id(Some(wanted))?;
    let name = name.to_owned();
    session.commit(lvm, transaction, move |session, _, _| {
        session.out.say(format!("Volume group \"{name}\" successfully changed"));
        Ok(())
    })
}
