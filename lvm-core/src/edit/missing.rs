//! Physical volumes that were missing, and copies that are behind.

use std_alloc::{format, string::String, vec::Vec};

use super::attributes::wanted_copies;
use super::{DraftPv, VgDraft};
use crate::error::{Error, ErrorKind, Result};
use crate::id::PvId;
use crate::metadata::PvStatus;

impl VgDraft {
    /// Takes a physical volume into use again that was missing when the metadata was written, and
    /// is there now. What changed while it was missing is not on it: the volumes on it are as they
    /// were.
    ///
    /// Other physical volumes may be missing still.
    ///
    /// # Errors
    /// `NotFound`; `InvalidInput` when it was not missing; `MissingDevice` when it still is.
    #[doc(alias = "vgextend --restoremissing")]
    pub fn restore_missing_pv(&mut self, pv: PvId) -> Result<()> {
        self.edit(|edit| {
            edit.require_writable()?;
            edit.require_known()?;
            let is_there = edit.layout(pv).is_some();
            let name = edit.vg.name.clone();
            let Some(known) = edit.vg.physical_volumes.iter_mut().find(|known| known.id == pv) else {
                let message = format!("physical volume {pv} is not in volume group {name}");
                return Err(Error::not_found(message).with_pv(format!("{pv}")));
            };
            if !known.is_missing() {
                let message = format!("PV {} was not missing in VG {name}", known.device);
                return Err(Error::invalid(message).with_pv(format!("{pv}")));
            }
            if !is_there {
                let message = format!("physical volume {pv} is still missing");
                return Err(Error::new(ErrorKind::MissingDevice, message));
            }
            known.status.remove(PvStatus::MISSING);
            Ok(())
        })
    }

    /// Removes these logical volumes, and then the physical volumes that are missing, those apart
    /// that volumes still lie on; these are recorded to be missing.
    ///
    /// # Errors
    /// Those of [`remove_lv`](Self::remove_lv) and [`remove_pv`](Self::remove_pv); then nothing is
    /// removed.
    #[doc(alias = "vgreduce --removemissing")]
    pub fn remove_missing_pvs(&mut self, lvs: &[String]) -> Result<()> {
        self.edit(|edit| {
            edit.require_writable()?;
            edit.require_known()?;
            lvs.iter().try_for_each(|lv| edit.remove_lv(lv))?;
            let used = edit.pv_map()?;
            let pvs = edit.vg.physical_volumes.iter().enumerate();
            let unused = pvs.filter(|(at, pv)| pv.is_missing() && used.used_count(*at).is_zero());
            let unused = unused.map(|(_, pv)| pv.id).collect::<Vec<_>>();
            for pv in unused {
                edit.require_resizeable()?;
                edit.remove_pv(pv)?;
            }
            Ok(())
        })?;
        self.rewrite = true;
        Ok(())
    }

    /// Makes the next version be written although nothing else changes: copies and labels that are
    /// behind are brought up to date, and physical volumes that left the group and still hold an
    /// old version of it are freed. Physical volumes that are missing are recorded to be so.
    ///
    /// # Errors
    /// `InUse` when it is exported; `Unsupported` when it is shared or has parts this version does
    /// not know.
    #[doc(alias = "vgck --updatemetadata")]
    pub fn rewrite(&mut self) -> Result<()> {
        self.edit(|edit| {
            edit.require_writable()?;
            edit.require_known()
        })?;
        self.rewrite = true;
        Ok(())
    }

    /// Keeps a physical volume's metadata areas out of use, or brings them into use; `false` when
    /// they are so already, or it has none. The group's number of copies is adapted when one is
    /// set ([`metadata_copies`]).
    ///
    /// [`metadata_copies`]: crate::metadata::VolumeGroup::metadata_copies
    ///
    /// # Errors
    /// `NotFound`; `InUse` when no area of the group would be in use; those of
    /// [`check_changeable`](Self::check_changeable).
    #[doc(alias = "pvchange --metadataignore")]
    pub fn set_pv_metadata_ignore(&mut self, pv: PvId, ignore: bool) -> Result<bool> {
        self.edit(|edit| {
            edit.require_complete()?;
            let layouts = edit.layouts();
            let all = layouts.values().map(DraftPv::areas_in_use).sum::<usize>();
            let Some(known) = layouts.get_mut(&pv) else {
                let message = format!("physical volume {pv} is not in volume group {}", edit.vg.name);
                return Err(Error::not_found(message).with_pv(format!("{pv}")));
            };
            let was = known.areas_in_use();
            known.ignore = Some(ignore);
            let here = known.areas_in_use();
            if here == was {
                edit.layouts = None;
                return Ok(false);
            }
            let copies = all.saturating_sub(was).saturating_add(here);
            if copies == 0 {
                let name = &edit.vg.name;
                let message = format!("Cannot disable all metadata areas in volume group {name}.");
                return Err(Error::new(ErrorKind::InUse, message));
            }
            if edit.vg.metadata_copies > 0 {
                edit.vg.metadata_copies = wanted_copies(u32::try_from(copies).unwrap_or(u32::MAX));
            }
            Ok(true)
        })
    }
}
