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
mod oracle;
mod scenarios;
mod states;
#[path = "../support/mod.rs"]
mod support;

use std::collections::HashSet;
use std::sync::Arc;

use check::{Expected, Repeat, Scenario, Verdict, go_on, open, read};
use disk::{Disks, Event, Fault, Image};
use faults::Faults;
use lvmkit::{Effect, ErrorKind, Lvm};
use oracle::Oracle;
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
    /// Of these, states in which the change that goes on was cut short again.
    second: usize,
    wrong: Vec<String>,
}

impl Tally {
    /// Checks every state that a crash during `log` can leave.
    fn check(&mut self, scenario: &Scenario, log: &[(usize, Event)], expected: &Expected, effort: Effort) {
        let mut seen = HashSet::new();
        let mut cut_again = Vec::new();
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
                    if self.went_on.is_multiple_of(if is_full() { 8 } else { 96 }) {
                        cut_again.push(after_crash(scenario, state, cut, verdict));
                    }
                }
                Ok(())
            });
            if let Err(error) = verdict {
                self.wrong.push(format!("{}: cut {cut} of {}: {error}", scenario.name, log.len()));
            }
        });
        for scenario in cut_again.into_iter().flatten() {
            self.cut_again(&scenario);
        }
    }

    /// A crash while what a crash left is mended.
    fn cut_again(&mut self, scenario: &Scenario) {
        let (log, after) = record(scenario);
        let expected = Expected::new(&scenario.disks, &after);
        let mut seen = HashSet::new();
        for_each_state(&scenario.disks, &log, Effort::SMALL, check::SEED, |cut, state| {
            self.states += 1;
            self.second += 1;
            let result = read(&expected, state).and_then(|verdict| {
                if seen.insert(expected.visible(state)) {
                    go_on(scenario, &expected, state, verdict)?;
                }
                Ok(())
            });
            if let Err(error) = result {
                self.wrong.push(format!("{}: second cut {cut} of {}: {error}", scenario.name, log.len()));
            }
        });
    }

    fn finish(&self, what: &str) {
        let Self { states, old, new, went_on, second, wrong } = self;
        println!(
            "crash: {what}: {old} old, {new} new, {second} after a second crash; \
             from {went_on} of them work went on"
        );
        println!("crash: {states} states checked, {} wrong", wrong.len());
        show(wrong);
    }
}

/// What is done next after a crash: the same again, or another change of a group.
fn after_crash(scenario: &Scenario, state: &[Image], cut: usize, verdict: Verdict) -> Option<Scenario> {
    let name = format!("after cut {cut} of {}", scenario.name);
    let disks = state.to_vec();
    if verdict == Verdict::Old && scenario.repeat != Repeat::Never {
        return Some(Scenario { name, disks, ..scenario.clone() });
    }
    let groups = check::scan(state).groups;
    let mut behind = groups.iter().filter(|found| !found.problems.is_empty());
    let group = behind.next().or(groups.first())?.vg.name().to_owned();
    if behind.next().is_some() {
        // One change mends one group; that each of them is mended is seen without a second crash.
        return None;
    }
    let operation =
        Arc::new(move |lvm: &Lvm| lvm.update(&group, |tx| check::change(tx, "goes-on")).map(|_| ()));
    Some(Scenario { name, disks, operation, repeat: Repeat::OnOld, discards: false })
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
    if let Err(error) = scenario.run(&disks) {
        panic!("{}: {error:?}", scenario.name);
    }
    let events = disks.events();
    let discarded = events.iter().any(|(_, event)| matches!(event, Event::Discard(_)));
    assert!(scenario.discards || !discarded, "{} discarded what it was not to", scenario.name);
    (events, disks.images())
}

