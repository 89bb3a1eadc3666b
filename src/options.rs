//! What a handle works on and how.

use std::fmt;
use std::path::{Path, PathBuf};
use std::str::FromStr;
use std::sync::Arc;
use std::time::Duration;

use lvm_core::alloc::AllocationSettings;
use lvm_core::{BlockDevice, Error};

use crate::activate::KernelOptions;
use crate::commit::backup::Retention;
use crate::config::{ActivationSettings, SystemIdSettings};
use crate::lock::Wait;
use crate::report::ReportSettings;
use crate::scan::hints::RUN_DIR;
use crate::scan::machine::MachineOptions;
use crate::system::StampOptions;

/// Where lvm2 keeps its lock files.
const LOCKING_DIR: &str = "/run/lock/lvm";
/// Where file systems are mounted for a moment.
const MOUNT_DIR: &str = "/run/lvmkit";
/// How long to wait for a lock before giving up.
const LOCK_WAIT: Duration = Duration::from_secs(60);

/// A device or image file, or a partition of one.
///
/// As text it is the path, with `#N` behind it for partition N: `disk.img#2`. A path that itself
/// ends in `#` and digits is written with `#0`, which stands for the whole file.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct DeviceSpec {
    path: PathBuf,
    partition: Option<u32>,
}

impl DeviceSpec {
    /// The whole of a device or file.
    #[must_use]
    pub fn whole(path: impl Into<PathBuf>) -> Self {
        Self { path: path.into(), partition: None }
    }

    /// One partition of a device or file.
    #[must_use]
    pub fn partition(path: impl Into<PathBuf>, number: u32) -> Self {
        Self { path: path.into(), partition: Some(number) }
    }

    /// The path of the device or file.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The partition's number; `None` for the whole.
    #[must_use]
    pub fn partition_number(&self) -> Option<u32> {
        self.partition
    }
}

impl fmt::Display for DeviceSpec {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.partition {
            None => write!(f, "{}", self.path.display()),
            Some(number) => write!(f, "{}#{number}", self.path.display()),
        }
    }
}

impl FromStr for DeviceSpec {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        if text.is_empty() {
            return Err(Error::invalid("a device path cannot be empty"));
        }
        let (path, partition) = match text.rsplit_once('#') {
            Some((path, digits)) if !path.is_empty() => match digits.parse::<u32>() {
                Ok(0) => (path, None),
                Ok(number) => (path, Some(number)),
                Err(_) => (text, None),
            },
            _ => (text, None),
        };
        Ok(Self { path: path.into(), partition })
    }
}

impl From<&Self> for DeviceSpec {
    fn from(spec: &Self) -> Self {
        spec.clone()
    }
}

impl From<&str> for DeviceSpec {
    fn from(text: &str) -> Self {
        // Only the empty string is refused, and opening it says so.
        text.parse().unwrap_or_else(|_| Self::whole(text))
    }
}

impl From<String> for DeviceSpec {
    fn from(text: String) -> Self {
        Self::from(text.as_str())
    }
}

impl From<&String> for DeviceSpec {
    fn from(text: &String) -> Self {
        Self::from(text.as_str())
    }
}

impl From<&Path> for DeviceSpec {
    fn from(path: &Path) -> Self {
        Self::whole(path)
    }
}

impl From<PathBuf> for DeviceSpec {
    fn from(path: PathBuf) -> Self {
        Self::whole(path)
    }
}

impl From<&PathBuf> for DeviceSpec {
    fn from(path: &PathBuf) -> Self {
        Self::whole(path)
    }
}

/// What an [`Lvm`](crate::Lvm) handle sees and how it works. Nothing is taken from the
/// environment.
///
/// Without devices it sees what lvm2 would look at on this machine, see
/// [`Machine`](crate::scan::machine::Machine): the devices file `/etc/lvm/devices/system.devices`
/// is obeyed if there is one; `lvm.conf` is read only by [`system_dir`](Self::system_dir).
#[derive(Clone)]
#[must_use]
pub struct Options {
    pub(crate) devices: Vec<DeviceSpec>,
    pub(crate) block_devices: Vec<Arc<dyn BlockDevice>>,
    pub(crate) machine: MachineOptions,
    pub(crate) read_only: bool,
    pub(crate) dry_run: bool,
    pub(crate) flush: bool,
    pub(crate) locking: bool,
    pub(crate) locking_dir: PathBuf,
    pub(crate) lock_wait: Wait,
    pub(crate) run_dir: PathBuf,
    pub(crate) backup_dir: Option<PathBuf>,
    pub(crate) archive_dir: Option<PathBuf>,
    pub(crate) retention: Retention,
    pub(crate) issue_discards: bool,
    pub(crate) stamp: StampOptions,
    pub(crate) seed: Option<u64>,
    pub(crate) allocation: AllocationSettings,
    pub(crate) system_id: Option<String>,
    pub(crate) kernel: KernelOptions,
    pub(crate) mount_dir: PathBuf,
    /// True when the caller gave it.
    pub(crate) has_own_system_id: bool,
    pub(crate) extra_system_ids: Vec<String>,
    pub(crate) system_id_settings: SystemIdSettings,
    pub(crate) activation: ActivationSettings,
    pub(crate) report: ReportSettings,
    pub(crate) ignored_settings: Vec<String>,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            devices: Vec::new(),
            block_devices: Vec::new(),
            machine: MachineOptions::default(),
            read_only: false,
            dry_run: false,
            flush: true,
            locking: true,
            locking_dir: LOCKING_DIR.into(),
            lock_wait: Wait::For(LOCK_WAIT),
            run_dir: RUN_DIR.into(),
            backup_dir: None,
            archive_dir: None,
            retention: Retention::default(),
            issue_discards: false,
            stamp: StampOptions::new("lvmkit"),
            seed: None,
            allocation: AllocationSettings::default(),
            system_id: None,
            kernel: KernelOptions::default(),
            mount_dir: MOUNT_DIR.into(),
            has_own_system_id: false,
            extra_system_ids: Vec::new(),
            system_id_settings: SystemIdSettings::default(),
            activation: ActivationSettings::default(),
            report: ReportSettings::default(),
            ignored_settings: Vec::new(),
        }
    }
}

