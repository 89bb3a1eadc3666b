//! Random edits that mostly make sense for the state they meet.

use lvmkit::{AllocationPolicy, Bytes, NewLvKind, PvOptions, ReadAhead, Size, VolumeGroup};

use crate::step::{
    Creation, Direction, Founding, LvChange, PvChange, PvWord, Resizing, Step, VgChange, extents,
};

/// A reproducible source of choices.
#[derive(Clone, Debug)]
pub struct Dice(lvmkit::core::SeededIds);

impl Dice {
    pub fn new(seed: u64) -> Self {
        Self(lvmkit::core::SeededIds::new(seed.wrapping_mul(0x2545_F491_4F6C_DD1D)))
    }

    /// A number below `limit`; 0 for a limit of 0.
    pub fn below(&mut self, limit: usize) -> usize {
        let limit = u64::try_from(limit.max(1)).unwrap();
        usize::try_from(self.0.next_u64() % limit).unwrap()
    }

    fn number(&mut self, low: u32, high: u32) -> u32 {
        low + u32::try_from(self.below(usize::try_from(high.saturating_sub(low)).unwrap() + 1)).unwrap()
    }

    /// True in `percent` of a hundred cases.
    pub fn chance(&mut self, percent: usize) -> bool {
        self.below(100) < percent
    }

    pub fn one<'a, T>(&mut self, of: &'a [T]) -> &'a T {
        &of[self.below(of.len())]
    }

    fn maybe<T>(&mut self, percent: usize, value: impl FnOnce(&mut Self) -> T) -> Option<T> {
        if self.chance(percent) { Some(value(self)) } else { None }
    }
}

/// What the generator knows of the state: the same on both sides.
#[derive(Clone, Debug, Default)]
pub struct View {
    pub groups: Vec<(VolumeGroup, Vec<usize>)>,
    pub orphans: Vec<usize>,
    pub blanks: Vec<usize>,
    pub sizes: Vec<u64>,
    /// No metadata area is ignored. A group that would be left without one in use cannot be split
    /// off here, and which are ignored is random there.
    pub all_areas_in_use: bool,
    /// Devices with a second metadata area.
    pub areas_at_end: Vec<usize>,
}

const TAGS: [&str; 4] = ["fast", "slow", "db.1", "a/b=c"];
const LV_NAMES: [&str; 7] = ["a", "b", "c", "data", "lvol3", "root-x", "a+b"];
const ODD_LV_NAMES: [&str; 6] = ["x_rimage_0", "pvmove1", "snapshot", "bad name", "-x", "swap_tmeta"];
const VG_NAMES: [&str; 4] = ["vg", "vg-0", "data.vg", "x+y"];
const POLICIES: [AllocationPolicy; 5] = [
    AllocationPolicy::Contiguous,
    AllocationPolicy::Cling,
    AllocationPolicy::Normal,
    AllocationPolicy::Anywhere,
    AllocationPolicy::Inherit,
];
const EXTENT_SIZES: [u64; 8] = [64, 128, 512, 1024, 1024, 2048, 4096, 384];

/// Sizes for the disks of one sequence, in bytes.
pub fn disk_sizes(dice: &mut Dice, count: usize) -> Vec<u64> {
    (0..count)
        .map(|_| match dice.below(10) {
            0 => 2 << 20,
            1 => (1 << 20) + (1 << 19),
            2 => u64::from(dice.number(5000, 60_000)) * 512,
            3 => u64::from(dice.number(6, 64)) << 20 | 4096,
            _ => u64::from(dice.number(6, 64)) << 20,
        })
        .collect()
}

impl Dice {
    fn pv_options(&mut self) -> PvOptions {
        let kib = |n: &u64| Bytes::kib(*n);
        let mut options = PvOptions {
            metadata_copies: self.maybe(45, |dice| *dice.one(&[0, 1, 2, 2])),
            metadata_size: self.maybe(20, |dice| kib(dice.one(&[1, 64, 300, 2048, 2100]))),
            data_alignment: self.maybe(20, |dice| kib(dice.one(&[4, 64, 100, 1024, 3072, 4096]))),
            ..PvOptions::default()
        };
        if options.data_alignment.is_some() {
            options.data_alignment_offset =
                self.maybe(30, |dice| Bytes(*dice.one(&[512, 3584, 4096, 65536])));
        }
        options
    }

