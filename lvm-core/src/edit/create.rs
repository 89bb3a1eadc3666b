//! Creating logical volumes.

use std_alloc::{borrow::ToOwned, format, string::String, sync::Arc, vec::Vec};

use super::{DataStep, Edit, VgDraft};
use crate::alloc::size::{SizeInExtents, create_extents};
use crate::alloc::{PvArgument, PvSelection, Request, Shape, allocate, append_segments};
use crate::error::{Error, ErrorKind, Result};
use crate::id::{Id, LvId};
use crate::metadata::{
    AllocationPolicy, LogicalVolume, LvStatus, PvMap, RareValues, ReadAhead, Segment, SegmentKind,
};
use crate::units::{Bytes, Extents, Sectors, Size};

/// Most stripes a volume can have.
const STRIPES_MAX: u32 = 128;
const DEFAULT_STRIPE_SIZE: Bytes = Bytes::kib(64);
const MIN_STRIPE_SIZE: Bytes = Bytes::kib(4);
/// What lvcreate zeroes at the start of a new volume.
const ZERO_LENGTH: Bytes = Bytes::kib(4);

/// How a new volume is mapped.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[non_exhaustive]
pub enum NewLvKind {
    /// On one physical volume after the other.
    Linear,
    /// Over several physical volumes in turn.
    Striped {
        /// How many.
        stripes: u32,
    },
    /// Every access fails; takes no extents.
    Error,
    /// Reads give zeroes; takes no extents.
    Zero,
}

/// A new logical volume (lvcreate(8)).
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct NewLv {
    pub(super) name: Option<String>,
    size: Size,
    pub(super) kind: NewLvKind,
    stripe_size: Option<Bytes>,
    allocation_policy: AllocationPolicy,
    pub(super) pvs: Vec<PvArgument>,
    tags: Vec<String>,
    writable: bool,
    activation_skip: bool,
    autoactivation: bool,
    minor: Option<(Option<i32>, i32)>,
    read_ahead: ReadAhead,
    zero: bool,
    wipe_signatures: bool,
}

impl NewLv {
    /// A volume of any kind.
    #[must_use]
    pub fn new(kind: NewLvKind, size: impl Into<Size>) -> Self {
        let has_data = matches!(kind, NewLvKind::Linear | NewLvKind::Striped { .. });
        Self {
            name: None,
            size: size.into(),
            kind,
            stripe_size: None,
            allocation_policy: AllocationPolicy::Inherit,
            pvs: Vec::new(),
            tags: Vec::new(),
            writable: true,
            activation_skip: false,
            autoactivation: true,
            minor: None,
            read_ahead: ReadAhead::Auto,
            zero: has_data,
            wipe_signatures: has_data,
        }
    }

    /// A linear volume.
    #[must_use]
    pub fn linear(name: impl Into<String>, size: impl Into<Size>) -> Self {
        Self::new(NewLvKind::Linear, size).name(name)
    }

    /// A striped volume. The size is rounded up to whole stripes.
    #[must_use]
    pub fn striped(name: impl Into<String>, size: impl Into<Size>, stripes: u32) -> Self {
        Self::new(NewLvKind::Striped { stripes }, size).name(name)
    }

    /// `--name`; without one it is called `lvolN`.
    #[must_use]
    pub fn name(mut self, name: impl Into<String>) -> Self {
        self.name = Some(name.into());
        self
    }

    /// `--stripesize`: a power of two from 4 KiB to the extent size; 64 KiB by default.
    #[must_use]
    pub fn stripe_size(mut self, size: Bytes) -> Self {
        self.stripe_size = Some(size);
        self
    }

    /// `--alloc`; stored, so that later extensions inherit it.
    #[must_use]
    pub fn allocation_policy(mut self, policy: AllocationPolicy) -> Self {
        self.allocation_policy = policy;
        self
    }

    /// The physical volumes to use, in order; none means all.
    #[must_use]
    pub fn on(mut self, pvs: impl IntoIterator<Item = PvArgument>) -> Self {
        self.pvs = pvs.into_iter().collect();
        self
    }

    /// `--addtag`.
    #[must_use]
    pub fn tag(mut self, tag: impl Into<String>) -> Self {
        self.tags.push(tag.into());
        self
    }

    /// `--permission`: false makes it read-only.
    #[must_use]
    pub fn writable(mut self, writable: bool) -> Self {
        self.writable = writable;
        self
    }

