//! What lies below a logical volume.

use hashbrown::HashSet;
use std_alloc::{collections::VecDeque, vec::Vec};

use super::{AreaSource, LogicalVolume, Segment, VolumeGroup};
use crate::id::PvId;

impl VolumeGroup {
    /// The physical volumes that a logical volume lies on, by itself or through the volumes that its
    /// segments refer to: images, pools, origins, stores. Each comes once, in the order of the
    /// segments and areas, those of a volume before those of the volumes below it.
    ///
    /// Volumes that are not in the group have none below them, and a circle of references ends
    /// where it began.
    #[must_use]
    pub fn pvs_below(&self, lv: &LogicalVolume) -> Vec<PvId> {
        let (mut found, mut known) = (Vec::new(), HashSet::new());
        let (mut seen, mut todo) = (HashSet::new(), VecDeque::from([lv]));
        seen.insert(lv.id);
        while let Some(lv) = todo.pop_front() {
            for kind in lv.segments.iter().map(Segment::kind) {
                for area in kind.areas() {
                    if let AreaSource::Pv(pv) = area.source
                        && known.insert(pv)
                    {
                        found.push(pv);
                    }
                }
                kind.for_each_lv(|id| {
                    if seen.insert(id) {
                        todo.extend(self.logical_volume_by_id(id));
                    }
                });
            }
        }
        found
    }
}
