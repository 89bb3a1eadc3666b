//! What `pvdisplay`, `vgdisplay` and `lvdisplay` show: blocks of labelled values, where a report has
//! rows and columns.
//!
//! A [`Display`] says what is shown, [`Display::run`] makes [`Lines`] of typed values from a
//! [`ReportInput`], and [`Lines::to_text`] prints them the way lvm2 2.03.16 prints.
//!
//! What only the kernel knows comes from whom [`ReportInput::with_live`] and
//! [`ReportInput::with_status`] name. Where nobody is asked, lines such as `LV Status`, `Block device`
//! and `Allocated to snapshot` are left out, as by lvm2 with `activation=0`.

mod line;
mod lv;
mod pv;
mod segment;
mod snapshot;
mod vg;

pub use line::{Line, Lines, Part, Style};

use lvm_core::metadata::{LogicalVolume, SegmentKind, VolumeGroup};

use super::field::Field;
use super::group::Group;
use super::input::ReportInput;
use super::row::Row;
use super::value::Value;
use super::{Report, ReportError};

/// What a display is about.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum DisplayKind {
    /// `lvdisplay`
    LogicalVolumes,
    /// `vgdisplay`
    VolumeGroups,
    /// `pvdisplay`
    PhysicalVolumes,
}

/// How much of it is shown.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
pub enum DisplayForm {
    /// Blocks of labelled lines.
    #[default]
    Full,
    /// One line with colons between the values (`-c`). Sizes are numbers, of sectors or KiB.
    Colons,
    /// One line with the sizes (`-s`). Logical volumes have no such form and show the full one.
    Short,
}

/// What is displayed.
///
/// ```
/// # use lvm_core::store::Scan;
/// use lvmkit::report::display::{Display, DisplayKind};
/// use lvmkit::report::{Format, ReportInput};
///
/// # fn main() -> Result<(), lvmkit::report::ReportError> {
/// # let scan = Scan::default();
/// let lines = Display::new(DisplayKind::LogicalVolumes).maps().run(&ReportInput::of_scan(&scan))?;
/// assert_eq!(lines.to_text(&Format::default()), "");
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Display {
    kind: DisplayKind,
    form: DisplayForm,
    maps: bool,
    all: bool,
    history: bool,
    content: bool,
    active: bool,
    si_unit_consistency: bool,
}

impl Display {
    /// The full form, without maps.
    #[must_use]
    pub fn new(kind: DisplayKind) -> Self {
        Self {
            kind,
            form: DisplayForm::Full,
            maps: false,
            all: false,
            history: false,
            content: false,
            active: false,
            si_unit_consistency: true,
        }
    }

    /// Sets the form.
    #[must_use]
    pub fn form(mut self, form: DisplayForm) -> Self {
        self.form = form;
        self
    }

    /// Shows which extents lie where (`-m`), in the full form of physical and logical volumes.
    #[must_use]
    pub fn maps(mut self) -> Self {
        self.maps = true;
        self
    }

    /// Shows hidden logical volumes too (`-a`).
    #[must_use]
    pub fn all(mut self) -> Self {
        self.all = true;
        self
    }

    /// Shows removed logical volumes that are remembered (`-H`).
    #[must_use]
    pub fn history(mut self) -> Self {
        self.history = true;
        self
    }

    /// Shows the logical and the physical volumes of groups too (`vgdisplay -v`), in their full
    /// form.
    #[must_use]
    pub fn content(mut self) -> Self {
        self.content = true;
        self
    }

    /// Shows only groups that have active volumes (`vgdisplay -A`). Those of which the kernel
    /// cannot tell have none.
    #[must_use]
    pub fn only_active(mut self) -> Self {
        self.active = true;
        self
    }

    /// Whether units are called by what they are, `KiB` and `kB` (`global/si_unit_consistency`, the
    /// default), or `KB` in either case.
    #[must_use]
    pub fn si_unit_consistency(mut self, consistent: bool) -> Self {
        self.si_unit_consistency = consistent;
        self
    }

