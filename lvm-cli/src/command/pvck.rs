//! `pvck`

use lvmkit::core::ondisk::DiskArea;
use lvmkit::inspect::{FoundText, Headers, Inspector, Line};
use lvmkit::{DeviceSpec, ErrorKind, Lvm};

use super::Command;
use crate::args::option as o;
use crate::pv;
use crate::session::{Failure, NewFile, Outcome, Session};

pub(super) static COMMAND: Command = Command {
    name: "pvck",
    summary: "Check what is on physical volumes, and print it",
    usage: &[
        "pvck PV ...",
        "pvck --dump headers|metadata|metadata_all|metadata_search PV",
        "pvck --dump metadata_area --file File PV",
    ],
    options: &[
        o::COMMON,
        &[
            &o::DUMP,
            &o::DUMP_FILE,
            &o::LABELSECTOR,
            &o::PVMETADATACOPIES,
            &o::READONLY,
            &o::REPAIR,
            &o::REPAIRTYPE,
            &o::REPORTFORMAT,
            &o::SETTINGS,
        ],
    ],
    run,
};

/// Where the first metadata area usually is.
const FIRST_AREA: DiskArea = DiskArea { offset: 4096, size: 1_044_480 };
/// Bytes of the second one at the end.
const SECOND_AREA: u64 = 1 << 20;

fn run(session: &mut Session<'_>) -> Outcome {
    let devices = pv::specs(&session.args.words);
    let kind = session.args.text(&o::DUMP).map(str::to_owned);
    match (&kind, devices.get(1)) {
        (Some(_), Some(word)) => {
            return Err(Failure::usage(format!("Command does not accept argument: {word}.")));
        }
        _ if devices.is_empty() => return Err(Failure::Syntax),
        _ => {}
    }
    if let Some(device) = devices.iter().find(|device| !device.path().exists()) {
        return Err(Failure::refused(format!("Cannot access device {device}.")));
    }
    let lvm = session.open(&devices)?;
    for device in &devices {
        let done = match &kind {
            None => check(session, &lvm, device),
            Some(kind) => dump(session, &lvm, device, kind),
        };
        session.note(done);
    }
    Ok(())
}

fn look(session: &Session<'_>, lvm: &Lvm, device: &DeviceSpec) -> Outcome<(Inspector, Headers)> {
    let inspector = lvm.inspect(device).map_err(|error| match error.kind() {
        ErrorKind::NotFound => Failure::refused(format!("Cannot access device {device}.")),
        _ => error.into(),
    })?;
    let sector = session.args.text(&o::LABELSECTOR).and_then(|text| text.parse().ok());
    let headers = inspector.headers(sector)?;
    Ok((inspector, headers))
}

/// What is wrong with label and physical volume header, as against the metadata areas.
fn is_of_label(line: &Line) -> bool {
    ["CHECK: label_header", "CHECK: pv_header"].iter().any(|prefix| line.text().starts_with(prefix))
}

fn is_of_text(line: &Line) -> bool {
    line.text().contains("metadata text at")
}

fn say_checks(session: &mut Session<'_>, headers: &Headers, which: impl Fn(&Line) -> bool) {
    for line in headers.lines.iter().filter(|line| matches!(line, Line::Check(_)) && which(line)) {
        session.out.lines("  ", line.text());
    }
}

fn bad(headers: &Headers) -> Outcome {
    match headers.is_bad {
        true => Err(Failure::refused("Found bad header or metadata values.")),
        false => Ok(()),
    }
}

fn check(session: &mut Session<'_>, lvm: &Lvm, device: &DeviceSpec) -> Outcome {
    let (_, headers) = look(session, lvm, device)?;
    say_checks(session, &headers, |_| true);
    if !headers.has_label {
        return Err(Failure::refused(format!("Could not find LVM label on {device}")));
    }
    let sector = headers.label_sector;
    session.out.say(format!("Found label on {device}, sector {sector}, type=LVM2 001"));
    for area in headers.areas.iter().filter(|area| area.is_area) {
        let DiskArea { offset, size } = area.location;
        session.out.say(format!("Found text metadata area: offset={offset}, size={size}"));
    }
    if headers.is_bad { Err(Failure::Refused(Vec::new())) } else { Ok(()) }
}

