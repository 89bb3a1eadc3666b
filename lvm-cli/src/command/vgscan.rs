//! `vgscan` and `vgmknodes`

use lvmkit::core::store::FoundVg;
use lvmkit::{Lvm, MadeNodes};

use super::choose::Volumes;
use super::{Command, access, order};
use crate::activation;
use crate::args::option as o;
use crate::session::{Outcome, Session};

pub(super) static COMMAND: Command = Command {
    name: "vgscan",
    summary: "Search for all volume groups",
    usage: &["vgscan [ --mknodes ]"],
    options: &[
        o::COMMON,
        &[
            &o::IGNORELOCKINGFAILURE,
            &o::MKNODES,
            &o::NOTIFYDBUS,
            &o::PARTIAL,
            &o::READONLY,
            &o::REPORTFORMAT,
            &o::SCAN_CACHE,
        ],
    ],
    run,
};

pub(super) static NODES: Command = Command {
    name: "vgmknodes",
    summary: "Make missing nodes and links of active volumes, and remove stale ones",
    usage: &["vgmknodes [ --refresh ] [ VG|LV|@Tag ... ]"],
    options: &[
        o::COMMON,
        &[&o::IGNORELOCKINGFAILURE, &o::READONLY, &o::REFRESH, &o::REPORTFORMAT, &o::NOUDEVSYNC],
    ],
    run: nodes,
};

fn run(session: &mut Session<'_>) -> Outcome {
    super::no_words(session)?;
    let lvm = session.open(None)?;
    if session.args.has(&o::NOTIFYDBUS) {
        // That is all that is asked for then, and nobody listens here.
        return Ok(());
    }
    let mut scan = lvm.scan()?;
    access::leave_out(session, &lvm, &mut scan)?;
    let groups = order::groups(&scan);
    for found in &groups {
        super::warn_about_group(session, found);
        let exported = if found.vg.is_exported() { "exported " } else { "" };
        let name = found.vg.name();
        session.out.say(format!("Found {exported}volume group \"{name}\" using metadata type lvm2"));
    }
    if session.args.has(&o::MKNODES) {
        make_nodes(session, &lvm, &groups)?;
    }
    super::end_log(session);
    Ok(())
}

fn nodes(session: &mut Session<'_>) -> Outcome {
    let lvm = session.open(None)?;
    let scan = lvm.scan()?;
    // Names are looked after by group: those of its other volumes are right after it, too.
    let groups = match session.args.words.is_empty() {
        true => order::groups(&scan),
        false => Volumes::new(session)?.groups(session, order::groups(&scan), |_, _| false),
    };
    for found in &groups {
        super::warn_about_group(session, found);
        if session.args.has(&o::REFRESH) {
            let refreshed = activation::refresh(session, &lvm, found, |_| true);
            session.note(refreshed);
        }
    }
    make_nodes(session, &lvm, &groups)
}

fn make_nodes(session: &mut Session<'_>, lvm: &Lvm, groups: &[&FoundVg]) -> Outcome {
    // Of groups on image files nothing can be active, and that needs no kernel to know.
    if session.is_test() || !groups.iter().any(|found| lvm.can_activate(&found.pvs)) {
        return Ok(());
    }
    let MadeNodes { made, removed, failed, .. } = lvm.make_nodes(groups)?;
    made.iter().for_each(|path| session.out.detail(format!("made {path}")));
    removed.iter().for_each(|path| session.out.detail(format!("removed {path}")));
    for (_, error) in failed {
        session.fail(error.into());
    }
    Ok(())
}
