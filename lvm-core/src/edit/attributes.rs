//! Attributes of groups and volumes.

use core::ops::Deref;

use std_alloc::{borrow::ToOwned, format, string::String, sync::Arc};

use super::{Edit, VgDraft};
use crate::error::{Error, ErrorKind, Result};
use crate::id::PvId;
use crate::metadata::{AllocationPolicy, Area, LvStatus, PvStatus, ReadAhead, SegmentKind, VgStatus};
use crate::name;
use crate::units::{Bytes, Extents, Sectors};

impl VgDraft {
    /// Adds a tag to the group; one it has already stays where it is.
    ///
    /// # Errors
    /// `InvalidInput` for a bad tag.
    #[doc(alias = "vgchange")]
    pub fn add_vg_tag(&mut self, tag: &str) -> Result<()> {
        self.edit(|edit| {
            edit.require_writable()?;
            add_tag(&mut edit.vg.tags, tag)
        })
    }

    /// Removes a tag from the group; one it does not have is no error.
    ///
    /// # Errors
    /// When the group cannot be changed.
    #[doc(alias = "vgchange")]
    pub fn remove_vg_tag(&mut self, tag: &str) -> Result<()> {
        self.edit(|edit| {
            edit.require_writable()?;
            edit.vg.tags.retain(|known| known != tag);
            Ok(())
        })
    }

    /// Sets where new extents go by default.
    ///
    /// # Errors
    /// `InvalidInput` for `inherit`.
    #[doc(alias = "vgchange")]
    pub fn set_vg_allocation_policy(&mut self, policy: AllocationPolicy) -> Result<()> {
        self.edit(|edit| {
            edit.require_writable()?;
            if policy == AllocationPolicy::Inherit {
                return Err(Error::invalid("Volume Group allocation policy cannot inherit from anything"));
            }
            edit.vg.allocation_policy = policy;
            Ok(())
        })
    }

    /// Sets the most logical volumes; 0 means no limit.
    ///
    /// # Errors
    /// `InvalidInput` when there are more already or the group is not resizeable.
    #[doc(alias = "vgchange")]
    pub fn set_max_lv(&mut self, max_lv: u32) -> Result<()> {
        self.edit(|edit| {
            edit.require_writable()?;
            edit.require_resizeable()?;
            let count = edit.vg.logical_volumes().filter(|lv| lv.is_visible()).count();
            if max_lv != 0 && count > usize::try_from(max_lv).unwrap_or(usize::MAX) {
                return Err(Error::invalid(format!(
                    "MaxLogicalVolume is less than the current number {count} of LVs for \"{}\"",
                    edit.vg.name
                )));
            }
            edit.vg.max_lv = max_lv;
            Ok(())
        })
    }

    /// Sets the most physical volumes; 0 means no limit.
    ///
    /// # Errors
    /// `InvalidInput` when there are more already or the group is not resizeable.
    #[doc(alias = "vgchange")]
    pub fn set_max_pv(&mut self, max_pv: u32) -> Result<()> {
        self.edit(|edit| {
            edit.require_writable()?;
            edit.require_resizeable()?;
            let count = edit.vg.physical_volumes.len();
            if max_pv != 0 && count > usize::try_from(max_pv).unwrap_or(usize::MAX) {
                return Err(Error::invalid(format!(
                    "MaxPhysicalVolumes is less than the current number {count} of PVs for \"{}\"",
                    edit.vg.name
                )));
            }
            edit.vg.max_pv = max_pv;
            Ok(())
        })
    }

    /// Sets whether the group may gain and lose physical volumes.
    ///
    /// # Errors
    /// When the group cannot be changed.
    #[doc(alias = "vgchange")]
    pub fn set_resizeable(&mut self, on: bool) -> Result<()> {
        self.set_vg_status(VgStatus::RESIZEABLE, on)
    }

    /// Sets whether the group is activated automatically.
    ///
    /// # Errors
    /// When the group cannot be changed.
    #[doc(alias = "vgchange")]
    pub fn set_vg_autoactivation(&mut self, on: bool) -> Result<()> {
        self.set_vg_status(VgStatus::NOAUTOACTIVATE, !on)
    }

    fn set_vg_status(&mut self, status: VgStatus, on: bool) -> Result<()> {
        self.edit(|edit| {
            edit.require_writable()?;
            edit.vg.status.set(status, on);
            Ok(())
        })
    }

