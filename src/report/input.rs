//! What a report is made from.

use std::cell::OnceCell;
use std::fmt;
use std::rc::Rc;

use lvm_core::metadata::{HistoricalLogicalVolume, LogicalVolume, VolumeGroup};
use lvm_core::store::{FoundPv, FoundVg, Orphan, Scan};

use lvm_dm::Status;

use crate::activate::ActiveLv;
use crate::mapped::status_of;
use crate::{Lvm, system};

/// Tells the major and minor number of the device at a path.
pub type DeviceNumbers<'i> = dyn Fn(&str) -> Option<(u32, u32)> + 'i;

/// Tells which volumes of a group, with the devices it was found on, are devices of the kernel.
type Live<'i> = dyn Fn(&VolumeGroup, &[Option<FoundPv>]) -> Option<Vec<ActiveLv>> + 'i;
/// Tells what the targets of an active volume report.
pub(super) type StatusOf<'i> = dyn Fn(&ActiveLv) -> Vec<Status> + 'i;
type LvChoice<'i> = dyn Fn(&VolumeGroup, &LogicalVolume) -> bool + 'i;
type HistoricalChoice<'i> = dyn Fn(&VolumeGroup, &HistoricalLogicalVolume) -> bool + 'i;
type PvChoice<'i> = dyn Fn(&str) -> bool + 'i;

/// The groups and physical volumes a report is about. It borrows them; tables made from it borrow
/// names from the same place.
///
/// ```
/// # use lvm_core::store::Scan;
/// use lvmkit::report::{Report, ReportInput, ReportKind};
///
/// # fn main() -> Result<(), lvmkit::report::ReportError> {
/// # let scan = Scan::default();
/// let table = Report::new(ReportKind::LogicalVolumes)
///     .columns("lv_name,lv_size")?
///     .sort("-lv_size")?
///     .run(&ReportInput::of_scan(&scan))?;
/// assert_eq!(table.rows().len(), 0);
/// # Ok(())
/// # }
/// ```
#[derive(Default)]
pub struct ReportInput<'i> {
    pub(super) groups: Vec<(&'i VolumeGroup, &'i [Option<FoundPv>])>,
    pub(super) orphans: Vec<&'i Orphan>,
    pub(super) others: Vec<&'i str>,
    pub(super) numbers: Option<Box<DeviceNumbers<'i>>>,
    pub(super) live: Option<Box<Live<'i>>>,
    pub(super) status: Option<Rc<StatusOf<'i>>>,
    pub(super) lv_choice: Option<Box<LvChoice<'i>>>,
    pub(super) historical_choice: Option<Box<HistoricalChoice<'i>>>,
    pub(super) pv_choice: Option<Box<PvChoice<'i>>>,
}

impl fmt::Debug for ReportInput<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ReportInput")
            .field("groups", &self.groups.iter().map(|(vg, _)| vg.name()).collect::<Vec<_>>())
            .field("orphans", &self.orphans.len())
            .field("others", &self.others)
            .finish_non_exhaustive()
    }
}

impl<'i> ReportInput<'i> {
    /// Nothing yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Everything a scan found.
    #[must_use]
    pub fn of_scan(scan: &'i Scan) -> Self {
        Self::new().scan(scan)
    }

    /// Adds everything a scan found.
    #[must_use]
    pub fn scan(mut self, scan: &'i Scan) -> Self {
        for group in &scan.groups {
            self = self.group(group);
        }
        for orphan in &scan.orphans {
            self = self.orphan(orphan);
        }
        self.others.extend(scan.others.iter().map(String::as_str));
        self
    }

    /// Adds a group with the devices it was found on.
    #[must_use]
    pub fn group(mut self, group: &'i FoundVg) -> Self {
        self.groups.push((&group.vg, &group.pvs));
        self
    }

    /// Adds a group of which only the metadata is known; fields that come from its devices are
    /// blank.
    #[must_use]
    pub fn volume_group(mut self, vg: &'i VolumeGroup) -> Self {
        self.groups.push((vg, &[]));
        self
    }

    /// Adds a physical volume that has no group.
    #[must_use]
    pub fn orphan(mut self, orphan: &'i Orphan) -> Self {
        self.orphans.push(orphan);
        self
    }