/// What `--settings` says.
#[derive(Clone, Copy, Default)]
struct Settings {
    number: Option<usize>,
    offset: Option<u64>,
    size: Option<u64>,
    seqno: Option<u32>,
    place: Option<u64>,
}

impl Settings {
    fn new(session: &Session<'_>) -> Outcome<Self> {
        let mut settings = Self::default();
        let text = session.args.text(&o::SETTINGS).unwrap_or_default();
        for word in text.split([' ', ',']).filter(|word| !word.is_empty()) {
            let (key, value) = word.split_once('=').unwrap_or((word, ""));
            let invalid = || Failure::refused(format!("Invalid setting: {key}"));
            let number = value.parse::<u64>().map_err(|_| invalid());
            let small = |number: u64| u32::try_from(number).map_err(|_| invalid());
            match key {
                "mda_num" => settings.number = Some(usize::try_from(number?).map_err(|_| invalid())?),
                "mda_offset" => settings.offset = Some(number?),
                "mda_size" => settings.size = Some(number?),
                "seqno" => settings.seqno = Some(small(number?)?),
                "metadata_offset" => settings.place = Some(number?),
                _ => return Err(invalid()),
            }
        }
        Ok(settings)
    }

    fn shows(self, text: &FoundText) -> bool {
        self.seqno.is_none_or(|seqno| seqno == text.seqno) && self.place.is_none_or(|at| at == text.offset)
    }
}

fn dump(session: &mut Session<'_>, lvm: &Lvm, device: &DeviceSpec, kind: &str) -> Outcome {
    let settings = Settings::new(session)?;
    let (inspector, headers) = look(session, lvm, device)?;
    match kind {
        "headers" => dump_headers(session, &headers),
        "metadata" => dump_metadata(session, &headers, settings),
        "metadata_area" => dump_area(session, &inspector, &headers, settings),
        "metadata_all" => {
            say_checks(session, &headers, |line| !is_of_text(line));
            let Some(area) = headers.areas.get(settings.number.unwrap_or(1).saturating_sub(1)) else {
                return no_area(session, settings);
            };
            if !area.is_area {
                return bad(&headers);
            }
            dump_texts(session, &inspector, area.location, settings)
        }
        _ => {
            say_checks(session, &headers, is_of_label);
            let area = area_to_search(session, &inspector, &headers, settings)?;
            let DiskArea { offset, size } = area;
            session.out.say(format!("Searching for metadata at offset {offset} size {size}"));
            dump_texts(session, &inspector, area, settings)
        }
    }
}

fn no_area(session: &mut Session<'_>, settings: Settings) -> Outcome {
    match settings.number {
        Some(number) if number > 1 => {
            session.out.lines("  ", "CHECK: second mda not found");
            Err(Failure::refused("Found bad header or metadata values."))
        }
        _ => {
            session.out.lines("  ", "zero metadata copies");
            Ok(())
        }
    }
}

fn dump_headers(session: &mut Session<'_>, headers: &Headers) -> Outcome {
    for line in &headers.lines {
        session.out.lines("  ", line.text());
    }
    if headers.areas.is_empty() { no_area(session, Settings::default()) } else { bad(headers) }
}

fn dump_metadata(session: &mut Session<'_>, headers: &Headers, settings: Settings) -> Outcome {
    if session.args.text(&o::PVMETADATACOPIES) == Some("0") {
        return Ok(());
    }
    let number = settings.number.unwrap_or(1).max(1);
    let other = |line: &Line| {
        // Of the areas only the one that is asked for.
        !line.text().contains("mda_header_") || line.text().contains(&format!("mda_header_{number}"))
    };
    say_checks(session, headers, |line| is_of_label(line) || other(line));
    let Some(area) = headers.areas.get(number - 1) else { return no_area(session, settings) };
    let place = |line: &&Line| {
        let Line::Text(text) = line else { return false };
        let at = text.split(' ').nth(3).and_then(|at| at.parse::<u64>().ok()).unwrap_or_default();
        let DiskArea { offset, size } = area.location;
        (offset..offset.saturating_add(size)).contains(&at)
    };
    if let Some(line) = headers.lines.iter().find(place) {
        session.out.lines("  ", line.text());
    }
    if let Some(text) = &area.text {
        match create(session)? {
            Some(mut file) => write(session, &mut file, text)?,
            None => {
                let text = String::from_utf8_lossy(text);
                session.out.raw(&format!("  ---\n{text}\n  ---\n"));
            }
        }
    }
    bad(headers)
}

