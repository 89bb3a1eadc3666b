//! The settings of `activation` in lvm.conf(5) that say which volumes become active and how.

use lvm_core::Result;
use lvm_core::metadata::ConfigValue;

use super::value::{flag, text, texts, wrong};

/// Whether a volume is made active when physical volumes are missing.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Default)]
pub enum ActivationMode {
    /// Only with all of them.
    Complete,
    /// Also a RAID volume that can do without what is missing.
    #[default]
    Degraded,
    /// Also with holes where something is missing.
    Partial,
}

/// `activation` of lvm.conf(5), with lvm2's defaults.
///
/// An entry of the lists is `vg`, `vg/lv`, `@tag`, or `@*` for any tag that a host and a volume
/// have in common.
#[derive(Clone, PartialEq, Eq, Debug)]
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
    /// Wait for udev.
    pub udev_sync: bool,
    /// Leave the nodes to udev's rules.
    pub udev_rules: bool,
    /// Check what udev has done, and do it when it has not.
    pub verify_udev_operations: bool,
    /// Try again when a device is open for a moment while it is removed.
    pub retry_deactivation: bool,
    /// What stands for missing parts of a partial volume: `error`, `zero`, or the path of a device.
    pub missing_stripe_filler: String,
    /// Use the `linear` target for stripes of one.
    pub use_linear_target: bool,
    /// New thin snapshots are skipped by activation.
    pub auto_set_activation_skip: bool,
}

impl Default for ActivationSettings {
    fn default() -> Self {
        Self {
            volume_list: None,
            auto_activation_volume_list: None,
            read_only_volume_list: None,
            activation_mode: ActivationMode::default(),
            udev_sync: true,
            udev_rules: true,
            verify_udev_operations: false,
            retry_deactivation: true,
            missing_stripe_filler: "error".to_owned(),
            use_linear_target: true,
            auto_set_activation_skip: true,
        }
    }
}

impl ActivationSettings {
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
            "udev_sync" => self.udev_sync = flag(path, value)?,
            "udev_rules" => self.udev_rules = flag(path, value)?,
            "verify_udev_operations" => self.verify_udev_operations = flag(path, value)?,
            "retry_deactivation" => self.retry_deactivation = flag(path, value)?,
            "missing_stripe_filler" => self.missing_stripe_filler = text(path, value)?,
            "use_linear_target" => self.use_linear_target = flag(path, value)?,
            "auto_set_activation_skip" => self.auto_set_activation_skip = flag(path, value)?,
            _ => return Ok(false),
        }
        Ok(true)
    }
}
