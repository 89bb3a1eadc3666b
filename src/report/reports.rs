//! What the targets of active volumes report, asked for when it is needed.

use std::cell::RefCell;
use std::collections::HashMap;
use std::fmt;
use std::rc::Rc;

use std::borrow::Cow;

use lvm_core::metadata::SegmentKind;
use lvm_dm::Status;
use lvm_dm::target::cache::{CacheStatus, CacheUsage};
use lvm_dm::target::raid::RaidStatus;
use lvm_dm::target::snapshot::SnapshotStatus;
use lvm_dm::target::thin::ThinStatus;
use lvm_dm::target::thin_pool::{PoolDiscards, ThinPoolStatus, ThinPoolUsage};
use lvm_dm::target::writecache::WritecacheStatus;

use super::group::{Group, Use};
use super::input::StatusOf;
use super::value::{Percent, Value};

/// Whom to ask, and what was answered, by position of the volume.
#[derive(Default)]
pub(super) struct Reports<'i> {
    pub(super) ask: Option<Rc<StatusOf<'i>>>,
    known: RefCell<HashMap<usize, Rc<[Status]>>>,
}

impl fmt::Debug for Reports<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Reports").field("known", &self.known).finish_non_exhaustive()
    }
}

impl Group<'_> {
    /// What the targets of a volume report; nothing when nobody can be asked or it is not active. A
    /// cache pool in use has no device: the volume that it caches for reports of it.
    pub(super) fn statuses(&self, at: usize) -> Rc<[Status]> {
        let is_pool = matches!(self.first_kind(at), Some(SegmentKind::CachePool(_)));
        let user = self.user_as(at, Use::CachePool).filter(|_| is_pool);
        self.own_statuses(user.map_or(at, |user| user.lv))
    }

    /// The same of the volume itself.
    fn own_statuses(&self, at: usize) -> Rc<[Status]> {
        let active = self.lv(at).filter(|_| self.may_report(at)).and_then(|lv| self.device(lv).flatten());
        let (Some(ask), Some(active)) = (self.reports.ask.as_ref(), active) else { return Rc::from([]) };
        if let Some(known) = self.reports.known.borrow().get(&at) {
            return Rc::clone(known);
        }
        let answer: Rc<[Status]> = ask(active).into();
        self.reports.known.borrow_mut().insert(at, Rc::clone(&answer));
        answer
    }

    /// True for types whose targets have something to report.
    fn may_report(&self, at: usize) -> bool {
        use SegmentKind as K;
        let kind = self.first_kind(at);
        let has_report = matches!(
            kind,
            Some(
                K::Thin(_)
                    | K::ThinPool(_)
                    | K::Raid(_)
                    | K::Mirror(_)
                    | K::Cache(_)
                    | K::WriteCache(_)
                    | K::Integrity(_)
            )
        );
        has_report || self.store_of(at).is_some() || self.merging_into(at)
    }

    pub(super) fn snapshot_status(&self, at: usize) -> Option<SnapshotStatus> {
        self.statuses(at).iter().find_map(|status| match status {
            Status::Snapshot(snapshot) => Some(*snapshot),
            _ => None,
        })
    }

    /// True for a snapshot that overflowed while it was active.
    pub(super) fn is_invalid_snapshot(&self, at: usize) -> bool {
        self.snapshot_status(at) == Some(SnapshotStatus::Invalid)
    }

    pub(super) fn thin_pool_usage(&self, at: usize) -> Option<ThinPoolUsage> {
        self.statuses(at).iter().find_map(|status| match status {
            Status::ThinPool(ThinPoolStatus::Running(usage)) => Some(usage.clone()),
            _ => None,
        })
    }

    pub(super) fn cache_usage(&self, at: usize) -> Option<CacheUsage> {
        self.statuses(at).iter().find_map(|status| match status {
            Status::Cache(CacheStatus::Running(usage)) => Some((**usage).clone()),
            _ => None,
        })
    }

    pub(super) fn raid_status(&self, at: usize) -> Option<RaidStatus> {
        self.statuses(at).iter().find_map(|status| match status {
            Status::Raid(raid) => Some(raid.clone()),
            _ => None,
        })
    }

    /// Failures that the checksums of a volume, or of the images of a raid, found.
    pub(super) fn integrity_mismatches(&self, at: usize) -> Option<u64> {
        let of = |at: usize| {
            self.own_statuses(at).iter().find_map(|status| match status {
                Status::Integrity(integrity) => Some(integrity.mismatches),
                _ => None,
            })
        };
        match self.first_kind(at) {
            Some(SegmentKind::Raid(raid)) => {
                let images = raid.images.iter().filter_map(|image| self.position(image.data));
                images.filter_map(of).reduce(u64::saturating_add)
            }
            _ => of(at),
        }
    }

    pub(super) fn writecache_status(&self, at: usize) -> Option<WritecacheStatus> {
        self.statuses(at).iter().find_map(|status| match status {
            Status::Writecache(cache) => Some(cache.clone()),
            _ => None,
        })
    }

    /// How full a volume is.
    pub(super) fn data_percent(&self, at: usize) -> Value<'static> {
        let size = self.lv(at).map_or(0, |lv| self.lv_size(lv).to_sectors().0);
        let found = self.statuses(at).iter().find_map(|status| match status {
            Status::Snapshot(snapshot) => Some(filled(*snapshot)),
            Status::ThinPool(ThinPoolStatus::Running(usage)) => {
                Some(percent(usage.data_used, usage.data_total))
            }
            Status::Thin(ThinStatus::Mapped { mapped, .. }) => Some(percent(mapped.0, size)),
            Status::Cache(CacheStatus::Running(usage)) => Some(percent(usage.cache_used, usage.cache_total)),
            Status::Writecache(cache) => Some(percent(cache.total.saturating_sub(cache.free), cache.total)),
            _ => None,
        });
        found.unwrap_or(Value::Unknown)
    }

    /// How full the metadata of a pool is.
    pub(super) fn metadata_percent(&self, at: usize) -> Value<'static> {
        let found = self.statuses(at).iter().find_map(|status| match status {
            Status::ThinPool(ThinPoolStatus::Running(usage)) => {
                Some(percent(usage.metadata_used, usage.metadata_total))
            }
            Status::Cache(CacheStatus::Running(usage)) => {
                Some(percent(usage.metadata_used, usage.metadata_total))
            }
            _ => None,
        });
        found.unwrap_or(Value::Unknown)
    }

    /// How much is in sync.
    pub(super) fn copy_percent(&self, at: usize) -> Value<'static> {
        let found = self.statuses(at).iter().find_map(|status| match status {
            Status::Raid(raid) => Some(percent(raid.in_sync, raid.total)),
            Status::Mirror(mirror) => Some(percent(mirror.in_sync, mirror.total)),
            Status::Cache(CacheStatus::Running(usage)) if usage.cache_used == 0 => Some(percent(0, 1)),
            Status::Cache(CacheStatus::Running(usage)) => Some(percent(usage.dirty, usage.cache_used)),
            Status::Integrity(integrity) => {
                let done = integrity.recalculated.unwrap_or(integrity.provided);
                Some(percent(done.0, integrity.provided.0))
            }
            _ => None,
        });
        found.unwrap_or(Value::Unknown)
    }

    /// What a thin pool does with discards.
    pub(super) fn kernel_discards(&self, at: usize) -> Value<'static> {
        let word = self.thin_pool_usage(at).map(|usage| match usage.discards {
            PoolDiscards::Passdown => "passdown",
            PoolDiscards::NoPassdown => "nopassdown",
            PoolDiscards::Ignore => "ignore",
            _ => "",
        });
        Value::Text(Cow::Borrowed(word.unwrap_or_default()))
    }

    /// Whether the metadata of a pool needs a check.
    pub(super) fn needs_check(&self, at: usize) -> Option<bool> {
        let pool = self.thin_pool_usage(at).map(|usage| usage.needs_check);
        let is_cache = matches!(self.first_kind(at), Some(SegmentKind::Cache(_)));
        pool.or_else(|| self.cache_usage(at).filter(|_| is_cache)?.needs_check)
    }
}

fn percent(part: u64, whole: u64) -> Value<'static> {
    Value::Percent(Percent { part, whole })
}

/// How full the store of a snapshot is.
fn filled(snapshot: SnapshotStatus) -> Value<'static> {
    match snapshot {
        // What it needs for itself is nothing that was stored.
        SnapshotStatus::Usage { used, metadata, .. } if used == metadata => percent(0, 1),
        SnapshotStatus::Usage { used, total, .. } => percent(used.0, total.0),
        SnapshotStatus::Invalid | SnapshotStatus::Overflow => percent(1, 1),
        _ => Value::Unknown,
    }
}
