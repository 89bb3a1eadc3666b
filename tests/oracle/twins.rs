//! One sequence of edits by both sides on twin devices.

use std::collections::BTreeMap;
use std::fmt;

use crate::bench::{Bench, Seen, Side, difference, texts_export_alike};
use crate::deviation::{self, Deviation};
use crate::expect::{Expected, compare};
use crate::generate::{Dice, disk_sizes};
use crate::step::{Step, outcome};

/// Edits of one sequence, at least and at most.
const STEPS: (usize, usize) = (6, 12);

/// What was done and compared.
#[derive(Debug, Default)]
pub struct Figures {
    pub sequences: usize,
    pub steps: usize,
    pub refused: usize,
    pub fields: usize,
    pub texts: usize,
    pub deviations: BTreeMap<Deviation, usize>,
}

impl Figures {
    pub fn add(&mut self, other: &Self) {
        self.sequences += other.sequences;
        self.steps += other.steps;
        self.refused += other.refused;
        self.fields += other.fields;
        self.texts += other.texts;
        for (deviation, count) in &other.deviations {
            *self.deviations.entry(*deviation).or_default() += count;
        }
    }
}

impl fmt::Display for Figures {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "oracle: {} sequences by both, {} edits, {} of them refused by both, {} report fields equal, {} texts of lvm2 \
             written back, deviations {:?}",
            self.sequences, self.steps, self.refused, self.fields, self.texts, self.deviations
        )
    }
}

/// Runs the sequence of a seed. The error says seed, steps and what differs.
pub fn sequence(bench: &mut Bench, seed: u64) -> (Figures, Result<(), String>) {
    let mut figures = Figures::default();
    let mut log = Vec::new();
    let result = run(bench, seed, &mut figures, &mut log);
    figures.sequences += usize::from(result.is_ok());
    let result = result.map_err(|why| format!("seed {seed}:\n  {}\n{why}", log.join("\n  ")));
    (figures, result)
}

fn run(bench: &mut Bench, seed: u64, figures: &mut Figures, log: &mut Vec<String>) -> Result<(), String> {
    let mut dice = Dice::new(seed);
    let sizes = disk_sizes(&mut dice, bench.ours.sizes().len());
    log.push(format!("disks {sizes:?}"));
    bench.theirs.reset(&sizes);
    bench.ours.reset(&sizes);
    let mut run = Run { bench, figures, log, random_areas: false };
    let mut seen = run.look();
    let count = STEPS.0 + dice.below(STEPS.1 - STEPS.0 + 1);
    for _ in 0..count {
        let step = dice.step(&seen.1.view);
        run.figures.steps += 1;
        seen = run.both(&step, seen)?;
    }
    check_reports(run.bench, &seen, run.figures)
}

/// A sequence under way.
struct Run<'a> {
    bench: &'a Bench,
    figures: &'a mut Figures,
    log: &'a mut Vec<String>,
    /// lvm2 chose metadata areas at random.
    random_areas: bool,
}

impl Run<'_> {
    fn look(&self) -> (Seen, Seen) {
        let Bench { theirs, ours, .. } = self.bench;
        let look = |side| Seen::new(&self.bench.lvm(side), side, self.random_areas);
        (look(theirs), look(ours))
    }

    /// One edit by both, and what came of it.
    fn both(&mut self, step: &Step, before: (Seen, Seen)) -> Result<(Seen, Seen), String> {
        self.log.push(step.to_string());
        let (their_paths, our_paths) = (self.bench.theirs.paths(), self.bench.ours.names());
        let theirs = self.bench.lvm2.run(&their_paths, &step.command(&their_paths));
        let ours = step.apply(&self.bench.lvm(&self.bench.ours), &our_paths);
        let said = format!("{} {}", theirs.code, theirs.err.lines().last().unwrap_or_default());
        self.log.push(format!("    lvm2: {said} | lvmkit: {}", outcome(&ours)));
        if theirs.ok() != ours.is_ok() {
            let why = deviation::explain(step, &theirs, &ours);
            let why =
                why.ok_or_else(|| format!("outcomes differ\n  lvm2 said:\n{}\n{}", theirs.err, theirs.out))?;
            self.deviates(why);
        } else if !theirs.ok() {
            self.figures.refused += 1;
        }
        self.random_areas |= step.chooses_areas();
        let mut after = self.look();
        if !theirs.ok() && ours.is_err() {
            after = self.tidy_up(after)?;
        }
        for (seen, whose) in [(&after.0, "lvm2"), (&after.1, "lvmkit")] {
            let problems = seen.problems();
            if !problems.is_empty() {
                return Err(format!("problems on the side of {whose}: {}", problems.join("; ")));
            }
        }
        compare_states(&after)?;
        compare_versions(step, &before, &after)?;
        Ok(after)
    }

    fn deviates(&mut self, why: Deviation) {
        *self.figures.deviations.entry(why).or_default() += 1;
    }

    /// lvm2 leaves physical volumes behind that it made for a group or an extension which it then
    /// refused; here nothing is written. The twins are made alike again.
    fn tidy_up(&mut self, seen: (Seen, Seen)) -> Result<(Seen, Seen), String> {
        let left = seen.0.view.orphans.iter().filter(|at| seen.1.view.blanks.contains(at)).copied();
        let left = left.collect::<Vec<_>>();
        if left.is_empty() {
            return Ok(seen);
        }
        let paths = self.bench.theirs.paths();
        let mut words = vec!["pvremove"];
        words.extend(left.iter().map(|at| paths[*at]));
        let said = self.bench.lvm2.run(&paths, &words);
        if !said.ok() {
            return Err(format!("{words:?}: {said:?}"));
        }
        self.deviates(Deviation::LeftBehind);
        Ok(self.look())
    }
}

