//! LVM2 identifiers: 32 characters, printed in groups of 6-4-4-4-4-4-6.
//!
//! They are not RFC 4122 UUIDs: the alphabet is `0-9a-zA-Z!#`, and the text form drops every `-`
//! wherever it stands (format of LVM2 2.03.16).

use core::{fmt, str::FromStr};

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::stamp::IdSource;

/// Length of an identifier in characters, dashes not counted.
pub const ID_LEN: usize = 32;

const ALPHABET: &[u8; 64] = b"0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ!#";
/// Random ids use only the first 62 letters, as LVM2 does.
const RANDOM_LETTERS: u8 = 62;
const GROUPS: [usize; 7] = [6, 4, 4, 4, 4, 4, 6];

/// Why a string is not an identifier.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
pub enum IdError {
    /// Not 32 characters, dashes left out.
    #[error("an LVM id has 32 characters, this one has {0}")]
    Length(usize),
    /// A character outside the alphabet.
    #[error("an LVM id cannot contain the byte {0:#04x}")]
    Character(u8),
}

/// 32 characters of LVM2's alphabet.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Id([u8; ID_LEN]);

impl Id {
    /// Length of the text form.
    pub(crate) const DASHED_LEN: usize = ID_LEN + GROUPS.len() - 1;

    /// Takes the 32 characters as they stand in a physical volume's label, without dashes.
    ///
    /// # Errors
    /// A character outside the alphabet.
    pub fn from_bytes(bytes: [u8; ID_LEN]) -> Result<Self, IdError> {
        match bytes.iter().find(|byte| !is_letter(**byte)) {
            Some(byte) => Err(IdError::Character(*byte)),
            None => Ok(Self(bytes)),
        }
    }

    /// Reads the text form; every `-` is dropped wherever it stands.
    ///
    /// # Errors
    /// The wrong number of characters, or one outside the alphabet.
    pub fn parse(text: &str) -> Result<Self, IdError> {
        if let Some(id) = Self::parse_dashed(text.as_bytes()) {
            return Ok(id);
        }
        let mut bytes = [0; ID_LEN];
        let mut count = 0;
        for byte in text.bytes().filter(|byte| *byte != b'-') {
            if !is_letter(byte) {
                return Err(IdError::Character(byte));
            }
            if let Some(slot) = bytes.get_mut(count) {
                *slot = byte;
            }
            count += 1;
        }
        if count == ID_LEN { Ok(Self(bytes)) } else { Err(IdError::Length(count)) }
    }

    /// The form that every writer uses; `None` for any other.
    pub(crate) fn parse_dashed(text: &[u8]) -> Option<Self> {
        if text.len() != Self::DASHED_LEN {
            return None;
        }
        let mut bytes = [0; ID_LEN];
        let (mut from, mut rest) = (text, &mut bytes[..]);
        for length in GROUPS {
            let (group, behind) = from.split_at_checked(length)?;
            let (slot, later) = rest.split_at_mut_checked(length)?;
            slot.copy_from_slice(group);
            rest = later;
            from = match behind {
                [b'-', behind @ ..] => behind,
                [] => &[],
                _ => return None,
            };
        }
        // Without a way out in the middle, which would keep the compiler from looking at many at once.
        bytes.iter().fold(true, |good, byte| good & is_letter(*byte)).then_some(Self(bytes))
    }

    /// A new id from a source of random bytes.
    #[must_use]
    pub fn random(source: &mut (impl IdSource + ?Sized)) -> Self {
        let mut bytes = [0; ID_LEN];
        source.fill(&mut bytes);
        for byte in &mut bytes {
            let letter = usize::from(*byte % RANDOM_LETTERS);
            *byte = ALPHABET.get(letter).copied().unwrap_or(b'0');
        }
        Self(bytes)
    }

    /// The 32 characters as bytes, without dashes.
    #[must_use]
    pub const fn as_bytes(&self) -> &[u8; ID_LEN] {
        &self.0
    }

    /// The 32 characters, without dashes.
    #[must_use]
    pub fn as_str(&self) -> &str {
        // Every constructor checks the alphabet, which is ASCII.
        core::str::from_utf8(&self.0).unwrap_or_default()
    }
}

fn is_letter(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'!' || byte == b'#'
}

impl fmt::Display for Id {
    /// The dashed form. An id that begins with `#` (from an old LVM1 import) has no dashes.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.0.first() == Some(&b'#') {
            return f.pad(self.as_str());
        }
        let mut dashed = [b'-'; Self::DASHED_LEN];
        let mut letters = self.0.iter();
        let mut at = 0;
        for length in GROUPS {
            for slot in dashed.iter_mut().skip(at).take(length) {
                *slot = *letters.next().unwrap_or(&b'-');
            }
            at += length + 1;
        }
        f.pad(core::str::from_utf8(&dashed).unwrap_or_default())
    }
}

impl fmt::Debug for Id {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl FromStr for Id {
    type Err = IdError;
    fn from_str(text: &str) -> Result<Self, IdError> {
        Self::parse(text)
    }
}

impl Serialize for Id {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Id {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = std_alloc::string::String::deserialize(deserializer)?;
        Self::parse(&text).map_err(serde::de::Error::custom)
    }
}

macro_rules! typed_id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(pub Id);

        impl $name {
            /// Reads the text form; dashes are dropped.
            ///
            /// # Errors
            /// See [`Id::parse`].
            pub fn parse(text: &str) -> Result<Self, IdError> {
                Id::parse(text).map(Self)
            }

            /// A new id from a source of random bytes.
            #[must_use]
            pub fn random(source: &mut (impl IdSource + ?Sized)) -> Self {
                Self(Id::random(source))
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                fmt::Display::fmt(&self.0, f)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                fmt::Display::fmt(&self.0, f)
            }
        }
    };
}

typed_id! {
    /// The id of a volume group.
    VgId
}
typed_id! {
    /// The id of a physical volume.
    PvId
}
typed_id! {
    /// The id of a logical volume, unique inside its volume group.
    LvId
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stamp::SeededIds;
    use std::string::ToString;

    #[test]
    fn text_form() {
        let text = "GPjcQq-Xybb-dkOC-2Brk-X7gF-cfBL-mSOGL9";
        let id = Id::parse(text).unwrap();
        assert_eq!(id.as_str(), "GPjcQqXybbdkOC2BrkX7gFcfBLmSOGL9");
        assert_eq!(id.to_string(), text);
        assert_eq!(Id::parse("--GPjcQqXybbdkOC2BrkX7gFcfBLmSOGL9-"), Ok(id));
        assert_eq!(Id::parse("short"), Err(IdError::Length(5)));
        assert_eq!(Id::parse("GPjcQqXybbdkOC2BrkX7gFcfBLmSOGL$"), Err(IdError::Character(b'$')));
        let old = Id::parse("#PjcQqXybbdkOC2BrkX7gFcfBLmSOGL9").unwrap();
        assert_eq!(old.to_string(), "#PjcQqXybbdkOC2BrkX7gFcfBLmSOGL9");
    }

    #[test]
    fn random_ids_avoid_the_two_signs() {
        let mut source = SeededIds::new(7);
        for _ in 0..200 {
            let id = Id::random(&mut source);
            assert!(id.as_bytes().iter().all(u8::is_ascii_alphanumeric));
        }
        assert_ne!(Id::random(&mut source), Id::random(&mut source));
        assert_eq!(Id::random(&mut SeededIds::new(7)), Id::random(&mut SeededIds::new(7)));
    }
}