    /// Sets how many metadata areas are in use; 0 leaves each as it is, and `u32::MAX` brings all of
    /// them into use, from when on each stays as it is.
    ///
    /// # Errors
    /// When the group cannot be changed.
    #[doc(alias = "vgchange")]
    pub fn set_metadata_copies(&mut self, copies: u32) -> Result<()> {
        self.edit(|edit| {
            edit.require_complete()?;
            if copies == u32::MAX {
                let with_areas = edit.layouts().values_mut();
                with_areas
                    .filter(|known| !known.layout.metadata_areas.is_empty())
                    .for_each(|known| known.ignore = Some(false));
            }
            edit.vg.metadata_copies = wanted_copies(copies);
            Ok(())
        })
    }

    /// Sets the size of extents. Every extent boundary in use must be one of the new size too.
    ///
    /// # Errors
    /// `InvalidInput` when the size is not possible or does not fit a physical volume or a segment,
    /// or the group is not resizeable.
    #[doc(alias = "vgchange")]
    pub fn set_extent_size(&mut self, size: Bytes) -> Result<()> {
        self.edit(|edit| {
            edit.require_complete()?;
            let new = super::group::check_extent_size(size);
            if new.as_ref().is_ok_and(|new| *new == edit.vg.extent_size) {
                return Ok(());
            }
            edit.require_resizeable()?;
            let new = new?;
            edit.convert_extents(new)
        })
    }

    /// Sets whether extents may be allocated on a physical volume.
    ///
    /// # Errors
    /// `NotFound`.
    #[doc(alias = "pvchange")]
    pub fn set_pv_allocatable(&mut self, pv: PvId, on: bool) -> Result<()> {
        self.edit(|edit| {
            edit.require_writable()?;
            edit.pv_mut(pv)?.status.set(PvStatus::ALLOCATABLE, on);
            Ok(())
        })
    }

    /// Adds a tag to a physical volume.
    ///
    /// # Errors
    /// `NotFound`; `InvalidInput` for a bad tag.
    #[doc(alias = "pvchange")]
    pub fn add_pv_tag(&mut self, pv: PvId, tag: &str) -> Result<()> {
        self.edit(|edit| {
            edit.require_writable()?;
            add_tag(&mut edit.pv_mut(pv)?.tags, tag)
        })
    }

    /// Removes a tag from a physical volume.
    ///
    /// # Errors
    /// `NotFound`.
    #[doc(alias = "pvchange")]
    pub fn remove_pv_tag(&mut self, pv: PvId, tag: &str) -> Result<()> {
        self.edit(|edit| {
            edit.require_writable()?;
            edit.pv_mut(pv)?.tags.retain(|known| known != tag);
            Ok(())
        })
    }

    /// Adds a tag to a logical volume.
    ///
    /// # Errors
    /// `NotFound`; `InvalidInput` for a bad tag.
    #[doc(alias = "lvchange")]
    pub fn add_lv_tag(&mut self, lv: &str, tag: &str) -> Result<()> {
        self.change_lv(lv, |lv| add_tag(&mut lv.tags, tag))
    }

    /// Removes a tag from a logical volume.
    ///
    /// # Errors
    /// `NotFound`.
    #[doc(alias = "lvchange")]
    pub fn remove_lv_tag(&mut self, lv: &str, tag: &str) -> Result<()> {
        self.change_lv(lv, |lv| {
            lv.tags.retain(|known| known != tag);
            Ok(())
        })
    }

    /// Sets where a volume's new extents go.
    ///
    /// # Errors
    /// `NotFound`.
    #[doc(alias = "lvchange")]
    pub fn set_lv_allocation_policy(&mut self, lv: &str, policy: AllocationPolicy) -> Result<()> {
        self.change_lv(lv, |lv| {
            lv.allocation_policy = policy;
            Ok(())
        })
    }

    /// Makes a volume writable or read-only.
    ///
    /// # Errors
    /// `NotFound`.
    #[doc(alias = "lvchange")]
    pub fn set_lv_writable(&mut self, lv: &str, writable: bool) -> Result<()> {
        self.set_lv_status(lv, LvStatus::WRITE, writable)
    }

    /// Sets whether a volume is left out of plain activation.
    ///
    /// # Errors
    /// `NotFound`.
    #[doc(alias = "lvchange")]
    pub fn set_activation_skip(&mut self, lv: &str, skip: bool) -> Result<()> {
        self.set_lv_status(lv, LvStatus::ACTIVATION_SKIP, skip)
    }

    /// Sets whether a volume is activated automatically.
    ///
    /// # Errors
    /// `NotFound`.
    #[doc(alias = "lvchange")]
    pub fn set_lv_autoactivation(&mut self, lv: &str, on: bool) -> Result<()> {
        self.set_lv_status(lv, LvStatus::NOAUTOACTIVATE, !on)
    }

