//! Sections of a parsed text while they are being read.

use hashbrown::HashSet;
use std_alloc::{borrow::ToOwned, vec::Vec};

use super::tree::{Node, Tree, Value, wide};
use crate::metadata::{ConfigNode, ConfigValue};

/// A section while it is being read: keys are taken out of it, and what is left was unknown.
///
/// When a key stands there twice the first counts, as in lvm2; the second is left over.
#[derive(Clone, Debug)]
pub(crate) struct Section<'t, 'a> {
    tree: &'t Tree<'a>,
    /// The first child.
    first: usize,
    /// The first child that was not taken when looked at last.
    next: usize,
    end: usize,
    key: &'a str,
    offset: usize,
}

/// A key with its value, or a section.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Entry<'t, 'a> {
    tree: &'t Tree<'a>,
    index: usize,
    node: &'t Node,
}

impl<'t, 'a> Section<'t, 'a> {
    /// The nodes of a range.
    pub(super) fn of_nodes(tree: &'t Tree<'a>, first: usize, end: usize) -> Self {
        Self { tree, first, next: first, end, key: "", offset: 0 }
    }

    /// The section's own key.
    pub(crate) fn key(&self) -> &'a str {
        self.key
    }

    /// Where the section begins in the text.
    pub(crate) fn offset(&self) -> usize {
        self.offset
    }

    /// Children that nobody took yet, in order.
    pub(crate) fn entries(&self) -> impl Iterator<Item = Entry<'t, 'a>> + use<'t, 'a> {
        self.children().filter(|entry| !entry.node.taken.get())
    }

    /// Children from the first that was not taken on.
    fn children(&self) -> impl Iterator<Item = Entry<'t, 'a>> + use<'t, 'a> {
        let (tree, mut at, end) = (self.tree, self.next, self.end);
        core::iter::from_fn(move || {
            if at >= end {
                return None;
            }
            let index = at;
            let node = tree.nodes.get(index)?;
            at = wide(node.end).max(at.saturating_add(1));
            Some(Entry { tree, index, node })
        })
    }

    /// Takes the first entry of that key.
    pub(crate) fn take(&mut self, key: &str) -> Option<Entry<'t, 'a>> {
        let entry =
            self.entries().find(|entry| wide(entry.node.key_length) == key.len() && entry.key() == key)?;
        entry.node.taken.set(true);
        if entry.index == self.next {
            self.next = entry.next_index();
        }
        Some(entry)
    }

    /// Everything that nobody knew, as owned nodes. What stands there again under a key that was
    /// taken is not among them: it counts for nothing, and written back it could come first.
    pub(crate) fn rest(&self) -> Vec<ConfigNode> {
        if self.entries().next().is_none() {
            return Vec::new();
        }
        let all = Section { next: self.first, ..self.clone() };
        let taken = all.children().filter(|entry| entry.node.taken.get()).map(|entry| entry.key());
        let taken = taken.collect::<HashSet<_>>();
        self.entries().filter(|entry| !taken.contains(entry.key())).map(|entry| entry.to_config()).collect()
    }
}

impl<'t, 'a> Entry<'t, 'a> {
    /// The position of its node.
    pub(super) fn index(&self) -> usize {
        self.index
    }

    fn next_index(&self) -> usize {
        wide(self.node.end).max(self.index.saturating_add(1))
    }

    pub(crate) fn key(&self) -> &'a str {
        self.tree.key(self.node)
    }

    pub(crate) fn offset(&self) -> usize {
        wide(self.node.key_start)
    }

    /// Marks it as known.
    pub(crate) fn mark_taken(&self) {
        self.node.taken.set(true);
    }

    pub(crate) fn is_section(&self) -> bool {
        self.node.is_section
    }

    /// How many sections it stands for that were read already; 0 for one that was not.
    pub(super) fn read_count(&self) -> usize {
        self.tree.read_count(self.node)
    }

    /// As a section, if it is one.
    pub(crate) fn section(&self) -> Option<Section<'t, 'a>> {
        self.is_section().then(|| Section {
            key: self.key(),
            offset: self.offset(),
            ..Section::of_nodes(self.tree, self.index.saturating_add(1), self.next_index())
        })
    }

    /// The elements; a single value is a list of one, as lvm2 reads it.
    pub(crate) fn values(&self) -> &'t [Value<'a>] {
        self.tree.values(self.node)
    }

    fn to_config(self) -> ConfigNode {
        let value = match (self.section(), self.values()) {
            (Some(section), _) => ConfigValue::Section(section.rest()),
            (None, [value]) if !self.node.is_array => value.to_config(),
            (None, values) => ConfigValue::Array(values.iter().map(|value| value.to_config()).collect()),
        };
        ConfigNode { key: self.key().to_owned(), value }
    }
}
