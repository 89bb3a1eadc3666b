//! `pvscan --listvg` and `--listlvs`: what is on one device.

use std::collections::HashSet;

use lvmkit::core::PvId;
use lvmkit::core::metadata::{AreaSource, Segment};
use lvmkit::core::store::FoundVg;
use lvmkit::report::display::listed;
use lvmkit::{DeviceSpec, LogicalVolume, VolumeGroup, system};

use super::event;
use crate::activation;
use crate::args::option as o;
use crate::command::order;
use crate::session::{Failure, Outcome, Session};

/// `--listvg` and `--listlvs` without `--cache`: what is on the one device that is named.
pub(super) fn contents(session: &mut Session<'_>) -> Outcome {
    let wanted = if session.args.has(&o::LISTLVS) { &o::LISTLVS } else { &o::LISTVG };
    let words = session.args.words.clone();
    let [word] = words.as_slice() else {
        return Err(match words.get(1) {
            Some(second) => Failure::usage(format!("Command does not accept argument: {second}.")),
            None => activation::not_accepted(&format!("--{}", wanted.long)),
        });
    };
    let device = DeviceSpec::from(word);
    if !device.path().exists() {
        session.out.err(&format!("  No device set up for arg {device}"));
        return Ok(());
    }
    let scan = session.open([&device])?.scan()?;
    let is_it = |name: &str| name == word || system::is_same_file(name.as_ref(), word.as_ref());
    for found in order::groups(&scan) {
        let at = found.pvs.iter().position(|pv| pv.as_ref().is_some_and(|pv| is_it(pv.device.name())));
        match at {
            None => {}
            Some(_) if found.vg.is_exported() => event(session, &format!("PV {word} ignore exported VG.")),
            Some(at) => {
                session.out.say(format!("VG {}", found.vg.name()));
                if session.args.has(&o::LISTLVS) {
                    say_volumes(session, found, &[at]);
                }
            }
        }
    }
    for orphan in scan.orphans.iter().filter(|orphan| is_it(orphan.pv.device.name())) {
        event(session, &format!("PV {} not used.", orphan.pv.device.name()));
    }
    if scan.others.iter().any(|name| is_it(name)) {
        event(session, &format!("{word} not an lvm device."));
    }
    Ok(())
}

/// The volumes that lie on those physical volumes, and whether all that they need is there.
pub(super) fn say_volumes(session: &mut Session<'_>, found: &FoundVg, pvs: &[usize]) {
    let vg = &found.vg;
    let place = |pv: PvId| vg.physical_volumes().iter().position(|known| known.id() == pv);
    let there = |at: usize| found.pvs.get(at).is_some_and(Option::is_some);
    for (_, lv) in listed(vg).into_iter().filter(|(_, lv)| lv.is_visible()) {
        let needed = below(vg, lv).into_iter().filter_map(place).collect::<Vec<_>>();
        if !needed.iter().any(|at| pvs.contains(at)) {
            continue;
        }
        let state = match needed.iter().all(|at| there(*at)) {
            _ if !session.args.has(&o::CHECKCOMPLETE) => "",
            true => " complete",
            false => " incomplete",
        };
        session.out.say(format!("LV {}/{}{state}", vg.name(), lv.name()));
    }
}

/// The physical volumes that a volume lies on, through whatever is below it.
fn below(vg: &VolumeGroup, lv: &LogicalVolume) -> HashSet<PvId> {
    let (mut found, mut seen, mut todo) = (HashSet::new(), HashSet::from([lv.id()]), vec![lv]);
    while let Some(lv) = todo.pop() {
        for kind in lv.segments().iter().map(Segment::kind) {
            found.extend(kind.areas().iter().filter_map(|area| match area.source {
                AreaSource::Pv(pv) => Some(pv),
                AreaSource::Lv(_) => None,
            }));
            kind.for_each_lv(|lv| {
                todo.extend(vg.logical_volume_by_id(lv).filter(|_| seen.insert(lv)));
            });
        }
    }
    found
}
