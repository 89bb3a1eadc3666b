//! `lvs`, `vgs` and `pvs`

use std::mem::ManuallyDrop;

use lvmkit::core::store::Scan;
use lvmkit::report::{
    Format, Headings, JsonStyle, Layout, Report, ReportError, ReportInput, ReportKind, ReportSettings,
    Selection, Table, field_list, write_json_groups,
};
use lvmkit::{DeviceSpec, Lvm, Options};

use super::{Command, access, choose, order, select};
use crate::args::option as o;
use crate::session::{Failure, Outcome, Session};

pub(super) static LVS: Command = Command {
    name: "lvs",
    summary: "Report on logical volumes",
    usage: &["lvs [ VG|LV|@Tag ... ]"],
    options: &[o::COMMON, o::REPORT, &[&o::HISTORY, &o::SEGMENTS]],
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
    if printed_help(session) {
        return Ok(());
    }
    let lvm = session.open(None)?;
    let prepared = Prepared::new(session, kind)?;
    let scan = scan_with(session, &lvm)?;
    let groups = order::groups(&scan);
    if session.args.words.is_empty() {
        let input = groups.into_iter().fold(lvm.report_input(), ReportInput::group);
        let input = scan.orphans.iter().fold(input, ReportInput::orphan);
        return prepared.print(session, &input);
    }
    let chosen = choose::Volumes::new(session)?;
    let all = session.args.has(&o::ALL);
    let groups = chosen.groups(session, groups, |_, _| false);
    let input = groups.into_iter().fold(lvm.report_input(), ReportInput::group);
    let input = input.only_lvs(|vg, lv| {
        chosen.names(vg, lv.name())
            || (all && chosen.is_whole(vg))
            || (lv.is_visible() && chosen.covers(vg, lv))
    });
    let input = input.only_historical(|vg, _| chosen.is_whole(vg));
    prepared.print(session, &input)
}

pub(super) fn vgs(session: &mut Session<'_>) -> Outcome {
    if printed_help(session) {
        return Ok(());
    }
    let lvm = session.open(None)?;
    let prepared = Prepared::new(session, ReportKind::VolumeGroups)?;
    let scan = scan_with(session, &lvm)?;
    let groups = choose::groups(session, order::groups(&scan))?;
    let input = groups.into_iter().fold(lvm.report_input(), ReportInput::group);
    prepared.print(session, &input)
}

pub(super) fn pvs(session: &mut Session<'_>) -> Outcome {
    let kind = match session.args.has(&o::SEGMENTS) {
        true => ReportKind::PvSegments,
        false => ReportKind::PhysicalVolumes,
    };
    if printed_help(session) {
        return Ok(());
    }
    let words = session.args.words.clone();
    let paths = words.iter().filter(|word| !word.starts_with('@'));
    let devices = paths.map(DeviceSpec::from).collect::<Vec<_>>();
    let lvm = session.open(&devices)?;
    let prepared = Prepared::new(session, kind)?;
    let scan = scan_with(session, &lvm)?;
    let input = lvm.report_input().scan(&scan);
    if words.is_empty() {
        return prepared.print(session, &input);
    }
    let chosen = choose::device::in_report(session, &lvm, &scan)?;
    prepared.print(session, &input.only_pvs(move |device| chosen.contains(device)))
}

/// Scans, and warns about what is wrong.
pub(super) fn scan(session: &mut Session<'_>, devices: &[DeviceSpec]) -> Outcome<(Lvm, ManuallyDrop<Scan>)> {
    let lvm = session.open(devices)?;
    let scan = scan_with(session, &lvm)?;
    Ok((lvm, scan))
}

fn scan_with(session: &mut Session<'_>, lvm: &Lvm) -> Outcome<ManuallyDrop<Scan>> {
    // As with tables: ten thousand volumes are not given back one by one.
    let mut scan = ManuallyDrop::new(lvm.scan()?);
    access::leave_out(session, lvm, &mut scan)?;
    super::warn_about(session, &scan);
    Ok(scan)
}

/// What the configuration says about reports, whichever devices are looked at.
pub(super) fn settings(session: &Session<'_>) -> Outcome<ReportSettings> {
    Ok(Options::new().with_config(&session.config)?.report_settings().clone())
}

/// Prints the fields or the help of selections when that was asked for.
pub(super) fn printed_help(session: &mut Session<'_>) -> bool {
    let names = |list: &str| {
        let mut names = list.trim_start_matches(['+', '-', '#']).split(',');
        names.any(|name| matches!(name, "help" | "?"))
    };
    let args = &session.args;
    let asked = args.texts(&o::OPTIONS).any(names) || args.texts(&o::SORT).any(names);
    if asked {
        session.out.err(field_list().trim_end());
    }
    asked || select::printed_help(session)
}

/// The failure of a report, with the list of fields where one is not known.
pub(super) fn named<T>(session: &mut Session<'_>, made: Result<T, ReportError>) -> Outcome<T> {
    made.map_err(|error| match error {
        ReportError::UnknownField(name) => {
            session.out.err(field_list().trim_end());
            Failure::refused(format!("Unrecognised field: {name}"))
        }
        ReportError::Metadata { .. } => Failure::Lvm(lvmkit::Error::from(error)),
        error => Failure::refused(super::vgcreate::sentence(&error.to_string())),
    })
}

