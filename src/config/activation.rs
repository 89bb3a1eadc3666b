//! The settings of `activation` in lvm.conf(5) that say which volumes become active and how.

use lvm_core::Result;
use lvm_core::metadata::{ConfigValue, LogicalVolume, VolumeGroup};

use super::value::{flag, text, texts, wrong};
use crate::activate::{ActivationMode, KernelOptions};

/// `activation` of lvm.conf(5), with lvm2's defaults.
///
/// An entry of the lists is `vg`, `vg/lv`, `@tag`, or `@*` for any tag that a host and a volume
/// have in common.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
#[non_exhaustive]
pub struct ActivationSettings {
    /// Volumes that may be active; all without a list.
    pub volume_list: Option<Vec<String>>,
    /// Volumes that are made active by themselves; all without a list.
    pub auto_activation_volume_list: Option<Vec<String>>,
    /// Volumes that are made active for reading only; none without a list.
    pub read_only_volume_list: Option<Vec<String>>,
    /// What to do when physical volumes are missing.
    pub activation_mode: ActivationMode,
    /// The tags of this host, which `@*` stands for (`tags`).
    pub host_tags: Vec<String>,
}

impl ActivationSettings {
    /// Whether a volume may be active at all (`volume_list`).
    pub(crate) fn allows(&self, vg: &VolumeGroup, lv: &LogicalVolume) -> bool {
        self.volume_list.as_ref().is_none_or(|list| self.is_in(list, vg, lv))
    }

    /// Whether it is made active by itself (`auto_activation_volume_list`).
    pub(crate) fn allows_auto(&self, vg: &VolumeGroup, lv: &LogicalVolume) -> bool {
        self.auto_activation_volume_list.as_ref().is_none_or(|list| self.is_in(list, vg, lv))
    }

    /// Whether it is made active for reading only (`read_only_volume_list`).
    pub(crate) fn is_read_only(&self, vg: &VolumeGroup, lv: &LogicalVolume) -> bool {
        self.read_only_volume_list.as_ref().is_some_and(|list| self.is_in(list, vg, lv))
    }

    fn is_in(&self, list: &[String], vg: &VolumeGroup, lv: &LogicalVolume) -> bool {
        let has = |tag: &str| vg.tags().iter().chain(lv.tags()).any(|known| known == tag);
        list.iter().any(|entry| match entry.strip_prefix('@') {
            Some("*") => self.host_tags.iter().any(|tag| has(tag)),
            Some(tag) => has(tag),
            None => match entry.split_once('/') {
                Some((group, volume)) => group == vg.name() && volume == lv.name(),
                None => entry == vg.name(),
            },
        })
    }

    /// Takes a setting over; false when it is none of these.
    pub(super) fn set(&mut self, path: &str, value: &ConfigValue) -> Result<bool> {
        match path.strip_prefix("activation/").unwrap_or_default() {
            "volume_list" => self.volume_list = Some(texts(path, value)?),
            "auto_activation_volume_list" => self.auto_activation_volume_list = Some(texts(path, value)?),
            "read_only_volume_list" => self.read_only_volume_list = Some(texts(path, value)?),
            "activation_mode" => {
                self.activation_mode = match text(path, value)?.as_str() {
                    "complete" => ActivationMode::Complete,
                    "degraded" => ActivationMode::Degraded,
                    "partial" => ActivationMode::Partial,
                    _ => return Err(wrong(path, "complete, degraded or partial")),
                }
            }
            _ => return Ok(false),
        }
        Ok(true)
    }
}

impl KernelOptions {
    /// Takes a setting over; false when it is none of these.
    pub(super) fn set(&mut self, path: &str, value: &ConfigValue) -> Result<bool> {
        match path {
            "activation/udev_sync" => self.udev_sync = flag(path, value)?,
            "activation/udev_rules" => self.udev_rules = flag(path, value)?,
            "activation/retry_deactivation" => self.retry_deactivation = flag(path, value)?,
            _ => return Ok(false),
        }
        Ok(true)
    }
}
