//! Images and texts made by our own writer, to start from.

use std::sync::{Arc, Mutex};

use lvm_core::edit::NewPv;
use lvm_core::store::{NewDevice, PvOptions};
use lvm_core::{BlockDevice, Bytes, NewLv, NewVg, Result, Size, Stamp, VgDraft};

/// The size the images have when whole. Only what was written is kept.
pub const SIZE: u64 = super::checks::IMAGE_SIZE;

/// What a sample group has.
#[derive(Clone, Copy, Debug, Default)]
pub struct Shape {
    /// Physical volumes.
    pub pvs: usize,
    /// Linear volumes.
    pub linear: usize,
    /// Striped volumes over two physical volumes.
    pub striped: usize,
    /// Metadata areas on each physical volume.
    pub metadata_copies: u32,
    /// A boot loader area, tags and other optional keys.
    pub extras: bool,
}

/// The shapes that tests and fuzzing start from.
pub const SHAPES: [Shape; 6] = [
    Shape { pvs: 1, linear: 0, striped: 0, metadata_copies: 1, extras: false },
    Shape { pvs: 1, linear: 1, striped: 0, metadata_copies: 1, extras: false },
    Shape { pvs: 1, linear: 3, striped: 0, metadata_copies: 1, extras: true },
    Shape { pvs: 1, linear: 2, striped: 0, metadata_copies: 2, extras: true },
    Shape { pvs: 2, linear: 2, striped: 1, metadata_copies: 1, extras: true },
    Shape { pvs: 2, linear: 1, striped: 2, metadata_copies: 2, extras: false },
];

/// The group of that shape, with its images.
///
/// # Errors
/// Those of the edits; none with [`SHAPES`].
pub fn group(shape: Shape) -> Result<(VgDraft, Vec<Vec<u8>>)> {
    let mut options = PvOptions {
        metadata_copies: Some(shape.metadata_copies),
        metadata_size: Some(Bytes::kib(64)),
        data_alignment: Some(Bytes::kib(64)),
        ..PvOptions::default()
    };
    if shape.extras {
        options.bootloader_area_size = Some(Bytes::kib(64));
    }
    let disks = (0..shape.pvs).map(|at| Arc::new(Memory::new(at))).collect::<Vec<_>>();
    let pvs = disks.iter().map(|disk| NewPv::of_size(disk.name(), Bytes(SIZE)).options(options.clone()));
    let mut new = NewVg::new("vg0").extent_size(Bytes::kib(64));
    if shape.extras {
        new = new.tag("sample").max_lv(20);
    }
    let mut draft = VgDraft::new_vg(new, pvs.collect::<Vec<_>>(), Stamp::fixed(1, 1_700_000_000))?;
    for at in 0..shape.linear {
        let lv = NewLv::linear(format!("linear{at}"), Size::extents(3));
        draft.create_lv(if shape.extras { lv.tag("t1").tag("t2").minor(None, 7) } else { lv })?;
    }
    if shape.linear > 1 {
        // A hole, and a volume of two segments around it.
        draft.extend_lv_by("linear0", Size::extents(2))?;
    }
    for at in 0..shape.striped {
        draft.create_lv(NewLv::striped(format!("striped{at}"), Size::extents(4), 2))?;
    }
    let ids = draft.physical_volumes().iter().map(lvm_core::metadata::PhysicalVolume::id).collect::<Vec<_>>();
    let new = ids.into_iter().zip(&disks).map(|(id, disk)| {
        let device: Arc<dyn BlockDevice> = Arc::clone(disk) as _;
        (id, NewDevice::Blank(device))
    });
    let (_, _, text) = draft.commit_text()?;
    draft.devices(None, &new.collect())?.prepare(&text)?.commit()?;
    Ok((draft, disks.iter().map(|disk| disk.stored()).collect()))
}

/// A device that keeps what was written to its start, up to the last byte that is not zero.
struct Memory {
    name: String,
    bytes: Mutex<Vec<u8>>,
}

impl Memory {
    fn new(at: usize) -> Self {
        Self { name: format!("disk{at}.img"), bytes: Mutex::new(vec![0; usize::try_from(SIZE).unwrap_or(0)]) }
    }

    fn stored(&self) -> Vec<u8> {
        let mut bytes = self.lock().clone();
        let end = bytes.iter().rposition(|byte| *byte != 0).map_or(0, |at| at + 1);
        bytes.truncate(end);
        bytes
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Vec<u8>> {
        self.bytes.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }
}

impl BlockDevice for Memory {
    fn size(&self) -> u64 {
        SIZE
    }

    fn name(&self) -> &str {
        &self.name
    }

    fn read_at(&self, offset: u64, buf: &mut [u8]) -> Result<()> {
        lvm_core::block::check_range(&self.name, SIZE, offset, buf.len())?;
        let start = usize::try_from(offset).unwrap_or(0);
        buf.copy_from_slice(self.lock().get(start..start + buf.len()).unwrap_or_default());
        Ok(())
    }

    fn write_at(&self, offset: u64, buf: &[u8]) -> Result<()> {
        lvm_core::block::check_range(&self.name, SIZE, offset, buf.len())?;
        let start = usize::try_from(offset).unwrap_or(0);
        if let Some(slot) = self.lock().get_mut(start..start + buf.len()) {
            slot.copy_from_slice(buf);
        }
        Ok(())
    }

    fn flush(&self) -> Result<()> {
        Ok(())
    }

    fn discard(&self, offset: u64, length: u64) -> Result<()> {
        self.write_at(offset, &vec![0; usize::try_from(length).unwrap_or(0)])
    }
}
