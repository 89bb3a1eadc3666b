//! One edit, in both tongues: as a command line of lvm2 and as calls of this library.

use lvmkit::{
    AllocationPolicy, Bytes, Error, Extents, Lvm, NewLv, NewLvKind, NewVg, Overwrite, PvArgument, PvOptions,
    PvSource, ReadAhead, ResizeLv, Result, Silent, Size,
};

/// lvm2 records the major number that the kernel gave device-mapper; 0 where it has none.
const DM_MAJOR: Option<i32> = Some(0);

/// A physical volume argument: a device by its number, with ranges of extents behind it, or a tag.
#[derive(Clone, Debug)]
pub enum PvWord {
    Device(usize, String),
    Tag(String),
}

impl PvWord {
    fn text(&self, devices: &[&str]) -> String {
        match self {
            Self::Device(number, ranges) => format!("{}{ranges}", devices[*number]),
            Self::Tag(tag) => format!("@{tag}"),
        }
    }
}

/// What changes about a logical volume.
#[derive(Clone, Debug)]
pub enum LvChange {
    AddTag(String),
    RemoveTag(String),
    Policy(AllocationPolicy),
    ActivationSkip(bool),
    Autoactivation(bool),
    Minor(Option<i32>),
}

/// What changes about a group.
#[derive(Clone, Debug)]
pub enum VgChange {
    AddTag(String),
    RemoveTag(String),
    Policy(AllocationPolicy),
    MaxLv(u32),
    MaxPv(u32),
    Resizeable(bool),
    Autoactivation(bool),
    MetadataCopies(u32),
    ExtentSize(Bytes),
}

/// What changes about a physical volume.
#[derive(Clone, Debug)]
pub enum PvChange {
    AddTag(String),
    RemoveTag(String),
    Allocatable(bool),
}

/// Which way a size is meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Direction {
    To,
    ExtendTo,
    ExtendBy,
    ReduceTo,
    ReduceBy,
}

/// A new volume.
#[derive(Clone, Debug)]
pub struct Creation {
    pub name: Option<String>,
    pub size: Size,
    pub kind: NewLvKind,
    pub stripe_size: Option<Bytes>,
    pub policy: Option<AllocationPolicy>,
    pub pvs: Vec<PvWord>,
    pub tags: Vec<String>,
    pub writable: bool,
    pub activation_skip: bool,
    pub minor: Option<i32>,
    pub read_ahead: ReadAhead,
}

/// A change of size.
#[derive(Clone, Debug)]
pub struct Resizing {
    pub name: String,
    pub size: Size,
    pub direction: Direction,
    pub pvs: Vec<PvWord>,
    pub stripes: Option<u32>,
    pub stripe_size: Option<Bytes>,
    pub policy: Option<AllocationPolicy>,
}

/// A new group.
#[derive(Clone, Debug)]
pub struct Founding {
    pub name: String,
    pub devices: Vec<usize>,
    pub options: PvOptions,
    pub extent_size: Bytes,
    pub policy: Option<AllocationPolicy>,
    pub tags: Vec<String>,
    pub max_lv: u32,
    pub max_pv: u32,
    pub metadata_copies: u32,
    pub autoactivation: bool,
}

/// One edit.
#[derive(Clone, Debug)]
pub enum Step {
    PvCreate { device: usize, options: PvOptions },
    PvRemove { device: usize },
    PvResize { device: usize, vg: Option<String>, size: Option<Bytes> },
    PvChange { device: usize, vg: String, change: PvChange },
    VgCreate(Founding),
    VgExtend { vg: String, devices: Vec<usize>, options: PvOptions },
    VgReduce { vg: String, device: usize },
    VgRename { vg: String, new: String },
    VgRemove { vg: String },
    VgSplit { vg: String, new: String, devices: Vec<usize> },
    VgMerge { vg: String, source: String },
    VgChange { vg: String, change: VgChange },
    LvCreate { vg: String, new: Creation },
    LvResize { vg: String, resize: Resizing },
    LvRemove { vg: String, name: String },
    LvRename { vg: String, name: String, new: String },
    LvChange { vg: String, name: String, change: LvChange },
}

fn words<const N: usize>(words: [&str; N]) -> Vec<String> {
    words.iter().map(|word| (*word).to_owned()).collect()
}

fn yes(on: bool) -> &'static str {
    if on { "y" } else { "n" }
}

