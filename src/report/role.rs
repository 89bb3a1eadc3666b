//! What a logical volume is made of (`lv_layout`), what it is for (`lv_role`), what it belongs to
//! (`lv_parent`) and which kernel modules it needs (`lv_modules`).

use std::borrow::Cow;
use std::collections::BTreeSet;

use lvm_core::metadata::{LogicalVolume, SegmentKind};

use super::attr::raid_names;
use super::group::{Group, Use, is_pvmove};

/// True for the volume kept for repairing pool metadata.
pub(super) fn is_spare(lv: &LogicalVolume) -> bool {
    lv.name().ends_with("_pmspare")
}

/// True for the empty origin of a sparse volume.
pub(super) fn is_virtual_origin(lv: &LogicalVolume) -> bool {
    lv.name().ends_with("_vorigin")
}

/// `lv_layout`.
pub(super) fn layout<'i>(group: &Group<'i>, at: usize, lv: &'i LogicalVolume) -> Vec<Cow<'i, str>> {
    let mut names: Vec<&'i str> = Vec::new();
    if group.is_used_as(at, Use::CachePool) && !is_kind_pool(group, at) {
        return owned(&["cache", "cachevol"]);
    }
    if group.is_used_as(at, Use::WriteCacheFast) {
        return owned(&["writecache", "cachevol"]);
    }
    if is_virtual_origin(lv) {
        return owned(&["virtual"]);
    }
    for seg in lv.segments() {
        let more: Vec<&'i str> = match seg.kind() {
            SegmentKind::ThinPool(_) => vec!["thin", "pool"],
            SegmentKind::Thin(_) => vec!["thin", "sparse"],
            SegmentKind::CachePool(_) => vec!["cache", "pool"],
            SegmentKind::VdoPool(_) => vec!["vdo", "pool"],
            SegmentKind::Vdo(_) => vec!["vdo", "sparse"],
            SegmentKind::Raid(raid) => raid_names(raid),
            SegmentKind::Striped(striped) if striped.stripes.len() > 1 => vec!["striped"],
            SegmentKind::Striped(_) => vec!["linear"],
            SegmentKind::Mirror(_) => vec!["mirror"],
            SegmentKind::Cache(_) => vec!["cache"],
            SegmentKind::WriteCache(_) => vec!["writecache"],
            SegmentKind::Integrity(_) => vec!["integrity"],
            _ => vec![],
        };
        for name in more {
            if !names.contains(&name) {
                names.push(name);
            }
        }
    }
    if names.is_empty() {
        names.push("unknown");
    }
    names.into_iter().map(Cow::Borrowed).collect()
}

fn is_kind_pool(group: &Group<'_>, at: usize) -> bool {
    matches!(group.first_kind(at), Some(SegmentKind::CachePool(_)))
}

fn owned<'i>(names: &[&'static str]) -> Vec<Cow<'i, str>> {
    names.iter().map(|name| Cow::Borrowed(*name)).collect()
}

