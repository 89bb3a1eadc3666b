//! `pvscan --listvg` and `--listlvs`: what is on one device.

use lvmkit::core::PvId;
use lvmkit::core::store::FoundVg;
use lvmkit::report::display::listed;
use lvmkit::{DeviceSpec, system};

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
        let needed = vg.pvs_below(lv).into_iter().filter_map(place).collect::<Vec<_>>();
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
