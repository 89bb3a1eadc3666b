//! `lvdisplay`

use lvmkit::report::display::{Display, DisplayKind};
use lvmkit::report::{Format, ReportInput, ReportKind};
use lvmkit::{LogicalVolume, VolumeGroup};

use super::choose::Volumes;
use super::{Command, display, order, report, select};
use crate::args::option as o;
use crate::session::{Outcome, Session};

pub(super) static COMMAND: Command = Command {
    name: "lvdisplay",
    summary: "Show attributes of logical volumes",
    usage: &["lvdisplay [ VG|LV|@Tag ... ]"],
    options: &[
        o::COMMON,
        o::DISPLAY,
        &[&o::DISPLAY_ALL, &o::DISPLAY_HISTORY, &o::DISPLAY_MAPS, &o::SEGMENTS],
    ],
    run,
};

fn run(session: &mut Session<'_>) -> Outcome {
    if display::in_columns(session, &[&o::COLON, &o::DISPLAY_MAPS], &[])? {
        return report::lvs(session);
    }
    let has = |opt| session.args.has(opt);
    if has(&o::COLON) && has(&o::DISPLAY_MAPS) {
        return Err(session.wrong("Options -c and -m are incompatible."));
    }
    let (all, history) = (has(&o::DISPLAY_ALL), has(&o::DISPLAY_HISTORY));
    let mut shown = Display::new(DisplayKind::LogicalVolumes).form(display::form(session));
    if all {
        shown = shown.all();
    }
    if history {
        shown = shown.history();
    }
    if has(&o::DISPLAY_MAPS) {
        shown = shown.maps();
    }
    report::format(session, Format::default())?;
    let (lvm, scan) = report::scan(session, &[])?;
    let selected = select::chosen(session, &lvm.report_input().scan(&scan), ReportKind::LogicalVolumes)?;
    let is_selected = |vg: &VolumeGroup, lv: &LogicalVolume| {
        selected.as_ref().is_none_or(|selected| selected.has_volume(vg, lv))
    };
    if session.args.words.is_empty() {
        let mut input = lvm.report_input();
        for found in order::groups(&scan) {
            if found.vg.is_exported() {
                session.out.detail(format!("Skipping exported volume group {}", found.vg.name()));
            }
            input = input.group(found);
        }
        if selected.is_some() {
            input = input.only_lvs(|vg, lv| (all || lv.is_visible()) && is_selected(vg, lv));
            input = input.only_historical(|_, _| false);
        }
        return display::print(session, &shown, &input);
    }
    let chosen = Volumes::new(session)?;
    // Removed volumes are named with a hyphen in front.
    let groups = chosen.groups(session, order::groups(&scan), |vg, name| {
        let mut removed = vg.historical_logical_volumes().iter();
        let name = name.strip_prefix('-').filter(|_| history);
        name.is_some_and(|name| removed.any(|removed| removed.name == name))
    });
    let input = groups.into_iter().fold(lvm.report_input(), ReportInput::group);
    let input = input
        .only_lvs(|vg, lv| {
            let is_chosen = chosen.names(vg, lv.name()) || chosen.covers(vg, lv);
            (all || lv.is_visible()) && is_chosen && is_selected(vg, lv)
        })
        .only_historical(|vg, removed| {
            selected.is_none() && (chosen.is_whole(vg) || chosen.names(vg, &format!("-{}", removed.name)))
        });
    display::print(session, &shown, &input)
}
