//! The table of fields: one entry drives id, heading, type, width, help and value.

mod family;
mod kernel;
mod lv;
mod pv;
mod report;
mod seg;
mod vdo;
mod vg;

use std::fmt;

use serde::{Serialize, Serializer};

pub(super) use report::SELECTED;

use super::row::Row;
use super::value::Value;

/// What kind of values a field has.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum FieldKind {
    /// Text.
    Text,
    /// A list of texts.
    List,
    /// A size.
    Size,
    /// A number.
    Number,
    /// A number, -1 meaning "none".
    Signed,
    /// A percentage.
    Percent,
    /// Yes, no or unknown.
    Flag,
    /// A point in time.
    Time,
}

impl FieldKind {
    /// True for kinds whose values are set flush right.
    #[must_use]
    pub const fn is_right_aligned(self) -> bool {
        matches!(self, Self::Size | Self::Number | Self::Signed | Self::Flag)
    }

    /// What lvm2 calls it in the help of selections. It knows one kind of numbers, flags included.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Text => "string",
            Self::List => "string list",
            Self::Size => "size",
            Self::Number | Self::Signed | Self::Flag => "number",
            Self::Percent => "percent",
            Self::Time => "time",
        }
    }
}

/// Words that selections take for values of a field, besides its values themselves.
#[derive(Clone, Copy, Debug)]
pub(super) enum Words {
    /// None of its own. Numbers that are not known are `undefined`.
    Own,
    /// Not even that.
    Never,
    /// These and `yes` for a flag that is set, `no` for one that is not.
    Yes(&'static [&'static str]),
    /// A word in the place of a number.
    Number(&'static str),
    /// `undefined` for a text that is blank.
    Blank,
    /// Synonyms of `writeable` and `read-only`.
    Permissions,
}

impl Words {
    /// The text that a word stands for.
    pub(super) fn text(self, word: &str) -> &str {
        match (self, word) {
            (Self::Blank, "undefined") => "",
            (Self::Permissions, "rw" | "read-write") => "writeable",
            (Self::Permissions, "r" | "ro") => "read-only",
            _ => word,
        }
    }

    /// The words, for the help.
    pub(super) fn list(self) -> Vec<&'static str> {
        match self {
            Self::Own | Self::Never => Vec::new(),
            Self::Yes(words) => words.iter().copied().chain(["yes", "no"]).collect(),
            Self::Number(word) => vec![word],
            Self::Blank => vec!["undefined"],
            Self::Permissions => vec!["writeable", "rw", "read-write", "read-only", "r", "ro"],
        }
    }
}

/// What a field is about; decides what a row of the report stands for.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum FieldGroup {
    /// A logical volume.
    Lv,
    /// The kernel device of a logical volume. Without a kernel these are unknown.
    LvInfo,
    /// The kernel's counters for a logical volume. Without a kernel these are unknown.
    LvStatus,
    /// The label of a physical volume.
    PvLabel,
    /// A physical volume.
    Pv,
    /// A volume group.
    Vg,
    /// A segment of a logical volume.
    Seg,
    /// A run of extents of a physical volume.
    PvSeg,
    /// The row itself.
    Report,
}

impl FieldGroup {
    pub(super) const ALL: [Self; 9] = [
        Self::Lv,
        Self::LvInfo,
        Self::LvStatus,
        Self::PvLabel,
        Self::Pv,
        Self::Vg,
        Self::Seg,
        Self::PvSeg,
        Self::Report,
    ];

    /// What field names of this group begin with, as in `lv_all`.
    #[must_use]
    pub const fn prefix(self) -> &'static str {
        match self {
            Self::Lv | Self::LvInfo | Self::LvStatus => "lv_",
            Self::PvLabel | Self::Pv => "pv_",
            Self::Vg => "vg_",
            Self::Seg => "seg_",
            Self::PvSeg => "pvseg_",
            Self::Report => "",
        }
    }

    /// The title in the list of fields.
    #[must_use]
    pub const fn title(self) -> &'static str {
        match self {
            Self::Lv => "Logical volumes",
            Self::LvInfo => "Logical volumes: device in the kernel",
            Self::LvStatus => "Logical volumes: status in the kernel",
            Self::PvLabel => "Physical volumes: label",
            Self::Pv => "Physical volumes",
            Self::Vg => "Volume groups",
            Self::Seg => "Segments of logical volumes",
            Self::PvSeg => "Segments of physical volumes",
            Self::Report => "Any report",
        }
    }

    /// Its fields, in the order `X_all` shows them.
    #[must_use]
    pub const fn fields(self) -> &'static [Field] {
        match self {
            Self::Lv => lv::FIELDS,
            Self::LvInfo => kernel::INFO_FIELDS,
            Self::LvStatus => kernel::STATUS_FIELDS,
            Self::PvLabel => pv::LABEL_FIELDS,
            Self::Pv => pv::FIELDS,
            Self::Vg => vg::FIELDS,
            Self::Seg => seg::FIELDS,
            Self::PvSeg => pv::SEGMENT_FIELDS,
            Self::Report => report::FIELDS,
        }
    }
}

