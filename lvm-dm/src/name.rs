//! Names and uuids of device-mapper devices that are logical volumes.
//!
//! Facts from tables, nodes and uuids seen with LVM2 2.03.16 (libdm 1.02.185).

use std::fmt;
use std::str::FromStr;

use lvm_core::id::ID_LEN;
use lvm_core::{Id, LvId, VgId};
use thiserror::Error;

/// Longest name of a device, in bytes (128 in the kernel's `struct dm_ioctl`, with the NUL).
pub const DM_NAME_MAX: usize = 127;

/// Longest uuid of a device, in bytes (129 in the kernel's `struct dm_ioctl`, with the NUL).
pub const DM_UUID_MAX: usize = 128;

/// What the uuid of every logical volume begins with.
pub const UUID_PREFIX: &str = "LVM-";

/// Why a name or uuid is refused.
#[derive(Clone, PartialEq, Eq, Debug, Error)]
#[non_exhaustive]
pub enum DmNameError {
    /// A part that must not be empty is.
    #[error("a part of the device name is empty")]
    Empty,
    /// Not two or three parts with a hyphen between them.
    #[error("not the device name of a logical volume")]
    Parts,
    /// More bytes than device-mapper takes.
    #[error("a device-mapper name or uuid of {length} bytes is too long")]
    TooLong {
        /// Bytes in it.
        length: usize,
    },
    /// Not `LVM-`, two ids and a suffix.
    #[error("not the device uuid of a logical volume")]
    Uuid,
    /// A `\x` that is not followed by two hexadecimal digits, or bytes that are no UTF-8.
    #[error("a mangled name has a bad escape at byte {at}")]
    Escape {
        /// The index of the byte.
        at: usize,
    },
    /// Both characters to mangle and some mangled already.
    #[error("a name is mangled in part only")]
    Mixed,
}

/// The name of a logical volume's device: volume group, logical volume, and the layer of a hidden
/// device below it.
///
/// In the text every hyphen of a part is doubled, and single hyphens stand between the parts:
/// `my-vg`, `my-lv` and layer `real` give `my--vg-my--lv-real`.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct DeviceName {
    vg: String,
    lv: String,
    layer: Option<String>,
}

impl DeviceName {
    /// The name of `lv`'s device, or of the device of one of its layers.
    ///
    /// # Errors
    /// An empty part, or more than [`DM_NAME_MAX`] bytes with the hyphens doubled.
    pub fn new(vg: &str, lv: &str, layer: Option<&str>) -> Result<Self, DmNameError> {
        if vg.is_empty() || lv.is_empty() || layer.is_some_and(str::is_empty) {
            return Err(DmNameError::Empty);
        }
        let name = Self { vg: vg.to_owned(), lv: lv.to_owned(), layer: layer.map(str::to_owned) };
        match name.to_string().len() {
            0..=DM_NAME_MAX => Ok(name),
            length => Err(DmNameError::TooLong { length }),
        }
    }

    /// The volume group.
    #[must_use]
    pub fn vg(&self) -> &str {
        &self.vg
    }

    /// The logical volume.
    #[must_use]
    pub fn lv(&self) -> &str {
        &self.lv
    }

    /// The layer.
    #[must_use]
    pub fn layer(&self) -> Option<&str> {
        self.layer.as_deref()
    }
}

fn double_hyphens(f: &mut fmt::Formatter<'_>, part: &str) -> fmt::Result {
    let mut pieces = part.split('-');
    f.write_str(pieces.next().unwrap_or_default())?;
    pieces.try_for_each(|piece| write!(f, "--{piece}"))
}

impl fmt::Display for DeviceName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        double_hyphens(f, &self.vg)?;
        f.write_str("-")?;
        double_hyphens(f, &self.lv)?;
        if let Some(layer) = &self.layer {
            f.write_str("-")?;
            double_hyphens(f, layer)?;
        }
        Ok(())
    }
}

impl FromStr for DeviceName {
    type Err = DmNameError;

    /// Splits a device name. That it can be split does not make it a logical volume's; only the
    /// uuid tells.
    fn from_str(text: &str) -> Result<Self, DmNameError> {
        let mut parts = vec![String::new()];
        let mut chars = text.chars().peekable();
        while let Some(c) = chars.next() {
            if c == '-' && chars.next_if_eq(&'-').is_none() {
                parts.push(String::new());
            } else if let Some(part) = parts.last_mut() {
                part.push(c);
            }
        }
        match parts.as_slice() {
            [vg, lv] => Self::new(vg, lv, None),
            [vg, lv, layer] => Self::new(vg, lv, Some(layer)),
            _ => Err(DmNameError::Parts),
        }
    }
}

