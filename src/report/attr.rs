//! The attribute strings of `lvs`, `vgs` and `pvs`, each character as in lvm2 2.03.16. Where the
//! kernel does not say, what only it knows shows as `X`, as with `activation=0`.

use lvm_core::metadata::segment::Raid;
use lvm_core::metadata::{
    AllocationPolicy, LogicalVolume, LvStatus, PhysicalVolume, SegmentKind, VgStatus, VolumeGroup,
};

use lvm_dm::target::snapshot::SnapshotStatus;

use super::group::{Group, Use, is_pvmove};
use super::role::{is_spare, is_virtual_origin};
use crate::activate::ActiveLv;

/// `lv_attr`: ten characters.
pub(super) fn lv_attr(group: &Group<'_>, at: usize, lv: &LogicalVolume) -> String {
    let status = lv.status();
    let kind = group.first_kind(at);
    let flag = |set, sign| if set { sign } else { '-' };
    let device = group.shared_device(lv);
    let permissions = match (is_pvmove(lv), status.contains(LvStatus::WRITE)) {
        (true, _) => '-',
        (_, true) if device.flatten().is_some_and(|device| device.read_only) => 'R',
        (_, true) => 'w',
        (_, false) => 'r',
    };
    let policy = lv.allocation_policy().as_char();
    let locked = status.contains(LvStatus::LOCKED);
    [
        lv_type(group, at, lv, kind),
        permissions,
        if locked { policy.to_ascii_uppercase() } else { policy },
        flag(status.contains(LvStatus::FIXED_MINOR), 'm'),
        state(group, at, device),
        match device {
            None => 'X',
            Some(device) => flag(device.is_some_and(|device| device.open_count > 0), 'o'),
        },
        lv_target(group, at, lv, kind),
        flag(zeroes_new_blocks(group, kind), 'z'),
        group.health(at, lv).sign(),
        flag(status.contains(LvStatus::ACTIVATION_SKIP), 'k'),
    ]
    .into_iter()
    .collect()
}

/// What its device does.
fn state(group: &Group<'_>, at: usize, device: Option<Option<&ActiveLv>>) -> char {
    let Some(device) = device else { return 'X' };
    let Some(device) = device else { return '-' };
    let snapshot = group.snapshot_status(at);
    let is = |low: char| if device.suspended { low.to_ascii_uppercase() } else { low };
    match device {
        _ if group.needs_check(at) == Some(true) => is('c'),
        _ if snapshot == Some(SnapshotStatus::Invalid) => {
            if device.suspended {
                'S'
            } else {
                'I'
            }
        }
        _ if snapshot == Some(SnapshotStatus::MergeFailed) => is('m'),
        device if device.suspended => 's',
        device if device.live_table => 'a',
        device if device.inactive_table => 'i',
        _ => 'd',
    }
}

fn lv_type(group: &Group<'_>, at: usize, lv: &LogicalVolume, kind: Option<&SegmentKind>) -> char {
    let used = |how| group.is_used_as(at, how);
    let synced = !lv.status().contains(LvStatus::NOTSYNCED);
    let merging = |is, yes, no| if is { yes } else { no };
    if is_pvmove(lv) {
        return 'p';
    }
    if used(Use::SnapshotOrigin) || used(Use::ExternalOrigin) {
        return merging(group.merging_into(at), 'O', 'o');
    }
    let metadata = [Use::ThinMetadata, Use::CacheMetadata, Use::RaidMetadata, Use::IntegrityMetadata];
    if metadata.into_iter().any(used) || is_spare(lv) {
        return 'e';
    }
    if is_cache(kind) || used(Use::CacheData) || used(Use::CachePool) || used(Use::WriteCacheFast) {
        return 'C';
    }
    match kind {
        Some(SegmentKind::Integrity(_)) => return 'g',
        Some(SegmentKind::Raid(_)) => return merging(synced, 'r', 'R'),
        Some(SegmentKind::Mirror(_)) => return merging(synced, 'm', 'M'),
        _ => {}
    }
    if let Some(thin) = group.thin(at) {
        // `merge` names the volume that this snapshot is merged into.
        return if thin.merge.is_some() { 'S' } else { merging(used(Use::ThinMerge), 'O', 'V') };
    }
    match kind {
        Some(SegmentKind::VdoPool(_)) => return 'd',
        _ if used(Use::VdoData) => return 'D',
        Some(kind) if is_virtual(kind) => return 'v',
        Some(SegmentKind::ThinPool(_)) => return 't',
        _ => {}
    }
    if used(Use::ThinData) {
        'T'
    } else if used(Use::MirrorImage) || used(Use::RaidImage) {
        merging(group.is_in_sync(at), 'i', 'I')
    } else if used(Use::MirrorLog) {
        'l'
    } else if let Some(snapshot) = group.store_of(at) {
        merging(snapshot.merging, 'S', 's')
    } else if used(Use::CacheOrigin) || used(Use::WriteCacheOrigin) {
        'o'
    } else {
        '-'
    }
}

