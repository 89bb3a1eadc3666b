//! What a request tells udev's rules about its device.

use bitflags::bitflags;

/// How far the flags are shifted in an event number; the cookie's base is below them.
const FLAGS_SHIFT: u32 = 16;

bitflags! {
    /// What udev's rules are to leave out for a device, by libdevmapper's names without
    /// `DM_UDEV_` and `_FLAG`. The rules read them from the upper half of the event's `DM_COOKIE`.
    #[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
    pub struct UdevFlags: u16 {
        /// No name under `/dev/mapper`.
        const DISABLE_DM_RULES = 0x0001;
        /// No names of the subsystem's own; for LVM, none in `/dev/VG`.
        const DISABLE_SUBSYSTEM_RULES = 0x0002;
        /// No names under `/dev/disk`.
        const DISABLE_DISK_RULES = 0x0004;
        /// Nobody else's rules: no mounting, no scanning for physical volumes.
        const DISABLE_OTHER_RULES = 0x0008;
        /// Where two devices claim a name, for instance by file system uuid, the other wins.
        const LOW_PRIORITY = 0x0010;
        /// Nobody but udev makes the names.
        const DISABLE_LIBRARY_FALLBACK = 0x0020;
        /// The event comes from a request, not from a trigger; without it the rules take the flags
        /// of the last event that had it.
        const PRIMARY_SOURCE = 0x0040;
        /// The subsystem's first flag; for LVM, not to be scanned, because it is not wiped yet.
        const SUBSYSTEM_FLAG0 = 0x0100;
        /// The subsystem's second flag.
        const SUBSYSTEM_FLAG1 = 0x0200;
        /// The subsystem's third flag.
        const SUBSYSTEM_FLAG2 = 0x0400;
        /// The subsystem's fourth flag.
        const SUBSYSTEM_FLAG3 = 0x0800;
        /// The subsystem's fifth flag.
        const SUBSYSTEM_FLAG4 = 0x1000;
        /// The subsystem's sixth flag.
        const SUBSYSTEM_FLAG5 = 0x2000;
        /// The subsystem's seventh flag.
        const SUBSYSTEM_FLAG6 = 0x4000;
        /// The subsystem's eighth flag.
        const SUBSYSTEM_FLAG7 = 0x8000;
    }
}

impl UdevFlags {
    /// The event number of a request that nobody waits for: udev gets the flags, and as the base
    /// is 0, signals nothing.
    #[must_use]
    pub const fn event_nr(self) -> u32 {
        self.with_base(0)
    }

    /// The event number of a request under a cookie.
    pub(super) const fn with_base(self, base: u16) -> u32 {
        (self.bits() as u32) << FLAGS_SHIFT | base as u32
    }
}

/// What a logical volume's device is to the rest of the system.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum UdevKind {
    /// A visible volume, ready for use; also the origin of snapshots.
    Visible,
    /// A visible snapshot. Its content has the origin's identifiers, and the origin keeps the names.
    Snapshot,
    /// A visible volume whose old content is not wiped yet. Closing it after wiping makes udev look
    /// again, and then at all of it: only the first event says not to.
    NotWiped,
    /// A new volume that is active only to be wiped, and then becomes part of another: a snapshot's
    /// store, a pool's metadata. Nobody looks into it, afterwards neither.
    PartNotWiped,
    /// A visible device that nobody but the user is to look into: a volume activated for a while
    /// only, a new thin pool, a volume with a reserved name.
    Private,
    /// A device below or inside a volume, and a thin pool's own.
    Hidden,
    /// A snapshot's store, and a snapshot while it is merged.
    Cow,
}

/// The flags of a resume, rename or removal of such a device.
///
/// `udev_rules` says who makes the names: true for udev alone, false for us alone (lvm2's setting
/// of that name, or no udev at all).
#[must_use]
pub const fn flags_for(kind: UdevKind, udev_rules: bool) -> UdevFlags {
    let names = if udev_rules {
        UdevFlags::DISABLE_LIBRARY_FALLBACK
    } else {
        UdevFlags::DISABLE_DM_RULES.union(UdevFlags::DISABLE_SUBSYSTEM_RULES)
    };
    let private = UdevFlags::DISABLE_DISK_RULES.union(UdevFlags::DISABLE_OTHER_RULES);
    let hidden = private.union(UdevFlags::DISABLE_SUBSYSTEM_RULES);
    let of_kind = match kind {
        UdevKind::Visible => UdevFlags::empty(),
        UdevKind::Snapshot => UdevFlags::LOW_PRIORITY,
        UdevKind::NotWiped => UdevFlags::SUBSYSTEM_FLAG0,
        UdevKind::PartNotWiped => private.union(UdevFlags::SUBSYSTEM_FLAG0),
        UdevKind::Private => private,
        UdevKind::Hidden => hidden,
        UdevKind::Cow => hidden.union(UdevFlags::LOW_PRIORITY),
    };
    UdevFlags::PRIMARY_SOURCE.union(names).union(of_kind)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// As lvm2 2.03.16 sent them, with its setting `udev_rules` on and off.
    #[test]
    fn the_words_lvm2_sends() {
        let table = [
            (UdevKind::Visible, true, 0x0060),
            (UdevKind::Snapshot, true, 0x0070),
            (UdevKind::NotWiped, true, 0x0160),
            (UdevKind::PartNotWiped, true, 0x016c),
            (UdevKind::Private, true, 0x006c),
            (UdevKind::Hidden, true, 0x006e),
            (UdevKind::Cow, true, 0x007e),
            (UdevKind::Visible, false, 0x0043),
            (UdevKind::Snapshot, false, 0x0053),
            (UdevKind::NotWiped, false, 0x0143),
            (UdevKind::PartNotWiped, false, 0x014f),
            (UdevKind::Private, false, 0x004f),
            (UdevKind::Hidden, false, 0x004f),
            (UdevKind::Cow, false, 0x005f),
        ];
        for (kind, udev_rules, word) in table {
            let flags = flags_for(kind, udev_rules);
            assert_eq!(flags.bits(), word, "{kind:?}, {udev_rules}: {flags:?}");
            assert_eq!(flags.event_nr(), u32::from(word) << 16);
            assert_eq!(flags.with_base(0x45f4), u32::from(word) << 16 | 0x45f4);
        }
    }
}
