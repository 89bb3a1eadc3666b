//! `striped`: chunks dealt out to several devices in turn.
//!
//! Source: kernel doc `Documentation/admin-guide/device-mapper/striped.rst`; the kernel also wants
//! the line's length to be whole chunks on every stripe (Linux 6.1). A chunk need not be a power
//! of two there, though LVM2's always is.

use std::fmt;

use lvm_core::{Result, Sectors};

use super::words::{Words, word_enum};
use super::{DeviceRef, Leg, Parameters};
use crate::error::ParseError;
use crate::status::StatusText;
use crate::userspace::{DeviceSet, Map, Place, bytes};

/// `count chunk_size (device offset)…`.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Striped {
    /// How much goes to one device before the next one's turn.
    pub chunk_size: Sectors,
    /// The devices, in turn.
    pub stripes: Vec<Leg>,
}

impl Striped {
    /// What each stripe holds of a line of `length`, or the rule that the length breaks.
    fn width(&self, length: Sectors) -> Result<Sectors, &'static str> {
        let count = u64::try_from(self.stripes.len()).unwrap_or(u64::MAX);
        if length.0.checked_rem(count).ok_or("needs at least one stripe")? != 0 {
            return Err("the length is not a multiple of the number of stripes");
        }
        let width = length.0.checked_div(count).unwrap_or_default();
        if width.checked_rem(self.chunk_size.0).ok_or("the chunk size is zero")? != 0 {
            return Err("the length of a stripe is not a multiple of the chunk size");
        }
        Ok(Sectors(width))
    }
}

impl Parameters for Striped {
    const NAME: &'static str = "striped";

    fn read(words: &mut Words<'_>) -> Result<Self, ParseError> {
        let count = words.value("the number of stripes")?;
        if count == 0 {
            return Err(words.rule("needs at least one stripe"));
        }
        let chunk_size = Sectors(words.value::<u32>("the chunk size")?.into());
        if chunk_size.is_zero() {
            return Err(words.rule("the chunk size is zero"));
        }
        Ok(Self { chunk_size, stripes: words.repeat(count, Leg::read)? })
    }

    fn check(&self, length: Sectors) -> Result<(), &'static str> {
        let width = self.width(length)?;
        if u32::try_from(self.chunk_size.0).is_err() {
            return Err("the chunk size does not fit in 32 bits");
        }
        self.stripes.iter().try_for_each(|stripe| stripe.check(width))
    }

    fn devices(&self) -> Vec<&DeviceRef> {
        self.stripes.iter().map(|stripe| &stripe.device).collect()
    }

    fn devices_mut(&mut self) -> Vec<&mut DeviceRef> {
        self.stripes.iter_mut().map(|stripe| &mut stripe.device).collect()
    }
}

impl fmt::Display for Striped {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.stripes.len(), self.chunk_size.0)?;
        self.stripes.iter().try_for_each(|stripe| write!(f, " {stripe}"))
    }
}

word_enum! {
    /// How a stripe fares.
    StripeHealth {
        /// No error seen.
        Alive = "A",
        /// An access failed since the table was loaded.
        Failed = "D",
    }
}

/// `count device… 1 health`.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct StripedStatus {
    /// Each stripe's device and how it fares.
    pub stripes: Vec<(DeviceRef, StripeHealth)>,
}

impl StatusText for StripedStatus {
    fn read(words: &mut Words<'_>) -> Result<Self, ParseError> {
        let devices = words.list("the number of stripes", |words| words.value("a device"))?;
        let count: u32 = words.value("the number of health words")?;
        let health = words.letters("the health of the stripes")?;
        if count != 1 || health.len() != devices.len() {
            return Err(words.error(crate::Reason::Count { what: "the number of stripes" }));
        }
        Ok(Self { stripes: devices.into_iter().zip(health).collect() })
    }
}

impl fmt::Display for StripedStatus {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.stripes.len())?;
        self.stripes.iter().try_for_each(|(device, _)| write!(f, " {device}"))?;
        f.write_str(" 1 ")?;
        self.stripes.iter().try_for_each(|(_, health)| f.write_str(health.name()))
    }
}

/// `striped` over open devices, in bytes.
#[derive(Clone, Debug)]
pub(crate) struct StripedMap {
    chunk: u64,
    /// The shift for a chunk that is a power of two.
    shift: Option<u32>,
    stripes: Box<[(usize, u64)]>,
}

impl Striped {
    pub(crate) fn map(&self, length: u64, devices: &mut DeviceSet<'_>) -> Result<Map> {
        let chunk = bytes(self.chunk_size)?;
        let width = self.width(Sectors(length / lvm_core::units::SECTOR_SIZE));
        let width = bytes(width.map_err(lvm_core::Error::invalid)?)?;
        let open = |stripe: &Leg| {
            let offset = bytes(stripe.offset)?;
            Ok((devices.open(&stripe.device, offset, width)?, offset))
        };
        let stripes = self.stripes.iter().map(open).collect::<Result<_>>()?;
        let shift = chunk.is_power_of_two().then_some(chunk.trailing_zeros());
        Ok(Map::Striped(StripedMap { chunk, shift, stripes }))
    }
}

impl StripedMap {
    /// Where byte `at` of the line is, and how many bytes follow it there.
    ///
    /// Worked, two stripes and chunks of 64 KiB: byte 200 000 is in chunk 3 (200 000 / 65 536),
    /// 3 392 bytes in; chunk 3 is the second on stripe 1, so it is at 65 536 + 3 392 there.
    #[inline]
    pub(crate) fn place(&self, at: u64) -> (Place, u64) {
        let (chunk_number, within) = match self.shift {
            Some(shift) => (at >> shift, at & (self.chunk - 1)),
            None => (at / self.chunk, at % self.chunk),
        };
        // A power of two of stripes is divided quickly enough; the branch would cost as much.
        let count = self.stripes.len() as u64;
        let row = chunk_number / count;
        let Some(&(index, start)) = self.stripes.get((chunk_number % count) as usize) else {
            return (Place::Error, self.chunk - within);
        };
        (Place::Device { index, offset: start + row * self.chunk + within }, self.chunk - within)
    }

    /// The one run that the bytes from `from` to `to` of the line are on each stripe: device,
    /// offset and length. However many chunks a range has, each device holds it in one piece.
    pub(crate) fn runs(&self, from: u64, to: u64) -> impl Iterator<Item = (usize, u64, u64)> + '_ {
        let row = self.chunk * self.stripes.len() as u64;
        self.stripes.iter().zip(0_u64..).filter_map(move |(&(index, start), stripe)| {
            // The bytes of this stripe that lie before a position of the line.
            let before = |at: u64| {
                let rest = (at % row).saturating_sub(stripe * self.chunk);
                at / row * self.chunk + rest.min(self.chunk)
            };
            let (begin, end) = (before(from), before(to));
            (begin < end).then_some((index, start + begin, end - begin))
        })
    }
}
