//! The border: pointers, strings, structs and numbers from C become Rust values here, and panics
//! end here.
//!
//! All unsafe code of this crate is in this file. It rests on one assumption, which the header
//! states for C: *a pointer argument is NULL or points to what its type says, for as long as the
//! call lasts*. [`Text`], [`Texts`], [`Params`], [`Out`] and [`TextOut`] have private fields and no
//! constructor, so a value of them is always an argument that C passed, and their methods can be
//! safe.

use std::any::Any;
use std::ffi::{CStr, CString, c_char, c_void};
use std::mem::{ManuallyDrop, MaybeUninit, size_of};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::slice;

use lvmkit_rs::{Error, Result};

use crate::error::{lvmkit_effect, lvmkit_error, lvmkit_result};
use crate::event::lvmkit_eventtype;
use crate::options::{
    lvmkit_allocation_policy, lvmkit_new_lv, lvmkit_new_pv, lvmkit_new_vg, lvmkit_options, lvmkit_overwrite,
    lvmkit_segtype, lvmkit_size_unit,
};
use crate::system::{lvmkit, lvmkit_vg_list};
use crate::transaction::lvmkit_transaction;
use crate::vg::lvmkit_vg;
use crate::volume::lvmkit_volume;

/// A handle that the caller gets through an [`Out`] and frees. Handles without this trait belong
/// to another one: they are lent as references and never leave as a `Box`.
pub trait CallerOwned {}

impl CallerOwned for lvmkit {}
impl CallerOwned for lvmkit_error {}
impl CallerOwned for lvmkit_transaction {}
impl CallerOwned for lvmkit_vg {}
impl CallerOwned for lvmkit_vg_list {}
impl CallerOwned for lvmkit_volume {}

/// `T **`: where a new handle goes. May be NULL.
#[repr(transparent)]
#[derive(Debug)]
pub struct Out<T>(*mut *mut T);

impl<T: CallerOwned> Out<T> {
    /// Refuses NULL, before the work is done whose result would be lost.
    pub(crate) fn require(&self, name: &str) -> Result<()> {
        if self.0.is_null() { Err(null(name)) } else { Ok(()) }
    }

    /// Hands the value over; with NULL it is dropped.
    pub(crate) fn give(self, value: T) {
        if !self.0.is_null() {
            let owned = Box::into_raw(Box::new(value));
            // SAFETY: C passed a place for a pointer. It may be uninitialised, so nothing is read
            // or dropped there.
            unsafe { self.0.write(owned) };
        }
    }
}

/// `char **`: where a new string goes. May be NULL.
#[repr(transparent)]
#[derive(Debug)]
pub struct TextOut(*mut *mut c_char);

impl TextOut {
    /// Refuses NULL, before the work is done whose result would be lost.
    pub(crate) fn require(&self, name: &str) -> Result<()> {
        if self.0.is_null() { Err(null(name)) } else { Ok(()) }
    }

    /// Hands a string over, which [`OwnedText`] takes back; with NULL it is dropped.
    pub(crate) fn give(self, text: &str) {
        if !self.0.is_null() {
            let owned = c_string(text).into_raw();
            // SAFETY: C passed a place for a pointer. It may be uninitialised, so nothing is read
            // or dropped there.
            unsafe { self.0.write(owned) };
        }
    }
}

/// `char *`: a string that [`TextOut::give`] made, coming back to be freed. May be NULL.
#[repr(transparent)]
#[derive(Debug)]
pub struct OwnedText(*mut c_char);

impl Drop for OwnedText {
    fn drop(&mut self) {
        if !self.0.is_null() {
            // SAFETY: the header allows only what `TextOut::give` gave, once, and it came from
            // `CString::into_raw`.
            drop(unsafe { CString::from_raw(self.0) });
        }
    }
}

/// `const char *`: a string, or NULL.
#[repr(transparent)]
#[derive(Clone, Copy, Debug)]
pub struct Text(*const c_char);

