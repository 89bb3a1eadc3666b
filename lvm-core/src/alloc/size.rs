//! How many extents a size means, with LVM2's rounding.
//!
//! `lvcreate` rounds percentages down, a growing `lvresize` up; both round sizes in bytes up, and
//! `lvreduce` by an amount rounds the amount down, so that it never removes more than was said.

use std_alloc::format;

use crate::error::{Error, Result};
use crate::metadata::Segment;
use crate::units::{Bytes, Extents, Sectors, Size};

/// Most extents in a logical volume.
const MAX_EXTENTS: u64 = 0xFFFF_FFFF;

/// The numbers that percentages are taken of.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct SizeBasis {
    /// The size of one extent.
    pub extent_size: Sectors,
    /// Extents of the volume group, for `%VG`.
    pub vg_extents: Extents,
    /// Free extents of the volume group, for `%FREE`.
    pub vg_free: Extents,
    /// Free extents on the physical volumes listed ([`free_in`](super::free_in)), for `%PVS`;
    /// without a list LVM2 takes all extents of the group, used ones included.
    pub listed_free: Option<Extents>,
    /// The origin of a snapshot, for `%ORIGIN`.
    pub origin: Option<Origin>,
}

/// The origin of a snapshot.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Origin {
    /// Its extents.
    pub extents: Extents,
    /// The chunk size of the snapshot.
    pub chunk_size: Sectors,
}

/// A size in extents.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct SizeInExtents {
    /// Logical extents.
    pub extents: Extents,
    /// Take what there is when it is less: the size was a share.
    pub approximate: bool,
}

/// How a size stands to the size a volume has.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Change {
    /// The new size.
    To,
    /// So much more (`+`).
    By,
    /// So much less (`-`).
    Less,
}

/// The extents of a new volume of `stripes` stripes.
///
/// # Errors
/// `InvalidInput` for a size of zero, too large a one, `%LV`, `%ORIGIN` without an origin, and a
/// share that comes to nothing.
pub fn create_extents(size: Size, stripes: u32, basis: &SizeBasis) -> Result<SizeInExtents> {
    let extents = match size {
        Size::Bytes(bytes) => bytes_to_extents(bytes, basis.extent_size, Rounding::Up)?,
        Size::Extents(extents) => u64::from(extents.0),
        Size::PercentVg(percent) => {
            share(percent, basis.vg_extents, Rounding::Down).min(u64::from(basis.vg_free.0))
        }
        Size::PercentFree(percent) => share(percent, basis.vg_free, Rounding::Down),
        Size::PercentPvs(percent) => {
            share(percent, basis.listed_free.unwrap_or(basis.vg_extents), Rounding::Down)
        }
        Size::PercentOrigin(percent) => snapshot_extents(percent, basis)?,
        Size::PercentLv(_) => {
            return Err(Error::invalid("Please express size as %FREE, %PVS or %VG."));
        }
    };
    refuse_zero(size, extents)?;
    let room = size.is_percent().then_some(u64::from(basis.vg_free.0));
    let extents = check_limit(round_to_stripes(extents, stripes, room), basis.extent_size)?;
    if extents.is_zero() {
        return Err(calculated_zero());
    }
    Ok(SizeInExtents { extents, approximate: size.is_percent() })
}

/// The new extents of a volume of `segments` that is resized; `stripes` is what new segments will
/// have. Growing and shrinking are told apart by the result.
///
/// The new size is rounded to whole stripes of what is appended or, when shrinking, of the
/// segment in which the volume will end; up, so that shrinking removes less.
///
/// # Errors
/// `InvalidInput` for a size of zero, too large a one, `%ORIGIN`, a share that comes to nothing,
/// and for taking away everything.
pub fn resize_extents(
    size: Size,
    change: Change,
    segments: &[Segment],
    stripes: u32,
    basis: &SizeBasis,
) -> Result<SizeInExtents> {
    let current = segments.last().map_or(0, |last| last.start_extent.saturating_add(last.extent_count));
    let now = u64::from(current);
    let wanted = wanted(size, change, current, basis)?;
    let approximate = matches!(
        (change, size),
        (Change::By, Size::PercentFree(_))
            | (Change::To, Size::PercentVg(_) | Size::PercentFree(_) | Size::PercentPvs(_))
    );
    let rounded = if wanted > now {
        let room = size.is_percent().then_some(u64::from(basis.vg_free.0));
        now.saturating_add(round_to_stripes(wanted.saturating_sub(now), stripes, room))
    } else {
        u64::from(shrunk_extents(segments, extents_or_max(wanted)).0)
    };
    Ok(SizeInExtents { extents: check_limit(rounded, basis.extent_size)?, approximate })
}

/// The new extents of a volume that has `now`, before they are rounded to whole stripes.
///
/// # Errors
/// Those of [`resize_extents`].
pub fn wanted_extents(size: Size, change: Change, now: Extents, basis: &SizeBasis) -> Result<Extents> {
    check_limit(wanted(size, change, now.0, basis)?, basis.extent_size)
}

