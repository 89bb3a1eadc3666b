//! A finished report: typed cells.

use serde::ser::SerializeMap;
use serde::{Serialize, Serializer};

use super::columns::{ReportKind, SortKey};
use super::field::Field;
use super::value::Value;

/// Rows of typed values. Serialises to a list of maps from field name to value: sizes in bytes,
/// numbers as numbers, flags as booleans, what is not known as null.
#[derive(Clone, Debug)]
pub struct Table<'i> {
    kind: ReportKind,
    fields: Vec<&'static Field>,
    /// Row by row; each row has `stride` cells, of which the first `fields.len()` are shown and
    /// the others only sorted by.
    cells: Vec<Value<'i>>,
    stride: usize,
    order: Vec<usize>,
    /// The last columns were left out.
    cut: bool,
}

impl<'i> Table<'i> {
    /// `fields` are shown; `cells` has those and then `hidden` more in each of `rows`.
    pub(super) fn new(
        kind: ReportKind,
        fields: Vec<&'static Field>,
        hidden: usize,
        rows: usize,
        cells: Vec<Value<'i>>,
    ) -> Self {
        let stride = fields.len() + hidden;
        Self { kind, fields, cells, stride, order: (0..rows).collect(), cut: false }
    }

    /// Sorts by cells at the given places in the rows. Rows that are equal keep their order.
    pub(super) fn sort(&mut self, keys: &[(usize, SortKey)]) {
        let (cells, stride) = (&self.cells, self.stride);
        let cell = |row: usize, column: usize| cells.get(row * stride + column);
        // A column that is the same everywhere, as the name of the only group, decides nothing.
        let same = |column: usize| {
            let first = cell(0, column);
            (1..self.order.len()).all(|row| match (first, cell(row, column)) {
                (Some(first), Some(other)) => first.order(other).is_eq(),
                _ => true,
            })
        };
        let keys = keys.iter().filter(|(column, _)| !same(*column)).collect::<Vec<_>>();
        self.order.sort_by(|one, two| {
            for (column, key) in &keys {
                let (Some(first), Some(second)) = (cell(*one, *column), cell(*two, *column)) else {
                    continue;
                };
                let order = first.order(second);
                let order = if key.descending { order.reverse() } else { order };
                if order.is_ne() {
                    return order;
                }
            }
            std::cmp::Ordering::Equal
        });
    }

    /// Leaves out columns that are blank in every row, of those that `may_go`.
    pub(super) fn compact(&mut self, may_go: impl Fn(&Field) -> bool, binary: bool) {
        let blank = |at: usize| {
            self.rows().all(|row| match row.get(at) {
                // As a number it is 0.
                Some(Value::Flag { .. }) if binary => false,
                value => value.is_none_or(Value::is_blank),
            })
        };
        let goes = |at: &usize| self.fields.get(*at).is_some_and(|field| may_go(field)) && blank(*at);
        let keep = (0..self.fields.len()).filter(|at| !goes(at)).collect::<Vec<_>>();
        if keep.len() == self.fields.len() {
            return;
        }
        let cells = self.rows().flat_map(|row| keep.iter().filter_map(|at| row.get(*at).cloned()));
        self.cells = cells.collect();
        self.cut = keep.last().is_none_or(|last| last + 1 < self.fields.len());
        self.fields = keep.iter().filter_map(|at| self.fields.get(*at).copied()).collect();
        self.stride = self.fields.len();
        self.order = (0..self.order.len()).collect();
    }

    /// True when the last columns were left out.
    pub(super) fn is_cut(&self) -> bool {
        self.cut
    }

    /// What the rows stand for.
    #[must_use]
    pub fn kind(&self) -> ReportKind {
        self.kind
    }

    /// The columns.
    #[must_use]
    pub fn fields(&self) -> &[&'static Field] {
        &self.fields
    }

    /// The rows in order; each has one value for each of [`fields`](Self::fields).
    #[must_use]
    pub fn rows(&self) -> impl ExactSizeIterator<Item = &[Value<'i>]> {
        self.order.iter().map(|row| {
            let start = row * self.stride;
            self.cells.get(start..start + self.fields.len()).unwrap_or_default()
        })
    }

    /// The value of a field in a row.
    #[must_use]
    pub fn value(&self, row: usize, field: &str) -> Option<&Value<'i>> {
        let column = self.fields.iter().position(|known| known.id == field)?;
        self.rows().nth(row)?.get(column)
    }
}

struct RowMap<'t, 'i>(&'t [&'static Field], &'t [Value<'i>]);

impl Serialize for RowMap<'_, '_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(self.0.len()))?;
        for (field, value) in self.0.iter().zip(self.1) {
            map.serialize_entry(field.id, value)?;
        }
        map.end()
    }
}

impl Serialize for Table<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.rows().map(|row| RowMap(&self.fields, row)))
    }
}
