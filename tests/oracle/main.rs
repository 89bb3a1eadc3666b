//! lvm2 as the oracle: random edits by it and by this library on twin devices.
//!
//! Each sequence is made from a number. It runs on two sets of loop devices of the same sizes,
//! step by step by both, and after every step
//! - both went through or both refused,
//! - both sides hold the same groups, placements included, apart from ids, times and paths.
//!
//! At the end `vgck`, `pvck` and every field of every report of lvm2 agree with what this library
//! reads, on both sides; and every text that lvm2 wrote is written back byte for byte.
//!
//! Where the two differ on purpose, `deviation` says so and `docs/compatibility.md` argues it.
//!
//! `LVMKIT_ORACLE_SEED=n` runs one sequence only, `LVMKIT_ORACLE_SEQUENCES=n` another number of
//! them.

#![allow(clippy::print_stdout, clippy::unwrap_used, unreachable_pub, reason = "a test fails by panicking")]

mod bench;
mod deviation;
mod expect;
mod generate;
mod step;
#[path = "../support/mod.rs"]
mod support;
mod together;
mod twins;

use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Instant, SystemTime};

use bench::Bench;
use twins::Figures;

/// Sequences of a run, besides the fresh one.
const SEQUENCES: u64 = 220;
/// Sequences that run at a time; an lvm2 command mostly waits.
const WORKERS: usize = 3;
/// Devices of each side.
const DEVICES: usize = 4;

/// A number from the environment.
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
    println!("oracle: fresh seed: {}", now | 1 << 40);
    Some(now | 1 << 40)
}

fn seeds() -> Vec<u64> {
    if let Some(seed) = setting("LVMKIT_ORACLE_SEED") {
        return vec![seed];
    }
    (0..setting("LVMKIT_ORACLE_SEQUENCES").unwrap_or(SEQUENCES)).chain(fresh_seed()).collect()
}

#[test]
fn the_same_edits_by_both_come_out_the_same() {
    let benches = (0..WORKERS).map(|_| Bench::new(DEVICES, false)).collect::<Result<Vec<_>, _>>();
    let Some(benches) = support::needed("oracle sequences", benches) else { return };
    println!("oracle: lvm2 {}", benches[0].lvm2.version());
    let start = Instant::now();
    let seeds = seeds();
    let next = AtomicU64::new(0);
    let total = Mutex::new(Figures::default());
    let failures = Mutex::new(Vec::new());
    std::thread::scope(|scope| {
        for mut bench in benches {
            let (seeds, next, total, failures) = (&seeds, &next, &total, &failures);
            scope.spawn(move || {
                while let Some(seed) =
                    usize::try_from(next.fetch_add(1, Ordering::Relaxed)).ok().and_then(|at| seeds.get(at))
                {
                    let (figures, result) = twins::sequence(&mut bench, *seed);
                    total.lock().unwrap().add(&figures);
                    if let Err(failure) = result {
                        failures.lock().unwrap().push(failure);
                    }
                }
            });
        }
    });
    println!("{} in {:.0} s", total.lock().unwrap(), start.elapsed().as_secs_f32());
    let failures = failures.into_inner().unwrap();
    assert!(failures.is_empty(), "{} sequences differ:\n{}", failures.len(), failures.join("\n\n"));
}

#[test]
fn a_group_passed_back_and_forth_stays_healthy() {
    let bench = Bench::new(5, true);
    let Some(mut bench) = support::needed("oracle, back and forth", bench) else { return };
    let seeds = setting("LVMKIT_ORACLE_SEED")
        .map_or_else(|| [1, 2].into_iter().chain(fresh_seed()).collect(), |seed| vec![seed]);
    for seed in seeds {
        let start = Instant::now();
        match together::back_and_forth(&mut bench, seed, 50) {
            Ok(text) => println!("{text} in {:.0} s", start.elapsed().as_secs_f32()),
            Err(failure) => panic!("{failure}"),
        }
    }
}
