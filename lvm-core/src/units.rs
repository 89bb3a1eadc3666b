//! Sizes as LVM2 counts them: bytes, 512-byte sectors and extents.
//!
//! A sector is 512 bytes always, whatever the device's block size (as in the kernel's
//! device-mapper tables). An extent is the allocation unit of one volume group.

use core::fmt;

use serde::{Deserialize, Serialize};

/// Bytes in one sector.
pub const SECTOR_SIZE: u64 = 512;

macro_rules! quantity {
    ($(#[$doc:meta])* $name:ident($repr:ty)) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Debug, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(pub $repr);

        impl $name {
            /// Nothing.
            pub const ZERO: Self = Self(0);

            /// The bare number.
            #[must_use]
            pub const fn get(self) -> $repr {
                self.0
            }

            /// The sum, or `None` when it does not fit.
            #[must_use]
            pub fn checked_add(self, other: Self) -> Option<Self> {
                self.0.checked_add(other.0).map(Self)
            }

            /// The difference, or `None` when it would be negative.
            #[must_use]
            pub fn checked_sub(self, other: Self) -> Option<Self> {
                self.0.checked_sub(other.0).map(Self)
            }

            /// The difference, or zero when it would be negative.
            #[must_use]
            pub const fn saturating_sub(self, other: Self) -> Self {
                Self(self.0.saturating_sub(other.0))
            }

            /// True for zero.
            #[must_use]
            pub const fn is_zero(self) -> bool {
                self.0 == 0
            }
        }
    };
}

quantity! {
    /// A number of bytes.
    ///
    /// `Display` prints it the way LVM2's long messages do: two decimals and a binary unit,
    /// `8.00 GiB`, with a leading `<` when rounding made it look larger than it is.
    Bytes(u64)
}
quantity! {
    /// A number of 512-byte sectors.
    Sectors(u64)
}
quantity! {
    /// A number of extents of one volume group.
    Extents(u32)
}

impl Bytes {
    /// `n` KiB. Saturates at the largest representable size.
    #[must_use]
    pub const fn kib(n: u64) -> Self {
        Self(n.saturating_mul(1 << 10))
    }

    /// `n` MiB. Saturates at the largest representable size.
    #[must_use]
    pub const fn mib(n: u64) -> Self {
        Self(n.saturating_mul(1 << 20))
    }

    /// `n` GiB. Saturates at the largest representable size.
    #[must_use]
    pub const fn gib(n: u64) -> Self {
        Self(n.saturating_mul(1 << 30))
    }

    /// `n` TiB. Saturates at the largest representable size.
    #[must_use]
    pub const fn tib(n: u64) -> Self {
        Self(n.saturating_mul(1 << 40))
    }

    /// Whole sectors in this many bytes; a partial last sector is not counted.
    #[must_use]
    pub const fn to_sectors(self) -> Sectors {
        Sectors(self.0 / SECTOR_SIZE)
    }

    /// Rounds up to a multiple of `align` bytes, or `None` on overflow or when `align` is zero.
    #[must_use]
    pub fn align_up(self, align: Self) -> Option<Self> {
        self.0.checked_next_multiple_of(align.0).map(Self)
    }

    /// Rounds down to a multiple of `align` bytes; unchanged when `align` is zero.
    #[must_use]
    pub const fn align_down(self, align: Self) -> Self {
        match self.0.checked_rem(align.0) {
            Some(rest) => Self(self.0.saturating_sub(rest)),
            None => self,
        }
    }
}

impl Sectors {
    /// The same size in bytes. Saturates; no device reaches that size.
    #[must_use]
    pub const fn to_bytes(self) -> Bytes {
        Bytes(self.0.saturating_mul(SECTOR_SIZE))
    }
}

impl Extents {
    /// The size of this many extents of `extent_size`. Saturates.
    #[must_use]
    pub fn to_sectors(self, extent_size: Sectors) -> Sectors {
        Sectors(u64::from(self.0).saturating_mul(extent_size.0))
    }

    /// The size in bytes of this many extents of `extent_size`. Saturates.
    #[must_use]
    pub fn to_bytes(self, extent_size: Sectors) -> Bytes {
        self.to_sectors(extent_size).to_bytes()
    }
}

impl From<Sectors> for Bytes {
    fn from(sectors: Sectors) -> Self {
        sectors.to_bytes()
    }
}

const UNIT_NAMES: [&str; 7] = ["B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB"];

impl fmt::Display for Bytes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut unit = 0_usize;
        let mut divisor = 1_u128;
        let value = u128::from(self.0);
        while unit < 6 && value >= divisor * 1024 {
            divisor *= 1024;
            unit += 1;
        }
        let name = UNIT_NAMES.get(unit).copied().unwrap_or("EiB");
        let mut text = std_alloc::string::String::new();
        if unit == 0 {
            fmt::Write::write_fmt(&mut text, format_args!("{value} {name}"))?;
        } else {
            // Hundredths, halves to the even one as in C's printf; worked: 4095 MiB = 3.999 GiB
            // -> "<4.00 GiB", 4.125 MiB -> "4.12 MiB".
            let (below, rest) = (value * 100 / divisor, value * 100 % divisor);
            let up = rest * 2 > divisor || (rest * 2 == divisor && below % 2 == 1);
            let hundredths = below + u128::from(up);
            let mark = if hundredths * divisor > value * 100 { "<" } else { "" };
            fmt::Write::write_fmt(
                &mut text,
                format_args!("{mark}{}.{:02} {name}", hundredths / 100, hundredths % 100),
            )?;
        }
        f.pad(&text)
    }
}

