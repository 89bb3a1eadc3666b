//! Everything about every group, in one report of many parts (`fullreport`).

use super::rows::Scope;
use super::settings::ReportSettings;
use super::{Report, ReportError, ReportInput, ReportKind, Table};

/// A full report: for each group what [`FullReport::KINDS`] tell of it, then the physical volumes
/// without a group.
#[derive(Clone, Debug)]
pub struct FullReport {
    parts: Vec<Report>,
}

impl FullReport {
    /// The reports about each group, in order.
    pub const KINDS: [ReportKind; 5] = [
        ReportKind::VolumeGroups,
        ReportKind::PhysicalVolumes,
        ReportKind::LogicalVolumes,
        ReportKind::PvSegments,
        ReportKind::Segments,
    ];

    /// With all fields, or the columns that settings name.
    ///
    /// # Errors
    /// `UnknownField` when the settings name a field that there is not.
    pub fn new(settings: &ReportSettings) -> Result<Self, ReportError> {
        let parts = Self::KINDS.into_iter().map(|kind| settings.subreport(kind));
        Ok(Self { parts: parts.collect::<Result<_, _>>()? })
    }

    /// Changes one of its parts.
    ///
    /// # Errors
    /// Those of `change`.
    pub fn change<E>(
        mut self,
        kind: ReportKind,
        mut change: impl FnMut(Report) -> Result<Report, E>,
    ) -> Result<Self, E> {
        for part in self.parts.iter_mut().filter(|part| part.kind() == kind) {
            *part = change(part.clone())?;
        }
        Ok(self)
    }

    /// Makes the tables: those of each group, in the order of the input, then those of physical
    /// volumes without a group, if there are any.
    ///
    /// # Errors
    /// Those of [`Report::run`]; `OtherSubreport` when a part has columns that make its rows stand
    /// for something else than they should.
    pub fn run<'i>(&self, input: &ReportInput<'i>) -> Result<Vec<Vec<Table<'i>>>, ReportError> {
        let mut groups = Vec::with_capacity(input.groups.len());
        for (at, (vg, _)) in input.groups.iter().enumerate() {
            let mut tables = Vec::with_capacity(self.parts.len());
            for part in &self.parts {
                if !part.keeps_kind()? {
                    return Err(ReportError::OtherSubreport { kind: part.kind(), vg: vg.name().to_owned() });
                }
                tables.push(part.run_on(input, Scope::Group(at))?);
            }
            groups.push(tables);
        }
        if !input.orphans.is_empty() {
            let of_pvs = [ReportKind::PhysicalVolumes, ReportKind::PvSegments];
            let parts = self.parts.iter().filter(|part| of_pvs.contains(&part.kind()));
            groups.push(parts.map(|part| part.run_on(input, Scope::Orphans)).collect::<Result<_, _>>()?);
        }
        Ok(groups)
    }
}