/// The scenarios, or with `LVMKIT_CRASH_ONLY=text` those that have that text in their names.
fn chosen() -> Vec<Scenario> {
    let only = std::env::var("LVMKIT_CRASH_ONLY").unwrap_or_default();
    let mut scenarios = scenarios::all(is_full());
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
    let scenarios = chosen();
    let step = if is_full() { 1 } else { 5 };
    for scenario in scenarios.iter().step_by(step) {
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

#[test]
fn what_could_lose_the_only_copy_is_refused() {
    let disks = Disks::new(&scenarios::only_copy_in_the_way());
    let error = open(&disks, check::SEED).update("vg", |tx| tx.resize_pv_on("d0", None)).unwrap_err();
    assert_eq!((error.kind(), error.effect()), (&ErrorKind::Unsupported, Effect::Unchanged), "{error:?}");
    assert!(disks.events().is_empty());

    let disks = Disks::new(&scenarios::area_out_of_use());
    let tx = open(&disks, check::SEED).begin("vg").unwrap();
    let moved = [tx.pv_on("d1").unwrap()];
    let error = tx.split_vg("other", &moved, &mut lvmkit::Silent).unwrap_err();
    assert_eq!((error.kind(), error.effect()), (&ErrorKind::InvalidInput, Effect::Unchanged), "{error:?}");
    assert!(disks.events().is_empty());
}

/// All that a change sets free is discarded and nothing else, after everything that is written.
#[test]
fn what_becomes_free_is_discarded() {
    let discarding = scenarios::all(true).into_iter().filter(|scenario| scenario.discards);
    let mut count = 0;
    for scenario in discarding {
        let (log, after) = record(&scenario);
        let expected = Expected::new(&scenario.disks, &after);
        assert_eq!(expected.freed(), disks_discarded(&after), "{}", scenario.name);
        let last_write = log.iter().rposition(|(_, event)| !matches!(event, Event::Discard(_)));
        let first = log.iter().position(|(_, event)| matches!(event, Event::Discard(_)));
        assert!(first.is_some() && first > last_write, "{}: {log:?}", scenario.name);
        count += 1;
    }
    assert!(count > 0);
}

/// Which sectors of each disk were discarded.
fn disks_discarded(images: &[Image]) -> Vec<std::collections::BTreeSet<u64>> {
    images.iter().map(|image| image.discarded().flatten().collect()).collect()
}

/// What a change that was cut short left is finished by the next one, before it is a change itself.
#[test]
fn finishing_changes_nothing_that_is_seen() {
    let scenarios = scenarios::all(false);
    for name in [
        "vgmerge, whole, areas [1, 1]",
        "vgimportclone, areas [1, 1]",
        "pvchange --uuid d0, one PV, two areas",
    ] {
        let scenario = scenarios.iter().find(|one| one.name.starts_with(name));
        let scenario = scenario.unwrap_or_else(|| panic!("no {name}"));
        let (log, _) = record(scenario);
        let (mut seen, mut failed) = (HashSet::new(), 0);
        for_each_state(&scenario.disks, &log, Effort::SMALL, check::SEED, |_, state| {
            let scan = check::scan(state);
            if scan.unfinished.is_empty() || !seen.insert(disk::fingerprint(state)) {
                return;
            }
            let group = scan.groups[0].vg.name();
            for disk in 0..state.len() {
                for fault in [Fault::DeadFromWrite(0), Fault::DeadFromWrite(1), Fault::DeadFromFlush(0)] {
                    let disks = Disks::with_fault(state, Some((disk, fault)));
                    let Err(error) = open(&disks, check::SEED).begin(group) else { continue };
                    assert_eq!(
                        (error.kind(), error.effect()),
                        (&ErrorKind::Io, Effect::Unchanged),
                        "{error:?}"
                    );
                    failed += 1;
                }
            }
        });
        assert!(failed > 0, "{name}");
    }
}

/// The fraction of the changes that are shown to lvm2, which takes its time.
const ORACLE_NAMES: [&str; 12] = [
    "lvcreate linear, one PV",
    "lvcreate linear, two PVs",
    "lvremove, two PVs",
    "vgrename, two PVs",
    "vgcreate, two PVs",
    "vgextend by a disk with 1 areas, two PVs",
    "vgreduce, two PVs",
    "vgremove, two PVs",
    "vgmetadatacopies 1 of 2, two PVs",
    "pvresize to less, one PV, two areas",
    "commit 2 in small areas, 1 a PV",
    "the only copy leaves, others come into use",
];

#[test]
fn lvm2_reads_what_a_crash_leaves() {
    let scenarios = scenarios::all(true);
    let scenarios = ORACLE_NAMES.map(|name| {
        scenarios.iter().find(|scenario| scenario.name == name).unwrap_or_else(|| panic!("no {name}"))
    });
    let disks = scenarios.iter().map(|scenario| scenario.disks.len()).max().unwrap();
    let Some(mut oracle) =
        support::needed("crash images shown to lvm2", Oracle::new(disks, scenarios[0].disks[0].size()))
    else {
        return;
    };
    let (mut shown, mut wrong) = (0, Vec::new());
    for scenario in scenarios {
        let (log, after) = record(scenario);
        let expected = Expected::new(&scenario.disks, &after);
        let mut seen = HashSet::new();
        for_each_state(&scenario.disks, &log, Effort::SMALL, check::SEED, |cut, state| {
            if seen.insert(expected.visible(state)) && (is_full() || seen.len() % 2 == 1) {
                shown += 1;
                if let Err(error) = oracle.check(scenario, &expected, state) {
                    wrong.push(format!("{}: cut {cut} of {}: {error}", scenario.name, log.len()));
                }
            }
        });
    }
    println!("crash: {shown} states shown to lvm2, {} wrong", wrong.len());
    show(&wrong);
}
