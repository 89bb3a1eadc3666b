//! Doing what was planned.

use std::os::unix::process::ExitStatusExt;
use std::path::{Path, PathBuf};

use lvm_core::{Effect, Error, ErrorKind, Result};

use super::command::{FsCommand, Outcome};
use super::mount::TemporaryMount;
use super::{FsKind, FsPlan, FsStep};
use crate::observe::{Event, Observer, step as announce, tell};

/// Errors of a check were all repaired.
const CHECK_REPAIRED: i32 = 1;
/// The bit of a check's exit status that says that errors are left.
const CHECK_LEFT: i32 = 4;

/// One resize, over the volume's own change.
///
/// What it mounted is unmounted and what it unmounted is mounted again, at the latest when it is
/// dropped. Only a file system whose resize failed midway stays unmounted.
#[derive(Debug)]
pub struct FsRun {
    device: PathBuf,
    run_dir: PathBuf,
    temporary: Option<TemporaryMount>,
    /// The steps that mount again what was unmounted.
    unmounted: Vec<FsStep>,
    resized: bool,
}

impl FsRun {
    /// On the block device at `device`, with temporary mounts in directories of `run_dir`.
    ///
    /// # Errors
    /// `InvalidInput` when one of the paths is not absolute.
    pub fn new(device: impl Into<PathBuf>, run_dir: impl Into<PathBuf>) -> Result<Self> {
        let (device, run_dir) = (device.into(), run_dir.into());
        for path in [&device, &run_dir] {
            if !path.is_absolute() {
                return Err(Error::invalid(format!("{} is no absolute path", path.display())));
            }
        }
        Ok(Self { device, run_dir, temporary: None, unmounted: Vec::new(), resized: false })
    }

    /// What comes before the volume changes.
    ///
    /// # Errors
    /// `Unsupported` when a tool of the whole plan is missing, before anything is done; those of
    /// [`step`](Self::step).
    ///
    /// # Effect
    /// That of [`step`](Self::step); an error after the resize says [`Effect::Committed`].
    pub fn before(&mut self, plan: &FsPlan, observer: &mut dyn Observer) -> Result<()> {
        for command in plan.steps().filter_map(|step| step.command(&self.device, Path::new("/"))) {
            command.find()?;
        }
        self.steps(&plan.before, observer)
    }

    /// What comes after it has changed. For a plan that grows, an error here leaves a file system
    /// smaller than its volume, which is harmless.
    ///
    /// # Errors
    /// Those of [`step`](Self::step).
    ///
    /// # Effect
    /// That of [`before`](Self::before).
    pub fn after(&mut self, plan: &FsPlan, observer: &mut dyn Observer) -> Result<()> {
        self.steps(&plan.after, observer)
    }

    /// All of them, or up to the first that fails, after which mounts are as they were.
    fn steps(&mut self, steps: &[FsStep], observer: &mut dyn Observer) -> Result<()> {
        for step in steps {
            if let Err(error) = self.step(step, observer) {
                self.restore(observer);
                return Err(error);
            }
        }
        Ok(())
    }

    /// One step. The observer is told of it, and can stop it as long as the file system has not
    /// been resized.
    ///
    /// # Errors
    /// `Unsupported` naming a tool that is missing or a file system the kernel lacks; `Corrupt`
    /// when a check leaves errors; `InUse` when a mount is busy; `Io` when a tool fails otherwise,
    /// with the end of what it printed as the source; `Cancelled`; `InvalidInput` for a resize in
    /// a temporary mount that was not made.
    ///
    /// # Effect
    /// [`Effect::Unknown`] when a tool that resizes fails. Before that [`Effect::Unchanged`]: a
    /// check that fails has changed no size, though it may have repaired something. After it
    /// [`Effect::Committed`].
    pub fn step(&mut self, step: &FsStep, observer: &mut dyn Observer) -> Result<()> {
        let device = self.device.to_string_lossy().into_owned();
        if self.resized || matches!(step, FsStep::UnmountTemporary | FsStep::Remount { .. }) {
            // Asked to stop, it still puts the mounts back.
            let _ = tell(observer, &Event::Step { message: step.to_string() });
        } else {
            announce(observer, step.to_string())?;
        }
        let done = self.perform(step, observer);
        done.map_err(|error| {
            let resized = self.resized && error.effect() == Effect::Unchanged;
            let error = if resized { error.with_effect(Effect::Committed) } else { error };
            error.with_device(device)
        })
    }