    /// `--setactivationskip`: left out of plain activation.
    #[must_use]
    pub fn activation_skip(mut self, skip: bool) -> Self {
        self.activation_skip = skip;
        self
    }

    /// `--setautoactivation`.
    #[must_use]
    pub fn autoactivation(mut self, on: bool) -> Self {
        self.autoactivation = on;
        self
    }

    /// `--persistent y --minor N [--major M]`.
    #[must_use]
    pub fn minor(mut self, major: Option<i32>, minor: i32) -> Self {
        self.minor = Some((major, minor));
        self
    }

    /// `--readahead`.
    #[must_use]
    pub fn read_ahead(mut self, read_ahead: ReadAhead) -> Self {
        self.read_ahead = read_ahead;
        self
    }

    /// `--zero`: zero its first 4 KiB; on by default.
    #[must_use]
    pub fn zero(mut self, zero: bool) -> Self {
        self.zero = zero;
        self
    }

    /// `--wipesignatures`: wipe known signatures that the extents carry; on by default.
    #[must_use]
    pub fn wipe_signatures(mut self, wipe: bool) -> Self {
        self.wipe_signatures = wipe;
        self
    }

    pub(super) fn stripes(&self) -> u32 {
        match self.kind {
            NewLvKind::Striped { stripes } => stripes,
            _ => 1,
        }
    }
}

impl VgDraft {
    /// Creates a logical volume and returns its id.
    ///
    /// # Errors
    /// `InsufficientSpace` when it does not fit ([`Error::help`] says why), `AlreadyExists` for a
    /// name in use, `InvalidInput` for a bad name, size or stripe size.
    #[doc(alias = "lvcreate")]
    pub fn create_lv(&mut self, new: NewLv) -> Result<LvId> {
        self.edit(|edit| {
            edit.require_complete()?;
            let name = match &new.name {
                Some(name) => name.clone(),
                None => edit.free_name(),
            };
            edit.check_new_lv_name(&name)?;
            edit.create_lv(&name, new).map_err(|error| error.with_lv(name))
        })
    }
}

