//! Telling disks about extents that nobody uses any more (`devices/issue_discards`).

use std::sync::Arc;

use lvm_core::metadata::{PvMap, VolumeGroup};
use lvm_core::{BlockDevice, PvId, Result};

use crate::observe::{Event, Observer, tell};

/// Discards the extents that a change set free, on the physical volumes that are there. What a disk
/// does not do is a warning: nothing is lost by it.
///
/// # Errors
/// `Corrupt` when the map of a group cannot be made.
///
/// # Effect
/// The content of free extents is gone.
pub(crate) fn discard_freed(
    base: &VolumeGroup,
    vg: Option<&VolumeGroup>,
    members: &[(PvId, Arc<dyn BlockDevice>)],
    observer: &mut dyn Observer,
) -> Result<()> {
    let (before, after) = (PvMap::new(base)?, vg.map(PvMap::new).transpose()?);
    for (pv_id, device) in members {
        for (offset, length) in freed(base, &before, after.as_ref(), *pv_id) {
            if let Err(error) = device.discard(offset, length) {
                let message = format!("{}: free extents were not discarded: {error}", device.name());
                let _ = tell(observer, &Event::Warning { message });
                // The next one would fare no better.
                break;
            }
        }
    }
    Ok(())
}

/// Ranges of a physical volume, in bytes, that had an owner and have none.
fn freed(base: &VolumeGroup, before: &PvMap, after: Option<&PvMap>, pv_id: PvId) -> Vec<(u64, u64)> {
    let mut ranges = Vec::new();
    let (Some(pv), Some(at)) = (base.physical_volume(pv_id), before.position(pv_id)) else { return ranges };
    let (start, size) = (pv.pe_start().to_bytes().get(), base.extent_size().to_bytes().get());
    for run in before.runs(at).iter().filter(|run| run.owner.is_some()) {
        let end = run.start.saturating_add(run.count);
        let free = match after.map(|after| (after, after.position(pv_id))) {
            // The whole group is gone.
            None => vec![(run.start, end)],
            // Extents of a physical volume that left are the caller's business.
            Some((_, None)) => Vec::new(),
            Some((after, Some(at))) => {
                let free = after.runs(at).iter().filter(|run| run.owner.is_none());
                let cut = free
                    .map(|free| (free.start.max(run.start), free.start.saturating_add(free.count).min(end)));
                cut.filter(|(first, end)| first < end).collect()
            }
        };
        ranges.extend(free.into_iter().map(|(first, end)| {
            let (first, end) = (u64::from(first), u64::from(end));
            (start.saturating_add(first.saturating_mul(size)), (end - first).saturating_mul(size))
        }));
    }
    ranges
}
