//! A change of one group.
#![expect(unsafe_code, reason = "#[unsafe(no_mangle)]")]

use std::ffi::c_void;

use lvmkit_rs::{Effect, Error, Event, Observer, PvSource, Result, Transaction};

use crate::error::{lvmkit_error, lvmkit_result};
use crate::event::{Listener, lvmkit_callback};
use crate::ffi::{Out, Params, Text, TextOut, Texts, fallible, free, given};
use crate::options::{self, lvmkit_new_lv, lvmkit_new_pv, lvmkit_new_vg, lvmkit_size};
use crate::system::lvmkit;
use crate::vg::{lvmkit_vg, to_json};

/// A change of one volume group, under its lock. Edits change a copy, each wholly or not at all;
/// nothing is written before lvmkit_transaction_commit(). One thread at a time may use it. Free it
/// with lvmkit_transaction_free(), after a commit too; without a commit that discards the change.
#[derive(Debug)]
pub struct lvmkit_transaction {
    /// Nothing once it was committed, or when a call on it panicked.
    open: Option<Transaction>,
}

impl lvmkit_transaction {
    fn new(transaction: Transaction) -> Self {
        Self { open: Some(transaction) }
    }

    fn get(&self) -> Result<&Transaction> {
        self.open.as_ref().ok_or_else(over)
    }

    /// Runs an edit. It is taken out meanwhile, so that a panic leaves no half-edited transaction.
    fn edit<T>(&mut self, edit: impl FnOnce(&mut Transaction) -> Result<T>) -> Result<()> {
        let mut transaction = self.open.take().ok_or_else(over)?;
        let result = edit(&mut transaction);
        self.open = Some(transaction);
        result.map(drop)
    }
}

fn over() -> Error {
    Error::invalid("the transaction is over").with_help("it was committed; begin another one")
}

/// Begins a change of the group of that name or id: takes its locks and reads it again under them.
///
/// LVMKIT_NOT_FOUND; LVMKIT_LOCKED when somebody else changes it and the wait is over.
#[unsafe(no_mangle)]
pub extern "C" fn lvmkit_begin(
    system: Option<&lvmkit>,
    name_or_id: Text,
    transaction: Out<lvmkit_transaction>,
    error: Out<lvmkit_error>,
) -> lvmkit_result {
    fallible(error, || {
        let system = given(system, "system")?;
        transaction.require("transaction")?;
        let begun = system.0.begin(name_or_id.get("name_or_id")?)?;
        transaction.give(lvmkit_transaction::new(begun));
        Ok(())
    })
}

/// Begins a new group over these devices (with a NULL behind the last), which become physical
/// volumes when they are none.
///
/// LVMKIT_ALREADY_EXISTS when there is a group of that name; LVMKIT_IN_USE when a device carries
/// something that may not be overwritten.
#[unsafe(no_mangle)]
pub extern "C" fn lvmkit_create_vg(
    system: Option<&lvmkit>,
    new_vg: Params<lvmkit_new_vg>,
    devices: Texts,
    transaction: Out<lvmkit_transaction>,
    error: Out<lvmkit_error>,
) -> lvmkit_result {
    fallible(error, || {
        let system = given(system, "system")?;
        transaction.require("transaction")?;
        let new_vg = new_vg.get("new_vg")?;
        let new = options::new_vg(&new_vg)?;
        let (pv_options, overwrite) = options::new_pv(new_vg.new_pv)?;
        let devices = devices.get("devices")?.into_iter();
        let sources =
            devices.map(|device| PvSource::new(device).options(pv_options.clone()).overwrite(overwrite));
        let begun = system.0.create_vg(new, sources)?;
        transaction.give(lvmkit_transaction::new(begun));
        Ok(())
    })
}

