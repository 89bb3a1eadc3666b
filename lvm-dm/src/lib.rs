//! Device-mapper for LVM2: typed targets and tables, and a backend that runs them in this process.
//!
//! - [`target`]: one type per device-mapper target, to and from the kernel's own text, and the
//!   status text each target reports.
//! - [`table`]: the lines of one device, as `dmsetup table` prints them; [`status`]: the lines of
//!   `dmsetup status`.
//! - [`name`]: device names and uuids of logical volumes.
//! - [`kernel`]: the kernel's own device-mapper, request by request.
//! - [`userspace`]: a table executed over [`BlockDevice`]s; the result is a [`BlockDevice`] again.
//! - [`udev`]: waiting until udev has handled the events of our requests; [`nodes`]: the names under
//!   `/dev`, where udev does not make them.
//! - [`block`]: files, windows of other devices, and memory as [`BlockDevice`]s.
//!
//! Sizes and offsets in tables are 512-byte sectors, whatever the block size of the devices is.
//!
//! [`BlockDevice`]: lvm_core::BlockDevice
#![deny(unsafe_code)]

pub mod block;
pub mod error;
pub mod kernel;
pub mod name;
pub mod nodes;
pub mod status;
#[allow(unsafe_code, reason = "system calls that nix has no safe form of")]
mod sys;
pub mod table;
pub mod target;
pub mod udev;
pub mod userspace;

pub use block::{FileDevice, MemoryDevice, SubDevice};
pub use error::{ParseError, Reason, TableError, TableErrorKind};
pub use kernel::{DeviceInfo, DeviceKey, DeviceNumber, DmFlags, Kernel};
pub use name::{DeviceName, DeviceUuid};
pub use status::{Status, StatusLine};
pub use table::{Table, TableLine};
pub use target::{DeviceRef, Target};
pub use userspace::{Devices, MappedDevice, Resolve};
