//! The table of a logical volume.

use lvm_core::metadata::{Area, AreaSource, LogicalVolume, SegmentKind, VolumeGroup};
use lvm_core::{Error, ErrorKind, PvId, Result, Sectors};
use lvm_dm::table::Table;
use lvm_dm::target::{DeviceRef, Leg, Target, striped};

/// The table that maps `lv`; `device` names the device of a physical volume.
///
/// # Errors
/// `Unsupported` for a segment type that this backend does not run, `MissingDevice` when a
/// physical volume under the volume is missing.
pub(crate) fn lv_table(
    vg: &VolumeGroup,
    lv: &LogicalVolume,
    device: &dyn Fn(PvId) -> Option<DeviceRef>,
) -> Result<Table> {
    let extent_size = vg.extent_size();
    let mut targets = Vec::with_capacity(lv.segments().len());
    for seg in lv.segments() {
        let length = seg.extent_count().to_sectors(extent_size);
        let target = match seg.kind() {
            SegmentKind::Error => Target::Error,
            SegmentKind::Zero => Target::Zero,
            SegmentKind::Striped(s) => match s.stripes.as_slice() {
                [area] => {
                    let leg = leg(vg, area, device)?;
                    Target::linear(leg.device, leg.offset)
                }
                areas => {
                    let legs = areas.iter().map(|area| leg(vg, area, device)).collect::<Result<Vec<_>>>()?;
                    Target::Striped(striped::Striped { chunk_size: s.stripe_size, stripes: legs })
                }
            },
            kind => {
                return Err(Error::unsupported(format!(
                    "reading volumes with segments of type {} without the kernel",
                    kind.segment_type()
                )));
            }
        };
        targets.push((length, target));
    }
    Table::concatenated(targets).map_err(|error| {
        Error::new(ErrorKind::Corrupt, "the volume's segments do not make a table").with_source(error)
    })
}

fn leg(vg: &VolumeGroup, area: &Area, device: &dyn Fn(PvId) -> Option<DeviceRef>) -> Result<Leg> {
    let AreaSource::Pv(id) = area.source else {
        return Err(Error::unsupported("volumes that lie on other volumes, without the kernel"));
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