impl Edit<'_> {
    /// `lvolN`, one above the highest number in use.
    pub(super) fn free_name(&self) -> String {
        let number = |lv: &Arc<LogicalVolume>| {
            let digits = lv.name.strip_prefix("lvol")?;
            let end = digits.bytes().position(|byte| !byte.is_ascii_digit()).unwrap_or(digits.len());
            digits.get(..end)?.parse::<u32>().ok()
        };
        let highest = self.vg.logical_volumes.iter().filter_map(number).max();
        format!("lvol{}", highest.map_or(0, |number| number.saturating_add(1)))
    }

    fn create_lv(&mut self, name: &str, new: NewLv) -> Result<LvId> {
        let visible = self.vg.logical_volumes().filter(|lv| lv.is_visible()).count();
        if self.vg.max_lv != 0 && visible >= usize::try_from(self.vg.max_lv).unwrap_or(usize::MAX) {
            return Err(Error::invalid(format!(
                "Maximum number of logical volumes ({}) reached in volume group {}",
                self.vg.max_lv, self.vg.name
            )));
        }
        let map = self.pv_map()?;
        let selection = self.resolve_pvs(&new.pvs, &map)?;
        let segments = self.new_segments(name, &new, &map, selection)?;
        let id = LvId(Id::random(&mut *self.stamp.ids));
        let mut status = LvStatus::READ | LvStatus::VISIBLE;
        status.set(LvStatus::WRITE, new.writable);
        status.set(LvStatus::ACTIVATION_SKIP, new.activation_skip);
        status.set(LvStatus::NOAUTOACTIVATE, !new.autoactivation);
        status.set(LvStatus::FIXED_MINOR, new.minor.is_some());
        for tag in &new.tags {
            crate::name::check_tag(tag).map_err(|error| Error::invalid(format!("{error}")))?;
        }
        let mut tags: Vec<String> = Vec::new();
        for tag in new.tags {
            if !tags.contains(&tag) {
                tags.push(tag);
            }
        }
        let rare = RareValues {
            major: new.minor.and_then(|(major, _)| major),
            minor: new.minor.map(|(_, minor)| minor),
            ..RareValues::default()
        };
        self.vg.logical_volumes.push(Arc::new(LogicalVolume {
            name: name.to_owned(),
            id,
            status,
            tags: tags.into(),
            creation_time: Some(self.stamp.time),
            creation_host: Some(self.stamp.host.nodename.as_str().into()),
            allocation_policy: new.allocation_policy,
            read_ahead: new.read_ahead,
            segments: segments.into(),
            rare: rare.into(),
            extent_size: self.vg.extent_size,
            visible: true,
        }));
        if new.wipe_signatures {
            self.steps.push(DataStep::WipeSignatures { lv: id });
        }
        if new.zero {
            self.steps.push(DataStep::Zero { lv: id, length: ZERO_LENGTH });
        }
        Ok(id)
    }

    fn new_segments(
        &mut self,
        name: &str,
        new: &NewLv,
        map: &PvMap,
        selection: PvSelection,
    ) -> Result<Vec<Segment>> {
        let stripes = new.stripes();
        let policy = match new.allocation_policy {
            AllocationPolicy::Inherit => self.vg.allocation_policy,
            policy => policy,
        };
        check_stripes(stripes)?;
        let pvs = selection.pv_count(&self.vg);
        // Only an explicit request lifts this, not an inherited policy.
        if usize::try_from(stripes).unwrap_or(usize::MAX) > pvs
            && new.allocation_policy != AllocationPolicy::Anywhere
        {
            return Err(Error::invalid(format!(
                "Number of stripes ({stripes}) must not exceed number of physical volumes ({pvs})"
            )));
        }
        let stripe_size = self.check_stripe_size(new.stripe_size, stripes)?;
        let sized = self.new_extents(new, map, &selection)?;
        let SizeInExtents { extents, approximate } = sized;
        let kind = match new.kind {
            NewLvKind::Error => SegmentKind::Error,
            NewLvKind::Zero => SegmentKind::Zero,
            NewLvKind::Linear | NewLvKind::Striped { .. } => {
                let free = map.total_free();
                if extents > free && !approximate {
                    return Err(self.group_too_small(extents, free, policy));
                }
                let request = self.new_request(name, new, sized, selection);
                let placement = allocate(&self.vg, map, &request)?;
                let mut segments = Vec::new();
                append_segments(&mut segments, &placement, stripe_size);
                return Ok(segments);
            }
        };
        Ok(std_alloc::vec![Segment::new(0, extents.0, kind)])
    }

    /// How many extents a new volume is to have.
    pub(super) fn new_extents(
        &self,
        new: &NewLv,
        map: &PvMap,
        selection: &PvSelection,
    ) -> Result<SizeInExtents> {
        let basis = self.size_basis(&new.pvs, map, selection);
        create_extents(new.size, new.stripes(), &basis)
    }

    /// What the allocator is asked for.
    pub(super) fn new_request(
        &self,
        name: &str,
        new: &NewLv,
        sized: SizeInExtents,
        selection: PvSelection,
    ) -> Request {
        Request::new(name, sized.extents, Shape::striped(new.stripes()))
            .policy(new.allocation_policy)
            .on(selection)
            .approximate(sized.approximate)
            .settings(self.settings.clone())
    }

    fn group_too_small(&self, needed: Extents, free: Extents, policy: AllocationPolicy) -> Error {
        let name = &self.vg.name;
        let message = format!(
            "Volume group \"{name}\" has insufficient free space ({free} extents): {needed} required."
        );
        let missing = Extents(needed.0.saturating_sub(free.0)).to_bytes(self.vg.extent_size);
        Error::new(ErrorKind::InsufficientSpace { needed, free, policy: policy.as_str() }, message).with_help(
            format!("add physical volumes with at least {missing}, or ask for at most {free} extents"),
        )
    }

    pub(super) fn check_stripe_size(&mut self, size: Option<Bytes>, stripes: u32) -> Result<Sectors> {
        let size = size.unwrap_or(DEFAULT_STRIPE_SIZE);
        if !size.0.is_power_of_two() || size < MIN_STRIPE_SIZE {
            return Err(Error::invalid(format!("Invalid stripe size {size}."))
                .with_help("it is a power of two of at least 4 KiB"));
        }
        let extent = self.vg.extent_size.to_bytes();
        if stripes > 1 && size > extent {
            self.warn(format!(
                "Reducing requested stripe size {size} to maximum, physical extent size {extent}."
            ));
            return Ok(extent.to_sectors());
        }
        Ok(size.to_sectors())
    }
}

pub(super) fn check_stripes(stripes: u32) -> Result<()> {
    if (1..=STRIPES_MAX).contains(&stripes) {
        return Ok(());
    }
    Err(Error::invalid(format!("Number of stripes ({stripes}) must be between 1 and {STRIPES_MAX}.")))
}
