//! Settings in the names and words of lvm.conf(5).

use std::path::PathBuf;

use lvm_core::metadata::{ConfigNode, ConfigValue};
use lvm_core::text::parse_config;
use lvm_core::{Error, Result};

use crate::activate::KernelOptions;
use crate::lock::Wait;
use crate::options::Options;

impl Options {
    /// Applies settings as `--config` of LVM2's commands takes them: `section/key=value` or
    /// `section { key = value }`.
    ///
    /// These are known: `allocation/cling_tag_list`, `allocation/maximise_cling`,
    /// `backup/archive`, `backup/archive_dir`, `backup/backup`, `backup/backup_dir`,
    /// `global/locking_dir`, `global/wait_for_locks` and `local/system_id`; and `global/activation`,
    /// which switched off means [`KernelOptions::off`]. `backup` and `archive` switched off forget the directory; switched
    /// on they only let one that is set stand.
    ///
    /// # Errors
    /// `InvalidInput` for a text that cannot be read or a value of the wrong type; `Unsupported`
    /// for every other setting, since what was asked for would not happen.
    pub fn config(mut self, text: &str) -> Result<Self> {
        for section in parse_config(text)? {
            let ConfigValue::Section(settings) = &section.value else {
                return Err(unknown(&section.key));
            };
            for setting in settings {
                self.set(&format!("{}/{}", section.key, setting.key), setting)?;
            }
        }
        Ok(self)
    }

    fn set(&mut self, path: &str, setting: &ConfigNode) -> Result<()> {
        let value = &setting.value;
        match path {
            "allocation/cling_tag_list" => self.allocation.cling_tag_list = texts(path, value)?,
            "allocation/maximise_cling" => self.allocation.maximise_cling = flag(path, value)?,
            "backup/backup" if !flag(path, value)? => self.backup_dir = None,
            "backup/archive" if !flag(path, value)? => self.archive_dir = None,
            "backup/backup" | "backup/archive" => {}
            "backup/backup_dir" => self.backup_dir = Some(PathBuf::from(text(path, value)?)),
            "backup/archive_dir" => self.archive_dir = Some(PathBuf::from(text(path, value)?)),
            "global/locking_dir" => self.locking_dir = PathBuf::from(text(path, value)?),
            "global/wait_for_locks" => {
                self.lock_wait = if flag(path, value)? { Wait::Forever } else { Wait::No };
            }
            "global/activation" if !flag(path, value)? => self.kernel = KernelOptions::off(),
            "global/activation" => {}
            "local/system_id" => {
                let system_id = text(path, value)?;
                self.stamp = std::mem::take(&mut self.stamp).system_id(system_id.clone());
                self.system_id = Some(system_id);
            }
            _ => return Err(unknown(path)),
        }
        Ok(())
    }
}

fn unknown(path: &str) -> Error {
    Error::unsupported(format!("Configuration setting \"{path}\" is not supported."))
}

fn wrong(path: &str, what: &str) -> Error {
    Error::invalid(format!("Configuration setting \"{path}\" is not {what}."))
}

fn flag(path: &str, value: &ConfigValue) -> Result<bool> {
    match value {
        ConfigValue::Int(0) => Ok(false),
        ConfigValue::Int(1) => Ok(true),
        _ => Err(wrong(path, "0 or 1")),
    }
}

fn text(path: &str, value: &ConfigValue) -> Result<String> {
    match value {
        ConfigValue::String(text) => Ok(text.clone()),
        _ => Err(wrong(path, "a string")),
    }
}

fn texts(path: &str, value: &ConfigValue) -> Result<Vec<String>> {
    match value {
        ConfigValue::Array(values) => values.iter().map(|value| text(path, value)).collect(),
        value => Ok(vec![text(path, value)?]),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use lvm_core::ErrorKind;

    #[test]
    fn both_forms() {
        let text = "allocation { cling_tag_list = [ \"@a\", \"@b\" ] } allocation/maximise_cling=0";
        let options = Options::new().config(text).unwrap();
        assert_eq!(options.allocation.cling_tag_list, ["@a", "@b"]);
        assert!(!options.allocation.maximise_cling);
        let options = Options::new().config("allocation/cling_tag_list=\"@*\"").unwrap();
        assert_eq!(options.allocation.cling_tag_list, ["@*"]);
    }

    #[test]
    fn backups() {
        let options = Options::new().config("backup { backup_dir = \"/b\" archive_dir = \"/a\" }").unwrap();
        assert_eq!(options.backup_dir.as_deref(), Some("/b".as_ref()));
        let options = options.config("backup/archive=0 backup/backup=1").unwrap();
        assert_eq!((options.archive_dir, options.backup_dir.is_some()), (None, true));
    }

    #[test]
    fn refused() {
        let table = [
            ("devices/filter=[\"a|.*|\"]", ErrorKind::Unsupported),
            ("nonsense=1", ErrorKind::Unsupported),
            ("allocation/maximise_cling=2", ErrorKind::InvalidInput),
            ("backup/backup_dir=1", ErrorKind::InvalidInput),
            ("allocation {", ErrorKind::InvalidInput),
        ];
        for (text, kind) in table {
            assert_eq!(*Options::new().config(text).unwrap_err().kind(), kind, "{text}");
        }
    }
}