fn bytes(bytes: Bytes) -> String {
    format!("{}b", bytes.0)
}

fn size_words(size: Size, sign: &str) -> Vec<String> {
    let (option, value) = match size {
        Size::Bytes(size) => ("-L", bytes(size)),
        Size::Extents(extents) => ("-l", extents.to_string()),
        share => ("-l", share.to_string()),
    };
    vec![option.to_owned(), format!("{sign}{value}")]
}

fn pv_option_words(options: &PvOptions, out: &mut Vec<String>) {
    let mut size = |name: &str, value: Option<Bytes>| {
        if let Some(value) = value {
            out.extend([name.to_owned(), bytes(value)]);
        }
    };
    size("--metadatasize", options.metadata_size);
    size("--dataalignment", options.data_alignment);
    size("--dataalignmentoffset", options.data_alignment_offset);
    size("--bootloaderareasize", options.bootloader_area_size);
    size("--setphysicalvolumesize", options.size);
    if let Some(copies) = options.metadata_copies {
        out.extend(["--pvmetadatacopies".to_owned(), copies.to_string()]);
    }
    if let Some(sector) = options.label_sector {
        out.extend(["--labelsector".to_owned(), sector.to_string()]);
    }
    if options.metadata_ignore {
        out.extend(words(["--metadataignore", "y"]));
    }
}

impl Step {
    /// The command line.
    pub fn command(&self, devices: &[&str]) -> Vec<String> {
        let named = |numbers: &[usize]| numbers.iter().map(|at| devices[*at].to_owned()).collect::<Vec<_>>();
        let mut out;
        match self {
            Self::PvCreate { device, options } => {
                out = words(["pvcreate", "-y"]);
                pv_option_words(options, &mut out);
                out.push(devices[*device].to_owned());
            }
            Self::PvRemove { device } => out = words(["pvremove", devices[*device]]),
            Self::PvResize { device, size, .. } => {
                out = words(["pvresize", "-y"]);
                if let Some(size) = size {
                    out.extend(["--setphysicalvolumesize".to_owned(), bytes(*size)]);
                }
                out.push(devices[*device].to_owned());
            }
            Self::PvChange { device, change, .. } => {
                out = words(["pvchange"]);
                out.extend(match change {
                    PvChange::AddTag(tag) => words(["--addtag", tag]),
                    PvChange::RemoveTag(tag) => words(["--deltag", tag]),
                    PvChange::Allocatable(on) => words(["-x", yes(*on)]),
                });
                out.push(devices[*device].to_owned());
            }
            Self::VgCreate(new) => out = new.command(devices),
            Self::VgExtend { vg, devices: members, options } => {
                out = words(["vgextend", "-y"]);
                pv_option_words(options, &mut out);
                out.push(vg.clone());
                out.extend(named(members));
            }
            Self::VgReduce { vg, device } => out = words(["vgreduce", vg, devices[*device]]),
            Self::VgRename { vg, new } => out = words(["vgrename", vg, new]),
            Self::VgRemove { vg } => out = words(["vgremove", vg]),
            Self::VgSplit { vg, new, devices: moving } => {
                out = words(["vgsplit", vg, new]);
                out.extend(named(moving));
            }
            Self::VgMerge { vg, source } => out = words(["vgmerge", vg, source]),
            Self::VgChange { vg, change } => {
                out = words(["vgchange"]);
                out.extend(change.words());
                out.push(vg.clone());
            }
            Self::LvCreate { vg, new } => out = new.command(vg, devices),
            Self::LvResize { vg, resize } => out = resize.command(vg, devices),
            Self::LvRemove { vg, name } => out = vec!["lvremove".to_owned(), format!("{vg}/{name}")],
            Self::LvRename { vg, name, new } => out = words(["lvrename", vg, name, new]),
            Self::LvChange { vg, name, change } => {
                out = words(["lvchange", "-y"]);
                out.extend(change.words());
                out.push(format!("{vg}/{name}"));
            }
        }
        out
    }

    /// True when lvm2 chooses at random which metadata areas are in use.
    pub fn chooses_areas(&self) -> bool {
        match self {
            Self::VgCreate(new) => new.metadata_copies != 0,
            Self::VgChange { change, .. } => matches!(change, VgChange::MetadataCopies(_)),
            _ => false,
        }
    }

