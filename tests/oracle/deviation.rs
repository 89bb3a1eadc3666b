//! Where this library differs from lvm2 on purpose. `docs/compatibility.md` argues each.

use lvmkit::{Error, Result};

use crate::step::Step;
use crate::support::lvm2::Said;

/// A difference that is meant.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Deviation {
    /// lvm2 refuses to set what is set already; here that is no error and writes nothing.
    AlreadySo,
}

/// The deviation that explains why one went through and the other did not.
pub fn explain(step: &Step, theirs: &Said, ours: &Result<()>) -> Option<Deviation> {
    let said = |words: &str| theirs.err.contains(words) || theirs.out.contains(words);
    match (theirs.ok(), ours.as_ref().map_err(Error::kind)) {
        (false, Ok(())) if said("already") && matches!(step, Step::LvChange { .. } | Step::VgChange { .. }) => {
            Some(Deviation::AlreadySo)
        }
        _ => None,
    }
}
