//! What is known of one setting of lvm.conf(5).

use std::fmt;
use std::path::Path;
use std::str::FromStr;

use lvm_core::Error;
use lvm_core::metadata::{ConfigNode, ConfigValue};

/// A version of lvm2, as its settings count them: 2.02.99 is 2.2.99.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct Version {
    /// The first number.
    pub major: u16,
    /// The second.
    pub minor: u16,
    /// The third.
    pub patch: u16,
}

impl Version {
    /// The version of lvm2 whose settings these are.
    pub const CURRENT: Self = v(2, 3, 16);
}

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}.{}", self.major, self.minor, self.patch)
    }
}

impl FromStr for Version {
    type Err = Error;

    /// Three numbers with points between; what stands behind them does not count.
    fn from_str(text: &str) -> Result<Self, Error> {
        let wrong = || Error::invalid("Incorrect version format.");
        let mut numbers = text.trim_start().splitn(3, '.');
        let mut number = || {
            let part = numbers.next()?;
            let end = part.find(|c: char| !c.is_ascii_digit()).unwrap_or(part.len());
            part.get(..end)?.parse().ok()
        };
        let (major, minor) = (number().ok_or_else(wrong)?, number().ok_or_else(wrong)?);
        Ok(Self { major, minor, patch: number().ok_or_else(wrong)? })
    }
}

pub(super) const fn v(major: u16, minor: u16, patch: u16) -> Version {
    Version { major, minor, patch }
}

/// What a setting is when nobody sets it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Default {
    Section,
    Flag(bool),
    Integer(i64),
    Text(&'static str),
    /// A path below the system directory.
    BelowSystemDir(&'static str),
    Texts(&'static [&'static str]),
    /// The same, but numbers are taken too.
    TextsAndIntegers,
}

/// Who may set a setting besides the files of the host.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Profilable {
    /// Nobody.
    No,
    /// Profiles of commands.
    Command,
    /// Profiles of groups and volumes.
    Metadata,
}

/// What else is true of a setting.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
struct Marks {
    may_be_empty: bool,
    is_undefined: bool,
    is_commented: bool,
    is_octal: bool,
    is_advanced: bool,
    is_unsupported: bool,
    is_unchecked: bool,
}

/// A setting or a section of settings, with the facts of lvm2 2.03.16.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Setting {
    path: &'static str,
    default: Default,
    since: Version,
    deprecated: Option<Version>,
    profilable: Profilable,
    marks: Marks,
    unconfigured: Option<&'static str>,
    summary: &'static str,
}

const fn new(path: &'static str, default: Default, since: Version, summary: &'static str) -> Setting {
    let is_commented = !matches!(default, Default::Section);
    let marks = Marks {
        may_be_empty: false,
        is_undefined: false,
        is_commented,
        is_octal: false,
        is_advanced: false,
        is_unsupported: false,
        is_unchecked: false,
    };
    let (deprecated, unconfigured) = (None, None);
    Setting { path, default, since, deprecated, profilable: Profilable::No, marks, unconfigured, summary }
}

pub(super) const fn section(path: &'static str, since: Version, summary: &'static str) -> Setting {
    new(path, Default::Section, since, summary)
}

pub(super) const fn flag(path: &'static str, set: bool, since: Version, summary: &'static str) -> Setting {
    new(path, Default::Flag(set), since, summary)
}

pub(super) const fn integer(
    path: &'static str,
    number: i64,
    since: Version,
    summary: &'static str,
) -> Setting {
    new(path, Default::Integer(number), since, summary)
}

pub(super) const fn text(
    path: &'static str,
    text: &'static str,
    since: Version,
    summary: &'static str,
) -> Setting {
    new(path, Default::Text(text), since, summary)
}

pub(super) const fn below_system_dir(
    path: &'static str,
    name: &'static str,
    since: Version,
    summary: &'static str,
) -> Setting {
    new(path, Default::BelowSystemDir(name), since, summary)
}

pub(super) const fn texts(
    path: &'static str,
    texts: &'static [&'static str],
    since: Version,
    summary: &'static str,
) -> Setting {
    new(path, Default::Texts(texts), since, summary)
}

pub(super) const fn texts_and_integers(path: &'static str, since: Version, summary: &'static str) -> Setting {
    new(path, Default::TextsAndIntegers, since, summary)
}

impl Setting {
    pub(super) const fn may_be_empty(self) -> Self {
        Self { marks: Marks { may_be_empty: true, ..self.marks }, ..self }
    }

    /// It has no default.
    pub(super) const fn undefined(self) -> Self {
        Self { marks: Marks { is_undefined: true, ..self.marks }, ..self }
    }

    /// A section that stands in a comment when it shows defaults.
    pub(super) const fn commented(self) -> Self {
        Self { marks: Marks { is_commented: true, ..self.marks }, ..self }
    }

