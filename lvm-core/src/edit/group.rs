//! Making, renaming and removing a volume group.

use std_alloc::{borrow::ToOwned, format, string::String, vec::Vec};

use hashbrown::HashMap;

use super::{NewPv, VgDraft};
use crate::alloc::AllocationSettings;
use crate::error::{Error, ErrorKind, Result};
use crate::id::VgId;
use crate::metadata::{AllocationPolicy, VgStatus, VolumeGroup};
use crate::name;
use crate::stamp::Stamp;
use crate::units::{Bytes, Sectors};

const DEFAULT_EXTENT_SIZE: Bytes = Bytes::mib(4);
/// Extent sizes that are no power of two are multiples of 128 KiB.
const EXTENT_SIZE_STEP: u64 = 256;

/// A new volume group (vgcreate(8)).
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct NewVg {
    name: String,
    extent_size: Bytes,
    max_lv: u32,
    max_pv: u32,
    allocation_policy: AllocationPolicy,
    tags: Vec<String>,
    metadata_copies: u32,
    system_id: Option<String>,
    autoactivation: bool,
}

impl NewVg {
    /// A group of that name with extents of 4 MiB.
    #[must_use]
    pub fn new(name: impl Into<String>) -> Self {
        Self {
            name: name.into(),
            extent_size: DEFAULT_EXTENT_SIZE,
            max_lv: 0,
            max_pv: 0,
            allocation_policy: AllocationPolicy::Normal,
            tags: Vec::new(),
            metadata_copies: 0,
            system_id: None,
            autoactivation: true,
        }
    }

    /// The name.
    #[must_use]
    pub fn name_str(&self) -> &str {
        &self.name
    }

    /// `--physicalextentsize`: bytes of one extent.
    #[must_use]
    pub fn extent_size(mut self, extent_size: Bytes) -> Self {
        self.extent_size = extent_size;
        self
    }

    /// `--maxlogicalvolumes`: 0 means no limit.
    #[must_use]
    pub fn max_lv(mut self, max_lv: u32) -> Self {
        self.max_lv = max_lv;
        self
    }

    /// `--maxphysicalvolumes`: 0 means no limit.
    #[must_use]
    pub fn max_pv(mut self, max_pv: u32) -> Self {
        self.max_pv = max_pv;
        self
    }

    /// `--alloc`.
    #[must_use]
    pub fn allocation_policy(mut self, policy: AllocationPolicy) -> Self {
        self.allocation_policy = policy;
        self
    }

    /// `--addtag`.
    #[must_use]
    pub fn tag(mut self, tag: impl Into<String>) -> Self {
        self.tags.push(tag.into());
        self
    }

    /// `--vgmetadatacopies`: how many metadata areas are in use; 0 and `u32::MAX` mean all
    /// that are not ignored.
    #[must_use]
    pub fn metadata_copies(mut self, copies: u32) -> Self {
        self.metadata_copies = copies;
        self
    }

    /// `--systemid`: the host that owns the group.
    #[must_use]
    pub fn system_id(mut self, system_id: impl Into<String>) -> Self {
        self.system_id = Some(system_id.into());
        self
    }

    /// `--setautoactivation`.
    #[must_use]
    pub fn autoactivation(mut self, on: bool) -> Self {
        self.autoactivation = on;
        self
    }
}

impl From<&str> for NewVg {
    fn from(name: &str) -> Self {
        Self::new(name)
    }
}

