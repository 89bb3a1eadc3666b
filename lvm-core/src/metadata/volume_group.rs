//! A volume group: the value everything else is about.

use std_alloc::{string::String, sync::Arc, vec::Vec};

use hashbrown::{HashMap, HashSet};
use serde::Serialize;

use super::{
    AllocationPolicy, ConfigNode, HistoricalLogicalVolume, LogicalVolume, LvStatus, PhysicalVolume, PvMap,
    SegmentKind, VgStatus, pv_map,
};
use crate::error::{Error, Result};
use crate::id::{LvId, PvId, VgId};
use crate::units::{Bytes, Extents, Sectors};

/// The block around the volume group in a metadata text: who wrote it, when and why.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize)]
pub struct TextHeader {
    /// The command that wrote it.
    pub description: String,
    /// The host that wrote it.
    pub creation_host: String,
    /// That host's system id, if it had one.
    pub creation_host_system_id: Option<String>,
    /// Seconds since 1970-01-01 UTC.
    pub creation_time: u64,
}

/// A volume group at one point in time.
///
/// It is a snapshot value: it holds no lock and no open device.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct VolumeGroup {
    pub(crate) name: String,
    pub(crate) id: VgId,
    pub(crate) seqno: u32,
    pub(crate) format: Option<String>,
    pub(crate) status: VgStatus,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) unknown_status: Vec<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) unknown_flags: Vec<String>,
    pub(crate) tags: Vec<String>,
    pub(crate) system_id: Option<String>,
    pub(crate) lock_type: Option<String>,
    pub(crate) lock_args: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) pr: Option<Vec<String>>,
    pub(crate) extent_size: Sectors,
    pub(crate) max_lv: u32,
    pub(crate) max_pv: u32,
    pub(crate) allocation_policy: AllocationPolicy,
    pub(crate) profile: Option<String>,
    pub(crate) metadata_copies: u32,
    pub(crate) physical_volumes: Vec<PhysicalVolume>,
    pub(crate) logical_volumes: Vec<Arc<LogicalVolume>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) historical_logical_volumes: Vec<HistoricalLogicalVolume>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) extra: Vec<ConfigNode>,
}

impl VolumeGroup {
    /// The name.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The id.
    #[must_use]
    pub fn id(&self) -> VgId {
        self.id
    }

    /// The version of the metadata; every commit raises it by one.
    #[must_use]
    pub fn seqno(&self) -> u32 {
        self.seqno
    }

    /// The status bits.
    #[must_use]
    pub fn status(&self) -> VgStatus {
        self.status
    }

    /// True for an exported group.
    #[must_use]
    pub fn is_exported(&self) -> bool {
        self.status.contains(VgStatus::EXPORTED)
    }

    /// True when it may gain and lose physical volumes.
    #[must_use]
    pub fn is_resizeable(&self) -> bool {
        self.status.contains(VgStatus::RESIZEABLE)
    }

    /// True when its metadata may be changed.
    #[must_use]
    pub fn is_writable(&self) -> bool {
        self.status.contains(VgStatus::WRITE)
    }

    /// True when a physical volume is missing.
    #[must_use]
    pub fn is_partial(&self) -> bool {
        self.physical_volumes.iter().any(PhysicalVolume::is_missing)
    }

    /// The tags, in the order they were added.
    #[must_use]
    pub fn tags(&self) -> &[String] {
        &self.tags
    }

    /// The system id of the host that owns it (lvmsystemid(7)).
    #[must_use]
    pub fn system_id(&self) -> Option<&str> {
        self.system_id.as_deref()
    }

    /// The lock type's word when it is not a local group.
    #[must_use]
    pub fn lock_type(&self) -> Option<&str> {
        self.lock_type.as_deref()
    }

    /// The arguments of the lock type.
    #[must_use]
    pub fn lock_args(&self) -> Option<&str> {
        self.lock_args.as_deref()
    }

    /// The size of one extent.
    #[must_use]
    pub fn extent_size(&self) -> Sectors {
        self.extent_size
    }

    /// The most logical volumes allowed; 0 means no limit.
    #[must_use]
    pub fn max_lv(&self) -> u32 {
        self.max_lv
    }

    /// The most physical volumes allowed; 0 means no limit.
    #[must_use]
    pub fn max_pv(&self) -> u32 {
        self.max_pv
    }

    /// Where new extents go by default; never [`Inherit`](AllocationPolicy::Inherit).
    #[must_use]
    pub fn allocation_policy(&self) -> AllocationPolicy {
        self.allocation_policy
    }

    /// The metadata profile.
    #[must_use]
    pub fn profile(&self) -> Option<&str> {
        self.profile.as_deref()
    }

    /// How many metadata areas should be in use; 0 leaves each physical volume to its own setting.
    #[must_use]
    pub fn metadata_copies(&self) -> u32 {
        self.metadata_copies
    }

    /// The physical volumes in metadata order, which is the order the allocator tries them in.
    #[must_use]
    pub fn physical_volumes(&self) -> &[PhysicalVolume] {
        &self.physical_volumes
    }

    /// All logical volumes in metadata order, hidden ones included.
    #[must_use]
    pub fn logical_volumes(&self) -> impl DoubleEndedIterator<Item = &LogicalVolume> + ExactSizeIterator {
        self.logical_volumes.iter().map(|lv| &**lv)
    }

