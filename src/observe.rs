//! Progress, messages and cancellation.

use std::fmt;
use std::ops::ControlFlow;

/// Something that happened during a commit or a copy.
#[derive(Clone, PartialEq, Eq, Debug)]
#[non_exhaustive]
pub enum Event {
    /// A step begins.
    Step {
        /// What is done.
        message: String,
    },
    /// A version of the metadata is durable.
    Committed {
        /// The group.
        vg: String,
        /// Its version.
        seqno: u32,
    },
    /// Something did not work that did not matter enough to fail.
    Warning {
        /// What.
        message: String,
    },
    /// Data was moved.
    Progress {
        /// Bytes done.
        done_bytes: u64,
        /// Bytes to do.
        total_bytes: u64,
    },
}

impl fmt::Display for Event {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Step { message } => f.write_str(message),
            Self::Committed { vg, seqno } => write!(f, "volume group {vg} is now at seqno {seqno}"),
            Self::Warning { message } => write!(f, "warning: {message}"),
            Self::Progress { done_bytes, total_bytes } => write!(f, "{done_bytes} of {total_bytes} bytes"),
        }
    }
}

/// Is told what happens and may stop it.
///
/// `Break` cancels at the next safe point: between steps and every few MiB of data, never between
/// the first and the last write that makes metadata visible.
pub trait Observer {
    /// Something happened.
    fn event(&mut self, event: &Event) -> ControlFlow<()>;
}

impl<F: FnMut(&Event) -> ControlFlow<()>> Observer for F {
    fn event(&mut self, event: &Event) -> ControlFlow<()> {
        self(event)
    }
}

/// Listens to nothing.
#[derive(Clone, Copy, Debug, Default)]
pub struct Silent;

impl Observer for Silent {
    fn event(&mut self, _event: &Event) -> ControlFlow<()> {
        ControlFlow::Continue(())
    }
}

/// Tells the observer about a step.
///
/// # Errors
/// `Cancelled` when it asks to stop.
pub(crate) fn step(observer: &mut dyn Observer, message: impl Into<String>) -> lvm_core::Result<()> {
    tell(observer, &Event::Step { message: message.into() })
}

/// Tells the observer.
///
/// # Errors
/// `Cancelled` when it asks to stop.
pub(crate) fn tell(observer: &mut dyn Observer, event: &Event) -> lvm_core::Result<()> {
    match observer.event(event) {
        ControlFlow::Continue(()) => Ok(()),
        ControlFlow::Break(()) => {
            Err(lvm_core::Error::new(lvm_core::ErrorKind::Cancelled, "stopped on request"))
        }
    }
}
