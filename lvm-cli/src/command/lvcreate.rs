//! `lvcreate`

use lvmkit::core::name::{check_name, check_user_lv_name};
use lvmkit::{
    ActivateOptions, AllocationPolicy, Bytes, Extents, Lvm, NewLv, NewLvKind, ReadAhead, Size, Transaction,
};

use super::Command;
use super::vgcreate::sentence;
use crate::activation;
use crate::args::name::Target;
use crate::args::{Activation, Args, UsageError, option as o};
use crate::pv;
use crate::session::{Failure, Outcome, Session};

pub(super) static COMMAND: Command = Command {
    name: "lvcreate",
    summary: "Make a logical volume",
    usage: &[
        "lvcreate --size Size[m|UNIT] VG [ PV[:PE-PE]|@Tag ... ]",
        "lvcreate --extents Number[%VG|%FREE|%PVS] VG [ PV[:PE-PE]|@Tag ... ]",
        "lvcreate --type striped --stripes Number --size Size[m|UNIT] VG [ PV ... ]",
        "lvcreate --type error|zero --size Size[m|UNIT] VG",
    ],
    options: &[
        o::COMMON,
        o::CHANGING,
        o::BACKUP,
        &[
            &o::METADATAPROFILE,
            &o::NAME,
            &o::CREATE_SIZE,
            &o::EXTENTS,
            &o::STRIPES,
            &o::STRIPESIZE,
            &o::TYPE,
            &o::ZERO,
            &o::WIPESIGNATURES,
            &o::CREATE_ACTIVATE,
            &o::SETACTIVATIONSKIP,
            &o::IGNOREACTIVATIONSKIP,
            &o::SETAUTOACTIVATION,
            &o::PERSISTENT,
            &o::MINOR,
            &o::MAJOR,
            &o::PERMISSION,
            &o::ALLOC,
            &o::CONTIGUOUS,
            &o::READAHEAD,
            &o::ADDTAG,
            &o::MONITOR,
            &o::IGNOREMONITORING,
        ],
        &[
            &o::SNAPSHOT,
            &o::THIN,
            &o::THINPOOL,
            &o::VIRTUALSIZE,
            &o::MIRRORS,
            &o::MIRRORLOG,
            &o::NOSYNC,
            &o::REGIONSIZE,
            &o::CHUNKSIZE,
            &o::POOLMETADATASIZE,
            &o::CACHEPOOL,
            &o::CACHEVOL,
            &o::VDO,
        ],
    ],
    run,
};

/// Most stripes a volume can have.
const STRIPES_MAX: u32 = 128;
/// Sectors of a page.
const PAGE_SECTORS: u32 = 8;
const STRIPE_SIZE_MIN: Bytes = Bytes::kib(4);

fn run(session: &mut Session<'_>) -> Outcome {
    let (vg, name, pvs) = names(&session.args)?;
    let (arguments, devices) = pv::arguments(&pvs)?;
    let new = new_lv(&session.args, name.as_deref())?;
    let lvm = session.open(&devices)?;
    let mut transaction = session.begin(&lvm, &vg)?;
    let known =
        arguments.into_iter().map(|argument| transaction.known_argument(argument)).collect::<Vec<_>>();
    let id = transaction.create_lv(new.on(known))?;
    let Some(lv) = transaction.logical_volume_by_id(id) else {
        return Err(Failure::refused("The new logical volume is gone."));
    };
    if let Some((ReadAhead::Sectors(sectors), true)) = session.args.read_ahead(&o::READAHEAD).map(whole_pages)
    {
        session.out.warn(format!("Overriding readahead to {sectors} sectors, a multiple of 4K page size."));
    }
    let (name, extents) = (lv.name().to_owned(), lv.extent_count());
    if let Some(profile) = crate::settings::metadata_profile(&session.args) {
        transaction.set_lv_profile(&name, Some(profile))?;
    }
    say_rounding(session, &transaction, extents);
    ask_about_signatures(session, &transaction, &name)?;
    let activates = activates(session, &lvm, &transaction)?;
    let takes_back = !session.is_in_batch();
    session.commit(&lvm, transaction, move |session, lvm, vg| {
        // What comes later in a batch may have given it another name, or removed it.
        let Some(lv) = vg.logical_volume_by_id(id) else { return Ok(()) };
        if activates {
            activate(session, lvm, vg.name(), lv.name(), takes_back)?;
        }
        session.out.say(format!("Logical volume \"{name}\" created."));
        Ok(())
    })
}