/// Which of the options `-o`, `-O` and `-S` are about a report: those behind a `--configreport` that
/// names it.
#[derive(Clone, Copy)]
pub(super) enum Targets {
    /// And those before the first one. What is about segments is about their volumes, too.
    Main(ReportKind),
    Named(ReportKind),
}

impl Targets {
    fn has(self, name: Option<&str>) -> bool {
        match (self, name) {
            (Self::Main(_), None) => true,
            (Self::Named(_), None) => false,
            (Self::Named(kind), Some(name)) => kind.name() == name,
            (Self::Main(kind), Some(name)) => {
                let whole = |name: &str| match name {
                    "seg" => "lv".to_owned(),
                    name => name.trim_end_matches("seg").to_owned(),
                };
                whole(kind.name()) == whole(name)
            }
        }
    }
}

/// Applies the options about a report.
pub(super) fn change(session: &mut Session<'_>, report: Report, targets: Targets) -> Outcome<Report> {
    let (mut name, mut columns, mut sort, mut selection) = (None, Vec::new(), None, None);
    for (opt, value) in session.args.in_order() {
        let long = opt.long;
        if long == o::CONFIGREPORT.long {
            name = Some(value);
        }
        if !targets.has(name) {
            continue;
        }
        if long == o::OPTIONS.long {
            columns.push(value.to_owned());
        } else if long == o::SORT.long {
            sort = Some(value.to_owned());
        } else if long == o::SELECT.long {
            selection = Some(value.to_owned());
        }
    }
    let mut report = report;
    for list in columns {
        report = named(session, report.columns(&list))?;
    }
    if let Some(keys) = sort {
        report = named(session, report.sort(&keys))?;
    }
    if let Some(text) = selection {
        let read = Selection::parse(&text, report.kind());
        report = report.select(read.map_err(|error| select::failure(session, &error))?);
    }
    if session.args.has(&o::BINARY) {
        report = report.binary();
    }
    if session.args.has(&o::HISTORY) {
        report = report.history();
    }
    Ok(if session.args.has(&o::ALL) { report.all() } else { report })
}

/// A report and how it is printed; the options are read before a device is.
struct Prepared {
    report: Report,
    printer: Printer,
}

impl Prepared {
    fn new(session: &mut Session<'_>, kind: ReportKind) -> Outcome<Self> {
        let settings = settings(session)?;
        let verbose = session.out.verbose > 0;
        let report = named(session, settings.report(kind, verbose))?;
        let report = change(session, report, Targets::Main(kind))?;
        Ok(Self { report, printer: Printer::new(session, &settings)? })
    }

    fn print(&self, session: &mut Session<'_>, input: &ReportInput<'_>) -> Outcome {
        let table: Table<'_> = named(session, self.report.run(input))?;
        // The program ends soon, and all memory goes back at once.
        let table = ManuallyDrop::new([table]);
        self.printer.print(session, &[table.as_slice()]);
        Ok(())
    }
}

/// How reports are printed.
pub(super) struct Printer {
    format: Format,
    layout: Layout,
    json: Option<JsonStyle>,
}

impl Printer {
    pub(super) fn new(session: &Session<'_>, settings: &ReportSettings) -> Outcome<Self> {
        let json = json(session, settings);
        let format = format(session, settings.format())?;
        Ok(Self { format, layout: layout(session, settings.layout()), json })
    }

    /// Prints the tables of each thing a report is about.
    pub(super) fn print<'i>(&self, session: &mut Session<'_>, groups: &[impl AsRef<[Table<'i>]>]) {
        // Writing to this never fails.
        let _ = match self.json {
            Some(style) => write_json_groups(&mut *session.out, groups, &self.format, style),
            None => groups
                .iter()
                .flat_map(AsRef::as_ref)
                .try_for_each(|table| table.write_text(&mut *session.out, &self.format, &self.layout)),
        };
    }
}

pub(super) fn format(session: &Session<'_>, mut format: Format) -> Outcome<Format> {
    let args = &session.args;
    if let Some(units) = args.text(&o::UNITS) {
        let units = units.parse().map_err(|_| Failure::usage("Invalid units specification"))?;
        format = format.with_units(units);
    }
    if args.has(&o::NOSUFFIX) {
        format = format.without_suffix();
    }
    Ok(if args.has(&o::BINARY) { format.with_binary() } else { format })
}

/// Which JSON a report is printed in, if any.
pub(super) fn json(session: &Session<'_>, settings: &ReportSettings) -> Option<JsonStyle> {
    match session.args.text(&o::REPORTFORMAT) {
        Some("json") => Some(JsonStyle::Text),
        Some("json_std") => Some(JsonStyle::Typed),
        Some(_) => None,
        None => settings.json(),
    }
}

/// How the text of a report is laid out.
pub(super) fn layout(session: &Session<'_>, mut layout: Layout) -> Layout {
    let args = &session.args;
    match args.text(&o::HEADINGS) {
        Some("none" | "0") => layout = layout.without_headings(),
        Some("full" | "2") => layout = layout.with_headings(Headings::Full),
        Some(_) => layout = layout.with_headings(Headings::Abbreviated),
        None => {}
    }
    if args.has(&o::NOHEADINGS) {
        layout = layout.without_headings();
    }
    if let Some(separator) = args.text(&o::SEPARATOR) {
        layout = layout.with_separator(separator);
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
    if args.has(&o::NAMEPREFIXES) {
        layout = layout.with_name_prefixes();
    }
    layout
}
