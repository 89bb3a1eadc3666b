//! What changed from one version to another.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::fmt;

use lvm_core::metadata::{LogicalVolume, VolumeGroup};
use lvm_core::plan::{Plan, Step};
use serde::Serialize;
use serde_json::{Map, Value};

/// Steps that a summary names before the rest is only counted.
const NAMED: usize = 3;

/// Keys whose changes are steps of their own, and what only this program keeps.
const VG_KEYS: [&str; 13] = [
    "name",
    "id",
    "seqno",
    "status",
    "tags",
    "extent_size",
    "max_lv",
    "max_pv",
    "allocation_policy",
    "metadata_copies",
    "system_id",
    "physical_volumes",
    "logical_volumes",
];
/// Where a physical volume was last seen is a hint.
const PV_KEYS: [&str; 6] = ["id", "device", "status", "tags", "dev_size", "pe_count"];
const LV_KEYS: [&str; 10] = [
    "name",
    "id",
    "status",
    "tags",
    "allocation_policy",
    "read_ahead",
    "major",
    "minor",
    "visible",
    "segments",
];
const SEGMENT_KEYS: [&str; 5] = ["start_extent", "extent_count", "type", "stripes", "mirrors"];

/// What changed from one version of a group to another.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct Difference {
    /// The group's name in the later version.
    pub vg: String,
    /// The seqno of the earlier version.
    pub from: u32,
    /// That of the later one.
    pub to: u32,
    /// What changed.
    pub steps: Vec<Step>,
}

impl Difference {
    /// Compares two versions; which is older, the caller says. Volumes are the same when their ids
    /// are.
    ///
    /// The paths of physical volumes are hints, and are not compared.
    #[must_use]
    pub fn between(old: &VolumeGroup, new: &VolumeGroup) -> Self {
        let plan = Plan::between(old, new);
        let mut steps = plan.stages.into_iter().flat_map(|stage| stage.steps).collect::<Vec<_>>();
        if old != new {
            other_steps(old, new, &mut steps);
        }
        Self { vg: new.name().to_owned(), from: old.seqno(), to: new.seqno(), steps }
    }

    /// True when nothing changed but the seqno and hints.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.steps.is_empty()
    }

    /// As JSON: the two versions and the steps as [`Plan`] has them.
    #[must_use]
    pub fn to_json(&self) -> String {
        // Nothing in it can fail to serialise.
        serde_json::to_string_pretty(self).unwrap_or_default()
    }

    /// One line that says the most of it.
    #[must_use]
    pub fn summary(&self) -> String {
        if self.is_empty() {
            return "no change".to_owned();
        }
        let mut parts = self.steps.iter().take(NAMED).map(short).collect::<Vec<_>>();
        // What is left is named when that takes no more room than to count it.
        match self.steps.get(NAMED..).unwrap_or_default() {
            [] => {}
            [one] => parts.push(short(one)),
            more => parts.push(format!("{} more changes", more.len())),
        }
        parts.join(", ")
    }
}

impl fmt::Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.is_empty() {
            return writeln!(f, "no difference");
        }
        self.steps.iter().try_for_each(|step| writeln!(f, "{step}"))
    }
}

/// A step in a few words.
fn short(step: &Step) -> String {
    match step {
        Step::AddPv { device, .. } => format!("{device} added"),
        Step::RemovePv { device, .. } => format!("{device} removed"),
        Step::ResizePv { device, from, to, .. } => format!("{device} from {from} to {to} extents"),
        Step::CreateLv { name, size, .. } => format!("{name} created ({size})"),
        Step::ExtendLv { name, from, to, .. } => format!("{name} extended from {from} to {to}"),
        Step::ReduceLv { name, from, to, .. } => format!("{name} reduced from {from} to {to}"),
        Step::RemoveLv { name, size, .. } => format!("{name} removed ({size})"),
        Step::RenameLv { from, to, .. } => format!("{from} renamed to {to}"),
        Step::RenameVg { from, to } => format!("group {from} renamed to {to}"),
        Step::MoveExtents { name, .. } => format!("extents of {name} moved"),
        Step::ConvertLv { name, from, to, .. } => format!("{name} converted from {from} to {to}"),
        Step::Change { object, attribute, .. } => format!("{attribute} of {object} changed"),
        other => other.to_string(),
    }
}

