//! The commands of the recorded cases, acted out on a volume group in memory.

use std::format;
use std::string::{String, ToString};
use std::sync::Arc;
use std::vec::Vec;

use super::add_lv;
use crate::alloc::size::{Change, SizeBasis, create_extents, resize_extents};
use crate::alloc::{
    AllocationSettings, PvArgument, PvSelection, Request, Shape, allocate, append_segments, free_in,
    truncate_segments,
};
use crate::error::{Error, Result};
use crate::metadata::{AllocationPolicy, LogicalVolume, PvStatus, SegmentKind, VolumeGroup};
use crate::units::{Bytes, Extents, Sectors, Size};

const DEFAULT_STRIPE_SIZE: Sectors = Sectors(128);

/// A command line taken apart.
#[derive(Default)]
struct Arguments {
    name: Option<String>,
    size: Option<(Change, Size)>,
    stripes: Option<u32>,
    stripe_size: Option<Sectors>,
    policy: Option<AllocationPolicy>,
    add_tag: Option<String>,
    not_allocatable: bool,
    plain: Vec<String>,
}

fn usage(text: impl Into<String>) -> Error {
    Error::invalid(text)
}

impl Arguments {
    fn parse(argv: &[String]) -> Result<Self> {
        let mut arguments = Self::default();
        let mut words = argv.iter();
        while let Some(word) = words.next() {
            let mut value = |short: &str| {
                let inline = word.strip_prefix(short).unwrap_or_default();
                if inline.is_empty() { words.next().unwrap().clone() } else { inline.to_string() }
            };
            match word.as_str() {
                "-y" | "-f" => {}
                "-xn" => arguments.not_allocatable = true,
                "--addtag" => arguments.add_tag = Some(value("--addtag")),
                "--alloc" => {
                    let word = value("--alloc");
                    let policy = AllocationPolicy::parse(&word);
                    arguments.policy = Some(policy.ok_or_else(|| usage("Unrecognised allocation policy"))?);
                }
                _ if word.starts_with("-n") => arguments.name = Some(value("-n")),
                _ if word.starts_with("-l") => arguments.size = Some(parse_size(&value("-l"), false)?),
                _ if word.starts_with("-L") => arguments.size = Some(parse_size(&value("-L"), true)?),
                _ if word.starts_with("-i") => {
                    let stripes = value("-i").parse::<u32>().unwrap();
                    if !(1..=128).contains(&stripes) {
                        return Err(usage(format!(
                            "Number of stripes ({stripes}) must be between 1 and 128."
                        )));
                    }
                    arguments.stripes = Some(stripes);
                }
                _ if word.starts_with("-I") => {
                    arguments.stripe_size = Some(bytes(&value("-I"), 'k').to_sectors());
                }
                _ if word.starts_with('-') => panic!("option {word}"),
                _ => arguments.plain.push(word.clone()),
            }
        }
        Ok(arguments)
    }

    fn stripe_size(&self, extent_size: Sectors) -> Result<Option<Sectors>> {
        let Some(size) = self.stripe_size else { return Ok(None) };
        if self.stripes.unwrap_or(1) == 1 {
            return Err(usage("Command does not accept option: --stripesize"));
        }
        if !size.0.is_power_of_two() {
            return Err(usage("Invalid stripe size"));
        }
        Ok(Some(size.min(extent_size)))
    }
}

fn bytes(text: &str, default_unit: char) -> Bytes {
    let digits = text.trim_end_matches(|c: char| !c.is_ascii_digit());
    let unit = text[digits.len()..].chars().next().unwrap_or(default_unit).to_ascii_lowercase();
    let factor = match unit {
        'b' => 1,
        's' => 512,
        _ => 1 << (10 * (1 + "kmgtpe".find(unit).unwrap())),
    };
    Bytes(digits.parse::<u64>().unwrap() * factor)
}

fn parse_size(text: &str, in_bytes: bool) -> Result<(Change, Size)> {
    let change = match text.as_bytes()[0] {
        b'+' => Change::By,
        b'-' => Change::Less,
        _ => Change::To,
    };
    let text = text.trim_start_matches(['+', '-']);
    if in_bytes {
        return Ok((change, Size::Bytes(bytes(text, 'm'))));
    }
    let Some((number, of)) = text.split_once('%') else {
        return Ok((change, Size::extents(text.parse().unwrap())));
    };
    let percent = number.parse().unwrap();
    let size = match of {
        "VG" => Size::PercentVg(percent),
        "FREE" => Size::PercentFree(percent),
        "PVS" => Size::PercentPvs(percent),
        "LV" => Size::PercentLv(percent),
        "ORIGIN" => Size::PercentOrigin(percent),
        _ => return Err(usage("bad percentage")),
    };
    Ok((change, size))
}

