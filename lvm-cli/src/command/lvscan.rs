//! `lvscan`

use lvmkit::core::metadata::SegmentKind;
use lvmkit::core::store::FoundVg;
use lvmkit::dm::Status;
use lvmkit::dm::target::snapshot::SnapshotStatus;
use lvmkit::report::display::listed;
use lvmkit::{LogicalVolume, VolumeGroup};

use super::{Command, access, order};
use crate::activation;
use crate::args::option as o;
use crate::session::{Outcome, Session};

pub(super) static COMMAND: Command = Command {
    name: "lvscan",
    summary: "List all logical volumes in all volume groups",
    usage: &["lvscan [ --all ]"],
    options: &[
        o::COMMON,
        &[
            &o::BLOCKDEVICE,
            &o::IGNORELOCKINGFAILURE,
            &o::LVSCAN_ALL,
            &o::PARTIAL,
            &o::READONLY,
            &o::REPORTFORMAT,
            &o::SCAN_CACHE,
        ],
    ],
    run,
};

fn run(session: &mut Session<'_>) -> Outcome {
    super::no_words(session)?;
    let lvm = session.open(None)?;
    let mut scan = lvm.scan()?;
    access::leave_out(session, &lvm, &mut scan)?;
    let all = session.args.has(&o::LVSCAN_ALL);
    for found in order::groups(&scan) {
        if found.vg.is_exported() {
            session.out.detail(format!("Skipping exported volume group {}", found.vg.name()));
            continue;
        }
        super::warn_about_group(session, found);
        let active = activation::live(&lvm, found)?;
        for (_, lv) in listed(&found.vg).into_iter().filter(|(_, lv)| lv.is_visible() || all) {
            let is_active = match active.iter().find(|active| active.lv == lv.id()) {
                Some(active) if part(&found.vg, lv) == "Snapshot" => !is_invalid(&lvm.lv_status(active)?),
                active => active.is_some(),
            };
            let line = line(found, lv, is_active);
            session.out.say(line);
        }
    }
    super::end_log(session);
    Ok(())
}

/// True when a snapshot overflowed: it has a device of which nothing can be read.
fn is_invalid(statuses: &[Status]) -> bool {
    statuses.contains(&Status::Snapshot(SnapshotStatus::Invalid))
}

fn line(found: &FoundVg, lv: &LogicalVolume, is_active: bool) -> String {
    let vg = &found.vg;
    let state = if is_active { "ACTIVE" } else { "inactive" };
    let size = super::shown_size(lv.extent_count().to_bytes(vg.extent_size()));
    let (name, policy) = (lv.name(), lv.allocation_policy());
    format!("{state:<8} {:<8} '/dev/{}/{name}' [{size}] {policy}", part(vg, lv), vg.name())
}

/// The part that a volume has in a snapshot.
fn part(vg: &VolumeGroup, lv: &LogicalVolume) -> &'static str {
    let snapshots = vg.logical_volumes().flat_map(|lv| lv.segments()).filter_map(|seg| match seg.kind() {
        SegmentKind::Snapshot(snapshot) => Some(snapshot),
        _ => None,
    });
    let mut part = "";
    for snapshot in snapshots {
        if snapshot.store == lv.id() {
            return "Snapshot";
        }
        if snapshot.origin == lv.id() {
            part = "Original";
        }
    }
    part
}
