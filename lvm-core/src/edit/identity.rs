//! New ids for groups and physical volumes, and whose a group is.

use hashbrown::{HashMap, HashSet};
use std_alloc::{borrow::ToOwned, format, sync::Arc, vec::Vec};

use super::{Edit, VgDraft};
use crate::error::{Error, Result};
use crate::id::{PvId, VgId};
use crate::metadata::{Area, AreaSource, VolumeGroup};
use crate::name;

impl VgDraft {
    /// Gives the group a new id.
    ///
    /// It cannot be committed together with physical volumes that come or go.
    ///
    /// # Errors
    /// Those of [`check_changeable`](Self::check_changeable).
    #[doc(alias = "vgchange --uuid")]
    pub fn renew_vg_id(&mut self) -> Result<()> {
        self.edit(|edit| {
            edit.require_complete()?;
            edit.vg.id = VgId::random(&mut *edit.stamp.ids);
            Ok(())
        })
    }

    /// Gives a physical volume a new id, which is returned.
    ///
    /// The write of its label is what decides, so that only one can get a new id in one commit,
    /// and no physical volume can come or go in it.
    ///
    /// # Errors
    /// `NotFound`; `InvalidInput` when another one gets a new id already or it is not on disk yet;
    /// those of [`check_changeable`](Self::check_changeable).
    #[doc(alias = "pvchange --uuid")]
    pub fn renew_pv_id(&mut self, pv: PvId) -> Result<PvId> {
        if self.renewed.iter().any(|(_, new)| *new != pv) {
            return Err(Error::invalid("only one physical volume can get a new uuid in one change"));
        }
        let renewed = self.edit(|edit| {
            edit.require_complete()?;
            edit.renew_pv_ids(&[pv])
        })?;
        let new = renewed.first().map_or(pv, |(_, new)| *new);
        self.note_renewed(pv, new);
        Ok(new)
    }

    /// Makes this a group of its own: it gets the name, and it and all its physical volumes get new
    /// ids. That is what a copy of a group needs before both can be used. With `import`, a group
    /// that is exported is imported.
    ///
    /// # Errors
    /// `InvalidInput` for a bad name, and when ids were renewed already; `InUse` when it is
    /// exported; those of [`check_changeable`](Self::check_changeable).
    #[doc(alias = "vgimportclone")]
    pub fn become_clone(&mut self, new_name: &str, import: bool) -> Result<()> {
        if !self.renewed.is_empty() {
            return Err(Error::invalid("the physical volumes have new uuids already"));
        }
        let ids = self.working.physical_volumes.iter().map(|pv| pv.id).collect::<Vec<_>>();
        let renewed = self.edit(|edit| {
            if import && edit.vg.is_exported() {
                edit.import(false)?;
            }
            edit.require_complete()?;
            name::check_name(new_name).map_err(|error| {
                Error::invalid(format!("New volume group name \"{new_name}\" is invalid: {error}."))
            })?;
            for lv in &edit.vg.logical_volumes {
                name::check_pair(new_name, &lv.name)
                    .map_err(|error| Error::invalid(format!("{error}")).with_lv(lv.name.clone()))?;
            }
            new_name.clone_into(&mut edit.vg.name);
            edit.vg.id = VgId::random(&mut *edit.stamp.ids);
            edit.renew_pv_ids(&ids)
        })?;
        for (old, new) in renewed {
            self.note_renewed(old, new);
        }
        Ok(())
    }

    /// Sets the host that owns the group; `None` leaves it to all.
    ///
    /// # Errors
    /// When the group cannot be changed.
    #[doc(alias = "vgchange --systemid")]
    pub fn set_system_id(&mut self, system_id: Option<&str>) -> Result<()> {
        self.edit(|edit| {
            edit.require_writable()?;
            edit.vg.system_id = system_id.filter(|id| !id.is_empty()).map(str::to_owned);
            Ok(())
        })
    }

    /// The ids that physical volumes have on disk and those they get.
    pub(crate) fn renewed(&self) -> &[(PvId, PvId)] {
        &self.renewed
    }

    /// Remembers that what is `old` on disk, or was renewed to `old` before, is `new` from now on.
    fn note_renewed(&mut self, old: PvId, new: PvId) {
        match self.renewed.iter_mut().find(|(_, renewed)| *renewed == old) {
            Some((_, renewed)) => *renewed = new,
            None => self.renewed.push((old, new)),
        }
    }

    /// New ids and physical volumes that come or go do not mix: what a crash leaves could not be
    /// told.
    pub(super) fn check_identity(&self) -> Result<()> {
        let Some(base) = &self.base else { return Ok(()) };
        if base.id == self.working.id && self.renewed.is_empty() {
            return Ok(());
        }
        if self.renewed.is_empty() {
            // Both texts list the volumes, in whatever order.
            let ids = |vg: &VolumeGroup| vg.physical_volumes.iter().map(|pv| pv.id).collect::<HashSet<_>>();
            return if ids(base) == ids(&self.working) { Ok(()) } else { Err(mixed()) };
        }
        let on_disk = |id: PvId| self.renewed.iter().find(|(_, new)| *new == id).map_or(id, |(old, _)| *old);
        let same = base.physical_volumes.len() == self.working.physical_volumes.len()
            && base.physical_volumes.iter().zip(&self.working.physical_volumes).all(|(old, new)| {
                old.id == on_disk(new.id) && old.pe_start == new.pe_start && old.pe_count == new.pe_count
            });
        if same { Ok(()) } else { Err(mixed()) }
    }
}

fn mixed() -> Error {
    Error::invalid("new uuids cannot be combined with a change of physical volumes")
}

impl Edit<'_> {
    /// Gives these physical volumes new ids, which are returned.
    fn renew_pv_ids(&mut self, pvs: &[PvId]) -> Result<Vec<(PvId, PvId)>> {
        let mut renewed = HashMap::new();
        for pv in pvs {
            let new = PvId::random(&mut *self.stamp.ids);
            let Some(known) = self.vg.physical_volumes.iter_mut().find(|known| known.id == *pv) else {
                let message = format!("physical volume {pv} is not in volume group {}", self.vg.name);
                return Err(Error::not_found(message).with_pv(format!("{pv}")));
            };
            known.id = new;
            if let Some(mut layout) = self.layouts().remove(pv) {
                if layout.initialise {
                    return Err(Error::invalid("the physical volume is not on disk yet"));
                }
                layout.layout.id = new;
                self.layouts().insert(new, layout);
            }
            renewed.insert(*pv, new);
        }
        let is_renewed = |area: &Area| matches!(area.source, AreaSource::Pv(pv) if renewed.contains_key(&pv));
        for lv in &mut self.vg.logical_volumes {
            if !lv.segments.iter().any(|seg| seg.kind.areas().iter().any(is_renewed)) {
                continue;
            }
            for area in Arc::make_mut(lv).segments.iter_mut().flat_map(|seg| seg.kind.areas_mut()) {
                if let AreaSource::Pv(pv) = &mut area.source
                    && let Some(new) = renewed.get(pv)
                {
                    *pv = *new;
                }
            }
        }
        Ok(renewed.into_iter().collect())
    }
}
