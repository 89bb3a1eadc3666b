//! Adding, removing and resizing physical volumes.

use std_alloc::{format, string::String, vec::Vec};

use super::{DraftPv, Edit, VgDraft};
use crate::error::{Error, ErrorKind, Result};
use crate::id::PvId;
use crate::metadata::{PhysicalVolume, PvStatus};
use crate::store::{PvLayout, PvOptions};
use crate::units::{Bytes, Extents};

/// A device that becomes a physical volume of a group, or is one without a group already.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct NewPv {
    device: String,
    size: Bytes,
    options: PvOptions,
    existing: Option<PvLayout>,
    ignored: usize,
}

impl NewPv {
    /// A device of that size, made a physical volume with default options. `device` is its path,
    /// or any name when there is no device yet.
    #[must_use]
    pub fn of_size(device: impl Into<String>, size: Bytes) -> Self {
        Self { device: device.into(), size, options: PvOptions::default(), existing: None, ignored: 0 }
    }

    /// A device that is a physical volume without a group.
    #[must_use]
    pub fn existing(device: impl Into<String>, layout: PvLayout) -> Self {
        let size = Bytes(layout.device_size);
        Self {
            device: device.into(),
            size,
            options: PvOptions::default(),
            existing: Some(layout),
            ignored: 0,
        }
    }

    /// With these options (pvcreate(8)); they count only for a device that is not a physical
    /// volume yet.
    #[must_use]
    pub fn options(mut self, options: PvOptions) -> Self {
        self.options = options;
        self
    }

    /// So many metadata areas of a physical volume that exists are out of use.
    #[must_use]
    pub fn ignored_areas(mut self, count: usize) -> Self {
        self.ignored = count;
        self
    }

    /// The path.
    #[must_use]
    pub fn device(&self) -> &str {
        &self.device
    }
}

impl VgDraft {
    /// Adds a physical volume behind those the group has. Others may be missing.
    ///
    /// # Errors
    /// `InvalidInput` when the device is too small, the group may not grow or has its most
    /// physical volumes; `AlreadyExists` when it is in the group.
    #[doc(alias = "vgextend")]
    pub fn add_pv(&mut self, new: NewPv) -> Result<PvId> {
        self.edit(|edit| {
            edit.require_writable()?;
            edit.require_known()?;
            edit.require_resizeable()?;
            edit.add_pv(new)
        })
    }

    /// Adds physical volumes behind those the group has, all or none. Others may be missing.
    ///
    /// # Errors
    /// Those of [`add_pv`](Self::add_pv).
    #[doc(alias = "vgextend")]
    pub fn add_pvs(&mut self, new: impl IntoIterator<Item = NewPv>) -> Result<Vec<PvId>> {
        self.edit(|edit| {
            edit.require_writable()?;
            edit.require_known()?;
            edit.require_resizeable()?;
            new.into_iter().map(|new| edit.add_pv(new)).collect()
        })
    }

    /// Takes a physical volume out of the group. It stays a physical volume.
    ///
    /// # Errors
    /// `InUse` when extents of it are used, or when it is the last one or holds the last metadata
    /// area; `NotFound` when it is not in the group.
    #[doc(alias = "vgreduce")]
    pub fn remove_pv(&mut self, pv: PvId) -> Result<()> {
        self.edit(|edit| {
            edit.require_writable()?;
            edit.require_resizeable()?;
            // A missing physical volume may be removed while others are missing too.
            if edit.vg.has_unknown_parts() {
                edit.require_complete()?;
            }
            edit.remove_pv(pv)
        })
    }

    /// Adapts a physical volume to the size its device has now, `device_size`.
    ///
    /// # Errors
    /// `InUse` when extents behind the new end are used; `InvalidInput` when none would be left.
    ///
    /// A second metadata area moves to the new end.
    #[doc(alias = "pvresize")]
    pub fn resize_pv(&mut self, pv: PvId, device_size: Bytes) -> Result<()> {
        self.edit(|edit| {
            edit.require_complete()?;
            edit.resize_pv(pv, device_size)
        })
    }
}

