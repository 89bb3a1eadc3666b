//! The structs and enums that C fills in.

use std::mem::MaybeUninit;

use lvmkit_rs::lock::Wait;
use lvmkit_rs::{
    AllocationPolicy, Bytes, Error, Extents, NewLv, NewLvKind, NewVg, Options, Overwrite, PvArgument, PvId,
    PvOptions, Result, Size,
};

use crate::ffi::{Params, Text, Texts, checked};

/// Bits of lvmkit_options.flags.
#[repr(i32)]
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum lvmkit_open_flag {
    /// Refuse every change.
    LVMKIT_OPEN_READ_ONLY = 1,
    /// Do not flush to the medium: for images that are thrown away when their making fails.
    LVMKIT_OPEN_NO_FLUSH = 2,
    /// Take no locks: only when nobody else can use the devices.
    LVMKIT_OPEN_NO_LOCKING = 4,
    /// Do not wait for locks.
    LVMKIT_OPEN_NO_WAIT = 8,
}

/// Bits of lvmkit_new_vg.flags.
#[repr(i32)]
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum lvmkit_new_vg_flag {
    /// The group is not activated automatically.
    LVMKIT_NEW_VG_NO_AUTOACTIVATION = 1,
}

/// Bits of lvmkit_new_pv.flags.
#[repr(i32)]
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum lvmkit_new_pv_flag {
    /// It has no metadata area: other physical volumes of its group hold the metadata.
    LVMKIT_NEW_PV_NO_METADATA = 1,
}

/// Bits of lvmkit_new_lv.flags.
#[repr(i32)]
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum lvmkit_new_lv_flag {
    /// The volume cannot be written.
    LVMKIT_NEW_LV_READ_ONLY = 1,
    /// The volume is left out of plain activation.
    LVMKIT_NEW_LV_ACTIVATION_SKIP = 2,
    /// The volume is not activated automatically.
    LVMKIT_NEW_LV_NO_AUTOACTIVATION = 4,
    /// Its first 4 KiB are not zeroed.
    LVMKIT_NEW_LV_NO_ZERO = 8,
    /// Signatures that its extents carry are not wiped.
    LVMKIT_NEW_LV_NO_WIPE = 16,
}

/// How a new volume is mapped.
#[repr(i32)]
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum lvmkit_segtype {
    /// On one physical volume after the other.
    LVMKIT_SEGTYPE_LINEAR = 0,
    /// Over several physical volumes in turn.
    LVMKIT_SEGTYPE_STRIPED = 1,
    /// Every access fails; takes no extents.
    LVMKIT_SEGTYPE_ERROR = 2,
    /// Reads give zeroes; takes no extents.
    LVMKIT_SEGTYPE_ZERO = 3,
}

/// What the value of an lvmkit_size counts.
#[repr(i32)]
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum lvmkit_size_unit {
    /// Bytes, rounded up to whole extents.
    LVMKIT_SIZE_BYTES = 0,
    /// Logical extents.
    LVMKIT_SIZE_EXTENTS = 1,
    /// Percent of the group's extents.
    LVMKIT_SIZE_PERCENT_VG = 2,
    /// Percent of the group's free extents.
    LVMKIT_SIZE_PERCENT_FREE = 3,
    /// Percent of the free extents of the physical volumes named.
    LVMKIT_SIZE_PERCENT_PVS = 4,
    /// Percent of the origin's extents, for snapshots.
    LVMKIT_SIZE_PERCENT_ORIGIN = 5,
    /// Percent of the volume's own extents, when resizing.
    LVMKIT_SIZE_PERCENT_LV = 6,
}

/// Where new extents go.
#[repr(i32)]
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum lvmkit_allocation_policy {
    /// In a struct: NORMAL for a group, INHERIT for a volume. From a function: nothing to tell.
    LVMKIT_ALLOCATION_DEFAULT = 0,
    /// Directly behind the last ones.
    LVMKIT_ALLOCATION_CONTIGUOUS = 1,
    /// On the physical volumes the volume uses already.
    LVMKIT_ALLOCATION_CLING = 2,
    /// On physical volumes that share a tag with those in use.
    LVMKIT_ALLOCATION_CLING_BY_TAGS = 3,
    /// Anywhere, but parallel areas on different physical volumes.
    LVMKIT_ALLOCATION_NORMAL = 4,
    /// Anywhere at all.
    LVMKIT_ALLOCATION_ANYWHERE = 5,
    /// What the volume group says.
    LVMKIT_ALLOCATION_INHERIT = 6,
}

