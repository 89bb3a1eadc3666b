//! Reading one device: its label, its metadata areas, and the texts in them.

use core::hash::BuildHasher;

use hashbrown::{DefaultHashBuilder, HashMap};
use std_alloc::{format, string::ToString, sync::Arc, vec, vec::Vec};

use super::slot::read_slot_by;
use crate::block::BlockDevice;
use crate::error::{Error, Result};
use crate::name;
use crate::ondisk::{DiskArea, Label, MdaHeader, RawLocation, SECTOR, crc, find_label};
use crate::text::{Imported, import_bytes};

/// Bytes read from the start of every device: the label sectors, the header of the usual first
/// metadata area at 4096, and a small text behind it.
const HEAD_SIZE: usize = 8192;

/// What a metadata area holds.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum AreaState {
    /// The header is not valid; the next commit writes a new one.
    Unusable(Arc<Error>),
    /// The area is kept out of use.
    Ignored(MdaHeader),
    /// No text was ever committed, or the group was removed.
    Empty(MdaHeader),
    /// The header is valid and the text it points at is not.
    Bad(MdaHeader, Arc<Error>),
    /// A valid text.
    Good(MdaHeader, Arc<Imported>),
}

impl AreaState {
    /// The header on disk, if it is valid.
    #[must_use]
    pub fn header(&self) -> Option<&MdaHeader> {
        match self {
            Self::Unusable(_) => None,
            Self::Ignored(header) | Self::Empty(header) | Self::Bad(header, _) | Self::Good(header, _) => {
                Some(header)
            }
        }
    }

    /// The text, if it is valid and in use.
    #[must_use]
    pub fn text(&self) -> Option<&Arc<Imported>> {
        match self {
            Self::Good(_, text) => Some(text),
            _ => None,
        }
    }
}

/// A metadata area as it was found.
#[derive(Clone, Debug)]
pub struct ScannedArea {
    /// Where the label says it is.
    pub location: DiskArea,
    /// What it holds.
    pub state: AreaState,
    /// A valid text in the slot that a commit passes through. Readers do not use it, except to
    /// finish a split or a merge of groups that was interrupted after its decisive write.
    pub precommitted: Option<Arc<Imported>>,
}

impl ScannedArea {
    /// True when it is kept out of use.
    #[must_use]
    pub fn is_ignored(&self) -> bool {
        self.state.header().is_some_and(|header| header.committed.is_ignored())
    }
}

/// A physical volume as it was found on a device.
#[derive(Clone, Debug)]
pub struct ScannedPv {
    /// The label.
    pub label: Label,
    /// The size of the device in bytes.
    pub device_size: u64,
    /// The metadata areas in the label's order.
    pub areas: Vec<ScannedArea>,
}

/// Texts that were parsed already. Copies of one text on many devices are parsed once.
#[derive(Debug, Default)]
pub struct TextCache {
    hasher: DefaultHashBuilder,
    texts: HashMap<(u32, usize, u64), Arc<Imported>>,
}

impl TextCache {
    /// Parses `text`, unless the same text was parsed before. The NUL that ends it on disk is
    /// part of it.
    fn import(&mut self, text: &[u8], checksum: u32) -> Result<Arc<Imported>> {
        // The checksum alone could be made to collide; together with a keyed hash it cannot.
        let key = (checksum, text.len(), self.hasher.hash_one(text));
        if let Some(known) = self.texts.get(&key) {
            return Ok(Arc::clone(known));
        }
        // On disk the group comes first: lvm2 refuses a text that begins otherwise.
        let first = text.split(|byte| byte.is_ascii_whitespace() || *byte == b'{').next().unwrap_or_default();
        let valid = core::str::from_utf8(first).is_ok_and(|first| name::check_name(first).is_ok());
        if !valid {
            return Err(Error::corrupt("metadata text does not begin with the name of a volume group"));
        }
        let imported = Arc::new(import_bytes(text)?);
        self.texts.insert(key, Arc::clone(&imported));
        Ok(imported)
    }
}

