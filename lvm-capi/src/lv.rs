//! Logical volumes and their segments, to be walked.
#![expect(unsafe_code, reason = "#[unsafe(no_mangle)]")]

use std::ffi::{CStr, CString, c_char};
use std::ptr;
use std::sync::Arc;

use lvmkit_rs::core::metadata::{Area, AreaSource, SegmentKind};
use lvmkit_rs::{LogicalVolume, Segment};

use crate::ffi::c_string;
use crate::options::{lvmkit_allocation_policy, policy_to_c};
use crate::vg::{Parts, lvmkit_pv, tag_at};

/// A logical volume. It belongs to its lvmkit_vg.
#[derive(Debug)]
pub struct lvmkit_lv {
    pub(crate) name: CString,
    id: CString,
    tags: Vec<CString>,
    creation_host: Option<CString>,
    creation_time: u64,
    size_bytes: u64,
    allocation_policy: lvmkit_allocation_policy,
    is_visible: bool,
    is_writable: bool,
    segments: Vec<lvmkit_segment>,
}

/// A run of logical extents that is mapped in one way. It belongs to its lvmkit_vg.
#[derive(Debug)]
pub struct lvmkit_segment {
    type_name: Arc<CStr>,
    start_extent: u32,
    extent_count: u32,
    start_bytes: u64,
    size_bytes: u64,
    stripe_count: u32,
    stripe_size_bytes: u64,
    area_extent_count: u32,
    areas: Vec<PlacedArea>,
}

/// One leg of a segment.
#[derive(Debug)]
struct PlacedArea {
    pv: Option<Arc<lvmkit_pv>>,
    lv: Option<Arc<CStr>>,
    start_extent: u32,
}

impl lvmkit_lv {
    pub(crate) fn new(lv: &LogicalVolume, parts: &mut Parts<'_>) -> Self {
        Self {
            name: c_string(lv.name()),
            id: c_string(&lv.id().to_string()),
            tags: lv.tags().iter().map(|tag| c_string(tag)).collect(),
            creation_host: lv.creation_host().map(c_string),
            creation_time: lv.creation_time().unwrap_or(0),
            size_bytes: lv.size().get(),
            allocation_policy: policy_to_c(lv.allocation_policy()),
            is_visible: lv.is_visible(),
            is_writable: lv.is_writable(),
            segments: lv.segments().iter().map(|seg| lvmkit_segment::new(seg, parts)).collect(),
        }
    }
}

impl lvmkit_segment {
    fn new(seg: &Segment, parts: &mut Parts<'_>) -> Self {
        let (stripe_count, stripe_size_bytes) = match seg.kind() {
            SegmentKind::Striped(striped) => {
                let count = u32::try_from(striped.stripes.len()).unwrap_or(u32::MAX);
                (count, if count > 1 { striped.stripe_size.to_bytes().get() } else { 0 })
            }
            _ => (0, 0),
        };
        let extent_size = parts.extent_size;
        Self {
            type_name: parts.word(seg.segment_type().as_str()),
            start_extent: seg.start_extent().get(),
            extent_count: seg.extent_count().get(),
            start_bytes: seg.start_extent().to_bytes(extent_size).get(),
            size_bytes: seg.extent_count().to_bytes(extent_size).get(),
            stripe_count,
            stripe_size_bytes,
            area_extent_count: seg.area_length().get(),
            areas: seg.kind().areas().iter().map(|area| PlacedArea::new(area, parts)).collect(),
        }
    }

    fn area(&self, index: usize) -> Option<&PlacedArea> {
        self.areas.get(index)
    }
}

impl PlacedArea {
    fn new(area: &Area, parts: &mut Parts<'_>) -> Self {
        let (pv, lv) = match area.source {
            AreaSource::Pv(id) => (parts.pvs.get(&id).map(|pv| Arc::clone(pv)), None),
            AreaSource::Lv(id) => {
                let name = parts.lvs.get(&id).copied();
                (None, name.map(|name| parts.word(name)))
            }
        };
        Self { pv, lv, start_extent: area.start_extent }
    }
}

/// The name. "" for NULL.
#[unsafe(no_mangle)]
pub extern "C" fn lvmkit_lv_name(lv: Option<&lvmkit_lv>) -> *const c_char {
    lv.map_or(c"".as_ptr(), |lv| lv.name.as_ptr())
}

/// The id, with dashes. "" for NULL.
#[unsafe(no_mangle)]
pub extern "C" fn lvmkit_lv_id(lv: Option<&lvmkit_lv>) -> *const c_char {
    lv.map_or(c"".as_ptr(), |lv| lv.id.as_ptr())
}

/// The size.
#[unsafe(no_mangle)]
pub extern "C" fn lvmkit_lv_size_bytes(lv: Option<&lvmkit_lv>) -> u64 {
    lv.map_or(0, |lv| lv.size_bytes)
}

/// True when users should see it: not a part of another volume.
#[unsafe(no_mangle)]
pub extern "C" fn lvmkit_lv_is_visible(lv: Option<&lvmkit_lv>) -> bool {
    lv.is_some_and(|lv| lv.is_visible)
}

/// True when it may be written.
#[unsafe(no_mangle)]
pub extern "C" fn lvmkit_lv_is_writable(lv: Option<&lvmkit_lv>) -> bool {
    lv.is_some_and(|lv| lv.is_writable)
}

/// Where its new extents go.
#[unsafe(no_mangle)]
pub extern "C" fn lvmkit_lv_allocation_policy(lv: Option<&lvmkit_lv>) -> lvmkit_allocation_policy {
    lv.map_or(lvmkit_allocation_policy::LVMKIT_ALLOCATION_DEFAULT, |lv| lv.allocation_policy)
}