impl Text {
    /// The string, or `None` for NULL.
    ///
    /// # Errors
    /// `InvalidInput` when it is not UTF-8.
    pub(crate) fn optional(&self, name: &str) -> Result<Option<&str>> {
        if self.0.is_null() {
            return Ok(None);
        }
        // SAFETY: C passed a NUL-terminated string that stays as it is during the call, and the
        // result borrows from `self`, which is an argument of that call or part of one.
        let bytes = unsafe { CStr::from_ptr(self.0) };
        let text = bytes.to_str().map_err(|error| {
            Error::invalid(format!("{name} is not UTF-8")).with_source(error).with_help("strings are UTF-8")
        })?;
        Ok(Some(text))
    }

    /// The string.
    ///
    /// # Errors
    /// `InvalidInput` for NULL and when it is not UTF-8.
    pub(crate) fn get(&self, name: &str) -> Result<&str> {
        self.optional(name)?.ok_or_else(|| null(name))
    }
}

/// `const char *const *`: strings with a NULL behind the last one; or NULL, which means none.
#[repr(transparent)]
#[derive(Clone, Copy, Debug)]
pub struct Texts(*const Text);

impl Texts {
    /// The strings.
    ///
    /// # Errors
    /// `InvalidInput` when one is not UTF-8.
    pub(crate) fn get(&self, name: &str) -> Result<Vec<&str>> {
        let mut texts = Vec::new();
        if self.0.is_null() {
            return Ok(texts);
        }
        loop {
            // SAFETY: C passed an array that ends with NULL, and the loop stops there. `Text` is
            // a pointer.
            let text: &Text = unsafe { &*self.0.add(texts.len()) };
            match text.optional(name)? {
                Some(text) => texts.push(text),
                None => return Ok(texts),
            }
        }
    }
}

/// `const T *`: a struct that begins with its size; or NULL.
#[repr(transparent)]
#[derive(Clone, Copy, Debug)]
pub struct Params<T>(*const T);

/// A struct that C fills in, whose first member is `size_t struct_size`.
///
/// # Safety
/// The type is `repr(C)`, starts with a `usize`, and every pattern of bytes is a value of it, all
/// zero too: only integers, pointers and `MaybeUninit` of enums.
pub unsafe trait SizedByCaller: Copy {
    /// The size the struct had in the first version of the library.
    const FIRST_SIZE: usize;
}

// SAFETY: integers, pointers and MaybeUninit of enums behind a usize.
unsafe impl SizedByCaller for lvmkit_options {
    const FIRST_SIZE: usize = size_of::<Self>();
}

// SAFETY: as above.
unsafe impl SizedByCaller for lvmkit_new_vg {
    const FIRST_SIZE: usize = size_of::<Self>();
}

// SAFETY: as above.
unsafe impl SizedByCaller for lvmkit_new_pv {
    const FIRST_SIZE: usize = size_of::<Self>();
}

// SAFETY: as above.
unsafe impl SizedByCaller for lvmkit_new_lv {
    const FIRST_SIZE: usize = size_of::<Self>();
}

impl<T: SizedByCaller> Params<T> {
    /// The struct, or `None` for NULL. Members that the caller's version does not have yet are
    /// zero, which is their default.
    ///
    /// # Errors
    /// `InvalidInput` for a `struct_size` that no version had; `Unsupported` when a newer caller
    /// uses members that this version does not have.
    pub(crate) fn optional(&self, name: &str) -> Result<Option<T>> {
        if self.0.is_null() {
            return Ok(None);
        }
        // SAFETY: C passed a struct that starts with a size_t.
        let size = unsafe { self.0.cast::<usize>().read() };
        if size < T::FIRST_SIZE || size > MOST_PARAMS {
            let message = format!("struct_size of {name} is {size}, which no version of the library has");
            return Err(Error::invalid(message).with_help("set struct_size to sizeof the struct"));
        }
        let own = size_of::<T>();
        if size > own {
            // SAFETY: C says that the struct has `size` bytes; those behind ours are integers and
            // pointers of a newer version.
            let tail = unsafe { slice::from_raw_parts(self.0.cast::<u8>().add(own), size - own) };
            if tail.iter().any(|byte| *byte != 0) {
                let message = format!("{name} sets members that this version of the library does not have");
                return Err(Error::unsupported(message).with_help("use a newer liblvmkit"));
            }
        }
        let mut value = MaybeUninit::<T>::zeroed();
        // SAFETY: the source has `size` bytes and the destination `own`; all patterns of bytes are
        // values of `T`, those left zero included.
        Ok(Some(unsafe {
            let target = value.as_mut_ptr().cast::<u8>();
            self.0.cast::<u8>().copy_to_nonoverlapping(target, size.min(own));
            value.assume_init()
        }))
    }