    /// Makes the lines. Groups come in the order in which they were added, and physical volumes
    /// without one at the end.
    ///
    /// # Errors
    /// `Metadata` when a group contradicts itself.
    pub fn run<'i>(&self, input: &ReportInput<'i>) -> Result<Lines<'i>, ReportError> {
        let mut lines = Lines::new(self.si_unit_consistency);
        for (vg, pvs) in &input.groups {
            let lvs = self.kind == DisplayKind::LogicalVolumes;
            if lvs && vg.is_exported() {
                continue;
            }
            let mut group = Group::new(vg, pvs)
                .map_err(|source| ReportError::Metadata { vg: vg.name().to_owned(), source })?;
            if let Some(live) = input.live.as_ref().filter(|_| self.kind != DisplayKind::PhysicalVolumes) {
                group.set_live(live(vg, pvs));
            }
            group.reports.ask.clone_from(&input.status);
            match self.kind {
                DisplayKind::LogicalVolumes => self.logical_volumes(&mut lines, &group, input),
                DisplayKind::VolumeGroups if self.active && !group.has_active() => {}
                DisplayKind::VolumeGroups => self.volume_group(&mut lines, &group),
                DisplayKind::PhysicalVolumes => self.physical_volumes(&mut lines, &group, input),
            }
        }
        if self.kind == DisplayKind::PhysicalVolumes {
            let chosen = |device: &str| input.pv_choice.as_ref().is_none_or(|choice| choice(device));
            for orphan in input.orphans.iter().filter(|orphan| chosen(orphan.pv.device.name())) {
                pv::orphan(&mut lines, orphan, self.form, self.maps);
            }
        }
        Ok(lines)
    }

    fn logical_volumes<'i>(&self, lines: &mut Lines<'i>, group: &Group<'i>, input: &ReportInput<'i>) {
        for (at, _) in listed(group.vg) {
            if Report::shows_lv(self.all, group, at, input) {
                match self.form {
                    DisplayForm::Colons => lv::colons(lines, group, at),
                    DisplayForm::Full | DisplayForm::Short => lv::full(lines, group, at, self.maps),
                }
            }
        }
        if !self.history {
            return;
        }
        for removed in group.vg.historical_logical_volumes() {
            if input.historical_choice.as_ref().is_none_or(|choice| choice(group.vg, removed)) {
                match self.form {
                    DisplayForm::Colons => lv::historical_colons(lines, group.vg, removed),
                    DisplayForm::Full | DisplayForm::Short => lv::historical(lines, group.vg, removed),
                }
            }
        }
    }

    fn volume_group<'i>(&self, lines: &mut Lines<'i>, group: &Group<'i>) {
        match self.form {
            DisplayForm::Colons => vg::colons(lines, group),
            DisplayForm::Short => vg::short(lines, group),
            DisplayForm::Full => vg::full(lines, group),
        }
        if !self.content || self.form != DisplayForm::Full {
            return;
        }
        for (at, _) in listed(group.vg).into_iter().filter(|(_, volume)| volume.is_visible()) {
            lv::full(lines, group, at, false);
        }
        vg::physical_volumes(lines, group);
    }

    fn physical_volumes<'i>(&self, lines: &mut Lines<'i>, group: &Group<'i>, input: &ReportInput<'i>) {
        for (at, pv) in group.vg.physical_volumes().iter().enumerate() {
            if input.pv_choice.as_ref().is_some_and(|choice| !choice(pv.device())) {
                continue;
            }
            match self.form {
                DisplayForm::Short => pv::short(lines, group, at, pv),
                DisplayForm::Colons => pv::colons(lines, group, at, pv),
                DisplayForm::Full => pv::full(lines, group, at, pv, self.maps),
            }
        }
    }
}

/// The volumes of a group, hidden ones too, as lvm2 lists them, each with its position in
/// [`VolumeGroup::logical_volumes`]: thin pools first, of which the last one comes before the others,
/// and without the links between snapshots and their origins.
#[must_use]
pub fn listed(vg: &VolumeGroup) -> Vec<(usize, &LogicalVolume)> {
    let is =
        |lv: &LogicalVolume, kind: fn(&SegmentKind) -> bool| lv.segments().iter().any(|seg| kind(seg.kind()));
    let pool = |lv: &LogicalVolume| is(lv, |kind| matches!(kind, SegmentKind::ThinPool(_)));
    let link = |lv: &LogicalVolume| is(lv, |kind| matches!(kind, SegmentKind::Snapshot(_)));
    let all = || vg.logical_volumes().enumerate();
    let pools = all().rev().filter(|(_, lv)| pool(lv));
    pools.chain(all().filter(|(_, lv)| !pool(lv) && !link(lv))).collect()
}

/// The value that a report has in that column; nothing when there is no such field. Names are
/// plain: displays put none in brackets.
fn cell<'i>(row: &Row<'_, 'i>, field: &str) -> Value<'i> {
    let value = Field::find(field, "").map_or(Value::Unknown, |field| field.value(row));
    match value {
        Value::Name { name, .. } => Value::text(Some(name)),
        value => value,
    }
}

#[cfg(test)]
mod tests;
