//! The invariants of a volume group, numbered; checked before every write.
//!
//! 1. Names of the group, and of every logical volume, are valid, and short enough together.
//! 2. Ids of physical volumes are unique; ids of logical volumes are unique.
//! 3. Names of logical volumes are unique, historical ones included.
//! 4. The extent size is a power of two of sectors, or a multiple of 128 KiB.
//! 5. The group does not inherit its allocation policy.
//! 6. The segments of every volume tile it from extent 0 without gap, overlap or overflow.
//! 7. Every area and reference names a volume of this group.
//! 8. Every physical extent is used at most once and lies on its physical volume.
//! 9. A striped segment's extents divide by its stripes; stripes are at most one extent. They need
//!    not be a power of two: LVM2 cuts a larger stripe to the extent, which may be 384 KiB.
//! 10. Counts respect `max_lv` and `max_pv`; the group has at most 2^32-1 extents.
//! 11. Tags are valid and not repeated.
//! 12. A fixed minor number is present where the status says so.
//! 13. A group with a lock type of dlm or sanlock has no system id.
//! 14. At most one volume is the spare for pool metadata.
//! 15. Snapshot holders have one segment and their store is not another snapshot's store.
//! 16. Thin device ids are within 24 bits and unique in their pool; messages stay below too.
//! 17. Raids have the devices their level needs, and power-of-two regions and stripes.
//! 18. Every physical volume has a place for its extents: `pe_start` plus extents does not
//!     overflow.
//! 19. No area lies on a logical volume called `pvN` where the text calls a physical volume so: it
//!     would be read back as an area on that physical volume.

use hashbrown::{HashMap, HashSet};
use std_alloc::{format, string::String, vec::Vec};

use super::{AllocationPolicy, AreaSource, LogicalVolume, LvStatus, Segment, SegmentKind, VolumeGroup};
use crate::error::{Error, ErrorKind, Result};
use crate::id::{LvId, PvId};
use crate::name;
use crate::units::Sectors;

/// A broken invariant.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Violation {
    /// The number in the list at the top of this module.
    pub number: u8,
    /// The logical volume concerned.
    pub lv: Option<String>,
    /// What is wrong.
    pub message: String,
}

/// 128 KiB in sectors: extent sizes that are no power of two must be a multiple of it.
const EXTENT_SIZE_STEP: u64 = 256;
const MIN_STRIPE_SECTORS: u64 = 8;
const MAX_THIN_DEVICE_ID: u32 = (1 << 24) - 1;

impl VolumeGroup {
    /// Checks every invariant and returns those broken, in order of their numbers.
    #[must_use]
    pub fn validate(&self) -> Vec<Violation> {
        let mut found = Violations { list: Vec::new(), lv: None };
        self.check_group(&mut found);
        self.check_physical_volumes(&mut found);
        self.check_logical_volumes(&mut found);
        self.check_area_names(&mut found);
        if let Err(error) = self.used_extents() {
            let message = error.message().into();
            found.list.push(Violation { number: 8, lv: error.lv().map(String::from), message });
        }
        found.list.sort_by_key(|violation| violation.number);
        found.list
    }

    /// Checks every invariant.
    ///
    /// # Errors
    /// `Corrupt` for metadata read from disk that breaks one; the first is named.
    pub fn check(&self) -> Result<()> {
        match self.validate().into_iter().next() {
            None => Ok(()),
            Some(violation) => Err(violation.into_error(ErrorKind::Corrupt).with_vg(self.name.clone())),
        }
    }

    fn check_group(&self, found: &mut Violations<'_>) {
        if let Err(error) = name::check_name(&self.name) {
            found.add(1, &format!("volume group {}: {error}", self.name));
        }
        let size = self.extent_size.0;
        if size == 0 || !(size.is_power_of_two() || size.is_multiple_of(EXTENT_SIZE_STEP)) {
            found.add(4, &format!("extent size of {size} sectors"));
        }
        if self.allocation_policy == AllocationPolicy::Inherit {
            found.add(5, "the group's allocation policy is inherit");
        }
        let extents = self.physical_volumes.iter().map(|pv| u64::from(pv.pe_count.0)).sum::<u64>();
        if extents > u64::from(u32::MAX) {
            found.add(10, &format!("{extents} extents"));
        }
        let visible = self.logical_volumes().filter(|lv| lv.is_visible()).count();
        if self.max_lv != 0 && visible > usize::try_from(self.max_lv).unwrap_or(usize::MAX) {
            found.add(10, &format!("{visible} logical volumes where {} are allowed", self.max_lv));
        }
        let pvs = self.physical_volumes.len();
        if self.max_pv != 0 && pvs > usize::try_from(self.max_pv).unwrap_or(usize::MAX) {
            found.add(10, &format!("{pvs} physical volumes where {} are allowed", self.max_pv));
        }
        check_tags(&self.tags, found);
        if matches!(self.lock_type.as_deref(), Some("dlm" | "sanlock")) && self.system_id.is_some() {
            found.add(13, "a shared group has a system id");
        }
    }