/// What may be overwritten when a device becomes a physical volume.
#[repr(i32)]
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum lvmkit_overwrite {
    /// Nothing: a device that carries a partition table, filesystem, LUKS, md, swap or LVM
    /// signature is refused with LVMKIT_IN_USE.
    LVMKIT_OVERWRITE_REFUSE = 0,
    /// Signatures of other things.
    LVMKIT_OVERWRITE_SIGNATURES = 1,
    /// Also a physical volume that a group uses.
    LVMKIT_OVERWRITE_USED_PV = 2,
}

/// How large something should be: { LVMKIT_SIZE_BYTES, 8ULL << 30 }, { LVMKIT_SIZE_PERCENT_FREE, 50 }.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct lvmkit_size {
    /// What value counts.
    pub unit: MaybeUninit<lvmkit_size_unit>,
    /// How many.
    pub value: u64,
}

/// What lvmkit_open() looks at and how it works. Nothing is taken from the environment.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct lvmkit_options {
    /// sizeof (lvmkit_options)
    pub struct_size: usize,
    /// The devices and image files to look at, with a NULL behind the last: nothing else is
    /// touched. "disk.img#2" is partition 2 of an image; partitions with a physical volume are
    /// found without that too. NULL means the block devices of the machine that LVM2 would look
    /// at; the devices file /etc/lvm/devices/system.devices is obeyed when it is there, lvm.conf
    /// is not read.
    pub devices: Texts,
    /// Bits of lvmkit_open_flag.
    pub flags: u32,
    /// How long to wait for locks; 0 means a minute.
    pub lock_wait_seconds: u32,
    /// Not 0: ids come from this number, and host and time zone are neutral. With time two runs
    /// then give byte-identical images.
    pub seed: u64,
    /// Not 0: the time that is recorded, in seconds since 1970-01-01 UTC, instead of now.
    pub time: u64,
    /// The command line that the metadata names as its origin; NULL means "lvmkit".
    pub command: Text,
    /// Where to keep the state after the last change of each group, in lvm2's format; NULL means
    /// nowhere.
    pub backup_dir: Text,
    /// Where to keep the states before each change, in lvm2's format; NULL means nowhere.
    pub archive_dir: Text,
    /// The system id of this host; groups with another one are shown and not changed.
    pub system_id: Text,
}

/// How a device becomes a physical volume.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct lvmkit_new_pv {
    /// sizeof (lvmkit_new_pv)
    pub struct_size: usize,
    /// What may be overwritten on it.
    pub overwrite: MaybeUninit<lvmkit_overwrite>,
    /// Bits of lvmkit_new_pv_flag.
    pub flags: u32,
    /// The id to give it; NULL means a new one.
    pub id: Text,
    /// At least so many bytes for each metadata area; 0 means about a MiB.
    pub metadata_size_bytes: u64,
    /// Extents begin at a multiple of this; 0 means a MiB.
    pub data_alignment_bytes: u64,
    /// Shifts that by so much.
    pub data_alignment_offset_bytes: u64,
    /// Bytes kept for a boot loader.
    pub bootloader_area_size_bytes: u64,
    /// Metadata areas: 1 or 2; 0 means 1.
    pub metadata_copies: u32,
}

