//! Disks in memory that remember every write, flush and discard, and that fail on request.
//!
//! A disk holds only the sectors that were ever written; the others have a content of their own
//! that can be told from every other sector's. So a test notices when a byte of data moves.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::hash::{DefaultHasher, Hash, Hasher};
use std::ops::Range;
use std::sync::{Arc, LazyLock, Mutex};

use lvmkit::{BlockDevice, Effect, Error, Result};

pub(crate) const SECTOR: usize = 512;
/// Sectors at the start of a fresh disk that are zero; behind them lies the pattern.
const BLANK_SECTORS: u64 = 16;

pub(crate) type Sector = [u8; SECTOR];

/// One value for equal sectors, so that comparing pointers compares content.
fn intern(sector: &Sector) -> Arc<Sector> {
    static POOL: LazyLock<Mutex<HashMap<Sector, Arc<Sector>>>> = LazyLock::new(Mutex::default);
    let mut pool = POOL.lock().unwrap();
    if let Some(known) = pool.get(sector) {
        return Arc::clone(known);
    }
    let new = Arc::new(*sector);
    pool.insert(*sector, Arc::clone(&new));
    new
}

/// The content of a disk.
#[derive(Clone, Debug)]
pub(crate) struct Image {
    number: u8,
    size: u64,
    sectors: BTreeMap<u64, Arc<Sector>>,
    /// Ranges of sectors that were discarded. Their content stays, as that of a disk may; that nobody
    /// needs it any more is checked by the ranges.
    discarded: BTreeSet<(u64, u64)>,
}

impl Image {
    /// A disk that was never written to. `number` makes its pattern its own.
    pub(crate) fn fresh(number: u8, size: u64) -> Self {
        assert!(size.is_multiple_of(SECTOR as u64));
        Self { number, size, sectors: BTreeMap::new(), discarded: BTreeSet::new() }
    }

    pub(crate) fn size(&self) -> u64 {
        self.size
    }

    pub(crate) fn set_size(&mut self, size: u64) {
        self.size = size;
    }

    pub(crate) fn sector(&self, at: u64) -> Sector {
        match self.sectors.get(&at) {
            Some(sector) => **sector,
            None => self.pattern(at),
        }
    }

    fn pattern(&self, at: u64) -> Sector {
        if at < BLANK_SECTORS {
            return [0; SECTOR];
        }
        // Never zero, never ASCII, and no two neighbours alike.
        let byte = (at.wrapping_mul(37) ^ u64::from(self.number)) as u8;
        [byte | 0x80; SECTOR]
    }

    pub(crate) fn put(&mut self, at: u64, sector: &Arc<Sector>) {
        self.sectors.insert(at, Arc::clone(sector));
    }

    pub(crate) fn discard(&mut self, sectors: Range<u64>) {
        self.discarded.insert((sectors.start, sectors.end));
    }

    /// The sectors that were discarded.
    pub(crate) fn discarded(&self) -> impl Iterator<Item = Range<u64>> {
        self.discarded.iter().map(|(start, end)| *start..*end)
    }

    /// Changes bytes as something that is not a commit would.
    pub(crate) fn damage(&mut self, offset: u64, change: impl FnOnce(&mut Sector)) {
        let at = offset / SECTOR as u64;
        let mut sector = self.sector(at);
        change(&mut sector);
        self.put(at, &intern(&sector));
    }

    /// The sectors that were ever written.
    pub(crate) fn written(&self) -> impl Iterator<Item = (u64, &Sector)> {
        self.sectors.iter().map(|(at, sector)| (*at, &**sector))
    }

    /// The sectors that differ from those of `before`.
    pub(crate) fn changed_since(&self, before: &Self) -> Vec<u64> {
        let differs = |at: &u64| match (self.sectors.get(at), before.sectors.get(at)) {
            (Some(new), Some(old)) => !Arc::ptr_eq(new, old),
            _ => self.sector(*at) != before.sector(*at),
        };
        self.sectors.keys().copied().filter(differs).collect()
    }
}

/// A number that is equal for equal contents.
pub(crate) fn fingerprint(images: &[Image]) -> u64 {
    let mut hasher = DefaultHasher::new();
    for image in images {
        (image.size, &image.discarded).hash(&mut hasher);
        for (at, sector) in &image.sectors {
            (image.number, at, Arc::as_ptr(sector).addr()).hash(&mut hasher);
        }
    }
    hasher.finish()
}

/// What happened to a disk.
#[derive(Clone, Debug)]
pub(crate) enum Event {
    /// Sectors from this one on were written.
    Write(u64, Vec<Arc<Sector>>),
    /// Everything written before is durable.
    Flush,
    /// Sectors were discarded. It may be so from now on, whether a flush follows or not.
    Discard(Range<u64>),
    /// A flush failed: what was not durable yet may be lost, even when a later flush succeeds.
    FailedFlush,
}

/// The events of several disks in the order in which they happened.
pub(crate) type Log = Arc<Mutex<Vec<(usize, Event)>>>;

/// How much of a write that fails reaches the disk.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Lands {
    Nothing,
    FirstSector,
    All,
}

/// How a disk fails; the numbers count the disk's writes or flushes from 0.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Fault {
    /// This write fails, the others do not.
    Write(usize, Lands),
    /// This write and everything after it fails.
    DeadFromWrite(usize),
    /// This flush fails, the others do not.
    Flush(usize),
    /// This flush and everything after it fails.
    DeadFromFlush(usize),
}

#[derive(Debug)]
struct State {
    image: Image,
    fault: Option<Fault>,
    writes: usize,
    flushes: usize,
    dead: bool,
}