/// Creates a logical volume.
///
/// LVMKIT_INSUFFICIENT_SPACE when it does not fit: lvmkit_error_help() says what would help.
#[unsafe(no_mangle)]
pub extern "C" fn lvmkit_transaction_create_lv(
    transaction: Option<&mut lvmkit_transaction>,
    new_lv: Params<lvmkit_new_lv>,
    error: Out<lvmkit_error>,
) -> lvmkit_result {
    fallible(error, || {
        let new_lv = new_lv.get("new_lv")?;
        let new = options::new_lv(&new_lv)?;
        given(transaction, "transaction")?.edit(|transaction| transaction.create_lv(new))
    })
}

/// Grows a volume by so much.
///
/// LVMKIT_INSUFFICIENT_SPACE; LVMKIT_NOT_FOUND; LVMKIT_UNSUPPORTED for types that cannot be
/// resized yet.
#[unsafe(no_mangle)]
pub extern "C" fn lvmkit_transaction_extend_lv_by(
    transaction: Option<&mut lvmkit_transaction>,
    name: Text,
    size: lvmkit_size,
    error: Out<lvmkit_error>,
) -> lvmkit_result {
    fallible(error, || {
        let (name, size) = (name.get("name")?, options::size(size)?);
        given(transaction, "transaction")?.edit(|transaction| transaction.extend_lv_by(name, size))
    })
}

/// Grows a volume to that size.
#[unsafe(no_mangle)]
pub extern "C" fn lvmkit_transaction_extend_lv_to(
    transaction: Option<&mut lvmkit_transaction>,
    name: Text,
    size: lvmkit_size,
    error: Out<lvmkit_error>,
) -> lvmkit_result {
    fallible(error, || {
        let (name, size) = (name.get("name")?, options::size(size)?);
        given(transaction, "transaction")?.edit(|transaction| transaction.extend_lv_to(name, size))
    })
}

/// Shrinks a volume by so much. What lay in its last extents is lost.
#[unsafe(no_mangle)]
pub extern "C" fn lvmkit_transaction_reduce_lv_by(
    transaction: Option<&mut lvmkit_transaction>,
    name: Text,
    size: lvmkit_size,
    error: Out<lvmkit_error>,
) -> lvmkit_result {
    fallible(error, || {
        let (name, size) = (name.get("name")?, options::size(size)?);
        given(transaction, "transaction")?.edit(|transaction| transaction.reduce_lv_by(name, size))
    })
}

/// Shrinks a volume to that size. What lay behind is lost.
#[unsafe(no_mangle)]
pub extern "C" fn lvmkit_transaction_reduce_lv_to(
    transaction: Option<&mut lvmkit_transaction>,
    name: Text,
    size: lvmkit_size,
    error: Out<lvmkit_error>,
) -> lvmkit_result {
    fallible(error, || {
        let (name, size) = (name.get("name")?, options::size(size)?);
        given(transaction, "transaction")?.edit(|transaction| transaction.reduce_lv_to(name, size))
    })
}

/// Removes a volume; its content is lost, its extents are free at once.
#[unsafe(no_mangle)]
pub extern "C" fn lvmkit_transaction_remove_lv(
    transaction: Option<&mut lvmkit_transaction>,
    name: Text,
    error: Out<lvmkit_error>,
) -> lvmkit_result {
    fallible(error, || {
        let name = name.get("name")?;
        given(transaction, "transaction")?.edit(|transaction| transaction.remove_lv(name))
    })
}

/// Gives a volume another name.
#[unsafe(no_mangle)]
pub extern "C" fn lvmkit_transaction_rename_lv(
    transaction: Option<&mut lvmkit_transaction>,
    name: Text,
    new_name: Text,
    error: Out<lvmkit_error>,
) -> lvmkit_result {
    fallible(error, || {
        let (name, new_name) = (name.get("name")?, new_name.get("new_name")?);
        given(transaction, "transaction")?.edit(|transaction| transaction.rename_lv(name, new_name))
    })
}

