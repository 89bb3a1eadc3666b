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

impl SizeError {
    fn new(text: &str) -> Self {
        Self(Some(text.to_owned()))
    }

    fn syntax() -> Self {
        Self::new("Can't parse size argument.")
    }
}

/// The sign, and what is behind it.
fn split_sign(text: &str) -> Result<(Sign, &str), SizeError> {
    let (sign, rest) = match text.as_bytes().first() {
        Some(b'+') => (Sign::Plus, text.get(1..).unwrap_or_default()),
        Some(b'-') => (Sign::Minus, text.get(1..).unwrap_or_default()),
        _ => return Ok((Sign::None, text)),
    };
    match rest.starts_with(['+', '-']) {
        true => Err(SizeError::new("Multiple sign symbols detected.")),
        false => Ok((sign, rest)),
    }
}

/// Reads a size without a sign. A `+` is taken where the unit is not MiB, and means nothing.
///
/// # Errors
/// When it has a sign, is no size, too large, or in bytes and not whole sectors.
pub(crate) fn parse_size(text: &str, unit: Unit) -> Result<Bytes, SizeError> {
    let (sign, digits) = split_sign(text)?;
    let bytes = parse_bytes(digits, unit)?;
    match sign {
        Sign::Plus | Sign::Minus if unit == Unit::Mib => {
            Err(SizeError::new("Size may not be relative/signed."))
        }
        Sign::Minus => Err(SizeError::new("Size may not be negative.")),
        Sign::None | Sign::Plus => Ok(bytes),
    }
}

/// Reads a size with its sign.
///
/// # Errors
/// As [`parse_size`], but signs are fine.
pub(crate) fn parse_signed_size(text: &str, unit: Unit) -> Result<Signed, SizeError> {
    let (sign, digits) = split_sign(text)?;
    Ok(Signed { sign, size: Size::Bytes(parse_bytes(digits, unit)?) })
}

fn parse_bytes(text: &str, unit: Unit) -> Result<Bytes, SizeError> {
    if !text.starts_with(|c: char| c.is_ascii_digit() || matches!(c, '.' | ',')) {
        return Err(SizeError::new("Size requires number argument."));
    }
    let (number, suffix) = split_number(text);
    let scale = match suffix.bytes().next().map(|letter| letter.to_ascii_lowercase()) {
        None => unit.bytes(),
        Some(b'b') => 1,
        Some(b's') => 512,
        Some(letter) => {
            let power = "kmgtpe".bytes().position(|known| known == letter);
            1_u64 << (10 * (power.ok_or_else(SizeError::syntax)? + 1))
        }
    };
    let bytes = Decimal::parse(number).ok_or_else(SizeError::syntax)?.times(scale);
    let bytes = bytes.ok_or_else(|| SizeError::new("Size is too big (>=16EiB)."))?;
    if scale == 1 && !bytes.is_multiple_of(512) {
        let below = bytes / 512 * 512;
        let above = below.saturating_add(512);
        let message = format!("Size is not a multiple of 512. Try using {below} or {above}.");
        return Err(SizeError(Some(message)));
    }
    Ok(Bytes(bytes / 512 * 512))
}

/// The number and what is behind it. `e` belongs to the number only when digits follow.
fn split_number(text: &str) -> (&str, &str) {
    let is_number = |c: char| c.is_ascii_digit() || c == '.' || c == ',';
    let mut end = text.find(|c: char| !is_number(c)).unwrap_or(text.len());
    if let Some(exponent) = text.get(end..).and_then(|rest| rest.strip_prefix(['e', 'E'])) {
        let digits = exponent.strip_prefix(['+', '-']).unwrap_or(exponent);
        if digits.starts_with(|c: char| c.is_ascii_digit()) {
            let behind = digits.find(|c: char| !c.is_ascii_digit()).unwrap_or(digits.len());
            end = text.len() - digits.len() + behind;
        }
    }
    text.split_at_checked(end).unwrap_or((text, ""))
}

/// `digits` times a power of ten.
struct Decimal {
    digits: u128,
    exponent: i64,
}

impl Decimal {
    /// Digits that are finer than a byte of an exbibyte, and more than a size can have.
    const DIGITS: usize = 36;

    /// A number with perhaps a fraction behind `.` or `,`, and an exponent behind `e`.
    fn parse(text: &str) -> Option<Self> {
        let (mantissa, exponent) = match text.split_once(['e', 'E']) {
            Some((mantissa, exponent)) => (mantissa, exponent.parse::<i64>().ok()?),
            None => (text, 0),
        };
        let (whole, fraction) = mantissa.split_once(['.', ',']).unwrap_or((mantissa, ""));
        let is_digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
        if (whole.is_empty() && fraction.is_empty()) || !is_digits(whole) || !is_digits(fraction) {
            return None;
        }
        let whole = whole.trim_start_matches('0');
        if whole.len() > Self::DIGITS {
            // More than any size, whatever its unit.
            return Some(Self { digits: 1, exponent: i64::MAX });
        }
        let fraction = fraction.get(..fraction.len().min(Self::DIGITS - whole.len()))?;
        let digits = format!("0{whole}{fraction}").parse().ok()?;
        let places = i64::try_from(fraction.len()).ok()?;
        Some(Self { digits, exponent: exponent.saturating_sub(places) })
    }