    fn check_physical_volumes(&self, found: &mut Violations<'_>) {
        let mut ids = HashSet::with_capacity(self.physical_volumes.len());
        for pv in &self.physical_volumes {
            if !ids.insert(pv.id) {
                found.add(2, &format!("physical volume {} is listed twice", pv.id));
            }
            check_tags(&pv.tags, found);
            let extents = u64::from(pv.pe_count.0).checked_mul(self.extent_size.0);
            if extents.and_then(|extents| extents.checked_add(pv.pe_start.0)).is_none() {
                found.add(18, &format!("physical volume {} is too large", pv.id));
            }
        }
    }

    /// Looks at each volume once: a large group does not fit the caches.
    fn check_logical_volumes<'v>(&'v self, found: &mut Violations<'v>) {
        let count = self.logical_volumes.len();
        let mut names = HashSet::with_capacity(count);
        let mut ids = HashSet::with_capacity(count);
        let pvs = self.physical_volumes.iter().map(|pv| pv.id).collect::<HashSet<_>>();
        let mut roles = Roles::default();
        let mut has_references = false;
        // Neighbours tend to lie on one physical volume.
        let mut last = None;
        for lv in self.logical_volumes() {
            self.check_name(&lv.name, &mut names, found);
            ids.insert(&lv.id);
            roles.check(lv, found);
            found.lv = Some(&lv.name);
            check_lv(lv, self.extent_size, found);
            found.lv = None;
            for seg in &lv.segments {
                seg.kind.for_each_lv(|_| has_references = true);
                for area in seg.kind.areas() {
                    if let AreaSource::Pv(pv) = area.source
                        && last != Some(pv)
                    {
                        has_references |= !pvs.contains(&pv);
                        last = Some(pv);
                    }
                }
            }
        }
        for lv in &self.historical_logical_volumes {
            self.check_name(&lv.name, &mut names, found);
        }
        if ids.len() != count {
            found.add(2, "two logical volumes have one id");
        }
        if roles.spares > 1 {
            found.add(14, &format!("{} spares for pool metadata", roles.spares));
        }
        if has_references {
            self.check_references(&ids, &pvs, found);
        }
    }

    fn check_name<'v>(
        &self,
        lv_name: &'v String,
        names: &mut HashSet<&'v String>,
        found: &mut Violations<'_>,
    ) {
        if let Err(error) = name::check_name(lv_name).and_then(|()| name::check_pair(&self.name, lv_name)) {
            found.add(1, &format!("logical volume {lv_name}: {error}"));
        }
        if !names.insert(lv_name) {
            found.add(3, &format!("two logical volumes are called {lv_name}"));
        }
    }

    fn check_references<'v>(&'v self, ids: &HashSet<&LvId>, pvs: &HashSet<PvId>, found: &mut Violations<'v>) {
        for lv in self.logical_volumes() {
            found.lv = Some(&lv.name);
            for seg in &lv.segments {
                let mut missing = false;
                seg.kind.for_each_lv(|id| missing |= !ids.contains(&id));
                if missing {
                    found.add(7, "a segment refers to a logical volume that is not in the group");
                }
                for area in seg.kind.areas() {
                    if matches!(area.source, AreaSource::Pv(pv) if !pvs.contains(&pv)) {
                        found.add(7, "an area lies on a physical volume that is not in the group");
                    }
                }
            }
        }
        found.lv = None;
    }

    fn check_area_names(&self, found: &mut Violations<'_>) {
        let is_pv_name = |name: &str| {
            let number = name.strip_prefix("pv").and_then(|digits| digits.parse::<usize>().ok());
            number.is_some_and(|number| number < self.physical_volumes.len() && name == format!("pv{number}"))
        };
        let like_pvs = self.logical_volumes().filter(|lv| is_pv_name(&lv.name));
        let like_pvs = like_pvs.map(|lv| (lv.id, &lv.name)).collect::<HashMap<_, _>>();
        if like_pvs.is_empty() {
            return;
        }
        for area in self.logical_volumes().flat_map(|lv| &lv.segments).flat_map(|seg| seg.kind.areas()) {
            if let AreaSource::Lv(lv) = area.source
                && let Some(name) = like_pvs.get(&lv)
            {
                found.add(19, &format!("an area lies on a logical volume called {name}"));
            }
        }
    }
}

