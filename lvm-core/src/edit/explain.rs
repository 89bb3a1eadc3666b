//! Why a volume can or cannot be made, or grow.

use std_alloc::{format, string::String, vec::Vec};

use super::create::check_stripes;
use super::{Edit, NewLv, NewLvKind, ResizeLv, VgDraft};
use crate::alloc::explain::{Explanation, explain};
use crate::alloc::size::SizeBasis;
use crate::alloc::{PvArgument, PvEntry, PvSelection, free_in};
use crate::error::{Error, ErrorKind, Result};
use crate::id::PvId;
use crate::metadata::PvMap;
use crate::stamp::Stamp;

impl VgDraft {
    /// Explains why a new volume fits or not, and what would make it fit. It need not have a name.
    ///
    /// # Errors
    /// What [`create_lv`](Self::create_lv) refuses for other reasons than room or missing physical
    /// volumes; `InvalidInput` for types that take no extents.
    pub fn explain_create(&self, new: &NewLv) -> Result<Explanation> {
        self.explain(|edit, blocked| {
            let name = new.name.clone().unwrap_or_else(|| edit.free_name());
            edit.check_new_lv_name(&name)?;
            if !matches!(new.kind, NewLvKind::Linear | NewLvKind::Striped { .. }) {
                return Err(Error::invalid("a volume of this type takes no extents: any size fits"));
            }
            check_stripes(new.stripes())?;
            let map = edit.pv_map()?;
            let (selection, named) = edit.selections(&new.pvs, &map)?;
            let sized = edit.new_extents(new, &map, &selection)?;
            let request = edit.new_request(&name, new, sized, selection);
            let mut explanation = explain(&edit.vg, &map, &request, &named, blocked)?;
            explanation.lv.clone_from(&new.name);
            Ok(explanation)
        })
    }

    /// Explains why a volume can or cannot grow, and what would make it fit.
    ///
    /// # Errors
    /// What [`resize_lv`](Self::resize_lv) refuses for other reasons than room or missing physical
    /// volumes; `InvalidInput` for a size that is not larger.
    pub fn explain_resize(&self, resize: &ResizeLv) -> Result<Explanation> {
        self.explain(|edit, blocked| {
            let lv = edit.require_simple(&resize.name)?.clone();
            let map = edit.pv_map()?;
            let (selection, named) = edit.selections(&resize.pvs, &map)?;
            let target = edit.resized_extents(resize, &lv, &map, &selection);
            let target = target.map_err(|error| {
                error
                    .with_lv(lv.name.clone())
                    .with_help("what is wanted on top of what there is has a + in front")
            })?;
            if target.extents < lv.extent_count() {
                let (now, new) = (lv.extent_count(), target.extents);
                return Err(Error::invalid(format!(
                    "New size given ({new} extents) not larger than existing size ({now} extents)"
                ))
                .with_lv(lv.name.clone())
                .with_help("taking extents away needs no room"));
            }
            let request = edit.growth_request(resize, &lv, target, selection);
            check_stripes(request.shape.area_multiple)?;
            explain(&edit.vg, &map, &request, &named, blocked)
        })
    }

    /// Runs on a copy; a group that misses physical volumes is explained too.
    fn explain(
        &self,
        explain: impl FnOnce(&mut Edit<'_>, Option<String>) -> Result<Explanation>,
    ) -> Result<Explanation> {
        self.look(|edit| {
            let blocked = match edit.require_complete() {
                Ok(()) => None,
                Err(error) if *error.kind() == ErrorKind::MissingDevice => Some(error.message().into()),
                Err(error) => return Err(error),
            };
            explain(edit, blocked)
        })
    }

    /// Asks a copy.
    fn look<T>(&self, look: impl FnOnce(&mut Edit<'_>) -> Result<T>) -> Result<T> {
        let mut stamp = Stamp::fixed(0, 0);
        let mut edit = Edit {
            vg: self.working.clone(),
            layouts: None,
            steps: Vec::new(),
            warnings: Vec::new(),
            draft_layouts: &self.layouts,
            stamp: &mut stamp,
            settings: &self.settings,
        };
        look(&mut edit).map_err(|error| error.with_vg(self.working.name.clone()))
    }
}

impl VgDraft {
    /// The numbers that shares are taken of when extents are to lie on these physical volumes;
    /// none means all. With [`create_extents`](crate::alloc::size::create_extents) and
    /// [`resize_extents`](crate::alloc::size::resize_extents) they tell what a size comes to.
    ///
    /// # Errors
    /// What [`create_lv`](Self::create_lv) refuses of the physical volumes.
    pub fn size_basis(&self, pvs: &[PvArgument]) -> Result<SizeBasis> {
        self.look(|edit| {
            let map = edit.pv_map()?;
            let selection = edit.resolve_pvs(pvs, &map)?;
            Ok(edit.size_basis(pvs, &map, &selection))
        })
    }
}

impl Edit<'_> {
    /// The numbers that shares are taken of.
    pub(super) fn size_basis(&self, pvs: &[PvArgument], map: &PvMap, selection: &PvSelection) -> SizeBasis {
        SizeBasis {
            extent_size: self.vg.extent_size,
            vg_extents: self.vg.extent_count(),
            vg_free: map.total_free(),
            listed_free: (!pvs.is_empty()).then(|| free_in(&self.vg, map, selection)),
            origin: None,
        }
    }

    /// The physical volumes that may be used, and all that are named.
    fn selections(&mut self, arguments: &[PvArgument], map: &PvMap) -> Result<(PvSelection, PvSelection)> {
        let resolved = match self.resolve_pvs(arguments, map) {
            Ok(selection) => selection,
            Err(error) if matches!(error.kind(), ErrorKind::InsufficientSpace { .. }) => {
                PvSelection::Listed(Vec::new())
            }
            Err(error) => return Err(error),
        };
        let PvSelection::Listed(entries) = &resolved else { return Ok((resolved.clone(), resolved)) };
        let mut named = entries.clone();
        for pv in &self.vg.physical_volumes {
            let is_named = |argument: &PvArgument| match argument {
                PvArgument::Tag(tag) => pv.tags.contains(tag),
                PvArgument::Device { path, .. } => {
                    pv.device == *path || PvId::parse(path).is_ok_and(|id| id == pv.id)
                }
            };
            if arguments.iter().any(is_named) && !named.iter().any(|entry| entry.pv == pv.id) {
                named.push(PvEntry { pv: pv.id, ranges: Vec::new() });
            }
        }
        Ok((resolved, PvSelection::Listed(named)))
    }
}