    /// With what only `pvcreate` takes.
    fn pv_create_options(&mut self) -> PvOptions {
        PvOptions {
            bootloader_area_size: self.maybe(15, |dice| Bytes::kib(*dice.one(&[300, 1024]))),
            label_sector: self.maybe(10, |dice| u64::from(dice.number(0, 3))),
            ..self.pv_options()
        }
    }

    fn some(&mut self, from: &[usize], most: usize) -> Vec<usize> {
        let mut left = from.to_vec();
        let count = 1 + self.below(most.min(left.len()));
        (0..count.min(left.len())).map(|_| left.remove(self.below(left.len()))).collect()
    }

    fn policy(&mut self) -> AllocationPolicy {
        *self.one(&POLICIES)
    }

    fn tag(&mut self) -> String {
        (*self.one(&TAGS)).to_owned()
    }

    fn founding(&mut self, view: &View) -> Founding {
        let mut free = [&view.blanks[..], &view.orphans[..]].concat();
        free.sort_unstable();
        if free.is_empty() || self.chance(3) {
            free.extend(0..view.sizes.len());
        }
        let mut devices = self.some(&free, 4);
        devices.dedup();
        Founding {
            name: (*self.one(&VG_NAMES)).to_owned(),
            devices,
            options: if self.chance(50) { self.pv_options() } else { PvOptions::default() },
            extent_size: Bytes::kib(*self.one(&EXTENT_SIZES)),
            policy: self.maybe(30, Self::policy),
            tags: self.maybe(25, Self::tag).into_iter().collect(),
            max_lv: if self.chance(10) { self.number(1, 4) } else { 0 },
            max_pv: if self.chance(10) { self.number(2, 4) } else { 0 },
            metadata_copies: if self.chance(15) { self.number(1, 3) } else { 0 },
            autoactivation: !self.chance(10),
        }
    }

    /// Physical volume arguments, now and then odd ones.
    fn pv_words(&mut self, vg: &VolumeGroup, members: &[usize]) -> Vec<PvWord> {
        let chosen = self.some(members, 3);
        let words = chosen.into_iter().map(|device| {
            let at = members.iter().position(|member| *member == device).unwrap();
            let last = vg.physical_volumes()[at].pe_count().0.max(1) - 1;
            let ranges = match self.below(8) {
                0 => {
                    let start = self.number(0, last);
                    format!(":{start}-{}", self.number(start, last))
                }
                1 => format!(":{}-", self.number(0, last)),
                2 => {
                    let middle = last / 2;
                    format!(":{}-{last}:0-{}", (middle + 1).min(last), middle / 2)
                }
                3 => format!(":{}+{}", self.number(0, last), self.number(1, 9)),
                _ => String::new(),
            };
            PvWord::Device(device, ranges)
        });
        let mut words = words.collect::<Vec<_>>();
        if self.chance(8) {
            words.push(PvWord::Tag(self.tag()));
        }
        words
    }

    fn size(&mut self, vg: &VolumeGroup) -> Size {
        let free = vg.pv_map().map_or(1, |map| map.total_free().0).max(1);
        let extent = vg.extent_size().to_bytes().0;
        match self.below(12) {
            0 => Size::PercentVg(self.number(1, 110)),
            1 => Size::PercentFree(self.number(1, 100)),
            2 => Size::PercentPvs(self.number(1, 100)),
            3 => {
                let bytes = extent * u64::from(self.number(1, free.min(200))) / 2;
                Size::Bytes(Bytes(bytes.next_multiple_of(512)))
            }
            4 => extents(self.number(free / 2, free.saturating_add(2))),
            5 => extents(self.number(0, 1)),
            _ => extents(self.number(1, (free / 4).max(1))),
        }
    }

    fn lv_name(&mut self, vg: &VolumeGroup) -> String {
        let known = vg.logical_volumes().map(|lv| lv.name().to_owned()).collect::<Vec<_>>();
        if known.is_empty() || self.chance(3) {
            return (*self.one(&LV_NAMES)).to_owned();
        }
        self.one(&known).clone()
    }

    fn new_lv_name(&mut self) -> String {
        if self.chance(5) {
            return (*self.one(&ODD_LV_NAMES)).to_owned();
        }
        (*self.one(&LV_NAMES)).to_owned()
    }

