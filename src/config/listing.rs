//! What `lvmconfig` prints: settings as text, from the table and from a host's configuration.

use std::path::Path;

use lvm_core::metadata::{ConfigNode, ConfigValue};

use super::cascade::Config;
use super::check::check_value;
use super::listed::{Content, Item, items_of, merge, place};
use super::setting::{Profilable, Setting, Version};
use super::settings::{setting, settings};
use super::tree::ConfigTree;

/// Which settings are listed, and with which values.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum ListingKind {
    /// What was set.
    Current,
    /// All, with their defaults.
    Default,
    /// What was set to something other than its default.
    Diff,
    /// All, with what they are for a command.
    Full,
    /// Names alone.
    List,
    /// What was not set, with its defaults.
    Missing,
    /// What came with a version of lvm2, with defaults.
    New,
    /// What profiles may set, with defaults.
    Profilable,
    /// What profiles of commands may set, with defaults.
    ProfilableCommand,
    /// What profiles of groups and volumes may set, with defaults.
    ProfilableMetadata,
}

/// How settings are listed.
#[derive(Clone, PartialEq, Eq, Debug)]
#[non_exhaustive]
pub struct Listing {
    /// Which.
    pub kind: ListingKind,
    /// As lvm2 had them in this version.
    pub at: Version,
    /// With [`New`](ListingKind::New): those from this version on, instead of those of `at` alone.
    pub since: Option<Version>,
    /// With [`Current`](ListingKind::Current): those of all places, not of the one in front.
    pub merged: bool,
    /// What the defaults are before a system is configured.
    pub unconfigured: bool,
    /// Without those few people need.
    pub ignore_advanced: bool,
    /// Without those that lvm2 does not promise to work.
    pub ignore_unsupported: bool,
    /// Without those of this host alone.
    pub ignore_local: bool,
    /// Also those that should not be used any more.
    pub show_deprecated: bool,
    /// Also those that lvm2 does not promise to work.
    pub show_unsupported: bool,
    /// With a line about each.
    pub summary: bool,
    /// With all that is known of each.
    pub comments: bool,
    /// With the version each came with.
    pub versions: bool,
    /// `key = value` instead of `key=value`.
    pub spaces: bool,
    /// Values without their keys.
    pub values_only: bool,
}

impl Listing {
    /// The plain listing of this kind.
    #[must_use]
    pub fn new(kind: ListingKind) -> Self {
        Self {
            kind,
            at: Version::CURRENT,
            since: None,
            merged: false,
            unconfigured: false,
            ignore_advanced: false,
            ignore_unsupported: false,
            ignore_local: false,
            show_deprecated: false,
            show_unsupported: false,
            summary: false,
            comments: false,
            versions: false,
            spaces: false,
            values_only: false,
        }
    }

    /// The listing of a configuration.
    #[must_use]
    pub fn of(&self, config: &Config) -> Listed<'_> {
        let dir = config.system_dir();
        let set = match self.kind {
            ListingKind::Current if !self.merged => config.front().clone(),
            ListingKind::Missing => config.front().clone(),
            ListingKind::Current | ListingKind::Diff | ListingKind::Full => config.merged(),
            _ => ConfigTree::default(),
        };
        let items = match self.kind {
            ListingKind::Current => items_of(set.nodes(), "", true),
            ListingKind::Diff => self.differing(set.nodes(), "", dir),
            ListingKind::Missing => self.missing(&set, dir),
            ListingKind::Full => {
                let shown = Self { show_deprecated: true, ..self.clone() };
                let mut items = shown.missing(&set, dir);
                merge(&mut items, items_of(set.nodes(), "", true));
                items
            }
            _ => self.defaults(dir),
        };
        Listed { listing: self, items }
    }

    /// Whether what is asked for is about this setting.
    fn includes(&self, setting: &Setting) -> bool {
        let is_meant = match self.kind {
            ListingKind::New => {
                self.since.map_or(setting.since() == self.at, |since| setting.since() >= since)
            }
            ListingKind::Profilable => setting.profilable() != Profilable::No,
            ListingKind::ProfilableCommand => setting.profilable() == Profilable::Command,
            ListingKind::ProfilableMetadata => setting.profilable() == Profilable::Metadata,
            _ => true,
        };
        let now = self.since.unwrap_or(self.at);
        let is_past = setting.deprecated_since().is_some_and(|version| version <= now);
        is_meant
            && setting.since() <= self.at
            && !self.ignores(setting)
            && (self.show_deprecated || !is_past)
            && (self.show_unsupported || !setting.is_unsupported())
    }

    fn ignores(&self, setting: &Setting) -> bool {
        (self.ignore_advanced && setting.is_advanced())
            || (self.ignore_unsupported && setting.is_unsupported())
            || (self.ignore_local && setting.path().split('/').next() == Some("local"))
    }

    fn defaults(&self, dir: &Path) -> Vec<Item> {
        let mut items = Vec::new();
        for setting in settings().filter(|setting| self.includes(setting)) {
            // A section at the top is there for what is in it.
            if !setting.is_section() || setting.section().is_some() {
                place(&mut items, setting, dir);
            }
        }
        items
    }

    fn missing(&self, set: &ConfigTree, dir: &Path) -> Vec<Item> {
        let mut items = Vec::new();
        let is_plain = |setting: &&Setting| !setting.is_section() && !setting.path().contains('<');
        for setting in settings().filter(is_plain).filter(|setting| self.includes(setting)) {
            if set.find(setting.path()).is_none() {
                place(&mut items, setting, dir);
            }
        }
        items
    }

    fn differing(&self, nodes: &[ConfigNode], parent: &str, dir: &Path) -> Vec<Item> {
        let mut items = Vec::new();
        for node in nodes {
            let path = if parent.is_empty() { node.key.clone() } else { format!("{parent}/{}", node.key) };
            let known = setting(&path);
            let content = match (&node.value, known.filter(|known| !self.ignores(known))) {
                (_, None) => Content::Nothing,
                (ConfigValue::Section(children), Some(known)) => {
                    let items = self.differing(children, &path, dir);
                    let is_shown = known.is_variable() || items.iter().any(Item::is_shown);
                    Content::Section { items, is_shown }
                }
                // The default of this one is what it is.
                _ if path == "local/system_id" => Content::Nothing,
                (value, Some(known)) if is_default(known, value, dir) => Content::Nothing,
                (value, Some(known)) if check_value(known, &path, value).is_some() => Content::Nothing,
                (value, Some(_)) => Content::Value(value.clone()),
            };
            // What does not differ can still be asked for, and then nothing is said.
            items.push(Item { setting: known, key: node.key.clone(), content, is_set: true });
        }
        items
    }
}

fn is_default(setting: &Setting, value: &ConfigValue, dir: &Path) -> bool {
    match setting.default_value(dir) {
        Some(ConfigValue::Array(values)) if values.len() == 1 => values.first() == Some(value),
        Some(default) => default == *value,
        None => false,
    }
}

/// Settings to be printed.
#[derive(Clone, Debug)]
pub struct Listed<'l> {
    pub(super) listing: &'l Listing,
    pub(super) items: Vec<Item>,
}