    /// Its default stands in no comment.
    pub(super) const fn uncommented(self) -> Self {
        Self { marks: Marks { is_commented: false, ..self.marks }, ..self }
    }

    pub(super) const fn octal(self) -> Self {
        Self { marks: Marks { is_octal: true, ..self.marks }, ..self }
    }

    pub(super) const fn advanced(self) -> Self {
        Self { marks: Marks { is_advanced: true, ..self.marks }, ..self }
    }

    pub(super) const fn unsupported(self) -> Self {
        Self { marks: Marks { is_unsupported: true, ..self.marks }, ..self }
    }

    /// A section whose sections may have any name and content.
    pub(super) const fn unchecked(self) -> Self {
        Self { marks: Marks { is_unchecked: true, ..self.marks }, ..self }
    }

    pub(super) const fn deprecated(self, version: Version) -> Self {
        Self { deprecated: Some(version), ..self }
    }

    pub(super) const fn command_profile(self) -> Self {
        Self { profilable: Profilable::Command, ..self }
    }

    pub(super) const fn metadata_profile(self) -> Self {
        Self { profilable: Profilable::Metadata, ..self }
    }

    /// What stands for the default before lvm2 is configured for a system.
    pub(super) const fn unconfigured(self, text: &'static str) -> Self {
        Self { unconfigured: Some(text), ..self }
    }

    /// Section and key: `devices/dir`. A part in `<>` stands for any name.
    #[must_use]
    pub fn path(&self) -> &'static str {
        self.path
    }

    /// The last part of the path.
    #[must_use]
    pub fn key(&self) -> &'static str {
        self.path.rsplit_once('/').map_or(self.path, |(_, key)| key)
    }

    /// The section it is in; `None` for a section of its own.
    #[must_use]
    pub fn section(&self) -> Option<&'static str> {
        self.path.rsplit_once('/').map(|(section, _)| section)
    }

    /// What it means, in one line.
    #[must_use]
    pub fn summary(&self) -> &'static str {
        self.summary
    }

    /// The first version of lvm2 that has it.
    #[must_use]
    pub fn since(&self) -> Version {
        self.since
    }

    /// The version of lvm2 from which on it should not be used.
    #[must_use]
    pub fn deprecated_since(&self) -> Option<Version> {
        self.deprecated
    }

    /// Which profiles may set it.
    #[must_use]
    pub fn profilable(&self) -> Profilable {
        self.profilable
    }

    /// True for a section.
    #[must_use]
    pub fn is_section(&self) -> bool {
        self.default == Default::Section
    }

    /// True when few people need it.
    #[must_use]
    pub fn is_advanced(&self) -> bool {
        self.marks.is_advanced
    }

    /// True when lvm2 does not promise that it works.
    #[must_use]
    pub fn is_unsupported(&self) -> bool {
        self.marks.is_unsupported
    }

    /// True when it has no default: without a word it is as if it were not there.
    #[must_use]
    pub fn is_undefined(&self) -> bool {
        self.marks.is_undefined
    }

    /// True when its last part stands for any name.
    #[must_use]
    pub fn is_variable(&self) -> bool {
        self.key().starts_with('<')
    }

    pub(super) fn is_commented(&self) -> bool {
        self.marks.is_commented
    }

    pub(super) fn is_octal(&self) -> bool {
        self.marks.is_octal
    }

    pub(super) fn is_unchecked(&self) -> bool {
        self.marks.is_unchecked
    }

    pub(super) fn may_have_no_value(&self) -> bool {
        self.marks.may_be_empty
    }

    pub(super) fn kind(&self) -> Default {
        self.default
    }

    pub(super) fn unconfigured_default(&self) -> Option<&'static str> {
        self.unconfigured
    }

    /// The value it has when nobody sets it; `None` without one. `system_dir` is where lvm.conf is.
    #[must_use]
    pub fn default_value(&self, system_dir: &Path) -> Option<ConfigValue> {
        if self.marks.is_undefined {
            return None;
        }
        let string = |text: &str| ConfigValue::String(text.to_owned());
        Some(match self.default {
            Default::Section => ConfigValue::Section(Vec::<ConfigNode>::new()),
            Default::Flag(set) => ConfigValue::Int(i64::from(set)),
            Default::Integer(number) => ConfigValue::Int(number),
            Default::Text(text) => string(text),
            // Not `join`: without a directory lvm2 puts a slash in front all the same.
            Default::BelowSystemDir(name) => string(&format!("{}/{name}", system_dir.display())),
            Default::Texts(texts) => ConfigValue::Array(texts.iter().copied().map(string).collect()),
            Default::TextsAndIntegers => ConfigValue::Array(Vec::new()),
        })
    }
}
