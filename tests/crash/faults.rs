//! A disk fails while the change is made, and the process goes on: what it says it left on the
//! disks must be so, now and after a crash.

use std::collections::HashSet;

use lvmkit::{Effect, ErrorKind};

use super::check::{Expected, SEED, Scenario, Verdict, go_on, read};
use super::disk::{Disks, Event, Fault, Lands};
use super::states::{Effort, for_each_final_state};

/// Every fault that can strike one disk during a run with this log.
fn faults(log: &[(usize, Event)], disk: usize) -> Vec<Fault> {
    let count =
        |wanted: fn(&Event) -> bool| log.iter().filter(|(on, event)| *on == disk && wanted(event)).count();
    let writes = count(|event| matches!(event, Event::Write(..)));
    let flushes = count(|event| matches!(event, Event::Flush));
    let mut faults = Vec::new();
    for number in 0..writes {
        let lands = [Lands::Nothing, Lands::FirstSector, Lands::All];
        faults.extend(lands.map(|lands| Fault::Write(number, lands)));
        faults.push(Fault::DeadFromWrite(number));
    }
    for number in 0..flushes {
        faults.extend([Fault::Flush(number), Fault::DeadFromFlush(number)]);
    }
    faults
}

/// What faults came to.
#[derive(Default)]
pub(crate) struct Faults {
    pub(crate) runs: usize,
    pub(crate) states: usize,
    /// Runs by what they said: success, unchanged, reverted, committed, unknown.
    pub(crate) said: [usize; 5],
    pub(crate) wrong: Vec<String>,
}

impl Faults {
    /// Makes the change once for every fault of every disk.
    pub(crate) fn check(
        &mut self,
        scenario: &Scenario,
        log: &[(usize, Event)],
        expected: &Expected,
        effort: Effort,
    ) {
        let mut seen = HashSet::new();
        for disk in 0..scenario.disks.len() {
            for fault in faults(log, disk) {
                let place = format!("{}: {fault:?} on d{disk}", scenario.name);
                let disks = Disks::with_fault(&scenario.disks, Some((disk, fault)));
                let outcome = scenario.run(&disks);
                self.runs += 1;
                let effect = match &outcome {
                    Ok(()) => None,
                    Err(error) => {
                        if *error.kind() != ErrorKind::Io {
                            self.wrong.push(format!("{place}: {error:?}"));
                        }
                        Some(error.effect())
                    }
                };
                self.said[effect.map_or(0, |effect| 1 + effect as usize)] += 1;
                let mut check = |images: &[_], when: &str| {
                    self.states += 1;
                    let result = read(expected, images).and_then(|verdict| {
                        truthful(effect, verdict)?;
                        if seen.insert(expected.visible(images)) {
                            go_on(scenario, expected, images, verdict)?;
                        }
                        Ok(())
                    });
                    if let Err(error) = result {
                        self.wrong.push(format!("{place}, {when}: {error}"));
                    }
                };
                check(&disks.images(), "afterwards");
                for_each_final_state(&scenario.disks, &disks.events(), effort, SEED, |images| {
                    check(images, "after a crash");
                });
            }
        }
    }
}

/// Whether what an operation said of the disks is what they say.
fn truthful(effect: Option<Effect>, verdict: Verdict) -> Result<(), String> {
    let truthful = match effect {
        Some(Effect::Unchanged | Effect::Reverted) => verdict != Verdict::New,
        None | Some(Effect::Committed) => verdict != Verdict::Old,
        Some(Effect::Unknown) => true,
    };
    if truthful {
        return Ok(());
    }
    let said = effect.map_or("success", Effect::name);
    Err(format!("it said {said}, the disks say {verdict:?}"))
}
