//! `fullreport`

use lvmkit::report::{FullReport, ReportInput};

use super::report::{self, Printer, Targets};
use super::{Command, choose, order};
use crate::args::option as o;
use crate::session::{Outcome, Session};

pub(super) static COMMAND: Command = Command {
    name: "fullreport",
    summary: "Report on everything, group by group",
    usage: &["fullreport [ VG|@Tag ... ]"],
    options: &[o::COMMON, o::REPORT],
    run,
};

fn run(session: &mut Session<'_>) -> Outcome {
    if report::printed_help(session) {
        return Ok(());
    }
    let (lvm, scan) = report::scan(session, &[])?;
    let settings = report::settings(session)?;
    let full = report::named(session, FullReport::new(&settings))?;
    // What comes before the first --configreport is about none of the reports, as in lvm2.
    let mut full = full;
    for kind in FullReport::KINDS {
        let targets = Targets::Named(kind);
        full = full.change(kind, |report| report::change(session, report, targets))?;
    }
    let printer = Printer::new(session, &settings)?;
    let named = !session.args.words.is_empty();
    let groups = choose::groups(session, order::groups(&scan))?;
    let mut input = groups.into_iter().fold(lvm.report_input(), ReportInput::group);
    for orphan in scan.orphans.iter().filter(|_| !named) {
        input = input.orphan(orphan);
    }
    let groups = report::named(session, full.run(&input))?;
    printer.print(session, &groups);
    Ok(())
}
