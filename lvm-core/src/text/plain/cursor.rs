//! A place in a text whose layout is known.

use crate::id::{Id, LvId};
use crate::name::is_name_byte;

/// What is behind a place in a text. What is not there as it should be gives `None`.
#[derive(Clone, Copy, Debug)]
pub(super) struct Cursor<'a> {
    rest: &'a [u8],
}

/// So many decimal digits fit an `i64` whatever they are.
const SAFE_DIGITS: usize = 18;

impl<'a> Cursor<'a> {
    pub(super) fn new(text: &'a str) -> Self {
        Self { rest: text.as_bytes() }
    }

    /// What is behind it.
    pub(super) fn rest(&self) -> &'a [u8] {
        self.rest
    }

    /// Bytes from `start` to here.
    pub(super) fn since(&self, start: Self) -> &'a [u8] {
        let length = start.rest.len().saturating_sub(self.rest.len());
        start.rest.get(..length).unwrap_or_default()
    }

    /// Goes past exactly these bytes.
    #[inline]
    pub(super) fn eat<const N: usize>(&mut self, bytes: &[u8; N]) -> Option<()> {
        let (first, rest) = self.rest.split_first_chunk::<N>()?;
        if first != bytes {
            return None;
        }
        self.rest = rest;
        Some(())
    }

    /// The same of bytes whose number is not known before.
    pub(super) fn eat_all(&mut self, bytes: &[u8]) -> Option<()> {
        self.rest = self.rest.strip_prefix(bytes)?;
        Some(())
    }

    /// Goes past blanks.
    #[inline]
    pub(super) fn blanks(&mut self) {
        while let [b'\n' | b'\t' | b' ', rest @ ..] = self.rest {
            self.rest = rest;
        }
    }

    fn take(&mut self, length: usize) -> Option<&'a [u8]> {
        let (taken, rest) = self.rest.split_at_checked(length)?;
        self.rest = rest;
        Some(taken)
    }

    /// A number without sign and leading zeroes.
    #[inline]
    pub(super) fn number<T: TryFrom<i64>>(&mut self) -> Option<T> {
        let (mut number, mut length) = (0_i64, 0_usize);
        for byte in self.rest.iter().take(SAFE_DIGITS.saturating_add(1)) {
            let digit = byte.wrapping_sub(b'0');
            if digit > 9 {
                break;
            }
            number = number.wrapping_mul(10).wrapping_add(i64::from(digit));
            length = length.saturating_add(1);
        }
        let is_octal = length > 1 && self.rest.first() == Some(&b'0');
        if length == 0 || length > SAFE_DIGITS || is_octal {
            return None;
        }
        self.take(length)?;
        T::try_from(number).ok()
    }

    /// A string in quotes, without escapes.
    #[inline]
    pub(super) fn string(&mut self) -> Option<&'a str> {
        self.eat(b"\"")?;
        let end = self.rest.iter().position(|byte| matches!(byte, b'"' | b'\\' | 0))?;
        let text = core::str::from_utf8(self.take(end)?).ok()?;
        self.eat(b"\"")?;
        Some(text)
    }

    /// Calls `each` for the strings of an array.
    pub(super) fn strings(&mut self, mut each: impl FnMut(&'a str) -> Option<()>) -> Option<()> {
        self.eat(b"[")?;
        if self.eat(b"]").is_some() {
            return Some(());
        }
        loop {
            each(self.string()?)?;
            if self.eat(b", ").is_none() {
                return self.eat(b"]");
            }
        }
    }

    /// An id with dashes.
    #[inline]
    pub(super) fn id(&mut self) -> Option<LvId> {
        self.eat(b"\"")?;
        let id = Id::parse_dashed(self.take(Id::DASHED_LEN)?)?;
        self.eat(b"\"")?;
        Some(LvId(id))
    }

    /// A name that is valid for a logical volume, as a key.
    pub(super) fn name(&mut self) -> Option<&'a str> {
        let end = self.rest.iter().position(|byte| !is_name_byte(*byte)).filter(|end| *end > 0)?;
        core::str::from_utf8(self.take(end)?).ok()
    }
}