    /// The struct.
    ///
    /// # Errors
    /// Those of [`optional`](Self::optional), and `InvalidInput` for NULL.
    pub(crate) fn get(&self, name: &str) -> Result<T> {
        self.optional(name)?.ok_or_else(|| null(name))
    }
}

/// No struct of ours grows larger; a `struct_size` above is an uninitialised one.
const MOST_PARAMS: usize = 4096;

/// `const void *`: bytes to read. The length is the argument beside it.
#[repr(transparent)]
#[derive(Debug)]
pub struct BytesIn(*const c_void);

impl BytesIn {
    /// The bytes; `length` is the argument that C passed with them.
    pub(crate) fn get(&self, length: usize, name: &str) -> Result<&[u8]> {
        if check_length(self.0.is_null(), length, name)? {
            return Ok(&[]);
        }
        // SAFETY: C passed a pointer to `length` bytes that nobody changes during the call; the
        // length fits `isize`.
        Ok(unsafe { slice::from_raw_parts(self.0.cast::<u8>(), length) })
    }
}

/// `void *`: bytes to write. The length is the argument beside it.
#[repr(transparent)]
#[derive(Debug)]
pub struct BytesOut(*mut c_void);

impl BytesOut {
    /// The bytes; `length` is the argument that C passed with them.
    pub(crate) fn get(&mut self, length: usize, name: &str) -> Result<&mut [u8]> {
        if check_length(self.0.is_null(), length, name)? {
            return Ok(&mut []);
        }
        // SAFETY: C passed a pointer to `length` bytes that nobody else uses during the call; the
        // length fits `isize`. What they hold is overwritten, not read.
        Ok(unsafe { slice::from_raw_parts_mut(self.0.cast::<u8>(), length) })
    }
}

/// True when there is nothing to point at.
fn check_length(is_null: bool, length: usize, name: &str) -> Result<bool> {
    if length == 0 {
        return Ok(true);
    }
    if is_null {
        return Err(null(name));
    }
    if isize::try_from(length).is_err() {
        return Err(Error::invalid(format!("{name} is larger than memory can be")));
    }
    Ok(false)
}

/// An enum of the header. From C it comes as `MaybeUninit`, because C may pass any number.
///
/// # Safety
/// The type is `repr(i32)`.
pub unsafe trait Numbered: Copy + 'static {
    /// All values.
    const ALL: &'static [Self];
}

macro_rules! numbered {
    ($($name:ident: $($value:ident)*;)*) => {$(
        // SAFETY: all enums of the header are repr(i32).
        unsafe impl Numbered for $name {
            const ALL: &'static [Self] = &[$(Self::$value),*];
        }
        const _: () = assert!(size_of::<$name>() == size_of::<i32>());
    )*};
}

