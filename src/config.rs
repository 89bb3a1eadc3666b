//! Settings in the names and words of lvm.conf(5).
//!
//! [`settings`] is the table of all there are. A [`Config`] has what a host and a command set, from
//! all places that count; [`check`] finds the mistakes in it, a [`Listing`] prints it. [`Options`]
//! take over what changes something here.

use std::path::{Path, PathBuf};

use lvm_core::metadata::ConfigValue;
use lvm_core::{Error, Result};

use crate::lock::Wait;
use crate::options::Options;
use crate::report::ReportSettings;

mod activation;
mod cascade;
mod check;
mod host_tags;
mod listed;
mod listing;
mod machine;
mod setting;
mod settings;
mod system_id;
mod tree;
pub(crate) mod value;

pub use activation::ActivationSettings;
pub use cascade::Config;
pub use check::{ConfigProblem, ProfileKind, check};
pub use listing::{Listed, Listing, ListingKind};
pub use setting::{Profilable, Setting, Version};
pub use settings::{setting, settings};
pub(crate) use system_id::SystemIdSettings;
use system_id::SystemIdSource;
pub use tree::ConfigTree;
use value::{flag, number, text, texts};

/// What lvm2 knows and what changes nothing here: how it traces and schedules itself, asks udev,
/// talks to its daemons, and checks its own work.
const WITHOUT_EFFECT: [&str; 27] = [
    "activation/checks",
    "activation/mlock_filter",
    "activation/process_priority",
    "activation/reserved_memory",
    "activation/reserved_stack",
    "activation/use_mlockall",
    "config/abort_on_errors",
    "config/checks",
    "config/profile_dir",
    "devices/external_device_info_source",
    "devices/hints",
    "devices/obtain_device_info_from_udev",
    "devices/obtain_device_list_from_udev",
    "devices/sysfs_scan",
    "global/abort_on_internal_errors",
    "global/event_activation",
    "global/io_memory_size",
    "global/library_dir",
    "global/notify_dbus",
    "global/prioritise_write_locks",
    "global/use_aio",
    "global/use_lvmpolld",
    "log/activation",
    "log/debug_classes",
    "log/debug_file_fields",
    "log/debug_output_fields",
    "shell/history_size",
];

/// Where settings come from.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Source {
    /// Somebody asked for it now.
    Call,
    /// It is the configuration of the host, most of which is about other things.
    File,
    /// The same, or a profile, and mistakes were told already.
    Checked,
}

impl Options {
    /// Applies settings as `--config` of LVM2's commands takes them: `section/key=value` or
    /// `section { key = value }`.
    ///
    /// These are honoured, and mean what lvm.conf(5) says:
    /// - `allocation/`: `cling_tag_list`, `maximise_cling`, `mirror_logs_require_separate_pvs`;
    /// - `activation/`: those of [`ActivationSettings`], `udev_sync`, `udev_rules`,
    ///   `retry_deactivation`;
    /// - `backup/`: `archive`, `archive_dir`, `backup`, `backup_dir`, `retain_days`, `retain_min`.
    ///   `backup` and `archive` switched off forget the directory; switched on they only let one that
    ///   is set stand;
    /// - `devices/`: those of [`MachineOptions`](crate::scan::machine::MachineOptions), `dir` among
    ///   them, and `issue_discards`;
    /// - `global/`: `etc`, `locking_dir`, `metadata_read_only`, `proc`, `system_id_file`,
    ///   `system_id_source`, `wait_for_locks`;
    /// - `report/` and `global/units`, `suffix`, `si_unit_consistency`: those of [`ReportSettings`];
    /// - `local/`: `extra_system_ids`, `system_id`.
    ///
    /// `global/activation` switched off means [`KernelOptions::off`](crate::KernelOptions::off). Some
    /// that concern only how lvm2 itself works, such as `devices/hints`, change nothing; all others
    /// that there are are listed by [`ignored_settings`](Self::ignored_settings).
    ///
    /// # Errors
    /// `InvalidInput` for a text that cannot be read, a value of the wrong type, and a setting that
    /// there is not.
    pub fn config(mut self, text: &str) -> Result<Self> {
        self.apply(&ConfigTree::parse(text)?, Source::Call)?;
        self.resolve_system_id()
    }

