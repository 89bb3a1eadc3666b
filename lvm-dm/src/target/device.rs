//! How a table names the devices below it.

use std::fmt;

use super::words::Value;

/// A device named in a table: `major:minor`, or a path.
///
/// The kernel takes both and always prints `major:minor`. A path is kept as given; blanks and
/// backslashes in it are printed with a backslash in front, which is how the kernel reads them.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum DeviceRef {
    /// A block device by its number.
    Number {
        /// The major number.
        major: u32,
        /// The minor number.
        minor: u32,
    },
    /// A path, or whatever name the resolver of a userspace device knows.
    Path(String),
}

impl DeviceRef {
    /// A block device by its number.
    #[must_use]
    pub const fn number(major: u32, minor: u32) -> Self {
        Self::Number { major, minor }
    }

    /// A device by its path. `7:0` is taken for a path here; see [`DeviceRef::Number`].
    #[must_use]
    pub fn path(path: impl Into<String>) -> Self {
        Self::Path(path.into())
    }

    /// Reads one word of a table. A bare number and `-` are no devices, with backslashes or without.
    pub(crate) fn from_word(word: &str) -> Option<Self> {
        let mut path = String::new();
        let mut chars = word.chars();
        while let Some(c) = chars.next() {
            path.push(if c == '\\' { chars.next()? } else { c });
        }
        if let Some((major, minor)) = path.split_once(':')
            && let (Some(major), Some(minor)) = (u32::parse(major), u32::parse(minor))
        {
            return Some(Self::Number { major, minor });
        }
        let is_none = path.is_empty() || path == "-" || path.bytes().all(|byte| byte.is_ascii_digit());
        if is_none { None } else { Some(Self::Path(path)) }
    }
}

impl fmt::Display for DeviceRef {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        use fmt::Write;
        match self {
            Self::Number { major, minor } => write!(f, "{major}:{minor}"),
            Self::Path(path) => path.chars().try_for_each(|c| {
                if c == '\\' || c.is_ascii_whitespace() {
                    f.write_char('\\')?;
                }
                f.write_char(c)
            }),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words() {
        let table = [
            ("7:0", Some(DeviceRef::number(7, 0))),
            ("/dev/loop0", Some(DeviceRef::path("/dev/loop0"))),
            ("pv0", Some(DeviceRef::path("pv0"))),
            (r"/dev/mapper/a\\x20b", Some(DeviceRef::path(r"/dev/mapper/a\x20b"))),
            (r"my\ disk.img", Some(DeviceRef::path("my disk.img"))),
            ("7:", Some(DeviceRef::path("7:"))),
            ("4294967296:0", Some(DeviceRef::path("4294967296:0"))),
            ("128", None),
            ("-", None),
            (r"\-", None),
            (r"\0", None),
            ("", None),
            ("\\", None),
        ];
        for (word, device) in table {
            assert_eq!(DeviceRef::from_word(word), device, "{word}");
            if let Some(device) = device {
                assert_eq!(device.to_string(), word);
            }
        }
    }
}
