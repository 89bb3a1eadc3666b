//! What the arguments of a command choose, in lvm2's order: words that name groups and volumes, tags,
//! and a selection.
//!
//! Groups come in the order in which they are named; when there is a tag among the arguments, or
//! nothing, all are gone through in the order of [`order::groups`], and names of groups that are
//! nowhere pass. An argument that can name nothing at all leaves nothing chosen.

pub(super) mod device;
pub(super) mod members;

use std::collections::HashSet;

use lvmkit::core::name::check_tag;
use lvmkit::core::store::{FoundVg, Scan};
use lvmkit::{LogicalVolume, Lvm, VolumeGroup};

use super::known::Known;
use super::{invalid_path, no_group, order, select};
use crate::args::UsageError;
use crate::args::name::Target;
use crate::session::{Failure, Outcome, Session};

/// What a command goes through: groups, perhaps with where they were found.
pub(super) trait Group {
    fn vg(&self) -> &VolumeGroup;
}

impl Group for VolumeGroup {
    fn vg(&self) -> &VolumeGroup {
        self
    }
}

impl Group for FoundVg {
    fn vg(&self) -> &VolumeGroup {
        &self.vg
    }
}

/// The groups that the arguments mean. Names of no group are failures that are noted.
///
/// # Errors
/// For an argument that can be no group's name.
pub(super) fn groups<'g, G: Group>(session: &mut Session<'_>, all: Vec<&'g G>) -> Outcome<Vec<&'g G>> {
    let (mut named, mut tags, mut wrong) = (Vec::new(), Vec::new(), Vec::new());
    for word in &session.args.words {
        match Target::parse(word) {
            Target::Tag(tag) if check_tag(&tag).is_err() => {
                wrong.push(format!("  Skipping invalid tag: {word}"))
            }
            Target::Tag(tag) => tags.push(tag),
            Target::Vg(name) => named.push(Named::new(name)),
            Target::Lv { .. } => wrong.push(format!("  Invalid volume group name {word}.")),
        }
    }
    if !wrong.is_empty() {
        return Err(Failure::Usage(UsageError(wrong)));
    }
    if session.args.words.is_empty() {
        return Ok(all);
    }
    let mut chosen = Vec::new();
    for group in in_order(all, &named, &tags, |vg| has_any(vg.tags(), &tags)) {
        match group {
            Ok(group) => chosen.push(group),
            Err(name) => session.fail(no_group(name)),
        }
    }
    Ok(chosen)
}

/// The names of those that `is_meant` says yes to and that `--select` selects, for a command that
/// changes them.
///
/// # Errors
/// What a scan fails with; those of [`groups`].
pub(super) fn group_names(
    session: &mut Session<'_>,
    lvm: &Lvm,
    is_meant: impl Fn(&VolumeGroup) -> bool,
) -> Outcome<Vec<String>> {
    let known = Known::new(session, lvm)?;
    let mut chosen = groups(session, known.groups())?;
    chosen.retain(|vg| is_meant(vg));
    let chosen = select::groups(session, &known.input(lvm), chosen)?;
    let mut names = chosen.into_iter().map(|vg| vg.name().to_owned()).collect::<Vec<_>>();
    // Which one of those that share a name is meant is for the change to ask.
    let mut seen = HashSet::new();
    names.retain(|name| seen.insert(name.clone()));
    Ok(names)
}

/// The same of those that may be used: ones that are exported are passed over unless they are named.
///
/// # Errors
/// Those of [`group_names`].
pub(super) fn usable_group_names(session: &mut Session<'_>, lvm: &Lvm) -> Outcome<Vec<String>> {
    let words = session.args.words.iter().map(|word| Target::parse(word)).collect::<Vec<_>>();
    let is_named = |vg: &VolumeGroup| words.contains(&Target::Vg(vg.name().to_owned()));
    group_names(session, lvm, |vg| !vg.is_exported() || is_named(vg))
}

