//! lvm2 and `lvmkit` given the same command lines on twin devices.
//!
//! Each line runs through both programs, each on loop devices of its own that hold the same, and
//! after it
//! - the exit status is the same,
//! - standard output is the same, apart from ids, times, and paths of devices,
//! - the devices hold the same: labels, and every copy of the metadata text, apart from ids, times,
//!   host, the version of a group when one side wrote nothing, and the program's name,
//! - reports as JSON parse to equal values for every field that both have,
//! - a failed command begins its errors with the same line, when scripts know that line.
//!
//! Lines come from `corpus/*.txt` (`corpus.rs` says how they are written) and from a generator with
//! fixed seeds, and outside CI a fresh one. What differs on purpose is a rule in `known.rs`, argued
//! in `docs/compatibility.md`; any other difference fails, and so does a rule that is never needed.
//!
//! `LVMKIT_DIFFER=text` runs only the sequences whose title has that text, or one of several with `|`
//! between them, and prints more; `LVMKIT_DIFFER_SEED=n` runs one generated sequence only;
//! `LVMKIT_DIFFER_WORKERS=n` takes 12 loop devices for each of so many sequences at a time.

#![allow(clippy::print_stdout, clippy::unwrap_used, unreachable_pub, reason = "a test fails by panicking")]

mod bench;
mod compare;
mod corpus;
mod generate;
mod grammar;
mod known;
#[path = "../../../tests/support/loops.rs"]
#[allow(dead_code, reason = "other test programs use the rest of it")]
mod loops;
mod normal;
mod sequence;
mod state;
mod tally;

use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Instant, SystemTime};

use bench::Bench;
use sequence::Sequence;
use tally::Tally;

/// Sequences that run at a time; a command of lvm2 mostly waits.
const WORKERS: usize = 4;
/// Generated sequences of a run, besides the fresh one.
const SEEDS: u64 = 40;

fn setting(name: &str) -> Option<u64> {
    std::env::var(name).ok().and_then(|text| text.parse().ok())
}

/// A seed that no run had before, printed. `None` in CI, where the same commit must come out the
/// same every time.
fn fresh_seed() -> Option<u64> {
    if std::env::var_os("CI").is_some() {
        return None;
    }
    let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).map_or(0, |now| now.as_secs());
    println!("differential: fresh seed: {}", now | 1 << 40);
    Some(now | 1 << 40)
}

fn sequences() -> Vec<Sequence> {
    if let Some(seed) = setting("LVMKIT_DIFFER_SEED") {
        return vec![Sequence::generated(seed)];
    }
    let mut all = corpus::sequences();
    all.extend((0..SEEDS).map(Sequence::generated));
    if let Ok(wanted) = std::env::var("LVMKIT_DIFFER") {
        all.retain(|sequence| wanted.split('|').any(|wanted| sequence.title().contains(wanted)));
    } else {
        all.extend(fresh_seed().map(Sequence::generated));
    }
    all
}

#[test]
fn both_programs_do_the_same() {
    let workers = setting("LVMKIT_DIFFER_WORKERS").map_or(WORKERS, |count| usize::try_from(count).unwrap());
    let benches = (0..workers).map(Bench::new).collect::<Result<Vec<_>, _>>();
    let benches = match benches {
        Ok(benches) => benches,
        Err(why) => {
            assert!(std::env::var_os("CI").is_none(), "cannot run: {why}");
            println!("skipped: {why}");
            return;
        }
    };
    let start = Instant::now();
    let sequences = sequences();
    assert!(!sequences.is_empty(), "no sequence has that title");
    let next = AtomicUsize::new(0);
    let total = Mutex::new(Tally::default());
    std::thread::scope(|scope| {
        for mut bench in benches {
            let (sequences, next, total) = (&sequences, &next, &total);
            scope.spawn(move || {
                while let Some(sequence) = sequences.get(next.fetch_add(1, Ordering::Relaxed)) {
                    let tally = sequence.run(&mut bench);
                    total.lock().unwrap().add(tally);
                }
            });
        }
    });
    let total = total.into_inner().unwrap();
    let complete = std::env::var_os("LVMKIT_DIFFER").is_none() && setting("LVMKIT_DIFFER_SEED").is_none();
    total.print();
    println!("differential: {} sequences in {:.0} s", sequences.len(), start.elapsed().as_secs_f32());
    total.check(complete);
}
