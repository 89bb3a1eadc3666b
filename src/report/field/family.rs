//! What a logical volume descends from and what descends from it, with and without those that were
//! removed and are remembered.

use std::borrow::Cow;

use lvm_core::LvId;
use lvm_core::metadata::{HistoricalLogicalVolume, SegmentKind};

use crate::report::group::{Group, Use};
use crate::report::row::Row;
use crate::report::value::Value;

/// The family of a volume that is there, without those that are not.
pub(super) fn live<'i>(row: &Row<'_, 'i>, find: fn(&Group<'i>, usize) -> Vec<Cow<'i, str>>) -> Value<'i> {
    Value::List(row.lv().map_or(Vec::new(), |(group, at, _)| find(group, at)))
}

fn live_parent(group: &Group<'_>, at: usize) -> Option<LvId> {
    match group.store_of(at) {
        Some(snapshot) => Some(snapshot.origin),
        None => group.thin(at).and_then(|thin| thin.origin.or(thin.external_origin)),
    }
}

pub(super) fn ancestors<'i>(group: &Group<'i>, at: usize) -> Vec<Cow<'i, str>> {
    let mut found: Vec<Cow<'i, str>> = Vec::new();
    let mut next = live_parent(group, at);
    // Never more than there are volumes, should a chain go in a circle.
    while let Some(lv) = next.and_then(|lv| group.position(lv)).filter(|_| found.len() < group.lvs.len()) {
        found.extend(group.lv(lv).map(|lv| Cow::Borrowed(lv.name())));
        next = live_parent(group, lv);
    }
    found
}

/// A volume, then what descends from it, then the next. Copy-on-write snapshots of a volume hide
/// its thin ones, as in lvm2.
pub(super) fn descendants<'i>(group: &Group<'i>, at: usize) -> Vec<Cow<'i, str>> {
    let mut found: Vec<Cow<'i, str>> = Vec::new();
    let mut todo = children(group, at);
    while let Some(at) = todo.pop().filter(|_| found.len() < group.lvs.len()) {
        found.extend(group.lv(at).map(|lv| Cow::Borrowed(lv.name())));
        todo.extend(children(group, at));
    }
    found
}

/// The youngest first.
fn children(group: &Group<'_>, at: usize) -> Vec<usize> {
    let thick = group.is_used_as(at, Use::SnapshotOrigin);
    let children = group.users(at).iter().filter_map(|user| match (user.how, user.seg.kind()) {
        (Use::SnapshotOrigin, SegmentKind::Snapshot(snapshot)) => group.position(snapshot.store),
        (Use::ThinOrigin | Use::ExternalOrigin, _) if !thick => Some(user.lv),
        _ => None,
    });
    children.rev().collect()
}

/// A member of a family.
#[derive(Clone, Copy)]
enum Member<'i> {
    Live(usize),
    Removed(&'i HistoricalLogicalVolume),
}

impl<'i> Member<'i> {
    fn of_row(row: &Row<'_, 'i>) -> Option<Self> {
        row.past.map(Self::Removed).or(row.lv.map(Self::Live))
    }

    /// By name: removed ones have `-` in front.
    fn named(group: &Group<'i>, name: &str) -> Option<Self> {
        match name.strip_prefix('-') {
            Some(name) => {
                let mut all = group.vg.historical_logical_volumes().iter();
                all.find(|past| past.name == name).map(Self::Removed)
            }
            None => group.vg.logical_volume(name).and_then(|lv| group.position(lv.id())).map(Self::Live),
        }
    }

    fn name(self, group: &Group<'i>) -> Option<Cow<'i, str>> {
        match self {
            Self::Live(at) => group.lv(at).map(|lv| Cow::Borrowed(lv.name())),
            Self::Removed(past) => Some(Cow::Owned(format!("-{}", past.name))),
        }
    }

    fn parent(self, group: &Group<'i>) -> Option<Self> {
        match self {
            Self::Live(at) => {
                if let Some(parent) = live_parent(group, at) {
                    return group.position(parent).map(Self::Live);
                }
                let name = group.lv(at)?.name();
                let mut all = group.vg.historical_logical_volumes().iter();
                all.find(|past| past.descendants.iter().flatten().any(|known| known == name))
                    .map(Self::Removed)
            }
            Self::Removed(past) => Self::named(group, past.origin.as_deref()?),
        }
    }

    /// The last one first.
    fn children(self, group: &Group<'i>) -> Vec<Self> {
        let own = match self {
            Self::Live(at) => children(group, at).into_iter().map(Self::Live).collect::<Vec<_>>(),
            Self::Removed(past) => {
                let names = past.descendants.iter().flatten().rev();
                names.filter_map(|name| Self::named(group, name)).collect()
            }
        };
        let name = self.name(group).unwrap_or_default();
        let removed = group.vg.historical_logical_volumes().iter().rev();
        let removed = removed.filter(|past| past.origin.as_deref() == Some(&*name)).map(Self::Removed);
        own.into_iter().chain(removed).collect()
    }
}

pub(super) fn full_ancestors<'i>(row: &Row<'_, 'i>) -> Value<'i> {
    let Some(group) = row.group else { return Value::List(Vec::new()) };
    if !group.history {
        return live(row, ancestors);
    }
    let mut found = Vec::new();
    let mut next = Member::of_row(row).and_then(|member| member.parent(group));
    while let Some(member) = next.filter(|_| found.len() < size(group)) {
        found.extend(member.name(group));
        next = member.parent(group);
    }
    Value::List(found)
}

pub(super) fn full_descendants<'i>(row: &Row<'_, 'i>) -> Value<'i> {
    let Some(group) = row.group else { return Value::List(Vec::new()) };
    if !group.history {
        return live(row, descendants);
    }
    let mut found = Vec::new();
    let mut todo = Member::of_row(row).map_or(Vec::new(), |member| member.children(group));
    while let Some(member) = todo.pop().filter(|_| found.len() < size(group)) {
        found.extend(member.name(group));
        todo.extend(member.children(group));
    }
    Value::List(found)
}

/// No family is larger than that, should a chain go in a circle.
fn size(group: &Group<'_>) -> usize {
    group.lvs.len() + group.vg.historical_logical_volumes().len()
}