    fn perform(&mut self, step: &FsStep, observer: &mut dyn Observer) -> Result<()> {
        match step {
            FsStep::MountTemporarily { kind } => {
                self.temporary = Some(TemporaryMount::new(*kind, &self.device, &self.run_dir)?);
                return Ok(());
            }
            FsStep::UnmountTemporary => return self.temporary.take().map_or(Ok(()), TemporaryMount::unmount),
            _ => {}
        }
        let temporary = self.temporary.as_ref().map(TemporaryMount::dir);
        if temporary.is_none() && matches!(step, FsStep::Resize { place: super::Place::Temporary, .. }) {
            return Err(Error::invalid("it is resized in a mount that has not been made"));
        }
        let Some(command) = step.command(&self.device, temporary.unwrap_or(Path::new("/"))) else {
            return Ok(());
        };
        let outcome = command.run()?;
        match step {
            FsStep::Check { kind } => check_ended(*kind, &command, outcome, observer)?,
            _ if !outcome.status.success() => return Err(self.failed(step, &command, outcome)),
            FsStep::Unmount { kind, target, options } => {
                let (kind, target, options) = (*kind, target.clone(), options.clone());
                self.unmounted.push(FsStep::Remount { kind, target, options });
            }
            FsStep::Remount { .. } => self.unmounted.retain(|unmounted| unmounted != step),
            _ => {}
        }
        self.resized |= step.is_resize();
        Ok(())
    }

    fn failed(&mut self, step: &FsStep, command: &FsCommand, outcome: Outcome) -> Error {
        if step.is_resize() {
            // Half resized, it is nothing to be written to.
            let stays = if self.unmounted.is_empty() { "" } else { "; it stays unmounted" };
            self.unmounted.clear();
            return tool_failed(ErrorKind::Io, command, outcome)
                .with_effect(Effect::Unknown)
                .with_help(format!("check the file system before using it{stays}"));
        }
        let kind = if matches!(step, FsStep::Unmount { .. }) { ErrorKind::InUse } else { ErrorKind::Io };
        tool_failed(kind, command, outcome)
    }

    /// Puts the mounts back; what cannot be is a warning.
    fn restore(&mut self, observer: &mut dyn Observer) {
        let mut warn = |message: String| {
            let _ = observer.event(&Event::Warning { message });
        };
        if let Some(Err(error)) = self.temporary.take().map(TemporaryMount::unmount) {
            warn(error.to_string());
        }
        for step in std::mem::take(&mut self.unmounted) {
            let Some(command) = step.command(&self.device, Path::new("/")) else { continue };
            match command.run() {
                Ok(outcome) if outcome.status.success() => {}
                Ok(outcome) => warn(format!("{command} failed: {}", outcome.output)),
                Err(error) => warn(error.to_string()),
            }
        }
    }
}

impl Drop for FsRun {
    fn drop(&mut self) {
        self.restore(&mut crate::Silent);
    }
}

/// Takes the exit status of a check apart.
fn check_ended(
    kind: FsKind,
    command: &FsCommand,
    outcome: Outcome,
    observer: &mut dyn Observer,
) -> Result<()> {
    match outcome.status.code() {
        Some(0) => Ok(()),
        Some(CHECK_REPAIRED) if kind.is_ext() => {
            let message = format!("{} repaired the {kind}", command.program());
            tell(observer, &Event::Warning { message })
        }
        Some(code) if code & CHECK_LEFT != 0 => {
            Err(tool_failed(ErrorKind::Corrupt, command, outcome).with_help("repair it by hand"))
        }
        _ => Err(tool_failed(ErrorKind::Io, command, outcome)),
    }
}

fn tool_failed(kind: ErrorKind, command: &FsCommand, outcome: Outcome) -> Error {
    let how = match (outcome.status.code(), outcome.status.signal()) {
        (Some(code), _) => format!("failed with exit status {code}"),
        (None, Some(signal)) => format!("was ended by signal {signal}"),
        (None, None) => "failed".to_owned(),
    };
    let error = Error::new(kind, format!("{} {how}", command.program()));
    if outcome.output.is_empty() { error } else { error.with_source(outcome.output) }
}
