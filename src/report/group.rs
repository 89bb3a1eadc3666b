//! What reports need to know about a volume group, worked out once: who refers to whom, where
//! names are, what is free.

use std::cell::OnceCell;
use std::collections::HashMap;

use lvm_core::metadata::segment::{Snapshot, Thin};
use lvm_core::metadata::{
    Area, AreaSource, LogicalVolume, LvStatus, PvMap, PvRun, Segment, SegmentKind, VolumeGroup,
};
use lvm_core::store::{FoundPv, ScannedPv};
use lvm_core::{Bytes, LvId, PvId, Result};

use super::reports::Reports;
use crate::activate::ActiveLv;

/// How one logical volume uses another.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Use {
    /// Plain extents of it.
    Extents,
    MirrorImage,
    MirrorLog,
    RaidImage,
    RaidMetadata,
    SnapshotOrigin,
    SnapshotStore,
    ThinData,
    ThinMetadata,
    ThinPool,
    ThinOrigin,
    ExternalOrigin,
    ThinMerge,
    CacheData,
    CacheMetadata,
    CachePool,
    CacheOrigin,
    WriteCacheFast,
    WriteCacheOrigin,
    IntegrityOrigin,
    IntegrityMetadata,
    VdoData,
    VdoPool,
}

/// One use of a logical volume, seen from the one that is used.
#[derive(Clone, Copy, Debug)]
pub(super) struct User<'i> {
    /// The position of the logical volume that uses it.
    pub(super) lv: usize,
    /// The segment that uses it.
    pub(super) seg: &'i Segment,
    pub(super) how: Use,
}

/// Counts and sizes of metadata areas.
#[derive(Clone, Copy, Default, Debug)]
pub(super) struct Areas {
    pub(super) count: u64,
    pub(super) used: u64,
    /// Of the smallest.
    pub(super) size: Option<Bytes>,
    /// Of the fullest one in use.
    pub(super) free: Option<Bytes>,
}

impl Areas {
    pub(super) fn of(pv: &ScannedPv) -> Self {
        let mut all = Self::default();
        for area in &pv.areas {
            let header = area.state.header();
            let ignored = header.is_some_and(|header| header.committed.is_ignored());
            let size = header.map_or(area.location.size, |header| header.size);
            let text = header.map_or(0, |header| header.committed.size);
            all.add(&Self {
                count: 1,
                used: u64::from(!ignored),
                size: Some(Bytes(size)),
                free: (!ignored).then(|| free_space(size, text)),
            });
        }
        all
    }

    fn add(&mut self, other: &Self) {
        let smaller = |one: Option<Bytes>, two: Option<Bytes>| match (one, two) {
            (Some(one), Some(two)) => Some(one.min(two)),
            (one, two) => one.or(two),
        };
        self.count += other.count;
        self.used += other.used;
        self.size = smaller(self.size, other.size);
        self.free = smaller(self.free, other.free);
    }
}

/// Room for a text to grow: behind the header a commit needs the old text and the new one side by
/// side. In whole sectors, and with one sector to spare, as lvm2 counts it.
fn free_space(area: u64, text: u64) -> Bytes {
    const SECTOR: u64 = 512;
    let half = area.saturating_sub(SECTOR) / 2;
    Bytes(half.saturating_sub(SECTOR).saturating_sub(text) / SECTOR * SECTOR)
}

/// A volume group with everything reports look up in it.
#[derive(Debug)]
pub(super) struct Group<'i> {
    pub(super) vg: &'i VolumeGroup,
    /// Where its physical volumes were found; empty when there are no devices.
    pub(super) pvs: &'i [Option<FoundPv>],
    pub(super) lvs: Vec<&'i LogicalVolume>,
    /// Built at the first look-up: most reports never need it.
    map: OnceCell<Option<PvMap>>,
    /// Extents in use, for each physical volume.
    pub(super) used: Vec<u32>,
    pub(super) free: u32,
    pub(super) areas: Areas,
    pub(super) visible_count: u64,
    pub(super) snapshot_count: u64,
    /// Built at the first look-up: groups of plain volumes never need it.
    lv_at: OnceCell<HashMap<LvId, usize>>,
    pv_at: OnceCell<HashMap<PvId, usize>>,
    /// Empty when no volume uses another.
    users: Vec<Vec<User<'i>>>,
    /// Empty when all devices are there.
    partial: Vec<bool>,
    /// The volumes that are devices of the kernel; `None` when it was not asked or cannot tell.
    live: Option<HashMap<LvId, ActiveLv>>,
    pub(super) reports: Reports<'i>,
    /// Volumes that were removed count as ancestors and descendants.
    pub(super) history: bool,
}