/// Reads a device's label and metadata areas; `None` when it is not a physical volume.
///
/// It takes one read of 8 KiB, and one for each text that does not lie in it, twice when it
/// wraps around the end of its area.
///
/// # Errors
/// `Io` when the label cannot be read; `Corrupt` when a sector claims to be a label and is not.
/// A bad metadata area is not an error: it is reported in its [`AreaState`].
pub fn scan_device(device: &dyn BlockDevice, cache: &mut TextCache) -> Result<Option<ScannedPv>> {
    let size = device.size();
    let length = usize::try_from(size).unwrap_or(usize::MAX).min(HEAD_SIZE);
    let mut head = vec![0; length];
    device.read_at(0, &mut head)?;
    let label = match find_label(&head) {
        Ok(Some(label)) => label,
        Ok(None) => return Ok(None),
        Err((sector, error)) => {
            return Err(Error::corrupt("label is not valid")
                .with_device(device.name())
                .with_offset(sector.saturating_mul(512))
                .with_source(error));
        }
    };
    let reader = Reader { device, head: &head };
    let areas = label.pv_header.metadata_areas.iter().map(|location| {
        let state = reader.area(*location, cache);
        let precommitted = reader.precommitted(&state, cache);
        ScannedArea { location: *location, state, precommitted }
    });
    let areas = areas.collect();
    Ok(Some(ScannedPv { label, device_size: size, areas }))
}

struct Reader<'a> {
    device: &'a dyn BlockDevice,
    head: &'a [u8],
}

impl Reader<'_> {
    /// Reads from the head when it reaches that far, else from the device.
    fn read(&self, offset: u64, buf: &mut [u8]) -> Result<()> {
        let start = usize::try_from(offset).unwrap_or(usize::MAX);
        match self.head.get(start..start.saturating_add(buf.len())) {
            Some(bytes) => {
                buf.copy_from_slice(bytes);
                Ok(())
            }
            None => self.device.read_at(offset, buf),
        }
    }

    fn area(&self, location: DiskArea, cache: &mut TextCache) -> AreaState {
        let header = match self.header(location) {
            Ok(header) => header,
            Err(error) => return AreaState::Unusable(Arc::new(error)),
        };
        if header.committed.is_ignored() {
            return AreaState::Ignored(header);
        }
        if header.committed.is_empty() {
            return AreaState::Empty(header);
        }
        match self.text(&header, &header.committed, cache) {
            Ok(text) => AreaState::Good(header, text),
            Err(error) => {
                let error = error.with_device(self.device.name()).with_offset(header.start);
                AreaState::Bad(header, Arc::new(error))
            }
        }
    }

    fn header(&self, location: DiskArea) -> Result<MdaHeader> {
        let mut sector = [0; SECTOR];
        self.read(location.offset, &mut sector)?;
        MdaHeader::decode(&sector, location.offset).map_err(|error| {
            Error::corrupt("metadata area header is not valid")
                .with_device(self.device.name())
                .with_offset(location.offset)
                .with_field(error.field())
                .with_source(error)
        })
    }

    /// The second slot's text, if a commit was interrupted and left a valid one.
    fn precommitted(&self, state: &AreaState, cache: &mut TextCache) -> Option<Arc<Imported>> {
        let header = state.header().filter(|header| !header.precommitted.is_empty())?;
        self.text(header, &header.precommitted, cache).ok()
    }

    fn text(&self, header: &MdaHeader, slot: &RawLocation, cache: &mut TextCache) -> Result<Arc<Imported>> {
        let checksum = slot.checksum;
        let area = DiskArea { offset: header.start, size: header.size };
        let text = read_slot_by(self.device.size(), area, slot, |offset, buf| self.read(offset, buf))?;
        let computed = crc(&text);
        if computed != checksum {
            let message =
                format!("metadata text has checksum {computed:#010x}, its header says {checksum:#010x}");
            return Err(Error::corrupt(message).with_field("raw_locn[0].checksum"));
        }
        let imported = cache.import(&text, checksum)?;
        readable(&imported).map_err(|message| Error::corrupt(message).with_vg(imported.vg.name()))?;
        Ok(imported)
    }
}

/// Invariants without which the group cannot even be read. The others only forbid writing.
fn readable(imported: &Imported) -> Result<(), std_alloc::string::String> {
    const FATAL: [u8; 5] = [2, 3, 6, 7, 8];
    let mut violations = imported.vg.validate().into_iter();
    match violations.find(|violation| FATAL.contains(&violation.number)) {
        None => Ok(()),
        Some(violation) => Err(violation.into_error(crate::ErrorKind::Corrupt).to_string()),
    }
}
