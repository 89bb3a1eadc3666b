//! Sizes and extents as LVM2's options write them.
//!
//! Suffixes are powers of 1024 in either case, only their first letter counts, and a number
//! without one has the unit of its option. `-l` counts extents, or gives a share of something.

use lvmkit::{Bytes, Extents, Size};

/// The unit of a number without a suffix.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Unit {
    /// 512 bytes.
    Sector,
    /// 1024 bytes.
    Kib,
    /// 1024 KiB.
    Mib,
}

impl Unit {
    const fn bytes(self) -> u64 {
        match self {
            Self::Sector => 512,
            Self::Kib => 1 << 10,
            Self::Mib => 1 << 20,
        }
    }

    /// The suffix that means the same.
    pub(crate) const fn letter(self) -> &'static str {
        match self {
            Self::Sector => "s",
            Self::Kib => "k",
            Self::Mib => "m",
        }
    }
}

/// What stands in front of a size.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Sign {
    /// Nothing: a size.
    None,
    /// `+`: so much more.
    Plus,
    /// `-`: so much less.
    Minus,
}

/// A size with its sign.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Signed {
    pub(crate) sign: Sign,
    pub(crate) size: Size,
}

/// Why a text is not a size: a sentence, or nothing to say but that.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub(crate) struct SizeError(pub(crate) Option<String>);

fn split_sign(text: &str) -> (Sign, &str) {
    match text.as_bytes().first() {
        Some(b'+') => (Sign::Plus, text.get(1..).unwrap_or_default()),
        Some(b'-') => (Sign::Minus, text.get(1..).unwrap_or_default()),
        _ => (Sign::None, text),
    }
}

/// Reads a size without a sign; a leading `+` is taken and means nothing.
///
/// # Errors
/// When it is negative, no size, too large, or in bytes and not whole sectors.
pub(crate) fn parse_size(text: &str, unit: Unit) -> Result<Bytes, SizeError> {
    match split_sign(text) {
        (Sign::Minus, _) => Err(SizeError(Some("Size may not be negative.".to_owned()))),
        (_, digits) => parse_bytes(digits, unit),
    }
}

/// Reads a size with its sign.
///
/// # Errors
/// As [`parse_size`], but negative ones are fine.
pub(crate) fn parse_signed_size(text: &str, unit: Unit) -> Result<Signed, SizeError> {
    let (sign, digits) = split_sign(text);
    Ok(Signed { sign, size: Size::Bytes(parse_bytes(digits, unit)?) })
}

fn parse_bytes(text: &str, unit: Unit) -> Result<Bytes, SizeError> {
    let end = text.find(|c: char| !c.is_ascii_digit() && c != '.' && c != ',').unwrap_or(text.len());
    let (number, suffix) = text.split_at(end);
    let scale = match suffix.bytes().next().map(|letter| letter.to_ascii_lowercase()) {
        None => unit.bytes(),
        Some(b'b') => 1,
        Some(b's') => 512,
        Some(letter) => {
            let power = "kmgtpe".bytes().position(|known| known == letter).ok_or_else(SizeError::default)?;
            1_u64 << (10 * (power + 1))
        }
    };
    let bytes = scaled(number, scale)?;
    if scale == 1 && !bytes.is_multiple_of(512) {
        let below = bytes / 512 * 512;
        let above = below.saturating_add(512);
        let message = format!("Size is not a multiple of 512. Try using {below} or {above}.");
        return Err(SizeError(Some(message)));
    }
    Ok(Bytes(bytes / 512 * 512))
}

/// `number` times `scale`; the number may have a fraction behind `.` or `,`.
fn scaled(number: &str, scale: u64) -> Result<u64, SizeError> {
    let (whole, fraction) = number.split_once(['.', ',']).unwrap_or((number, ""));
    let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    if (whole.is_empty() && fraction.is_empty()) || !digits(whole) || !digits(fraction) {
        return Err(SizeError::default());
    }
    let too_large = || SizeError(Some("Size is too large.".to_owned()));
    let integer = if whole.is_empty() { 0 } else { whole.parse::<u64>().map_err(|_| too_large())? };
    // 18 digits are finer than a byte of an exbibyte.
    let fraction = fraction.get(..fraction.len().min(18)).unwrap_or_default();
    let exponent = u32::try_from(fraction.len()).unwrap_or(18);
    let parts = if fraction.is_empty() { 0 } else { fraction.parse::<u64>().map_err(|_| too_large())? };
    let part = u128::from(parts) * u128::from(scale) / 10_u128.pow(exponent);
    let total = u128::from(integer) * u128::from(scale) + part;
    u64::try_from(total).map_err(|_| too_large())
}

