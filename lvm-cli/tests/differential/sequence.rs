//! Lines that run one after the other on the same devices.

use std::fs;
use std::path::Path;
use std::time::Instant;

use crate::bench::{Bench, Side};
use crate::compare::{comparable, differences};
use crate::generate::Generator;
use crate::state::Seen;
use crate::tally::{Tally, Tried};

const MIB: u64 = 1 << 20;
/// Devices of a sequence that does not say otherwise.
const SIZES: [u64; 4] = [64 * MIB; 4];

/// One thing that happens.
#[derive(Clone, Debug)]
pub enum Step {
    Line(String),
    Devices(Vec<u64>),
    Config(String),
    Hide(Vec<usize>),
    Resize(usize, u64),
    Write(usize, u64, Vec<u8>),
    Restore(String),
}

#[derive(Debug)]
enum Source {
    Written(Vec<Step>),
    Seed(u64),
}

/// A sequence, written down or made from a number.
#[derive(Debug)]
pub struct Sequence {
    area: String,
    title: String,
    source: Source,
}

impl Sequence {
    pub fn written(area: &str, title: &str, steps: Vec<Step>) -> Self {
        let title = format!("{area}: {title}");
        Self { area: area.to_owned(), title, source: Source::Written(steps) }
    }

    pub fn generated(seed: u64) -> Self {
        Self { area: "generated".to_owned(), title: format!("seed {seed}"), source: Source::Seed(seed) }
    }

    pub fn title(&self) -> &str {
        &self.title
    }

    /// Runs it from empty devices.
    pub fn run(&self, bench: &mut Bench) -> Tally {
        bench.reset(&SIZES);
        let seen = (Seen::new(&bench.theirs), Seen::new(&bench.ours));
        let mut run = Run { sequence: self, bench, seen, tally: Tally::default() };
        match &self.source {
            Source::Written(steps) => steps.iter().for_each(|step| run.step(step)),
            Source::Seed(seed) => {
                let mut generator = Generator::new(*seed);
                run.step(&Step::Devices(generator.sizes()));
                for _ in 0..generator.lines() {
                    let step = generator.next(&run.seen.0);
                    run.step(&step);
                }
            }
        }
        run.tally
    }
}

struct Run<'a> {
    sequence: &'a Sequence,
    bench: &'a mut Bench,
    seen: (Seen, Seen),
    tally: Tally,
}

impl Run<'_> {
    fn step(&mut self, step: &Step) {
        match step {
            Step::Line(line) => return self.line(line),
            Step::Devices(sizes) => self.bench.reset(sizes),
            Step::Config(line) => self.bench.configure(line),
            Step::Hide(devices) => self.bench.hide(devices),
            Step::Resize(at, size) => self.bench.resize(*at, *size),
            Step::Write(at, offset, bytes) => self.bench.write(*at, *offset, bytes),
            Step::Restore(name) => restore(self.bench, name),
        }
        self.look();
    }

    fn look(&mut self) {
        self.seen.0.look(&self.bench.theirs);
        self.seen.1.look(&self.bench.ours);
    }

    fn line(&mut self, line: &str) {
        let words = words(line);
        let expand = |side: &Side, seen: &Seen| {
            words.iter().map(|word| expanded(word, side, seen)).collect::<Vec<_>>()
        };
        let theirs = expand(&self.bench.theirs, &self.seen.0);
        let ours = expand(&self.bench.ours, &self.seen.1);
        let start = Instant::now();
        let (theirs, ours) = self.bench.both(&theirs, &ours);
        let took = start.elapsed().as_secs_f32();
        self.look();
        let theirs = comparable(line, &theirs, &self.bench.theirs, &self.seen.0.ids);
        let ours = comparable(line, &ours, &self.bench.ours, &self.seen.1.ids);
        let differences = differences((&theirs, &self.seen.0.state), (&ours, &self.seen.1.state));
        if self.seen.0.state != self.seen.1.state {
            // One difference must not hide the next.
            self.bench.synchronise();
            self.seen.1 = Seen::with_ids(&self.bench.ours, self.seen.0.ids.clone());
        }
        let Sequence { area, title, .. } = self.sequence;
        self.tally.take(Tried { area, title, line, theirs: &theirs, ours: &ours, took }, differences);
    }
}

/// The words of a line as a shell would pass them.
fn words(line: &str) -> Vec<String> {
    shlex::split(line).unwrap_or_else(|| panic!("a quote is not closed: {line}"))
}

/// A word with what stands for something of one side.
fn expanded(word: &str, side: &Side, seen: &Seen) -> String {
    let mut out = String::new();
    let mut rest = word;
    while let Some((before, after)) = rest.split_once('{') {
        out.push_str(before);
        let Some((what, after)) = after.split_once('}') else {
            out.push('{');
            rest = after;
            continue;
        };
        match value(what, side, seen) {
            Some(value) => out.push_str(&value),
            None => out.push_str(&format!("{{{what}}}")),
        }
        rest = after;
    }
    out + rest
}

fn value(what: &str, side: &Side, seen: &Seen) -> Option<String> {
    if let Ok(at) = what.parse::<usize>() {
        return Some(side.paths().nth(at).map_or_else(|| format!("/dev/loop99{at}"), str::to_owned));
    }
    if what == "dir" {
        return Some(side.dir().to_string_lossy().into_owned());
    }
    let (kind, name) = what.split_once(':')?;
    let id = match kind {
        "pv" => seen.pvs[name.parse::<usize>().ok()?].as_ref()?.label.pv_header.pv_id.to_string(),
        "vg" => seen.groups().iter().find(|vg| vg.name() == name)?.id().to_string(),
        "lv" => {
            let (vg, lv) = name.split_once('/')?;
            let vg = seen.groups().into_iter().find(|known| known.name() == vg)?;
            vg.logical_volume(lv)?.id().to_string()
        }
        _ => return None,
    };
    Some(id)
}

/// Values of a key that is a string, in order.
fn strings(text: &str, key: &str) -> Vec<String> {
    let lines = text.lines().filter_map(|line| line.trim().strip_prefix(key)?.strip_prefix(" = "));
    lines
        .map(|value| value.split_whitespace().next().unwrap_or_default().trim_matches('"').to_owned())
        .collect()
}

/// Brings a golden text onto lvm2's devices, and copies them: not everything that can be read can
/// be restored by both.
fn restore(bench: &mut Bench, name: &str) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("../tests/golden/text/{name}.vg"));
    let text = fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    let pvs = text.split("physical_volumes {").nth(1).unwrap_or_default();
    let pvs = pvs.split("logical_volumes {").next().unwrap_or_default();
    let ids = strings(pvs, "id");
    let sizes =
        strings(pvs, "dev_size").into_iter().map(|size| (size.parse::<u64>().unwrap() / 2048 + 1) * MIB);
    bench.reset(&sizes.collect::<Vec<_>>());
    let file = bench.theirs.dir().join("restored.vg");
    fs::write(&file, &text).unwrap();
    let file = file.to_string_lossy().into_owned();
    let group = text.lines().find_map(|line| line.strip_suffix(" {")).unwrap();
    let mut lines = Vec::new();
    for (at, id) in ids.iter().enumerate() {
        lines.push(format!("pvcreate -q --uuid {id} --restorefile {file} {}", bench.theirs.path(at)));
    }
    lines.push(format!("vgcfgrestore -y --force -f {file} {group}"));
    for line in lines {
        let said = bench.theirs.run(&words(&line));
        assert!(said.code == 0, "{line}: {said:?}");
    }
    bench.synchronise();
}
