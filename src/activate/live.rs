//! The devices of a group that exist.

use std::collections::HashMap;

use lvm_core::{LvId, Result, VgId};
use lvm_dm::DeviceUuid;
use lvm_dm::kernel::{DeviceNumber, Kernel, ListedDevice};

use super::tree::DeviceNode;

/// What newer versions of lvm2 add to the uuids of hidden volumes.
const HIDDEN_SUFFIX: &str = "real";

/// The devices of one group, from one request to the kernel. They are known by their uuids alone:
/// after a crash in the middle of a renaming the names are those of either version.
#[derive(Clone, Debug, Default)]
pub(crate) struct Live {
    devices: HashMap<LvId, Vec<LiveDevice>>,
}

/// A device that exists.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct LiveDevice {
    pub(crate) uuid: DeviceUuid,
    pub(crate) name: String,
    pub(crate) number: DeviceNumber,
}

impl Live {
    pub(crate) fn of(kernel: &Kernel, vg: VgId) -> Result<Self> {
        let mut live = Self::default();
        for listed in kernel.list_devices(&DeviceUuid::vg_prefix(vg))? {
            live.insert(listed);
        }
        Ok(live)
    }

    fn insert(&mut self, listed: ListedDevice) {
        // What is no uuid of a volume is none of ours, whatever it begins with.
        if let Ok(uuid) = listed.uuid.parse::<DeviceUuid>() {
            let device = LiveDevice { uuid, name: listed.name, number: listed.number };
            self.devices.entry(device.uuid.lv()).or_default().push(device);
        }
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.devices.is_empty()
    }

    pub(crate) fn has(&self, lv: LvId) -> bool {
        self.devices.contains_key(&lv)
    }

    /// The devices of a volume, its own before those below it: the order to remove them in.
    pub(crate) fn of_lv(&self, lv: LvId) -> Vec<&LiveDevice> {
        let mut devices = self.devices.get(&lv).into_iter().flatten().collect::<Vec<_>>();
        devices.sort_by_key(|device| device.uuid.suffix().is_some());
        devices
    }

    /// All devices.
    pub(crate) fn devices(&self) -> impl Iterator<Item = &LiveDevice> {
        self.devices.values().flatten()
    }

    /// The volumes that have a device.
    pub(crate) fn lvs(&self) -> impl Iterator<Item = LvId> {
        self.devices.keys().copied()
    }

    /// The device that a node of a tree is.
    pub(crate) fn find(&self, node: &DeviceNode) -> Option<&LiveDevice> {
        let devices = self.devices.get(&node.uuid.lv())?;
        let with = |suffix: Option<&str>| devices.iter().find(|device| device.uuid.suffix() == suffix);
        with(node.uuid.suffix()).or_else(|| {
            // Hidden volumes have either form.
            if node.linked || node.uuid.suffix().is_some() { None } else { with(Some(HIDDEN_SUFFIX)) }
        })
    }
}
