//! One new version of a group, with everything that comes with it.

use std::collections::HashSet;
use std::sync::Arc;

use lvm_core::edit::VgDraft;
use lvm_core::metadata::{PhysicalVolume, VolumeGroup};
use lvm_core::store::{VgCommit, remove_group};
use lvm_core::{BlockDevice, Effect, Result};

use super::discard::discard_freed;
use super::filesystem::FileSystemChange;
use super::{After, with_devices};
use crate::activate::change::LiveChange;
use crate::data::signature::{self, Signature};
use crate::lvm::Lvm;
use crate::observe::Observer;
use crate::options::Options;
use crate::scan::devices::OpenDevices;

/// True when two versions of a group have one name and the same physical volumes.
pub(crate) fn has_same_devices(base: &VolumeGroup, vg: &VolumeGroup) -> bool {
    let ids = |vg: &VolumeGroup| vg.physical_volumes().iter().map(PhysicalVolume::id).collect::<HashSet<_>>();
    base.name() == vg.name() && ids(base) == ids(vg)
}

/// Removes a group, after its volumes' devices.
///
/// # Errors
/// `InUse` when a volume is open; those of [`remove_group`]; `Corrupt` when it is not known which
/// extents became free.
///
/// # Effect
/// `Unchanged` while devices of volumes are taken down; then that of [`remove_group`]. The extents
/// that volumes had are discarded when the group is durably gone, so that no reader finds a volume
/// whose content is; an error there is `Committed`.
pub(crate) fn remove(
    options: &Options,
    opened: &OpenDevices,
    draft: &VgDraft,
    devices: &VgCommit,
    observer: &mut dyn Observer,
) -> Result<()> {
    if let Some(base) = draft.base().filter(|_| opened.has_block_devices)
        && let Some(live) = LiveChange::new(&options.kernel, base, None, &[])?
    {
        live.deactivated()?.finish()?;
    }
    remove_group(devices)?;
    let Some(base) = draft.base().filter(|_| options.issue_discards) else { return Ok(()) };
    let pvs = devices.members.iter().chain(&devices.removed);
    let members = pvs.map(|pv| (pv.id, Arc::clone(&pv.device))).collect::<Vec<_>>();
    discard_freed(base, None, &members, observer).map_err(|error| error.with_effect(Effect::Committed))
}

/// A new version that is to be written.
pub(crate) struct Change<'a> {
    pub(crate) lvm: &'a Lvm,
    pub(crate) opened: &'a OpenDevices,
    pub(crate) draft: &'a VgDraft,
    pub(crate) vg: &'a VolumeGroup,
    pub(crate) wipes: &'a [(Arc<dyn BlockDevice>, Vec<Signature>)],
}

impl Change<'_> {
    /// Writes it, with what comes before and after it on devices of the kernel, file systems and
    /// disks.
    ///
    /// # Errors
    /// Those of the devices of active volumes, of file systems that follow, of
    /// [`VgCommit::prepare`] and [`PreparedCommit::commit`](lvm_core::store::PreparedCommit::commit);
    /// the first step after the commit that failed.
    ///
    /// # Effect
    /// As the error says. `Unchanged` up to the first write. `Reverted` when readers see the old
    /// version and signatures that were wiped, or the first 2048 bytes of devices that were to become
    /// physical volumes, are gone. `Unknown` when a file system was resized and its volume was not,
    /// or when the write that decides failed. `Committed` when the new version is durable and what
    /// comes after it failed; extents are discarded last, when nothing else did, so that no
    /// version a reader may find has volumes on them.
    pub(crate) fn write(
        &self,
        devices: VgCommit,
        text: &[u8],
        mut filesystems: Vec<FileSystemChange>,
        observer: &mut dyn Observer,
    ) -> Result<()> {
        let Self { lvm, opened, draft, vg, wipes } = *self;
        let members = devices.members.iter().map(|pv| (pv.id, Arc::clone(&pv.device))).collect::<Vec<_>>();
        // Under another id no volume is active: the devices of the old one may be its original's.
        let has_live = |base: &&VolumeGroup| opened.has_block_devices && base.id() == vg.id();
        let live = match draft.base().filter(has_live) {
            None => None,
            Some(base) => LiveChange::new(&lvm.options.kernel, base, Some(vg), &members)?,
        };
        let live = live.map(LiveChange::deactivated).transpose()?;
        filesystems.iter_mut().try_for_each(|change| change.before(observer))?;
        for (device, signatures) in wipes {
            for found in signatures {
                signature::wipe(&**device, found)?;
            }
        }
        let prepared = devices.prepare(text).map_err(|error| match error.effect() {
            // The signatures that were wiped do not come back.
            Effect::Unchanged if !wipes.is_empty() => error.with_effect(Effect::Reverted),
            _ => error,
        });
        let on_disk = || opened.scan().groups.into_iter().find(|found| found.vg.id() == vg.id());
        let is_new = || on_disk().is_some_and(|found| found.vg.seqno() == vg.seqno());
        // From here to the commit nobody is asked.
        let (outcome, resumed) = with_devices(prepared, live, is_new)?;
        let after = After { lvm, draft, vg, members: &members };
        let finished = after.run(outcome, observer).and(resumed);
        let finished = finished.and_then(|()| {
            // The volumes have their sizes; each file system that can follow does.
            let after = filesystems.iter_mut().map(|change| change.after(observer));
            after.fold(Ok(()), Result::and)
        });
        let finished = finished.and_then(|()| match draft.base().filter(|_| lvm.options.issue_discards) {
            Some(base) => discard_freed(base, Some(vg), &members, observer),
            None => Ok(()),
        });
        finished.map_err(|error| error.with_effect(Effect::Committed))
    }
}
