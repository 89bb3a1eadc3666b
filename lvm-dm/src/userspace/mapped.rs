//! A device made of other devices by a table.

use std::fmt;
use std::ops::Range;
use std::sync::Arc;

use lvm_core::{BlockDevice, Effect, Error, ErrorKind, Result};

use super::range::Segment;
use super::{DeviceSet, Extent, Map, MapRange, Place, Resolve, bytes, check_range};
use crate::table::Table;

/// A table at work: a device whose bytes are where the table says.
///
/// Any offset and length will do; nothing needs to be whole sectors. Reads and writes are cut
/// where the table says and go down in order, without a lock or an allocation, so several threads
/// can use the device at once; as with the kernel, an access that is cut is not atomic.
///
/// A write that fails has the effect [`Effect::Unchanged`] when its first part failed on an
/// `error` line, and [`Effect::Unknown`] when parts before it went down; else the effect is what
/// the device below says.
pub struct MappedDevice {
    name: String,
    size: u64,
    read_only: bool,
    segments: Box<[Segment]>,
    devices: Box<[Arc<dyn BlockDevice>]>,
}

impl MappedDevice {
    /// Opens every device that `table` names and builds the device.
    ///
    /// # Errors
    /// What the resolver gives; `InvalidInput` when a device is too small for its part;
    /// `Unsupported` for a target that cannot run in this process.
    pub fn new(name: impl Into<String>, table: &Table, resolver: &dyn Resolve) -> Result<Self> {
        let name = name.into();
        match Self::build(table, resolver) {
            Ok((segments, devices)) => {
                let size = segments.last().map_or(0, |segment| segment.end);
                Ok(Self { name, size, read_only: false, segments, devices })
            }
            Err(error) => Err(error.with_device(name)),
        }
    }

    #[allow(clippy::type_complexity, reason = "used once, above")]
    fn build(table: &Table, resolver: &dyn Resolve) -> Result<(Box<[Segment]>, Box<[Arc<dyn BlockDevice>]>)> {
        let mut devices = DeviceSet::new(resolver);
        let mut segments: Vec<Segment> = Vec::new();
        for line in table.lines() {
            let start = bytes(line.start)?;
            let length = bytes(line.length)?;
            let map = line.target.map(length, &mut devices)?;
            let end = start.checked_add(length);
            let end = end.ok_or_else(|| Error::invalid("a table ends past the largest possible device"))?;
            match segments.last_mut() {
                Some(last) if last.map.is_continued_by(last.end - last.start, &map) => last.end = end,
                _ => segments.push(Segment { start, end, map }),
            }
        }
        Ok((segments.into(), devices.into_devices()))
    }

    /// The same device, refusing writes and discards with `InvalidInput`.
    #[must_use]
    pub fn read_only(mut self) -> Self {
        self.read_only = true;
        self
    }

    /// True when writes and discards are refused.
    #[must_use]
    pub fn is_read_only(&self) -> bool {
        self.read_only
    }

    /// The distinct devices below, as [`Place::Device`] numbers them.
    #[must_use]
    pub fn devices(&self) -> &[Arc<dyn BlockDevice>] {
        &self.devices
    }

    /// Where each byte of the device is, from its beginning to its end.
    #[must_use]
    pub fn extents(&self) -> MapRange<'_> {
        MapRange::new(&self.segments, 0, self.size)
    }

    /// Where each byte of a range is.
    ///
    /// # Errors
    /// `InvalidInput` when the range reaches past the end.
    pub fn map_range(&self, offset: u64, length: u64) -> Result<MapRange<'_>> {
        check_range(&self.name, self.size, offset, length)?;
        Ok(MapRange::new(&self.segments, offset, offset + length))
    }

    #[inline]
    fn device(&self, index: usize) -> Result<&dyn BlockDevice> {
        match self.devices.get(index) {
            Some(device) => Ok(&**device),
            None => Err(Error::new(ErrorKind::Internal, "a mapped device lost a device below it")),
        }
    }

    #[cold]
    fn failed(&self, what: &str, offset: u64) -> Error {
        Error::new(ErrorKind::Io, format!("{what} failed: there is an error target"))
            .with_device(self.name.as_str())
            .with_offset(offset)
    }

    fn check_writable(&self, offset: u64) -> Result<()> {
        if !self.read_only {
            return Ok(());
        }
        Err(Error::invalid("the device is read-only").with_device(self.name.as_str()).with_offset(offset))
    }

    fn write_extent(&self, extent: Extent, part: &[u8]) -> Result<()> {
        match extent.place {
            Place::Device { index, offset } => self.device(index)?.write_at(offset, part),
            Place::Zeroes => Ok(()),
            Place::Error => Err(self.failed("writing", extent.offset)),
        }
    }

    fn discard_segment(&self, segment: &Segment, from: u64, to: u64) -> Result<()> {
        match &segment.map {
            Map::Linear(linear) => match linear.place(from - segment.start) {
                Place::Device { index, offset } => self.device(index)?.discard(offset, to - from),
                Place::Zeroes | Place::Error => Ok(()),
            },
            Map::Striped(striped) => striped
                .runs(from - segment.start, to - segment.start)
                .try_for_each(|(index, offset, length)| self.device(index)?.discard(offset, length)),
            Map::Zeroes => Ok(()),
            Map::Error => Err(self.failed("discarding", from)),
        }
    }
}

