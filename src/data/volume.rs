//! The content of a logical volume, without the kernel.

use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::Path;
use std::sync::Arc;

use lvm_core::metadata::{LogicalVolume, VolumeGroup};
use lvm_core::store::FoundVg;
use lvm_core::{BlockDevice, Bytes, Error, PvId, Result, Sectors};
use lvm_dm::{DeviceRef, FileDevice, MappedDevice, Table, Target};

use crate::activate::table::{AreaPlace, lv_table, pv_leg};
use crate::scan::devices::OpenDevices;

/// Maps a volume over open devices.
pub(crate) fn map_lv(
    vg: &VolumeGroup,
    lv: &LogicalVolume,
    find: &dyn Fn(PvId) -> Option<Arc<dyn BlockDevice>>,
) -> Result<MappedDevice> {
    let name = format!("{}/{}", vg.name(), lv.name());
    let reference = |pv: PvId| find(pv).map(|_| DeviceRef::path(pv.to_string()));
    let mut leg = |place: AreaPlace<'_>| pv_leg(vg, place.source, &reference);
    let table = lv_table(vg, lv, &mut leg).map_err(|error| error.with_vg(vg.name()).with_lv(lv.name()))?;
    let resolve = |device: &DeviceRef| {
        match device {
            DeviceRef::Path(path) => PvId::parse(path).ok().and_then(find),
            DeviceRef::Number { .. } => None,
        }
        .ok_or_else(|| Error::not_found("a physical volume's device is gone"))
    };
    MappedDevice::new(name, &table, &resolve)
}

/// An open logical volume: `Read`, `Write`, `Seek`, and positioned I/O.
///
/// It keeps the image files it lies on locked against changes of their metadata until it is
/// dropped. Reads and writes never reach past the volume's end: a read there gives 0 bytes, a
/// write fails.
pub struct LvDevice {
    device: MappedDevice,
    position: u64,
    opened: OpenDevices,
}

impl LvDevice {
    pub(crate) fn new(opened: OpenDevices, found: &FoundVg, name: &str, read_only: bool) -> Result<Self> {
        let vg = &found.vg;
        let lv = vg.require_lv(name)?;
        let find = |pv: PvId| {
            let found = found.pvs.iter().flatten().find(|found| found.id() == pv);
            found.map(|found| Arc::clone(&found.device))
        };
        let device = map_lv(vg, lv, &find)?;
        let read_only = read_only || !lv.is_writable();
        let device = if read_only { device.read_only() } else { device };
        // The kernel may have written the volume since these devices were last read.
        if opened.has_block_devices {
            device.drop_cache()?;
        }
        Ok(Self { device, position: 0, opened })
    }

    /// A volume that is a device of the kernel.
    pub(crate) fn of_node(
        opened: OpenDevices,
        vg: &VolumeGroup,
        name: &str,
        node: &Path,
        read_only: bool,
    ) -> Result<Self> {
        let read_only = read_only || !vg.require_lv(name)?.is_writable();
        let node: Arc<dyn BlockDevice> = Arc::new(FileDevice::open(node, read_only)?);
        let whole = Target::linear(DeviceRef::path(node.name()), Sectors::ZERO);
        let table = Table::single(Bytes(node.size()).to_sectors(), whole)?;
        let resolve = |_: &DeviceRef| Ok(Arc::clone(&node));
        let device = MappedDevice::new(format!("{}/{name}", vg.name()), &table, &resolve)?;
        let device = if read_only { device.read_only() } else { device };
        Ok(Self { device, position: 0, opened })
    }

    /// The size in bytes.
    #[must_use]
    pub fn size(&self) -> Bytes {
        Bytes(self.device.size())
    }

    /// The volume as a device: positioned reads and writes, discard, flush, and where each byte
    /// lies.
    #[must_use]
    pub fn device(&self) -> &MappedDevice {
        &self.device
    }

    /// Fills `buf` from `offset` bytes on.
    ///
    /// # Errors
    /// `InvalidInput` past the end, `Io`.
    pub fn read_at(&self, offset: u64, buf: &mut [u8]) -> Result<()> {
        self.device.read_at(offset, buf)
    }

    /// Writes all of `buf` at `offset` bytes.
    ///
    /// # Errors
    /// `InvalidInput` past the end or on a read-only volume, `Io`.
    pub fn write_at(&self, offset: u64, buf: &[u8]) -> Result<()> {
        self.device.write_at(offset, buf)
    }

    /// Gives a range back to the image file; it reads as zeroes afterwards.
    ///
    /// # Errors
    /// `Unsupported` on block devices, `InvalidInput` past the end, `Io`.
    pub fn discard(&self, offset: u64, length: u64) -> Result<()> {
        self.device.discard(offset, length)
    }

    /// Makes everything written before durable.
    ///
    /// # Errors
    /// `Io`.
    pub fn sync(&self) -> Result<()> {
        self.device.flush()
    }

    /// As much of `length` as lies between the position and the end.
    fn room(&self, length: usize) -> usize {
        let left = self.device.size().saturating_sub(self.position);
        usize::try_from(left).unwrap_or(usize::MAX).min(length)
    }

    fn advance(&mut self, count: usize) -> usize {
        self.position = self.position.saturating_add(u64::try_from(count).unwrap_or(u64::MAX));
        count
    }
}

impl Drop for LvDevice {
    /// What is left in the cache of a physical volume's device the kernel would not see under the
    /// volume's own. Who must know whether it worked calls [`sync`](Self::sync) before.
    fn drop(&mut self) {
        if self.opened.has_block_devices {
            let _ = self.device.flush();
        }
    }
}

impl Read for LvDevice {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        let count = self.room(buf.len());
        let part = buf.get_mut(..count).unwrap_or_default();
        self.device.read_at(self.position, part).map_err(io::Error::other)?;
        Ok(self.advance(count))
    }
}

impl Write for LvDevice {
    fn write(&mut self, buf: &[u8]) -> io::Result<usize> {
        let count = self.room(buf.len());
        if count == 0 && !buf.is_empty() {
            return Err(io::Error::new(io::ErrorKind::StorageFull, "end of the logical volume"));
        }
        let part = buf.get(..count).unwrap_or_default();
        self.device.write_at(self.position, part).map_err(io::Error::other)?;
        Ok(self.advance(count))
    }

    fn flush(&mut self) -> io::Result<()> {
        self.device.flush().map_err(io::Error::other)
    }
}

impl Seek for LvDevice {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        let position = match to {
            SeekFrom::Start(offset) => Some(offset),
            SeekFrom::End(offset) => self.device.size().checked_add_signed(offset),
            SeekFrom::Current(offset) => self.position.checked_add_signed(offset),
        };
        let invalid = || io::Error::new(io::ErrorKind::InvalidInput, "seek before the start of the volume");
        self.position = position.ok_or_else(invalid)?;
        Ok(self.position)
    }
}

impl std::fmt::Debug for LvDevice {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("LvDevice").field("device", &self.device).field("position", &self.position).finish()
    }
}
