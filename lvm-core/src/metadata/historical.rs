//! Removed logical volumes that live ones still descend from.

use std_alloc::{string::String, vec::Vec};

use serde::Serialize;

use super::ConfigNode;
use crate::id::LvId;

/// A removed logical volume, remembered because a chain of thin snapshots goes through it
/// (`metadata/record_lvs_history`).
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct HistoricalLogicalVolume {
    /// The name it had.
    pub name: String,
    /// The id it had.
    pub id: LvId,
    /// When it was created, seconds since 1970-01-01 UTC.
    pub creation_time: Option<u64>,
    /// When it was removed, seconds since 1970-01-01 UTC.
    pub removal_time: Option<u64>,
    /// What it was made from: a live volume's name, or `-` and a historical one's.
    pub origin: Option<String>,
    /// Names of the live volumes made from it (`-` in front of historical ones).
    pub descendants: Option<Vec<String>>,
    /// Keys this version does not know.
    pub extra: Vec<ConfigNode>,
}
