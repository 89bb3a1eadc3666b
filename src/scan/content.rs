//! What the start of a device says about it.

use std::path::Path;

use lvm_core::ondisk::{Label, find_label};
use lvm_core::{BlockDevice, Result};

use super::device_type::DeviceTypes;
use super::excluded::Exclusion;
use super::machine::{MachineOptions, Use};
use super::on_demand::OnDemandDevice;
use super::partitions::read_table;
use super::sysfs::SysDevice;
use crate::data::signature::{self, SignatureKind};

/// Bytes that a scan reads anyway: the kernel has them in memory when it comes to that.
const HEAD_SIZE: usize = 8192;

/// A device that was opened and may be looked at.
#[derive(Debug)]
pub(crate) struct Content {
    pub(crate) device: OnDemandDevice,
    /// Its label, when it is a physical volume.
    pub(crate) label: Option<Label>,
}

/// Opens a device and reads its start.
pub(crate) fn look_into(
    sys: &SysDevice,
    path: &Path,
    types: &DeviceTypes,
    options: &MachineOptions,
    usage: Use,
) -> Result<Content, Exclusion> {
    let refusal = match (usage.writable, sys.read_only) {
        (false, _) => Some("the device is open for reading only"),
        (true, true) => Some("the kernel does not let anybody write to the device (read-only)"),
        (true, false) => None,
    };
    let opened = OnDemandDevice::open(path.to_owned(), refusal, usage.flush);
    let device = opened.map_err(|_| Exclusion::Unreadable)?;
    let length = usize::try_from(device.size()).unwrap_or(usize::MAX).min(HEAD_SIZE);
    let mut head = vec![0; length];
    // The scan reads it again and says what is wrong with it; so does it for a broken label.
    if device.read_at(0, &mut head).is_err() {
        return Ok(Content { device, label: None });
    }
    let label = find_label(&head).ok().flatten();
    let can_have_table = sys.partition_of.is_none() && types.is_partitionable(sys.number);
    if can_have_table && has_partition_table(&device) {
        return Err(Exclusion::Partitioned);
    }
    if let Some(label) = label.as_ref().filter(|_| options.md_component_detection && !sys.is_md)
        && is_md_component(&device, label)
    {
        return Err(Exclusion::MdComponent);
    }
    Ok(Content { device, label })
}

/// A table without partitions does not count, nor one that cannot be read.
fn has_partition_table(device: &OnDemandDevice) -> bool {
    let Ok(Some(table)) = read_table(device) else { return false };
    !table.partitions.is_empty()
}

/// True for a part of an array that is not running. An array whose superblock is at the end starts
/// where its part starts, so that the part seems to be the physical volume; then the label knows a
/// smaller size. A superblock at the end beside a label of just this size is a remainder.
fn is_md_component(device: &OnDemandDevice, label: &Label) -> bool {
    let Ok(found) = signature::detect(device) else { return false };
    let is_other_size = label.pv_header.device_size != device.size();
    found
        .iter()
        .filter(|found| found.kind == SignatureKind::MdRaid)
        .any(|found| found.offset < device.size() / 2 || is_other_size)
}
