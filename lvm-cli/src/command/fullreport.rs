//! `fullreport`

use lvmkit::report::FullReport;

use super::Command;
use super::report::{self, Printer, Targets};
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
    let names = super::chosen_of(session, &scan);
    let mut input = lvm.report_input();
    for name in &names {
        for found in scan.groups.iter().filter(|found| found.vg.name() == name) {
            input = input.group(found);
        }
    }
    for orphan in scan.orphans.iter().filter(|_| !named) {
        input = input.orphan(orphan);
    }
    let groups = report::named(session, full.run(&input))?;
    printer.print(session, &groups);
    Ok(())
}