impl Edit<'_> {
    pub(super) fn require_resizeable(&self) -> Result<()> {
        if self.vg.is_resizeable() {
            return Ok(());
        }
        Err(Error::invalid(format!("Volume group \"{}\" is not resizeable", self.vg.name)))
    }

    fn add_pv(&mut self, new: NewPv) -> Result<PvId> {
        let vg = &self.vg;
        let count = u32::try_from(vg.physical_volumes.len()).unwrap_or(u32::MAX);
        if vg.max_pv != 0 && count >= vg.max_pv {
            return Err(Error::invalid(format!(
                "No space for '{}' - volume group '{}' holds max {} physical volume(s).",
                new.device, vg.name, vg.max_pv
            )));
        }
        let initialise = new.existing.is_none();
        let layout = match new.existing {
            Some(layout) => layout,
            None => {
                let id = new.options.id.unwrap_or_else(|| PvId::random(&mut *self.stamp.ids));
                PvLayout::new(new.size, &new.options, id).map_err(|e| e.with_device(new.device.clone()))?
            }
        };
        let taken = vg.physical_volumes.iter().any(|pv| pv.id == layout.id || pv.device == new.device);
        if taken {
            let message =
                format!("Physical volume '{}' is already in volume group '{}'", new.device, vg.name);
            return Err(Error::new(ErrorKind::AlreadyExists, message).with_device(new.device));
        }
        let pe_count = layout.pe_count(vg.extent_size).map_err(|e| e.with_device(new.device.clone()))?;
        let total = u64::from(vg.extent_count().0).saturating_add(u64::from(pe_count.0));
        if total > u64::from(u32::MAX) {
            return Err(Error::invalid(format!("volume group {} would have {total} extents", vg.name)));
        }
        let area = layout.bootloader_area;
        let bootloader_area =
            area.map(|area| (Bytes(area.offset).to_sectors(), Bytes(area.size).to_sectors()));
        let id = layout.id;
        self.vg.physical_volumes.push(PhysicalVolume {
            id,
            device: new.device,
            device_id_type: None,
            device_id: None,
            status: PvStatus::ALLOCATABLE,
            unknown_status: Vec::new(),
            unknown_flags: Vec::new(),
            tags: Vec::new(),
            dev_size: Some(Bytes(layout.device_size).to_sectors()),
            pe_start: Bytes(layout.pe_start).to_sectors(),
            pe_count,
            bootloader_area,
            extra: Vec::new(),
        });
        let mut draft_pv = DraftPv::of_layout(layout, initialise);
        draft_pv.ignored = draft_pv.ignored.max(new.ignored);
        self.layouts().insert(id, draft_pv);
        Ok(id)
    }

    fn pv_position(&self, pv: PvId) -> Result<usize> {
        let found = self.vg.physical_volumes.iter().position(|known| known.id == pv);
        found.ok_or_else(|| {
            let message = format!("physical volume {pv} is not in volume group {}", self.vg.name);
            Error::not_found(message).with_pv(format!("{pv}"))
        })
    }

    pub(super) fn remove_pv(&mut self, pv: PvId) -> Result<()> {
        let at = self.pv_position(pv)?;
        let device = self.vg.physical_volumes.get(at).map_or("", |pv| pv.device.as_str());
        let in_use = |message| Err(Error::new(ErrorKind::InUse, message).with_pv(format!("{pv}")));
        if !self.pv_map()?.used_count(at).is_zero() {
            return in_use(format!("Physical volume \"{device}\" still in use"));
        }
        if self.vg.physical_volumes.len() == 1 {
            let vg = &self.vg.name;
            return in_use(format!(
                "Can't remove final physical volume \"{device}\" from volume group \"{vg}\"."
            ));
        }
        let left = self.vg.physical_volumes.iter().filter(|other| other.id != pv);
        let areas = left.filter_map(|other| self.layout(other.id)).map(|pv| pv.layout.metadata_areas.len());
        if areas.sum::<usize>() == 0 {
            return in_use(format!(
                "Cannot remove final metadata area on \"{device}\" from {}",
                self.vg.name
            ));
        }
        self.vg.physical_volumes.remove(at);
        self.layouts().remove(&pv);
        Ok(())
    }

    fn resize_pv(&mut self, pv: PvId, device_size: Bytes) -> Result<()> {
        let at = self.pv_position(pv)?;
        let Some(draft_pv) = self.layout(pv).cloned() else {
            return Err(Error::new(ErrorKind::MissingDevice, "the physical volume is missing"));
        };
        let resized = draft_pv.layout.resized(device_size)?;
        let moved = draft_pv.moved || draft_pv.layout.metadata_areas != resized.metadata_areas;
        // lvm2 records the size without what lies before the extents and behind them.
        let room = Bytes(resized.data_end().saturating_sub(resized.pe_start));
        let pe_count = resized.pe_count(self.vg.extent_size)?;
        let map = self.pv_map()?;
        let last_used = map.runs(at).iter().rev().find(|run| run.owner.is_some());
        let needed = last_used.map_or(0, |run| run.start.saturating_add(run.count));
        let device = self.vg.physical_volumes.get(at).map_or("", |pv| pv.device.as_str());
        if pe_count.0 < needed || pe_count.is_zero() {
            let used = map.used_count(at);
            let message = if used.0 > pe_count.0 {
                format!("{device}: cannot resize to {pe_count} extents as {used} are allocated.")
            } else {
                format!("{device}: cannot resize to {pe_count} extents as later ones are allocated.")
            };
            return Err(Error::new(ErrorKind::InUse, message).with_pv(format!("{pv}")));
        }
        let total = u64::from(self.vg.extent_count().0).saturating_add(u64::from(pe_count.0));
        if let Some(known) = self.vg.physical_volumes.get_mut(at) {
            if total.saturating_sub(u64::from(known.pe_count.0)) > u64::from(u32::MAX) {
                return Err(Error::invalid("the volume group would have more than 2^32-1 extents"));
            }
            known.pe_count = Extents(pe_count.0);
            known.dev_size = Some(room.to_sectors());
        }
        self.layouts().insert(pv, DraftPv { layout: resized, moved, ..draft_pv });
        Ok(())
    }
}
