//! Physical volume arguments and the options that make one.

use std::path::Path;

use lvmkit::commit::backup::read_backup;
use lvmkit::core::name::check_tag;
use lvmkit::scan::Exclusion;
use lvmkit::{DeviceSpec, Lvm, Overwrite, PvArgument, PvId, PvOptions, PvUse, Transaction, system};

use crate::args::option;
use crate::session::{Failure, Outcome, Session};

/// The devices that arguments name.
pub(crate) fn specs(words: &[String]) -> Vec<DeviceSpec> {
    words.iter().map(DeviceSpec::from).collect()
}

/// The failure of an argument that is no physical volume, or none that is looked at.
pub(crate) fn not_found(lvm: &Lvm, device: &DeviceSpec) -> Failure {
    if !device.path().exists() {
        return Failure::refused(format!("Cannot use {device}: device not found"));
    }
    Failure::refused(match excluded(lvm, device) {
        Some(why) => format!("Cannot use {device}: {why}"),
        None => format!("Failed to find physical volume \"{device}\"."),
    })
}

/// Why a block device of the machine is not looked at.
fn excluded(lvm: &Lvm, device: &DeviceSpec) -> Option<Exclusion> {
    let machine = lvm.machine().ok()?;
    let mut excluded = machine.excluded.iter();
    excluded.find(|it| system::is_same_file(&it.device, device.path())).map(|it| it.why)
}

/// The failure of a physical volume of a group that is exported.
pub(crate) fn exported(device: &DeviceSpec, vg: &str) -> Failure {
    Failure::refused(format!("Cannot use PV {device} in exported VG {vg}."))
}

/// The devices among the arguments that are there; the others fail when their turn comes.
pub(crate) fn there(words: &[String]) -> Vec<DeviceSpec> {
    let devices = words.iter().filter(|word| !word.starts_with('@') && !word.is_empty());
    devices.map(DeviceSpec::from).filter(|device| device.path().exists()).collect()
}

/// Arguments that may have ranges of extents or be tags, with the devices they name.
///
/// # Errors
/// For an empty path or a bad tag.
pub(crate) fn arguments(words: &[String]) -> Outcome<(Vec<PvArgument>, Vec<DeviceSpec>)> {
    let arguments = words.iter().map(|word| PvArgument::parse(word)).collect::<Result<Vec<_>, _>>()?;
    let devices = devices_of(&arguments);
    Ok((arguments, devices))
}

fn devices_of(arguments: &[PvArgument]) -> Vec<DeviceSpec> {
    let devices = arguments.iter().filter_map(|argument| match argument {
        PvArgument::Device { path, .. } => Some(DeviceSpec::from(path)),
        PvArgument::Tag(_) => None,
    });
    devices.collect()
}

/// The same for a command about extents of a group, whose physical volumes are known by the group:
/// devices that are not there are left to [`require_members`], and tags that can be none are those of
/// no physical volume.
pub(crate) fn arguments_of_group(words: &[String]) -> Outcome<(Vec<PvArgument>, Vec<DeviceSpec>)> {
    let mut arguments = Vec::new();
    for word in words.iter().filter(|word| !word.is_empty()) {
        arguments.push(match word.strip_prefix('@').filter(|tag| check_tag(tag).is_err()) {
            Some(tag) => PvArgument::Tag(tag.to_owned()),
            None => PvArgument::parse(word)?,
        });
    }
    let devices = devices_of(&arguments).into_iter().filter(|device| device.path().exists()).collect();
    Ok((arguments, devices))
}

/// Tells of tags that can be none.
///
/// # Errors
/// For the first argument that is not on a physical volume of the group.
pub(crate) fn require_members(
    session: &mut Session<'_>,
    words: &[String],
    transaction: &Transaction,
) -> Outcome {
    for word in words {
        let path = match PvArgument::parse(word) {
            Ok(PvArgument::Device { path, .. }) => path,
            Ok(PvArgument::Tag(_)) => continue,
            Err(_) if word.starts_with('@') => {
                let tag = word.strip_prefix('@').unwrap_or_default();
                session.out.warn_plain(format!("Skipping invalid tag {tag}."));
                continue;
            }
            Err(_) if word.is_empty() => String::new(),
            Err(error) => return Err(error.into()),
        };
        if transaction.pv_on(&path).is_err() {
            // Behind a colon are extents, whether they are understood or not.
            let path = path.split(':').next().unwrap_or_default();
            return Err(Failure::refused(format!(
                "Physical Volume \"{path}\" not found in Volume Group \"{}\".",
                transaction.name()
            )));
        }
    }
    Ok(())
}

