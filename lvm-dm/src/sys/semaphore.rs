//! System V semaphores: what udev's side of a cookie, `dmsetup udevcomplete`, understands.

use nix::errno::Errno;
use nix::libc;

/// Who may use a semaphore created here: its owner, as with libdevmapper.
const MODE: libc::c_int = 0o600;

/// A set of one semaphore, by its identifier. Dropping it does not remove the set: the set belongs
/// to the system, and whoever created it knows when it has served.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Semaphore(libc::c_int);

/// Whether an operation may sleep.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Block {
    /// Until it is possible.
    Yes,
    /// `EAGAIN` when it is not possible at once.
    No,
}

/// True for the errors of a set that somebody removed: `EIDRM` when it went while we slept on it,
/// `EINVAL` when it was gone already.
pub(crate) fn is_gone(error: Errno) -> bool {
    matches!(error, Errno::EIDRM | Errno::EINVAL)
}

impl Semaphore {
    /// Creates the set of this key; its value is 0. `EEXIST` when there is one.
    pub(crate) fn create(key: u32) -> Result<Self, Errno> {
        Self::get(key, libc::IPC_CREAT | libc::IPC_EXCL | MODE)
    }

    /// The set of this key that exists. `ENOENT` when there is none.
    pub(crate) fn open(key: u32) -> Result<Self, Errno> {
        Self::get(key, 0)
    }

    fn get(key: u32, flags: libc::c_int) -> Result<Self, Errno> {
        let key = key.cast_signed();
        // SAFETY: semget(2) takes three numbers and touches no memory of ours.
        let id = unsafe { libc::semget(key, 1, flags) };
        Errno::result(id).map(Self)
    }

    /// The value.
    pub(crate) fn value(self) -> Result<u32, Errno> {
        // SAFETY: GETVAL takes no fourth argument; it touches no memory of ours.
        let value = unsafe { libc::semctl(self.0, 0, libc::GETVAL) };
        Ok(u32::try_from(Errno::result(value)?).unwrap_or_default())
    }

    /// Adds to the value, or takes from it; taking waits for the value to be large enough.
    pub(crate) fn add(self, difference: i16, block: Block) -> Result<(), Errno> {
        assert!(difference != 0, "BUG: adding nothing to a semaphore waits for zero");
        self.operate(difference, block)
    }

    /// Waits for the value to be 0.
    pub(crate) fn wait_zero(self, block: Block) -> Result<(), Errno> {
        self.operate(0, block)
    }

    fn operate(self, operation: i16, block: Block) -> Result<(), Errno> {
        let flags = match block {
            Block::Yes => 0,
            // The flag is 0o4000 everywhere and the field a short.
            Block::No => libc::IPC_NOWAIT as libc::c_short,
        };
        let mut operation = libc::sembuf { sem_num: 0, sem_op: operation, sem_flg: flags };
        loop {
            // SAFETY: the pointer is to one sembuf that lives through the call, and the count is 1.
            let done = unsafe { libc::semop(self.0, &raw mut operation, 1) };
            match Errno::result(done) {
                Err(Errno::EINTR) => {}
                other => return other.map(|_| ()),
            }
        }
    }

    /// Removes the set; whoever sleeps on it wakes with `EIDRM`.
    pub(crate) fn remove(self) -> Result<(), Errno> {
        // SAFETY: IPC_RMID takes no fourth argument; it touches no memory of ours.
        let removed = unsafe { libc::semctl(self.0, 0, libc::IPC_RMID) };
        Errno::result(removed).map(|_| ())
    }
}
