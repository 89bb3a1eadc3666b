//! The settings that count for a command: what was asked for, profiles, and the files of the host.

use std::path::{Path, PathBuf};

use lvm_core::metadata::ConfigValue;
use lvm_core::{Error, Result};

use super::check::{ConfigProblem, ProfileKind, check, check_profile, check_value};
use super::host_tags::HostTags;
use super::setting::Setting;
use super::settings::setting;
use super::tree::ConfigTree;
use super::value::{flag, text, texts};

/// Settings from all places they come from. In front is what a command was told (`--config`), then
/// the profile of the command, then that of metadata; then the files of the system directory, of
/// which `lvm_TAG.conf` for each tag of the host counts before `lvmlocal.conf` and `lvm.conf`.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Config {
    system_dir: PathBuf,
    paths: Vec<PathBuf>,
    files: ConfigTree,
    duplicates: Vec<String>,
    host_tags: Vec<String>,
    call: Option<ConfigTree>,
    command_profile: Option<ConfigTree>,
    metadata_profile: Option<ConfigTree>,
}

impl Config {
    /// Without any file.
    #[must_use]
    pub fn new(system_dir: impl Into<PathBuf>) -> Self {
        Self { system_dir: system_dir.into(), ..Self::default() }
    }

    /// With the files of a system directory, usually `/etc/lvm`, that are there. An empty path
    /// stands for no directory.
    ///
    /// # Errors
    /// Those of [`ConfigTree::read`]; `InvalidInput` for a tag of the host that is none.
    pub fn read(system_dir: impl Into<PathBuf>) -> Result<Self> {
        let mut config = Self::new(system_dir);
        if config.system_dir.as_os_str().is_empty() {
            return Ok(config);
        }
        let mut tags = HostTags::new()?;
        for name in ["lvm.conf", "lvmlocal.conf"] {
            config.read_file(name, &mut tags)?;
        }
        // What a tag's file says may give the host further tags.
        let mut at = 0_usize;
        while let Some(tag) = tags.names().get(at).cloned() {
            config.read_file(&format!("lvm_{tag}.conf"), &mut tags)?;
            at = at.saturating_add(1);
        }
        config.host_tags = tags.into_names();
        Ok(config)
    }

    fn read_file(&mut self, name: &str, tags: &mut HostTags) -> Result<()> {
        let path = self.system_dir.join(name);
        if !path.exists() {
            return Ok(());
        }
        let tree = ConfigTree::read(&path)?;
        tags.add(&tree)?;
        self.duplicates.extend_from_slice(tree.duplicates());
        self.files.merge(&tree.without("tags"));
        self.paths.push(path);
        Ok(())
    }

    /// With what a command is told: `section/key=value` or `section { key = value }`.
    ///
    /// # Errors
    /// Those of [`ConfigTree::parse`]; `InvalidInput` for an empty text.
    pub fn with_call(mut self, text: &str) -> Result<Self> {
        let tree = ConfigTree::parse(text)?;
        if tree.is_empty() {
            return Err(Error::invalid("there is no setting in it"));
        }
        self.duplicates.extend_from_slice(tree.duplicates());
        self.call = Some(tree);
        Ok(self)
    }

    /// With the profile `NAME.profile` in the directory `config/profile_dir`. A profile has only
    /// settings that it may have.
    ///
    /// # Errors
    /// `InvalidInput` for a name that is none, and for a profile that has mistakes: these are in
    /// [`profile_problems`](Self::profile_problems). `NotFound` when it is not there; those of
    /// [`ConfigTree::read`].
    pub fn with_profile(mut self, name: &str, kind: ProfileKind) -> Result<Self> {
        let tree = self.read_profile(name)?;
        if !check_profile(&tree, kind).is_empty() {
            let message = format!("Ignoring invalid {} profile {name}.", kind.name());
            return Err(Error::invalid(message));
        }
        let place = match kind {
            ProfileKind::Command => &mut self.command_profile,
            ProfileKind::Metadata => &mut self.metadata_profile,
        };
        *place = Some(tree);
        Ok(self)
    }

    /// What is wrong with a profile.
    ///
    /// # Errors
    /// When it cannot be read, as with [`with_profile`](Self::with_profile).
    pub fn profile_problems(&self, name: &str, kind: ProfileKind) -> Result<Vec<ConfigProblem>> {
        Ok(check_profile(&self.read_profile(name)?, kind))
    }

