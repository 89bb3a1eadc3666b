//! Talking to udev: which of its rules apply to a device, and knowing when it is done.
//!
//! A resume, rename or removal makes the kernel send an event; udev then makes or removes the names
//! under `/dev`. Whoever asked for it has to wait for that, or the name may not be there yet, and a
//! removal may fail because udev still looks at the device. libdevmapper's way, which udev's rules
//! know, is a [`Cookie`]: a System V semaphore that counts the events udev has not handled.
//!
//! ```no_run
//! use std::time::Duration;
//! use lvm_dm::udev::{Cookie, UdevKind, flags_for, is_udev_running};
//!
//! # fn resume(event_nr: u32) -> lvm_core::Result<bool> { Ok(event_nr > 0) }
//! let flags = flags_for(UdevKind::Visible, true);
//! if is_udev_running() {
//!     let mut cookie = Cookie::new()?;
//!     let sent = resume(cookie.event_nr(flags)?); // one request of the kernel; more may follow
//!     if !matches!(sent, Ok(true)) {
//!         cookie.no_event()?;
//!     }
//!     sent?;
//!     cookie.wait(Some(Duration::from_secs(30)))?;
//! } else {
//!     resume(flags.event_nr())?;
//! }
//! # Ok::<(), lvm_core::Error>(())
//! ```
//!
//! Nothing here looks at the environment or at a configuration: whether `DM_DISABLE_UDEV`,
//! `udev_sync` or `udev_rules` say otherwise is the caller's to find out.
//!
//! Never wait while a device is suspended: udev may be stuck reading it.
//!
//! Facts from events and system calls of lvm2 2.03.16 (libdm 1.02.185), and from its udev rules.

use std::fs::{self, File};
use std::io::{BufRead, BufReader};
use std::os::unix::fs::FileTypeExt;
use std::path::Path;

mod cookie;
mod flags;

pub use cookie::{Cookie, CookieError, complete};
pub use flags::{UdevFlags, UdevKind, flags_for};

/// The socket `udevadm` speaks to udev through.
const CONTROL: &str = "/run/udev/control";
/// The Unix sockets of this process's network namespace.
const SOCKETS: &str = "/proc/net/unix";

/// True when udev will answer events of our devices: its control socket exists in our view of the
/// file system, and somebody in our network namespace listens on it.
///
/// libdevmapper asks for the file alone. That waits for ever when udev has died and left it there,
/// and in a container that has the host's `/run`, where the host's udev signals the host's
/// semaphores and not ours. Without `/proc` the file is all there is to go by.
///
/// A yes is no promise: udev may be stopped, may have no device-mapper rules, or may be in another
/// IPC namespace. So [`Cookie::wait`] takes a time limit.
#[must_use]
pub fn is_udev_running() -> bool {
    is_running(Path::new(CONTROL), Path::new(SOCKETS))
}

fn is_running(control: &Path, sockets: &Path) -> bool {
    // Without following a link: the kernel lists the path that the socket was made with.
    let is_socket = fs::symlink_metadata(control).is_ok_and(|found| found.file_type().is_socket());
    is_socket && File::open(sockets).map_or(true, |sockets| is_listening(control, BufReader::new(sockets)))
}

/// Looks in the kernel's list of sockets for one that is bound to this path and accepts
/// connections. Its columns are number, references, protocol, flags, type, state, inode, path.
fn is_listening(control: &Path, sockets: impl BufRead) -> bool {
    const ACCEPTS: u32 = 1 << 16;
    let Some(control) = control.to_str() else { return false };
    sockets.split(b'\n').map_while(Result::ok).any(|line| {
        let line = String::from_utf8_lossy(&line);
        let mut words = line.split_ascii_whitespace();
        let flags = words.nth(3).and_then(|word| u32::from_str_radix(word, 16).ok());
        flags.is_some_and(|flags| flags & ACCEPTS != 0) && words.nth(3) == Some(control)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::net::UnixListener;

    #[test]
    fn listening_sockets() {
        let list = "Num       RefCount Protocol Flags    Type St Inode Path\n\
            0000000000000000: 00000002 00000000 00010000 0005 01 21544 /run/udev/control\n\
            0000000000000000: 00000003 00000000 00000000 0001 03 21545 /run/udev/other\n\
            0000000000000000: 00000003 00000000 00000000 0001 03 21546\n\
            nonsense\n";
        assert!(is_listening(Path::new(CONTROL), list.as_bytes()));
        // Connected to, but nobody's to accept on.
        assert!(!is_listening(Path::new("/run/udev/other"), list.as_bytes()));
        assert!(!is_listening(Path::new("/run/udev"), list.as_bytes()));
        assert!(!is_listening(Path::new(CONTROL), &b""[..]));
    }

    #[test]
    fn a_socket_somebody_left_is_not_udev() {
        let folder = tempfile::tempdir().unwrap();
        let control = folder.path().join("control");
        let (sockets, none) = (Path::new(SOCKETS), folder.path().join("none"));
        assert!(!is_running(&control, sockets));
        std::fs::write(&control, "").unwrap();
        assert!(!is_running(&control, sockets));
        assert!(!is_running(&control, &none));
        std::fs::remove_file(&control).unwrap();

        let udev = UnixListener::bind(&control).unwrap();
        assert!(is_running(&control, sockets));
        drop(udev);
        assert!(!is_running(&control, sockets));
        assert!(is_running(&control, &none), "without a list of sockets the file decides");
    }
}