/// A new volume group.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct lvmkit_new_vg {
    /// sizeof (lvmkit_new_vg)
    pub struct_size: usize,
    /// Its name.
    pub name: Text,
    /// The size of one extent; 0 means 4 MiB.
    pub extent_size_bytes: u64,
    /// The most logical volumes; 0 means no limit.
    pub max_lv: u32,
    /// The most physical volumes; 0 means no limit.
    pub max_pv: u32,
    /// Where new extents go.
    pub allocation_policy: MaybeUninit<lvmkit_allocation_policy>,
    /// How many metadata areas are in use; 0 means all.
    pub metadata_copies: u32,
    /// Tags, with a NULL behind the last; NULL means none.
    pub tags: Texts,
    /// The host that owns it; NULL means any.
    pub system_id: Text,
    /// How devices that are no physical volumes become some; NULL means the defaults.
    pub new_pv: Params<lvmkit_new_pv>,
    /// Bits of lvmkit_new_vg_flag.
    pub flags: u32,
}

/// A new logical volume.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct lvmkit_new_lv {
    /// sizeof (lvmkit_new_lv)
    pub struct_size: usize,
    /// Its name; NULL means the next free lvolN.
    pub name: Text,
    /// How it is mapped.
    pub r#type: MaybeUninit<lvmkit_segtype>,
    /// Bits of lvmkit_new_lv_flag.
    pub flags: u32,
    /// Its size.
    pub size: lvmkit_size,
    /// LVMKIT_SEGTYPE_STRIPED: over how many physical volumes. 0 otherwise.
    pub stripes: u32,
    /// Where its extents go, now and later.
    pub allocation_policy: MaybeUninit<lvmkit_allocation_policy>,
    /// Bytes on one physical volume before the next has its turn; 0 means 64 KiB.
    pub stripe_size_bytes: u64,
    /// The physical volumes to use, with a NULL behind the last: "PATH", "PATH:0-99" (extents) or
    /// "@TAG". NULL means all.
    pub pvs: Texts,
    /// Tags, with a NULL behind the last; NULL means none.
    pub tags: Texts,
}

/// True when the bit is set in `flags`; it is taken out, so that those left over are unknown ones.
fn take(flags: &mut u32, bit: i32) -> bool {
    let bit = bit.unsigned_abs();
    let set = *flags & bit != 0;
    *flags &= !bit;
    set
}

fn no_more(flags: u32, name: &str) -> Result<()> {
    match flags {
        0 => Ok(()),
        unknown => Err(Error::invalid(format!("flags of {name} has unknown bits {unknown:#x}"))),
    }
}

/// The number unless it is 0, which stands for the default.
fn bytes(value: u64) -> Option<Bytes> {
    (value != 0).then_some(Bytes(value))
}

/// The options of `lvmkit_open`.
pub(crate) fn options(from: &lvmkit_options) -> Result<Options> {
    let mut flags = from.flags;
    let mut options = Options::new()
        .devices(from.devices.get("devices")?)
        .read_only(take(&mut flags, lvmkit_open_flag::LVMKIT_OPEN_READ_ONLY as i32))
        .flush(!take(&mut flags, lvmkit_open_flag::LVMKIT_OPEN_NO_FLUSH as i32))
        .locking(!take(&mut flags, lvmkit_open_flag::LVMKIT_OPEN_NO_LOCKING as i32));
    if take(&mut flags, lvmkit_open_flag::LVMKIT_OPEN_NO_WAIT as i32) {
        options = options.lock_wait(Wait::No);
    } else if from.lock_wait_seconds != 0 {
        let wait = std::time::Duration::from_secs(from.lock_wait_seconds.into());
        options = options.lock_wait(Wait::For(wait));
    }
    no_more(flags, "options")?;
    if from.seed != 0 {
        options = options.seed(from.seed);
    }
    if from.time != 0 {
        options = options.time(from.time);
    }
    if let Some(command) = from.command.optional("command")? {
        options = options.command(command);
    }
    if let Some(dir) = from.backup_dir.optional("backup_dir")? {
        options = options.backup_dir(dir);
    }
    if let Some(dir) = from.archive_dir.optional("archive_dir")? {
        options = options.archive_dir(dir);
    }
    if let Some(id) = from.system_id.optional("system_id")? {
        options = options.system_id(id);
    }
    Ok(options)
}