/// The uuid of a logical volume's device: `LVM-`, both ids without their dashes, and a suffix for
/// layers and for hidden volumes of some kinds.
///
/// LVM2 2.03.36 gave hidden volumes such as `_rimage_0` the suffix `-real` that older versions do
/// not write, so devices of one volume are found by [`is_same_lv`](Self::is_same_lv), never by
/// comparing whole uuids. Tools from before 2006 left out `LVM-`; those uuids are not read here.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct DeviceUuid {
    vg: VgId,
    lv: LvId,
    suffix: Option<String>,
}

impl DeviceUuid {
    /// The uuid of `lv`'s device, or of one of its layers.
    ///
    /// # Errors
    /// An empty suffix, or more than [`DM_UUID_MAX`] bytes.
    pub fn new(vg: VgId, lv: LvId, suffix: Option<&str>) -> Result<Self, DmNameError> {
        if suffix.is_some_and(str::is_empty) {
            return Err(DmNameError::Empty);
        }
        let uuid = Self { vg, lv, suffix: suffix.map(str::to_owned) };
        match uuid.to_string().len() {
            0..=DM_UUID_MAX => Ok(uuid),
            length => Err(DmNameError::TooLong { length }),
        }
    }

    /// The volume group's id.
    #[must_use]
    pub fn vg(&self) -> VgId {
        self.vg
    }

    /// The logical volume's id.
    #[must_use]
    pub fn lv(&self) -> LvId {
        self.lv
    }

    /// What stands behind the ids, without its hyphen.
    #[must_use]
    pub fn suffix(&self) -> Option<&str> {
        self.suffix.as_deref()
    }

    /// True for two devices of one logical volume, whatever their suffixes.
    #[must_use]
    pub fn is_same_lv(&self, other: &Self) -> bool {
        self.vg == other.vg && self.lv == other.lv
    }

    /// What the uuids of all devices of a volume group begin with.
    #[must_use]
    pub fn vg_prefix(vg: VgId) -> String {
        format!("{UUID_PREFIX}{}", vg.0.as_str())
    }
}

impl fmt::Display for DeviceUuid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{UUID_PREFIX}{}{}", self.vg.0.as_str(), self.lv.0.as_str())?;
        self.suffix.iter().try_for_each(|suffix| write!(f, "-{suffix}"))
    }
}

impl FromStr for DeviceUuid {
    type Err = DmNameError;

    fn from_str(text: &str) -> Result<Self, DmNameError> {
        let ids = text.strip_prefix(UUID_PREFIX).ok_or(DmNameError::Uuid)?;
        let id = |start: usize| {
            let text = ids.get(start..start + ID_LEN)?;
            Id::from_bytes(text.as_bytes().try_into().ok()?).ok()
        };
        let (Some(vg), Some(lv), Some(rest)) = (id(0), id(ID_LEN), ids.get(2 * ID_LEN..)) else {
            return Err(DmNameError::Uuid);
        };
        let suffix = match rest {
            "" => None,
            rest => Some(rest.strip_prefix('-').ok_or(DmNameError::Uuid)?),
        };
        Self::new(VgId(vg), LvId(lv), suffix)
    }
}

/// True for the bytes udev lets a device name hold; the rest is mangled.
fn is_plain(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'#' | b'+' | b'-' | b'.' | b':' | b'=' | b'@' | b'_')
}

/// Writes every byte outside `[0-9A-Za-z#+-.:=@_]` as `\xHH`, backslashes too (libdm's mode
/// `hex`). Names of logical volumes never need it.
#[must_use]
pub fn mangle(name: &str) -> String {
    let mut mangled = String::with_capacity(name.len());
    for byte in name.bytes() {
        if is_plain(byte) {
            mangled.push(char::from(byte));
        } else {
            mangled.push_str("\\x");
            mangled.extend(
                [byte >> 4, byte & 15].iter().filter_map(|digit| char::from_digit((*digit).into(), 16)),
            );
        }
    }
    mangled
}

/// Like [`mangle`], but a name that is mangled already stays as it is (libdm's mode `auto`).
///
/// # Errors
/// [`DmNameError::Mixed`] for a name with both.
pub fn mangle_auto(name: &str) -> Result<String, DmNameError> {
    let mut rest = name.as_bytes();
    let (mut escaped, mut bad) = (false, false);
    while let Some((byte, behind)) = rest.split_first() {
        rest = match escape(rest) {
            Some((_, behind)) => {
                escaped = true;
                behind
            }
            None => {
                bad |= !is_plain(*byte);
                behind
            }
        };
    }
    match (escaped, bad) {
        (true, true) => Err(DmNameError::Mixed),
        (true, false) => Ok(name.to_owned()),
        (false, _) => Ok(mangle(name)),
    }
}