    /// The same through this library.
    pub fn apply(&self, lvm: &Lvm, devices: &[&str]) -> Result<()> {
        match self {
            Self::PvCreate { device, options } => {
                lvm.create_pv(devices[*device], options, Overwrite::Signatures).map(|_| ())
            }
            Self::PvRemove { device } => lvm.remove_pv(devices[*device], Overwrite::Refuse),
            Self::PvResize { device, vg: None, size } => lvm.resize_orphan_pv(devices[*device], *size),
            Self::PvResize { device, vg: Some(vg), size } => {
                lvm.update(vg, |tx| tx.resize_pv_on(devices[*device], *size)).map(|_| ())
            }
            Self::PvChange { device, vg, change } => {
                let change = |tx: &mut lvmkit::Transaction| {
                    let pv = tx.pv_on(devices[*device])?;
                    match change {
                        PvChange::AddTag(tag) => tx.add_pv_tag(pv, tag),
                        PvChange::RemoveTag(tag) => tx.remove_pv_tag(pv, tag),
                        PvChange::Allocatable(on) => tx.set_pv_allocatable(pv, *on),
                    }
                };
                lvm.update(vg, change).map(|_| ())
            }
            Self::VgCreate(new) => new.apply(lvm, devices),
            Self::VgExtend { vg, devices: members, options } => {
                lvm.update(vg, |tx| tx.add_pvs_on(sources(members, options, devices))).map(|_| ())
            }
            Self::VgReduce { vg, device } => {
                lvm.update(vg, |tx| tx.remove_pv_on(devices[*device])).map(|_| ())
            }
            Self::VgRename { vg, new } => lvm.update(vg, |tx| tx.rename_vg(new)).map(|_| ()),
            Self::VgRemove { vg } => lvm.update(vg, |tx| tx.remove_vg()).map(|_| ()),
            Self::VgSplit { vg, new, devices: moving } => {
                let tx = lvm.begin(vg)?;
                let pvs = moving.iter().map(|at| tx.pv_on(devices[*at])).collect::<Result<Vec<_>>>()?;
                tx.split_vg(new, &pvs, &mut Silent).map(|_| ())
            }
            Self::VgMerge { vg, source } => lvm.update(vg, |tx| tx.merge_vg(source)).map(|_| ()),
            Self::VgChange { vg, change } => lvm.update(vg, |tx| change.apply(tx)).map(|_| ()),
            Self::LvCreate { vg, new } => {
                lvm.update(vg, |tx| tx.create_lv(new.request(devices)?)).map(|_| ())
            }
            Self::LvResize { vg, resize } => {
                lvm.update(vg, |tx| tx.resize_lv(&resize.request(devices)?)).map(|_| ())
            }
            Self::LvRemove { vg, name } => lvm.update(vg, |tx| tx.remove_lv(name)).map(|_| ()),
            Self::LvRename { vg, name, new } => lvm.update(vg, |tx| tx.rename_lv(name, new)).map(|_| ()),
            Self::LvChange { vg, name, change } => lvm.update(vg, |tx| change.apply(tx, name)).map(|_| ()),
        }
    }
}

fn sources<'a>(
    members: &'a [usize],
    options: &'a PvOptions,
    devices: &'a [&str],
) -> impl Iterator<Item = PvSource> + 'a {
    members
        .iter()
        .map(|at| PvSource::new(devices[*at]).options(options.clone()).overwrite(Overwrite::Signatures))
}

impl Founding {
    fn command(&self, devices: &[&str]) -> Vec<String> {
        let mut out = words(["vgcreate", "-y", "-s", &bytes(self.extent_size)]);
        if let Some(policy) = self.policy {
            out.extend(words(["--alloc", policy.as_str()]));
        }
        for tag in &self.tags {
            out.extend(words(["--addtag", tag]));
        }
        for (option, value) in
            [("-l", self.max_lv), ("-p", self.max_pv), ("--vgmetadatacopies", self.metadata_copies)]
        {
            if value != 0 {
                out.extend([option.to_owned(), value.to_string()]);
            }
        }
        if !self.autoactivation {
            out.extend(words(["--setautoactivation", "n"]));
        }
        pv_option_words(&self.options, &mut out);
        out.push(self.name.clone());
        out.extend(self.devices.iter().map(|at| devices[*at].to_owned()));
        out
    }

