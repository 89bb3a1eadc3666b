//! File systems that follow their volumes.

use std::path::{Path, PathBuf};

use lvm_core::edit::VgDraft;
use lvm_core::metadata::VolumeGroup;
use lvm_core::plan::Step;
use lvm_core::{Effect, Error, ErrorKind, LvId, Result};
use lvm_dm::FileDevice;

use crate::activate::change::live_devices;
use crate::data::filesystem::{FileSystem, FsOptions, FsPlan, FsRun, FsStep, plan_grow, plan_shrink};
use crate::lvm::Lvm;
use crate::observe::Observer;
use crate::options::Options;

/// The file systems that follow the volumes of a draft.
pub(crate) fn changes(
    lvm: &Lvm,
    draft: &VgDraft,
    filesystems: &[(LvId, FsOptions)],
) -> Result<Vec<FileSystemChange>> {
    let Some(base) = draft.base() else { return Ok(Vec::new()) };
    let change = |(lv, how): &(LvId, FsOptions)| {
        FileSystemChange::new(&lvm.options, base, draft.volume_group(), *lv, *how).transpose()
    };
    filesystems.iter().filter_map(change).collect()
}

/// One file system that is resized with its volume.
#[derive(Debug)]
pub(crate) struct FileSystemChange {
    lv: String,
    device: PathBuf,
    plan: FsPlan,
    run: FsRun,
}

impl FileSystemChange {
    /// What is to be done for a volume that `base` has and `working` resizes; `None` when its size
    /// stays. Looks at the file system and changes nothing.
    ///
    /// # Errors
    /// `Unsupported` for a volume that is no device of the kernel, and for file systems that
    /// cannot be resized that way; `NotFound` without a file system; `InUse`.
    pub(crate) fn new(
        options: &Options,
        base: &VolumeGroup,
        working: &VolumeGroup,
        lv: LvId,
        how: FsOptions,
    ) -> Result<Option<Self>> {
        let (Some(old), Some(new)) = (base.logical_volume_by_id(lv), working.logical_volume_by_id(lv)) else {
            return Ok(None);
        };
        if old.size() == new.size() {
            return Ok(None);
        }
        let context = |error: Error| error.with_vg(base.name()).with_lv(old.name());
        let live = live_devices(&options.kernel, base)?;
        let device = live.and_then(|(_, live)| live.of_lv(lv).first().map(|device| (*device).clone()));
        let Some(device) = device else {
            let error = Error::unsupported("resizing the file system of a volume that is not active");
            return Err(context(error).with_help("activate it first (lvchange -ay)"));
        };
        let named = options.kernel.dev.join("mapper").join(&device.name);
        let device = match named.exists() {
            true => named,
            false => options.kernel.dev.join(format!("dm-{}", device.number.minor)),
        };
        let found = FileSystem::inspect(&FileDevice::open(&device, true)?, &device).map_err(context)?;
        let Some((fs, usage)) = found else {
            return Err(context(Error::new(ErrorKind::NotFound, "there is no file system to resize")));
        };
        let plan = match new.size() > old.size() {
            true => plan_grow(&fs, &usage, new.size(), how),
            false => plan_shrink(&fs, &usage, new.size(), how),
        };
        let (plan, run) = (plan.map_err(context)?, FsRun::new(&device, &options.mount_dir)?);
        Ok(Some(Self { lv: new.name().to_owned(), device, plan, run }))
    }

    /// The steps for a plan, those before the volume changes and those after.
    pub(crate) fn steps(&self) -> [Vec<Step>; 2] {
        let step = |before: bool| {
            move |step: &FsStep| Step::FileSystem {
                name: self.lv.clone(),
                action: step.to_string(),
                command: step.command(&self.device, Path::new("DIR")).map(|command| command.to_string()),
                before,
            }
        };
        [self.plan.before.iter().map(step(true)).collect(), self.plan.after.iter().map(step(false)).collect()]
    }

    /// Runs what comes before the volume changes.
    pub(crate) fn before(&mut self, observer: &mut dyn Observer) -> Result<()> {
        let done = self.run.before(&self.plan, observer);
        done.map_err(|error| match error.effect() {
            // The file system has its new size, and the metadata is as it was.
            Effect::Committed => error.with_lv(self.lv.clone()).with_effect(Effect::Unknown),
            _ => error.with_lv(self.lv.clone()),
        })
    }

    /// Runs what comes after it has changed.
    pub(crate) fn after(&mut self, observer: &mut dyn Observer) -> Result<()> {
        self.run.after(&self.plan, observer).map_err(|error| error.with_lv(self.lv.clone()))
    }
}
