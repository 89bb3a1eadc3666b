//! The order in which lvm2 deals with groups that are not named one by one: the last found first,
//! where devices are looked at by their numbers.

use lvmkit::core::store::{FoundVg, Scan};
use lvmkit::system;

/// What a scan found, in that order. Image files, which have no numbers, come in the order they
/// were named, before block devices.
pub(super) fn groups(scan: &Scan) -> Vec<&FoundVg> {
    let mut groups = scan.groups.iter().collect::<Vec<_>>();
    if groups.len() > 1 {
        groups.sort_by_cached_key(|found| first_device(found));
        groups.reverse();
    }
    groups
}

/// The number of the first device on which a group was found.
fn first_device(found: &FoundVg) -> Option<(u32, u32)> {
    let devices = found.pvs.iter().flatten();
    devices.filter_map(|pv| system::device_numbers(pv.device.name().as_ref())).min()
}
