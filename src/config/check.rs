//! Whether settings are ones that exist, and have values that they can have.

use std::fmt;

use lvm_core::metadata::{ConfigNode, ConfigValue};

use super::setting::{Default as Kind, Profilable, Setting};
use super::settings::setting;
use super::tree::ConfigTree;
use super::value::word_flag;

/// A mistake in settings; as text, in LVM2's words.
#[derive(Clone, PartialEq, Eq, Debug)]
#[non_exhaustive]
pub enum ConfigProblem {
    /// A value outside of any section.
    NotInSection(String),
    /// A section that there is not.
    UnknownSection(String),
    /// A setting that there is not.
    UnknownSetting(String),
    /// A value of the wrong type.
    WrongType {
        /// The setting.
        path: String,
        /// The type it has.
        found: &'static str,
        /// The type it must have.
        expected: &'static str,
    },
    /// A word that is neither yes nor no.
    NotAFlag {
        /// The setting.
        path: String,
        /// The word.
        text: String,
    },
    /// An empty text where there must be one.
    EmptyText(String),
    /// An empty list where there must be something.
    EmptyList(String),
    /// A setting in a profile that no profile may have.
    NotInProfile(String),
    /// A setting in a profile of the other kind.
    OtherProfile {
        /// The setting.
        path: String,
        /// Which profiles may have it.
        allowed: ProfileKind,
    },
}

/// What a profile is for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum ProfileKind {
    /// The output of a command.
    Command,
    /// Groups and volumes.
    Metadata,
}

impl ProfileKind {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Command => "command",
            Self::Metadata => "metadata",
        }
    }

    fn other(self) -> Self {
        match self {
            Self::Command => Self::Metadata,
            Self::Metadata => Self::Command,
        }
    }
}

impl fmt::Display for ConfigProblem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = "Configuration setting";
        match self {
            Self::NotInSection(path) => write!(f, "{name} \"{path}\" invalid. It's not part of any section."),
            Self::UnknownSection(path) => write!(f, "Configuration section \"{path}\" unknown."),
            Self::UnknownSetting(path) => write!(f, "{name} \"{path}\" unknown."),
            Self::WrongType { path, found, expected } => {
                write!(
                    f,
                    "WARNING: {name} \"{path}\" has invalid type. Found {found} but expected {expected}."
                )
            }
            Self::NotAFlag { path, text } => write!(
                f,
                "{name} \"{path}\" invalid. Found string value \"{text}\", expected boolean value: 0/1, \
                 \"y/n\", \"yes/no\", \"on/off\", \"true/false\"."
            ),
            Self::EmptyText(path) => {
                write!(f, "{name} \"{path}\" invalid. It cannot be set to an empty value.")
            }
            Self::EmptyList(path) => write!(f, "{name} \"{path}\" invalid. Empty value not allowed."),
            Self::NotInProfile(path) => {
                write!(f, "Configuration option \"{path}\" is not customizable by a profile.")
            }
            Self::OtherProfile { path, allowed } => write!(
                f,
                "Configuration option \"{path}\" is customizable by {} profile only, not {} profile.",
                allowed.name(),
                allowed.other().name()
            ),
        }
    }
}

/// The mistakes in settings, in their order.
#[must_use]
pub fn check(tree: &ConfigTree) -> Vec<ConfigProblem> {
    let mut checker = Checker { profile: None, problems: Vec::new() };
    checker.nodes(tree.nodes(), "", None);
    checker.problems
}

/// The same for what stands in a profile.
pub(super) fn check_profile(tree: &ConfigTree, kind: ProfileKind) -> Vec<ConfigProblem> {
    let mut checker = Checker { profile: Some(kind), problems: Vec::new() };
    checker.nodes(tree.nodes(), "", None);
    checker.problems
}

