//! `pvdisplay`

use lvmkit::DeviceSpec;
use lvmkit::report::display::{Display, DisplayKind};
use lvmkit::report::{Format, ReportInput, ReportKind};

use super::{Command, choose, display, order, report, select};
use crate::args::option as o;
use crate::session::{Outcome, Session};

pub(super) static COMMAND: Command = Command {
    name: "pvdisplay",
    summary: "Show attributes of physical volumes",
    usage: &["pvdisplay [ PV|@Tag ... ]"],
    options: &[o::COMMON, o::DISPLAY, &[&o::ALL, &o::DISPLAY_MAPS, &o::DISPLAY_SHORT]],
    run,
};

fn run(session: &mut Session<'_>) -> Outcome {
    let without = [&o::COLON, &o::DISPLAY_MAPS, &o::DISPLAY_SHORT];
    if display::in_columns(session, &without, &[&o::ALL])? {
        return report::pvs(session);
    }
    if session.args.has(&o::COLON) {
        for (opt, line) in [
            (&o::DISPLAY_MAPS, "Option -c not allowed with option -m"),
            (&o::DISPLAY_SHORT, "Option -c is not allowed with option -s"),
        ] {
            if session.args.has(opt) {
                return Err(session.wrong(line));
            }
        }
    }
    report::format(session, Format::default())?;
    let words = session.args.words.clone();
    let paths = words.iter().filter(|word| !word.starts_with('@'));
    let devices = paths.map(DeviceSpec::from).collect::<Vec<_>>();
    let (lvm, scan) = report::scan(session, &devices)?;
    let mut input = ReportInput::new();
    for found in order::groups(&scan) {
        input = input.group(found);
    }
    let mut orphans = scan.orphans.iter().collect::<Vec<_>>();
    orphans.sort_by_key(|orphan| order::place(orphan.pv.device.name()));
    for orphan in orphans {
        input = input.orphan(orphan);
    }
    let named = match words.is_empty() {
        true => None,
        false => Some(choose::device::in_report(session, &lvm, &scan)?),
    };
    let selected = select::chosen(session, &lvm.report_input().scan(&scan), ReportKind::PhysicalVolumes)?;
    let input = input.only_pvs(move |device| {
        named.as_ref().is_none_or(|named| named.contains(device))
            && selected.as_ref().is_none_or(|selected| selected.has_device(device))
    });
    let mut shown = Display::new(DisplayKind::PhysicalVolumes).form(display::form(session));
    if session.args.has(&o::DISPLAY_MAPS) {
        shown = shown.maps();
    }
    display::print(session, &shown, &input)
}
