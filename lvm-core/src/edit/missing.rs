//! Physical volumes that were missing, and copies that are behind.

use std_alloc::format;

use super::VgDraft;
use crate::error::{Error, Result};
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
                return Err(Error::new(crate::ErrorKind::MissingDevice, message));
            }
            known.status.remove(PvStatus::MISSING);
            Ok(())
        })
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

    /// Keeps a physical volume's metadata areas out of use, or brings them into use.
    ///
    /// With a number of copies set for the group ([`metadata_copies`]), that number decides.
    ///
    /// [`metadata_copies`]: crate::metadata::VolumeGroup::metadata_copies
    ///
    /// # Errors
    /// `NotFound`; `InvalidInput` when it has no metadata area; those of
    /// [`check_changeable`](Self::check_changeable). That some area of the group stays in use is
    /// only known at the commit.
    #[doc(alias = "pvchange --metadataignore")]
    pub fn set_pv_metadata_ignore(&mut self, pv: PvId, ignore: bool) -> Result<()> {
        self.edit(|edit| {
            edit.require_complete()?;
            let Some(known) = edit.layouts().get_mut(&pv) else {
                let message = format!("physical volume {pv} is not in volume group {}", edit.vg.name);
                return Err(Error::not_found(message).with_pv(format!("{pv}")));
            };
            if known.layout.metadata_areas.is_empty() {
                return Err(Error::invalid("the physical volume has no metadata area"));
            }
            known.ignore = Some(ignore);
            Ok(())
        })
    }
}
