//! LVM2 metadata as values.
//!
//! This crate is the deterministic half of `lvmkit`: it knows the bytes and the text that LVM2
//! keeps on disk, the model of a volume group, where extents go, and in which order metadata must
//! reach the disks so that no crash loses a volume group. It never touches a file, a clock, the
//! environment or a random source: time, host name and identifiers come in through a
//! [`Stamp`], disks through the [`BlockDevice`] trait. Two runs with one stamp give
//! byte-identical images.
//!
//! It is `no_std` (with `alloc`) when the default feature `std` is switched off, so that boot
//! loaders can embed it.
//!
//! # Layers
//! Imports run one way:
//! `units`, `id`, `name` → `ondisk`, `text` → `metadata` → `alloc` → `edit` → `plan`; `store`
//! stands on `ondisk`, `text`, `metadata` and `block`.
//!
//! # Errors
//! Every fallible function returns [`Error`]: what kind of failure, what it means for the disk
//! ([`Effect`]) and where (volume group, device, field, offset). Malformed input never panics.
#![no_std]
#![forbid(unsafe_code)]

extern crate alloc as std_alloc;
#[cfg(any(test, feature = "std"))]
extern crate std;

pub mod alloc;
pub mod block;
pub mod edit;
pub mod error;
pub mod id;
pub mod metadata;
pub mod name;
pub mod ondisk;
pub mod plan;
pub mod stamp;
pub mod store;
pub mod text;
pub mod units;

pub use block::BlockDevice;
pub use edit::{NewLv, NewPv, NewVg, ResizeLv, VgDraft};
pub use error::{Effect, Error, ErrorKind, Result};
pub use id::{Id, LvId, PvId, VgId};
pub use stamp::{Host, IdSource, SeededIds, Stamp, TimeZone, Utc};
pub use units::{Bytes, Extents, Sectors, Size};