    /// Adds a device that is no physical volume; shown by [`Report::all`](super::Report::all).
    #[must_use]
    pub fn other_device(mut self, device: &'i str) -> Self {
        self.others.push(device);
        self
    }

    /// Tells how to look up device numbers, for `pv_major` and `pv_minor`. Without it they are -1.
    #[must_use]
    pub fn with_device_numbers(mut self, numbers: impl Fn(&str) -> Option<(u32, u32)> + 'i) -> Self {
        self.numbers = Some(Box::new(numbers));
        self
    }

    /// Tells how to ask the kernel which volumes of a group are active, as
    /// [`Lvm::live_lvs`](crate::Lvm::live_lvs) does; `None` when it cannot tell. It is asked once for
    /// each group, and only when a column needs it. Without it such columns hold what lvm2 shows
    /// with `activation=0`.
    #[must_use]
    pub fn with_live(
        mut self,
        live: impl Fn(&VolumeGroup, &[Option<FoundPv>]) -> Option<Vec<ActiveLv>> + 'i,
    ) -> Self {
        self.live = Some(Box::new(live));
        self
    }

    /// Tells how to ask the kernel what the targets of an active volume report, as
    /// [`Lvm::lv_status`](crate::Lvm::lv_status) does. A report asks once for each volume that is active,
    /// as [`with_live`](Self::with_live) tells, and of a type that has something to report, and only
    /// when a column needs it. Without it such columns hold what lvm2 shows with `activation=0`.
    #[must_use]
    pub fn with_status(mut self, status: impl Fn(&ActiveLv) -> Vec<Status> + 'i) -> Self {
        self.status = Some(Rc::new(status));
        self
    }

    /// Shows only the logical volumes that `choose` says yes to. It is asked for hidden ones too,
    /// and then decides alone.
    #[must_use]
    pub fn only_lvs(mut self, choose: impl Fn(&VolumeGroup, &LogicalVolume) -> bool + 'i) -> Self {
        self.lv_choice = Some(Box::new(choose));
        self
    }

    /// Shows only those removed logical volumes that `choose` says yes to, where removed ones are
    /// shown at all.
    #[must_use]
    pub fn only_historical(
        mut self,
        choose: impl Fn(&VolumeGroup, &HistoricalLogicalVolume) -> bool + 'i,
    ) -> Self {
        self.historical_choice = Some(Box::new(choose));
        self
    }

    /// Shows only the physical volumes on devices that `choose` says yes to.
    #[must_use]
    pub fn only_pvs(mut self, choose: impl Fn(&str) -> bool + 'i) -> Self {
        self.pv_choice = Some(Box::new(choose));
        self
    }
}

impl Lvm {
    /// A report's input without groups yet, that looks up the numbers of devices and asks the kernel
    /// which volumes are active. Where the kernel does not say, columns hold what they hold without
    /// it. Reads no device.
    ///
    /// ```
    /// use lvmkit::report::{Report, ReportKind};
    /// use lvmkit::{Lvm, Options};
    ///
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let dir = tempfile::tempdir()?;
    /// # let disk = dir.path().join("disk.img");
    /// # std::fs::File::create(&disk)?.set_len(4 << 20)?;
    /// let lvm = Lvm::open(Options::new().devices([disk]))?;
    /// let scan = lvm.scan()?;
    /// let table = Report::new(ReportKind::PhysicalVolumes).all().run(&lvm.report_input().scan(&scan))?;
    /// assert_eq!(table.rows().len(), 1);
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    pub fn report_input(&self) -> ReportInput<'_> {
        ReportInput::new()
            .with_live(|vg, pvs| self.live_lvs(vg, pvs).unwrap_or_default())
            .with_status(self.asks_for_status())
            .with_device_numbers(|path| system::device_numbers(path.as_ref()))
    }

    /// Asks for the status of volumes, through one handle of the kernel.
    fn asks_for_status(&self) -> impl Fn(&ActiveLv) -> Vec<Status> {
        let kernel = OnceCell::new();
        move |active| {
            let kernel = kernel.get_or_init(|| self.options.kernel.kernel().ok().flatten());
            let status = kernel.as_ref().map(|kernel| status_of(kernel, active));
            status.and_then(Result::ok).unwrap_or_default()
        }
    }
}
