//! Whether and how the kernel's device-mapper is used.

use std::path::{Path, PathBuf};
use std::time::Duration;

use lvm_core::{Error, ErrorKind, Result};
use lvm_dm::kernel::Kernel;

/// How long udev may take before nodes are made without it.
const UDEV_LIMIT: Duration = Duration::from_secs(30);

/// Whether and how the kernel's device-mapper is used for volumes on block devices.
///
/// Volumes of image files are never devices of the kernel, whatever is set here.
#[derive(Clone, Debug)]
#[must_use]
pub struct KernelOptions {
    pub(crate) mode: KernelMode,
    pub(crate) dev: PathBuf,
    pub(crate) udev_sync: bool,
    pub(crate) udev_rules: bool,
    pub(crate) udev_limit: Duration,
    pub(crate) lock_memory: bool,
    pub(crate) retry_deactivation: bool,
}

#[derive(Clone, Debug)]
pub(crate) enum KernelMode {
    /// Where the kernel has it.
    Auto,
    Off,
    Given(Kernel),
}

impl Default for KernelOptions {
    fn default() -> Self {
        Self {
            mode: KernelMode::Auto,
            dev: "/dev".into(),
            udev_sync: true,
            udev_rules: true,
            udev_limit: UDEV_LIMIT,
            lock_memory: true,
            retry_deactivation: true,
        }
    }
}

impl KernelOptions {
    /// The kernel's device-mapper is used where the kernel has it.
    pub fn auto() -> Self {
        Self::default()
    }

    /// It is not used (`global/activation=0`): nothing is activated, and active volumes do not
    /// follow changes of their metadata. Only for groups that are active nowhere.
    pub fn off() -> Self {
        Self { mode: KernelMode::Off, ..Self::default() }
    }

    pub(crate) fn switch_off(&mut self) {
        self.mode = KernelMode::Off;
    }

    /// This one is used.
    pub fn with(kernel: Kernel) -> Self {
        Self { mode: KernelMode::Given(kernel), ..Self::default() }
    }

    /// Another directory than `/dev` for nodes and links (`devices/dir`).
    pub fn dev_dir(mut self, dev: impl Into<PathBuf>) -> Self {
        self.dev = dev.into();
        self
    }

    /// Whether to wait for udev where it runs (`activation/udev_sync`); on by default. Without it
    /// nodes are made here.
    pub fn udev_sync(mut self, on: bool) -> Self {
        self.udev_sync = on;
        self
    }

    /// Whether udev's rules make nodes and links where it runs (`activation/udev_rules`); on by
    /// default.
    pub fn udev_rules(mut self, on: bool) -> Self {
        self.udev_rules = on;
        self
    }

    /// Whether this process is locked into memory while a device is suspended; on by default. A
    /// page fault would otherwise wait for ever when its page lies on that device.
    pub fn lock_memory(mut self, on: bool) -> Self {
        self.lock_memory = on;
        self
    }

    /// Whether to try again for five seconds when a device to remove is open
    /// (`activation/retry_deactivation`); on by default, since udev looks into devices unasked.
    pub fn retry_deactivation(mut self, on: bool) -> Self {
        self.retry_deactivation = on;
        self
    }

    /// The device-mapper to use; `None` when it is off, or when no device can exist because the
    /// kernel has none.
    pub(crate) fn kernel(&self) -> Result<Option<Kernel>> {
        match &self.mode {
            KernelMode::Off => Ok(None),
            KernelMode::Given(kernel) => Ok(Some(kernel.clone())),
            KernelMode::Auto if !is_loaded(Path::new("/proc")) => Ok(None),
            KernelMode::Auto => match Kernel::open_in(&self.dev) {
                Err(error) if *error.kind() == ErrorKind::Unsupported => Ok(None),
                opened => opened.map(Some),
            },
        }
    }

    /// The same, for what cannot do without.
    pub(crate) fn require_kernel(&self) -> Result<Kernel> {
        match &self.mode {
            KernelMode::Off => Err(Error::unsupported("activation is switched off (global/activation=0)")),
            KernelMode::Given(kernel) => Ok(kernel.clone()),
            KernelMode::Auto => Kernel::open_in(&self.dev),
        }
    }
}

/// Whether device-mapper's driver runs. Before it does there are no devices to look after, and
/// looking for them should not load it.
fn is_loaded(proc: &Path) -> bool {
    // Without /proc the control node has to tell.
    std::fs::read_to_string(proc.join("misc")).map_or(true, |misc| misc.contains("device-mapper"))
}