/// Whether the new volume is to become a device of the kernel. That it can is seen to before
/// anything is written.
fn activates(session: &mut Session<'_>, lvm: &Lvm, transaction: &Transaction) -> Outcome<bool> {
    let args = &session.args;
    let activation = args.activation(&o::CREATE_ACTIVATE);
    let wanted = match activation {
        Some(Activation::Off) => false,
        Some(Activation::Auto) if args.yes_no(&o::SETAUTOACTIVATION) == Some(false) => false,
        _ => args.yes_no(&o::SETACTIVATIONSKIP) != Some(true) || args.has(&o::IGNOREACTIVATIONSKIP),
    };
    if !wanted || !lvm.uses_kernel() || !activation::is_on_block_devices(transaction) {
        if activation.is_some_and(|activation| activation != Activation::Off) && wanted {
            session.out.detail("-a/--activate has no effect: there is no kernel that could use the volume.");
        }
        return Ok(false);
    }
    if !session.is_test() {
        lvm.kernel().map_err(|error| error.with_help("create it inactive (-an)"))?;
    }
    Ok(true)
}

/// Activates the new volume, or takes it away again; not out of a batch, of which there is all or
/// nothing.
fn activate(session: &mut Session<'_>, lvm: &Lvm, vg: &str, name: &str, takes_back: bool) -> Outcome {
    let options = ActivateOptions { ignore_skip: true, ..ActivateOptions::default() };
    let activated = lvm.activate_where(vg, options, |lv| lv.name() == name);
    let failed = match activated {
        Ok(activated) => activated.failed.into_iter().next().map(|(_, error)| error),
        Err(error) => Some(error),
    };
    let Some(error) = failed else { return Ok(()) };
    session.fail(error.into());
    if !takes_back {
        return Err(Failure::refused(format!("Failed to activate new LV {vg}/{name}. It stays, inactive.")));
    }
    lvm.update(vg, |transaction| transaction.remove_lv(name))?;
    Err(Failure::refused("Aborting. Failed to activate new LV."))
}

/// The group, the volume's name and the physical volumes; the group may stand in front of the
/// name instead of among the arguments.
fn names(args: &Args) -> Outcome<(String, Option<String>, Vec<String>)> {
    let named = args.text(&o::NAME).map(Target::parse);
    let (name_vg, name) = match named {
        Some(Target::Lv { vg, lv }) => (Some(vg), Some(lv)),
        Some(_) => (None, args.text(&o::NAME).map(str::to_owned)),
        None => (None, None),
    };
    if let Some(name) = &name
        && let Err(error) = check_user_lv_name(name)
    {
        let mut lines = UsageError::new(sentence(&error.to_string()));
        lines.0.push(format!("  Logical volume name \"{name}\" is invalid."));
        return Err(Failure::Usage(lines));
    }
    let first = args.words.first();
    // A path or a tag can only be a physical volume.
    let is_pv = |word: &&String| word.starts_with('@') || std::path::Path::new(word.as_str()).is_file();
    match (name_vg, first) {
        (Some(vg), None) => Ok((vg, name, Vec::new())),
        (Some(vg), Some(word)) if Target::vg_name(word) == vg => {
            Ok((vg, name, args.words.get(1..).unwrap_or_default().to_vec()))
        }
        (Some(vg), Some(word)) if is_pv(&word) => Ok((vg, name, args.words.clone())),
        (Some(vg), Some(word)) if !Target::vg_name(word).contains('/') => Err(Failure::usage(format!(
            "Inconsistent volume group names given: \"{vg}\" and \"{}\"",
            Target::vg_name(word)
        ))),
        (_, Some(word)) => {
            Ok((plain_group(word)?.to_owned(), name, args.words.get(1..).unwrap_or_default().to_vec()))
        }
        (None, None) => Err(Failure::Syntax),
    }
}

