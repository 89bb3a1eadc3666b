//! Devices that carry the label of one physical volume: which of them is meant.

use std::collections::{BTreeMap, HashSet};
use std::fmt;
use std::path::{Path, PathBuf};

use lvm_core::PvId;
use lvm_core::ondisk::Label;
use lvm_dm::DeviceNumber;
use serde::Serialize;

use super::sysfs::{SysDevice, Sysfs};

/// Why one device is preferred to another with the same physical volume.
///
/// lvm2 has more reasons, and with any of them refuses changes: that a device was seen first, that
/// the metadata names its path, that it is one of device-mapper. None of these tells a copy from
/// the original, so they do not count here: such devices stay in conflict.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Preference {
    /// It stands on the other, which is a part of it: an MD array, multipath, an encrypted device.
    StandsOn,
    /// The devices file has it and not the other.
    DevicesFile,
    /// An active logical volume is on it.
    ActiveLv,
    /// Its size is the one in the label.
    Size,
    /// It is mounted.
    Mounted,
}

impl fmt::Display for Preference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::StandsOn => "the other device is a part of it",
            Self::DevicesFile => "it is in the devices file",
            Self::ActiveLv => "device is used by LV",
            Self::Size => "device size is correct",
            Self::Mounted => "device has fs mounted",
        })
    }
}

/// A device that was left out.
#[derive(Clone, PartialEq, Eq, Debug)]
#[non_exhaustive]
pub struct Duplicate {
    /// The physical volume.
    pub pv_id: PvId,
    /// The device that is looked at.
    pub used: PathBuf,
    /// The one that is not.
    pub left_out: PathBuf,
    /// Why.
    pub why: Preference,
}

impl fmt::Display for Duplicate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { pv_id, used, left_out, why } = self;
        write!(f, "not using device {} for physical volume {pv_id}: it prefers ", left_out.display())?;
        write!(f, "device {}, because {why}", used.display())
    }
}

/// A device with a label.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Rival<'a> {
    pub(crate) sys: &'a SysDevice,
    pub(crate) path: &'a Path,
    pub(crate) label: &'a Label,
    pub(crate) is_listed: bool,
}

/// One of them, asked of one device.
type Question<'a> = &'a dyn Fn(&Rival<'_>) -> bool;

/// What the preferences are told by.
struct Surroundings<'a> {
    sysfs: &'a Sysfs,
    mounted: HashSet<DeviceNumber>,
}

/// Of devices with one physical volume leaves out those that another is clearly preferred to.
pub(crate) fn choose(rivals: &[Rival<'_>], sysfs: &Sysfs, proc: &Path) -> Vec<Duplicate> {
    let mut by_pv: BTreeMap<PvId, Vec<&Rival<'_>>> = BTreeMap::new();
    for rival in rivals {
        by_pv.entry(rival.label.pv_header.pv_id).or_default().push(rival);
    }
    by_pv.retain(|_, rivals| rivals.len() > 1);
    if by_pv.is_empty() {
        return Vec::new();
    }
    let surroundings = Surroundings { sysfs, mounted: mounted(proc) };
    let mut duplicates = Vec::new();
    for (pv_id, rivals) in by_pv {
        let duplicate = |used: &Rival<'_>, left_out: &Rival<'_>, why| {
            let (used, left_out) = (used.path.to_owned(), left_out.path.to_owned());
            Duplicate { pv_id, used, left_out, why }
        };
        // The parts of a stack go first, so that two devices over four paths are compared as two.
        let mut whole = Vec::new();
        for rival in &rivals {
            let upper = rivals.iter().find(|upper| sysfs.stands_on(upper.sys, rival.sys));
            match upper {
                Some(upper) => duplicates.push(duplicate(upper, rival, Preference::StandsOn)),
                None => whole.push(*rival),
            }
        }
        let beats_all = |one: &&&Rival<'_>| {
            whole
                .iter()
                .all(|other| std::ptr::eq(**one, *other) || surroundings.preference(one, other).is_some())
        };
        let Some(best) = whole.iter().find(beats_all) else { continue };
        for other in whole.iter().filter(|other| !std::ptr::eq(**other, *best)) {
            duplicates.extend(surroundings.preference(best, other).map(|why| duplicate(best, other, why)));
        }
    }
    duplicates
}

impl Surroundings<'_> {
    /// The first thing, in lvm2's order, that the two differ in, if it speaks for `one`.
    fn preference(&self, one: &Rival<'_>, other: &Rival<'_>) -> Option<Preference> {
        let questions: [(Preference, Question<'_>); 4] = [
            (Preference::DevicesFile, &|rival| rival.is_listed),
            (Preference::ActiveLv, &|rival| self.has_active_lv(rival.sys)),
            (Preference::Size, &|rival| rival.label.pv_header.device_size == rival.sys.size.0),
            (Preference::Mounted, &|rival| self.mounted.contains(&rival.sys.number)),
        ];
        let (why, speaks_for_one) = questions.into_iter().find_map(|(why, question)| {
            let (one, other) = (question(one), question(other));
            (one != other).then_some((why, one))
        })?;
        speaks_for_one.then_some(why)
    }

    fn has_active_lv(&self, device: &SysDevice) -> bool {
        let is_lv =
            |holder: &SysDevice| holder.dm_uuid.as_deref().is_some_and(|uuid| uuid.starts_with("LVM-"));
        self.sysfs.holders(device).any(is_lv)
    }
}

/// The numbers of all devices with a mounted file system.
fn mounted(proc: &Path) -> HashSet<DeviceNumber> {
    let text = std::fs::read_to_string(proc.join("self/mountinfo")).unwrap_or_default();
    text.lines().filter_map(|line| line.split_whitespace().nth(2)?.parse().ok()).collect()
}

#[cfg(test)]
mod tests;
