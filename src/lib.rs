//! LVM2 as a library: reads, plans and writes volume groups, on disks and on plain image files.
//!
//! Nothing here runs the `lvm` program. On image files the whole job is done without root and
//! without the kernel's device-mapper: volume groups are made and changed, and the content of
//! logical volumes is read and written in this process. What is written, lvm2 reads, and the
//! reverse.
//!
//! # The flow
//! ```
//! use lvmkit::{Lvm, NewLv, Options, Size};
//! # let dir = tempfile::tempdir()?;
//! # let disks = ["disk0.img", "disk1.img"].map(|name| dir.path().join(name));
//! # for disk in &disks {
//! #     std::fs::File::create(disk)?.set_len(64 << 20)?;
//! # }
//! let lvm = Lvm::open(Options::new().devices(&disks))?;
//! let mut tx = lvm.create_vg("vg0", &disks)?; // takes the locks, looks at the disks
//! tx.create_lv(NewLv::linear("data", Size::mib(100)))?; // edits a copy, or fails and changes nothing
//! println!("{}", tx.plan()?); // nothing has been written
//! let vg = tx.commit(&mut lvmkit::Silent)?; // all of it, or nothing
//!
//! use std::io::{Read, Seek, Write};
//! let mut data = lvm.open_lv(&vg, "data")?; // larger than either disk
//! data.write_all(b"hello")?;
//! data.rewind()?;
//! # let mut back = [0; 5];
//! # data.read_exact(&mut back)?;
//! # assert_eq!(&back, b"hello");
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//! [`Lvm`] is a view of some devices. [`VolumeGroup`] is a value: what was on disk when it was
//! read. A [`Transaction`] is one change under lock; it edits a [`VgDraft`], and [`Plan`] says what
//! a commit would do.
//!
//! # Errors
//! Every function returns [`Error`]: its [`kind`](Error::kind), its [`effect`](Error::effect) on
//! the disk, where it happened, and [`help`](Error::help) for the user.

#![forbid(unsafe_code)]

pub mod activate;
pub mod commit;
pub mod config;
pub mod data;
pub mod doctor;
pub mod explain;
pub mod history;
pub mod inspect;
pub mod lock;
mod lvm;
pub mod map;
mod mapped;
mod observe;
mod options;
pub mod report;
pub mod scan;
pub mod system;
#[cfg(test)]
mod test_device;
mod transaction;

pub use activate::{
    ActivateOptions, Activated, ActivationMode, ActiveLv, KernelOptions, Recovered, TreeOptions,
};
pub use config::ActivationSettings;
pub use lvm::{Lvm, Overwrite, PvUse};
pub use mapped::MadeNodes;
pub use observe::{Event, Observer, Silent};
pub use options::{DeviceSpec, Options};
pub use transaction::{PvSource, RemovedMissing, Transaction};

pub use data::volume::LvDevice;
/// The README's sample runs as a test.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;

/// The deterministic half: codecs, model, allocator, edits, plans, store.
pub use lvm_core as core;
pub use lvm_core::alloc::{AllocationSettings, PvArgument};
pub use lvm_core::edit::{NewLv, NewLvKind, NewPv, NewVg, ResizeLv, VgDraft};
pub use lvm_core::metadata::{
    AllocationPolicy, LogicalVolume, PhysicalVolume, ReadAhead, Segment, SegmentType, VolumeGroup,
};
pub use lvm_core::plan::{Plan, Stage, Step};
pub use lvm_core::store::{PvLayout, PvOptions, PvRestore};
pub use lvm_core::{
    BlockDevice, Bytes, Effect, Error, ErrorKind, Extents, Host, LvId, PvId, Result, Sectors, Size, Stamp,
    VgId,
};
/// Device-mapper: tables, targets, and the devices they run over.
pub use lvm_dm as dm;