fn compare_states((theirs, ours): &(Seen, Seen)) -> Result<(), String> {
    let (theirs, ours) = (&theirs.state, &ours.state);
    for name in theirs.groups.keys().chain(ours.groups.keys()) {
        match (theirs.groups.get(name), ours.groups.get(name)) {
            (Some(theirs), Some(ours)) if theirs == ours => {}
            (Some(theirs), Some(ours)) => {
                return Err(format!("group {name} differs\n{}", difference(theirs, ours)));
            }
            (theirs, _) => {
                return Err(format!(
                    "only {} has group {name}",
                    if theirs.is_some() { "lvm2" } else { "lvmkit" }
                ));
            }
        }
    }
    for (at, (theirs, ours)) in theirs.disks.iter().zip(&ours.disks).enumerate() {
        if theirs != ours {
            return Err(format!("device d{at} differs\n  lvm2   {theirs}\n  lvmkit {ours}"));
        }
    }
    Ok(())
}

/// For each group by how much its version rose; a group keeps its id when it is renamed.
fn rise(before: &Seen, after: &Seen) -> Vec<(String, u32)> {
    let old = |id| before.view.groups.iter().find(|(vg, _)| vg.id() == id).map_or(0, |(vg, _)| vg.seqno());
    let rise = after.view.groups.iter().map(|(vg, _)| (vg.name().to_owned(), vg.seqno() - old(vg.id())));
    rise.collect()
}

/// lvm2 writes a new version for an edit that changes nothing; here that writes nothing. Apart
/// from that the versions rise alike.
fn compare_versions(step: &Step, before: &(Seen, Seen), after: &(Seen, Seen)) -> Result<(), String> {
    let (theirs, ours) = (rise(&before.0, &after.0), rise(&before.1, &after.1));
    for ((name, theirs), (_, ours)) in theirs.iter().zip(&ours) {
        // The states are equal: what changed nothing here changed nothing there. A group that was
        // split off begins with version 2 there, since it is written twice, and with 1 here.
        let split = matches!(step, Step::VgSplit { new, .. } if new == name);
        if theirs != ours && (*ours, *theirs) != (0, 1) && !(split && (*ours, *theirs) == (1, 2)) {
            return Err(format!("version of {name}: lvm2 raised it by {theirs}, lvmkit by {ours}"));
        }
    }
    Ok(())
}

/// lvm2 finds both sides in order, and reports what this library reads.
fn check_reports(bench: &Bench, last: &(Seen, Seen), figures: &mut Figures) -> Result<(), String> {
    figures.texts +=
        texts_export_alike(&last.0).map_err(|why| format!("a text of lvm2 comes out otherwise: {why}"))?;
    for (side, seen, whose) in [(&bench.theirs, &last.0, "lvm2"), (&bench.ours, &last.1, "lvmkit")] {
        figures.fields += healthy(bench, side, seen).map_err(|why| format!("what {whose} wrote: {why}"))?;
    }
    Ok(())
}

/// `vgck` and `pvck` have nothing to say about a side, and every report shows what this library
/// reads. Returns how many fields were compared.
///
/// # Errors
/// What lvm2 has to say, or the fields that differ.
pub fn healthy(bench: &Bench, side: &Side, seen: &Seen) -> Result<usize, String> {
    let paths = side.paths();
    let pvs = seen.view.orphans.iter().chain(seen.view.groups.iter().flat_map(|(_, members)| members));
    // pvck 2.03.16 looks for the label in sector 1 only.
    let pvs = pvs.filter(|at| seen.state.disks[**at].starts_with("sector 1"));
    let pvs = pvs.map(|at| paths[*at]).collect::<Vec<_>>();
    let mut commands = Vec::new();
    if !seen.view.groups.is_empty() {
        commands.push(vec!["vgck"]);
    }
    if !pvs.is_empty() {
        // With a single device named, pvck 2.03.16 does not look at --devices at all.
        commands.push([&["pvck"], &pvs[..], &pvs[..1]].concat());
    }
    // A command of lvm2 mostly waits for the kernel, so they run at one time.
    let (reported, checked) = std::thread::scope(|scope| {
        let report = scope.spawn(|| bench.lvm2.full_report(&paths));
        let checks = commands.iter().map(|command| scope.spawn(|| bench.lvm2.run(&paths, command)));
        let checks = checks.collect::<Vec<_>>();
        let checked = checks.into_iter().map(|check| check.join().unwrap()).collect::<Vec<_>>();
        (report.join().unwrap(), checked)
    });
    for (command, said) in commands.iter().zip(checked) {
        if !said.ok() || !said.complaints().is_empty() {
            return Err(format!("{}: {said:?}", command.join(" ")));
        }
    }
    compare(&Expected::of(&seen.scan, &|name| side.path_of(name)), &reported?)
}
