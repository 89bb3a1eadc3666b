//! What is compared after each line.

use std::fmt;

use serde_json::Value;

use crate::bench::{Said, Side};
use crate::normal::{Ids, normal, without_minors};
use crate::state::State;

/// What of a line's outcome.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Part {
    /// The exit status.
    Exit,
    /// Standard output, byte for byte.
    Stdout,
    /// Values of a report in JSON, of fields that both have.
    Json,
    /// What the devices hold.
    Metadata,
    /// The same but for the number of the group's version, and which command wrote it.
    Version,
    /// Files beside the metadata: backups.
    Files,
    /// The first line of the errors, when scripts know it.
    Error,
}

impl fmt::Display for Part {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Exit => "exit",
            Self::Stdout => "stdout",
            Self::Json => "json",
            Self::Metadata => "metadata",
            Self::Version => "version",
            Self::Files => "files",
            Self::Error => "error",
        })
    }
}

/// Errors that scripts look for, by a part of their text.
const KNOWN_ERRORS: [&str; 30] = [
    "not found",
    "already exists",
    "ailed to find",
    "nsufficient",
    "Unrecognised field",
    "nrecognised",
    "unrecognized option",
    "invalid option",
    "requires an argument",
    "doesn't allow an argument",
    "is ambiguous",
    "may not be repeated",
    "Invalid argument for",
    "No command with matching syntax",
    "Command does not accept",
    "may not be negative",
    "may not be zero",
    "is invalid",
    "Path required",
    "Please enter",
    "Please specify",
    "already in volume group",
    "Can't open",
    "Cannot use",
    "in use",
    "is already",
    "is exported",
    "No such command",
    "still contains",
    "greater than",
];

/// One part in which both differ.
#[derive(Clone, Debug)]
pub struct Difference {
    pub part: Part,
    pub theirs: String,
    pub ours: String,
}

impl Difference {
    fn of(part: Part, theirs: impl Into<String>, ours: impl Into<String>) -> Option<Self> {
        let (theirs, ours) = (theirs.into(), ours.into());
        (theirs != ours).then_some(Self { part, theirs, ours })
    }
}

/// What one side said, comparable with the other.
pub fn comparable(line: &str, said: &Said, side: &Side, ids: &Ids) -> Said {
    let mut out = normal(&said.out, side, ids);
    // Numbers that a report of something else has stay as they are.
    if line.contains("all") || line.contains("minor") || line.starts_with("fullreport") {
        out = without_minors(&out, side);
    }
    Said { code: said.code, out, err: normal(&said.err, side, ids) }
}

/// The parts in which both differ.
pub fn differences(theirs: (&Said, &State), ours: (&Said, &State)) -> Vec<Difference> {
    let ((theirs, their_state), (ours, our_state)) = (theirs, ours);
    let mut found = Vec::new();
    found.extend(Difference::of(Part::Exit, theirs.code.to_string(), ours.code.to_string()));
    found.extend(Difference::of(Part::Stdout, &theirs.out, &ours.out));
    if let (Some(their_json), Some(our_json)) = (json(&theirs.out), json(&ours.out)) {
        let mut paths = Vec::new();
        common(&their_json, &our_json, "", &mut paths);
        found.extend(Difference::of(Part::Json, paths.join("\n"), ""));
    }
    for (at, (theirs, ours)) in their_state.devices.iter().zip(&our_state.devices).enumerate() {
        if theirs != ours {
            let of = |state: &str| format!("disk{at:03}: {state}");
            let same = their_state.devices.iter().map(|text| without_version(text));
            let same = same.eq(our_state.devices.iter().map(|text| without_version(text)));
            let part = if same { Part::Version } else { Part::Metadata };
            found.extend(Difference::of(part, of(theirs), of(ours)));
            break;
        }
    }
    found.extend(Difference::of(Part::Files, their_state.files.join("\n"), our_state.files.join("\n")));
    if compares_error(theirs) && first_error(theirs) != first_error(ours) {
        let lines = |said| error_lines(said).collect::<Vec<_>>().join("\n");
        found.extend(Difference::of(Part::Error, lines(theirs), lines(ours)));
    }
    found
}

/// Texts without their numbers and the commands that wrote them.
fn without_version(text: &str) -> String {
    let lines = text.lines();
    let lines = lines.filter(|line| !line.starts_with("seqno = ") && !line.starts_with("description = "));
    lines.collect::<Vec<_>>().join("\n")
}

/// True when scripts may look for what it failed with.
pub fn compares_error(theirs: &Said) -> bool {
    let first = first_error(theirs);
    theirs.code != 0 && KNOWN_ERRORS.iter().any(|known| first.contains(known))
}

/// The lines on standard error that are no warnings.
fn error_lines(said: &Said) -> impl Iterator<Item = &str> {
    said.err.lines().map(str::trim).filter(|line| !line.starts_with("WARNING: "))
}

/// The first of them.
pub fn first_error(said: &Said) -> &str {
    error_lines(said).next().unwrap_or_default()
}

/// What a report in JSON holds.
pub fn json(text: &str) -> Option<Value> {
    if !text.trim_start().starts_with('{') {
        return None;
    }
    serde_json::from_str(text).ok()
}

/// Values that differ, of keys that both have.
fn common(theirs: &Value, ours: &Value, path: &str, paths: &mut Vec<String>) {
    match (theirs, ours) {
        (Value::Object(theirs), Value::Object(ours)) => {
            for (key, theirs) in theirs {
                if let Some(ours) = ours.get(key) {
                    common(theirs, ours, &format!("{path}.{key}"), paths);
                }
            }
        }
        (Value::Array(theirs), Value::Array(ours)) if theirs.len() == ours.len() => {
            for (at, (theirs, ours)) in theirs.iter().zip(ours).enumerate() {
                common(theirs, ours, &format!("{path}[{at}]"), paths);
            }
        }
        (theirs, ours) if theirs == ours => {}
        (theirs, ours) => paths.push(format!("{path}: {theirs} {ours}")),
    }
}