type Get = for<'c, 'i> fn(&Row<'c, 'i>) -> Value<'i>;

/// A column that reports can have.
#[derive(Clone, Copy)]
pub struct Field {
    /// The name for `-o`, and the key in JSON.
    pub id: &'static str,
    /// The heading of its column.
    pub heading: &'static str,
    /// The kind of its values.
    pub kind: FieldKind,
    /// What it is about.
    pub group: FieldGroup,
    /// The least width of its column.
    pub width: usize,
    /// One line of explanation.
    pub help: &'static str,
    pub(super) words: Words,
    get: Get,
}

impl Field {
    /// With words that selections take for its values.
    const fn words(self, words: Words) -> Self {
        Self { words, ..self }
    }

    /// A flag that `yes` and these words select.
    const fn yes(self, words: &'static [&'static str]) -> Self {
        self.words(Words::Yes(words))
    }

    pub(super) fn value<'i>(&self, row: &Row<'_, 'i>) -> Value<'i> {
        (self.get)(row)
    }

    /// True when its value depends on which volumes are active.
    pub(super) fn asks_kernel(&self) -> bool {
        matches!(self.group, FieldGroup::LvInfo | FieldGroup::LvStatus)
            || matches!(self.id, "raid_mismatch_count" | "raid_sync_action" | "integritymismatches")
            || self.id.starts_with("lv_active")
    }

    /// Every field there is.
    pub fn all() -> impl Iterator<Item = &'static Self> {
        FieldGroup::ALL.into_iter().flat_map(|group| group.fields())
    }

    /// The field of that name. Case and underscores do not matter, and `prefix` (`lv_`, as the
    /// report has it) may be left away.
    #[must_use]
    pub fn find(name: &str, prefix: &str) -> Option<&'static Self> {
        // Nearly always, and quick to tell.
        if let Some(exact) = Self::all().find(|field| field.id == name) {
            return Some(exact);
        }
        let mut whole = Self::all().filter(|field| same_name(field.id, name));
        whole.next().or_else(|| {
            Self::all().find(|field| field.id.strip_prefix(prefix).is_some_and(|rest| same_name(rest, name)))
        })
    }
}

/// Equal but for case and underscores.
pub(super) fn same_name(one: &str, two: &str) -> bool {
    fn plain(text: &str) -> impl Iterator<Item = u8> + '_ {
        text.bytes().filter(|byte| *byte != b'_').map(|byte| byte.to_ascii_lowercase())
    }
    plain(two).next().is_some() && plain(one).eq(plain(two))
}

impl fmt::Debug for Field {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Field")
            .field("id", &self.id)
            .field("kind", &self.kind)
            .field("group", &self.group)
            .finish_non_exhaustive()
    }
}

impl PartialEq for Field {
    fn eq(&self, other: &Self) -> bool {
        self.id == other.id
    }
}

impl Eq for Field {}

impl Serialize for Field {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.id)
    }
}

/// The list of all fields with their explanations, for `-o help`.
#[must_use]
pub fn field_list() -> String {
    let mut out = String::new();
    for group in FieldGroup::ALL {
        let title = group.title();
        out.push_str(&format!("  {title}\n  {}\n", "-".repeat(title.len())));
        if !group.prefix().is_empty() {
            out.push_str(&format!("    {:<28}- all of these\n", format!("{}all", group.prefix())));
        }
        for field in group.fields() {
            out.push_str(&format!("    {:<28}- {}\n", field.id, field.help));
        }
        out.push('\n');
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    #[test]
    fn names_are_unique() {
        let mut seen = HashSet::new();
        for field in Field::all() {
            assert!(seen.insert(field.id), "{} is there twice", field.id);
            assert!(!field.help.is_empty() && !field.heading.is_empty(), "{}", field.id);
        }
    }

    #[test]
    fn names_may_be_shortened() {
        let id = |name, prefix| Field::find(name, prefix).map(|field| field.id);
        assert_eq!(id("name", "lv_"), Some("lv_name"));
        assert_eq!(id("NAME", "pv_"), Some("pv_name"));
        assert_eq!(id("l_v_size", "vg_"), Some("lv_size"));
        assert_eq!(id("_name", "lv_"), Some("lv_name"));
        assert_eq!(id("lv_", "lv_"), None);
        assert_eq!(id("name", "seg_"), None);
        assert_eq!(id("", "lv_"), None);
    }

    #[test]
    fn list_names_every_field() {
        let list = field_list();
        assert!(Field::all().all(|field| list.contains(field.id)));
    }
}
