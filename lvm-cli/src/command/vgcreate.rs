//! `vgcreate`

use lvmkit::core::edit::NewVg;
use lvmkit::core::name::check_name;
use lvmkit::{AllocationPolicy, DeviceSpec, Error, Lvm, Overwrite, Plan, PvSource, PvUse, Step};

use super::Command;
use crate::args::name::Target;
use crate::args::{Opt, option as o};
use crate::pv;
use crate::session::{Failure, Outcome, Session};

/// Options about the physical volumes that a group is made of or extended by.
pub(super) static PV_OPTIONS: &[&Opt] = &[
    &o::FORCE,
    &o::METADATASIZE,
    &o::PVMETADATACOPIES,
    &o::METADATAIGNORE,
    &o::DATAALIGNMENT,
    &o::DATAALIGNMENTOFFSET,
    &o::BOOTLOADERAREASIZE,
    &o::LABELSECTOR,
    &o::PV_ZERO,
    &o::METADATATYPE,
];

pub(super) static COMMAND: Command = Command {
    name: "vgcreate",
    summary: "Make a volume group of physical volumes, devices or image files",
    usage: &["vgcreate VG PV ..."],
    options: &[
        o::COMMON,
        o::CHANGING,
        o::BACKUP,
        PV_OPTIONS,
        &[
            &o::METADATAPROFILE,
            &o::PHYSICALEXTENTSIZE,
            &o::MAXLOGICALVOLUMES,
            &o::MAXPHYSICALVOLUMES,
            &o::ALLOC,
            &o::ADDTAG,
            &o::VGMETADATACOPIES,
            &o::SYSTEMID,
            &o::LOCKTYPE,
            &o::SETAUTOACTIVATION,
            &o::SHARED,
        ],
    ],
    run,
};

fn run(session: &mut Session<'_>) -> Outcome {
    let Some((name, words)) = session.args.words.split_first().filter(|(_, words)| !words.is_empty()) else {
        return Err(Failure::Syntax);
    };
    let name = Target::vg_name(name).to_owned();
    let devices = pv::specs(words);
    let new = new_vg(session, &name)?;
    let of_host = session.is_of_machine() && !devices.iter().any(|device| device.path().is_file());
    if let Some(taken) = taken_path(&name).filter(|_| of_host) {
        return Err(Failure::usage(format!("{taken}: already exists in filesystem")));
    }
    // A name that is taken is what lvm2 says first.
    let or_taken = |failure, lvm: Outcome<Lvm>| match lvm.map(|lvm| lvm.found_group(&name)) {
        Ok(Ok(_)) => Failure::refused(format!("A volume group called {name} already exists.")),
        _ => failure,
    };
    let lvm = session.open(&devices).map_err(|failure| or_taken(failure, session.open(None)))?;
    session.require_no_group(&name)?;
    let sources = sources(session, &lvm, &devices).map_err(|failure| or_taken(failure, Ok(lvm.clone())))?;
    let mut transaction = lvm.create_vg(new, sources).map_err(not_initialised)?;
    if let Some(profile) = crate::settings::metadata_profile(&session.args) {
        transaction.set_profile(Some(profile))?;
    }
    let plan = transaction.plan()?;
    let owner = session.args.text(&o::SYSTEMID).filter(|id| !id.is_empty());
    let owner = owner.map(|id| format!(" with system ID {id}")).unwrap_or_default();
    session.commit(&lvm, transaction, move |session, _, _| {
        say_initialised(session, &plan, &devices);
        session.out.say(format!("Volume group \"{name}\" successfully created{owner}"));
        Ok(())
    })
}

/// What stands where the directory of a group's nodes would be, and is none: those hold links only.
pub(super) fn taken_path(name: &str) -> Option<String> {
    let path = format!("/dev/{name}");
    if let Ok(entries) = std::fs::read_dir(&path) {
        let mut kinds = entries.flatten().map(|entry| entry.file_type());
        if kinds.all(|kind| kind.is_ok_and(|kind| kind.is_symlink())) {
            return None;
        }
    }
    std::path::Path::new(&path).exists().then_some(path)
}

