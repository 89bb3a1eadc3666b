//! Looking at devices.

mod alias;
mod content;
mod device_id;
mod device_type;
pub(crate) mod devices;
pub mod devices_file;
mod duplicate;
mod excluded;
pub mod filter;
pub mod hints;
pub mod machine;
pub(crate) mod on_demand;
mod parallel;
pub mod partitions;
mod survey;
pub mod sysfs;

pub use device_type::{DeviceType, device_types};
pub use duplicate::{Duplicate, Preference};
pub use excluded::{Excluded, Exclusion};
