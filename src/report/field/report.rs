//! Fields about the row of a report itself.

use super::{Field, FieldGroup, FieldKind, Words};
use crate::report::value::Value;

/// What tells which rows a selection selects.
pub(in crate::report) const SELECTED: &str = "selected";

pub(super) const FIELDS: &[Field] = &[Field {
    id: SELECTED,
    heading: "Selected",
    kind: FieldKind::Number,
    group: FieldGroup::Report,
    width: 8,
    help: "1 in rows that are selected; as a column it makes the others show, too, with 0",
    words: Words::Never,
    // Rows that are not selected are told by the report.
    get: |_| Value::Number(1),
}];
