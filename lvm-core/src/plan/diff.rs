//! The difference between two states of a group, as steps.

use hashbrown::HashMap;
use std_alloc::{format, string::String, string::ToString, sync::Arc, vec, vec::Vec};

use super::{ExtentRange, Plan, Stage, Step, mapping};
use crate::edit::{DataStep, VgDraft};
use crate::error::Result;
use crate::id::{LvId, PvId};
use crate::metadata::{AreaSource, LogicalVolume, PhysicalVolume, VolumeGroup};
use crate::units::Bytes;

pub(super) fn plan(draft: &VgDraft) -> Result<Plan> {
    let working = &draft.working;
    let seqno = draft.base.as_ref().map(|base| base.seqno);
    let mut plan = Plan { vg: working.name.clone(), id: working.id, seqno, stages: Vec::new() };
    if draft.removed {
        plan.stages.push(Stage { seqno: None, steps: vec![Step::RemoveVg] });
        return Ok(plan);
    }
    if !draft.is_changed() {
        return Ok(plan);
    }
    let (next, _) = draft.next_version()?;
    let mut steps = Vec::new();
    for pv in &working.physical_volumes {
        if let Some(new) = draft.layouts.get(&pv.id).filter(|new| new.initialise) {
            let size = Bytes(new.layout.device_size);
            steps.push(Step::InitialisePv { pv: pv.id, device: pv.device.clone(), size });
        }
    }
    match &draft.base {
        None => steps.push(Step::CreateVg { extent_size: working.extent_size.to_bytes() }),
        Some(base) => group_steps(base, working, &mut steps),
    }
    let moved = |pv: PvId| draft.layouts.get(&pv).is_some_and(|pv| pv.moved);
    pv_steps(draft.base.as_ref(), working, moved, &mut steps);
    lv_steps(draft.base.as_ref(), working, &mut steps);
    for data in &draft.data_steps {
        let (DataStep::Zero { lv, .. } | DataStep::WipeSignatures { lv }) = data;
        let name = working.logical_volume_by_id(*lv).map_or_else(String::new, |lv| lv.name.clone());
        steps.push(Step::Data { name, data: data.clone() });
    }
    plan.stages.push(Stage { seqno: Some(next.seqno), steps });
    Ok(plan)
}

pub(super) fn between(old: &VolumeGroup, new: &VolumeGroup) -> Plan {
    let mut steps = Vec::new();
    changed(&mut steps, &new.name, "id", old.id, new.id);
    group_steps(old, new, &mut steps);
    pv_steps(Some(old), new, |_| false, &mut steps);
    lv_steps(Some(old), new, &mut steps);
    let stages = match steps.is_empty() {
        true => Vec::new(),
        false => vec![Stage { seqno: Some(new.seqno), steps }],
    };
    Plan { vg: new.name.clone(), id: new.id, seqno: Some(old.seqno), stages }
}

pub(super) fn changed(
    steps: &mut Vec<Step>,
    object: &str,
    attribute: &str,
    from: impl ToString,
    to: impl ToString,
) {
    let (from, to) = (from.to_string(), to.to_string());
    if from != to {
        let (object, attribute) = (object.into(), attribute.into());
        steps.push(Step::Change { object, attribute, from, to });
    }
}

fn names<F: bitflags::Flags>(flags: F) -> String {
    flags.iter_names().map(|(name, _)| name).collect::<Vec<_>>().join(",")
}

fn group_steps(base: &VolumeGroup, working: &VolumeGroup, steps: &mut Vec<Step>) {
    if base.name != working.name {
        steps.push(Step::RenameVg { from: base.name.clone(), to: working.name.clone() });
    }
    let object = &working.name;
    changed(steps, object, "status", names(base.status), names(working.status));
    changed(steps, object, "tags", base.tags.join(","), working.tags.join(","));
    changed(steps, object, "extent_size", base.extent_size, working.extent_size);
    changed(steps, object, "max_lv", base.max_lv, working.max_lv);
    changed(steps, object, "max_pv", base.max_pv, working.max_pv);
    changed(steps, object, "allocation_policy", base.allocation_policy, working.allocation_policy);
    changed(steps, object, "metadata_copies", base.metadata_copies, working.metadata_copies);
    let id = |vg: &VolumeGroup| vg.system_id.clone().unwrap_or_default();
    changed(steps, object, "system_id", id(base), id(working));
}