impl VgDraft {
    /// A new group over these physical volumes. No device is needed to plan one.
    ///
    /// ```
    /// use lvm_core::edit::{NewLv, NewPv, VgDraft};
    /// use lvm_core::{Bytes, Size, Stamp};
    ///
    /// let disks = [NewPv::of_size("disk0", Bytes::gib(100)), NewPv::of_size("disk1", Bytes::gib(50))];
    /// let mut draft = VgDraft::new_vg("vg0", disks, Stamp::fixed(1, 0))?;
    /// draft.create_lv(NewLv::linear("root", Size::gib(120)))?;
    /// println!("{}", draft.plan()?);
    /// # Ok::<(), lvm_core::Error>(())
    /// ```
    ///
    /// # Errors
    /// `InvalidInput` for a bad name, extent size or tag, no physical volumes, or none with a
    /// metadata area; those of [`add_pv`](Self::add_pv).
    #[doc(alias = "vgcreate")]
    pub fn new_vg(
        new: impl Into<NewVg>,
        pvs: impl IntoIterator<Item = NewPv>,
        mut stamp: Stamp,
    ) -> Result<Self> {
        let new = new.into();
        name::check_name(&new.name).map_err(|error| {
            Error::invalid(format!("New volume group name \"{}\" is invalid: {error}.", new.name))
        })?;
        let extent_size = check_extent_size(new.extent_size)?;
        if new.allocation_policy == AllocationPolicy::Inherit {
            return Err(Error::invalid("Volume Group allocation policy cannot inherit from anything"));
        }
        let mut status = VgStatus::RESIZEABLE | VgStatus::READ | VgStatus::WRITE;
        status.set(VgStatus::NOAUTOACTIVATE, !new.autoactivation);
        let working = VolumeGroup {
            name: new.name,
            id: VgId::random(&mut *stamp.ids),
            seqno: 0,
            format: Some("lvm2".to_owned()),
            status,
            unknown_status: Vec::new(),
            unknown_flags: Vec::new(),
            tags: Vec::new(),
            system_id: new.system_id,
            lock_type: None,
            lock_args: None,
            pr: None,
            extent_size,
            max_lv: new.max_lv,
            max_pv: new.max_pv,
            allocation_policy: new.allocation_policy,
            profile: None,
            metadata_copies: super::attributes::wanted_copies(new.metadata_copies),
            physical_volumes: Vec::new(),
            logical_volumes: Vec::new(),
            historical_logical_volumes: Vec::new(),
            extra: Vec::new(),
        };
        let mut draft = Self {
            base: None,
            working,
            layouts: HashMap::new(),
            stamp,
            data_steps: Vec::new(),
            removed: false,
            restored: false,
            rewrite: false,
            renewed: Vec::new(),
            settings: AllocationSettings::default(),
            warnings: Vec::new(),
        };
        for pv in pvs {
            draft.add_pv(pv)?;
        }
        for tag in &new.tags {
            draft.add_vg_tag(tag)?;
        }
        if draft.working.physical_volumes.is_empty() {
            return Err(Error::invalid("a volume group needs a physical volume"));
        }
        let areas = draft.layouts.values().map(|pv| pv.layout.metadata_areas.len()).sum::<usize>();
        if areas == 0 {
            return Err(Error::invalid("Aborting vg_write: No metadata areas to write to!")
                .with_help("at least one physical volume must have a metadata area"));
        }
        Ok(draft)
    }

    /// Gives the group another name.
    ///
    /// # Errors
    /// `InvalidInput` for a bad name or the same one. Whether the name is free only a scan can
    /// tell. An exported group may be renamed.
    #[doc(alias = "vgrename")]
    pub fn rename_vg(&mut self, new_name: &str) -> Result<()> {
        self.edit(|edit| {
            edit.require_local()?;
            edit.require_known()?;
            edit.require_whole()?;
            name::check_name(new_name).map_err(|error| {
                Error::invalid(format!("New volume group name \"{new_name}\" is invalid: {error}."))
            })?;
            if edit.vg.name == new_name {
                return Err(Error::invalid("Old and new volume group names must differ"));
            }
            for lv in &edit.vg.logical_volumes {
                name::check_pair(new_name, &lv.name)
                    .map_err(|error| Error::invalid(format!("{error}")).with_lv(lv.name.clone()))?;
            }
            new_name.clone_into(&mut edit.vg.name);
            Ok(())
        })
    }

    /// Removes the group; its physical volumes stay physical volumes.
    ///
    /// # Errors
    /// `InUse` when it has logical volumes: remove them first.
    #[doc(alias = "vgremove")]
    pub fn remove_vg(&mut self) -> Result<()> {
        self.edit(|edit| {
            edit.require_writable()?;
            let count = edit.vg.logical_volumes.len();
            if count == 0 {
                return Ok(());
            }
            let message =
                format!("Volume group \"{}\" still contains {count} logical volume(s)", edit.vg.name);
            Err(Error::new(ErrorKind::InUse, message).with_help("remove its logical volumes first"))
        })?;
        self.removed = true;
        Ok(())
    }
}

/// An extent size in sectors.
pub(super) fn check_extent_size(size: Bytes) -> Result<Sectors> {
    let sectors = size.to_sectors();
    if size.is_zero() {
        return Err(Error::invalid("Physical extent size may not be zero"));
    }
    if !size.0.is_multiple_of(512) {
        return Err(Error::invalid("Physical extent size must be a multiple of 512 bytes"));
    }
    if !sectors.0.is_power_of_two() && !sectors.0.is_multiple_of(EXTENT_SIZE_STEP) {
        return Err(Error::invalid(
            "Physical Extent size must be a multiple of 128.00 KiB when not a power of 2.",
        ));
    }
    Ok(sectors)
}
