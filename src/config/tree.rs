//! The settings of one place: a tree of sections and values.

use std::fs::{self, File};
use std::io::Read;
use std::path::Path;

use lvm_core::metadata::{ConfigNode, ConfigValue};
use lvm_core::text::{TEXT_SIZE_MAX, parse_config};
use lvm_core::{Error, ErrorKind, Result};

/// Settings as somebody wrote them, known or not.
///
/// A section that stands there twice is one; of a value that does, the last counts. A list of one
/// value is that value.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct ConfigTree {
    nodes: Vec<ConfigNode>,
    duplicates: Vec<String>,
}

impl ConfigTree {
    /// Reads a text of settings, as `--config` takes it.
    ///
    /// # Errors
    /// `InvalidInput` with the offset, when the text breaks the grammar.
    pub fn parse(text: &str) -> Result<Self> {
        parse(text).map_err(|(error, _)| error)
    }

    /// Reads a file of settings.
    ///
    /// # Errors
    /// `NotFound`, `Io`; `InvalidInput` when it is no file, is too large, or breaks the grammar: then
    /// the cause names the place.
    pub fn read(path: &Path) -> Result<Self> {
        let name = path.to_string_lossy().into_owned();
        let failed = |kind: ErrorKind| Error::new(kind, format!("Failed to load config file {name}"));
        let unread = |error: std::io::Error| {
            let kind = match error.kind() {
                std::io::ErrorKind::NotFound => ErrorKind::NotFound,
                _ => ErrorKind::Io,
            };
            failed(kind).with_source(error)
        };
        if !fs::metadata(path).map_err(unread)?.is_file() {
            let cause = Error::invalid(format!("{name} is not a regular file"));
            return Err(failed(ErrorKind::InvalidInput).with_source(cause));
        }
        let limit = u64::try_from(TEXT_SIZE_MAX).unwrap_or(u64::MAX);
        let mut bytes = Vec::new();
        let file = File::open(path).map_err(unread)?;
        file.take(limit.saturating_add(1)).read_to_end(&mut bytes).map_err(unread)?;
        let parsed = if bytes.len() > TEXT_SIZE_MAX {
            Err((Error::invalid("the text is too long"), 0))
        } else {
            std::str::from_utf8(&bytes)
                .map_err(|error| (Error::invalid("the text is not UTF-8"), error.valid_up_to()))
                .and_then(parse)
        };
        parsed.map_err(|(error, offset)| {
            let cause = at(&bytes, offset, &error);
            failed(ErrorKind::InvalidInput).with_source(Error::invalid(cause))
        })
    }

    /// The sections and values at its top.
    #[must_use]
    pub fn nodes(&self) -> &[ConfigNode] {
        &self.nodes
    }

    /// True when there is nothing in it.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.nodes.is_empty()
    }

    /// Keys that had another value before the one that counts.
    #[must_use]
    pub fn duplicates(&self) -> &[String] {
        &self.duplicates
    }

    /// What has this path, `devices/dir`.
    #[must_use]
    pub fn find(&self, path: &str) -> Option<&ConfigNode> {
        let mut parts = path.trim_start_matches('/').split('/');
        let mut node = find(&self.nodes, parts.next()?)?;
        for part in parts {
            let ConfigValue::Section(children) = &node.value else { return None };
            node = find(children, part)?;
        }
        Some(node)
    }

    /// Puts newer settings on top: as in lvm2, what is new comes behind the first of its section, and
    /// sections within a section that is there already do not count.
    pub(crate) fn merge(&mut self, newer: &Self) {
        for node in &newer.nodes {
            let Some(known) = find_mut(&mut self.nodes, &node.key) else {
                insert(&mut self.nodes, node.clone());
                continue;
            };
            match (&mut known.value, &node.value) {
                (ConfigValue::Section(known), ConfigValue::Section(newer)) => merge_section(known, newer),
                // A section is none that is a value elsewhere.
                (ConfigValue::Section(_), _) | (_, ConfigValue::Section(_)) => {}
                (known, newer) => known.clone_from(newer),
            }
        }
    }

    /// Without a section.
    pub(crate) fn without(mut self, key: &str) -> Self {
        self.nodes.retain(|node| node.key != key);
        self
    }
}

fn parse(text: &str) -> Result<ConfigTree, (Error, usize)> {
    let nodes = parse_config(text).map_err(|error| {
        let offset = error.offset().and_then(|offset| usize::try_from(offset).ok()).unwrap_or(0);
        // The cause names what is wrong; the error around it has the whole text in it.
        let cause = std::error::Error::source(&error).map(ToString::to_string).unwrap_or_default();
        let cause = cause.rsplit_once(" at byte ").map_or(cause.as_str(), |(cause, _)| cause).to_owned();
        let place = at(text.as_bytes(), offset, &Error::invalid(cause));
        let offset_of_error = u64::try_from(offset).unwrap_or(u64::MAX);
        (Error::invalid(place).with_offset(offset_of_error), offset)
    })?;
    let mut duplicates = Vec::new();
    let nodes = united(nodes, &mut duplicates);
    Ok(ConfigTree { nodes, duplicates })
}

fn at(text: &[u8], offset: usize, error: &Error) -> String {
    let message = error.message();
    if message.starts_with("Parse error") {
        return message.to_owned();
    }
    let before = text.get(..offset).unwrap_or(text);
    let line = before.iter().filter(|byte| **byte == b'\n').count().saturating_add(1);
    format!("Parse error at byte {} (line {line}): {message}", offset.saturating_add(1))
}

fn find<'n>(nodes: &'n [ConfigNode], key: &str) -> Option<&'n ConfigNode> {
    nodes.iter().find(|node| node.key == key)
}

fn find_mut<'n>(nodes: &'n mut [ConfigNode], key: &str) -> Option<&'n mut ConfigNode> {
    nodes.iter_mut().find(|node| node.key == key)
}

fn insert(nodes: &mut Vec<ConfigNode>, node: ConfigNode) {
    let at = nodes.len().min(1);
    nodes.insert(at, node);
}

fn merge_section(known: &mut Vec<ConfigNode>, newer: &[ConfigNode]) {
    for node in newer.iter().filter(|node| !matches!(node.value, ConfigValue::Section(_))) {
        match find_mut(known, &node.key) {
            Some(known) => known.value.clone_from(&node.value),
            None => insert(known, node.clone()),
        }
    }
}

/// One node for each key.
fn united(nodes: Vec<ConfigNode>, duplicates: &mut Vec<String>) -> Vec<ConfigNode> {
    let mut united: Vec<ConfigNode> = Vec::with_capacity(nodes.len());
    for node in nodes {
        let key = node.key;
        match (find_mut(&mut united, &key).map(|known| &mut known.value), node.value) {
            (Some(ConfigValue::Section(known)), ConfigValue::Section(more)) => known.extend(more),
            (Some(known), value) => {
                duplicates.push(key);
                *known = value;
            }
            (None, value) => united.push(ConfigNode { key, value }),
        }
    }
    for node in &mut united {
        match &mut node.value {
            ConfigValue::Section(children) => *children = self::united(std::mem::take(children), duplicates),
            ConfigValue::Array(values) if values.len() == 1 => {
                if let Some(value) = values.pop() {
                    node.value = value;
                }
            }
            _ => {}
        }
    }
    united
}