    fn creation(&mut self, vg: &VolumeGroup, members: &[usize]) -> Creation {
        let kind = match self.below(20) {
            0 => NewLvKind::Error,
            1 => NewLvKind::Zero,
            2..8 => {
                let most = u32::try_from(members.len()).unwrap() + u32::from(self.chance(15));
                NewLvKind::Striped { stripes: self.number(1, most) }
            }
            _ => NewLvKind::Linear,
        };
        let striped = matches!(kind, NewLvKind::Striped { stripes } if stripes > 1);
        let placed = matches!(kind, NewLvKind::Linear | NewLvKind::Striped { .. });
        Creation {
            name: self.maybe(80, Self::new_lv_name),
            size: self.size(vg),
            kind,
            stripe_size: if striped {
                self.maybe(40, |dice| Bytes::kib(*dice.one(&[4, 32, 128, 2048, 96])))
            } else {
                None
            },
            policy: self.maybe(30, Self::policy),
            pvs: if placed {
                self.maybe(35, |dice| dice.pv_words(vg, members)).unwrap_or_default()
            } else {
                vec![]
            },
            tags: self.maybe(20, Self::tag).into_iter().collect(),
            writable: !self.chance(10),
            activation_skip: self.chance(10),
            minor: self.maybe(6, |dice| i32::try_from(dice.below(200)).unwrap()),
            read_ahead: match self.below(12) {
                0 => ReadAhead::None,
                1 => ReadAhead::Sectors(8 * self.number(1, 64)),
                _ => ReadAhead::Auto,
            },
        }
    }

    fn resizing(&mut self, vg: &VolumeGroup, members: &[usize]) -> Resizing {
        let name = self.lv_name(vg);
        let now = vg.logical_volume(&name).map_or(5, |lv| lv.extent_count().0);
        let direction = *self.one(&[
            Direction::ExtendBy,
            Direction::ExtendBy,
            Direction::ExtendTo,
            Direction::To,
            Direction::ReduceBy,
            Direction::ReduceTo,
        ]);
        let grows = matches!(direction, Direction::ExtendBy | Direction::ExtendTo | Direction::To);
        let size = match direction {
            _ if self.chance(15) => Size::PercentLv(self.number(1, 150)),
            Direction::ExtendBy => self.size(vg),
            Direction::ReduceBy | Direction::ReduceTo => extents(self.number(1, now.max(2) - 1)),
            Direction::ExtendTo => extents(self.number(now, now + 20)),
            Direction::To => match self.below(3) {
                0 => self.size(vg),
                _ => extents(self.number((now / 2).max(1), now + 10)),
            },
        };
        let stripes = if grows { self.maybe(12, |dice| dice.number(1, 3)) } else { None };
        Resizing {
            name,
            size,
            direction,
            pvs: if grows {
                self.maybe(25, |dice| dice.pv_words(vg, members)).unwrap_or_default()
            } else {
                vec![]
            },
            stripe_size: stripes.filter(|count| *count > 1).and_then(|_| self.maybe(40, |_| Bytes::kib(32))),
            stripes,
            policy: if grows { self.maybe(20, Self::policy) } else { None },
        }
    }

    fn vg_change(&mut self, vg: &VolumeGroup) -> VgChange {
        match self.below(11) {
            0 | 1 => VgChange::AddTag(self.tag()),
            2 => VgChange::RemoveTag(self.tag()),
            3 | 4 => VgChange::Policy(self.policy()),
            5 => VgChange::MaxLv(self.number(0, 8)),
            6 => VgChange::MaxPv(self.number(0, 5)),
            7 => VgChange::Resizeable(self.chance(70)),
            8 => VgChange::Autoactivation(self.chance(50)),
            9 => VgChange::MetadataCopies(self.number(0, 3)),
            _ => {
                let now = vg.extent_size().to_bytes().0;
                VgChange::ExtentSize(Bytes(*self.one(&[now / 2, now, now * 2, 384 << 10, 1000 * 512])))
            }
        }
    }

    fn lv_change(&mut self) -> LvChange {
        match self.below(9) {
            0 | 1 => LvChange::AddTag(self.tag()),
            2 => LvChange::RemoveTag(self.tag()),
            3 | 4 => LvChange::Policy(self.policy()),
            5 => LvChange::ActivationSkip(self.chance(60)),
            6 => LvChange::Autoactivation(self.chance(40)),
            7 => LvChange::Minor(Some(i32::try_from(self.below(300)).unwrap())),
            _ => LvChange::Minor(None),
        }
    }

