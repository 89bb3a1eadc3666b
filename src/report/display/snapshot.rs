//! What `lvdisplay` says of snapshots and their origins.

use lvm_core::metadata::{LogicalVolume, SegmentKind};

use super::line::{Lines, Style};
use super::lv::Volume;
use crate::report::group::{Group, Use};
use crate::report::value::Value;

const LABEL: &str = "LV snapshot status";

/// The origin of a snapshot, or the snapshots of an origin.
pub(super) fn relations<'i>(lines: &mut Lines<'i>, volume: &Volume<'_, 'i>) {
    let (group, at) = (volume.group, volume.at);
    if let Some(snapshot) = group.store_of(at) {
        let origin = Value::text(group.lv_by_id(snapshot.origin).map(LogicalVolume::name));
        let active = if is_active(group, volume.lv) { "active" } else { "INACTIVE" };
        lines.items(Style::Volume, LABEL, [active.into(), " destination for ".into(), origin.into()]);
        return;
    }
    let mut label = LABEL;
    for user in group.users(at).iter().filter(|user| user.how == Use::SnapshotOrigin) {
        let SegmentKind::Snapshot(snapshot) = user.seg.kind() else { continue };
        let Some(store) = group.lv_by_id(snapshot.store) else { continue };
        if !std::mem::take(&mut label).is_empty() {
            lines.item(Style::Volume, LABEL, "source of");
        }
        let active = if is_active(group, store) { " [active]" } else { " [INACTIVE]" };
        lines.items(Style::Volume, "", [Value::text(Some(store.name())).into(), active.into()]);
    }
}

/// True when it has a device, and did not overflow.
pub(super) fn is_active(group: &Group<'_>, store: &LogicalVolume) -> bool {
    group.device(store).flatten().is_some()
        && !group.position(store.id()).is_some_and(|at| group.is_invalid_snapshot(at))
}
