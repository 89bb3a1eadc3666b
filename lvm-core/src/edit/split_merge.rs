//! Splitting a group in two, and merging two into one.

use std_alloc::{borrow::ToOwned, format, sync::Arc, vec::Vec};

use hashbrown::HashSet;

use super::{Edit, VgDraft};
use crate::alloc::AllocationSettings;
use crate::error::{Error, ErrorKind, Result};
use crate::id::{Id, LvId, PvId, VgId};
use crate::metadata::{AreaSource, LogicalVolume, SegmentKind, VgStatus, VolumeGroup};
use crate::name;
use crate::stamp::Stamp;

impl VgDraft {
    /// Moves physical volumes, with the logical volumes that lie wholly on them, to a new group,
    /// which is returned. Both must be committed together.
    ///
    /// # Errors
    /// `InvalidInput` when a logical volume lies on both sides, nothing would be left, or the name
    /// is bad; `Unsupported` for volumes that are neither linear nor striped; `NotFound` for a
    /// physical volume that is not in the group.
    #[doc(alias = "vgsplit")]
    pub fn split_off(&mut self, new_name: &str, pvs: &[PvId], mut stamp: Stamp) -> Result<Self> {
        name::check_name(new_name).map_err(|error| {
            Error::invalid(format!("New volume group name \"{new_name}\" is invalid: {error}."))
        })?;
        let id = VgId::random(&mut *stamp.ids);
        let (moved, layouts) = self.edit(|edit| {
            edit.require_complete()?;
            let moved = edit.split_off(new_name, id, pvs)?;
            let layouts = edit.layouts();
            let taken = pvs.iter().filter_map(|pv| layouts.remove(pv).map(|layout| (*pv, layout)));
            Ok((moved, taken.collect()))
        })?;
        Ok(Self {
            base: None,
            working: moved,
            layouts,
            stamp,
            data_steps: Vec::new(),
            removed: false,
            restored: false,
            rewrite: false,
            renewed: Vec::new(),
            settings: AllocationSettings::default(),
            warnings: Vec::new(),
        })
    }

    /// Moves all physical volumes to a new group, which comes in this one's place: it has a new id
    /// and keeps nothing but the volumes. `pvs` says in which order they come.
    ///
    /// # Errors
    /// `InvalidInput` when the name is bad; those of [`check_changeable`](Self::check_changeable).
    #[doc(alias = "vgsplit")]
    pub fn split_all(&mut self, new_name: &str, pvs: &[PvId]) -> Result<()> {
        self.rename_vg(new_name)?;
        self.edit(|edit| {
            edit.require_complete()?;
            let id = VgId::random(&mut *edit.stamp.ids);
            make_new(&mut edit.vg, new_name, id, pvs);
            Ok(())
        })
    }

    /// Takes in all of another group, which ceases to be. Its physical volumes come behind those
    /// of this one.
    ///
    /// # Errors
    /// `InvalidInput` when the extent sizes differ or a limit would be passed; `AlreadyExists`
    /// when both have a logical volume of one name; `Unsupported` for volumes that are neither
    /// linear nor striped.
    #[doc(alias = "vgmerge")]
    pub fn merge(&mut self, other: Self) -> Result<()> {
        let Self { working: source, layouts, .. } = other;
        self.edit(|edit| {
            edit.require_complete()?;
            edit.merge(source)?;
            edit.layouts().extend(layouts);
            Ok(())
        })
    }
}

