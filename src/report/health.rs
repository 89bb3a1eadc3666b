//! What is wrong with a volume.

use lvm_core::metadata::{LogicalVolume, LvStatus, SegmentKind};
use lvm_dm::Status;
use lvm_dm::target::cache::CacheStatus;
use lvm_dm::target::raid::{RaidHealth, RaidStatus, SyncAction};
use lvm_dm::target::thin::ThinStatus;
use lvm_dm::target::thin_pool::{PoolMode, ThinPoolStatus};

use super::group::{Group, Use};

/// What is wrong with a volume, or was chosen to be unlike the rest.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Health {
    Good,
    /// Only the kernel knows, and was not asked.
    Unknown,
    Partial,
    /// A device of a raid failed, and is there again.
    RefreshNeeded,
    Mismatches,
    Reshaping,
    WriteMostly,
    Failed,
    OutOfData,
    MetadataReadOnly,
    WriteCacheError,
}

impl Health {
    /// How `lv_attr` shows it.
    pub(super) const fn sign(self) -> char {
        match self {
            Self::Good => '-',
            Self::Unknown => 'X',
            Self::Partial => 'p',
            Self::RefreshNeeded => 'r',
            Self::Mismatches => 'm',
            Self::Reshaping => 's',
            Self::WriteMostly => 'w',
            Self::Failed => 'F',
            Self::OutOfData => 'D',
            Self::MetadataReadOnly => 'M',
            Self::WriteCacheError => 'E',
        }
    }

    /// How `lv_health_status` says it.
    pub(super) const fn word(self) -> &'static str {
        match self {
            Self::Good => "",
            Self::Unknown => "unknown",
            Self::Partial => "partial",
            Self::RefreshNeeded => "refresh needed",
            Self::Mismatches => "mismatches exist",
            Self::Reshaping => "reshaping",
            Self::WriteMostly => "writemostly",
            Self::Failed => "failed",
            Self::OutOfData => "out_of_data",
            Self::MetadataReadOnly => "metadata_read_only",
            Self::WriteCacheError => "error",
        }
    }
}

impl Group<'_> {
    /// What is wrong with a volume.
    pub(super) fn health(&self, at: usize, lv: &LogicalVolume) -> Health {
        if self.is_partial(at) {
            return Health::Partial;
        }
        if let Some((raid, leg)) = self.raid_of(at) {
            return self.raid_health(raid, leg, lv);
        }
        let found = self.statuses(at).iter().find_map(|status| match status {
            Status::ThinPool(ThinPoolStatus::Fail | ThinPoolStatus::Error)
            | Status::Cache(CacheStatus::Fail | CacheStatus::Error)
            | Status::Thin(ThinStatus::Fail | ThinStatus::Error) => Some(Health::Failed),
            Status::ThinPool(ThinPoolStatus::Running(usage)) => of_mode(usage.mode),
            Status::Cache(CacheStatus::Running(usage)) => of_mode(usage.mode),
            Status::Writecache(cache) if cache.error != 0 => Some(Health::WriteCacheError),
            _ => None,
        });
        found.unwrap_or(Health::Good)
    }

    /// The raid that a volume is or is a part of, and which device of it.
    fn raid_of(&self, at: usize) -> Option<(usize, Option<usize>)> {
        if let Some(SegmentKind::Raid(_)) = self.first_kind(at) {
            return Some((at, None));
        }
        let id = self.lv(at)?.id();
        let user =
            self.users(at).iter().find(|user| matches!(user.how, Use::RaidImage | Use::RaidMetadata))?;
        let SegmentKind::Raid(raid) = user.seg.kind() else { return None };
        let leg = raid.images.iter().position(|image| image.data == id || image.metadata == Some(id));
        Some((user.lv, leg))
    }

    fn raid_health(&self, raid: usize, leg: Option<usize>, lv: &LogicalVolume) -> Health {
        let status = self.raid_status(raid);
        let is_active = |lv: &LogicalVolume| self.device(lv).is_none_or(|device| device.is_some());
        if status.is_none() && self.lv(raid).is_some_and(is_active) {
            return Health::Unknown;
        }
        let is_lost = |health: &RaidHealth| matches!(health, RaidHealth::Dead | RaidHealth::Missing);
        let lost = status.as_ref().is_some_and(|status| match leg {
            Some(leg) => status.health.get(leg).is_some_and(is_lost),
            None => status.health.iter().any(is_lost),
        });
        match (lost, leg, status) {
            (true, ..) => Health::RefreshNeeded,
            (_, None, Some(status)) if status.action == Some(SyncAction::Reshape) => Health::Reshaping,
            (_, None, Some(status)) if status.mismatches.is_some_and(|count| count > 0) => Health::Mismatches,
            _ if lv.status().contains(LvStatus::WRITEMOSTLY) => Health::WriteMostly,
            _ => Health::Good,
        }
    }

    /// True for a part of a raid or mirror that has what the others have, as far as the kernel says.
    pub(super) fn is_in_sync(&self, at: usize) -> bool {
        if let Some((raid, Some(leg))) = self.raid_of(at) {
            let in_sync = |status: RaidStatus| {
                let health = status.health.get(leg).copied();
                health == Some(RaidHealth::InSync)
            };
            return self.raid_status(raid).is_some_and(in_sync);
        }
        let Some(user) = self.user_as(at, Use::MirrorImage) else { return false };
        self.statuses(user.lv).iter().any(|status| match status {
            Status::Mirror(mirror) => mirror.in_sync == mirror.total,
            _ => false,
        })
    }
}

const fn of_mode(mode: PoolMode) -> Option<Health> {
    match mode {
        PoolMode::ReadOnly => Some(Health::MetadataReadOnly),
        PoolMode::OutOfDataSpace => Some(Health::OutOfData),
        _ => None,
    }
}
