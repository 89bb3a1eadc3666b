//! One group on one set of devices, edited by lvm2 and by this library in turn.

use crate::bench::{Bench, Seen};
use crate::generate::{Dice, disk_sizes};
use crate::step::{Step, outcome};
use crate::twins::healthy;

/// Passes a group back and forth until each side made `edits` edits that went through. Returns
/// what was done.
pub fn back_and_forth(bench: &mut Bench, seed: u64, edits: usize) -> Result<String, String> {
    let mut dice = Dice::new(seed);
    let sizes = disk_sizes(&mut dice, bench.ours.sizes().len());
    bench.ours.reset(&sizes);
    let mut log = vec![format!("seed {seed}, disks {sizes:?}")];
    let mut done = [0, 0];
    let mut refused = [0, 0];
    let mut fields = 0;
    let mut seen = look(bench);
    while done.iter().any(|done| *done < edits) {
        let turn = usize::from(done[0] > done[1]);
        let step = dice.step(&seen.view);
        let ends_the_group = matches!(step, Step::VgRemove { .. });
        if ends_the_group && seen.view.groups.len() == 1 {
            continue;
        }
        let paths = bench.ours.paths();
        let went = if turn == 0 {
            let said = bench.lvm2.run(&paths, &step.command(&paths));
            log.push(format!("lvm2   {step}: {} {}", said.code, said.err.lines().last().unwrap_or_default()));
            said.ok()
        } else {
            let result = step.apply(&bench.lvm(&bench.ours), &paths);
            log.push(format!("lvmkit {step}: {}", outcome(&result)));
            result.is_ok()
        };
        (if went { &mut done } else { &mut refused })[turn] += 1;
        let failed = |why: String| format!("{}\n{why}", log.join("\n"));
        let before = std::mem::replace(&mut seen, look(bench));
        if !went {
            if seen.state != before.state && turn == 1 {
                return Err(failed("a refused edit changed something".to_owned()));
            }
            continue;
        }
        let problems = seen.problems();
        if !problems.is_empty() {
            return Err(failed(problems.join("; ")));
        }
        fields += healthy(bench, &bench.ours, &seen).map_err(failed)?;
    }
    let seqno = seen.view.groups.iter().map(|(vg, _)| vg.seqno()).max().unwrap_or(0);
    Ok(format!(
        "oracle: seed {seed}: {} edits by lvm2 and {} by lvmkit in turn ({} and {} refused), seqno {seqno}, {fields} report \
         fields equal",
        done[0], done[1], refused[0], refused[1]
    ))
}

fn look(bench: &Bench) -> Seen {
    Seen::new(&bench.lvm(&bench.ours), &bench.ours, true)
}
