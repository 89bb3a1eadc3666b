//! What a scan found wrong with a group, in LVM2's words where it has some.

use lvmkit::core::store::{AreaCopy, FoundVg, Problem};

/// The lines, each as it is printed.
pub(super) fn lines(found: &FoundVg) -> Vec<String> {
    let name = found.vg.name();
    let mut lines = behind(found);
    for pv in found.vg.physical_volumes().iter().filter(|pv| is_back(found, pv)) {
        let device = pv.device();
        lines.push(format!("WARNING: VG {name} was previously updated while PV {device} was missing."));
    }
    let missing = found.problems.iter().filter_map(|problem| match problem {
        Problem::MissingPv { pv, hint } => Some((*pv, hint)),
        _ => None,
    });
    let missing = missing.collect::<Vec<_>>();
    lines.extend(missing.iter().map(|(pv, _)| format!("WARNING: Couldn't find device with uuid {pv}.")));
    for pv in found.vg.physical_volumes() {
        let (id, device) = (pv.id(), pv.device());
        if is_back(found, pv) {
            lines.push(match pv.is_missing() {
                true => format!("WARNING: VG {name} was missing PV {device} {id}."),
                false => format!("WARNING: VG {name} has unused reappeared PV {device} {id}."),
            });
        } else if let Some((_, hint)) = missing.iter().find(|(missing, _)| *missing == id) {
            lines.push(format!("WARNING: VG {name} is missing PV {id} (last written to {hint})."));
        }
    }
    for problem in &found.problems {
        match problem {
            Problem::MissingPv { .. } | Problem::Copy { copy: AreaCopy::Stale { .. }, .. } => {}
            Problem::Outdated { device, seqno } => {
                let now = found.vg.seqno();
                lines.push(format!(
                    "WARNING: outdated PV {device} seqno {seqno} has been removed in current VG {name} seqno {now}."
                ));
                lines.push("See vgck --updatemetadata to clear outdated metadata.".to_owned());
            }
            problem => lines.push(format!("WARNING: VG {name}: {problem}")),
        }
    }
    lines
}

/// True when it was missing when the metadata was written, and is there.
fn is_back(found: &FoundVg, pv: &lvmkit::PhysicalVolume) -> bool {
    found.was_missing(pv.id()) && found.found_pvs().any(|found| found.id() == pv.id())
}

/// Copies of an older version.
fn behind(found: &FoundVg) -> Vec<String> {
    let (name, now) = (found.vg.name(), found.vg.seqno());
    let holds = |copies: &[AreaCopy]| copies.iter().any(|copy| matches!(copy, AreaCopy::Current));
    let current = found.pvs.iter().zip(&found.copies).filter(|(_, copies)| holds(copies));
    let current = current.filter_map(|(pv, _)| pv.as_ref()).next();
    let current = current.map_or("[unknown]", |pv| pv.device.name());
    let old = found.problems.iter().filter_map(|problem| match problem {
        Problem::Copy { device, copy: AreaCopy::Stale { seqno }, .. }
        | Problem::Outdated { device, seqno } => Some((device, seqno)),
        _ => None,
    });
    let mut lines = Vec::new();
    for (device, seqno) in old {
        lines.push(format!(
            "WARNING: ignoring metadata seqno {seqno} on {device} for seqno {now} on {current} for VG {name}."
        ));
    }
    if !lines.is_empty() {
        lines.push(format!("WARNING: Inconsistent metadata found for VG {name}."));
        lines.push("See vgck --updatemetadata to correct inconsistency.".to_owned());
    }
    lines
}
