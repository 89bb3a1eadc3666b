//! The tags of this host: `tags` in lvm.conf(5).

use lvm_core::metadata::{ConfigNode, ConfigValue};
use lvm_core::name::check_tag;
use lvm_core::{Error, Result};

use super::tree::ConfigTree;
use super::value::{flag, texts};

/// Which tags of a configuration this host has.
#[derive(Debug)]
pub(super) struct HostTags {
    host: String,
    names: Vec<String>,
}

impl HostTags {
    pub(super) fn new() -> Result<Self> {
        Ok(Self { host: crate::system::host(None)?.nodename, names: Vec::new() })
    }

    pub(super) fn names(&self) -> &[String] {
        &self.names
    }

    pub(super) fn into_names(self) -> Vec<String> {
        self.names
    }

    /// Takes the tags over that a file gives the host.
    ///
    /// # Errors
    /// `InvalidInput` for a name that no tag can have.
    pub(super) fn add(&mut self, tree: &ConfigTree) -> Result<()> {
        let Some(ConfigNode { value: ConfigValue::Section(tags), .. }) = tree.find("tags") else {
            return Ok(());
        };
        let hosttags = tags.iter().find(|node| node.key == "hosttags");
        if hosttags.is_some_and(|node| flag("tags/hosttags", &node.value).unwrap_or(false)) {
            self.push(self.host.clone())?;
        }
        for node in tags {
            if let ConfigValue::Section(content) = &node.value
                && self.is_meant(content)
            {
                self.push(node.key.trim_start_matches('@').to_owned())?;
            }
        }
        Ok(())
    }

    fn is_meant(&self, content: &[ConfigNode]) -> bool {
        let hosts = content.iter().find(|node| node.key == "host_list");
        hosts.is_none_or(|hosts| texts("tags", &hosts.value).unwrap_or_default().contains(&self.host))
    }

    fn push(&mut self, tag: String) -> Result<()> {
        check_tag(&tag).map_err(|error| {
            Error::invalid(format!("Invalid tag in config file: {tag}")).with_source(error)
        })?;
        if !self.names.contains(&tag) {
            self.names.push(tag);
        }
        Ok(())
    }
}