impl Edit<'_> {
    fn split_off(&mut self, new_name: &str, id: VgId, pvs: &[PvId]) -> Result<VolumeGroup> {
        if new_name == self.vg.name {
            return Err(Error::invalid("Old and new volume group names must differ"));
        }
        let moving = pvs.iter().copied().collect::<HashSet<_>>();
        for pv in pvs {
            if self.vg.physical_volume(*pv).is_none() {
                let message = format!("Physical volume {pv} not in volume group {}", self.vg.name);
                return Err(Error::not_found(message).with_pv(format!("{pv}")));
            }
        }
        if moving.is_empty() || moving.len() == self.vg.physical_volumes.len() {
            return Err(Error::invalid("splitting must leave physical volumes on both sides"));
        }
        for side in [true, false] {
            let on_side = self.vg.physical_volumes.iter().filter(|pv| moving.contains(&pv.id) == side);
            let areas = on_side.filter_map(|pv| self.layout(pv.id)).map(|pv| pv.layout.metadata_areas.len());
            if areas.sum::<usize>() == 0 {
                return Err(Error::invalid("both sides need a physical volume with a metadata area"));
            }
        }
        let mut moved = self.vg.clone();
        moved.seqno = 0;
        moved.physical_volumes.retain(|pv| moving.contains(&pv.id));
        make_new(&mut moved, new_name, id, pvs);
        self.vg.physical_volumes.retain(|pv| !moving.contains(&pv.id));
        let mut stays = Vec::new();
        let mut goes = Vec::new();
        for lv in &self.vg.logical_volumes {
            if lies_on(lv, &moving)? { goes.push(Arc::clone(lv)) } else { stays.push(Arc::clone(lv)) }
        }
        for lv in &goes {
            name::check_pair(new_name, &lv.name)
                .map_err(|error| Error::invalid(format!("{error}")).with_lv(lv.name.clone()))?;
        }
        self.vg.logical_volumes = stays;
        moved.logical_volumes = goes;
        Ok(moved)
    }

    fn merge(&mut self, source: VolumeGroup) -> Result<()> {
        let clashing = self.check_merge(&source)?;
        self.vg.physical_volumes.extend(source.physical_volumes);
        for mut lv in source.logical_volumes {
            if clashing.contains(&lv.id) {
                // Nothing refers to a linear or striped volume by its id.
                Arc::make_mut(&mut lv).id = LvId(Id::random(&mut *self.stamp.ids));
            }
            self.vg.logical_volumes.push(lv);
        }
        Ok(())
    }

    /// The source's logical volumes whose ids this group uses already.
    fn check_merge(&self, source: &VolumeGroup) -> Result<HashSet<LvId>> {
        let vg = &self.vg;
        // What was split off another group has the name of the one it goes to, and was never written.
        if vg.id == source.id || (vg.name == source.name && source.seqno > 0) {
            return Err(Error::invalid(format!("Duplicate volume group name \"{}\"", vg.name)));
        }
        if vg.extent_size != source.extent_size {
            return Err(Error::invalid(format!(
                "Extent sizes differ: {} ({}) and {} ({})",
                vg.extent_size.0, vg.name, source.extent_size.0, source.name
            )));
        }
        let count = vg.logical_volumes.len().saturating_add(source.logical_volumes.len());
        if vg.max_lv != 0 && count > usize::try_from(vg.max_lv).unwrap_or(usize::MAX) {
            return Err(Error::invalid(format!(
                "Maximum number of logical volumes ({}) exceeded  for \"{}\" and \"{}\"",
                vg.max_lv, vg.name, source.name
            )));
        }
        let count = vg.physical_volumes.len().saturating_add(source.physical_volumes.len());
        if vg.max_pv != 0 && count > usize::try_from(vg.max_pv).unwrap_or(usize::MAX) {
            return Err(Error::invalid(format!(
                "Maximum number of physical volumes ({}) exceeded  for \"{}\" and \"{}\"",
                vg.max_pv, vg.name, source.name
            )));
        }
        let extents = u64::from(vg.extent_count().0).saturating_add(u64::from(source.extent_count().0));
        if extents > u64::from(u32::MAX) {
            return Err(Error::invalid(format!("volume group {} would have {extents} extents", vg.name)));
        }
        let mut ids = vg.logical_volumes.iter().map(|lv| lv.id).collect::<HashSet<_>>();
        let names = vg.logical_volumes.iter().map(|lv| lv.name.as_str()).collect::<HashSet<_>>();
        let mut clashing = HashSet::new();
        for lv in &source.logical_volumes {
            lies_on(lv, &HashSet::new())?;
            name::check_pair(&vg.name, &lv.name)
                .map_err(|error| Error::invalid(format!("{error}")).with_lv(lv.name.clone()))?;
            if names.contains(lv.name.as_str()) {
                let message = format!(
                    "Duplicate logical volume name \"{}\" in \"{}\" and \"{}\"",
                    lv.name, vg.name, source.name
                );
                return Err(Error::new(ErrorKind::AlreadyExists, message).with_lv(lv.name.clone()));
            }
            if !ids.insert(lv.id) {
                clashing.insert(lv.id);
            }
        }
        Ok(clashing)
    }
}

/// Makes it a new group in all that does not follow from its volumes. Its physical volumes come in
/// the order they are named.
fn make_new(vg: &mut VolumeGroup, name: &str, id: VgId, pvs: &[PvId]) {
    vg.name = name.to_owned();
    vg.id = id;
    vg.tags.clear();
    vg.status.remove(VgStatus::NOAUTOACTIVATE);
    vg.metadata_copies = 0;
    vg.physical_volumes.sort_by_key(|pv| pvs.iter().position(|named| *named == pv.id));
}

/// True when the volume lies wholly on these physical volumes, false when wholly on others. One
/// without extents goes along, as with vgsplit(8).
fn lies_on(lv: &LogicalVolume, pvs: &HashSet<PvId>) -> Result<bool> {
    let (mut inside, mut outside) = (false, false);
    for seg in &lv.segments {
        if !matches!(seg.kind, SegmentKind::Striped(_) | SegmentKind::Error | SegmentKind::Zero) {
            let message = format!("logical volume {} has segments of type {}", lv.name, seg.segment_type());
            return Err(Error::unsupported(message).with_lv(lv.name.clone()));
        }
        for area in seg.kind.areas() {
            match area.source {
                AreaSource::Pv(pv) if pvs.contains(&pv) => inside = true,
                AreaSource::Pv(_) => outside = true,
                AreaSource::Lv(_) => {
                    let message = format!("logical volume {} lies on another", lv.name);
                    return Err(Error::unsupported(message).with_lv(lv.name.clone()));
                }
            }
        }
    }
    if inside && outside {
        let message = format!("Can't split Logical Volume {} between two Volume Groups", lv.name);
        return Err(Error::invalid(message).with_lv(lv.name.clone()));
    }
    Ok(!outside)
}