/// `lv_role`.
pub(super) fn role<'i>(group: &Group<'i>, at: usize, lv: &LogicalVolume) -> Vec<Cow<'i, str>> {
    let mut names: Vec<&'static str> = Vec::new();
    let mut private = is_spare(lv) || is_virtual_origin(lv);
    if is_spare(lv) {
        names.extend(["pool", "spare"]);
    }
    if is_pvmove(lv) {
        private = true;
        names.push("pvmove");
    }
    let pool = matches!(
        group.first_kind(at),
        Some(SegmentKind::ThinPool(_) | SegmentKind::CachePool(_) | SegmentKind::VdoPool(_))
    );
    private |= pool;
    let parts: [(Use, &[&'static str]); 15] = [
        (Use::MirrorImage, &["mirror", "image"]),
        (Use::MirrorLog, &["mirror", "log"]),
        (Use::RaidImage, &["raid", "image"]),
        (Use::RaidMetadata, &["raid", "metadata"]),
        (Use::ThinData, &["thin", "pool", "data"]),
        (Use::ThinMetadata, &["thin", "pool", "metadata"]),
        (Use::CacheData, &["cache", "pool", "data"]),
        (Use::CacheMetadata, &["cache", "pool", "metadata"]),
        (Use::CachePool, &[]),
        (Use::CacheOrigin, &["cache", "origin", "cacheorigin"]),
        (Use::WriteCacheFast, &[]),
        (Use::WriteCacheOrigin, &["writecache", "origin", "writecacheorigin"]),
        (Use::IntegrityOrigin, &["integrity", "origin", "integrityorigin"]),
        (Use::IntegrityMetadata, &["integrity", "metadata"]),
        (Use::VdoData, &["vdo", "pool", "data"]),
    ];
    for (how, words) in parts {
        if group.is_used_as(at, how) {
            private = true;
            names.extend(words);
        }
    }
    add_snapshot_roles(group, at, &mut names);
    names.insert(0, if private { "private" } else { "public" });
    owned(&names)
}

fn add_snapshot_roles(group: &Group<'_>, at: usize, names: &mut Vec<&'static str>) {
    let number = |how| group.users(at).iter().filter(|user| user.how == how).count();
    add_origin(names, number(Use::ThinOrigin), "thinorigin", "multithinorigin");
    add_origin(names, number(Use::ExternalOrigin), "extthinorigin", "multiextthinorigin");
    if group.thin(at).is_some_and(|thin| thin.origin.or(thin.external_origin).is_some()) {
        names.extend(["snapshot", "thinsnapshot"]);
    }
    add_origin(names, number(Use::SnapshotOrigin), "thickorigin", "multithickorigin");
    if group.store_of(at).is_some() {
        names.extend(["snapshot", "thicksnapshot"]);
    }
}

fn add_origin(names: &mut Vec<&'static str>, count: usize, one: &'static str, many: &'static str) {
    if count == 0 {
        return;
    }
    if !names.contains(&"origin") {
        names.push("origin");
    }
    names.push(one);
    if count > 1 {
        names.push(many);
    }
}

/// `lv_parent`: the volume that one is a part of.
pub(super) fn parent<'i>(group: &Group<'i>, at: usize) -> Option<&'i LogicalVolume> {
    const PARTS: [Use; 8] = [
        Use::MirrorImage,
        Use::MirrorLog,
        Use::RaidImage,
        Use::RaidMetadata,
        Use::ThinData,
        Use::ThinMetadata,
        Use::CacheData,
        Use::CacheMetadata,
    ];
    // An image that was split off and is tracked is visible, and on its own.
    group.lv(at).filter(|lv| !lv.is_visible())?;
    let user = group.users(at).iter().find(|user| PARTS.contains(&user.how))?;
    group.lv(user.lv)
}

/// `lv_modules`, sorted.
pub(super) fn modules<'i>(group: &Group<'i>, at: usize) -> Vec<Cow<'i, str>> {
    let mut found = BTreeSet::new();
    let mut seen = vec![at];
    let mut next = 0;
    while let Some(at) = seen.get(next).copied() {
        next += 1;
        if group.is_used_as(at, Use::SnapshotOrigin) || group.is_used_as(at, Use::SnapshotStore) {
            found.insert("snapshot");
        }
        for seg in group.lv(at).map_or(&[][..], LogicalVolume::segments) {
            if let Some(module) = module(seg.kind()) {
                found.insert(module);
            }
            // Pools count with their own type, not with what they lie on.
            let pool = match seg.kind() {
                SegmentKind::Thin(_) => {
                    found.insert("thin-pool");
                    continue;
                }
                SegmentKind::Cache(cache) => Some(cache.cache_pool),
                _ => None,
            };
            seg.kind().for_each_lv(|lv| {
                let below = group.position(lv).filter(|below| Some(lv) != pool && !seen.contains(below));
                seen.extend(below);
            });
        }
    }
    found.into_iter().map(Cow::Borrowed).collect()
}

fn module(kind: &SegmentKind) -> Option<&'static str> {
    Some(match kind {
        SegmentKind::Mirror(_) => "mirror",
        SegmentKind::Snapshot(_) => "snapshot",
        SegmentKind::ThinPool(_) => "thin-pool",
        SegmentKind::Thin(_) => "thin",
        SegmentKind::Raid(_) => "raid",
        SegmentKind::Cache(_) | SegmentKind::CachePool(_) => "cache",
        SegmentKind::WriteCache(_) => "writecache",
        SegmentKind::Integrity(_) => "integrity",
        SegmentKind::Vdo(_) | SegmentKind::VdoPool(_) => "kvdo",
        SegmentKind::Error => "error",
        SegmentKind::Zero => "zero",
        _ => return None,
    })
}