/// Adds a device to the group; it becomes a physical volume when it is none. options may be NULL.
#[unsafe(no_mangle)]
pub extern "C" fn lvmkit_transaction_add_pv(
    transaction: Option<&mut lvmkit_transaction>,
    device: Text,
    options: Params<lvmkit_new_pv>,
    error: Out<lvmkit_error>,
) -> lvmkit_result {
    fallible(error, || {
        let (options, overwrite) = options::new_pv(options)?;
        let source = PvSource::new(device.get("device")?).options(options).overwrite(overwrite);
        given(transaction, "transaction")?.edit(|transaction| transaction.add_pv_on(source))
    })
}

/// Takes a device out of the group; it stays a physical volume.
///
/// LVMKIT_IN_USE when volumes lie on it.
#[unsafe(no_mangle)]
pub extern "C" fn lvmkit_transaction_remove_pv(
    transaction: Option<&mut lvmkit_transaction>,
    device: Text,
    error: Out<lvmkit_error>,
) -> lvmkit_result {
    fallible(error, || {
        let device = device.get("device")?;
        given(transaction, "transaction")?.edit(|transaction| transaction.remove_pv_on(device))
    })
}

/// Adds a tag to the group; one that it has already is no error.
#[unsafe(no_mangle)]
pub extern "C" fn lvmkit_transaction_add_vg_tag(
    transaction: Option<&mut lvmkit_transaction>,
    tag: Text,
    error: Out<lvmkit_error>,
) -> lvmkit_result {
    fallible(error, || {
        let tag = tag.get("tag")?;
        given(transaction, "transaction")?.edit(|transaction| transaction.add_vg_tag(tag))
    })
}

/// Removes a tag from the group; one that it does not have is no error.
#[unsafe(no_mangle)]
pub extern "C" fn lvmkit_transaction_remove_vg_tag(
    transaction: Option<&mut lvmkit_transaction>,
    tag: Text,
    error: Out<lvmkit_error>,
) -> lvmkit_result {
    fallible(error, || {
        let tag = tag.get("tag")?;
        given(transaction, "transaction")?.edit(|transaction| transaction.remove_vg_tag(tag))
    })
}

/// Adds a tag to a logical volume; one that it has already is no error.
#[unsafe(no_mangle)]
pub extern "C" fn lvmkit_transaction_add_lv_tag(
    transaction: Option<&mut lvmkit_transaction>,
    name: Text,
    tag: Text,
    error: Out<lvmkit_error>,
) -> lvmkit_result {
    fallible(error, || {
        let (name, tag) = (name.get("name")?, tag.get("tag")?);
        given(transaction, "transaction")?.edit(|transaction| transaction.add_lv_tag(name, tag))
    })
}

/// Removes a tag from a logical volume; one that it does not have is no error.
#[unsafe(no_mangle)]
pub extern "C" fn lvmkit_transaction_remove_lv_tag(
    transaction: Option<&mut lvmkit_transaction>,
    name: Text,
    tag: Text,
    error: Out<lvmkit_error>,
) -> lvmkit_result {
    fallible(error, || {
        let (name, tag) = (name.get("name")?, tag.get("tag")?);
        given(transaction, "transaction")?.edit(|transaction| transaction.remove_lv_tag(name, tag))
    })
}

/// Adds a tag to the physical volume on that device; one that it has already is no error.
#[unsafe(no_mangle)]
pub extern "C" fn lvmkit_transaction_add_pv_tag(
    transaction: Option<&mut lvmkit_transaction>,
    device: Text,
    tag: Text,
    error: Out<lvmkit_error>,
) -> lvmkit_result {
    fallible(error, || {
        let (device, tag) = (device.get("device")?, tag.get("tag")?);
        given(transaction, "transaction")?.edit(|transaction| {
            let pv = transaction.pv_on(device)?;
            transaction.add_pv_tag(pv, tag)
        })
    })
}

/// Removes a tag from the physical volume on that device; one that it does not have is no error.
#[unsafe(no_mangle)]
pub extern "C" fn lvmkit_transaction_remove_pv_tag(
    transaction: Option<&mut lvmkit_transaction>,
    device: Text,
    tag: Text,
    error: Out<lvmkit_error>,
) -> lvmkit_result {
    fallible(error, || {
        let (device, tag) = (device.get("device")?, tag.get("tag")?);
        given(transaction, "transaction")?.edit(|transaction| {
            let pv = transaction.pv_on(device)?;
            transaction.remove_pv_tag(pv, tag)
        })
    })
}