    /// Removed logical volumes that are remembered.
    #[must_use]
    pub fn historical_logical_volumes(&self) -> &[HistoricalLogicalVolume] {
        &self.historical_logical_volumes
    }

    /// Keys this version does not know, kept as they were.
    #[must_use]
    pub fn extra(&self) -> &[ConfigNode] {
        &self.extra
    }

    /// The logical volume of that name.
    #[must_use]
    pub fn logical_volume(&self, name: &str) -> Option<&LogicalVolume> {
        self.logical_volumes().find(|lv| lv.name == name)
    }

    /// The logical volume of that name.
    ///
    /// # Errors
    /// `NotFound`.
    pub fn require_lv(&self, name: &str) -> Result<&LogicalVolume> {
        self.logical_volume(name).ok_or_else(|| {
            Error::not_found(std_alloc::format!(
                "logical volume {name} not found in volume group {}",
                self.name
            ))
            .with_vg(self.name.clone())
            .with_lv(name)
        })
    }

    /// The logical volume of that id.
    #[must_use]
    pub fn logical_volume_by_id(&self, id: LvId) -> Option<&LogicalVolume> {
        self.logical_volumes().find(|lv| lv.id == id)
    }

    /// The physical volume of that id.
    #[must_use]
    pub fn physical_volume(&self, id: PvId) -> Option<&PhysicalVolume> {
        self.physical_volumes.iter().find(|pv| pv.id == id)
    }

    /// The physical volume last seen at that path.
    #[must_use]
    pub fn physical_volume_at(&self, device: &str) -> Option<&PhysicalVolume> {
        self.physical_volumes.iter().find(|pv| pv.device == device)
    }

    /// Extents on all physical volumes.
    #[must_use]
    pub fn extent_count(&self) -> Extents {
        let sum = self.physical_volumes.iter().map(|pv| u64::from(pv.pe_count.0)).sum::<u64>();
        Extents(u32::try_from(sum).unwrap_or(u32::MAX))
    }

    /// The size of all extents.
    #[must_use]
    pub fn size(&self) -> Bytes {
        self.extent_count().to_bytes(self.extent_size)
    }

    /// Which extent belongs to whom, and what is free.
    ///
    /// # Errors
    /// `Corrupt` when a segment uses extents that do not exist or that another one has.
    pub fn pv_map(&self) -> Result<PvMap> {
        PvMap::new(self)
    }

    /// Extents in use on each physical volume, in their order. It takes less than the map.
    ///
    /// # Errors
    /// As [`pv_map`](Self::pv_map).
    pub fn used_extents(&self) -> Result<Vec<Extents>> {
        pv_map::used_extents(self)
    }

    /// True when WRITE is stored as WRITE_LOCKED: with a system id, or a lock type other than
    /// `none`.
    pub(crate) fn is_write_locked(&self) -> bool {
        self.system_id.is_some() || self.lock_type.as_deref().is_some_and(|lock_type| lock_type != "none")
    }

    /// True when something in it is unknown to this version in a way that makes changes unsafe.
    #[must_use]
    pub fn has_unknown_parts(&self) -> bool {
        !self.unknown_status.is_empty()
            || self.physical_volumes.iter().any(|pv| !pv.unknown_status.is_empty())
            || self.logical_volumes().any(LogicalVolume::has_unknown_parts)
    }

    /// Works out again what follows from the rest: extent sizes of volumes and who is visible.
    ///
    /// A volume is hidden without VISIBLE in its status, as holder of a snapshot segment, and as
    /// the store of a merging snapshot; a snapshot's store is as visible as its origin, and
    /// visible when the origin is virtual (as lvm2 2.03.16 reports it).
    pub(crate) fn refresh_derived(&mut self) {
        let mut holders = HashSet::new();
        let mut stores = HashMap::new();
        let mut is_changed = false;
        for lv in &self.logical_volumes {
            let visible = lv.status.contains(LvStatus::VISIBLE);
            is_changed |= lv.visible != visible || lv.extent_size != self.extent_size;
            for seg in &lv.segments {
                if let SegmentKind::Snapshot(snapshot) = &seg.kind {
                    holders.insert(lv.id);
                    stores.insert(snapshot.store, (snapshot.origin, snapshot.merging));
                }
            }
        }
        if stores.is_empty() && !is_changed {
            return;
        }
        let mut origins = HashMap::new();
        if !stores.is_empty() {
            let wanted = stores.values().map(|(origin, _)| *origin).collect::<HashSet<_>>();
            for lv in self.logical_volumes.iter().filter(|lv| wanted.contains(&lv.id)) {
                let is_virtual = lv.name.ends_with("_vorigin");
                origins.insert(lv.id, is_virtual || lv.status.contains(LvStatus::VISIBLE));
            }
        }
        for lv in &mut self.logical_volumes {
            let visible = match stores.get(&lv.id) {
                Some((_, true)) => false,
                Some((origin, false)) => origins.get(origin).copied().unwrap_or(false),
                None => lv.status.contains(LvStatus::VISIBLE) && !holders.contains(&lv.id),
            };
            if lv.visible != visible || lv.extent_size != self.extent_size {
                let lv = Arc::make_mut(lv);
                lv.visible = visible;
                lv.extent_size = self.extent_size;
            }
        }
    }
}
