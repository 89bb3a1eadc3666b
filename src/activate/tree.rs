//! The devices that make up an active logical volume, as a pure function of the metadata.

use lvm_core::metadata::{LogicalVolume, ReadAhead, SegmentKind, VolumeGroup};
use lvm_core::{Error, ErrorKind, PvId, Result, Sectors};
use lvm_dm::kernel::DeviceNumber;
use lvm_dm::table::Table;
use lvm_dm::target::{DeviceRef, Leg, Target};
use lvm_dm::udev::UdevKind;
use lvm_dm::{DeviceName, DeviceUuid};

use super::table::{AreaPlace, lv_table, pv_leg};

/// What is done about missing physical volumes (`activation/activation_mode` in lvm.conf(5)).
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum ActivationMode {
    /// A volume with any of its physical volumes missing is not activated.
    Complete,
    /// Redundant volumes are activated with a leg missing as long as their data is whole; others
    /// as with `Complete`.
    #[default]
    Degraded,
    /// Any volume is activated; reading what is missing gives errors.
    Partial,
}

/// How a volume is brought up.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct TreeOptions {
    /// What is done about missing physical volumes.
    pub mode: ActivationMode,
    /// Read-only whatever the volume's own permission is.
    pub read_only: bool,
}

/// One device-mapper device.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct DeviceNode {
    /// Its name.
    pub name: String,
    /// Its uuid.
    pub uuid: DeviceUuid,
    /// Its table. Physical volumes are named by number, other devices of the tree by a path that
    /// is their uuid: their numbers are known when they exist.
    pub table: Table,
    /// Only reads go through.
    pub read_only: bool,
    /// The minor number it must have.
    pub minor: Option<u32>,
    /// What it is to udev.
    pub kind: UdevKind,
    /// True for the volume's own device: it has a link `/dev/VG/LV`.
    pub linked: bool,
    /// How far the kernel shall read ahead.
    pub read_ahead: ReadAheadWish,
}

/// What is to become of the read-ahead that the kernel gives a device.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum ReadAheadWish {
    /// It stays.
    Kernel,
    /// At least so much.
    AtLeast(Sectors),
    /// Just so much.
    Exactly(Sectors),
}

impl ReadAheadWish {
    /// `auto` is two rounds over the stripes, as with lvm2.
    fn of(lv: &LogicalVolume) -> Self {
        match lv.read_ahead() {
            ReadAhead::None => Self::Exactly(Sectors::ZERO),
            ReadAhead::Sectors(sectors) => Self::Exactly(Sectors(sectors.into())),
            ReadAhead::Auto => {
                let rounds = lv.segments().iter().filter_map(|seg| match seg.kind() {
                    SegmentKind::Striped(striped) if striped.stripes.len() > 1 => {
                        let stripes = u64::try_from(striped.stripes.len()).ok()?;
                        striped.stripe_size.0.checked_mul(stripes)?.checked_mul(2)
                    }
                    _ => None,
                });
                rounds.max().map_or(Self::Kernel, |sectors| Self::AtLeast(Sectors(sectors)))
            }
        }
    }
}

impl DeviceNode {
    /// The table with the numbers of the devices of the tree.
    pub(crate) fn resolved(&self, number: &dyn Fn(&str) -> Option<DeviceNumber>) -> Table {
        self.table.clone().with_devices(|device| match device {
            DeviceRef::Path(uuid) => number(uuid).map(DeviceRef::from),
            DeviceRef::Number { .. } => None,
        })
    }
}

/// The devices of `lv`, those below first. `device` gives the number of a physical volume's device.
///
/// # Errors
/// `MissingDevice` when a physical volume is missing and `options` does not allow it;
/// `Unsupported` for segment types whose devices are not made here; `InvalidInput` when the names
/// of group and volume are too long for device-mapper together.
pub fn lv_tree(
    vg: &VolumeGroup,
    lv: &LogicalVolume,
    device: &dyn Fn(PvId) -> Option<DeviceRef>,
    options: TreeOptions,
) -> Result<Vec<DeviceNode>> {
    let context = |error: Error| error.with_vg(vg.name()).with_lv(lv.name());
    let mut nodes = Vec::new();
    let mut leg = |place: AreaPlace<'_>| match pv_leg(vg, place.source, device) {
        Err(error)
            if *error.kind() == ErrorKind::MissingDevice && options.mode == ActivationMode::Partial =>
        {
            let node = missing_area(vg, lv, place)?;
            let leg = Leg::new(DeviceRef::path(node.uuid.to_string()), Sectors::ZERO);
            nodes.push(node);
            Ok(leg)
        }
        other => other,
    };
    let table = lv_table(vg, lv, &mut leg).map_err(context)?;
    nodes.push(DeviceNode {
        name: name(vg, lv, None).map_err(context)?,
        uuid: uuid(vg, lv, None)?,
        table,
        read_only: options.read_only || !lv.is_writable(),
        minor: lv.minor().and_then(|minor| u32::try_from(minor).ok()),
        kind: if lv.is_visible() { UdevKind::Visible } else { UdevKind::Hidden },
        linked: lv.is_visible(),
        read_ahead: ReadAheadWish::of(lv),
    });
    Ok(nodes)
}

/// What stands in for an area whose physical volume is missing: as long as its whole segment.
fn missing_area(vg: &VolumeGroup, lv: &LogicalVolume, place: AreaPlace<'_>) -> Result<DeviceNode> {
    let layer = format!("missing_{}_{}", place.segment, place.area);
    Ok(DeviceNode {
        name: name(vg, lv, Some(&layer))?,
        uuid: uuid(vg, lv, Some(&layer))?,
        table: Table::single(place.length, Target::Error)?,
        read_only: false,
        minor: None,
        kind: UdevKind::Hidden,
        linked: false,
        read_ahead: ReadAheadWish::Kernel,
    })
}

pub(crate) fn name(vg: &VolumeGroup, lv: &LogicalVolume, layer: Option<&str>) -> Result<String> {
    let name = DeviceName::new(vg.name(), lv.name(), layer);
    Ok(name
        .map_err(|error| Error::invalid("the volume cannot have a device").with_source(error))?
        .to_string())
}

fn uuid(vg: &VolumeGroup, lv: &LogicalVolume, layer: Option<&str>) -> Result<DeviceUuid> {
    DeviceUuid::new(vg.id(), lv.id(), layer)
        .map_err(|error| Error::invalid("the volume cannot have a device").with_source(error))
}
