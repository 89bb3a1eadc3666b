//! Where this library differs from lvm2 on purpose. `docs/compatibility.md` argues each.

use lvmkit::{Error, ErrorKind, Result};

use crate::step::Step;
use crate::support::lvm2::Said;

/// A difference that is meant.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Deviation {
    /// lvm2 refuses to set what is set already; here that is no error and writes nothing.
    AlreadySo,
    /// lvm2 makes physical volumes first and leaves them behind when it then refuses to make or
    /// extend the group; here a refused edit writes nothing.
    LeftBehind,
    /// lvm2 calls it a success when a share of what is free cannot be added at all; here it is an
    /// error, and neither changes anything.
    NothingAdded,
}

/// The deviation that explains why one went through and the other did not.
pub fn explain(step: &Step, theirs: &Said, ours: &Result<()>) -> Option<Deviation> {
    let said = |words: &str| theirs.err.contains(words) || theirs.out.contains(words);
    match (theirs.ok(), ours.as_ref().map_err(Error::kind)) {
        (false, Ok(()))
            if said("already") && matches!(step, Step::LvChange { .. } | Step::VgChange { .. }) =>
        {
            Some(Deviation::AlreadySo)
        }
        (true, Err(ErrorKind::InsufficientSpace { .. }))
            if said("unchanged") && matches!(step, Step::LvResize { .. }) =>
        {
            Some(Deviation::NothingAdded)
        }
        _ => None,
    }
}