numbered! {
    lvmkit_result: LVMKIT_OK LVMKIT_INVALID_INPUT LVMKIT_NOT_FOUND LVMKIT_ALREADY_EXISTS
        LVMKIT_INSUFFICIENT_SPACE LVMKIT_METADATA_FULL LVMKIT_IN_USE LVMKIT_LOCKED LVMKIT_CONFLICT
        LVMKIT_MISSING_DEVICE LVMKIT_CORRUPT LVMKIT_UNSUPPORTED LVMKIT_KERNEL LVMKIT_IO
        LVMKIT_CANCELLED LVMKIT_INTERNAL LVMKIT_PANIC;
    lvmkit_effect: LVMKIT_EFFECT_UNCHANGED LVMKIT_EFFECT_REVERTED LVMKIT_EFFECT_COMMITTED
        LVMKIT_EFFECT_UNKNOWN;
    lvmkit_eventtype: LVMKIT_EVENT_OTHER LVMKIT_EVENT_STEP LVMKIT_EVENT_COMMITTED
        LVMKIT_EVENT_WARNING LVMKIT_EVENT_PROGRESS;
    lvmkit_allocation_policy: LVMKIT_ALLOCATION_DEFAULT LVMKIT_ALLOCATION_CONTIGUOUS
        LVMKIT_ALLOCATION_CLING LVMKIT_ALLOCATION_CLING_BY_TAGS LVMKIT_ALLOCATION_NORMAL
        LVMKIT_ALLOCATION_ANYWHERE LVMKIT_ALLOCATION_INHERIT;
    lvmkit_overwrite: LVMKIT_OVERWRITE_REFUSE LVMKIT_OVERWRITE_SIGNATURES LVMKIT_OVERWRITE_USED_PV;
    lvmkit_segtype: LVMKIT_SEGTYPE_LINEAR LVMKIT_SEGTYPE_STRIPED LVMKIT_SEGTYPE_ERROR
        LVMKIT_SEGTYPE_ZERO;
    lvmkit_size_unit: LVMKIT_SIZE_BYTES LVMKIT_SIZE_EXTENTS LVMKIT_SIZE_PERCENT_VG
        LVMKIT_SIZE_PERCENT_FREE LVMKIT_SIZE_PERCENT_PVS LVMKIT_SIZE_PERCENT_ORIGIN
        LVMKIT_SIZE_PERCENT_LV;
}

fn number<T: Numbered>(value: MaybeUninit<T>) -> i32 {
    // SAFETY: `T` has the size and alignment of an i32, and C passed one.
    unsafe { value.as_ptr().cast::<i32>().read() }
}

/// The value of an enum that C passed, or `None` when there is none of that number.
pub(crate) fn known<T: Numbered>(value: MaybeUninit<T>) -> Option<T> {
    let wanted = number(value);
    T::ALL.iter().copied().find(|known| number(MaybeUninit::new(*known)) == wanted)
}

/// The value of an enum that C passed.
///
/// # Errors
/// `InvalidInput` for a number that the enum does not have.
pub(crate) fn checked<T: Numbered>(value: MaybeUninit<T>, name: &str) -> Result<T> {
    known(value).ok_or_else(|| Error::invalid(format!("{} is no value of {name}", number(value))))
}

/// What was passed, if it was.
///
/// # Errors
/// `InvalidInput` for NULL.
pub(crate) fn given<T>(value: Option<T>, name: &str) -> Result<T> {
    value.ok_or_else(|| null(name))
}

fn null(name: &str) -> Error {
    Error::invalid(format!("{name} is NULL"))
}

/// A string for C. NUL cannot be in one, and stands in no name that LVM2 allows; it becomes U+FFFD.
pub(crate) fn c_string(text: &str) -> CString {
    CString::new(text).unwrap_or_else(|_| CString::new(text.replace('\0', "\u{fffd}")).unwrap_or_default())
}

/// Runs the body of a function that can fail: its error goes to `error`, and a panic ends here.
pub(crate) fn fallible(error: Out<lvmkit_error>, body: impl FnOnce() -> Result<()>) -> lvmkit_result {
    // What a panic may leave half done, `lvmkit_transaction` throws away; nothing else is changed
    // in place.
    let failure = match catch_unwind(AssertUnwindSafe(body)) {
        Ok(Ok(())) => return lvmkit_result::LVMKIT_OK,
        Ok(Err(failure)) => lvmkit_error::from(&failure),
        Err(payload) => lvmkit_error::from_panic(&panic_message(payload)),
    };
    let result = failure.result();
    error.give(failure);
    result
}

/// Frees a handle; a panic while it is dropped ends here.
pub(crate) fn free<T: CallerOwned>(handle: Option<Box<T>>) {
    if let Err(payload) = catch_unwind(AssertUnwindSafe(|| drop(handle))) {
        let _ = panic_message(payload);
    }
}

fn panic_message(payload: Box<dyn Any + Send>) -> String {
    let text = payload.downcast_ref::<&str>().map(|text| (*text).to_owned());
    let message = text.or_else(|| payload.downcast_ref::<String>().cloned()).unwrap_or_default();
    // The payload may be anything, and dropping it could panic once more.
    let _ = ManuallyDrop::new(payload);
    message
}

#[cfg(test)]
#[expect(unsafe_code, reason = "plays the part of C")]
mod tests {
    use super::*;
    use lvmkit_rs::ErrorKind;
    use std::ptr;

