//! `raid`: RAID by the kernel's MD drivers.
//!
//! Source: kernel doc `Documentation/admin-guide/device-mapper/dm-raid.rst`; tables and status
//! captured from Linux 6.1.

use std::fmt;

use lvm_core::Sectors;

use super::words::{OptionWords, OrDash, Words, option_enum, print_options, word_count, word_enum};
use super::{DeviceRef, Parameters};
use crate::error::{ParseError, Reason};
use crate::status::StatusText;

/// Most devices of one array (253 in the MD drivers, from target version 1.9 on).
pub const DEVICES_MAX: usize = 253;

word_enum! {
    /// Level and layout, as the kernel names them. LVM2's `raid5` is `raid5_ls` here, its `raid6`
    /// is `raid6_zr`, and its `raid0_meta` is `raid0` with metadata devices.
    RaidType {
        /// Striping.
        Raid0 = "raid0",
        /// Mirroring.
        Raid1 = "raid1",
        /// Striped mirrors.
        Raid10 = "raid10",
        /// One parity device.
        Raid4 = "raid4",
        /// One parity device, the last one.
        Raid5N = "raid5_n",
        /// Left asymmetric.
        Raid5La = "raid5_la",
        /// Right asymmetric.
        Raid5Ra = "raid5_ra",
        /// Left symmetric.
        Raid5Ls = "raid5_ls",
        /// Right symmetric.
        Raid5Rs = "raid5_rs",
        /// Rotating parity zero with data restart.
        Raid6Zr = "raid6_zr",
        /// Rotating parity N with data restart.
        Raid6Nr = "raid6_nr",
        /// Rotating parity N with data continuation.
        Raid6Nc = "raid6_nc",
        /// Both parities on the last two devices.
        Raid6N6 = "raid6_n_6",
        /// Left asymmetric, the second parity on the last device.
        Raid6La6 = "raid6_la_6",
        /// Right asymmetric, the second parity on the last device.
        Raid6Ra6 = "raid6_ra_6",
        /// Left symmetric, the second parity on the last device.
        Raid6Ls6 = "raid6_ls_6",
        /// Right symmetric, the second parity on the last device.
        Raid6Rs6 = "raid6_rs_6",
    }
}

word_enum! {
    /// How raid10 lays out its copies.
    Raid10Format {
        /// Next to each other.
        Near = "near",
        /// In the other half of the devices.
        Far = "far",
        /// In the next stripe.
        Offset = "offset",
    }
}

word_enum! {
    /// How a journal device is used.
    RaidJournalMode {
        /// A write is done when the array has it.
        Writethrough = "writethrough",
        /// A write is done when the journal has it.
        Writeback = "writeback",
    }
}

option_enum! {
    /// An option of an array.
    RaidOption, ' ' {
        /// Synchronise the whole array.
        Sync = "sync",
        /// Take the array for synchronised.
        NoSync = "nosync",
        /// Rebuild the device of this index. May stand several times.
        Rebuild(index: u32) = "rebuild",
        /// Milliseconds between runs of the bitmap cleaner.
        DaemonSleep(ms: u64) = "daemon_sleep",
        /// Least recovery rate, in KiB a second and device.
        MinRecoveryRate(rate: u32) = "min_recovery_rate",
        /// Highest recovery rate, in KiB a second and device.
        MaxRecoveryRate(rate: u32) = "max_recovery_rate",
        /// Read from the device of this index only when there is no other. May stand several times.
        WriteMostly(index: u32) = "write_mostly",
        /// How far writes to such devices may lag.
        MaxWriteBehind(sectors: Sectors) = "max_write_behind",
        /// The stripe cache of levels 4, 5 and 6.
        StripeCache(sectors: Sectors) = "stripe_cache",
        /// How much one bit of the bitmap stands for.
        RegionSize(sectors: Sectors) = "region_size",
        /// Copies of a raid10.
        Raid10Copies(copies: u32) = "raid10_copies",
        /// Layout of a raid10.
        Raid10Format(format: Raid10Format) = "raid10_format",
        /// Devices added, or with a minus sign removed, by a reshape.
        DeltaDisks(delta: i32) = "delta_disks",
        /// Where the data begins on each device; 0 lets the kernel choose.
        DataOffset(sectors: Sectors) = "data_offset",
        /// The journal device of levels 4, 5 and 6.
        JournalDev(device: DeviceRef) = "journal_dev",
        /// How the journal device is used.
        JournalMode(mode: RaidJournalMode) = "journal_mode",
    }
}

/// The two devices of one place in an array; a missing one is `-` in the table.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct RaidDevice {
    /// The device with superblock and bitmap.
    pub metadata: Option<DeviceRef>,
    /// The device with the data.
    pub data: Option<DeviceRef>,
}

/// `type #params chunk_size options… count (metadata data)…`.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Raid {
    /// Level and layout.
    pub raid_type: RaidType,
    /// The stripe size; 0 for raid1.
    pub chunk_size: Sectors,
    /// The options, in the order of the text. The kernel takes any order.
    pub options: Vec<RaidOption>,
    /// The devices.
    pub devices: Vec<RaidDevice>,
}

impl Parameters for Raid {
    const NAME: &'static str = "raid";

    fn read(words: &mut Words<'_>) -> Result<Self, ParseError> {
        let raid_type = words.value("the raid type")?;
        let count: usize = words.value("the number of parameters")?;
        let end = words.index().saturating_add(count);
        let chunk_size = words.value("the chunk size")?;
        let mut options = Vec::new();
        while words.index() < end {
            options.push(RaidOption::read(words)?);
        }
        if words.index() != end {
            return Err(words.error(Reason::Count { what: "the number of parameters" }));
        }
        let devices = words.list("the number of devices", |words| {
            Ok(RaidDevice {
                metadata: words.optional("a metadata device")?,
                data: words.optional("a data device")?,
            })
        })?;
        Ok(Self { raid_type, chunk_size, options, devices })
    }