/// A group's name, of an argument that names no volume.
fn plain_group(word: &str) -> Outcome<&str> {
    let name = Target::vg_name(word);
    if name.contains('/') {
        return Err(Failure::usage("Volume group name expected (no slash)"));
    }
    if check_name(name).is_err() {
        return Err(Failure::usage(format!("Volume group name {name} has invalid characters")));
    }
    Ok(name)
}

fn size(args: &Args) -> Outcome<Size> {
    match (args.signed(&o::CREATE_SIZE), args.signed(&o::EXTENTS)) {
        (Some(_), Some(_)) => Err(Failure::usage("Please specify either size or extents (not both).")),
        (Some(size), None) | (None, Some(size)) => Ok(size.size),
        (None, None) => Err(Failure::Syntax),
    }
}

/// How `--type`, `--stripes` and `--stripesize` say that it is mapped.
pub(super) fn kind(args: &Args) -> Outcome<NewLvKind> {
    let stripes = args.number(&o::STRIPES);
    match stripes {
        Some(0) => return Err(Failure::usage("--stripes may not be zero.")),
        Some(stripes) if stripes > STRIPES_MAX => {
            return Err(Failure::usage(format!(
                "Number of stripes ({stripes}) must be between 1 and {STRIPES_MAX}."
            )));
        }
        _ => {}
    }
    let striped = stripes.unwrap_or(1) > 1;
    if let Some(size) = args.size(&o::STRIPESIZE) {
        if !striped {
            let given = args.text(&o::STRIPESIZE).unwrap_or_default();
            return Err(Failure::usage(format!("Command does not accept option: --stripesize {given}.")));
        }
        if !size.get().is_power_of_two() || size < STRIPE_SIZE_MIN {
            return Err(Failure::usage(format!("Invalid stripe size {size}.")));
        }
    }
    match (args.text(&o::TYPE), stripes) {
        (None | Some("linear" | "striped"), None | Some(1)) => Ok(NewLvKind::Linear),
        (None | Some("striped"), Some(stripes)) => Ok(NewLvKind::Striped { stripes }),
        (Some("error"), None) => Ok(NewLvKind::Error),
        (Some("zero"), None) => Ok(NewLvKind::Zero),
        (Some("linear" | "error" | "zero"), Some(_)) => Err(Failure::Syntax),
        (Some(other), _) => Err(Failure::refused(format!("Segment type {other} is not supported."))),
    }
}

fn new_lv(args: &Args, name: Option<&str>) -> Outcome<NewLv> {
    let kind = kind(args)?;
    let mut new = NewLv::new(kind, size(args)?);
    if let Some(name) = name {
        new = new.name(name);
    }
    if let Some(size) = args.size(&o::STRIPESIZE) {
        new = new.stripe_size(size);
    }
    if let Some(policy) = policy(args)? {
        new = new.allocation_policy(policy);
    }
    for tag in args.texts(&o::ADDTAG) {
        new = new.tag(tag.trim_start_matches('@'));
    }
    if let Some(read_ahead) = args.read_ahead(&o::READAHEAD) {
        new = new.read_ahead(whole_pages(read_ahead).0);
    }
    if let Some((major, minor)) = persistent_minor(args)?.flatten() {
        new = new.minor(major, minor);
    }
    if matches!(kind, NewLvKind::Linear | NewLvKind::Striped { .. }) {
        let zero = args.yes_no(&o::ZERO).unwrap_or(true);
        new = new.zero(zero).wipe_signatures(args.yes_no(&o::WIPESIGNATURES).unwrap_or(zero));
    }
    Ok(new
        .writable(args.text(&o::PERMISSION) != Some("r"))
        .activation_skip(args.yes_no(&o::SETACTIVATIONSKIP).unwrap_or(false))
        .autoactivation(args.yes_no(&o::SETAUTOACTIVATION).unwrap_or(true)))
}

