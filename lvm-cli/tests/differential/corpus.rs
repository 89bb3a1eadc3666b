//! Command lines written down in `corpus/*.txt`.
//!
//! A file is an area; in it `== TITLE` begins a sequence, which starts with empty devices. A line
//! is a command line, or what has to happen between them:
//!
//! - `!devices 64 32.5` gives the first devices these sizes in MiB; the others are not there. Four
//!   of 64 MiB are the default.
//! - `!config report/binary=1` is added to both configurations.
//! - `!hide 1 2` takes devices away, `!show` brings them back.
//! - `!resize 0 96` gives a device another size in MiB.
//! - `!write 0 1080 53ef` writes bytes in hexadecimal at an offset.
//! - `!restore thin_pool` brings a text of `tests/golden/text` onto devices, with lvm2, and copies
//!   them.
//! - `!each FILE` runs the lines of `corpus/FILE` here.
//!
//! In a command line `{0}` is the path of a device, `{dir}` a directory to write to,
//! `{pv:0}`, `{vg:NAME}`, `{lv:VG/LV}` are uuids. Words are separated by blanks and quoted with `'`
//! or `"`.

use std::fs;
use std::path::{Path, PathBuf};

use crate::sequence::{Sequence, Step};

const MIB: f64 = 1_048_576.0;

fn dir() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/differential/corpus")
}

/// Every sequence of every file. Files whose name begins with `_` are parts of others.
pub fn sequences() -> Vec<Sequence> {
    let mut paths = fs::read_dir(dir()).unwrap().map(|entry| entry.unwrap().path()).collect::<Vec<_>>();
    paths.sort();
    let areas = paths.iter().filter_map(|path| path.file_stem()?.to_str());
    areas.filter(|area| !area.starts_with('_')).flat_map(file).collect()
}

fn file(area: &str) -> Vec<Sequence> {
    let text = fs::read_to_string(dir().join(format!("{area}.txt"))).unwrap();
    let mut sequences: Vec<(String, Vec<Step>)> = Vec::new();
    for line in lines(&text) {
        if let Some(title) = line.strip_prefix("== ") {
            sequences.push((title.to_owned(), Vec::new()));
            continue;
        }
        let (_, steps) = sequences.last_mut().unwrap_or_else(|| panic!("{area}: {line}: no sequence"));
        add(steps, line, area);
    }
    sequences.into_iter().map(|(title, steps)| Sequence::written(area, &title, steps)).collect()
}

fn lines(text: &str) -> impl Iterator<Item = &str> {
    text.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#'))
}

fn add(steps: &mut Vec<Step>, line: &str, area: &str) {
    let Some(directive) = line.strip_prefix('!') else {
        steps.push(Step::Line(line.to_owned()));
        return;
    };
    let (name, rest) = directive.split_once(' ').unwrap_or((directive, ""));
    let words = rest.split_whitespace().collect::<Vec<_>>();
    let number = |word: &str| word.parse::<usize>().unwrap_or_else(|_| panic!("{area}: {line}"));
    let step = match (name, words.as_slice()) {
        ("devices", words) => Step::Devices(words.iter().map(|word| mib(word)).collect()),
        ("config", _) => Step::Config(rest.to_owned()),
        ("hide", words) => Step::Hide(words.iter().map(|word| number(word)).collect()),
        ("show", []) => Step::Hide(Vec::new()),
        ("resize", [at, size]) => Step::Resize(number(at), mib(size)),
        ("write", [at, offset, bytes]) => {
            Step::Write(number(at), offset.parse().unwrap(), hexadecimal(bytes))
        }
        ("restore", [name]) => Step::Restore((*name).to_owned()),
        ("each", [file]) => {
            let text = fs::read_to_string(dir().join(file)).unwrap();
            lines(&text).for_each(|line| add(steps, line, area));
            return;
        }
        _ => panic!("{area}: what is {line}?"),
    };
    steps.push(step);
}

/// Bytes of a size in MiB, a multiple of a sector.
#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "sizes of test devices are small")]
fn mib(word: &str) -> u64 {
    (word.parse::<f64>().unwrap() * MIB) as u64 / 512 * 512
}

fn hexadecimal(text: &str) -> Vec<u8> {
    let pairs = text.as_bytes().chunks(2).map(|pair| std::str::from_utf8(pair).unwrap());
    pairs.map(|pair| u8::from_str_radix(pair, 16).unwrap()).collect()
}