    /// Applies a file of settings, as lvm.conf(5) is. What is not honoured is left alone and listed
    /// by [`ignored_settings`](Self::ignored_settings); `local/system_id` counts with
    /// `global/system_id_source = "lvmlocal"` only, as for lvm2.
    ///
    /// # Errors
    /// `NotFound`, `Io`; `InvalidInput` naming the file, with a cause that names the line where the
    /// language is broken or the setting that has the wrong type; those of the source of the system
    /// id.
    pub fn config_file(mut self, path: impl AsRef<Path>) -> Result<Self> {
        self.apply_file(path.as_ref())?;
        self.resolve_system_id()
    }

    /// Works as lvm2 does with this as its system directory, usually `/etc/lvm`: backups and
    /// archives are kept in `backup` and `archive`, the devices file is looked for in `devices`,
    /// and `lvm.conf`, `lvmlocal.conf` and the files for tags of the host are read if they are there.
    ///
    /// # Errors
    /// Those of [`config_file`](Self::config_file) and of [`Config::read`].
    pub fn system_dir(mut self, dir: impl AsRef<Path>) -> Result<Self> {
        let config = Config::read(dir.as_ref())?;
        self.keep_below(dir.as_ref());
        for path in config.paths() {
            self.apply_file(path)?;
        }
        self.activation.host_tags = config.host_tags().to_vec();
        self.resolve_system_id()
    }

    /// Takes over what a configuration says, without its mistakes, which
    /// [`Config::file_problems`] and [`Config::call_problems`] tell: a value of a wrong type counts as
    /// nothing, and a setting that there is not changes nothing.
    ///
    /// # Errors
    /// `InvalidInput` for values of the right type that mean nothing, such as a filter that is none;
    /// those of the source of the system id.
    pub fn with_config(mut self, config: &Config) -> Result<Self> {
        self.machine.system_dir = config.system_dir().to_owned();
        for layer in config.layers().collect::<Vec<_>>().into_iter().rev() {
            let is_call = config.call().is_some_and(|call| std::ptr::eq(call, layer));
            self.apply(layer, Source::Checked)?;
            if let Some(id) = layer.find("local/system_id").filter(|_| is_call) {
                self.set_local("local/system_id", &id.value, Source::Call)?;
            }
        }
        self.activation.host_tags = config.host_tags().to_vec();
        self.resolve_system_id()
    }

    /// The same, for the host whose configuration it is: as with [`system_dir`](Self::system_dir),
    /// backups and archives are kept below its system directory.
    ///
    /// # Errors
    /// Those of [`with_config`](Self::with_config).
    pub fn of_host(mut self, config: &Config) -> Result<Self> {
        self.keep_below(config.system_dir());
        self.with_config(config)
    }

    fn keep_below(&mut self, dir: &Path) {
        self.machine.system_dir = dir.to_owned();
        let is_there = !dir.as_os_str().is_empty();
        self.backup_dir = is_there.then(|| dir.join("backup"));
        self.archive_dir = is_there.then(|| dir.join("archive"));
    }

    /// The settings that were made and that change nothing here, though they do in lvm2, in the order
    /// they were read.
    #[must_use]
    pub fn ignored_settings(&self) -> &[String] {
        &self.ignored_settings
    }

    /// The settings of reports.
    #[must_use]
    pub fn report_settings(&self) -> &ReportSettings {
        &self.report
    }

    /// The settings for making volumes active.
    #[must_use]
    pub fn activation_settings(&self) -> &ActivationSettings {
        &self.activation
    }

    fn apply_file(&mut self, path: &Path) -> Result<()> {
        let tree = ConfigTree::read(path)?;
        self.apply(&tree, Source::File).map_err(|error| {
            let message = format!("configuration file {}", path.display());
            Error::new(error.kind().clone(), message).with_source(error)
        })
    }

    fn apply(&mut self, tree: &ConfigTree, source: Source) -> Result<()> {
        for section in tree.nodes() {
            let settings = match &section.value {
                ConfigValue::Section(settings) => settings,
                _ if source == Source::Call => return Err(unknown(&section.key)),
                _ => {
                    self.ignored_settings.push(section.key.clone());
                    continue;
                }
            };
            for node in settings {
                let path = format!("{}/{}", section.key, node.key);
                let known = setting(&path);
                if source == Source::Call && known.is_none() {
                    return Err(unknown(&path));
                }
                let has_mistake = |known| check::check_value(known, &path, &node.value).is_some();
                if source == Source::Checked && known.is_none_or(has_mistake) {
                    continue;
                }
                let is_honoured = self.set(&path, &node.value, source)?;
                if !is_honoured && !WITHOUT_EFFECT.contains(&path.as_str()) {
                    self.ignored_settings.push(path);
                }
            }
        }
        Ok(())
    }

