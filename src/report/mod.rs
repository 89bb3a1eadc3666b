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
mod field;
mod format;
mod group;
mod input;
mod json;
mod layout;
mod legs;
mod role;
mod row;
mod table;
mod value;

pub use columns::{ReportKind, SortKey};
pub use field::{Field, FieldGroup, FieldKind, field_list};
pub use format::{Format, Units};
pub use input::{DeviceNumbers, ReportInput};
pub use json::{JsonStyle, to_json, write_json};
pub use layout::Layout;
pub use table::Table;
pub use value::{Percent, Value};

use columns::{Columns, parse_sort};
use group::Group;
use row::{Pv, Row};

/// Why a report cannot be made.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ReportError {
    /// No field has that name; [`field_list`] lists those there are.
    #[error("unrecognised field: {0}")]
    UnknownField(String),
    /// Every column was taken away.
    #[error("a report needs at least one column")]
    NoColumns,
    /// A row cannot stand for a logical volume and a physical volume.
    #[error("can't report LV and PV fields at the same time in report type \"{}\"", .0.name())]
    MixedFields(ReportKind),
    /// Not a unit that sizes can be printed in.
    #[error("invalid units specification: {0:?}")]
    Units(String),
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
}

/// What one row stands for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum RowKind {
    Vg,
    Lv,
    Seg,
    Pv,
    PvSeg,
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
        Self { kind, columns: Columns::new(kind, verbose), sort, all: false }
    }

    /// Changes the columns as one `-o` does: `a,b` replaces them, `+a` appends, `-a` takes away,
    /// `#a` leaves a column out when it is blank. `lv_all`, `vg_all`, `pv_all`, `seg_all`,
    /// `pvseg_all` and `all` stand for many; the report's own prefix may be left away.
    ///
    /// # Errors
    /// `UnknownField`, or `NoColumns` when none is left.
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

    /// Shows hidden logical volumes, or devices that are not physical volumes (`-a`).
    #[must_use]
    pub fn all(mut self) -> Self {
        self.all = true;
        self
    }

    /// Makes the table.
    ///
    /// # Errors
    /// `MixedFields` when fields of logical and of physical volumes are asked for in one report
    /// that cannot have both; `Metadata` when a group contradicts itself.
    pub fn run<'i>(&self, input: &ReportInput<'i>) -> Result<Table<'i>, ReportError> {
        let (shown, mut fields) = (self.columns.fields.clone(), self.columns.fields.clone());
        let mut keys = Vec::with_capacity(self.sort.len());
        for key in &self.sort {
            let at = fields.iter().position(|field| *field == key.field).unwrap_or_else(|| {
                fields.push(key.field);
                fields.len() - 1
            });
            keys.push((at, *key));
        }
        let row_kind = self.row_kind(&fields)?;
        // Most reports have at least a row for each volume.
        let volumes = input.groups.iter().map(|(vg, _)| vg.logical_volumes().len()).sum::<usize>();
        let mut cells = Vec::with_capacity(if row_kind == RowKind::Lv { volumes * fields.len() } else { 0 });
        let mut emit = |row: Row<'_, 'i>| cells.extend(fields.iter().map(|field| field.value(&row)));
        for (vg, pvs) in &input.groups {
            let mut group = Group::new(vg, pvs)
                .map_err(|source| ReportError::Metadata { vg: vg.name().to_owned(), source })?;
            if let Some(live) = input.live.as_ref().filter(|_| fields.iter().any(|field| field.asks_kernel()))
            {
                group.set_live(live(vg, pvs));
            }
            // lvs shows nothing of exported groups; vgs and pvs do.
            let lvs = matches!(self.kind, ReportKind::LogicalVolumes | ReportKind::Segments);
            if !(lvs && vg.is_exported()) {
                self.group_rows(row_kind, &group, input, &mut emit);
            }
        }
        if matches!(self.kind, ReportKind::PhysicalVolumes | ReportKind::PvSegments) {
            self.orphan_rows(input, &mut emit);
        }
        let hidden = fields.len() - shown.len();
        let mut table = Table::new(self.kind, shown, hidden, cells);
        table.sort(&keys);
        table.compact(&self.columns.compact);
        Ok(table)
    }

    /// What rows stand for, from the fields that were asked for.
    fn row_kind(&self, fields: &[&'static Field]) -> Result<RowKind, ReportError> {
        use FieldGroup as G;
        let any = |groups: &[G]| fields.iter().any(|field| groups.contains(&field.group));
        let (lv, seg) = (any(&[G::Lv, G::LvInfo, G::LvStatus]), any(&[G::Seg]));
        let (pv, pvseg) = (any(&[G::Pv, G::PvLabel]), any(&[G::PvSeg]));
        let mixed = (lv || seg) && (pv || pvseg);
        Ok(match self.kind {
            ReportKind::LogicalVolumes | ReportKind::Segments if pv || pvseg => {
                return Err(ReportError::MixedFields(self.kind));
            }
            ReportKind::VolumeGroups if mixed => return Err(ReportError::MixedFields(self.kind)),
            ReportKind::Segments => RowKind::Seg,
            ReportKind::PvSegments => RowKind::PvSeg,
            ReportKind::LogicalVolumes if seg => RowKind::Seg,
            ReportKind::LogicalVolumes => RowKind::Lv,
            ReportKind::PhysicalVolumes if lv || seg || pvseg => RowKind::PvSeg,
            ReportKind::PhysicalVolumes => RowKind::Pv,
            ReportKind::VolumeGroups if pvseg => RowKind::PvSeg,
            ReportKind::VolumeGroups if pv => RowKind::Pv,
            ReportKind::VolumeGroups if seg => RowKind::Seg,
            ReportKind::VolumeGroups if lv => RowKind::Lv,
            ReportKind::VolumeGroups => RowKind::Vg,
        })
    }

    fn group_rows<'c, 'i>(
        &self,
        kind: RowKind,
        group: &'c Group<'i>,
        input: &'c ReportInput<'i>,
        emit: &mut impl FnMut(Row<'c, 'i>),
    ) {
        match kind {
            RowKind::Vg => emit(Row::of_group(group)),
            RowKind::Lv | RowKind::Seg => {
                for (at, lv) in group.lvs.iter().enumerate() {
                    if !self.shows_lv(group, at, input) {
                        continue;
                    }
                    let row = Row { lv: Some(at), seg: lv.segments().first(), ..Row::of_group(group) };
                    if kind == RowKind::Lv {
                        emit(row);
                    } else {
                        lv.segments().iter().for_each(|seg| emit(Row { seg: Some(seg), ..row }));
                    }
                }
            }
            RowKind::Pv | RowKind::PvSeg => {
                for (at, pv) in group.vg.physical_volumes().iter().enumerate() {
                    if input.pv_choice.as_ref().is_some_and(|choice| !choice(pv.device())) {
                        continue;
                    }
                    let numbers = input.numbers.as_deref();
                    let row = Row { numbers, ..Row::of_pv(Some(group), Pv::Member(at)) };
                    if kind == RowKind::Pv {
                        emit(row);
                    } else {
                        run_rows(group, at, row, emit);
                    }
                }
            }
        }
    }

    fn shows_lv(&self, group: &Group<'_>, at: usize, input: &ReportInput<'_>) -> bool {
        let Some(lv) = group.lv(at) else { return false };
        // The link between a snapshot and its origin is never shown: its store is.
        if matches!(group.first_kind(at), Some(lvm_core::metadata::SegmentKind::Snapshot(_))) {
            return false;
        }
        match &input.lv_choice {
            Some(choice) => choice(group.vg, lv),
            None => self.all || lv.is_visible(),
        }
    }

    fn orphan_rows<'c, 'i>(&self, input: &'c ReportInput<'i>, emit: &mut impl FnMut(Row<'c, 'i>)) {
        let chosen = |device: &str| input.pv_choice.as_ref().is_none_or(|choice| choice(device));
        let numbers = input.numbers.as_deref();
        for orphan in &input.orphans {
            if chosen(orphan.pv.device.name()) {
                emit(Row { numbers, ..Row::of_pv(None, Pv::Orphan(orphan)) });
            }
        }
        if !self.all {
            return;
        }
        for device in &input.others {
            if chosen(device) {
                emit(Row { numbers, ..Row::of_pv(None, Pv::Other(device)) });
            }
        }
    }
}

/// One row for each run of extents of a physical volume.
fn run_rows<'c, 'i>(group: &'c Group<'i>, at: usize, row: Row<'c, 'i>, emit: &mut impl FnMut(Row<'c, 'i>)) {
    let runs = group.runs(at);
    if runs.is_empty() {
        emit(row);
    }
    for run in runs {
        let lv = run.owner.map(|owner| owner.lv_index);
        let seg = run.owner.and_then(|owner| group.lv(owner.lv_index)?.segments().get(owner.segment_index));
        emit(Row { lv, seg, run: Some(*run), ..row });
    }
}

#[cfg(test)]
mod tests;