fn dump_area(
    session: &mut Session<'_>,
    inspector: &Inspector,
    headers: &Headers,
    settings: Settings,
) -> Outcome {
    say_checks(session, headers, |line| !is_of_text(line));
    let Some(area) = headers.areas.get(settings.number.unwrap_or(1).saturating_sub(1)) else {
        return no_area(session, settings);
    };
    if !area.is_area {
        return bad(headers);
    }
    let Some(mut file) = create(session)? else {
        return Err(Failure::refused("Specify where to write the metadata area (--file)."));
    };
    let mut outcome = Ok(());
    inspector.copy(area.location, &mut |bytes| {
        if outcome.is_ok() {
            outcome = write(session, &mut file, bytes);
        }
        Ok(())
    })?;
    outcome
}

/// Where to look for texts: as settings say, as the label says, or where it usually is.
fn area_to_search(
    session: &mut Session<'_>,
    inspector: &Inspector,
    headers: &Headers,
    settings: Settings,
) -> Outcome<DiskArea> {
    match (settings.offset, settings.size) {
        (Some(offset), Some(size)) => return Ok(DiskArea { offset, size }),
        (None, None) => {}
        _ if settings.number.is_some() => {}
        _ => {
            return Err(Failure::refused("Specify at least two values from: mda_num, mda_offset, mda_size."));
        }
    }
    let second = session.args.text(&o::PVMETADATACOPIES) == Some("2");
    let number = settings.number.unwrap_or(if second { 2 } else { 1 }).max(1);
    let mut area = match headers.areas.get(number - 1) {
        Some(area) => area.location,
        None => {
            let (area, which) = if number == 1 {
                (FIRST_AREA, "Using common defaults for first mda")
            } else {
                let offset = inspector.size().saturating_sub(SECOND_AREA);
                (DiskArea { offset, size: SECOND_AREA }, "Using defaults for second mda")
            };
            session.out.say(format!("{which}: offset {} size {}.", area.offset, area.size));
            session.out.say("Override defaults with --settings \"mda_offset=<bytes> mda_size=<bytes>\"");
            area
        }
    };
    area.offset = settings.offset.unwrap_or(area.offset);
    area.size = settings.size.unwrap_or(area.size).min(inspector.size().saturating_sub(area.offset));
    Ok(area)
}

fn dump_texts(
    session: &mut Session<'_>,
    inspector: &Inspector,
    area: DiskArea,
    settings: Settings,
) -> Outcome {
    let mut file = create(session)?;
    let mut number = 0_usize;
    let mut outcome = Ok(());
    inspector.search(area, &mut |found| {
        if outcome.is_ok() && settings.shows(&found) {
            outcome = show_text(session, &found, file.as_mut(), number);
            number = number.saturating_add(1);
        }
    })?;
    outcome
}

fn show_text(
    session: &mut Session<'_>,
    found: &FoundText,
    file: Option<&mut NewFile>,
    number: usize,
) -> Outcome {
    let FoundText { offset, size, checksum, vg_name, seqno, id, .. } = found;
    session.out.say(format!(
        "metadata at {offset} length {size} crc {checksum:08x} vg {vg_name} seqno {seqno} id {id}"
    ));
    if let Err(error) = &found.parsed {
        session.out.warn_plain(error.message());
        session.out.warn(format!("parse error for metadata at {offset}"));
    }
    if let Some(file) = file {
        if number > 0 {
            write(session, file, b"\n--\n")?;
        }
        write(session, file, &found.text)?;
    }
    Ok(())
}

/// The file of `--file`, if it was given; it must be new.
fn create(session: &mut Session<'_>) -> Outcome<Option<NewFile>> {
    let Some(path) = session.args.text(&o::DUMP_FILE).map(str::to_owned) else { return Ok(None) };
    let file = session.create_file(path.as_ref());
    file.map(Some).map_err(|error| {
        Failure::Refused(vec![format!("Failed to create file {path}"), format!("  {error}")])
    })
}

fn write(session: &Session<'_>, file: &mut NewFile, bytes: &[u8]) -> Outcome {
    let path = session.args.text(&o::DUMP_FILE).unwrap_or_default();
    file.write(bytes).map_err(|error| Failure::refused(format!("Failed to write file {path}: {error}")))
}