/// What is wrong with the value of a setting.
pub(super) fn check_value(setting: &Setting, path: &str, value: &ConfigValue) -> Option<ConfigProblem> {
    let wrong =
        |found| Some(ConfigProblem::WrongType { path: path.to_owned(), found, expected: expected(setting) });
    let empty = |text: &String| text.is_empty() && !setting.may_have_no_value();
    let values = match value {
        ConfigValue::Array(values) => values.as_slice(),
        value => std::slice::from_ref(value),
    };
    match (setting.kind(), value) {
        (Kind::Section, _) => wrong(type_of(value)),
        (Kind::Flag(_) | Kind::Integer(_), ConfigValue::Int(_)) => None,
        (Kind::Flag(_), ConfigValue::String(text)) if word_flag(text).is_none() => {
            Some(ConfigProblem::NotAFlag { path: path.to_owned(), text: text.clone() })
        }
        (Kind::Flag(_), ConfigValue::String(_)) => None,
        (Kind::Text(_) | Kind::BelowSystemDir(_), ConfigValue::String(text)) => {
            empty(text).then(|| ConfigProblem::EmptyText(path.to_owned()))
        }
        (Kind::Texts(_) | Kind::TextsAndIntegers, _) => {
            if values.is_empty() && !setting.may_have_no_value() {
                return Some(ConfigProblem::EmptyList(path.to_owned()));
            }
            values.iter().find_map(|value| match value {
                ConfigValue::String(text) => empty(text).then(|| ConfigProblem::EmptyText(path.to_owned())),
                ConfigValue::Int(_) if setting.kind() == Kind::TextsAndIntegers => None,
                value => wrong(type_of(value)),
            })
        }
        _ => wrong(type_of(value)),
    }
}

fn expected(setting: &Setting) -> &'static str {
    match setting.kind() {
        Kind::Section => "section",
        Kind::Flag(_) => "boolean",
        Kind::Integer(_) => "integer",
        Kind::Text(_) | Kind::BelowSystemDir(_) => "string",
        Kind::Texts(_) => "array with values of type: string",
        Kind::TextsAndIntegers => "array with values of type: integer string",
    }
}

fn type_of(value: &ConfigValue) -> &'static str {
    match value {
        ConfigValue::Section(_) => "section",
        ConfigValue::Int(_) => "integer",
        ConfigValue::Float(_) => "float",
        ConfigValue::String(_) => "string",
        ConfigValue::Array(_) => "array",
    }
}

struct Checker {
    profile: Option<ProfileKind>,
    problems: Vec<ConfigProblem>,
}

impl Checker {
    fn nodes(&mut self, nodes: &[ConfigNode], parent: &str, section: Option<&'static Setting>) {
        for node in nodes {
            let path = match section {
                None => node.key.clone(),
                Some(_) => format!("{parent}/{}", node.key),
            };
            self.node(node, &path, section);
        }
    }

    fn node(&mut self, node: &ConfigNode, path: &str, section: Option<&'static Setting>) {
        let known = setting(path);
        // Messages of lvm2 name section and key, however deep something lies.
        let shown = path.split('/').take(2).collect::<Vec<_>>().join("/");
        match (&node.value, known) {
            (ConfigValue::Section(_), None) if section.is_some_and(Setting::is_unchecked) => {}
            (ConfigValue::Section(_), None) => self.problems.push(ConfigProblem::UnknownSection(shown)),
            (ConfigValue::Section(children), Some(known)) if known.is_section() => {
                self.nodes(children, path, Some(known));
            }
            (_, _) if section.is_none() => self.problems.push(ConfigProblem::NotInSection(shown)),
            (_, None) => self.problems.push(ConfigProblem::UnknownSetting(shown)),
            (_, Some(known)) if known.is_variable() => {
                self.problems.push(ConfigProblem::UnknownSetting(shown));
            }
            (value, Some(known)) => match check_value(known, &shown, value) {
                Some(problem) => self.problems.push(problem),
                None => self.check_profile(known, shown),
            },
        }
    }

    fn check_profile(&mut self, known: &Setting, path: String) {
        let Some(profile) = self.profile else { return };
        match (known.profilable(), profile) {
            (Profilable::No, _) => self.problems.push(ConfigProblem::NotInProfile(path)),
            (Profilable::Command, ProfileKind::Metadata) => {
                self.problems.push(ConfigProblem::OtherProfile { path, allowed: ProfileKind::Command });
            }
            (Profilable::Metadata, ProfileKind::Command) => {
                self.problems.push(ConfigProblem::OtherProfile { path, allowed: ProfileKind::Metadata });
            }
            _ => {}
        }
    }
}
