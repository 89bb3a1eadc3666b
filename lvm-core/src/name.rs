//! The rules for names of volume groups, logical volumes and tags (lvm(8), "VALID NAMES").

use thiserror::Error;

/// Longest name of a volume group or logical volume, in bytes.
pub const NAME_MAX: usize = 127;

/// Longest tag a command accepts, in bytes.
pub const TAG_MAX: usize = 1024;

/// Parts of names that belong to hidden logical volumes; searched from a name's first `_` on.
pub const RESERVED_PARTS: [&str; 17] = [
    "_cdata", "_cmeta", "_corig", "_cpool", "_cvol", "_wcorig", "_mimage", "_mlog", "_rimage", "_rmeta",
    "_tdata", "_tmeta", "_vdata", "_imeta", "_iorig", "_pmspare", "_vorigin",
];

/// Beginnings of names that belong to hidden logical volumes.
pub const RESERVED_PREFIXES: [&str; 2] = ["pvmove", "snapshot"];

/// Why a name or tag is refused.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Error)]
#[non_exhaustive]
pub enum NameError {
    /// The empty string.
    #[error("a name cannot be empty")]
    Empty,
    /// More bytes than allowed.
    #[error("a name has at most {max} bytes, this one has {length}")]
    TooLong {
        /// Bytes in the name.
        length: usize,
        /// Bytes allowed.
        max: usize,
    },
    /// A character outside `[a-zA-Z0-9.-_+]`.
    #[error("name contains the invalid character {0:?}, valid set includes: [a-zA-Z0-9.-_+]")]
    Character(char),
    /// A leading `-`, which commands would take for an option.
    #[error("a name cannot start with a hyphen")]
    Hyphen,
    /// `.` or `..`.
    #[error("a name cannot be \".\" or \"..\"")]
    Dots,
    /// A prefix kept for hidden volumes.
    #[error("names starting \"{0}\" are reserved")]
    ReservedPrefix(&'static str),
    /// A part kept for hidden volumes.
    #[error("names including \"{0}\" are reserved")]
    ReservedPart(&'static str),
    /// The names of group and volume are too long together for a device-mapper name.
    #[error("volume group and logical volume names have at most {max} bytes together, these have {length}")]
    PairTooLong {
        /// Bytes in both names.
        length: usize,
        /// Bytes allowed.
        max: usize,
    },
    /// A character a tag cannot hold.
    #[error("tag contains the invalid character {0:?}, valid set includes: [a-zA-Z0-9_+.-/=!:#&]")]
    TagCharacter(char),
}

/// Checks a volume group or logical volume name that may come from disk, hidden ones included.
///
/// # Errors
/// The first rule broken.
pub fn check_name(name: &str) -> Result<(), NameError> {
    let first = *name.as_bytes().first().ok_or(NameError::Empty)?;
    if name.len() > NAME_MAX {
        return Err(NameError::TooLong { length: name.len(), max: NAME_MAX });
    }
    if first == b'-' {
        return Err(NameError::Hyphen);
    }
    if let Some(byte) = name.bytes().position(|b| !is_name_byte(b)) {
        let character = name.get(byte..).and_then(|rest| rest.chars().next()).unwrap_or('?');
        return Err(NameError::Character(character));
    }
    if name == "." || name == ".." { Err(NameError::Dots) } else { Ok(()) }
}

/// Checks a logical volume name that a user chooses: valid, and not one of the reserved forms.
///
/// # Errors
/// The first rule broken.
pub fn check_user_lv_name(name: &str) -> Result<(), NameError> {
    check_name(name)?;
    if let Some(prefix) = RESERVED_PREFIXES.iter().find(|prefix| name.starts_with(**prefix)) {
        return Err(NameError::ReservedPrefix(prefix));
    }
    match RESERVED_PARTS.iter().find(|part| name.contains(**part)) {
        Some(part) => Err(NameError::ReservedPart(part)),
        None => Ok(()),
    }
}

/// Checks that a device-mapper name can be made of both names.
///
/// LVM2 refuses to write when `len(vg) + len(lv) + 3` reaches 128.
///
/// # Errors
/// [`NameError::PairTooLong`].
pub fn check_pair(vg: &str, lv: &str) -> Result<(), NameError> {
    let length = vg.len().saturating_add(lv.len());
    let max = NAME_MAX - 3;
    if length > max { Err(NameError::PairTooLong { length, max }) } else { Ok(()) }
}

/// Checks a tag. It may begin with a hyphen: LVM2's manual says no, its commands take it.
///
/// # Errors
/// The first rule broken.
pub fn check_tag(tag: &str) -> Result<(), NameError> {
    if tag.is_empty() {
        return Err(NameError::Empty);
    }
    if tag.len() > TAG_MAX {
        return Err(NameError::TooLong { length: tag.len(), max: TAG_MAX });
    }
    match tag.chars().find(|c| !is_tag_char(*c)) {
        Some(c) => Err(NameError::TagCharacter(c)),
        None => Ok(()),
    }
}

/// Reduces a string to a valid system id: bad characters and leading non-alphanumerics dropped,
/// cut at 128 bytes (lvmsystemid(7)).
#[must_use]
pub fn clean_system_id(text: &str) -> std_alloc::string::String {
    text.chars()
        .skip_while(|c| !c.is_ascii_alphanumeric())
        .filter(|c| u8::try_from(*c).is_ok_and(is_name_byte))
        .take(128)
        .collect()
}

/// True for the bytes a name may hold.
#[must_use]
pub fn is_name_byte(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'_' | b'+' | b'-')
}

fn is_tag_char(c: char) -> bool {
    c.is_ascii_alphanumeric() || "_+.-/=!:&#".contains(c)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names() {
        for good in ["vg0", "a", "lost+found", "group", "_x", "a-b", ".a", "..."] {
            assert_eq!(check_name(good), Ok(()), "{good}");
        }
        assert_eq!(check_name(""), Err(NameError::Empty));
        assert_eq!(check_name("."), Err(NameError::Dots));
        assert_eq!(check_name(".."), Err(NameError::Dots));
        assert_eq!(check_name("-a"), Err(NameError::Hyphen));
        assert_eq!(check_name("a b"), Err(NameError::Character(' ')));
        assert_eq!(check_name("aé"), Err(NameError::Character('é')));
        let long = "x".repeat(128);
        assert_eq!(check_name(&long), Err(NameError::TooLong { length: 128, max: 127 }));
        assert_eq!(check_name(long.get(..127).unwrap()), Ok(()));
    }

    #[test]
    fn reserved() {
        assert_eq!(check_user_lv_name("pvmove0"), Err(NameError::ReservedPrefix("pvmove")));
        assert_eq!(check_user_lv_name("snapshots"), Err(NameError::ReservedPrefix("snapshot")));
        for part in RESERVED_PARTS {
            let name = std::format!("x{part}_0");
            assert_eq!(check_user_lv_name(&name), Err(NameError::ReservedPart(part)));
        }
        assert_eq!(check_user_lv_name("mysnapshot"), Ok(()));
    }

    #[test]
    fn pairs_and_tags() {
        assert_eq!(check_pair(&"v".repeat(62), &"l".repeat(62)), Ok(()));
        assert!(check_pair(&"v".repeat(62), &"l".repeat(63)).is_err());
        assert_eq!(check_tag("a/b=c!:&#_+.-"), Ok(()));
        assert_eq!(check_tag("bad tag"), Err(NameError::TagCharacter(' ')));
        assert_eq!(check_tag("-x"), Ok(()));
        assert_eq!(clean_system_id("__host name!1"), "hostname1");
    }
}