/// What the plan's steps do not tell: everything else that the metadata holds, key by key.
fn other_steps(old: &VolumeGroup, new: &VolumeGroup, steps: &mut Vec<Step>) {
    let names = [old, new].map(Names::of);
    let [old_names, new_names] = &names;
    let changes = compare((old, old_names), (new, new_names), &VG_KEYS);
    steps.extend(changes.into_iter().map(|change| change.of(new.name())));
    for pv in new.physical_volumes() {
        if let Some(before) = old.physical_volume(pv.id()).filter(|before| *before != pv) {
            let changes = compare((before, old_names), (pv, new_names), &PV_KEYS);
            steps.extend(changes.into_iter().map(|change| change.of(pv.device())));
        }
    }
    let before = old.logical_volumes().map(|lv| (lv.id(), lv)).collect::<HashMap<_, _>>();
    for lv in new.logical_volumes() {
        if let Some(before) = before.get(&lv.id()).filter(|before| **before != lv) {
            let object = format!("{}/{}", new.name(), lv.name());
            let changes = compare((before, old_names), (lv, new_names), &LV_KEYS);
            let segments = segment_settings((before, old_names), (lv, new_names));
            steps.extend(changes.into_iter().chain(segments).map(|change| change.of(&object)));
        }
    }
    if steps.is_empty() && orders(old) != orders(new) {
        let change = |attribute: &str, from: &[String], to: &[String]| Step::Change {
            object: new.name().to_owned(),
            attribute: attribute.to_owned(),
            from: from.join(","),
            to: to.join(","),
        };
        let (from, to) = (orders(old), orders(new));
        let all = [("order of physical volumes", 0), ("order of logical volumes", 1)];
        let all = all.iter().filter_map(|(what, at)| Some((what, from.get(*at)?, to.get(*at)?)));
        steps.extend(all.filter(|(_, from, to)| from != to).map(|(what, from, to)| change(what, from, to)));
    }
}

/// The names of physical and of logical volumes, in order.
fn orders(vg: &VolumeGroup) -> [Vec<String>; 2] {
    [
        vg.physical_volumes().iter().map(|pv| pv.id().to_string()).collect(),
        vg.logical_volumes().map(|lv| lv.name().to_owned()).collect(),
    ]
}

/// A key whose value differs.
#[derive(Clone, PartialEq, Eq, Hash)]
struct Changed {
    key: String,
    from: String,
    to: String,
}

impl Changed {
    fn of(self, object: &str) -> Step {
        let Self { key: attribute, from, to } = self;
        Step::Change { object: object.to_owned(), attribute, from, to }
    }
}

/// Settings of segments that lie where the same type lay before; one that several segments have is
/// said once.
fn segment_settings(
    (old, old_names): (&LogicalVolume, &Names),
    (new, new_names): (&LogicalVolume, &Names),
) -> Vec<Changed> {
    let before = old.segments().iter().map(|seg| (seg.start_extent(), seg)).collect::<HashMap<_, _>>();
    let (mut settings, mut said) = (Vec::new(), HashSet::new());
    for seg in new.segments() {
        let before = before.get(&seg.start_extent()).copied();
        let before = before.filter(|before| before.segment_type() == seg.segment_type() && *before != seg);
        let Some(before) = before else { continue };
        let changes = compare((before, old_names), (seg, new_names), &SEGMENT_KEYS);
        settings.extend(changes.into_iter().filter(|change| said.insert(change.clone())));
    }
    settings
}

/// Each key that differs, but for those in `without`.
fn compare(
    (old, old_names): (&impl Serialize, &Names),
    (new, new_names): (&impl Serialize, &Names),
    without: &[&str],
) -> Vec<Changed> {
    let from = leaves(old, old_names, without);
    let to = leaves(new, new_names, without);
    let mut keys = from.keys().chain(to.keys()).collect::<Vec<_>>();
    keys.sort_unstable();
    keys.dedup();
    let changes = keys.into_iter().map(|key| {
        let value = |leaves: &BTreeMap<String, String>| leaves.get(key).cloned().unwrap_or_default();
        Changed { key: key.clone(), from: value(&from), to: value(&to) }
    });
    changes.filter(|change| change.from != change.to).collect()
}

/// The values in it by their keys, which are joined with points.
fn leaves(value: &impl Serialize, names: &Names, without: &[&str]) -> BTreeMap<String, String> {
    let mut found = BTreeMap::new();
    if let Ok(Value::Object(fields)) = serde_json::to_value(value) {
        let fields = fields.into_iter().filter(|(key, _)| !without.contains(&key.as_str()));
        add(&mut found, "", Value::Object(fields.collect::<Map<_, _>>()), names);
    }
    found
}

fn add(found: &mut BTreeMap<String, String>, key: &str, value: Value, names: &Names) {
    let below = |name: &str| if key.is_empty() { name.to_owned() } else { format!("{key}.{name}") };
    match value {
        Value::Null => {}
        Value::Object(fields) => {
            fields.into_iter().for_each(|(name, value)| add(found, &below(&name), value, names))
        }
        Value::Array(items) => {
            for (at, value) in items.into_iter().enumerate() {
                add(found, &below(&at.to_string()), value, names);
            }
        }
        Value::String(text) => {
            let text = names.0.get(&text).cloned().unwrap_or(text);
            found.insert(key.to_owned(), text);
        }
        other => {
            found.insert(key.to_owned(), other.to_string());
        }
    }
}

/// Names of volumes by their ids, as segments refer to them.
struct Names(std::collections::HashMap<String, String>);

impl Names {
    fn of(vg: &VolumeGroup) -> Self {
        let lvs = vg.logical_volumes().map(|lv| (lv.id().to_string(), lv.name().to_owned()));
        let pvs = vg.physical_volumes().iter().map(|pv| (pv.id().to_string(), pv.device().to_owned()));
        Self(lvs.chain(pvs).collect())
    }
}