    /// Takes a setting over; false when it is not known.
    fn set(&mut self, path: &str, value: &ConfigValue, source: Source) -> Result<bool> {
        match path.split_once('/').unwrap_or_default().0 {
            "activation" => Ok(self.activation.set(path, value)? || self.kernel.set(path, value)?),
            "allocation" | "backup" => self.set_keeping(path, value),
            "devices" if path == "devices/issue_discards" => {
                self.issue_discards = flag(path, value)?;
                Ok(true)
            }
            "devices" => {
                let is_known = self.machine.set(path, value)?;
                // One place for nodes, whoever makes them.
                self.kernel.dev.clone_from(&self.machine.dev);
                Ok(is_known)
            }
            "report" | "log" => self.report.set(path, value),
            "global" => Ok(self.set_global(path, value)? || self.report.set(path, value)?),
            "local" => self.set_local(path, value, source),
            _ => Ok(false),
        }
    }

    fn set_keeping(&mut self, path: &str, value: &ConfigValue) -> Result<bool> {
        match path {
            "allocation/cling_tag_list" => self.allocation.cling_tag_list = texts(path, value)?,
            "allocation/maximise_cling" => self.allocation.maximise_cling = flag(path, value)?,
            "allocation/mirror_logs_require_separate_pvs" => {
                self.allocation.separate_logs = flag(path, value)?;
            }
            "backup/backup" if !flag(path, value)? => self.backup_dir = None,
            "backup/archive" if !flag(path, value)? => self.archive_dir = None,
            "backup/backup" | "backup/archive" => {}
            "backup/backup_dir" => self.backup_dir = Some(PathBuf::from(text(path, value)?)),
            "backup/archive_dir" => self.archive_dir = Some(PathBuf::from(text(path, value)?)),
            "backup/retain_min" => {
                self.retention.min = usize::try_from(number(path, value)?).unwrap_or(usize::MAX);
            }
            "backup/retain_days" => {
                self.retention.days = u32::try_from(number(path, value)?).unwrap_or(u32::MAX);
            }
            _ => return Ok(false),
        }
        Ok(true)
    }

    fn set_global(&mut self, path: &str, value: &ConfigValue) -> Result<bool> {
        match path {
            "global/locking_dir" => self.locking_dir = PathBuf::from(text(path, value)?),
            "global/wait_for_locks" => {
                self.lock_wait = if flag(path, value)? { Wait::Forever } else { Wait::No };
            }
            "global/metadata_read_only" => self.read_only |= flag(path, value)?,
            "global/activation" if !flag(path, value)? => self.kernel.switch_off(),
            "global/activation" => {}
            "global/etc" => self.system_id_settings.etc = text(path, value)?.into(),
            "global/proc" => self.machine.proc = text(path, value)?.into(),
            "global/system_id_file" => self.system_id_settings.file = Some(text(path, value)?.into()),
            "global/system_id_source" => {
                self.system_id_settings.source = Some(SystemIdSource::parse(path, &text(path, value)?)?);
            }
            _ => return Ok(false),
        }
        Ok(true)
    }

    fn set_local(&mut self, path: &str, value: &ConfigValue, source: Source) -> Result<bool> {
        match (path, source) {
            ("local/system_id", Source::File | Source::Checked) => {
                self.system_id_settings.local = Some(text(path, value)?)
            }
            ("local/system_id", Source::Call) => {
                let system_id = text(path, value)?;
                *self = std::mem::take(self).system_id(system_id);
            }
            ("local/extra_system_ids", _) => self.extra_system_ids = texts(path, value)?,
            _ => return Ok(false),
        }
        Ok(true)
    }

    /// An id that the caller gave stands.
    fn resolve_system_id(mut self) -> Result<Self> {
        if self.has_own_system_id || self.system_id_settings.source.is_none() {
            return Ok(self);
        }
        let id = self.system_id_settings.resolve()?;
        self.set_system_id(id);
        Ok(self)
    }
}

fn unknown(path: &str) -> Error {
    Error::invalid(format!("Configuration setting \"{path}\" unknown."))
}

#[cfg(test)]
mod tests;
