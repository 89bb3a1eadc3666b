//! Volume groups and physical volumes, to be walked.
//!
//! A handle is a snapshot with C strings: everything that accessors return points into it.
#![expect(unsafe_code, reason = "#[unsafe(no_mangle)]")]

use std::collections::HashMap;
use std::ffi::{CStr, CString, c_char};
use std::ptr;
use std::sync::Arc;

use lvmkit_rs::{Error, ErrorKind, Extents, PhysicalVolume, Result, VolumeGroup};

use crate::error::{lvmkit_error, lvmkit_result};
use crate::ffi::{Out, Text, TextOut, c_string, fallible, free, given};
use crate::lv::lvmkit_lv;
use crate::options::{lvmkit_allocation_policy, policy_to_c};

/// A volume group at one point in time. It holds no lock and no open device, and nothing changes
/// it: any number of threads may use it at once. Free it with lvmkit_vg_free().
#[derive(Debug)]
pub struct lvmkit_vg {
    pub(crate) group: VolumeGroup,
    name: CString,
    id: CString,
    system_id: Option<CString>,
    tags: Vec<CString>,
    free_bytes: u64,
    pvs: Vec<Arc<lvmkit_pv>>,
    lvs: Vec<lvmkit_lv>,
}

/// A physical volume. It belongs to its lvmkit_vg.
#[derive(Debug)]
pub struct lvmkit_pv {
    pub(crate) device: CString,
    id: CString,
    tags: Vec<CString>,
    size_bytes: u64,
    free_bytes: u64,
    device_size_bytes: u64,
    data_offset_bytes: u64,
    extent_count: u32,
    is_missing: bool,
    is_allocatable: bool,
}

impl lvmkit_vg {
    /// # Errors
    /// `Corrupt` when segments overlap, so that there is no telling what is free.
    pub(crate) fn new(group: VolumeGroup) -> Result<Self> {
        let map = group.pv_map()?;
        let extent_size = group.extent_size();
        let members = group.physical_volumes().iter().enumerate();
        let pvs = members.map(|(at, pv)| Arc::new(lvmkit_pv::new(&group, pv, map.free_count(at))));
        let pvs = pvs.collect::<Vec<_>>();
        let mut parts = Parts::new(&group, &pvs);
        let lvs = group.logical_volumes().map(|lv| lvmkit_lv::new(lv, &mut parts)).collect();
        Ok(Self {
            name: c_string(group.name()),
            id: c_string(&group.id().to_string()),
            system_id: group.system_id().map(c_string),
            tags: group.tags().iter().map(|tag| c_string(tag)).collect(),
            free_bytes: map.total_free().to_bytes(extent_size).get(),
            pvs,
            lvs,
            group,
        })
    }
}

impl lvmkit_pv {
    fn new(group: &VolumeGroup, pv: &PhysicalVolume, free: Extents) -> Self {
        Self {
            device: c_string(pv.device()),
            id: c_string(&pv.id().to_string()),
            tags: pv.tags().iter().map(|tag| c_string(tag)).collect(),
            size_bytes: pv.size(group.extent_size()).get(),
            free_bytes: free.to_bytes(group.extent_size()).get(),
            device_size_bytes: pv.dev_size().map_or(0, |size| size.to_bytes().get()),
            data_offset_bytes: pv.pe_start().to_bytes().get(),
            extent_count: pv.pe_count().get(),
            is_missing: pv.is_missing(),
            is_allocatable: pv.is_allocatable(),
        }
    }
}

/// What the segments of a group share: physical volumes by id, names of volumes by id, and words.
pub(crate) struct Parts<'a> {
    pub(crate) extent_size: lvmkit_rs::Sectors,
    pub(crate) pvs: HashMap<lvmkit_rs::PvId, &'a Arc<lvmkit_pv>>,
    pub(crate) lvs: HashMap<lvmkit_rs::LvId, &'a str>,
    words: HashMap<String, Arc<CStr>>,
}

impl<'a> Parts<'a> {
    fn new(group: &'a VolumeGroup, pvs: &'a [Arc<lvmkit_pv>]) -> Self {
        let ids = group.physical_volumes().iter().map(PhysicalVolume::id);
        Self {
            extent_size: group.extent_size(),
            pvs: ids.zip(pvs).collect(),
            lvs: group.logical_volumes().map(|lv| (lv.id(), lv.name())).collect(),
            words: HashMap::new(),
        }
    }

    /// The word as a C string, made once.
    pub(crate) fn word(&mut self, word: &str) -> Arc<CStr> {
        if let Some(known) = self.words.get(word) {
            return Arc::clone(known);
        }
        let made = Arc::<CStr>::from(c_string(word));
        self.words.insert(word.to_owned(), Arc::clone(&made));
        made
    }
}

pub(crate) fn tag_at(tags: &[CString], index: usize) -> *const c_char {
    tags.get(index).map_or(ptr::null(), |tag| tag.as_ptr())
}

