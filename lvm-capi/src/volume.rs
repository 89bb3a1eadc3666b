//! The content of a logical volume.
#![expect(unsafe_code, reason = "#[unsafe(no_mangle)]")]

use lvmkit_rs::LvDevice;

use crate::error::{lvmkit_error, lvmkit_result};
use crate::ffi::{BytesIn, BytesOut, Out, Text, fallible, free, given};
use crate::system::lvmkit;
use crate::vg::lvmkit_vg;

/// An open logical volume. Any number of threads may use it at once. Until it is freed, the image
/// files it lies on are locked against changes of their metadata. Free it with
/// lvmkit_volume_free().
#[derive(Debug)]
pub struct lvmkit_volume(LvDevice);

/// Opens the content of a logical volume, in this process, without the kernel.
///
/// LVMKIT_NOT_FOUND; LVMKIT_UNSUPPORTED for types that only the kernel runs;
/// LVMKIT_MISSING_DEVICE.
#[unsafe(no_mangle)]
pub extern "C" fn lvmkit_open_lv(
    system: Option<&lvmkit>,
    vg: Option<&lvmkit_vg>,
    name: Text,
    volume: Out<lvmkit_volume>,
    error: Out<lvmkit_error>,
) -> lvmkit_result {
    fallible(error, || {
        let (system, vg) = (given(system, "system")?, given(vg, "vg")?);
        volume.require("volume")?;
        volume.give(lvmkit_volume(system.0.open_lv(&vg.group, name.get("name")?)?));
        Ok(())
    })
}

/// The size; 0 for NULL.
#[unsafe(no_mangle)]
pub extern "C" fn lvmkit_volume_size_bytes(volume: Option<&lvmkit_volume>) -> u64 {
    volume.map_or(0, |volume| volume.0.size().get())
}

/// Reads length bytes from offset on: all of them, or it fails.
///
/// LVMKIT_INVALID_INPUT past the end; LVMKIT_IO.
#[unsafe(no_mangle)]
pub extern "C" fn lvmkit_volume_pread(
    volume: Option<&lvmkit_volume>,
    mut buffer: BytesOut,
    length_bytes: usize,
    offset_bytes: u64,
    error: Out<lvmkit_error>,
) -> lvmkit_result {
    fallible(error, || {
        let volume = given(volume, "volume")?;
        volume.0.read_at(offset_bytes, buffer.get(length_bytes, "buffer")?)
    })
}

/// Writes length bytes at offset: all of them, or it fails. They are durable after
/// lvmkit_volume_sync().
///
/// LVMKIT_INVALID_INPUT past the end and on a read-only volume; LVMKIT_IO.
#[unsafe(no_mangle)]
pub extern "C" fn lvmkit_volume_pwrite(
    volume: Option<&lvmkit_volume>,
    buffer: BytesIn,
    length_bytes: usize,
    offset_bytes: u64,
    error: Out<lvmkit_error>,
) -> lvmkit_result {
    fallible(error, || {
        let volume = given(volume, "volume")?;
        volume.0.write_at(offset_bytes, buffer.get(length_bytes, "buffer")?)
    })
}

/// Gives a range back to the image file; it reads as zeroes afterwards.
///
/// LVMKIT_UNSUPPORTED on block devices; LVMKIT_INVALID_INPUT past the end; LVMKIT_IO.
#[unsafe(no_mangle)]
pub extern "C" fn lvmkit_volume_discard(
    volume: Option<&lvmkit_volume>,
    offset_bytes: u64,
    length_bytes: u64,
    error: Out<lvmkit_error>,
) -> lvmkit_result {
    fallible(error, || given(volume, "volume")?.0.discard(offset_bytes, length_bytes))
}

/// Makes everything written before durable.
#[unsafe(no_mangle)]
pub extern "C" fn lvmkit_volume_sync(
    volume: Option<&lvmkit_volume>,
    error: Out<lvmkit_error>,
) -> lvmkit_result {
    fallible(error, || given(volume, "volume")?.0.sync())
}

/// Closes a volume. It does not sync.
#[unsafe(no_mangle)]
pub extern "C" fn lvmkit_volume_free(volume: Option<Box<lvmkit_volume>>) {
    free(volume);
}