/// The groups of a scan that the arguments mean and `--select` selects.
///
/// # Errors
/// Those of [`groups`].
pub(super) fn found_groups<'s>(
    session: &mut Session<'_>,
    lvm: &Lvm,
    scan: &'s Scan,
) -> Outcome<Vec<&'s FoundVg>> {
    let chosen = groups(session, order::groups(scan))?;
    select::groups(session, &lvm.report_input().scan(scan), chosen)
}

/// A group that is named, or of which a volume is.
struct Named {
    vg: String,
    is_whole: bool,
    /// Volumes in the order of the arguments.
    lvs: Vec<String>,
    /// The same, to be found by name.
    index: HashSet<String>,
}

impl Named {
    fn new(vg: String) -> Self {
        Self { vg, is_whole: false, lvs: Vec::new(), index: HashSet::new() }
    }

    /// Names a volume of it, or all of it.
    fn add(&mut self, lv: Option<String>) {
        match lv {
            None => self.is_whole = true,
            Some(lv) if self.index.insert(lv.clone()) => self.lvs.push(lv),
            Some(_) => {}
        }
    }

    /// The volumes that are named and not in the group. Of a group that is named as a whole, LVM2
    /// looks no further.
    fn missing<'n>(&'n self, vg: &VolumeGroup) -> Vec<&'n str> {
        if self.is_whole || self.lvs.is_empty() {
            return Vec::new();
        }
        let known = vg.logical_volumes().map(LogicalVolume::name).collect::<HashSet<_>>();
        self.lvs.iter().map(String::as_str).filter(|lv| !known.contains(lv)).collect()
    }
}

/// What the arguments of a command about volumes mean.
pub(super) struct Volumes {
    /// Groups in the order of the arguments.
    named: Vec<Named>,
    tags: Vec<String>,
    /// True without an argument: everything is meant.
    is_all: bool,
}

impl Volumes {
    /// # Errors
    /// For paths that cannot be those of volumes; when all arguments are tags that can be none.
    pub(super) fn new(session: &mut Session<'_>) -> Outcome<Self> {
        let is_all = session.args.words.is_empty();
        let mut volumes = Self { named: Vec::new(), tags: Vec::new(), is_all };
        let (mut wrong, mut skipped) = (Vec::new(), Vec::new());
        for word in &session.args.words {
            match Target::parse(word) {
                target if target.is_invalid_path() => wrong.push(invalid_path(word)),
                Target::Tag(tag) if check_tag(&tag).is_err() => {
                    skipped.push(format!("Skipping invalid tag {word}."));
                }
                Target::Tag(tag) => volumes.tags.push(tag),
                Target::Vg(vg) => volumes.add(vg, None),
                Target::Lv { vg, lv } => volumes.add(vg, Some(lv)),
            }
        }
        if !wrong.is_empty() {
            return Err(Failure::Refused(wrong));
        }
        match skipped.first() {
            // With nothing left lvm2 takes all volumes there are.
            Some(line) if volumes.named.is_empty() && volumes.tags.is_empty() => Err(Failure::usage(line)),
            _ => {
                skipped.into_iter().for_each(|line| session.out.warn_plain(line));
                Ok(volumes)
            }
        }
    }

    fn add(&mut self, vg: String, lv: Option<String>) {
        match self.named.iter_mut().find(|known| known.vg == vg) {
            Some(known) => known.add(lv),
            None => {
                let mut named = Named::new(vg);
                named.add(lv);
                self.named.push(named);
            }
        }
    }

