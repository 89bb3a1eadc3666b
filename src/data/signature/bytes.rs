//! Integers at offsets of a slice; what is past its end is `None`.

macro_rules! integers {
    ($($name:ident $type:ident $from:ident;)*) => {$(
        pub(crate) fn $name(&self, offset: usize) -> Option<$type> {
            self.array(offset).map($type::$from)
        }
    )*};
}

/// Bytes read from a device.
#[derive(Clone, Copy)]
pub(crate) struct Bytes<'a>(pub(crate) &'a [u8]);

impl Bytes<'_> {
    pub(crate) fn array<const N: usize>(&self, offset: usize) -> Option<[u8; N]> {
        self.0.get(offset..offset.checked_add(N)?)?.try_into().ok()
    }

    pub(crate) fn u8(&self, offset: usize) -> Option<u8> {
        self.0.get(offset).copied()
    }

    integers! {
        le16 u16 from_le_bytes;
        le32 u32 from_le_bytes;
        le64 u64 from_le_bytes;
        be16 u16 from_be_bytes;
        be32 u32 from_be_bytes;
        be64 u64 from_be_bytes;
    }

    /// True when `expected` stands at `offset`.
    pub(crate) fn has(&self, offset: usize, expected: &[u8]) -> bool {
        self.0.get(offset..).is_some_and(|rest| rest.starts_with(expected))
    }

    /// True when all of `length` bytes at `offset` are there and zero.
    pub(crate) fn is_zero(&self, offset: usize, length: usize) -> bool {
        let end = offset.checked_add(length);
        end.and_then(|end| self.0.get(offset..end)).is_some_and(|bytes| bytes.iter().all(|byte| *byte == 0))
    }
}
