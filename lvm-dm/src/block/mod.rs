//! Block devices: files, windows of other devices, and memory.

mod file;
mod memory;
mod part;

pub use file::{DataRanges, FileDevice};
pub use memory::MemoryDevice;
pub use part::SubDevice;
