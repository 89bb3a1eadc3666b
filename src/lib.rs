//! LVM2 as a library.

pub mod commit;
pub mod lock;
pub mod system;
