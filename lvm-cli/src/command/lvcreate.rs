//! `lvcreate`

use lvmkit::core::name::{check_name, check_user_lv_name};
use lvmkit::{ActivateOptions, AllocationPolicy, Bytes, Lvm, NewLv, NewLvKind, ReadAhead, Size, Transaction};

use super::vgcreate::sentence;
use super::{Command, sizing};
use crate::activation;
use crate::args::name::Target;
use crate::args::{Activation, Args, Opt, UsageError, option as o};
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
/// The largest minor number there is.
const MINOR_MAX: i32 = (1 << 20) - 1;
/// Sectors of a page.
const PAGE_SECTORS: u32 = 8;
const STRIPE_SIZE_MIN: Bytes = Bytes::kib(4);

fn run(session: &mut Session<'_>) -> Outcome {
    size(&session.args)?;
    if session.args.words.is_empty() && !matches!(named(&session.args), Some(Target::Lv { .. })) {
        return Err(Failure::Syntax);
    }
    kind(&session.args)?;
    let (vg, name, pvs) = names(&session.args)?;
    let (arguments, devices) = pv::arguments_of_group(&pvs)?;
    // What is wrong in the line counts before the group is looked for, other reasons after it.
    let new = match new_lv(&session.args, name.as_deref()) {
        Err(failure) if !matches!(failure, Failure::Refused(_)) => return Err(failure),
        new => new,
    };
    if let (Some(NewLvKind::Error | NewLvKind::Zero), Some(word)) = (kind(&session.args).ok(), pvs.first()) {
        return Err(Failure::usage(format!("Command does not accept argument: {word}.")));
    }
    sizing::say_stripe_size(session);
    let lvm = session.open(&devices)?;
    let mut transaction = session.begin(&lvm, &vg)?;
    let new = new?;
    let known =
        arguments.into_iter().map(|argument| transaction.known_argument(argument)).collect::<Vec<_>>();
    sizing::say_new(session, &transaction, &known);
    pv::require_members(session, &pvs, &transaction)?;
    let id = transaction.create_lv(new.on(known))?;
    sizing::warn_of_the_rest(session, &mut transaction);
    let Some(lv) = transaction.logical_volume_by_id(id) else {
        return Err(Failure::refused("The new logical volume is gone."));
    };
    if let Some((ReadAhead::Sectors(sectors), true)) = session.args.read_ahead(&o::READAHEAD).map(whole_pages)
    {
        session.out.warn(format!("Overriding readahead to {sectors} sectors, a multiple of 4K page size."));
    }
    let name = lv.name().to_owned();
    if let Some(profile) = crate::settings::metadata_profile(&session.args) {
        transaction.set_lv_profile(&name, Some(profile))?;
    }
    let (zero, wipe) = (session.args.yes_no(&o::ZERO), session.args.yes_no(&o::WIPESIGNATURES));
    let ignores = zero == Some(true) || zero.is_none() && wipe == Some(true);
    if let (true, Ok(NewLvKind::Error | NewLvKind::Zero)) = (ignores, kind(&session.args)) {
        let kind = session.args.text(&o::TYPE).unwrap_or_default();
        session.out.say(format!("Ignoring option -Zy or -Wy for unzeroable {kind} volume."));
    }
    ask_about_signatures(session, &transaction, &name)?;
    let activates = activates(session, &lvm, &transaction)?;
    let takes_back = !session.is_in_batch();
    session.commit(&lvm, transaction, move |session, lvm, vg| {
        // What comes later in a batch may have given it another name, or removed it.
        let Some(lv) = vg.logical_volume_by_id(id) else { return Ok(()) };
        if activates && !session.is_test() {
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

fn named(args: &Args) -> Option<Target> {
    args.text(&o::NAME).map(Target::parse)
}

/// The group, the volume's name and the physical volumes; the group may stand in front of the
/// name instead of among the arguments.
fn names(args: &Args) -> Outcome<(String, Option<String>, Vec<String>)> {
    let (name_vg, name) = match named(args) {
        Some(Target::Lv { vg, lv }) => (Some(vg), Some(lv)),
        Some(_) => (None, args.text(&o::NAME).map(str::to_owned)),
        None => (None, None),
    };
    if let Some(name) = &name
        && let Err(error) = check_user_lv_name(name)
    {
        let line = format!("Logical volume name \"{name}\" is invalid.");
        return Err(Failure::Usage(invalid_name(name, line, &error.to_string())));
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

/// The lines about a name that no volume can have. Of one that is only reserved LVM2 says so first;
/// of one that is none it gives no reason.
pub(super) fn invalid_name(name: &str, line: String, why: &str) -> UsageError {
    let mut lines = match check_name(name) {
        Ok(()) => UsageError::new(sentence(why)),
        Err(_) => return UsageError(vec![format!("  {line}"), format!("    {}", sentence(why))]),
    };
    lines.0.push(format!("  {line}"));
    lines
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

fn not_accepted(args: &Args, opt: &'static Opt) -> Failure {
    let given = args.text(opt).unwrap_or_default();
    Failure::usage(format!("Command does not accept option: --{} {given}.", opt.long))
}

/// How `--type`, `--stripes` and `--stripesize` say that it is mapped.
pub(super) fn kind(args: &Args) -> Outcome<NewLvKind> {
    let stripes = args.number(&o::STRIPES);
    if let (Some("error" | "zero"), Some(_)) = (args.text(&o::TYPE), stripes) {
        return Err(not_accepted(args, &o::STRIPES));
    }
    match stripes {
        Some(0) => return Err(Failure::usage("--stripes may not be zero.")),
        Some(stripes) if stripes > STRIPES_MAX => {
            return Err(Failure::usage(format!(
                "Number of stripes ({stripes}) must be between 1 and {STRIPES_MAX}."
            )));
        }
        _ => {}
    }
    if let Some(size) = args.size(&o::STRIPESIZE) {
        if stripes.is_none() && args.text(&o::TYPE) != Some("striped") {
            return Err(not_accepted(args, &o::STRIPESIZE));
        }
        if size == Bytes::ZERO {
            return Err(Failure::usage("--stripesize may not be zero."));
        }
        // With a single stripe it counts for nothing.
        let is_valid = size.get().is_power_of_two() && size >= STRIPE_SIZE_MIN;
        if !is_valid && stripes > Some(1) {
            return Err(Failure::usage(format!("Invalid stripe size {size}.")));
        }
    }
    match (args.text(&o::TYPE), stripes) {
        (None | Some("linear" | "striped"), None | Some(1)) => Ok(NewLvKind::Linear),
        (None | Some("striped"), Some(stripes)) => Ok(NewLvKind::Striped { stripes }),
        (Some("error"), None) => Ok(NewLvKind::Error),
        (Some("zero"), None) => Ok(NewLvKind::Zero),
        (Some("linear" | "error" | "zero"), Some(_)) => Err(not_accepted(args, &o::STRIPES)),
        (Some(other), _) => Err(Failure::refused(format!("Segment type {other} is not supported."))),
    }
}

fn new_lv(args: &Args, name: Option<&str>) -> Outcome<NewLv> {
    let kind = kind(args)?;
    let mut new = NewLv::new(kind, size(args)?);
    if let Some(name) = name {
        new = new.name(name);
    }
    if let (Some(size), NewLvKind::Striped { .. }) = (args.size(&o::STRIPESIZE), kind) {
        new = new.stripe_size(size);
    }
    if let Some(policy) = policy(args)? {
        new = new.allocation_policy(policy);
    }
    for tag in args.texts(&o::ADDTAG) {
        new = new.tag(tag);
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
    match (args.policy(&o::ALLOC), args.yes_no(&o::CONTIGUOUS)) {
        (Some(policy), Some(true)) if policy != AllocationPolicy::Contiguous => {
            Err(Failure::usage("Only one of --alloc and --contiguous permitted"))
        }
        (Some(policy), _) => Ok(Some(policy)),
        (None, Some(true)) => Ok(Some(AllocationPolicy::Contiguous)),
        (None, Some(false)) => Ok(Some(AllocationPolicy::Inherit)),
        (None, None) => Ok(None),
    }
}

/// A read-ahead in whole pages of 4 KiB, and whether it had to be rounded.
pub(super) fn whole_pages(read_ahead: ReadAhead) -> (ReadAhead, bool) {
    match read_ahead {
        ReadAhead::Sectors(sectors) => {
            let rest = sectors.checked_rem(PAGE_SECTORS).unwrap_or(0);
            let whole = sectors.saturating_sub(rest);
            let whole = if sectors > 0 { whole.max(PAGE_SECTORS) } else { whole };
            (ReadAhead::Sectors(whole), whole != sectors)
        }
        other => (other, false),
    }
}

/// A major and a minor number.
pub(super) type DeviceNumber = (Option<i32>, i32);

/// What `--persistent` says: nothing, away with the number, or a number, which says enough alone.
pub(super) fn persistent_minor(args: &Args) -> Outcome<Option<Option<DeviceNumber>>> {
    let number = |opt| args.text(opt).and_then(|text| text.parse::<i32>().ok());
    match (args.yes_no(&o::PERSISTENT), number(&o::MINOR)) {
        (Some(true) | None, Some(minor)) if minor > MINOR_MAX => {
            Err(Failure::refused(format!("Minor number {minor} outside range 0-{MINOR_MAX}.")))
        }
        (Some(true) | None, Some(minor)) => Ok(Some(Some((number(&o::MAJOR), minor)))),
        (Some(true), None) => {
            Err(Failure::refused("Please specify minor number with --minor when using -My."))
        }
        (Some(false), minor) if minor.is_some() || args.has(&o::MAJOR) => {
            Err(Failure::refused("Options --major and --minor are incompatible with -Mn."))
        }
        (Some(false), _) => Ok(Some(None)),
        (None, None) => Ok(None),
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
