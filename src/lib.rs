//! LVM2 as a library.

pub mod commit;
pub mod data;
pub mod lock;
pub mod scan;
pub mod system;
#[cfg(test)]
mod test_device;