impl fmt::Display for Sectors {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.to_bytes().fmt(f)
    }
}

impl fmt::Display for Extents {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.0, f)
    }
}

/// How large something should be, as `-L` and `-l` of the LVM2 commands say it.
///
/// Percentages are of extents; they round as `lvcreate` and `lvresize` of LVM2 2.03.16 do
/// (`lvcreate -l`: down; growing with `lvextend`: up).
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[non_exhaustive]
pub enum Size {
    /// A size in bytes, rounded up to whole extents (`-L`).
    Bytes(Bytes),
    /// A number of logical extents (`-l N`).
    Extents(Extents),
    /// A share of the volume group's extents (`-l N%VG`).
    PercentVg(u32),
    /// A share of the volume group's free extents (`-l N%FREE`).
    PercentFree(u32),
    /// A share of the free extents of the physical volumes named (`-l N%PVS`).
    PercentPvs(u32),
    /// A share of the origin's extents, for snapshots (`-l N%ORIGIN`).
    PercentOrigin(u32),
    /// A share of the logical volume's own extents, when resizing (`-l N%LV`).
    PercentLv(u32),
}

impl Size {
    /// `n` MiB.
    #[must_use]
    pub const fn mib(n: u64) -> Self {
        Self::Bytes(Bytes::mib(n))
    }

    /// `n` GiB.
    #[must_use]
    pub const fn gib(n: u64) -> Self {
        Self::Bytes(Bytes::gib(n))
    }

    /// `n` TiB.
    #[must_use]
    pub const fn tib(n: u64) -> Self {
        Self::Bytes(Bytes::tib(n))
    }

    /// `n` logical extents.
    #[must_use]
    pub const fn extents(n: u32) -> Self {
        Self::Extents(Extents(n))
    }

    /// True for the percentage forms, which take what they find instead of failing when the
    /// rounded share does not fit.
    #[must_use]
    pub const fn is_percent(self) -> bool {
        !matches!(self, Self::Bytes(_) | Self::Extents(_))
    }
}

impl From<Bytes> for Size {
    fn from(bytes: Bytes) -> Self {
        Self::Bytes(bytes)
    }
}

impl From<Extents> for Size {
    fn from(extents: Extents) -> Self {
        Self::Extents(extents)
    }
}

impl fmt::Display for Size {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {
            Self::Bytes(b) => fmt::Display::fmt(&b, f),
            Self::Extents(e) => write!(f, "{e} extents"),
            Self::PercentVg(p) => write!(f, "{p}%VG"),
            Self::PercentFree(p) => write!(f, "{p}%FREE"),
            Self::PercentPvs(p) => write!(f, "{p}%PVS"),
            Self::PercentOrigin(p) => write!(f, "{p}%ORIGIN"),
            Self::PercentLv(p) => write!(f, "{p}%LV"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::string::ToString;

    #[test]
    fn sizes_print_like_lvm2() {
        let table = [
            (0, "0 B"),
            (512, "512 B"),
            (300 << 20, "300.00 MiB"),
            (4095 << 20, "<4.00 GiB"),
            (33 << 17, "4.12 MiB"),
            (463 << 17, "<57.88 MiB"),
            (8 << 30, "8.00 GiB"),
            (u64::MAX, "<16.00 EiB"),
        ];
        for (bytes, text) in table {
            assert_eq!(Bytes(bytes).to_string(), text);
        }
        assert_eq!(std::format!("{:>10}|", Bytes::gib(1)), "  1.00 GiB|");
    }

    #[test]
    fn alignment() {
        assert_eq!(Bytes(1).align_up(Bytes(512)), Some(Bytes(512)));
        assert_eq!(Bytes(u64::MAX).align_up(Bytes(512)), None);
        assert_eq!(Bytes(1023).align_down(Bytes(512)), Bytes(512));
        assert_eq!(Bytes(1023).align_down(Bytes(0)), Bytes(1023));
    }
}
