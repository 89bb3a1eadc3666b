//! Physical volumes without a group.

use lvm_core::ondisk::{MdaHeader, RawLocation};
use lvm_core::store::{Orphan, write_label};
use lvm_core::{BlockDevice, Error, ErrorKind, PvId, Result};

use super::{Lvm, find_orphan};
use crate::options::DeviceSpec;
use crate::scan::devices::{Access, OpenDevices};

impl Lvm {
    /// Gives a physical volume without a group a new id, which is returned. For one in a group use
    /// [`VgDraft::renew_pv_id`](lvm_core::edit::VgDraft::renew_pv_id).
    ///
    /// # Errors
    /// `NotFound` when it is not a physical volume without a group; `InUse` when its label says
    /// that a group uses it.
    ///
    /// # Effect
    /// One sector changes, and the entry of the devices file; `Unknown` on `Io`.
    #[doc(alias = "pvchange --uuid")]
    pub fn renew_orphan_pv_id(&self, device: impl Into<DeviceSpec>) -> Result<PvId> {
        self.with_orphan(device.into(), |opened, orphan| {
            let id = PvId::random(&mut *self.stamp("", 0, &opened.scan())?.ids);
            let mut label = orphan.pv.scanned.label.clone();
            label.pv_header.pv_id = id;
            if !self.options.dry_run {
                opened.changing(&self.options, || write_label(&*orphan.pv.device, &label))?;
                let listed = [(orphan.pv.device.name().to_owned(), Some(id))];
                opened.list(&self.options, &listed, true)?;
            }
            Ok(id)
        })
    }

    /// Keeps the metadata areas of a physical volume without a group out of use, or brings them
    /// into use; `false` when they are so already, and nothing is written.
    ///
    /// # Errors
    /// Those of [`renew_orphan_pv_id`](Self::renew_orphan_pv_id).
    ///
    /// # Effect
    /// One sector of each area changes; `Unknown` on `Io`.
    #[doc(alias = "pvchange --metadataignore")]
    pub fn set_orphan_metadata_ignore(&self, device: impl Into<DeviceSpec>, ignore: bool) -> Result<bool> {
        self.with_orphan(device.into(), |_, orphan| {
            let areas = orphan.pv.scanned.areas.iter().filter(|area| area.is_ignored() != ignore);
            let areas = areas.collect::<Vec<_>>();
            if areas.is_empty() || self.options.dry_run {
                return Ok(!areas.is_empty());
            }
            for area in areas {
                let empty = MdaHeader::empty(area.location.offset, area.location.size);
                let mut header = area.state.header().copied().unwrap_or(empty);
                // A text that a group left behind must not count again.
                header.committed = RawLocation::default();
                header.precommitted = RawLocation::default();
                header.committed.set_ignored(ignore);
                orphan.pv.device.write_at(header.start, &header.encode())?;
            }
            orphan.pv.device.flush()?;
            Ok(true)
        })
    }

    /// Runs something with the physical volume on a device, which no group may use, under lock.
    fn with_orphan<T>(
        &self,
        spec: DeviceSpec,
        run: impl FnOnce(&OpenDevices, Orphan) -> Result<T>,
    ) -> Result<T> {
        self.require_writable_view()?;
        let opened = OpenDevices::open(&self.options, Access::Metadata)?;
        let _lock = self.lock_global(&opened)?;
        let device = opened.find(&spec)?;
        let orphan = find_orphan(opened.scan(), device.name())
            .ok_or_else(|| Error::not_found(format!("No PV found on device {spec}.")))?;
        if orphan.used_by_unknown {
            let message = format!("PV {spec} is used by a VG but its metadata is missing.");
            return Err(Error::new(ErrorKind::InUse, message).with_device(spec.to_string()));
        }
        run(&opened, orphan)
    }
}