impl Options {
    /// The defaults.
    pub fn new() -> Self {
        Self::default()
    }

    /// The devices and image files to look at; nothing else is touched. May be called again to
    /// add more.
    pub fn devices<D: Into<DeviceSpec>>(mut self, devices: impl IntoIterator<Item = D>) -> Self {
        self.devices.extend(devices.into_iter().map(Into::into));
        self
    }

    /// Devices that the caller brings open: anything that is a [`BlockDevice`]. They are not
    /// locked.
    pub fn block_devices(mut self, devices: impl IntoIterator<Item = Arc<dyn BlockDevice>>) -> Self {
        self.block_devices.extend(devices);
        self
    }

    /// How the machine is looked at when neither [`devices`](Self::devices) nor
    /// [`block_devices`](Self::block_devices) are named.
    pub fn machine(mut self, machine: MachineOptions) -> Self {
        self.machine = machine;
        self
    }

    pub(crate) fn looks_at_machine(&self) -> bool {
        self.devices.is_empty() && self.block_devices.is_empty()
    }

    /// Refuse every change.
    pub fn read_only(mut self, read_only: bool) -> Self {
        self.read_only = read_only;
        self
    }

    /// Write nothing: every change is checked as far as it can be without writing, and then left
    /// undone. Devices and files are opened for reading only.
    pub fn dry_run(mut self, dry_run: bool) -> Self {
        self.dry_run = dry_run;
        self
    }

    /// Whether writes are flushed to the medium; on by default. Without it a commit is only as
    /// durable as the page cache: for images that are thrown away when their making fails.
    pub fn flush(mut self, flush: bool) -> Self {
        self.flush = flush;
        self
    }

    /// Whether locks are taken; on by default. Without them nobody else may use the devices.
    pub fn locking(mut self, locking: bool) -> Self {
        self.locking = locking;
        self
    }

    /// Where lvm2's lock files lie (`global/locking_dir`); used for block devices only.
    pub fn locking_dir(mut self, dir: impl Into<PathBuf>) -> Self {
        self.locking_dir = dir.into();
        self
    }

    /// Where lvm2's hints lie (`/run/lvm`), which a change of block devices
    /// [invalidates](crate::scan::hints::invalidate).
    pub fn run_dir(mut self, dir: impl Into<PathBuf>) -> Self {
        self.run_dir = dir.into();
        self
    }

    /// How long to wait for locks; a minute by default.
    pub fn lock_wait(mut self, wait: Wait) -> Self {
        self.lock_wait = wait;
        self
    }

    /// Where to keep the state after the last change of each group, in lvm2's format
    /// (`backup/backup_dir`); nowhere by default.
    pub fn backup_dir(mut self, dir: impl Into<PathBuf>) -> Self {
        self.backup_dir = Some(dir.into());
        self
    }

    /// Where to keep the states before each change, in lvm2's format (`backup/archive_dir`);
    /// nowhere by default.
    pub fn archive_dir(mut self, dir: impl Into<PathBuf>) -> Self {
        self.archive_dir = Some(dir.into());
        self
    }

    /// Whether extents that a change sets free are discarded on the disks (`devices/issue_discards`);
    /// off by default. Image files get holes there.
    pub fn issue_discards(mut self, issue: bool) -> Self {
        self.issue_discards = issue;
        self
    }

    /// Which of the states before changes are kept (`backup/retain_min`, `backup/retain_days`).
    pub fn retention(mut self, retention: Retention) -> Self {
        self.retention = retention;
        self
    }