impl<'i> Group<'i> {
    /// # Errors
    /// When the extents of the group do not fit together.
    pub(super) fn new(vg: &'i VolumeGroup, pvs: &'i [Option<FoundPv>]) -> Result<Self> {
        let lvs = vg.logical_volumes().collect::<Vec<_>>();
        let used = vg.used_extents()?.into_iter().map(|used| used.0).collect::<Vec<_>>();
        let pvs_and_used = vg.physical_volumes().iter().zip(&used);
        let free =
            pvs_and_used.map(|(pv, used)| u64::from(pv.pe_count().0.saturating_sub(*used))).sum::<u64>();
        let mut areas = Areas::default();
        for pv in pvs.iter().flatten() {
            areas.add(&Areas::of(&pv.scanned));
        }
        let mut group = Self {
            vg,
            pvs,
            free: u32::try_from(free).unwrap_or(u32::MAX),
            map: OnceCell::new(),
            used,
            areas,
            visible_count: 0,
            snapshot_count: 0,
            lv_at: OnceCell::new(),
            pv_at: OnceCell::new(),
            partial: Vec::new(),
            users: Vec::new(),
            live: None,
            reports: Reports::default(),
            history: false,
            lvs,
        };
        group.find_users();
        group.snapshot_count =
            count((0..group.users.len()).filter(|at| group.store_of(*at).is_some()).count());
        group.find_partial();
        Ok(group)
    }

    /// Takes note of what the kernel says.
    pub(super) fn set_live(&mut self, live: Option<Vec<ActiveLv>>) {
        self.live = live.map(|live| live.into_iter().map(|lv| (lv.lv, lv)).collect());
    }

    /// The device of a volume, of a thin pool the one that its volumes share; or that it has none.
    /// Nothing when the kernel does not say.
    pub(super) fn shared_device(&self, lv: &LogicalVolume) -> Option<Option<&ActiveLv>> {
        let device = self.device(lv)?;
        Some(device.map(|device| device.pool.as_deref().unwrap_or(device)))
    }

    /// The device of a volume, or that it has none; nothing when the kernel does not say.
    pub(super) fn device(&self, lv: &LogicalVolume) -> Option<Option<&ActiveLv>> {
        self.live.as_ref().map(|live| live.get(&lv.id()))
    }

    /// True when the kernel has a device of one of its volumes.
    pub(super) fn has_active(&self) -> bool {
        self.live.as_ref().is_some_and(|live| !live.is_empty())
    }

    /// Notes for each volume which segments use it, and counts those that show.
    fn find_users(&mut self) {
        let mut users = std::mem::take(&mut self.users);
        for (at, lv) in self.lvs.iter().enumerate() {
            self.visible_count += u64::from(lv.is_visible());
            for seg in lv.segments() {
                for_each_use(seg.kind(), |used, how| {
                    if users.is_empty() {
                        users.resize_with(self.lvs.len(), Vec::new);
                    }
                    if let Some(list) = self.position(used).and_then(|used| users.get_mut(used)) {
                        list.push(User { lv: at, seg, how });
                    }
                });
            }
        }
        self.users = users;
    }

    /// The runs of extents of the physical volume at that position.
    pub(super) fn runs(&self, pv: usize) -> &[PvRun] {
        // That the extents fit together was checked.
        let map = self.map.get_or_init(|| self.vg.pv_map().ok());
        map.as_ref().map_or(&[], |map| map.runs(pv))
    }

