//! Settings in the names and words of lvm.conf(5).

use std::path::{Path, PathBuf};

use lvm_core::metadata::{ConfigNode, ConfigValue};
use lvm_core::text::{TEXT_SIZE_MAX, parse_config};
use lvm_core::{Error, ErrorKind, Result};

use crate::lock::Wait;
use crate::options::Options;
use crate::report::ReportSettings;

mod activation;
mod machine;
mod system_id;
pub(crate) mod value;

pub use activation::ActivationSettings;
pub(crate) use system_id::SystemIdSettings;
use system_id::SystemIdSource;
use value::{flag, text, texts};

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

/// Where a text of settings comes from.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Source {
    /// Somebody asked for it now.
    Call,
    /// It is the configuration of the host, most of which is about other things.
    File,
}

impl Options {
    /// Applies settings as `--config` of LVM2's commands takes them: `section/key=value` or
    /// `section { key = value }`.
    ///
    /// These are known, and mean what lvm.conf(5) says:
    /// - `allocation/`: `cling_tag_list`, `maximise_cling`, `mirror_logs_require_separate_pvs`;
    /// - `activation/`: those of [`ActivationSettings`];
    /// - `backup/`: `archive`, `archive_dir`, `backup`, `backup_dir`. `backup` and `archive`
    ///   switched off forget the directory; switched on they only let one that is set stand;
    /// - `devices/`: those of [`MachineOptions`](crate::scan::machine::MachineOptions), `dir` among
    ///   them;
    /// - `global/`: `etc`, `locking_dir`, `metadata_read_only`, `proc`, `system_id_file`,
    ///   `system_id_source`, `wait_for_locks`;
    /// - `report/` and `global/units`, `suffix`, `si_unit_consistency`: those of [`ReportSettings`];
    /// - `local/`: `extra_system_ids`, `system_id`.
    ///
    /// `global/activation` switched off means [`KernelOptions::off`](crate::KernelOptions::off). Some
    /// that concern only how lvm2 itself works, such as `devices/hints`, change nothing.
    ///
    /// # Errors
    /// `InvalidInput` for a text that cannot be read or a value of the wrong type; `Unsupported`
    /// for every other setting, since what was asked for would not happen.
    pub fn config(mut self, text: &str) -> Result<Self> {
        self.apply(&parse_config(text)?, Source::Call)?;
        self.resolve_system_id()
    }

    /// Applies a file of settings, as lvm.conf(5) is. What [`config`](Self::config) does not know
    /// is left alone and listed by [`ignored_settings`](Self::ignored_settings); `local/system_id`
    /// counts with `global/system_id_source = "lvmlocal"` only, as for lvm2.
    ///
    /// # Errors
    /// `NotFound`, `Io`; `InvalidInput` naming the file, and the line where the language is broken
    /// or the setting that has the wrong type; those of the source of the system id.
    pub fn config_file(mut self, path: impl AsRef<Path>) -> Result<Self> {
        self.apply_file(path.as_ref())?;
        self.resolve_system_id()
    }

    /// Works as lvm2 does with this as its system directory, usually `/etc/lvm`: backups and
    /// archives are kept in `backup` and `archive`, the devices file is looked for in `devices`,
    /// and `lvm.conf` and `lvmlocal.conf` are read if they are there.
    ///
    /// # Errors
    /// Those of [`config_file`](Self::config_file).
    pub fn system_dir(mut self, dir: impl AsRef<Path>) -> Result<Self> {
        let dir = dir.as_ref();
        self.machine.system_dir = dir.to_owned();
        self.backup_dir = Some(dir.join("backup"));
        self.archive_dir = Some(dir.join("archive"));
        for name in ["lvm.conf", "lvmlocal.conf"] {
            let path = dir.join(name);
            if path.exists() {
                self.apply_file(&path)?;
            }
        }
        self.resolve_system_id()
    }

    /// The settings that files had and that are not known here, in the order they were read.
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
        let name = path.to_string_lossy();
        let failed = |error: std::io::Error| {
            let kind = match error.kind() {
                std::io::ErrorKind::NotFound => ErrorKind::NotFound,
                _ => ErrorKind::Io,
            };
            let message = format!("the configuration file {name} cannot be read");
            Error::new(kind, message).with_source(error)
        };
        let size = std::fs::metadata(path).map_err(failed)?.len();
        if size > u64::try_from(TEXT_SIZE_MAX).unwrap_or(u64::MAX) {
            return Err(Error::invalid(format!("the configuration file {name} is too large")));
        }
        let text = std::fs::read(path).map_err(failed)?;
        let wrong_at = |offset: usize, why: String| {
            let before = text.get(..offset).unwrap_or(&text);
            let line = before.iter().filter(|byte| **byte == b'\n').count() + 1;
            Error::invalid(format!("line {line} of the configuration file {name}: {why}"))
        };
        let text = std::str::from_utf8(&text)
            .map_err(|error| wrong_at(error.valid_up_to(), "the text is not UTF-8".to_owned()))?;
        let sections = parse_config(text).map_err(|error| {
            let offset = error.offset().and_then(|offset| usize::try_from(offset).ok());
            // The cause names what is wrong; the error around it has the whole text in it.
            let cause = std::error::Error::source(&error).map(ToString::to_string);
            wrong_at(offset.unwrap_or(0), cause.unwrap_or_default())
        })?;
        self.apply(&sections, Source::File).map_err(|error| {
            Error::new(error.kind().clone(), format!("configuration file {name}")).with_source(error)
        })
    }

    fn apply(&mut self, sections: &[ConfigNode], source: Source) -> Result<()> {
        for section in sections {
            let settings = match &section.value {
                ConfigValue::Section(settings) => settings,
                _ if source == Source::File => {
                    self.ignored_settings.push(section.key.clone());
                    continue;
                }
                _ => return Err(unknown(&section.key)),
            };
            for setting in settings {
                let path = format!("{}/{}", section.key, setting.key);
                let is_known = self.set(&path, &setting.value, source)?;
                if is_known || WITHOUT_EFFECT.contains(&path.as_str()) {
                    continue;
                }
                match source {
                    Source::Call => return Err(unknown(&path)),
                    Source::File => self.ignored_settings.push(path),
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
            ("local/system_id", Source::File) => self.system_id_settings.local = Some(text(path, value)?),
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
    Error::unsupported(format!("Configuration setting \"{path}\" is not supported."))
}

#[cfg(test)]
mod tests;