/// The byte that a `\xHH` at the beginning means, and what is behind it.
fn escape(bytes: &[u8]) -> Option<(u8, &[u8])> {
    let (digits, behind) = bytes.strip_prefix(b"\\x")?.split_at_checked(2)?;
    let digit = |byte: &u8| char::from(*byte).to_digit(16);
    let value = digit(digits.first()?)? * 16 + digit(digits.last()?)?;
    Some((u8::try_from(value).ok()?, behind))
}

/// Undoes [`mangle`]. A backslash that does not begin an escape stays as it is.
///
/// # Errors
/// `\x` without two digits behind it, or a name that is not UTF-8.
pub fn unmangle(name: &str) -> Result<String, DmNameError> {
    let mut plain = Vec::with_capacity(name.len());
    let mut rest = name.as_bytes();
    while let Some((first, behind)) = rest.split_first() {
        let (byte, behind) = match escape(rest) {
            Some(escaped) => escaped,
            None if rest.starts_with(b"\\x") => {
                return Err(DmNameError::Escape { at: name.len() - rest.len() });
            }
            None => (*first, behind),
        };
        plain.push(byte);
        rest = behind;
    }
    String::from_utf8(plain).map_err(|error| DmNameError::Escape { at: error.utf8_error().valid_up_to() })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn device_names() {
        let table = [
            ("vg-lin", "vg", "lin", None),
            ("my--vg-my--lv-real", "my-vg", "my-lv", Some("real")),
            ("vg-l--n2", "vg", "l-n2", None),
            ("a---b", "a-", "b", None),
            ("vg-st-missing_0_1", "vg", "st", Some("missing_0_1")),
            ("vg-cv_cvol-cdata", "vg", "cv_cvol", Some("cdata")),
            ("vg-pool-tpool", "vg", "pool", Some("tpool")),
        ];
        for (text, vg, lv, layer) in table {
            let name = DeviceName::new(vg, lv, layer).unwrap();
            assert_eq!(name.to_string(), text);
            assert_eq!(text.parse(), Ok(name));
        }
        for bad in ["", "vg", "-lv", "vg-", "vg-lv-", "a-b-c-d"] {
            assert!(bad.parse::<DeviceName>().is_err(), "{bad}");
        }
        assert!(DeviceName::new(&"v".repeat(63), &"l".repeat(63), None).is_ok());
        let doubled = DeviceName::new(&"-".repeat(32), &"l".repeat(63), None);
        assert_eq!(doubled, Err(DmNameError::TooLong { length: 128 }));
    }

    #[test]
    fn device_uuids() {
        let vg = "GPjcQqXybbdkOC2BrkX7gFcfBLmSOGL9";
        let lv = "0kd0xhGVMAGVV1lkfKkkyqqqu1NW6Wb1";
        for (suffix, tail) in [(None, ""), (Some("real"), "-real"), (Some("missing_0_1"), "-missing_0_1")] {
            let text = format!("LVM-{vg}{lv}{tail}");
            let uuid: DeviceUuid = text.parse().unwrap();
            assert_eq!(uuid.suffix(), suffix);
            assert_eq!(uuid.to_string(), text);
            assert!(text.starts_with(&DeviceUuid::vg_prefix(uuid.vg())));
            assert!(uuid.is_same_lv(&format!("LVM-{vg}{lv}").parse().unwrap()));
        }
        for bad in [
            format!("{vg}{lv}"),
            format!("LVM-{vg}"),
            format!("LVM-{vg}{lv}real"),
            format!("LVM-{vg}{lv}-"),
            format!("LVM-{vg}$kd0xhGVMAGVV1lkfKkkyqqqu1NW6Wb1"),
            format!("LVM-{vg}ékd0xhGVMAGVV1lkfKkkyqqqu1NW6W"),
            format!("LVM-{vg}{lv}-{}", "x".repeat(60)),
        ] {
            assert!(bad.parse::<DeviceUuid>().is_err(), "{bad}");
        }
    }

    #[test]
    fn mangling() {
        let table = [("a b", r"a\x20b"), ("vg-lv", "vg-lv"), ("é/", r"\xc3\xa9\x2f"), (r"a\b", r"a\x5cb")];
        for (plain, mangled) in table {
            assert_eq!(mangle(plain), mangled);
            assert_eq!(mangle_auto(plain).as_deref(), Ok(mangled));
            assert_eq!(mangle_auto(mangled).as_deref(), Ok(mangled));
            assert_eq!(unmangle(mangled).as_deref(), Ok(plain));
        }
        assert_eq!(mangle_auto(r"a\x20b c"), Err(DmNameError::Mixed));
        assert_eq!(unmangle(r"ab\x2"), Err(DmNameError::Escape { at: 2 }));
        assert_eq!(unmangle(r"ab\xff"), Err(DmNameError::Escape { at: 2 }));
        assert_eq!(unmangle(r"a\b").as_deref(), Ok(r"a\b"));
    }
}
