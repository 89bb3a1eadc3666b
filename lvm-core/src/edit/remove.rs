//! Removing and renaming logical volumes.

use std_alloc::{borrow::ToOwned, format};

use super::{Edit, VgDraft};
use crate::error::{Error, Result};

impl VgDraft {
    /// Removes a logical volume; its extents are free at once. Physical volumes may be missing.
    ///
    /// # Errors
    /// `NotFound`; `Unsupported` when it is of a type that cannot be removed yet or part of
    /// another volume.
    #[doc(alias = "lvremove")]
    pub fn remove_lv(&mut self, name: &str) -> Result<()> {
        self.edit(|edit| {
            edit.require_writable()?;
            edit.require_known()?;
            edit.remove_lv(name)
        })
    }

    /// Gives a logical volume another name.
    ///
    /// # Errors
    /// `NotFound`, `AlreadyExists`; `InvalidInput` for a bad name or the same one; `Unsupported`
    /// when it has parts that would have to be renamed with it.
    #[doc(alias = "lvrename")]
    pub fn rename_lv(&mut self, name: &str, new_name: &str) -> Result<()> {
        self.edit(|edit| {
            edit.require_complete()?;
            if name == new_name {
                return Err(Error::invalid("Old and new logical volume names must differ").with_lv(name));
            }
            edit.require_simple(name)?;
            edit.check_new_lv_name(new_name)?;
            new_name.clone_into(&mut edit.lv_mut(name)?.name);
            Ok(())
        })
    }

    /// Removes every logical volume. Physical volumes may be missing.
    ///
    /// # Errors
    /// See [`remove_lv`](Self::remove_lv).
    pub fn remove_all_lvs(&mut self) -> Result<()> {
        self.edit(|edit| {
            edit.require_writable()?;
            edit.require_known()?;
            for lv in edit.vg.logical_volumes() {
                edit.require_simple(&lv.name.to_owned())?;
            }
            edit.vg.logical_volumes.clear();
            Ok(())
        })
        .map_err(|error| {
            let help = format!("{} has volumes that cannot be removed yet", self.working.name);
            error.with_help(help)
        })
    }
}

impl Edit<'_> {
    pub(super) fn remove_lv(&mut self, name: &str) -> Result<()> {
        self.require_simple(name)?;
        let at = self.lv_position(name)?;
        self.vg.logical_volumes.remove(at);
        Ok(())
    }
}
