//! The rows of a report: what each stands for, and which there are.

use super::field::{Field, FieldGroup};
use super::group::Group;
use super::row::{Pv, Row};
use super::{Report, ReportError, ReportInput, ReportKind};

/// What one row stands for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum RowKind {
    Vg,
    Lv,
    Seg,
    Pv,
    PvSeg,
}

/// Which part of its input a report is about.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Scope {
    All,
    /// The group at that position.
    Group(usize),
    /// Physical volumes without a group.
    Orphans,
}

impl Report {
    /// Calls `emit` for every row, in the order of the metadata.
    pub(super) fn visit<'i>(
        &self,
        kind: RowKind,
        fields: &[&'static Field],
        input: &ReportInput<'i>,
        scope: Scope,
        emit: &mut impl FnMut(Row<'_, 'i>),
    ) -> Result<(), ReportError> {
        let groups = match scope {
            Scope::All => &input.groups[..],
            Scope::Group(at) => input.groups.get(at..=at).unwrap_or_default(),
            Scope::Orphans => &[],
        };
        for (vg, pvs) in groups {
            let mut group = Group::new(vg, pvs)
                .map_err(|source| ReportError::Metadata { vg: vg.name().to_owned(), source })?;
            if let Some(live) = input.live.as_ref().filter(|_| fields.iter().any(|field| field.asks_kernel()))
            {
                group.set_live(live(vg, pvs));
            }
            group.reports.ask.clone_from(&input.status);
            group.history = self.history;
            // lvs shows nothing of exported groups; vgs and pvs do.
            let lvs = matches!(self.kind, ReportKind::LogicalVolumes | ReportKind::Segments);
            if !(lvs && vg.is_exported()) {
                self.group_rows(kind, &group, input, emit);
            }
        }
        let of_pvs = matches!(self.kind, ReportKind::PhysicalVolumes | ReportKind::PvSegments);
        if of_pvs && !matches!(scope, Scope::Group(_)) {
            self.orphan_rows(input, emit);
        }
        Ok(())
    }

    /// True when its rows stand for what its kind says, whatever its fields are.
    pub(super) fn keeps_kind(&self) -> Result<bool, ReportError> {
        let tested = self.selection.iter().flat_map(super::Selection::fields);
        let fields = self.columns.fields.iter().chain(tested).copied();
        let fields = fields.chain(self.sort.iter().map(|key| key.field)).collect::<Vec<_>>();
        Ok(self.row_kind(&fields)? == self.row_kind(&[])?)
    }

    /// What rows stand for, from the fields that were asked for.
    pub(super) fn row_kind(&self, fields: &[&'static Field]) -> Result<RowKind, ReportError> {
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

    fn group_rows<'i>(
        &self,
        kind: RowKind,
        group: &Group<'i>,
        input: &ReportInput<'i>,
        emit: &mut impl FnMut(Row<'_, 'i>),
    ) {
        match kind {
            RowKind::Vg => emit(Row::of_group(group)),
            RowKind::Lv | RowKind::Seg => {
                for (at, lv) in group.lvs.iter().enumerate() {
                    if !Self::shows_lv(self.all, group, at, input) {
                        continue;
                    }
                    let row = Row { lv: Some(at), seg: lv.segments().first(), ..Row::of_group(group) };
                    if kind == RowKind::Lv {
                        emit(row);
                    } else {
                        lv.segments().iter().for_each(|seg| emit(Row { seg: Some(seg), ..row }));
                    }
                }
                self.removed_rows(group, input, emit);
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

    /// The volumes that were removed and are remembered.
    fn removed_rows<'i>(
        &self,
        group: &Group<'i>,
        input: &ReportInput<'i>,
        emit: &mut impl FnMut(Row<'_, 'i>),
    ) {
        let lvs = matches!(self.kind, ReportKind::LogicalVolumes | ReportKind::Segments);
        if !(lvs && self.history) {
            return;
        }
        for past in group.vg.historical_logical_volumes() {
            // Whoever chooses volumes must choose these, too.
            let is_chosen = match &input.historical_choice {
                Some(choose) => choose(group.vg, past),
                None => input.lv_choice.is_none(),
            };
            if is_chosen {
                emit(Row { past: Some(past), ..Row::of_group(group) });
            }
        }
    }

    pub(super) fn shows_lv(all: bool, group: &Group<'_>, at: usize, input: &ReportInput<'_>) -> bool {
        let Some(lv) = group.lv(at) else { return false };
        // The link between a snapshot and its origin is never shown: its store is.
        if matches!(group.first_kind(at), Some(lvm_core::metadata::SegmentKind::Snapshot(_))) {
            return false;
        }
        match &input.lv_choice {
            Some(choice) => choice(group.vg, lv),
            None => all || lv.is_visible(),
        }
    }

    fn orphan_rows<'i>(&self, input: &ReportInput<'i>, emit: &mut impl FnMut(Row<'_, 'i>)) {
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
fn run_rows<'c, 'i>(group: &'c Group<'i>, at: usize, row: Row<'c, 'i>, emit: &mut impl FnMut(Row<'_, 'i>)) {
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