/// What `--alloc` or `--contiguous` says.
pub(super) fn policy(args: &Args) -> Outcome<Option<AllocationPolicy>> {
    let contiguous = args.yes_no(&o::CONTIGUOUS).map(|yes| match yes {
        true => AllocationPolicy::Contiguous,
        false => AllocationPolicy::Inherit,
    });
    match (args.policy(&o::ALLOC), contiguous) {
        (Some(_), Some(_)) => Err(Failure::usage("Only one of --alloc and --contiguous permitted")),
        (alloc, contiguous) => Ok(alloc.or(contiguous)),
    }
}

/// A read-ahead in whole pages of 4 KiB, and whether it had to be rounded.
pub(super) fn whole_pages(read_ahead: ReadAhead) -> (ReadAhead, bool) {
    match read_ahead {
        ReadAhead::Sectors(sectors) => {
            let whole = sectors.checked_next_multiple_of(PAGE_SECTORS).unwrap_or(sectors);
            (ReadAhead::Sectors(whole), whole != sectors)
        }
        other => (other, false),
    }
}

/// A major and a minor number.
pub(super) type DeviceNumber = (Option<i32>, i32);

/// What `--persistent` says: nothing, away with the number, or a number.
pub(super) fn persistent_minor(args: &Args) -> Outcome<Option<Option<DeviceNumber>>> {
    let number = |opt| args.text(opt).and_then(|text| text.parse::<i32>().ok());
    match (args.yes_no(&o::PERSISTENT), number(&o::MINOR)) {
        (Some(true), Some(minor)) => Ok(Some(Some((number(&o::MAJOR), minor)))),
        (Some(true), None) => {
            Err(Failure::refused("Please specify minor number with --minor when using -My."))
        }
        (Some(false), None) => Ok(Some(None)),
        (Some(false), Some(_)) => Err(Failure::usage("--major and --minor incompatible with -Mn")),
        (None, Some(_)) => Err(Failure::usage("--major and --minor require -My")),
        (None, None) => Ok(None),
    }
}

fn say_rounding(session: &mut Session<'_>, transaction: &Transaction, extents: Extents) {
    let extent_size = transaction.extent_size();
    let Some(Size::Bytes(asked)) = session.args.signed(&o::CREATE_SIZE).map(|size| size.size) else { return };
    let Some(whole) = asked.align_up(extent_size.to_bytes()) else { return };
    if whole != asked {
        session.out.say(format!("Rounding up size to full physical extent {whole}"));
    }
    let got = extents.to_bytes(extent_size);
    if got > whole {
        let count = whole.get() / extent_size.to_bytes().get().max(1);
        session.out.say(format!(
            "Rounding size {whole} ({count} extents) up to stripe boundary size {got} ({extents} extents)."
        ));
    }
}

fn ask_about_signatures(session: &mut Session<'_>, transaction: &Transaction, new: &str) -> Outcome {
    let vg = transaction.name();
    // In a batch there are other new ones, which were asked about already.
    let found = transaction.signatures_under_new_lvs()?;
    for (lv, found) in found.into_iter().filter(|(lv, _)| lv == new) {
        let (kind, offset) = (found.kind, found.offset);
        let question =
            format!("WARNING: {kind} signature detected on /dev/{vg}/{lv} at offset {offset}. Wipe it?");
        if !session.args.has(&o::YES) && !session.confirm(&question) {
            return Err(Failure::Refused(vec![
                format!("Aborted wiping of {kind}."),
                "1 existing signature left on the device.".to_owned(),
                format!("Failed to wipe signatures on logical volume {vg}/{lv}."),
                "Aborting. Failed to wipe start of new LV.".to_owned(),
            ]));
        }
        if !session.is_test() {
            session.out.say(format!("Wiping {kind} signature on /dev/{vg}/{lv}."));
        }
    }
    Ok(())
}