    /// The groups that volumes are meant of. Ones that are exported are passed over. Names of no
    /// group or volume, and of groups that are exported, are failures that are noted; a volume is
    /// also there when `is_there` says so.
    pub(super) fn groups<'g, G: Group>(
        &self,
        session: &mut Session<'_>,
        all: Vec<&'g G>,
        is_there: impl Fn(&VolumeGroup, &str) -> bool,
    ) -> Vec<&'g G> {
        let has_tagged = |vg: &VolumeGroup| {
            self.is_whole(vg) || vg.logical_volumes().any(|lv| has_any(lv.tags(), &self.tags))
        };
        let mut groups = Vec::new();
        for group in in_order(all, &self.named, &self.tags, has_tagged) {
            let group = match group {
                Ok(group) => group,
                Err(name) => {
                    session.fail(no_group(name));
                    continue;
                }
            };
            let (vg, named) = (group.vg(), self.of(group.vg()));
            if vg.is_exported() {
                if named.is_some() {
                    session.fail(Failure::refused(format!("Volume group {} is exported", vg.name())));
                }
                continue;
            }
            let missing = named.map_or_else(Vec::new, |named| named.missing(vg));
            for lv in missing.into_iter().filter(|lv| !is_there(vg, lv)) {
                let line = format!("Failed to find logical volume \"{}/{lv}\"", vg.name());
                session.fail(Failure::refused(line));
            }
            groups.push(group);
        }
        groups
    }

    /// True for a group of which all volumes are meant.
    pub(super) fn is_whole(&self, vg: &VolumeGroup) -> bool {
        self.is_all || self.of(vg).is_some_and(|named| named.is_whole) || has_any(vg.tags(), &self.tags)
    }

    /// True for a volume that is named itself.
    pub(super) fn names(&self, vg: &VolumeGroup, lv: &str) -> bool {
        self.of(vg).is_some_and(|named| named.index.contains(lv))
    }

    /// True for a volume that is meant in some other way.
    pub(super) fn covers(&self, vg: &VolumeGroup, lv: &LogicalVolume) -> bool {
        self.is_whole(vg) || has_any(lv.tags(), &self.tags)
    }

    fn of(&self, vg: &VolumeGroup) -> Option<&Named> {
        self.named.iter().find(|named| named.vg == vg.name())
    }
}

/// The logical volumes that the arguments mean, by group, for a command that changes them: the visible
/// ones of groups, and those that are named or tagged; of those the ones that `--select` selects,
/// which needs no arguments.
///
/// # Errors
/// What a scan fails with; those of [`Volumes::new`].
pub(super) fn volume_names(session: &mut Session<'_>, lvm: &Lvm) -> Outcome<Vec<(String, Vec<String>)>> {
    let known = Known::new(session, lvm)?;
    let volumes = Volumes::new(session)?;
    let groups = volumes.groups(session, known.groups(), |_, _| false).into_iter().map(|vg| {
        let lvs = vg.logical_volumes();
        let lvs =
            lvs.filter(|lv| volumes.names(vg, lv.name()) || (lv.is_visible() && volumes.covers(vg, lv)));
        (vg, lvs.collect::<Vec<_>>())
    });
    // A group that is named is looked at, whether it has volumes or not.
    let groups = groups.filter(|(vg, lvs)| !lvs.is_empty() || volumes.of(vg).is_some()).collect();
    let chosen = select::volumes(session, &known.input(lvm), groups)?;
    let names = |lvs: Vec<&LogicalVolume>| lvs.into_iter().map(|lv| lv.name().to_owned()).collect();
    Ok(chosen.into_iter().map(|(vg, lvs)| (vg.name().to_owned(), names(lvs))).collect())
}

/// The groups that are named, in their order, and the names of those that there are not; when there
/// are tags, those of all that are named or that `is_tagged` says yes to.
fn in_order<'n, 'g, G: Group>(
    all: Vec<&'g G>,
    named: &'n [Named],
    tags: &[String],
    is_tagged: impl Fn(&VolumeGroup) -> bool,
) -> Vec<Result<&'g G, &'n str>> {
    let is = |group: &G, named: &Named| group.vg().name() == named.vg;
    if !tags.is_empty() || named.is_empty() {
        let is_meant = |group: &&G| is_tagged(group.vg()) || named.iter().any(|named| is(group, named));
        return all.into_iter().filter(is_meant).map(Ok).collect();
    }
    let mut chosen = Vec::new();
    let mut seen = HashSet::new();
    for named in named.iter().filter(|named| seen.insert(&named.vg)) {
        let before = chosen.len();
        chosen.extend(all.iter().copied().filter(|group| is(group, named)).map(Ok));
        if chosen.len() == before {
            chosen.push(Err(named.vg.as_str()));
        }
    }
    chosen
}

fn has_any(tags: &[String], wanted: &[String]) -> bool {
    tags.iter().any(|tag| wanted.contains(tag))
}
