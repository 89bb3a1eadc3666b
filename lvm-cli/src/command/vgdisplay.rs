//! `vgdisplay`

use lvmkit::report::display::{Display, DisplayKind};
use lvmkit::report::{Format, ReportInput};

use super::{Command, choose, display, report};
use crate::args::option as o;
use crate::session::{Outcome, Session};

pub(super) static COMMAND: Command = Command {
    name: "vgdisplay",
    summary: "Show attributes of volume groups",
    usage: &["vgdisplay [ VG|@Tag ... ]"],
    options: &[o::COMMON, o::DISPLAY, &[&o::ACTIVEVOLUMEGROUPS, &o::DISPLAY_SHORT]],
    run,
};

fn run(session: &mut Session<'_>) -> Outcome {
    let without = [&o::ACTIVEVOLUMEGROUPS, &o::COLON, &o::DISPLAY_SHORT];
    if display::in_columns(session, &without, &[])? {
        return report::vgs(session);
    }
    let has = |opt| session.args.has(opt);
    if has(&o::COLON) && has(&o::DISPLAY_SHORT) {
        return Err(session.wrong("Option -c is not allowed with option -s"));
    }
    if has(&o::ACTIVEVOLUMEGROUPS) && !session.args.words.is_empty() {
        return Err(session.wrong("Option -A is not allowed with volume group names"));
    }
    let mut shown = Display::new(DisplayKind::VolumeGroups).form(display::form(session));
    if has(&o::ACTIVEVOLUMEGROUPS) {
        shown = shown.only_active();
    }
    if session.out.verbose > 0 {
        shown = shown.content();
    }
    report::format(session, Format::default())?;
    let (lvm, scan) = report::scan(session, &[])?;
    let groups = choose::found_groups(session, &lvm, &scan)?;
    let input = groups.into_iter().fold(lvm.report_input(), ReportInput::group);
    display::print(session, &shown, &input)
}
