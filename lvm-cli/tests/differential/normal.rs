//! Texts with everything left out that differs between twins: ids, times, paths.

use std::collections::HashMap;

use crate::bench::Side;

/// Lengths of the parts of an id.
const ID_PARTS: [usize; 7] = [6, 4, 4, 4, 4, 4, 6];
const ID_LENGTH: usize = 38;

/// Names of one side's ids, by the order in which they were met.
#[derive(Clone, Debug, Default)]
pub struct Ids(HashMap<String, usize>);

impl Ids {
    /// Takes note of every id in a text.
    pub fn learn(&mut self, text: &str) {
        for (at, _) in text.match_indices('-') {
            let Some(id) = at.checked_sub(ID_PARTS[0]).and_then(|start| id_at(text, start)) else { continue };
            if !self.0.contains_key(id) {
                self.0.insert(id.to_owned(), self.0.len());
            }
        }
    }

    /// As wide as an id, so that columns stay as they are.
    fn name(&self, id: &str) -> String {
        match self.0.get(id) {
            Some(number) => format!("id{number:-<36}"),
            None => format!("{:-<38}", "unknown-id"),
        }
    }
}

/// The id that begins there.
fn id_at(text: &str, start: usize) -> Option<&str> {
    let id = text.get(start..start + ID_LENGTH)?;
    let mut parts = id.split('-');
    let alike = ID_PARTS.iter().all(|length| {
        let part = parts.next().unwrap_or_default();
        part.len() == *length && part.bytes().all(|byte| byte.is_ascii_alphanumeric())
    });
    // What is longer is something else.
    let joined = |byte: Option<&u8>| byte.is_some_and(u8::is_ascii_alphanumeric);
    let bytes = text.as_bytes();
    let before = start.checked_sub(1).and_then(|at| bytes.get(at));
    (alike && parts.next().is_none() && !joined(before) && !joined(bytes.get(start + ID_LENGTH)))
        .then_some(id)
}

/// What a command said or a device holds, comparable with the other side.
pub fn normal(text: &str, side: &Side, ids: &Ids) -> String {
    let mut text = text.to_owned();
    for (at, path) in side.all_paths() {
        text = text.replace(path, &format!("/dev/disk{at:03}"));
        let name = path.trim_start_matches("/dev/");
        text = text.replace(name, &format!("disk{at:03}"));
    }
    for dir in side.all_dirs() {
        text = text.replace(&*dir.to_string_lossy(), "{dir}");
    }
    text = without_pids(&text, "pvscan[", "]");
    text = without_ids(&text, ids);
    without_times(&text)
}

/// Numbers of processes that stand between these.
fn without_pids(text: &str, before: &str, after: &str) -> String {
    let mut parts = text.split(before);
    let mut out = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let number = part.split(after).next().unwrap_or_default();
        let is_number = !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit());
        out.push_str(before);
        out.push_str(if is_number { "pid" } else { number });
        out.push_str(&part[number.len()..]);
    }
    out
}

fn without_ids(text: &str, ids: &Ids) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = 0;
    while let Some(dash) = text.get(rest..).and_then(|text| text.find('-')).map(|at| at + rest) {
        let id = dash.checked_sub(ID_PARTS[0]).filter(|start| *start >= rest);
        match id.and_then(|start| Some((start, id_at(text, start)?))) {
            Some((start, id)) => {
                out.push_str(&text[rest..start]);
                out.push_str(&ids.name(id));
                rest = start + ID_LENGTH;
            }
            None => {
                out.push_str(&text[rest..=dash]);
                rest = dash + 1;
            }
        }
    }
    out.push_str(&text[rest..]);
    out
}

/// Times of this run, as `2026-01-31 23:59:59` and as seconds, become blanks of their width.
fn without_times(text: &str) -> String {
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap().as_secs();
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(start) = rest.find(|c: char| c.is_ascii_digit()) {
        out.push_str(&rest[..start]);
        rest = &rest[start..];
        let digits = rest.find(|c: char| !c.is_ascii_digit()).unwrap_or(rest.len());
        let (number, after) = rest.split_at(digits);
        let seconds = number.parse::<u64>().is_ok_and(|seconds| seconds.abs_diff(now) < 3600);
        if digits == 10 && seconds {
            out.push_str("<time in s>");
            rest = after;
        } else if digits == 4 && is_date_time(rest) {
            out.push_str("<date and the time>");
            rest = &rest[19..];
        } else {
            out.push_str(number);
            rest = after;
        }
    }
    out.push_str(rest);
    out
}

fn is_date_time(text: &str) -> bool {
    let Some(text) = text.get(..19) else { return false };
    let shape = text.chars().map(|c| if c.is_ascii_digit() { '0' } else { c }).collect::<String>();
    // Golden texts have times of their own, which both must show alike.
    let recent = text.get(..4).and_then(|year| year.parse::<u32>().ok()).is_some_and(|year| year >= 2025);
    recent && shape == "0000-00-00 00:00:00"
}

/// A line of a devices file with its id in parts, as elsewhere.
fn with_pv_id(line: &str) -> String {
    let Some((before, id)) = line.split_once(" PVID=").filter(|(_, id)| id.get(..32).is_some()) else {
        return line.to_owned();
    };
    let mut rest = id;
    let parts = ID_PARTS.map(|length| {
        let (part, after) = rest.split_at(length);
        rest = after;
        part
    });
    format!("{before} PVID={}{rest}", parts.join("-"))
}

/// A metadata text: one line for each of its own.
pub fn metadata(text: &str, side: &Side, ids: &Ids) -> String {
    let mut out = String::new();
    for line in text.lines() {
        // In files lines are indented.
        let line = line.trim_start();
        let key = line.split([' ', '\t']).next().unwrap_or_default();
        let line = match key {
            "creation_time" | "creation_host" => key,
            "#" if line.starts_with("# Generated by") => "# Generated by",
            // The first line of a devices file.
            "#" if line.starts_with("# Created by") => "# Created by",
            "device" => line.split("\t#").next().unwrap_or_default(),
            _ => line,
        };
        let line = with_pv_id(line);
        out.push_str(&line.replace("\"Write from lvmkit ", "\"Write from "));
        out.push('\n');
    }
    normal(&out, side, ids)
}

/// The minor numbers of devices, which are as many digits long on both sides, become their order.
pub fn without_minors(text: &str, side: &Side) -> String {
    let mut out = text.to_owned();
    for (at, minor) in side.minors().enumerate() {
        let minor = minor.to_string();
        let mut rest = std::mem::take(&mut out);
        while let Some(start) = rest.find(&minor) {
            let (before, after) = (rest.get(..start).unwrap_or_default(), &rest[start + minor.len()..]);
            let joined = |c: Option<char>| c.is_some_and(|c| c.is_alphanumeric() || c == '.');
            let alone = !joined(before.chars().next_back()) && !joined(after.chars().next());
            out.push_str(before);
            out.push_str(&if alone { format!("#{at:02}") } else { minor.clone() });
            rest = after.to_owned();
        }
        out.push_str(&rest);
    }
    out
}