/// The options that say how a device becomes a physical volume.
///
/// # Errors
/// For a uuid without a word about a backup file; when that file does not have it.
pub(crate) fn options(session: &Session<'_>) -> Outcome<PvOptions> {
    let args = &session.args;
    let copies = args.text(&option::PVMETADATACOPIES).and_then(|text| text.parse().ok());
    let mut options = PvOptions {
        id: args.text(&option::UUID).and_then(|text| PvId::parse(text).ok()),
        metadata_size: args.size(&option::METADATASIZE),
        metadata_copies: copies,
        metadata_ignore: args.yes_no(&option::METADATAIGNORE).unwrap_or(false),
        data_alignment: args.size(&option::DATAALIGNMENT),
        data_alignment_offset: args.size(&option::DATAALIGNMENTOFFSET),
        bootloader_area_size: args.size(&option::BOOTLOADERAREASIZE),
        label_sector: args.text(&option::LABELSECTOR).and_then(|text| text.parse().ok()),
        size: args.size(&option::SETPHYSICALVOLUMESIZE).filter(|size| !size.is_zero()),
        ..PvOptions::default()
    };
    let Some(id) = options.id else {
        return match args.has(&option::RESTOREFILE) {
            true => Err(Failure::usage("--uuid is required with --restorefile")),
            false => Ok(options),
        };
    };
    match args.text(&option::RESTOREFILE) {
        Some(file) => {
            if args.has(&option::BOOTLOADERAREASIZE) {
                let line =
                    "Command does not accept option combination: --bootloaderareasize  with --restorefile";
                return Err(Failure::usage(line));
            }
            if !Path::new(file).exists() {
                return Err(Failure::usage(format!("{file}: stat failed: No such file or directory")));
            }
            let vg = read_backup(file.as_ref())?.vg;
            let pv = vg
                .physical_volume(id)
                .ok_or_else(|| Failure::usage(format!("Can't find uuid {id} in backup file {file}")))?;
            options.restore = Some(pv.into());
        }
        None if args.has(&option::NORESTOREFILE) => {}
        None => return Err(Failure::usage("--restorefile is required with --uuid")),
    }
    Ok(options)
}

/// Asks about everything that would be overwritten on a device, as pvcreate(8) does.
///
/// # Errors
/// When the answer is no.
pub(crate) fn overwrite(session: &mut Session<'_>, lvm: &Lvm, device: &DeviceSpec) -> Outcome<Overwrite> {
    let force = session.args.count(&option::FORCE);
    // Exactly twice: lvm2 takes more for a mistake.
    if force == 2
        && let PvUse::Member(vg) = session.pv_use(lvm, device)?
    {
        let question = format!("Really INITIALIZE physical volume \"{device}\" of volume group \"{vg}\"");
        if !session.confirm(&question) {
            return Err(Failure::refused(format!("{device}: physical volume not initialized.")));
        }
        session.out.warn(format!("Forcing physical volume creation on {device} of volume group \"{vg}\""));
        return Ok(Overwrite::UsedPv);
    }
    for found in session.signatures_on(lvm, device)? {
        let (kind, offset) = (found.kind, found.offset);
        let question = format!("WARNING: {kind} signature detected on {device} at offset {offset}. Wipe it?");
        if !session.args.has(&option::YES) && force == 0 && !session.confirm(&question) {
            return Err(Failure::Refused(vec![
                format!("Aborted wiping of {kind}."),
                "1 existing signature left on the device.".to_owned(),
            ]));
        }
        if !session.is_test() {
            session.out.say(format!("Wiping {kind} signature on {device}."));
        }
    }
    Ok(Overwrite::Signatures)
}