fn new_vg(session: &Session<'_>, name: &str) -> Outcome<NewVg> {
    if let Err(error) = check_name(name) {
        let mut lines = crate::args::UsageError::new(sentence(&error.to_string()));
        lines.0.push(format!("  New volume group name \"{name}\" is invalid."));
        return Err(Failure::Usage(lines));
    }
    let args = &session.args;
    let mut new = NewVg::new(name);
    if let Some(size) = args.size(&o::PHYSICALEXTENTSIZE) {
        if size.is_zero() {
            return Err(Failure::usage("Physical extent size may not be zero"));
        }
        if size.to_sectors().get() > u64::from(u32::MAX) {
            return Err(Failure::usage("Physical extent size must be smaller than <2.00 TiB."));
        }
        new = new.extent_size(size);
    }
    if let Some(policy) = args.policy(&o::ALLOC) {
        if policy == AllocationPolicy::Inherit {
            return Err(Failure::usage("Volume Group allocation policy cannot inherit from anything"));
        }
        new = new.allocation_policy(policy);
    }
    if let Some(copies) = args.copies(&o::VGMETADATACOPIES) {
        new = new.metadata_copies(copies);
    }
    if let Some(system_id) = args.text(&o::SYSTEMID).filter(|id| !id.is_empty()) {
        new = new.system_id(system_id);
    }
    for tag in args.texts(&o::ADDTAG) {
        new = new.tag(tag);
    }
    Ok(new
        .max_lv(args.number(&o::MAXLOGICALVOLUMES).unwrap_or(0))
        .max_pv(args.number(&o::MAXPHYSICALVOLUMES).unwrap_or(0))
        .autoactivation(args.yes_no(&o::SETAUTOACTIVATION).unwrap_or(true)))
}

/// A sentence with its capital letter and full stop.
pub(super) fn sentence(text: &str) -> String {
    let mut chars = text.chars();
    let first = chars.next().map(|c| c.to_ascii_uppercase());
    let sentence = first.into_iter().chain(chars).collect::<String>();
    if sentence.ends_with('.') { sentence } else { sentence + "." }
}

/// The devices with what may be overwritten on them, after asking.
pub(super) fn sources(
    session: &mut Session<'_>,
    lvm: &Lvm,
    devices: &[DeviceSpec],
) -> Outcome<Vec<PvSource>> {
    let options = pv::options(session)?;
    let mut sources = Vec::with_capacity(devices.len());
    for device in devices {
        // Whether a group uses it is for the library to say, in its own words.
        if let Some(source) = session.take_new_pv(device) {
            sources.push(source);
            continue;
        }
        let overwrite = match session.pv_use(lvm, device)? {
            PvUse::Member(_) if session.args.count(&o::FORCE) != 2 => Overwrite::Refuse,
            PvUse::Member(_) | PvUse::Free | PvUse::None => pv::overwrite(session, lvm, device)?,
        };
        sources.push(PvSource::new(device).options(options.clone()).overwrite(overwrite));
    }
    Ok(sources)
}

/// The failure of a device that cannot join.
pub(super) fn not_initialised(error: Error) -> Failure {
    let Some(device) = error.device().map(str::to_owned) else { return error.into() };
    let mut lines = vec![error.message().to_owned()];
    lines.extend(error.help().map(|help| format!("  {help}")));
    lines.push(format!("{device}: physical volume not initialized."));
    Failure::Refused(lines)
}

/// Says which devices became physical volumes.
pub(super) fn say_initialised(session: &mut Session<'_>, plan: &Plan, asked: &[DeviceSpec]) {
    for step in plan.stages.iter().flat_map(|stage| &stage.steps) {
        if let Step::InitialisePv { device, .. } = step
            && asked.iter().any(|asked| asked.to_string() == *device)
        {
            session.out.say(format!("Physical volume \"{device}\" successfully created."));
        }
    }
}
