//! Parts of the metadata text that this version does not know, kept as they were read.

use std_alloc::{string::String, vec::Vec};

use serde::Serialize;

/// A key with its value, or a section.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct ConfigNode {
    /// The key.
    pub key: String,
    /// What stands behind it.
    pub value: ConfigValue,
}

/// The value of a [`ConfigNode`].
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
#[serde(untagged)]
pub enum ConfigValue {
    /// `key { … }`
    Section(Vec<ConfigNode>),
    /// `key = 1`
    Int(i64),
    /// `key = 1.5`, kept as written.
    Float(String),
    /// `key = "text"`
    String(String),
    /// `key = [1, "text"]`; `[]` is the empty list.
    Array(Vec<Self>),
}
