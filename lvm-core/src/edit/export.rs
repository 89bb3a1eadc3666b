//! Groups that are handed to another host.

use std_alloc::format;

use super::{Edit, VgDraft};
use crate::error::{Error, Result};
use crate::metadata::{PvStatus, VgStatus};

impl VgDraft {
    /// Marks the group and its physical volumes as exported: nobody may use them before they are
    /// imported again. It belongs to no host from then on.
    ///
    /// # Errors
    /// Those of [`check_changeable`](Self::check_changeable): a group that is exported already or
    /// lacks physical volumes is not exported.
    #[doc(alias = "vgexport")]
    pub fn export_vg(&mut self) -> Result<()> {
        self.edit(|edit| {
            edit.require_complete()?;
            edit.vg.status.insert(VgStatus::EXPORTED);
            for pv in &mut edit.vg.physical_volumes {
                pv.status.insert(PvStatus::EXPORTED);
            }
            edit.vg.system_id = None;
            Ok(())
        })
    }

    /// Takes an exported group in: it may be used, and belongs to the host of the draft's stamp.
    /// With `incomplete`, physical volumes may be missing; they are marked so.
    ///
    /// # Errors
    /// `InvalidInput` when it is not exported; `MissingDevice` when it is not complete;
    /// `Unsupported` when it is shared or has parts this version does not know.
    #[doc(alias = "vgimport")]
    pub fn import_vg(&mut self, incomplete: bool) -> Result<()> {
        self.edit(|edit| edit.import(incomplete))
    }
}

impl Edit<'_> {
    pub(super) fn import(&mut self, incomplete: bool) -> Result<()> {
        self.require_local()?;
        self.require_known()?;
        if !incomplete {
            self.require_whole()?;
        }
        let vg = &mut self.vg;
        if !vg.is_exported() {
            return Err(Error::invalid(format!("Volume group \"{}\" is not exported", vg.name)));
        }
        vg.status.remove(VgStatus::EXPORTED);
        for pv in &mut vg.physical_volumes {
            pv.status.remove(PvStatus::EXPORTED);
        }
        vg.system_id = self.stamp.host.system_id.clone();
        Ok(())
    }
}