    fn set_lv_status(&mut self, lv: &str, status: LvStatus, on: bool) -> Result<()> {
        self.change_lv(lv, |lv| {
            lv.status.set(status, on);
            Ok(())
        })
    }

    /// Gives a volume a fixed minor (and major) number, or takes it away.
    ///
    /// # Errors
    /// `NotFound`.
    #[doc(alias = "lvchange")]
    pub fn set_persistent_minor(&mut self, lv: &str, minor: Option<(Option<i32>, i32)>) -> Result<()> {
        self.change_lv(lv, |lv| {
            lv.status.set(LvStatus::FIXED_MINOR, minor.is_some());
            lv.rare.major = minor.and_then(|(major, _)| major);
            lv.rare.minor = minor.map(|(_, minor)| minor);
            Ok(())
        })
    }

    /// Sets how far the kernel reads ahead.
    ///
    /// # Errors
    /// `NotFound`.
    #[doc(alias = "lvchange")]
    pub fn set_read_ahead(&mut self, lv: &str, read_ahead: ReadAhead) -> Result<()> {
        self.change_lv(lv, |lv| {
            lv.read_ahead = read_ahead;
            Ok(())
        })
    }

    pub(super) fn change_lv(
        &mut self,
        name: &str,
        change: impl FnOnce(&mut crate::metadata::LogicalVolume) -> Result<()>,
    ) -> Result<()> {
        self.edit(|edit| {
            edit.require_complete()?;
            edit.require_changeable(edit.lv_by_name(name)?)?;
            change(edit.lv_mut(name)?).map_err(|error| error.with_lv(name))
        })
    }
}

impl Edit<'_> {
    fn pv_mut(&mut self, pv: PvId) -> Result<&mut crate::metadata::PhysicalVolume> {
        let name = self.vg.name.clone();
        self.vg.physical_volumes.iter_mut().find(|known| known.id == pv).ok_or_else(|| {
            Error::not_found(format!("physical volume {pv} is not in volume group {name}"))
                .with_pv(format!("{pv}"))
        })
    }

    /// Counts everything in extents of another size.
    fn convert_extents(&mut self, new: Sectors) -> Result<()> {
        let old = self.vg.extent_size;
        let convert = |extents: u32| {
            let sectors = u64::from(extents).checked_mul(old.0)?;
            let whole = sectors.checked_div(new.0).filter(|_| sectors.is_multiple_of(new.0))?;
            u32::try_from(whole).ok()
        };
        for pv in &mut self.vg.physical_volumes {
            pv.pe_count = convert(pv.pe_count.0).map(Extents).ok_or_else(|| {
                Error::invalid(format!(
                    "New size {} for {} not an exact number of new extents.",
                    pv.pe_count.to_sectors(old).0,
                    pv.device
                ))
            })?;
        }
        let misfit = |name: &str| Error::invalid("New extent size is not a perfect fit").with_lv(name);
        for lv in &mut self.vg.logical_volumes {
            let lv = Arc::make_mut(lv);
            for seg in &mut lv.segments {
                if !matches!(seg.kind, SegmentKind::Striped(_) | SegmentKind::Error | SegmentKind::Zero) {
                    let message =
                        format!("changing the extent size under a segment of type {}", seg.segment_type());
                    return Err(Error::unsupported(message).with_lv(lv.name.clone()));
                }
                let name = &lv.name;
                seg.start_extent = convert(seg.start_extent).ok_or_else(|| misfit(name))?;
                seg.extent_count = convert(seg.extent_count).ok_or_else(|| misfit(name))?;
                if let SegmentKind::Striped(striped) = &mut seg.kind {
                    let count = u32::try_from(striped.stripes.len()).unwrap_or(u32::MAX);
                    let converted = striped
                        .stripes
                        .iter()
                        .map(|area| Some(Area { start_extent: convert(area.start_extent)?, ..*area }));
                    striped.stripes = converted.collect::<Option<_>>().ok_or_else(|| misfit(name))?;
                    if !seg.extent_count.is_multiple_of(count) || striped.stripe_size > new {
                        return Err(misfit(name));
                    }
                }
            }
        }
        self.vg.extent_size = new;
        Ok(())
    }
}

/// What the metadata says when that many copies are asked for: all is no number.
pub(super) fn wanted_copies(copies: u32) -> u32 {
    if copies == u32::MAX { 0 } else { copies }
}

fn add_tag(tags: &mut (impl Deref<Target = [String]> + Extend<String>), tag: &str) -> Result<()> {
    name::check_tag(tag).map_err(|error| Error::new(ErrorKind::InvalidInput, format!("{error}")))?;
    if !tags.iter().any(|known| known == tag) {
        tags.extend([tag.to_owned()]);
    }
    Ok(())
}