    fn apply(&self, lvm: &Lvm, devices: &[&str]) -> Result<()> {
        let mut new = NewVg::new(&self.name)
            .extent_size(self.extent_size)
            .max_lv(self.max_lv)
            .max_pv(self.max_pv)
            .metadata_copies(self.metadata_copies)
            .autoactivation(self.autoactivation);
        if let Some(policy) = self.policy {
            new = new.allocation_policy(policy);
        }
        for tag in &self.tags {
            new = new.tag(tag);
        }
        lvm.create_vg(new, sources(&self.devices, &self.options, devices))?.commit(&mut Silent).map(|_| ())
    }
}

impl Creation {
    fn command(&self, vg: &str, devices: &[&str]) -> Vec<String> {
        let mut out = words(["lvcreate", "-y", "-an", "-Zn", "-Wn"]);
        out.extend(size_words(self.size, ""));
        if let Some(name) = &self.name {
            out.extend(words(["-n", name]));
        }
        match self.kind {
            NewLvKind::Striped { stripes } => out.extend(["-i".to_owned(), stripes.to_string()]),
            NewLvKind::Error => out.extend(words(["--type", "error"])),
            NewLvKind::Zero => out.extend(words(["--type", "zero"])),
            _ => {}
        }
        if let Some(size) = self.stripe_size {
            out.extend(["-I".to_owned(), bytes(size)]);
        }
        if let Some(policy) = self.policy {
            out.extend(words(["--alloc", policy.as_str()]));
        }
        for tag in &self.tags {
            out.extend(words(["--addtag", tag]));
        }
        if !self.writable {
            out.extend(words(["-p", "r"]));
        }
        if self.activation_skip {
            out.extend(words(["-k", "y"]));
        }
        if let Some(minor) = self.minor {
            out.extend(["-M".to_owned(), "y".to_owned(), "--minor".to_owned(), minor.to_string()]);
        }
        match self.read_ahead {
            ReadAhead::Auto => {}
            ReadAhead::None => out.extend(words(["-r", "none"])),
            ReadAhead::Sectors(sectors) => out.extend(["-r".to_owned(), format!("{sectors}s")]),
        }
        out.push(vg.to_owned());
        out.extend(self.pvs.iter().map(|pv| pv.text(devices)));
        out
    }

    fn request(&self, devices: &[&str]) -> Result<NewLv> {
        let mut new = NewLv::new(self.kind, self.size).zero(false).wipe_signatures(false);
        if let Some(name) = &self.name {
            new = new.name(name);
        }
        if let Some(size) = self.stripe_size {
            new = new.stripe_size(size);
        }
        if let Some(policy) = self.policy {
            new = new.allocation_policy(policy);
        }
        for tag in &self.tags {
            new = new.tag(tag);
        }
        if let Some(minor) = self.minor {
            new = new.minor(DM_MAJOR, minor);
        }
        Ok(new
            .writable(self.writable)
            .activation_skip(self.activation_skip)
            .read_ahead(self.read_ahead)
            .on(arguments(&self.pvs, devices)?))
    }
}

fn arguments(pvs: &[PvWord], devices: &[&str]) -> Result<Vec<PvArgument>> {
    pvs.iter().map(|pv| PvArgument::parse(&pv.text(devices))).collect()
}

impl Resizing {
    fn command(&self, vg: &str, devices: &[&str]) -> Vec<String> {
        let (mut out, sign) = match self.direction {
            Direction::To => (words(["lvresize", "-f"]), ""),
            Direction::ExtendTo => (words(["lvextend"]), ""),
            Direction::ExtendBy => (words(["lvextend"]), "+"),
            Direction::ReduceTo => (words(["lvreduce", "-f"]), ""),
            Direction::ReduceBy => (words(["lvreduce", "-f"]), "-"),
        };
        out.extend(size_words(self.size, sign));
        if let Some(stripes) = self.stripes {
            out.extend(["-i".to_owned(), stripes.to_string()]);
        }
        if let Some(size) = self.stripe_size {
            out.extend(["-I".to_owned(), bytes(size)]);
        }
        if let Some(policy) = self.policy {
            out.extend(words(["--alloc", policy.as_str()]));
        }
        out.push(format!("{vg}/{}", self.name));
        out.extend(self.pvs.iter().map(|pv| pv.text(devices)));
        out
    }