    /// In whole units of `scale`, rounded down; `None` when that is too large.
    fn times(&self, scale: u64) -> Option<u64> {
        let power = |exponent: u64| 10_u128.checked_pow(u32::try_from(exponent).ok()?);
        if self.digits == 0 {
            return Some(0);
        }
        if self.exponent >= 0 {
            let number = self.digits.checked_mul(power(self.exponent.unsigned_abs())?)?;
            return u64::try_from(number.checked_mul(u128::from(scale))?).ok();
        }
        let places = self.exponent.unsigned_abs();
        // Digits so far behind the point are finer than a byte, and are left off.
        let far = places.saturating_sub(Self::DIGITS as u64);
        let digits = power(far).map_or(0, |divisor| self.digits / divisor);
        let divisor = power(places.min(Self::DIGITS as u64))?;
        let (whole, rest) = (digits / divisor, digits % divisor);
        // The rest loses such digits before the product can be too large.
        let finer = power(places.min(Self::DIGITS as u64).saturating_sub(18))?;
        let part = (rest / finer) * u128::from(scale) / (divisor / finer);
        u64::try_from(whole.checked_mul(u128::from(scale))?.checked_add(part)?).ok()
    }
}

/// Reads `-l`: a number of extents, or `N%VG`, `N%FREE`, `N%PVS`, `N%LV`, `N%ORIGIN`.
///
/// # Errors
/// When it is none of those.
pub(crate) fn parse_extents(text: &str) -> Result<Signed, SizeError> {
    // Here a second sign is only no number.
    let (sign, rest) = split_sign(text).map_err(|_| SizeError::default())?;
    let (number, share) = match rest.split_once('%') {
        Some((number, share)) => (number, Some(share)),
        None => (rest, None),
    };
    if number.is_empty() || !number.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(SizeError::default());
    }
    let number = number.parse::<u64>().map_err(|_| SizeError::default())?;
    // More than any group can have stays more than any group can have.
    let number = u32::try_from(number).unwrap_or(u32::MAX);
    let size = match share.map(str::to_ascii_uppercase).as_deref() {
        None => Size::Extents(Extents(number)),
        Some("V" | "VG") => Size::PercentVg(number),
        Some("F" | "FR" | "FREE") => Size::PercentFree(number),
        Some("P" | "PV" | "PVS") => Size::PercentPvs(number),
        Some("L" | "LV") => Size::PercentLv(number),
        Some("O" | "OR" | "ORIGIN") => Size::PercentOrigin(number),
        Some(_) => {
            let share = share.unwrap_or_default();
            return Err(SizeError(Some(format!("Specified %{share} is unknown."))));
        }
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
            ("+10m", Unit::Kib, 10 << 20),
            ("1e3", Unit::Mib, 1000 << 20),
            ("1E5k", Unit::Mib, 100_000 << 10),
            ("1e-1g", Unit::Mib, (1 << 30) / 10 / 512 * 512),
            ("1.5e1", Unit::Mib, 15 << 20),
            ("5e", Unit::Mib, 5 << 60),
            ("5e!", Unit::Mib, 5 << 60),
            ("0e99999999999", Unit::Mib, 0),
            ("1e-99999999999", Unit::Mib, 0),
            ("0.0000000000000000000000000000000000000000000001t", Unit::Mib, 0),
            ("000000000000000000000000000000000000000000000001t", Unit::Mib, 1 << 40),
            ("15.999999999999999999e", Unit::Mib, u64::MAX / 512 * 512),
            ("0", Unit::Mib, 0),
        ];
        for (text, unit, bytes) in table {
            assert_eq!(parse_size(text, unit), Ok(Bytes(bytes)), "{text}");
        }
    }

    #[test]
    fn no_sizes() {
        for text in ["", "x", "m", "1x", "1.2.3m", "--1", "1 m", "0x10", ".", "1.e5.", "\u{0663}"] {
            assert!(parse_size(text, Unit::Mib).is_err(), "{text}");
        }
        let message = |text: &str, unit| parse_size(text, unit).unwrap_err().0.unwrap();
        assert_eq!(message("1b", Unit::Mib), "Size is not a multiple of 512. Try using 0 or 512.");
        assert_eq!(message("1000b", Unit::Mib), "Size is not a multiple of 512. Try using 512 or 1024.");
        assert_eq!(message("-10m", Unit::Kib), "Size may not be negative.");
        assert_eq!(message("-10m", Unit::Mib), "Size may not be relative/signed.");
        assert_eq!(message("+10m", Unit::Mib), "Size may not be relative/signed.");
        assert_eq!(message("+-1", Unit::Mib), "Multiple sign symbols detected.");
        assert_eq!(message("", Unit::Mib), "Size requires number argument.");
        assert_eq!(message("1r", Unit::Mib), "Can't parse size argument.");
        for text in ["16e", "99999999999999999999", "1e99", "1e99999999999999", "1e40e"] {
            assert_eq!(message(text, Unit::Mib), "Size is too big (>=16EiB).", "{text}");
        }
        let many = "9".repeat(100_000);
        assert_eq!(message(&many, Unit::Mib), "Size is too big (>=16EiB).");
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
        assert_eq!(parse_extents("99999999999").unwrap().size, Size::extents(u32::MAX));
        assert_eq!(parse_extents("5%X").unwrap_err().0.unwrap(), "Specified %X is unknown.");
        for text in ["", "x", "5x", "5%", "5%X", "%FREE", "1.5", "99999999999999999999", "5m", "++5", "+-5"] {
            assert!(parse_extents(text).is_err(), "{text}");
        }
        assert!(is_zero(Size::extents(0)) && is_zero(Size::PercentFree(0)) && !is_zero(Size::extents(1)));
    }
}
