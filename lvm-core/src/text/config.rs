//! Settings: the same language as the metadata text, with anything in it.

use std_alloc::{format, vec::Vec};

use super::tree::Tree;
use crate::error::{Error, Result};
use crate::metadata::ConfigNode;

/// Reads settings as lvm.conf(5) and `--config` write them: `section { key = value }` or
/// `section/key = value`.
///
/// # Errors
/// `InvalidInput` with the offset when the text breaks the grammar.
///
/// ```
/// let settings = lvm_core::text::parse_config("backup/backup=0 allocation { maximise_cling = 1 }")?;
/// assert_eq!(settings[1].key, "allocation");
/// # Ok::<(), lvm_core::Error>(())
/// ```
pub fn parse_config(text: &str) -> Result<Vec<ConfigNode>> {
    let tree = Tree::parse(text).map_err(|error| {
        Error::invalid(format!("Failed to parse config string \"{text}\"."))
            .with_offset(u64::try_from(error.offset).unwrap_or(u64::MAX))
            .with_source(error)
    })?;
    Ok(tree.root().rest())
}