fn lv_target(group: &Group<'_>, at: usize, lv: &LogicalVolume, kind: Option<&SegmentKind>) -> char {
    let used = |how| group.is_used_as(at, how);
    let any = |uses: &[Use]| uses.iter().any(|how| used(*how));
    match kind {
        Some(SegmentKind::Thin(_) | SegmentKind::ThinPool(_)) => 't',
        kind if is_cache(kind) => 'C',
        _ if any(&[Use::CachePool, Use::WriteCacheFast, Use::CacheOrigin, Use::WriteCacheOrigin]) => 'C',
        Some(SegmentKind::Raid(_)) => 'r',
        _ if any(&[Use::RaidImage, Use::RaidMetadata]) => 'r',
        Some(SegmentKind::Mirror(_)) => 'm',
        _ if is_pvmove(lv) || any(&[Use::MirrorImage, Use::MirrorLog]) => 'm',
        _ if any(&[Use::SnapshotOrigin, Use::SnapshotStore]) => 's',
        _ if lv.segments().iter().any(|seg| seg.kind().is_unknown()) => 'u',
        Some(kind) if is_virtual(kind) || is_virtual_origin(lv) => 'v',
        _ => '-',
    }
}

fn is_cache(kind: Option<&SegmentKind>) -> bool {
    matches!(kind, Some(SegmentKind::Cache(_) | SegmentKind::CachePool(_) | SegmentKind::WriteCache(_)))
}

/// Types without storage of their own.
fn is_virtual(kind: &SegmentKind) -> bool {
    matches!(kind, SegmentKind::Error | SegmentKind::Zero | SegmentKind::Vdo(_) | SegmentKind::Unknown(_))
}

fn zeroes_new_blocks(group: &Group<'_>, kind: Option<&SegmentKind>) -> bool {
    match kind {
        Some(SegmentKind::ThinPool(pool)) => pool.zero_new_blocks,
        Some(SegmentKind::Thin(thin)) => {
            match group.position(thin.thin_pool).and_then(|at| group.first_kind(at)) {
                Some(SegmentKind::ThinPool(pool)) => pool.zero_new_blocks,
                _ => false,
            }
        }
        _ => false,
    }
}

/// The layout names of a raid, from the general to the special, as far as lvm2 has names.
pub(super) fn raid_names(raid: &Raid) -> Vec<&str> {
    match raid.raid_type.as_str() {
        // The plain names stand for their usual layouts.
        "raid5" => vec!["raid", "raid5", "raid5_ls"],
        "raid6" => vec!["raid", "raid6", "raid6_zr"],
        "raid0_meta" => vec!["raid"],
        "raid10" | "raid10_near" => vec!["raid", "raid10"],
        "raid5_n" => vec!["raid", "raid5"],
        special if special.starts_with("raid6") && special.ends_with("_6") => vec!["raid", "raid6"],
        special => match special.split_once('_') {
            Some((general, _)) => vec!["raid", general, special],
            None => vec!["raid", special],
        },
    }
}

/// `vg_attr`: six characters.
pub(super) fn vg_attr(vg: Option<&VolumeGroup>) -> String {
    let Some(vg) = vg else { return "r-----".to_owned() };
    let flag = |set, sign| if set { sign } else { '-' };
    let shared = vg.status().contains(VgStatus::SHARED)
        || vg.lock_type().is_some_and(|lock_type| lock_type != "none" && lock_type != "clvm");
    [
        if vg.is_writable() { 'w' } else { 'r' },
        flag(vg.is_resizeable(), 'z'),
        flag(vg.is_exported(), 'x'),
        flag(vg.is_partial(), 'p'),
        policy_char(vg.allocation_policy()),
        match (vg.status().contains(VgStatus::CLUSTERED), shared) {
            (true, _) => 'c',
            (_, true) => 's',
            _ => '-',
        },
    ]
    .into_iter()
    .collect()
}

fn policy_char(policy: AllocationPolicy) -> char {
    policy.as_char()
}

/// `pv_attr` of a physical volume in a group: three characters.
pub(super) fn pv_attr(vg: &VolumeGroup, pv: &PhysicalVolume) -> String {
    let flag = |set, sign| if set { sign } else { '-' };
    [if pv.is_allocatable() { 'a' } else { 'u' }, flag(vg.is_exported(), 'x'), flag(pv.is_missing(), 'm')]
        .into_iter()
        .collect()
}
