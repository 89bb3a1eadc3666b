//! lvm2's hints: its notes on which devices have physical volumes.
//!
//! With them lvm2 reads only the devices that had physical volumes when the notes were made. They
//! are taken for wrong when the list of devices or the filter changed, but nothing in them tells
//! that a device became a physical volume: whoever makes, removes or moves one, or makes, removes
//! or renames a group, has to do away with them.

use std::fs::OpenOptions;
use std::io::{self, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;

use lvm_core::{Error, ErrorKind, Result};

/// Where lvm2 keeps what it forgets at the next boot.
pub const RUN_DIR: &str = "/run/lvm";

/// Makes lvm2 look at all devices again.
///
/// `newhints` in `run_dir` tells the next command of lvm2 to make its notes anew; the notes
/// themselves are emptied too, unless a command is reading or writing them. Nothing is done when
/// there are no notes. To be called while the locks of the change are still held and after the
/// change, whether that succeeded or not.
///
/// # Errors
/// `Io` when `newhints` cannot be made.
///
/// # Effect
/// Nothing on the devices.
pub fn invalidate(run_dir: &Path) -> Result<()> {
    let hints = run_dir.join("hints");
    if !hints.exists() {
        return Ok(());
    }
    let new = run_dir.join("newhints");
    let failed = |error: io::Error| {
        let name = new.to_string_lossy();
        Error::new(ErrorKind::Io, "lvm2's hints cannot be invalidated").with_device(name).with_source(error)
    };
    OpenOptions::new().write(true).create(true).truncate(false).mode(0o600).open(&new).map_err(failed)?;
    // Emptying them is for good measure: whoever holds the lock sees `newhints` next time.
    let _ = empty(&hints);
    Ok(())
}

fn empty(hints: &Path) -> io::Result<()> {
    let mut file = OpenOptions::new().write(true).open(hints)?;
    if file.try_lock().is_err() {
        return Ok(());
    }
    file.set_len(0)?;
    writeln!(file, "# Created empty by lvmkit pid {}", std::process::id())
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs::{self, File};

    #[test]
    fn notes_are_emptied() {
        let dir = tempfile::tempdir().unwrap();
        invalidate(dir.path()).unwrap();
        assert_eq!(fs::read_dir(dir.path()).unwrap().count(), 0);
        let hints = dir.path().join("hints");
        fs::write(&hints, "scan:/dev/loop1 pvid:x\n").unwrap();
        invalidate(dir.path()).unwrap();
        assert!(dir.path().join("newhints").exists());
        assert!(fs::read_to_string(&hints).unwrap().lines().all(|line| line.starts_with('#')));
    }

    #[test]
    fn notes_in_use_are_left() {
        let dir = tempfile::tempdir().unwrap();
        let hints = dir.path().join("hints");
        fs::write(&hints, "scan:x\n").unwrap();
        let reader = File::open(&hints).unwrap();
        reader.lock_shared().unwrap();
        invalidate(dir.path()).unwrap();
        assert!(dir.path().join("newhints").exists());
        assert_eq!(fs::read_to_string(&hints).unwrap(), "scan:x\n");
    }
}
