//! `lvs`, `vgs` and `pvs`

use std::collections::HashSet;
use std::mem::ManuallyDrop;

use lvmkit::core::store::{FoundPv, Scan};
use lvmkit::report::{
    Format, JsonStyle, Layout, Report, ReportError, ReportInput, ReportKind, Table, field_list, write_json,
};
use lvmkit::{ActiveLv, DeviceSpec, Lvm, VolumeGroup, system};

use super::Command;
use crate::args::name::Target;
use crate::args::{Args, option as o};
use crate::session::{Failure, Outcome, Session};

pub(super) static LVS: Command = Command {
    name: "lvs",
    summary: "Report on logical volumes",
    usage: &["lvs [ VG|LV|@Tag ... ]"],
    options: &[o::COMMON, o::REPORT, &[&o::SEGMENTS]],
    run: lvs,
};

pub(super) static VGS: Command = Command {
    name: "vgs",
    summary: "Report on volume groups",
    usage: &["vgs [ VG|@Tag ... ]"],
    options: &[o::COMMON, o::REPORT],
    run: vgs,
};

pub(super) static PVS: Command = Command {
    name: "pvs",
    summary: "Report on physical volumes",
    usage: &["pvs [ PV|@Tag ... ]"],
    options: &[o::COMMON, o::REPORT, &[&o::SEGMENTS]],
    run: pvs,
};

pub(super) fn lvs(session: &mut Session<'_>) -> Outcome {
    let kind = match session.args.has(&o::SEGMENTS) {
        true => ReportKind::Segments,
        false => ReportKind::LogicalVolumes,
    };
    let Some(prepared) = Prepared::new(session, kind)? else { return Ok(()) };
    let (lvm, scan) = scan(session, &[])?;
    if session.args.words.is_empty() {
        return prepared
            .print(session, &ReportInput::of_scan(&scan).with_live(|vg, pvs| live(&lvm, vg, pvs)));
    }
    let chosen = ChosenVolumes::new(session, &scan);
    let all = session.args.has(&o::ALL);
    let mut input = ReportInput::new().with_live(|vg, pvs| live(&lvm, vg, pvs));
    for found in &scan.groups {
        if chosen.groups.contains(found.vg.name()) || chosen.of_group(found.vg.name()) {
            input = input.group(found);
        }
    }
    let input = input.only_lvs(|vg, lv| {
        chosen.volumes.contains(&(vg.name().to_owned(), lv.name().to_owned()))
            || (chosen.groups.contains(vg.name()) && (all || lv.is_visible()))
            || (lv.is_visible() && lv.tags().iter().any(|tag| chosen.tags.contains(tag)))
    });
    prepared.print(session, &input)
}

/// What the arguments of `lvs` mean.
#[derive(Default)]
struct ChosenVolumes {
    groups: HashSet<String>,
    volumes: HashSet<(String, String)>,
    tags: HashSet<String>,
}

impl ChosenVolumes {
    fn new(session: &mut Session<'_>, scan: &Scan) -> Self {
        let mut chosen = Self::default();
        let find = |name: &str| scan.groups.iter().map(|found| &found.vg).find(|vg| vg.name() == name);
        for word in session.args.words.clone() {
            match Target::parse(&word) {
                Target::Tag(tag) => {
                    let tagged = scan.groups.iter().filter(|found| super::has_tag(found.vg.tags(), &tag));
                    chosen.groups.extend(tagged.map(|found| found.vg.name().to_owned()));
                    chosen.tags.insert(tag);
                }
                Target::Vg(name) if find(&name).is_some() => drop(chosen.groups.insert(name)),
                Target::Vg(name) => session.fail(super::no_group(&name)),
                Target::Lv { vg, lv } => match find(&vg) {
                    Some(group) if group.logical_volume(&lv).is_some() => {
                        chosen.volumes.insert((vg, lv));
                    }
                    Some(_) => {
                        session.fail(Failure::refused(format!("Failed to find logical volume \"{vg}/{lv}\"")))
                    }
                    None => session.fail(super::no_group(&vg)),
                },
            }
        }
        chosen
    }

    /// True when something in the group may be meant.
    fn of_group(&self, name: &str) -> bool {
        !self.tags.is_empty() || self.volumes.iter().any(|(vg, _)| vg == name)
    }
}

pub(super) fn vgs(session: &mut Session<'_>) -> Outcome {
    let Some(prepared) = Prepared::new(session, ReportKind::VolumeGroups)? else { return Ok(()) };
    let (lvm, scan) = scan(session, &[])?;
    let names = super::chosen_of(session, &scan).into_iter().collect::<HashSet<_>>();
    let mut input = ReportInput::new().with_live(|vg, pvs| live(&lvm, vg, pvs));
    for found in scan.groups.iter().filter(|found| names.contains(found.vg.name())) {
        input = input.group(found);
    }
    prepared.print(session, &input)
}

pub(super) fn pvs(session: &mut Session<'_>) -> Outcome {
    let kind = match session.args.has(&o::SEGMENTS) {
        true => ReportKind::PvSegments,
        false => ReportKind::PhysicalVolumes,
    };
    let Some(prepared) = Prepared::new(session, kind)? else { return Ok(()) };
    let words = session.args.words.clone();
    let paths = words.iter().filter(|word| !word.starts_with('@'));
    let devices = paths.map(DeviceSpec::from).collect::<Vec<_>>();
    let (lvm, scan) = scan(session, &devices)?;
    let input = ReportInput::of_scan(&scan)
        .with_live(|vg, pvs| live(&lvm, vg, pvs))
        .with_device_numbers(|path| system::device_numbers(path.as_ref()));
    if words.is_empty() {
        return prepared.print(session, &input);
    }
    let chosen = chosen_devices(session, &scan, &words);
    prepared.print(session, &input.only_pvs(move |device| chosen.contains(device)))
}