/// A disk that records what is done to it.
#[derive(Debug)]
pub(crate) struct Disk {
    name: String,
    index: usize,
    state: Mutex<State>,
    log: Log,
}

impl Disk {
    pub(crate) fn image(&self) -> Image {
        self.state.lock().unwrap().image.clone()
    }

    fn fail<T>(&self, what: &str, offset: u64) -> Result<T> {
        let error = Error::io(format!("injected failure of a {what}"), self.name.clone(), offset, "injected");
        // As a file says it: who writes it has to know what the failure means.
        Err(error.with_effect(Effect::Unknown))
    }

    fn store(&self, state: &mut State, first: u64, bytes: &[u8]) {
        let sectors = bytes.as_chunks::<SECTOR>().0.iter().map(intern).collect::<Vec<_>>();
        for (at, sector) in (first..).zip(&sectors) {
            state.image.put(at, sector);
        }
        self.log.lock().unwrap().push((self.index, Event::Write(first, sectors)));
    }
}

impl BlockDevice for Disk {
    fn size(&self) -> u64 {
        self.state.lock().unwrap().image.size
    }

    fn name(&self) -> &str {
        &self.name
    }

    fn read_at(&self, offset: u64, buf: &mut [u8]) -> Result<()> {
        let state = self.state.lock().unwrap();
        lvmkit::core::block::check_range(&self.name, state.image.size, offset, buf.len())?;
        let mut at = offset;
        let mut rest = buf;
        while !rest.is_empty() {
            let sector = state.image.sector(at / SECTOR as u64);
            let start = (at % SECTOR as u64) as usize;
            let count = (SECTOR - start).min(rest.len());
            let (now, later) = rest.split_at_mut(count);
            now.copy_from_slice(&sector[start..start + count]);
            at += count as u64;
            rest = later;
        }
        Ok(())
    }

    fn write_at(&self, offset: u64, buf: &[u8]) -> Result<()> {
        let mut state = self.state.lock().unwrap();
        lvmkit::core::block::check_range(&self.name, state.image.size, offset, buf.len())?;
        // Whoever writes parts of sectors has not thought about what a torn write leaves.
        assert!(offset.is_multiple_of(SECTOR as u64), "write at {offset}");
        assert!(buf.len().is_multiple_of(SECTOR), "write of {} bytes at {offset}", buf.len());
        let number = state.writes;
        state.writes += 1;
        let lands = match state.fault {
            Some(Fault::Write(nth, lands)) if nth == number => Some(lands),
            Some(Fault::DeadFromWrite(nth)) if nth <= number => {
                state.dead = true;
                Some(Lands::Nothing)
            }
            _ if state.dead => Some(Lands::Nothing),
            _ => None,
        };
        let first = offset / SECTOR as u64;
        match lands {
            None => self.store(&mut state, first, buf),
            Some(Lands::All) => self.store(&mut state, first, buf),
            Some(Lands::FirstSector) => self.store(&mut state, first, &buf[..SECTOR]),
            Some(Lands::Nothing) => {}
        }
        if lands.is_some() { self.fail("write", offset) } else { Ok(()) }
    }

    fn flush(&self) -> Result<()> {
        let mut state = self.state.lock().unwrap();
        let number = state.flushes;
        state.flushes += 1;
        state.dead |= matches!(state.fault, Some(Fault::DeadFromFlush(nth)) if nth <= number);
        let fails = state.dead || state.fault == Some(Fault::Flush(number));
        let event = if fails { Event::FailedFlush } else { Event::Flush };
        self.log.lock().unwrap().push((self.index, event));
        if fails { self.fail("flush", 0) } else { Ok(()) }
    }

    fn discard(&self, offset: u64, length: u64) -> Result<()> {
        let mut state = self.state.lock().unwrap();
        assert!(offset.is_multiple_of(SECTOR as u64), "discard at {offset}");
        assert!(length > 0 && length.is_multiple_of(SECTOR as u64), "discard of {length} bytes at {offset}");
        assert!(offset + length <= state.image.size, "discard of {length} bytes at {offset}");
        if state.dead {
            return self.fail("discard", offset);
        }
        let sectors = offset / SECTOR as u64..(offset + length) / SECTOR as u64;
        state.image.discard(sectors.clone());
        self.log.lock().unwrap().push((self.index, Event::Discard(sectors)));
        Ok(())
    }
}

/// Disks with a common log.
pub(crate) struct Disks {
    pub(crate) disks: Vec<Arc<Disk>>,
    pub(crate) log: Log,
}

impl Disks {
    pub(crate) fn new(images: &[Image]) -> Self {
        Self::with_fault(images, None)
    }

    /// One of the disks fails.
    pub(crate) fn with_fault(images: &[Image], failing: Option<(usize, Fault)>) -> Self {
        let log = Log::default();
        let disks = images.iter().enumerate().map(|(index, image)| {
            let fault = failing.filter(|(disk, _)| *disk == index).map(|(_, fault)| fault);
            let image = image.clone();
            let state = State { image, fault, writes: 0, flushes: 0, dead: false };
            let name = format!("d{index}");
            Arc::new(Disk { name, index, state: Mutex::new(state), log: Arc::clone(&log) })
        });
        Self { disks: disks.collect(), log }
    }

    pub(crate) fn images(&self) -> Vec<Image> {
        self.disks.iter().map(|disk| disk.image()).collect()
    }

    pub(crate) fn devices(&self) -> Vec<Arc<dyn BlockDevice>> {
        self.disks.iter().map(|disk| Arc::clone(disk) as Arc<dyn BlockDevice>).collect()
    }

    pub(crate) fn events(&self) -> Vec<(usize, Event)> {
        self.log.lock().unwrap().clone()
    }
}