/// When it was created, in seconds since 1970-01-01 UTC; 0 when that is not recorded.
#[unsafe(no_mangle)]
pub extern "C" fn lvmkit_lv_creation_time(lv: Option<&lvmkit_lv>) -> u64 {
    lv.map_or(0, |lv| lv.creation_time)
}

/// The host it was created on, or NULL.
#[unsafe(no_mangle)]
pub extern "C" fn lvmkit_lv_creation_host(lv: Option<&lvmkit_lv>) -> *const c_char {
    lv.and_then(|lv| lv.creation_host.as_ref()).map_or(ptr::null(), |host| host.as_ptr())
}

/// The number of tags.
#[unsafe(no_mangle)]
pub extern "C" fn lvmkit_lv_tag_count(lv: Option<&lvmkit_lv>) -> usize {
    lv.map_or(0, |lv| lv.tags.len())
}

/// A tag; NULL past the last.
#[unsafe(no_mangle)]
pub extern "C" fn lvmkit_lv_tag(lv: Option<&lvmkit_lv>, index: usize) -> *const c_char {
    lv.map_or(ptr::null(), |lv| tag_at(&lv.tags, index))
}

/// The number of segments.
#[unsafe(no_mangle)]
pub extern "C" fn lvmkit_lv_segment_count(lv: Option<&lvmkit_lv>) -> usize {
    lv.map_or(0, |lv| lv.segments.len())
}

/// A segment, in logical order; NULL past the last. It lives as long as the group.
#[unsafe(no_mangle)]
pub extern "C" fn lvmkit_lv_segment(lv: Option<&lvmkit_lv>, index: usize) -> Option<&lvmkit_segment> {
    lv?.segments.get(index)
}

/// The type as reports show it: "linear", "striped", "thin-pool", "raid1". "" for NULL.
#[unsafe(no_mangle)]
pub extern "C" fn lvmkit_segment_type(segment: Option<&lvmkit_segment>) -> *const c_char {
    segment.map_or(c"".as_ptr(), |segment| segment.type_name.as_ptr())
}

/// The first logical extent.
#[unsafe(no_mangle)]
pub extern "C" fn lvmkit_segment_start_extent(segment: Option<&lvmkit_segment>) -> u32 {
    segment.map_or(0, |segment| segment.start_extent)
}

/// The number of logical extents.
#[unsafe(no_mangle)]
pub extern "C" fn lvmkit_segment_extent_count(segment: Option<&lvmkit_segment>) -> u32 {
    segment.map_or(0, |segment| segment.extent_count)
}

/// Where in the volume it begins.
#[unsafe(no_mangle)]
pub extern "C" fn lvmkit_segment_start_bytes(segment: Option<&lvmkit_segment>) -> u64 {
    segment.map_or(0, |segment| segment.start_bytes)
}

/// Its size.
#[unsafe(no_mangle)]
pub extern "C" fn lvmkit_segment_size_bytes(segment: Option<&lvmkit_segment>) -> u64 {
    segment.map_or(0, |segment| segment.size_bytes)
}

/// The number of stripes: 1 for linear, more for striped, 0 for all other types.
#[unsafe(no_mangle)]
pub extern "C" fn lvmkit_segment_stripe_count(segment: Option<&lvmkit_segment>) -> u32 {
    segment.map_or(0, |segment| segment.stripe_count)
}

/// Bytes on one area before the next has its turn; 0 unless striped.
#[unsafe(no_mangle)]
pub extern "C" fn lvmkit_segment_stripe_size_bytes(segment: Option<&lvmkit_segment>) -> u64 {
    segment.map_or(0, |segment| segment.stripe_size_bytes)
}

/// The number of areas: what a linear, striped or mirror segment lies on. 0 for other types.
#[unsafe(no_mangle)]
pub extern "C" fn lvmkit_segment_area_count(segment: Option<&lvmkit_segment>) -> usize {
    segment.map_or(0, |segment| segment.areas.len())
}

/// The physical volume that an area lies on; NULL when it lies on a logical volume, and past the
/// last. It lives as long as the group.
#[unsafe(no_mangle)]
pub extern "C" fn lvmkit_segment_area_pv(
    segment: Option<&lvmkit_segment>,
    index: usize,
) -> Option<&lvmkit_pv> {
    segment?.area(index)?.pv.as_deref()
}

/// The device of that physical volume; NULL when there is none.
#[unsafe(no_mangle)]
pub extern "C" fn lvmkit_segment_area_device(
    segment: Option<&lvmkit_segment>,
    index: usize,
) -> *const c_char {
    lvmkit_segment_area_pv(segment, index).map_or(ptr::null(), |pv| pv.device.as_ptr())
}

/// The name of the logical volume that an area lies on; NULL when it lies on a physical volume,
/// and past the last.
#[unsafe(no_mangle)]
pub extern "C" fn lvmkit_segment_area_lv_name(
    segment: Option<&lvmkit_segment>,
    index: usize,
) -> *const c_char {
    let area = segment.and_then(|segment| segment.area(index));
    area.and_then(|area| area.lv.as_ref()).map_or(ptr::null(), |name| name.as_ptr())
}

/// The first extent of an area, on what it lies on.
#[unsafe(no_mangle)]
pub extern "C" fn lvmkit_segment_area_start_extent(segment: Option<&lvmkit_segment>, index: usize) -> u32 {
    segment.and_then(|segment| segment.area(index)).map_or(0, |area| area.start_extent)
}

/// The number of extents of an area.
#[unsafe(no_mangle)]
pub extern "C" fn lvmkit_segment_area_extent_count(segment: Option<&lvmkit_segment>, index: usize) -> u32 {
    let Some(segment) = segment else { return 0 };
    segment.area(index).map_or(0, |_| segment.area_extent_count)
}