/// The names of the devices that the arguments of `pvs` mean.
pub(super) fn chosen_devices(session: &mut Session<'_>, scan: &Scan, words: &[String]) -> HashSet<String> {
    let pvs = || scan.groups.iter().flat_map(|found| found.vg.physical_volumes());
    let orphans = || scan.orphans.iter().map(|orphan| orphan.pv.device.name());
    let others = || scan.others.iter().map(String::as_str).filter(|_| session.args.has(&o::ALL));
    let mut chosen = HashSet::new();
    let mut unknown = Vec::new();
    for word in words {
        if let Some(tag) = word.strip_prefix('@') {
            let tagged = pvs().filter(|pv| super::has_tag(pv.tags(), tag));
            chosen.extend(tagged.map(|pv| pv.device().to_owned()));
            continue;
        }
        let mut names = pvs().map(lvmkit::PhysicalVolume::device).chain(orphans()).chain(others());
        match names.find(|name| name == word || system::is_same_file(name.as_ref(), word.as_ref())) {
            Some(name) => drop(chosen.insert(name.to_owned())),
            None => unknown.push(word),
        }
    }
    for word in unknown {
        session.fail(match DeviceSpec::from(word).path().exists() {
            true => Failure::refused(format!("Failed to find physical volume \"{word}\".")),
            false => Failure::refused(format!("Cannot use {word}: device not found")),
        });
    }
    chosen
}

/// Scans, and warns about what is wrong.
pub(super) fn scan(session: &mut Session<'_>, devices: &[DeviceSpec]) -> Outcome<(Lvm, ManuallyDrop<Scan>)> {
    let lvm = session.open(devices)?;
    // As with tables: ten thousand volumes are not given back one by one.
    let scan = ManuallyDrop::new(lvm.scan()?);
    super::warn_about(session, &scan);
    Ok((lvm, scan))
}

/// Which volumes of a group are active. That the kernel does not say is no reason to say nothing.
pub(super) fn live(lvm: &Lvm, vg: &VolumeGroup, pvs: &[Option<FoundPv>]) -> Option<Vec<ActiveLv>> {
    lvm.live_lvs(vg, pvs).unwrap_or_default()
}

/// A report and how it is printed; the options are read before a device is.
struct Prepared {
    report: Report,
    format: Format,
    layout: Layout,
    json: Option<JsonStyle>,
}

impl Prepared {
    /// `None` when the fields were listed instead.
    fn new(session: &mut Session<'_>, kind: ReportKind) -> Outcome<Option<Self>> {
        if session.args.texts(&o::OPTIONS).any(|option| matches!(option, "help" | "?")) {
            session.out.raw(&field_list());
            return Ok(None);
        }
        let report = match report(&session.args, session.out.verbose > 0, kind) {
            Ok(report) => report,
            Err(ReportError::UnknownField(name)) => {
                session.out.err(field_list().trim_end());
                return Err(Failure::refused(format!("Unrecognised field: {name}")));
            }
            Err(error) => return Err(Failure::refused(super::vgcreate::sentence(&error.to_string()))),
        };
        let json = match session.args.text(&o::REPORTFORMAT) {
            Some("json") => Some(JsonStyle::Text),
            Some("json_std") => Some(JsonStyle::Typed),
            _ => None,
        };
        let (format, layout) = (format(&session.args)?, layout(&session.args));
        Ok(Some(Self { report, format, layout, json }))
    }

    fn print(&self, session: &mut Session<'_>, input: &ReportInput<'_>) -> Outcome {
        let table: Table<'_> = self.report.run(input).map_err(lvmkit::Error::from)?;
        // The program ends soon, and all memory goes back at once.
        let table = ManuallyDrop::new([table]);
        // Writing to this never fails.
        let _ = match self.json {
            Some(style) => write_json(&mut *session.out, table.as_slice(), &self.format, style),
            None => table
                .iter()
                .try_for_each(|table| table.write_text(&mut *session.out, &self.format, &self.layout)),
        };
        Ok(())
    }
}

fn report(args: &Args, verbose: bool, kind: ReportKind) -> Result<Report, ReportError> {
    let mut report = if verbose { Report::verbose(kind) } else { Report::new(kind) };
    for columns in args.texts(&o::OPTIONS) {
        report = report.columns(columns)?;
    }
    if let Some(keys) = args.text(&o::SORT) {
        report = report.sort(keys)?;
    }
    Ok(if args.has(&o::ALL) { report.all() } else { report })
}

pub(super) fn format(args: &Args) -> Outcome<Format> {
    let mut format = Format::default();
    if let Some(units) = args.text(&o::UNITS) {
        let units = units.parse().map_err(|_| Failure::usage("Invalid units specification"))?;
        format = format.with_units(units);
    }
    if args.has(&o::NOSUFFIX) {
        format = format.without_suffix();
    }
    if args.has(&o::BINARY) {
        format = format.with_binary();
    }
    Ok(format)
}

fn layout(args: &Args) -> Layout {
    let mut layout = Layout::new();
    if args.has(&o::NOHEADINGS) {
        layout = layout.without_headings();
    }
    if let Some(separator) = args.text(&o::SEPARATOR) {
        layout = layout.with_separator(separator);
    }
    if args.has(&o::NAMEPREFIXES) {
        layout = layout.with_name_prefixes();
    }
    if args.has(&o::UNQUOTED) {
        layout = layout.without_quotes();
    }
    if args.has(&o::ROWS) {
        layout = layout.with_columns_as_rows();
    }
    if args.has(&o::ALIGNED) {
        layout = layout.with_alignment();
    }
    layout
}