/// What only one volume of a group, or of a pool, may be.
#[derive(Default)]
struct Roles {
    spares: usize,
    stores: HashSet<LvId>,
    /// Device ids in use in each thin pool.
    devices: HashMap<LvId, HashSet<u32>>,
}

impl Roles {
    fn check(&mut self, lv: &LogicalVolume, found: &mut Violations<'_>) {
        if !lv.is_visible() && lv.name.contains("_pmspare") {
            self.spares = self.spares.saturating_add(1);
        }
        for seg in &lv.segments {
            match &seg.kind {
                SegmentKind::Snapshot(snapshot)
                    if lv.segments.len() != 1 || !self.stores.insert(snapshot.store) =>
                {
                    found.add(15, &format!("snapshot holder {}", lv.name));
                }
                SegmentKind::Thin(thin) => {
                    let id = thin.device_id;
                    let devices = self.devices.entry(thin.thin_pool).or_default();
                    if id > MAX_THIN_DEVICE_ID || !devices.insert(id) {
                        found.add(16, &format!("thin volume {} has device id {id}", lv.name));
                    }
                }
                _ => {}
            }
        }
    }
}

impl core::fmt::Display for Violation {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(f, "invariant {} is broken: {}", self.number, self.message)
    }
}

impl Violation {
    /// As an error of the given kind.
    #[must_use]
    pub fn into_error(self, kind: ErrorKind) -> Error {
        let error = Error::new(kind, format!("{self}"));
        match self.lv {
            Some(lv) => error.with_lv(lv),
            None => error,
        }
    }
}

struct Violations<'a> {
    list: Vec<Violation>,
    /// The logical volume that is being looked at.
    lv: Option<&'a str>,
}

impl Violations<'_> {
    fn add(&mut self, number: u8, message: &str) {
        self.list.push(Violation { number, lv: self.lv.map(String::from), message: message.into() });
    }
}

fn check_tags(tags: &[String], found: &mut Violations<'_>) {
    for tag in tags {
        if let Err(error) = name::check_tag(tag) {
            found.add(11, &format!("{error}"));
        }
    }
    let distinct = tags.len() < 2 || tags.iter().collect::<HashSet<_>>().len() == tags.len();
    if !distinct {
        found.add(11, "a tag is repeated");
    }
}

fn check_lv(lv: &LogicalVolume, extent_size: Sectors, found: &mut Violations<'_>) {
    check_tags(&lv.tags, found);
    if lv.status.contains(LvStatus::FIXED_MINOR) && lv.rare.minor.is_none() {
        found.add(12, "the minor number is fixed and missing");
    }
    if lv.segments.is_empty() {
        found.add(6, "no segments");
    }
    let mut next = 0_u32;
    for seg in &lv.segments {
        let end = seg.start_extent.checked_add(seg.extent_count);
        match end {
            Some(end) if seg.start_extent == next && seg.extent_count > 0 => next = end,
            _ => {
                found.add(
                    6,
                    &format!("the segment at extent {} does not follow the one before", seg.start_extent),
                );
                break;
            }
        }
        check_tags(&seg.tags, found);
        check_segment(seg, extent_size, found);
    }
}

fn check_segment(seg: &Segment, extent_size: Sectors, found: &mut Violations<'_>) {
    match &seg.kind {
        SegmentKind::Striped(striped) => {
            let stripes = u32::try_from(striped.stripes.len()).unwrap_or(u32::MAX);
            let size = striped.stripe_size.0;
            let good = match stripes {
                0 => false,
                1 => true,
                n => {
                    seg.extent_count.is_multiple_of(n)
                        && (1..=extent_size.0.max(MIN_STRIPE_SECTORS)).contains(&size)
                }
            };
            if !good {
                found.add(
                    9,
                    &format!("{} extents over {stripes} stripes of {size} sectors", seg.extent_count),
                );
            }
        }
        SegmentKind::Mirror(mirror) if mirror.mirrors.is_empty() => found.add(9, "a mirror without images"),
        SegmentKind::Raid(raid) => {
            let least = match raid.raid_type.as_str() {
                "raid10" | "raid10_near" => 2,
                _ => 1 + raid.parity_count(),
            };
            let powers = [raid.region_size, raid.stripe_size].into_iter().flatten();
            if raid.images.len() < usize::try_from(least).unwrap_or(usize::MAX)
                || powers.filter(|size| size.0 != 0).any(|size| !size.0.is_power_of_two())
            {
                found.add(17, &format!("{} with {} devices", raid.raid_type, raid.images.len()));
            }
        }
        _ => {}
    }
}
