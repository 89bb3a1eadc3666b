//! New ids for physical volumes, which labels and text must change together.
//!
//! ```text
//! 1  text, precommit: the second slot of every area names the text with the new ids
//! 2  labels with the new ids, one after the other, each flushed      the first one decides
//! 3  commit: the text goes to the first slots
//! ```
//! After 2 has begun there is a label with an id that only the text in second slots lists. That is
//! what tells a reader to take that text. With several labels it also tells which ids those have
//! that were not written yet: both texts list the physical volumes in one order.
//!
//! A text gives new ids when it describes the same physical volumes as the one in the first slot,
//! and either belongs to the same group and differs in one id, or belongs to another group and has
//! no id in common with it. No other change writes such a text in front of a label that is marked used.

use hashbrown::{HashMap, HashSet};
use std_alloc::{sync::Arc, vec::Vec};

use super::commit::CommitPv;
use super::label::write_label;
use super::scan::{AreaState, ScannedArea};
use super::set::{FoundPv, Unfinished};
use crate::error::{Effect, Error, Result};
use crate::id::PvId;
use crate::metadata::VolumeGroup;
use crate::text::Imported;

/// Step 2. Returns the errors of labels behind the first; those physical volumes have their old
/// labels.
///
/// # Errors
/// `Io` of the first label.
///
/// # Effect
/// `Reverted` when the first label is as it was, `Unknown` when that cannot be told.
pub(super) fn write_labels(members: &mut [CommitPv]) -> Result<Vec<Error>> {
    let mut decided = false;
    let mut behind = Vec::new();
    for pv in members {
        let Some(label) = pv.new_label.take() else { continue };
        match write_label(&pv.device, &label) {
            Ok(()) => {
                pv.label = label;
                decided = true;
            }
            Err(error) if decided => behind.push(error),
            Err(error) => {
                let back = write_label(&pv.device, &pv.label).is_ok();
                return Err(error.with_effect(if back { Effect::Reverted } else { Effect::Unknown }));
            }
        }
    }
    Ok(behind)
}

/// The ids that `new` gives to the physical volumes of `old`, if it does nothing else with them.
fn new_ids(old: &VolumeGroup, new: &VolumeGroup) -> Option<HashMap<PvId, PvId>> {
    let count = old.physical_volumes.len();
    if count != new.physical_volumes.len() {
        return None;
    }
    let pairs = old.physical_volumes.iter().zip(&new.physical_volumes);
    if !pairs.clone().all(|(old, new)| old.pe_start == new.pe_start && old.pe_count == new.pe_count) {
        return None;
    }
    let ids = pairs.filter(|(old, new)| old.id != new.id).map(|(old, new)| (old.id, new.id));
    let ids = ids.collect::<HashMap<_, _>>();
    let same_group = old.id == new.id;
    // A group that takes in a physical volume of another one has that in common with it.
    let is_disjoint = || ids.values().all(|id| !ids.contains_key(id));
    let renews = match same_group {
        true => ids.len() == 1 && old.seqno < new.seqno,
        false => ids.len() == count && is_disjoint(),
    };
    renews.then_some(ids)
}

/// Labels on the devices.
struct Labels {
    all: HashSet<PvId>,
    used: HashSet<PvId>,
}

/// Areas whose second slot counts because it gives new ids and a label has one of them. They are
/// changed to what a finished change would have left, as are the labels that were still to be
/// written.
pub(super) fn roll_forward(found: &mut [FoundPv], newest: &[Arc<Imported>]) -> Vec<Unfinished> {
    let labels = Labels {
        all: found.iter().map(FoundPv::id).collect(),
        used: found.iter().filter(|pv| pv.scanned.label.pv_header.is_used()).map(FoundPv::id).collect(),
    };
    let mut unfinished = Vec::new();
    for pv in found {
        let own = pv.id();
        let mut renewed = None;
        for area in &mut pv.scanned.areas {
            let Some(ids) = decided(area, &labels, newest) else { continue };
            let listed =
                area.precommitted.as_ref().is_some_and(|text| text.vg.physical_volume(own).is_some());
            let id = ids.get(&own).copied();
            // The device may hold a text of the group without being one of its volumes.
            if !listed && id.is_none() {
                continue;
            }
            renewed = id.or(renewed);
            let (Some(text), Some(header)) = (area.precommitted.take(), area.state.header().copied()) else {
                continue;
            };
            area.state = AreaState::Good(header, text);
            unfinished.push(Unfinished::new(&pv.device, header));
        }
        if let Some(id) = renewed {
            pv.scanned.label.pv_header.pv_id = id;
            // The label is written just before the last of its second slots goes: until then that
            // slot tells the new id, and afterwards nothing else would.
            if let Some(last) = unfinished.iter_mut().rev().find(|area| area.is_on(&pv.device)) {
                last.set_label(&pv.scanned.label);
            }
        }
    }
    unfinished
}

/// The ids that the text in the second slot gives, when it counts; without those that are on some
/// device already.
fn decided(area: &ScannedArea, labels: &Labels, newest: &[Arc<Imported>]) -> Option<HashMap<PvId, PvId>> {
    let (Some(text), AreaState::Good(_, old)) = (&area.precommitted, &area.state) else { return None };
    let mut ids = new_ids(&old.vg, &text.vg)?;
    let committed = newest.iter().any(|newest| Arc::ptr_eq(newest, text));
    let begun = ids.values().any(|new| labels.used.contains(new));
    let is_decided = if old.vg.id == text.vg.id {
        begun && !ids.keys().any(|old| labels.all.contains(old))
    } else {
        begun || committed
    };
    ids.retain(|_, new| !labels.all.contains(new));
    is_decided.then_some(ids)
}
