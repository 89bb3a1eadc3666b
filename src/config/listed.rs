//! A listing of settings as a tree, and as text.

use std::fmt::Write;
use std::path::Path;

use lvm_core::metadata::{ConfigNode, ConfigValue};

use super::listing::{Listed, Listing, ListingKind};
use super::setting::{Default as Kind, Setting};
use super::settings::setting;

/// One line or section of a listing.
#[derive(Clone, Debug)]
pub(super) struct Item {
    pub(super) setting: Option<&'static Setting>,
    pub(super) key: String,
    pub(super) content: Content,
    /// True when somebody set it.
    pub(super) is_set: bool,
}

#[derive(Clone, Debug)]
pub(super) enum Content {
    Section {
        items: Vec<Item>,
        /// Whether its name and braces are printed.
        is_shown: bool,
    },
    Value(ConfigValue),
    /// It is known, and there is nothing to print.
    Nothing,
}

impl Item {
    pub(super) fn is_shown(&self) -> bool {
        match &self.content {
            Content::Section { is_shown, .. } => *is_shown,
            Content::Value(_) => true,
            Content::Nothing => false,
        }
    }
}

/// What somebody set, as lvm2 shows it: not the settings of a section that it does not know, and of a
/// section it does not know only what is in it.
pub(super) fn items_of(nodes: &[ConfigNode], parent: &str, is_known: bool) -> Vec<Item> {
    let section = setting(parent).filter(|setting| setting.is_section());
    let is_unchecked = section.is_some_and(Setting::is_unchecked);
    let items = nodes.iter().map(|node| {
        let path = if parent.is_empty() { node.key.clone() } else { format!("{parent}/{}", node.key) };
        let is_section = matches!(node.value, ConfigValue::Section(_));
        let known = setting(&path).filter(|known| is_known && (is_section || !known.is_variable()));
        let content = match &node.value {
            ConfigValue::Section(children) => Content::Section {
                items: items_of(children, &path, known.is_some()),
                is_shown: known.is_some() || !is_known || is_unchecked,
            },
            _ if known.is_none() && section.is_some() => Content::Nothing,
            value => Content::Value(value.clone()),
        };
        Item { setting: known, key: node.key.clone(), content, is_set: true }
    });
    items.collect()
}

/// Puts a setting with its default where it belongs, behind what is there.
pub(super) fn place(items: &mut Vec<Item>, setting: &'static Setting, dir: &Path) {
    let content = match setting.default_value(dir) {
        None => Content::Nothing,
        Some(ConfigValue::Section(_)) => Content::Section { items: Vec::new(), is_shown: true },
        Some(value) => Content::Value(value),
    };
    let item = Item { setting: Some(setting), key: key(setting), content, is_set: false };
    let Some(section) = setting.section() else { return items.push(item) };
    let mut level = items;
    for (at, _) in section.match_indices('/').chain([(section.len(), "")]) {
        let Some(known) = section.get(..at).and_then(super::settings::setting) else { return };
        let name = key(known);
        let found = level.iter().position(|item| item.key == name).unwrap_or_else(|| {
            let content = Content::Section { items: Vec::new(), is_shown: true };
            level.push(Item { setting: Some(known), key: name, content, is_set: false });
            level.len().saturating_sub(1)
        });
        let Some(Item { content: Content::Section { items, .. }, .. }) = level.get_mut(found) else { return };
        level = items;
    }
    level.push(item);
}

/// What stands for a chosen name is shown without its brackets.
fn key(setting: &Setting) -> String {
    setting.key().trim_matches(['<', '>']).to_owned()
}

/// Puts what was set on top, in the order in which a
/// [`ConfigTree`](super::tree::ConfigTree) does.
pub(super) fn merge(items: &mut Vec<Item>, newer: Vec<Item>) {
    for item in newer {
        let Some(known) = items.iter_mut().find(|known| known.key == item.key) else {
            let at = items.len().min(1);
            items.insert(at, item);
            continue;
        };
        known.is_set = true;
        match (&mut known.content, item.content) {
            (Content::Section { items, .. }, Content::Section { items: newer, .. }) => {
                let values =
                    newer.into_iter().filter(|item| !matches!(item.content, Content::Section { .. }));
                merge(items, values.collect());
            }
            (Content::Section { .. }, _) | (_, Content::Section { .. }) => {}
            (known, newer) => *known = newer,
        }
    }
}