/// `moved` says of which physical volumes something moved that the group's text does not tell.
fn pv_steps(
    base: Option<&VolumeGroup>,
    working: &VolumeGroup,
    moved: impl Fn(PvId) -> bool,
    steps: &mut Vec<Step>,
) {
    let old = base.map_or(&[][..], |base| &base.physical_volumes);
    let known: HashMap<PvId, &PhysicalVolume> = old.iter().map(|pv| (pv.id, pv)).collect();
    let kept: HashMap<PvId, ()> = working.physical_volumes.iter().map(|pv| (pv.id, ())).collect();
    for pv in old.iter().filter(|pv| !kept.contains_key(&pv.id)) {
        steps.push(Step::RemovePv { pv: pv.id, device: pv.device.clone() });
    }
    for pv in &working.physical_volumes {
        let Some(before) = known.get(&pv.id) else {
            steps.push(Step::AddPv { pv: pv.id, device: pv.device.clone(), extents: pv.pe_count });
            continue;
        };
        let rescaled = base.is_some_and(|base| base.extent_size != working.extent_size);
        if moved(pv.id) || (before.pe_count != pv.pe_count && !rescaled) {
            let device = pv.device.clone();
            steps.push(Step::ResizePv { pv: pv.id, device, from: before.pe_count, to: pv.pe_count });
        } else {
            // The device may change by less than an extent.
            let size = |pv: &PhysicalVolume| pv.dev_size.map_or_else(String::new, |size| size.to_string());
            changed(steps, &pv.device, "dev_size", size(before), size(pv));
        }
        changed(steps, &pv.device, "status", names(before.status), names(pv.status));
        changed(steps, &pv.device, "tags", before.tags.join(","), pv.tags.join(","));
    }
}

fn lv_steps(base: Option<&VolumeGroup>, working: &VolumeGroup, steps: &mut Vec<Step>) {
    let old = base.map_or(&[][..], |base| &base.logical_volumes);
    // Most volumes are the same value at the same place, which their address tells.
    let same = old.iter().zip(&working.logical_volumes).take_while(|(a, b)| Arc::ptr_eq(a, b)).count();
    let (old, new) =
        (old.get(same..).unwrap_or_default(), working.logical_volumes.get(same..).unwrap_or_default());
    let known: HashMap<LvId, &Arc<LogicalVolume>> = old.iter().map(|lv| (lv.id, lv)).collect();
    let kept: HashMap<LvId, ()> = new.iter().map(|lv| (lv.id, ())).collect();
    for lv in old.iter().filter(|lv| !kept.contains_key(&lv.id)) {
        steps.push(Step::RemoveLv { lv: lv.id, name: lv.name.clone(), size: lv.size() });
    }
    for lv in new {
        match known.get(&lv.id) {
            Some(before) if Arc::ptr_eq(before, lv) || before == &lv => {}
            Some(before) => changed_lv(base.unwrap_or(working), working, (before, lv), steps),
            None => steps.push(Step::CreateLv {
                lv: lv.id,
                name: lv.name.clone(),
                segment_type: lv
                    .segments
                    .first()
                    .map_or_else(String::new, |seg| seg.segment_type().to_string()),
                size: lv.size(),
                ranges: ranges_from(working, lv, 0),
            }),
        }
    }
}

fn changed_lv(
    base: &VolumeGroup,
    vg: &VolumeGroup,
    (before, lv): (&LogicalVolume, &LogicalVolume),
    steps: &mut Vec<Step>,
) {
    if before.name != lv.name {
        steps.push(Step::RenameLv { lv: lv.id, from: before.name.clone(), to: lv.name.clone() });
    }
    let (from, to) = (before.size(), lv.size());
    let name = lv.name.clone();
    if to > from {
        let ranges = ranges_from(vg, lv, before.extent_count().0);
        steps.push(Step::ExtendLv { lv: lv.id, name, from, to, ranges });
    } else if to < from {
        let ranges = ranges_from(base, before, lv.extent_count().0);
        steps.push(Step::ReduceLv { lv: lv.id, name, from, to, ranges });
    }
    mapping::steps((base, before), (vg, lv), steps);
    let object = &format!("{}/{}", vg.name, lv.name);
    changed(steps, object, "status", names(before.status), names(lv.status));
    changed(steps, object, "tags", before.tags.join(","), lv.tags.join(","));
    changed(steps, object, "allocation_policy", before.allocation_policy, lv.allocation_policy);
    changed(steps, object, "read_ahead", format!("{:?}", before.read_ahead), format!("{:?}", lv.read_ahead));
    changed(steps, object, "minor", format!("{:?}", before.rare.minor), format!("{:?}", lv.rare.minor));
    changed(steps, object, "major", format!("{:?}", before.rare.major), format!("{:?}", lv.rare.major));
}

/// The physical extents under a volume from a logical extent on.
fn ranges_from(vg: &VolumeGroup, lv: &LogicalVolume, first: u32) -> Vec<ExtentRange> {
    let devices: HashMap<PvId, &str> =
        vg.physical_volumes.iter().map(|pv| (pv.id, pv.device.as_str())).collect();
    let mut ranges = Vec::new();
    for seg in &lv.segments {
        let end = seg.start_extent.saturating_add(seg.extent_count);
        if end <= first {
            continue;
        }
        let skip = first.saturating_sub(seg.start_extent) / seg.kind.area_multiple().max(1);
        for area in seg.kind.areas() {
            let AreaSource::Pv(pv) = area.source else { continue };
            ranges.push(ExtentRange {
                device: devices.get(&pv).copied().unwrap_or_default().into(),
                start: area.start_extent.saturating_add(skip),
                count: seg.area_length().0.saturating_sub(skip),
            });
        }
    }
    ranges
}
