//! System calls that need unsafe code, each behind a small safe type.

pub(crate) mod dm_ioctl;
pub(crate) mod semaphore;