/// Removes the group; its physical volumes stay physical volumes.
///
/// LVMKIT_IN_USE when it has logical volumes: remove them first.
#[unsafe(no_mangle)]
pub extern "C" fn lvmkit_transaction_remove_vg(
    transaction: Option<&mut lvmkit_transaction>,
    error: Out<lvmkit_error>,
) -> lvmkit_result {
    fallible(error, || given(transaction, "transaction")?.edit(|transaction| transaction.remove_vg()))
}

/// The group as the edits so far leave it. Free it with lvmkit_vg_free().
#[unsafe(no_mangle)]
pub extern "C" fn lvmkit_transaction_vg(
    transaction: Option<&lvmkit_transaction>,
    vg: Out<lvmkit_vg>,
    error: Out<lvmkit_error>,
) -> lvmkit_result {
    fallible(error, || {
        vg.require("vg")?;
        let transaction = given(transaction, "transaction")?.get()?;
        vg.give(lvmkit_vg::new(transaction.volume_group().clone())?);
        Ok(())
    })
}

/// What a commit would do, as text for people. Nothing is written. Free it with
/// lvmkit_string_free().
#[unsafe(no_mangle)]
pub extern "C" fn lvmkit_transaction_plan_text(
    transaction: Option<&lvmkit_transaction>,
    text: TextOut,
    error: Out<lvmkit_error>,
) -> lvmkit_result {
    fallible(error, || {
        text.require("text")?;
        text.give(&given(transaction, "transaction")?.get()?.plan()?.to_string());
        Ok(())
    })
}

/// What a commit would do, as JSON for programs. Nothing is written. Free it with
/// lvmkit_string_free().
#[unsafe(no_mangle)]
pub extern "C" fn lvmkit_transaction_plan_json(
    transaction: Option<&lvmkit_transaction>,
    json: TextOut,
    error: Out<lvmkit_error>,
) -> lvmkit_result {
    fallible(error, || {
        json.require("json")?;
        json.give(&to_json(&given(transaction, "transaction")?.get()?.plan()?)?);
        Ok(())
    })
}

/// Writes the change: all of it or nothing becomes visible. callback and vg may be NULL. vg is the
/// group as it is now (one that was removed: as it was last).
///
/// When it fails, lvmkit_error_effect() says what is on disk; with LVMKIT_EFFECT_COMMITTED the new
/// version is durable and a later step, which the message names, failed. Whatever it returns, the
/// transaction is over, its locks are released, and it can only be freed.
///
/// LVMKIT_CONFLICT when the metadata moved although it was locked; LVMKIT_METADATA_FULL;
/// LVMKIT_IO; LVMKIT_CANCELLED.
#[unsafe(no_mangle)]
pub extern "C" fn lvmkit_transaction_commit(
    transaction: Option<&mut lvmkit_transaction>,
    callback: lvmkit_callback,
    userdata: *mut c_void,
    vg: Out<lvmkit_vg>,
    error: Out<lvmkit_error>,
) -> lvmkit_result {
    fallible(error, || {
        let mut open = given(transaction, "transaction")?.open.take().ok_or_else(over)?;
        let mut listener = Listener { callback, userdata };
        for message in open.take_warnings() {
            if listener.event(&Event::Warning { message }).is_break() {
                return Err(Error::new(lvmkit_rs::ErrorKind::Cancelled, "stopped on request"));
            }
        }
        let group = open.commit(&mut listener)?;
        let group = lvmkit_vg::new(group).map_err(|error| error.with_effect(Effect::Committed))?;
        vg.give(group);
        Ok(())
    })
}

/// Frees a transaction. One that was not committed is discarded, and its locks are released.
#[unsafe(no_mangle)]
pub extern "C" fn lvmkit_transaction_free(transaction: Option<Box<lvmkit_transaction>>) {
    free(transaction);
}
