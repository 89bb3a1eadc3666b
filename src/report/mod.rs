//! Reports: `lvs`, `vgs` and `pvs` as typed tables, as text and as JSON.
//!
//! A [`Report`] names columns and sort keys, [`Report::run`] makes a [`Table`] of typed values
//! from a [`ReportInput`], and a table prints itself: [`Table::to_text`] the way lvm2 2.03.16
//! prints, [`Table::to_json`] as its JSON. Tables serialise with serde too.
//!
//! Everything comes from metadata and labels, and what is active from whom
//! [`ReportInput::with_live`] names. Fields that only the kernel can answer hold what lvm2 shows with
//! `activation=0` when it is not asked: their help says so.

mod attr;
mod columns;
pub mod display;
mod field;
mod format;
mod full;
mod group;
mod health;
mod input;
mod json;
mod layout;
mod legs;
mod reports;
mod role;
mod row;
mod rows;
mod select;
mod settings;
mod table;
mod time_format;
mod value;

pub use columns::{ReportKind, SortKey};
pub use field::{Field, FieldGroup, FieldKind, field_list};
pub use format::{Format, Units};
pub use full::FullReport;
pub use input::{DeviceNumbers, ReportInput};
pub use json::{JsonStyle, to_json, write_json, write_json_groups};
pub use layout::{Headings, Layout};
pub use select::{Chosen, Clock, Selection, SelectionError, SelectionProblem, selection_help};
pub use settings::ReportSettings;
pub use table::Table;
pub use value::{Percent, Value};

use columns::{Columns, parse_sort};
pub(crate) use group::partial_volumes;
use row::Row;
use rows::{RowKind, Scope};

/// Why a report cannot be made.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ReportError {
    /// No field has that name; [`field_list`] lists those there are.
    #[error("unrecognised field: {0}")]
    UnknownField(String),
    /// An empty list of columns; `,` stands for none.
    #[error("invalid options string: ")]
    NoColumns,
    /// A row cannot stand for a logical volume and a physical volume.
    #[error("can't report LV and PV fields at the same time in report type \"{}\"", .0.name())]
    MixedFields(ReportKind),
    /// Not a unit that sizes can be printed in.
    #[error("invalid units specification: {0:?}")]
    Units(String),
    /// Not a format that times can be printed in.
    #[error("invalid time format {0:?}")]
    TimeFormat(String),
    /// One report of many has columns of another one.
    #[error("a subreport of type \"{}\" for VG {vg} contains columns which lead to change of report type; add these columns to proper subreport type", .kind.name())]
    OtherSubreport {
        /// The kind it should have.
        kind: ReportKind,
        /// The group.
        vg: String,
    },
    /// The metadata contradicts itself.
    #[error("cannot report on volume group {vg}")]
    Metadata {
        /// The group.
        vg: String,
        /// Why.
        source: lvm_core::Error,
    },
}

impl From<ReportError> for lvm_core::Error {
    fn from(error: ReportError) -> Self {
        match error {
            ReportError::Metadata { vg, source } => source.with_vg(vg),
            other => Self::invalid(other.to_string()),
        }
    }
}

/// What a report shows and in which order.
#[derive(Clone, Debug)]
pub struct Report {
    kind: ReportKind,
    columns: Columns,
    sort: Vec<SortKey>,
    all: bool,
    binary: bool,
    history: bool,
    selection: Option<Selection>,
}

impl Report {
    /// A report with its default columns and order.
    #[must_use]
    pub fn new(kind: ReportKind) -> Self {
        Self::with_defaults(kind, false)
    }

    /// A report with the columns of `-v`.
    #[must_use]
    pub fn verbose(kind: ReportKind) -> Self {
        Self::with_defaults(kind, true)
    }

    fn with_defaults(kind: ReportKind, verbose: bool) -> Self {
        let sort = parse_sort(kind, kind.default_sort()).unwrap_or_default();
        Self {
            kind,
            columns: Columns::new(kind, verbose),
            sort,
            all: false,
            binary: false,
            history: false,
            selection: None,
        }
    }

    /// What it is about.
    #[must_use]
    pub fn kind(&self) -> ReportKind {
        self.kind
    }