    /// Keep neither the state before a change nor the one after.
    pub fn no_backups(mut self) -> Self {
        (self.backup_dir, self.archive_dir) = (None, None);
        self
    }

    /// The command line that the metadata's `description` names.
    pub fn command(mut self, command: impl Into<String>) -> Self {
        self.stamp = self.stamp.command(command);
        self
    }

    /// A fixed time, in seconds since 1970-01-01 UTC, for reproducible images.
    pub fn time(mut self, seconds: u64) -> Self {
        self.stamp = self.stamp.time(seconds);
        self
    }

    /// Reproducible ids, the neutral host name `lvmkit` and UTC: with [`time`](Self::time) two
    /// runs give byte-identical images.
    pub fn seed(mut self, seed: u64) -> Self {
        self.seed = Some(seed);
        self.stamp = self.stamp.utc().host(lvm_core::Host::default());
        self
    }

    /// The host recorded as creator, instead of this one.
    pub fn host(mut self, host: lvm_core::Host) -> Self {
        self.stamp = self.stamp.host(host);
        self
    }

    /// The system id of this host (lvmsystemid(7)): groups with another one are foreign, and are
    /// shown but not changed.
    pub fn system_id(mut self, system_id: impl Into<String>) -> Self {
        self.set_system_id(Some(system_id.into()));
        self.has_own_system_id = true;
        self
    }

    pub(crate) fn set_system_id(&mut self, system_id: Option<String>) {
        let stamp = std::mem::take(&mut self.stamp);
        self.stamp = stamp.with_system_id(system_id.clone());
        self.system_id = system_id;
    }

    /// Further system ids whose groups this host may use (`local/extra_system_ids`).
    pub fn extra_system_ids<S: Into<String>>(mut self, ids: impl IntoIterator<Item = S>) -> Self {
        self.extra_system_ids.extend(ids.into_iter().map(Into::into));
        self
    }

    /// How volumes are made active.
    pub fn activation(mut self, settings: ActivationSettings) -> Self {
        self.activation = settings;
        self
    }

    /// Whether and how the kernel's device-mapper is used for volumes on block devices.
    pub fn kernel(mut self, kernel: KernelOptions) -> Self {
        self.kernel = kernel;
        self
    }

    /// Whether udev is waited for when the kernel's device-mapper is used.
    pub fn udev_sync(mut self, wait: bool) -> Self {
        self.kernel = self.kernel.udev_sync(wait);
        self
    }

    /// Looks only at devices in this devices file, a name in the directory `devices` of the system
    /// directory; without a name, at all that the filter accepts. A file that is not there is made
    /// when there is something to be put into it.
    ///
    /// # Errors
    /// `InvalidInput` for a name with a slash in it.
    pub fn devices_file(mut self, name: &str) -> lvm_core::Result<Self> {
        if name.contains('/') {
            return Err(Error::invalid("Invalid devices file name."));
        }
        self.machine.use_devices_file = Some(!name.is_empty());
        if !name.is_empty() {
            name.clone_into(&mut self.machine.devices_file);
            self.machine.is_devices_file_named = true;
        }
        Ok(self)
    }

    /// Looks also at these devices of the machine when the devices file does not list them: those
    /// that are to become physical volumes, which are then put into it.
    pub fn also<P: Into<PathBuf>>(mut self, devices: impl IntoIterator<Item = P>) -> Self {
        self.machine.also.extend(devices.into_iter().map(Into::into));
        self
    }

    /// Where file systems that can only be resized mounted are mounted meanwhile, in directories
    /// that are removed again; `/run/lvmkit` by default.
    pub fn mount_dir(mut self, dir: impl Into<PathBuf>) -> Self {
        self.mount_dir = dir.into();
        self
    }

    /// The allocator's settings (`allocation` in lvm.conf(5)).
    pub fn allocation(mut self, settings: AllocationSettings) -> Self {
        self.allocation = settings;
        self
    }
}

impl fmt::Debug for Options {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Options")
            .field("devices", &self.devices)
            .field("block_devices", &self.block_devices.len())
            .field("read_only", &self.read_only)
            .field("dry_run", &self.dry_run)
            .field("flush", &self.flush)
            .field("locking", &self.locking)
            .field("backup_dir", &self.backup_dir)
            .field("archive_dir", &self.archive_dir)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn partitions_in_text() {
        let spec = |text: &str| text.parse::<DeviceSpec>().unwrap();
        assert_eq!(spec("disk.img#2"), DeviceSpec::partition("disk.img", 2));
        assert_eq!(spec("disk.img"), DeviceSpec::whole("disk.img"));
        assert_eq!(spec("a#b"), DeviceSpec::whole("a#b"));
        assert_eq!(spec("a#7#0"), DeviceSpec::whole("a#7"));
        assert_eq!(spec("#2"), DeviceSpec::whole("#2"));
        assert_eq!(spec("disk.img#2").to_string(), "disk.img#2");
        assert!("".parse::<DeviceSpec>().is_err());
    }
}
