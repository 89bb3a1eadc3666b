//! Making changes durable: what comes before and after the metadata itself.

pub mod backup;
pub(crate) mod change;
mod discard;
pub(crate) mod filesystem;

use std::sync::Arc;

use lvm_core::edit::{DataStep, VgDraft};
use lvm_core::metadata::VolumeGroup;
use lvm_core::store::{CommitOutcome, PreparedCommit};
use lvm_core::{BlockDevice, Effect, Error, LvId, PvId, Result};

use crate::activate::change::LiveChange;
use crate::data::signature;
use crate::data::volume::map_lv;
use crate::lvm::Lvm;
use crate::observe::{Event, Observer, step, tell};
use crate::options::Options;
use crate::system::{export_header, text_header};
use backup::{description_after, description_before, write_archive, write_backup};

/// Bytes zeroed at a time.
const ZERO_CHUNK: usize = 1 << 20;

/// Writes the state before the change to the archive, when there is one.
///
/// # Errors
/// `Io`: then nothing else may be written, so that no change is without its archive.
pub(crate) fn archive(options: &Options, draft: &VgDraft) -> Result<()> {
    let (Some(dir), Some(base)) = (&options.archive_dir, draft.base()) else { return Ok(()) };
    let stamp = draft.stamp();
    let header = text_header(stamp, description_before(&stamp.command));
    write_archive(dir, base, &export_header(stamp, &header), options.retention)?;
    Ok(())
}

/// Commits prepared metadata while the devices of active volumes that it changes are suspended,
/// and lets them go on with their new tables. Returns what became of the commit, and of what came
/// behind it. `is_new` looks on the disks for whether the new version is there.
///
/// # Errors
/// Those of `prepared`, of the devices (then all is as before), and of the commit.
///
/// # Effect
/// As the error says. Nothing stays suspended in any case.
pub(crate) fn with_devices(
    prepared: Result<PreparedCommit>,
    live: Option<LiveChange<'_>>,
    is_new: impl FnOnce() -> bool,
) -> Result<(CommitOutcome, Result<()>)> {
    let Some(mut live) = live else { return Ok((prepared?.commit()?, Ok(()))) };
    let prepared = match prepared {
        Ok(prepared) => prepared,
        Err(error) => {
            live.back();
            let _ = live.finish();
            return Err(error);
        }
    };
    if let Err(error) = live.suspend() {
        let _ = live.finish();
        // A second slot that stays filled means nothing to readers.
        let _ = prepared.revert();
        return Err(error.with_effect(Effect::Reverted));
    }
    match prepared.commit() {
        Ok(outcome) => {
            let resumed = live.resume();
            Ok((outcome, resumed.and(live.finish())))
        }
        Err(error) => {
            // The write that failed may have reached a disk. The tables go where the metadata went.
            if is_new() {
                let _ = live.resume();
            } else {
                live.back();
            }
            let _ = live.finish();
            Err(error)
        }
    }
}

/// What comes after the new version is durable.
pub(crate) struct After<'a> {
    pub(crate) lvm: &'a Lvm,
    pub(crate) draft: &'a VgDraft,
    pub(crate) vg: &'a VolumeGroup,
    pub(crate) members: &'a [(PvId, Arc<dyn BlockDevice>)],
}

impl After<'_> {
    /// # Errors
    /// The first step that failed; the others are done nevertheless.
    pub(crate) fn run(&self, outcome: CommitOutcome, observer: &mut dyn Observer) -> Result<()> {
        // It is too late to be cancelled; what the observer says to these counts no more.
        let _ = tell(observer, &Event::Committed { vg: self.vg.name().to_owned(), seqno: self.vg.seqno() });
        for warning in &outcome.warnings {
            let _ = tell(observer, &Event::Warning { message: warning.to_string() });
        }
        let mut result = Ok(());
        for data in self.draft.data_steps() {
            let done = match data {
                DataStep::Zero { lv, length } => self.zero(*lv, length.0, observer),
                DataStep::WipeSignatures { lv } => self.wipe(*lv, observer),
                other => Err(Error::unsupported(format!("data step {other:?}"))),
            };
            result = result.and(done);
        }
        result.and(self.backup())
    }

    fn map(&self, lv: LvId) -> Result<(String, Arc<dyn BlockDevice>)> {
        let lv =
            self.vg.logical_volume_by_id(lv).ok_or_else(|| Error::not_found("logical volume is gone"))?;
        let find =
            |pv: PvId| self.members.iter().find(|(id, _)| *id == pv).map(|(_, device)| Arc::clone(device));
        Ok((lv.name().to_owned(), Arc::new(map_lv(self.vg, lv, &find)?)))
    }

    fn zero(&self, lv: LvId, length: u64, observer: &mut dyn Observer) -> Result<()> {
        let (name, device) = self.map(lv)?;
        let _ = step(observer, format!("zeroing the start of volume {name}"));
        let length = length.min(device.size());
        let zeroes = vec![0; usize::try_from(length).unwrap_or(ZERO_CHUNK).min(ZERO_CHUNK)];
        let mut at = 0;
        while at < length {
            let count = usize::try_from(length - at).unwrap_or(ZERO_CHUNK).min(zeroes.len());
            device.write_at(at, zeroes.get(..count).unwrap_or_default())?;
            at += u64::try_from(count).unwrap_or(u64::MAX);
        }
        device.flush()
    }

    fn wipe(&self, lv: LvId, observer: &mut dyn Observer) -> Result<()> {
        let (name, device) = self.map(lv)?;
        device.drop_cache()?;
        for found in signature::detect(&*device)? {
            let _ = step(observer, format!("wiping {} signature off volume {name}", found.kind));
            signature::wipe(&*device, &found)?;
        }
        Ok(())
    }

    fn backup(&self) -> Result<()> {
        let Some(dir) = &self.lvm.options.backup_dir else { return Ok(()) };
        let stamp = self.draft.stamp();
        let header = text_header(stamp, description_after(&stamp.command));
        write_backup(dir, self.vg, &export_header(stamp, &header))?;
        Ok(())
    }
}