/// The name. "" for NULL.
#[unsafe(no_mangle)]
pub extern "C" fn lvmkit_vg_name(vg: Option<&lvmkit_vg>) -> *const c_char {
    vg.map_or(c"".as_ptr(), |vg| vg.name.as_ptr())
}

/// The id, with dashes. "" for NULL.
#[unsafe(no_mangle)]
pub extern "C" fn lvmkit_vg_id(vg: Option<&lvmkit_vg>) -> *const c_char {
    vg.map_or(c"".as_ptr(), |vg| vg.id.as_ptr())
}

/// The version of the metadata; every commit raises it by one.
#[unsafe(no_mangle)]
pub extern "C" fn lvmkit_vg_seqno(vg: Option<&lvmkit_vg>) -> u32 {
    vg.map_or(0, |vg| vg.group.seqno())
}

/// The size of one extent.
#[unsafe(no_mangle)]
pub extern "C" fn lvmkit_vg_extent_size_bytes(vg: Option<&lvmkit_vg>) -> u64 {
    vg.map_or(0, |vg| vg.group.extent_size().to_bytes().get())
}

/// The size of all extents.
#[unsafe(no_mangle)]
pub extern "C" fn lvmkit_vg_size_bytes(vg: Option<&lvmkit_vg>) -> u64 {
    vg.map_or(0, |vg| vg.group.size().get())
}

/// The size of the free extents.
#[unsafe(no_mangle)]
pub extern "C" fn lvmkit_vg_free_bytes(vg: Option<&lvmkit_vg>) -> u64 {
    vg.map_or(0, |vg| vg.free_bytes)
}

/// The most logical volumes allowed; 0 means no limit.
#[unsafe(no_mangle)]
pub extern "C" fn lvmkit_vg_max_lv(vg: Option<&lvmkit_vg>) -> u32 {
    vg.map_or(0, |vg| vg.group.max_lv())
}

/// The most physical volumes allowed; 0 means no limit.
#[unsafe(no_mangle)]
pub extern "C" fn lvmkit_vg_max_pv(vg: Option<&lvmkit_vg>) -> u32 {
    vg.map_or(0, |vg| vg.group.max_pv())
}

/// Where new extents go by default.
#[unsafe(no_mangle)]
pub extern "C" fn lvmkit_vg_allocation_policy(vg: Option<&lvmkit_vg>) -> lvmkit_allocation_policy {
    let policy = vg.map(|vg| vg.group.allocation_policy());
    policy.map_or(lvmkit_allocation_policy::LVMKIT_ALLOCATION_DEFAULT, policy_to_c)
}

/// True when its metadata may be changed.
#[unsafe(no_mangle)]
pub extern "C" fn lvmkit_vg_is_writable(vg: Option<&lvmkit_vg>) -> bool {
    vg.is_some_and(|vg| vg.group.is_writable())
}

/// True when it may gain and lose physical volumes.
#[unsafe(no_mangle)]
pub extern "C" fn lvmkit_vg_is_resizeable(vg: Option<&lvmkit_vg>) -> bool {
    vg.is_some_and(|vg| vg.group.is_resizeable())
}

/// True for an exported group.
#[unsafe(no_mangle)]
pub extern "C" fn lvmkit_vg_is_exported(vg: Option<&lvmkit_vg>) -> bool {
    vg.is_some_and(|vg| vg.group.is_exported())
}

/// True when a physical volume is missing.
#[unsafe(no_mangle)]
pub extern "C" fn lvmkit_vg_is_partial(vg: Option<&lvmkit_vg>) -> bool {
    vg.is_some_and(|vg| vg.group.is_partial())
}

/// The system id of the host that owns it, or NULL.
#[unsafe(no_mangle)]
pub extern "C" fn lvmkit_vg_system_id(vg: Option<&lvmkit_vg>) -> *const c_char {
    vg.and_then(|vg| vg.system_id.as_ref()).map_or(ptr::null(), |id| id.as_ptr())
}

/// The number of tags.
#[unsafe(no_mangle)]
pub extern "C" fn lvmkit_vg_tag_count(vg: Option<&lvmkit_vg>) -> usize {
    vg.map_or(0, |vg| vg.tags.len())
}

/// A tag; NULL past the last.
#[unsafe(no_mangle)]
pub extern "C" fn lvmkit_vg_tag(vg: Option<&lvmkit_vg>, index: usize) -> *const c_char {
    vg.map_or(ptr::null(), |vg| tag_at(&vg.tags, index))
}

/// The number of physical volumes.
#[unsafe(no_mangle)]
pub extern "C" fn lvmkit_vg_pv_count(vg: Option<&lvmkit_vg>) -> usize {
    vg.map_or(0, |vg| vg.pvs.len())
}

/// A physical volume, in metadata order; NULL past the last. It lives as long as the group.
#[unsafe(no_mangle)]
pub extern "C" fn lvmkit_vg_pv(vg: Option<&lvmkit_vg>, index: usize) -> Option<&lvmkit_pv> {
    vg?.pvs.get(index).map(|pv| &**pv)
}

