//! Where the bytes of a mapped device are.

use super::Map;

/// Where a run of bytes is.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
#[non_exhaustive]
pub enum Place {
    /// On a device below.
    Device {
        /// Its index in [`MappedDevice::devices`](super::MappedDevice::devices).
        index: usize,
        /// The byte offset on it.
        offset: u64,
    },
    /// Nowhere: it reads as zeroes.
    Zeroes,
    /// Nowhere: reading and writing it fail.
    Error,
}

/// A run of bytes of a mapped device that are in one place.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Extent {
    /// The first byte, on the mapped device.
    pub offset: u64,
    /// How many bytes; never zero.
    pub length: u64,
    /// Where they are.
    pub place: Place,
}

/// One line of the table in bytes.
#[derive(Clone, Debug)]
pub(super) struct Segment {
    pub(super) start: u64,
    pub(super) end: u64,
    pub(super) map: Map,
}

/// The extents of a range, in order and without gaps.
///
/// A striped line gives one extent per chunk; lines that continue each other on one device give
/// one extent together.
#[derive(Clone, Debug)]
pub struct MapRange<'a> {
    segments: &'a [Segment],
    at: u64,
    end: u64,
}

impl<'a> MapRange<'a> {
    /// The extents from `at` to `end`, which must lie inside the segments.
    #[inline]
    pub(super) fn new(segments: &'a [Segment], at: u64, end: u64) -> Self {
        let first = segments.partition_point(|segment| segment.end <= at);
        Self { segments: segments.get(first..).unwrap_or_default(), at, end }
    }

    /// The next extent, whole; `None` at the end.
    #[inline]
    fn step(&mut self) -> Option<Extent> {
        if self.at >= self.end {
            return None;
        }
        let (segment, rest) = self.segments.split_first()?;
        let (place, run) = segment.map.place(self.at - segment.start);
        let offset = self.at;
        let length = run.min(segment.end.min(self.end) - offset);
        self.at = offset + length;
        if self.at >= segment.end {
            self.segments = rest;
        }
        Some(Extent { offset, length, place })
    }
}

impl Iterator for MapRange<'_> {
    type Item = Extent;

    #[inline]
    fn next(&mut self) -> Option<Extent> {
        self.step()
    }
}

impl std::iter::FusedIterator for MapRange<'_> {}