    fn read_profile(&self, name: &str) -> Result<ConfigTree> {
        if name.is_empty() {
            return Err(Error::invalid("Undefined profile name."));
        }
        if name.contains('/') {
            return Err(Error::invalid(format!("{name}: bad profile name, it contains '/'.")));
        }
        let path = PathBuf::from(self.text("config/profile_dir")).join(format!("{name}.profile"));
        if !path.exists() {
            let path = path.display();
            return Err(Error::not_found(format!("{path}: stat failed: No such file or directory")));
        }
        ConfigTree::read(&path)
    }

    /// The directory whose files these are.
    #[must_use]
    pub fn system_dir(&self) -> &Path {
        &self.system_dir
    }

    /// The files that were read, in their order.
    #[must_use]
    pub fn paths(&self) -> &[PathBuf] {
        &self.paths
    }

    /// The tags of this host.
    #[must_use]
    pub fn host_tags(&self) -> &[String] {
        &self.host_tags
    }

    /// Keys that have two values in one place; the last one counts.
    #[must_use]
    pub fn duplicates(&self) -> &[String] {
        &self.duplicates
    }

    /// What the files say.
    #[must_use]
    pub fn files(&self) -> &ConfigTree {
        &self.files
    }

    /// What the command was told.
    #[must_use]
    pub fn call(&self) -> Option<&ConfigTree> {
        self.call.as_ref()
    }

    /// The place that counts before all others.
    #[must_use]
    pub fn front(&self) -> &ConfigTree {
        self.layers().next().unwrap_or(&self.files)
    }

    /// Everything in one tree.
    #[must_use]
    pub fn merged(&self) -> ConfigTree {
        if self.layers().nth(1).is_none() {
            return self.files.clone();
        }
        let mut merged = ConfigTree::default();
        let layers = [Some(&self.files), self.command_profile.as_ref(), self.metadata_profile.as_ref()];
        for layer in layers.into_iter().chain([self.call.as_ref()]).flatten() {
            merged.merge(layer);
        }
        merged
    }

    /// What a command was told and profiles, without the files.
    #[must_use]
    pub fn without_files(&self) -> Self {
        Self {
            paths: Vec::new(),
            files: ConfigTree::default(),
            host_tags: Vec::new(),
            duplicates: Vec::new(),
            ..self.clone()
        }
    }

    /// The places that are there, the one in front first.
    pub(super) fn layers(&self) -> impl Iterator<Item = &ConfigTree> {
        let asked = [&self.call, &self.command_profile, &self.metadata_profile];
        asked.into_iter().flatten().chain([&self.files])
    }

    /// What the setting was set to, if that is a value it can have. Mistakes count as nothing; they
    /// are for [`check`] to tell.
    #[must_use]
    pub fn value(&self, path: &str) -> Option<&ConfigValue> {
        let known = setting(path)?;
        let value = self.layers().find_map(|layer| layer.find(path)).map(|node| &node.value)?;
        check_value(known, path, value).is_none().then_some(value)
    }

    /// Its value or its default.
    fn effective(&self, path: &str) -> Option<ConfigValue> {
        let default = || setting(path).and_then(|known| Setting::default_value(known, &self.system_dir));
        self.value(path).cloned().or_else(default)
    }

    /// A setting that is yes or no; its default when nobody set it.
    #[must_use]
    pub fn flag(&self, path: &str) -> bool {
        self.effective(path).is_some_and(|value| flag(path, &value).unwrap_or(false))
    }

    /// A number; its default when nobody set it, 0 without one.
    #[must_use]
    pub fn integer(&self, path: &str) -> i64 {
        match self.effective(path) {
            Some(ConfigValue::Int(number)) => number,
            _ => 0,
        }
    }

    /// A text; its default when nobody set it, empty without one.
    #[must_use]
    pub fn text(&self, path: &str) -> String {
        self.effective(path).and_then(|value| text(path, &value).ok()).unwrap_or_default()
    }

    /// A list; its default when nobody set it, empty without one.
    #[must_use]
    pub fn texts(&self, path: &str) -> Vec<String> {
        self.effective(path).and_then(|value| texts(path, &value).ok()).unwrap_or_default()
    }

    /// The mistakes in what the files say.
    #[must_use]
    pub fn file_problems(&self) -> Vec<ConfigProblem> {
        check(&self.files)
    }

    /// The mistakes in what the command was told.
    #[must_use]
    pub fn call_problems(&self) -> Vec<ConfigProblem> {
        self.call.as_ref().map(check).unwrap_or_default()
    }
}
