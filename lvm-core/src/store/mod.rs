//! Metadata on disks: finding it, and changing it so that no crash can lose a volume group.
//!
//! Reading ([`scan_device`], [`Scan`]) finds every copy of every group's text, takes the newest
//! valid one and says of the others what is wrong with them. Writing ([`AreaSet`]) goes through
//! typed phases, with a flush between them:
//!
//! ```text
//! write       text into free space of every area in use      nothing visible
//! flush
//! precommit   slot 1 of every header points at it            nothing visible
//! flush
//! commit      slot 0 points at it, slot 1 is cleared         new, from the first header on
//! flush
//! ```
//! Until the first header is committed every reader sees the old text, and the old text is never
//! overwritten before that. `docs/commit-protocol.md` goes through every point of failure.

mod area;
mod commit;
mod draft;
mod label;
mod layout;
mod relocate;
mod renew;
mod scan;
mod set;
mod slot;

pub use area::{AreaSet, Committed, Precommitted, TargetArea, Written};
pub use commit::{CommitArea, CommitOutcome, CommitPv, PreparedCommit, VgCommit, commit_split, remove_group};
pub use draft::NewDevice;
pub use label::{initialise_pv, remove_labels, write_label};
pub use layout::{PV_SIZE_MIN, PvLayout, PvOptions, PvRestore};
pub use relocate::Relocation;
pub use scan::{AreaState, ScannedArea, ScannedPv, TextCache, scan_device};
pub use set::{AreaCopy, FoundPv, FoundVg, Orphan, Problem, Scan, Unfinished};
pub use slot::read_slot;
