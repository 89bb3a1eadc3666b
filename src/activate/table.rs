//! The table of a logical volume.

use lvm_core::metadata::{Area, AreaSource, LogicalVolume, SegmentKind, VolumeGroup};
use lvm_core::{Error, ErrorKind, PvId, Result, Sectors};
use lvm_dm::table::Table;
use lvm_dm::target::{DeviceRef, Leg, Target, striped};

/// One area of a segment, and where it stands in the volume.
#[derive(Clone, Copy, Debug)]
pub(crate) struct AreaPlace<'a> {
    /// The index of the segment.
    pub(crate) segment: usize,
    /// The index of the area in the segment.
    pub(crate) area: usize,
    /// The length of the segment, in the volume.
    pub(crate) length: Sectors,
    /// The area.
    pub(crate) source: &'a Area,
}

/// The table that maps `lv`; `leg` says where an area lies.
///
/// # Errors
/// `Unsupported` for a segment type whose table is not made here; those of `leg`.
pub(crate) fn lv_table(
    vg: &VolumeGroup,
    lv: &LogicalVolume,
    leg: &mut dyn FnMut(AreaPlace<'_>) -> Result<Leg>,
) -> Result<Table> {
    let mut targets = Vec::with_capacity(lv.segments().len());
    for (segment, seg) in lv.segments().iter().enumerate() {
        let length = seg.extent_count().to_sectors(vg.extent_size());
        let target = match seg.kind() {
            SegmentKind::Error => Target::Error,
            SegmentKind::Zero => Target::Zero,
            SegmentKind::Striped(s) => {
                let mut legs = Vec::with_capacity(s.stripes.len());
                for (area, source) in s.stripes.iter().enumerate() {
                    legs.push(leg(AreaPlace { segment, area, length, source })?);
                }
                match <[Leg; 1]>::try_from(legs) {
                    Ok([leg]) => Target::linear(leg.device, leg.offset),
                    Err(stripes) => Target::Striped(striped::Striped { chunk_size: s.stripe_size, stripes }),
                }
            }
            kind => {
                let message = format!("using volumes with segments of type {}", kind.segment_type());
                return Err(Error::unsupported(message));
            }
        };
        targets.push((length, target));
    }
    Table::concatenated(targets).map_err(|error| {
        Error::new(ErrorKind::Corrupt, "the volume's segments do not make a table").with_source(error)
    })
}

/// Where an area lies on its physical volume, whose device `device` names.
///
/// # Errors
/// `MissingDevice` when it is missing; `Unsupported` for an area on another logical volume.
pub(crate) fn pv_leg(
    vg: &VolumeGroup,
    area: &Area,
    device: &dyn Fn(PvId) -> Option<DeviceRef>,
) -> Result<Leg> {
    let AreaSource::Pv(id) = area.source else {
        return Err(Error::unsupported("volumes that lie on other volumes"));
    };
    let pv = vg.physical_volume(id);
    let (Some(pv), Some(device)) = (pv, device(id)) else {
        let hint = pv.map_or("", |pv| pv.device());
        return Err(Error::new(ErrorKind::MissingDevice, "a physical volume under the volume is missing")
            .with_pv(id.to_string())
            .with_device(hint));
    };
    let within = u64::from(area.start_extent).saturating_mul(vg.extent_size().get());
    Ok(Leg { device, offset: Sectors(pv.pe_start().get().saturating_add(within)) })
}
