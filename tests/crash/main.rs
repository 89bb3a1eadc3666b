//! No crash can lose a volume group.
//!
//! Every kind of change is made on disks in memory that record each write and flush. Then every
//! state that a crash can leave behind is rebuilt and read: each group must be exactly as it was
//! before or exactly as it is afterwards, no physical volume may be stranded, no byte of data may
//! have moved, the change must be possible again without being forced, and the next change must
//! heal everything.
//!
//! `LVMKIT_CRASH_FULL=1` looks at many more of the subsets and orders in which writes can land.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]
#![allow(clippy::print_stdout, reason = "the number of states is the result")]
#![allow(missing_docs, reason = "nothing here is an interface")]

mod check;
mod disk;
mod faults;
mod scenarios;
mod states;

use std::collections::HashSet;

use check::{Expected, Scenario, Verdict, go_on, open, read};
use disk::{Disks, Event, Image};
use faults::Faults;
use states::{Effort, for_each_state};

fn is_full() -> bool {
    std::env::var_os("LVMKIT_CRASH_FULL").is_some_and(|value| value != "0")
}

/// Counts, and the first few of what is wrong.
#[derive(Default)]
struct Tally {
    states: usize,
    old: usize,
    new: usize,
    went_on: usize,
    wrong: Vec<String>,
}

impl Tally {
    /// Checks every state that a crash during `log` can leave.
    fn check(&mut self, scenario: &Scenario, log: &[(usize, Event)], expected: &Expected, effort: Effort) {
        let mut seen = HashSet::new();
        for_each_state(&scenario.disks, log, effort, check::SEED, |cut, state| {
            self.states += 1;
            let verdict = read(expected, state).and_then(|verdict| {
                match verdict {
                    Verdict::Old => self.old += 1,
                    Verdict::New => self.new += 1,
                    Verdict::Either => {}
                }
                if is_full() || seen.insert(expected.visible(state)) {
                    self.went_on += 1;
                    go_on(scenario, expected, state, verdict)?;
                }
                Ok(())
            });
            if let Err(error) = verdict {
                self.wrong.push(format!("{}: cut {cut} of {}: {error}", scenario.name, log.len()));
            }
        });
    }

    fn finish(&self, what: &str) {
        let Self { states, old, new, went_on, wrong } = self;
        println!("crash: {what}: {old} old, {new} new; from {went_on} of them work went on");
        println!("crash: {states} states checked, {} wrong", wrong.len());
        show(wrong);
    }
}

/// Fails with the first few of what is wrong in each scenario.
fn show(wrong: &[String]) {
    let mut shown = std::collections::HashMap::<&str, usize>::new();
    for error in wrong {
        let count = shown.entry(error.split(':').next().unwrap()).or_default();
        *count += 1;
        if *count <= 2 {
            println!("  {error}");
        }
    }
    assert!(wrong.is_empty(), "{} wrong states", wrong.len());
}

/// The operation's events, and the disks after it.
fn record(scenario: &Scenario) -> (Vec<(usize, Event)>, Vec<Image>) {
    let disks = Disks::new(&scenario.disks);
    if let Err(error) = (scenario.operation)(&open(&disks, check::SEED)) {
        panic!("{}: {error:?}", scenario.name);
    }
    (disks.events(), disks.images())
}

/// The scenarios, or with `LVMKIT_CRASH_ONLY=text` those that have that text in their names.
fn chosen() -> Vec<Scenario> {
    let only = std::env::var("LVMKIT_CRASH_ONLY").unwrap_or_default();
    let mut scenarios = scenarios::all();
    scenarios.retain(|scenario| scenario.name.contains(&only));
    scenarios
}

#[test]
fn every_cut_leaves_old_or_new() {
    let effort = if is_full() { Effort::FULL } else { Effort::NORMAL };
    let mut tally = Tally::default();
    let scenarios = chosen();
    for scenario in &scenarios {
        let (log, after) = record(scenario);
        assert!(!log.is_empty(), "{} wrote nothing", scenario.name);
        let expected = Expected::new(&scenario.disks, &after);
        tally.check(scenario, &log, &expected, effort);
    }
    tally.finish(&format!("{} commits", scenarios.len()));
}

#[test]
fn failing_disks_are_told_truthfully() {
    let effort = if is_full() { Effort::NORMAL } else { Effort::SMALL };
    let mut faults = Faults::default();
    for scenario in &chosen() {
        let (log, after) = record(scenario);
        let expected = Expected::new(&scenario.disks, &after);
        faults.check(scenario, &log, &expected, effort);
    }
    let Faults { runs, states, said, wrong } = &faults;
    let [success, unchanged, reverted, committed, unknown] = said;
    println!(
        "crash: {runs} runs with a failing disk: {success} succeeded, {unchanged} said unchanged, \
         {reverted} reverted, {committed} committed, {unknown} unknown"
    );
    println!("crash: {states} states checked, {} wrong", wrong.len());
    show(wrong);
}
