//! The requests that device-mapper's driver takes.
//!
//! Source: kernel header `include/uapi/linux/dm-ioctl.h`.

use std::fmt;

/// A version of the driver's interface, or of a target: major, minor, patch level.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct DmVersion(pub u32, pub u32, pub u32);

impl fmt::Display for DmVersion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}.{}", self.0, self.1, self.2)
    }
}

/// A request.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
#[repr(u8)]
pub enum Command {
    /// `DM_VERSION`: the version of the driver.
    Version,
    /// `DM_REMOVE_ALL`: every device that nobody has open goes.
    RemoveAll,
    /// `DM_LIST_DEVICES`: names, numbers, uuids.
    ListDevices,
    /// `DM_DEV_CREATE`: a device without a table.
    Create,
    /// `DM_DEV_REMOVE`: a device goes, with its tables.
    Remove,
    /// `DM_DEV_RENAME`: another name, or the first uuid.
    Rename,
    /// `DM_DEV_SUSPEND`: suspends or resumes.
    Suspend,
    /// `DM_DEV_STATUS`: what is known of a device.
    Info,
    /// `DM_DEV_WAIT`: waits for an event.
    Wait,
    /// `DM_TABLE_LOAD`: fills the inactive table.
    Load,
    /// `DM_TABLE_CLEAR`: drops the inactive table.
    Clear,
    /// `DM_TABLE_DEPS`: the devices below.
    Deps,
    /// `DM_TABLE_STATUS`: the lines of a table, or what the targets report.
    Table,
    /// `DM_LIST_VERSIONS`: the targets that are loaded.
    ListVersions,
    /// `DM_TARGET_MSG`: a message to a target.
    Message,
    /// `DM_DEV_SET_GEOMETRY`: the geometry that old programs ask for.
    SetGeometry,
    /// `DM_DEV_ARM_POLL`: makes the control node readable at the next event.
    ArmPoll,
    /// `DM_GET_TARGET_VERSION`: one target's version; loads its module.
    TargetVersion,
}

impl Command {
    /// Every command, in the order of their numbers.
    pub const ALL: [Self; 18] = [
        Self::Version,
        Self::RemoveAll,
        Self::ListDevices,
        Self::Create,
        Self::Remove,
        Self::Rename,
        Self::Suspend,
        Self::Info,
        Self::Wait,
        Self::Load,
        Self::Clear,
        Self::Deps,
        Self::Table,
        Self::ListVersions,
        Self::Message,
        Self::SetGeometry,
        Self::ArmPoll,
        Self::TargetVersion,
    ];

    /// The request's number.
    #[must_use]
    pub const fn number(self) -> u8 {
        self as u8
    }

    /// The oldest version of the interface that has it. Requests state it, since the driver
    /// refuses a caller that is newer than itself.
    #[must_use]
    pub const fn since(self) -> DmVersion {
        match self {
            Self::ListVersions => DmVersion(4, 1, 0),
            Self::Message => DmVersion(4, 2, 0),
            Self::SetGeometry => DmVersion(4, 6, 0),
            Self::ArmPoll => DmVersion(4, 36, 0),
            Self::TargetVersion => DmVersion(4, 41, 0),
            _ => DmVersion(4, 0, 0),
        }
    }

    /// What it does, as a word for messages.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Version => "version",
            Self::RemoveAll => "remove_all",
            Self::ListDevices => "list_devices",
            Self::Create => "create",
            Self::Remove => "remove",
            Self::Rename => "rename",
            Self::Suspend => "suspend",
            Self::Info => "info",
            Self::Wait => "wait",
            Self::Load => "load",
            Self::Clear => "clear",
            Self::Deps => "deps",
            Self::Table => "table",
            Self::ListVersions => "list_versions",
            Self::Message => "message",
            Self::SetGeometry => "set_geometry",
            Self::ArmPoll => "arm_poll",
            Self::TargetVersion => "target_version",
        }
    }
}

impl fmt::Display for Command {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_those_of_the_header() {
        for (number, command) in (0..).zip(Command::ALL) {
            assert_eq!(command.number(), number, "{command}");
        }
        assert_eq!((Command::Suspend.number(), Command::Table.number()), (6, 12));
        assert_eq!((Command::Message.number(), Command::TargetVersion.number()), (14, 17));
    }
}
