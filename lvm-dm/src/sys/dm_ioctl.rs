//! The one system call of device-mapper: `ioctl` on its control node with a buffer that begins
//! with the kernel's `struct dm_ioctl`.
//!
//! Source: kernel header `include/uapi/linux/dm-ioctl.h`.

use std::os::fd::{AsRawFd, BorrowedFd};

use nix::errno::Errno;
use nix::libc;
use nix::request_code_readwrite;

/// The type byte of device-mapper's request codes.
const DM_IOCTL: u8 = 0xfd;

/// Size of `struct dm_ioctl` in bytes, on every architecture: its fields have fixed widths and no
/// padding between them.
pub(crate) const DM_IOCTL_SIZE: usize = 312;

/// Offset of `data_size`, which tells the kernel how long the buffer is.
pub(crate) const DATA_SIZE_OFFSET: usize = 12;

/// Sends one request and lets the kernel write its answer over it.
///
/// # Errors
/// `EINVAL` without a call when the buffer is too short for the header or when the length it
/// states is not its own; what the kernel gives otherwise.
pub(crate) fn call(control: BorrowedFd<'_>, number: u8, buffer: &mut [u8]) -> Result<(), Errno> {
    let stated = buffer.get(DATA_SIZE_OFFSET..DATA_SIZE_OFFSET + 4).and_then(|bytes| bytes.try_into().ok());
    let stated = stated.map(u32::from_ne_bytes).and_then(|size| usize::try_from(size).ok());
    if buffer.len() < DM_IOCTL_SIZE || stated != Some(buffer.len()) {
        return Err(Errno::EINVAL);
    }
    let code = request_code_readwrite!(DM_IOCTL, number, DM_IOCTL_SIZE);
    // SAFETY: the file descriptor is open for as long as it is borrowed. For every request code
    // of type 0xfd device-mapper reads and writes at most `data_size` bytes at the pointer, and
    // 312 for the header; both lie inside the buffer, which is ours alone during the call, as was
    // checked above. A descriptor that is not device-mapper's control node knows none of these
    // codes and fails with ENOTTY; the callers hold one that was checked to be the node.
    let result = unsafe { libc::ioctl(control.as_raw_fd(), code as _, buffer.as_mut_ptr()) };
    Errno::result(result).map(drop)
}
