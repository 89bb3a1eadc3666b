//! `-S`: reading a selection, and choosing what a command works on by one.

use lvmkit::report::{Chosen, ReportInput, ReportKind, Selection, SelectionError, selection_help};
use lvmkit::{Error, LogicalVolume, VolumeGroup};

use super::choose::Group;
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
pub(super) fn groups<'g, G: Group>(
    session: &mut Session<'_>,
    input: &ReportInput<'_>,
    mut groups: Vec<&'g G>,
) -> Outcome<Vec<&'g G>> {
    if let Some(chosen) = chosen(session, input, ReportKind::VolumeGroups)? {
        groups.retain(|group| chosen.has_group(group.vg()));
    }
    Ok(groups)
}

/// Keeps the volumes that are selected.
pub(super) fn volumes<'v>(
    session: &mut Session<'_>,
    input: &ReportInput<'_>,
    mut groups: Vec<(&'v VolumeGroup, Vec<&'v LogicalVolume>)>,
) -> Outcome<Vec<(&'v VolumeGroup, Vec<&'v LogicalVolume>)>> {
    if let Some(chosen) = chosen(session, input, ReportKind::LogicalVolumes)? {
        for (vg, volumes) in &mut groups {
            volumes.retain(|lv| chosen.has_volume(vg, lv));
        }
        groups.retain(|(_, volumes)| !volumes.is_empty());
    }
    Ok(groups)
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
