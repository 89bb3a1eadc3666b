//! What `pvdisplay`, `vgdisplay` and `lvdisplay` share.

use lvmkit::report::ReportInput;
use lvmkit::report::display::{Display, DisplayForm};

use super::report;
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