impl Listed<'_> {
    /// All of it.
    #[must_use]
    pub fn print(&self) -> String {
        let mut text = String::new();
        for item in &self.items {
            self.item(&mut text, item, 0);
        }
        text
    }

    /// One setting or section; `None` when it is not in it.
    #[must_use]
    pub fn print_of(&self, path: &str) -> Option<String> {
        let mut parts = path.trim_start_matches('/').split('/');
        let find = |items: &'_ [Item], part: &str| items.iter().position(|item| item.key == part);
        let mut items = self.items.as_slice();
        let mut item = items.get(find(items, parts.next()?)?)?;
        for part in parts {
            let Content::Section { items: children, .. } = &item.content else { return None };
            items = children;
            item = items.get(find(items, part)?)?;
        }
        let mut text = String::new();
        self.item(&mut text, item, 0);
        Some(text)
    }

    fn item(&self, text: &mut String, item: &Item, level: usize) {
        if self.listing.kind == ListingKind::List {
            return self.name(text, item);
        }
        let mark = match item.setting {
            Some(setting) if !self.shows_values() && setting.is_commented() => "# ",
            _ => "",
        };
        let indent = "\t".repeat(level);
        match &item.content {
            Content::Nothing if item.is_set => {}
            Content::Nothing => self.comment(text, item, &indent),
            Content::Value(value) => {
                self.comment(text, item, &indent);
                let value = self.value(item, value);
                let _ = match (self.listing.values_only, self.listing.spaces && !item.is_set) {
                    (true, _) => writeln!(text, "{indent}{mark}{value}"),
                    (false, true) => writeln!(text, "{indent}{mark}{} = {value}", item.key),
                    (false, false) => writeln!(text, "{indent}{mark}{}={value}", item.key),
                };
            }
            Content::Section { items, is_shown } => {
                let (is_shown, inner) = match self.listing.values_only {
                    true => (false, level),
                    false => (*is_shown, level.saturating_add(1)),
                };
                if is_shown {
                    self.comment(text, item, &indent);
                    let _ = writeln!(text, "{indent}{mark}{} {{", item.key);
                }
                for item in items {
                    self.item(text, item, inner);
                }
                if is_shown {
                    let _ = writeln!(text, "{indent}{mark}}}");
                }
            }
        }
    }

    /// True when what stands there is what counts.
    fn shows_values(&self) -> bool {
        matches!(self.listing.kind, ListingKind::Current | ListingKind::Diff | ListingKind::Full)
    }

    fn name(&self, text: &mut String, item: &Item) {
        if let Content::Section { items, .. } = &item.content {
            return items.iter().for_each(|item| self.name(text, item));
        }
        let Some(setting) = item.setting else { return };
        let Listing { summary, versions, .. } = *self.listing;
        text.push_str(setting.path());
        if summary || versions {
            text.push_str(" - ");
        }
        if summary {
            let _ = write!(text, "{} ", setting.summary());
        }
        if versions {
            let _ = write!(text, "[{}]", setting.since());
        }
        text.push('\n');
    }

    fn comment(&self, text: &mut String, item: &Item, indent: &str) {
        let Some(setting) = item.setting else { return };
        let listing = self.listing;
        if listing.summary || listing.comments {
            text.push('\n');
        }
        let mut line = |line: &str| {
            let _ = writeln!(text, "{indent}# {line}");
        };
        if listing.summary || listing.comments {
            line(setting.path());
            line(setting.summary());
            let marks = [
                (setting.is_advanced(), "Few people need it."),
                (setting.deprecated_since().is_some(), "It should not be used any more."),
                (setting.is_unsupported(), "It is not supported."),
                (setting.is_undefined(), "It has no default."),
            ];
            marks.iter().filter(|(is_true, _)| *is_true).for_each(|(_, words)| line(words));
        }
        if listing.versions {
            line(&format!("Available since version {}.", setting.since()));
            if let Some(version) = setting.deprecated_since().filter(|version| *version <= listing.at) {
                line(&format!("Deprecated since version {version}."));
            }
        }
    }

    fn value(&self, item: &Item, value: &ConfigValue) -> String {
        // What was set is shown in one way only.
        let Some(setting) = item.setting.filter(|_| !item.is_set) else { return shown(value, false) };
        let unconfigured = if self.listing.unconfigured { unconfigured(setting) } else { None };
        match (unconfigured, value) {
            (Some(text), _) => text,
            (None, ConfigValue::Int(number)) if setting.is_octal() => format!("0{number:o}"),
            (None, value) => shown(value, self.listing.spaces),
        }
    }
}

/// What stands for a default that depends on the system.
fn unconfigured(setting: &Setting) -> Option<String> {
    let text = setting.unconfigured_default()?;
    match setting.kind() {
        Kind::Flag(_) | Kind::Integer(_) => Some(text.to_owned()),
        _ => Some(format!("\"{text}\"")),
    }
}

fn shown(value: &ConfigValue, spaces: bool) -> String {
    match value {
        ConfigValue::Section(_) => String::new(),
        ConfigValue::Int(number) => number.to_string(),
        // lvm2 prints them with six digits.
        ConfigValue::Float(text) => {
            text.parse::<f64>().map_or_else(|_| text.clone(), |number| format!("{number:.6}"))
        }
        ConfigValue::String(text) => {
            let mut quoted = String::from("\"");
            for c in text.chars() {
                if matches!(c, '"' | '\\') {
                    quoted.push('\\');
                }
                quoted.push(c);
            }
            quoted.push('"');
            quoted
        }
        ConfigValue::Array(values) => {
            let values = values.iter().map(|value| shown(value, spaces)).collect::<Vec<_>>();
            match (spaces, values.is_empty()) {
                (true, true) => "[ ]".to_owned(),
                (true, false) => format!("[ {} ]", values.join(", ")),
                (false, _) => format!("[{}]", values.join(",")),
            }
        }
    }
}