/// How much of the `rest` bytes left of a buffer an extent takes; never more than there are.
#[inline]
fn part_length(extent: Extent, rest: usize) -> usize {
    usize::try_from(extent.length).map_or(rest, |length| length.min(rest))
}

/// Says that earlier parts of a failed access went down.
fn after(done: bool) -> impl FnOnce(Error) -> Error {
    move |error| if done { error.with_effect(Effect::Unknown) } else { error }
}

impl BlockDevice for MappedDevice {
    fn size(&self) -> u64 {
        self.size
    }

    fn name(&self) -> &str {
        &self.name
    }

    fn read_at(&self, offset: u64, buf: &mut [u8]) -> Result<()> {
        let mut rest = buf;
        for extent in self.map_range(offset, rest.len() as u64)? {
            let (part, behind) = rest.split_at_mut(part_length(extent, rest.len()));
            rest = behind;
            match extent.place {
                Place::Device { index, offset } => self.device(index)?.read_at(offset, part)?,
                Place::Zeroes => part.fill(0),
                Place::Error => return Err(self.failed("reading", extent.offset)),
            }
        }
        Ok(())
    }

    fn write_at(&self, offset: u64, buf: &[u8]) -> Result<()> {
        self.check_writable(offset)?;
        let mut rest = buf;
        for extent in self.map_range(offset, buf.len() as u64)? {
            let (part, behind) = rest.split_at(part_length(extent, rest.len()));
            rest = behind;
            self.write_extent(extent, part).map_err(after(extent.offset > offset))?;
        }
        Ok(())
    }

    /// Flushes every device below once, also after one failed.
    fn flush(&self) -> Result<()> {
        let mut result = Ok(());
        for device in &self.devices {
            result = result.and(device.flush());
        }
        result
    }

    /// Of every device below, also after one failed.
    fn drop_cache(&self) -> Result<()> {
        let mut result = Ok(());
        for device in &self.devices {
            result = result.and(device.drop_cache());
        }
        result
    }

    /// A striped range goes down as one discard for each stripe.
    fn discard(&self, offset: u64, length: u64) -> Result<()> {
        self.check_writable(offset)?;
        check_range(&self.name, self.size, offset, length)?;
        let end = offset + length;
        let first = self.segments.partition_point(|segment| segment.end <= offset);
        for segment in self.segments.iter().skip(first).take_while(|segment| segment.start < end) {
            let (from, to) = (segment.start.max(offset), segment.end.min(end));
            if from < to {
                self.discard_segment(segment, from, to).map_err(after(from > offset))?;
            }
        }
        Ok(())
    }

    /// Asks the devices below; `error` lines count as data, since reading them fails.
    fn find_data(&self, offset: u64, end: u64) -> Result<Option<Range<u64>>> {
        // What each device below said last: small chunks of one file lie in one hole mostly.
        let mut known = vec![Known::default(); self.devices.len()];
        let mut data: Option<Range<u64>> = None;
        for extent in self.map_range(offset, end.saturating_sub(offset))? {
            let here = match extent.place {
                Place::Zeroes => None,
                Place::Error => Some(0..extent.length),
                Place::Device { index, offset } => match known.get_mut(index) {
                    Some(known) => known.find(self.device(index)?, offset, extent.length)?,
                    None => Some(0..extent.length),
                },
            };
            let here = here.map(|range| extent.offset + range.start..extent.offset + range.end);
            match (&mut data, here) {
                (None, here) => data = here,
                (Some(data), Some(here)) if here.start == data.end => data.end = here.end,
                (Some(_), _) => break,
            }
            let extent_end = extent.offset + extent.length;
            if data.as_ref().is_some_and(|data| data.end < extent_end) {
                break;
            }
        }
        Ok(data)
    }
}

/// The next data of a device as it was found last: nothing from `from` to `data.start`.
#[derive(Clone, Default)]
struct Known {
    from: u64,
    data: Range<u64>,
}

impl Known {
    /// The first data in `length` bytes from `offset` on, counted from there.
    fn find(&mut self, device: &dyn BlockDevice, offset: u64, length: u64) -> Result<Option<Range<u64>>> {
        if offset < self.from || offset >= self.data.end {
            let size = device.size();
            self.from = offset;
            self.data = device.find_data(offset, size)?.unwrap_or(size..u64::MAX);
        }
        let start = self.data.start.clamp(offset, offset + length);
        let end = self.data.end.clamp(start, offset + length);
        Ok((start < end).then(|| start - offset..end - offset))
    }
}

impl fmt::Debug for MappedDevice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let devices: Vec<_> = self.devices.iter().map(|device| device.name()).collect();
        f.debug_struct("MappedDevice")
            .field("name", &self.name)
            .field("size", &self.size)
            .field("read_only", &self.read_only)
            .field("segments", &self.segments)
            .field("devices", &devices)
            .finish()
    }
}