    pub(super) fn position(&self, lv: LvId) -> Option<usize> {
        let build = || self.lvs.iter().enumerate().map(|(at, lv)| (lv.id(), at)).collect();
        self.lv_at.get_or_init(build).get(&lv).copied()
    }

    pub(super) fn lv(&self, at: usize) -> Option<&'i LogicalVolume> {
        self.lvs.get(at).copied()
    }

    pub(super) fn lv_by_id(&self, lv: LvId) -> Option<&'i LogicalVolume> {
        self.position(lv).and_then(|at| self.lv(at))
    }

    /// Everything that uses the logical volume at that position.
    pub(super) fn users(&self, at: usize) -> &[User<'i>] {
        self.users.get(at).map_or(&[], Vec::as_slice)
    }

    pub(super) fn is_used_as(&self, at: usize, how: Use) -> bool {
        self.users(at).iter().any(|user| user.how == how)
    }

    pub(super) fn user_as(&self, at: usize, how: Use) -> Option<&User<'i>> {
        self.users(at).iter().find(|user| user.how == how)
    }

    /// The snapshot whose store the logical volume is.
    pub(super) fn store_of(&self, at: usize) -> Option<&'i Snapshot> {
        self.user_as(at, Use::SnapshotStore).and_then(|user| match user.seg.kind() {
            SegmentKind::Snapshot(snapshot) => Some(&**snapshot),
            _ => None,
        })
    }

    /// The snapshot that is being merged into the logical volume.
    pub(super) fn merging_into(&self, at: usize) -> bool {
        self.users(at).iter().any(|user| {
            user.how == Use::SnapshotOrigin
                && matches!(user.seg.kind(), SegmentKind::Snapshot(snapshot) if snapshot.merging)
        })
    }

    pub(super) fn is_partial(&self, at: usize) -> bool {
        self.partial.get(at).copied().unwrap_or(false)
    }

    /// The pool of a thin volume's first segment.
    pub(super) fn thin(&self, at: usize) -> Option<&'i Thin> {
        self.first_kind(at).and_then(|kind| match kind {
            SegmentKind::Thin(thin) => Some(&**thin),
            _ => None,
        })
    }

    pub(super) fn first_kind(&self, at: usize) -> Option<&'i SegmentKind> {
        self.lv(at).and_then(|lv| lv.segments().first()).map(Segment::kind)
    }

    pub(super) fn pv_name(&self, pv: PvId) -> &'i str {
        let pvs = self.vg.physical_volumes();
        let build = || pvs.iter().enumerate().map(|(at, pv)| (pv.id(), at)).collect();
        let at = self.pv_at.get_or_init(build).get(&pv).copied();
        at.and_then(|at| self.vg.physical_volumes().get(at)).map_or("[unknown]", |pv| pv.device())
    }

    /// Marks the volumes that lie on missing physical volumes, and those that lie on them.
    fn find_partial(&mut self) {
        if !self.vg.is_partial() {
            return;
        }
        self.partial.resize(self.lvs.len(), false);
        let missing = |area: &Area| match area.source {
            AreaSource::Pv(pv) => self.vg.physical_volume(pv).is_none_or(|pv| pv.is_missing()),
            AreaSource::Lv(_) => false,
        };
        let mut todo = Vec::new();
        for (at, lv) in self.lvs.iter().enumerate() {
            // lvm2 never looks at the checksums of an integrity volume.
            if self.is_used_as(at, Use::IntegrityMetadata) {
                continue;
            }
            if lv.segments().iter().any(|seg| seg.kind().areas().iter().any(missing)) {
                todo.push(at);
            }
        }
        while let Some(at) = todo.pop() {
            if self.partial.get(at) != Some(&false) {
                continue;
            }
            if let Some(mark) = self.partial.get_mut(at) {
                *mark = true;
            }
            let upward = self.users(at).iter().filter(|user| user.how.carries_data());
            todo.extend(upward.map(|user| user.lv).collect::<Vec<_>>());
        }
    }

    /// The size a logical volume shows: without the extents a raid keeps for reshaping.
    pub(super) fn lv_size(&self, lv: &LogicalVolume) -> Bytes {
        let mut extents = u64::from(lv.extent_count().0);
        for seg in lv.segments() {
            if let (SegmentKind::Raid(raid), Some(reshape)) = (seg.kind(), seg.reshape_count()) {
                let devices = count(raid.images.len()).saturating_sub(u64::from(raid.parity_count()));
                extents = extents.saturating_sub(u64::from(reshape.0) * devices);
            }
        }
        Bytes(extents.saturating_mul(self.vg.extent_size().to_bytes().0))
    }
}

