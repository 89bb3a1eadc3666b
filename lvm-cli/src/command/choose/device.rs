//! The devices that the arguments of a command choose.

use std::collections::HashSet;

use lvmkit::core::name::check_tag;
use lvmkit::core::store::Scan;
use lvmkit::{DeviceSpec, Lvm, VolumeGroup, system};

use crate::args::option as o;
use crate::command::select;
use crate::pv;
use crate::session::{Failure, Outcome, Session};

/// Arguments that are devices or tags of physical volumes of any group.
///
/// # Errors
/// What a scan fails with; for tags that can be none.
pub(crate) fn named(session: &Session<'_>, lvm: &Lvm) -> Outcome<Vec<DeviceSpec>> {
    let words = &session.args.words;
    check_tags(words)?;
    let vgs = match words.iter().any(|word| word.starts_with('@')) {
        true => session.volume_groups(lvm)?,
        false => Vec::new(),
    };
    Ok(among(words, &vgs))
}

/// The same of these groups. Tags become the devices of those that have them; what is named twice
/// counts once.
pub(crate) fn among(words: &[String], vgs: &[VolumeGroup]) -> Vec<DeviceSpec> {
    let mut devices: Vec<DeviceSpec> = Vec::new();
    for word in words {
        let Some(tag) = word.strip_prefix('@') else {
            devices.push(word.into());
            continue;
        };
        let pvs = vgs.iter().flat_map(|vg| vg.physical_volumes());
        let tagged = pvs.filter(|pv| !pv.is_missing() && has_tag(pv.tags(), tag));
        devices.extend(tagged.map(|pv| DeviceSpec::from(pv.device())));
    }
    let mut seen = HashSet::new();
    devices.retain(|device| seen.insert(device.to_string()));
    devices
}

/// The devices that `--select` selects, of those that are named or else of all.
pub(crate) fn selected(
    session: &mut Session<'_>,
    lvm: &Lvm,
    named: Vec<DeviceSpec>,
) -> Outcome<Vec<DeviceSpec>> {
    if session.has_change() {
        return Err(Failure::refused(
            "In a batch, physical volumes that are changed are named, not selected.",
        ));
    }
    let scan = session.scan(lvm)?;
    let members = scan.groups.iter().flat_map(|found| found.vg.physical_volumes());
    let members = members.filter(|pv| !pv.is_missing()).map(|pv| pv.device().to_owned());
    let orphans = scan.orphans.iter().map(|orphan| orphan.pv.device.name().to_owned());
    let names = select::devices(session, &lvm.report_input().scan(&scan), members.chain(orphans).collect())?;
    let is_named = |name: &String| named.is_empty() || named.iter().any(|spec| is_it(spec, name));
    Ok(names.iter().filter(|name| is_named(name)).map(DeviceSpec::from).collect())
}

/// True for the device of that name.
pub(crate) fn is_it(spec: &DeviceSpec, name: &str) -> bool {
    spec.to_string() == name || system::is_same_file(spec.path(), name.as_ref())
}

/// Refuses tags that can be none.
pub(crate) fn check_tags(words: &[String]) -> Outcome {
    let tags = words.iter().filter_map(|word| word.strip_prefix('@'));
    let wrong = tags.filter(|tag| check_tag(tag).is_err());
    match wrong.map(|tag| format!("Skipping invalid tag {tag}.")).next() {
        Some(line) => Err(Failure::usage(line)),
        None => Ok(()),
    }
}

/// The names of the devices that the arguments of `pvs` mean.
///
/// # Errors
/// For tags that can be none.
pub(crate) fn in_report(session: &mut Session<'_>, lvm: &Lvm, scan: &Scan) -> Outcome<HashSet<String>> {
    check_tags(&session.args.words)?;
    let pvs = || scan.groups.iter().flat_map(|found| found.vg.physical_volumes());
    let orphans = || scan.orphans.iter().map(|orphan| orphan.pv.device.name());
    let others = || scan.others.iter().map(String::as_str).filter(|_| session.args.has(&o::ALL));
    let mut chosen = HashSet::new();
    let mut unknown = Vec::new();
    let words = session.args.words.clone();
    for word in &words {
        if let Some(tag) = word.strip_prefix('@') {
            let tagged = pvs().filter(|pv| has_tag(pv.tags(), tag));
            chosen.extend(tagged.map(|pv| pv.device().to_owned()));
            continue;
        }
        let mut names = pvs().map(lvmkit::PhysicalVolume::device).chain(orphans()).chain(others());
        match names.find(|name| name == word || system::is_same_file(name.as_ref(), word.as_ref())) {
            Some(name) => drop(chosen.insert(name.to_owned())),
            None => unknown.push(word),
        }
    }
    for word in unknown {
        session.fail(pv::not_found(lvm, &DeviceSpec::from(word)));
    }
    Ok(chosen)
}

fn has_tag(tags: &[String], tag: &str) -> bool {
    tags.iter().any(|known| known == tag)
}