/// Reads `-l`: a number of extents, or `N%VG`, `N%FREE`, `N%PVS`, `N%LV`, `N%ORIGIN`.
///
/// # Errors
/// When it is none of those.
pub(crate) fn parse_extents(text: &str) -> Result<Signed, SizeError> {
    let (sign, rest) = split_sign(text);
    let (number, share) = match rest.split_once('%') {
        Some((number, share)) => (number, Some(share)),
        None => (rest, None),
    };
    let number = match number.bytes().all(|byte| byte.is_ascii_digit()) {
        true => number.parse::<u32>().map_err(|_| SizeError::default())?,
        false => return Err(SizeError::default()),
    };
    let size = match share.map(str::to_ascii_uppercase).as_deref() {
        None => Size::Extents(Extents(number)),
        Some("V" | "VG") => Size::PercentVg(number),
        Some("F" | "FR" | "FREE") => Size::PercentFree(number),
        Some("P" | "PV" | "PVS") => Size::PercentPvs(number),
        Some("L" | "LV") => Size::PercentLv(number),
        Some("O" | "OR" | "ORIGIN") => Size::PercentOrigin(number),
        Some(_) => return Err(SizeError::default()),
    };
    Ok(Signed { sign, size })
}

/// True for a size of nothing.
pub(crate) fn is_zero(size: Size) -> bool {
    matches!(
        size,
        Size::Bytes(Bytes(0))
            | Size::Extents(Extents(0))
            | Size::PercentVg(0)
            | Size::PercentFree(0)
            | Size::PercentPvs(0)
            | Size::PercentLv(0)
            | Size::PercentOrigin(0)
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes() {
        let table = [
            ("1", Unit::Mib, 1 << 20),
            ("64", Unit::Kib, 64 << 10),
            ("7", Unit::Sector, 7 * 512),
            ("1G", Unit::Mib, 1 << 30),
            ("1g", Unit::Kib, 1 << 30),
            ("10MB", Unit::Mib, 10 << 20),
            ("10MiB", Unit::Mib, 10 << 20),
            ("10Mfoo", Unit::Mib, 10 << 20),
            ("1.5m", Unit::Mib, 3 << 19),
            ("1,5m", Unit::Mib, 3 << 19),
            (".5k", Unit::Mib, 512),
            ("3.", Unit::Mib, 3 << 20),
            ("0.0001m", Unit::Mib, 0),
            ("512b", Unit::Mib, 512),
            ("1024B", Unit::Mib, 1024),
            ("3s", Unit::Mib, 1536),
            ("3S", Unit::Mib, 1536),
            ("2t", Unit::Mib, 2 << 40),
            ("2P", Unit::Mib, 2 << 50),
            ("15e", Unit::Mib, 15 << 60),
            ("+10m", Unit::Mib, 10 << 20),
            ("0", Unit::Mib, 0),
        ];
        for (text, unit, bytes) in table {
            assert_eq!(parse_size(text, unit), Ok(Bytes(bytes)), "{text}");
        }
    }

    #[test]
    fn no_sizes() {
        for text in ["", "x", "m", "1x", "1.2.3m", "--1", "1 m", "0x10", "."] {
            assert!(parse_size(text, Unit::Mib).is_err(), "{text}");
        }
        let message = |text: &str| parse_size(text, Unit::Mib).unwrap_err().0.unwrap();
        assert_eq!(message("1b"), "Size is not a multiple of 512. Try using 0 or 512.");
        assert_eq!(message("1000b"), "Size is not a multiple of 512. Try using 512 or 1024.");
        assert_eq!(message("-10m"), "Size may not be negative.");
        assert_eq!(message("16e"), "Size is too large.");
        assert_eq!(message("99999999999999999999"), "Size is too large.");
    }

    #[test]
    fn signs() {
        let signed = |text: &str| parse_signed_size(text, Unit::Mib).unwrap();
        assert_eq!(signed("-1500k"), Signed { sign: Sign::Minus, size: Size::Bytes(Bytes::kib(1500)) });
        assert_eq!(signed("+1g"), Signed { sign: Sign::Plus, size: Size::Bytes(Bytes::gib(1)) });
        assert_eq!(signed("2").sign, Sign::None);
    }

    #[test]
    fn extents() {
        let table = [
            ("5", Sign::None, Size::extents(5)),
            ("+5", Sign::Plus, Size::extents(5)),
            ("-5", Sign::Minus, Size::extents(5)),
            ("100%FREE", Sign::None, Size::PercentFree(100)),
            ("+100%free", Sign::Plus, Size::PercentFree(100)),
            ("60%VG", Sign::None, Size::PercentVg(60)),
            ("50%PVS", Sign::None, Size::PercentPvs(50)),
            ("-10%LV", Sign::Minus, Size::PercentLv(10)),
            ("50%ORIGIN", Sign::None, Size::PercentOrigin(50)),
        ];
        for (text, sign, size) in table {
            assert_eq!(parse_extents(text), Ok(Signed { sign, size }), "{text}");
        }
        for text in ["", "x", "5x", "5%", "5%X", "%FREE", "1.5", "99999999999", "5m"] {
            assert!(parse_extents(text).is_err(), "{text}");
        }
        assert!(is_zero(Size::extents(0)) && is_zero(Size::PercentFree(0)) && !is_zero(Size::extents(1)));
    }
}
