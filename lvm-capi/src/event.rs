//! What a callback is told.
#![expect(unsafe_code, reason = "#[unsafe(no_mangle)]")]

use std::ffi::{CString, c_char, c_int, c_void};
use std::ops::ControlFlow;
use std::ptr;

use lvmkit_rs::{Event, Observer};

use crate::ffi::c_string;

/// What an event is about. Later versions may add some: take those you do not know as messages.
#[repr(i32)]
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum lvmkit_eventtype {
    /// Something that this version of the C library has no number for; it has a message.
    LVMKIT_EVENT_OTHER = 0,
    /// A step begins.
    LVMKIT_EVENT_STEP = 1,
    /// A version of the metadata is durable: lvmkit_event_vg(), lvmkit_event_seqno().
    LVMKIT_EVENT_COMMITTED = 2,
    /// Something did not go as asked, and that did not matter enough to fail.
    LVMKIT_EVENT_WARNING = 3,
    /// Data was moved: lvmkit_event_done_bytes(), lvmkit_event_total_bytes().
    LVMKIT_EVENT_PROGRESS = 4,
}

/// Something that happened. It exists only while the callback runs.
#[derive(Debug)]
pub struct lvmkit_event {
    kind: lvmkit_eventtype,
    message: CString,
    vg: Option<CString>,
    seqno: u32,
    done_bytes: u64,
    total_bytes: u64,
}

/// Is told what happens. Return 0 to go on; anything else cancels at the next safe point, and the
/// call returns LVMKIT_CANCELLED. It is called on the thread of the call, and must not use the
/// handle of that call, unwind (C++ exceptions) or jump out (longjmp).
pub type lvmkit_callback =
    Option<extern "C" fn(event: Option<&lvmkit_event>, userdata: *mut c_void) -> c_int>;

impl From<&Event> for lvmkit_event {
    fn from(event: &Event) -> Self {
        let mut converted = Self {
            kind: lvmkit_eventtype::LVMKIT_EVENT_OTHER,
            message: c_string(&event.to_string()),
            vg: None,
            seqno: 0,
            done_bytes: 0,
            total_bytes: 0,
        };
        match event {
            Event::Step { .. } => converted.kind = lvmkit_eventtype::LVMKIT_EVENT_STEP,
            Event::Committed { vg, seqno } => {
                converted.kind = lvmkit_eventtype::LVMKIT_EVENT_COMMITTED;
                converted.vg = Some(c_string(vg));
                converted.seqno = *seqno;
            }
            Event::Warning { .. } => converted.kind = lvmkit_eventtype::LVMKIT_EVENT_WARNING,
            Event::Progress { done_bytes, total_bytes } => {
                converted.kind = lvmkit_eventtype::LVMKIT_EVENT_PROGRESS;
                converted.done_bytes = *done_bytes;
                converted.total_bytes = *total_bytes;
            }
            _ => {}
        }
        converted
    }
}

/// A callback with the pointer it gets back.
pub(crate) struct Listener {
    pub(crate) callback: lvmkit_callback,
    pub(crate) userdata: *mut c_void,
}

impl Observer for Listener {
    fn event(&mut self, event: &Event) -> ControlFlow<()> {
        let Some(callback) = self.callback else { return ControlFlow::Continue(()) };
        match callback(Some(&event.into()), self.userdata) {
            0 => ControlFlow::Continue(()),
            _ => ControlFlow::Break(()),
        }
    }
}

/// What the event is about; LVMKIT_EVENT_OTHER for NULL.
#[unsafe(no_mangle)]
pub extern "C" fn lvmkit_event_type(event: Option<&lvmkit_event>) -> lvmkit_eventtype {
    event.map_or(lvmkit_eventtype::LVMKIT_EVENT_OTHER, |event| event.kind)
}

/// One line for people; every event has one. "" for NULL.
#[unsafe(no_mangle)]
pub extern "C" fn lvmkit_event_message(event: Option<&lvmkit_event>) -> *const c_char {
    event.map_or(c"".as_ptr(), |event| event.message.as_ptr())
}

/// LVMKIT_EVENT_COMMITTED: the name of the volume group; NULL otherwise.
#[unsafe(no_mangle)]
pub extern "C" fn lvmkit_event_vg(event: Option<&lvmkit_event>) -> *const c_char {
    event.and_then(|event| event.vg.as_ref()).map_or(ptr::null(), |vg| vg.as_ptr())
}

/// LVMKIT_EVENT_COMMITTED: the version of its metadata; 0 otherwise.
#[unsafe(no_mangle)]
pub extern "C" fn lvmkit_event_seqno(event: Option<&lvmkit_event>) -> u32 {
    event.map_or(0, |event| event.seqno)
}

/// LVMKIT_EVENT_PROGRESS: bytes done; 0 otherwise.
#[unsafe(no_mangle)]
pub extern "C" fn lvmkit_event_done_bytes(event: Option<&lvmkit_event>) -> u64 {
    event.map_or(0, |event| event.done_bytes)
}

/// LVMKIT_EVENT_PROGRESS: bytes to do; 0 otherwise.
#[unsafe(no_mangle)]
pub extern "C" fn lvmkit_event_total_bytes(event: Option<&lvmkit_event>) -> u64 {
    event.map_or(0, |event| event.total_bytes)
}
