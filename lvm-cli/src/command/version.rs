//! Arguments that mean a version of a group's metadata.

use lvmkit::history::Version;

use crate::session::{Outcome, Session};

/// The version that a word means: `VG`, `VG@SEQNO`, or a backup file.
///
/// # Errors
/// When there is none.
pub(super) fn find(session: &Session<'_>, word: &str) -> Outcome<Version> {
    let lvm = session.open_any()?;
    // What says why it failed says enough.
    lvm.version(word).map_err(|error| match std::error::Error::source(&error) {
        Some(_) => error.into(),
        None => super::cannot_process(word, error),
    })
}
