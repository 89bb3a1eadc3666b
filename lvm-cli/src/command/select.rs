//! `-S`: reading a selection, and choosing what a command works on by one.

use lvmkit::report::{Chosen, ReportInput, ReportKind, Selection, SelectionError, selection_help};
use lvmkit::{Error, VolumeGroup};

use super::Volumes;
use crate::args::option as o;
use crate::session::{Failure, Outcome, Session};

/// True when the command is to choose by itself what it works on, so that names may be left out.
pub(super) fn is_asked(session: &Session<'_>) -> bool {
    session.args.has(&o::SELECT)
}

/// The failure of a selection that cannot be read; the help goes before it where that helps.
pub(super) fn failure(session: &mut Session<'_>, error: &SelectionError) -> Failure {
    if error.wants_help() {
        session.out.err(selection_help().trim_end());
    }
    Failure::Refused(error.lines())
}

/// Prints the help of selections when it was asked for.
pub(super) fn printed_help(session: &mut Session<'_>) -> bool {
    let asked = session.args.text(&o::SELECT).is_some_and(Selection::is_help);
    if asked {
        session.out.err(selection_help().trim_end());
    }
    asked
}

/// What the selection means among all of the input; `None` when all of it does.
pub(super) fn chosen(
    session: &mut Session<'_>,
    input: &ReportInput<'_>,
    kind: ReportKind,
) -> Outcome<Option<Chosen>> {
    let Some(text) = session.args.text(&o::SELECT).map(str::to_owned) else { return Ok(None) };
    if printed_help(session) {
        return Ok(Some(Chosen::default()));
    }
    let selection = Selection::parse(&text, kind).map_err(|error| failure(session, &error))?;
    if selection.is_all() {
        return Ok(None);
    }
    Ok(Some(selection.choose(input).map_err(Error::from)?))
}

/// Keeps the groups that are selected.
pub(super) fn groups(
    session: &mut Session<'_>,
    input: &ReportInput<'_>,
    vgs: &[&VolumeGroup],
    mut names: Vec<String>,
) -> Outcome<Vec<String>> {
    if let Some(chosen) = chosen(session, input, ReportKind::VolumeGroups)? {
        names.retain(|name| vgs.iter().any(|vg| vg.name() == name && chosen.has_group(vg)));
    }
    Ok(names)
}

/// Keeps the volumes that are selected.
pub(super) fn volumes(
    session: &mut Session<'_>,
    input: &ReportInput<'_>,
    vgs: &[&VolumeGroup],
    mut names: Volumes,
) -> Outcome<Volumes> {
    let Some(chosen) = chosen(session, input, ReportKind::LogicalVolumes)? else { return Ok(names) };
    for (name, volumes) in &mut names {
        let Some(vg) = vgs.iter().find(|vg| vg.name() == name) else { continue };
        volumes.retain(|lv| vg.logical_volume(lv).is_some_and(|lv| chosen.has_volume(vg, lv)));
    }
    names.retain(|(_, volumes)| !volumes.is_empty());
    Ok(names)
}

/// Keeps the devices that are selected.
pub(super) fn devices(
    session: &mut Session<'_>,
    input: &ReportInput<'_>,
    mut names: Vec<String>,
) -> Outcome<Vec<String>> {
    if let Some(chosen) = chosen(session, input, ReportKind::PhysicalVolumes)? {
        names.retain(|name| chosen.has_device(name));
    }
    Ok(names)
}