    fn caught(body: impl FnOnce() -> Result<()>) -> (lvmkit_result, Option<Box<lvmkit_error>>) {
        let mut error = ptr::null_mut();
        let result = fallible(Out(&raw mut error), body);
        // SAFETY: NULL, or what `fallible` gave.
        (result, (!error.is_null()).then(|| unsafe { Box::from_raw(error) }))
    }

    #[test]
    fn threads_as_the_header_says() {
        fn sent<T: Send>() {}
        fn shared<T: Send + Sync>() {}
        shared::<lvmkit>();
        shared::<lvmkit_vg_list>();
        shared::<lvmkit_vg>();
        shared::<lvmkit_volume>();
        shared::<lvmkit_error>();
        sent::<lvmkit_transaction>();
    }

    #[test]
    fn a_panic_becomes_a_result() {
        let (result, error) = caught(|| panic!("out of {}", "cheese"));
        assert_eq!(result, lvmkit_result::LVMKIT_PANIC);
        assert!(error.unwrap().message().contains("out of cheese"));
        let (result, _) = caught(|| panic!("plain"));
        assert_eq!(result, lvmkit_result::LVMKIT_PANIC);
        let nowhere = fallible(Out(ptr::null_mut()), || panic!("nobody looks"));
        assert_eq!(nowhere, lvmkit_result::LVMKIT_PANIC);
    }

    #[test]
    fn success_writes_no_error() {
        let (result, error) = caught(|| Ok(()));
        assert_eq!(result, lvmkit_result::LVMKIT_OK);
        assert!(error.is_none());
    }

    #[test]
    fn numbers_that_no_enum_has_are_refused() {
        let from_c = |number: i32| {
            let mut value = MaybeUninit::<lvmkit_segtype>::uninit();
            // SAFETY: four bytes for four bytes, as a call from C does it.
            unsafe { value.as_mut_ptr().cast::<i32>().write(number) };
            checked(value, "type")
        };
        assert_eq!(from_c(0).unwrap(), lvmkit_segtype::LVMKIT_SEGTYPE_LINEAR);
        for wrong in [-1, 4, i32::MAX] {
            assert_eq!(from_c(wrong).unwrap_err().kind(), &ErrorKind::InvalidInput);
        }
    }

    #[repr(C)]
    #[derive(Clone, Copy, Debug)]
    struct Grown {
        struct_size: usize,
        first: u64,
        added: u64,
    }

    // SAFETY: integers behind a usize.
    unsafe impl SizedByCaller for Grown {
        const FIRST_SIZE: usize = 16;
    }

    #[test]
    fn structs_of_older_and_newer_callers() {
        let read = |words: &[u64]| Params(words.as_ptr().cast::<Grown>()).get("it");
        let old = read(&[16, 7, 99]).unwrap();
        assert_eq!((old.first, old.added), (7, 0), "what the caller does not have is zero");
        assert_eq!(read(&[24, 7, 8]).unwrap().added, 8);
        assert_eq!(read(&[32, 7, 8, 0]).unwrap().added, 8);
        assert_eq!(read(&[32, 7, 8, 1]).unwrap_err().kind(), &ErrorKind::Unsupported);
        for wrong in [0, 8, 15, 1 << 40] {
            assert_eq!(read(&[wrong, 7, 8]).unwrap_err().kind(), &ErrorKind::InvalidInput);
        }
        assert!(Params::<Grown>(ptr::null()).optional("it").unwrap().is_none());
    }

    #[test]
    fn strings() {
        let words = [c"one".as_ptr(), c"two".as_ptr(), ptr::null()];
        assert_eq!(Texts(words.as_ptr().cast()).get("words").unwrap(), ["one", "two"]);
        assert!(Texts(ptr::null()).get("words").unwrap().is_empty());
        assert_eq!(Text(ptr::null()).get("name").unwrap_err().message(), "name is NULL");
        let latin1 = Text(c"\xe9".as_ptr());
        assert_eq!(latin1.get("name").unwrap_err().kind(), &ErrorKind::InvalidInput);
        assert_eq!(c_string("a\0b").to_str().unwrap(), "a\u{fffd}b");
    }
}
