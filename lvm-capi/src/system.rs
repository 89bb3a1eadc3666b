//! The handle everything starts from.
#![expect(unsafe_code, reason = "#[unsafe(no_mangle)]")]

use std::ffi::{CString, c_char};

use lvmkit_rs::{Lvm, Options};

use crate::error::{lvmkit_error, lvmkit_result};
use crate::ffi::{Out, Params, Text, c_string, fallible, free, given};
use crate::options::{self, lvmkit_new_pv, lvmkit_options};
use crate::vg::lvmkit_vg;

/// A view of some devices and image files. It holds no lock and no open device between calls;
/// any number of threads may use it at once. Free it with lvmkit_free().
#[derive(Debug)]
pub struct lvmkit(pub(crate) Lvm);

/// Names and ids of the volume groups that were found. Free it with lvmkit_vg_list_free().
#[derive(Debug)]
pub struct lvmkit_vg_list(Vec<Entry>);

#[derive(Debug)]
struct Entry {
    name: CString,
    id: CString,
}

/// Opens a view. options may be NULL. Everything made from the view keeps what it needs of it: it
/// may be freed before them.
///
/// LVMKIT_NOT_FOUND when a device that is named does not exist.
#[unsafe(no_mangle)]
pub extern "C" fn lvmkit_open(
    options: Params<lvmkit_options>,
    system: Out<lvmkit>,
    error: Out<lvmkit_error>,
) -> lvmkit_result {
    fallible(error, || {
        system.require("system")?;
        let options = match options.optional("options")? {
            Some(options) => options::options(&options)?,
            None => Options::new(),
        };
        system.give(lvmkit(Lvm::open(options)?));
        Ok(())
    })
}

/// Closes a view.
#[unsafe(no_mangle)]
pub extern "C" fn lvmkit_free(system: Option<Box<lvmkit>>) {
    free(system);
}

/// Reads all devices and lists the volume groups on them. Two groups may have one name: their ids
/// tell them apart.
#[unsafe(no_mangle)]
pub extern "C" fn lvmkit_list_vgs(
    system: Option<&lvmkit>,
    list: Out<lvmkit_vg_list>,
    error: Out<lvmkit_error>,
) -> lvmkit_result {
    fallible(error, || {
        let system = given(system, "system")?;
        list.require("list")?;
        let groups = system.0.volume_groups()?;
        let entry =
            |group: &lvmkit_rs::VolumeGroup| (c_string(group.name()), c_string(&group.id().to_string()));
        let entries = groups.iter().map(entry).map(|(name, id)| Entry { name, id });
        list.give(lvmkit_vg_list(entries.collect()));
        Ok(())
    })
}

/// The number of groups.
#[unsafe(no_mangle)]
pub extern "C" fn lvmkit_vg_list_count(list: Option<&lvmkit_vg_list>) -> usize {
    list.map_or(0, |list| list.0.len())
}

/// The name of a group. "" for NULL and past the last.
#[unsafe(no_mangle)]
pub extern "C" fn lvmkit_vg_list_name(list: Option<&lvmkit_vg_list>, index: usize) -> *const c_char {
    list.and_then(|list| list.0.get(index)).map_or(c"".as_ptr(), |entry| entry.name.as_ptr())
}

/// The id of a group, which lvmkit_read_vg() takes too. "" for NULL and past the last.
#[unsafe(no_mangle)]
pub extern "C" fn lvmkit_vg_list_id(list: Option<&lvmkit_vg_list>, index: usize) -> *const c_char {
    list.and_then(|list| list.0.get(index)).map_or(c"".as_ptr(), |entry| entry.id.as_ptr())
}

/// Frees a list.
#[unsafe(no_mangle)]
pub extern "C" fn lvmkit_vg_list_free(list: Option<Box<lvmkit_vg_list>>) {
    free(list);
}

/// Reads a volume group by name or by id.
///
/// LVMKIT_NOT_FOUND; LVMKIT_INVALID_INPUT when several groups have that name.
#[unsafe(no_mangle)]
pub extern "C" fn lvmkit_read_vg(
    system: Option<&lvmkit>,
    name_or_id: Text,
    vg: Out<lvmkit_vg>,
    error: Out<lvmkit_error>,
) -> lvmkit_result {
    fallible(error, || {
        let system = given(system, "system")?;
        vg.require("vg")?;
        let group = system.0.volume_group(name_or_id.get("name_or_id")?)?;
        vg.give(lvmkit_vg::new(group)?);
        Ok(())
    })
}

/// Makes a device a physical volume without a group. options may be NULL.
///
/// LVMKIT_IN_USE when it carries something that may not be overwritten. With LVMKIT_IO the effect
/// is "unknown": the first 2048 bytes may be gone.
#[unsafe(no_mangle)]
pub extern "C" fn lvmkit_create_pv(
    system: Option<&lvmkit>,
    device: Text,
    options: Params<lvmkit_new_pv>,
    error: Out<lvmkit_error>,
) -> lvmkit_result {
    fallible(error, || {
        let system = given(system, "system")?;
        let (options, overwrite) = options::new_pv(options)?;
        system.0.create_pv(device.get("device")?, &options, overwrite)?;
        Ok(())
    })
}

/// Takes the label off a physical volume that no group uses.
///
/// LVMKIT_NOT_FOUND when it is not a physical volume; LVMKIT_IN_USE when a group uses it.
#[unsafe(no_mangle)]
pub extern "C" fn lvmkit_remove_pv(
    system: Option<&lvmkit>,
    device: Text,
    error: Out<lvmkit_error>,
) -> lvmkit_result {
    fallible(error, || {
        let system = given(system, "system")?;
        system.0.remove_pv(device.get("device")?, lvmkit_rs::Overwrite::Refuse)
    })
}
