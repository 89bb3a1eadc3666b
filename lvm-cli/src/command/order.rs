//! The order in which lvm2 goes through groups that are not named one by one: the one whose
//! metadata it comes across last is the first.

use std::cmp::Reverse;

use lvmkit::core::store::{FoundVg, Scan};
use lvmkit::system;

/// What a scan found, in that order. Groups on image files come by name, behind the others.
pub(super) fn groups(scan: &Scan) -> Vec<&FoundVg> {
    let mut groups = scan.groups.iter().collect::<Vec<_>>();
    groups.sort_by_key(|found| found.vg.name());
    if groups.len() > 1 {
        groups.sort_by_cached_key(|found| Reverse(first_device(found)));
    }
    groups
}

/// Where the first device comes that carries the group's metadata.
fn first_device(found: &FoundVg) -> Option<u32> {
    let pvs = found.pvs.iter().flatten();
    let with_text = pvs.filter(|pv| pv.scanned.areas.iter().any(|area| area.state.text().is_some()));
    with_text.filter_map(|pv| place(pv.device.name())).min()
}

/// Where a device comes when lvm2 goes through them all: it keeps them by number, the low byte of
/// which counts most. Image files have no number.
pub(super) fn place(device: &str) -> Option<u32> {
    let (major, minor) = system::device_numbers(device.as_ref())?;
    let number = (minor & 0xff) | ((major & 0xfff) << 8) | ((minor & !0xff) << 12);
    Some(number.swap_bytes())
}