    /// Changes the columns as one `-o` does: `a,b` replaces them, `+a` appends, `-a` takes away,
    /// `#a` leaves a column out when it is blank. `lv_all`, `vg_all`, `pv_all`, `seg_all`,
    /// `pvseg_all` and `all` stand for many; the report's own prefix may be left away.
    ///
    /// # Errors
    /// `UnknownField`, or `NoColumns` for an empty text; `,` stands for no columns.
    pub fn columns(mut self, option: &str) -> Result<Self, ReportError> {
        self.columns.apply(option)?;
        Ok(self)
    }

    /// Sets the order as `-O` does: fields separated by commas, `-` in front of those that sort
    /// downwards. The empty text leaves rows in the order of the metadata.
    ///
    /// # Errors
    /// `UnknownField`.
    pub fn sort(mut self, keys: &str) -> Result<Self, ReportError> {
        self.sort = parse_sort(self.kind, keys)?;
        Ok(self)
    }

    /// Leaves out every column that is blank (`report/compact_output`).
    #[must_use]
    pub fn compact(mut self) -> Self {
        self.columns.compact_all = true;
        self
    }

    /// Takes flags for numbers, of which none is blank, as [`Format::with_binary`] prints them.
    #[must_use]
    pub fn binary(mut self) -> Self {
        self.binary = true;
        self
    }

    /// Shows logical volumes that were removed and are remembered, too (`-H`), and counts them as
    /// ancestors and descendants.
    #[must_use]
    pub fn history(mut self) -> Self {
        self.history = true;
        self
    }

    /// Shows hidden logical volumes, or devices that are not physical volumes (`-a`).
    #[must_use]
    pub fn all(mut self) -> Self {
        self.all = true;
        self
    }

    /// Shows only the rows that are selected (`-S`); with the column `selected`, all of them, and
    /// which are.
    ///
    /// Fields of the selection count as if they were columns: they decide what a row stands for.
    #[must_use]
    pub fn select(mut self, selection: Selection) -> Self {
        self.selection = Some(selection);
        self
    }

    /// Makes the table.
    ///
    /// # Errors
    /// `MixedFields` when fields of logical and of physical volumes are asked for in one report
    /// that cannot have both; `Metadata` when a group contradicts itself.
    pub fn run<'i>(&self, input: &ReportInput<'i>) -> Result<Table<'i>, ReportError> {
        self.run_on(input, Scope::All)
    }

    fn run_on<'i>(&self, input: &ReportInput<'i>, scope: Scope) -> Result<Table<'i>, ReportError> {
        let (shown, mut fields) = (self.columns.fields.clone(), self.columns.fields.clone());
        let mut keys = Vec::with_capacity(self.sort.len());
        for key in &self.sort {
            keys.push((position(&mut fields, key.field), *key));
        }
        let mut tested = Vec::new();
        for field in self.selection.iter().flat_map(Selection::fields) {
            tested.push(position(&mut fields, field));
        }
        let row_kind = self.row_kind(&fields)?;
        // Most reports have at least a row for each volume.
        let volumes = input.groups.iter().map(|(vg, _)| vg.logical_volumes().len()).sum::<usize>();
        let mut cells = Vec::with_capacity(if row_kind == RowKind::Lv { volumes * fields.len() } else { 0 });
        let marked = shown.iter().position(|field| field.id == field::SELECTED);
        let mut rows = 0_usize;
        self.visit(row_kind, &fields, input, scope, &mut |row: Row<'_, 'i>| {
            let start = cells.len();
            rows += 1;
            cells.extend(fields.iter().map(|field| field.value(&row)));
            let Some(selection) = &self.selection else { return };
            let cell = |at: usize| cells.get(start + tested.get(at)?);
            if selection.holds(cell) {
                return;
            }
            // The column that tells which rows are selected needs those that are not.
            match marked.and_then(|at| cells.get_mut(start + at)) {
                Some(mark) => *mark = Value::Number(0),
                None => {
                    cells.truncate(start);
                    rows -= 1;
                }
            }
        })?;
        let hidden = fields.len() - shown.len();
        let mut table = Table::new(self.kind, shown, hidden, rows, cells);
        table.sort(&keys);
        table.compact(|field| self.columns.compacts(field), self.binary);
        Ok(table)
    }
}

/// Where a field is among those of a report, at the end if it was not there.
fn position(fields: &mut Vec<&'static Field>, field: &'static Field) -> usize {
    fields.iter().position(|known| *known == field).unwrap_or_else(|| {
        fields.push(field);
        fields.len() - 1
    })
}

#[cfg(test)]
mod tests;
