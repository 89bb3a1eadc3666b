//! Volume groups built in memory, and LVM2's answers.

mod cases;
mod commands;
mod explanations;
mod parallel;
mod properties;
mod refusals;
mod sizes;

use std_alloc::{string::String, string::ToString, sync::Arc, vec::Vec};

use super::{AllocationSettings, PvSelection};
use crate::id::{LvId, PvId, VgId};
use crate::metadata::{
    AllocationPolicy, LogicalVolume, LvStatus, PhysicalVolume, PvStatus, RareKeys, RareList, ReadAhead,
    Segment, VgStatus, VolumeGroup,
};
use crate::stamp::SeededIds;
use crate::units::{Extents, Sectors};

/// 1 MiB.
const EXTENT_SIZE: Sectors = Sectors(2048);

/// A volume group of physical volumes `A`, `B` … with these extents.
fn volume_group(pe_counts: &[u32]) -> VolumeGroup {
    let mut ids = SeededIds::new(1);
    let names = ('A'..='Z').map(String::from).chain((1..).map(|n: u32| std::format!("pv{n}")));
    let physical_volumes = names.zip(pe_counts).map(|(device, pe_count)| PhysicalVolume {
        id: PvId::random(&mut ids),
        device,
        device_id_type: None,
        device_id: None,
        status: PvStatus::ALLOCATABLE,
        unknown_status: Vec::new(),
        unknown_flags: Vec::new(),
        tags: Vec::new(),
        dev_size: None,
        pe_start: EXTENT_SIZE,
        pe_count: Extents(*pe_count),
        bootloader_area: None,
        extra: Vec::new(),
    });
    VolumeGroup {
        physical_volumes: physical_volumes.collect(),
        name: "vg".to_string(),
        id: VgId::random(&mut ids),
        seqno: 1,
        format: Some("lvm2".to_string()),
        status: VgStatus::READ | VgStatus::WRITE | VgStatus::RESIZEABLE,
        unknown_status: Vec::new(),
        unknown_flags: Vec::new(),
        tags: Vec::new(),
        system_id: None,
        lock_type: None,
        lock_args: None,
        pr: None,
        extent_size: EXTENT_SIZE,
        max_lv: 0,
        max_pv: 0,
        allocation_policy: AllocationPolicy::Normal,
        profile: None,
        metadata_copies: 0,
        logical_volumes: Vec::new(),
        historical_logical_volumes: Vec::new(),
        extra: Vec::new(),
    }
}

/// Adds a volume of these segments.
fn add_lv(vg: &mut VolumeGroup, name: &str, policy: AllocationPolicy, segments: Vec<Segment>) {
    let taken = vg.logical_volumes.iter().map(|lv| lv.id).collect::<Vec<_>>();
    let mut ids = SeededIds::new(1000);
    let id = core::iter::repeat_with(|| LvId::random(&mut ids)).find(|id| !taken.contains(id)).unwrap();
    vg.logical_volumes.push(Arc::new(LogicalVolume {
        name: name.to_string(),
        id,
        status: LvStatus::READ | LvStatus::WRITE | LvStatus::VISIBLE,
        tags: RareList::new(),
        creation_time: None,
        creation_host: None,
        allocation_policy: policy,
        read_ahead: ReadAhead::Auto,
        segments: segments.into(),
        rare: RareKeys::default(),
        extent_size: EXTENT_SIZE,
        visible: true,
    }));
}

/// The physical volume of that letter.
fn pv(vg: &VolumeGroup, name: &str) -> PvId {
    vg.physical_volume_at(name).unwrap().id()
}

/// These physical volumes, in this order.
fn pvs(vg: &VolumeGroup, names: &[&str]) -> PvSelection {
    PvSelection::whole(names.iter().map(|name| pv(vg, name)))
}

fn tag_settings(tags: &[&str]) -> AllocationSettings {
    AllocationSettings {
        cling_tag_list: tags.iter().map(ToString::to_string).collect(),
        ..AllocationSettings::default()
    }
}