    fn pv_resize(&mut self, device: usize, vg: Option<String>, view: &View) -> Step {
        // What has no group yet is not made to pretend more than its device has, nor what has a
        // second metadata area at its end: that is refused here.
        let beyond = if vg.is_some() && !view.areas_at_end.contains(&device) { 1 << 20 } else { 0 };
        let size = self.maybe(70, |dice| {
            let now = usize::try_from(view.sizes[device]).unwrap();
            Bytes(u64::try_from((now / 2 + dice.below(now / 2 + beyond)) / 512 * 512).unwrap())
        });
        Step::PvResize { device, vg, size }
    }

    fn group_step(&mut self, at: usize, view: &View) -> Step {
        let (group, members) = &view.groups[at];
        let vg = group.name().to_owned();
        let free = [&view.blanks[..], &view.orphans[..]].concat();
        let used = |name: &&str| view.groups.iter().any(|(group, _)| group.name() == *name);
        let unused_names = VG_NAMES.into_iter().filter(|name| !used(name)).collect::<Vec<_>>();
        let without_lv = group.logical_volumes().len() == 0 && self.chance(85);
        match self.below(100) {
            0..30 => Step::LvCreate { vg, new: self.creation(group, members) },
            30..69 if without_lv => Step::LvCreate { vg, new: self.creation(group, members) },
            30..52 => Step::LvResize { vg, resize: self.resizing(group, members) },
            52..58 => Step::LvRemove { vg, name: self.lv_name(group) },
            58..62 => Step::LvRename { vg, name: self.lv_name(group), new: self.new_lv_name() },
            62..69 => Step::LvChange { vg, name: self.lv_name(group), change: self.lv_change() },
            69..75 if !free.is_empty() => {
                let devices = self.some(&free, 2);
                let options = if self.chance(60) { self.pv_options() } else { PvOptions::default() };
                Step::VgExtend { vg, devices, options }
            }
            69..80 => Step::VgReduce { vg, device: *self.one(members) },
            80..83 if members.len() > 1 && view.all_areas_in_use && !unused_names.is_empty() => {
                // lvm2 takes a split into a group that exists, or of everything, for a merge; here
                // both are refused.
                let new = (*self.one(&unused_names)).to_owned();
                Step::VgSplit { vg, new, devices: self.some(members, members.len() - 1) }
            }
            80..84 if view.groups.len() > 1 => {
                let source = view.groups[(at + 1) % view.groups.len()].0.name().to_owned();
                Step::VgMerge { vg, source }
            }
            80..88 => Step::VgChange { vg, change: self.vg_change(group) },
            88..90 => Step::VgRename { vg, new: (*self.one(&VG_NAMES)).to_owned() },
            90..94 => {
                let change = match self.below(4) {
                    0 => PvChange::RemoveTag(self.tag()),
                    1 => PvChange::Allocatable(self.chance(60)),
                    _ => PvChange::AddTag(self.tag()),
                };
                Step::PvChange { device: *self.one(members), vg, change }
            }
            94..98 => {
                let device = *self.one(members);
                self.pv_resize(device, Some(vg), view)
            }
            98 => Step::PvRemove { device: *self.one(members) },
            _ => Step::VgRemove { vg },
        }
    }

    /// The next edit.
    pub fn step(&mut self, view: &View) -> Step {
        let free = [&view.blanks[..], &view.orphans[..]].concat();
        if view.groups.is_empty() {
            return match self.below(10) {
                0 | 1 if !view.blanks.is_empty() => {
                    Step::PvCreate { device: *self.one(&view.blanks), options: self.pv_create_options() }
                }
                2 if !view.orphans.is_empty() => Step::PvRemove { device: *self.one(&view.orphans) },
                3 if !view.orphans.is_empty() => {
                    let device = *self.one(&view.orphans);
                    self.pv_resize(device, None, view)
                }
                _ => Step::VgCreate(self.founding(view)),
            };
        }
        match self.below(100) {
            0..3 if !free.is_empty() => Step::VgCreate(self.founding(view)),
            3..6 if !free.is_empty() => {
                Step::PvCreate { device: *self.one(&free), options: self.pv_create_options() }
            }
            6 if !view.orphans.is_empty() => Step::PvRemove { device: *self.one(&view.orphans) },
            7 if !view.orphans.is_empty() => {
                let device = *self.one(&view.orphans);
                self.pv_resize(device, None, view)
            }
            _ => {
                let at = self.below(view.groups.len());
                self.group_step(at, view)
            }
        }
    }
}