/// The logical volumes that have extents on a physical volume that is missing, or lie on volumes that
/// have.
pub(crate) fn partial_volumes(vg: &VolumeGroup) -> Result<Vec<&LogicalVolume>> {
    let group = Group::new(vg, &[])?;
    Ok((0..group.lvs.len()).filter(|at| group.is_partial(*at)).filter_map(|at| group.lv(at)).collect())
}

impl Use {
    /// True when a volume fails with the one it uses.
    fn carries_data(self) -> bool {
        !matches!(
            self,
            Self::SnapshotOrigin
                | Self::SnapshotStore
                | Self::ThinOrigin
                | Self::ThinMerge
                | Self::IntegrityMetadata
        )
    }
}

pub(super) fn count(number: usize) -> u64 {
    u64::try_from(number).unwrap_or(u64::MAX)
}

/// True for the volume that a pvmove copies through.
pub(super) fn is_pvmove(lv: &LogicalVolume) -> bool {
    lv.status().contains(LvStatus::PVMOVE)
}

/// Calls `found` for every logical volume that a segment uses.
fn for_each_use(kind: &SegmentKind, mut found: impl FnMut(LvId, Use)) {
    let extents = if matches!(kind, SegmentKind::Mirror(_)) { Use::MirrorImage } else { Use::Extents };
    for area in kind.areas() {
        if let AreaSource::Lv(lv) = area.source {
            found(lv, extents);
        }
    }
    let mut maybe = |lv: Option<LvId>, how| {
        if let Some(lv) = lv {
            found(lv, how);
        }
    };
    match kind {
        SegmentKind::Mirror(mirror) => maybe(mirror.mirror_log, Use::MirrorLog),
        SegmentKind::Snapshot(snapshot) => {
            maybe(Some(snapshot.origin), Use::SnapshotOrigin);
            maybe(Some(snapshot.store), Use::SnapshotStore);
        }
        SegmentKind::ThinPool(pool) => {
            maybe(Some(pool.metadata), Use::ThinMetadata);
            maybe(Some(pool.pool), Use::ThinData);
        }
        SegmentKind::Thin(thin) => {
            maybe(Some(thin.thin_pool), Use::ThinPool);
            maybe(thin.origin, Use::ThinOrigin);
            maybe(thin.external_origin, Use::ExternalOrigin);
            maybe(thin.merge, Use::ThinMerge);
        }
        SegmentKind::Raid(raid) => {
            for image in &raid.images {
                maybe(image.metadata, Use::RaidMetadata);
                maybe(Some(image.data), Use::RaidImage);
            }
        }
        SegmentKind::Cache(cache) => {
            maybe(Some(cache.cache_pool), Use::CachePool);
            maybe(Some(cache.origin), Use::CacheOrigin);
        }
        SegmentKind::CachePool(pool) => {
            maybe(Some(pool.data), Use::CacheData);
            maybe(Some(pool.metadata), Use::CacheMetadata);
        }
        SegmentKind::WriteCache(cache) => {
            maybe(Some(cache.writecache), Use::WriteCacheFast);
            maybe(Some(cache.origin), Use::WriteCacheOrigin);
        }
        SegmentKind::Integrity(integrity) => {
            maybe(Some(integrity.origin), Use::IntegrityOrigin);
            maybe(integrity.meta_dev, Use::IntegrityMetadata);
        }
        SegmentKind::Vdo(vdo) => maybe(Some(vdo.vdo_pool), Use::VdoPool),
        SegmentKind::VdoPool(pool) => maybe(Some(pool.data), Use::VdoData),
        _ => {}
    }
}