    fn check(&self, _length: Sectors) -> Result<(), &'static str> {
        if self.devices.is_empty() || self.devices.len() > DEVICES_MAX {
            return Err("an array has 1 to 253 devices");
        }
        let opposites = [RaidOption::Sync, RaidOption::NoSync];
        if opposites.iter().all(|option| self.options.contains(option)) {
            return Err("sync and nosync exclude each other");
        }
        Ok(())
    }

    fn devices(&self) -> Vec<&DeviceRef> {
        let journal = self.options.iter().filter_map(|option| match option {
            RaidOption::JournalDev(device) => Some(device),
            _ => None,
        });
        let pairs = self.devices.iter().flat_map(|pair| pair.metadata.iter().chain(&pair.data));
        journal.chain(pairs).collect()
    }

    fn devices_mut(&mut self) -> Vec<&mut DeviceRef> {
        let journal = self.options.iter_mut().filter_map(|option| match option {
            RaidOption::JournalDev(device) => Some(device),
            _ => None,
        });
        let pairs = self.devices.iter_mut().flat_map(|pair| pair.metadata.iter_mut().chain(&mut pair.data));
        journal.chain(pairs).collect()
    }
}

impl fmt::Display for Raid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {} {}", self.raid_type, 1 + word_count(&self.options), self.chunk_size.0)?;
        print_options(f, &self.options)?;
        write!(f, " {}", self.devices.len())?;
        self.devices.iter().try_for_each(|pair| {
            write!(f, " {} {}", OrDash(pair.metadata.as_ref()), OrDash(pair.data.as_ref()))
        })
    }
}

word_enum! {
    /// How a device of an array, or its journal, fares.
    RaidHealth {
        /// Alive and in sync; a journal that writes through.
        InSync = "A",
        /// Alive and not in sync; a journal that writes back.
        OutOfSync = "a",
        /// Dead.
        Dead = "D",
        /// Missing, or no journal.
        Missing = "-",
    }
}

word_enum! {
    /// What an array does beside its work.
    SyncAction {
        /// Nothing.
        Idle = "idle",
        /// What it did is halted.
        Frozen = "frozen",
        /// The first synchronisation, or one after an unclean shutdown.
        Resync = "resync",
        /// A device is rebuilt.
        Recover = "recover",
        /// The copies or parities are compared.
        Check = "check",
        /// They are compared and corrected.
        Repair = "repair",
        /// The layout is changed.
        Reshape = "reshape",
        /// The start of the first synchronisation (an example in the kernel's doc).
        Init = "init",
        /// The kernel cannot say.
        Undefined = "undef",
    }
}

/// `type count health in_sync/total [action mismatches [data_offset [journal]]]`.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct RaidStatus {
    /// Level and layout.
    pub raid_type: RaidType,
    /// How each device fares.
    pub health: Vec<RaidHealth>,
    /// How much of `total` is in sync.
    pub in_sync: u64,
    /// The sectors of one device (levels 0, 4, 5, 6) or of the array (levels 1, 10).
    pub total: u64,
    /// What it does beside its work (target version 1.5).
    pub action: Option<SyncAction>,
    /// Differences that the last check found (target version 1.5).
    pub mismatches: Option<u64>,
    /// Where the data begins on each device (target version 1.9).
    pub data_offset: Option<Sectors>,
    /// How the journal fares (target version 1.10).
    pub journal: Option<RaidHealth>,
}

impl RaidStatus {
    /// True when the array is in sync and does nothing else. Right after an array was made, devices
    /// may still be reported out of sync with the ratio already full; that is not idle.
    #[must_use]
    pub fn is_in_sync(&self) -> bool {
        self.in_sync == self.total
            && self.action.is_none_or(|action| action == SyncAction::Idle)
            && self.health.iter().all(|health| *health == RaidHealth::InSync)
    }
}

impl StatusText for RaidStatus {
    fn read(words: &mut Words<'_>) -> Result<Self, ParseError> {
        let raid_type = words.value("the raid type")?;
        let count: usize = words.value("the number of devices")?;
        let health = words.letters("the health of the devices")?;
        if health.len() != count {
            return Err(words.error(Reason::Count { what: "the number of devices" }));
        }
        let (in_sync, total) = words.ratio("the sectors in sync")?;
        let mut status = Self {
            raid_type,
            health,
            in_sync,
            total,
            action: None,
            mismatches: None,
            data_offset: None,
            journal: None,
        };
        if words.peek().is_some() {
            status.action = Some(words.value("the sync action")?);
            status.mismatches = Some(words.value("the number of mismatches")?);
        }
        if words.peek().is_some() {
            status.data_offset = Some(words.value("the data offset")?);
        }
        if words.peek().is_some() {
            status.journal = Some(words.value("the journal's health")?);
        }
        Ok(status)
    }
}

impl fmt::Display for RaidStatus {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {} ", self.raid_type, self.health.len())?;
        self.health.iter().try_for_each(|health| f.write_str(health.name()))?;
        write!(f, " {}/{}", self.in_sync, self.total)?;
        let (Some(action), Some(mismatches)) = (self.action, self.mismatches) else { return Ok(()) };
        write!(f, " {action} {mismatches}")?;
        let Some(data_offset) = self.data_offset else { return Ok(()) };
        write!(f, " {}", data_offset.0)?;
        self.journal.iter().try_for_each(|journal| write!(f, " {journal}"))
    }
}