/// The options of a new physical volume, and what may be overwritten; the defaults for NULL.
pub(crate) fn new_pv(from: Params<lvmkit_new_pv>) -> Result<(PvOptions, Overwrite)> {
    let Some(from) = from.optional("new_pv")? else { return Ok((PvOptions::default(), Overwrite::Refuse)) };
    let overwrite = match checked(from.overwrite, "overwrite")? {
        lvmkit_overwrite::LVMKIT_OVERWRITE_REFUSE => Overwrite::Refuse,
        lvmkit_overwrite::LVMKIT_OVERWRITE_SIGNATURES => Overwrite::Signatures,
        lvmkit_overwrite::LVMKIT_OVERWRITE_USED_PV => Overwrite::UsedPv,
    };
    let id = from.id.optional("id")?.map(PvId::parse).transpose();
    let id = id.map_err(|error| Error::invalid(format!("id of new_pv: {error}")))?;
    let mut flags = from.flags;
    let metadata_copies = match from.metadata_copies {
        copies if take(&mut flags, lvmkit_new_pv_flag::LVMKIT_NEW_PV_NO_METADATA as i32) => {
            if copies != 0 {
                return Err(Error::invalid("metadata_copies is set, and LVMKIT_NEW_PV_NO_METADATA too"));
            }
            Some(0)
        }
        0 => None,
        copies => Some(copies),
    };
    no_more(flags, "new_pv")?;
    let options = PvOptions {
        id,
        metadata_size: bytes(from.metadata_size_bytes),
        metadata_copies,
        data_alignment: bytes(from.data_alignment_bytes),
        data_alignment_offset: bytes(from.data_alignment_offset_bytes),
        bootloader_area_size: bytes(from.bootloader_area_size_bytes),
        ..PvOptions::default()
    };
    Ok((options, overwrite))
}

/// A new group.
pub(crate) fn new_vg(from: &lvmkit_new_vg) -> Result<NewVg> {
    let mut flags = from.flags;
    let mut new = NewVg::new(from.name.get("name")?)
        .max_lv(from.max_lv)
        .max_pv(from.max_pv)
        .metadata_copies(from.metadata_copies)
        .autoactivation(!take(&mut flags, lvmkit_new_vg_flag::LVMKIT_NEW_VG_NO_AUTOACTIVATION as i32));
    no_more(flags, "new_vg")?;
    if let Some(size) = bytes(from.extent_size_bytes) {
        new = new.extent_size(size);
    }
    if let Some(policy) = policy(from.allocation_policy)? {
        new = new.allocation_policy(policy);
    }
    for tag in from.tags.get("tags")? {
        new = new.tag(tag);
    }
    if let Some(id) = from.system_id.optional("system_id")? {
        new = new.system_id(id);
    }
    Ok(new)
}

/// A new volume.
pub(crate) fn new_lv(from: &lvmkit_new_lv) -> Result<NewLv> {
    let kind = match checked(from.r#type, "type")? {
        lvmkit_segtype::LVMKIT_SEGTYPE_LINEAR => NewLvKind::Linear,
        lvmkit_segtype::LVMKIT_SEGTYPE_STRIPED => NewLvKind::Striped { stripes: from.stripes },
        lvmkit_segtype::LVMKIT_SEGTYPE_ERROR => NewLvKind::Error,
        lvmkit_segtype::LVMKIT_SEGTYPE_ZERO => NewLvKind::Zero,
    };
    if !matches!(kind, NewLvKind::Striped { .. }) && from.stripes > 1 {
        return Err(Error::invalid("stripes is set for a volume that is not striped")
            .with_help("set type to LVMKIT_SEGTYPE_STRIPED"));
    }
    let pvs = from.pvs.get("pvs")?.into_iter().map(PvArgument::parse).collect::<Result<Vec<_>>>()?;
    let mut new = NewLv::new(kind, size(from.size)?).on(pvs);
    let mut flags = from.flags;
    if take(&mut flags, lvmkit_new_lv_flag::LVMKIT_NEW_LV_READ_ONLY as i32) {
        new = new.writable(false);
    }
    if take(&mut flags, lvmkit_new_lv_flag::LVMKIT_NEW_LV_ACTIVATION_SKIP as i32) {
        new = new.activation_skip(true);
    }
    if take(&mut flags, lvmkit_new_lv_flag::LVMKIT_NEW_LV_NO_AUTOACTIVATION as i32) {
        new = new.autoactivation(false);
    }
    if take(&mut flags, lvmkit_new_lv_flag::LVMKIT_NEW_LV_NO_ZERO as i32) {
        new = new.zero(false);
    }
    if take(&mut flags, lvmkit_new_lv_flag::LVMKIT_NEW_LV_NO_WIPE as i32) {
        new = new.wipe_signatures(false);
    }
    no_more(flags, "new_lv")?;
    if let Some(name) = from.name.optional("name")? {
        new = new.name(name);
    }
    if let Some(size) = bytes(from.stripe_size_bytes) {
        new = new.stripe_size(size);
    }
    if let Some(policy) = policy(from.allocation_policy)? {
        new = new.allocation_policy(policy);
    }
    for tag in from.tags.get("tags")? {
        new = new.tag(tag);
    }
    Ok(new)
}

