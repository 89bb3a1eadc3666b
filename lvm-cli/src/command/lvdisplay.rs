//! `lvdisplay`

use lvmkit::core::store::{FoundVg, Scan};
use lvmkit::report::display::{Display, DisplayKind};
use lvmkit::report::{Format, ReportKind};
use lvmkit::{LogicalVolume, VolumeGroup};

use super::{Command, display, order, report, select};
use crate::args::name::Target;
use crate::args::option as o;
use crate::session::{Failure, Outcome, Session};

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
    let mut input = lvm.report_input();
    if session.args.words.is_empty() {
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
    let chosen = Chosen::new(session, &scan, history);
    for found in chosen.groups(&scan) {
        if found.vg.is_exported() {
            if chosen.names.contains(&found.vg.name().to_owned()) {
                let name = found.vg.name();
                session.fail(Failure::refused(format!("Volume group {name} is exported")));
            }
            continue;
        }
        input = input.group(found);
    }
    let input = input
        .only_lvs(|vg, lv| (all || lv.is_visible()) && chosen.has(vg, lv) && is_selected(vg, lv))
        .only_historical(|vg, removed| {
            selected.is_none() && (chosen.whole(vg) || chosen.has_name(vg, &format!("-{}", removed.name)))
        });
    display::print(session, &shown, &input)
}

/// What the arguments mean.
#[derive(Default)]
struct Chosen {
    /// Groups that are named, or of which a volume is, in the order of the arguments.
    names: Vec<String>,
    /// Those of them that are meant with all volumes.
    whole: Vec<String>,
    volumes: Vec<(String, String)>,
    tags: Vec<String>,
}

impl Chosen {
    fn new(session: &mut Session<'_>, scan: &Scan, history: bool) -> Self {
        let mut chosen = Self::default();
        let find = |name: &str| scan.groups.iter().map(|found| &found.vg).find(|vg| vg.name() == name);
        for word in session.args.words.clone() {
            let (name, lv) = match Target::parse(&word) {
                Target::Tag(tag) => {
                    chosen.tags.push(tag);
                    continue;
                }
                Target::Vg(name) => (name, None),
                Target::Lv { vg, lv } => (vg, Some(lv)),
            };
            let Some(vg) = find(&name) else {
                session.fail(super::no_group(&name));
                continue;
            };
            match lv {
                None => chosen.whole.push(name.clone()),
                Some(lv) if exists(vg, &lv, history) || vg.is_exported() => {
                    chosen.volumes.push((name.clone(), lv));
                }
                Some(lv) => {
                    session.fail(Failure::refused(format!("Failed to find logical volume \"{name}/{lv}\"")));
                }
            }
            if !chosen.names.contains(&name) {
                chosen.names.push(name);
            }
        }
        chosen
    }

    /// The groups, in the order of the arguments; with tags, in that of the scan.
    fn groups<'s>(&self, scan: &'s Scan) -> Vec<&'s FoundVg> {
        let mut groups = order::groups(scan);
        if self.tags.is_empty() {
            groups.retain(|found| self.names.iter().any(|name| name == found.vg.name()));
            groups.sort_by_key(|found| self.names.iter().position(|name| name == found.vg.name()));
        }
        groups
    }

    fn tagged(&self, tags: &[String]) -> bool {
        self.tags.iter().any(|tag| super::has_tag(tags, tag))
    }

    fn whole(&self, vg: &VolumeGroup) -> bool {
        self.whole.iter().any(|name| name == vg.name()) || self.tagged(vg.tags())
    }

    fn has_name(&self, vg: &VolumeGroup, lv: &str) -> bool {
        self.volumes.iter().any(|(of, name)| of == vg.name() && name == lv)
    }

    fn has(&self, vg: &VolumeGroup, lv: &LogicalVolume) -> bool {
        self.whole(vg) || self.has_name(vg, lv.name()) || self.tagged(lv.tags())
    }
}

/// True for volumes, and with `--history` for removed ones, whose names begin with a hyphen.
fn exists(vg: &VolumeGroup, lv: &str, history: bool) -> bool {
    let mut removed = vg.historical_logical_volumes().iter();
    let name = lv.strip_prefix('-').filter(|_| history);
    vg.logical_volume(lv).is_some() || name.is_some_and(|name| removed.any(|removed| removed.name == name))
}