    fn request(&self, devices: &[&str]) -> Result<ResizeLv> {
        let make = match self.direction {
            Direction::To => ResizeLv::to,
            Direction::ExtendTo => ResizeLv::extend_to,
            Direction::ExtendBy => ResizeLv::extend_by,
            Direction::ReduceTo => ResizeLv::reduce_to,
            Direction::ReduceBy => ResizeLv::reduce_by,
        };
        let mut resize = make(self.name.clone(), self.size).on(arguments(&self.pvs, devices)?);
        if let Some(stripes) = self.stripes {
            resize = resize.stripes(stripes);
        }
        if let Some(size) = self.stripe_size {
            resize = resize.stripe_size(size);
        }
        if let Some(policy) = self.policy {
            resize = resize.allocation_policy(policy);
        }
        Ok(resize)
    }
}

impl VgChange {
    fn words(&self) -> Vec<String> {
        match self {
            Self::AddTag(tag) => words(["--addtag", tag]),
            Self::RemoveTag(tag) => words(["--deltag", tag]),
            Self::Policy(policy) => words(["--alloc", policy.as_str()]),
            Self::MaxLv(count) => vec!["-l".to_owned(), count.to_string()],
            Self::MaxPv(count) => vec!["-p".to_owned(), count.to_string()],
            Self::Resizeable(on) => words(["-x", yes(*on)]),
            Self::Autoactivation(on) => words(["--setautoactivation", yes(*on)]),
            Self::MetadataCopies(0) => words(["--vgmetadatacopies", "unmanaged"]),
            Self::MetadataCopies(copies) => vec!["--vgmetadatacopies".to_owned(), copies.to_string()],
            Self::ExtentSize(size) => vec!["-s".to_owned(), bytes(*size)],
        }
    }

    fn apply(&self, tx: &mut lvmkit::Transaction) -> Result<()> {
        match self {
            Self::AddTag(tag) => tx.add_vg_tag(tag),
            Self::RemoveTag(tag) => tx.remove_vg_tag(tag),
            Self::Policy(policy) => tx.set_vg_allocation_policy(*policy),
            Self::MaxLv(count) => tx.set_max_lv(*count),
            Self::MaxPv(count) => tx.set_max_pv(*count),
            Self::Resizeable(on) => tx.set_resizeable(*on),
            Self::Autoactivation(on) => tx.set_vg_autoactivation(*on),
            Self::MetadataCopies(copies) => tx.set_metadata_copies(*copies),
            Self::ExtentSize(size) => tx.set_extent_size(*size),
        }
    }
}

impl LvChange {
    fn words(&self) -> Vec<String> {
        match self {
            Self::AddTag(tag) => words(["--addtag", tag]),
            Self::RemoveTag(tag) => words(["--deltag", tag]),
            Self::Policy(policy) => words(["--alloc", policy.as_str()]),
            Self::ActivationSkip(on) => words(["-k", yes(*on)]),
            Self::Autoactivation(on) => words(["--setautoactivation", yes(*on)]),
            Self::Minor(None) => words(["-M", "n"]),
            Self::Minor(Some(minor)) => {
                vec!["-M".to_owned(), "y".to_owned(), "--minor".to_owned(), minor.to_string()]
            }
        }
    }

    fn apply(&self, tx: &mut lvmkit::Transaction, name: &str) -> Result<()> {
        match self {
            Self::AddTag(tag) => tx.add_lv_tag(name, tag),
            Self::RemoveTag(tag) => tx.remove_lv_tag(name, tag),
            Self::Policy(policy) => tx.set_lv_allocation_policy(name, *policy),
            Self::ActivationSkip(on) => tx.set_activation_skip(name, *on),
            Self::Autoactivation(on) => tx.set_lv_autoactivation(name, *on),
            Self::Minor(minor) => tx.set_persistent_minor(name, minor.map(|minor| (DM_MAJOR, minor))),
        }
    }
}

/// The step as text, with devices as `d0`, `d1` …
impl std::fmt::Display for Step {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        const NAMES: [&str; 10] = ["d0", "d1", "d2", "d3", "d4", "d5", "d6", "d7", "d8", "d9"];
        f.write_str(&self.command(&NAMES).join(" "))
    }
}

/// Whether a step went through, by either side.
pub fn outcome(result: &Result<()>) -> String {
    result.as_ref().map_or_else(|error: &Error| format!("{error:?}"), |()| "done".to_owned())
}

/// Extents, for short.
pub fn extents(count: u32) -> Size {
    Size::Extents(Extents(count))
}
