//! What `pvdisplay`, `vgdisplay` and `lvdisplay` share.

use lvmkit::core::store::{FoundVg, Scan};
use lvmkit::report::ReportInput;
use lvmkit::report::display::{Display, DisplayForm};

use super::{order, report};
use crate::args::name::Target;
use crate::args::{Opt, option as o};
use crate::session::{Outcome, Session};

/// Options that go with `--columns` only.
static OF_COLUMNS: [&Opt; 7] =
    [&o::ALIGNED, &o::BINARY, &o::NOHEADINGS, &o::OPTIONS, &o::SEPARATOR, &o::SORT, &o::UNBUFFERED];

/// True with `--columns`; refuses the options that do not go with it, or not without it.
pub(super) fn in_columns(
    session: &Session<'_>,
    without: &[&'static Opt],
    only: &[&'static Opt],
) -> Outcome<bool> {
    let columns = session.args.has(&o::DISPLAY_COLUMNS);
    let given = |options: &[&'static Opt]| options.iter().any(|opt| session.args.has(opt));
    let wrong_ones = if columns { given(without) } else { given(only) || given(&OF_COLUMNS) };
    if wrong_ones { Err(session.wrong("Incompatible options selected")) } else { Ok(columns) }
}

/// The form that the options ask for.
pub(super) fn form(session: &Session<'_>) -> DisplayForm {
    match (session.args.has(&o::COLON), session.args.has(&o::DISPLAY_SHORT)) {
        (true, _) => DisplayForm::Colons,
        (_, true) => DisplayForm::Short,
        _ => DisplayForm::Full,
    }
}

pub(super) fn print(session: &mut Session<'_>, display: &Display, input: &ReportInput<'_>) -> Outcome {
    let format = report::format(session, report::settings(session)?.format())?;
    let consistent = session.config.flag("global/si_unit_consistency");
    let display = (*display).si_unit_consistency(consistent);
    let lines = display.run(input).map_err(lvmkit::Error::from)?;
    let lines = if session.out.quiet > 1 { lines.without_messages() } else { lines };
    // Writing to this never fails.
    let _ = lines.write_text(&mut *session.out, &format);
    Ok(())
}

/// The groups that names and tags mean: in the order of the names, or, when there is a tag or no
/// name, in that of the scan. Names of no group are failures that are noted.
pub(super) fn groups<'s>(session: &mut Session<'_>, scan: &'s Scan) -> Outcome<Vec<&'s FoundVg>> {
    let all = order::groups(scan);
    let mut names = Vec::new();
    let mut tags = Vec::new();
    for word in &session.args.words {
        match Target::parse(word) {
            Target::Vg(name) if !names.contains(&name) => names.push(name),
            Target::Vg(_) => {}
            Target::Tag(tag) => tags.push(tag),
            Target::Lv { .. } => return Err(session.wrong(&format!("Invalid volume group name {word}."))),
        }
    }
    if session.args.words.is_empty() {
        return Ok(all);
    }
    for name in names.iter().filter(|name| all.iter().all(|found| found.vg.name() != **name)) {
        session.fail(super::no_group(name));
    }
    let tagged = |found: &FoundVg| tags.iter().any(|tag| super::has_tag(found.vg.tags(), tag));
    let mut chosen = all;
    chosen.retain(|found| tagged(found) || names.iter().any(|name| name == found.vg.name()));
    if tags.is_empty() {
        chosen.sort_by_key(|found| names.iter().position(|name| name == found.vg.name()));
    }
    Ok(chosen)
}
