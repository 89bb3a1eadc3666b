//! System calls that need unsafe code, each behind a small safe type.

pub(crate) mod semaphore;