/// A size.
pub(crate) fn size(from: lvmkit_size) -> Result<Size> {
    let unit = checked(from.unit, "unit")?;
    if unit == lvmkit_size_unit::LVMKIT_SIZE_BYTES {
        return Ok(Size::Bytes(Bytes(from.value)));
    }
    let value = u32::try_from(from.value).map_err(|_| {
        Error::invalid(format!("{} is too large for a size that is not in bytes", from.value))
    })?;
    Ok(match unit {
        lvmkit_size_unit::LVMKIT_SIZE_BYTES | lvmkit_size_unit::LVMKIT_SIZE_EXTENTS => {
            Size::Extents(Extents(value))
        }
        lvmkit_size_unit::LVMKIT_SIZE_PERCENT_VG => Size::PercentVg(value),
        lvmkit_size_unit::LVMKIT_SIZE_PERCENT_FREE => Size::PercentFree(value),
        lvmkit_size_unit::LVMKIT_SIZE_PERCENT_PVS => Size::PercentPvs(value),
        lvmkit_size_unit::LVMKIT_SIZE_PERCENT_ORIGIN => Size::PercentOrigin(value),
        lvmkit_size_unit::LVMKIT_SIZE_PERCENT_LV => Size::PercentLv(value),
    })
}

/// A policy that C set; `None` when it left the default.
fn policy(from: MaybeUninit<lvmkit_allocation_policy>) -> Result<Option<AllocationPolicy>> {
    use lvmkit_allocation_policy::*;
    Ok(Some(match checked(from, "allocation_policy")? {
        LVMKIT_ALLOCATION_DEFAULT => return Ok(None),
        LVMKIT_ALLOCATION_CONTIGUOUS => AllocationPolicy::Contiguous,
        LVMKIT_ALLOCATION_CLING => AllocationPolicy::Cling,
        LVMKIT_ALLOCATION_CLING_BY_TAGS => AllocationPolicy::ClingByTags,
        LVMKIT_ALLOCATION_NORMAL => AllocationPolicy::Normal,
        LVMKIT_ALLOCATION_ANYWHERE => AllocationPolicy::Anywhere,
        LVMKIT_ALLOCATION_INHERIT => AllocationPolicy::Inherit,
    }))
}

/// A policy for C.
pub(crate) fn policy_to_c(policy: AllocationPolicy) -> lvmkit_allocation_policy {
    use lvmkit_allocation_policy::*;
    match policy {
        AllocationPolicy::Contiguous => LVMKIT_ALLOCATION_CONTIGUOUS,
        AllocationPolicy::Cling => LVMKIT_ALLOCATION_CLING,
        AllocationPolicy::ClingByTags => LVMKIT_ALLOCATION_CLING_BY_TAGS,
        AllocationPolicy::Normal => LVMKIT_ALLOCATION_NORMAL,
        AllocationPolicy::Anywhere => LVMKIT_ALLOCATION_ANYWHERE,
        AllocationPolicy::Inherit => LVMKIT_ALLOCATION_INHERIT,
    }
}