/// Runs one command; on an error nothing has changed.
pub(super) fn run(vg: &mut VolumeGroup, settings: &AllocationSettings, argv: &[String]) -> Result<()> {
    let arguments = Arguments::parse(&argv[1..])?;
    match argv[0].as_str() {
        "lvcreate" => lvcreate(vg, settings, &arguments),
        "lvextend" | "lvreduce" | "lvresize" => lvresize(vg, settings, &argv[0], &arguments),
        "lvremove" => arguments.plain.iter().try_for_each(|name| {
            let at = position(vg, name)?;
            vg.logical_volumes.remove(at);
            Ok(())
        }),
        "pvchange" => {
            let device = &arguments.plain[0];
            let pv = vg.physical_volumes.iter_mut().find(|pv| pv.device == *device).unwrap();
            pv.tags.extend(arguments.add_tag);
            if arguments.not_allocatable {
                pv.status.remove(PvStatus::ALLOCATABLE);
            }
            Ok(())
        }
        "vgchange" if arguments.policy == Some(AllocationPolicy::Inherit) => {
            Err(usage("Volume Group allocation policy cannot inherit from anything"))
        }
        other => panic!("command {other}"),
    }
}

/// The position of `vg/NAME`.
fn position(vg: &VolumeGroup, name: &str) -> Result<usize> {
    let name = name.strip_prefix("vg/").unwrap();
    let lv = vg.require_lv(name)?.id();
    Ok(vg.logical_volumes.iter().position(|other| other.id == lv).unwrap())
}

fn selection(vg: &VolumeGroup, words: &[String]) -> Result<PvSelection> {
    let arguments = words.iter().map(|word| PvArgument::parse(word)).collect::<Result<Vec<_>>>()?;
    let map = vg.pv_map()?;
    let find = |path: &str| vg.physical_volume_at(path).map(|pv| pv.id());
    Ok(PvSelection::resolve(&arguments, vg, &map, find)?.selection)
}

fn basis(vg: &VolumeGroup, pvs: &PvSelection) -> Result<SizeBasis> {
    let map = vg.pv_map()?;
    Ok(SizeBasis {
        extent_size: vg.extent_size(),
        vg_extents: vg.extent_count(),
        vg_free: map.total_free(),
        listed_free: (*pvs != PvSelection::All).then(|| free_in(vg, &map, pvs)),
        origin: None,
    })
}

fn lvcreate(vg: &mut VolumeGroup, settings: &AllocationSettings, arguments: &Arguments) -> Result<()> {
    let stripes = arguments.stripes.unwrap_or(1);
    let stripe_size = arguments.stripe_size(vg.extent_size())?.unwrap_or(DEFAULT_STRIPE_SIZE);
    let pvs = selection(vg, &arguments.plain[1..])?;
    let size = create_extents(arguments.size.unwrap().1, stripes, &basis(vg, &pvs)?)?;
    let name = arguments.name.as_deref().unwrap();
    let policy = arguments.policy.unwrap_or(AllocationPolicy::Inherit);
    let request = Request::new(name, size.extents, Shape::striped(stripes))
        .policy(policy)
        .on(pvs)
        .approximate(size.approximate)
        .settings(settings.clone());
    let placement = allocate(vg, &vg.pv_map()?, &request)?;
    let mut segments = Vec::new();
    append_segments(&mut segments, &placement, stripe_size);
    add_lv(vg, name, policy, segments);
    Ok(())
}

/// Stripes and stripe size of the last segment; all must have as many stripes.
fn last_stripes(lv: &LogicalVolume) -> Result<(u32, Sectors)> {
    let stripes = |kind: &SegmentKind| match kind {
        SegmentKind::Striped(striped) => (striped.stripes.len(), striped.stripe_size),
        other => panic!("{other:?}"),
    };
    let (count, size) = stripes(lv.segments().last().unwrap().kind());
    if lv.segments().iter().any(|seg| stripes(seg.kind()).0 != count) {
        return Err(usage("Please specify number of stripes (-i) and stripesize (-I)"));
    }
    Ok((u32::try_from(count).unwrap(), size))
}

fn lvresize(
    vg: &mut VolumeGroup,
    settings: &AllocationSettings,
    command: &str,
    arguments: &Arguments,
) -> Result<()> {
    let at = position(vg, &arguments.plain[0])?;
    let lv = vg.logical_volumes[at].clone();
    let pvs = selection(vg, &arguments.plain[1..])?;
    let (change, size) = arguments.size.unwrap_or((Change::By, Size::PercentPvs(100)));
    let (stripes, stripe_size) = match arguments.stripes {
        Some(stripes) => (stripes, DEFAULT_STRIPE_SIZE),
        None if command == "lvreduce" => (1, DEFAULT_STRIPE_SIZE),
        None => last_stripes(&lv)?,
    };
    let wanted = resize_extents(size, change, lv.segments(), stripes, &basis(vg, &pvs)?)?;
    let current = lv.extent_count();
    let mut segments = lv.segments().to_vec();
    if wanted.extents == current {
        return Err(usage(format!("New size ({current} extents) matches existing size")));
    } else if wanted.extents < current {
        if command == "lvextend" {
            return Err(usage("New size given not larger than existing size"));
        }
        truncate_segments(&mut segments, wanted.extents);
    } else {
        if command == "lvreduce" {
            return Err(usage("New size given not less than existing size"));
        }
        let more = Extents(wanted.extents.0 - current.0);
        let mut request = Request::extending(&lv, more, Shape::striped(stripes))
            .on(pvs)
            .approximate(wanted.approximate)
            .settings(settings.clone());
        request.policy = arguments.policy.unwrap_or(request.policy);
        let placement = allocate(vg, &vg.pv_map()?, &request)?;
        append_segments(&mut segments, &placement, stripe_size);
    }
    Arc::make_mut(&mut vg.logical_volumes[at]).segments = segments.into();
    Ok(())
}
