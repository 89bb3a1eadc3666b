//! Keeping this process in memory while a device is suspended.

use nix::sys::mman::{MlockAllFlags, mlockall, munlockall};

/// All pages of the process, locked until this is dropped.
///
/// While a device is suspended its I/O waits. If the program, a library or swap space lies on it,
/// a page that has to be read would wait for the resume that only this process sends.
#[derive(Debug)]
pub(crate) struct MemoryLock {
    locked: bool,
}

impl MemoryLock {
    /// Locks when `wanted`. Without the right to do so nothing is locked: the risk is small, and a
    /// change that was decided must not fail by it.
    pub(crate) fn new(wanted: bool) -> Self {
        let flags = MlockAllFlags::MCL_CURRENT | MlockAllFlags::MCL_FUTURE;
        Self { locked: wanted && mlockall(flags).is_ok() }
    }
}

impl Drop for MemoryLock {
    fn drop(&mut self) {
        if self.locked {
            let _ = munlockall();
        }
    }
}