fn wanted(size: Size, change: Change, current: u32, basis: &SizeBasis) -> Result<u64> {
    let now = u64::from(current);
    let rounding = if change == Change::Less { Rounding::Down } else { Rounding::Up };
    let amount = match size {
        Size::Bytes(bytes) => bytes_to_extents(bytes, basis.extent_size, rounding)?,
        Size::Extents(extents) => u64::from(extents.0),
        Size::PercentVg(percent) if change == Change::To => {
            share(percent, basis.vg_extents, rounding).min(now.saturating_add(u64::from(basis.vg_free.0)))
        }
        Size::PercentVg(percent) => share(percent, basis.vg_extents, rounding),
        Size::PercentFree(percent) => share(percent, basis.vg_free, rounding),
        Size::PercentPvs(percent) => share(percent, basis.listed_free.unwrap_or(basis.vg_extents), rounding),
        Size::PercentLv(percent) => share(percent, Extents(current), rounding),
        Size::PercentOrigin(_) => {
            return Err(Error::invalid("a volume is not resized by a share of an origin"));
        }
    };
    // What comes or goes may be less than an extent: then the size stays, which is refused later.
    if change == Change::To || matches!(size, Size::Extents(_)) {
        refuse_zero(size, amount)?;
    }
    match change {
        Change::To => Ok(amount),
        Change::By => Ok(now.saturating_add(amount)),
        Change::Less if amount >= now => Err(Error::invalid("Unable to reduce below 1 extent.")),
        Change::Less => Ok(now.saturating_sub(amount)),
    }
}

/// The smallest size of at least `wanted` extents at which a volume of these segments can be cut
/// off: at a stripe boundary of the segment that ends there.
#[must_use]
pub fn shrunk_extents(segments: &[Segment], wanted: Extents) -> Extents {
    let behind = segments.partition_point(|segment| segment.start_extent < wanted.0);
    let Some(last) = behind.checked_sub(1).and_then(|at| segments.get(at)) else { return wanted };
    let inside = wanted.0.saturating_sub(last.start_extent);
    let rounded = inside.next_multiple_of(last.kind.area_multiple().max(1));
    Extents(last.start_extent.saturating_add(rounded.min(last.extent_count)))
}

/// Extents for a full copy of an origin, the exceptions' own records included: a snapshot never
/// needs more.
#[must_use]
pub fn max_snapshot_extents(origin: Extents, chunk_size: Sectors, extent_size: Sectors) -> Extents {
    /// One record of the exception store: two 64-bit chunk numbers.
    const RECORD_SIZE: u64 = 16;
    let chunk = chunk_size.0.max(1);
    let chunks = origin.to_sectors(extent_size).0.div_ceil(chunk);
    let records = Sectors(chunk).to_bytes().0.checked_div(RECORD_SIZE).unwrap_or(1).max(1);
    let metadata = chunks.saturating_add(records).checked_div(records).unwrap_or(0);
    let total = chunks.saturating_add(metadata).saturating_add(1);
    let sectors = total.saturating_mul(chunk);
    extents_or_max(sectors.div_ceil(extent_size.0.max(1)))
}

/// A share of the origin and room for records, at most what a full copy needs.
fn snapshot_extents(percent: u32, basis: &SizeBasis) -> Result<u64> {
    let origin = basis.origin.ok_or_else(|| {
        Error::invalid("Please express size as %FREE, %PVS or %VG.")
            .with_help("only a snapshot has an origin")
    })?;
    let most = u64::from(max_snapshot_extents(origin.extents, origin.chunk_size, basis.extent_size).0);
    let records = most.saturating_sub(u64::from(origin.extents.0));
    Ok(share(percent, origin.extents, Rounding::Up).saturating_add(records).min(most))
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Rounding {
    Up,
    Down,
}

impl Rounding {
    /// The quotient; nothing for a divisor of zero.
    fn divide(self, value: u64, by: u64) -> u64 {
        match self {
            _ if by == 0 => 0,
            Self::Up => value.div_ceil(by),
            Self::Down => value.checked_div(by).unwrap_or(0),
        }
    }
}

fn share(percent: u32, whole: Extents, rounding: Rounding) -> u64 {
    rounding.divide(u64::from(percent).saturating_mul(u64::from(whole.0)), 100)
}

fn bytes_to_extents(bytes: Bytes, extent_size: Sectors, rounding: Rounding) -> Result<u64> {
    if !bytes.0.is_multiple_of(crate::units::SECTOR_SIZE) {
        let below = bytes.to_sectors().to_bytes().0;
        let above = below.saturating_add(crate::units::SECTOR_SIZE);
        let text = format!("Size is not a multiple of 512. Try using {below} or {above}.");
        return Err(Error::invalid(text));
    }
    Ok(rounding.divide(bytes.to_sectors().0, extent_size.0))
}

/// Rounds up to whole stripes, or down when a share would then need more than there is.
fn round_to_stripes(extents: u64, stripes: u32, room: Option<u64>) -> u64 {
    let stripes = u64::from(stripes.max(1));
    let up = extents.checked_next_multiple_of(stripes).unwrap_or(u64::MAX);
    match room {
        Some(room) if up > room => up.saturating_sub(if up == extents { 0 } else { stripes }),
        _ => up,
    }
}

fn refuse_zero(size: Size, extents: u64) -> Result<()> {
    match (extents, size) {
        (0, Size::Bytes(_)) => Err(Error::invalid("--size may not be zero.")),
        (0, Size::Extents(_)) => Err(Error::invalid("--extents may not be zero.")),
        (0, _) => Err(calculated_zero()),
        _ => Ok(()),
    }
}

fn calculated_zero() -> Error {
    Error::invalid("Calculated size of logical volume is 0 extents. Needs to be larger.")
}

fn check_limit(extents: u64, extent_size: Sectors) -> Result<Extents> {
    u32::try_from(extents).map(Extents).map_err(|_| {
        let wanted = Bytes(extents.saturating_mul(extent_size.to_bytes().0));
        let limit = Bytes(MAX_EXTENTS.saturating_mul(extent_size.to_bytes().0));
        Error::invalid(format!(
            "Volume too large ({wanted}) for extent size {extent_size}. Upper limit is less than {limit}."
        ))
        .with_help("a volume group with larger extents can have larger volumes")
    })
}

fn extents_or_max(extents: u64) -> Extents {
    Extents(u32::try_from(extents).unwrap_or(u32::MAX))
}