/// The number of logical volumes, hidden ones included.
#[unsafe(no_mangle)]
pub extern "C" fn lvmkit_vg_lv_count(vg: Option<&lvmkit_vg>) -> usize {
    vg.map_or(0, |vg| vg.lvs.len())
}

/// A logical volume, in metadata order; NULL past the last. It lives as long as the group.
#[unsafe(no_mangle)]
pub extern "C" fn lvmkit_vg_lv(vg: Option<&lvmkit_vg>, index: usize) -> Option<&lvmkit_lv> {
    vg?.lvs.get(index)
}

/// The logical volume of that name; NULL when there is none. It lives as long as the group.
#[unsafe(no_mangle)]
pub extern "C" fn lvmkit_vg_lv_by_name(vg: Option<&lvmkit_vg>, name: Text) -> Option<&lvmkit_lv> {
    let name = name.optional("name").ok()??;
    vg?.lvs.iter().find(|lv| lv.name.to_bytes() == name.as_bytes())
}

/// Everything about the group, as JSON. Free the string with lvmkit_string_free().
#[unsafe(no_mangle)]
pub extern "C" fn lvmkit_vg_to_json(
    vg: Option<&lvmkit_vg>,
    json: TextOut,
    error: Out<lvmkit_error>,
) -> lvmkit_result {
    fallible(error, || {
        let vg = given(vg, "vg")?;
        json.require("json")?;
        json.give(&to_json(&vg.group)?);
        Ok(())
    })
}

/// A value of the library as JSON.
pub(crate) fn to_json(value: &impl serde::Serialize) -> Result<String> {
    serde_json::to_string(value)
        .map_err(|error| Error::new(ErrorKind::Internal, "cannot be written as JSON").with_source(error))
}

/// Frees a group and all that belongs to it.
#[unsafe(no_mangle)]
pub extern "C" fn lvmkit_vg_free(vg: Option<Box<lvmkit_vg>>) {
    free(vg);
}

/// The device or image file it was found at; "[unknown]" when it is missing. "" for NULL.
#[unsafe(no_mangle)]
pub extern "C" fn lvmkit_pv_device(pv: Option<&lvmkit_pv>) -> *const c_char {
    pv.map_or(c"".as_ptr(), |pv| pv.device.as_ptr())
}

/// The id, with dashes. "" for NULL.
#[unsafe(no_mangle)]
pub extern "C" fn lvmkit_pv_id(pv: Option<&lvmkit_pv>) -> *const c_char {
    pv.map_or(c"".as_ptr(), |pv| pv.id.as_ptr())
}

/// The size of its extents.
#[unsafe(no_mangle)]
pub extern "C" fn lvmkit_pv_size_bytes(pv: Option<&lvmkit_pv>) -> u64 {
    pv.map_or(0, |pv| pv.size_bytes)
}

/// The size of its free extents.
#[unsafe(no_mangle)]
pub extern "C" fn lvmkit_pv_free_bytes(pv: Option<&lvmkit_pv>) -> u64 {
    pv.map_or(0, |pv| pv.free_bytes)
}

/// The size of the device as the metadata records it; 0 when it does not.
#[unsafe(no_mangle)]
pub extern "C" fn lvmkit_pv_device_size_bytes(pv: Option<&lvmkit_pv>) -> u64 {
    pv.map_or(0, |pv| pv.device_size_bytes)
}

/// Where on the device its first extent begins.
#[unsafe(no_mangle)]
pub extern "C" fn lvmkit_pv_data_offset_bytes(pv: Option<&lvmkit_pv>) -> u64 {
    pv.map_or(0, |pv| pv.data_offset_bytes)
}

/// The number of its extents.
#[unsafe(no_mangle)]
pub extern "C" fn lvmkit_pv_extent_count(pv: Option<&lvmkit_pv>) -> u32 {
    pv.map_or(0, |pv| pv.extent_count)
}

/// True when it was not found.
#[unsafe(no_mangle)]
pub extern "C" fn lvmkit_pv_is_missing(pv: Option<&lvmkit_pv>) -> bool {
    pv.is_some_and(|pv| pv.is_missing)
}

/// True when extents may be allocated on it.
#[unsafe(no_mangle)]
pub extern "C" fn lvmkit_pv_is_allocatable(pv: Option<&lvmkit_pv>) -> bool {
    pv.is_some_and(|pv| pv.is_allocatable)
}

/// The number of tags.
#[unsafe(no_mangle)]
pub extern "C" fn lvmkit_pv_tag_count(pv: Option<&lvmkit_pv>) -> usize {
    pv.map_or(0, |pv| pv.tags.len())
}

/// A tag; NULL past the last.
#[unsafe(no_mangle)]
pub extern "C" fn lvmkit_pv_tag(pv: Option<&lvmkit_pv>, index: usize) -> *const c_char {
    pv.map_or(ptr::null(), |pv| tag_at(&pv.tags, index))
}
